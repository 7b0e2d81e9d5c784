"""Reports upward and the catalogue's sheet: what was asked, what came back, and nothing is filed before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.kernel.contracts.refusals import Refused
from services.kernel.runtime.db import Database
from services.review.actions import catalogue
from services.review.actions.steps import file_step
from services.review.domain.catalogue import UnknownEntry
from services.review.sheets.catalogue.acts import NameMatter, name_matter
from services.review.sheets.catalogue.sheet import MatterUnnamed
from services.review.sheets.collecting import OtherSheet
from services.review.sheets.reporting import domain as no
from services.review.sheets.reporting.acts import record_reply, record_report
from services.review.sheets.reporting.domain import ReplyReceived, ReportSent
from services.review.store import sign_offs
from tests.review.builders import BOOK, GU_NIANCI, HE_XU, a_document, a_round, a_step, an_actor, opened
from tests.review.conftest import Web
from tests.review.test_catalogue import an_entry

LUO_SHIQI = an_actor("luo-shiqi", "罗诗琪", "yunxi-party", "party_clerk")
DAY = date(2026, 3, 2)
STAGES = {"party_report": ("party_clerk", LUO_SHIQI), "npc_report": ("registrar", GU_NIANCI)}


def a_report(**changes: Any) -> ReportSent:
    return ReportSent(**{"matter": "请示出台流域修复决策。", "to": "中共云溪区委", "sent_on": DAY, **changes})


def a_reply(**changes: Any) -> ReplyReceived:
    return ReplyReceived(**{"kind": "consent", "replied_on": DAY, "number": "云委〔2026〕3号", **changes})


async def waiting(db: Database, stage: str) -> UUID:
    document = a_document(kind="MAJOR_DECISION")
    role = STAGES[stage][0] if stage in STAGES else "registrar"
    return await opened(db, a_round("recorded_step", document=document, stage=stage, role=role))


async def done(db: Database, act: Any, round_id: UUID, command: Any, actor: Any = LUO_SHIQI) -> Any:
    async with db.transaction() as tx:
        return await act(tx, actor, round_id, command, BOOK)


async def filed(db: Database, round_id: UUID, actor: Any = LUO_SHIQI) -> None:
    async with db.transaction() as tx:
        await file_step(tx, actor, round_id, a_step(), book=BOOK)


@pytest.mark.parametrize("stage", STAGES)
async def test_report_and_reply_are_in_the_signed_record(db: Database, stage: str) -> None:
    actor, round_id = STAGES[stage][1], await waiting(db, stage)
    with pytest.raises(no.ReportMissing):
        await filed(db, round_id, actor)
    await done(db, record_report, round_id, a_report(), actor)
    with pytest.raises(no.ReplyMissing):
        await filed(db, round_id, actor)
    await done(db, record_reply, round_id, a_reply(), actor)
    await filed(db, round_id, actor)
    async with db.read() as conn:
        signed = await sign_offs.find_sign_off(conn, round_id)
    assert signed is not None
    assert signed.record["details"]["report_sent"]["to"] == "中共云溪区委"
    assert signed.record["details"]["report_reply"]["kind"] == "consent"


@pytest.mark.parametrize(
    ("reply", "refusal"),
    [
        (a_reply(replied_on=DAY - timedelta(days=1)), no.ReplyUnclear),
        (a_reply(replied_on=date(2199, 1, 1)), no.ReplyUnclear),
        (a_reply(kind="direction"), no.ReplyUnclear),
    ],
)
async def test_a_reply_that_cannot_be_is_refused(db: Database, reply: ReplyReceived, refusal: type[Refused]) -> None:
    round_id = await waiting(db, "party_report")
    with pytest.raises(no.ReportMissing):
        await done(db, record_reply, round_id, reply)
    await done(db, record_report, round_id, a_report())
    with pytest.raises(refusal):
        await done(db, record_reply, round_id, reply)


@pytest.mark.parametrize("changes", [{"matter": ""}, {"to": ""}, {"sent_on": date(2199, 1, 1)}])
async def test_a_report_without_matter_addressee_or_day_is_refused(db: Database, changes: dict[str, Any]) -> None:
    with pytest.raises(no.ReportMissing):
        await done(db, record_report, await waiting(db, "party_report"), a_report(**changes))


async def test_a_reply_without_paper_and_number_is_not_filed(db: Database) -> None:
    round_id = await waiting(db, "party_report")
    await done(db, record_report, round_id, a_report())
    await done(db, record_reply, round_id, a_reply(number=""))
    with pytest.raises(no.ReplyPaperMissing):
        await filed(db, round_id)


async def test_the_drafting_unit_does_not_speak_for_the_committee(db: Database) -> None:
    with pytest.raises(Refused, match="auth"):
        await done(db, record_report, await waiting(db, "party_report"), a_report(), HE_XU)


async def test_another_stage_takes_no_report(db: Database) -> None:
    with pytest.raises(OtherSheet):
        await done(db, record_report, await waiting(db, "annual_catalogue"), a_report(), GU_NIANCI)


async def test_a_decision_names_its_matter_or_the_reason_for_having_none(db: Database) -> None:
    round_id = await waiting(db, "annual_catalogue")
    with pytest.raises(MatterUnnamed):
        await filed(db, round_id, GU_NIANCI)
    with pytest.raises(MatterUnnamed):
        await done(db, name_matter, round_id, NameMatter(), GU_NIANCI)
    with pytest.raises(UnknownEntry):
        await done(db, name_matter, round_id, NameMatter(entry_id=uuid4()), GU_NIANCI)
    await done(db, name_matter, round_id, NameMatter(reason="上级新部署。"), GU_NIANCI)
    async with db.transaction() as tx:
        entered = await catalogue.enter(tx, GU_NIANCI, an_entry(), book=BOOK)
    await done(db, name_matter, round_id, NameMatter(entry_id=entered.entry_id), GU_NIANCI)
    await filed(db, round_id, GU_NIANCI)
    async with db.read() as conn:
        signed = await sign_offs.find_sign_off(conn, round_id)
    assert signed is not None
    assert signed.record["details"]["catalogue"]["entry_id"] == str(entered.entry_id)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("stage", ["npc_report", "annual_catalogue"])
async def test_the_sheets_are_drawn_and_filled_by_the_page(web: Web, db: Database, stage: str, language: str) -> None:
    round_id = await waiting(db, stage)
    headers = {**web.as_program(GU_NIANCI), "Accept": "text/html", "Accept-Language": language}
    path = f"/review/round/{round_id}"
    assert (await web.client.get(path, headers=headers)).status_code == 200
    name, fields = {
        "npc_report": ("report-sent", {"matter": "<b>报告</b>", "to": "区人大常委会", "sent_on": "2026-03-02"}),
        "annual_catalogue": ("catalogue-matter", {"entry_id": "", "reason": "<b>报告</b>"}),
    }[stage]
    wrong = await web.client.post(f"{path}/{name}", data={}, headers={**headers, "Idempotency-Key": "a"})
    assert wrong.status_code == 422
    sent = await web.client.post(f"{path}/{name}", data=fields, headers={**headers, "Idempotency-Key": "b"})
    assert sent.status_code == 303
    assert "&lt;b&gt;报告&lt;/b&gt;" in (await web.client.get(path, headers=headers)).text
