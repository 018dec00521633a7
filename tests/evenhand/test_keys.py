import json
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from evenhand.cli import main
from evenhand.data_dir import open_data_dir
from gateway.keys import Allowance, digest_of
from gateway.keys.database import connect
from gateway.keys.registry import read
from gateway.limits.books import Use
from gateway.limits.ledger import Ledger

Run = Callable[..., tuple[int, str, str]]
MODELS = [{"model_name": "m", "litellm_params": {"model": "openai/m"}}]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def run(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``evenhand keys`` and gives its code, standard output and standard error; ``keys`` stand in the configuration."""

    def keys_command(*words: str, keys: list[dict[str, Any]] | None = None) -> tuple[int, str, str]:
        config = tmp_path / "evenhand.yaml"
        config.write_text(yaml.safe_dump({"model_list": MODELS, "data_dir": str(folder), "keys": keys or []}))
        code = main(["keys", *words, "--config", str(config)])
        return code, *capsys.readouterr()

    return keys_command


def created(folder: Path) -> list[Any]:
    db = connect(folder / "gateway.db")
    found = read(db)
    db.close()
    return found


def test_a_created_key_is_printed_alone_and_kept_by_its_hash(run: Run, folder: Path) -> None:
    code, out, err = run(
        "create", "team-a", "--models", "m", "--requests-per-minute", "60", "--tokens-per-minute", "9000", "--usd-per-day", "1.5"
    )
    secret = out.strip()
    assert code == 0
    assert secret.startswith("eh-")
    assert "shown once" in err
    (kept,) = created(folder)
    assert (kept.key.digest, kept.key.name, kept.key.models) == (digest_of(secret.encode()), "team-a", ("m",))
    assert kept.key.allowance == Allowance(60, 9000, 1.5, None)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_key_for_the_file_is_kept_nowhere_and_can_be_pasted(run: Run, folder: Path) -> None:
    code, out, _ = run("create", "team-a", "--for-file", "--usd-per-month", "20")
    secret, entry = out.split("\n", 1)
    assert code == 0
    assert not folder.exists()
    keys = yaml.safe_load(entry)
    assert keys == [{"name": "team-a", "hash": digest_of(secret.encode()).hex(), "usd_per_month": 20.0}]
    assert run("list", keys=keys)[0] == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("a", "--requests-per-minute", "0"), "--requests-per-minute"),
        (("a", "--usd-per-day", "nan"), "--usd-per-day"),
        (("a b",), "the name → use letters"),
        (("a", "--models", "m,n"), "--models: n is not a model_name → one of: m"),
        (("file",), "stands in"),
        (("taken",), "in use already → choose another name, or revoke it first"),
    ],
)
def test_what_cannot_be_a_key_is_refused(run: Run, folder: Path, words: tuple[str, ...], told: str) -> None:
    run("create", "taken")
    code, out, err = run("create", *words, keys=[{"name": "file", "hash": "0" * 64}])
    assert (code, out) == (2, "")
    assert told in err
    assert len(created(folder)) == 1


def test_the_list_shows_both_kinds_with_limits_and_what_was_spent(run: Run, folder: Path) -> None:
    in_file = [{"name": "team-b", "hash": "0" * 64, "models": ["m"]}]
    secret = run("create", "team-a", "--usd-per-day", "2", "--requests-per-minute", "1000")[1].strip()
    run("create", "old")
    run("revoke", "old")
    ledger = Ledger(folder / "gateway.db", "worker")
    ledger.exchange([Use(digest_of(secret.encode()), int(time.time()), 1, 10, 250_000_000)], 0)
    ledger.close()
    code, out, _ = run("list", keys=in_file)
    lines = [line.split("  ") for line in out.splitlines()]
    cells = {line[0]: [cell.strip() for cell in line if cell.strip()] for line in lines}
    assert code == 0
    assert cells["team-b"] == ["team-b", "file", "m", "no limit", "0.0000 USD", "0.0000 USD"]
    assert cells["team-a"] == ["team-a", f"{secret[:7]}…", "created", "all", "1,000 requests", "0.2500 of 2 USD", "0.2500 USD"]
    assert cells["old"][-1] == "revoked"
    assert secret not in out
    (row,) = [row for row in json.loads(run("list", "--json")[1]) if row["name"] == "team-a"]
    assert (row["usd_today"], row["usd_this_month"], row["usd_per_day"], row["source"]) == (0.25, 0.25, 2.0, "created")


def test_a_created_key_that_stands_in_the_file_too_is_listed_as_it_counts(run: Run) -> None:
    secret = run("create", "team-a", "--usd-per-day", "2")[1].strip()
    _, out, _ = run("list", "--json", keys=[{"name": "team-a", "hash": digest_of(secret.encode()).hex(), "usd_per_day": 5}])
    assert [(row["source"], row["usd_per_day"]) for row in json.loads(out)] == [("file", 5.0)]


def test_without_keys_the_list_says_who_may_call_and_makes_no_file(run: Run, folder: Path) -> None:
    code, out, _ = run("list")
    assert code == 0
    assert "no keys" in out
    assert not folder.exists()


def test_a_revoked_key_is_out_of_use_and_its_name_free(run: Run, folder: Path) -> None:
    run("create", "team-a")
    assert run("revoke", "team-a")[:2] == (0, "team-a is revoked\n")
    assert created(folder)[0].revoked_ms is not None
    assert run("revoke", "team-a")[0] == 2
    assert run("create", "team-a")[0] == 0


def test_a_key_of_the_file_cannot_be_revoked_here(run: Run) -> None:
    code, _, err = run("revoke", "team-b", keys=[{"name": "team-b", "hash": "0" * 64}])
    assert code == 2
    assert "read only here → take it out there" in err


@pytest.mark.parametrize("words", [("list",), ("create", "a"), ("revoke", "a")])
def test_a_file_that_cannot_be_used_is_told(run: Run, folder: Path, words: tuple[str, ...]) -> None:
    folder.mkdir()
    (folder / "gateway.db").write_bytes(b"damaged " * 1000)
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert "gateway.db cannot be used" in err


@pytest.mark.parametrize("words", [("create", "team-a"), ("list",), ("revoke", "nobody")])
def test_where_no_server_runs_on_the_folder_that_is_told_with_its_whole_path(run: Run, folder: Path, words: tuple[str, ...]) -> None:
    assert f"warning: no server has ever run on {folder}\n" in run(*words)[2]
    with open_data_dir(folder):
        assert "warning" not in run(*words)[2].replace("team-a is in use already", "")
    assert f"warning: no server runs on {folder}\n" in run("list")[2]


def test_a_relative_folder_is_told_to_depend_on_where_the_command_is_started(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evenhand.yaml").write_text(yaml.safe_dump({"model_list": MODELS}))
    assert main(["keys", "create", "team-a"]) == 0
    told = capsys.readouterr().err
    assert f"its hash is in {tmp_path}/evenhand-data/gateway.db" in told
    assert f"no server has ever run on {tmp_path}/evenhand-data: data_dir is relative" in told


def test_a_running_gateway_is_said_to_know_within_a_second(run: Run, folder: Path) -> None:
    with open_data_dir(folder):
        assert "running gateways know it within a second" in run("create", "team-a")[2]
        assert "running gateways refuse it within a second" in run("revoke", "team-a")[2]


def test_an_entry_for_the_file_has_nothing_to_do_with_any_folder(run: Run) -> None:
    assert "no server" not in run("create", "team-a", "--for-file")[2]
