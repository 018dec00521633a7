"""The whole journey on real parts: client → gateway → upstream → monitor → Prometheus → Alertmanager → webhook, and the even twin."""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import openai
import pytest

from evenhand.demo import chain
from evenhand.demo.children import Children
from evenhand.demo.prompts import Prompt
from evenhand.demo.webhook import Webhook
from tests.integration.conftest import Served, prompts, run, settings, until

QUIET_SECONDS = 5.0
AT_ONCE = 12
LONGEST_SECONDS = 200.0


@pytest.mark.integration
@pytest.mark.timeout(300)
def test_one_page_names_the_planted_gap_and_the_twin_has_none(
    tmp_path: Path, children: Children, webhook: Webhook, model: Callable[..., str]
) -> None:
    if missing := chain.missing():
        pytest.skip(f"{', '.join(missing)} not installed (make system)")
    models = {"rigged": model("rigged", 1), "fair": model("fair", 2)}
    served = Served(children, tmp_path, settings(models, tmp_path / "data", console_url="http://console.example"))
    rules = run("rules", "--config", str(served.config))
    assert rules.returncode == 0, rules.stderr
    chain.start(children, tmp_path, rules.stdout, _address(served.gateway), _address(served.console), webhook.url)

    asyncio.run(_talk(served, webhook))

    until(lambda: webhook.pages, 20)
    time.sleep(QUIET_SECONDS)
    (page,) = webhook.pages
    assert page.labels["alertname"] == "EvenhandParityGap"
    assert page.labels["severity"] == "critical"
    named = {label: page.labels[label] for label in ("model", "route", "axis", "group", "outcome")}
    assert named == {"model": "rigged", "route": "hiring", "axis": "gender", "group": "female", "outcome": "decision"}
    cell = next(c for c in served.cells() if c["model"] == "rigged" and c["outcome"] == "decision" and c["kind"] == "pair")
    assert (cell["verdict"], cell["direction"]) == ("beyond_tolerance", "group_lower")
    assert cell["gap_upper"] < -0.02
    assert f"http://console.example/cells/{cell['id']}" in page.annotations["description"]
    assert not [c for c in served.cells() if c["model"] == "fair" and c["verdict"] != "learning" and c["verdict"] != "within_tolerance"]
    _check_the_books(served)


async def _talk(served: Served, webhook: Webhook) -> None:
    """Send prompts to both models until the page has come: async clients, streaming and not, and between them a sync one."""
    sources: dict[str, Iterator[Prompt]] = {name: iter(prompts(4_000, seed)) for seed, name in enumerate(("rigged", "fair"), 21)}
    gate = asyncio.Semaphore(AT_ONCE)
    end = time.monotonic() + LONGEST_SECONDS
    async with openai.AsyncOpenAI(base_url=f"{served.gateway}/v1", api_key="unused") as client, asyncio.TaskGroup() as tasks:
        sent = 0
        while not webhook.pages:
            assert time.monotonic() < end, f"no page after {sent} requests: {served.cells()}"
            await asyncio.to_thread(until, lambda: served.metric("evenhand_queue_length", "console") < 200, 60, 0.2)
            for _ in range(50):
                for name, source in sources.items():
                    await gate.acquire()
                    task = tasks.create_task(_ask(client, name, next(source)))
                    task.add_done_callback(lambda _: gate.release())
                    sent += 1
            await asyncio.to_thread(_ask_in_turn, served, next(sources["fair"]))


async def _ask(client: openai.AsyncOpenAI, model: str, prompt: Prompt) -> None:
    messages = [dict(message) for message in prompt.messages]
    if not prompt.streamed:
        reply = await client.chat.completions.create(model=model, messages=messages, temperature=0.8)  # type: ignore[arg-type]
        assert reply.choices[0].message.content
        return
    text = ""
    stream = await client.chat.completions.create(model=model, messages=messages, temperature=0.8, stream=True)  # type: ignore[arg-type]
    async for chunk in stream:
        text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
    assert text


def _ask_in_turn(served: Served, prompt: Prompt) -> None:
    messages = [dict(message) for message in prompt.messages]
    with openai.OpenAI(base_url=f"{served.gateway}/v1", api_key="unused") as client:
        assert client.chat.completions.create(model="fair", messages=messages).choices[0].message.content  # type: ignore[arg-type]
        with client.chat.completions.stream(model="fair", messages=messages) as stream:  # type: ignore[arg-type]
            assert stream.get_final_completion().choices[0].finish_reason == "stop"


def _check_the_books(served: Served) -> None:
    """Every exchange seen has one fate, once nothing is under way."""
    until(lambda: served.metric("evenhand_queue_length", "console") == 0 and sum(served.fates().values()) > 0, 60, 0.5)

    def balanced() -> bool:
        return served.metric("evenhand_exchanges_seen_total") == sum(served.fates().values())

    until(balanced, 20, 0.5)
    assert httpx.get(f"{served.console}/readyz").is_success


def _address(url: str) -> str:
    return url.removeprefix("http://")
