"""Limits: told before, told when passed, once each, also in a second round; unknown years wait for their calendar."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

from temporalio.testing import WorkflowEnvironment

from services.kernel.contracts import lifecycle
from services.kernel.contracts.messages import Deadline
from tests.workflows.builders import a_start, begin, until
from tests.workflows.town import SILENCE, Town


async def test_an_overdue_review_is_told_once_and_still_decided(town: Town, temporal_env: WorkflowEnvironment) -> None:
    town.script["legality_review"] = [SILENCE]
    handle = await begin(town.client, a_start())
    await until(temporal_env, lambda: "overdue" in town.events("legality_review"))

    await temporal_env.sleep(timedelta(weeks=3))
    key = next(k for k, r in town.rounds.items() if r.stage == "legality_review")
    await town.decide(key, "lawful")
    end = await handle.result()

    assert town.events("legality_review") == ["assigned", "due_soon", "overdue"]
    assert end.outcome == "issued"


async def test_a_legality_round_says_until_when_its_time_is_kept_free(town: Town) -> None:
    await (await begin(town.client, a_start())).result()

    (said,) = [round_ for round_ in town.rounds.values() if round_.earliest is not None]
    assert said.stage == "legality_review"
    assert said.earliest
    assert said.due
    assert said.due.ends_at
    assert said.earliest < said.due.ends_at


async def test_reminders_work_again_in_the_round_after_a_return(town: Town, temporal_env: WorkflowEnvironment) -> None:
    town.script["legality_review"] = ["amend", SILENCE]
    await begin(town.client, a_start())

    await until(temporal_env, lambda: town.events("legality_review").count("overdue") == 1)

    told = [t.fact.split("/")[-1] for t in town.told if t.stage == "legality_review" and t.event == "overdue"]
    assert told == ["2#overdue"]


async def test_a_limit_in_a_year_without_calendar_is_provisional_and_nobody_is_told_a_guess(
    town: Town, temporal_env: WorkflowEnvironment
) -> None:
    town.script["assessment"] = [SILENCE]
    handle = await begin(town.client, a_start())
    await until(temporal_env, lambda: "assessment" in town.asked)
    now = await temporal_env.get_current_time()
    await temporal_env.sleep(timedelta(days=(date(2026, 12, 29) - now.date()).days))
    town.script["legality_review"] = [SILENCE]

    key = next(k for k, r in town.rounds.items() if r.stage == "assessment")
    await town.decide(key, "filed")
    await until(
        temporal_env,
        lambda: any(r.codes == ("calendar.year_unknown",) for r in town.records),
    )

    assert not town.windows
    await handle.terminate()


async def test_where_time_counts_from_acceptance_no_day_is_shown_before_and_nobody_is_reminded(
    town: Town, temporal_env: WorkflowEnvironment
) -> None:
    town.script["legality_review"] = [SILENCE]
    handle = await begin(town.client, a_start().model_copy(update={"overlays": ("acceptance",)}))
    await until(temporal_env, lambda: "legality_review" in town.asked)
    key, round_ = next((k, r) for k, r in town.rounds.items() if r.stage == "legality_review")
    await until(temporal_env, lambda: town.events("legality_review") == ["assigned"])
    (posted,) = [item for item in town.posted if item.stage == "legality_review"]
    assert posted.due is not None
    assert (posted.due.last_day, posted.due.awaits) == (None, "acceptance")
    from_receipt = (round_.due or Deadline(rule_id="")).ends_at
    assert from_receipt is not None

    received = await temporal_env.get_current_time()
    await temporal_env.sleep(from_receipt - received + timedelta(days=1))
    assert town.events("legality_review") == ["assigned"]
    assert town.due_changes == []

    accepted = await temporal_env.get_current_time()
    counted = lifecycle.ClockResumed(event_id=uuid4(), round_id=key, at=accepted, since=received)
    await town.client.get_workflow_handle(round_.reply_to).signal(lifecycle.CLOCK_RESUMED, counted)
    await until(temporal_env, lambda: bool(town.due_changes), step=timedelta(minutes=1))
    (moved,) = town.due_changes
    assert moved.due.awaits is None
    assert moved.due.provisional or (moved.due.ends_at or from_receipt) > accepted
    await handle.terminate()


async def test_while_papers_are_awaited_the_clock_stands_still_and_the_drafter_is_asked_once(
    town: Town, temporal_env: WorkflowEnvironment
) -> None:
    town.script["legality_review"] = [SILENCE]
    handle = await begin(town.client, a_start())
    await until(temporal_env, lambda: "legality_review" in town.asked)
    key, round_ = next((k, r) for k, r in town.rounds.items() if r.stage == "legality_review")
    review = town.client.get_workflow_handle(round_.reply_to)

    at = await temporal_env.get_current_time()
    await review.signal(lifecycle.CLOCK_PAUSED, lifecycle.ClockPaused(event_id=uuid4(), round_id=key, at=at))
    await until(temporal_env, lambda: any(k.endswith("/supplement/1") for k in town.items))
    due = (round_.due or Deadline(rule_id="")).ends_at
    assert due is not None
    await temporal_env.sleep(due - at + timedelta(hours=1))
    assert "overdue" not in town.events("legality_review")

    at = await temporal_env.get_current_time()
    await review.signal(lifecycle.CLOCK_RESUMED, lifecycle.ClockResumed(event_id=uuid4(), round_id=key, at=at))
    await until(temporal_env, lambda: bool(town.due_changes))

    (moved,) = town.due_changes
    assert moved.due.provisional or (moved.due.ends_at or due) > due
    assert town.items[next(k for k in town.items if k.endswith("/supplement/1"))] == "supplemented"
    assert town.events("supplement") == ["assigned"]
    await handle.terminate()
