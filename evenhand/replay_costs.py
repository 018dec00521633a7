"""What replays may cost a day, told from the budget and the prices in force."""

import math
from collections.abc import Iterator

from evenhand.watch import price_file
from gateway.prices import open_prices
from gateway.settings import Budget, ModelEntry, Settings
from monitors.declare import models_of
from monitors.rates import Rate, Rates

_MILLION = 1_000_000
_SETTING = "monitor.budget.usd_per_million_tokens"


def replay_costs(settings: Settings, budget: Budget) -> Iterator[str]:
    """The most of a day, then each monitored model with what its replays are counted at."""
    counted = list(_counted(settings, budget))
    most = max((_most(entry, rate, budget.tokens_per_day) for entry, rate in counted), default=0.0)
    yield (
        f"replays: at most {budget.replays_per_minute:g} a minute, {budget.tokens_per_day:,} tokens and "
        f"{min(budget.usd_per_day, most):.2f} USD a day"
    )
    yield from dict.fromkeys(f"  {entry.model_name:<24} {_told(entry, rate, budget)}" for entry, rate in counted)
    for entry in _monitored(settings):
        if not _is_replayed(entry):
            yield f"  {entry.model_name:<24} not replayed: clients' keys are never kept → give it a shadow_api_key to monitor it"


def dearest(settings: Settings, budget: Budget) -> float | None:
    """US dollars for a million tokens of the dearest kind of the dearest monitored model; None where none is replayed."""
    return max((rate.most(_MILLION) for _, rate in _counted(settings, budget)), default=None)


def _counted(settings: Settings, budget: Budget) -> Iterator[tuple[ModelEntry, Rate]]:
    rates = Rates(open_prices(settings.prices, price_file(settings)), budget.usd_per_million_tokens)
    for entry in _monitored(settings):
        if _is_replayed(entry):
            yield entry, rates.of(entry.model_name, entry.litellm_params.model)


def _monitored(settings: Settings) -> list[ModelEntry]:
    names = {name for route in settings.routes for name in models_of(route, settings)}
    return [entry for entry in settings.model_list if entry.model_name in names]


def _is_replayed(entry: ModelEntry) -> bool:
    params = entry.litellm_params
    return not params.pass_through_auth or params.shadow_api_key is not None


def _most(entry: ModelEntry, rate: Rate, tokens: int) -> float:
    """What so many tokens cost at most; behind a wildcard there may be a model of any price."""
    return math.inf if "*" in entry.litellm_params.model else rate.most(tokens)


def _told(entry: ModelEntry, rate: Rate, budget: Budget) -> str:
    if rate.known:
        return f"at {rate.input * _MILLION:g} USD for a million tokens in and {rate.output * _MILLION:g} out"
    other = f"{budget.usd_per_million_tokens:g} USD for a million tokens" if budget.usd_per_million_tokens else "nothing"
    if "*" in entry.litellm_params.model:
        return f"each at its own price, one without a price at {other} ({_SETTING})"
    return f"no price is known, counted at {other} ({_SETTING}) → give its price under prices.models"
