"""The directory: units, the persons in them, the offices they hold, and the API keys of offices."""

from __future__ import annotations

import csv
import hashlib
import io
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from services.kernel.contracts.refusals import Invalid, NotFound, Words
from services.kernel.runtime.db import Connection

DEMO = Path(__file__).parent / "demo"


class Role(StrEnum):
    """What somebody is charged with in a unit."""

    DRAFTER = "drafter"
    LEGALITY_REVIEWER = "legality_reviewer"
    MARKET_REGULATOR = "market_regulator"
    MEETING_CLERK = "meeting_clerk"
    CHIEF = "chief"
    MEMBER = "member"
    REGISTRAR = "registrar"
    PARTY_CLERK = "party_clerk"
    SUPERVISOR = "supervisor"
    FILING_CLERK = "filing_clerk"
    SECRECY_REVIEWER = "secrecy_reviewer"
    LEAD_UNIT_OFFICER = "lead_unit_officer"
    OPERATOR = "operator"
    UNIT_HEAD = "unit_head"


ROLE_WORDS: dict[str, Words] = {
    Role.DRAFTER: Words("起草", "drafting"),
    Role.LEGALITY_REVIEWER: Words("合法性审核", "legality review"),
    Role.MARKET_REGULATOR: Words("公平竞争审查", "fair competition review"),
    Role.MEETING_CLERK: Words("会议组织", "clerk of meetings"),
    Role.CHIEF: Words("行政首长", "head of government"),
    Role.MEMBER: Words("会议组成人员", "member of the executive meeting"),
    Role.REGISTRAR: Words("登记编号", "registrar"),
    Role.PARTY_CLERK: Words("党委请示报告", "party committee clerk"),
    Role.SUPERVISOR: Words("督查", "supervision"),
    Role.FILING_CLERK: Words("备案", "filing"),
    Role.SECRECY_REVIEWER: Words("保密和公开审查", "secrecy and disclosure review"),
    Role.LEAD_UNIT_OFFICER: Words("牵头单位经办", "officer of a lead unit"),
    Role.OPERATOR: Words("系统运行", "operator"),
    Role.UNIT_HEAD: Words("单位负责人", "head of the unit"),
}

# Who signs for a unit: its chief executive, or else its head.
HEADS = (Role.CHIEF, Role.UNIT_HEAD)

# What is done in person: signing and deciding as head, speaking and voting as a member; the view `deputies` agrees.
IN_PERSON = frozenset({Role.CHIEF, Role.MEMBER, Role.OPERATOR})


@dataclass(frozen=True)
class Unit:
    """A government, department, township, party body or office."""

    id: str
    name: str
    short_name: str
    kind: str
    parent_id: str | None


@dataclass(frozen=True)
class Person:
    """Somebody who holds, or held, an office."""

    id: str
    name: str
    email: str | None
    phone: str | None


@dataclass(frozen=True)
class Office:
    """One role held by one person in one unit, with the names at hand."""

    person_id: str
    person_name: str
    unit_id: str
    unit_name: str
    role: str
    title: str


@dataclass(frozen=True)
class NewKey:
    """A key just made. `secret` is the whole credential and cannot be read again."""

    id: str
    secret: str


PERSON = "select id, name, email, phone from directory.persons where id = $1"


async def get_person(conn: Connection, person_id: str) -> Person:
    """The person of that id. Raises NotFound."""
    row = await conn.fetchrow(PERSON, person_id)
    if row is None:
        raise NotFound(Words("名录里没有这个人。", "No such person in the directory."), field="person_id")
    return Person(**row)


PERSONS_OF = """
select p.id, p.name, p.email, p.phone
  from directory.persons p join directory.offices o on o.person_id = p.id
 where o.unit_id = $1 and o.role = $2
 order by p.id
"""


async def persons_of(conn: Connection, unit_id: str, role: str) -> list[Person]:
    """Those who hold `role` in the unit; empty when nobody does."""
    return [Person(**row) for row in await conn.fetch(PERSONS_OF, unit_id, role)]


OFFICES = """
select o.person_id, p.name as person_name, o.unit_id, u.short_name as unit_name, o.role, o.title
  from directory.offices o
  join directory.persons p on p.id = o.person_id
  join directory.units u on u.id = o.unit_id
 order by u.id, p.id, o.role
"""


async def offices(conn: Connection) -> list[Office]:
    """Every office held, by unit and person."""
    return [Office(**row) for row in await conn.fetch(OFFICES)]


UNITS = "select id, name, short_name, kind, parent_id from directory.units order by id"


async def units(conn: Connection) -> list[Unit]:
    """All units, by id."""
    return [Unit(**row) for row in await conn.fetch(UNITS)]


