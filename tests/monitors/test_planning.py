import asyncio
from dataclasses import replace
from pathlib import Path

from gateway.exchange import Exchange
from gateway.settings import RouteSettings
from monitors import closing, planning
from monitors.budget import Pace
from monitors.pair import text_of
from monitors.scorers import Reply
from monitors.shadow import Answer
from monitors.store import exchanges
from tests.ids import new_exchange_id
from tests.monitors.example_context import context

A_MINUTE = 60
TEXTS = ("Should we invite Maria? She has 5 years.", "Should we invite Helen? She has 7 years.")


def asked(text: str, deployment: str) -> Exchange:
    request = {"model": "m", "messages": [{"role": "user", "content": text}]}
    return Exchange(new_exchange_id(), 0, "chat_completions", "m", deployment, "hiring", 200, True, False, request, "")


def replays_left(folder: Path, *, at_once: bool) -> tuple[int, dict[str, int]]:
    """Replays that two askings of one prompt leave of a minute's, and the fates they got."""
    pace = Pace(A_MINUTE, lambda: 0.0)
    made = context(folder, now_ms=lambda: 0, pace=pace)
    deployment = made.router.resolve("m")

    async def both() -> None:
        tasks = [planning.prepare(made, asked(text, deployment.id), made.routes["hiring"], deployment) for text in TEXTS]
        if at_once:
            await asyncio.gather(*tasks)
        else:
            for task in tasks:
                await task

    asyncio.run(both())
    left = max(arms for arms in range(A_MINUTE + 1) if pace.wait_seconds(deployment.id, arms) == 0)
    totals = made.store.read(exchanges.totals)
    made.store.close()
    return left, {dict(labels)["fate"]: int(value) for (name, labels), value in totals.items() if name == "exchanges_total"}


def test_a_repeated_prompt_uses_nothing_of_the_pace(tmp_path: Path) -> None:
    assert replays_left(tmp_path, at_once=False) == (A_MINUTE - 2, {"repeat": 1})


def test_a_prompt_planned_while_its_like_waited_gives_the_pace_back(tmp_path: Path) -> None:
    assert replays_left(tmp_path, at_once=True) == (A_MINUTE - 2, {"repeat": 1})


def test_a_product_axis_is_planned_with_names_of_each_group_s_cell(tmp_path: Path) -> None:
    made = context(tmp_path, now_ms=lambda: 0)
    deployment = made.router.resolve("m")
    declared = {"reference": "male×white", "groups": ["female×black"]}
    route = RouteSettings.model_validate(made.routes["hiring"].model_dump() | {"axes": {"gender×ethnicity": declared}})
    exchange = asked("Lakisha, a Black woman, has led a team for 5 years. Should we invite her?", deployment.id)

    work = asyncio.run(planning.prepare(made, exchange, route, deployment))
    made.store.close()

    assert work is not None
    plan = work.plan
    assert (plan.axis, plan.reference, plan.group, plan.origin) == ("gender×ethnicity", "male×white", "female×black", "female×black")
    rows = [made.tables.names.lookup(name) for name in plan.names[0]]
    assert [(row.gender, row.ethnicity) for row in rows if row] == [("male", "white"), ("female", "black")]
    assert text_of(plan.arms["group"].messages).endswith("a Black woman, has led a team for 5 years. Should we invite her?")


def test_a_pair_without_a_cell_is_counted(tmp_path: Path) -> None:
    made = context(tmp_path, now_ms=lambda: 0)
    deployment = made.router.resolve("m")
    stranger = replace(asked(TEXTS[0], deployment.id), model="nobody declared this")

    work = asyncio.run(planning.prepare(made, stranger, made.routes["hiring"], deployment))

    assert work is not None
    assert made.store.read(exchanges.totals)["unplaced_pairs_total", (("model", "nobody declared this"), ("route", "hiring"))] == 1
    before = {cell_id: accumulator.snapshot() for cell_id, accumulator in made.book.accumulators.items()}
    answers = {role: Answer(Reply("Invite.")) for role in work.plan.arms}
    asyncio.run(closing.finish(made, stranger, work, answers))
    after = {cell_id: accumulator.snapshot() for cell_id, accumulator in made.book.accumulators.items()}
    assert after == before
    made.store.close()
