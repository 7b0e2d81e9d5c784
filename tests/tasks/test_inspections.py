"""政府督查: approved with its plan, never widened, by members without an interest; objections go to others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from services.kernel.contracts.refusals import Forbidden, Refused
from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.tasks.actions import inspections as acts
from services.tasks.desk import Desk
from services.tasks.domain import inspection_commands as commands
from services.tasks.domain import inspections as no
from services.tasks.domain.inspections import Inspection, Step
from services.tasks.store import inspections as store
from tests.tasks.builders import CHENG, GU, JIANG, SONG, SU, actor
from tests.tasks.conftest import Office

XU = {"person_id": "xu-qingyuan", "person_name": "许清远", "unit_id": "yunxi", "unit_name": "云溪区人民政府"}
CHIEF, SUPERVISOR = actor(XU, "chief"), actor(CHENG, "supervisor")
MEMBER, OBJECT = actor(SU, "lead_unit_officer"), actor(SONG, "lead_unit_officer")
OTHER_SUPERVISOR = actor(GU, "supervisor")
ITEM = "惠企资金拨付"
PLAN: dict[str, Any] = {
    "matter": "惠企资金落实情况督查",
    "source": "decision",
    "source_words": "区政府第41次常务会议纪要",
    "scope": [ITEM],
    "objects": ["finance"],
    "method": "查阅账册、座谈。",
    "starts_on": "2026-11-02",
    "ends_on": "2026-11-20",
}


class Desks:
    """The acts of inspections over a database, each in its own transaction."""

    def __init__(self, db: Database, blobs: Blobs) -> None:
        self.db = db
        self.desk = Desk(db, blobs, RuleBook.load(), WorkCalendar.load())

    async def proposed(self, who: Actor = SUPERVISOR, **changes: Any) -> UUID:
        async with self.db.transaction() as tx:
            return (await acts.propose(tx, who, commands.Propose.model_validate({**PLAN, **changes}))).id

    async def do(self, act: Callable[..., Awaitable[Any]], who: Actor, inspection_id: UUID, command: Any) -> None:
        async with self.db.transaction() as tx:
            await act(tx, who, inspection_id, command, self.desk)

    async def approved(self) -> UUID:
        inspection_id = await self.proposed()
        await self.do(acts.approve, CHIEF, inspection_id, commands.Approve(approved=True, words="同意。"))
        return inspection_id

    async def inspecting(self) -> UUID:
        inspection_id = await self.approved()
        await self.do(acts.add_member, SUPERVISOR, inspection_id, commands.AddMember(person_id="su-he"))
        return inspection_id

    async def concluded(self, rectify_by: date | None = None) -> UUID:
        inspection_id = await self.inspecting()
        finding = commands.Find(unit_id="finance", item=ITEM, finding="拨付超期三天。")
        await self.do(acts.find, MEMBER, inspection_id, finding)
        conclusion = commands.Conclude(unit_id="finance", words="应当按期拨付。", rectify_by=rectify_by)
        await self.do(acts.conclude, MEMBER, inspection_id, conclusion)
        return inspection_id

    async def read(self, inspection_id: UUID) -> Inspection:
        async with self.db.read() as conn:
            return await store.inspection(conn, inspection_id)


@pytest_asyncio.fixture
async def desks(db: Database, blobs: Blobs) -> Desks:
    return Desks(db, blobs)


OBJECTION = commands.ObjectTo(unit_id="finance", words="超期系节假日。")
UPHELD = commands.ReviewObjection(unit_id="finance", outcome="upheld", words="维持。")


async def test_an_inspection_runs_from_its_approval_to_the_review_and_the_check(desks: Desks) -> None:
    inspection_id = await desks.concluded(date(2026, 12, 1))
    await desks.do(acts.receive, OBJECT, inspection_id, commands.Receive(unit_id="finance"))
    await desks.do(acts.object_to, OBJECT, inspection_id, OBJECTION)
    await desks.do(acts.review, OTHER_SUPERVISOR, inspection_id, UPHELD)
    done = commands.Check(unit_id="finance", outcome="done", words="已经拨付。")
    await desks.do(acts.check, SUPERVISOR, inspection_id, done)
    found = await desks.read(inspection_id)
    (conclusion,) = found.conclusions
    assert (found.state, [step.step for step in conclusion.steps]) == (
        "concluded",
        ["received", "objected", "reviewed", "checked"],
    )
    for step in conclusion.steps[:2]:
        assert step.until is not None
        assert step.until >= step.day + timedelta(days=30)
    with pytest.raises(no.Concluded):
        await desks.do(acts.review, OTHER_SUPERVISOR, inspection_id, UPHELD)


@pytest.mark.parametrize(
    "changes", [{"matter": ""}, {"scope": []}, {"objects": []}, {"objects": ["nowhere"]}, {"ends_on": "2026-10-01"}]
)
async def test_an_incomplete_plan_is_refused(desks: Desks, changes: dict[str, Any]) -> None:
    with pytest.raises(no.PlanIncomplete):
        await desks.proposed(**changes)


async def test_the_supervisor_proposes_and_the_head_of_that_government_approves_once(desks: Desks) -> None:
    with pytest.raises(Forbidden):
        await desks.proposed(OBJECT)
    inspection_id = await desks.proposed()
    yes = commands.Approve(approved=True, words="同意。")
    with pytest.raises(Forbidden):
        await desks.do(acts.approve, SUPERVISOR, inspection_id, yes)
    with pytest.raises(no.NotTheHead):
        await desks.do(acts.approve, actor(SONG, "chief"), inspection_id, yes)
    with pytest.raises(no.WordsNeeded):
        await desks.do(acts.approve, CHIEF, inspection_id, commands.Approve(approved=True, words=""))
    await desks.do(acts.approve, CHIEF, inspection_id, yes)
    with pytest.raises(no.Decided):
        await desks.do(acts.approve, CHIEF, inspection_id, yes)


async def test_the_database_refuses_the_approval_of_ones_own_proposal(desks: Desks) -> None:
    inspection_id = await desks.proposed()
    async with desks.db.transaction() as tx:
        with pytest.raises(no.OwnProposal):
            await store.approve(tx, inspection_id, approved=True, words="同意。", by=SUPERVISOR)


async def test_nothing_is_inspected_before_the_approval(desks: Desks) -> None:
    inspection_id = await desks.proposed()
    with pytest.raises(no.Unapproved):
        await desks.do(acts.add_member, SUPERVISOR, inspection_id, commands.AddMember(person_id="su-he"))
    with pytest.raises(no.Unapproved):
        await desks.do(acts.find, MEMBER, inspection_id, commands.Find(unit_id="finance", item=ITEM, finding="情况。"))
    async with desks.db.transaction() as tx:
        with pytest.raises(no.Unapproved):
            await store.find(tx, inspection_id, "finance", ITEM, "情况。", MEMBER)


async def test_the_scope_is_never_widened(desks: Desks) -> None:
    inspection_id = await desks.inspecting()
    for unit_id, item in (("finance", "三公经费"), ("education", ITEM)):
        with pytest.raises(no.Widened):
            await desks.do(
                acts.find, MEMBER, inspection_id, commands.Find(unit_id=unit_id, item=item, finding="情况。")
            )


async def test_the_database_refuses_what_widens_the_scope(desks: Desks) -> None:
    inspection_id = await desks.inspecting()
    for unit_id, item in (("finance", "三公经费"), ("education", ITEM)):
        with pytest.raises(no.Widened):
            async with desks.db.transaction() as tx:
                await store.find(tx, inspection_id, unit_id, item, "情况。", MEMBER)
    with pytest.raises(asyncpg.RaiseError, match=r"inspection\.widened"):
        async with desks.db.transaction() as tx:
            await tx.execute(store.ADD_SCOPE, inspection_id, ["三公经费"])


async def test_members_do_not_come_from_the_object_and_the_recused_inspect_no_more(desks: Desks) -> None:
    inspection_id = await desks.inspecting()
    with pytest.raises(no.OwnUnit):
        await desks.do(acts.add_member, SUPERVISOR, inspection_id, commands.AddMember(person_id="song-haoran"))
    with pytest.raises(no.NotAMember):
        await desks.do(acts.add_member, SUPERVISOR, inspection_id, commands.AddMember(person_id="nobody"))
    with pytest.raises(no.WordsNeeded):
        await desks.do(acts.recuse, MEMBER, inspection_id, commands.Recuse(person_id="su-he", reason=""))
    with pytest.raises(no.NotAMember):
        await desks.do(acts.recuse, SUPERVISOR, inspection_id, commands.Recuse(person_id="he-xu", reason="亲属。"))
    await desks.do(acts.recuse, MEMBER, inspection_id, commands.Recuse(person_id="su-he", reason="配偶在该单位工作。"))
    with pytest.raises(no.NotAMember):
        await desks.do(acts.conclude, MEMBER, inspection_id, commands.Conclude(unit_id="finance", words="结论。"))
    async with desks.db.transaction() as tx:
        with pytest.raises(no.NotAMember):
            await store.conclude(tx, inspection_id, "finance", "结论。", None, MEMBER)


async def test_the_object_alone_receives_and_objects_and_first_receives(desks: Desks) -> None:
    inspection_id = await desks.concluded()
    with pytest.raises(no.NotReceived):
        await desks.do(acts.object_to, OBJECT, inspection_id, OBJECTION)
    with pytest.raises(no.NotTheObject):
        await desks.do(acts.receive, actor(JIANG, "drafter"), inspection_id, commands.Receive(unit_id="finance"))
    with pytest.raises(no.NoConclusion):
        await desks.do(acts.receive, OBJECT, inspection_id, commands.Receive(unit_id="education"))
    with pytest.raises(no.NoObjection):
        await desks.do(acts.review, OTHER_SUPERVISOR, inspection_id, UPHELD)
    with pytest.raises(no.NothingToCheck):
        await desks.do(
            acts.check, SUPERVISOR, inspection_id, commands.Check(unit_id="finance", outcome="done", words="好。")
        )


async def test_an_objection_after_its_last_day_is_refused(desks: Desks) -> None:
    inspection_id = await desks.concluded()
    (conclusion,) = (await desks.read(inspection_id)).conclusions
    received = Step("received", None, "", date(2026, 1, 5), date(2026, 2, 4), "宋浩然")
    async with desks.db.transaction() as tx:
        await store.step(tx, conclusion.id, received, OBJECT)
    with pytest.raises(no.ObjectionLate):
        await desks.do(acts.object_to, OBJECT, inspection_id, OBJECTION)
    late = Step("objected", None, "晚了。", date(2026, 2, 5), date(2026, 3, 7), "宋浩然")
    async with desks.db.transaction() as tx:
        with pytest.raises(no.ObjectionLate):
            await store.step(tx, conclusion.id, late, OBJECT)


async def test_who_inspected_does_not_review(desks: Desks) -> None:
    inspection_id = await desks.concluded()
    await desks.do(acts.receive, OBJECT, inspection_id, commands.Receive(unit_id="finance"))
    await desks.do(acts.object_to, OBJECT, inspection_id, OBJECTION)
    inspected = actor(SU, "supervisor")
    with pytest.raises(no.SamePerson):
        await desks.do(acts.review, inspected, inspection_id, UPHELD)
    (conclusion,) = (await desks.read(inspection_id)).conclusions
    async with desks.db.transaction() as tx:
        with pytest.raises(no.SamePerson):
            await store.step(
                tx, conclusion.id, Step("reviewed", "upheld", "维持。", date(2026, 12, 1), None, ""), inspected
            )


async def measure(desks: Desks, inspection_id: UUID) -> UUID:
    proposed = commands.ProposeMeasure(unit_id="finance", kind="criticism", words="拨付超期，予以通报批评。")
    await desks.do(acts.propose_measure, SUPERVISOR, inspection_id, proposed)
    return (await desks.read(inspection_id)).measures[-1].id


async def test_a_circular_is_issued_only_with_the_heads_approval(desks: Desks) -> None:
    inspection_id = await desks.concluded()
    measure_id = await measure(desks, inspection_id)
    issue = commands.IssueMeasure(measure_id=measure_id)
    with pytest.raises(no.MeasureUnapproved):
        await desks.do(acts.issue_measure, SUPERVISOR, inspection_id, issue)
    yes = commands.DecideMeasure(measure_id=measure_id, approved=True, words="同意。")
    with pytest.raises(Forbidden):
        await desks.do(acts.decide_measure, SUPERVISOR, inspection_id, yes)
    await desks.do(acts.decide_measure, CHIEF, inspection_id, yes)
    with pytest.raises(no.MeasureDecided):
        await desks.do(acts.decide_measure, CHIEF, inspection_id, yes.model_copy(update={"approved": False}))
    await desks.do(acts.issue_measure, SUPERVISOR, inspection_id, issue)
    with pytest.raises(no.MeasureDecided):
        await desks.do(acts.issue_measure, SUPERVISOR, inspection_id, issue)
    with pytest.raises(no.MeasureUnknown):
        await desks.do(acts.issue_measure, SUPERVISOR, inspection_id, commands.IssueMeasure(measure_id=uuid4()))


async def test_the_database_refuses_a_circular_that_nobody_approved(desks: Desks) -> None:
    inspection_id = await desks.concluded()
    refused, open_ = await measure(desks, inspection_id), await measure(desks, inspection_id)
    no_ = commands.DecideMeasure(measure_id=refused, approved=False, words="不必。")
    await desks.do(acts.decide_measure, CHIEF, inspection_id, no_)
    for measure_id in (refused, open_):
        with pytest.raises(no.MeasureUnapproved):
            async with desks.db.transaction() as tx:
                await store.act_on_measure(tx, measure_id, "issued", "", SUPERVISOR)
    async with desks.db.transaction() as tx:
        with pytest.raises(no.OwnMeasure):
            await store.act_on_measure(tx, open_, "approved", "同意。", SUPERVISOR)


async def test_who_has_no_part_in_it_does_not_see_it(desks: Desks) -> None:
    found = await desks.read(await desks.concluded())
    assert found.sees(person_id="su-he", unit_id="justice", roles=frozenset())
    assert found.sees(person_id="x", unit_id="finance", roles=frozenset())
    assert not found.sees(person_id="x", unit_id="education", roles=frozenset({"drafter"}))
    assert not replace(found, approved=None).sees(person_id="x", unit_id="finance", roles=frozenset())


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_pages_lead_from_the_proposal_to_the_conclusion(office: Office, desks: Desks, language: str) -> None:
    async with office.person(CHENG, language) as supervisor, office.person(XU, language) as chief:
        plan = {**PLAN, "scope": ITEM, "objects": "finance", "matter": "<b>督查</b>"}
        wrong = await supervisor.send("/tasks/inspections", "/tasks/inspections", **{**plan, "ends_on": "2026-10-01"})
        assert wrong.status_code == 422
        sent = await supervisor.send("/tasks/inspections", "/tasks/inspections", **plan)
        assert sent.status_code == 303
        path = sent.headers["location"]
        assert "&lt;b&gt;督查&lt;/b&gt;" in await chief.open(path)
        decided = await chief.send(path, f"{path}/approval", approved="true", words="同意。")
        assert decided.status_code == 303
        assert (await supervisor.send(path, f"{path}/members", person_id="su-he")).status_code == 303
    async with office.person(SU, language) as member:
        find = {"unit_id": "finance", "item": ITEM, "finding": "<b>超期</b>"}
        assert (await member.send(path, f"{path}/findings", **find)).status_code == 303
        assert (await member.send(path, f"{path}/findings", **{**find, "item": "别的"})).status_code == 409
        end = {"unit_id": "finance", "words": "按期拨付。", "rectify_by": "2026-12-01"}
        assert (await member.send(path, f"{path}/conclusions", **end)).status_code == 303
    async with office.person(SONG, language) as unit:
        assert (await unit.send(path, f"{path}/receipts", unit_id="finance")).status_code == 303
        assert (await unit.send(path, f"{path}/objections", unit_id="finance", words="异议。")).status_code == 303
        assert "&lt;b&gt;超期&lt;/b&gt;" in await unit.open(path)
    async with office.person(JIANG, language) as stranger:
        assert (await stranger.client.get(path)).status_code == 404


async def test_programs_do_the_same(office: Office) -> None:
    path = "/tasks/inspection-records"
    async with office.program(CHENG) as supervisor:
        made = await supervisor.post(path, json=PLAN)
        assert made.status_code == 201
        at = f"{path}/{made.json()['id']}"
        refused = await supervisor.post(f"{at}/approval", json={"approved": True, "words": "同意。"})
        assert refused.status_code == 403
        assert (await supervisor.post(f"{at}/findings", json={"unit_id": "finance"})).status_code == 422
        assert [one["state"] for one in (await supervisor.get(path)).json()] == ["proposed"]
    async with office.program(JIANG) as stranger:
        assert (await stranger.get(at)).status_code == 404


def test_every_refusal_names_its_rule() -> None:
    refusals = [one for one in vars(no).values() if isinstance(one, type) and issubclass(one, Refused)]
    ours = [one for one in refusals if one.__module__ == no.__name__ and not one.code.endswith("unknown")]
    assert all(one.rule in (no.RULE, no.OBJECTION, no.REVIEW, no.MEASURES) for one in ours)


async def test_the_inbox_follows_an_inspection_to_its_end(
    desks: Desks, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    waiting = "select stage, role, unit_id, due_on from tasks.items where state in ('open', 'claimed') order by stage"

    async def waits() -> dict[str, tuple[str, str]]:
        return {row["stage"]: (row["role"], row["unit_id"]) for row in await owner.fetch(waiting)}

    day = date(2026, 12, 1)
    inspection_id = await desks.proposed()
    assert await waits() == {"inspection_approval": ("chief", "yunxi")}
    await desks.do(acts.approve, CHIEF, inspection_id, commands.Approve(approved=True, words="同意。"))
    assert await waits() == {"inspection_conclusion": ("supervisor", "inspection")}
    assert [row["due_on"] for row in await owner.fetch(waiting)] == [date(2026, 11, 20)]
    await desks.do(acts.add_member, SUPERVISOR, inspection_id, commands.AddMember(person_id="su-he"))
    conclusion = commands.Conclude(unit_id="finance", words="应当按期拨付。", rectify_by=day)
    await desks.do(acts.conclude, MEMBER, inspection_id, conclusion)
    put_right = {
        "inspection_check": ("supervisor", "inspection"),
        "inspection_rectification": ("lead_unit_officer", "finance"),
    }
    assert await waits() == put_right | {"inspection_receipt": ("lead_unit_officer", "finance")}
    await desks.do(acts.receive, OBJECT, inspection_id, commands.Receive(unit_id="finance"))
    await desks.do(acts.object_to, OBJECT, inspection_id, OBJECTION)
    assert await waits() == put_right | {"inspection_review": ("chief", "yunxi")}
    await desks.do(acts.review, OTHER_SUPERVISOR, inspection_id, UPHELD)
    done = commands.Check(unit_id="finance", outcome="done", words="已经拨付。")
    await desks.do(acts.check, SUPERVISOR, inspection_id, done)
    assert await waits() == {}


async def test_a_measure_waits_for_the_head_and_then_for_its_issue(
    desks: Desks, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    inspection_id = await desks.concluded()
    proposal = commands.ProposeMeasure(unit_id="finance", kind="criticism", words="通报批评。")
    await desks.do(acts.propose_measure, SUPERVISOR, inspection_id, proposal)
    waiting = "select stage from tasks.items where state = 'open' and stage like 'measure%'"
    assert [row["stage"] for row in await owner.fetch(waiting)] == ["measure_decision"]
    (measure,) = (await desks.read(inspection_id)).measures
    approval = commands.DecideMeasure(measure_id=measure.id, approved=True, words="同意。")
    await desks.do(acts.decide_measure, CHIEF, inspection_id, approval)
    assert [row["stage"] for row in await owner.fetch(waiting)] == ["measure_issue"]
