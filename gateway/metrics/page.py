"""The text of /metrics from a registry of this process, made so seldom and so fast that requests do not feel it.

prometheus-client builds three objects for each value and writes each label anew, a tenth of a second for 5,000 series, in which requests
wait for the interpreter. Here each child's lines are kept, and written again only when its values have changed. The text is the same.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Exemplar
from prometheus_client.utils import floatToGoString

from gateway.metrics.exposition import MediaType

_END = b"# EOF\n"  # of OpenMetrics
_AT_ONCE = 200  # children, then requests get the interpreter for a moment: it is not given back by itself for 5 ms
_PAUSE_SECONDS = 0.0002
_Family = Counter | Gauge | Histogram


class Registry(CollectorRegistry):
    """A registry that tells what is registered, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.collectors: list[Collector] = []

    def register(self, collector: Collector) -> None:
        super().register(collector)
        self.collectors.append(collector)


class Page:
    """The text of a registry in one form. Its families are not to have created-series; for one thread at a time."""

    def __init__(self, registry: Registry, form: MediaType) -> None:
        self._registry, self._form = registry, form
        self._kept: dict[int, _Lines] = {}

    def render(self) -> bytes:
        """The text now."""
        parts: list[bytes] = []
        for place, collector in enumerate(self._registry.collectors):
            if isinstance(collector, Counter | Gauge | Histogram):
                if (lines := self._kept.get(place)) is None:
                    lines = self._kept[place] = _Lines(collector, self._form)
                parts.append(lines.render())
            else:
                parts.append(_written(self._form, collector.collect()))
        if self._form is MediaType.OPENMETRICS:
            parts.append(_END)
        return b"".join(parts)


class _Lines:
    """The text of one family."""

    def __init__(self, family: _Family, form: MediaType) -> None:
        self._family, self._form = family, form
        (self._metric,) = family.describe()
        self._head = _written(form, [self._metric])
        self._children: dict[Sequence[str], _Child] = {}

    def render(self) -> bytes:
        exemplars = self._form is MediaType.OPENMETRICS
        texts = []
        for number, (labels, child) in enumerate(_children(self._family), 1):
            if number % _AT_ONCE == 0:
                time.sleep(_PAUSE_SECONDS)
            if (kept := self._children.get(labels)) is None:
                kept = self._children[labels] = _Child(self._starts(labels, child))
            texts.append(kept.text(child, exemplars=exemplars))
        return self._head + "".join(texts).encode()

    def _starts(self, labels: Sequence[str], child: _Family) -> list[str]:
        """Each line of a child up to its value."""
        named = dict(zip(self._family._labelnames, labels, strict=True))
        metric = Metric(self._metric.name, self._metric.documentation, self._metric.type)
        for suffix, more in _samples(child):
            metric.add_sample(self._metric.name + suffix, named | more, 0.0)
        lines = _written(self._form, [metric])[len(self._head) :].decode().split("\n")[:-1]
        return [line[: line.rindex(" ") + 1] for line in lines]


class _Child:
    """The lines of one child as they were written last."""

    __slots__ = ("_starts", "_text", "_values")

    def __init__(self, starts: list[str]) -> None:
        self._starts, self._text = starts, ""
        self._values: list[float] = []

    def text(self, child: _Family, *, exemplars: bool) -> str:
        """The lines now."""
        if type(child) is Histogram:
            values = [bucket.get() for bucket in child._buckets]
            values.append(child._sum.get())
        else:
            values = [child._value.get()]  # type: ignore[union-attr]  # a counter or a gauge
        if values != self._values:
            self._values = values
            told = _told(child) if exemplars else ()
            self._text = "".join(_lines(self._starts, _shown(values) if len(values) > 1 else values, told))
        return self._text


def _shown(values: list[float]) -> list[float]:
    """A histogram's samples: buckets that include those before them, their count, the sum."""
    shown, so_far = [], 0.0
    for value in values[:-1]:
        so_far += value
        shown.append(so_far)
    return [*shown, so_far, values[-1]]


def _lines(starts: list[str], values: list[float], exemplars: Iterable[Exemplar | None]) -> Iterator[str]:
    told = iter(exemplars)
    for start, value in zip(starts, values, strict=True):
        exemplar = next(told, None)
        yield f"{start}{_number(value)}{_exemplar(exemplar) if exemplar is not None else ''}\n"


def _told(child: _Family) -> list[Exemplar | None]:
    """The exemplars of a child's lines, from the first on."""
    values: Iterable[Any] = child._buckets if type(child) is Histogram else [child._value]  # type: ignore[union-attr]
    return [value.get_exemplar() for value in values] if type(child) is not Gauge else []


def _exemplar(exemplar: Exemplar) -> str:
    labels = ",".join(f'{name}="{value}"' for name, value in sorted(exemplar.labels.items()))  # an exchange's id needs no escapes
    return f" # {{{labels}}} {_number(exemplar.value)} {exemplar.timestamp}"


def _children(family: _Family) -> list[tuple[Sequence[str], Any]]:
    """Labels and child of each series that there is, in the order in which they came."""
    return list(family._metrics.items()) if family._labelnames else [((), family)]


def _number(value: float) -> str:
    text: str = floatToGoString(value)  # type: ignore[no-untyped-call]
    return text


def _samples(child: _Family) -> list[tuple[str, dict[str, str]]]:
    """What follows the family's name in each line of a child, and the labels that only this line has."""
    if type(child) is not Histogram:
        return [("_total" if type(child) is Counter else "", {})]
    return [*(("_bucket", {"le": _number(bound)}) for bound in child._upper_bounds), ("_count", {}), ("_sum", {})]


def _written(form: MediaType, metrics: Iterable[Metric]) -> bytes:
    """These in prometheus-client's own writing, without the mark of the end."""
    return form.render(_Found(metrics)).removesuffix(_END)


class _Found(Collector):
    """Metrics that were collected already."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics
