"""`evenhand serve` with a model that speaks another dialect: the translate process among the children, for clients and replays alike."""

import asyncio
import importlib.util
import os
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from evenhand.demo.children import Children, free_port
from gateway.routing import TRANSLATE_FILE
from tests.gateway.conftest import Loop, Upstream
from tests.gateway.translate.fakes import anthropic
from tests.integration.conftest import Served, evenhand, prompts, settings, until

pytestmark = pytest.mark.integration
NEEDS_LITELLM = pytest.mark.skipif(
    importlib.util.find_spec("litellm") is None, reason="litellm is not installed: pip install 'evenhand[providers]'"
)
CLAUDE = {"model": "anthropic/claude-sonnet-4-5", "api_key": "sk-live", "shadow_api_key": "sk-shadow"}


@pytest.fixture
def provider() -> Iterator[Upstream]:
    """Anthropic's HTTP on a port of its own."""
    loop, fake = Loop(), Upstream(anthropic)

    async def listen() -> asyncio.Server:
        server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
        fake.port = server.sockets[0].getsockname()[1]
        return server

    server = loop.run(listen())
    yield fake
    loop.loop.call_soon_threadsafe(server.close)
    loop.stop()


@pytest.fixture
def document(tmp_path: Path, provider: Upstream, model: Callable[..., str]) -> dict[str, Any]:
    """One model of OpenAI's dialect and one of Anthropic's, both sampled."""
    found = settings({"fair": model("fair", 1)}, tmp_path / "data")
    params = CLAUDE | {"api_base": f"http://127.0.0.1:{provider.port}"}
    found["model_list"].append({"model_name": "claude", "litellm_params": params})
    return found


def ask(served: Served, model_name: str, text: str = "hi", timeout: float = 60) -> httpx.Response:
    body = {"model": model_name, "messages": [{"role": "user", "content": text}]}
    return httpx.post(f"{served.gateway}/v1/chat/completions", json=body, timeout=timeout)


def maps(pid: int | None) -> str:
    return Path(f"/proc/{pid}/maps").read_text()


@NEEDS_LITELLM
def test_it_comes_back_when_killed_the_others_stay_and_requests_wait_for_it(
    children: Children, tmp_path: Path, document: dict[str, Any]
) -> None:
    served = Served(children, tmp_path, document)
    assert ask(served, "claude").json()["choices"][0]["message"]["content"] == "Hello"
    before = {name: served.child(name) for name in ("translate", "gateway-0", "monitor")}
    assert before["translate"] is not None
    os.kill(before["translate"], signal.SIGKILL)
    until(lambda: served.child("translate") not in (None, before["translate"]))

    waiting: list[httpx.Response] = []
    threads = [threading.Thread(target=lambda: waiting.append(ask(served, "claude"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert ask(served, "fair").status_code == 200, "models of OpenAI's dialect do not notice"
    for thread in threads:
        thread.join(60)
    assert [reply.status_code for reply in waiting] == [200, 200, 200]
    assert served.restarts("translate") == 1
    assert {name: served.child(name) for name in ("gateway-0", "monitor")} == {name: before[name] for name in ("gateway-0", "monitor")}


@NEEDS_LITELLM
def test_its_address_and_secret_are_for_the_owner_and_its_memory_is_its_own(
    children: Children, tmp_path: Path, document: dict[str, Any]
) -> None:
    served = Served(children, tmp_path, document)
    file = served.data_dir / "run" / TRANSLATE_FILE
    assert file.stat().st_mode & 0o777 == 0o600
    assert ask(served, "claude").status_code == 200
    assert "aiohttp" in maps(served.child("translate")), "what litellm calls with"
    for child in ("gateway-0", "monitor"):
        assert "aiohttp" not in maps(served.child(child)), child
    command = Path(f"/proc/{served.child('translate')}/cmdline").read_bytes().decode()
    assert yaml.safe_load(file.read_text())["secret"] not in command


@NEEDS_LITELLM
def test_replays_of_such_a_model_go_through_it_with_the_shadow_key(
    children: Children, tmp_path: Path, document: dict[str, Any], provider: Upstream
) -> None:
    served = Served(children, tmp_path, document)
    for prompt in prompts(6, 3):
        body = {"model": "claude", "messages": [dict(message) for message in prompt.messages], "temperature": 0.7, "max_tokens": 60}
        assert httpx.post(f"{served.gateway}/v1/chat/completions", json=body, timeout=60).status_code == 200
    until(lambda: served.fates().get("scored", 0) >= 3, 60)
    keys = [call.header(b"x-api-key") for call in provider.calls]
    assert keys.count(b"sk-live") == 6
    assert keys.count(b"sk-shadow") >= 6
    assert set(keys) == {b"sk-live", b"sk-shadow"}
    assert served.metric("evenhand_replays_total", "console", model="claude", result="ok") >= 6


@NEEDS_LITELLM
def test_its_models_change_under_traffic_without_a_failed_request(children: Children, tmp_path: Path, document: dict[str, Any]) -> None:
    served = Served(children, tmp_path, document)
    assert ask(served, "claude").status_code == 200
    before, codes, ending = served.child("translate"), Counter[int](), threading.Event()

    def keep_asking() -> None:
        while not ending.is_set():
            codes[ask(served, "claude").status_code] += 1

    asking = threading.Thread(target=keep_asking)
    asking.start()
    try:
        document["model_list"].append({**document["model_list"][1], "model_name": "haiku"})
        served.config.write_text(yaml.safe_dump(document))
        until(lambda: ask(served, "haiku").status_code == 200, 60)
        until(lambda: served.child("translate") != before and not Path(f"/proc/{before}").exists(), 30)
    finally:
        ending.set()
        asking.join()
    assert set(codes) == {200}, codes
    after = served.child("translate")

    document["model_list"].append({**document["model_list"][0], "model_name": "another"})
    served.config.write_text(yaml.safe_dump(document))
    until(lambda: ask(served, "another").status_code == 200, 60)
    assert served.child("translate") == after, "its models are the same"

    document["model_list"] = [entry for entry in document["model_list"] if entry["litellm_params"]["model"].startswith("openai/")]
    served.config.write_text(yaml.safe_dump(document))
    until(lambda: not Path(f"/proc/{after}").exists(), 60)
    assert ask(served, "claude").status_code == 404
    assert list((served.data_dir / "run").glob("translate-*")) == []


def test_without_such_a_model_there_is_no_such_process(children: Children, tmp_path: Path, document: dict[str, Any]) -> None:
    document["model_list"].pop()
    served = Served(children, tmp_path, document)
    assert ask(served, "fair").status_code == 200
    assert not (served.data_dir / "run" / TRANSLATE_FILE).exists()
    assert {row["name"] for row in served.health()["children"]} == {"gateway-0", "monitor"}


def test_without_litellm_the_model_is_refused_by_name(tmp_path: Path, document: dict[str, Any]) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['litellm'] = None\n")
    config = tmp_path / "evenhand.yaml"
    config.write_text(yaml.safe_dump(document, sort_keys=False))
    command = evenhand("serve", "--config", str(config), "--port", str(free_port()), "--console-port", str(free_port()))
    environ = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environ)
    assert done.returncode == 2
    assert "claude: the provider of anthropic/claude-sonnet-4-5 is anthropic" in done.stderr
    assert "pip install 'evenhand[providers]'" in done.stderr
    assert not (tmp_path / "data").exists()
