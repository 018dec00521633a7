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
        spread.flush(0.0)
        spread.flush(0.0)
        assert values(ours) == values(theirs)


def test_nothing_is_seen_of_a_spread_before_it_is_flushed() -> None:
    registry = CollectorRegistry()
    spread = Spread(histogram(registry).labels("m"), BOUNDS)
    spread.observe(0.5)
    assert values(registry)["seconds_count", ""] == 0


def test_a_tally_counts_in_its_unit_and_each_amount_once() -> None:
    registry = CollectorRegistry()
    tally = Tally(
        Counter("cost_usd", "Cost.", ["model", "code"], registry=registry), Counter("overflow", "Overflow.", registry=registry), unit=0.5
    )
    for _ in range(2):
        tally.add(("m", 200), 3)
        tally.add(("m", 200))
        tally.flush()
    tally.flush()
    assert registry.get_sample_value("cost_usd_total", {"model": "m", "code": "200"}) == 4.0


def test_a_family_at_its_cap_takes_no_series_more_and_says_so() -> None:
    registry = CollectorRegistry()
    overflow = Counter("overflow", "Overflow.", registry=registry)
    tally = Tally(Counter("requests", "Requests.", ["model", "code"], registry=registry), overflow, max_series=2)
    for code in range(200, 205):
        tally.add(("m", code))
    tally.add(("m", 200))
    tally.flush()
    codes = {
        sample.labels["code"]: sample.value for family in registry.collect() for sample in family.samples if sample.name == "requests_total"
    }
    assert codes == {"200": 2, "201": 1, "_other": 3}
    assert registry.get_sample_value("overflow_total") == 3


def test_the_newest_exchange_of_a_bucket_is_its_exemplar() -> None:
    registry = CollectorRegistry()
    spread = Spread(histogram(registry).labels("m"), BOUNDS)
    for exchange, amount in (("ex_1", 0.5), ("ex_2", 0.4), ("ex_3", 5.0)):
        spread.observe(amount, exchange)
    spread.flush(17.0)
    samples = {sample.labels["le"]: sample.exemplar for family in registry.collect() for sample in family.samples if "le" in sample.labels}
    assert samples["1.0"] is not None
    assert (samples["1.0"].labels, samples["1.0"].value, samples["1.0"].timestamp) == ({"exchange_id": "ex_2"}, 0.4, 17.0)
    assert samples["+Inf"] is not None
    assert samples["+Inf"].labels == {"exchange_id": "ex_3"}
    assert samples["0.1"] is None
