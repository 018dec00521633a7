"""What replays cost: at the price of the model where one is known, else at what the budget says for any tokens."""

from dataclasses import dataclass

from gateway.prices import Prices

_USD_PER_NANO = 1e-9


@dataclass(frozen=True, slots=True)
class Rate:
    """US dollars for a token in and for one out. ``known`` says that they are the model's own."""

    input: float
    output: float
    known: bool

    def cost(self, input_tokens: int, output_tokens: int) -> tuple[float, float]:
        """What input and output cost, in US dollars; a prompt cache may have made them cheaper."""
        return input_tokens * self.input, output_tokens * self.output

    def most(self, tokens: int) -> float:
        """What so many tokens cost at most, in US dollars."""
        return tokens * max(self.input, self.output)


class Rates:
    """Knows the ``prices`` in force, and the ``usd_per_million_tokens`` of the budget for models without one."""

    def __init__(self, prices: Prices, usd_per_million_tokens: float) -> None:
        self._prices, self._other = prices, usd_per_million_tokens / 1e6

    def of(self, model: str, upstream_model: str | None) -> Rate:
        """The rate of a configured model name, whose upstream is asked for ``upstream_model``."""
        price = self._prices.of(model, upstream_model)
        if price is None:
            return Rate(self._other, self._other, known=False)
        return Rate(price.input * _USD_PER_NANO, price.output * _USD_PER_NANO, known=True)
