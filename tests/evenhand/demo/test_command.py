import argparse
import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from evenhand import demo
from evenhand.demo.children import free_port


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    demo.add_parser(parser.add_subparsers())
    return parser.parse_args(["demo", *words])


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["--upstream", "http://127.0.0.1:1/v1"], "belong together"),
        (["--name", "llama"], "belong together"),
        (["--upstream", "http://127.0.0.1:1/v1", "--name", "fair"], "the demo's own"),
    ],
)
def test_a_real_model_needs_an_address_and_a_name_of_its_own(words: list[str], part: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = parsed(*words)
    assert arguments.run(arguments) == 2
    assert part in capsys.readouterr().err


def test_a_missing_client_is_named_with_what_to_install(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    arguments = parsed()
    assert arguments.run(arguments) == 2
    assert "evenhand[demo]" in capsys.readouterr().err


@pytest.fixture
def upstream(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """`evenhand demo upstream fair`, seeded: its address and its process."""
    port = free_port()
    command = [sys.executable, "-m", "evenhand", "demo", "upstream", "fair", "--port", str(port), "--latency-ms", "1", "--seed", "3"]
    with subprocess.Popen(command, cwd=tmp_path) as process:
        url = f"http://127.0.0.1:{port}/v1"
        for _ in range(400):
            try:
                httpx.get(f"{url}/models")
                break
            except httpx.ConnectError:
                assert process.poll() is None
                time.sleep(0.05)
        yield url, process
        process.kill()


def test_one_model_is_served_alone_until_it_is_told_to_stop(upstream: tuple[str, subprocess.Popen[bytes]]) -> None:
    url, process = upstream
    question = {"model": "fair", "messages": [{"role": "user", "content": "Keisha applied. Invite or reject?"}]}
    reply = httpx.post(f"{url}/chat/completions", json=question)
    assert reply.json()["choices"][0]["message"]["content"]
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) in (0, -signal.SIGTERM)


@pytest.mark.integration
def test_ctrl_c_ends_everything_and_leaves_nothing(tmp_path: Path) -> None:
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    with (tmp_path / "out").open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "evenhand", "demo"], cwd=tmp_path, env=environment, stdout=out, stderr=out)
    try:
        while "rigged  " not in (said := (tmp_path / "out").read_text(encoding="utf-8")):
            assert process.poll() is None, said
            time.sleep(0.1)
        console = next(word for line in said.splitlines() if "Console " in line for word in [line.partition("Console ")[2]])
        assert httpx.get(f"{console}/livez").is_success
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130, "it was not known yet"
    finally:
        process.kill()
        process.wait()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert "Stopped." in (tmp_path / "out").read_text(encoding="utf-8")
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{console}/livez")


@pytest.mark.integration
def test_what_does_not_start_is_told_with_its_log(tmp_path: Path) -> None:
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    environment.pop("EVENHAND_TEST_NO_SUCH_KEY", None)
    words = ["--once", "--upstream", "http://127.0.0.1:1/v1", "--name", "llama", "--key-variable", "EVENHAND_TEST_NO_SUCH_KEY"]
    done = subprocess.run([sys.executable, "-m", "evenhand", "demo", *words], env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 4
    assert "serve ended with status 2" in done.stdout
    assert "EVENHAND_TEST_NO_SUCH_KEY" in done.stdout
    assert list(tmp_path.iterdir()) == []
