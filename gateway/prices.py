"""What tokens cost: a table by model name, read from a file that the operator may edit."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from gateway.settings import ConfigError, Finding, Mistake, PriceSettings, PricesSettings
from gateway.usage import Usage

_REMEMBERED = 1024
_DATED = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4})$")
_NANO_PER_DOLLAR_PER_MILLION = 1000  # a dollar for a million tokens is a thousand nano-dollars a token


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    models: dict[str, PriceSettings]


@dataclass(frozen=True, slots=True)
class Price:
    """Nano-dollars (1e-9 USD) for a token."""

    input: float
    output: float
    cached_input: float

    def cost(self, used: Usage) -> tuple[int, int]:
        """What input and output cost, in whole nano-dollars: those add up without error."""
        return round((used.input - used.cached) * self.input + used.cached * self.cached_input), round(used.output * self.output)


class Prices:
    """A table of prices; what was looked up is remembered, up to a bound."""

    def __init__(self, models: Mapping[str, PriceSettings]) -> None:
        self._table = {name: _price(settings) for name, settings in models.items()}
        self._found: dict[tuple[str, str | None], Price | None] = {}

    def of(self, model: str, upstream_model: str | None = None) -> Price | None:
        """The price of a configured model name, else of the name that its upstream is asked for, dated versions by their plain name."""
        names = (model, upstream_model)
        if names not in self._found:
            if len(self._found) >= _REMEMBERED:  # behind a wildcard the names are the clients' choice
                self._found.clear()
            tried = (self._named(name) or self._named(name.rpartition("/")[2]) for name in names if name is not None)
            self._found[names] = next((price for price in tried if price is not None), None)
        return self._found[names]

    def _named(self, name: str) -> Price | None:
        return self._table.get(name) or self._table.get(_DATED.sub("", name))


def open_prices(settings: PricesSettings, file: Path | None) -> Prices:
    """The prices in force: those in the configuration, then those of the price ``file``. Raises ``ConfigError``."""
    return Prices({**(read(file) if file is not None else {}), **(settings.models or {})})


def faults(settings: PricesSettings) -> Iterator[Finding]:
    """What is wrong with the price file that the configuration names."""
    if settings.file is None:
        return
    try:
        read(settings.file)
    except ConfigError as error:
        for mistake in error.mistakes:
            yield ("prices", "file"), f"{settings.file}: {mistake.where}: {mistake.what}", mistake.mend


def read(file: Path) -> dict[str, PriceSettings]:
    """A price file's models. Raises ``ConfigError`` with every mistake in it."""
    return _parsed(file, _text(file))


def text_of(file: Path) -> str:
    """The text of a price file that can be used. Raises ``ConfigError`` with every mistake in it."""
    text = _text(file)
    _parsed(file, text)
    return text


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(file, error) from error


def _parsed(file: Path, text: str) -> dict[str, PriceSettings]:
    try:
        return _File.model_validate(yaml.safe_load(text)).models
    except yaml.YAMLError as error:
        raise _unreadable(file, error) from error
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise ConfigError(str(file), [Mistake(".".join(map(str, it["loc"])) or "file", 0, it["msg"], _FORM) for it in details]) from error


def _unreadable(file: Path, error: Exception) -> ConfigError:
    mend = "name a file like config/prices.yaml under prices: file:"
    return ConfigError(str(file), [Mistake("file", 0, f"cannot be read: {error}", mend)])


_FORM = "write models: {NAME: {input: …, output: …}}, in US dollars for a million tokens"


def _price(settings: PriceSettings) -> Price:
    cached = settings.input if settings.cached_input is None else settings.cached_input
    return Price(*(rate * _NANO_PER_DOLLAR_PER_MILLION for rate in (settings.input, settings.output, cached)))
