"""Sessions for programs: meetings planned, their agenda, and one POST for each act of the clerk."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.kernel.contracts.refusals import NotFound, Words
from services.kernel.runtime.auth import Actor, Signed, database, settings_of
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import BodyHash, Key
from services.review.actions import session_papers, sessions
from services.review.actions.deciding import Decided, citing
from services.review.actions.session_papers import MinutesOut, PackOut
from services.review.actions.sessions import DraftOut, ItemOut, SessionOut
from services.review.api.acting import carried_out
from services.review.domain.session_commands import (
    CancelSession,
    MoveSession,
    NoteAttendance,
    OrderItems,
    PlanSession,
    PutItem,
    RecordItem,
    SaveDraft,
    SendNotice,
    TakeOff,
)
from services.review.store import sessions as store
from services.review.uploads import OCTETS
from services.review.wiring import blobs_of, book_of

router = APIRouter(prefix="/review/sessions", tags=["sessions"])
PDF_TYPE = "application/pdf"


@router.get("")
async def list_sessions(request: Request, actor: Signed) -> list[dict[str, Any]]:
    """The hundred newest meetings, the latest in front."""
    async with database(request).read() as conn:
        return [asdict(session) for session in await store.newest(conn)]


@router.get("/{session_id}")
async def get_session(request: Request, actor: Signed, session_id: UUID) -> dict[str, Any]:
    """One meeting: its agenda, what was done with it, its papers and minutes."""
    async with database(request).read() as conn:
        session = await store.get(conn, session_id)
        pack, minutes = await store.last_pack(conn, session_id), await store.find_minutes(conn, session_id)
        return {
            **asdict(session),
            "agenda": [asdict(item) for item in await store.items(conn, session_id)],
            "events": [asdict(event) for event in await store.events(conn, session_id)],
            "pack": asdict(pack) if pack else None,
            "minutes": asdict(minutes) if minutes else None,
        }


@router.get("/{session_id}/pack", response_class=Response)
async def get_pack(request: Request, actor: Signed, session_id: UUID) -> Response:
    """The newest bundle of papers, one PDF with bookmarks."""
    async with database(request).read() as conn:
        pack = await store.last_pack(conn, session_id)
    if pack is None:
        raise NotFound(Words("还没有汇编会议材料。", "No papers have been bundled."), field="session_id")
    return await _download(request, pack.file_hash, f"pack-{pack.file_hash[:12]}.pdf", PDF_TYPE)


@router.get("/{session_id}/minutes", response_class=Response)
async def get_minutes(request: Request, actor: Signed, session_id: UUID) -> Response:
    """The minutes as DOCX."""
    async with database(request).read() as conn:
        minutes = await store.find_minutes(conn, session_id)
    if minutes is None:
        raise NotFound(Words("还没有会议纪要。", "There are no minutes yet."), field="session_id")
    return await _download(request, minutes.file_hash, f"minutes-{minutes.file_hash[:12]}.docx", OCTETS)


async def _download(request: Request, digest: str, name: str, media_type: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(await blobs_of(request).get(digest), media_type=media_type, headers=headers)


@router.post("", status_code=201, response_model=SessionOut)
async def post_session(
    request: Request, actor: Signed, key: Key, body_hash: BodyHash, command: PlanSession
) -> Response:
    """Plan a meeting."""

    async def act(tx: Connection) -> SessionOut:
        return await sessions.plan(tx, actor, command)

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/{session_id}/move", status_code=201, response_model=SessionOut)
async def post_move(
    request: Request, actor: Signed, session_id: UUID, key: Key, body_hash: BodyHash, command: MoveSession
) -> Response:
    """Move a meeting to another time or place."""

    async def act(tx: Connection) -> SessionOut:
        return await sessions.move(tx, actor, session_id, command)

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/{session_id}/cancel", status_code=201, response_model=SessionOut)
async def post_cancel(
    request: Request, actor: Signed, session_id: UUID, key: Key, body_hash: BodyHash, command: CancelSession
) -> Response:
    """Call a meeting off."""

    async def act(tx: Connection) -> SessionOut:
        return await sessions.cancel(tx, actor, session_id, command)

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/{session_id}/items", status_code=201, response_model=ItemOut)
async def post_item(
    request: Request, actor: Signed, session_id: UUID, key: Key, body_hash: BodyHash, command: PutItem
) -> Response:
    """Put a matter that waits for deliberation on the agenda."""

    async def act(tx: Connection) -> ItemOut:
        return await sessions.put(tx, actor, session_id, command)

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/{session_id}/items/{item_id}/off", status_code=201, response_model=ItemOut)
async def post_off(
    request: Request, actor: Signed, session_id: UUID, item_id: UUID, key: Key, body_hash: BodyHash, command: TakeOff
) -> Response:
    """Take an item off the agenda, with a reason."""

    async def act(tx: Connection) -> ItemOut:
        return await sessions.take_off(tx, actor, session_id, item_id, command)

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/{session_id}/order", status_code=201, response_model=SessionOut)
async def post_order(
    request: Request, actor: Signed, session_id: UUID, key: Key, body_hash: BodyHash, command: OrderItems
) -> Response:
    """Order the agenda."""

    async def act(tx: Connection) -> SessionOut:
        return await sessions.order(tx, actor, session_id, command)

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/{session_id}/notice", status_code=201, response_model=SessionOut)
async def post_notice(
    request: Request, actor: Signed, session_id: UUID, key: Key, body_hash: BodyHash, command: SendNotice
) -> Response:
    """Note that the members were told."""

    async def act(tx: Connection) -> SessionOut:
        return await sessions.send_notice(tx, actor, session_id, command)

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/{session_id}/attendance", status_code=201, response_model=SessionOut)
async def post_attendance(
    request: Request, actor: Signed, session_id: UUID, key: Key, body_hash: BodyHash, command: NoteAttendance
) -> Response:
    """Take attendance; the newest counts."""

    async def act(tx: Connection) -> SessionOut:
        return await sessions.note_attendance(tx, actor, session_id, command)

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/{session_id}/items/{item_id}/draft", status_code=201, response_model=DraftOut)
async def post_draft(
    request: Request, actor: Signed, session_id: UUID, item_id: UUID, key: Key, body_hash: BodyHash, command: SaveDraft
) -> Response:
    """Keep what was written of an item so far."""

    async def act(tx: Connection) -> DraftOut:
        return await sessions.save_draft(tx, actor, session_id, item_id, command)

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/{session_id}/items/{item_id}/record", status_code=201, response_model=Decided)
async def post_record(
    request: Request, actor: Signed, session_id: UUID, item_id: UUID, key: Key, body_hash: BodyHash, command: RecordItem
) -> Response:
    """Record what was said of an item and decided; once."""
    book, blobs = book_of(request), blobs_of(request)

    async def act(tx: Connection) -> Decided:
        return await sessions.record_item(tx, actor, session_id, item_id, command, book=book, blobs=blobs)

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/{session_id}/pack", status_code=201, response_model=PackOut)
async def post_pack(request: Request, actor: Signed, session_id: UUID, key: Key, body_hash: BodyHash) -> Response:
    """Bundle the papers of the agenda as one PDF; what cannot be set is listed with its hash."""
    act = await packing(request, actor, session_id)
    return await carried_out(request, actor, key, body_hash, act)


async def packing(request: Request, actor: Actor, session_id: UUID) -> Any:
    """Make the file; the answer is the act that keeps it. Nothing is locked while papers are set."""
    blobs, book = blobs_of(request), book_of(request)
    async with database(request).read() as conn:
        with citing(book):
            session, authority, bundle = await session_papers.bundle_papers(
                conn, actor, session_id, book=book, blobs=blobs
            )
    file_hash, as_set = await session_papers.made_pack(
        session, authority, bundle, blobs=blobs, zone=settings_of(request).zone
    )

    async def act(tx: Connection) -> PackOut:
        return await session_papers.keep_pack(tx, actor, session, file_hash, as_set)

    return act


@router.post("/{session_id}/minutes", status_code=201, response_model=MinutesOut)
async def post_minutes(request: Request, actor: Signed, session_id: UUID, key: Key, body_hash: BodyHash) -> Response:
    """Make the minutes from the record, once, under the next number of their series."""
    book, blobs, zone = book_of(request), blobs_of(request), settings_of(request).zone

    async def act(tx: Connection) -> MinutesOut:
        return await session_papers.make_minutes(tx, actor, session_id, book=book, blobs=blobs, zone=zone)

    return await carried_out(request, actor, key, body_hash, act)
