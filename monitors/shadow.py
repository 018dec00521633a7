"""The replay: each arm of a pair is asked of the deployment that served the original, back to back, once, with equal parameters."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from gateway.errors import GatewayError
from gateway.exchange import Exchange
from gateway.routing import Deployment
from gateway.upstream import Fetched, Pool
from monitors.decode import replay_body
from monitors.pair import Plan, Role
from monitors.scorers import Reply

FILTERED = frozenset({"content_filter", "content_policy_violation"})


@dataclass(frozen=True, slots=True)
class Answer:
    """One arm's answer: a reply, or ``error`` (from a closed list) where there is none to score.

    ``model`` is the one that the reply names, empty where it names none. Tokens are as the upstream counted them.
    """

    reply: Reply | None
    model: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    error: str = ""
    retry_after_seconds: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ReplayLimits:
    """How long an arm may take, and how large its reply may be."""

    timeout_seconds: float
    max_bytes: int


async def replay(
    plan: Plan, exchange: Exchange, deployment: Deployment, pool: Pool, limits: ReplayLimits, answers: dict[Role, Answer]
) -> None:
    """Ask every arm in the plan's order and put each into ``answers`` as it comes, also when one fails: that is measured too.

    No upstream's fault is raised.
    """
    for role in plan.order:
        body = replay_body(exchange, deployment.upstream_model, plan.arms[role].messages)
        answers[role] = await _ask(exchange, deployment, body, pool, limits)


async def _ask(exchange: Exchange, deployment: Deployment, body: Mapping[str, Any], pool: Pool, limits: ReplayLimits) -> Answer:
    path = "/completions" if exchange.endpoint == "completions" else "/chat/completions"
    headers = [(b"content-type", b"application/json"), (b"accept", b"application/json"), (b"accept-encoding", b"identity")]
    if deployment.replay_key:
        headers.append((b"authorization", b"Bearer " + deployment.replay_key.encode()))
    begun = time.monotonic()
    try:
        fetched = await pool.fetch(
            deployment.api_base.rstrip("/") + path,
            headers=headers,
            body=orjson.dumps(body),
            timeout_seconds=limits.timeout_seconds,
            max_bytes=limits.max_bytes,
        )
    except GatewayError as error:
        return Answer(None, error="timeout" if error.status == 504 else "unreachable", seconds=time.monotonic() - begun)
    return _read(fetched, str(body.get("model", "")), _last_prompt(body), time.monotonic() - begun)


def _read(fetched: Fetched, model: str, prompt: str, seconds: float) -> Answer:
    try:
        document = orjson.loads(fetched.body)
    except orjson.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        return Answer(None, error="http_error" if fetched.status >= 400 else "unreadable", seconds=seconds)
    if fetched.status >= 400 or "error" in document:
        error = document.get("error")
        code = error.get("code") if isinstance(error, dict) else None
        if code in FILTERED:
            return Answer(Reply(None, finish_reason="content_filter", prompt=prompt), seconds=seconds)
        if fetched.status == 429:
            return Answer(None, error="rate_limited", retry_after_seconds=retry_after(fetched.headers), seconds=seconds)
        return Answer(None, error="http_error", seconds=seconds)
    try:
        choice = document["choices"][0]
        message = choice.get("message") or {"content": choice["text"]}
        reply = Reply(
            text=message.get("content"),
            finish_reason=choice.get("finish_reason"),
            refusal=message.get("refusal"),
            tool_calls=tuple(message.get("tool_calls") or ()),
            prompt=prompt,
        )
        usage = document.get("usage") or {}
        spent = (int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return Answer(None, error="unreadable", seconds=seconds)
    return Answer(reply, str(document.get("model") or model), *spent, seconds=seconds)


def retry_after(headers: list[tuple[bytes, bytes]]) -> float:
    """Seconds that a ``retry-after-ms`` or ``retry-after`` header asks for; 0 without a number in it."""
    named = {name.lower(): value for name, value in headers}
    for name, unit in ((b"retry-after-ms", 0.001), (b"retry-after", 1.0)):
        try:
            seconds = float(named[name]) * unit
        except (KeyError, ValueError):
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return min(seconds, 3600.0)
    return 0.0


def _last_prompt(body: Mapping[str, Any]) -> str:
    """The last user message, which is what a reply answers."""
    if "prompt" in body:
        return str(body["prompt"])
    for message in reversed(body["messages"]):
        if message.get("role") == "user":
            content = message.get("content")
            return content if isinstance(content, str) else "\n".join(str(part.get("text", "")) for part in content or [])
    return ""
