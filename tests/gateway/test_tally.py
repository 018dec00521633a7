import random

from prometheus_client import CollectorRegistry, Counter, Histogram

from gateway.tally import Spread, Tally

BOUNDS = (0.01, 0.1, 1.0)


def histogram(registry: CollectorRegistry) -> Histogram:
    return Histogram("seconds", "Seconds.", ["model"], buckets=BOUNDS, registry=registry)


def values(registry: CollectorRegistry) -> dict[tuple[str, str], float]:
    samples = (sample for family in registry.collect() for sample in family.samples if not sample.name.endswith("_created"))
    return {(sample.name, sample.labels.get("le", "")): round(sample.value, 9) for sample in samples}


def test_a_spread_says_what_observing_one_by_one_would() -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    spread, child = Spread(histogram(ours).labels("m"), BOUNDS), histogram(theirs).labels("m")
    pick = random.Random(5)
    for turn in range(3):
        for amount in (*BOUNDS, 0.0, 7.0, *(pick.expovariate(1.0) for _ in range(50 * turn))):
            spread.observe(amount)
            child.observe(amount)
        spread.flush()
        spread.flush()
        assert values(ours) == values(theirs)


def test_nothing_is_seen_of_a_spread_before_it_is_flushed() -> None:
    registry = CollectorRegistry()
    spread = Spread(histogram(registry).labels("m"), BOUNDS)
    spread.observe(0.5)
    assert values(registry)["seconds_count", ""] == 0


def test_a_tally_counts_in_its_unit_and_each_amount_once() -> None:
    registry = CollectorRegistry()
    tally = Tally(Counter("cost_usd", "Cost.", ["model", "code"], registry=registry), unit=0.5)
    for _ in range(2):
        tally.add(("m", 200), 3)
        tally.add(("m", 200))
        tally.flush()
    tally.flush()
    assert registry.get_sample_value("cost_usd_total", {"model": "m", "code": "200"}) == 4.0
