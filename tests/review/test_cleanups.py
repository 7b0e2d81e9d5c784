"""清理: an inventory from the register, an outcome for each document, sums that are equal, a public catalogue."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.contracts.lifecycle import cleanup_outcome_id
from services.kernel.contracts.refusals import Refused
from services.kernel.runtime.db import Database
from services.review.actions import cleanups
from services.review.activities import ReviewActivities
from services.review.domain import cleanups as no
from services.review.domain.cleanups import Cleanup, GiveOutcome, Listed, OpenCleanup
from services.review.domain.session_refusals import OtherAuthority
from services.review.store import cleanups as store
from tests.review.builders import GU_NIANCI, WEN_ZHIYUAN, XU_QINGYUAN, a_document
from tests.review.conftest import Web
from tests.review.test_standing import declared, in_force, published

DAY = date(2026, 6, 30)
REASON = "仍然适用。"


def a_cleanup(**changes: Any) -> OpenCleanup:
    fields = {"issuer_unit": "yunxi", "kind": "MAJOR_DECISION", "name": "2026年定期清理", "cut_off_on": DAY}
    return OpenCleanup(**{**fields, **changes})


async def begun(db: Database, **changes: Any) -> UUID:
    async with db.transaction() as tx:
        return (await cleanups.open_cleanup(tx, GU_NIANCI, a_cleanup(**changes))).id


async def given_(
    db: Database, cleanup_id: UUID, document_id: UUID, outcome: str = "retain", reason: str = REASON
) -> int:
    async with db.transaction() as tx:
        command = GiveOutcome.model_validate({"document_id": document_id, "outcome": outcome, "reason": reason})
        return (await cleanups.give_outcome(tx, GU_NIANCI, cleanup_id, command)).missing


async def made_public(db: Database, cleanup_id: UUID) -> None:
    async with db.transaction() as tx:
        await cleanups.publish(tx, GU_NIANCI, cleanup_id)


async def read(db: Database, cleanup_id: UUID) -> Cleanup:
    async with db.read() as conn:
        return await store.cleanup(conn, cleanup_id)


async def several(activities: ReviewActivities, count: int = 2) -> list[UUID]:
    kinds = [a_document(kind="MAJOR_DECISION", title=f"云溪区第{nth}号决策") for nth in range(count)]
    return [await in_force(activities, document=one, doc_number=str(nth)) for nth, one in enumerate(kinds)]


async def test_the_inventory_is_what_was_in_force_on_the_day(db: Database, activities: ReviewActivities) -> None:
    (kept,) = await several(activities, 1)
    others = {
        "another kind": published(document=a_document()),
        "lapsed": published(valid_to=date(2026, 6, 29)),
        "later": published(published_on=date(2026, 7, 1)),
        "another authority": published(document=a_document(kind="MAJOR_DECISION", issuer_unit="finance")),
    }
    for one in others.values():
        await activities.enter_text(one)
    assert [one.document_id for one in (await read(db, await begun(db))).inventory] == [kept]


async def test_a_catalogue_is_published_when_outcomes_and_inventory_are_equal(
    db: Database, activities: ReviewActivities
) -> None:
    first, second = await several(activities)
    cleanup_id = await begun(db)
    assert await given_(db, cleanup_id, first) == 1
    with pytest.raises(no.OutcomesUnequal):
        await made_public(db, cleanup_id)
    assert await given_(db, cleanup_id, second, "repeal") == 0
    await given_(db, cleanup_id, second, "lapse", "调整对象已经消失。")
    await made_public(db, cleanup_id)
    found = await read(db, cleanup_id)
    assert (found.sums, found.published_at is not None) == ({"retain": 1, "amend": 0, "repeal": 0, "lapse": 1}, True)
    with pytest.raises(no.CleanupPublished):
        await made_public(db, cleanup_id)
    with pytest.raises(no.CleanupPublished):
        await given_(db, cleanup_id, first, "amend")


async def test_the_database_refuses_sums_that_are_not_equal(
    db: Database, activities: ReviewActivities, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    first, _ = await several(activities)
    cleanup_id = await begun(db)
    await given_(db, cleanup_id, first)
    for sums in ((1, 0, 0, 0, 1), (2, 0, 0, 0, 2), (0, 1, 1, 0, 2)):
        with pytest.raises(asyncpg.RaiseError, match=r"cleanup\.unequal"):
            await owner.execute(INSERT, cleanup_id, *sums)
    with pytest.raises(asyncpg.CheckViolationError, match="outcomes_add_up"):
        await owner.execute(INSERT, cleanup_id, 1, 0, 0, 0, 2)


INSERT = """
insert into review.cleanup_results (cleanup_id, retained, amended, repealed, lapsed, total, person_id, person_name)
values ($1, $2, $3, $4, $5, $6, 'gu-nianci', '顾念慈')
"""


async def test_an_outcome_ends_nothing_until_a_document_carries_it_out(
    db: Database, activities: ReviewActivities
) -> None:
    (target,) = await several(activities, 1)
    cleanup_id = await begun(db)
    await given_(db, cleanup_id, target, "repeal")
    await made_public(db, cleanup_id)
    assert (await read(db, cleanup_id)).inventory[0].waits
    successor = await declared(db, target)
    await activities.enter_text(published(document=successor, doc_number="9"))
    (listed,) = (await read(db, cleanup_id)).inventory
    assert (listed.waits, listed.carried_out_by) == (False, successor.document_id)


async def test_the_drafting_office_is_asked_for_what_was_published_until_a_document_carries_it_out(
    db: Database, activities: ReviewActivities, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    kept, target = await several(activities)
    cleanup_id = await begun(db)
    await given_(db, cleanup_id, kept)
    await given_(db, cleanup_id, target, "repeal")
    assert await owner.fetch(ASKED) == []
    await made_public(db, cleanup_id)
    asked = [tuple(row) for row in await owner.fetch(ASKED)]
    assert asked == [(cleanup_outcome_id(cleanup_id, target), "repeal", "urban", str(target))]
    await activities.enter_text(published(document=await declared(db, target), doc_number="9"))
    closing = await owner.fetch(
        "select body -> 'cleanup_ids' ->> 0 as closes from review.outbox where name = 'StandingChanged'"
    )
    assert [row["closes"] for row in closing] == [str(cleanup_id)]


async def test_what_was_carried_out_before_the_catalogue_is_asked_of_nobody(
    db: Database, activities: ReviewActivities, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    (target,) = await several(activities, 1)
    cleanup_id = await begun(db)
    await given_(db, cleanup_id, target, "repeal")
    await activities.enter_text(published(document=await declared(db, target), doc_number="9"))
    await made_public(db, cleanup_id)
    assert await owner.fetch(ASKED) == []


ASKED = """
select target, body ->> 'outcome', body -> 'document' ->> 'drafting_unit', key
  from review.outbox where name = 'CleanupOutcomePublished' order by position
