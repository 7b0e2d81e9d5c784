"""Cases that were parked under an earlier release finish under the later ones: nothing is asked twice, nothing is lost."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner

from tests.workflows.builders import a_start, at_work, begin
from tests.workflows.test_interruptions import comes_true
from tests.workflows.town import SILENCE, Town
from workflows import asks, comment, life, patches, returns, rounds

USERS = (asks, comment, life, returns, rounds)
IN_ORDER = tuple(patches.CHANGES)
KINDS = ("NORMATIVE", "MAJOR_DECISION", "WORK_PLAN")


def released(monkeypatch: pytest.MonkeyPatch, changes: Collection[str]) -> None:
    """The workflow code of the release that knew only these changes of order."""

    def changed(change: str) -> bool:
        return change in changes and workflow.patched(change)

    for module in USERS:
        monkeypatch.setattr(module, "changed", changed)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_case_parked_under_one_release_finishes_under_the_next_and_the_one_after(
    temporal_client: Client, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    town = Town(temporal_client, received=2)
    town.sweeps = True
    first, second = "legality_review", "collective_deliberation"
    answers = {"content_touches_rights": True} if kind == "WORK_PLAN" else {}
    town.script[first], town.script[second] = [SILENCE], [SILENCE]

    released(monkeypatch, ())
    async with at_work(temporal_client, town, runner=UnsandboxedWorkflowRunner(), kept=0):
        handle = await begin(temporal_client, a_start(kind, **answers))
        await comes_true(lambda: first in town.asked)
    released(monkeypatch, IN_ORDER[: len(IN_ORDER) // 2])
    async with at_work(temporal_client, town, runner=UnsandboxedWorkflowRunner(), kept=0):
        await decided(town, first, "lawful")
        await comes_true(lambda: second in town.asked)
    monkeypatch.undo()
    async with at_work(temporal_client, town):
        await decided(town, second, "passed")
        end = await handle.result()

    assert end.outcome == "issued"
    assert [town.asked.count(stage) for stage in (first, second, "signing")] == [1, 1, 1]
    assert "open" not in [state for key, state in town.items.items() if first in key or second in key]


async def decided(town: Town, stage: str, outcome: str) -> None:
    """Somebody decides the open round of a stage while no earlier release is there any more."""
    (round_id,) = [key for key, round_ in town.rounds.items() if round_.stage == stage]
    await town.decide(round_id, outcome)
