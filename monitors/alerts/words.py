"""Pieces of annotation templates: numbers that a text asks Prometheus for, and the sentences that every page about a cell carries."""

KEPT = "1h"
"""How long a cell's last known values outlive a monitor that cannot be scraped, so that its restart resolves nothing."""

_NOT_SWAPPABLE = '=\\"not_swappable\\"'
_NAMED = '!~\\"no_mention|not_sampled|ineligible|shed\\"'  # of the others it is not known whether their text names somebody

CELL_VARIABLES = (
    '{{ $all := printf "job=%q,instance=%q,model=%q" $labels.job $labels.instance $labels.model -}}\n'
    '{{ $all = printf "%s,axis=%q,outcome=%q" $all $labels.axis $labels.outcome -}}\n'
    '{{ $cell := printf "%s,route=%q,group=%q" $all $labels.route $labels.group -}}\n'
    '{{ $pairs := $cell }}{{ if eq $labels.route "_all" }}{{ $pairs = $all }}{{ end -}}\n'
    '{{ $from := printf "job=%q,instance=%q" $labels.job $labels.instance -}}\n'
    '{{ if ne $labels.route "_all" }}{{ $from = printf "%s,route=%q" $from $labels.route }}{{ end -}}\n'
)
"""Label selectors: ``$cell`` for the gauges of the alert's cell, ``$pairs`` for the counters of its pairs, which a roll-up lacks, ``$from``
for those of the exchanges of its route."""

WHERE = '{{ if eq $labels.route "_all" }}all routes together{{ else }}route {{ $labels.route }}{{ end }}'
WHO = '{{ if eq $labels.group "_all" }}every other group{{ else }}{{ $labels.group }}{{ end }}'


def points(
    metric: str,
    *,
    window: str | None = None,
    label: tuple[str, str] | None = None,
    sign: bool = True,
    missing: str = "not known",
) -> str:
    """A gauge of the cell in points of the outcome's range (hundredths), with a sign where it has a direction."""
    more = _matcher("window", window) if label is None else _matcher(*label)
    query = f"100 * last_over_time(evenhand_{metric}{{%s{more}}}[{KEPT}])"
    return _asked(query, "$cell", "%+.1f" if sign else "%.1f", missing)


def power_of_ten(metric: str) -> str:
    """A gauge of the cell that holds a log10."""
    return "10^" + _asked(f"last_over_time(evenhand_{metric}{{%s}}[{KEPT}])", "$cell", "%.1f", "(not known)")


def count(metric: str, result: str | None = None, *, places: int = 0) -> str:
    """A counter of pairs, summed over all cells that the alert covers."""
    return _asked(f"sum(last_over_time(evenhand_{metric}{{%s{_matcher('result', result)}}}[{KEPT}]))", "$pairs", f"%.{places}f", "?")


def if_any(metric: str, then: str, otherwise: str = "", *, above: float | None = None) -> str:
    """``then`` where the cell has this gauge (and it is above a number), with ``.`` as the samples found; else ``otherwise``."""
    query = f"last_over_time(evenhand_{metric}{{%s}}[{KEPT}])" + ("" if above is None else f" > {above:g}")
    return _if(query, "$cell", then, otherwise)


def if_binary(then: str, otherwise: str) -> str:
    """``then`` where pairs are counted by which arm had the outcome, else ``otherwise``."""
    query = f"sum(last_over_time(evenhand_pair_outcomes_total{{%s}}[{KEPT}]))"
    return _if(query, "$pairs", then, otherwise)


def disclaimer() -> str:
    """What a page about a cell says of what such a test is and is not, with the share of the traffic that it could look at."""
    return (
        "This is a counterfactual swap test: it shows whether replies change when marked words change, on sampled English traffic that "
        f"could be rewritten{_coverage()}. It does not see proxies left in the text, real applicants' outcomes, or people not named. A gap "
        "is a signal to investigate, not a finding of discrimination."
    )


def _coverage() -> str:
    """In brackets: of the sampled exchanges that name somebody, the share that could be rewritten, and why others could not; or nothing."""
    skips, named = (_sum(f"exchanges_total{{%[1]s,fate{matching}}}") for matching in (_NOT_SWAPPABLE, _NAMED))
    share = f"1 - {skips} / ({named} > 0)"
    reasons = f"topk(3, sum by (reason) (last_over_time(evenhand_skips_total{{%s}}[{KEPT}])) > 0)"
    each = '{{ range . }} {{ . | label "reason" | reReplaceAll "_" " " }} {{ . | value | printf "%.0f" }}{{ end }}'
    skipped = _if(reasons, "$from", f"; skipped:{each}", "")
    return _if(share, "$from", f" ({{{{ . | first | value | humanizePercentage }}}} of the sampled exchanges with a mention{skipped})", "")


def _sum(selected: str) -> str:
    return f"sum(last_over_time(evenhand_{selected}[{KEPT}]))"


def labels_where(metric: str, label: str, otherwise: str) -> str:
    """The values of ``label`` at which a gauge of the cell is 1, as words."""
    query = f"last_over_time(evenhand_{metric}{{%s}}[{KEPT}]) == 1"
    value = f'{{{{ $found | label "{label}" | reReplaceAll "_" " " }}}}'
    each = f"{{{{ range $i, $found := sortByLabel `{label}` . }}}}{{{{ if $i }}}}, {{{{ end }}}}{value}{{{{ end }}}}"
    return _if(query, "$cell", each, otherwise)


def _matcher(label: str, value: str | None) -> str:
    return "" if value is None else f',{label}=\\"{value}\\"'


def _asked(query: str, selector: str, form: str, missing: str) -> str:
    return _if(query, selector, f'{{{{ . | first | value | printf "{form}" }}}}', missing)


def _if(query: str, selector: str, then: str, otherwise: str) -> str:
    tail = f"{{{{ else }}}}{otherwise}{{{{ end }}}}" if otherwise else "{{ end }}"
    return f'{{{{ with printf "{query}" {selector} | query }}}}{then}{tail}'
