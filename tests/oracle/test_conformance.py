"""The acceptance harness for sequential monitors on the real test and interval, in its quick form; and on monitors that must fail it.

The strict form takes half an hour:

    PYTHONPATH=. python HARNESS/tools/sequential/conformance.py tests.oracle.conformance_adapter:cell --full
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def judged(harness: Path, adapter: str, *parts: str) -> subprocess.CompletedProcess[str]:
    """Run some parts of the harness on an adapter."""
    folder = harness / "tools" / "sequential"
    if not folder.is_dir():
        pytest.skip(f"no harness for sequential monitors at {folder}")
    return subprocess.run(
        [sys.executable, "conformance.py", adapter, "--only", *parts],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_adapter_needs_nothing_beyond_numpy() -> None:
    code = (
        "import sys, tests.oracle.conformance_adapter; names = {name.partition('.')[0] for name in sys.modules}; "
        "print(*sorted(name for name in names - set(sys.stdlib_module_names) if not name.startswith('_')))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["monitors", "numpy", "tests"]


def test_order_restarts_bad_input_and_extremes(harness: Path) -> None:
    run = judged(harness, "tests.oracle.conformance_adapter:cell", "algebra", "hostile", "cost")
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.count("pass  ") == 7


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", ["widths", "delays", "false_alarms"])
def test_intervals_delays_and_false_alarms(harness: Path, part: str) -> None:
    run = judged(harness, "tests.oracle.conformance_adapter:cell", part)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "pass  " in run.stdout


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("control", ["ZTest", "Window"])
def test_monitors_that_are_not_tests_fail(harness: Path, control: str) -> None:
    run = judged(harness, f"negative_controls:{control}", "false_alarms")
    assert run.returncode == 1, run.stdout + run.stderr
    assert "FAIL  false alarms" in run.stdout
