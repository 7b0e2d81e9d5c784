"""Answers and entries by sheet, for programs: the lines to answer, a preview, its confirmation, the receipts."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from services.intake.actions import entries, workbook
from services.intake.api.receiving import FileIn
from services.intake.domain.documents import may_read
from services.intake.domain.entries import SHEET as ENTRIES
from services.intake.domain.paging import after_line
from services.intake.domain.sheets import RowFault
from services.intake.domain.windows import WindowUnknown
from services.intake.domain.workbook import SHEET as ANSWERS
from services.intake.shown.clauses import clauses_of
from services.intake.shown.lines import line_out
from services.intake.store import lines, previews, windows
from services.intake.wiring import blobs_of, carried_out
from services.kernel.runtime import language
from services.kernel.runtime.auth import Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key
from services.kernel.runtime.sheets import read_sheet

router = APIRouter(prefix="/intake", tags=["windows"])


class SheetIn(BaseModel):
    """A sheet as XLSX or CSV."""

    file: FileIn


class ConfirmIn(BaseModel):
    """The key that came with the preview."""

    token: str = Field(max_length=200)


@router.get("/windows/{window_id}/answer-lines")
async def list_lines(
    request: Request,
    actor: Signed,
    window_id: UUID,
    unanswered: bool = False,
    after: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """Groups and single opinions with their answers, the largest first, for those who answer; never who wrote."""
    async with database(request).read() as conn:
        found = await windows.get(conn, window_id)
        if not may_read(unit_id=actor.unit_id, roles=actor.roles, drafting_unit=found.drafting_unit):
            raise WindowUnknown
        page = await lines.to_answer(conn, window_id, unanswered=unanswered, after=after_line(after), limit=limit + 1)
    shown = page[:limit]
    return {
        "items": [line_out(line) for line in shown],
        "next": str(shown[-1].place) if len(page) > limit else None,
    }


@router.post("/windows/{window_id}/answer-sheets", status_code=201)
async def preview_answers(
    request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash, given: SheetIn
) -> Response:
    """What an edited answers workbook would change; nothing is changed yet."""
    rows = await read_sheet(given.file.content, name=given.file.name, sheet=ANSWERS)

    async def act(tx: Connection) -> Answer:
        found = await workbook.preview(tx, actor, window_id, name=given.file.name, rows=rows)
        changes = [
            {"row": number, **one.model_dump(mode="json", exclude_none=True)} for number, one in found.assessed.changes
        ]
        told = {"faults": _faults(found.assessed.faults), "changes": changes, "unchanged": found.assessed.unchanged}
        return Answer(201 if found.kept else 200, {**told, **_confirm(found.kept)})

    return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)


@router.post("/windows/{window_id}/answer-sheets/{preview_id}")
async def apply_answers(
    request: Request, actor: Signed, window_id: UUID, preview_id: UUID, key: Key, body_hash: BodyHash, given: ConfirmIn
) -> Response:
    """Carry out exactly what was previewed; refused when the answers changed meanwhile."""

    async def act(tx: Connection) -> Answer:
        done = await workbook.apply(tx, actor, window_id, preview_id, given.token)
        return Answer(200, {**vars(done), "left": done.left})

    return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)


@router.post("/windows/{window_id}/entry-sheets", status_code=201)
async def preview_entries(
    request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash, given: SheetIn
) -> Response:
    """What a sheet of letters and visits would enter; nothing is entered yet."""
    rows = await read_sheet(given.file.content, name=given.file.name, sheet=ENTRIES)

    async def act(tx: Connection) -> Answer:
        window = await windows.get(tx, window_id)
        clauses = await clauses_of(blobs_of(request), window.text_hash)
        found = await entries.preview(tx, actor, window_id, name=given.file.name, rows=rows, clauses=clauses)
        told = {"faults": _faults(found.understood.faults), "entries": len(found.understood.entries)}
        again = str(found.again) if found.again else None
        return Answer(201 if found.kept else 200, {**told, "entered_before": again, **_confirm(found.kept)})

    return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)


@router.post("/windows/{window_id}/entry-sheets/{preview_id}")
async def apply_entries(
    request: Request, actor: Signed, window_id: UUID, preview_id: UUID, key: Key, body_hash: BodyHash, given: ConfirmIn
) -> Response:
    """Enter every row that was previewed, or none; the receipts, by row."""

    async def act(tx: Connection) -> Answer:
        window = await windows.get(tx, window_id)
        clauses = await clauses_of(blobs_of(request), window.text_hash)
        batch_id = await entries.apply(tx, actor, window_id, preview_id, given.token, clauses=clauses)
        entered = await previews.entered_of(tx, batch_id)
        receipts = [
            {"row": one.row, "receipt": one.receipt, "received_at": one.received_at.isoformat()} for one in entered
        ]
        return Answer(200, {"batch_id": str(batch_id), "entered": len(entered), "receipts": receipts})

    return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)


def _confirm(kept: Any) -> dict[str, Any]:
    return {"preview_id": str(kept.id), "token": kept.token} if kept else {"preview_id": None, "token": None}


def _faults(found: tuple[RowFault, ...]) -> list[dict[str, Any]]:
    reader = language.current()
    return [
        {
            "row": one.row,
            "column": one.column,
            "code": one.code,
            "detail": one.detail.of(reader),
            "remedy": one.remedy.of(reader),
            "warning": one.warning,
        }
        for one in found
    ]
