"""Clean-ups: inventories taken from the register, outcomes, published results."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import asyncpg

from services.kernel.contracts.refusals import Refused
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.domain import cleanups as domain
from services.review.domain.cleanups import Cleanup, GiveOutcome, Listed, OpenCleanup
from services.review.domain.standing import OwnDocument

SAID_BY_THE_DATABASE: dict[str, type[Refused]] = {
    refusal.code: refusal for refusal in (domain.CleanupPublished, domain.OutcomesUnequal, OwnDocument)
}

OPEN = """
insert into cleanups (issuer_unit, kind, name, ground, cut_off_on, person_id, person_name)
values ($1, $2, $3, $4, $5, $6, $7)
returning id
"""
LIST = "insert into cleanup_inventory (cleanup_id, document_id) select $1, unnest($2::uuid[])"


async def open_cleanup(tx: Connection, command: OpenCleanup, documents: Collection[UUID], actor: Actor) -> UUID:
    """Begin a clean-up with its inventory."""
    said = (command.issuer_unit, command.kind, command.name, command.ground, command.cut_off_on)
    cleanup_id: UUID = await tx.fetchval(OPEN, *said, actor.person_id, actor.person_name)
    await tx.execute(LIST, cleanup_id, list(documents))
    return cleanup_id


GIVE = """
insert into cleanup_outcomes (cleanup_id, document_id, revision, outcome, reason, person_id, person_name)
select $1, $2, coalesce(max(revision), 0) + 1, $3, $4, $5, $6
  from cleanup_outcomes
 where cleanup_id = $1 and document_id = $2
"""


async def give(tx: Connection, cleanup_id: UUID, command: GiveOutcome, actor: Actor) -> None:
    """Say what becomes of a document. Raises CleanupPublished, NotListed, OwnDocument."""
    person = (actor.person_id, actor.person_name)
    try:
        await tx.execute(GIVE, cleanup_id, command.document_id, command.outcome, command.reason, *person)
    except asyncpg.RaiseError as error:
        raise _said(error) from error
    except asyncpg.ForeignKeyViolationError as error:
        raise domain.NotListed(field="document_id") from error


PUBLISH = """
insert into cleanup_results (cleanup_id, retained, amended, repealed, lapsed, total, person_id, person_name)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""


async def publish(tx: Connection, cleanup: Cleanup, actor: Actor) -> None:
    """Make the catalogue public. The database counts again: raises OutcomesUnequal, CleanupPublished."""
    sums = cleanup.sums
    counted = (sums["retain"], sums["amend"], sums["repeal"], sums["lapse"], len(cleanup.inventory))
    try:
        await tx.execute(PUBLISH, cleanup.id, *counted, actor.person_id, actor.person_name)
    except asyncpg.RaiseError as error:
        raise _said(error) from error
    except asyncpg.CheckViolationError as error:
        raise domain.OutcomesUnequal(field="cleanup_id") from error
    except asyncpg.UniqueViolationError as error:
        raise domain.CleanupPublished(field="cleanup_id") from error


def _said(error: asyncpg.RaiseError) -> Exception:
    refusal = SAID_BY_THE_DATABASE.get(str(error))
    return refusal() if refusal else error


ASK = "insert into cleanup_asks (cleanup_id, document_id, outcome) values ($1, $2, $3)"


async def ask(tx: Connection, cleanup_id: UUID, document_id: UUID, outcome: str) -> None:
    """Note that the drafting office was asked to carry an outcome out."""
    await tx.execute(ASK, cleanup_id, document_id, outcome)


CARRIED_OUT = """
select cleanup_id from cleanup_asks
 where document_id = $1 and case outcome when 'amend' then 'amended' else 'ended' end = $2
 order by cleanup_id
"""


async def carried_out(conn: Connection, document_id: UUID, change: str) -> tuple[UUID, ...]:
    """The clean-ups that have asked for this change of the document."""
    return tuple(row["cleanup_id"] for row in await conn.fetch(CARRIED_OUT, document_id, change))


CLEANUPS = """
select c.id, c.issuer_unit, c.kind, c.name, c.ground, c.cut_off_on, c.opened_at, r.published_at
  from cleanups c
  left join cleanup_results r on r.cleanup_id = c.id
 where ($1::uuid is null or c.id = $1)
 order by c.opened_at desc
"""
# The document that ended or amended it since, whichever the outcome asks for.
INVENTORY = """
select i.cleanup_id, i.document_id, t.name, t.doc_number, t.published_on, t.valid_to, o.outcome, o.reason,
       b.document_id as carried_out_by, b.name as carried_out_name
  from cleanup_inventory i
  join cleanups c on c.id = i.cleanup_id
  join own_texts t on t.document_id = i.document_id
  left join lateral (select outcome, reason from cleanup_outcomes
                      where cleanup_id = i.cleanup_id and document_id = i.document_id
                      order by revision desc limit 1) o on true
  left join lateral (select s.by_document from standing_acts s
                      where s.target_id = i.document_id and s.at >= c.opened_at
                        and s.change = case o.outcome when 'amend' then 'amended' when 'retain' then '' else 'ended' end
                      order by s.position desc limit 1) s on true
  left join own_texts b on b.document_id = s.by_document
 where i.cleanup_id = any($1)
 order by t.published_on, t.document_id
"""


async def cleanups(conn: Connection, *, cleanup_id: UUID | None = None) -> list[Cleanup]:
    """Clean-ups with their inventories, newest in front."""
    rows = await conn.fetch(CLEANUPS, cleanup_id)
    found: dict[UUID, list[Listed]] = {row["id"]: [] for row in rows}
    for row in await conn.fetch(INVENTORY, list(found)):
        fields = dict(row)
        found[fields.pop("cleanup_id")].append(Listed(**fields))
    return [Cleanup(**dict(row), inventory=found[row["id"]]) for row in rows]


async def cleanup(conn: Connection, cleanup_id: UUID) -> Cleanup:
    """One of them. Raises UnknownCleanup."""
    found = await cleanups(conn, cleanup_id=cleanup_id)
    if not found:
        raise domain.UnknownCleanup(field="cleanup_id")
    return found[0]


HOLD = "select id from cleanups where id = $1 for update"


async def hold(tx: Connection, cleanup_id: UUID) -> Cleanup:
    """One of them, held until the transaction ends. Raises UnknownCleanup."""
    await tx.execute(HOLD, cleanup_id)
    return await cleanup(tx, cleanup_id)
