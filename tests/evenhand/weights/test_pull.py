"""``evenhand weights pull`` against a server of this machine."""

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from evenhand.cli import main
from monitors.scorers.weights import sha256


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def site(tmp_path: Path, tiny_checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder served in place of the two addresses; its checkpoint is named by its hash."""
    detoxify = pytest.importorskip("detoxify.detoxify")
    constants = pytest.importorskip("huggingface_hub.constants")
    folder = tmp_path / "site"
    base = folder / "bert-base-uncased" / "resolve" / "main"
    base.mkdir(parents=True)
    name = f"tiny-{sha256(tiny_checkpoint)[:8]}.ckpt"
    (folder / name).write_bytes(tiny_checkpoint.read_bytes())
    for file in ("config.json", "vocab.txt", "tokenizer_config.json"):
        (base / file).write_bytes((tiny_checkpoint.parent / file).read_bytes())
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setitem(detoxify.MODEL_URLS, "original", f"{url}/{name}")
    monkeypatch.setitem(detoxify.MODEL_URLS, "unbiased", f"{url}/gone.ckpt")
    monkeypatch.setattr(constants, "ENDPOINT", url)
    yield folder
    server.shutdown()
    thread.join()
    server.server_close()


def pull(tmp_path: Path, model: str = "original") -> int:
    config = tmp_path / "evenhand.yaml"
    entry = {"model_name": "m", "litellm_params": {"model": "openai/m", "api_base": "http://127.0.0.1:1/v1"}}
    config.write_text(json.dumps({"model_list": [entry], "data_dir": str(tmp_path / "data")}), encoding="utf-8")
    return main(["weights", "pull", "toxicity", "--model", model, "--config", str(config)])


@pytest.mark.usefixtures("site")
def test_what_is_downloaded_is_checked_and_added_and_nothing_else_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pull(tmp_path) == 0
    told = capsys.readouterr()
    assert "added toxicity original" in told.out
    assert "tiny-" in told.err
    assert "100 %" in told.err
    assert [file.name for file in (tmp_path / "data" / "weights").iterdir()] == ["toxicity-original"]


def test_a_file_whose_hash_is_not_that_of_its_name_is_refused(site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkpoint,) = site.glob("tiny-*.ckpt")
    checkpoint.write_bytes(checkpoint.read_bytes() + b"x")
    assert pull(tmp_path) == 2
    assert "its name says" in capsys.readouterr().err
    assert list((tmp_path / "data" / "weights").iterdir()) == []


@pytest.mark.usefixtures("site")
def test_a_server_that_does_not_have_it_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pull(tmp_path, "unbiased") == 4
    assert "404" in capsys.readouterr().err
