"""``python -m evenhand``, and the command that an installation has."""

import sys


def main() -> int:
    """Run the command line. Ctrl-C ends it without a word from Python, be it as early as while modules are being loaded."""
    try:
        from evenhand.cli import main as run  # inside, for what the docstring says

        return run()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
