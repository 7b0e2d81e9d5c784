"""What happens to a document in force is told to the gazette, the dossier, and the office that must run the procedure."""

from __future__ import annotations

from services.kernel.contracts import lifecycle
from services.kernel.contracts.messages import Queue
from tests.workflows.builders import a_start, changes_of
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


async def _told(town: Town, change: lifecycle.StandingChange) -> None:
    await town.client.execute_workflow(
        lifecycle.STANDING, change, id=lifecycle.standing_id(change.act_id), task_queue=Queue.WORKFLOWS
    )
