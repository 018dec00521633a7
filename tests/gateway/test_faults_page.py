"""The page that states what becomes of faults names tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = sorted(set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "performance.md").read_text())))


def test_the_page_names_tests() -> None:
    assert len(NAMED) > 20


@pytest.mark.parametrize("name", NAMED)
def test_each_fault_of_the_page_has_its_test(name: str) -> None:
    tests = "\n".join(file.read_text() for file in (ROOT / "tests" / "gateway").rglob("test_*.py"))
    assert f"\ndef {name}(" in tests
