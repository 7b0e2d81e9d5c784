"""What a duty officer watches: how many, never who or what."""

from __future__ import annotations

from uuid import uuid4

from pydantic import BaseModel

from services.kernel.runtime import outbox
from services.kernel.runtime.gauges import Gauges
from services.tasks.store import inbox
from tests.conftest import DbFor


class Fact(BaseModel):
    """A message."""

    number: int = 1


async def test_parked_letters_and_the_oldest_waiting_one_are_counted(db_for: DbFor) -> None:
    db = await db_for("review")
    async with db.transaction() as tx:
        for _ in range(2):
            await outbox.signal(tx, key="a", workflow_id="document/1", name="fact", message=Fact())
        await tx.execute("update outbox set state = 'parked' where position = (select min(position) from outbox)")
        await tx.execute("update outbox set created_at = created_at - interval '90 seconds' where state = 'waiting'")

    found = await Gauges(db).read()

    assert found["fawen.outbox.parked"] == 1
    assert found["fawen.outbox.lag_seconds"] > 89


async def test_overdue_items_are_counted_and_a_provisional_date_is_not(db_for: DbFor) -> None:
    db = await db_for("tasks")
    put = """
    insert into items (id, key, document_id, title, kind, drafting_unit, stage, ordinal, role, link, state, due_on,
                       due_ends_at, due_provisional)
    select gen_random_uuid(), n::text, $1, 'a', 'NORMATIVE', 'urban', 'assessment', 1, 'drafter', '/', 'open',
           '2026-01-05', '2026-01-05 16:00+00', n = 3
      from generate_series(1, 3) n
    """
    async with db.transaction() as tx:
        await tx.execute(put, uuid4())

    found = await Gauges(db, inbox.figures).read()

    assert (found["fawen.inbox.waiting"], found["fawen.inbox.overdue"]) == (3, 2)
