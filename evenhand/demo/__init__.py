"""The demo: two model servers that behave like sampled models, realistic prompts for them, and the whole product run over both.

prompts → openai client → gateway → upstream (replies ← topics ← reader) · screen ← console · chain → webhook
"""

from __future__ import annotations

import argparse
import importlib.util
import sys

from evenhand.help import command


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register `demo` and `demo upstream`; each sets `run`, a function from the parsed arguments to the exit code."""
    demo = command(
        subparsers,
        "demo",
        "Watch a planted gap being found on this machine, without an account or a network. Exit codes: 0 the planted gap was found and its "
        "even-handed twin stayed quiet, 1 not so, 4 it could not be told, "
        "130 Ctrl-C came before that was known.",
        "evenhand demo",
        "evenhand demo --once --seed 7",
        "evenhand demo --upstream http://127.0.0.1:11434/v1 --name llama3.2",
    )
    demo.add_argument("--once", action="store_true", help="end by itself, within three minutes")
    demo.add_argument("--upstream", metavar="URL", help="put a real model beside the two: its API's address, ending in /v1")
    demo.add_argument("--name", help="the real model's name, as its API calls it")
    demo.add_argument("--key-variable", metavar="NAME", help="the environment variable that holds the real model's API key")
    demo.add_argument("--seed", type=int, help="make prompts and draws repeatable (default: fresh ones)")
    demo.set_defaults(run=_run_demo)
    parts = demo.add_subparsers(metavar="PART")
    upstream = command(parts, "upstream", "Serve one of the demo's two models alone.", "evenhand demo upstream fair --port 8080")
    upstream.add_argument("model", choices=("fair", "rigged"), help="rigged has the planted gap")
    upstream.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    upstream.add_argument("--port", type=int, required=True, help="port to listen on")
    upstream.add_argument("--latency-ms", type=float, default=20.0, help="mean time to the first byte of a reply (default 20)")
    upstream.add_argument("--seed", type=int, default=None, help="make the draws repeatable (default: fresh ones)")
    upstream.set_defaults(run=_run_upstream)


def _run_demo(args: argparse.Namespace) -> int:
    if (args.upstream is None) != (args.name is None):
        sys.stderr.write("evenhand demo: --upstream and --name belong together\n")
        return 2
    if args.name in ("fair", "rigged"):
        sys.stderr.write(f"evenhand demo: --name {args.name} is one of the demo's own models\n")
        return 2
    if importlib.util.find_spec("openai") is None:
        sys.stderr.write("evenhand demo: its traffic comes from the openai client, which is missing: pip install 'evenhand[demo]'\n")
        return 2

    from evenhand.demo.configuration import Upstream
    from evenhand.demo.run import Options, run

    extra = Upstream(args.name, args.upstream.rstrip("/"), args.key_variable) if args.upstream else None
    return run(Options(args.once, extra, args.seed), sys.stdout)


def _run_upstream(args: argparse.Namespace) -> int:
    import random

    from evenhand.demo.reader import read_names
    from evenhand.demo.replies import load_model
    from evenhand.demo.upstream import serve
    from evenhand.resources import path

    model = load_model(args.model, read_names(path("config/names")))
    serve(model, args.host, args.port, args.latency_ms / 1000, random.Random(args.seed))
    return 0