async def unit_names(conn: Connection) -> dict[str, str]:
    """The names of all units by their ids."""
    return {unit.id: unit.name for unit in await units(conn)}


UNIT_BY_NAME = """
select id, name, short_name, kind, parent_id,
       case when name = $1 then 0 when short_name = $1 then 1 else 2 end as distance
  from directory.units
 where name = $1 or short_name = $1
    or (char_length($1) >= $2 and right(name, char_length($1)) = $1)
 order by distance, id
 limit 2
"""
# Documents of a district leave its name out: 区市场监督管理局 is 云溪区市场监督管理局. Shorter endings say too little.
LEAST_ENDING = 4


async def unit_by_name(conn: Connection, name: str) -> Unit | None:
    """The unit of that full name, short name, or ending of a full name; None when none, or several as well, fit."""
    rows = [dict(row) for row in await conn.fetch(UNIT_BY_NAME, name.strip(), LEAST_ENDING)]
    if not rows or (len(rows) > 1 and rows[0]["distance"] == rows[1]["distance"]):
        return None
    return Unit(**{column: value for column, value in rows[0].items() if column != "distance"})


ADD_UNIT = """
insert into directory.units (id, name, short_name, kind, parent_id, agency_code)
values ($1, $2, $3, $4, nullif($5, ''), nullif($6, ''))
on conflict (id) do update set name = excluded.name, short_name = excluded.short_name, kind = excluded.kind,
                               parent_id = excluded.parent_id, agency_code = excluded.agency_code
"""
ADD_PERSON = """
insert into directory.persons (id, name, email, phone) values ($1, $2, nullif($3, ''), nullif($4, ''))
on conflict (id) do update set name = excluded.name, email = excluded.email, phone = excluded.phone
"""
CLEAR_OFFICES = "delete from directory.offices"
ADD_OFFICE = "insert into directory.offices (person_id, unit_id, role, title) values ($1, $2, $3, $4)"

UNIT_COLUMNS = ("id", "name", "short_name", "kind", "parent_id", "agency_code")
PERSON_COLUMNS = ("id", "name", "email", "phone")
OFFICE_COLUMNS = ("person_id", "unit_id", "role", "title")


async def import_csv(tx: Connection, units_csv: str, persons_csv: str, offices_csv: str) -> None:
    """Take over three CSV texts. Units and persons are added or renewed; offices are exactly those given.

    Persons who leave keep their row, because the record names them; without an office they cannot act.
    """
    unit_rows = _rows(units_csv, UNIT_COLUMNS)
    person_rows = _rows(persons_csv, PERSON_COLUMNS)
    office_rows = _rows(offices_csv, OFFICE_COLUMNS)
    for line, row in enumerate(office_rows, start=2):
        if row[2] not in ROLE_WORDS:
            raise Invalid(
                Words(f"第{line}行：没有“{row[2]}”这个职责。", f"Line {line}: no role {row[2]!r}."), field="role"
            )
    await tx.executemany(ADD_UNIT, unit_rows)
    await tx.executemany(ADD_PERSON, person_rows)
    await tx.execute(CLEAR_OFFICES)
    await tx.executemany(ADD_OFFICE, office_rows)


async def import_demo(tx: Connection) -> None:
    """Load the invented district 云溪区, for the local profile and for tests."""
    texts = [(DEMO / name).read_text("utf-8") for name in ("units.csv", "persons.csv", "offices.csv")]
    await import_csv(tx, *texts)


def _rows(text: str, columns: Sequence[str]) -> list[tuple[str, ...]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if missing := [column for column in columns if column not in (reader.fieldnames or ())]:
        raise Invalid(Words(f"表头缺少：{'、'.join(missing)}", f"Columns missing: {', '.join(missing)}"))
    return [tuple((row[column] or "").strip() for column in columns) for row in reader]


ADD_KEY = """
insert into directory.api_keys (prefix, hash, unit_id, person_id, scopes, label, expires_at)
values ($1, $2, $3, $4, $5, $6, $7) returning id
"""


async def create_key(
    tx: Connection,
    *,
    unit_id: str,
    person_id: str,
    label: str,
    scopes: Sequence[str] = (),
    expires_at: datetime | None = None,
) -> NewKey:
    """Make a key by which a program acts for `person_id` in `unit_id`. Its secret is shown this once."""
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    digest = hashlib.sha256(secret.encode()).digest()
    key_id = await tx.fetchval(ADD_KEY, prefix, digest, unit_id, person_id, list(scopes), label, expires_at)
    return NewKey(id=str(key_id), secret=f"fwn_{prefix}_{secret}")
