"""What ``evenhand check-config`` says of each declared cell: its alpha, its bound for a year, and when a gap in it would be found."""

from collections.abc import Iterator, Sequence

from gateway.settings import MonitorSettings, Settings
from monitors.outlook import GAPS, Assumptions, Outlook, outlook, pace

_HEADS = ("cells", "outcome", "alpha", "within a year", "tolerance", *(f"{100 * gap:g} points" for gap in GAPS))
_NAMED = 3
"""Outcomes of one line that are named; of more the first and how many there are besides."""


def forecast(settings: Settings, monitor: MonitorSettings, assumed: Assumptions) -> list[str]:
    """A table with a line for cells that look forward to the same, and what it takes for granted."""
    rows = outlook(settings, monitor, assumed)
    speed = pace(monitor, assumed)
    total = min(1.0, sum(len(row.cells) * row.false_alarm_a_year for row in rows))
    return [
        "",
        f"what would be found: {speed.pairs_per_hour:,.3g} pairs an hour over all cells, as many as {speed.bound_by} allows",
        f"  at that rate the chance of any false page within a year is at most {total:.2g}, over all cells",
        *_table([_HEADS, *map(_line, _together(rows))]),
        "  alpha, within a year: a cell's share, and the bound on a false alarm in it; points: pairs of a cell, and time, after which",
        "  half of such gaps are found if there from the start; one that begins after thousands of even pairs takes up to twice as long",
        f"  assumed: pairs come evenly; a yes-or-no outcome at {assumed.rate:.0%} whose two arms agree at a correlation of "
        f"{assumed.correlation:g};",
        f"  scores that differ with a standard deviation of {assumed.score_sd:g}; {assumed.tokens_per_replay:g} tokens a replay "
        "(--tokens-per-replay);",
        "  " + _traffic(assumed, monitor, speed.pairs_per_hour),
    ]


def _traffic(assumed: Assumptions, monitor: MonitorSettings, pairs_per_hour: float) -> str:
    if assumed.requests_per_hour is not None:
        return f"{assumed.requests_per_hour:,.3g} requests an hour that name somebody, of which {monitor.sample_rate:g} are sampled"
    if not monitor.sample_rate:
        return "a sample_rate above 0: as it stands nothing is sampled"
    needed = pairs_per_hour / monitor.sample_rate
    return f"at least {needed:,.0f} requests an hour that name somebody (--requests-per-hour for fewer)"


def _together(rows: Sequence[Outlook]) -> list[list[Outlook]]:
    """Rows of one route and kind in which a gap takes equally many pairs; they may differ in outcome and in pace."""
    found: dict[tuple[object, ...], list[Outlook]] = {}
    for row in rows:
        alike = row.alike
        same = (alike.kind, alike.route, alike.tier, alike.tolerance, alike.alpha, tuple(row.pairs_until.values()))
        found.setdefault(same, []).append(row)
    return list(found.values())


def _line(rows: Sequence[Outlook]) -> tuple[str, ...]:
    """One line: where paces differ, the latest time and the largest bound."""
    alike = rows[0].alike
    outcomes = list(dict.fromkeys(row.alike.outcome for row in rows))
    slowest = min(row.alike.pairs_per_hour for row in rows)
    return (
        f"{sum(len(row.cells) for row in rows):>3} {_whose(rows)}",
        ", ".join(outcomes) if len(outcomes) <= _NAMED else f"{outcomes[0]} and {len(outcomes) - 1} more",
        f"{alike.alpha:.2g}",
        f"{max(row.false_alarm_a_year for row in rows):.2g}",
        f"±{alike.tolerance:g}",
        *(_until(rows[0].pairs_until[gap], slowest) for gap in GAPS),
    )


def _whose(rows: Sequence[Outlook]) -> str:
    """The cells in a few words: of a route, or over routes, or a check of the measurement."""
    alike = rows[0].alike
    where = alike.route or "all routes"
    if alike.kind != "pair":
        where += f", {alike.kind}"
    models = len({cell.model for row in rows for cell in row.cells})
    return where + (f", {models} models" if models > 1 else "")


def _until(pairs: int | None, pairs_per_hour: float) -> str:
    if pairs is None:
        return "never: within tolerance"
    return f"{_short(pairs)} pairs, {duration(pairs / pairs_per_hour)}" if pairs_per_hour else f"{_short(pairs)} pairs"


def _short(pairs: int) -> str:
    """Three figures are more than a rule of thumb is worth."""
    rounded = float(f"{pairs:.2g}")
    return f"{rounded:,.0f}"


def duration(hours: float) -> str:
    """A time in the unit that people would use for it.

    >>> duration(0.4), duration(30), duration(400), duration(30_000)
    ('24 min', '30 h', '17 d', '3.4 y')
    """
    for limit, unit, name in ((1.0, 1 / 60, "min"), (48.0, 1.0, "h"), (8766.0, 24.0, "d")):
        if hours < limit:
            return f"{hours / unit:.0f} {name}"
    return f"{hours / 8766:.2g} y" if hours < 8766e2 else "over 100 y"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
