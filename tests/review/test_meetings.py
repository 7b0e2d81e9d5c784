"""Collective decision: quorum, order of speaking, majority, dissent, and every outcome."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.kernel.runtime.db import Database
from services.review.actions.deciding import Decided
from services.review.actions.meetings import record_meeting
from services.review.actions.signatures import sign, verify
from services.review.domain import meeting_refusals as no
from services.review.domain import refusals
from services.review.domain.commands import Attendee, Statement
from services.review.domain.meetings import count, dissents
from services.review.store import meetings, sign_offs
from tests.review.builders import (
    BOOK,
    GU_NIANCI,
    MEMBERS,
    NO_TEXTS,
    WEN_ZHIYUAN,
    XU_QINGYUAN,
    ZONE,
    a_meeting,
    a_round,
    a_signature,
    a_verification,
    attendance,
    opened,
    speeches,
)

HOUR = timedelta(hours=1)
AGAINST = speeches("against", "against", "against", "against", "for", chief="for")
OUTCOMES: dict[str, dict[str, Any]] = {
    "passed": {},
    "rediscuss": {"statements": speeches(*["amend"] * 5, chief="amend")},
    "deferred": {"statements": speeches(*["against"] * 5, chief="against")},
    "rejected": {"statements": speeches(*["against"] * 5, chief="against")},
}


async def recorded(db: Database, round_id: UUID, **changes: Any) -> Decided:
    async with db.transaction() as tx:
        return await record_meeting(tx, WEN_ZHIYUAN, round_id, a_meeting(**changes), book=BOOK, blobs=NO_TEXTS)


@pytest.mark.parametrize("outcome", OUTCOMES)
async def test_every_decision_of_a_meeting_is_an_outcome(db: Database, outcome: str) -> None:
    decided = await recorded(db, await opened(db, a_round("meeting")), outcome=outcome, **OUTCOMES[outcome])
    assert decided.outcome == outcome


async def test_the_record_keeps_the_words_of_each_member(db: Database) -> None:
    round_id = await opened(db, a_round("meeting"))
    await recorded(db, round_id)
    async with db.read() as conn:
        record = await meetings.find_meeting(conn, round_id)
    assert record is not None
    assert [spoken.name for spoken in record.statements][-1] == "许清远"
    assert (record.meeting.due_count, record.meeting.present_count) == (6, 6)


async def test_dissent_is_kept_as_spoken(db: Database) -> None:
    round_id = await opened(db, a_round("meeting"))
    await recorded(db, round_id, statements=speeches("for", "for", "for", "against", "for"))
    async with db.read() as conn:
        record = await meetings.find_meeting(conn, round_id)
    assert record is not None
    assert [(one.name, one.opinion) for one in record.statements if one.dissents] == [("秦秀英", "意见：against。")]


async def test_a_departure_with_reasons_stands(db: Database) -> None:
    round_id = await opened(db, a_round("meeting"))
    await recorded(db, round_id, statements=AGAINST, reasons="汛期将至，须先行施行。")
    async with db.read() as conn:
        record = await meetings.find_meeting(conn, round_id)
    assert record is not None
    assert record.ruling.against_majority


async def test_a_departure_without_reasons_is_refused(db: Database) -> None:
    round_id = await opened(db, a_round("meeting"))
    with pytest.raises(no.DepartureUnexplained):
        await recorded(db, round_id, statements=AGAINST)


@pytest.mark.parametrize("form", ["circulation", "countersigning", ""])
async def test_circulation_does_not_replace_a_meeting(db: Database, form: str) -> None:
    round_id = await opened(db, a_round("meeting"))
    with pytest.raises(no.NotAMeeting):
        await recorded(db, round_id, form=form)


async def test_a_plenary_meeting_decides_too(db: Database) -> None:
    assert (await recorded(db, await opened(db, a_round("meeting")), form="plenary")).outcome == "passed"


async def test_too_few_members_decide_nothing(db: Database) -> None:
    absent = MEMBERS[:4]
    round_id = await opened(db, a_round("meeting"))
    with pytest.raises(no.NoQuorum):
        await recorded(db, round_id, attendees=attendance(absent=absent), statements=speeches(absent=absent))


async def test_half_of_the_members_are_a_quorum(db: Database) -> None:
    absent = MEMBERS[:3]
    round_id = await opened(db, a_round("meeting"))
    decided = await recorded(
        db, round_id, attendees=attendance(absent=absent), statements=speeches("for", "for", absent=absent)
    )
    assert decided.outcome == "passed"


async def test_a_member_left_off_the_list_is_named(db: Database) -> None:
    round_id = await opened(db, a_round("meeting"))
    with pytest.raises(no.MemberMissing, match="梁建平"):
        await recorded(db, round_id, attendees=attendance()[1:])


async def test_a_member_unknown_to_the_directory_is_refused(db: Database) -> None:
    round_id = await opened(db, a_round("meeting"))
    with pytest.raises(no.UnknownMember):
        await recorded(db, round_id, attendees=(*attendance(), Attendee(person_id="nobody")))


async def test_an_absence_has_a_reason(db: Database) -> None:
    round_id = await opened(db, a_round("meeting"))
    list_ = (Attendee(person_id=MEMBERS[0], present=False), *attendance()[1:])
    with pytest.raises(no.AbsenceUnexplained):
        await recorded(db, round_id, attendees=list_)


async def test_who_was_not_there_did_not_chair(db: Database) -> None:
    round_id = await opened(db, a_round("meeting"))
    with pytest.raises(no.ChairAbsent):
        await recorded(db, round_id, chair_id="lu-wenxi")


async def test_the_chief_executive_is_there(db: Database) -> None:
    round_id = await opened(db, a_round("meeting"))
    with pytest.raises(no.ChiefAbsent):
        await recorded(
            db, round_id, chair_id=MEMBERS[0], attendees=attendance(absent=("xu-qingyuan",)), statements=speeches()[:-1]
        )


async def test_nobody_else_decides_in_the_place_of_the_chief(db: Database) -> None:
    round_id = await opened(db, a_round("meeting"))
    with pytest.raises(no.ChiefAbsent):
        await recorded(db, round_id, chief_id=MEMBERS[0])


@pytest.mark.parametrize(
    "statements",
    [
        speeches()[1:],
        (Statement(person_id=MEMBERS[0], stance=None, opinion="同意。"), *speeches()[1:]),
        (Statement(person_id=MEMBERS[0], stance="for", opinion=""), *speeches()[1:]),
    ],
)
async def test_each_member_present_has_a_stance_and_words(db: Database, statements: Any) -> None:
    round_id = await opened(db, a_round("meeting"))
    with pytest.raises(no.StatementMissing):
        await recorded(db, round_id, statements=statements)


@pytest.mark.parametrize("speaker", ["lu-wenxi", MEMBERS[0]])
async def test_strangers_and_repeated_speakers_are_refused(db: Database, speaker: str) -> None:
    again = Statement(person_id=speaker, stance="for", opinion="同意。")
    round_id = await opened(db, a_round("meeting"))
    with pytest.raises(no.SpeakerAbsent):
        await recorded(db, round_id, statements=(again, *speeches()))


async def test_the_chief_executive_speaks_last(db: Database) -> None:
    *others, chief = speeches()
    round_id = await opened(db, a_round("meeting"))
    with pytest.raises(no.ChiefNotLast):
        await recorded(db, round_id, statements=(chief, *others))


async def test_amendments_are_listed(db: Database) -> None:
    round_id = await opened(db, a_round("meeting"))
    with pytest.raises(no.AmendmentsMissing):
        await recorded(db, round_id, outcome="passed_as_amended")


async def test_an_outcome_that_no_meeting_knows_is_refused(db: Database) -> None:
    round_id = await opened(db, a_round("meeting"))
    with pytest.raises(refusals.UnknownOutcome):
        await recorded(db, round_id, outcome="applauded")


async def test_a_meeting_before_its_earliest_time_is_refused(db: Database) -> None:
    round_id = await opened(db, a_round("meeting", earliest=datetime.now(UTC) + HOUR))
    with pytest.raises(no.TooEarly):
        await recorded(db, round_id)


async def test_a_meeting_before_the_item_was_ready_is_refused(db: Database) -> None:
    round_id = await opened(db, a_round("meeting"))
    with pytest.raises(no.TooEarly):
        await recorded(db, round_id, started_at=datetime.now(UTC) - HOUR)


async def test_a_meeting_to_come_is_not_recorded(db: Database) -> None:
    round_id = await opened(db, a_round("meeting"))
    with pytest.raises(no.NotHeldYet):
        await recorded(db, round_id, started_at=datetime.now(UTC) + HOUR)


async def test_notice_comes_before_the_meeting(db: Database) -> None:
    round_id = await opened(db, a_round("meeting"))
    with pytest.raises(no.NoticeAfterMeeting):
        await recorded(db, round_id, notice_at=datetime.now(UTC) + HOUR)


@pytest.mark.parametrize(
    ("constraint", "column", "value"),
    [("quorum", "present_count", 1), ("held", "recorded_at", datetime(2020, 1, 1, tzinfo=UTC))],
)
async def test_the_database_keeps_quorum_and_order_of_time(
    db: Database, constraint: str, column: str, value: object
) -> None:
    round_id = await opened(db, a_round("meeting"))
    row = {"present_count": 6, "recorded_at": datetime.now(UTC) + HOUR, column: value}
    async with db.transaction() as tx:
        with pytest.raises(asyncpg.CheckViolationError, match=constraint):
            await tx.execute(
                "insert into meetings (round_id, issuer_unit, form, name, place, started_at, chair_id, chair_name, "
                "chief_id, recorder_id, recorder_name, due_count, present_count, quorum_ratio, recorded_at) values "
                "($1, 'yunxi', 'executive', '会', '室', now(), 'a', '甲', 'a', 'b', '乙', 6, $2, 0.5, $3)",
                round_id,
                row["present_count"],
                row["recorded_at"],
            )


async def test_the_database_lets_nobody_speak_after_the_chief(db: Database) -> None:
    round_id = await opened(db, a_round("meeting"))
    await recorded(db, round_id)
    async with db.transaction() as tx:
        with pytest.raises(asyncpg.RaiseError, match=r"meeting\.chief_last"):
            await tx.execute(
                "insert into meeting_decisions (meeting_id, outcome, chief_id, against_majority) "
                "select id, 'passed', 'bai-jing', false from meetings"
            )


def test_more_than_half_against_a_decision_is_a_departure() -> None:
    assert count(a_meeting(statements=AGAINST)).against_majority


def test_half_against_a_decision_is_no_departure() -> None:
    tied = speeches("against", "against", "against", "for", "for", chief="for")
    assert not count(a_meeting(statements=tied)).against_majority


@pytest.mark.parametrize(
    ("outcome", "stance", "expected"),
    [
        ("passed", "for", False),
        ("passed", "amend", True),
        ("passed_as_amended", "amend", False),
        ("rejected", "for", True),
        ("rediscuss", "against", False),
        ("deferred", "for", True),
    ],
)
def test_dissent_is_what_a_decision_does_not_follow(outcome: str, stance: str, expected: bool) -> None:
    assert dissents(outcome, stance) is expected


@pytest.mark.parametrize("outcome", ["signed", "returned"])
async def test_signing_has_two_outcomes(db: Database, outcome: str) -> None:
    round_id = await opened(db, a_round("signing"))
    async with db.transaction() as tx:
        decided = await sign(tx, XU_QINGYUAN, round_id, a_signature(outcome=outcome), book=BOOK, zone=ZONE)
    assert decided.outcome == outcome


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"opinion": ""}, refusals.OpinionMissing),
        ({"name": "许"}, refusals.SignatureName),
        ({"date": datetime(2026, 1, 5, tzinfo=UTC).date()}, refusals.SignatureDate),
        ({"outcome": "circulated"}, refusals.UnknownOutcome),
    ],
)
async def test_a_signature_has_opinion_name_and_full_date(
    db: Database, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    round_id = await opened(db, a_round("signing"))
    async with db.transaction() as tx:
        with pytest.raises(refusal):
            await sign(tx, XU_QINGYUAN, round_id, a_signature(**changes), book=BOOK, zone=ZONE)


async def test_the_signature_is_in_the_record(db: Database) -> None:
    round_id = await opened(db, a_round("signing"))
    async with db.transaction() as tx:
        await sign(tx, XU_QINGYUAN, round_id, a_signature(), book=BOOK, zone=ZONE)
        signed = await sign_offs.find_sign_off(tx, round_id)
    assert signed is not None
    assert (signed.opinion, signed.record["details"]["name"]) == ("同意印发。", "许清远")


async def test_the_day_of_publication_reaches_the_workflow(db: Database) -> None:
    day = datetime(2026, 12, 1, tzinfo=UTC).date()
    round_id = await opened(db, a_round("verification"))
    async with db.transaction() as tx:
        await verify(tx, GU_NIANCI, round_id, a_verification(publication_day=day), book=BOOK)
        body = await tx.fetchval("select body from outbox")
    assert body["publication_day"] == "2026-12-01"


async def test_a_change_of_substance_is_described(db: Database) -> None:
    round_id = await opened(db, a_round("verification"))
    async with db.transaction() as tx:
        with pytest.raises(refusals.OpinionMissing):
            await verify(tx, GU_NIANCI, round_id, a_verification(outcome="substantive_change"), book=BOOK)


async def test_a_change_of_substance_goes_back(db: Database) -> None:
    round_id = await opened(db, a_round("verification"))
    command = a_verification(outcome="substantive_change", note="第七条期限有改动。")
    async with db.transaction() as tx:
        assert (await verify(tx, GU_NIANCI, round_id, command, book=BOOK)).outcome == "substantive_change"
