from typing import Any

import pytest

from gateway.errors import GatewayError
from gateway.translate.parameters import CHAT, EMBEDDING, LOST, NEUTRAL, OWN, check_messages, choose


def test_every_field_has_one_of_four_ends() -> None:
    chosen = choose({"temperature": 0.5, "n": 1, "user": "u", "seed": None}, CHAT, "someone", {"temperature"})
    assert chosen.passed == {"temperature": 0.5}
    assert chosen.dropped == ["user"]
    for field, code in (("seed", "unsupported_parameter"), ("api_base", "unknown_parameter")):
        with pytest.raises(GatewayError) as caught:
            choose({field: 3}, CHAT, "someone", {"temperature"})
        assert (caught.value.status, caught.value.param, caught.value.code) == (400, field, code)


def test_true_is_not_one() -> None:
    """``n: true`` is a mistake for the provider to tell, not the neutral 1."""
    assert choose({"n": True}, CHAT, "someone", {"n"}).passed == {"n": True}


def test_litellms_word_for_what_it_supports_lets_nothing_else_in() -> None:
    for field in ("extra_headers", "api_key", "max_retries", "base_url"):
        with pytest.raises(GatewayError):
            choose({field: "x"}, CHAT, "someone", {field})


def test_a_providers_own_fields_are_for_chats_of_that_provider() -> None:
    assert choose({"top_k": 3}, CHAT, "anthropic", ()).passed == {"top_k": 3}
    for allowed, provider in ((CHAT, "someone"), (EMBEDDING, "anthropic")):
        with pytest.raises(GatewayError):
            choose({"top_k": 3}, allowed, provider, ())


def test_metadata_is_litellms_own_word_and_never_passed() -> None:
    chosen = choose({"metadata": {"a": "b"}}, CHAT, "someone", {"metadata"})
    assert (chosen.passed, chosen.dropped) == ({}, ["metadata"])


def test_the_tables_fit_each_other() -> None:
    assert all(not own & CHAT for own in OWN.values())
    assert all(lost <= CHAT for lost in LOST.values())
    assert all(not callable(value) for value in NEUTRAL.values())


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image_url", "image_url": "https://x/y.png"},
        {"type": "image_url", "image_url": {"url": " HTTP://x/y.png"}},
        {"type": "file", "file": {"file_id": "https://x/y.pdf"}},
        {"type": "document", "source": {"type": "url", "url": "https://x/y.pdf"}},
        {"type": "tool_result", "content": [{"type": "image", "source": {"url": "file:///etc/passwd"}}]},
        "https://x/y.png",
    ],
)
def test_nothing_that_would_be_fetched_passes(part: Any) -> None:
    with pytest.raises(GatewayError) as caught:
        check_messages([{"role": "user", "content": "hi"}, {"role": "user", "content": [part]}])
    assert caught.value.param == "messages[1].content"


def test_text_may_name_any_address() -> None:
    check_messages([{"role": "user", "content": "https://x"}, {"role": "user", "content": [{"type": "text", "text": "https://x"}]}])
    check_messages([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}]}])
