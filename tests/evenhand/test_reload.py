"""How the parent notices, checks and passes on a changed configuration; the children are small programs."""

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from evenhand.child import Child
from evenhand.family import Family
from evenhand.ports import BindError, Ports
from evenhand.roles import Roles, Translation
from evenhand.rollout import Rollout
from evenhand.scoring import Scoring
from evenhand.supervise import Changes
from evenhand.watch import Refused, Taken, Watch, differences, take
from gateway.settings import Settings, digest_of, load

ANSWERING = """
import json, os, signal, sys, time
from gateway.settings import answer, load
from pathlib import Path
config, answers = Path(sys.argv[1]), Path(sys.argv[2])
def say(*_):
    answer.give(answers, load(config, os.environ).digest)
signal.signal(signal.SIGHUP, say)
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
say()
time.sleep(60)
"""
"""A child that answers as a gateway worker does."""

# not by importing it: it would go on logging from a thread of its own while other tests read what was printed
needs_litellm = pytest.mark.skipif(find_spec("litellm") is None, reason="litellm is not installed: pip install 'evenhand[providers]'")


def settings(**sections: Any) -> dict[str, Any]:
    return {"model_list": [{"model_name": "m", "litellm_params": {"model": "openai/m", "api_key": "sk-very-secret"}}], **sections}


def write(path: Path, document: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(document))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    write(tmp_path / "evenhand.yaml", settings())
    return tmp_path / "evenhand.yaml"


def watch(config: Path, faults: Callable[[Settings], list[str]] = lambda settings: []) -> Watch:
    return Watch(config, take(config), faults)


def looked(watched: Watch, times: int = 3) -> list[Taken | Refused]:
    return [found for _ in range(times) if (found := watched.look()) is not None]


def test_a_change_counts_once_and_after_it_has_stood_for_a_look(config: Path) -> None:
    watched = watch(config)
    assert looked(watched) == []
    write(config, settings(gateway={"access_log": True}))
    assert watched.look() is None, "it may be half written"
    found = watched.look()
    assert isinstance(found, Taken)
    assert found.settings.gateway.access_log
    assert looked(watched) == []


def test_a_file_that_is_still_being_written_is_left_alone(config: Path) -> None:
    watched = watch(config)
    for length in (10, 20, 30):
        config.write_text(yaml.safe_dump(settings())[:length])
        assert watched.look() is None


def test_who_asks_is_answered_at_once_changed_or_not(config: Path) -> None:
    watched = watch(config)
    same = watched.look(now=True)
    assert isinstance(same, Taken)
    assert same.digest == watched.running.digest
    write(config, {})
    assert isinstance(watched.look(now=True), Refused)


def test_a_wrong_file_is_refused_with_every_mistake_by_both_sides_checks(config: Path) -> None:
    watched = watch(config)
    route = {"name": "r", "axes": {"gendr": {"reference": "male", "groups": ["female"]}}}
    write(config, settings(gatway={}, monitor={"routes": [route]}, prices={"file": "nowhere.yaml"}))
    (found,) = looked(watched)
    assert isinstance(found, Refused)
    assert len(found.mistakes) == 3
    assert any("did you mean gateway?" in mistake for mistake in found.mistakes)
    assert any("the rewriter has no axis gendr" in mistake for mistake in found.mistakes)
    assert any("nowhere.yaml" in mistake for mistake in found.mistakes)
    assert looked(watched) == [], "it is told once"


def test_what_may_not_run_under_the_options_of_this_server_is_refused(config: Path) -> None:
    watched = watch(config, lambda settings: [] if settings.keys else ["open to others"])
    write(config, settings(gateway={"access_log": True}))
    assert looked(watched) == [Refused(("open to others",))]


def test_the_price_file_is_a_part_of_the_configuration(config: Path, tmp_path: Path) -> None:
    prices = tmp_path / "prices.yaml"
    prices.write_text("models: {m: {input: 1}}")
    write(config, settings(prices=str(prices)))
    watched = watch(config)
    prices.write_text("models: {m: {input: 2}}")
    (found,) = looked(watched)
    assert isinstance(found, Taken)
    assert found.digest != watched.running.digest
    assert found.prices == "models: {m: {input: 2}}"

    prices.write_text("models: {m: {input: less}}")
    (refused,) = looked(watched)
    assert isinstance(refused, Refused)
    prices.write_text("models: {m: {input: 3}}")
    assert isinstance(looked(watched)[0], Taken)


