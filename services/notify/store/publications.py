"""The gazette: publications, written once, and the search in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.kernel.contracts.messages import DocumentRef
from services.kernel.runtime.db import Connection


@dataclass(frozen=True)
class Moment:
    """Now, by the database's clock, and the day that it is in the office."""

    at: datetime
    day: date


MOMENT = "select clock_timestamp() as at, (clock_timestamp() at time zone $1)::date as day"


async def moment(conn: Connection, zone: str) -> Moment:
    """The instant now and the office's day."""
    row = await conn.fetchrow(MOMENT, zone)
    if row is None:
        raise RuntimeError("the database does not tell the time")
    return Moment(row["at"], row["day"])


@dataclass(frozen=True)
class Publication:
    """A published document. Days are days of the office; `validity_words` is the clause as printed."""

    id: UUID
    document_id: UUID
    doc_number: str
    title: str
    kind: str
    issuer_unit: str
    issuer_name: str
    joint_names: list[str]
    drafting_name: str
    text_hash: str
    adopted_on: date
    published_at: datetime
    published_on: date
    effective_on: date | None
    valid_to: date | None
    validity_words: str

    @property
    def issuers(self) -> str:
        """All issuing authorities by name, the leading one first."""
        return "、".join([self.issuer_name, *self.joint_names])


BY_DOCUMENT = """
select id, document_id, doc_number, title, kind, issuer_unit, issuer_name, joint_names, drafting_name, text_hash,
       adopted_on, published_at, published_on, effective_on, valid_to, validity_words
  from publications
 where document_id = $1
"""


async def find_by_document(conn: Connection, document_id: UUID) -> Publication | None:
    """The publication of a document; None while it is not public."""
    row = await conn.fetchrow(BY_DOCUMENT, document_id)
    return Publication(**row) if row else None


BY_ID = """
select id, document_id, doc_number, title, kind, issuer_unit, issuer_name, joint_names, drafting_name, text_hash,
       adopted_on, published_at, published_on, effective_on, valid_to, validity_words
  from publications
 where id = $1
"""


async def find_publication(conn: Connection, publication_id: UUID) -> Publication | None:
    """The publication of that id, if any."""
    row = await conn.fetchrow(BY_ID, publication_id)
    return Publication(**row) if row else None


UNIT_NAME = "select name from directory.units where id = $1"


async def unit_name(conn: Connection, unit_id: str) -> str:
    """The full name of a unit as the directory has it now; its id where the directory does not know it."""
    return await conn.fetchval(UNIT_NAME, unit_id) or unit_id


ADD_PUBLICATION = """
insert into publications (document_id, doc_number, title, kind, issuer_unit, issuer_name, joint_names, drafting_name,
                          text_hash, signed_hash, adopted_on, published_at, published_on, effective_on, valid_to,
                          validity_words)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
on conflict (document_id) do nothing
returning id
"""


@dataclass(frozen=True)
class NewPublication:
    """What goes into the gazette."""

    document: DocumentRef
    doc_number: str
    issuer_name: str
    joint_names: list[str]
    drafting_name: str
    text_hash: str
    signed_hash: str | None
    adopted_on: date
    moment: Moment
    effective_on: date | None
    valid_to: date | None
    validity_words: str


async def add_publication(tx: Connection, new: NewPublication) -> UUID | None:
    """Enter a publication; None where the document is published already."""
    added: UUID | None = await tx.fetchval(
        ADD_PUBLICATION,
        new.document.document_id,
        new.doc_number,
        new.document.title,
        new.document.kind,
        new.document.issuer_unit,
        new.issuer_name,
        new.joint_names,
        new.drafting_name,
        new.text_hash,
        new.signed_hash,
        new.adopted_on,
        new.moment.at,
        new.moment.day,
        new.effective_on,
        new.valid_to,
        new.validity_words,
    )
    return added


