"""Sessions for programs: meetings planned, their agenda, and one POST for each act of the clerk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel

from services.kernel.contracts.refusals import NotFound, Words
from services.kernel.runtime.auth import Actor, Signed, database, settings_of
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import BodyHash, Key
from services.review.actions import session_papers, sessions
from services.review.actions.deciding import Decided, citing
from services.review.actions.session_papers import MinutesOut, PackOut
from services.review.actions.sessions import DraftOut, ItemOut, SessionOut
from services.review.api.acting import carried_out, command_of
from services.review.domain.commands import Command
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
from services.review.uploads import OCTETS, json_body
from services.review.wiring import blobs_of, book_of

router = APIRouter(prefix="/review/sessions", tags=["sessions"])
PDF_TYPE = "application/pdf"
C = TypeVar("C", bound=Command)


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


def _act(name: str, command: type[C], gives: type[BaseModel], carry_out: Callable[..., Awaitable[BaseModel]]) -> None:
    """One POST for one act of the clerk on a meeting, or, where its address names one, on an item."""

    async def carry(request: Request, actor: Actor, key: str | None, body_hash: str, *about: UUID) -> Response:
        said = await command_of(request, command)

        async def act(tx: Connection) -> BaseModel:
            return await carry_out(tx, actor, *about, said)

        return await carried_out(request, actor, key, body_hash, act)

    async def post(request: Request, actor: Signed, session_id: UUID, key: Key, body_hash: BodyHash) -> Response:
        return await carry(request, actor, key, body_hash, session_id)

    async def post_item(
        request: Request, actor: Signed, session_id: UUID, item_id: UUID, key: Key, body_hash: BodyHash
    ) -> Response:
        return await carry(request, actor, key, body_hash, session_id, item_id)

    router.add_api_route(
        f"/{{session_id}}/{name}",
        post_item if "{item_id}" in name else post,
        methods=["POST"],
        status_code=201,
        response_model=gives,
        name=carry_out.__name__,
        description=carry_out.__doc__,
        openapi_extra=json_body(command),
    )


_act("move", MoveSession, SessionOut, sessions.move)
_act("cancel", CancelSession, SessionOut, sessions.cancel)
_act("items", PutItem, ItemOut, sessions.put)
_act("items/{item_id}/off", TakeOff, ItemOut, sessions.take_off)
_act("order", OrderItems, SessionOut, sessions.order)
_act("notice", SendNotice, SessionOut, sessions.send_notice)
_act("attendance", NoteAttendance, SessionOut, sessions.note_attendance)
_act("items/{item_id}/draft", SaveDraft, DraftOut, sessions.save_draft)


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
