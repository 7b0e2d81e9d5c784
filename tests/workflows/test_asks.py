"""Asks within a round: seats, replies and rulings have inbox items and reminders of their own; returns to a stage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from temporalio.testing import WorkflowEnvironment

from services.kernel.contracts import lifecycle
from services.kernel.contracts.lifecycle import Ask, AsksChanged
from services.kernel.contracts.messages import Deadline
from tests.workflows.builders import a_start, at_work, begin, until
from tests.workflows.town import SILENCE, Town

REVIEW = "legality_review"


def seats(*states: str) -> tuple[Ask, ...]:
    return tuple(
        Ask.model_validate({"ordinal": number, "state": state, "role": "lead_unit_officer", "unit_id": "finance"})
        for number, state in enumerate(states, start=2)
    )


def asks(town: Town, revision: int, *asked: Ask) -> AsksChanged:
    round_id = next(key for key, round_ in town.rounds.items() if round_.stage == REVIEW)
    return AsksChanged(event_id=uuid4(), round_id=round_id, what="seat", revision=revision, asks=asked)


def items(town: Town) -> dict[str, str]:
    return {key.rsplit("/", 1)[1]: state for key, state in town.items.items() if "/seat/" in key}


async def test_each_seat_has_an_item_when_it_is_its_turn(temporal_env: WorkflowEnvironment) -> None:
    town = Town(temporal_env.client)
    town.script[REVIEW] = [SILENCE]
    async with at_work(town.client, town):
        start = a_start()
        life = await begin(town.client, start)
        await until(temporal_env, lambda: REVIEW in town.asked)
        await town.ask_for(asks(town, 3, *seats("open", "waiting")))
        await until(temporal_env, lambda: items(town) == {"2": "open"}, step=timedelta(minutes=1))
        await town.ask_for(asks(town, 4, *seats("done", "open")))
        await town.ask_for(asks(town, 3, *seats("open", "waiting")))
        await until(temporal_env, lambda: items(town) == {"2": "done", "3": "open"}, step=timedelta(minutes=1))
        await town.decide(next(reversed(town.rounds)), "lawful")
        await life.result()

    assert items(town) == {"2": "done", "3": "lawful"}
    assert town.events("seat").count("assigned") == 2


async def test_an_ask_with_a_date_of_its_own_is_reminded_of_it(temporal_env: WorkflowEnvironment) -> None:
    town = Town(temporal_env.client)
    town.script[REVIEW] = [SILENCE]
    async with at_work(town.client, town):
        life = await begin(town.client, a_start())
        await until(temporal_env, lambda: REVIEW in town.asked)
        now = datetime.now(UTC)
        due = Deadline(
            rule_id="consultation.reply_term", remind_at=now + timedelta(days=2), ends_at=now + timedelta(days=3)
        )
        await town.ask_for(asks(town, 1, *(one.model_copy(update={"due": due}) for one in seats("open"))))
        await until(temporal_env, lambda: "overdue" in town.events("seat"))
        await life.terminate()

    assert town.events("seat") == ["assigned", "due_soon", "overdue"]


async def test_a_return_to_a_named_stage_does_it_and_what_rests_on_it_again(temporal_env: WorkflowEnvironment) -> None:
    town = Town(temporal_env.client)
    town.script[REVIEW] = ["return_procedure"]
    town.returns["return_procedure"] = "assessment"
    async with at_work(town.client, town):
        life = await begin(town.client, a_start(touches_market_entities=True))
        ended = await life.result()

    assert ended.outcome == "issued"
    assert town.asked.count("assessment") == 2
    assert len(town.windows) == 2
    assert [record.stage for record in town.records if record.event == "voided"] == ["assessment", "public_comment"]
    assert not any("/revision/" in key for key in town.items)


async def test_a_step_that_was_left_out_is_done_when_a_document_goes_back_to_it(
    temporal_env: WorkflowEnvironment,
) -> None:
    town = Town(temporal_env.client)
    town.script[REVIEW] = ["return_procedure"]
    town.returns["return_procedure"] = "hearing"
    async with at_work(town.client, town):
        life = await begin(town.client, a_start())
        await life.result()

    assert town.asked.count("hearing") == 1
    assert town.asked.count(REVIEW) == 2


async def test_what_the_signer_returns_to_the_review_is_reviewed_and_decided_again(
    temporal_env: WorkflowEnvironment,
) -> None:
    town = Town(temporal_env.client)
    town.script["signing"] = ["returned"]
    town.returns["returned"] = REVIEW
    async with at_work(town.client, town):
        life = await begin(town.client, a_start())
        await life.result()

    assert [town.asked.count(stage) for stage in (REVIEW, "collective_deliberation", "signing")] == [2, 2, 2]
    assert not any("/revision/" in key for key in town.items)


async def test_the_reminder_works_again_after_a_return(temporal_env: WorkflowEnvironment) -> None:
    town = Town(temporal_env.client)
    town.script[REVIEW] = ["return_procedure", SILENCE]
    town.returns["return_procedure"] = "hearing"
    async with at_work(town.client, town):
        life = await begin(town.client, a_start())
        await until(temporal_env, lambda: "overdue" in town.events(REVIEW))
        await life.terminate()

    assert town.events(REVIEW) == ["assigned", "assigned", "due_soon", "overdue"]


async def test_a_withdrawn_request_for_papers_leaves_no_item(temporal_env: WorkflowEnvironment) -> None:
    town = Town(temporal_env.client)
    town.script[REVIEW] = [SILENCE]
    async with at_work(town.client, town):
        life = await begin(town.client, a_start())
        await until(temporal_env, lambda: REVIEW in town.asked)
        round_id = next(reversed(town.rounds))
        now = datetime.now(UTC)
        phase = town.client.get_workflow_handle(town.rounds[round_id].reply_to)
        paused = lifecycle.ClockPaused(event_id=uuid4(), round_id=round_id, at=now)
        await phase.signal(lifecycle.CLOCK_PAUSED, paused)
        await until(temporal_env, lambda: any("/supplement/" in key for key in town.items), step=timedelta(minutes=1))
        resumed = lifecycle.ClockResumed(event_id=uuid4(), round_id=round_id, at=now, why="withdrawn")
        await phase.signal(lifecycle.CLOCK_RESUMED, resumed)
        await until(temporal_env, lambda: "withdrawn" in town.items.values(), step=timedelta(minutes=1))
        await life.terminate()
