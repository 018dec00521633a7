"""``evenhand keys``: give out virtual keys, list them with what they have used, and take them back."""

import argparse
import json
import secrets
import sqlite3
import sys
import time
from typing import Any

import yaml
from pydantic import ValidationError

from evenhand.configuration import add_config_argument, read_or_exit
from evenhand.data_dir import DataDirError, check_not_in_use
from evenhand.help import command
from evenhand.key_table import file, opened, rows, table
from gateway.keys import digest_of, new_secret
from gateway.keys.key import declared
from gateway.keys.registry import NameTakenError, create, revoke
from gateway.settings import KeySettings, Settings
from gateway.settings.checks import consistency

LIMITS = {
    "requests_per_minute": (int, "requests over any 60 seconds"),
    "tokens_per_minute": (int, "tokens over any 60 seconds"),
    "usd_per_day": (float, "US dollars a day (UTC), at the prices of the configuration"),
    "usd_per_month": (float, "US dollars a month (UTC)"),
}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the subcommand and its three verbs."""
    parser = command(
        subparsers,
        "keys",
        "Create, list and revoke virtual keys. They are kept by their hash in the configuration's data_dir; running gateways know within a "
        "second. Exit codes: 0 done, 2 not so.",
        "evenhand keys create team-a --models support --requests-per-minute 60 --usd-per-month 100",
        "evenhand keys list",
        "evenhand keys revoke team-a",
    )
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    made = command(verbs, "create", "Make a key and print it, once.", "evenhand keys create team-a --usd-per-day 5")
    made.add_argument("name", help="what the key is called, in lists and refusals")
    made.add_argument("--models", default="", metavar="A,B", help="the models it may use, * for any part of a name (default: all)")
    for name, (kind, help_text) in LIMITS.items():
        made.add_argument(f"--{name.replace('_', '-')}", type=kind, metavar="N", help=f"{help_text} (default: no limit)")
    made.add_argument("--for-file", action="store_true", help="keep nothing: print the entry for keys: in the configuration as well")
    shown = command(verbs, "list", "Show all keys, their limits and what they have used.", "evenhand keys list --json")
    ended = command(verbs, "revoke", "End the use of a created key.", "evenhand keys revoke team-a")
    ended.add_argument("name", help="as it was created")
    for verb, run in ((made, run_create), (shown, run_list), (ended, run_revoke)):
        add_config_argument(verb)
        verb.add_argument("--json", action="store_true", help="as JSON")
        verb.set_defaults(run=run)


def run_create(arguments: argparse.Namespace) -> int:
    """Print the new key on standard output and return 0; 2 for a name that is taken or a limit that is none."""
    path, loaded = read_or_exit(arguments.config, unset_is_mistake=False)
    secret = new_secret(secrets.choice)
    entry: dict[str, Any] = {"name": arguments.name, "hash": digest_of(secret.encode()).hex()}
    if models := [name.strip() for name in arguments.models.split(",") if name.strip()]:
        entry["models"] = models
    entry |= {name: value for name in LIMITS if (value := getattr(arguments, name)) is not None}
    try:
        settings = KeySettings.model_validate(entry)
    except ValidationError as error:
        return _failed("; ".join(_told(str(it["loc"][0]), it["msg"]) for it in error.errors(include_url=False)))
    alone = loaded.settings.model_copy(update={"keys": [settings]})
    if unknown := [f"{what} → {mend}" for where, what, mend in consistency(alone) if where[0] == "keys"]:
        return _failed("; ".join(f"--models: {fault}" for fault in unknown))
    key = declared(settings)
    if any(arguments.name == known.name for known in loaded.settings.keys):
        return _failed(f"a key named {arguments.name} stands in {path} → choose another name, or take it out there")
    if arguments.for_file:
        _print_entry(secret, entry, as_json=arguments.json)
        return 0
    try:
        with opened(loaded.settings) as db:
            secret = create(db, key.name, key.models, key.allowance, choose=secrets.choice, now_ms=_now_ms())
    except NameTakenError as error:
        return _failed(f"{error} → choose another name, or revoke it first")
    except (sqlite3.Error, OSError) as error:
        return _unusable(loaded.settings, error)
    print(json.dumps({"name": key.name, "key": secret}) if arguments.json else secret)
    print(f"evenhand: this key is shown once; its hash is in {file(loaded.settings).absolute()}", file=sys.stderr)
    _tell(loaded.settings, "running gateways know it within a second")
    return 0


def run_list(arguments: argparse.Namespace) -> int:
    """Print all keys and return 0; 2 when gateway.db is there and cannot be read."""
    _, loaded = read_or_exit(arguments.config, unset_is_mistake=False)
    try:
        found = list(rows(loaded.settings))
    except (sqlite3.Error, OSError) as error:
        return _unusable(loaded.settings, error)
    if arguments.json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
    elif found:
        print("\n".join(table(found)))
    else:
        print("no keys: everyone who reaches the gateway may use it, or the holder of the master key where there is one")
    _tell(loaded.settings, None)
    return 0


def run_revoke(arguments: argparse.Namespace) -> int:
    """End a key and return 0; 2 for one that is not in use or stands in the configuration."""
    path, loaded = read_or_exit(arguments.config, unset_is_mistake=False)
    try:
        ended = False
        if file(loaded.settings).exists():
            with opened(loaded.settings) as db:
                ended = revoke(db, arguments.name, _now_ms())
    except (sqlite3.Error, OSError) as error:
        return _unusable(loaded.settings, error)
    if ended:
        print(json.dumps({"name": arguments.name, "revoked": True}) if arguments.json else f"{arguments.name} is revoked")
        _tell(loaded.settings, "running gateways refuse it within a second")
        return 0
    if any(arguments.name == known.name for known in loaded.settings.keys):
        return _failed(f"{arguments.name} stands in {path}, which is read only here → take it out there")
    _tell(loaded.settings, None)
    return _failed(f"no created key named {arguments.name} is in use → see `evenhand keys list`")


def _tell(settings: Settings, good: str | None) -> None:
    """Say on standard error what is ``good`` where a server runs on the folder of these keys, else which folder was looked at."""
    folder = settings.data_dir.absolute()
    try:
        check_not_in_use(folder)
    except DataDirError:
        if good:
            print(f"evenhand: {good}", file=sys.stderr)
        return
    when = "runs" if (folder / "lock").exists() else "has ever run"
    relative = "" if settings.data_dir.is_absolute() else ": data_dir is relative, so it depends on where a command is started"
    print(f"evenhand: warning: no server {when} on {folder}{relative}", file=sys.stderr)


def _print_entry(secret: str, entry: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"key": secret, "entry": entry}))
        return
    print(secret)
    print(yaml.safe_dump([entry], sort_keys=False, default_flow_style=False), end="")
    print("evenhand: the first line is the key, shown once; the rest belongs under keys: in the configuration", file=sys.stderr)


def _told(field: str, message: str) -> str:
    if field == "name":
        return "the name → use letters, digits and _ . : × - only, beginning with a letter or digit, at most 64"
    return f"--{field.replace('_', '-')}: {message[:1].lower()}{message[1:]}"


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _unusable(settings: Settings, error: Exception) -> int:
    return _failed(f"{file(settings)} cannot be used: {error}")


def _failed(message: str) -> int:
    print(f"evenhand: {message}", file=sys.stderr)
    return 2
