"""Real clients by their own defaults: what one gets and what its upstream gets is the same with the gateway between as without it."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.clients import installed
from tests.integration.clients.material import spoken
from tests.integration.clients.sides import PROGRAMS, QUESTION, REPLAY_KEY, run, same_requests
from tests.integration.clients.upstream import Call, Upstream
from tests.integration.conftest import Served, until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

CHAT = ("chat", "stream", "tools", "stream_tools", "structured", "embeddings", "error", "retry")


@dataclass(frozen=True)
class Client:
    """A client library: its command line and the tasks that its program does."""

    command: Callable[[Path], list[str]]
    tasks: tuple[str, ...]


@dataclass(frozen=True)
class Ran:
    """What a client printed and what its upstream was asked meanwhile."""

    results: dict[str, Any]
    calls: list[Call]


def _node(program: str, *packages: str) -> Callable[[Path], list[str]]:
    def command(folder: Path) -> list[str]:
        """The program stands beside the packages, since modules are looked for from where a program stands."""
        found = installed.node_packages()
        (folder / "node_modules").symlink_to(found / "node_modules")
        (folder / program).write_bytes((PROGRAMS / program).read_bytes())
        return [installed.node(found), str(folder / program), *packages]

    return command


RESPONSES = ("responses", "stream_responses")
VERCEL = (*CHAT, *RESPONSES, "tools_responses", "stream_tools_responses", "structured_responses")
CLIENTS = {
    "openai-python": Client(lambda _: [sys.executable, str(PROGRAMS / "with_openai_python.py")], (*CHAT, *RESPONSES, "models")),
    "langchain-openai": Client(lambda _: [installed.langchain_python(), str(PROGRAMS / "with_langchain_openai.py")], (*CHAT, *RESPONSES)),
    "openai-node-7": Client(_node("with_openai_node.mjs", "openai"), (*CHAT, *RESPONSES, "models")),
    "openai-node-6": Client(_node("with_openai_node.mjs", "openai-6"), (*CHAT, *RESPONSES, "models")),
    "vercel-ai-7": Client(_node("with_vercel_ai.mjs", "ai", "@ai-sdk/openai"), VERCEL),
    "vercel-ai-6": Client(_node("with_vercel_ai.mjs", "ai-6", "@ai-sdk/openai-3"), VERCEL),
}


Runs = Callable[[str], tuple[Ran, Ran]]


@pytest.fixture(scope="module")
def runs(upstream: Upstream, served: Served, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Runs a client directly and through the gateway, once."""
    done: dict[str, tuple[Ran, Ran]] = {}

    def both(name: str) -> tuple[Ran, Ran]:
        if name not in done:
            folder = tmp_path_factory.mktemp(name)
            command = CLIENTS[name].command(folder)
            direct = _ran(command, folder, upstream.base, upstream)
            done[name] = direct, _ran(command, folder, f"{served.gateway}/v1", upstream)
        return done[name]

    return both


def _ran(command: list[str], folder: Path, base: str, upstream: Upstream) -> Ran:
    printed, calls = run(command, folder, base, upstream)
    return Ran(json.loads(printed), calls)


@pytest.mark.parametrize(("client", "task"), [(name, task) for name, client in CLIENTS.items() for task in client.tasks])
def test_a_client_gets_through_the_gateway_what_it_gets_directly(runs: Runs, client: str, task: str) -> None:
    direct, through = runs(client)
    assert through.results[task] == direct.results[task]
    assert _is_answered(task, direct.results[task]), direct.results[task]


def _is_answered(task: str, result: Any) -> bool:
    """Whether a task came to what the upstream says."""
    text = json.dumps(result, ensure_ascii=False)
    if task == "error":
        return "400" in text
    if task == "embeddings":
        return "0.1" in text or "-0." in text
    if task == "models":
        return bool(result == ["model-one", "model-two"])
    tells = "Zürich" in text if "tools" in task or "structured" in task else spoken(QUESTION) in text
    return tells and "null" not in text


@pytest.mark.parametrize("client", CLIENTS)
def test_the_upstream_is_asked_what_the_client_would_have_asked_it(runs: Runs, client: str) -> None:
    direct, through = runs(client)
    assert len(direct.calls) >= len(CLIENTS[client].tasks)
    assert same_requests(through.calls, direct.calls)


@pytest.mark.parametrize("client", CLIENTS)
def test_a_busy_upstream_is_asked_again_by_the_client_and_by_nobody_else(runs: Runs, client: str) -> None:
    for ran in runs(client):
        assert sum(b"busy-model" in call.body for call in ran.calls) == 2


def test_meanwhile_the_samples_were_asked_again_with_the_key_for_replays(runs: Runs, upstream: Upstream, served: Served) -> None:
    runs("openai-python")
    until(lambda: [call for call in upstream.calls if call.header("authorization") == f"Bearer {REPLAY_KEY}"])
    assert served.metric("evenhand_exchanges_seen_total") > 0
