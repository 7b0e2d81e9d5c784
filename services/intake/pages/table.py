"""The opinions table: a draft for those inside at any time, and public once the answers are."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.intake.domain.documents import may_read
from services.intake.domain.paging import after_line
from services.intake.domain.windows import WindowUnknown
from services.intake.pages.lines import Wished, filters_of, published_page
from services.intake.shown.lines import row_of, texts_of
from services.intake.shown.table import TITLE, as_csv, as_xlsx
from services.intake.shown.table_docx import as_docx
from services.intake.shown.table_rows import MOST_LINES, facts_of, rows_of
from services.intake.store import agreement, answers, comments, lines, windows
from services.intake.store.windows import Window
from services.intake.wiring import blobs_of
from services.kernel.contracts.refusals import Words
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor, Visitor, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.pages import as_download, render

router = APIRouter(prefix="/intake/consultation", include_in_schema=False)
PAGE = 50


@router.get("/{window_id}/table")
async def show_table(
    request: Request,
    visitor: Visitor,
    window_id: UUID,
    wish: Wished,
    place: Annotated[str, Query(max_length=100)] = "",
    row: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> HTMLResponse:
    """The table, a page at a time. Raises WindowUnknown for who may not see the draft."""
    async with database(request).read() as conn:
        window = await seen_by(conn, visitor, window_id)
        public = window.answers_published_at is not None
        counts, tally = await comments.counts_of(conn, window_id), await answers.tally(conn, window_id)
        sealed = await lines.table_of(conn, window_id)
        if public:
            shown = await published_page(conn, blobs_of(request), window, wish)
        else:
            shown = await _draft_page(conn, request, window, place, row)
    return render(
        request,
        "table.html",
        window=window,
        public=public,
        counts=counts,
        tally=tally,
        sealed=sealed,
        ours=visitor is not None and visitor.unit_id == window.drafting_unit,
        answered=shown,
    )


async def _draft_page(conn: Connection, request: Request, window: Window, place: str, before: int) -> dict[str, Any]:
    found = await lines.live(conn, window.id, after=after_line(place), limit=PAGE + 1)
    texts = await texts_of(conn, blobs_of(request), window)
    page = found[:PAGE]
    more = f"place={page[-1].place}&row={before + PAGE}" if len(found) > PAGE else None
    return {
        "rows": [(before + index, row_of(line, texts)) for index, line in enumerate(page, 1)],
        "wish": None,
        "more": more,
        "filters": filters_of(texts),
        "texts": texts,
    }


@router.get("/{window_id}/table/{form}")
async def download_table(
    request: Request, visitor: Visitor, window_id: UUID, form: Literal["docx", "xlsx", "csv", "jsonl"]
) -> Response:
    """The table as a file; `jsonl` is what was sealed into the dossier. Raises WindowUnknown, TableTooLong."""
    async with database(request).read() as conn:
        window = await seen_by(conn, visitor, window_id)
        sealed = await lines.table_of(conn, window_id)
        if form == "jsonl":
            if sealed is None:
                raise WindowUnknown
            return as_download(await blobs_of(request).get(sealed.table_hash), f"{window_id}.jsonl")
        rows = await rows_of(conn, blobs_of(request), window, most=MOST_LINES[form])
        facts = await facts_of(conn, window)
    draft = "" if window.answers_published_at else Words("（稿）", " (draft)").of(language.current())
    make: dict[str, Callable[[], bytes]] = {
        "docx": lambda: as_docx(window.title, facts, rows, draft=draft),
        "xlsx": lambda: as_xlsx(rows),
        "csv": lambda: as_csv(rows),
    }
    data = await asyncio.to_thread(contextvars.copy_context().run, make[form])
    return as_download(data, f"{window.title} {TITLE.of(language.current())}{draft}.{form}")


async def seen_by(conn: Connection, visitor: Actor | None, window_id: UUID) -> Window:
    """The window whose table the visitor may read: everybody once published, before that those inside who have a part.

    Raises WindowUnknown.
    """
    window = await windows.get(conn, window_id)
    if window.answers_published_at is not None:
        return window
    if visitor is None or window.summary_at is None:
        raise WindowUnknown
    if may_read(unit_id=visitor.unit_id, roles=visitor.roles, drafting_unit=window.drafting_unit):
        return window
    if await agreement.is_reader(conn, window_id, person_id=visitor.person_id, unit_id=visitor.unit_id):
        return window
    raise WindowUnknown
