"""Signatures of sign-offs: made by the signer's key, verified from a file alone, whatever is changed is found."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from typer.testing import CliRunner

from fawen.cli import app
from services.kernel.contracts import sign_offs as contract
from services.kernel.contracts.sign_offs import SignOffFile
from services.kernel.contracts.signatures import Algorithm, hash_of
from services.kernel.runtime.db import Database
from services.review.actions.desk import sit_at
from services.review.actions.keys import end_key
from services.review.actions.opinions import give_opinion
from services.review.actions.signatures import sign
from services.review.domain import refusals
from services.review.domain.commands import EndKey
from services.review.domain.keys import KeyLocked, KeyRing
from services.review.signing import file_of
from services.review.store import keys
from tests.review.builders import (
    BOOK,
    DESK,
    LU_WENXI,
    RING,
    SITE,
    SU_HE,
    XU_QINGYUAN,
    ZONE,
    a_document,
    a_round,
    a_signature,
    an_actor,
    an_opinion,
    opened,
)

OPERATOR = an_actor("jiang-yu", "江屿", "gov-office", "operator")


async def reviewed(db: Database, document: Any, ordinal: int = 1) -> None:
    round_id = await opened(db, a_round(document=document, ordinal=ordinal))
    async with db.transaction() as tx:
        await give_opinion(tx, LU_WENXI, round_id, an_opinion(), book=BOOK)


async def signed_file(db: Database) -> SignOffFile:
    """Two sign-offs of one document, by two persons."""
    document = a_document()
    await reviewed(db, document)
    round_id = await opened(db, a_round("signing", document=document))
    async with db.transaction() as tx:
        await sign(tx, XU_QINGYUAN, round_id, a_signature(), book=BOOK, zone=ZONE)
    return await exported(db, document.document_id)


async def exported(db: Database, document_id: UUID) -> SignOffFile:
    async with db.read() as conn:
        return await file_of(conn, document_id, SITE)


def wrong(file: SignOffFile) -> set[tuple[int, str]]:
    return {(one.position, one.what) for one in contract.verify(file) if one.holds is False}


def changed(file: SignOffFile, position: int, **changes: Any) -> SignOffFile:
    rows = list(file.sign_offs)
    rows[position - 1] = rows[position - 1].model_copy(update=changes)
    return file.model_copy(update={"sign_offs": tuple(rows)})


def command(tmp_path: Path, content: str | bytes, *more: str) -> tuple[int, str]:
    path = tmp_path / "sign-offs.json"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    done = CliRunner().invoke(app, ["verify", str(path), *more])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


async def test_what_was_signed_is_verified_from_the_file_alone(db: Database, tmp_path: Path) -> None:
    file = await signed_file(db)
    assert wrong(file) == set()
    code, said = command(tmp_path, file.model_dump_json())
    assert (code, "2项签署全部成立" in said, "陆闻溪" in said) == (0, True, True)


async def test_a_changed_word_is_found(db: Database) -> None:
    file = await signed_file(db)
    record = {**file.sign_offs[0].record, "opinion": "另一份意见。"}
    assert wrong(changed(file, 1, record=record)) == {(1, "hash"), (1, "signature")}


async def test_a_changed_word_with_its_hash_made_anew_is_found(db: Database) -> None:
    file = await signed_file(db)
    record = {**file.sign_offs[0].record, "opinion": "另一份意见。"}
    forged = changed(file, 1, record=record, record_hash=hash_of(record))
    assert wrong(forged) == {(1, "signature"), (2, "chain")}


async def test_a_signature_taken_away_is_found(db: Database) -> None:
    file = await signed_file(db)
    assert wrong(changed(file, 2, signature=None, key_id=None)) == {(2, "signature")}


async def test_a_record_left_out_is_found(db: Database) -> None:
    file = await signed_file(db)
    assert (1, "chain") in wrong(file.model_copy(update={"sign_offs": file.sign_offs[1:]}))


async def test_another_documents_records_are_found(db: Database) -> None:
    file = await signed_file(db)
    assert (1, "chain") in wrong(file.model_copy(update={"document_id": "x"}))


@pytest.mark.parametrize("change", [{"valid_to": 0}, {"valid_from": 1}, {"person_id": "he-xu"}, {"public_key": "AAAA"}])
async def test_a_key_that_was_not_the_signers_or_not_valid_is_found(db: Database, change: dict[str, Any]) -> None:
    file = await signed_file(db)
    moved = {
        name: file.exported_at + timedelta(days=value) if name == "valid_from" else value
        for name, value in change.items()
    }
    if "valid_to" in moved:
        moved["valid_to"] = file.keys[0].valid_from
    keys_ = tuple(key.model_copy(update=moved) for key in file.keys)
    assert {(1, "key"), (2, "key")} <= wrong(file.model_copy(update={"keys": keys_}))


async def test_keys_that_the_register_does_not_know_are_found(db: Database, tmp_path: Path) -> None:
    file = await signed_file(db)
    register = tmp_path / "keys.json"
    register.write_text(json.dumps([key.model_dump(mode="json") for key in file.keys]))
    assert command(tmp_path, file.model_dump_json(), "--keys", str(register))[0] == 0
    register.write_text("[]")
    code, said = command(tmp_path, file.model_dump_json(), "--keys", str(register))
    assert (code, "公钥与名册不符" in said) == (1, True)


@pytest.mark.parametrize(
    "rubbish",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"{}",
        b'{"entries": [1]}',
        b'{"format": "fawen.sign-offs/1"}',
        b"[" * 5000,
    ],
)
def test_rubbish_is_told_in_words(tmp_path: Path, rubbish: bytes) -> None:
    code, said = command(tmp_path, rubbish)
    assert (code, said.startswith("■")) == (1, True)


async def test_rubbish_in_every_place_of_a_file_is_told_in_words(db: Database, tmp_path: Path) -> None:
    content = json.loads((await signed_file(db)).model_dump_json())
    for name in content["sign_offs"][0]["record"]:
        values: tuple[Any, ...] = (None, 7, [], "x")
        for rubbish in values:
            broken = json.loads(json.dumps(content))
            broken["sign_offs"][0]["record"][name] = rubbish
            assert command(tmp_path, json.dumps(broken))[0] == 1 or content["sign_offs"][0]["record"][name] == rubbish


async def test_a_person_has_one_key_until_it_ends(db: Database) -> None:
    document = a_document()
    await reviewed(db, document)
    await reviewed(db, document, ordinal=2)
    async with db.transaction() as tx:
        await end_key(tx, LU_WENXI, "lu-wenxi", EndKey(why="rotated"))
    await reviewed(db, document, ordinal=3)
    file = await exported(db, document.document_id)
    assert (wrong(file), len(file.keys), len({one.key_id for one in file.sign_offs[:2]})) == (set(), 2, 1)


async def test_what_was_signed_before_a_revocation_stays_good(db: Database) -> None:
    document = a_document()
    await reviewed(db, document)
    async with db.transaction() as tx:
        await end_key(tx, OPERATOR, "lu-wenxi", EndKey(why="revoked", reason="电脑遗失。"))
    file = await exported(db, document.document_id)
    assert (wrong(file), file.keys[0].ended_why) == (set(), "revoked")


async def test_a_new_algorithm_makes_a_new_key(db: Database) -> None:
    document = a_document()
    await reviewed(db, document)
    sit_at(replace(DESK, ring=KeyRing(["a secret for tests only"], Algorithm.SM2_SM3)))
    await reviewed(db, document, ordinal=2)
    file = await exported(db, document.document_id)
    assert (wrong(file), [key.algorithm for key in file.keys]) == (set(), ["Ed25519", "SM2-SM3"])


async def test_a_new_secret_makes_new_keys_and_the_old_one_alone_opens_none(db: Database) -> None:
    document = a_document()
    await reviewed(db, document)
    sit_at(replace(DESK, ring=KeyRing(["another secret for tests", "a secret for tests only"])))
    await reviewed(db, document, ordinal=2)
    assert (await exported(db, document.document_id)).keys[0].ended_why == "rotated"
    wrapped = KeyRing(["another secret for tests"]).make("lu-wenxi")
    with pytest.raises(KeyLocked):
        RING.sign(wrapped, b"x")


def test_a_key_moved_to_another_person_does_not_open() -> None:
    with pytest.raises(KeyLocked):
        RING.sign(replace(RING.make("lu-wenxi"), person_id="he-xu"), b"x")


async def test_nobody_ends_the_key_of_another(db: Database) -> None:
    async with db.transaction() as tx:
        with pytest.raises(refusals.KeyNotYours):
            await end_key(tx, SU_HE, "lu-wenxi", EndKey(why="rotated"))


async def test_a_revocation_without_reason_is_refused(db: Database) -> None:
    async with db.transaction() as tx:
        with pytest.raises(refusals.KeyReason):
            await end_key(tx, LU_WENXI, "lu-wenxi", EndKey(why="revoked", reason="丢了"))


async def test_who_has_no_key_has_none_to_end(db: Database) -> None:
    async with db.transaction() as tx:
        with pytest.raises(refusals.KeyMissing):
            await end_key(tx, LU_WENXI, "lu-wenxi", EndKey(why="rotated"))


async def test_the_service_reads_no_private_key_but_to_sign_an_open_round(db: Database) -> None:
    round_id = await opened(db, a_round())
    async with db.transaction() as tx:
        await keys.add_key(tx, RING.make("lu-wenxi"), valid_from=datetime.now(UTC))
    async with db.read() as conn:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.fetch("select wrapped from signing_keys")
        assert await keys.find_key_to_sign(conn, round_id, "lu-wenxi") is not None
    async with db.transaction() as tx:
        await give_opinion(tx, LU_WENXI, round_id, an_opinion(), book=BOOK)
        assert await keys.find_key_to_sign(tx, round_id, "lu-wenxi") is None


@pytest.mark.parametrize("verb", ["update signing_keys set ended_why = 'revoked'", "delete from signing_keys"])
async def test_an_ended_key_stays_as_it_is(db: Database, owner: asyncpg.Connection[asyncpg.Record], verb: str) -> None:
    await reviewed(db, a_document())
    async with db.transaction() as tx:
        await end_key(tx, LU_WENXI, "lu-wenxi", EndKey(why="rotated"))
    with pytest.raises(asyncpg.RaiseError, match=r"record\.append_only"):
        await owner.execute(verb.replace("signing_keys", "review.signing_keys"))


async def test_only_who_signed_an_earlier_text_goes_by_the_difference(db: Database) -> None:
    document = a_document()
    await reviewed(db, document)
    round_id = await opened(db, a_round(document=document, ordinal=2))
    async with db.transaction() as tx:
        with pytest.raises(refusals.HasNotSigned):
            await give_opinion(tx, SU_HE, round_id, an_opinion(has_read="changes"), book=BOOK)
    async with db.transaction() as tx:
        await give_opinion(tx, LU_WENXI, round_id, an_opinion(has_read="changes"), book=BOOK)
    first, second = (await exported(db, document.document_id)).sign_offs
    assert second.record["read"]["since"]["record_hash"] == first.record_hash


async def test_the_record_names_things_as_they_were_called(db: Database) -> None:
    file = await signed_file(db)
    words = file.sign_offs[0].record["words"]
    assert (words["stage"]["zh"], words["outcome"]["zh"], words["rule_book"]) == ("合法性审核", "合法", BOOK.hash)
