"""What leaves an exchange before it is written anywhere: credentials, what names the end user, and the operator's patterns.

Names of people and pronouns stay: they are what the monitor compares. Everything here works on one exchange at a time, without I/O.
"""

import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.redact.credentials import MARK, without_credentials
from gateway.redact.replies import redacted_reply
from gateway.redact.strings import TooDeepError, redacted
from gateway.settings import MonitorSettings
from gateway.settings.headers import is_credential_header

__all__ = ["MARK", "Redactor", "TooDeepError", "end_user_mark"]

_END_USER_FIELDS = ("safety_identifier", "user")
_REMOVED_FIELDS = (*_END_USER_FIELDS, "metadata", "prompt_cache_key")


def end_user_mark(secret: bytes, value: str) -> str:
    """What stands for an end user in everything that is kept: HMAC-SHA-256 in hex, the same whichever field named the user."""
    return hmac.digest(secret, f"end_user\0{value}".encode("utf-8", "surrogatepass"), "sha256").hex()


@dataclass(frozen=True, slots=True)
class Redactor:
    """The rules of one configuration. ``header_names`` are the request headers to keep, in lower case."""

    secret: bytes
    patterns: tuple[re.Pattern[str], ...]
    header_names: frozenset[bytes]

    @classmethod
    def of(cls, settings: MonitorSettings, secret: bytes) -> "Redactor":
        """The rules that a ``monitor:`` section asks for."""
        wanted = {"content-type", *settings.capture_headers, *(name for route in settings.routes for name in route.match.headers)}
        kept = frozenset(name.lower().encode("latin-1", "replace") for name in wanted if not is_credential_header(name.lower()))
        return cls(secret, tuple(re.compile(pattern) for pattern in settings.redact_patterns), kept)

    def text(self, text: str) -> str:
        """The text with each credential, and each match of the operator's patterns, replaced by ``MARK``."""
        text = without_credentials(text)
        for pattern in self.patterns:
            text = pattern.sub(MARK, text)
        return text

    def request(self, body: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
        """The body without what identifies its end user, and that user's mark. Raises ``TooDeepError`` for absurd nesting."""
        user = next((body[name] for name in _END_USER_FIELDS if isinstance(body.get(name), str | int) and body[name] != ""), None)
        kept = {name: value for name, value in body.items() if name not in _REMOVED_FIELDS}
        return redacted(kept, self.text), None if user is None else end_user_mark(self.secret, str(user))

    def reply(self, text: str, *, streamed: bool) -> str:
        """A reply's text, JSON or SSE; a credential is also found where a stream has cut it into pieces."""
        return redacted_reply(text, self.text, streamed=streamed)

    def headers(self, headers: Sequence[tuple[bytes, bytes]] | Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
        """The request headers on the allow-list; of a repeated one the values are joined as HTTP does."""
        kept: dict[str, str] = {}
        for name, value in headers:
            if (lower := name.lower()) in self.header_names:
                key, content = lower.decode("latin-1"), self.text(value.decode("latin-1"))
                kept[key] = f"{kept[key]}, {content}" if key in kept else content
        return kept
