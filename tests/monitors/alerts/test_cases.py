"""Each alert has a case in which it fires and one in which it does not, run by promtool in the tests beside this one."""

import ast
from collections import defaultdict
from pathlib import Path

from tests.monitors.alerts.promtool import alerts_of
from tests.monitors.example_views import settings

ALWAYS = "EvenhandWatchdog"


def cases() -> dict[str, set[bool]]:
    """By alert, whether something is expected to fire, as the calls of ``Case`` say; what a parameter says may be either."""
    found: dict[str, set[bool]] = defaultdict(set)
    for file in Path(__file__).parent.glob("test_*.py"):
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Case":
                alert, *expected = call.args[2:]
                if isinstance(alert, ast.Constant):
                    found[alert.value] |= _either(expected[0]) if expected else {False}
    return found


def test_every_alert_is_tested_both_ways() -> None:
    tested = cases()
    names = {alert.name for alert in alerts_of(settings())}
    assert set(tested) == names
    assert {name for name in names if tested[name] != {True, False}} <= {ALWAYS}


def _either(expected: ast.expr) -> set[bool]:
    return {bool(expected.elts)} if isinstance(expected, ast.List) else {True, False}
