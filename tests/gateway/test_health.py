import time
from collections.abc import Callable
from typing import Any

import orjson

from gateway.health import Readiness, report, taken_up
from tests.gateway.conftest import Gateway, Upstream, split

GET = b"GET %b HTTP/1.1\r\nHost: g\r\n%bConnection: close\r\n\r\n"


def get(gateway: Gateway, path: bytes, header: bytes = b"") -> tuple[int, Any]:
    status, _, body = split(gateway.ask(GET % (path, header)))
    return status, orjson.loads(body)


def test_readiness_ends_with_draining_and_liveness_does_not(upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway]) -> None:
    gateway = gateways(upstreams())
    assert get(gateway, b"/readyz")[0] == 200
    gateway.readiness.draining = True
    assert get(gateway, b"/readyz") == (503, {"status": "draining"})
    assert get(gateway, b"/livez")[0] == 200


def test_details_are_for_loopback_and_the_master_key(upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway]) -> None:
    gateway = gateways(upstreams(), general_settings={"master_key": "sk-master"})
    assert "children" in get(gateway, b"/healthz")[1]
    forwarded = b"X-Forwarded-For: 203.0.113.9\r\n"
    assert get(gateway, b"/healthz", forwarded)[1] == {"status": "ok"}
    assert "children" in get(gateway, b"/healthz", forwarded + b"Authorization: Bearer sk-master\r\n")[1]


def test_problems_of_children_and_monitor_are_told(tmp_path: Any) -> None:
    now = time.time_ns() // 1_000_000
    ready = Readiness("abc")
    assert report(ready, tmp_path, None, monitored=False, now_ms=now).status == "ok"
    assert report(ready, tmp_path, None, monitored=True, now_ms=now).problems == ["the monitor has not reported yet"]
    (tmp_path / "status.json").write_bytes(
        orjson.dumps({"children": [{"name": "monitor", "pid": 1, "state": "backing off", "restarts": 4}]})
    )
    (tmp_path / "monitor.json").write_bytes(orjson.dumps({"at_ms": now - 60_000, "problems": ["store: disk full"]}))
    found = report(ready, tmp_path, None, monitored=True, now_ms=now)
    assert found.status == "degraded"
    assert found.problems == [
        "monitor is backing off (restarted 4 times)",
        "the monitor has been silent for 60 seconds",
        "monitor: store: disk full",
    ]
    (tmp_path / "monitor.json").write_bytes(b"{half")
    assert any("cannot be read" in problem for problem in report(ready, tmp_path, None, monitored=True, now_ms=now).problems)


def test_a_monitor_that_was_started_again_is_told_until_it_reports(tmp_path: Any) -> None:
    now = time.time_ns() // 1_000_000
    status = {"children": [{"name": "gateway-0", "pid": 7, "state": "running"}, {"name": "monitor", "pid": 9, "state": "running"}]}
    (tmp_path / "status.json").write_bytes(orjson.dumps(status))
    for pid, told in (
        (8, ["the monitor was started again and has not reported yet", "monitor: store: read-only"]),
        (9, ["monitor: store: read-only"]),
    ):
        (tmp_path / "monitor.json").write_bytes(orjson.dumps({"at_ms": now, "pid": pid, "problems": ["store: read-only"]}))
        assert report(Readiness("abc"), tmp_path, None, monitored=True, now_ms=now).problems == told


def test_keys_that_cannot_be_kept_are_a_problem_of_this_worker(
    upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway], tmp_path: Any
) -> None:
    gateway = gateways(upstreams(), keys=[{"name": "k", "hash": "0" * 64}], general_settings={"master_key": "sk-master"})
    assert get(gateway, b"/healthz")[1]["problems"] == []
    database = gateway.data_dir / "gateway.db"
    database.rename(database.with_suffix(".away"))
    database.mkdir()
    end = time.monotonic() + 10
    while not (problems := get(gateway, b"/healthz")[1]["problems"]) and time.monotonic() < end:
        time.sleep(0.05)
    assert len(problems) == 1
    assert problems[0].startswith("keys and limits: ")
    assert "gateway.db" in problems[0]


def test_a_configuration_that_does_not_run_and_what_waits_for_a_restart_are_told(tmp_path: Any) -> None:
    status = {"children": [], "config_problems": ["line 3: no"], "needs_restart": ["data_dir"]}
    (tmp_path / "status.json").write_bytes(orjson.dumps(status))
    found = report(Readiness("abc"), tmp_path, None, ["own"], monitored=False, now_ms=0)
    assert (found.status, found.problems, found.needs_restart) == ("degraded", ["own", "line 3: no"], ["data_dir"])
    assert not taken_up(tmp_path / "status.json")
    (tmp_path / "status.json").write_bytes(orjson.dumps({**status, "config_problems": []}))
    assert taken_up(tmp_path / "status.json")
    assert taken_up(tmp_path / "nowhere.json")
