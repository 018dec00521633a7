import asyncio
import hashlib
from collections.abc import Callable

import orjson
import pytest

import gateway.listing
from gateway.listing import ListingError, Listings
from gateway.routing import Deployment
from tests.gateway.conftest import Call, Gateway, Script, Upstream, echo, split

GET = b"GET %b HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n"


def test_the_list_names_the_configured_models(upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway]) -> None:
    upstream = upstreams()
    gateway = gateways(upstream)
    status, _, got = split(gateway.ask(GET % b"/v1/models"))
    document = orjson.loads(got)
    assert (status, document["object"], [card["id"] for card in document["data"]]) == (200, "list", ["m"])
    assert document["data"][0]["object"] == "model"
    assert orjson.loads(split(gateway.ask(GET % b"/v1/models/m"))[2])["id"] == "m"
    assert split(gateway.ask(GET % b"/v1/models/nope"))[0] == 404
    assert not upstream.calls


def test_a_single_wildcard_relays_the_upstreams_list(upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway]) -> None:
    upstream = upstreams()
    gateway = gateways(model_list=[{"model_name": "*", "litellm_params": {"model": "openai/*", "api_base": upstream.base}}])
    assert split(gateway.ask(GET % b"/v1/models?limit=3"))[2] == b'{"ok":true}'
    gateway.ask(GET % b"/v1/models/org%2Fm")
    assert [call.line for call in upstream.calls] == [b"GET /v1/models?limit=3 HTTP/1.1", b"GET /v1/models/org%2Fm HTTP/1.1"]


def lists(*ids: str, status: bytes = b"200 OK") -> Script:
    async def script(call: Call) -> None:
        cards = [{"id": each, "object": "model", "created": 7, "owned_by": "them"} for each in ids]
        await call.json(orjson.dumps({"object": "list", "data": cards}), status)

    return script


def entry(name: str, model: str, base: str, **more: object) -> dict[str, object]:
    return {"model_name": name, "litellm_params": {"model": model, "api_base": base, **more}}


def listed(gateway: Gateway, *headers: bytes) -> list[str]:
    status, _, body = split(gateway.ask(GET.replace(b"Host", b"".join(header + b"\r\n" for header in headers) + b"Host") % b"/v1/models"))
    document = orjson.loads(body)
    assert (status, document["object"]) == (200, "list")
    return [card["id"] for card in document["data"]]


def test_the_list_merges_configured_names_with_what_is_behind_wildcards(
    upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway]
) -> None:
    all_of_them, tuned = upstreams(lists("gpt-a", "m", "gpt-a")), upstreams(lists("ft:x", "base", "ft:y"))
    entries = [
        entry("m", "openai/other", all_of_them.base),
        entry("*", "openai/*", all_of_them.base, api_key="sk-one"),
        entry("ours/*", "openai/ft:*", tuned.base),
        entry("fixed/*", "openai/base", tuned.base),
    ]
    gateway = gateways(model_list=entries)
    assert listed(gateway) == ["m", "ours/x", "ours/y", "gpt-a"]
    cards = {card["id"]: card for card in orjson.loads(split(gateway.ask(GET % b"/models"))[2])["data"]}
    assert (cards["m"]["owned_by"], cards["gpt-a"]) == ("evenhand", {"id": "gpt-a", "object": "model", "created": 7, "owned_by": "them"})
    assert [(call.line, call.header(b"authorization")) for call in (*all_of_them.calls, *tuned.calls)] == [
        (b"GET /v1/models HTTP/1.1", b"Bearer sk-one"),
        (b"GET /v1/models HTTP/1.1", None),
    ]


@pytest.mark.parametrize(
    "script",
    [
        lists("x", status=b"500 Internal Server Error"),
        echo,
        lambda call: call.json(b'{"data":[{"name":"x"}]}'),
        lambda call: call.json(b"<html>"),
        lambda call: asyncio.sleep(60),
    ],
    ids=["an error", "no list", "no ids", "no JSON", "silence"],
)
def test_an_upstream_that_gives_no_list_is_left_out(
    upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway], monkeypatch: pytest.MonkeyPatch, script: Script
) -> None:
    monkeypatch.setattr(gateway.listing, "TIMEOUT_SECONDS", 0.3)
    broken, sound = upstreams(script), upstreams(lists("b"))
    running = gateways(model_list=[entry("a/*", "openai/*", broken.base), entry("s/*", "openai/*", sound.base)])
    assert [listed(running), listed(running)] == [["s/b"], ["s/b"]]
    assert (len(broken.calls), len(sound.calls)) == (1, 1)


def test_an_upstream_that_only_a_clients_key_opens_is_not_asked(
    upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway]
) -> None:
    upstream = upstreams(lists("x"))
    gateway = gateways(model_list=[entry("m", "openai/m", upstream.base), entry("*", "openai/*", upstream.base, pass_through_auth=True)])
    assert listed(gateway, b"Authorization: Bearer sk-mine") == ["m"]
    assert not upstream.calls


def test_a_virtual_key_sees_its_own_models_only(upstreams: Callable[..., Upstream], gateways: Callable[..., Gateway]) -> None:
    upstream = upstreams(lists("gpt-a", "gpt-b", "other"))
    digest = hashlib.sha256(b"eh-secret").hexdigest()
    keys = [{"name": "k", "hash": digest, "models": ["gpt-*", "m", "hidden"]}]
    entries = [entry("m", "openai/m", upstream.base), entry("n", "openai/n", upstream.base), entry("*", "openai/*", upstream.base)]
    assert listed(gateways(model_list=entries, keys=keys), b"api-key: eh-secret") == ["m", "gpt-a", "gpt-b", "hidden"]
    assert listed(gateways(model_list=entries[2:], keys=keys), b"api-key: eh-secret") == ["gpt-a", "gpt-b", "m", "hidden"]


def wildcard(base: str) -> Deployment:
    return Deployment("d", "*", "*", base, None, None, False)


def test_lists_are_kept_for_a_minute_and_failures_for_less() -> None:
    now, asked = [0.0], []

    async def fetch(deployment: Deployment) -> list[dict[str, object]]:
        asked.append(deployment.api_base)
        await asyncio.sleep(0)
        if deployment.api_base == "bad":
            raise ListingError("it is away")
        return [{"id": f"m{len(asked)}"}]

    async def course() -> None:
        listings = Listings(fetch, lambda: now[0])
        many = await asyncio.gather(*(listings.cards([wildcard("good"), wildcard("bad"), wildcard("good")]) for _ in range(5)))
        assert all(cards == [{"id": "m2"}] or cards == [{"id": "m1"}] for cards in many)
        assert sorted(asked) == ["bad", "good"]
        now[0] = 10.0
        await listings.cards([wildcard("good"), wildcard("bad")])
        assert sorted(asked) == ["bad", "bad", "good"]
        now[0] = 60.0
        assert await listings.cards([wildcard("good")]) == [{"id": "m4"}]

    asyncio.run(course())
