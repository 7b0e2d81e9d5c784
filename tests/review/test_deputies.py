"""Signing in somebody's place: said in the record, refused without a delegation, four eyes for both of the pair."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from services.kernel.contracts.refusals import Forbidden
from services.kernel.runtime.auth import Actor, NotDeputy, Principal
from services.kernel.runtime.db import Database
from services.review.actions.keys import end_key
from services.review.actions.meetings import record_meeting
from services.review.actions.opinions import give_opinion
from services.review.actions.signatures import sign
from services.review.domain import refusals
from services.review.domain.commands import EndKey
from services.review.domain.meeting_refusals import MemberMissing
from services.review.domain.refusals import KeyNotYours
from services.review.reading import sign_offs_out
from services.review.store import rounds
from services.review.store import sessions as store
from tests.review.builders import (
    BOOK,
    GU_NIANCI,
    LU_WENXI,
    NO_TEXTS,
    SU_HE,
    TEXT,
    WEN_ZHIYUAN,
    XU_QINGYUAN,
    ZONE,
    a_meeting,
    a_round,
    a_signature,
    an_actor,
    an_opinion,
    attendance,
    opened,
)
from tests.review.conftest import Web
from tests.review.test_four_eyes import INSERT
from tests.review.test_sessions import planned

Owner: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Away = Callable[..., Awaitable[None]]
ABSENCE = """
insert into directory.absences (person_id, unit_id, deputy_id, from_on, until_on, roles, made_by)
values ($1, $2, $3, directory.office_today() + $4::int, directory.office_today() + $5::int, $6, $1)
"""
# 苏禾 as somebody who holds no office of review herself.
CLERK = an_actor("su-he", "苏禾", "justice", "lead_unit_officer")


@pytest_asyncio.fixture
async def away(db: Database, owner: Owner) -> Away:
    """`await away("lu-wenxi", "su-he")`: from yesterday until tomorrow, in all offices."""

    async def make(person: str, deputy: str, *, unit: str = "justice", days: tuple[int, int] = (-1, 1)) -> None:
        await owner.execute(ABSENCE, person, unit, deputy, *days, [])

    return make


def standing_in(deputy: Actor, away: Actor) -> Actor:
    someday = date(2026, 12, 31)
    return replace(deputy, principals=(Principal(away.person_id, away.person_name, away.roles, True, someday),))


async def decide(db: Database, actor: Actor, round_id: UUID, **changes: Any) -> None:
    async with db.transaction() as tx:
        await give_opinion(tx, actor, round_id, an_opinion(**changes), book=BOOK)


async def test_a_deputy_signs_and_the_record_says_for_whom(db: Database, away: Away) -> None:
    await away("lu-wenxi", "su-he")
    asked = a_round()
    round_id = await opened(db, asked)
    await decide(db, standing_in(CLERK, LU_WENXI), round_id)
    async with db.read() as conn:
        chain = await sign_offs_out(conn, asked.document.document_id)
        signers = [row["record"]["signer"] for row in await conn.fetch("select record from sign_offs")]
    (signed,) = chain.sign_offs
    assert (signed.person_name, signed.on_behalf_name, signed.holds, chain.verified) == ("苏禾", "陆闻溪", True, True)
    assert signers[0]["on_behalf_of"] == {"person_id": "lu-wenxi", "name": "陆闻溪"}


async def test_the_record_of_who_signs_for_themselves_names_nobody_else(db: Database) -> None:
    await decide(db, LU_WENXI, await opened(db, a_round()))
    async with db.read() as conn:
        signer = (await conn.fetchval("select record from sign_offs"))["signer"]
    assert "on_behalf_of" not in signer


async def test_who_holds_the_office_too_signs_for_themselves_unless_they_say_otherwise(
    db: Database, away: Away
) -> None:
    await away("lu-wenxi", "su-he")
    actor = standing_in(SU_HE, LU_WENXI)
    await decide(db, actor, await opened(db, a_round()))
    await decide(db, actor, await opened(db, a_round()), on_behalf_of="lu-wenxi")
    async with db.read() as conn:
        behalf = [row[0] for row in await conn.fetch("select on_behalf_of from sign_offs order by signed_at")]
    assert behalf == [None, "lu-wenxi"]


async def test_without_a_delegation_nobody_signs_for_another(db: Database) -> None:
    round_id = await opened(db, a_round())
    with pytest.raises(NotDeputy):
        await decide(db, SU_HE, round_id, on_behalf_of="lu-wenxi")
    with pytest.raises(Forbidden, match=r"auth\.forbidden"):
        await decide(db, CLERK, round_id)


async def test_a_delegation_that_has_ended_meanwhile_is_refused_by_the_database(db: Database, away: Away) -> None:
    await away("lu-wenxi", "su-he", days=(-9, -1))
    round_id = await opened(db, a_round())
    with pytest.raises(NotDeputy):
        await decide(db, standing_in(CLERK, LU_WENXI), round_id)


async def test_a_deputy_of_an_author_may_not_sign_even_in_their_own_name(db: Database, away: Away) -> None:
    await away("lu-wenxi", "su-he")
    round_id = await opened(db, a_round(author_ids=("lu-wenxi",)))
    with pytest.raises(refusals.DeputyOfAuthor):
        await decide(db, standing_in(SU_HE, LU_WENXI), round_id)
    with pytest.raises(refusals.DeputyOfAuthor):
        await decide(db, SU_HE, round_id)  # the database knows who stands in for whom


async def test_an_author_who_is_a_deputy_may_not_sign(db: Database, away: Away) -> None:
    await away("lu-wenxi", "su-he")
    round_id = await opened(db, a_round(author_ids=("su-he",)))
    with pytest.raises(refusals.AuthorMayNotSign):
        await decide(db, standing_in(SU_HE, LU_WENXI), round_id, on_behalf_of="lu-wenxi")


@pytest.mark.parametrize(
    ("authors", "person", "behalf", "code"),
    [
        (("lu-wenxi",), "su-he", None, "signoff.deputy_of_author"),
        (("lu-wenxi",), "su-he", "lu-wenxi", "signoff.deputy_of_author"),
        (("su-he",), "su-he", "lu-wenxi", "signoff.author"),
        ((), "lu-wenxi", "su-he", "deputy.none"),
    ],
)
async def test_the_database_itself_refuses(
    db: Database, away: Away, authors: tuple[str, ...], person: str, behalf: str | None, code: str
) -> None:
    await away("lu-wenxi", "su-he")
    round_id = await opened(db, a_round(author_ids=authors or ("he-xu",)))
    insert = INSERT.replace("signature)", "signature, on_behalf_of, on_behalf_name)").replace("$12)", "$12, $13, $13)")
    with pytest.raises(asyncpg.RaiseError, match=code):
        async with db.transaction() as tx:
            document = (await rounds.get_round(tx, round_id)).document_id
            texts = (TEXT.text_hash, TEXT.materials_hash)
            now = await tx.fetchval("select clock_timestamp()")
            signed = (now, uuid4(), b"signature", behalf)
            await tx.execute(insert, document, 1, round_id, person, "justice", *texts, "00", "", *signed)


async def test_the_key_of_a_deputy_carries_today_s_delegation(web: Web, owner: Owner, db_for: object) -> None:
    await owner.execute("delete from directory.offices where person_id = 'su-he' and role = 'legality_reviewer'")
    headers = web.as_program(SU_HE)
    round_id = await opened(await db_for("review"), a_round())  # type: ignore[operator]
    body = an_opinion().model_dump(mode="json", exclude_none=True)
    refused = await web.client.post(f"/review/rounds/{round_id}/opinion", headers=headers, json=body)
    await owner.execute(ABSENCE, "lu-wenxi", "justice", "su-he", 0, 0, ["legality_reviewer"])
    signed = await web.client.post(f"/review/rounds/{round_id}/opinion", headers=headers, json=body)
    assert (refused.status_code, signed.status_code) == (403, 201), signed.text


async def test_the_page_says_in_whose_place_one_signs(web: Web, owner: Owner, db_for: object) -> None:
    await owner.execute("delete from directory.offices where person_id = 'su-he' and role = 'legality_reviewer'")
    await owner.execute(ABSENCE, "lu-wenxi", "justice", "su-he", 0, 0, [])
    round_id = await opened(await db_for("review"), a_round())  # type: ignore[operator]
    page = await web.client.get(f"/review/round/{round_id}", headers={**web.as_program(SU_HE), "Accept": "text/html"})
    assert "您代陆闻溪办理" in page.text


# 梁建平 stands in for the head, as far as anybody can; 顾念慈 for the clerk.
DEPUTY_HEAD = an_actor("liang-jianping", "梁建平", "yunxi", "member")
DEPUTY_CLERK = an_actor("gu-nianci", "顾念慈", "gov-office", "registrar")


async def test_nobody_signs_as_head_in_the_head_s_place(db: Database, owner: Owner, away: Away) -> None:
    await away("xu-qingyuan", "liang-jianping", unit="yunxi")
    assert await owner.fetchval("select count(*) from directory.deputies") == 0
    round_id = await opened(db, a_round("signing"))
    for actor, behalf, refusal in (
        (DEPUTY_HEAD, None, Forbidden),
        (standing_in(DEPUTY_HEAD, XU_QINGYUAN), "xu-qingyuan", NotDeputy),  # what was forged is found by the database
    ):
        with pytest.raises(refusal):
            async with db.transaction() as tx:
                await sign(tx, actor, round_id, a_signature(name="梁建平", on_behalf_of=behalf), book=BOOK, zone=ZONE)


async def test_nobody_sits_in_a_meeting_in_a_member_s_place(db: Database, owner: Owner, away: Away) -> None:
    await owner.execute("insert into directory.offices values ('gu-nianci', 'yunxi', 'registrar', '')")
    await away("bai-jing", "gu-nianci", unit="yunxi")
    assert await owner.fetchval("select count(*) from directory.deputies") == 0
    round_id = await opened(db, a_round("meeting"))
    there = tuple(
        seat.model_copy(update={"person_id": "gu-nianci"}) if seat.person_id == "bai-jing" else seat
        for seat in attendance()
    )
    with pytest.raises(MemberMissing):
        async with db.transaction() as tx:
            await record_meeting(tx, WEN_ZHIYUAN, round_id, a_meeting(attendees=there), book=BOOK, blobs=NO_TEXTS)


async def test_nobody_operates_the_system_in_the_operator_s_place(db: Database, owner: Owner, away: Away) -> None:
    await away("gu-nianci", "wen-zhiyuan", unit="gov-office")
    roles = await owner.fetchval("select roles from directory.deputies where person_id = 'gu-nianci'")
    assert set(roles) == {"registrar", "filing_clerk"}
    with pytest.raises(KeyNotYours):
        async with db.transaction() as tx:
            await end_key(
                tx, standing_in(WEN_ZHIYUAN, GU_NIANCI), "lu-wenxi", EndKey(why="revoked", reason="电脑遗失。")
            )


async def test_the_clerk_s_deputy_convenes_and_records_and_both_are_on_record(
    db: Database, owner: Owner, away: Away
) -> None:
    await away("wen-zhiyuan", "gu-nianci", unit="gov-office")
    deputy = standing_in(DEPUTY_CLERK, WEN_ZHIYUAN)
    with pytest.raises(Forbidden):
        await planned(db, DEPUTY_CLERK)
    session_id = await planned(db, deputy)
    async with db.read() as conn:
        (event,) = await store.events(conn, session_id)
    assert event.detail["on_behalf_of"] == {"person_id": "wen-zhiyuan", "name": "温知远"}
    round_id = await opened(db, a_round("meeting"))
    async with db.transaction() as tx:
        await record_meeting(tx, deputy, round_id, a_meeting(), book=BOOK, blobs=NO_TEXTS)
    async with db.read() as conn:
        signed = await conn.fetchrow("select person_id, on_behalf_of from sign_offs where round_id = $1", round_id)
    assert signed is not None
    assert tuple(signed) == ("gu-nianci", "wen-zhiyuan")
