"""What units reported on a task, what they asked for, and what was decided. Rows are added, never rewritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.tasks.domain.acts import OwnExtension, OwnProposal
from services.tasks.domain.plans import PlanTask

SAID_BY_THE_DATABASE = {refusal.code: refusal for refusal in (OwnProposal, OwnExtension)}


@dataclass(frozen=True)
class Evidence:
    """A file that a report stands on, in the content store under its hash."""

    name: str
    size: int
    hash: str


ADD_REPORT = """
insert into progress_reports (task_id, unit_id, person_id, percent, pace, words, milestone_id)
values ($1, $2, $3, $4, $5, $6, $7)
returning id
"""
ADD_EVIDENCE = "insert into evidence (report_id, position, name, size, hash) values ($1, $2, $3, $4, $5)"
APPLY_REPORT = """
update plan_tasks
   set percent = coalesce($2, percent), pace = coalesce($3, pace), reported_at = clock_timestamp()
 where id = $1
"""
REACH = "update milestones set reached_on = coalesce(reached_on, $2) where id = $1"


async def add_report(
    tx: Connection,
    task_id: UUID,
    *,
    unit_id: str,
    person_id: str,
    percent: int | None,
    pace: str | None,
    words: str,
    milestone_id: UUID | None,
    evidence: Sequence[Evidence],
) -> UUID:
    """Add a progress report with its files, and show its numbers on the task."""
    report_id: UUID = await tx.fetchval(ADD_REPORT, task_id, unit_id, person_id, percent, pace, words, milestone_id)
    files = [(report_id, at, each.name, each.size, each.hash) for at, each in enumerate(evidence, start=1)]
    await tx.executemany(ADD_EVIDENCE, files)
    await tx.execute(APPLY_REPORT, task_id, percent, pace)
    return report_id


async def reach(tx: Connection, milestone_id: UUID, day: date) -> None:
    """A stage target is reported as reached; the first such day stays."""
    await tx.execute(REACH, milestone_id, day)


PROPOSE = "insert into completions (task_id, words, proposed_by, proposed_unit) values ($1, $2, $3, $4) returning id"
SET_STATE = "update plan_tasks set state = $2 where id = $1"
OPEN_COMPLETION = """
select c.id, c.proposed_at, own_completion(c, $2, $3) as own
  from completions c
 where c.task_id = $1 and c.decision is null
"""
DECIDE_COMPLETION = """
update completions
   set decision = $2, decided_by = $3, decided_unit = $4, decided_at = clock_timestamp(), decision_words = $5
 where id = $1
