"""What a served gateway worker has loaded, and what its start costs."""

import os
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from evenhand.demo.children import Children
from tests.integration.conftest import Served, ask, prompts, settings, until

pytestmark = pytest.mark.integration

HEAVY = ("torch", "litellm", "numpy", "scipy", "transformers", "httpx", "pandas", "sklearn")
MOST_CPU_SECONDS = 2.0


def _mapped(pid: int) -> set[str]:
    """The shared objects of site-packages that a process has mapped, by package."""
    files = {line.split()[-1] for line in Path(f"/proc/{pid}/maps").read_text().splitlines() if ".so" in line}
    return {file.partition("/site-packages/")[2].partition("/")[0] for file in files if "/site-packages/" in file}


def _cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="/proc tells what a process has loaded")
def test_a_served_worker_stays_light_and_starts_within_a_second_of_cpu(
    tmp_path: Path, children: Children, model: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    served = Served(children, tmp_path, settings({"fair": model("fair", 1)}, tmp_path / "data"))
    worker, monitor = served.child("gateway-0"), served.child("monitor")
    assert worker is not None
    assert monitor is not None
    cpu = _cpu_seconds(worker)
    with httpx.Client(timeout=20) as client:
        for prompt in prompts(100, 41):
            assert ask(client, served.gateway, "fair", prompt).status_code == 200
    until(lambda: served.health()["handoff"]["accepted_total"] == 100)

    with capsys.disabled():
        print(f"\nstart to ready: {cpu:.2f} s of CPU in a gateway worker")
    assert cpu < MOST_CPU_SECONDS
    assert not _mapped(worker) & {*HEAVY, *(f"{name}.libs" for name in HEAVY)}
    assert "uvloop" in _mapped(worker), "the way of looking works"
    assert "numpy" in _mapped(monitor), "and the monitor is where the numbers are"
