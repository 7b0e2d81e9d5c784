"""Documents in force: changed by their successors' procedure, suspended by the head in urgency, evaluated by others."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.kernel.contracts.messages import DocumentRef
from services.kernel.contracts.refusals import Refused
from services.kernel.contracts.review import EnterText
from services.kernel.precheck.register import Status
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Database
from services.review.actions import standing
from services.review.actions.steps import file_step
from services.review.activities import ReviewActivities
from services.review.domain import standing as no
from services.review.domain.session_refusals import OtherAuthority
from services.review.domain.standing import Commission, Conclude, DeclareChange, Resume, Suspend
from services.review.precheck import register_for
from services.review.sheets.initiation.acts import declare_change
from services.review.sheets.risk.acts import write_risk_report
from services.review.sheets.risk.domain import Consulted, RiskPoint, RiskReport
from services.review.store import rounds
from services.review.store import standing as store
from services.review.store.standing import NewAct
from tests.review.builders import (
    BOOK,
    GU_NIANCI,
    HE_XU,
    TEXT,
    XU_QINGYUAN,
    a_document,
    a_round,
    a_step,
    an_actor,
    opened,
)
from tests.review.conftest import Web

PUBLISHED = date(2026, 3, 2)
STARTS = """
select target, body ->> 'suspension_id' as suspension, body::text as body
  from review.outbox where name = 'StandingChanged' order by position
