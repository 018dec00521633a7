"""The demo: two model servers that behave like sampled models, realistic prompts for them, and the whole product run over both.

prompts → openai client → gateway → upstream (replies ← topics ← reader) · screen ← console · chain → webhook
"""

from __future__ import annotations

import argparse


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register `demo` and `demo upstream`; each sets `run`, a function from the parsed arguments to the exit code."""
    demo = subparsers.add_parser("demo", help="watch a planted gap being found, on this machine and without an account")
    parts = demo.add_subparsers(metavar="PART")
    upstream = parts.add_parser("upstream", help="serve one of the demo's two models alone")
    upstream.add_argument("model", choices=("fair", "rigged"))
    upstream.add_argument("--host", default="127.0.0.1")
    upstream.add_argument("--port", type=int, required=True)
    upstream.add_argument("--latency-ms", type=float, default=20.0, help="mean time to the first byte of a reply (default 20)")
    upstream.add_argument("--seed", type=int, help="make the draws repeatable (default: fresh ones)")
    upstream.set_defaults(run=_run_upstream)


def _run_upstream(args: argparse.Namespace) -> int:
    import random

    from evenhand.demo.reader import read_names
    from evenhand.demo.replies import load_model
    from evenhand.demo.upstream import serve
    from evenhand.resources import path

    model = load_model(args.model, read_names(path("config/names")))
    serve(model, args.host, args.port, args.latency_ms / 1000, random.Random(args.seed))
    return 0