"""
DONE = "update plan_tasks set state = 'done', percent = 100, done_on = $2, done_by = $3 where id = $1"


@dataclass(frozen=True)
class OpenCompletion:
    """A completion that waits for the supervisor; `own` where whoever looks proposed it, or is one with who did."""

    id: UUID
    proposed_at: datetime
    own: bool


async def propose(tx: Connection, task_id: UUID, *, words: str, person_id: str, unit_id: str) -> UUID:
    """Add a proposal of completion; the task waits for the supervisor."""
    proposed: UUID = await tx.fetchval(PROPOSE, task_id, words, person_id, unit_id)
    await tx.execute(SET_STATE, task_id, "proposed")
    return proposed


async def find_open_completion(tx: Connection, task_id: UUID, by: Actor) -> OpenCompletion | None:
    """The completion that waits for a decision, if any, as somebody sees it."""
    row = await tx.fetchrow(OPEN_COMPLETION, task_id, by.person_id, by.unit_id)
    return OpenCompletion(**row) if row else None


async def _decide(tx: Connection, statement: str, decided_id: UUID, decision: str, by: Actor, words: str) -> None:
    try:
        await tx.execute(statement, decided_id, decision, by.person_id, by.unit_id, words)
    except asyncpg.RaiseError as error:
        if refusal := SAID_BY_THE_DATABASE.get(str(error)):
            raise refusal from error
        raise


async def accept(tx: Connection, task: PlanTask, completion_id: UUID, *, by: Actor, words: str, done_on: date) -> None:
    """The task is done, on the day on which its unit proposed so. Raises OwnProposal, which the database sees too."""
    await _decide(tx, DECIDE_COMPLETION, completion_id, "accepted", by, words)
    await tx.execute(DONE, task.id, done_on, by.person_id)


async def send_back(tx: Connection, task: PlanTask, completion_id: UUID, *, by: Actor, words: str) -> None:
    """The task is not done yet, and the record says why. Raises OwnProposal."""
    await _decide(tx, DECIDE_COMPLETION, completion_id, "sent_back", by, words)
    await tx.execute(SET_STATE, task.id, "open")


ASK_EXTENSION = """
insert into extensions (task_id, milestone_id, from_on, due_ends_at, to_on, reason, asked_by, asked_unit, asked_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
returning id
"""
OPEN_EXTENSION = """
select id, milestone_id, to_on, own_task(asked_by, asked_unit, $2, $3) as own
  from extensions
 where task_id = $1 and decision is null
"""
DECIDE_EXTENSION = """
update extensions
   set decision = $2, decided_by = $3, decided_unit = $4, decided_at = clock_timestamp(), decision_words = $5
 where id = $1
"""
MOVE_MILESTONE = "update milestones set due_on = $2 where id = $1"
MOVE_TASK = """
update plan_tasks set due_on = (select max(due_on) from milestones where task_id = $1) where id = $1
"""


@dataclass(frozen=True)
class OpenExtension:
    """A request for more time that waits for the supervisor; `own` as with a completion."""

    id: UUID
    milestone_id: UUID
    to_on: date
    own: bool


async def ask_extension(
    tx: Connection,
    task_id: UUID,
    *,
    milestone_id: UUID,
    from_on: date,
    due_ends_at: datetime,
    to_on: date,
    reason: str,
    person_id: str,
    unit_id: str,
    asked_at: datetime,
) -> UUID:
    """Add a request for more time; the database refuses one that comes after `due_ends_at`."""
    asked: UUID = await tx.fetchval(
        ASK_EXTENSION, task_id, milestone_id, from_on, due_ends_at, to_on, reason, person_id, unit_id, asked_at
    )
    return asked


async def find_open_extension(tx: Connection, task_id: UUID, by: Actor) -> OpenExtension | None:
    """The request that waits for a decision, if any, as somebody sees it."""
    row = await tx.fetchrow(OPEN_EXTENSION, task_id, by.person_id, by.unit_id)
    return OpenExtension(**row) if row else None


async def decide_extension(tx: Connection, extension_id: UUID, decision: str, *, by: Actor, words: str) -> None:
    """Write the decision; it is final. Raises OwnExtension, which the database sees too."""
    await _decide(tx, DECIDE_EXTENSION, extension_id, decision, by, words)


async def move(tx: Connection, task_id: UUID, milestone_id: UUID, to_on: date) -> None:
    """The stage target has a later day; the task's last day follows. The first days stay beside them."""
    await tx.execute(MOVE_MILESTONE, milestone_id, to_on)
    await tx.execute(MOVE_TASK, task_id)


HISTORY = """
select 'progress' as what, r.id, r.reported_at as at, r.words, r.percent, r.pace, null::date as from_on,
       null::date as to_on, null::text as decision, null::timestamptz as decided_at, null::text as decision_words,
       p.name as person_name, u.short_name as unit_name, null::text as decider_name,
       (select json_agg(json_build_array(e.position, e.name, e.size, e.hash) order by e.position)
          from evidence e where e.report_id = r.id) as files
  from progress_reports r
  left join directory.persons p on p.id = r.person_id
  left join directory.units u on u.id = r.unit_id
 where r.task_id = $1
 union all
select 'completion', c.id, c.proposed_at, c.words, null, null, null, null, c.decision, c.decided_at,
       c.decision_words, p.name, u.short_name, d.name, null
  from completions c
  left join directory.persons p on p.id = c.proposed_by
  left join directory.units u on u.id = c.proposed_unit
  left join directory.persons d on d.id = c.decided_by
 where c.task_id = $1
 union all
select 'extension', x.id, x.asked_at, x.reason, null, null, x.from_on, x.to_on, x.decision, x.decided_at,
       x.decision_words, p.name, u.short_name, d.name, null
  from extensions x
  left join directory.persons p on p.id = x.asked_by
  left join directory.units u on u.id = x.asked_unit
  left join directory.persons d on d.id = x.decided_by
 where x.task_id = $1
 order by at
"""


@dataclass(frozen=True)
class Entry:
    """One thing that happened to a task: a report, a proposal of completion, or a request for more time."""

    what: str
    id: UUID
    at: datetime
    words: str
    percent: int | None
    pace: str | None
    from_on: date | None
    to_on: date | None
    decision: str | None
    decided_at: datetime | None
    decision_words: str | None
    person_name: str | None
    unit_name: str | None
    decider_name: str | None
    files: tuple[Evidence, ...]


async def history(conn: Connection, task_id: UUID) -> list[Entry]:
    """Everything that was said and decided about a task, in order."""
    entries = []
    for row in await conn.fetch(HISTORY, task_id):
        values: dict[str, Any] = dict(row)
        files = tuple(Evidence(name, size, digest) for _, name, size, digest in values.pop("files") or ())
        entries.append(Entry(**values, files=files))
    return entries


EVIDENCE = """
select e.name, e.size, e.hash
  from evidence e join progress_reports r on r.id = e.report_id
 where r.task_id = $1 and e.hash = $2
 limit 1
"""


async def find_evidence(conn: Connection, task_id: UUID, digest: str) -> Evidence | None:
    """A file of one of the task's reports."""
    row = await conn.fetchrow(EVIDENCE, task_id, digest)
    return Evidence(**row) if row else None
