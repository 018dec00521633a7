"""From an arm back to the messages that it was made from."""

from __future__ import annotations

from typing import Any

from monitors.rewrite.segments import Splice, find_segments, write_back
from monitors.rewrite.swap import Arm


def invert(arm: Arm) -> list[dict[str, Any]]:
    """The messages that ``arm`` was made from, byte for byte: its edits taken back where they stand in its own messages."""
    splices: dict[int, list[Splice]] = {}
    escaped: dict[tuple[int, int], str] = {}
    segment, shift = -1, 0
    for edit in arm.edits:
        if edit.segment != segment:
            segment, shift = edit.segment, 0
        start = edit.start + shift
        splices.setdefault(segment, []).append((start, start + len(edit.new), edit.old))
        if edit.raw:
            escaped[segment, start] = edit.raw
        shift += len(edit.new) - len(edit.old)
    return write_back(arm.messages, find_segments(arm.messages), splices, escaped)
