"""Virtual keys at a running worker."""

import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.keys import Allowance, digest_of
from gateway.keys.database import connect
from gateway.keys.registry import create, revoke
from tests.gateway.conftest import Call, Gateway, Upstream, post, split

BODY = b'{"model":"m","messages":[]}'
KEY = b"eh-one"
Gateways = Callable[..., Gateway]
Upstreams = Callable[..., Upstream]


def keys(**more: Any) -> list[dict[str, Any]]:
    return [{"name": "one", "hash": digest_of(KEY).hex(), **more}]


def models(upstream: Upstream, *names: str, **params: Any) -> list[dict[str, Any]]:
    params = {"api_base": upstream.base, "api_key": "sk-upstream", **params}
    return [{"model_name": name, "litellm_params": {"model": f"openai/{name}", **params}} for name in names]


def ask(gateway: Gateway, key: bytes, body: bytes = BODY) -> tuple[int, dict[bytes, bytes], Any]:
    status, headers, text = split(gateway.ask(post(body, b"/v1/chat/completions", b"Authorization: Bearer " + key)))
    return status, headers, orjson.loads(text)


def listed(gateway: Gateway, key: bytes, path: bytes = b"/v1/models") -> tuple[int, Any]:
    status, _, text = split(gateway.ask(b"GET %b HTTP/1.1\r\nHost: g\r\nx-api-key: %b\r\nConnection: close\r\n\r\n" % (path, key)))
    return status, orjson.loads(text)


def make_key(folder: Path, name: str) -> bytes:
    db = connect(folder / "gateway.db")
    secret = create(db, name, (), Allowance(), choose=secrets.choice, now_ms=1)
    db.close()
    return secret.encode()


def until(status: int, gateway: Gateway, key: bytes) -> None:
    while ask(gateway, key)[0] != status:  # the test's own time limit ends it
        time.sleep(0.05)


@pytest.mark.parametrize("header", [b"Authorization: Bearer eh-one", b"api-key: eh-one", b"X-Api-Key: eh-one"])
def test_a_key_opens_in_every_header_and_goes_no_further(upstreams: Upstreams, gateways: Gateways, header: bytes) -> None:
    upstream = upstreams()
    assert split(gateways(upstream, keys=keys()).ask(post(BODY, b"/v1/chat/completions", header)))[0] == 200
    assert b"eh-one" not in upstream.calls[0].head
    assert upstream.calls[0].header(b"authorization") == b"Bearer sk-upstream"


def test_once_there_is_a_key_nobody_calls_without_one(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams()
    gateway = gateways(upstream, keys=keys())
    status, _, text = split(gateway.ask(post(BODY)))
    assert (status, orjson.loads(text)["error"]["code"]) == (401, "invalid_api_key")
    assert ask(gateway, b"eh-two")[0] == 401
    assert not upstream.calls


def test_master_key_and_virtual_keys_open_side_by_side(upstreams: Upstreams, gateways: Gateways) -> None:
    gateway = gateways(upstreams(), keys=keys(requests_per_minute=1), general_settings={"master_key": "sk-master"})
    assert [ask(gateway, key)[0] for key in (KEY, KEY, b"sk-master", b"sk-master", b"sk-other")] == [200, 429, 200, 200, 401]


def test_beside_pass_through_every_header_that_carries_a_key_of_ours_stays_here(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams()
    gateway = gateways(model_list=models(upstream, "m", pass_through_auth=True), keys=keys(), general_settings={"master_key": "sk-master"})
    gateway.ask(post(BODY, b"/v1/chat/completions", b"Authorization: Bearer eh-one", b"x-api-key: eh-one", b"api-key: sk-master"))
    gateway.ask(post(BODY, b"/v1/chat/completions", b"Authorization: Bearer sk-own", b"x-api-key: eh-one"))
    assert b"eh-one" not in upstream.calls[0].head
    assert b"sk-master" not in upstream.calls[0].head
    assert [call.header(b"authorization") for call in upstream.calls] == [b"Bearer sk-upstream", b"Bearer sk-own"]


def test_a_model_that_is_not_allowed_does_not_exist_for_the_key(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams()
    gateway = gateways(model_list=models(upstream, "m", "n"), keys=keys(models=["m"]))
    assert ask(gateway, KEY)[0] == 200
    refused, unknown = (ask(gateway, KEY, b'{"model":"%b"}' % name) for name in (b"n", b"x"))
    assert [refused[0], refused[2]["error"]["code"], refused[2]["error"]["param"]] == [404, "model_not_found", "model"]
    assert refused[2]["error"]["message"] == unknown[2]["error"]["message"].replace("`x`", "`n`")
    assert len(upstream.calls) == 1
    assert gateway.count("evenhand_errors_total", model="n", error="policy_model_not_allowed") == 1
    assert gateway.count("evenhand_exchanges_seen_total", model="n") == 0


def test_the_list_of_models_shows_what_the_key_may_use(upstreams: Upstreams, gateways: Gateways) -> None:
    upstream = upstreams()
    both = [*keys(models=["m"]), {"name": "two", "hash": digest_of(b"eh-two").hex()}]
    gateway = gateways(model_list=models(upstream, "m", "n"), keys=both)
    assert [card["id"] for card in listed(gateway, KEY)[1]["data"]] == ["m"]
    assert [card["id"] for card in listed(gateway, b"eh-two")[1]["data"]] == ["m", "n"]
    assert listed(gateway, KEY, b"/v1/models/n")[0] == 404
    assert listed(gateway, KEY, b"/v1/models/m")[1]["id"] == "m"


def test_behind_a_wildcard_the_list_is_of_what_the_key_may_use(upstreams: Upstreams, gateways: Gateways) -> None:
    async def script(call: Call) -> None:
        await call.json(b'{"data":[{"id":"claude"},{"id":"o3"}]}' if call.line.startswith(b"GET") else b'{"ok":true}')

    gateway = gateways(model_list=models(upstreams(script), "*"), keys=keys(models=["gpt-4o", "o*"]))
    assert [card["id"] for card in listed(gateway, KEY)[1]["data"]] == ["o3", "gpt-4o"]
    statuses = [ask(gateway, KEY, b'{"model":"%b"}' % name)[0] for name in (b"gpt-4o", b"o3", b"claude")]
    assert statuses == [200, 200, 404]
    assert listed(gateway, KEY, b"/v1/models/claude")[0] == 404


def test_created_and_revoked_keys_are_known_to_a_running_worker(upstreams: Upstreams, gateways: Gateways) -> None:
    gateway = gateways(upstreams())
    assert split(gateway.ask(post(BODY)))[0] == 200
    key = make_key(gateway.data_dir, "two")
    while split(gateway.ask(post(BODY)))[0] != 401:
        time.sleep(0.05)
    assert ask(gateway, key)[0] == 200
    db = connect(gateway.data_dir / "gateway.db")
    revoke(db, "two", 2)
    db.close()
    until(401, gateway, key)


def test_while_the_file_cannot_be_read_known_keys_go_on_new_ones_do_not_and_a_gauge_says_so(
    upstreams: Upstreams, gateways: Gateways
) -> None:
    gateway = gateways(upstreams(), keys=keys())
    known = make_key(gateway.data_dir, "two")
    until(200, gateway, known)
    assert gateway.count("evenhand_key_store_up") == 1
    for file in gateway.data_dir.glob("gateway.db*"):
        file.write_bytes(b"damaged " * 1000)
    while gateway.count("evenhand_key_store_up") == 1:
        time.sleep(0.05)
    assert [ask(gateway, key)[0] for key in (known, KEY, b"eh-new")] == [200, 200, 401]
