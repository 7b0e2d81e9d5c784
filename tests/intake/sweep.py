"""Everything that intake serves by GET about one window, as each kind of person; and every row behind it."""

from __future__ import annotations

import html
import io
import re
import zipfile
from dataclasses import dataclass
from uuid import UUID, uuid4

import asyncpg
from fastapi import FastAPI

from services.kernel.runtime.auth import routes
from tests.intake.builders import Web

PEOPLE = ("he-xu", "tang-shuyao", "lu-wenxi", "cheng-lingyi", None)
FORMS = ("xlsx", "docx", "csv", "jsonl")
TABLES = """
select format('%I.%I', schemaname, tablename) as name from pg_tables
 where schemaname not in ('pg_catalog', 'information_schema') order by 1
"""


@dataclass(frozen=True)
class Seen:
    """One answer: what was asked, as whom, and all text in it, also within a workbook."""

    path: str
    person: str | None
    status: int
    media_type: str
    text: str


def paths(app: FastAPI, *, window_id: UUID, document_id: UUID) -> list[str]:
    """Every GET path of intake with the ids filled in; what asks for something else is left out."""
    given = {"window_id": window_id, "document_id": document_id, "version": 1, "position": 1}
    found = []
    for method, path, _ in routes(app):
        if method != "GET" or not path.startswith("/intake") or "receipt" in path or path.endswith("z"):
            continue
        for form in FORMS if "{form}" in path else ("",):
            filled = path.replace("{form}", form)
            for name, value in given.items():
                filled = filled.replace(f"{{{name}}}", str(value))
            if "{" not in filled:
                found.append(filled)
    return found


async def everything(web: Web, app: FastAPI, *, window_id: UUID, document_id: UUID) -> list[Seen]:
    """Ask for every path as everybody."""
    seen = []
    for path in paths(app, window_id=window_id, document_id=document_id):
        for person in PEOPLE:
            for accept in ("text/html", "application/json"):
                headers = {**(web.as_(person) if person else {}), "Accept": accept}
                answer = await web.client.get(path, headers=headers)
                media = answer.headers.get("content-type", "")
                seen.append(Seen(path, person, answer.status_code, media, text_of(answer.content)))
    return seen


def text_of(content: bytes) -> str:
    """The text of an answer, escapes read back; of a workbook or a document that of all its parts."""
    if not content.startswith(b"PK\x03\x04"):
        return _read_back(content)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "\n".join(re.sub(r"<[^>]+>", "", _read_back(parts.read(name))) for name in parts.namelist())


def _read_back(content: bytes) -> str:
    text = html.unescape(content.decode("utf-8", "replace"))
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), text)


async def rows_with(owner: asyncpg.Connection[asyncpg.Record], words: str) -> list[str]:
    """The tables in which a row holds these words anywhere."""
    names = [row["name"] for row in await owner.fetch(TABLES)]
    held = []
    for name in names:
        if await owner.fetchval(f"select exists (select 1 from {name} t where t::text like $1)", f"%{words}%"):
            held.append(name)
    return held


async def says_by_form(web: Web, window_id: UUID, **fields: str) -> None:
    """A comment by the page's form, with the token that stands in it."""
    path, headers = f"/intake/consultation/{window_id}", {"Accept": "text/html"}
    shown = (await web.client.get(path, headers=headers)).text
    token = shown.partition('name="form" value="')[2].partition('"')[0]
    given = {**fields, "form": token, "idempotency_key": str(uuid4())}
    answer = await web.client.post(path, data=given, headers=headers)
    assert answer.status_code == 303, answer.text
