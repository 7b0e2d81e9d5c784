"""Limits: told before, told when passed, once each, also in a second round; unknown years wait for their calendar."""

from __future__ import annotations

from datetime import date, timedelta

from temporalio.testing import WorkflowEnvironment

from tests.workflows.builders import a_start, begin, until
from tests.workflows.town import SILENCE, Town


async def test_an_overdue_review_is_told_once_and_still_decided(town: Town, temporal_env: WorkflowEnvironment) -> None:
    town.script["legality_review"] = [SILENCE]
    handle = await begin(town.client, a_start())
    await until(temporal_env, lambda: "overdue" in town.events("legality_review"))

    await temporal_env.sleep(timedelta(weeks=3))
    key = next(k for k, r in town.rounds.items() if r.stage == "legality_review")
    town.decide(key, "lawful")
    await town.settled()
    end = await handle.result()

    assert town.events("legality_review") == ["assigned", "due_soon", "overdue"]
    assert end.outcome == "issued"


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
    town.decide(key, "filed")
    await town.settled()
    await until(
        temporal_env,
        lambda: any(r.codes == ("calendar.year_unknown",) for r in town.records),
    )

    assert not town.windows
    await handle.terminate()
