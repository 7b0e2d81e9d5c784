"""用印: on the signed text only, by the keeper, once, logged; the register of seals behind it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.kernel.contracts.messages import DocumentRef
from services.kernel.contracts.refusals import Refused
from services.kernel.runtime.db import Database
from services.review.actions import seals
from services.review.actions.signatures import sign
from services.review.actions.steps import file_step
from services.review.domain import seals as no
from services.review.domain.seals import Approval, EnterSeal, HandSeal, UseSeal
from services.review.domain.session_refusals import OtherAuthority
from services.review.sheets.sealing.acts import use_seal
from services.review.store import rounds, sign_offs
from services.review.store import seals as store
from tests.review.builders import (
    BOOK,
    GU_NIANCI,
    OTHER_HASH,
    TEXT,
    WEN_ZHIYUAN,
    XU_QINGYUAN,
    ZONE,
    a_document,
    a_round,
    a_signature,
    a_step,
    an_actor,
    opened,
)
from tests.review.conftest import Web

OTHER_TEXT = TEXT.model_copy(update={"text_hash": OTHER_HASH})
ANOTHER = an_actor("tang-li", "唐黎", "gov-office", "registrar")


def a_seal(**changes: Any) -> EnterSeal:
    fields = {"unit_id": "yunxi", "name": "云溪区人民政府印章", "keeper_id": GU_NIANCI.person_id}
    return EnterSeal(**{**fields, **changes})


async def entered(db: Database, **changes: Any) -> UUID:
    async with db.transaction() as tx:
        return (await seals.enter(tx, GU_NIANCI, a_seal(**changes))).seal_id


async def signed(db: Database, outcome: str = "signed", **changes: Any) -> DocumentRef:
    document = a_document()
    round_id = await opened(db, a_round("signing", document=document, **changes))
    async with db.transaction() as tx:
        await sign(tx, XU_QINGYUAN, round_id, a_signature(outcome=outcome), book=BOOK, zone=ZONE)
    return document


async def waiting(db: Database, document: DocumentRef, **changes: Any) -> UUID:
    return await opened(db, a_round("recorded_step", document=document, stage="sealing", role="registrar", **changes))


async def used(db: Database, round_id: UUID, seal_id: UUID, actor: Any = GU_NIANCI) -> UUID:
    async with db.transaction() as tx:
        return (await use_seal(tx, actor, round_id, UseSeal(seal_id=seal_id, copies=3), BOOK)).id


async def filed(db: Database, round_id: UUID, **changes: Any) -> None:
    async with db.transaction() as tx:
        await file_step(tx, GU_NIANCI, round_id, a_step(conclusion="已用印。", **changes), book=BOOK)


async def test_a_use_names_keeper_approval_text_and_seal_in_the_signed_record(db: Database) -> None:
    document, seal_id = await signed(db), await entered(db, form="electronic", certificate="5A-01")
    round_id = await waiting(db, document)
    await used(db, round_id, seal_id)
    await filed(db, round_id)
    async with db.read() as conn:
        record = await sign_offs.find_sign_off(conn, round_id)
        approval = await store.approval(conn, document.document_id)
        log = await store.uses(conn, unit_id="yunxi", limit=10)
    assert record is not None
    assert approval is not None
    (said,) = record.record["details"]["seal_uses"]
    assert (said["keeper"], said["text_hash"], said["approval"], said["certificate"], said["copies"]) == (
        "顾念慈",
        TEXT.text_hash,
        approval.record_hash,
        "5A-01",
        3,
    )
    assert [one.document_id for one in log] == [document.document_id]


async def test_the_step_is_not_filed_before_the_seal_is_on_the_text(db: Database) -> None:
    round_id = await waiting(db, await signed(db))
    with pytest.raises(no.NotSealed):
        await filed(db, round_id)


async def test_a_text_that_was_not_signed_bears_no_seal(db: Database) -> None:
    seal_id = await entered(db)
    with pytest.raises(no.NotApproved):
        await used(db, await waiting(db, a_document()), seal_id)
    with pytest.raises(no.NotApproved):
        await used(db, await waiting(db, await signed(db, outcome="returned")), seal_id)
    with pytest.raises(Refused, match="text"):
        round_id = await waiting(db, await signed(db), text=OTHER_TEXT)
        await used(db, round_id, seal_id)


async def test_the_database_refuses_a_seal_on_another_text(db: Database) -> None:
    seal_id, document = await entered(db), await signed(db)
    round_id = await waiting(db, document, text=OTHER_TEXT)
    async with db.read() as conn:
        seal, approval = await store.seal(conn, seal_id), await store.approval(conn, document.document_id)
        round_ = await _round(conn, round_id)
    assert approval is not None
    forged = Approval(approval.round_id, OTHER_HASH, approval.record_hash, frozenset())
    with pytest.raises(no.NotApproved):
        async with db.transaction() as tx:
            await store.use(tx, round_, seal, forged, UseSeal(seal_id=seal_id), GU_NIANCI)


async def test_the_database_refuses_a_hand_that_is_not_the_keepers(db: Database) -> None:
    seal_id, document = await entered(db), await signed(db)
    round_id = await waiting(db, document)
    async with db.read() as conn:
        seal, approval = await store.seal(conn, seal_id), await store.approval(conn, document.document_id)
        round_ = await _round(conn, round_id)
    assert approval is not None
    with pytest.raises(no.NotKeeper):
        async with db.transaction() as tx:
            await store.use(tx, round_, seal, approval, UseSeal(seal_id=seal_id), ANOTHER)
    with pytest.raises(no.NotKeeper):
        await used(db, round_id, seal_id, ANOTHER)


async def test_one_text_is_sealed_once(db: Database) -> None:
    seal_id, document = await entered(db), await signed(db)
    round_id = await waiting(db, document)
    await used(db, round_id, seal_id)
    with pytest.raises(no.AlreadySealed):
        await used(db, round_id, seal_id)


async def test_the_seal_is_that_of_the_issuer(db: Database) -> None:
    seal_id = await entered(db, unit_id="gov-office", name="区政府办公室印章")
    with pytest.raises(no.OtherSeal):
        await used(db, await waiting(db, await signed(db)), seal_id)


async def test_a_signer_who_keeps_the_seal_does_not_use_it() -> None:
    keeper = {"id": uuid4(), "unit_id": "yunxi", "name": "印章", "form": "physical", "certificate": "", "revision": 1}
    seal = no.Seal(**keeper, keeper_id="xu-qingyuan", keeper_name="许清远", kept_since=None, uses=0)  # type: ignore[arg-type]
    approval = Approval(uuid4(), TEXT.text_hash, "a" * 64, frozenset({"xu-qingyuan"}))
    refusal = no.use_refused(seal, approval, person_id="xu-qingyuan", issuers=("yunxi",), text_hash=TEXT.text_hash)
    assert isinstance(refusal, no.OwnApproval)


async def test_a_use_is_never_changed(db: Database, owner: asyncpg.Connection[asyncpg.Record]) -> None:
    seal_id, document = await entered(db), await signed(db)
    await used(db, await waiting(db, document), seal_id)
    for change in ("update review.seal_uses set copies = 9", "delete from review.seal_uses"):
        with pytest.raises(asyncpg.RaiseError, match=r"record\.append_only"):
            await owner.execute(change)


@pytest.mark.parametrize("changes", [{"name": ""}, {"keeper_id": "he-xu"}, {"form": "electronic"}])
async def test_an_incomplete_entry_is_refused(db: Database, changes: dict[str, Any]) -> None:
    with pytest.raises(no.SealIncomplete):
        await entered(db, **changes)


async def test_a_seal_is_entered_once_by_the_registrar_of_its_authority(db: Database) -> None:
    await entered(db)
    with pytest.raises(no.SealEntered):
        await entered(db)
    async with db.transaction() as tx:
        with pytest.raises(Refused, match="auth"):
            await seals.enter(tx, WEN_ZHIYUAN, a_seal())
        with pytest.raises(OtherAuthority):
            await seals.enter(tx, GU_NIANCI, a_seal(unit_id="yunxi-party"))


async def test_a_seal_out_of_use_is_used_by_nobody(db: Database) -> None:
    seal_id = await entered(db)
    round_id = await waiting(db, await signed(db))
    async with db.transaction() as tx:
        with pytest.raises(no.HandingUnexplained):
            await seals.hand(tx, GU_NIANCI, seal_id, HandSeal(revision=1, reason=""))
        with pytest.raises(no.SealIncomplete):
            await seals.hand(tx, GU_NIANCI, seal_id, HandSeal(revision=1, keeper_id="he-xu", reason="移交。"))
        await seals.hand(tx, GU_NIANCI, seal_id, HandSeal(revision=1, reason="印章更换。"))
        with pytest.raises(no.SealMoved):
            await seals.hand(tx, GU_NIANCI, seal_id, HandSeal(revision=1, reason="印章更换。"))
        with pytest.raises(no.UnknownSeal):
            await seals.hand(tx, GU_NIANCI, uuid4(), HandSeal(revision=1, reason="印章更换。"))
    with pytest.raises(no.NotKeeper):
        await used(db, round_id, seal_id)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_register_and_sheet_are_pages(web: Web, db: Database, language: str) -> None:
    headers = {**web.as_program(GU_NIANCI), "Accept": "text/html", "Accept-Language": language}
    form = a_seal(name="<b>章</b>").model_dump(mode="json")
    wrong = await web.client.post(
        "/review/seals/enter", data={**form, "name": ""}, headers={**headers, "Idempotency-Key": "a"}
    )
    assert wrong.status_code == 422
    sent = await web.client.post("/review/seals/enter", data=form, headers={**headers, "Idempotency-Key": "b"})
    assert sent.status_code == 303
    round_id = await waiting(db, await signed(db))
    async with db.read() as conn:
        (seal,) = await store.seals(conn, unit_id="yunxi")
    path = f"/review/round/{round_id}"
    use = {"seal_id": str(seal.id), "copies": "2"}
    sealed = await web.client.post(f"{path}/seal-use", data=use, headers={**headers, "Idempotency-Key": "c"})
    assert sealed.status_code == 303
    for shown in (path, "/review/seals"):
        assert "&lt;b&gt;章&lt;/b&gt;" in (await web.client.get(shown, headers=headers)).text
    hand = {"revision": "1", "keeper_id": "", "reason": "更换。"}
    ended = await web.client.post(
        f"/review/seals/{seal.id}/hand", data=hand, headers={**headers, "Idempotency-Key": "d"}
    )
    assert ended.status_code == 303


async def test_programs_read_and_write_the_register(web: Web) -> None:
    headers = web.as_program(GU_NIANCI)
    kept = await web.client.post("/review/seal-register", json=a_seal().model_dump(mode="json"), headers=headers)
    assert kept.status_code == 201
    listed = (await web.client.get("/review/seal-register", headers=headers)).json()
    assert [one["keeper_name"] for one in listed] == ["顾念慈"]
    assert (await web.client.get("/review/seal-register/uses", headers=headers)).json() == []
    body = HandSeal(revision=1, reason="更换。").model_dump(mode="json")
    path = f"/review/seal-register/{kept.json()['seal_id']}/hand"
    assert (await web.client.post(path, json=body, headers=headers)).json()["revision"] == 2


async def _round(conn: Any, round_id: UUID) -> Any:

    return (await rounds.lock_round(conn, round_id))[0]
