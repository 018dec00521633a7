"""Tables of the rewriter, loaded once for all traps."""

import pytest

from monitors.rewrite import Tables, load_tables


@pytest.fixture(scope="session")
def tables() -> Tables:
    return load_tables()
