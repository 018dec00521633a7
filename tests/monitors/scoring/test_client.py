from __future__ import annotations

import pytest

from monitors.scorers import EndpointError
from monitors.scoring.client import MOST_BYTES, HttpClient, allowed_hosts
from tests.monitors.example_context import ROUTE, settings
from tests.monitors.scorers.endpoint import client, serving


def test_it_posts_json_to_an_allowed_host_and_to_no_other() -> None:
    with serving(lambda body: (200, {"got": body["n"]})) as server:
        with client() as allowed:
            assert allowed.post(server.base + "/x", {"n": 1}, {"x-a": "b"}) == {"got": 1}
        other = HttpClient(["judge.example"])
        with pytest.raises(EndpointError, match=r"is at 127\.0\.0\.1, which no route allows"):
            other.post(server.base, {}, {})
        other.close()
    assert server.headers[0]["x-a"] == "b"
    assert len(server.bodies) == 1


def test_a_host_with_its_port_allows_that_port_only() -> None:
    with serving(lambda body: (200, {})) as server:
        port = server.base.rpartition(":")[2].partition("/")[0]
        one, other = HttpClient([f"127.0.0.1:{port}"]), HttpClient(["127.0.0.1:1"])
        assert one.post(server.base, {}, {}) == {}
        with pytest.raises(EndpointError):
            other.post(server.base, {}, {})
        one.close()
        other.close()


def test_what_cannot_be_reached_or_answers_too_much_is_told_without_key_or_text() -> None:
    with client() as asked, pytest.raises(EndpointError, match=r"could not be reached \(ConnectError\)"):
        asked.post("http://127.0.0.1:9/v1?key=secret", {"text": "private"}, {})
    with (
        serving(lambda body: (200, b"x" * (MOST_BYTES + 1))) as server,
        client() as asked,
        pytest.raises(EndpointError, match="answered more than a score needs"),
    ):
        asked.post(server.base, {}, {})


def test_the_hosts_of_all_routes_are_allowed() -> None:
    routes = [ROUTE | {"allow_external": ["A.example"]}, ROUTE | {"name": "b", "allow_external": ["b.example:8443"]}]
    assert allowed_hosts(settings(routes=routes)) == {"a.example", "b.example:8443"}
