"""A cut of OpenAI's own client suite through the gateway; `make suite` runs all of it."""

import shutil
from pathlib import Path

import pytest

from bench.suite import main

CUT = ["tests/api_resources/chat", "tests/api_resources/test_embeddings.py", "tests/api_resources/test_models.py"]


@pytest.mark.integration
@pytest.mark.timeout(300)
def test_the_client_s_own_tests_pass_and_both_sides_are_identical(harness: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed, and the mock of OpenAI's API comes from its registry (make system)")

    assert main(["--harness", str(harness), "--select", *CUT]) == 0