"""


async def test_what_is_not_in_the_inventory_or_has_no_reason_gets_no_outcome(
    db: Database, activities: ReviewActivities
) -> None:
    (target,) = await several(activities, 1)
    cleanup_id = await begun(db)
    with pytest.raises(no.NotListed):
        await given_(db, cleanup_id, uuid4())
    with pytest.raises(no.OutcomeUnexplained):
        await given_(db, cleanup_id, target, reason="")
    with pytest.raises(no.UnknownCleanup):
        await given_(db, uuid4(), target)
    with pytest.raises(no.NotListed):
        async with db.transaction() as tx:
            await store.give(
                tx, cleanup_id, GiveOutcome(document_id=uuid4(), outcome="retain", reason="有效。"), GU_NIANCI
            )


@pytest.mark.parametrize("changes", [{"name": ""}, {"cut_off_on": date(2199, 1, 1)}])
async def test_an_incomplete_cleanup_is_refused(db: Database, changes: dict[str, Any]) -> None:
    with pytest.raises(no.CleanupIncomplete):
        await begun(db, **changes)


async def test_there_is_no_cleanup_of_nothing_nor_of_another_authority(db: Database) -> None:
    with pytest.raises(no.NothingInForce):
        await begun(db)
    with pytest.raises(OtherAuthority):
        await begun(db, issuer_unit="finance")
    async with db.transaction() as tx:
        with pytest.raises(Refused, match="auth"):
            await cleanups.open_cleanup(tx, WEN_ZHIYUAN, a_cleanup())


def a_listed(outcome: str | None) -> Listed:
    return Listed(uuid4(), "办法", "1", DAY, None, outcome, REASON if outcome else None, None, None)


@given(st.lists(st.sampled_from([*no.OUTCOMES, None]), max_size=12))
def test_sums_and_missing_are_always_the_inventory(outcomes: list[str | None]) -> None:
    listed = [a_listed(outcome) for outcome in outcomes]
    now = published().published_on
    found = Cleanup(uuid4(), "yunxi", "NORMATIVE", "清理", "periodic", DAY, now, None, listed)  # type: ignore[arg-type]
    assert sum(found.sums.values()) + found.missing == len(listed)
    assert (no.publishing_refused(found) is None) == (None not in outcomes)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_catalogue_is_public_and_the_forms_are_the_clerks(
    web: Web, db: Database, activities: ReviewActivities, language: str
) -> None:
    (target,) = await several(activities, 1)
    public = {"Accept": "text/html", "Accept-Language": language}
    clerk = {**web.as_program(GU_NIANCI), **public}
    head = {**web.as_program(XU_QINGYUAN), **public}

    async def sent(path: str, fields: dict[str, str], key: str) -> int:
        return (await web.client.post(path, data=fields, headers={**clerk, "Idempotency-Key": key})).status_code

    form = {key: str(value) for key, value in a_cleanup().model_dump().items()}
    assert await sent("/review/cleanups/open", {**form, "name": ""}, "a") == 422
    assert await sent("/review/cleanups/open", form, "b") == 303
    async with db.read() as conn:
        (one,) = await store.cleanups(conn)
    path = f"/review/cleanup/{one.id}"
    assert (await web.client.get(path, headers=public)).status_code == 404
    assert (await web.client.get(path, headers=head)).status_code == 404
    assert await sent(f"{path}/publish", {}, "c") == 409
    outcome = {"document_id": str(target), "outcome": "repeal", "reason": "<b>过时</b>"}
    assert await sent(f"{path}/outcome", {**outcome, "reason": ""}, "d") == 422
    assert await sent(f"{path}/outcome", outcome, "e") == 303
    assert (await web.client.get(path, headers=clerk)).status_code == 200
    assert await sent(f"{path}/publish", {}, "f") == 303
    shown = (await web.client.get(path, headers=public)).text
    assert "&lt;b&gt;过时&lt;/b&gt;" in shown
    assert str(one.id) in (await web.client.get("/review/cleanups", headers=public)).text


async def test_programs_clean_up_and_the_public_reads_what_is_published(web: Web, activities: ReviewActivities) -> None:
    (target,) = await several(activities, 1)
    headers, path = web.as_program(GU_NIANCI), "/review/clean-ups"
    begun_ = await web.client.post(path, json=a_cleanup().model_dump(mode="json"), headers=headers)
    assert begun_.status_code == 201
    assert (await web.client.get(path)).json() == []
    at = f"{path}/{begun_.json()['id']}"
    body = {"document_id": str(target), "outcome": "retain", "reason": REASON}
    assert (await web.client.post(f"{at}/outcomes", json=body, headers=headers)).json()["missing"] == 0
    assert (await web.client.post(f"{at}/published", headers=headers)).status_code == 201
    assert [one["sums"]["retain"] for one in (await web.client.get(path)).json()] == [1]
