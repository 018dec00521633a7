"""Another package with scorers that misbehave on command, written to a folder as if it were installed there."""

from pathlib import Path

OUTCOMES = ("naughty", "polite", "nosy")
SOURCE = """
import os, time

class Naughty:
    low, high, polarity, signed, binary, masked, fingerprint = 0.0, 1.0, "neither", True, False, False, "f" * 16

    def __init__(self, given):
        self.outcome = given.get("outcome", "naughty")
        self.kept = []

    def score(self, replies):
        from monitors.scorers import Value
        return [Value(self.one(reply.text or "")) for reply in replies]

    def one(self, text):
        if text == "die":
            os._exit(9)
        if text == "hang":
            while True:
                time.sleep(0.1)
        if text == "hold":  # the interpreter's lock, for longer than any test waits
            import re
            re.match(r"(a+)+$", "a" * 60 + "b")
        if text == "leak":
            while True:
                self.kept.append(b"x" * (8 << 20))
                time.sleep(0.005)
        if text == "raise":
            raise RuntimeError("no")
        if text == "nan":
            return float("nan")
        return 0.25

    def difference(self, reference, group):
        return group - reference

def polite(given):
    return Naughty({"outcome": "polite"})

def nosy(given):
    return Naughty({"outcome": "nosy"})
"""


def write_plugin(folder: Path) -> Path:
    """Put the package and its distribution's metadata into a folder that may stand on a path of imports."""
    info = folder / "naughty_scorers-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "naughty_scorers.py").write_text(SOURCE, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: naughty-scorers\nVersion: 1.0\n", encoding="utf-8")
    lines = "\n".join(f"{name} = naughty_scorers:{'Naughty' if name == 'naughty' else name}" for name in OUTCOMES)
    (info / "entry_points.txt").write_text(f"[evenhand.scorers]\n{lines}\n", encoding="utf-8")
    return folder
