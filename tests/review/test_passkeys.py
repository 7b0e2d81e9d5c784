"""Passkeys: whoever has enrolled one signs with it, about one exact record, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.kernel.contracts import sign_offs as contract
from services.kernel.contracts.passkeys import Assertion
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection, Database
from services.review.actions import enrolling, passkeys
from services.review.actions.deciding import Decided
from services.review.actions.opinions import give_opinion
from services.review.domain import passkey_refusals, refusals
from services.review.domain.commands import EnrolPasskey, GiveOpinion, RevokePasskey
from services.review.signing import file_of
from services.review.store import passkeys as store
from services.review.store.passkeys import Passkey, Proof, add_passkey, note, proof_lasts
from tests.review.authenticator import Authenticator
from tests.review.builders import (
    BOOK,
    LU_WENXI,
    SITE,
    SU_HE,
    a_document,
    a_round,
    an_actor,
    an_opinion,
    opened,
)
from tests.review.conftest import Web

AT_THE_PAGE = replace(LU_WENXI, via="session")
# The same person's own signature of another round, copied: with a good key, without the passkey.
PAST = """
insert into sign_offs (document_id, position, round_id, person_id, person_name, unit_id, unit_name, role, outcome,
                       text_hash, materials_hash, record, record_hash, prev_hash, signed_at, key_id, signature)
select r.document_id, 1, r.id, s.person_id, s.person_name, s.unit_id, s.unit_name, s.role, s.outcome,
       s.text_hash, s.materials_hash, s.record, s.record_hash || 'x', '', s.signed_at, s.key_id, s.signature
  from sign_offs s, rounds r
 where r.id = $1
"""


async def passkeys_of(tx: Connection) -> list[Passkey]:
    return await store.passkeys_of(tx, "lu-wenxi")


SIGN_IN = """
insert into directory.sessions (id, person_id, unit_id, created_at, expires_at)
values (decode(md5(random()::text) || md5(random()::text), 'hex'), $1, $2, clock_timestamp() - $3::interval,
        clock_timestamp() + interval '1 hour')
