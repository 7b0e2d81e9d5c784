"""Files that came with comments, for whoever may see the comment. Always saved, never shown in place, never opened."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.intake.actions.files import read_file
from services.intake.domain.attachments import FileUnknown
from services.intake.domain.documents import may_read
from services.intake.store import attachments, comments, windows
from services.intake.store.attachments import Attachment
from services.intake.wiring import blobs_of
from services.kernel.runtime.auth import Signed, database

router = APIRouter(prefix="/intake", tags=["windows"])


@router.get("/comments/{comment_id}/files/{position}", response_class=Response)
async def get_file(request: Request, actor: Signed, comment_id: UUID, position: int) -> Response:
    """A file of a comment, for those who answer it and those who review the text."""
    async with database(request).read() as conn:
        window = await windows.get(conn, await comments.window_of(conn, comment_id))
        if not may_read(unit_id=actor.unit_id, roles=actor.roles, drafting_unit=window.drafting_unit):
            raise FileUnknown
        files = await attachments.of_comment(conn, comment_id)
    return await downloaded(request, files, position)


async def downloaded(request: Request, files: list[Attachment], position: int) -> Response:
    """One of these files, counted from 1, as a download. Raises FileUnknown."""
    if not 1 <= position <= len(files):
        raise FileUnknown
    file = files[position - 1]
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "no-store",
    }
    data = await read_file(blobs_of(request), file.content_hash)
    return Response(data, media_type="application/octet-stream", headers=headers)
