"""What forwarding costs, against nginx (and other gateways where they are installed) in one run.

    python -m bench.gateway --harness FOLDER [--peers nginx,litellm --tools FOLDER] [harness options …]

Four of ours are measured side by side: the whole tree without a monitor, and one worker alone that samples 0, 5 and 100 % of its requests.
Further words go to the harness: `--phases sat,short,stream`, `--rounds`, `--secs`, `--max-floor-ratio 7`, `--nice -15`, `--out FILE`.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.start import KEY, MODEL

PARTS = ("tree", "worker-0", "worker-5", "worker-100")


def main(words: list[str] | None = None) -> int:
    """Run the harness; its exit code, or 4 where nginx, the floor of every ratio, is missing."""
    parser = argparse.ArgumentParser("python -m bench.gateway", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--harness", type=Path, required=True, help="the folder that holds tools/gateway_bench/")
    parser.add_argument("--peers", default="nginx", help="other gateways to measure beside ours (default nginx)")
    parser.add_argument("--tools", type=Path, help="the folder into which the harness's setup.sh installed them")
    parser.add_argument("--parts", default=",".join(PARTS), help="which of ours (default all four)")
    arguments, more = parser.parse_known_args(words)
    missing = [program for program in ("nginx", "gcc") if shutil.which(program) is None]
    if missing:
        print(f"bench: {', '.join(missing)} not installed: apt-get install nginx-light gcc libc6-dev util-linux", file=sys.stderr)
        return 4
    with tempfile.TemporaryDirectory(prefix="evenhand-bench-") as folder:
        tools = arguments.tools or Path(folder)
        command = [sys.executable, str(arguments.harness.resolve() / "tools" / "gateway_bench" / "bench.py")]
        command += ["--tools", str(tools), "--peers", arguments.peers, "--proxy-model", MODEL, "--key", KEY]
        for part in arguments.parts.split(","):
            command += ["--proxy", f"{part}={sys.executable} -m bench.start {part} {{port}} {{upstream}} {{work}}"]
        return subprocess.run([*command, *more], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
