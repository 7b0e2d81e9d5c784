"""Completeness first: papers, the list of forbidden content, acceptance; nothing is found lawful without it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.kernel.contracts.refusals import Forbidden, Refused
from services.kernel.procedure.checklist import checklist_of
from services.kernel.procedure.deadlines import FROM_ACCEPTANCE
from services.kernel.procedure.overlays import Parameter
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Database
from services.review.actions.opinions import give_opinion
from services.review.actions.receiving import (
    accept,
    answer_checklist,
    check_materials,
    declare_urgency,
    listed_materials,
)
from services.review.domain import legality_refusals
from services.review.domain.commands import (
    AcceptMatter,
    AnswerChecklist,
    CheckedMaterial,
    CheckMaterials,
    DeclareUrgency,
    ForbiddenAnswer,
)
from services.review.store import receiving, rounds
from tests.review.builders import (
    BOOK,
    HE_XU,
    LU_WENXI,
    SEEN,
    SU_HE,
    a_document,
    a_round,
    an_opinion,
    just_opened,
    opened,
)

ITEMS = [item.id for item in checklist_of("NORMATIVE")]
LAW = "《中华人民共和国大气污染防治法》第八十一条"


async def listed(db: Database, round_id: UUID) -> tuple[str, ...]:
    async with db.read() as conn:
        return listed_materials(BOOK, await rounds.get_round(conn, round_id))


async def accepted(db: Database, round_id: UUID, actor: Actor = LU_WENXI, **states: Any) -> datetime:
    """Every paper is there, but for those named otherwise by their place in the list."""
    names = await listed(db, round_id)
    found = tuple(
        CheckedMaterial(material=name, **states.get(f"p{place}", {"state": "present"}))
        for place, name in enumerate(names)
    )
    async with db.transaction() as tx:
        return await accept(tx, actor, round_id, AcceptMatter(**SEEN, materials=found), book=BOOK)


async def answered(db: Database, round_id: UUID, actor: Actor = HE_XU, *, items: list[str] | None = None) -> None:
    given = tuple(ForbiddenAnswer(item=item, answer="none") for item in (ITEMS if items is None else items))
    async with db.transaction() as tx:
        await answer_checklist(tx, actor, round_id, AnswerChecklist(answers=given))


async def lawful(db: Database, round_id: UUID, outcome: str = "lawful") -> str:
    async with db.transaction() as tx:
        return (await give_opinion(tx, LU_WENXI, round_id, an_opinion(outcome), book=BOOK)).outcome


async def test_a_complete_matter_is_accepted_and_then_judged(db: Database) -> None:
    round_id = await just_opened(db, a_round())
    await answered(db, round_id)
    await accepted(db, round_id)
    assert await lawful(db, round_id) == "lawful"


@pytest.mark.parametrize("outcome", ["lawful", "amend"])
async def test_no_opinion_before_acceptance(db: Database, outcome: str) -> None:
    round_id = await just_opened(db, a_round())
    with pytest.raises(legality_refusals.NotAccepted):
        await lawful(db, round_id, outcome)


async def test_what_is_not_accepted_may_be_returned(db: Database) -> None:
    assert await lawful(db, await just_opened(db, a_round()), "return_procedure") == "return_procedure"


async def test_the_database_itself_refuses_an_opinion_before_acceptance(db: Database) -> None:
    round_id = await opened(db, a_round())
    unaccepted = await just_opened(db, a_round())
    await lawful(db, round_id)
    with pytest.raises(asyncpg.RaiseError, match="not_accepted"):
        async with db.transaction() as tx:
            await tx.execute(
                """insert into sign_offs (document_id, position, round_id, person_id, person_name, unit_id, unit_name,
                          role, outcome, text_hash, materials_hash, record, record_hash, prev_hash, signed_at)
                   select r.document_id, 1, r.id, 'su-he', '苏禾', 'justice', '区司法局', r.role, 'lawful', r.text_hash,
                          r.materials_hash, '{}', 'x', '', clock_timestamp() from rounds r where r.id = $1""",
                unaccepted,
            )


async def test_a_missing_paper_keeps_the_matter_from_being_accepted(db: Database) -> None:
    round_id = await just_opened(db, a_round())
    await answered(db, round_id)
    with pytest.raises(legality_refusals.MaterialsOpen, match="missing"):
        await accepted(db, round_id, p1={"state": "missing"})


async def test_an_unchecked_paper_keeps_the_matter_from_being_accepted(db: Database) -> None:
    round_id = await just_opened(db, a_round())
    await answered(db, round_id)
    with pytest.raises(legality_refusals.MaterialsOpen):
        async with db.transaction() as tx:
            await accept(tx, LU_WENXI, round_id, AcceptMatter(**SEEN), book=BOOK)


async def test_a_paper_is_left_out_with_a_reason_only(db: Database) -> None:
    round_id = await just_opened(db, a_round())
    await answered(db, round_id)
    with pytest.raises(legality_refusals.MaterialUnexplained):
        await accepted(db, round_id, p4={"state": "not_applicable"})
    assert await accepted(db, round_id, p4={"state": "not_applicable", "reason": "不涉及经营者经济活动。"})


async def test_papers_checked_before_need_not_be_checked_again(db: Database) -> None:
    round_id = await just_opened(db, a_round())
    await answered(db, round_id)
    found = tuple(CheckedMaterial(material=name, state="present") for name in await listed(db, round_id))
    async with db.transaction() as tx:
        await check_materials(tx, LU_WENXI, round_id, CheckMaterials(**SEEN, materials=found), book=BOOK)
        assert await accept(tx, LU_WENXI, round_id, AcceptMatter(**SEEN), book=BOOK)


async def test_a_paper_that_is_not_on_the_list_is_refused(db: Database) -> None:
    round_id = await just_opened(db, a_round())
    stranger = CheckMaterials(**SEEN, materials=(CheckedMaterial(material="会议记录", state="present"),))
    with pytest.raises(legality_refusals.MaterialUnknown):
        async with db.transaction() as tx:
            await check_materials(tx, LU_WENXI, round_id, stranger, book=BOOK)


async def test_a_matter_is_accepted_once(db: Database) -> None:
    round_id = await just_opened(db, a_round())
    await answered(db, round_id)
    await accepted(db, round_id)
    with pytest.raises(legality_refusals.AlreadyAccepted):
        await accepted(db, round_id, SU_HE)


async def test_the_drafter_accepts_nothing(db: Database) -> None:
    round_id = await just_opened(db, a_round())
    with pytest.raises(Forbidden):
        await accepted(db, round_id, HE_XU)


@pytest.mark.parametrize("left_out", ITEMS)
async def test_every_item_of_forbidden_content_is_answered_before_acceptance(db: Database, left_out: str) -> None:
    round_id = await just_opened(db, a_round())
    await answered(db, round_id, items=[item for item in ITEMS if item != left_out])
    with pytest.raises(legality_refusals.ChecklistOpen):
        await accepted(db, round_id)


async def test_other_kinds_have_no_such_list(db: Database) -> None:
    round_id = await just_opened(db, a_round(document=a_document(kind="MAJOR_DECISION")))
    assert await accepted(db, round_id)


async def test_answers_stand_for_later_rounds_of_the_document(db: Database) -> None:
    document = a_document()
    await answered(db, await just_opened(db, a_round(document=document)))
    assert await accepted(db, await just_opened(db, a_round(document=document, ordinal=2)))


async def test_content_of_that_kind_needs_its_basis_in_law(db: Database) -> None:
    round_id = await just_opened(db, a_round())
    for basis, refused in (("", True), ("上位法", True), (LAW, False)):
        command = AnswerChecklist(answers=(ForbiddenAnswer(item="rights", answer="founded", basis=basis),))
        try:
            async with db.transaction() as tx:
                await answer_checklist(tx, HE_XU, round_id, command)
        except legality_refusals.ChecklistUnfounded:
            assert refused
        else:
            assert not refused


async def test_an_item_that_nobody_asked_is_refused(db: Database) -> None:
    with pytest.raises(legality_refusals.ChecklistItemUnknown):
        await answered(db, await just_opened(db, a_round()), items=["weather"])


async def test_the_reviewer_does_not_answer_for_the_drafter(db: Database) -> None:
    with pytest.raises(Forbidden):
        await answered(db, await just_opened(db, a_round()), LU_WENXI)


async def test_the_newest_answer_counts_and_the_others_stay(db: Database) -> None:
    asked = a_round()
    round_id = await just_opened(db, asked)
    await answered(db, round_id)
    async with db.transaction() as tx:
        command = AnswerChecklist(answers=(ForbiddenAnswer(item="rights", answer="founded", basis=LAW),))
        await answer_checklist(tx, HE_XU, round_id, command)
        newest = await receiving.checklist_of(tx, asked.document.document_id)
        rows = await tx.fetchval("select count(*) from checklist_answers where item = 'rights'")
    assert (newest["rights"].answer, rows) == ("founded", 2)


def an_urgency(**changes: Any) -> DeclareUrgency:
    fields = {
        "basis": "《突发事件应对法》第七十三条",
        "reason": "汛期临近，须在主汛期前施行。",
        "wanted_by": datetime.now(UTC) + timedelta(days=2),
    }
    return DeclareUrgency(**{**fields, **changes})


async def urged(db: Database, round_id: UUID, **changes: Any) -> None:
    async with db.transaction() as tx:
        await declare_urgency(tx, HE_XU, round_id, an_urgency(**changes))


@pytest.mark.parametrize(
    "changes",
    [{"basis": "领导要求"}, {"reason": ""}, {"wanted_by": datetime(2026, 1, 5, tzinfo=UTC)}],
    ids=["no article", "no reason", "in the past"],
)
async def test_urgency_has_its_basis_and_reason(db: Database, changes: dict[str, Any]) -> None:
    with pytest.raises(legality_refusals.UrgencyUnfounded):
        await urged(db, await just_opened(db, a_round()), **changes)


async def test_urgency_is_declared_once_and_replaces_no_review(db: Database) -> None:
    round_id = await just_opened(db, a_round())
    await urged(db, round_id)
    with pytest.raises(legality_refusals.UrgencyDeclared):
        await urged(db, round_id)
    async with db.read() as conn:
        assert (await rounds.get_round(conn, round_id)).is_open


@pytest.mark.parametrize(("counts", "signals"), [(True, 1), (False, 0)])
async def test_where_the_local_rule_says_so_the_time_counts_from_acceptance(
    db: Database, *, counts: bool, signals: int
) -> None:
    local = replace(
        BOOK, parameters={**BOOK.parameters, FROM_ACCEPTANCE: Parameter(name=FROM_ACCEPTANCE, value=counts)}
    )
    round_id = await just_opened(db, a_round(document=a_document(kind="WORK_PLAN"), papers=()))
    found = tuple(CheckedMaterial(material=name, state="present") for name in await listed(db, round_id))
    async with db.transaction() as tx:
        at = await accept(tx, LU_WENXI, round_id, AcceptMatter(**SEEN, materials=found), book=local)
        opened_at = (await rounds.get_round(tx, round_id)).opened_at
        said = await tx.fetch("select body from outbox where name = 'clock_resumed'")
    stretches = [
        (datetime.fromisoformat(row["body"]["since"]), datetime.fromisoformat(row["body"]["at"])) for row in said
    ]
    assert stretches == [(opened_at, at)] * signals


@pytest.mark.parametrize("table", ["acceptances", "checklist_answers", "urgencies", "material_checks"])
async def test_what_people_said_is_never_changed(db: Database, table: str) -> None:
    round_id = await just_opened(db, a_round())
    await answered(db, round_id)
    await urged(db, round_id)
    await accepted(db, round_id)
    for statement in (f"delete from {table}", f"update {table} set person_name = '别人'"):
        with pytest.raises(asyncpg.RaiseError, match="append_only"):
            async with db.transaction() as tx:
                await tx.execute(statement)


async def test_refusals_carry_their_rule() -> None:
    classes: list[type[Refused]] = [
        legality_refusals.NotAccepted,
        legality_refusals.MaterialsOpen,
        legality_refusals.ChecklistOpen,
        legality_refusals.UrgencyUnfounded,
        legality_refusals.RiskMissing,
    ]
    assert all(one.rule in BOOK.rules for one in classes)
