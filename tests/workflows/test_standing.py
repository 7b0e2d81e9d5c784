"""What happens to a document in force is told to the gazette, the dossier, and the office that must run the procedure."""

from __future__ import annotations

from services.kernel.contracts import lifecycle
from services.kernel.contracts.messages import Queue
from tests.workflows.builders import a_start, changes_of, cleanup_of
from tests.workflows.town import Town


async def test_a_suspension_waits_in_the_inbox_until_the_procedure_has_ended_it(town: Town) -> None:
    suspended, ended = changes_of(a_start("MAJOR_DECISION").document)
    await _told(town, suspended)
    key = lifecycle.standing_id(suspended.act_id)
    assert town.items[key] == "open"
    await _told(town, ended)
    assert town.items[key] == "ended"
    assert [one.change for one in town.standings] == ["suspended", "ended"]
    assert town.closed("adjustment") == ["suspended", "ended"]


async def test_what_a_clean_up_wants_waits_in_the_inbox_until_a_document_carries_it_out(town: Town) -> None:
    asked, ended = cleanup_of(a_start().document)
    key = lifecycle.cleanup_outcome_id(asked.cleanup_id, asked.document.document_id)
    await town.client.execute_workflow(lifecycle.CLEANUP_OUTCOME, asked, id=key, task_queue=Queue.WORKFLOWS)
    assert town.items[key] == "open"
    assert [(one.event, one.stage, one.unit_id) for one in town.told if one.fact == f"{key}#assigned"] == [
        ("assigned", "cleanup_outcome", asked.document.drafting_unit)
    ]
    await _told(town, ended)
    assert town.items[key] == "ended"


async def _told(town: Town, change: lifecycle.StandingChange) -> None:
    await town.client.execute_workflow(
        lifecycle.STANDING, change, id=lifecycle.standing_id(change.act_id), task_queue=Queue.WORKFLOWS
    )
