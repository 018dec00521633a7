import orjson
import pytest

from gateway.errors import GatewayError
from gateway.routing import SERVED, unrouted


def told(method: str, path: str, body: bytes = b"") -> GatewayError:
    return unrouted(method, path.encode(), body)


@pytest.mark.parametrize("path", ["/favicon.ico", "/v1", "/v1/", "/chat", "/healthz/"])
def test_a_path_that_is_none_of_the_apis_is_told_what_is_served(path: str) -> None:
    error = told("GET", path)
    assert (error.status, error.code) == (404, "not_found")
    assert path in error.message
    assert SERVED in error.message


@pytest.mark.parametrize("path", ["/v1/files", "/v1/threads/t/runs", "/files", "/openai/files"])
def test_a_path_of_the_api_that_leads_nowhere_is_told_of_the_default_model(path: str) -> None:
    error = told("GET", path)
    assert (error.status, error.code, error.param) == (404, "model_not_found", "model")
    assert error.message.startswith(f"GET {path} names no model")
    assert "general_settings.default_model" in error.message


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/embeddings", b"POST"),
        ("DELETE", "/v1/models", b"GET"),
        ("PUT", "/chat/completions", b"GET, POST"),
        ("OPTIONS", "/v1/messages", b"POST"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(method: str, path: str, allowed: bytes) -> None:
    error = told(method, path)
    assert (error.status, error.code) == (405, "method_not_allowed")
    assert error.headers == ((b"allow", allowed),)
    assert error.message == f"{method} is not a method of {path}: use {allowed.decode().replace(', ', ' or ')}."


def test_an_empty_body_is_called_empty_where_one_is_needed() -> None:
    error = told("POST", "/v1/chat/completions")
    assert (error.status, error.code) == (400, "empty_body")
    assert "body of the request is empty" in error.message
    assert told("POST", "/v1/batches/b/cancel").status == 404, "which has no body by its nature"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{half", "line 1 column 2"),
        (b"model=m", "line 1 column 1"),
        (b"[]", "it is a list"),
        (b"3", "it is a number"),
        (b"null", "it is null"),
    ],
)
def test_a_body_that_is_no_json_object_is_told_so(body: bytes, why: str) -> None:
    error = told("POST", "/v1/completions", body)
    assert (error.status, error.code) == (400, "invalid_json")
    assert why in error.message


def test_a_form_without_a_model_is_not_taken_for_broken_json() -> None:
    form = b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--\r\n'
    assert told("POST", "/v1/audio/transcriptions", form).code == "model_not_found"
    assert told("POST", "/v1/chat/completions", form).code == "invalid_json"


def test_a_json_object_without_a_model_is_told_to_name_one() -> None:
    assert told("POST", "/v1/chat/completions", orjson.dumps({"messages": []})).code == "model_not_found"
