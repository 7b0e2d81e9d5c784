"""Four eyes: who drafted does not judge, by any way, not even past the application."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.kernel.contracts.refusals import Forbidden, Refused
from services.kernel.contracts.review import CloseRound
from services.kernel.runtime.db import Database
from services.review.actions.opinions import give_opinion
from services.review.actions.signatures import sign, verify
from services.review.actions.steps import file_step
from services.review.activities import ReviewActivities
from services.review.domain import refusals
from services.review.store import keys, rounds, sign_offs
from tests.review.builders import (
    BOOK,
    GU_NIANCI,
    HE_XU,
    LU_WENXI,
    OTHER_HASH,
    RING,
    SU_HE,
    TEXT,
    XU_QINGYUAN,
    ZONE,
    a_round,
    a_signature,
    a_step,
    a_verification,
    an_actor,
    an_opinion,
    opened,
)

INSERT = """
insert into sign_offs (document_id, position, round_id, person_id, person_name, unit_id, unit_name, role, outcome,
                       text_hash, materials_hash, record, record_hash, prev_hash, signed_at, key_id, signature)
values ($1, $2, $3, $4, $4, $5, $5, 'legality_reviewer', 'lawful', $6, $7, '{}', $8, $9, $10, $11, $12)
"""


async def insert(db: Database, round_id: UUID, **changes: Any) -> None:
    """Write a sign-off row past the application."""
    async with db.transaction() as tx:
        round_ = await rounds.get_round(tx, round_id)
        row: dict[str, Any] = {
            "document_id": round_.document_id,
            "position": 1,
            "round_id": round_id,
            "person": "lu-wenxi",
            "unit": "justice",
            "text_hash": TEXT.text_hash,
            "materials_hash": TEXT.materials_hash,
            "record_hash": uuid4().hex,
            "prev_hash": "",
            "signed_at": datetime.now(UTC),
            "key_id": None,
            "signature": None,
        }
        await tx.execute(INSERT, *{**row, **changes}.values())


async def a_signature_of(db: Database, person: str = "lu-wenxi") -> dict[str, Any]:
    """What a row needs to pass for signed, as far as the database can tell."""
    key, now = RING.make(person), datetime.now(UTC)
    async with db.transaction() as tx:
        await keys.add_key(tx, key, valid_from=now)
    return {"signed_at": now, "key_id": key.id, "signature": b"x"}


async def refused_by_the_database(db: Database, round_id: UUID, **changes: Any) -> str:
    with pytest.raises(asyncpg.RaiseError) as raised:
        await insert(db, round_id, **changes)
    return str(raised.value)


async def test_the_database_takes_a_regular_sign_off(db: Database) -> None:
    round_id = await opened(db, a_round())
    await insert(db, round_id, **await a_signature_of(db))
    async with db.read() as conn:
        assert await sign_offs.signers_of(conn, round_id) == {"lu-wenxi"}


async def test_the_database_refuses_an_author(db: Database) -> None:
    round_id = await opened(db, a_round(author_ids=("lu-wenxi",)))
    assert await refused_by_the_database(db, round_id) == "signoff.author"


async def test_the_database_refuses_the_drafting_unit_in_legality_review(db: Database) -> None:
    round_id = await opened(db, a_round())
    assert await refused_by_the_database(db, round_id, unit="urban") == "signoff.same_unit"


@pytest.mark.parametrize("column", ["text_hash", "materials_hash"])
async def test_the_database_refuses_another_text(db: Database, column: str) -> None:
    round_id = await opened(db, a_round())
    assert await refused_by_the_database(db, round_id, **{column: OTHER_HASH}) == "signoff.text_changed"


async def test_the_database_refuses_a_closed_round(db: Database, activities: ReviewActivities) -> None:
    round_id = await opened(db, a_round())
    await activities.close_round(CloseRound(round_id=round_id, why="voided"))
    assert await refused_by_the_database(db, round_id) == "round.closed"


async def test_the_database_refuses_a_second_sign_off_by_the_same_person(db: Database) -> None:
    round_id = await opened(db, a_round())
    await insert(db, round_id, **await a_signature_of(db))
    assert await refused_by_the_database(db, round_id, position=2) == "signoff.already"


async def test_the_database_refuses_a_record_out_of_the_chain(db: Database) -> None:
    round_id = await opened(db, a_round())
    assert await refused_by_the_database(db, round_id, position=2) == "signoff.chain"


async def test_an_author_of_an_earlier_version_is_still_refused(db: Database) -> None:
    first = a_round(author_ids=("lu-wenxi",))
    await opened(db, first)
    round_id = await opened(db, a_round(document=first.document, ordinal=2, author_ids=("he-xu",)))
    async with db.transaction() as tx:
        with pytest.raises(refusals.AuthorMayNotSign):
            await give_opinion(tx, LU_WENXI, round_id, an_opinion(), book=BOOK)


async def test_the_drafting_unit_gives_no_legality_opinion(db: Database) -> None:
    round_id = await opened(db, a_round())
    colleague = an_actor("ouyang-jin", "欧阳瑾", "urban", "legality_reviewer")
    async with db.transaction() as tx:
        with pytest.raises(refusals.SameUnit):
            await give_opinion(tx, colleague, round_id, an_opinion(), book=BOOK)


async def test_the_chief_does_not_sign_what_the_chief_drafted(db: Database) -> None:
    round_id = await opened(db, a_round("signing", author_ids=("xu-qingyuan",)))
    async with db.transaction() as tx:
        with pytest.raises(refusals.AuthorMayNotSign):
            await sign(tx, XU_QINGYUAN, round_id, a_signature(), book=BOOK, zone=ZONE)


async def test_the_registrar_does_not_verify_an_own_draft(db: Database) -> None:
    round_id = await opened(db, a_round("verification", author_ids=("gu-nianci",)))
    async with db.transaction() as tx:
        with pytest.raises(refusals.AuthorMayNotSign):
            await verify(tx, GU_NIANCI, round_id, a_verification(), book=BOOK)


async def test_the_drafting_unit_files_its_own_papers(db: Database) -> None:
    round_id = await opened(db, a_round("recorded_step", stage="initiation", role="drafter", unit_id="urban"))
    async with db.transaction() as tx:
        filed = await file_step(tx, HE_XU, round_id, a_step(), book=BOOK)
    assert filed.outcome == "filed"


@pytest.mark.parametrize("field", ["text_hash", "materials_hash"])
async def test_a_decision_about_another_text_is_refused(db: Database, field: str) -> None:
    round_id = await opened(db, a_round())
    async with db.transaction() as tx:
        with pytest.raises(refusals.TextChanged):
            await give_opinion(tx, LU_WENXI, round_id, an_opinion(**{field: OTHER_HASH}), book=BOOK)


async def test_materials_need_not_be_named(db: Database) -> None:
    round_id = await opened(db, a_round())
    async with db.transaction() as tx:
        decided = await give_opinion(tx, LU_WENXI, round_id, an_opinion(materials_hash=None), book=BOOK)
    assert decided.text_hash == TEXT.text_hash


async def test_a_round_of_another_form_is_refused(db: Database) -> None:
    round_id = await opened(db, a_round("verification"))
    async with db.transaction() as tx:
        with pytest.raises(refusals.OtherForm):
            await give_opinion(tx, LU_WENXI, round_id, an_opinion(), book=BOOK)


async def test_who_lacks_the_office_is_refused(db: Database) -> None:
    round_id = await opened(db, a_round())
    async with db.transaction() as tx:
        with pytest.raises(Forbidden):
            await give_opinion(tx, GU_NIANCI, round_id, an_opinion(), book=BOOK)


async def test_who_holds_the_office_in_another_unit_is_refused(db: Database) -> None:
    round_id = await opened(db, a_round(unit_id="gov-office"))
    async with db.transaction() as tx:
        with pytest.raises(Forbidden):
            await give_opinion(tx, LU_WENXI, round_id, an_opinion(), book=BOOK)


async def test_a_second_opinion_by_the_same_person_is_refused(db: Database) -> None:
    round_id = await opened(db, a_round())
    async with db.transaction() as tx:
        await give_opinion(tx, LU_WENXI, round_id, an_opinion(), book=BOOK)
    async with db.transaction() as tx:
        with pytest.raises(refusals.AlreadySigned):
            await give_opinion(tx, LU_WENXI, round_id, an_opinion(), book=BOOK)


async def test_a_colleague_comes_too_late(db: Database) -> None:
    round_id = await opened(db, a_round())
    async with db.transaction() as tx:
        await give_opinion(tx, LU_WENXI, round_id, an_opinion(), book=BOOK)
    async with db.transaction() as tx:
        with pytest.raises(refusals.RoundClosed):
            await give_opinion(tx, SU_HE, round_id, an_opinion(), book=BOOK)


async def test_a_round_that_is_not_there_is_not_found(db: Database) -> None:
    async with db.transaction() as tx:
        with pytest.raises(refusals.UnknownRound):
            await give_opinion(tx, LU_WENXI, uuid4(), an_opinion(), book=BOOK)


async def test_what_the_database_says_becomes_a_refusal(db: Database) -> None:
    said = {code: refusal.__name__ for code, refusal in sign_offs.SAID_BY_THE_DATABASE.items()}
    assert said == {
        "signoff.already": "AlreadySigned",
        "signoff.author": "AuthorMayNotSign",
        "signoff.author_stands_in": "AuthorStandsIn",
        "signoff.other_authority": "NotOfAuthority",
        "signoff.chain": "ChainMoved",
        "deputy.none": "NotDeputy",
        "signoff.deputy_of_author": "DeputyOfAuthor",
        "legality.not_accepted": "NotAccepted",
        "round.closed": "RoundClosed",
        "signoff.same_unit": "SameUnit",
        "signoff.text_changed": "TextChanged",
        "round.unknown": "UnknownRound",
        "signoff.key": "KeyNotValid",
        "signoff.passkey_missing": "PasskeyMissing",
        "signoff.unsigned": "Unsigned",
    }
    assert all(issubclass(refusal, Refused) for refusal in sign_offs.SAID_BY_THE_DATABASE.values())
