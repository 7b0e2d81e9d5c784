"""Hearings: participants by rule, materials in time, a record that everybody signed or said why not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.contracts.facts import HearingFacts
from services.kernel.procedure.deadlines import office_day
from services.kernel.runtime.db import Database
from services.review.actions.steps import file_step
from services.review.domain import hearings as domain
from services.review.domain.hearings import (
    Applicant,
    HearingNotice,
    HearingRecord,
    Mark,
    SelectParticipants,
    SendMaterials,
    Taken,
    selected,
)
from services.review.sheets.hearing import acts
from services.review.store import rounds
from tests.review.builders import BOOK, HE_XU, LU_WENXI, a_round, a_step, opened
from tests.review.conftest import Web
from tests.review.test_pages import get

TODAY = office_day(datetime.now(UTC))
APPLICANTS = (Applicant(name="江先生", group="消费者"), Applicant(name="宋女士", group="经营者"))


def a_notice(days: int, **changes: Any) -> HearingNotice:
    fields = {"subject": "清洗频次", "held_on": TODAY + timedelta(days=days), "place": "第一会议室"}
    return HearingNotice(**{**fields, "participants_wanted": 2, "how_to_apply": "来信报名。", **changes})


async def a_hearing(db: Database) -> UUID:
    return await opened(db, a_round("recorded_step", stage="hearing", role="drafter", unit_id="urban"))


async def done(db: Database, round_id: UUID, act: Any, command: Any) -> None:
    async with db.transaction() as tx:
        await act(tx, HE_XU, round_id, command, BOOK)


async def announced(db: Database, round_id: UUID, days: int = 0) -> None:
    await done(db, round_id, acts.announce, a_notice(days, short_reason="试点，已当面告知。"))
    await done(db, round_id, acts.select, SelectParticipants(applicants=APPLICANTS))


def a_record(**changes: Any) -> HearingRecord:
    marks = (Mark(name="江先生"), Mark(name="宋女士", mark="refused", reason="对记录顺序有异议。"))
    opinions = (Taken(opinion="频次过高。", adoption="partly", reason="已放宽。"),)
    return HearingRecord(**{"marks": marks, "opinions": opinions, "summary": "双方意见已记录。", **changes})


@given(st.text(min_size=1), st.lists(st.sampled_from("甲乙丙"), min_size=1, max_size=12), st.integers(1, 12))
def test_every_group_has_a_seat_before_any_has_two(seed: str, groups: list[str], seats: int) -> None:
    applicants = [Applicant(name=f"人{n}", group=group) for n, group in enumerate(groups)]
    chosen = selected("draw", seed, applicants, seats)
    assert chosen == selected("draw", seed, applicants, seats)
    assert len(chosen) == min(seats, len(applicants))
    assert len({one.group for one in chosen}) == min(len(set(groups)), len(chosen))


async def test_a_short_notice_says_why(db: Database) -> None:
    with pytest.raises(domain.NoticeTooShort):
        await done(db, await a_hearing(db), acts.announce, a_notice(9))


async def test_the_steps_of_a_hearing_have_an_order(db: Database) -> None:
    round_id = await a_hearing(db)
    with pytest.raises(domain.HearingUnannounced):
        await done(db, round_id, acts.select, SelectParticipants(applicants=APPLICANTS))
    async with db.transaction() as tx:
        with pytest.raises(domain.HearingUnannounced):
            await file_step(tx, HE_XU, round_id, a_step(), book=BOOK)


async def test_materials_go_out_as_many_days_ahead_as_the_rule_says(db: Database) -> None:
    round_id = await a_hearing(db)
    await announced(db, round_id)
    with pytest.raises(domain.MaterialsLate):
        await done(db, round_id, acts.send, SendMaterials(sent_on=TODAY - timedelta(days=6)))
    with pytest.raises(domain.NotHeard):
        await done(db, round_id, acts.send, SendMaterials(sent_on=TODAY + timedelta(days=1)))
    await done(db, round_id, acts.send, SendMaterials(sent_on=TODAY - timedelta(days=7)))


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"marks": (Mark(name="江先生"),)}, domain.RecordUnsigned),
        ({"marks": (Mark(name="江先生"), Mark(name="宋女士", mark="refused"))}, domain.RecordUnsigned),
        ({"summary": ""}, domain.ReportIncomplete),
        ({"opinions": (Taken(opinion="频次过高。", adoption="not_adopted"),)}, domain.ReportIncomplete),
    ],
)
def test_a_record_is_signed_and_its_opinions_are_answered(changes: dict[str, Any], refusal: type[Exception]) -> None:
    found = domain.record_refused(a_notice(0), ["江先生", "宋女士"], a_record(**changes), today=TODAY)
    assert isinstance(found, refusal)


async def test_a_regular_hearing_is_filed_shown_and_told_to_the_gates(db: Database, web: Web) -> None:
    round_id = await a_hearing(db)
    await announced(db, round_id)
    await done(db, round_id, acts.send, SendMaterials(sent_on=TODAY - timedelta(days=8)))
    await done(db, round_id, acts.keep_record, a_record())
    assert "宋女士" in (await get(web, f"/review/round/{round_id}", HE_XU, "en")).text
    async with db.transaction() as tx:
        await file_step(tx, HE_XU, round_id, a_step(), book=BOOK)
        facts = (await rounds.get_round(tx, round_id)).facts
    assert facts is not None
    assert facts.hearing == HearingFacts(materials_days=8, list_published=True, record_signed=True)
    assert "双方意见已记录。" in (await get(web, f"/review/round/{round_id}", LU_WENXI)).text
