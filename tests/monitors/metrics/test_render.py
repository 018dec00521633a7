import asyncio

from monitors.metrics import Exposition, registry
from tests.monitors.example_views import Values, settings


def test_scrapes_within_a_second_share_one_reading_and_a_later_one_reads_again() -> None:
    source, now = Values(), [100.0]
    render = Exposition(registry(source, settings()), clock=lambda: now[0])

    async def scrapes() -> None:
        together = await asyncio.gather(*(render() for _ in range(5)))
        assert len(set(together)) == 1
        assert source.readings == 1
        now[0] = 100.9
        await render()
        assert source.readings == 1
        now[0] = 101.0
        await render()
        assert source.readings == 2

    asyncio.run(scrapes())
