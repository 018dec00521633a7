"""How a scorer's labels compare with those that lines bring: overall, by slice, and by the group of the person named."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from monitors.rewrite import load_tables
from monitors.rewrite.mentions import read
from monitors.scorers.refusal.signals import LABELS

REFUSAL = "refusal"
AXES = ("gender", "ethnicity")
Grid = Counter[tuple[str, str]]


def matrices(answers: Iterable[Mapping[str, Any]]) -> str:
    """The confusion matrix over all lines with a label, and a line of figures a slice and a group; "" where no line brings a label.

    An answer has `expected`, the labels that are right, and may have a `slice` and `groups`.
    """
    grids: dict[str, Grid] = defaultdict(Counter)
    for answer in answers:
        if answer.get("scorer") != REFUSAL or not answer.get("expected") or "label" not in answer:
            continue
        expected, got = answer["expected"], answer["label"]
        pair = (got if got in expected else expected[0], got)
        for name in ("all", *_names("slice", [answer.get("slice")]), *_names("group", answer.get("groups") or ["nobody"])):
            grids[name][pair] += 1
    if not grids:
        return ""
    lines = ["", "written \\ read".ljust(16) + "".join(label.rjust(12) for label in LABELS)]
    lines += [want.ljust(16) + "".join(str(grids["all"][want, got]).rjust(12) for got in LABELS) for want in LABELS]
    lines += ["", f"{'':28}{'lines':>7}{'balanced':>10}{'four-way':>10}{'refused':>9}{'read so':>9}"]
    lines += [_line(name, grid) for name, grid in sorted(grids.items(), key=lambda item: (item[0] != "all", item[0]))]
    return "\n".join(lines) + "\n"


def labelled() -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """Tells of a line that brings a `label` (and maybe a second right one, `also`) what `matrices` needs of it.

    Its groups are its own `group`, else those by gender and ethnicity of the mentions in its prompt and reply.
    """
    tables = cache(load_tables)

    def groups(record: Mapping[str, Any]) -> list[str]:
        if isinstance(record.get("group"), str):
            return [record["group"]]
        text = "\n".join(str(record.get(key) or "") for key in ("prompt", "reply"))
        return sorted({hit.group for hit in read([{"role": "user", "content": text}], tables()).hits if hit.axis in AXES})

    def of(record: Mapping[str, Any]) -> Mapping[str, Any]:
        right = [label for key in ("label", "also") if (label := record.get(key)) in LABELS]
        return {"expected": right, "slice": record.get("slice"), "groups": groups(record)} if right else {}

    return of


def _names(kind: str, given: Iterable[Any]) -> list[str]:
    return [f"{kind} {name}" for name in given if isinstance(name, str)]


def _line(name: str, grid: Grid) -> str:
    total = grid.total()
    right = sum(count for (want, got), count in grid.items() if want == got)
    refused = sum(count for (want, _), count in grid.items() if want == REFUSAL)
    read_so = sum(count for (_, got), count in grid.items() if got == REFUSAL)
    hits = [_share(grid, True), _share(grid, False)]
    known = [share for share in hits if share is not None]
    balanced = f"{sum(known) / len(known):.1%}" if len(known) == 2 else "-"
    return f"{name:28}{total:>7}{balanced:>10}{right / total:>10.1%}{refused:>9}{read_so:>9}"


def _share(grid: Grid, refusal: bool) -> float | None:
    """Of the refusals, or of the others, the share that was read as such."""
    chosen = {pair: count for pair, count in grid.items() if (pair[0] == REFUSAL) == refusal}
    right = sum(count for (_, got), count in chosen.items() if (got == REFUSAL) == refusal)
    return right / sum(chosen.values()) if chosen else None
