import pytest
import yaml

from gateway.settings import ConfigError, load_text


def warnings(base: str, model: str = "openai/m") -> list[str]:
    """What is told of one model at an address."""
    document = {"model_list": [{"model_name": "m", "litellm_params": {"model": model, "api_base": base}}]}
    return list(load_text(yaml.safe_dump(document), {}).warnings)


@pytest.mark.parametrize(
    ("base", "told"),
    [
        ("https://llm.example/v1/chat/completions", ("ends in /chat/completions", "write https://llm.example/v1")),
        ("https://llm.example/v1/embeddings/", ("ends in /embeddings", "write https://llm.example/v1")),
        ("http://127.0.0.1:11434", ("requests go to http://127.0.0.1:11434/chat/completions", "write http://127.0.0.1:11434/v1")),
        ("https://llm.example/v1?api-version=1", ("what follows ? or # in the address is not sent",)),
        ("https://user:secret@llm.example/v1", ("name and password", "api_key")),
    ],
)
def test_an_address_that_is_hardly_meant_is_told_with_the_models_name(base: str, told: tuple[str, ...]) -> None:
    (warning,) = warnings(base)
    assert "model_list[0].litellm_params.api_base: m: " in warning
    assert all(words in warning for words in told)
    assert "secret" not in warning


@pytest.mark.parametrize("base", ["https://api.deepseek.com", "http://127.0.0.1:8080/v1/", "https://llm.example/api/v3"])
def test_a_usual_address_is_told_nothing_of(base: str) -> None:
    assert not warnings(base)


def test_a_translated_models_address_is_the_providers_affair() -> None:
    assert not warnings("http://127.0.0.1:11434", "ollama_chat/m")


@pytest.mark.parametrize(
    ("base", "told"),
    [
        ("llm.example/v1", "must start with http:// or https://"),
        ("https://llm.example/v1\n", "must have no spaces or ends of lines"),
        (" https://llm.example/v1", "must have no spaces or ends of lines"),
        ("https://", "must name a host"),
        ("http://127.0.0.1:80800/v1", "must name a host, and a port up to 65535"),
        ("http://user:secret@[::1/v1", "must name a host"),
    ],
)
def test_an_address_that_leads_nowhere_is_a_mistake(base: str, told: str) -> None:
    with pytest.raises(ConfigError, match=r"api_base") as caught:
        warnings(base)
    assert told in str(caught.value)
    assert "secret" not in str(caught.value)
