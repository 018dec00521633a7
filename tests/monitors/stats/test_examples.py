"""The examples in the docstrings of the statistics run, and there is one for each test that an operator's page rests on."""

import doctest
import importlib
import pkgutil

import pytest

from monitors import stats

MODULES = [f"monitors.stats.{module.name}" for module in pkgutil.iter_modules(stats.__path__)]
SHOWN = {"betting", "clusters", "confseq", "evalue", "flips", "histogram", "levels", "parity", "planner", "tolerance", "weights"}


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0
    assert result.attempted or name.rpartition(".")[2] not in SHOWN
