"""``evenhand check-config``: what a configuration runs, secrets masked, or every mistake in it."""

import argparse
import json
import math
import sqlite3
from collections import Counter
from typing import Any

from evenhand import resources, scored_apart
from evenhand.configuration import EXAMPLE, add_config_argument, read_or_exit
from evenhand.forecast import forecast
from evenhand.help import command
from evenhand.key_table import file, rows
from evenhand.replay_costs import dearest, replay_costs
from evenhand.shown import address, shown
from evenhand.watch import price_file, take
from gateway.prices import Prices, open_prices
from gateway.routing import OPENAI_BASE, identity
from gateway.settings import UNSET_BASE, Loaded, ModelEntry, MonitorSettings, Settings
from monitors.declare import alpha_of, declared_cells
from monitors.outlook import Assumptions, scorers_of
from monitors.scoring import shown_only


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the subcommand."""
    parser = command(
        subparsers,
        "check-config",
        "Say what a configuration runs, secrets masked, what replays may cost a day and when a gap would be found, or every mistake in it. "
        "Exit codes: 0 valid, 2 not so.",
        "evenhand check-config --config evenhand.yaml",
        "evenhand check-config --print-example > evenhand.yaml",
    )
    parser.add_argument("--print-example", action="store_true", help="print the annotated example of a configuration instead")
    add_config_argument(parser)
    parser.add_argument("--json", action="store_true", help="the settings in force as JSON, secrets masked")
    parser.add_argument(
        "--requests-per-hour", type=_positive, metavar="N", help="requests that name somebody (default: as many as the budget can take)"
    )
    parser.add_argument("--tokens-per-replay", type=_positive, metavar="N", default=500, help="of prompt and reply (default: %(default)s)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print and return 0, or exit with 2; unset variables are warnings here."""
    if arguments.print_example:
        print(resources.path(EXAMPLE).read_text(encoding="utf-8"), end="")
        return 0
    path, loaded = read_or_exit(arguments.config, unset_is_mistake=False)
    if arguments.json:
        print(json.dumps(shown(loaded.settings), indent=2, ensure_ascii=False))
        return 0
    count = len({variable.what for variable in loaded.unset})
    missing = f", but serve refuses it while {count} variable{'s are' if count > 1 else ' is'} not set" if count else ""
    print(f"{path} is valid{missing} (hash {take(path, unset_is_mistake=False).digest})")
    assumed = Assumptions(
        tokens_per_replay=arguments.tokens_per_replay,
        requests_per_hour=arguments.requests_per_hour,
        usd_per_million_tokens=dearest(loaded.settings, loaded.settings.monitor.budget) if loaded.settings.monitor else None,
    )
    for line in summary(loaded, assumed):
        print(line)
    return 0


