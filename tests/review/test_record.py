"""The record: append-only, one chain for a document, told to the workflow in the same transaction."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest

from services.kernel.contracts.lifecycle import RoundDecided
from services.kernel.contracts.refusals import Refused
from services.kernel.contracts.signatures import hash_of
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Database
from services.review.actions.deciding import Decided
from services.review.actions.opinions import give_opinion
from services.review.actions.signatures import sign, verify
from services.review.domain.record import broken_at
from services.review.store import sign_offs
from tests.review.builders import (
    BOOK,
    GU_NIANCI,
    LU_WENXI,
    SU_HE,
    XU_QINGYUAN,
    ZONE,
    a_document,
    a_round,
    a_signature,
    a_verification,
    an_opinion,
    opened,
)

APPEND_ONLY = ("sign_offs", "authors", "opinion_points", "meetings", "statements", "not_applicable", "papers")


async def reviewed(db: Database, round_id: UUID, actor: Actor = LU_WENXI, outcome: str = "lawful") -> Decided:
    async with db.transaction() as tx:
        return await give_opinion(tx, actor, round_id, an_opinion(outcome), book=BOOK)


async def test_a_decision_is_told_to_the_workflow_that_asked(db: Database) -> None:
    asked = a_round()
    decided = await reviewed(db, await opened(db, asked))
    async with db.read() as conn:
        letter = await conn.fetchrow("select key, target, name, body from outbox")
    assert letter is not None
    said = RoundDecided.model_validate(letter["body"])
    assert (letter["key"], letter["target"], letter["name"]) == (
        str(asked.document.document_id),
        asked.reply_to,
        "round_decided",
    )
    assert (said.outcome, said.record_hash, said.actor_id) == ("lawful", decided.record_hash, "lu-wenxi")


async def test_a_refused_decision_leaves_nothing(db: Database) -> None:
    round_id = await opened(db, a_round())
    with pytest.raises(Refused):
        await reviewed(db, round_id, outcome="unheard_of")
    async with db.read() as conn:
        assert await conn.fetchval("select (select count(*) from outbox) + (select count(*) from sign_offs)") == 0


async def test_two_sign_offs_at_once_leave_one(db: Database) -> None:
    round_id = await opened(db, a_round())
    answers = await asyncio.gather(
        reviewed(db, round_id, LU_WENXI), reviewed(db, round_id, SU_HE), return_exceptions=True
    )
    codes = sorted(answer.code for answer in answers if isinstance(answer, Refused))
    assert (codes, sum(isinstance(answer, Decided) for answer in answers)) == (["round.closed"], 1)


async def test_the_same_person_twice_at_once_signs_once(db: Database) -> None:
    round_id = await opened(db, a_round())
    answers = await asyncio.gather(*(reviewed(db, round_id) for _ in range(2)), return_exceptions=True)
    codes = sorted(answer.code for answer in answers if isinstance(answer, Refused))
    assert (codes, sum(isinstance(answer, Decided) for answer in answers)) == (["signoff.already"], 1)


async def test_the_sign_offs_of_a_document_are_one_chain(db: Database) -> None:
    document = a_document()
    await reviewed(db, await opened(db, a_round(document=document)))
    async with db.transaction() as tx:
        round_id = await opened(db, a_round("signing", document=document))
        await sign(tx, XU_QINGYUAN, round_id, a_signature(), book=BOOK, zone=ZONE)
    async with db.read() as conn:
        chain = await sign_offs.chain_of(conn, document.document_id)
    assert ([one.position for one in chain], broken_at(chain)) == ([1, 2], None)


async def test_rounds_decided_at_once_stand_in_one_order(db: Database) -> None:
    document = a_document()
    legality = await opened(db, a_round(document=document))
    checking = await opened(db, a_round("verification", document=document))

    async def verified() -> Decided:
        async with db.transaction() as tx:
            return await verify(tx, GU_NIANCI, checking, a_verification(), book=BOOK)

    await asyncio.gather(reviewed(db, legality), verified())
    async with db.read() as conn:
        chain = await sign_offs.chain_of(conn, document.document_id)
    assert ([one.position for one in chain], broken_at(chain)) == ([1, 2], None)


async def test_a_changed_record_is_found(db: Database) -> None:
    document = a_document()
    await reviewed(db, await opened(db, a_round(document=document)))
    async with db.read() as conn:
        (only,) = await sign_offs.chain_of(conn, document.document_id)
    assert broken_at([replace(only, record={**only.record, "outcome": "unlawful"})]) == 1


async def test_a_changed_row_is_found(db: Database) -> None:
    document = a_document()
    await reviewed(db, await opened(db, a_round(document=document)))
    async with db.read() as conn:
        (only,) = await sign_offs.chain_of(conn, document.document_id)
    assert broken_at([replace(only, outcome="unlawful")]) == 1


async def test_a_missing_record_is_found(db: Database) -> None:
    document = a_document()
    await reviewed(db, await opened(db, a_round(document=document)))
    await reviewed(db, await opened(db, a_round(document=document, ordinal=2)))
    async with db.read() as conn:
        chain = await sign_offs.chain_of(conn, document.document_id)
    assert broken_at(chain[1:]) == 1


async def test_the_record_says_what_was_seen(db: Database) -> None:
    asked = a_round()
    decided = await reviewed(db, await opened(db, asked))
    async with db.read() as conn:
        signed = await sign_offs.find_sign_off(conn, decided.round_id)
    assert signed is not None
    assert hash_of(signed.record) == decided.record_hash
    assert signed.record["text"] == asked.text.model_dump()


@pytest.mark.parametrize("verb", ["update sign_offs set outcome = 'lawful'", "delete from sign_offs"])
async def test_a_sign_off_is_never_changed(db: Database, verb: str) -> None:
    await reviewed(db, await opened(db, a_round()))
    async with db.transaction() as tx:
        with pytest.raises(asyncpg.RaiseError, match=r"record\.append_only"):
            await tx.execute(verb)


async def test_the_sign_offs_are_not_emptied(db: Database, owner: asyncpg.Connection[asyncpg.Record]) -> None:
    with pytest.raises(asyncpg.RaiseError, match=r"record\.append_only"):
        await owner.execute("truncate review.sign_offs cascade")


@pytest.mark.parametrize("table", APPEND_ONLY)
async def test_the_tables_of_the_record_have_a_guard(
    db: Database, owner: asyncpg.Connection[asyncpg.Record], table: str
) -> None:
    guarded = await owner.fetchval(
        "select bool_or(tgtype & 8 > 0 and tgtype & 16 > 0) from pg_trigger where tgrelid = $1::regclass",
        f"review.{table}",
    )
    assert guarded


async def test_an_author_stays_an_author(db: Database) -> None:
    await opened(db, a_round())
    async with db.transaction() as tx:
        with pytest.raises(asyncpg.RaiseError, match=r"record\.append_only"):
            await tx.execute("delete from authors")


async def test_a_round_keeps_its_text(db: Database) -> None:
    round_id = await opened(db, a_round())
    async with db.transaction() as tx:
        with pytest.raises(asyncpg.RaiseError, match=r"round\.fixed"):
            await tx.execute("update rounds set text_hash = 'ff' where id = $1", round_id)


async def test_a_decided_round_is_not_reopened(db: Database) -> None:
    round_id = await opened(db, a_round())
    await reviewed(db, round_id)
    async with db.transaction() as tx:
        with pytest.raises(asyncpg.RaiseError, match=r"round\.closed"):
            await tx.execute(
                "update rounds set closed_at = null, why = null, outcome = null, record_hash = null, "
                "actor_id = null, decided_at = null where id = $1",
                round_id,
            )


async def test_a_round_is_not_deleted(db: Database) -> None:
    round_id = await opened(db, a_round())
    async with db.transaction() as tx:
        with pytest.raises(asyncpg.RaiseError, match=r"round\.kept"):
            await tx.execute("delete from rounds where id = $1", round_id)
