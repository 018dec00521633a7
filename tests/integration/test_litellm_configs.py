"""Files in the forms that LiteLLM's proxy documents start unchanged, serve, and are told what of them is ignored."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from evenhand.demo.children import Children, free_port
from tests.integration.clients.upstream import Call, Upstream, running
from tests.integration.conftest import evenhand

pytestmark = pytest.mark.integration
MASTER_KEY = "sk-of-the-team"


@dataclass(frozen=True)
class Form:
    """A file, a model that its clients ask for, what the upstream is asked for then and with which key, and words of the warnings."""

    text: str
    asked: str
    upstream_model: str
    key: str | None
    ignored: tuple[str, ...] = ()
    master_key: bool = False


MANY_PARAMETERS = Form(
    """
model_list:
  - model_name: summaries
    litellm_params:
      model: openai/org/summaries-7b
      api_base: os.environ/VLLM_BASE
      api_key: none
      rpm: 1440
      tpm: 200000
      temperature: 0.2
      max_tokens: 500
      seed: 12
      organization: org-example
      extra_headers: {"AI-Resource-Group": "team"}
      input_cost_per_token: 0.0000005
    model_info: {version: 2, mode: chat, supported_environments: [production]}
  - model_name: vectors
    litellm_params: {model: openai/vectors-small, api_base: os.environ/VLLM_BASE, api_key: os.environ/VLLM_KEY}
    model_info: {mode: embedding, base_model: text-embedding-3-small}
""",
    "summaries",
    "org/summaries-7b",
    "none",
    ("extra_headers", "max_tokens", "organization", "temperature", "model_info"),
)
ROUTER_AND_MASTER_KEY = Form(
    """
model_list:
  - model_name: gpt-4o
    litellm_params: {model: openai/gpt-4o-2024-11-20, api_base: os.environ/VLLM_BASE, api_key: os.environ/VLLM_KEY, rpm: 200}
  - model_name: spare
    litellm_params: {model: openai/spare, api_base: os.environ/VLLM_BASE, api_key: os.environ/VLLM_KEY}

litellm_settings: # of the library
  drop_params: True
  set_verbose: False
  num_retries: 3
  request_timeout: 10
  fallbacks: [{"gpt-4o": ["spare"]}]
  context_window_fallbacks: [{"gpt-4o": ["spare"]}]
  allowed_fails: 3
  success_callback: ["langfuse"]
  cache: true
  cache_params: {type: redis, host: os.environ/REDIS_HOST, password: os.environ/REDIS_PASSWORD}

router_settings:
  routing_strategy: simple-shuffle
  num_retries: 2
  timeout: 30
  retry_after: 5
  allowed_fails: 3
  cooldown_time: 30
  fallbacks: [{"gpt-4o": ["spare"]}]
  redis_host: os.environ/REDIS_HOST
  redis_password: os.environ/REDIS_PASSWORD
  redis_port: 1992

general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY
  database_url: os.environ/DATABASE_URL
  database_connection_pool_limit: 10
  store_model_in_db: true
  alerting: ["slack"]
  proxy_batch_write_at: 60
  background_health_checks: true
""",
    "gpt-4o",
    "gpt-4o-2024-11-20",
    "sk-of-vllm",
    ("redis_host", "cache_params", "success_callback", "database_url", "alerting", "background_health_checks"),
    master_key=True,
)
VARIABLES_OF_ITS_OWN = Form(
    """
model_list:
  - model_name: support
    litellm_params:
      model: openai/support-large
      api_base: os.environ/VLLM_BASE
      api_key: os.environ/SUPPORT_KEY

general_settings:
  master_key: os.environ/LITELLM_MASTER_KEY

environment_variables:
  SUPPORT_KEY: sk-of-the-file
  REDIS_PORT: 6379
  LANGFUSE_PUBLIC_KEY: os.environ/LANGFUSE_PUBLIC_KEY
""",
    "support",
    "support-large",
    "sk-of-the-file",
    ("LANGFUSE_PUBLIC_KEY, REDIS_PORT",),
    master_key=True,
)
EVERYTHING = Form(
    """
model_list:
  - model_name: "*"
    litellm_params: {model: "*", api_base: os.environ/VLLM_BASE, api_key: os.environ/VLLM_KEY}
""",
    "o9-preview",
    "o9-preview",
    "sk-of-vllm",
)
ALL_OF_OPENAI = Form(
    """
