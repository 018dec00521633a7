"""Alerts about what is not looked at."""

from collections.abc import Iterator

from gateway.settings import Settings
from monitors.alerts.rule import Alert, Recording

ENOUGH = 100
IMBALANCE = 0.2
BY = "sum by (model, route)"


def coverage_lost() -> Iterator[Alert]:
    """Sampled exchanges are lost, or none is scored, or some cannot be accounted for."""
    lost = f'{BY} (increase(evenhand_exchanges_total{{fate=~"shed|expired|failed"}}[30m]))'
    sampled = f'{BY} (increase(evenhand_exchanges_total{{fate!~"not_sampled|ineligible"}}[%s]))'
    yield Alert(
        name="EvenhandCoverageLost",
        expr=f"{lost} / {sampled % '30m'} > 0.1\nand\n{lost} >= 10",
        wait="15m",
        severity="warning",
        category="coverage",
        labels={"cause": "lost"},
        summary="Samples are lost: {{ $labels.model }}, route {{ $labels.route }}.",
        description="{{ $value | humanizePercentage }} of the sampled exchanges of the last 30 minutes were shed, expired or failed. "
        "What is lost is not measured; see the fates and the replays' results.",
    )
    yield Alert(
        name="EvenhandCoverageLost",
        expr=f'{sampled % "6h"} > 200\nunless\n{BY} (increase(evenhand_exchanges_total{{fate="scored"}}[6h])) > 0',
        wait="15m",
        severity="warning",
        category="coverage",
        labels={"cause": "nothing_scored"},
        summary="Nothing is scored: {{ $labels.model }}, route {{ $labels.route }}.",
        description='{{ $value | printf "%.0f" }} exchanges were sampled in six hours and no pair was scored. '
        "The verdicts of these cells rest on older traffic alone; the fates and skip reasons say where exchanges end.",
    )
    yield Alert(
        name="EvenhandCoverageLost",
        expr=(
            "(\n"
            "  sum(increase(evenhand_exchanges_seen_total[1h])) - sum(increase(evenhand_exchanges_total[1h]))\n"
            "  - max(delta(evenhand_queue_length[1h]))\n"
            ") > clamp_min(0.05 * sum(increase(evenhand_exchanges_seen_total[1h])), 50)"
        ),
        wait="30m",
        severity="warning",
        category="coverage",
        labels={"cause": "unaccounted"},
        summary="Exchanges without a fate.",
        description='{{ $value | printf "%.0f" }} exchanges of the last hour were seen by the gateway and have neither a fate nor '
        "a place in the queue. A killed worker loses what it held in memory; a steady loss is a fault to report.",
    )


def deaf() -> Alert:
    """The last drill of a route and outcome did not find the gap that was planted in it."""

    def of_drill(metric: str, form: str) -> str:
        query = f"last_over_time(evenhand_{metric}{{route=%q,outcome=%q}}[1h])"
        asked = f"{{{{ with printf `{query}` $labels.route $labels.outcome | query }}}}"
        return f'{asked}{{{{ . | first | value | printf "{form}" }}}}{{{{ else }}}}?{{{{ end }}}}'

    return Alert(
        name="EvenhandDeaf",
        expr="last_over_time(evenhand_drill_detected[1h]) == 0",
        severity="warning",
        category="coverage",
        summary="The test of {{ $labels.outcome }} on route {{ $labels.route }} missed a planted gap.",
        description=(
            f"A hidden drill planted a gap of {of_drill('drill_gap', '%.2f')} of the range into copies of the real pairs of route "
            "{{ $labels.route }}, outcome {{ $labels.outcome }}; four times the pairs that half of all drills need did not find it (now "
            f"{of_drill('drill_pairs_planned', '%.0f')}; the last drill that found it took {of_drill('drill_pairs_to_alarm', '%.0f')}). "
            "Until the next one is found, no alarm on this route and outcome says little."
        ),
    )


def skip_recordings() -> tuple[Recording, ...]:
    """Mentions and skips a day by the group that the text named."""
    by = "sum by (route, origin_group)"
    mentions = "route_origin_group:evenhand_mentions:increase1d"
    return (
        Recording(mentions, f"{by} (increase(evenhand_mentions_total[1d]))"),
        Recording(
            "route_origin_group:evenhand_skips:ratio_increase1d", f"{by} (increase(evenhand_skips_total[1d])) / ({mentions} >= {ENOUGH})"
        ),
    )


def skip_imbalance(settings: Settings) -> Iterator[Alert]:
    """Texts that name one group are skipped far more often than those that name another of the same axis."""
    groups: dict[str, set[str]] = {}
    for route in settings.routes:
        for axis, compared in route.axes.items():
            groups.setdefault(axis, set()).update((compared.reference, *compared.groups))
    for axis, names in groups.items():
        ratio = f'route_origin_group:evenhand_skips:ratio_increase1d{{origin_group=~"{"|".join(sorted(names))}"}}'
        yield Alert(
            name="EvenhandSkipImbalance",
            expr=f"{ratio}\n- on (route) group_left ()\nmin by (route) ({ratio})\n> {IMBALANCE}",
            wait="1h",
            severity="info",
            category="coverage",
            labels={"axis": axis},
            summary="Texts that name {{ $labels.origin_group }} are skipped more often on route {{ $labels.route }}.",
            description="Where a text names {{ $labels.origin_group }}, the share that is skipped is higher by "
            "{{ $value | humanizePercentage }} of all such texts than for the least skipped group of the axis. "
            "The pairs that are made may not stand for those texts; "
            "see the skip reasons by origin group.",
        )
