"""A real translate process before fakes of three providers, and a worker before it: the import of litellm is paid for once a session."""

import asyncio
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openai
import pytest
import yaml

from gateway.routing import TRANSLATE_FILE, Translator
from tests.gateway.conftest import Gateway, Loop, Script, Upstream, running
from tests.gateway.translate.fakes import anthropic, gemini, ollama

SECRET = "5e" * 32
PROBE = """
import json, sys
def watch(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        print("connect", json.dumps(arguments[1][:2]), flush=True)
    if event == "socket.getaddrinfo":
        print("look up", json.dumps([str(arguments[0]), str(arguments[1])]), flush=True)
sys.addaudithook(watch)
from gateway.translate.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
"""The process as the parent starts it, which also tells whom it connects to."""


@dataclass
class Stand:
    """The fakes by provider, the process before them, and the worker before that."""

    fakes: dict[str, Upstream]
    gateway: Gateway
    translator: Translator
    process: "subprocess.Popen[bytes]"
    connections: Path
    config: dict[str, Any]

    def client(self, **options: Any) -> openai.OpenAI:
        return openai.OpenAI(base_url=self.gateway.url + "/v1", api_key="any", max_retries=0, **options)


def scripts() -> dict[str, Script]:
    return {"anthropic": anthropic, "gemini": gemini, "ollama": ollama}


def models(bases: dict[str, str]) -> list[dict[str, Any]]:
    entries = {
        "claude": {
            "model": "anthropic/claude-sonnet-4-5",
            "api_base": bases["anthropic"],
            "api_key": "sk-live",
            "shadow_api_key": "sk-shadow",
        },
        "gemini": {"model": "gemini/gemini-2.5-flash", "api_base": bases["gemini"], "api_key": "g-live"},
        "gemini-embedding": {"model": "gemini/gemini-embedding-001", "api_base": bases["gemini"], "api_key": "g-live"},
        "llama": {"model": "ollama_chat/llama3.2", "api_base": bases["ollama"]},
        "nomic": {"model": "ollama/nomic-embed-text", "api_base": bases["ollama"]},
        "claude-*": {"model": "anthropic/claude-*", "api_base": bases["anthropic"], "api_key": "sk-live"},
    }
    return [{"model_name": name, "litellm_params": params} for name, params in entries.items()]


@contextmanager
def translating(config: dict[str, Any], folder: Path) -> Iterator[tuple["subprocess.Popen[bytes]", Translator, Path]]:
    """The translate process on a socket of its own, as the parent starts it; its output goes to a file."""
    run = folder / "run"
    run.mkdir(parents=True)
    (run / "config.yaml").write_text(yaml.safe_dump(config))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        translator = Translator(f"http://127.0.0.1:{listener.getsockname()[1]}", SECRET)
        (run / TRANSLATE_FILE).write_text(translator.text())
        words = ["--config", str(run / "config.yaml"), "--fd", str(listener.fileno()), "--secret-file", str(run / TRANSLATE_FILE)]
        told = folder / "told.txt"
        with told.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-c", PROBE, *words, "--drain-seconds", "1"],
                pass_fds=[listener.fileno()],
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env={name: value for name, value in os.environ.items() if not name.startswith(("LITELLM_", "ANTHROPIC_", "GEMINI_"))},
            )
        try:
            yield process, translator, told
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


@pytest.fixture(scope="session")
def session_stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    if importlib.util.find_spec("litellm") is None:
        pytest.skip("litellm is not installed: pip install 'evenhand[providers]'")
    folder = tmp_path_factory.mktemp("translate")
    loop, fakes = Loop(), {name: Upstream(script) for name, script in scripts().items()}

    async def listen(upstream: Upstream) -> asyncio.Server:
        server = await asyncio.start_server(upstream.serve, "127.0.0.1", 0, limit=64 * 1024 * 1024)
        upstream.port = server.sockets[0].getsockname()[1]
        return server

    servers = [loop.run(listen(fake)) for fake in fakes.values()]
    config = {"model_list": models({name: f"http://127.0.0.1:{fake.port}" for name, fake in fakes.items()})}
    (folder / "secret").write_text("ab" * 32)
    with translating(config, folder) as (process, translator, told), running(config, folder) as gateway:
        _wait_ready(process, told)
        yield Stand(fakes, gateway, translator, process, told, config)
    for server in servers:
        loop.loop.call_soon_threadsafe(server.close)
    loop.stop()


def _wait_ready(process: "subprocess.Popen[bytes]", told: Path) -> None:
    end = time.monotonic() + 60
    while b"ready after" not in told.read_bytes():
        assert process.poll() is None, told.read_text()
        assert time.monotonic() < end, told.read_text()
        time.sleep(0.05)


@pytest.fixture
def stand(session_stand: Stand) -> Stand:
    """The stand with nothing asked yet and every fake as it was."""
    for name, script in scripts().items():
        fake = session_stand.fakes[name]
        fake.script = script
        fake.calls.clear()
        fake.closed.clear()
    return session_stand


@pytest.fixture
def client(stand: Stand) -> Iterator[openai.OpenAI]:
    with stand.client() as opened:
        yield opened


def sent(fake: Upstream) -> dict[str, Any]:
    """The document of the last request that reached a provider."""
    document: dict[str, Any] = json.loads(fake.calls[-1].body)
    return document
