"""What all tests share."""

import os
import socket
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

ROOT = Path(__file__).resolve().parent.parent

# No test asserts a time, property tests neither; all else stays as hypothesis has it here or in CI.
hypothesis_settings.register_profile("untimed", hypothesis_settings(), deadline=None)
hypothesis_settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a skipped test fails the run: everything that tests need must be here")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not session.config.getoption("--no-skips"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"{len(skipped)} tests were skipped, and --no-skips allows none", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def harness() -> Path:
    """The folder of the external harnesses; the test is skipped where there is none."""
    folder = Path(os.environ.get("EVENHAND_HARNESS", ROOT.parent / "shared"))
    if not (folder / "tools").is_dir():
        pytest.skip(f"the harnesses are not at {folder} (set EVENHAND_HARNESS)")
    return folder


@pytest.fixture
def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small toxicity checkpoint in Detoxify's format, made by this session; skipped where the extra `toxicity` is not installed."""
    pytest.importorskip("detoxify", reason="the extra toxicity is not installed")
    from tests.monitors.scorers.toxicity.tiny import make_checkpoint

    return make_checkpoint(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def tiny_weights(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of weights to which that checkpoint was added as Detoxify's `original`."""
    from evenhand.weights.checkpoint import install

    weights = tmp_path_factory.mktemp("data") / "weights"
    install(tiny_checkpoint, None, weights, "original", 0)
    return weights
