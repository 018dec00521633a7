import asyncio

import pytest

from gateway.metrics import Exposition, MediaType, media_type


class Renders:
    """What a scrape reads, counted by form."""

    def __init__(self) -> None:
        self.made: list[MediaType] = []

    def __call__(self, form: MediaType) -> bytes:
        self.made.append(form)
        return f"{form.name} {len(self.made)}".encode()


def test_scrapes_within_a_second_share_one_rendering_and_a_later_one_renders_again() -> None:
    renders, now, before = Renders(), [100.0], []
    exposition = Exposition(renders, before=lambda: before.append(now[0]), clock=lambda: now[0])

    async def scrapes() -> None:
        assert set(await asyncio.gather(*(exposition.text() for _ in range(5)))) == {b"TEXT 1"}
        now[0] = 100.9
        assert await exposition.text() == b"TEXT 1"
        now[0] = 101.0
        assert await exposition.text() == b"TEXT 2"

    asyncio.run(scrapes())
    assert before == [100.0, 101.0]


def test_each_form_is_kept_for_itself() -> None:
    renders = Renders()
    exposition = Exposition(renders, clock=lambda: 0.0)

    async def scrapes() -> list[bytes]:
        return [await exposition.text(form) for form in (MediaType.TEXT, MediaType.OPENMETRICS, MediaType.TEXT, MediaType.OPENMETRICS)]

    assert asyncio.run(scrapes()) == [b"TEXT 1", b"OPENMETRICS 2"] * 2


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", MediaType.TEXT),
        ("*/*", MediaType.TEXT),
        ("text/plain;version=0.0.4", MediaType.TEXT),
        ("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2", MediaType.OPENMETRICS),
        ("Application/OpenMetrics-Text", MediaType.OPENMETRICS),
    ],
)
def test_the_form_is_the_one_that_the_scrape_asks_for(accept: str, form: MediaType) -> None:
    assert media_type(accept) is form
