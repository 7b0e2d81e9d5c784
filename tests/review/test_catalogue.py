"""The catalogue of major decisions: entered, published with consent, adjusted with reasons, followed by its documents."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.kernel.contracts.refusals import Refused
from services.kernel.runtime.db import Database
from services.review.actions import catalogue
from services.review.domain import catalogue as rules
from services.review.domain.catalogue import Adjust, Enter, PublishYear
from services.review.domain.session_refusals import OtherAuthority
from services.review.store import catalogue as store
from services.review.store import rounds
from tests.review.builders import BOOK, GU_NIANCI, WEN_ZHIYUAN, a_document, a_round, opened
from tests.review.conftest import Web

MATTER = "云溪河流域生态修复工程"


def an_entry(**changes: Any) -> Enter:
    fields: dict[str, Any] = {
        "issuer_unit": "yunxi",
        "year": 2026,
        "matter": MATTER,
        "unit_id": "ecology",
        "planned_on": date(2026, 9, 30),
        "procedures": ("public_comment", "legality_review"),
    }
    return Enter(**{**fields, **changes})


def an_adjustment(**changes: Any) -> Adjust:
    plain = an_entry().model_dump(exclude={"issuer_unit", "year"})
    return Adjust(**{**plain, "revision": 1, "state": "postponed", "reason": "中央资金下达推迟。", **changes})


def a_publication(**changes: Any) -> PublishYear:
    fields = {"issuer_unit": "yunxi", "year": 2026, "consent_by": "中共云溪区委", "consent_on": date(2026, 1, 20)}
    return PublishYear(**{**fields, **changes})


async def entered(db: Database, **changes: Any) -> UUID:
    async with db.transaction() as tx:
        return (await catalogue.enter(tx, GU_NIANCI, an_entry(**changes), book=BOOK)).entry_id


async def adjusted(db: Database, entry_id: UUID, **changes: Any) -> int:
    async with db.transaction() as tx:
        command = an_adjustment(**changes)
        return (await catalogue.adjust(tx, GU_NIANCI, entry_id, command, book=BOOK)).revision


async def published(db: Database, **changes: Any) -> None:
    async with db.transaction() as tx:
        await catalogue.publish(tx, GU_NIANCI, a_publication(**changes))


async def test_an_adjustment_is_a_revision_with_its_reason(db: Database) -> None:
    entry_id = await entered(db)
    assert await adjusted(db, entry_id) == 2
    async with db.read() as conn:
        entry = await store.entry(conn, entry_id)
    assert (entry.state, [one.reason for one in entry.history]) == ("postponed", ["中央资金下达推迟。", ""])


@pytest.mark.parametrize(
    "changes", [{"matter": ""}, {"unit_id": "nowhere"}, {"procedures": ()}, {"procedures": ("dancing",)}]
)
async def test_an_incomplete_matter_is_refused(db: Database, changes: dict[str, Any]) -> None:
    with pytest.raises(rules.EntryIncomplete):
        await entered(db, **changes)


async def test_an_adjustment_without_reason_is_refused(db: Database) -> None:
    entry_id = await entered(db)
    with pytest.raises(rules.AdjustmentUnexplained):
        await adjusted(db, entry_id, reason="")
    async with db.transaction() as tx:
        with pytest.raises(asyncpg.CheckViolationError, match="adjusted_with_reason"):
            await store.revise(tx, entry_id, an_adjustment(reason=""), GU_NIANCI)


async def test_an_adjustment_over_another_is_refused(db: Database) -> None:
    entry_id = await entered(db)
    await adjusted(db, entry_id)
    with pytest.raises(rules.RevisionMoved):
        await adjusted(db, entry_id)


async def test_an_unknown_matter_is_refused(db: Database) -> None:
    with pytest.raises(rules.UnknownEntry):
        await adjusted(db, uuid4())


@pytest.mark.parametrize("changes", [{"consent_by": ""}, {"consent_on": date(2199, 1, 1)}])
async def test_a_year_is_published_with_consent_only(db: Database, changes: dict[str, Any]) -> None:
    await entered(db)
    with pytest.raises(rules.ConsentMissing):
        await published(db, **changes)


async def test_a_year_is_published_once_and_not_empty(db: Database) -> None:
    with pytest.raises(rules.NothingEntered):
        await published(db)
    await entered(db)
    await published(db)
    with pytest.raises(rules.AlreadyPublished):
        await published(db)


async def test_the_registrar_of_the_authority_keeps_it_and_nobody_else(db: Database) -> None:
    async with db.transaction() as tx:
        with pytest.raises(Refused, match="auth"):
            await catalogue.enter(tx, WEN_ZHIYUAN, an_entry(), book=BOOK)
        with pytest.raises(OtherAuthority):
            await catalogue.enter(tx, GU_NIANCI, an_entry(issuer_unit="finance"), book=BOOK)


async def test_a_document_that_carries_it_out_moves_its_state(db: Database) -> None:
    entry_id = await entered(db)
    document = a_document(kind="MAJOR_DECISION")
    first = await opened(db, a_round("recorded_step", document=document, stage="annual_catalogue"))
    async with db.transaction() as tx:
        await store.link(tx, await rounds.get_round(tx, first), entry_id, "", GU_NIANCI)
        assert (await store.entry(tx, entry_id)).state == "started"
    with pytest.raises(asyncpg.CheckViolationError, match="inside_or_with_reason"):
        async with db.transaction() as tx:
            await store.link(tx, await rounds.get_round(tx, first), None, "", GU_NIANCI)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_public_sees_published_years_with_their_adjustments(web: Web, db: Database, language: str) -> None:
    entry_id = await entered(db)
    headers = {"Accept": "text/html", "Accept-Language": language}
    before = await web.client.get("/review/catalogue", headers=headers)
    assert (before.status_code, MATTER in before.text) == (200, False)
    await published(db)
    await adjusted(db, entry_id, reason="资金<未到>位。")
    after = await web.client.get("/review/catalogue", headers=headers)
    assert MATTER in after.text
    assert "资金&lt;未到&gt;位。" in after.text


async def test_the_registrar_works_by_the_page(web: Web, db: Database) -> None:
    headers = {**web.as_program(GU_NIANCI), "Accept": "text/html"}
    fields = {
        "issuer_unit": "yunxi",
        "year": "2026",
        "matter": MATTER,
        "unit_id": "ecology",
        "planned_on": "2026-09-30",
        "procedures": "public_comment",
    }

    async def sent(path: str, fields: dict[str, str], key: str) -> int:
        answer = await web.client.post(path, data=fields, headers={**headers, "Idempotency-Key": key})
        return answer.status_code

    assert await sent("/review/catalogue/enter", fields, "a") == 303
    assert await sent("/review/catalogue/enter", {**fields, "planned_on": ""}, "b") == 422
    async with db.read() as conn:
        (entry,) = await store.entries(conn)
    change = {**fields, "revision": "1", "state": "dropped", "reason": "并入流域规划。"}
    assert await sent(f"/review/catalogue/entry/{entry.id}/adjust", change, "c") == 303
    consent = {"issuer_unit": "yunxi", "year": "2026", "consent_by": "中共云溪区委", "consent_on": "2026-01-20"}
    assert await sent("/review/catalogue/publish", consent, "d") == 303
    page = await web.client.get("/review/catalogue/manage", headers=headers)
    assert MATTER in page.text


async def test_programs_enter_adjust_and_publish(web: Web) -> None:
    headers = web.as_program(GU_NIANCI)
    body = an_entry().model_dump(mode="json")
    made = await web.client.post("/review/catalogue-entries", json=body, headers=headers)
    path = f"/review/catalogue-entries/{made.json()['entry_id']}/adjust"
    change = an_adjustment().model_dump(mode="json")
    assert (await web.client.post(path, json=change, headers=headers)).json()["revision"] == 2
    year = a_publication().model_dump(mode="json")
    assert (await web.client.post("/review/catalogue-entries/published", json=year, headers=headers)).status_code == 201
    listed = await web.client.get("/review/catalogue-entries?year=2026", headers=headers)
    assert [one["state"] for one in listed.json()] == ["postponed"]