returning created_at
"""
USED = "update passkeys set used_at = clock_timestamp() where person_id = $1 and revoked_at is null returning id"


async def signed_in(tx: Connection, actor: Actor = LU_WENXI, *, ago: timedelta = timedelta()) -> Actor:
    at = await tx.fetchval(SIGN_IN, actor.person_id, actor.unit_id, ago)
    return replace(actor, via="session", signed_in_at=at)


async def enrolled(db: Database, authenticator: Authenticator | None = None) -> Authenticator:
    """A passkey of 陆闻溪: the first after signing in, others by the word of one before."""
    key = authenticator or Authenticator()
    async with db.transaction() as tx:
        before = await tx.fetchval(USED, "lu-wenxi")
        added = await add_passkey(
            tx, "lu-wenxi", credential_id=key.credential_id, public_key=key.public_key, sign_count=0, label="办公室"
        )
        proof = Proof(passkey_id=before) if before else Proof(signed_in_at=(await signed_in(tx)).signed_in_at)
        await note(tx, added, "enrolled", owner="lu-wenxi", by="lu-wenxi", proof=proof)
    return key


async def proof_of(db: Database, key: Authenticator, revoked: UUID | None = None) -> Assertion:
    """The word of a passkey on a change of passkeys."""
    async with db.transaction() as tx:
        asked = await enrolling.ask_for_proof(tx, await signed_in(tx), revoked)
    assert asked is not None
    return key.answer(asked)


async def the_passkey(db: Database, key: Authenticator) -> UUID:
    async with db.read() as conn:
        return next(one.id for one in await passkeys_of(conn) if one.credential_id == key.credential_id)


async def revokes(db: Database, actor: Actor, passkey_id: UUID, **given: Any) -> UUID:
    async with db.transaction() as tx:
        return await enrolling.revoke(tx, actor, passkey_id, RevokePasskey(**{"reason": "设备遗失。", **given}))


async def question(db: Database, round_id: UUID, command: GiveOpinion | None = None) -> dict[str, Any]:
    """What the page asks: the refusal carries the draft."""
    async with db.transaction() as tx:
        with pytest.raises(refusals.PasskeyMissing) as missing:
            await give_opinion(tx, LU_WENXI, round_id, command or an_opinion(), book=BOOK)
        draft = missing.value.draft
    async with db.transaction() as tx:
        return await passkeys.ask_about(tx, LU_WENXI, draft, round_id=round_id)


async def signs(db: Database, round_id: UUID, command: GiveOpinion) -> Decided:
    async with db.transaction() as tx:
        return await give_opinion(tx, LU_WENXI, round_id, command, book=BOOK)


async def test_a_passkey_confirms_the_record_and_the_file_proves_it(db: Database) -> None:
    document, key = a_document(), await enrolled(db)
    round_id = await opened(db, a_round(document=document))
    answer = key.answer(await question(db, round_id))
    await signs(db, round_id, an_opinion(passkey=answer))
    async with db.read() as conn:
        file = await file_of(conn, document.document_id, SITE)
    found = {one.what: one.holds for one in contract.verify(file)}
    assert found == {"chain": True, "hash": True, "signature": True, "key": True, "passkey": True}
    moved = file.model_copy(update={"site": SITE.model_copy(update={"rp_id": "example.org"})})
    assert {one.what for one in contract.verify(moved) if one.holds is False} == {"passkey"}


async def test_who_has_enrolled_one_does_not_sign_without_it(db: Database) -> None:
    await enrolled(db)
    with pytest.raises(refusals.PasskeyMissing):
        await signs(db, await opened(db, a_round()), an_opinion())


async def test_an_answer_about_other_words_is_refused(db: Database) -> None:
    key, round_id = await enrolled(db), await opened(db, a_round())
    answer = key.answer(await question(db, round_id))
    with pytest.raises(refusals.PasskeyRefused):
        await signs(db, round_id, an_opinion(opinion="另一份意见。", passkey=answer))


async def test_an_answer_about_another_round_is_refused(db: Database) -> None:
    key, first, second = await enrolled(db), await opened(db, a_round()), await opened(db, a_round())
    answer = key.answer(await question(db, first))
    with pytest.raises(refusals.PasskeyStale):
        await signs(db, second, an_opinion(passkey=answer))


async def test_a_question_nobody_asked_is_refused(db: Database) -> None:
    key, round_id = await enrolled(db), await opened(db, a_round())
    asked = {**await question(db, round_id), "nonce": "AAAA"}
    with pytest.raises(refusals.PasskeyStale):
        await signs(db, round_id, an_opinion(passkey=key.answer(asked)))


@pytest.mark.parametrize("flags", [0b001, 0b100, 0])
async def test_an_answer_without_presence_or_verification_is_refused(db: Database, flags: int) -> None:
    key, round_id = await enrolled(db), await opened(db, a_round())
    answer = key.answer(await question(db, round_id), flags=flags)
    with pytest.raises(refusals.PasskeyRefused):
        await signs(db, round_id, an_opinion(passkey=answer))


async def test_an_answer_from_another_site_is_refused(db: Database) -> None:
    key = await enrolled(db, Authenticator(SITE.model_copy(update={"origin": "http://localhost:9"})))
    round_id = await opened(db, a_round())
    with pytest.raises(refusals.PasskeyRefused):
        await signs(db, round_id, an_opinion(passkey=key.answer(await question(db, round_id))))


async def test_a_counter_that_does_not_grow_is_refused(db: Database) -> None:
    key = await enrolled(db)
    round_id = await opened(db, a_round())
    await signs(db, round_id, an_opinion(passkey=key.answer(await question(db, round_id))))
    key.count = 0
    second = await opened(db, a_round())
    with pytest.raises(refusals.PasskeyRefused):
        await signs(db, second, an_opinion(passkey=key.answer(await question(db, second))))


async def test_a_revoked_passkey_counts_no_more(db: Database) -> None:
    key, kept = await enrolled(db), await enrolled(db)
    round_id = await opened(db, a_round())
    passkey_id = await the_passkey(db, key)
    await revokes(db, AT_THE_PAGE, passkey_id, proof=await proof_of(db, kept, passkey_id))
    asked = await question(db, round_id)
    with pytest.raises(refusals.PasskeyRefused):
        await signs(db, round_id, an_opinion(passkey=key.answer(asked)))
    await signs(db, round_id, an_opinion(passkey=kept.answer(asked)))


async def test_nobody_revokes_the_passkey_of_another(db: Database) -> None:
    passkey_id = await the_passkey(db, await enrolled(db))
    with pytest.raises(refusals.UnknownPasskey):
        await revokes(db, replace(SU_HE, via="session"), passkey_id)
    with pytest.raises(passkey_refusals.PasskeyReason):
        await revokes(db, AT_THE_PAGE, passkey_id, reason="丢")


async def test_a_signed_in_page_alone_revokes_no_passkey_and_enrols_no_second(db: Database) -> None:
    passkey_id = await the_passkey(db, await enrolled(db))
    async with db.transaction() as tx:
        stolen = await signed_in(tx)
    with pytest.raises(passkey_refusals.PasskeyProofMissing):
        await revokes(db, stolen, passkey_id)
    async with db.transaction() as tx:
        with pytest.raises(passkey_refusals.PasskeyProofMissing):
            await enrolling.enrol(tx, stolen, EnrolPasskey(nonce="AAAA", credential={}))
    with pytest.raises(passkey_refusals.SessionNeeded):
        await revokes(db, LU_WENXI, passkey_id)


async def test_a_passkey_s_word_on_one_change_is_no_word_on_another(db: Database) -> None:
    key, kept = await enrolled(db), await enrolled(db)
    one, other = await the_passkey(db, key), await the_passkey(db, kept)
    word = await proof_of(db, kept, one)
    with pytest.raises(refusals.PasskeyRefused):
        await revokes(db, AT_THE_PAGE, other, proof=word)
    round_id = await opened(db, a_round())
    with pytest.raises(refusals.PasskeyStale):
        await revokes(db, AT_THE_PAGE, one, proof=kept.answer(await question(db, round_id)))


async def test_a_passkey_may_be_revoked_by_its_own_word_and_the_owner_is_told(db: Database) -> None:
    key = await enrolled(db)
    passkey_id = await the_passkey(db, key)
    await revokes(db, AT_THE_PAGE, passkey_id, proof=await proof_of(db, key, passkey_id))
    async with db.read() as conn:
        acts = await conn.fetch("select act, by_id, proof_passkey from passkey_acts order by done_at")
        letters = await conn.fetch("select target, name from outbox where kind = 'mail'")
    assert [tuple(row) for row in acts[1:]] == [("revoked", "lu-wenxi", passkey_id)]
    assert [tuple(row) for row in letters] == [("lu-wenxi", "passkey")]


async def test_an_operator_revokes_what_is_lost_and_the_owner_is_told(db: Database) -> None:
    passkey_id = await the_passkey(db, await enrolled(db))
    operator = an_actor("gu-nianci", "顾念慈", "gov-office", "operator")
    await revokes(db, operator, passkey_id)
    async with db.read() as conn:
        assert await conn.fetchval("select target from outbox where kind = 'mail'") == "lu-wenxi"
        assert await conn.fetchval("select by_program from passkey_acts where by_id = 'gu-nianci'") is True


@pytest.mark.parametrize("later", [timedelta(seconds=1), timedelta(hours=3)])
async def test_the_first_passkey_is_not_enrolled_in_a_page_left_open(db: Database, later: timedelta) -> None:
    key = Authenticator()
    async with db.transaction() as tx:
        person = await signed_in(tx, ago=await proof_lasts(tx) + later)
        added = await add_passkey(
            tx, "lu-wenxi", credential_id=key.credential_id, public_key=key.public_key, sign_count=0, label="办公室"
        )
        with pytest.raises(passkey_refusals.SignInStale):
            await note(
                tx,
                added,
                "enrolled",
                owner="lu-wenxi",
                by="lu-wenxi",
                proof=Proof(signed_in_at=person.signed_in_at),
            )


async def test_the_database_takes_no_passkey_without_its_proof(db: Database) -> None:
    key = Authenticator()
    with pytest.raises(asyncpg.RaiseError, match=r"passkey\.proof_missing"):
        async with db.transaction() as tx:
            await add_passkey(
                tx, "lu-wenxi", credential_id=key.credential_id, public_key=key.public_key, sign_count=0, label="办公室"
            )
    passkey_id = await the_passkey(db, await enrolled(db))
    with pytest.raises(asyncpg.RaiseError, match=r"passkey\.proof_missing"):
        async with db.transaction() as tx:
            await store.revoke_passkey(tx, passkey_id, by="lu-wenxi", reason="设备遗失。")


async def test_the_database_takes_neither_an_invented_sign_in_nor_a_passkey_of_another(db: Database) -> None:
    passkey_id = await the_passkey(db, await enrolled(db))
    proofs = (Proof(signed_in_at=datetime.now(UTC)), Proof(passkey_id=passkey_id))
    for proof, refusal in zip(
        proofs, (passkey_refusals.SignInStale, passkey_refusals.PasskeyProofMissing), strict=True
    ):
        with pytest.raises(refusal):
            async with db.transaction() as tx:
                await note(tx, passkey_id, "revoked", owner="lu-wenxi", by="gu-nianci", proof=proof)


async def test_a_program_enrols_no_passkey(db: Database) -> None:
    async with db.transaction() as tx:
        with pytest.raises(passkey_refusals.SessionNeeded):
            await enrolling.begin_enrolment(tx, LU_WENXI)


async def test_rubbish_is_not_enrolled(db: Database) -> None:
    async with db.transaction() as tx:
        person = await signed_in(tx)
    for credential in ({}, {"id": 7}, {"id": "x", "rawId": "x", "type": "public-key", "response": {}}):
        async with db.transaction() as tx:
            options = await enrolling.begin_enrolment(tx, person)
            with pytest.raises(refusals.PasskeyRefused):
                await enrolling.enrol(tx, person, EnrolPasskey(nonce=options["challenge"], credential=credential))


async def test_one_authenticator_is_one_passkey(db: Database) -> None:
    key = await enrolled(db)
    with pytest.raises(refusals.PasskeyKnown):
        await enrolled(db, key)


async def test_the_database_refuses_a_signature_past_the_passkey(db: Database) -> None:
    round_id = await opened(db, a_round())
    await signs(db, round_id, an_opinion())
    await enrolled(db)
    again = await opened(db, a_round())
    async with db.transaction() as tx:
        with pytest.raises(asyncpg.RaiseError, match="passkey_missing"):
            await tx.execute(PAST, again)


async def test_a_passkey_is_neither_changed_nor_deleted(
    db: Database, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    await enrolled(db)
    for verb in ("delete from review.passkeys", "update review.passkeys set public_key = 'x'"):
        with pytest.raises(asyncpg.RaiseError, match=r"record\.append_only"):
            await owner.execute(verb)


async def test_the_question_is_asked_by_a_route(web: Web, db: Database) -> None:
    await enrolled(db)
    round_id = await opened(db, a_round())
    path, headers = f"/review/rounds/{round_id}/passkey-question", web.as_program(LU_WENXI)
    body = {"act": "opinion", "command": an_opinion().model_dump(mode="json", exclude={"passkey"})}
    asked = await web.client.post(path, json=body, headers=headers)
    assert (asked.status_code, sorted(asked.json())) == (200, ["nonce", "options"])
    wrong = await web.client.post(path, json={"act": "opinion", "command": {"x": 1}}, headers=headers)
    assert wrong.status_code == 422
    other = await web.client.post(path, json=body, headers=web.as_program(SU_HE))
    assert other.json()["code"] == "passkey.none"
