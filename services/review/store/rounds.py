"""Rounds and authors: opened by workflows, locked by whoever decides, closed once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from services.kernel.contracts.facts import Facts
from services.kernel.contracts.review import OpenRound
from services.kernel.runtime import db, telemetry
from services.kernel.runtime.db import Connection
from services.review.domain.refusals import UnknownRound
from services.review.domain.rounds import Round

OPEN_ROUND = """
insert into rounds (document_id, kind, title, issuer_unit, drafting_unit, stage, ordinal, form, role, unit_id,
                    text_version, text_hash, materials_hash, due, due_on, earliest, rule_id, papers,
                    may_be_not_applicable, reply_to, trace, grounds, public_version, public_hash, joint_units)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
        $25)
on conflict (document_id, stage, ordinal) do nothing
returning id
"""
FIND_KEY = "select id from rounds where document_id = $1 and stage = $2 and ordinal = $3"


async def open_round(tx: Connection, asked: OpenRound) -> UUID:
    """The round of that document, stage and ordinal: opened now, or as it was opened before."""
    document, due = asked.document, asked.due
    opened: UUID | None = await tx.fetchval(
        OPEN_ROUND,
        document.document_id,
        document.kind,
        document.title,
        document.issuer_unit,
        document.drafting_unit,
        asked.stage,
        asked.ordinal,
        asked.form,
        asked.role,
        asked.unit_id,
        asked.text.version,
        asked.text.text_hash,
        asked.text.materials_hash,
        due.model_dump(mode="json") if due else None,
        due.last_day if due else None,
        asked.earliest,
        asked.rule_id,
        list(asked.papers),
        asked.may_be_not_applicable,
        asked.reply_to,
        telemetry.carrier(),
        list(asked.grounds),
        asked.public_text.version if asked.public_text else None,
        asked.public_text.text_hash if asked.public_text else None,
        list(document.joint_units),
    )
    found: UUID = opened or await tx.fetchval(FIND_KEY, document.document_id, asked.stage, asked.ordinal)
    return found


ADD_AUTHOR = "insert into authors (document_id, person_id) values ($1, $2) on conflict do nothing"


async def add_authors(tx: Connection, document_id: UUID, person_ids: tuple[str, ...]) -> None:
    """Remember who drafted; once an author, always an author."""
    await tx.executemany(ADD_AUTHOR, [(document_id, person_id) for person_id in sorted(person_ids)])


AUTHORS = "select person_id from authors where document_id = $1"


async def authors_of(conn: Connection, document_id: UUID) -> frozenset[str]:
    """Everybody who drafted or submitted a version of the document."""
    return frozenset(row["person_id"] for row in await conn.fetch(AUTHORS, document_id))


GET_ROUND = """
select id, document_id, kind, title, issuer_unit, drafting_unit, stage, ordinal, form, role, unit_id, text_version,
       text_hash, materials_hash, due, due_on, earliest, rule_id, papers, may_be_not_applicable, own_work, reply_to,
       trace, opened_at, closed_at, why, outcome, record_hash, actor_id, decided_at, publication_day, grounds,
       public_version, public_hash, facts, return_to, joint_units
  from rounds
 where id = $1
"""


async def get_round(conn: Connection, round_id: UUID) -> Round:
    """The round of that id. Raises UnknownRound."""
    return _found(await conn.fetchrow(GET_ROUND, round_id))


LOCK_ROUND = "select id from rounds where id = $1 for update"


async def lock_round(tx: Connection, round_id: UUID) -> tuple[Round, datetime]:
    """The round under its row lock, and the database's clock after the lock was won. Raises UnknownRound."""
    await tx.execute(LOCK_ROUND, round_id)
    return await get_round(tx, round_id), await db.now(tx)


ROUNDS = """
select id, document_id, kind, title, issuer_unit, drafting_unit, stage, ordinal, form, role, unit_id, text_version,
       text_hash, materials_hash, due, due_on, earliest, rule_id, papers, may_be_not_applicable, own_work, reply_to,
       trace, opened_at, closed_at, why, outcome, record_hash, actor_id, decided_at, publication_day, grounds,
       public_version, public_hash, facts, return_to, joint_units
  from rounds
 where ($1::uuid is null or document_id = $1)
   and ($2::text is null or stage = $2)
   and ($3::boolean is null or (closed_at is null) = $3)
 order by due_on nulls last, opened_at, id
 limit $4
"""
PAGE = 500


async def rounds(
    conn: Connection,
    *,
    document_id: UUID | None = None,
    stage: str | None = None,
    is_open: bool | None = None,
) -> list[Round]:
    """Rounds, those due first in front; at most 500."""
    return [_round(row) for row in await conn.fetch(ROUNDS, document_id, stage, is_open, PAGE)]


LAST_DECIDED = """
select id, document_id, kind, title, issuer_unit, drafting_unit, stage, ordinal, form, role, unit_id, text_version,
       text_hash, materials_hash, due, due_on, earliest, rule_id, papers, may_be_not_applicable, own_work, reply_to,
       trace, opened_at, closed_at, why, outcome, record_hash, actor_id, decided_at, publication_day, grounds,
       public_version, public_hash, facts, return_to, joint_units
  from rounds
 where why = 'decided'
 order by decided_at desc
 limit 10
"""


async def last_decided(conn: Connection) -> list[Round]:
    """The ten rounds decided last."""
    return [_round(row) for row in await conn.fetch(LAST_DECIDED)]


DECIDE_ROUND = """
update rounds
   set closed_at = $2, why = 'decided', outcome = $3, record_hash = $4, actor_id = $5, decided_at = $2,
       publication_day = $6, facts = $7, return_to = $8
 where id = $1
"""


@dataclass(frozen=True)
class Verdict:
    """What closes a round."""

    outcome: str
    record_hash: str
    actor_id: str
    decided_at: datetime
    publication_day: date | None = None
    facts: Facts | None = None
    return_to: str | None = None


async def decide_round(tx: Connection, round_id: UUID, verdict: Verdict) -> None:
    """Close a locked round with its outcome."""
    await tx.execute(
        DECIDE_ROUND,
        round_id,
        verdict.decided_at,
        verdict.outcome,
        verdict.record_hash,
        verdict.actor_id,
        verdict.publication_day,
        verdict.facts.model_dump(mode="json") if verdict.facts else None,
        verdict.return_to,
    )


END_ROUND = "update rounds set closed_at = clock_timestamp(), why = $2 where id = $1"


async def end_round(tx: Connection, round_id: UUID, why: str) -> None:
    """Close a locked round undecided."""
    await tx.execute(END_ROUND, round_id, why)


def _found(row: asyncpg.Record | None) -> Round:
    if row is None:
        raise UnknownRound(field="round_id")
    return _round(row)


def _round(row: asyncpg.Record) -> Round:
    facts = Facts.model_validate(row["facts"]) if row["facts"] else None
    lists = {name: tuple(row[name]) for name in ("papers", "grounds", "joint_units")}
    return Round(**{**dict(row), **lists, "facts": facts})
