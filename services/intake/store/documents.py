"""Documents: their rows, the lists that offices look at, and where each one stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.intake.domain.documents import DocumentUnknown
from services.kernel.runtime.db import Connection


@dataclass(frozen=True)
class Document:
    """One document as the record holds it."""

    id: UUID
    receipt: str
    kind: str
    title: str
    issuer_unit: str
    drafting_unit: str
    agency_code: str
    joint_units: tuple[str, ...]
    submitter: str
    predicates: dict[str, Any]
    comment_plan: dict[str, Any]
    rule_book: str
    overlays: tuple[str, ...]
    state: str
    stage: str
    accepts_versions: bool
    blocked_codes: tuple[str, ...]
    doc_number: str | None
    report_year: int | None
    trace: dict[str, str]
    submitted_at: datetime
    withdrawn_at: datetime | None

    @property
    def answers(self) -> dict[str, bool]:
        """The predicates of the kind, answered."""
        return {name: bool(given["answer"]) for name, given in self.predicates.items()}


NEXT_RECEIPT = "select nextval('document_receipts') as number, clock_timestamp() as at"


async def next_receipt(tx: Connection) -> tuple[int, datetime]:
    """The next receipt number and its instant; gaps are allowed here, unlike in document numbers."""
    row = await tx.fetchrow(NEXT_RECEIPT)
    assert row is not None
    return row["number"], row["at"]


ADD = """
insert into documents (id, receipt, kind, title, issuer_unit, drafting_unit, agency_code, joint_units, submitter,
                       predicates, comment_plan, rule_book, overlays, report_year, trace, submitted_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
on conflict (issuer_unit, report_year) where report_year is not null and withdrawn_at is null do nothing
returning id
"""


async def add(tx: Connection, document: Document) -> bool:
    """Add a document; False for a second report of one unit on one year."""
    added = await tx.fetchval(
        ADD,
        document.id,
        document.receipt,
        document.kind,
        document.title,
        document.issuer_unit,
        document.drafting_unit,
        document.agency_code,
        list(document.joint_units),
        document.submitter,
        document.predicates,
        document.comment_plan,
        document.rule_book,
        list(document.overlays),
        document.report_year,
        document.trace,
        document.submitted_at,
    )
    return added is not None


GET = """
select id, receipt, kind, title, issuer_unit, drafting_unit, agency_code, joint_units, submitter, predicates,
       comment_plan, rule_book, overlays, state, stage, accepts_versions, blocked_codes, doc_number, report_year, trace,
       submitted_at, withdrawn_at
  from documents
 where id = $1
"""


async def get(conn: Connection, document_id: UUID) -> Document:
    """The document of that id. Raises DocumentUnknown."""
    return _document(await conn.fetchrow(GET, document_id))


GET_LOCKED = """
select id, receipt, kind, title, issuer_unit, drafting_unit, agency_code, joint_units, submitter, predicates,
       comment_plan, rule_book, overlays, state, stage, accepts_versions, blocked_codes, doc_number, report_year, trace,
       submitted_at, withdrawn_at
  from documents
 where id = $1
   for no key update
"""


async def get_locked(tx: Connection, document_id: UUID) -> Document:
    """The same under its row lock: what is decided now stays true until the commit. Raises DocumentUnknown."""
    return _document(await tx.fetchrow(GET_LOCKED, document_id))


REPORT_OF = """
select id from documents where issuer_unit = $1 and report_year = $2 and withdrawn_at is null
"""


async def find_report(conn: Connection, issuer_unit: str, year: int) -> UUID | None:
    """The unit's report on that year, if it lives."""
    found: UUID | None = await conn.fetchval(REPORT_OF, issuer_unit, year)
    return found


LOCK_REPORT = "select pg_advisory_xact_lock(hashtextextended($1, $2))"


async def lock_report(tx: Connection, issuer_unit: str, year: int) -> None:
    """Let one transaction at a time compose a unit's report on a year."""
    await tx.execute(LOCK_REPORT, f"report/{issuer_unit}", year)


MOVE = """
update documents
   set state = $2, stage = $3, accepts_versions = $4, blocked_codes = $5, doc_number = coalesce($6, doc_number)
 where id = $1
"""


async def move(
    tx: Connection,
    document_id: UUID,
    *,
    state: str,
    stage: str,
    accepts_versions: bool,
    blocked_codes: Sequence[str],
    doc_number: str | None,
) -> None:
    """Where the document stands now."""
    await tx.execute(MOVE, document_id, state, stage, accepts_versions, list(blocked_codes), doc_number)


SHUT = "update documents set accepts_versions = false where id = $1 and accepts_versions"


async def shut(tx: Connection, document_id: UUID) -> None:
    """Take no other text of the document for now."""
    await tx.execute(SHUT, document_id)


WITHDRAW = """
update documents
   set state = 'withdrawn', accepts_versions = false, blocked_codes = '{}', withdrawn_at = clock_timestamp()
 where id = $1
returning withdrawn_at
"""


async def withdraw(tx: Connection, document_id: UUID) -> datetime:
    """The drafting office took it back."""
    at: datetime = await tx.fetchval(WITHDRAW, document_id)
    return at


@dataclass(frozen=True)
class Listed:
    """One line of a list of documents."""

    id: UUID
    receipt: str
    kind: str
    title: str
    issuer_unit: str
    drafting_unit: str
    submitter: str
    state: str
    stage: str
    blocked_codes: tuple[str, ...]
    doc_number: str | None
    submitted_at: datetime
    waits_in: str | None
    due: dict[str, Any] | None


LIST = """
select d.id, d.receipt, d.kind, d.title, d.issuer_unit, d.drafting_unit, d.submitter, d.state, d.stage,
       d.blocked_codes, d.doc_number, d.submitted_at, s.stage as waits_in, s.due
  from documents d
  left join lateral (select stage, due from stages
                      where document_id = d.id and opened_at is not null and closed_at is null
                        and d.withdrawn_at is null
                      order by due ->> 'ends_at' nulls last, opened_at limit 1) s on true
 where d.drafting_unit = $1
   and ($2::text is null or d.submitter = $2)
   and ($3::text is null or d.state = $3)
   and ($4::text is null or d.kind = $4)
   and ($5::text is null or position(lower($5) in lower(d.title)) > 0)
   and ($6::timestamptz is null or (d.submitted_at, d.id) < ($6, $7::uuid))
 order by d.submitted_at desc, d.id desc
 limit $8
"""


async def list_of_unit(
    conn: Connection,
    unit_id: str,
    *,
    submitter: str | None = None,
    state: str | None = None,
    kind: str | None = None,
    words: str | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[Listed]:
    """Documents of a unit, newest first, after the place `before` of the last page."""
    at, document_id = before or (None, None)
    rows = await conn.fetch(LIST, unit_id, submitter, state, kind, words, at, document_id, limit)
    return [Listed(**{**row, "blocked_codes": tuple(row["blocked_codes"])}) for row in map(dict, rows)]


def _document(row: Any) -> Document:
    if row is None:
        raise DocumentUnknown
    found = dict(row)
    lists = {name: tuple(found[name]) for name in ("joint_units", "overlays", "blocked_codes")}
    return Document(**{**found, **lists})
