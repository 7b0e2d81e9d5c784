"""Letters and visits from a sheet, by page: the template, the preview, the confirmation, the list of receipts."""

from __future__ import annotations

import asyncio
from collections import Counter
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.intake.actions import entries
from services.intake.actions.entries import Previewed
from services.intake.domain.comments import CHANNEL_WORDS, STAFF_CHANNELS, Channel
from services.intake.domain.entries import HEAD, SHEET
from services.intake.domain.sheets import PreviewUnknown
from services.intake.pages.consultations import told
from services.intake.pages.office import ours
from services.intake.pages.workbook import uploaded
from services.intake.shown.clauses import clauses_of, label_of
from services.intake.shown.words import readable
from services.intake.store import people, previews
from services.intake.wiring import blobs_of, books_of, carried_out, citing
from services.kernel.contracts.refusals import Refused, Words
from services.kernel.procedure.deadlines import OFFICE_ZONE
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor, Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key
from services.kernel.runtime.pages import as_download, render
from services.kernel.runtime.sheets import Column, csv_bytes, workbook

router = APIRouter(prefix="/intake/consultation", include_in_schema=False)
WIDTHS = (14, 20, 14, 80, 14, 24)
EMPTY_ROWS = 200
RECEIPTS = (
    Words("行", "Row"), Words("回执号", "Receipt"), Words("收到的方式", "Way"), Words("收到的时刻", "Received"),
    Words("条款", "Clause"), Words("意见", "Opinion"),
)  # fmt: skip


@router.get("/{window_id}/entries")
async def show_entries(request: Request, actor: Signed, window_id: UUID) -> HTMLResponse:
    """Where a sheet of letters is uploaded, and what came of earlier ones."""
    return await _page(request, actor, window_id)


@router.get("/{window_id}/entries/template/{form}")
async def download_template(request: Request, actor: Signed, window_id: UUID, form: str) -> Response:
    """An empty sheet with the right head, as XLSX (with the ways to choose from) or CSV. Raises NotOurs."""
    await ours(request, actor, window_id)
    if form == "csv":
        return as_download(csv_bytes([list(HEAD)]), f"{SHEET}.csv")
    ways = tuple(CHANNEL_WORDS[channel].zh for channel in STAFF_CHANNELS)
    columns = [
        Column(title, width, open=True, choices=ways if place == 0 else ())
        for place, (title, width) in enumerate(zip(HEAD, WIDTHS, strict=True))
    ]
    empty = [[""] * len(HEAD) for _ in range(EMPTY_ROWS)]
    return as_download(await asyncio.to_thread(workbook, SHEET, columns, empty, locked=False), f"{SHEET}.xlsx")


@router.post("/{window_id}/entries")
async def preview_entries(request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash) -> Response:
    """What a sheet would enter, row by row; nothing is entered yet."""
    window = await ours(request, actor, window_id)
    try:
        name, rows = await uploaded(request, SHEET)
        clauses = await clauses_of(blobs_of(request), window.text_hash)
        with citing(books_of(request).own):
            async with database(request).transaction() as tx:
                found = await entries.preview(tx, actor, window_id, name=name, rows=rows, clauses=clauses)
    except Refused as refused:
        return await _page(request, actor, window_id, refused=refused)
    return await _page(request, actor, window_id, found=found, status=422 if found.understood.errors else 200)


@router.post("/{window_id}/entries/{preview_id}")
async def apply_entries(
    request: Request, actor: Signed, window_id: UUID, preview_id: UUID, key: Key, body_hash: BodyHash
) -> Response:
    """Enter what was previewed, all of it or nothing."""
    window = await ours(request, actor, window_id)
    token = str((await request.form()).get("token") or "")
    clauses = await clauses_of(blobs_of(request), window.text_hash)

    async def act(tx: Connection) -> Answer:
        batch_id = await entries.apply(tx, actor, window_id, preview_id, token, clauses=clauses)
        return Answer(303, None, {"Location": f"/intake/consultation/{window_id}/entries/{batch_id}"})

    try:
        return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)
    except Refused as refused:
        return await _page(request, actor, window_id, refused=refused)


@router.get("/{window_id}/entries/{batch_id}")
async def show_batch(request: Request, actor: Signed, window_id: UUID, batch_id: UUID) -> HTMLResponse:
    """What one sheet became: each row with its receipt. Raises PreviewUnknown."""
    window = await ours(request, actor, window_id)
    clauses = await clauses_of(blobs_of(request), window.text_hash)
    async with database(request).read() as conn:
        found = await previews.batches(conn, window_id, batch_id=batch_id)
        rows = await previews.entered_of(conn, batch_id)
        names = await people.names_of(conn, [one.entered_by for one in found])
    if not found:
        raise PreviewUnknown
    reader = language.current()
    return render(
        request,
        "entries_batch.html",
        window=window,
        batch=found[0],
        names=names,
        rows=[(row, CHANNEL_WORDS[Channel(row.channel)].of(reader), label_of(clauses, row.clause).of(reader)) for row in rows],
        readable=lambda body: readable(body, None, None),
    )  # fmt: skip


@router.get("/{window_id}/entries/{batch_id}/receipts")
async def download_receipts(request: Request, actor: Signed, window_id: UUID, batch_id: UUID) -> Response:
    """The receipts of a batch as CSV, for answering the letters. Raises PreviewUnknown."""
    window = await ours(request, actor, window_id)
    clauses = await clauses_of(blobs_of(request), window.text_hash)
    async with database(request).read() as conn:
        if not await previews.batches(conn, window_id, batch_id=batch_id):
            raise PreviewUnknown
        found = await previews.entered_of(conn, batch_id)
    reader = language.current()
    rows: list[list[str | int]] = [[words.of(reader) for words in RECEIPTS]]
    for one in found:
        way, clause = CHANNEL_WORDS[Channel(one.channel)].of(reader), label_of(clauses, one.clause).of(reader)
        at = one.received_at.astimezone(OFFICE_ZONE)
        rows.append([one.row, one.receipt, way, f"{at:%Y-%m-%d %H:%M}", clause, readable(one.body, None, None)])
    return as_download(csv_bytes(rows), f"{window.title} {RECEIPTS[1].of(reader)}.csv")


async def _page(
    request: Request,
    actor: Actor,
    window_id: UUID,
    *,
    found: Previewed | None = None,
    refused: Refused | None = None,
    status: int = 200,
) -> HTMLResponse:
    window = await ours(request, actor, window_id)
    async with database(request).read() as conn:
        batches = await previews.batches(conn, window_id)
        names = await people.names_of(conn, [one.entered_by for one in batches])
    reader = language.current()
    ways = Counter(entry.channel for entry in found.understood.entries) if found else Counter()
    return render(
        request,
        "entries.html",
        status=refused.status if refused else status,
        window=window,
        batches=batches,
        names=names,
        found=found.understood if found else None,
        kept=found.kept if found else None,
        again=found.again if found else None,
        ways=[(CHANNEL_WORDS[channel].of(reader), count) for channel, count in ways.items()],
        refused=told(refused),
    )
