from pathlib import Path

import pytest

from gateway.prices import Prices, faults, open_prices, read
from gateway.settings import ConfigError, PriceSettings, PricesSettings
from gateway.usage import Usage

SHIPPED = Path(__file__).resolve().parents[2] / "config" / "prices.yaml"


def prices(**models: PriceSettings) -> Prices:
    return Prices(models)


def test_cost_is_tokens_times_price_in_nano_dollars() -> None:
    price = prices(m=PriceSettings(input=0.15, output=0.6)).of("m")
    assert price is not None
    assert price.cost(Usage(1_000_000, 500_000, False)) == (150_000_000, 300_000_000)


def test_cached_input_has_its_own_price_and_else_that_of_input() -> None:
    with_cache = prices(m=PriceSettings(input=2, output=8, cached_input=0.5)).of("m")
    without = prices(m=PriceSettings(input=2, output=8)).of("m")
    used = Usage(100, 0, False, cached=40)
    assert with_cache is not None
    assert without is not None
    assert with_cache.cost(used)[0] == 60 * 2000 + 40 * 500
    assert without.cost(used)[0] == 100 * 2000


@pytest.mark.parametrize(
    ("model", "upstream", "input_price"),
    [
        ("alias", "gpt-4o", 1.0),
        ("gpt-4o", "other", 2.0),
        ("other", "gpt-4o", 2.0),
        ("other", "gpt-4o-2024-08-06", 2.0),
        ("other", "claude-x-20250929", 3.0),
        ("other", "vendor/gpt-4o", 2.0),
        ("*", "gpt-4o", 2.0),
        ("other", "gpt-4o-2024-08-06-mine", None),
        ("other", None, None),
    ],
)
def test_a_model_is_found_by_its_name_here_then_upstream_then_without_its_date(
    model: str, upstream: str | None, input_price: float | None
) -> None:
    table = {"alias": PriceSettings(input=1), "gpt-4o": PriceSettings(input=2), "claude-x": PriceSettings(input=3)}
    found = Prices(table).of(model, upstream)
    assert (found.input / 1000 if found else None) == input_price


def test_the_shipped_file_can_be_read_and_has_sensible_prices() -> None:
    models = read(SHIPPED)
    assert models["gpt-4o-mini"] == PriceSettings(input=0.15, output=0.6, cached_input=0.075)
    assert all(0 < price.input <= 200 and price.output <= 1000 for price in models.values())
    assert all((price.cached_input or 0) < price.input for price in models.values())


def test_the_shipped_file_says_of_when_and_from_where_it_is() -> None:
    head = SHIPPED.read_text().partition("\nmodels:")[0]
    assert "As of 20" in head
    assert "pricing" in head


def test_what_stands_in_the_configuration_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text("models: {a: {input: 1}, b: {input: 1}}")
    settings = PricesSettings(file=file, models={"a": PriceSettings(input=9)})
    found = open_prices(settings, settings.file)
    assert [price and price.input for price in (found.of("a"), found.of("b"), found.of("gpt-4o"))] == [9000, 1000, None]


def test_without_a_file_of_ones_own_the_shipped_one_is_used() -> None:
    assert open_prices(PricesSettings(), SHIPPED).of("gpt-4o") is not None
    assert open_prices(PricesSettings(), None).of("gpt-4o") is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("models: {a: {input: -1}, b: {inptu: 2}}", ["models.a.input", "models.b.input", "models.b.inptu"]),
        ("a: {input: 1}", ["models", "a"]),
        ("models: [", ["file"]),
        ("", ["file"]),
    ],
)
def test_every_mistake_in_a_price_file_is_told(tmp_path: Path, text: str, told: list[str]) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=r"prices\.yaml") as caught:
        read(file)
    assert [mistake.where for mistake in caught.value.mistakes] == told


def test_a_price_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        open_prices(PricesSettings(), tmp_path / "none.yaml")


def test_what_is_wrong_with_a_named_file_is_found_with_the_rest_of_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text("models: {a: {input: -1}}")
    ((where, what, _),) = faults(PricesSettings(file=file))
    assert where == ("prices", "file")
    assert "models.a.input" in what
    assert list(faults(PricesSettings())) == []


def test_look_ups_are_remembered_up_to_a_bound() -> None:
    table = prices(m=PriceSettings(input=1))
    for number in range(3000):
        table.of("*", f"name-{number}")
    assert len(table._found) <= 1024
    assert table.of("m") is not None