def test_a_price_file_that_only_a_wrong_configuration_names_is_watched_too(config: Path, tmp_path: Path) -> None:
    prices = tmp_path / "prices.yaml"
    prices.write_text("none")
    watched = watch(config)
    write(config, settings(prices=str(prices)))
    (refused,) = looked(watched)
    assert isinstance(refused, Refused)
    prices.write_text("models: {m: {input: 3}}")
    assert isinstance(looked(watched)[0], Taken)


@pytest.mark.parametrize("text", ["{}", "a: |\n  block\n", "a: b", "# comment", "a: b\n...\n"])
def test_the_snapshot_says_what_the_file_says_and_its_hash_covers_the_prices(config: Path, text: str) -> None:
    taken = take(config)
    whole = yaml.safe_dump(settings(environment_variables={"text": text}))
    for end in ("", "\n"):
        config.write_text(whole.rstrip("\n") + end)
        taken = take(config)
        assert yaml.safe_load(taken.snapshot) == yaml.safe_load(whole)
        assert digest_of(taken.snapshot) == taken.digest
        assert Taken(taken.loaded, "models: {}").digest != taken.digest


def test_only_what_is_read_at_the_start_needs_a_restart() -> None:
    before = Settings.model_validate(settings())
    after = Settings.model_validate(
        settings(data_dir="elsewhere", metrics={"listen": "127.0.0.1:1", "genai_names": True}, keys=[], monitor={})
    )
    assert differences(before, after) == ["data_dir", "metrics.listen", "metrics.genai_names"]
    assert differences(before, before) == []


class Server:
    """A family of answering children, with roles that make such children."""

    def __init__(self, folder: Path, config: Path, faults: Callable[[Settings], list[str]] = lambda settings: []) -> None:
        (folder / "run").mkdir()
        self.config, self.folder, self.bindable = config, folder, True
        self.roles = ScriptedRoles(folder, Ports(), 2, self._bind)
        self.watch = Watch(config, take(config), faults)
        self.roles.write(self.watch.running, None)
        workers = [self.roles.answering(f"gateway-{number}") for number in range(2)]
        children = [*workers, *([self.roles.monitor()] if self.watch.running.settings.monitor is not None else [])]
        self.family = Family(children, folder / "run" / "status.json", {**ENVIRONMENT}, self.watch.running.digest)
        self.rollout = Rollout(self.family, self.roles, None, Scoring(folder))
        self.changes = Changes(self.watch, self.rollout, self.family)
        self.family.start()
        self.until(lambda: self.all_run(self.watch.running.digest))

    def _bind(self) -> socket.socket:
        if not self.bindable:
            raise BindError(["127.0.0.1:4100 cannot be listened on"])
        return socket.create_server(("127.0.0.1", 0))

    def change(self, document: dict[str, Any]) -> None:
        """Write a configuration and say so."""
        write(self.config, document)
        self.changes.asked = True

    def until(self, condition: Callable[[], bool], seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, self.status()
            self.family.look_after()
            self.changes.step()
            time.sleep(0.02)

    def status(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.folder / "run" / "status.json").read_text())
        return document

    def all_run(self, digest: str) -> bool:
        state = self.status()
        return state["config"] == digest and all(row["config"] == digest for row in state["children"])

    def pid(self, name: str) -> int | None:
        child = self.family.one(name)
        return child.process.pid if child is not None and child.process is not None else None


class ScriptedRoles(Roles):
    """Real roles, but for the programs."""

    starts_translate = True

    def answering(self, name: str) -> Child:
        answers = self._answers(name)
        return Child(name, [sys.executable, "-c", ANSWERING, str(self.run_dir / "config.yaml"), str(answers)], [], answers=answers)

    def monitor(self) -> Child:
        super().monitor()
        return self.answering("monitor")

    def translation(self, taken: Taken) -> Translation:
        made = super().translation(taken)
        script = ANSWERING if self.starts_translate else "raise SystemExit(2)"
        made.child.command = [sys.executable, "-c", script, str(made.files[0]), str(made.child.answers)]
        return made


ENVIRONMENT = {"PATH": "/usr/bin:/bin"}


@pytest.fixture
def serve(tmp_path: Path, config: Path) -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(document: dict[str, Any] | None = None, **options: Any) -> Server:
        if document is not None:
            write(config, document)
        servers.append(Server(tmp_path / "data", config, **options))
        return servers[-1]

    (tmp_path / "data").mkdir()
    yield start
    for server in servers:
        server.family.stop(2)
        server.rollout.close()
        server.roles.no_monitor()