ADD_SEARCH = """
insert into publication_search (publication_id, body, folded, number_key, tokens)
values ($1, $2, $3, $4, array_to_tsvector($5::text[]))
"""


async def add_search(
    tx: Connection, publication_id: UUID, *, body: str, folded: str, number_key: str, tokens: list[str]
) -> None:
    """Make a publication findable."""
    await tx.execute(ADD_SEARCH, publication_id, body, folded, number_key, tokens)


@dataclass(frozen=True)
class Found:
    """One result: the publication and its text, from which an excerpt is cut."""

    publication: Publication
    body: str


@dataclass(frozen=True)
class Question:
    """What is looked for. `folded` and `number_key` are folded, `query` is the tsquery made of `folded`."""

    folded: str = ""
    query: str = ""
    number_key: str = ""
    unit: str | None = None
    kind: str | None = None
    year: int | None = None


# Two characters are exact by their token; longer words are looked at again, as pairs may stand apart.
# One character has no pair: it is looked for directly.
SEARCH = """
select p.id, p.document_id, p.doc_number, p.title, p.kind, p.issuer_unit, p.issuer_name, p.joint_names,
       p.drafting_name, p.text_hash, p.adopted_on, p.published_at, p.published_on, p.effective_on, p.valid_to, p.validity_words,
       case when $1 = '' then '' else s.body end as body
  from publications as p
  join publication_search as s on s.publication_id = p.id
 where ($2 = '' or s.tokens @@ $2::tsquery)
   and ($1 = '' or length($1) = 2 or strpos(s.folded, $1) > 0)
   and ($3 = '' or strpos(s.number_key, $3) > 0)
   and ($4::text is null or p.issuer_unit = $4)
   and ($5::text is null or p.kind = $5)
   and ($6::integer is null or extract(year from p.published_on) = $6)
   and ($7::uuid is null or (p.published_at, p.id) < (select a.published_at, a.id from publications as a
                                                       where a.id = $7))
 order by p.published_at desc, p.id desc
 limit $8
"""


async def search(conn: Connection, question: Question, *, after: UUID | None, limit: int) -> list[Found]:
    """The publications that fit, newest first; `after` is the last one already seen."""
    rows = await conn.fetch(
        SEARCH,
        question.folded,
        question.query,
        question.number_key,
        question.unit,
        question.kind,
        question.year,
        after,
        limit,
    )
    return [Found(Publication(**{k: v for k, v in row.items() if k != "body"}), row["body"]) for row in rows]


@dataclass(frozen=True)
class Choices:
    """What the filters of the gazette offer: issuing units (id, name) and years."""

    units: tuple[tuple[str, str], ...]
    years: tuple[int, ...]


UNITS = "select distinct on (issuer_unit) issuer_unit, issuer_name from publications order by issuer_unit, id desc"
YEARS = "select distinct extract(year from published_on)::integer as year from publications order by year desc"


async def choices(conn: Connection) -> Choices:
    """The units and years that occur."""
    units = tuple((row["issuer_unit"], row["issuer_name"]) for row in await conn.fetch(UNITS))
    return Choices(units, tuple(row["year"] for row in await conn.fetch(YEARS)))


@dataclass(frozen=True)
class Totals:
    """The gazette in two figures: normative documents in force on a day, and what its year has published."""

    in_force: int
    this_year: int


TOTALS = """
select count(*) filter (where kind = 'NORMATIVE' and effective_on <= $1
                          and (valid_to is null or valid_to >= $1)
                          and not exists (select 1 from standings s where s.document_id = publications.document_id
                                             and s.change = 'ended' and s.effective_on <= $1)) as in_force,
       count(*) filter (where extract(year from published_on) = extract(year from $1::date)) as this_year
  from publications
"""


async def totals(conn: Connection, today: date) -> Totals:
    """The figures on the office's day `today`."""
    row = await conn.fetchrow(TOTALS, today)
    return Totals(**row) if row else Totals(0, 0)