def _positive(text: str) -> float:
    """A number above 0, as an argument."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is no number above 0")
    return number


def summary(loaded: Loaded, assumed: Assumptions) -> list[str]:
    """The configuration in sentences, and what it would find."""
    settings = loaded.settings
    lines = ["", "models"]
    shared = Counter(entry.model_name for entry in settings.model_list)
    for entry in settings.model_list:
        params = entry.litellm_params
        none = "the key that litellm finds" if params.translated else "no key"
        key = "the client's own key" if params.pass_through_auth else "its key" if params.api_key else none
        usual, how = ("litellm's usual address", ", through the translate process") if params.translated else (OPENAI_BASE, "")
        place = "an address that is not set" if params.api_base == UNSET_BASE else address(params.api_base or usual)
        lines.append(
            f"  {entry.model_name:<24} {params.model} at {place}, with {key}{how}"
            + (f" ({identity(entry)} in metrics)" if shared[entry.model_name] > 1 else "")
        )
    lines += ["", *_forwarding(settings)]
    lines += ["", *_access(settings), *_keys(settings)]
    if settings.monitor is None:
        return [*lines, "", "no monitor: section: nothing is sampled"]
    return [*lines, *_monitoring(settings, settings.monitor), *(forecast(settings, settings.monitor, assumed) if settings.routes else ())]


def _access(settings: Settings) -> list[str]:
    """Who may call, by the file and by the keys that were created, of which one that ever was closes the gateway."""
    created: list[dict[str, Any]] = []
    trouble = ""
    try:
        created = [row for row in rows(settings) if row["source"] == "created"]
    except (sqlite3.Error, OSError) as error:
        trouble = f"  {file(settings)} cannot be read ({error}): while it is there, clients need a key"
    master, virtual = settings.general_settings.master_key is not None, bool(settings.keys or created or trouble)
    if virtual:
        key = "a master key or a virtual one" if master else "a virtual key"
    else:
        key = "the master key" if master else "no key until one is created: only 127.0.0.1 may be served"
    lines = [f"clients need {key}; data is kept in {settings.data_dir.absolute()}"]
    if created:
        revoked = sum("revoked_ms" in row for row in created)
        lines.append(f"  created by `evenhand keys`: {len(created) - revoked} in use, {revoked} revoked")
    return [*lines, trouble] if trouble else lines


def _forwarding(settings: Settings) -> list[str]:
    """What happens when an upstream fails, and where it is seen."""
    router, limits = settings.router_settings, settings.gateway
    tries = "once, only where no connection could be made" if router.num_retries is None else f"up to {router.num_retries} times"
    lines = [f"a failed request is sent again {tries}"]
    fallbacks = [f"{model} to {', '.join(others)}" for entry in router.fallbacks for model, others in entry.items()]
    fallbacks += [f"any other to {', '.join(router.default_fallbacks)}"] if router.default_fallbacks else []
    if fallbacks:
        lines.append(f"models fall back: {'; '.join(fallbacks)}")
    lines.append(
        f"waiting for an upstream: {limits.connect_timeout_seconds:g} s to connect, {limits.headers_timeout_seconds:g} s for its headers, "
        f"{limits.idle_timeout_seconds:g} s between two pieces; bodies to {limits.max_body_bytes:,} bytes"
    )
    where = settings.metrics.listen or "the gateway's port"
    lines.append(f"metrics on {where}; {'a line in the log for each request' if limits.access_log else 'no line in the log for a request'}")
    return lines


def _keys(settings: Settings) -> list[str]:
    """The virtual keys of the file, and which models their money does not limit."""
    lines = []
    for key in settings.keys:
        limits = [
            f"{limit:,} {what}"
            for limit, what in (
                (key.requests_per_minute, "requests a minute"),
                (key.tokens_per_minute, "tokens a minute"),
                (key.usd_per_day, "USD a day"),
                (key.usd_per_month, "USD a month"),
            )
            if limit is not None
        ]
        lines.append(f"  {key.name:<24} models {', '.join(key.models) or 'any'}: {', '.join(limits) or 'no limit'}")
    if any(key.usd_per_day is not None or key.usd_per_month is not None for key in settings.keys):
        prices = open_prices(settings.prices, price_file(settings))
        free = [it.model_name for it in settings.model_list if "*" not in it.litellm_params.model and not _has_price(prices, it)]
        if free:
            lines.append(f"  without a price, so free of charge: {', '.join(dict.fromkeys(free))}")
    return lines


def _has_price(prices: Prices, entry: ModelEntry) -> bool:
    return prices.of(entry.model_name, entry.litellm_params.model) is not None


def _monitoring(settings: Settings, monitor: MonitorSettings) -> list[str]:
    cells = declared_cells(settings, shown_only(scorers_of(settings)))
    lines = [
        "",
        f"monitoring {monitor.sample_rate:.3g} of eligible exchanges; kept text: {monitor.keep_text}, {monitor.retention_days} days",
    ]
    for route in settings.routes:
        axes = ", ".join(f"{axis} ({', '.join(groups.groups)} against {groups.reference})" for axis, groups in route.axes.items())
        outcomes = ", ".join(f"{name} ±{route.tolerance(name):g}" for name in route.outcomes)
        lines.append(f"  {route.name:<24} {route.tier}, models {', '.join(route.match.models) or 'any'}: {axes}; {outcomes}")
    if not settings.routes:
        lines.append("  no route: nothing will be sampled")
        return lines
    alphas = alpha_of(cells, monitor.alpha)
    lines += [
        "",
        f"{len(cells)} cells share alpha {monitor.alpha:g} ({min(alphas):.2g} to {max(alphas):.2g} each): "
        f"at most {monitor.alpha:g} is the chance of any false page per 100,000 pairs in each cell, over all cells",
        *replay_costs(settings, monitor.budget),
        *scored_apart.summary(settings),
    ]
    return lines
