"""Inspections. Rows are added, never rewritten; the database refuses what the law forbids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from services.kernel.contracts.refusals import Refused
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.tasks.domain import inspections as domain
from services.tasks.domain.inspection_commands import Propose
from services.tasks.domain.inspections import (
    Conclusion,
    Finding,
    Inspection,
    MeasureProposed,
    Member,
    Step,
)

SAID_BY_THE_DATABASE: Mapping[str, type[Refused]] = {
    refusal.code: refusal
    for refusal in (
        domain.Unapproved,
        domain.Widened,
        domain.OwnProposal,
        domain.OwnUnit,
        domain.NotAMember,
        domain.NotTheObject,
        domain.NotReceived,
        domain.ObjectionLate,
        domain.NoObjection,
        domain.SamePerson,
        domain.NothingToCheck,
        domain.MeasureUnapproved,
        domain.OwnMeasure,
    )
}


async def _write(tx: Connection, statement: str, *values: object, twice: type[Refused]) -> Any:
    """Add a row. Raises what the database refuses, `twice` where it is there, Widened outside the plan."""
    try:
        return await tx.fetchval(statement, *values)
    except asyncpg.RaiseError as error:
        if refusal := SAID_BY_THE_DATABASE.get(str(error)):
            raise refusal from error
        raise
    except asyncpg.UniqueViolationError as error:
        raise twice from error
    except asyncpg.ForeignKeyViolationError as error:
        raise domain.Widened from error


ADD = """
insert into inspections (unit_id, matter, source, source_words, method, starts_on, ends_on, person_id, person_name)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
returning id
"""
ADD_SCOPE = "insert into inspection_scope (inspection_id, item) select $1, unnest($2::text[])"
ADD_OBJECTS = "insert into inspection_objects (inspection_id, unit_id) select $1, unnest($2::text[])"


async def add(tx: Connection, command: Propose, actor: Actor) -> UUID:
    """A proposed inspection with its plan."""
    plan = (command.matter, command.source, command.source_words, command.method, command.starts_on, command.ends_on)
    added: UUID = await tx.fetchval(ADD, actor.unit_id, *plan, actor.person_id, actor.person_name)
    await tx.execute(ADD_SCOPE, added, list(dict.fromkeys(command.scope)))
    await tx.execute(ADD_OBJECTS, added, list(dict.fromkeys(command.objects)))
    return added


APPROVE = """
insert into inspection_approvals (inspection_id, approved, words, person_id, person_name, unit_id)
values ($1, $2, $3, $4, $5, $6)
"""


async def approve(tx: Connection, inspection_id: UUID, *, approved: bool, words: str, by: Actor) -> None:
    """Matter and plan are approved, or not. Raises Decided, OwnProposal."""
    person = (by.person_id, by.person_name, by.unit_id)
    await _write(tx, APPROVE, inspection_id, approved, words, *person, twice=domain.Decided)


ADD_MEMBER = """
insert into inspection_members (inspection_id, person_id, person_name, unit_id, by_id) values ($1, $2, $3, $4, $5)
"""
RECUSE = "insert into inspection_recusals (inspection_id, person_id, reason, by_id) values ($1, $2, $3, $4)"


async def add_member(tx: Connection, inspection_id: UUID, who: tuple[str, str, str], by: Actor) -> None:
    """Send somebody: id, name, unit. Raises OwnUnit, Concluded."""
    await _write(tx, ADD_MEMBER, inspection_id, *who, by.person_id, twice=domain.Concluded)


async def recuse(tx: Connection, inspection_id: UUID, person_id: str, reason: str, by: Actor) -> None:
    """A member steps back. Raises Concluded."""
    await _write(tx, RECUSE, inspection_id, person_id, reason, by.person_id, twice=domain.Concluded)


FIND = """
insert into inspection_findings (inspection_id, unit_id, item, finding, person_id, person_name)
values ($1, $2, $3, $4, $5, $6)
returning id
"""


async def find(tx: Connection, inspection_id: UUID, unit_id: str, item: str, finding: str, by: Actor) -> UUID:
    """Record a finding. Raises Unapproved, NotAMember, Widened."""
    values = (inspection_id, unit_id, item, finding, by.person_id, by.person_name)
    found: UUID = await _write(tx, FIND, *values, twice=domain.Concluded)
    return found


CONCLUDE = """
insert into inspection_conclusions (inspection_id, unit_id, words, rectify_by, person_id, person_name)
values ($1, $2, $3, $4, $5, $6)
returning id
"""


async def conclude(
    tx: Connection, inspection_id: UUID, unit_id: str, words: str, rectify_by: date | None, by: Actor
) -> UUID:
    """Record the conclusion on an object. Raises Unapproved, NotAMember, Widened, Concluded."""
    values = (inspection_id, unit_id, words, rectify_by, by.person_id, by.person_name)
    added: UUID = await _write(tx, CONCLUDE, *values, twice=domain.Concluded)
    return added


STEP = """
insert into inspection_steps (conclusion_id, step, outcome, words, day, until, person_id, person_name, unit_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def step(tx: Connection, conclusion_id: UUID, new: Step, by: Actor) -> None:
    """Record what follows a conclusion. Raises what the database refuses, and Concluded."""
    values = (conclusion_id, new.step, new.outcome, new.words, new.day, new.until)
    await _write(tx, STEP, *values, by.person_id, by.person_name, by.unit_id, twice=domain.Concluded)


PROPOSE_MEASURE = """
insert into inspection_measures (inspection_id, unit_id, kind, words, person_id, person_name)
values ($1, $2, $3, $4, $5, $6)
returning id
"""
ACT_ON_MEASURE = """
insert into inspection_measure_acts (measure_id, act, words, person_id, person_name, unit_id)
values ($1, $2, $3, $4, $5, $6)
"""


async def propose_measure(tx: Connection, inspection_id: UUID, unit_id: str, kind: str, words: str, by: Actor) -> UUID:
    """Propose a measure. Raises Widened."""
    values = (inspection_id, unit_id, kind, words, by.person_id, by.person_name)
    added: UUID = await _write(tx, PROPOSE_MEASURE, *values, twice=domain.MeasureDecided)
    return added


async def act_on_measure(tx: Connection, measure_id: UUID, act: str, words: str, by: Actor) -> None:
    """Approve, refuse or issue a measure. Raises MeasureUnapproved, OwnMeasure, MeasureDecided."""
    person = (by.person_id, by.person_name, by.unit_id)
    await _write(tx, ACT_ON_MEASURE, measure_id, act, words, *person, twice=domain.MeasureDecided)


INSPECTIONS = """
select i.id, i.unit_id, i.matter, i.source, i.source_words, i.method, i.starts_on, i.ends_on, i.person_id, i.person_name,
       i.proposed_at, a.approved, a.words as approved_words, a.person_name as approved_by, a.decided_at,
       array(select item from inspection_scope where inspection_id = i.id order by item) as scope,
       array(select unit_id from inspection_objects where inspection_id = i.id order by unit_id) as objects
  from inspections i
  left join inspection_approvals a on a.inspection_id = i.id
 where ($1::uuid is null or i.id = $1)
 order by i.proposed_at desc
"""
MEMBERS = """
select m.inspection_id, m.person_id, m.person_name, m.unit_id, r.reason as recused
  from inspection_members m
  left join inspection_recusals r on r.inspection_id = m.inspection_id and r.person_id = m.person_id
 where m.inspection_id = any($1)
 order by m.at
"""
FINDINGS = """
select inspection_id, unit_id, item, finding, person_name, at from inspection_findings
 where inspection_id = any($1) order by at
"""
CONCLUSIONS = """
select inspection_id, id, unit_id, words, rectify_by, person_id, person_name, at from inspection_conclusions
 where inspection_id = any($1) order by at
"""
STEPS = """
select s.conclusion_id, s.step, s.outcome, s.words, s.day, s.until, s.person_name
  from inspection_steps s join inspection_conclusions c on c.id = s.conclusion_id
 where c.inspection_id = any($1)
 order by s.at
"""
MEASURES = """
select m.inspection_id, m.id, m.unit_id, m.kind, m.words, m.person_id, m.person_name, d.act as decision,
       d.person_name as decided_by, d.words as decided_words, i.at as issued_at
  from inspection_measures m
  left join inspection_measure_acts d on d.measure_id = m.id and d.act in ('approved', 'refused')
  left join inspection_measure_acts i on i.measure_id = m.id and i.act = 'issued'
 where m.inspection_id = any($1)
 order by m.at
"""


async def inspections(conn: Connection, inspection_id: UUID | None = None) -> list[Inspection]:
    """Inspections with everything that belongs to them, newest in front."""
    found = [_inspection(row) for row in await conn.fetch(INSPECTIONS, inspection_id)]
    ids = [one.id for one in found]
    members = await _grouped(conn, MEMBERS, Member, ids)
    findings = await _grouped(conn, FINDINGS, Finding, ids)
    measures = await _grouped(conn, MEASURES, MeasureProposed, ids)
    conclusions = await _conclusions(conn, ids)
    return [
        replace(
            one,
            members=members[one.id],
            findings=findings[one.id],
            measures=measures[one.id],
            conclusions=conclusions[one.id],
        )
        for one in found
    ]


def _inspection(row: asyncpg.Record) -> Inspection:
    return Inspection(**dict(row))


async def _grouped(conn: Connection, statement: str, made: Any, ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    grouped: dict[UUID, list[Any]] = defaultdict(list)
    for row in await conn.fetch(statement, list(ids)):
        fields = dict(row)
        grouped[fields.pop("inspection_id")].append(made(**fields))
    return grouped


async def _conclusions(conn: Connection, ids: Sequence[UUID]) -> dict[UUID, list[Conclusion]]:
    steps: dict[UUID, list[Step]] = defaultdict(list)
    for row in await conn.fetch(STEPS, list(ids)):
        fields = dict(row)
        steps[fields.pop("conclusion_id")].append(Step(**fields))
    grouped = await _grouped(conn, CONCLUSIONS, Conclusion, ids)
    for found in grouped.values():
        found[:] = [replace(one, steps=steps[one.id]) for one in found]
    return grouped


async def inspection(conn: Connection, inspection_id: UUID) -> Inspection:
    """One inspection. Raises InspectionUnknown."""
    found = await inspections(conn, inspection_id)
    if not found:
        raise domain.InspectionUnknown(field="inspection_id")
    return found[0]


HOLD = "select id from inspections where id = $1 for update"


async def hold(tx: Connection, inspection_id: UUID) -> Inspection:
    """One inspection, held until the transaction ends. Raises InspectionUnknown."""
    await tx.execute(HOLD, inspection_id)
    return await inspection(tx, inspection_id)


PERSON = """
select p.id, p.name, o.unit_id from directory.persons p join directory.offices o on o.person_id = p.id
 where p.id = $1 order by o.unit_id limit 1
"""


async def person(conn: Connection, person_id: str) -> tuple[str, str, str] | None:
    """Id, name and unit of somebody who holds an office; None where nobody of that id does."""
    row = await conn.fetchrow(PERSON, person_id)
    return (row["id"], row["name"], row["unit_id"]) if row else None
