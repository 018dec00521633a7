"""Where the files an operator may look at (``config/``, ``grafana/``) lie: inside an installed wheel or at the root of a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def path(name: str) -> Path:
    """The file or folder ``name`` (such as ``config/lexicons``), from the wheel's data or else the checkout.

    Raises ``FileNotFoundError`` naming both places looked at.
    """
    installed, checkout = _PACKAGE / "_data" / name, _PACKAGE.parent / name
    for candidate in (installed, checkout):
        if candidate.exists():
            return candidate
    raise FileNotFoundError(f"{name} is neither at {installed} nor at {checkout}: the installation is incomplete, reinstall evenhand")
