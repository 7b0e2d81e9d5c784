"""The opinion letter as a file: the DOCX that was signed, and its print, typeset once and kept."""

from __future__ import annotations

import asyncio
from typing import Literal
from urllib.parse import quote
from uuid import UUID

import structlog
from fastapi import Request
from fastapi.responses import Response

from services.kernel.runtime.auth import database, settings_of
from services.kernel.runtime.official.paper import Paper
from services.kernel.runtime.official.pdf import as_pdf
from services.review.store import letters
from services.review.store.letters import Letter
from services.review.wiring import blobs_of

log = structlog.get_logger()
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


async def download_letter(request: Request, round_id: UUID, form: Literal["docx", "pdf"]) -> Response:
    """The letter of a round as a download. Raises NoLetter."""
    async with database(request).read() as conn:
        letter = await letters.get_letter(conn, round_id)
        kept = await letters.find_print(conn, letter.id)
    if form == "docx":
        data = letter.docx
    else:
        data = await (blobs_of(request).get(kept) if kept else _printed(request, letter))
    name = quote(f"{letter.paper['title']} {letter.number}.{form}")
    return Response(
        data, media_type=TYPES[form], headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    )


async def _printed(request: Request, letter: Letter) -> bytes:
    """Typeset the letter and keep it. Two who ask at once get the same bytes, as the same paper gives them."""
    faces = settings_of(request).faces_dir
    if faces is None:
        log.warning("letter.standard_faces_missing", round_id=str(letter.round_id))
    data = await asyncio.to_thread(as_pdf, Paper.model_validate(letter.paper), faces)
    digest = await blobs_of(request).put(data)
    async with database(request).transaction() as tx:
        await letters.keep_print(tx, letter.id, digest)
    return data
