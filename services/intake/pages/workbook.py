"""The answers workbook by page: download, upload, look at what would change, confirm."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import UploadFile

from services.intake.actions import workbook
from services.intake.actions.workbook import Previewed
from services.intake.domain.answers import DISPOSITION_WORDS
from services.intake.domain.sheets import SheetEmpty
from services.intake.domain.workbook import HEAD, SHEET, key_of
from services.intake.pages.consultations import told
from services.intake.pages.office import ours
from services.intake.shown.lines import row_of, texts_of
from services.intake.wiring import blobs_of, books_of, carried_out, citing
from services.kernel.contracts.refusals import Refused
from services.kernel.runtime.auth import Actor, Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key
from services.kernel.runtime.pages import as_download, render
from services.kernel.runtime.sheets import Column, read_sheet
from services.kernel.runtime.sheets import workbook as written

router = APIRouter(prefix="/intake/consultation", include_in_schema=False)
WIDTHS = (14, 8, 14, 60, 8, 14, 60, 20)
OPEN_FROM = 5


@router.get("/{window_id}/workbook")
async def show_workbook(request: Request, actor: Signed, window_id: UUID, done: int | None = None) -> HTMLResponse:
    """Where the workbook is downloaded and uploaded."""
    return await _page(request, actor, window_id, done=done)


@router.get("/{window_id}/workbook/xlsx")
async def download_workbook(request: Request, actor: Signed, window_id: UUID) -> Response:
    """All groups and opinions with their answers as they stand; only the answers may be written. Raises NotOurs."""
    window = await ours(request, actor, window_id)
    async with database(request).read() as conn:
        found = await workbook.lines_for_sheet(conn, window_id)
        texts = await texts_of(conn, blobs_of(request), window)
    choices = tuple(words.zh for words, _ in DISPOSITION_WORDS.values())
    columns = [
        Column(title, width, open=place >= OPEN_FROM, choices=choices if place == OPEN_FROM else ())
        for place, (title, width) in enumerate(zip(HEAD, WIDTHS, strict=True))
    ]
    rows: list[list[str | int]] = []
    for line in found:
        row = row_of(line, texts)
        words = DISPOSITION_WORDS[line.disposition][0].zh if line.disposition else ""  # type: ignore[index]
        named = f"【{line.name}】{row.body}" if line.name else row.body
        key = key_of(line.key, line.comment_id, own=line.own)
        rows.append([key, str(line.revision), row.about, named, line.size, words, line.reason, line.clause])
    data = await asyncio.to_thread(written, SHEET, columns, rows, locked=True)
    return as_download(data, f"{window.title} {SHEET}.xlsx")


@router.post("/{window_id}/workbook")
async def preview_workbook(request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash) -> Response:
    """What an edited workbook would change, row by row; nothing is changed yet."""
    try:
        name, rows = await uploaded(request, SHEET)
        with citing(books_of(request).own):
            async with database(request).transaction() as tx:
                found = await workbook.preview(tx, actor, window_id, name=name, rows=rows)
    except Refused as refused:
        return await _page(request, actor, window_id, refused=refused)
    return await _page(request, actor, window_id, found=found, status=422 if found.assessed.faults else 200)


@router.post("/{window_id}/workbook/{preview_id}")
async def apply_workbook(
    request: Request, actor: Signed, window_id: UUID, preview_id: UUID, key: Key, body_hash: BodyHash
) -> Response:
    """Carry out what was previewed."""
    form = await request.form()
    token = str(form.get("token") or "")

    async def act(tx: Connection) -> Answer:
        done = await workbook.apply(tx, actor, window_id, preview_id, token)
        return Answer(303, None, {"Location": f"/intake/consultation/{window_id}/workbook?done={done.answered_now}"})

    try:
        return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)
    except Refused as refused:
        return await _page(request, actor, window_id, refused=refused)


async def uploaded(request: Request, sheet: str) -> tuple[str, list[list[str]]]:
    """The sheet in a form's `file`. Raises SheetEmpty and what `read_sheet` refuses."""
    given = (await request.form()).get("file")
    if not isinstance(given, UploadFile) or not given.filename:
        raise SheetEmpty(field="file")
    return given.filename, await read_sheet(await given.read(), name=given.filename, sheet=sheet)


async def _page(
    request: Request,
    actor: Actor,
    window_id: UUID,
    *,
    done: int | None = None,
    found: Previewed | None = None,
    refused: Refused | None = None,
    status: int = 200,
) -> HTMLResponse:
    window = await ours(request, actor, window_id)
    shown: dict[str, Any] = {"counts": [], "faults": [], "changes": [], "unchanged": 0}
    if found:
        shown = {
            "counts": [
                (words, state, sum(given.disposition is kind for _, given in found.assessed.changes))
                for kind, (words, state) in DISPOSITION_WORDS.items()
            ],
            "faults": found.assessed.faults,
            "changes": found.assessed.changes,
            "unchanged": found.assessed.unchanged,
        }
    return render(
        request,
        "workbook.html",
        status=refused.status if refused else status,
        window=window,
        done=done,
        kept=found.kept if found else None,
        found=shown if found else None,
        words=DISPOSITION_WORDS,
        refused=told(refused),
    )