MONITORED = {"monitor": {"routes": [{"name": "r"}]}}
CLAUDE = {"model_name": "claude", "litellm_params": {"model": "anthropic/claude-sonnet-4-5", "api_key": "k"}}


def test_children_are_told_and_answer_and_their_processes_stay(serve: Callable[..., Server]) -> None:
    server = serve()
    before = [server.pid("gateway-0"), server.pid("gateway-1")]
    old = server.watch.running.digest
    server.change(settings(gateway={"access_log": True}))
    server.until(lambda: server.watch.running.digest != old)
    server.until(lambda: server.all_run(server.watch.running.digest))
    assert [server.pid("gateway-0"), server.pid("gateway-1")] == before
    assert server.status()["config_problems"] == []
    snapshot = server.folder / "run" / "config.yaml"
    assert snapshot.stat().st_mode & 0o777 == 0o600
    assert load(snapshot, {}).digest == server.watch.running.digest


def test_a_refused_file_leaves_snapshot_and_children_and_is_told_until_it_is_mended(serve: Callable[..., Server]) -> None:
    server = serve(faults=lambda settings: ["open to others"] if settings.gateway.access_log else [])
    old, snapshot = server.watch.running.digest, (server.folder / "run" / "config.yaml").read_bytes()
    server.change(settings(gateway={"access_log": True}))
    server.until(lambda: bool(server.status()["config_problems"]))
    assert server.status()["config_problems"] == ["the configuration that was changed last does not run: open to others"]
    assert server.all_run(old)
    assert (server.folder / "run" / "config.yaml").read_bytes() == snapshot
    server.change(settings())
    server.until(lambda: not server.status()["config_problems"])


def test_the_monitor_starts_anew_only_where_it_is_concerned(serve: Callable[..., Server]) -> None:
    server = serve(settings(**MONITORED))
    monitor, old = server.pid("monitor"), server.watch.running.digest
    server.change(settings(**MONITORED, keys=[{"name": "k", "hash": "0" * 64}]))
    server.until(lambda: server.watch.running.digest != old and server.all_run(server.watch.running.digest))
    assert server.pid("monitor") == monitor, "keys are none of its business"

    for change in ({"monitor": {"routes": [{"name": "r", "tier": "T2"}]}}, {**MONITORED, "prices": {"models": {"m": {"input": 1}}}}):
        monitor, old = server.pid("monitor"), server.watch.running.digest
        server.change(settings(**change))
        server.until(lambda old=old: server.watch.running.digest != old and server.all_run(server.watch.running.digest))  # type: ignore[misc]
        assert server.pid("monitor") not in (None, monitor), change
    assert [row["restarts"] for row in server.status()["children"]] == [0, 0, 0]


