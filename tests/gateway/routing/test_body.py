from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.routing import InvalidBodyError, ask_for_usage, asks_for_stream, renamed, requested_model
from gateway.routing.body import replace_model, replace_multipart_model

JSON = b"application/json"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"model":"a"}', b'{"model":"b\\"c"}'),
        (
            b' {\n "x": {"model": "no"}, "model" :\t"a" , "y": [{"model":"no"}] } ',
            b' {\n "x": {"model": "no"}, "model" :\t"b\\"c" , "y": [{"model":"no"}] } ',
        ),
        (b'{"text":"\\"model\\": \\"a\\" {[","model":"a"}', b'{"text":"\\"model\\": \\"a\\" {[","model":"b\\"c"}'),
        (b'{"mod\\u0065l":"a"}', b'{"mod\\u0065l":"b\\"c"}'),
        (b'{"model":"a","model":"z"}', b'{"model":"b\\"c","model":"b\\"c"}'),
        (b'{"stop":"model","model":"a","n":1e3}', b'{"stop":"model","model":"b\\"c","n":1e3}'),
        (b'{"messages":[]}', b'{"messages":[]}'),
    ],
)
def test_only_the_bytes_of_the_top_level_model_change(body: bytes, expected: bytes) -> None:
    assert replace_model(body, 'b"c') == expected


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.just("model"), inner, max_size=3),
    max_leaves=12,
)


@given(
    st.dictionaries(st.text() | st.just("model"), json_values, max_size=5), st.text(), st.text(), st.sampled_from([0, orjson.OPT_INDENT_2])
)
def test_replacing_equals_parsing_and_setting(document: dict[str, Any], before: str, after: str, option: int) -> None:
    document["model"] = before
    body = orjson.dumps(document, option=option)
    assert orjson.loads(replace_model(body, after)) == {**document, "model": after}
    assert replace_model(replace_model(body, after), before) == body


def multipart(*parts: tuple[str, bytes]) -> bytes:
    lines = b""
    for name, value in parts:
        lines += b'--B\r\nContent-Disposition: form-data; name="' + name.encode() + b'"\r\n\r\n' + value + b"\r\n"
    return lines + b"--B--\r\n"


FORM = b'multipart/form-data; boundary="B"'


def test_a_multipart_body_changes_in_its_model_field_only() -> None:
    body = multipart(("file", b'\x00\r\n\r\nname="model"\xff'), ("model", b"whisper"), ("language", b"model"))
    assert requested_model(body, FORM) == "whisper"
    assert replace_multipart_model(body, FORM, "tiny") == body.replace(b"whisper", b"tiny")


def test_a_multipart_body_without_a_model_stays() -> None:
    body = multipart(("file", b"x"), ("model_id", b"y"))
    assert requested_model(body, FORM) is None
    assert replace_multipart_model(body, FORM, "tiny") == body


@pytest.mark.parametrize(
    ("body", "content_type", "model"),
    [
        (b'{"model":"a"}', JSON, "a"),
        (b'{"model":"a"}', b"application/json; charset=utf-8", "a"),
        (b'{"model":"a"}', b"application/x-www-form-urlencoded", "a"),
        (b"[1]", JSON, None),
        (b'{"x":1}', JSON, None),
        (b'{"model":null}', JSON, None),
        (b"", JSON, None),
        (b"{half", b"text/plain", None),
        (b"--B", b"multipart/form-data", None),
    ],
)
def test_the_model_is_read_where_there_is_one(body: bytes, content_type: bytes, model: str | None) -> None:
    assert requested_model(body, content_type) == model


@pytest.mark.parametrize("body", [b"{half", b'{"model":5}', b"\xff"])
def test_a_body_that_claims_to_be_json_must_be(body: bytes) -> None:
    with pytest.raises(InvalidBodyError):
        requested_model(body, JSON)


@pytest.mark.parametrize(
    ("body", "asking"),
    [
        (b'{"stream":true}', b'{"stream_options":{"include_usage":true},"stream":true}'),
        (b' {"n":1,"stream" : true }', b' {"stream_options":{"include_usage":true},"n":1,"stream" : true }'),
        (b'{"stream":true,"stream_options":null}', None),
        (b'{"stream":true,"stream_options":{"include_usage":false}}', None),
        (b'{"stream":false}', None),
        (b'{"text":"\\"stream\\":true"}', None),
        (b"{}", None),
        (b"[true]", None),
        (b"half{", None),
        (b"", None),
    ],
)
def test_usage_is_asked_for_where_a_stream_says_nothing_of_it(body: bytes, asking: bytes | None) -> None:
    assert ask_for_usage(body) == (asking or body)


@pytest.mark.parametrize(
    ("body", "stream"),
    [
        (b'{"stream": true}', True),
        (b'{"stream": false}', False),
        (b'{"stream": "true"}', False),
        (b"{}", False),
        (b"[true]", False),
        (b"--boundary", False),
    ],
)
def test_a_stream_is_asked_for_by_true_alone(body: bytes, stream: bool) -> None:
    assert asks_for_stream(body) is stream


def test_a_content_type_is_read_without_case_and_a_boundary_with_it() -> None:
    assert requested_model(multipart(("model", b"whisper")), b"Multipart/Form-Data; Boundary=B") == "whisper"
    assert requested_model(multipart(("model", b"whisper")), b"multipart/form-data; boundary=b") is None
    assert requested_model(b' {"model":"m"}', b"Application/JSON") == "m"


def test_either_kind_of_body_gets_its_name() -> None:
    assert renamed(b'{"model":"big"}', b"application/json", "tiny") == b'{"model":"tiny"}'
    assert renamed(multipart(("model", b"big")), FORM.replace(b"form", b"FORM"), "tiny") == multipart(("model", b"tiny"))