"""
INSTITUTE = "云溪社会风险评估中心"
FINANCE_HEAD = an_actor("song-haoran", "宋浩然", "finance", "chief")
A_SUSPENSION = Suspend(situation="force_majeure", urgency="汛情已经漫过施工便道。", reason="继续施工危及安全。")


def published(**changes: Any) -> EnterText:
    document = changes.pop("document", None) or a_document(kind="MAJOR_DECISION")
    fields = {
        "document": document,
        "doc_number": "云政发〔2026〕3号",
        "published_on": PUBLISHED,
        "text_hash": TEXT.text_hash,
    }
    return EnterText(**{**fields, **changes})


async def in_force(activities: ReviewActivities, **changes: Any) -> UUID:
    entered = published(**changes)
    await activities.enter_text(entered)
    return entered.document.document_id


async def declared(
    db: Database,
    target_id: UUID,
    change: str = "ended",
    *,
    document: DocumentRef | None = None,
    reason: str = "情况变化。",
) -> DocumentRef:
    document = document or a_document(kind="MAJOR_DECISION", title="关于停止流域修复工程的决定")
    round_id = await opened(
        db, a_round("recorded_step", document=document, stage="initiation", role="drafter", unit_id="urban")
    )
    async with db.transaction() as tx:
        command = DeclareChange.model_validate({"target_id": target_id, "change": change, "reason": reason})
        await declare_change(tx, HE_XU, round_id, command, BOOK)
    return document


async def suspended(db: Database, document_id: UUID, actor: Actor = XU_QINGYUAN, **changes: Any) -> UUID:
    async with db.transaction() as tx:
        return (await standing.suspend(tx, actor, document_id, A_SUSPENSION.model_copy(update=changes))).id


async def resumed(db: Database, document_id: UUID, reason: str = "汛情已退。") -> None:
    async with db.transaction() as tx:
        await standing.resume(tx, XU_QINGYUAN, document_id, Resume(reason=reason))


async def state_of(db: Database, document_id: UUID) -> str:
    async with db.read() as conn:
        text = await store.text(conn, document_id)
    return text.state(standing.today_of(text))


async def test_a_decision_is_ended_by_the_procedure_of_another_once_that_is_public(
    db: Database, activities: ReviewActivities
) -> None:
    target = await in_force(activities)
    successor = await declared(db, target)
    assert await state_of(db, target) == "in_force"
    await activities.enter_text(published(document=successor, doc_number="云政发〔2026〕9号"))
    await activities.enter_text(published(document=successor, doc_number="云政发〔2026〕9号"))
    async with db.read() as conn:
        text = await store.text(conn, target)
    assert (text.state(date(2026, 3, 2)), [act.by_document for act in text.acts]) == ("ended", [successor.document_id])


async def test_what_is_amended_stays_in_force_from_the_successors_commencement_on(
    db: Database, activities: ReviewActivities
) -> None:
    target = await in_force(activities)
    successor = await declared(db, target, "amended")
    await activities.enter_text(published(document=successor, doc_number="2", effective_on=date(2026, 4, 1)))
    async with db.read() as conn:
        text = await store.text(conn, target)
    assert (text.state(date(2026, 4, 2)), text.acts[0].effective_on) == ("amended", date(2026, 4, 1))


async def test_a_word_taken_back_changes_nothing(db: Database, activities: ReviewActivities) -> None:
    target = await in_force(activities)
    successor = await declared(db, target)
    await declared(db, target, "none", document=successor, reason="不再停止。")
    await activities.enter_text(published(document=successor, doc_number="2"))
    assert await state_of(db, target) == "in_force"


async def test_the_register_for_prechecks_knows_what_was_ended_and_by_what(
    db: Database, activities: ReviewActivities
) -> None:
    target, amended = await in_force(activities), a_document(kind="MAJOR_DECISION", title="云溪区停车收费决定")
    await activities.enter_text(published(document=amended, doc_number="1"))
    successor = await declared(db, target)
    await declared(db, amended.document_id, "amended", document=successor)
    await activities.enter_text(published(document=successor, doc_number="2"))
    round_id = await opened(db, a_round())
    async with db.transaction() as tx:
        round_, _ = await rounds.lock_round(tx, round_id)
        register = await register_for(tx, None, round_)
    found = register.find("云溪区街面餐饮油烟管理办法（试行）"), register.find("云溪区停车收费决定")
    assert [(entry.status, entry.by) for entry in found if entry] == [
        (Status.REPEALED, f"《{successor.title}》"),
        (Status.AMENDED, f"《{successor.title}》"),
    ]


async def test_another_kind_another_authority_or_what_has_ended_is_not_changed(
    db: Database, activities: ReviewActivities
) -> None:
    target = await in_force(activities)
    with pytest.raises(no.OtherProcedure):
        await declared(db, target, document=a_document())
    with pytest.raises(no.ChangeUnclear):
        await declared(db, target, document=a_document(kind="MAJOR_DECISION", issuer_unit="finance"))
    with pytest.raises(no.ChangeUnclear):
        await declared(db, target, reason="")
    with pytest.raises(no.NotInForce):
        await declared(db, uuid4())
    await activities.enter_text(published(document=await declared(db, target), doc_number="2"))
    with pytest.raises(no.EndedAlready):
        await declared(db, target)
    with pytest.raises(no.EndedAlready):
        await suspended(db, target)


async def test_the_database_refuses_a_change_without_the_procedure(db: Database, activities: ReviewActivities) -> None:
    target = await in_force(activities)
    stranger = await in_force(activities, document=a_document(), doc_number="1")
    silent = await in_force(activities, document=a_document(kind="MAJOR_DECISION"), doc_number="2")
    person = ("xu-qingyuan", "许清远", "yunxi")
    for by, refusal in ((stranger, no.OtherProcedure), (silent, no.Undeclared)):
        with pytest.raises(refusal):
            async with db.transaction() as tx:
                await store.add(tx, NewAct(target, "ended", "直接停止。", PUBLISHED, person, by_document=by))
    with pytest.raises(asyncpg.CheckViolationError, match="changed_by_a_document"):
        async with db.transaction() as tx:
            await store.add(tx, NewAct(target, "ended", "直接停止。", PUBLISHED, person))
    with pytest.raises(asyncpg.CheckViolationError, match="suspended_in_urgency"):
        async with db.transaction() as tx:
            await store.add(tx, NewAct(target, "suspended", "不急。", PUBLISHED, person))


async def test_the_head_suspends_in_urgency_and_lets_it_go_on(db: Database, activities: ReviewActivities) -> None:
    target = await in_force(activities)
    await suspended(db, target)
    assert await state_of(db, target) == "suspended"
    with pytest.raises(no.SuspendedAlready):
        await suspended(db, target)
    await resumed(db, target)
    assert await state_of(db, target) == "in_force"
    with pytest.raises(no.NotSuspended):
        await resumed(db, target)


async def test_a_change_through_the_procedure_ends_the_suspension(db: Database, activities: ReviewActivities) -> None:
    target = await in_force(activities)
    await suspended(db, target)
    await activities.enter_text(published(document=await declared(db, target, "amended"), doc_number="2"))
    assert await state_of(db, target) == "amended"
    with pytest.raises(no.NotSuspended):
        await resumed(db, target)


async def test_what_happened_is_put_to_a_workflow_that_tells_it(
    db: Database, activities: ReviewActivities, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    target = await in_force(activities)
    suspension = await suspended(db, target)
    await resumed(db, target)
    letters = await owner.fetch(STARTS)
    assert letters[0]["target"] == f"standing/{suspension}"
    assert [one["suspension"] for one in letters] == [None, str(suspension)]
    assert all("汛情" not in one["body"] for one in letters)


@pytest.mark.parametrize("changes", [{"urgency": ""}, {"reason": ""}])
async def test_a_suspension_without_urgency_or_reason_is_refused(
    db: Database, activities: ReviewActivities, changes: dict[str, Any]
) -> None:
    with pytest.raises(no.NotUrgent):
        await suspended(db, await in_force(activities), **changes)


async def test_nobody_but_the_head_of_that_authority_suspends(db: Database, activities: ReviewActivities) -> None:
    target = await in_force(activities)
    with pytest.raises(Refused, match="auth"):
        await suspended(db, target, GU_NIANCI)
    with pytest.raises(OtherAuthority):
        await suspended(db, target, FINANCE_HEAD)
    with pytest.raises(no.NotADecision):
        await suspended(db, await in_force(activities, document=a_document(), doc_number="1"))


async def assessed(db: Database, document: DocumentRef, third_party: str = INSTITUTE) -> None:
    """The signed sheet of a risk assessment that a third party did."""
    round_id = await opened(
        db, a_round("recorded_step", document=document, stage="risk_assessment", role="drafter", unit_id="urban")
    )
    report = RiskReport(
        method="走访。",
        third_party=third_party,
        points=(RiskPoint(what="施工扰民", prevention="错峰。"),),
        response_plan="当日到场。",
        consulted=(Consulted(unit="区信访局", opinion="可控。"),),
    )
    async with db.transaction() as tx:
        await write_risk_report(tx, HE_XU, round_id, report, BOOK)
        await file_step(tx, HE_XU, round_id, a_step(), book=BOOK)


def a_commission(**changes: Any) -> Commission:
    soon = date.today() + timedelta(weeks=8)  # noqa: DTZ011 (far from any midnight)
    fields = {"ground": "many_opinions", "reason": "来信集中。", "body": "云溪大学公共管理学院", "due_on": soon}
    return Commission(**{**fields, **changes})


async def commissioned(db: Database, document_id: UUID, **changes: Any) -> UUID:
    async with db.transaction() as tx:
        return (await standing.commission(tx, GU_NIANCI, document_id, a_commission(**changes))).id


async def test_who_did_the_main_assessment_does_not_evaluate(db: Database, activities: ReviewActivities) -> None:
    document = a_document(kind="MAJOR_DECISION")
    await assessed(db, document)
    target = await in_force(activities, document=document)
    with pytest.raises(no.AssessedBefore):
        await commissioned(db, target, body=INSTITUTE)
    await commissioned(db, target)


async def test_the_database_refuses_who_assessed_before(db: Database, activities: ReviewActivities) -> None:
    document = a_document(kind="MAJOR_DECISION")
    await assessed(db, document, third_party="")
    target = await in_force(activities, document=document)
    for body in ({"body": "urban"}, {"body": "区城市管理局", "body_unit": "urban"}):
        with pytest.raises(no.AssessedBefore):
            async with db.transaction() as tx:
                await store.commission(tx, target, a_commission(**body), GU_NIANCI)


@pytest.mark.parametrize("changes", [{"reason": ""}, {"body": ""}, {"due_on": date(2020, 1, 1)}])
async def test_an_incomplete_evaluation_is_refused(
    db: Database, activities: ReviewActivities, changes: dict[str, Any]
) -> None:
    with pytest.raises(no.EvaluationIncomplete):
        await commissioned(db, await in_force(activities), **changes)


async def test_an_evaluation_concludes_once(db: Database, activities: ReviewActivities) -> None:
    target = await in_force(activities)
    evaluation = await commissioned(db, target)
    result = Conclude(outcome="adjust", findings="成本高于预期。", public_views="座谈两次。")
    async with db.transaction() as tx:
        with pytest.raises(no.ResultIncomplete):
            await standing.conclude(tx, GU_NIANCI, evaluation, result.model_copy(update={"findings": ""}))
        with pytest.raises(no.UnknownEvaluation):
            await standing.conclude(tx, GU_NIANCI, uuid4(), result)
        await standing.conclude(tx, GU_NIANCI, evaluation, result)
        with pytest.raises(no.ResultGiven):
            await standing.conclude(tx, GU_NIANCI, evaluation, result)


async def test_an_act_is_never_changed(
    db: Database, activities: ReviewActivities, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    await suspended(db, await in_force(activities))
    with pytest.raises(asyncpg.RaiseError, match=r"record\.append_only"):
        await owner.execute("update review.standing_acts set reason = '另一个理由'")


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_pages_show_it_to_the_public_and_the_forms_to_the_head(
    web: Web, db: Database, activities: ReviewActivities, language: str
) -> None:
    target = await in_force(activities)
    path, public = f"/review/in-force/{target}", {"Accept": "text/html", "Accept-Language": language}
    assert (await web.client.get("/review/in-force", headers=public)).status_code == 200
    assert "<form class" not in (await web.client.get(path, headers=public)).text.split("<main")[1].split("</main")[0]
    head, desk = ({**web.as_program(one), **public} for one in (XU_QINGYUAN, GU_NIANCI))
    said = {"situation": "problem", "urgency": "<b>急</b>", "reason": "<b>因</b>"}

    async def sent(name: str, fields: dict[str, str], headers: dict[str, str], key: str) -> int:
        return (
            await web.client.post(f"{path}/{name}", data=fields, headers={**headers, "Idempotency-Key": key})
        ).status_code

    assert await sent("suspend", {**said, "urgency": ""}, head, "a") == 422
    assert await sent("suspend", said, head, "b") == 303
    assert await sent("resume", {"reason": "好转。"}, head, "c") == 303
    form = {key: str(value) for key, value in a_commission().model_dump().items()}
    assert await sent("evaluate", form, desk, "d") == 303
    async with db.read() as conn:
        (evaluation,) = await store.evaluations(conn, target)
    result = {"outcome": "keep", "findings": "<b>好</b>", "public_views": "问卷。", "participants": ""}
    assert (await web.client.get(path, headers=desk)).status_code == 200
    assert await sent(f"evaluation/{evaluation.id}/result", result, desk, "e") == 303
    shown = (await web.client.get(path, headers=public)).text
    assert "&lt;b&gt;急&lt;/b&gt;" in shown
    assert "&lt;b&gt;好&lt;/b&gt;" in shown
    assert "许清远" not in shown


async def test_programs_suspend_resume_evaluate_and_the_public_reads(
    web: Web, db: Database, activities: ReviewActivities
) -> None:
    path = f"/review/documents-in-force/{await in_force(activities)}"
    head, desk = web.as_program(XU_QINGYUAN), web.as_program(GU_NIANCI)

    async def post(name: str, body: Any, headers: dict[str, str]) -> Any:
        answer = await web.client.post(f"{path}/{name}", json=body.model_dump(mode="json"), headers=headers)
        assert answer.status_code == 201
        return answer.json()

    await post("suspend", A_SUSPENSION, head)
    assert (await web.client.get(path)).json()["state"] == "suspended"
    await post("resume", Resume(reason="好转。"), head)
    evaluation = (await post("evaluations", a_commission(), desk))["id"]
    await post(
        f"evaluations/{evaluation}/result", Conclude(outcome="keep", findings="好。", public_views="问卷。"), desk
    )
    assert (await web.client.get(path)).json()["evaluations"][0]["outcome"] == "keep"
    (one,) = (await web.client.get("/review/documents-in-force")).json()
    assert "person_name" not in one["acts"][0]


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_sheet_of_initiation_is_drawn(
    web: Web, db: Database, activities: ReviewActivities, language: str
) -> None:
    target = await in_force(activities, document=a_document(), doc_number="1")
    document = a_document()
    round_id = await opened(
        db, a_round("recorded_step", document=document, stage="initiation", role="drafter", unit_id="urban")
    )
    headers = {**web.as_program(HE_XU), "Accept": "text/html", "Accept-Language": language}
    path, form = f"/review/round/{round_id}", {"target_id": str(target), "change": "amended", "reason": "<b>改</b>"}
    sent = await web.client.post(f"{path}/change-declared", data=form, headers={**headers, "Idempotency-Key": "a"})
    assert sent.status_code == 303
    assert "&lt;b&gt;改&lt;/b&gt;" in (await web.client.get(path, headers=headers)).text
