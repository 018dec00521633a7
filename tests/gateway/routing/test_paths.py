import pytest

from gateway.routing import place


@pytest.mark.parametrize(
    ("path", "endpoint", "suffix", "model"),
    [
        (b"/v1/chat/completions", "chat_completions", b"/chat/completions", None),
        (b"/completions", "completions", b"/completions", None),
        (b"/v1/models/org%2Fm", "models", b"/models/org%2Fm", "org/m"),
        (b"/v1/files/f-1/content", "files", b"/files/f-1/content", None),
        (b"/v1/anything/else", "_other", b"/anything/else", None),
        (b"/openai/deployments/d%20x/embeddings", "embeddings", b"/openai/deployments/d%20x/embeddings", "d x"),
        (b"/v1", "_other", b"/v1", None),
    ],
)
def test_a_path_says_endpoint_suffix_and_model(path: bytes, endpoint: str, suffix: bytes, model: str | None) -> None:
    found = place(path)
    assert found is not None
    assert (found.endpoint, found.suffix, found.model) == (endpoint, suffix, model)


@pytest.mark.parametrize(
    "path",
    [b"/v1/../x", b"/v1/files/..", b"/v1/./x", b"/v1/%2e%2E/x", b"/v1/.%2e", b"/v1/%2e%2e%2fx", b"/v1/a%2F..", b"/v1/..\\x", b"*", b""],
)
def test_a_path_cannot_climb(path: bytes) -> None:
    assert place(path) is None


@pytest.mark.parametrize(
    "path", [b"/v1/files/a..b", b"/v1/files/.hidden", b"/v1/files/...", b"/v1/files/a.", b"/v1/files/a%2F.b", b"/v1/files/a%2Eb"]
)
def test_dots_within_a_name_are_a_name(path: bytes) -> None:
    assert place(path) is not None
