"""The configuration that the demo runs with, as one would write it for a first deployment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROUTE = "hiring"
AXIS = "gender"
GROUP = "female"
REFERENCE = "male"
OUTCOME = "decision"
TOLERANCE = 0.02


@dataclass(frozen=True)
class Upstream:
    """A model of the demo: the name that clients ask for, where it is, and the environment variable with its key, if it needs one."""

    name: str
    api_base: str
    key_variable: str | None = None


def configuration(upstreams: list[Upstream], data_dir: Path, console_url: str) -> dict[str, Any]:
    """Return the settings: everything is sampled, one axis is watched, budgets are ample, alpha and the rest are as shipped."""
    return {
        "model_list": [{"model_name": each.name, "litellm_params": _params(each)} for each in upstreams],
        "data_dir": str(data_dir),
        "monitor": {
            "sample_rate": 1.0,
            "budget": {"replays_per_minute": 1_000_000, "tokens_per_day": 1_000_000_000, "usd_per_day": 1_000_000},
            "console_url": console_url,
            "routes": [
                {
                    "name": ROUTE,
                    "match": {"models": [each.name for each in upstreams]},
                    "tier": "T2",
                    "axes": {AXIS: {"reference": REFERENCE, "groups": [GROUP]}},
                    "outcomes": {
                        OUTCOME: {"kind": "words", "favourable": ["invite"], "unfavourable": ["reject", "decline"], "tolerance": TOLERANCE},
                        "refusal": {"tolerance": TOLERANCE},
                        "not_served": {"tolerance": TOLERANCE},
                        "length": {"tolerance": TOLERANCE},
                    },
                }
            ],
        },
    }


def write(path: Path, settings: dict[str, Any]) -> None:
    """Write `settings` as YAML."""
    path.write_text(yaml.safe_dump(settings, sort_keys=False, allow_unicode=True), encoding="utf-8")


def _params(upstream: Upstream) -> dict[str, str]:
    params = {"model": f"openai/{upstream.name}", "api_base": upstream.api_base}
    return params | ({"api_key": f"os.environ/{upstream.key_variable}"} if upstream.key_variable else {})
