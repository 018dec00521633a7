"""What every command's ``--help`` has: what it does, and examples that can be typed as they are."""

import argparse


def command(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, description: str, *examples: str
) -> argparse.ArgumentParser:
    """A subcommand's parser. The first sentence of the description is its line in the list of its siblings."""
    return subparsers.add_parser(
        name,
        help=description.partition(". ")[0].rstrip("."),
        description=description,
        epilog="\n".join(["examples:", *(f"  {example}" for example in examples)]),
        formatter_class=_Formatter,
    )


class _Formatter(argparse.HelpFormatter):
    """Wraps all but the examples."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if text.startswith("examples:") else super()._fill_text(text, width, indent)
