"""What is known of series before the first request: they exist at 0 from the start, so that ``rate()`` sees their first event."""

from collections.abc import Iterator

from gateway.errors import LABELS
from gateway.metrics.families import Families
from gateway.routing import Router
from gateway.settings import Settings
from gateway.usage import METERED

OTHER = "_other"
NO_ROUTE = "_none"
OWN_CODES = (500, 502, 503, 504)
TOKEN_TYPES = ("input", "output", "estimated_input", "estimated_output")
FATES = ("not_sampled", "ineligible", "shed")


def make_known(families: Families, settings: Settings, router: Router) -> None:
    """Make every counter and gauge that follows from the configuration; those that are there already keep their value."""
    families.overflow.labels("_series")
    for model in (*_models(settings), OTHER):
        families.retries.labels(model)
        families.seen.labels(model)
        for endpoint, code, origin in _answers():
            families.requests.labels(model, endpoint, code, origin)
        for label in LABELS:
            families.errors.labels(model, label)
        for kind in TOKEN_TYPES:
            families.tokens.labels(model, kind, "live")
            families.costs.labels(model, kind, "live")
    for model in _models(settings):
        for route in _routes(settings, model):
            for fate in FATES:
                families.fates.labels(model, route, fate)
    for deployment in router.deployments:
        families.cooldowns.labels(deployment.model, deployment.id)


def _answers() -> Iterator[tuple[str, int, str]]:
    """What burn rates and ratios are made of: the upstream's 200, and each failure of the gateway's own."""
    for endpoint in sorted(METERED):
        yield endpoint, 200, "upstream"
        for code in OWN_CODES:
            yield endpoint, code, "gateway"


def _models(settings: Settings) -> list[str]:
    return list(dict.fromkeys(entry.model_name for entry in settings.model_list))


def _routes(settings: Settings, model: str) -> Iterator[str]:
    yield from (route.name for route in settings.routes if not route.match.models or model in route.match.models)
    yield NO_ROUTE