def test_a_monitor_that_does_not_end_is_ended_and_does_not_hold_up_the_gateways(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evenhand.rollout.GIVE_BACK_SECONDS", 0.3)
    server = serve(settings(**MONITORED))
    monitor, old = server.pid("monitor"), server.watch.running.digest
    assert monitor is not None
    os.kill(monitor, signal.SIGSTOP)
    server.change(settings(monitor={"routes": [{"name": "r", "tier": "T2"}]}))
    server.until(lambda: server.family.digest != old)
    worker = server.family.one("gateway-0")
    assert worker is not None
    server.until(lambda: (said := worker.answer()) is not None and said.config == server.family.digest)
    assert server.pid("monitor") == monitor, "still there, while gateways have changed"
    server.until(lambda: server.all_run(server.family.digest))
    assert server.pid("monitor") != monitor


def test_a_monitor_comes_and_goes_with_its_section(serve: Callable[..., Server]) -> None:
    server = serve()
    old = server.watch.running.digest
    server.change(settings(**MONITORED))
    server.until(lambda: server.watch.running.digest != old and server.all_run(server.watch.running.digest))
    assert server.pid("monitor") is not None
    assert server.roles.console is not None
    old = server.watch.running.digest
    server.change(settings())
    server.until(lambda: server.watch.running.digest != old)
    assert server.family.one("monitor") is None
    assert server.roles.console is None


def test_a_monitor_whose_port_is_taken_is_no_part_of_what_runs(serve: Callable[..., Server]) -> None:
    server = serve()
    server.bindable = False
    old = server.watch.running.digest
    server.change(settings(**MONITORED))
    server.until(lambda: bool(server.status()["config_problems"]))
    assert "127.0.0.1:4100 cannot be listened on" in server.status()["config_problems"][0]
    assert server.all_run(old)
    server.bindable = True
    server.changes.asked = True
    server.until(lambda: server.watch.running.digest != old and server.all_run(server.watch.running.digest))


def test_a_full_disk_is_told_and_everything_goes_on_as_before(serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(settings(**MONITORED))
    old = server.watch.running.digest

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(server.roles, "write", full)
    server.change(settings(monitor={"routes": [{"name": "r", "tier": "T2"}]}))
    server.until(lambda: bool(server.status()["config_problems"]))
    assert "No space left on device" in server.status()["config_problems"][0]
    server.until(lambda: server.all_run(old))


@needs_litellm
def test_models_of_another_dialect_get_a_process_before_anyone_asks_for_them(serve: Callable[..., Server]) -> None:
    server = serve()
    old = server.watch.running.digest
    document = settings()
    document["model_list"] = [*document["model_list"], CLAUDE]
    server.change(document)
    server.until(lambda: server.watch.running.digest != old)
    first = server.pid("translate")
    assert first is not None
    address = json.loads((server.folder / "run" / "translate.json").read_text())
    assert (server.folder / "run" / "translate.json").stat().st_mode & 0o777 == 0o600

    old = server.watch.running.digest
    server.change({**document, "gateway": {"access_log": True}})
    server.until(lambda: server.watch.running.digest != old)
    assert server.pid("translate") == first

    old = server.watch.running.digest
    changed = {**CLAUDE, "litellm_params": {**CLAUDE["litellm_params"], "api_key": "another"}}  # type: ignore[dict-item]
    server.change({**document, "model_list": [document["model_list"][0], changed]})
    server.until(lambda: server.watch.running.digest != old)
    assert server.pid("translate") not in (None, first)
    assert json.loads((server.folder / "run" / "translate.json").read_text())["secret"] != address["secret"]
    assert sorted(file.name for file in (server.folder / "run").glob("translate-*")) == ["translate-2.json", "translate-2.yaml"]


@needs_litellm
def test_a_translate_process_that_does_not_start_keeps_everything_as_it_was(serve: Callable[..., Server]) -> None:
    server = serve()
    server.roles.starts_translate = False
    old = server.watch.running.digest
    document = settings()
    server.change({**document, "model_list": [*document["model_list"], CLAUDE]})
    server.until(lambda: bool(server.status()["config_problems"]))
    assert "the translate process for the changed models does not start" in server.status()["config_problems"][0]
    assert server.all_run(old)
    assert server.pid("translate") is None
    assert not (server.folder / "run" / "translate.json").exists()


def test_a_child_that_cannot_take_it_up_is_named(serve: Callable[..., Server]) -> None:
    server = serve()
    worker = server.family.one("gateway-1")
    assert worker is not None
    assert worker.answers is not None
    said = json.loads(worker.answers.read_text())
    worker.answers.write_text(json.dumps({**said, "problem": "no such luck"}))
    server.until(lambda: bool(server.status()["config_problems"]))
    assert server.status()["config_problems"] == ["gateway-1 goes on with the configuration of before: no such luck"]


def test_a_signal_that_comes_before_the_child_is_ready_is_not_lost(serve: Callable[..., Server]) -> None:
    server = serve()
    child = server.family.one("gateway-0")
    assert child is not None
    assert child.process is not None
    child.process.kill()
    child.process.wait()
    server.family.look_after()
    child.start(server.family.environment)
    child.tell()  # long before Python has begun to run the program
    server.until(lambda: child.answer() is not None)
    assert child.state == "running"


def test_a_check_that_fails_by_a_fault_does_not_end_the_parent(serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve()
    old = server.watch.running.digest

    def broken(*_: object, **__: object) -> None:
        raise LookupError("half an installation")

    with monkeypatch.context() as patched:
        patched.setattr("evenhand.watch.take", broken)
        server.change(settings(gateway={"access_log": True}))
        server.until(lambda: bool(server.status()["config_problems"]))
    assert "it cannot be checked (LookupError), see the log" in server.status()["config_problems"][0]
    assert server.all_run(old)
    server.changes.asked = True
    server.until(lambda: server.watch.running.digest != old)
    server.until(lambda: not server.status()["config_problems"])
