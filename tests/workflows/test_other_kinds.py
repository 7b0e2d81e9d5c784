"""The other three procedures, the yearly report, and the tasks of a plan."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from temporalio.testing import WorkflowEnvironment

from services.kernel.contracts import lifecycle
from services.kernel.contracts.intake import ReportComposed
from services.kernel.contracts.messages import Queue
from services.kernel.procedure.rules import DocumentKind, RuleBook
from tests.workflows.builders import a_start, begin, until
from tests.workflows.town import Town

EVERYTHING = {
    "is_specialised_technical": True,
    "may_affect_stability_or_safety": True,
    "touches_market_entities": True,
    "direct_interest_or_major_split": True,
    "others_duties_touched": True,
    "touches_specific_group": True,
    "needs_npc_report": True,
}


def _listed(kind: DocumentKind) -> list[str]:
    return [stage.id for stage in RuleBook.load().kind(kind).before_publication()]


async def test_a_major_decision_with_every_step_walks_order_713(town: Town) -> None:
    end = await (await begin(town.client, a_start("MAJOR_DECISION", **EVERYTHING))).result()

    assert end.outcome == "issued"
    assert set(_listed(DocumentKind.MAJOR_DECISION)) <= set(town.order())
    position = town.order().index
    for step in ("group_consultation", "hearing", "expert_argument", "risk_assessment", "fair_competition_review"):
        assert position(step) < position("legality_review")
    assert position("collective_deliberation") < position("party_report") < position("npc_report") < position("signing")


@pytest.mark.parametrize(
    ("kind", "stage", "outcome"),
    [
        ("MAJOR_DECISION", "risk_assessment", "uncontrollable"),
        ("MAJOR_DECISION", "fair_competition_review", "violates"),
        ("NORMATIVE", "assessment", "stop"),
        ("NORMATIVE", "risk_assessment", "uncontrollable"),
    ],
)
async def test_what_lets_nothing_pass_is_done_again_on_an_adjusted_text_before_the_decision(
    town: Town, kind: str, stage: str, outcome: str
) -> None:
    town.script[stage] = [outcome, outcome]
    end = await (await begin(town.client, a_start(kind, **EVERYTHING))).result()

    assert end.outcome == "issued"
    texts = [record.text_hash for record in town.records if record.stage == stage and record.event == "closed"]
    assert town.closed(stage)[:3] == [outcome, outcome, "filed"]
    assert len(set(texts[:3])) == 3
    gate = "public_comment" if stage == "assessment" else "legality_review"
    last = max(at for at, one in enumerate(town.order()) if one == stage)
    assert last < town.order().index(gate)


async def test_a_work_plan_without_rights_of_the_public_goes_to_approval_directly(town: Town) -> None:
    end = await (await begin(town.client, a_start("WORK_PLAN", tasks=3))).result()

    assert end.outcome == "issued"
    assert town.closed("legality_review") == ["not_applicable"]
    assert not town.windows


async def test_the_tasks_of_a_plan_are_made_once_and_followed_over_the_years(
    town: Town, temporal_env: WorkflowEnvironment
) -> None:
    start = a_start("WORK_PLAN", tasks=3)
    await (await begin(town.client, start)).result()

    await until(temporal_env, lambda: "progress:2027" in town.asked, step=timedelta(weeks=1))

    assert town.made == 1
    assert [a for a in town.asked if a.startswith("progress")] == ["progress:2026", "progress:2027"]


async def test_following_ends_when_every_task_is_done(town: Town, temporal_env: WorkflowEnvironment) -> None:
    start = a_start("WORK_PLAN", tasks=3)
    await (await begin(town.client, start)).result()
    await until(temporal_env, lambda: town.made == 1)

    workflow_id = lifecycle.phase_id(start.document.document_id, "follow_up", 1)
    handle = town.client.get_workflow_handle(workflow_id)
    fact = lifecycle.TasksCompleted(
        event_id=uuid4(), document_id=start.document.document_id, completed_on=date(2026, 12, 1)
    )
    await handle.signal(lifecycle.TASKS_COMPLETED, fact)

    assert (await handle.result())["tasks"] == 3


async def test_the_annual_report_walks_its_own_stages(town: Town) -> None:
    end = await (await begin(town.client, a_start("ANNUAL_REPORT"))).result()

    assert end.outcome == "issued"
    assert set(_listed(DocumentKind.ANNUAL_REPORT)) <= set(town.order())


async def test_the_yearly_gathering_asks_every_service_and_composes_one_report(
    town: Town, temporal_env: WorkflowEnvironment
) -> None:
    await temporal_env.sleep(timedelta(weeks=8))

    composed: ReportComposed = await town.client.execute_workflow(
        lifecycle.ANNUAL_REPORT,
        lifecycle.StartAnnualReport(issuer_unit="yx-gov"),
        id=lifecycle.annual_report_id("yx-gov", 2026),
        task_queue=Queue.WORKFLOWS,
        result_type=ReportComposed,
    )

    assert composed.document_id
    assert town.asked == ["progress:2026", "keep:2026:4"]


async def test_the_papers_of_a_decision_are_submitted_with_the_answered_opinions(town: Town) -> None:
    await (await begin(town.client, a_start(DocumentKind.MAJOR_DECISION))).result()

    assert [len(asked.opinions) for asked in town.rounds.values() if asked.stage == "submission"] == [1]
