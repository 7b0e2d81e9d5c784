"""Joint signing: seats are called for, added, taken away and filled, and the round is decided exactly once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.kernel.contracts.facts import Facts, JointFacts, SignatureFacts
from services.kernel.contracts.refusals import Forbidden, Refused
from services.kernel.contracts.review import CloseRound
from services.kernel.contracts.sign_offs import verify
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Database
from services.review.actions import seats as acts
from services.review.actions.deciding import Decided, Decision, settle, take
from services.review.actions.opinions import give_opinion
from services.review.actions.signatures import sign
from services.review.actions.steps import declare_not_applicable
from services.review.activities import ReviewActivities
from services.review.domain import refusals, seat_refusals
from services.review.domain.record import broken_at
from services.review.domain.seats import AddSeat, CallSeats, EndSeat, Joint, JointRule, NewSeat
from services.review.signing import file_of
from services.review.store import rounds, sign_offs
from services.review.store import seats as store
from services.review.store.letters import get_letter
from tests.review.builders import (
    BOOK,
    CHENG_YIAN,
    GU_NIANCI,
    HE_XU,
    LU_WENXI,
    OTHER_HASH,
    SEEN,
    SITE,
    SU_HE,
    XU_QINGYUAN,
    ZONE,
    a_declaration,
    a_document,
    a_round,
    a_signature,
    an_actor,
    an_opinion,
    opened,
)

LUO_SHIQI = an_actor("luo-shiqi", "罗诗琪", "yunxi-party", "party_clerk", "chief")
SONG_HAORAN = an_actor("song-haoran", "宋浩然", "finance", "drafter", "lead_unit_officer")


def called(*people: str, rule: JointRule = JointRule.ALL, **changes: Any) -> CallSeats:
    return CallSeats(**{**SEEN, "rule": rule, "seats": [NewSeat(person_id=one) for one in people], **changes})


def added(person_id: str = "cheng-yian", **changes: Any) -> AddSeat:
    return AddSeat(**{**SEEN, "person_id": person_id, **changes})


async def joint(db: Database, *people: str, rule: JointRule = JointRule.ALL, **changes: Any) -> UUID:
    """A legality round that 陆闻溪 has made joint with these people."""
    round_id = await opened(db, a_round(**changes))
    async with db.transaction() as tx:
        await acts.call(tx, LU_WENXI, round_id, called(*people, rule=rule), book=BOOK)
    return round_id


async def seats_of(db: Database, round_id: UUID) -> Joint:
    async with db.read() as conn:
        found = await store.find(conn, round_id)
    assert found is not None
    return found


async def says(db: Database, actor: Actor, round_id: UUID, outcome: str = "lawful") -> Decided:
    async with db.transaction() as tx:
        return await give_opinion(tx, actor, round_id, an_opinion(outcome), book=BOOK)


async def take_away(db: Database, round_id: UUID, ordinal: int, reason: str = "已另行征求意见") -> Joint:
    seat = (await seats_of(db, round_id)).seats[ordinal - 1]
    async with db.transaction() as tx:
        return await acts.remove(tx, LU_WENXI, round_id, EndSeat(seat_id=seat.id, reason=reason))


async def outcome_of(db: Database, round_id: UUID) -> str | None:
    async with db.read() as conn:
        return (await rounds.get_round(conn, round_id)).outcome


async def told(owner: asyncpg.Connection[asyncpg.Record], name: str) -> list[dict[str, Any]]:
    import json

    rows = await owner.fetch("select body from review.outbox where name = $1 order by position", name)
    return [json.loads(row["body"]) for row in rows]


async def test_all_must_agree_before_the_round_is_decided(db: Database) -> None:
    round_id = await joint(db, "su-he", "cheng-yian")
    assert not (await says(db, SU_HE, round_id)).decides
    assert not (await says(db, LU_WENXI, round_id)).decides
    assert await outcome_of(db, round_id) is None
    assert (await says(db, CHENG_YIAN, round_id)).decides
    assert await outcome_of(db, round_id) == "lawful"


async def test_with_any_the_first_to_agree_decides(db: Database) -> None:
    round_id = await joint(db, "su-he", "cheng-yian", rule=JointRule.ANY)
    assert not (await says(db, SU_HE, round_id, "amend")).decides
    assert (await says(db, CHENG_YIAN, round_id)).decides
    assert await outcome_of(db, round_id) == "lawful"


async def test_with_a_ratio_two_of_three_are_enough(db: Database) -> None:
    round_id = await joint(db, "su-he", "cheng-yian", rule=JointRule.RATIO)
    await says(db, SU_HE, round_id, "amend")
    await says(db, LU_WENXI, round_id)
    assert (await says(db, CHENG_YIAN, round_id)).decides
    assert await outcome_of(db, round_id) == "lawful"


async def test_one_refusal_ends_a_round_in_which_all_must_agree(db: Database) -> None:
    round_id = await joint(db, "su-he", "cheng-yian")
    await says(db, SU_HE, round_id)
    assert (await says(db, CHENG_YIAN, round_id, "amend")).decides
    assert await outcome_of(db, round_id) == "amend"
    with pytest.raises(refusals.RoundClosed):
        await says(db, LU_WENXI, round_id)


async def test_every_seat_has_its_own_link_in_the_chain(db: Database) -> None:
    asked = a_round()
    round_id = await opened(db, asked)
    async with db.transaction() as tx:
        await acts.call(tx, LU_WENXI, round_id, called("su-he"), book=BOOK)
    await says(db, SU_HE, round_id)
    await says(db, LU_WENXI, round_id)
    async with db.read() as conn:
        chain = await sign_offs.chain_of(conn, asked.document.document_id)
    assert [(one.person_id, one.record["details"]["seat"]["ordinal"]) for one in chain] == [
        ("su-he", 2),
        ("lu-wenxi", 1),
    ]
    assert broken_at(chain) is None


async def test_points_of_several_signers_stand_one_after_another(db: Database) -> None:
    asked = a_round()
    round_id = await opened(db, asked)
    async with db.transaction() as tx:
        await acts.call(tx, LU_WENXI, round_id, called("su-he", rule=JointRule.ANY), book=BOOK)
    for actor in (SU_HE, LU_WENXI):
        await says(db, actor, round_id, "amend")
    async with db.read() as conn:
        points = await sign_offs.points_of(conn, asked.document.document_id)
    assert [point.position for point in points] == [1, 2]


async def test_who_has_no_seat_does_not_sign(db: Database) -> None:
    round_id = await opened(db, a_round())
    async with db.transaction() as tx:
        await acts.call(tx, LU_WENXI, round_id, called("cheng-yian"), book=BOOK)
    with pytest.raises(seat_refusals.NoSeat):
        await says(db, SU_HE, round_id)


async def test_a_seat_of_a_unit_is_filled_by_whoever_holds_the_role_there(db: Database) -> None:
    round_id = await opened(db, a_round())
    seat = NewSeat(unit_id="finance", role="lead_unit_officer")
    async with db.transaction() as tx:
        await acts.call(tx, LU_WENXI, round_id, CallSeats(**SEEN, seats=(seat,)), book=BOOK)
    await says(db, SONG_HAORAN, round_id)
    assert [one.signed_name for one in (await seats_of(db, round_id)).seats] == [None, "宋浩然"]


async def test_one_person_signs_once_even_with_two_seats(db: Database) -> None:
    round_id = await opened(db, a_round())
    seats = (NewSeat(person_id="song-haoran"), NewSeat(unit_id="finance", role="drafter"))
    async with db.transaction() as tx:
        await acts.call(tx, LU_WENXI, round_id, CallSeats(**SEEN, seats=seats), book=BOOK)
    await says(db, SONG_HAORAN, round_id)
    with pytest.raises(refusals.AlreadySigned):
        await says(db, SONG_HAORAN, round_id)


async def test_a_seat_before_another_signs_first(db: Database) -> None:
    round_id = await joint(db, "su-he")
    other = (await seats_of(db, round_id)).seats[1]
    async with db.transaction() as tx:
        await acts.add(tx, SU_HE, round_id, added(place="before", of=other.id))
    with pytest.raises(seat_refusals.SeatWaits):
        await says(db, SU_HE, round_id)
    await says(db, CHENG_YIAN, round_id)
    assert not (await says(db, SU_HE, round_id)).decides


async def test_a_seat_after_another_waits_until_it_has_signed_or_is_gone(db: Database) -> None:
    round_id = await joint(db, "su-he")
    other = (await seats_of(db, round_id)).seats[1]
    async with db.transaction() as tx:
        await acts.add(tx, LU_WENXI, round_id, added(place="after", of=other.id))
    with pytest.raises(seat_refusals.SeatWaits):
        await says(db, CHENG_YIAN, round_id)
    await take_away(db, round_id, 2)
    assert not (await says(db, CHENG_YIAN, round_id)).decides


async def test_taking_away_the_last_who_is_missing_decides_the_round(
    db: Database, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    round_id = await joint(db, "su-he", "cheng-yian")
    await says(db, SU_HE, round_id)
    await says(db, LU_WENXI, round_id)
    await take_away(db, round_id, 3)
    assert await outcome_of(db, round_id) == "lawful"
    assert len(await told(owner, "round_decided")) == 1


async def test_a_seat_that_has_signed_is_not_taken_away(db: Database) -> None:
    round_id = await joint(db, "su-he", "cheng-yian")
    await says(db, SU_HE, round_id)
    with pytest.raises(seat_refusals.SeatActed):
        await take_away(db, round_id, 2)


async def test_the_last_seat_stays(db: Database) -> None:
    round_id = await joint(db, "su-he")
    await take_away(db, round_id, 2)
    with pytest.raises(seat_refusals.LastSeat):
        await take_away(db, round_id, 1)


async def test_taking_away_needs_a_reason(db: Database) -> None:
    round_id = await joint(db, "su-he")
    with pytest.raises(seat_refusals.SeatReason):
        await take_away(db, round_id, 2, reason="")


async def test_a_seat_is_taken_away_once(db: Database) -> None:
    round_id = await joint(db, "su-he", "cheng-yian")
    await take_away(db, round_id, 2)
    with pytest.raises(seat_refusals.SeatGone):
        await take_away(db, round_id, 2)


async def test_who_added_a_seat_withdraws_it_before_it_has_signed(db: Database) -> None:
    round_id = await joint(db, "su-he")
    async with db.transaction() as tx:
        grown = await acts.add(tx, SU_HE, round_id, added())
    seat = grown.seats[-1]
    async with db.transaction() as tx:
        with pytest.raises(seat_refusals.NotYourSeat):
            await acts.withdraw(tx, LU_WENXI, round_id, seat.id)
    async with db.transaction() as tx:
        left = await acts.withdraw(tx, SU_HE, round_id, seat.id)
    assert left.state(left.seat(seat.id)) == "withdrawn"


async def test_only_who_is_in_charge_or_sits_there_adds_a_seat(db: Database) -> None:
    round_id = await joint(db, "su-he")
    async with db.transaction() as tx:
        with pytest.raises(Forbidden):
            await acts.add(tx, GU_NIANCI, round_id, added())


@pytest.mark.parametrize(
    ("seats", "refusal"),
    [
        ((), seat_refusals.TooFewSeats),
        (("lu-wenxi",), seat_refusals.SeatTwice),
        (("su-he", "su-he"), seat_refusals.SeatTwice),
        (("nobody",), seat_refusals.NobodyThere),
        (("he-xu",), refusals.AuthorMayNotSign),
    ],
)
async def test_joint_signing_begins_only_with_regular_seats(
    db: Database, seats: tuple[str, ...], refusal: type[Refused]
) -> None:
    round_id = await opened(db, a_round())
    with pytest.raises(refusal):
        async with db.transaction() as tx:
            await acts.call(tx, LU_WENXI, round_id, called(*seats), book=BOOK)


async def test_joint_signing_is_called_once(db: Database) -> None:
    round_id = await joint(db, "su-he")
    async with db.transaction() as tx:
        with pytest.raises(seat_refusals.AlreadyJoint):
            await acts.call(tx, LU_WENXI, round_id, called("cheng-yian"), book=BOOK)


async def test_joint_signing_names_the_text(db: Database) -> None:
    round_id = await opened(db, a_round())
    async with db.transaction() as tx:
        with pytest.raises(refusals.TextChanged):
            await acts.call(tx, LU_WENXI, round_id, called("su-he", text_hash=OTHER_HASH), book=BOOK)


async def test_an_author_does_not_call_for_joint_signing(db: Database) -> None:
    round_id = await opened(db, a_round(author_ids=("lu-wenxi",)))
    async with db.transaction() as tx:
        with pytest.raises(refusals.AuthorMayNotSign):
            await acts.call(tx, LU_WENXI, round_id, called("su-he"), book=BOOK)


async def test_a_meeting_is_not_replaced_by_joint_signing(db: Database) -> None:
    round_id = await opened(db, a_round("meeting"))
    clerk = an_actor("wen-zhiyuan", "温知远", "gov-office", "meeting_clerk")
    async with db.transaction() as tx:
        with pytest.raises(seat_refusals.NotInAMeeting):
            await acts.call(tx, clerk, round_id, called("su-he"), book=BOOK)


async def test_seats_are_added_to_joint_rounds_only(db: Database) -> None:
    round_id = await opened(db, a_round())
    async with db.transaction() as tx:
        with pytest.raises(seat_refusals.NotJoint):
            await acts.add(tx, LU_WENXI, round_id, added())


async def test_a_seat_that_is_not_there_is_not_found(db: Database) -> None:
    round_id = await joint(db, "su-he")
    async with db.transaction() as tx:
        with pytest.raises(seat_refusals.UnknownSeat):
            await acts.withdraw(tx, SU_HE, round_id, uuid4())


async def test_one_of_several_does_not_declare_the_step_away(db: Database) -> None:
    round_id = await opened(db, a_round("recorded_step"))
    async with db.transaction() as tx:
        await acts.call(tx, CHENG_YIAN, round_id, called("su-he"), book=BOOK)
    async with db.transaction() as tx:
        with pytest.raises(seat_refusals.SeatsDecide):
            await declare_not_applicable(tx, CHENG_YIAN, round_id, a_declaration(), book=BOOK)


async def test_nothing_happens_to_the_seats_of_a_closed_round(db: Database, activities: ReviewActivities) -> None:
    round_id = await joint(db, "su-he")
    await activities.close_round(CloseRound(round_id=round_id, why="voided"))
    with pytest.raises(refusals.RoundClosed):
        await take_away(db, round_id, 2)
    with pytest.raises(refusals.RoundClosed):
        async with db.transaction() as tx:
            await acts.add(tx, LU_WENXI, round_id, added())


async def test_heads_of_all_issuers_sign_a_joint_document(db: Database, activities: ReviewActivities) -> None:
    asked = a_round("signing", document=a_document(joint_units=("yunxi-party",)), joint_units=("yunxi-party",))
    asked = asked.model_copy(update={"unit_id": "yunxi"})
    round_id = (await activities.open_round(asked)).round_id
    await activities.open_round(asked)
    async with db.transaction() as tx:
        first = await sign(tx, XU_QINGYUAN, round_id, a_signature(), book=BOOK, zone=ZONE)
    async with db.transaction() as tx:
        last = await sign(tx, LUO_SHIQI, round_id, a_signature(name="罗诗琪"), book=BOOK, zone=ZONE)
    assert (first.decides, last.decides) == (False, True)


ZHENG_AN = an_actor("zheng-an", "郑安", "justice", "unit_head")


async def test_a_department_signs_by_its_head_and_each_record_says_in_which_office(
    db: Database, activities: ReviewActivities
) -> None:
    asked = a_round("signing", document=a_document(joint_units=("justice",)), joint_units=("justice",))
    round_id = (await activities.open_round(asked.model_copy(update={"unit_id": "yunxi"}))).round_id
    async with db.transaction() as tx:
        await sign(tx, XU_QINGYUAN, round_id, a_signature(), book=BOOK, zone=ZONE)
    async with db.transaction() as tx:
        await sign(tx, ZHENG_AN, round_id, a_signature(name="郑安"), book=BOOK, zone=ZONE)
    async with db.read() as conn:
        chain = await sign_offs.chain_of(conn, asked.document.document_id)
        decided = await rounds.get_round(conn, round_id)
        proof = await file_of(conn, asked.document.document_id, SITE)
    assert [(one.role, one.record["signer"]["role"]) for one in chain] == [
        ("chief", "chief"),
        ("unit_head", "unit_head"),
    ]
    together = JointFacts(rule="all", seats=2, needed=2, agreed=2, signers=("xu-qingyuan", "zheng-an"))
    whole = SignatureFacts(opinion=True, name=True, full_date=True)
    assert decided.facts == Facts(signature=whole, joint=together)
    assert all(finding.holds is not False for finding in verify(proof))


async def test_every_seat_is_in_the_file_and_a_record_out_of_its_seat_is_found(db: Database) -> None:
    round_id = await joint(db, "su-he", "cheng-yian")
    await take_away(db, round_id, 3)
    await says(db, LU_WENXI, round_id)
    await says(db, SU_HE, round_id)
    async with db.read() as conn:
        decided = await rounds.get_round(conn, round_id)
        proof = await file_of(conn, decided.document_id, SITE)
    assert decided.facts is not None
    assert decided.facts.joint == JointFacts(rule="all", seats=2, needed=2, agreed=2, signers=("lu-wenxi", "su-he"))
    assert [(one.person_id, one.ended) for one in proof.joint[0].seats] == [
        ("lu-wenxi", None),
        ("su-he", None),
        ("cheng-yian", "removed"),
    ]
    assert [one.holds for one in verify(proof) if one.what == "seat"] == [True, True]
    assert all(one.what != "seat" for one in verify(proof.model_copy(update={"joint": ()})))
    first = proof.joint[0].seats[0].model_copy(update={"person_id": "someone"})
    gone = proof.joint[0].model_copy(update={"seats": (first, *proof.joint[0].seats[2:])})
    assert [one.holds for one in verify(proof.model_copy(update={"joint": (gone,)})) if one.what == "seat"] == [
        False
    ] * 2


async def test_the_letter_names_the_seats(db: Database) -> None:
    round_id = await joint(db, "su-he")
    await says(db, LU_WENXI, round_id)
    await says(db, SU_HE, round_id)
    async with db.read() as conn:
        letter = await get_letter(conn, round_id)
    words = [one["words"] for one in letter.paper["body"]]
    assert "本轮由2个席位办理（会签：全部同意，须有2个同意），本意见由第2席出具。" in words
    assert any(one.startswith("此前已经签署：第1席") and one.endswith("陆闻溪。") for one in words)


async def test_a_lead_without_a_chief_is_asked_as_its_head(
    db: Database, activities: ReviewActivities, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    document = a_document(issuer_unit="justice", joint_units=("yunxi",))
    asked = a_round("signing", document=document, joint_units=("yunxi",)).model_copy(update={"unit_id": "justice"})
    await activities.open_round(asked)
    assert [(one["unit_id"], one["role"]) for one in (await told(owner, "asks_changed"))[0]["asks"]] == [
        ("justice", "unit_head"),
        ("yunxi", "chief"),
    ]


async def test_the_workflow_hears_which_seats_are_asked(
    db: Database, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    round_id = await joint(db, "su-he", "cheng-yian")
    await says(db, SU_HE, round_id)
    letters = await told(owner, "asks_changed")
    assert [letter["revision"] for letter in letters] == [3, 4]
    assert [(one["person_id"], one["state"]) for one in letters[-1]["asks"]] == [
        ("su-he", "done"),
        ("cheng-yian", "open"),
    ]


async def test_one_refuses_while_another_agrees_and_nothing_is_lost_or_doubled(
    db: Database, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    round_id = await joint(db, "su-he", "cheng-yian")
    acted = await asyncio.gather(
        says(db, SU_HE, round_id), says(db, CHENG_YIAN, round_id, "amend"), says(db, LU_WENXI, round_id),
        return_exceptions=True,
    )  # fmt: skip
    signed = [one for one in acted if isinstance(one, Decided)]
    assert all(isinstance(one, Decided | refusals.RoundClosed) for one in acted)
    assert [one.outcome for one in signed if one.decides] == ["amend"]
    assert len(await told(owner, "round_decided")) == 1
    joint_ = await seats_of(db, round_id)
    assert sum(seat.has_signed for seat in joint_.seats) == len(signed)


async def test_a_seat_is_not_taken_away_and_filled_at_the_same_time(db: Database) -> None:
    round_id = await joint(db, "su-he", "cheng-yian")
    acted = await asyncio.gather(says(db, SU_HE, round_id), take_away(db, round_id, 2), return_exceptions=True)
    refused = [one for one in acted if isinstance(one, Refused)]
    assert [type(one) for one in refused] in ([seat_refusals.NoSeat], [seat_refusals.SeatActed])


async def test_the_database_decides_nothing_on_a_sign_off_without_a_seat(db: Database) -> None:
    round_id = await joint(db, "su-he", rule=JointRule.ANY)
    with pytest.raises(asyncpg.RaiseError, match=r"seat\.undecided"):
        async with db.transaction() as tx:
            matter = await take(tx, LU_WENXI, round_id, seen=an_opinion(), forms=("legality",))
            await settle(tx, LU_WENXI, replace(matter, joint=None, seat=None), Decision("lawful"))


async def test_the_database_does_not_decide_a_joint_round_early(db: Database) -> None:
    round_id = await joint(db, "su-he")
    with pytest.raises(asyncpg.RaiseError, match=r"seat\.undecided"):
        async with db.transaction() as tx:
            verdict = rounds.Verdict("lawful", "x", "lu-wenxi", await tx.fetchval("select now()"))
            await rounds.decide_round(tx, round_id, verdict)


async def test_what_was_done_to_seats_stays(db: Database) -> None:
    await joint(db, "su-he")
    with pytest.raises(asyncpg.RaiseError, match="append_only"):
        async with db.transaction() as tx:
            await tx.execute("update seats set role = 'chief'")


async def test_a_drafter_takes_no_seat_past_the_application(db: Database) -> None:
    round_id = await joint(db, "su-he")
    with pytest.raises(asyncpg.RaiseError, match=r"signoff\.author"):
        async with db.transaction() as tx:
            await tx.execute(
                """insert into seats (round_id, ordinal, person_id, unit_id, unit_name, role)
                   values ($1, 9, $2, 'urban', '', 'drafter')""",
                round_id, HE_XU.person_id,
            )  # fmt: skip
