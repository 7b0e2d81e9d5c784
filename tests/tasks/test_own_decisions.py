"""Four eyes over tasks and inspections: nobody decides on what they reported or inspected, nor about their own unit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from services.kernel.runtime.auth import Actor
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection, Database
from services.tasks.actions import inspections as inspecting
from services.tasks.actions import progress
from services.tasks.activities import Activities
from services.tasks.domain import inspection_commands as commands
from services.tasks.store import plans
from tests.eyes import WHO, Who, author_for, give
from tests.house.decisions import INSPECTION, PLAN_TASK, decisions_of
from tests.tasks.builders import CHENG, GU, SONG, SU, a_plan, actor, officer, supervisor
from tests.tasks.conftest import Office
from tests.tasks.test_inspections import ITEM, OBJECTION, XU, Desks
from tests.tasks.test_progress import AHEAD, HALF, LATER

OTHER = "shen-yue"
OBJECT = officer(SONG)
CRITICISM = commands.ProposeMeasure(unit_id="finance", kind="criticism", words="通报批评。")


@dataclass(frozen=True)
class Town:
    """Where a case is arranged; `other_side` is who stands on the other side of the decision."""

    db: Database
    activities: Activities
    blobs: Blobs
    owner: Connection
    desks: Desks
    other_side: str

    def acting(self, unit_id: str, *roles: str) -> Actor:
        """The other side, in a unit and its roles."""
        who = {"person_id": self.other_side, "person_name": "某某", "unit_id": unit_id, "unit_name": unit_id}
        return actor(who, *roles)

    async def joins_the_inspected(self) -> None:
        """From now on the other side belongs to the inspected unit."""
        await give(self.owner, self.other_side, "finance", "lead_unit_officer")

    async def task(self) -> UUID:
        message = await a_plan(self.blobs, AHEAD)
        await self.activities.make_tasks(message)
        async with self.db.read() as conn:
            return (await plans.tasks_of_plan(conn, message.document.document_id))[0].id

    async def does(self, what: Callable[..., Awaitable[Any]], *arguments: Any, **more: Any) -> None:
        async with self.db.transaction() as tx:
            await what(tx, *arguments, **more)


@dataclass(frozen=True)
class Ask:
    """What is decided about, and what is sent."""

    id: UUID
    body: dict[str, Any]


Case = Callable[[Town], Awaitable[Ask]]


async def acceptance(town: Town) -> Ask:
    task_id = await town.task()
    await town.does(progress.report_progress, town.acting("justice", "lead_unit_officer"), task_id, HALF)
    await town.does(progress.propose_done, officer(SU), task_id, "目录已经公布。")
    return Ask(task_id, {"decision": "accept", "words": ""})


async def extension(town: Town) -> Ask:
    task_id = await town.task()
    await town.does(progress.ask_extension, town.acting("justice", "lead_unit_officer"), task_id, **LATER)
    return Ask(task_id, {"decision": "approve", "words": ""})


async def approval(town: Town) -> Ask:
    inspection_id = await town.desks.proposed(town.acting("inspection", "supervisor"))
    return Ask(inspection_id, {"approved": True, "words": "同意。"})


async def membership(town: Town) -> Ask:
    inspection_id = await town.desks.approved()
    await town.joins_the_inspected()
    return Ask(inspection_id, {"person_id": "su-he"})


async def finding(town: Town) -> Ask:
    inspection_id = await town.desks.inspecting()
    await town.joins_the_inspected()
    return Ask(inspection_id, {"unit_id": "finance", "item": ITEM, "finding": "拨付超期三天。"})


async def conclusion(town: Town) -> Ask:
    inspection_id = await town.desks.inspecting()
    await town.joins_the_inspected()
    return Ask(inspection_id, {"unit_id": "finance", "words": "应当按期拨付。", "rectify_by": None})


async def review(town: Town) -> Ask:
    desks, inspection_id = town.desks, await town.desks.approved()
    member = town.acting("inspection")
    joins = commands.AddMember(person_id=member.person_id)
    await desks.do(inspecting.add_member, supervisor(), inspection_id, joins)
    concludes = commands.Conclude(unit_id="finance", words="应当按期拨付。", rectify_by=None)
    await desks.do(inspecting.conclude, member, inspection_id, concludes)
    await desks.do(inspecting.receive, OBJECT, inspection_id, commands.Receive(unit_id="finance"))
    await desks.do(inspecting.object_to, OBJECT, inspection_id, OBJECTION)
    return Ask(inspection_id, {"unit_id": "finance", "outcome": "upheld", "words": "维持。"})


async def check(town: Town) -> Ask:
    inspection_id = await town.desks.concluded(date(2026, 12, 1))
    await town.joins_the_inspected()
    return Ask(inspection_id, {"unit_id": "finance", "outcome": "done", "words": "已经拨付。"})


async def measure(town: Town) -> Ask:
    inspection_id = await town.desks.concluded()
    await town.desks.do(inspecting.propose_measure, town.acting("inspection", "supervisor"), inspection_id, CRITICISM)
    (proposed,) = (await town.desks.read(inspection_id)).measures
    return Ask(inspection_id, {"measure_id": str(proposed.id), "approved": True, "words": "同意。"})


# Who decides; where it is about a person, that person comes second: for them the conflict is looked at.
CASES: dict[str, tuple[Case, dict[str, str], str]] = {
    PLAN_TASK + "acceptance": (acceptance, CHENG, "completion.own"),
    PLAN_TASK + "extension-decision": (extension, CHENG, "extension.own"),
    INSPECTION + "approval": (approval, XU, "inspection.own_proposal"),
    INSPECTION + "members": (membership, CHENG, "inspection.own_unit"),
    INSPECTION + "findings": (finding, SU, "inspection.own_unit"),
    INSPECTION + "conclusions": (conclusion, SU, "inspection.own_unit"),
    INSPECTION + "reviews": (review, GU, "inspection.same_person"),
    INSPECTION + "checks": (check, CHENG, "inspection.own_unit"),
    INSPECTION + "measure-decisions": (measure, XU, "measure.own"),
}
ABOUT = {INSPECTION + "members": SU}


@pytest_asyncio.fixture
async def desks(db: Database, blobs: Blobs) -> Desks:
    return Desks(db, blobs)


def test_every_decision_of_tasks_is_driven() -> None:
    assert set(CASES) == decisions_of("tasks")


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("path", CASES)
async def test_one_pair_of_eyes_takes_no_decision(
    office: Office,
    db: Database,
    activities: Activities,
    blobs: Blobs,
    owner: Connection,
    desks: Desks,
    path: str,
    who: Who,
) -> None:
    case, decider, code = CASES[path]
    looked_at = ABOUT.get(path, decider)
    other_side = await author_for(owner, who, decider=looked_at["person_id"], other=OTHER, unit_id=looked_at["unit_id"])
    ask = await case(Town(db, activities, blobs, owner, desks, other_side))
    status, told = await sent(office, owner, decider, path, ask)
    assert (status in (403, 409, 422), told["code"]) == (True, code)


@pytest.mark.parametrize("path", CASES)
async def test_whoever_is_on_no_side_takes_the_decision(
    office: Office, db: Database, activities: Activities, blobs: Blobs, owner: Connection, desks: Desks, path: str
) -> None:
    case, decider, _ = CASES[path]
    ask = await case(Town(db, activities, blobs, owner, desks, OTHER))
    status, told = await sent(office, owner, decider, path, ask)
    assert status in (200, 201), told


async def sent(
    office: Office, owner: Connection, decider: dict[str, str], path: str, ask: Ask
) -> tuple[int, dict[str, Any]]:
    """The decision by HTTP, by somebody who holds the office that takes it."""
    await give(owner, GU["person_id"], GU["unit_id"], "supervisor")
    at = path.replace("{task_id}", str(ask.id)).replace("{inspection_id}", str(ask.id))
    async with office.program(decider) as client:
        answer = await client.post(at, json=ask.body, headers={"Idempotency-Key": str(uuid4())})
    return answer.status_code, answer.json()
