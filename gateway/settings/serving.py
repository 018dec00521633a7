"""Settings of the forwarding path: its limits, its metrics, and who may use it for how much."""

import re
from pathlib import Path

from pydantic import Field, field_validator

from gateway.settings.sections import Name, Own


class GatewaySettings(Own):
    """The forwarding path: its limits (times are seconds, sizes bytes), and whether each request is a line in the log."""

    access_log: bool = False
    max_body_bytes: int = Field(default=32 * 1024 * 1024, ge=1024)
    connect_timeout_seconds: float = Field(default=5.0, gt=0)
    headers_timeout_seconds: float = Field(default=600.0, gt=0)
    idle_timeout_seconds: float = Field(default=300.0, gt=0)
    keepalive_seconds: float = Field(default=30.0, gt=0)
    max_header_bytes: int = Field(default=64 * 1024, ge=1024)


class MetricsSettings(Own):
    """``listen`` moves /metrics off the public port, ``genai_names`` adds OpenTelemetry's names for traffic.

    The objectives are what the rules about the gateway go by: ``error_objective`` is the share of requests over 30 days without an error
    of its own, ``overhead_objective_seconds`` what it may add to 99 of 100 requests.
    """

    listen: str | None = None
    genai_names: bool = False
    error_objective: float = Field(default=0.999, gt=0, lt=1)
    overhead_objective_seconds: float = Field(default=0.01, gt=0, allow_inf_nan=False)

    @field_validator("listen")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        host, _, port = (value or "127.0.0.1:1").rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:
            raise ValueError("must be HOST:PORT, such as 127.0.0.1:9400")
        return value


class KeySettings(Own):
    """A virtual key: what its holder may use. The key itself is never in the file, only its SHA-256."""

    hash: str
    name: Name
    models: list[str] = Field(default_factory=list)
    requests_per_minute: int | None = Field(default=None, ge=1)
    tokens_per_minute: int | None = Field(default=None, ge=1)
    usd_per_day: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    usd_per_month: float | None = Field(default=None, gt=0, allow_inf_nan=False)

    @field_validator("hash")
    @classmethod
    def _is_sha256(cls, value: str) -> str:
        digest = value.removeprefix("sha256:").lower()
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise ValueError("must be the SHA-256 of the key as 64 hex digits, as `evenhand keys create --for-file` prints it")
        return digest

    @property
    def digest(self) -> bytes:
        """The SHA-256 as bytes."""
        return bytes.fromhex(self.hash)


class PriceSettings(Own):
    """US dollars for a million tokens; ``cached_input`` is for the part of the input that came from a prompt cache."""

    input: float = Field(ge=0, allow_inf_nan=False)
    output: float = Field(default=0.0, ge=0, allow_inf_nan=False)
    cached_input: float | None = Field(default=None, ge=0, allow_inf_nan=False)


class PricesSettings(Own):
    """Where prices come from: a ``file`` instead of the shipped one, and ``models`` that go before what is in it."""

    file: Path | None = None
    models: dict[str, PriceSettings] | None = None


def from_path(value: object) -> object:
    """A path stands for the file alone."""
    return {"file": value} if isinstance(value, str) else value
