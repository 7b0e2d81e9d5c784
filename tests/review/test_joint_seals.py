"""联合发文用印: every issuer's own seal by its own keeper, all of them before the step is filed."""

from __future__ import annotations

from uuid import UUID

import asyncpg
import pytest

from services.kernel.contracts.lifecycle import ASKS_CHANGED, AsksChanged
from services.kernel.contracts.messages import DocumentRef
from services.kernel.runtime.db import Database
from services.review.actions import seals
from services.review.actions.signatures import sign
from services.review.activities import ReviewActivities
from services.review.domain import seals as no
from services.review.domain.seals import UseSeal
from services.review.store import rounds, sign_offs
from services.review.store import seals as store
from tests.review.builders import (
    BOOK,
    GU_NIANCI,
    HE_XU,
    TEXT,
    XU_QINGYUAN,
    ZONE,
    a_document,
    a_round,
    a_signature,
    an_actor,
)
from tests.review.conftest import Web
from tests.review.test_seals import a_seal, entered, filed, used

# 区司法局 has no registrar: whoever does its daily business keeps its seal.
SU_HE = an_actor("su-he", "苏禾", "justice", "lead_unit_officer", "legality_reviewer")
ZHENG_AN = an_actor("zheng-an", "郑安", "justice", "unit_head")
JUSTICE = {"unit_id": "justice", "name": "云溪区司法局印章", "keeper_id": "su-he"}
ASKS = "select body from review.outbox where name = $1 and body ->> 'what' = 'seal' order by position"


async def signed_by_both(db: Database, activities: ReviewActivities) -> DocumentRef:
    document = a_document(joint_units=("justice",))
    asked = a_round("signing", document=document, joint_units=("justice",)).model_copy(update={"unit_id": "yunxi"})
    round_id = (await activities.open_round(asked)).round_id
    for signer in (XU_QINGYUAN, ZHENG_AN):
        async with db.transaction() as tx:
            await sign(tx, signer, round_id, a_signature(name=signer.person_name), book=BOOK, zone=ZONE)
    return document


async def sealing(activities: ReviewActivities, document: DocumentRef) -> UUID:
    asked = a_round("recorded_step", document=document, stage="sealing", role="registrar")
    return (await activities.open_round(asked)).round_id


async def justice_seal(db: Database) -> UUID:
    async with db.transaction() as tx:
        return (await seals.enter(tx, SU_HE, a_seal(**JUSTICE))).seal_id


async def test_every_issuer_seals_by_its_own_keeper_and_the_record_shows_them_in_order(
    db: Database, activities: ReviewActivities
) -> None:
    round_id = await sealing(activities, await signed_by_both(db, activities))
    await used(db, round_id, await justice_seal(db), SU_HE)
    await used(db, round_id, await entered(db))
    await filed(db, round_id)
    async with db.read() as conn:
        record = await sign_offs.find_sign_off(conn, round_id)
        decided = await rounds.get_round(conn, round_id)
    assert record is not None
    said = [(one["place"], one["unit_id"], one["keeper"]) for one in record.record["details"]["seal_uses"]]
    assert said == [(1, "yunxi", "顾念慈"), (2, "justice", "苏禾")]
    assert decided.facts is not None
    assert decided.facts.seal is not None
    assert [one.unit_id for one in decided.facts.seal.seals] == ["yunxi", "justice"]
    assert {one.text_hash for one in decided.facts.seal.seals} == {TEXT.text_hash}
    assert decided.facts.seal.issuers == 2


async def test_the_step_is_not_filed_while_an_issuers_seal_is_missing(
    db: Database, activities: ReviewActivities
) -> None:
    round_id = await sealing(activities, await signed_by_both(db, activities))
    await used(db, round_id, await entered(db))
    with pytest.raises(no.NotSealed) as refused:
        await filed(db, round_id)
    assert refused.value.rule_id == "seal.joint"


