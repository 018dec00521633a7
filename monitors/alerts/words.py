"""Pieces of annotation templates: numbers that a text asks Prometheus for, and the sentences that every page about a cell carries."""

KEPT = "1h"
"""How long a cell's last known values outlive a monitor that cannot be scraped, so that its restart resolves nothing."""

DISCLAIMER = (
    "This is a counterfactual swap test: it shows whether replies change when marked words change, on sampled English traffic that "
    "could be rewritten. It does not see proxies left in the text, real applicants' outcomes, or people not named. A gap is a signal to "
    "investigate, not a finding of discrimination."
)

CELL_VARIABLES = (
    '{{ $all := printf "job=%q,instance=%q,model=%q" $labels.job $labels.instance $labels.model -}}\n'
    '{{ $all = printf "%s,axis=%q,outcome=%q" $all $labels.axis $labels.outcome -}}\n'
    '{{ $cell := printf "%s,route=%q,group=%q" $all $labels.route $labels.group -}}\n'
    '{{ $pairs := $cell }}{{ if eq $labels.route "_all" }}{{ $pairs = $all }}{{ end -}}\n'
)
"""Label selectors: ``$cell`` for the gauges of the alert's cell, ``$pairs`` for the counters of its pairs, which a roll-up lacks."""

WHERE = '{{ if eq $labels.route "_all" }}all routes together{{ else }}route {{ $labels.route }}{{ end }}'
WHO = '{{ if eq $labels.group "_all" }}every other group{{ else }}{{ $labels.group }}{{ end }}'


def points(
    metric: str,
    *,
    window: str | None = None,
    label: tuple[str, str] | None = None,
    sign: bool = True,
    unit: str = "",
    missing: str = "not known",
) -> str:
    """A gauge of the cell in points of the outcome's range (hundredths), with a sign where it has a direction."""
    more = _matcher("window", window) if label is None else _matcher(*label)
    query = f"100 * last_over_time(evenhand_{metric}{{%s{more}}}[{KEPT}])"
    return _asked(query, "$cell", "%+.1f" if sign else "%.1f", missing, unit)


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


def labels_where(metric: str, label: str, otherwise: str) -> str:
    """The values of ``label`` at which a gauge of the cell is 1, as words."""
    query = f"last_over_time(evenhand_{metric}{{%s}}[{KEPT}]) == 1"
    value = f'{{{{ $found | label "{label}" | reReplaceAll "_" " " }}}}'
    each = f"{{{{ range $i, $found := . }}}}{{{{ if $i }}}}, {{{{ end }}}}{value}{{{{ end }}}}"
    return _if(query, "$cell", each, otherwise)


def _matcher(label: str, value: str | None) -> str:
    return "" if value is None else f',{label}=\\"{value}\\"'


def _asked(query: str, selector: str, form: str, missing: str, unit: str = "") -> str:
    return _if(query, selector, f'{{{{ . | first | value | printf "{form}" }}}}{unit}', missing)


def _if(query: str, selector: str, then: str, otherwise: str) -> str:
    tail = f"{{{{ else }}}}{otherwise}{{{{ end }}}}" if otherwise else "{{ end }}"
    return f'{{{{ with printf "{query}" {selector} | query }}}}{then}{tail}'
