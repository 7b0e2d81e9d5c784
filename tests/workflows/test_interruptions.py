"""What comes between: withdrawal, another version, facts told twice, workers killed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from uuid import UUID, uuid4

from temporalio.client import Client

from services.kernel.contracts import lifecycle
from tests.workflows.builders import a_start, at_work, begin
from tests.workflows.town import SILENCE, Town


async def comes_true(condition: Callable[[], bool]) -> None:
    """Wait for what must happen soon, in real time; a call that a worker took to its end is repeated after its limit."""
    async with asyncio.timeout(120):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def round_of(town: Town, stage: str) -> UUID:
    """The round that was opened for a stage."""
    return next(key for key, round_ in town.rounds.items() if round_.stage == stage)


async def test_a_withdrawn_document_ends_and_leaves_no_open_item(quick_town: Town) -> None:
    town = quick_town
    town.script["legality_review"] = [SILENCE]
    handle = await begin(town.client, a_start())
    await comes_true(lambda: "legality_review" in town.asked)

    fact = lifecycle.Withdrawn(event_id=uuid4(), actor_id="liu", reason_hash="e" * 64)
    await handle.signal(lifecycle.WITHDRAWN, fact)
    end = await handle.result()

    assert end.outcome == "withdrawn"
    assert "open" not in town.items.values()
    assert "withdrawn:legality_review" in town.asked
    assert town.records[-1].event == "ended"


async def test_another_version_voids_the_open_round_and_asks_again_about_the_new_text(
    quick_town: Town,
) -> None:
    town = quick_town
    town.script["legality_review"] = [SILENCE]
    start = a_start()
    handle = await begin(town.client, start)
    await comes_true(lambda: "legality_review" in town.asked)

    town.hand_in(start.document, version=2)
    await handle.result()

    about = [r.text.version for r in town.rounds.values() if r.stage == "legality_review"]
    assert about == [1, 2]
    assert "voided:legality_review" in town.asked


async def test_a_competition_review_of_an_older_text_is_asked_again_before_the_legality_review(
    quick_town: Town,
) -> None:
    town = quick_town
    town.script["legality_review"] = ["amend"]

    await (await begin(town.client, a_start(touches_market_entities=True))).result()

    about = [r.text.version for r in town.rounds.values() if r.stage == "fair_competition_review"]
    assert about == [1, 2]


async def test_a_decision_told_twice_counts_once(quick_town: Town) -> None:
    town = quick_town
    town.script["assessment"] = [SILENCE]
    handle = await begin(town.client, a_start())
    await comes_true(lambda: "assessment" in town.asked)

    await town.decide(round_of(town, "assessment"), "filed", times=2)
    await handle.result()

    assert town.closed("assessment") == ["filed"]


async def test_a_procedure_goes_on_where_it_was_when_its_workers_come_back(temporal_client: Client) -> None:
    town = Town(temporal_client)
    town.sweeps = True
    town.script["assessment"] = [SILENCE]
    async with at_work(temporal_client, town):
        handle = await begin(temporal_client, a_start())
        await comes_true(lambda: "assessment" in town.asked)
    await town.decide(round_of(town, "assessment"), "filed")

    async with at_work(temporal_client, town):
        end = await handle.result()

    assert end.outcome == "issued"
    assert town.asked.count("assessment") == 1
