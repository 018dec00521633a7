import pytest

from gateway.prices import Prices
from gateway.settings import PriceSettings
from monitors.rates import Rates

RATES = Rates(Prices({"gpt": PriceSettings(input=2, output=8), "free": PriceSettings(input=0)}), 1.0)


def test_a_models_own_price_goes_before_that_of_the_budget() -> None:
    rate = RATES.of("support", "gpt")
    assert rate.known
    assert rate.cost(1_000_000, 500_000) == pytest.approx((2.0, 4.0))
    assert rate.most(1_000_000) == pytest.approx(8.0), "as if all of it were the dearer kind"


def test_a_model_without_a_price_costs_what_the_budget_says() -> None:
    rate = RATES.of("support", "own-model")
    assert not rate.known
    assert rate.cost(1_000_000, 1_000_000) == pytest.approx((1.0, 1.0))
    assert rate.most(1_000_000) == pytest.approx(1.0)


def test_a_model_that_is_priced_at_nothing_costs_nothing() -> None:
    rate = RATES.of("free", None)
    assert (rate.known, rate.most(1_000_000)) == (True, 0.0)