async def test_the_database_does_not_close_the_step_while_a_seal_is_missing(
    db: Database, activities: ReviewActivities
) -> None:
    round_id = await sealing(activities, await signed_by_both(db, activities))
    await used(db, round_id, await entered(db))
    close = "update rounds set why = 'decided', outcome = 'filed', closed_at = now() where id = $1"
    with pytest.raises(asyncpg.RaiseError, match=r"seal\.missing"):
        async with db.transaction() as tx:
            await tx.execute(close, round_id)


async def test_each_issuer_seals_once_and_a_stranger_not_at_all(db: Database, activities: ReviewActivities) -> None:
    round_id = await sealing(activities, await signed_by_both(db, activities))
    own = await justice_seal(db)
    await used(db, round_id, own, SU_HE)
    with pytest.raises(no.AlreadySealed):
        await used(db, round_id, own, SU_HE)
    with pytest.raises(no.NotKeeper):
        await used(db, round_id, own, GU_NIANCI)
    office = await entered(db, unit_id="gov-office", name="区政府办公室印章")
    with pytest.raises(no.OtherSeal):
        await used(db, round_id, office)


async def test_the_database_refuses_the_seal_of_a_unit_that_does_not_issue(
    db: Database, activities: ReviewActivities
) -> None:
    document = await signed_by_both(db, activities)
    round_id = await sealing(activities, document)
    office = await entered(db, unit_id="gov-office", name="区政府办公室印章")
    async with db.read() as conn:
        seal, approval = await store.seal(conn, office), await store.approval(conn, document.document_id)
        round_ = await rounds.get_round(conn, round_id)
    assert approval is not None
    with pytest.raises(no.OtherSeal):
        async with db.transaction() as tx:
            await store.use(tx, round_, seal, approval, UseSeal(seal_id=office), GU_NIANCI)


async def test_the_other_issuers_are_asked_for_their_seals_until_they_are_on_the_text(
    db: Database, activities: ReviewActivities, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    round_id = await sealing(activities, await signed_by_both(db, activities))
    await used(db, round_id, await justice_seal(db), SU_HE)
    rows = await owner.fetch(ASKS, ASKS_CHANGED)
    told = [AsksChanged.model_validate_json(row["body"]) for row in rows]
    assert [(fact.revision, *((one.unit_id, one.role, one.state) for one in fact.asks)) for fact in told] == [
        (1, ("justice", "lead_unit_officer", "open")),
        (2, ("justice", "lead_unit_officer", "done")),
    ]
    assert {one.rule_id for fact in told for one in fact.asks} == {"seal.joint"}


async def test_the_seal_of_a_department_is_entered_by_its_own_desk(db: Database) -> None:
    async with db.transaction() as tx:
        with pytest.raises(Exception, match="auth"):
            await seals.enter(tx, GU_NIANCI, a_seal(**JUSTICE))
        assert (await seals.desk_of(tx, "justice")).role == "lead_unit_officer"
        assert [unit.id for unit in await seals.own_units(tx, SU_HE)] == ["justice"]
        assert [unit.id for unit in await seals.own_units(tx, GU_NIANCI)] == ["yunxi"]
        assert await seals.own_units(tx, HE_XU) == []


async def test_the_page_shows_every_place_and_the_form_only_to_a_keeper(
    web: Web, db: Database, activities: ReviewActivities
) -> None:
    round_id = await sealing(activities, await signed_by_both(db, activities))
    await justice_seal(db)
    await used(db, round_id, await entered(db))
    path = f"/review/round/{round_id}"
    keeper = {**web.as_program(SU_HE), "Accept": "text/html"}
    seen = (await web.client.get(path, headers=keeper)).text
    assert "云溪区人民政府印章" in seen
    assert "7.3.5" in seen
    assert "seal-use" in seen
    others = {**web.as_program(GU_NIANCI), "Accept": "text/html"}
    assert "/seal-use" not in (await web.client.get(path, headers=others)).text
