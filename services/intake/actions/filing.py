"""The opinions tables as papers: made when a reviewing or deciding body opens its round, kept under their hash."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Iterator

from services.intake.domain.answers import TableTooLong
from services.intake.shown.lines import Row
from services.intake.shown.table import TITLE, as_csv
from services.intake.shown.table_docx import as_docx
from services.intake.shown.table_rows import MOST_LINES, facts_of, rows_of
from services.intake.store import lines, windows
from services.intake.store.windows import Window
from services.kernel.contracts.intake import FileOpinions, OpinionsFiled
from services.kernel.contracts.messages import StoredFile
from services.kernel.contracts.refusals import Words
from services.kernel.runtime import language
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection


async def file_opinions(conn: Connection, asked: FileOpinions, blobs: Blobs) -> OpinionsFiled:
    """One table for each consultation that has its result, also where nobody wrote: the same table is the same bytes."""
    held = [window for window in await windows.of_document(conn, asked.document_id) if window.summary_at is not None]
    with language.reading("zh"):
        return OpinionsFiled(tables=tuple([await _filed(conn, window, n, blobs) for n, window in enumerate(held, 1)]))


async def _filed(conn: Connection, window: Window, ordinal: int, blobs: Blobs) -> StoredFile:
    facts = await facts_of(conn, window)
    if sealed := await lines.table_of(conn, window.id):
        facts.append(Words(f"卷宗封存：{sealed.table_hash}", f"As sealed: {sealed.table_hash}").zh)
    rows, form = await _rows(conn, blobs, window)
    make = (lambda: as_docx(window.title, facts, rows)) if form.endswith(".docx") else (lambda: as_csv(rows))
    data = await asyncio.to_thread(contextvars.copy_context().run, make)
    name = f"{TITLE.zh}（第{ordinal}次征求意见）{form}"
    return StoredFile(name=name, file_hash=await blobs.put(data), size=len(data))


async def _rows(conn: Connection, blobs: Blobs, window: Window) -> tuple[Iterator[tuple[int, Row]], str]:
    """The lines, and how the name of their file ends. No table is too long to be decided on: the longest are cut, which
    their name says; what was sealed holds every line."""
    for form in ("docx", "csv"):
        try:
            return await rows_of(conn, blobs, window, most=MOST_LINES[form]), f".{form}"
        except TableTooLong:
            continue
    most = MOST_LINES["csv"]
    return await rows_of(conn, blobs, window, most=most, whole=False), f"（前{most}行）.csv"
