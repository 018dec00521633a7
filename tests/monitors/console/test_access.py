import pytest

from tests.monitors.console.browser import get
from tests.monitors.example_views import CONFIG

GUARDED = ["/", "/cells/7", "/api/v1/cells", "/api/v1/pairs?cell=7", "/static/console.css", "/nothing"]


@pytest.mark.parametrize("path", GUARDED)
def test_pages_and_api_are_for_clients_on_this_machine(path: str) -> None:
    assert get(path, address="10.0.0.8").status_code == 403
    assert get(path).status_code in (200, 404)


@pytest.mark.parametrize("path", ["/metrics", "/livez", "/readyz"])
def test_what_programs_scrape_is_open_to_all(path: str) -> None:
    assert get(path, address="10.0.0.8", host="monitor.internal:4100").status_code == 200


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_every_form_of_loopback_is_local(address: str) -> None:
    assert get("/", address=address).status_code == 200


@pytest.mark.parametrize("address", ["128.0.0.1", "::2", "::ffff:10.0.0.1", "unix"])
def test_nothing_else_is_local(address: str) -> None:
    assert get("/", address=address).status_code == 403


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded"])
def test_what_a_proxy_on_this_machine_passes_on_is_not_local(header: str) -> None:
    assert get("/", headers={header: "127.0.0.1"}).status_code == 403


def test_a_foreign_name_that_points_here_is_refused_and_the_configured_one_is_not() -> None:
    assert get("/api/v1/cells", host="evil.example").status_code == 403
    assert get("/", host="localhost:4100").status_code == 200
    config = CONFIG.replace("monitor:\n", "monitor:\n  console_url: https://evenhand.example/\n")
    assert get("/", host="evenhand.example", config=config).status_code == 200


def test_a_refused_api_call_is_told_in_openais_error_shape() -> None:
    error = get("/api/v1/cells", address="10.0.0.8").json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["code"] == "loopback_only"


@pytest.mark.parametrize(
    ("path", "address"), [("/", "127.0.0.1"), ("/api/v1/cells", "127.0.0.1"), ("/nothing", "127.0.0.1"), ("/", "10.0.0.8")]
)
def test_every_answer_carries_a_strict_policy(path: str, address: str) -> None:
    headers = get(path, address=address).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
