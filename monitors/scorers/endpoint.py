"""What scorers that ask an endpoint have in common: where it is, what a day may cost, and how a failure is told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from monitors.scorers.contract import Client, EndpointError, Value

FIELDS = ("api_base", "api_key", "model", "calls_per_day")
CALLS_PER_DAY = 2000
FAILED = "scorer_failed"
SPENT = "the calls of this day are used up"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint as a section names it; the key is no part of what is shown or hashed."""

    api_base: str
    model: str
    api_key: str
    calls_per_day: int

    def __repr__(self) -> str:
        return f"Endpoint({self.api_base!r}, {self.model!r})"


class Asked:
    """An endpoint with its client and its budget, for several threads; `problem` is why it gave no answer last, None while it does."""

    def __init__(self, endpoint: Endpoint, client: Client | None, today: Callable[[], int]) -> None:
        self.endpoint, self.problem = endpoint, None if client else "no client"
        self._client, self._today = client, today
        self._lock = Lock()
        self._day = self._spent = 0

    def post(self, path: str, body: Mapping[str, Any], *, key_in_query: bool = False) -> Any:
        """The JSON of the answer; `EndpointError` where there is none, `LookupError` where the day's calls are used up."""
        self._spend()
        if self._client is None:
            raise EndpointError("no client was given to ask it with")
        key = self.endpoint.api_key
        headers = {"authorization": f"Bearer {key}"} if key and not key_in_query else {}
        url = self.endpoint.api_base.rstrip("/") + path + (f"?key={key}" if key and key_in_query else "")
        try:
            answer = self._client.post(url, body, headers)
        except EndpointError as error:
            self.problem = f"the endpoint {error}"
            raise
        self.problem = None
        return answer

    def _spend(self) -> None:
        with self._lock:
            today = self._today()
            if today != self._day:
                self._day, self._spent = today, 0
            if self._spent >= self.endpoint.calls_per_day:
                raise LookupError(SPENT)
            self._spent += 1


def host_of(url: str) -> str:
    """The host in an address, "" where there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def is_allowed(url: str, allowed: Collection[str]) -> bool:
    """Whether an address's host stands in the list, by its name or with its port."""
    host = host_of(url)
    return bool(host) and (host in allowed or f"{host}:{urlsplit(url).port}" in allowed)


def failed(error: EndpointError) -> Value:
    """No value, by the endpoint's fault and not the reply's."""
    return Value(None, reason=f"{FAILED}: the endpoint {error}")


def endpoint_of(name: str, given: Mapping[str, Any], faults: list[str], *, model: str | None = None) -> Endpoint:
    """The endpoint of a section; what is wrong is added to `faults`. `model` is taken where the section names none."""
    base = given.get("api_base")
    parts = urlsplit(base) if isinstance(base, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        faults.append(f"{name}.api_base: give the endpoint's address, such as https://judge.example/v1")
    elif parts.username or parts.query:
        faults.append(f"{name}.api_base: holds a credential or a query; write the key in api_key, best as os.environ/NAME")
    named = given.get("model", model)
    if not isinstance(named, str) or not named.strip():
        faults.append(f"{name}.model: give the model's name as the endpoint knows it")
    key = given.get("api_key") or ""
    if not isinstance(key, str):
        faults.append(f"{name}.api_key: give a text, best as os.environ/NAME")
    calls = given.get("calls_per_day", CALLS_PER_DAY)
    if isinstance(calls, bool) or not isinstance(calls, int) or calls < 1:
        faults.append(f"{name}.calls_per_day: give a whole number of at least 1")
    return Endpoint(str(base or ""), str(named or ""), str(key), calls if isinstance(calls, int) else CALLS_PER_DAY)
