"""Starts what a gateway measurement measures, in the foreground: `python -m bench.start PART PORT UPSTREAM_URL FOLDER`.

PART is `tree` (`evenhand serve` without a monitor) or `worker-RATE` (one gateway worker alone that samples this share into a queue which
nobody empties: what monitoring costs the forwarding process, without the monitor's own work).
"""

import os
import socket
import sys
from pathlib import Path
from typing import Any

import yaml

from evenhand.data_dir import open_data_dir

MODEL, KEY = "bench-model", "sk-bench-1234567890"


def settings(upstream: str, data_dir: Path, rate: float | None) -> dict[str, Any]:
    """The configuration of a part."""
    model = {"model_name": MODEL, "litellm_params": {"model": f"openai/{MODEL}", "api_base": f"{upstream}/v1", "api_key": "sk-upstream"}}
    document: dict[str, Any] = {"model_list": [model], "general_settings": {"master_key": KEY}, "data_dir": str(data_dir)}
    if rate is not None:
        document["monitor"] = {"sample_rate": rate, "routes": [{"name": "all", "outcomes": {"refusal": {}}}]}
    return document


def main(part: str, port: str, upstream: str, folder: str) -> None:
    """Replace this process by the part."""
    kind, _, rate = part.partition("-")
    home = Path(folder) / part
    home.mkdir(parents=True, exist_ok=True)
    config = home / "evenhand.yaml"
    config.write_text(yaml.safe_dump(settings(upstream, home / "data", float(rate) / 100 if rate else None)))
    if kind == "tree":
        words = ["-m", "evenhand", "serve", "--config", str(config), "--port", port, "--drain-seconds", "1"]
    else:
        with open_data_dir(home / "data"):
            listener = socket.create_server(("127.0.0.1", int(port)), backlog=2048)
        os.set_inheritable(listener.fileno(), True)
        words = ["-m", "gateway", "--config", str(config), "--data-dir", str(home / "data"), "--fd", str(listener.fileno())]
        words += ["--drain-seconds", "1"]
    os.execv(sys.executable, [sys.executable, *words])


if __name__ == "__main__":
    main(*sys.argv[1:5])