model_list:
  - model_name: openai/*
    litellm_params:
      model: openai/*
      api_base: os.environ/VLLM_BASE
      api_key: os.environ/VLLM_KEY
  - model_name: "*"
    litellm_params: {model: openai/*, api_base: http://127.0.0.1:9/v1, api_key: os.environ/VLLM_KEY}
""",
    "openai/gpt-4o",
    "gpt-4o",
    "sk-of-vllm",
)
SHARED_CREDENTIAL = Form(
    """
model_list:
  - model_name: gpt-4o
    litellm_params: {model: openai/gpt-4o, litellm_credential_name: the_cluster}

credential_list:
  - credential_name: the_cluster
    credential_values: {api_key: os.environ/VLLM_KEY, api_base: os.environ/VLLM_BASE}
    credential_info: {description: our own machines}

guardrails:
  - guardrail_name: masks
    litellm_params: {guardrail: presidio, mode: pre_call}

mcp_servers:
  tickets: {url: "https://tickets.example/mcp", auth_type: api_key, auth_value: os.environ/TICKETS_KEY}

callback_settings:
  otel: {message_logging: False}
""",
    "gpt-4o",
    "gpt-4o",
    "sk-of-vllm",
    ("guardrails", "mcp_servers", "callback_settings"),
)
FORMS = {
    "many parameters": MANY_PARAMETERS,
    "router settings and a master key": ROUTER_AND_MASTER_KEY,
    "variables of its own": VARIABLES_OF_ITS_OWN,
    "a wildcard for everything": EVERYTHING,
    "a wildcard for a provider": ALL_OF_OPENAI,
    "a shared credential": SHARED_CREDENTIAL,
}


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with running() as server:
        yield server


class Started:
    """`evenhand serve` on a file that nobody changed."""

    def __init__(self, children: Children, folder: Path, text: str) -> None:
        self.gateway = f"http://127.0.0.1:{free_port()}"
        self._children = children
        (folder / "proxy_config.yaml").write_text(text)
        port = self.gateway.rpartition(":")[2]
        children.start("serve", evenhand("serve", "--config", "proxy_config.yaml", "--port", port, "--drain-seconds", "1"))
        children.wait_ready("serve", f"{self.gateway}/readyz")

    def warnings(self) -> list[str]:
        return [line for line in self._children.log("serve").read_text().splitlines() if ": warning: " in line]

    def ask(self, model: str, key: str | None) -> httpx.Response:
        body = {"model": model, "messages": [{"role": "user", "content": "hello"}]}
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.post(f"{self.gateway}/v1/chat/completions", json=body, headers=headers)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, upstream: Upstream) -> None:
    """The variables that the files name, as far as what we read needs them: those of ignored parts are not set."""
    monkeypatch.setenv("VLLM_BASE", upstream.base)
    monkeypatch.setenv("VLLM_KEY", "sk-of-vllm")
    for name in ("LITELLM_MASTER_KEY", "REDIS_HOST", "REDIS_PASSWORD", "DATABASE_URL", "SUPPORT_KEY", "TICKETS_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("name", FORMS)
def test_a_file_starts_serves_and_is_told_what_is_ignored(
    tmp_path: Path, children: Children, upstream: Upstream, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    form = FORMS[name]
    if form.master_key:
        monkeypatch.setenv("LITELLM_MASTER_KEY", MASTER_KEY)
    started = Started(children, tmp_path, form.text)

    reply = started.ask(form.asked, MASTER_KEY if form.master_key else None)

    assert reply.status_code == 200, reply.text
    last: Call = upstream.calls[-1]
    assert json.loads(last.body)["model"] == form.upstream_model
    assert last.header("authorization") == (f"Bearer {form.key}" if form.key else None)
    told = "\n".join(started.warnings())
    assert [words for words in form.ignored if words not in told] == []
    assert bool(told) == bool(form.ignored), told


@pytest.mark.usefixtures("told")
def test_the_master_key_of_such_a_file_is_asked_for(
    tmp_path: Path, children: Children, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITELLM_MASTER_KEY", MASTER_KEY)
    started = Started(children, tmp_path, ROUTER_AND_MASTER_KEY.text)
    before = len(upstream.calls)
    assert [started.ask("gpt-4o", key).status_code for key in (None, "sk-1234")] == [401, 401]
    assert len(upstream.calls) == before


@pytest.mark.usefixtures("told")
def test_secrets_of_such_a_file_are_in_no_warning(tmp_path: Path, children: Children, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LITELLM_MASTER_KEY", MASTER_KEY)
    text = VARIABLES_OF_ITS_OWN.text + "\nlitellm_settings: {langfuse_secret: sk-lf-secret}\n"
    started = Started(children, tmp_path, text)
    told = "\n".join(started.warnings())
    assert "langfuse_secret" in told
    assert "sk-" not in told
