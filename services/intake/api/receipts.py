"""Receipts and seals for programs: one's own comment by its code, its proof, taking it back. Public."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from services.intake.actions import own as acts
from services.intake.api.attachments import downloaded
from services.intake.api.windows import shown_window
from services.intake.domain.comments import ReceiptUnknown, read_receipt
from services.intake.domain.gate import TooManyWrong
from services.intake.domain.seals import SealUnknown
from services.intake.shown.own import Own, own_comment, own_out
from services.intake.shown.proofs import leaves_out, receipt_file, seal_out
from services.intake.store import rates, seals
from services.intake.store.seals import Seal
from services.intake.store.windows import Window
from services.intake.wiring import blobs_of, books_of, calendar_of, carried_out, context_of, holder_of
from services.kernel.contracts.visitors import key_of_address
from services.kernel.procedure.deadlines import office_day
from services.kernel.runtime.auth import Visitor, address_of, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key

router = APIRouter(prefix="/intake", tags=["receipts"])
MOST_WRONG, WRONG_SECONDS = 60, 600
Ordinal = Annotated[int | None, Query(ge=1, le=10_000)]


@router.get("/receipts/{code}")
async def get_receipt(request: Request, visitor: Visitor, code: str) -> dict[str, Any]:
    """One's own comment by its receipt, and its answer once the answers are public. Public."""
    found = await looked_up(request, code)
    return await own_out(found, blobs_of(request), books_of(request).own, calendar_of(request))


@router.get("/receipts/{code}/proof")
async def get_proof(request: Request, visitor: Visitor, code: str) -> Response:
    """The receipt as a file for `fawen verify-receipt`; with its proof once the window is sealed. Public."""
    found = await looked_up(request, code)
    kept = await receipt_file(found.comment, found.window, found.files, found.seal, blobs_of(request))
    name = f"receipt-{found.comment.receipt[:4]}.json"
    return JSONResponse(kept.model_dump(), headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.get("/receipts/{code}/files/{position}")
async def get_file(request: Request, visitor: Visitor, code: str, position: int) -> Response:
    """A file that came with one's own comment, as a download. Raises FileUnknown."""
    return await downloaded(request, (await looked_up(request, code)).files, position)


@router.post("/receipts/{code}/withdraw")
async def post_withdrawal(request: Request, visitor: Visitor, code: str, key: Key, body_hash: BodyHash) -> Response:
    """Take one's own comment back, while its window is open; afterwards the drafting unit does it. Public."""
    await looked_up(request, code)

    async def act(tx: Connection) -> Answer:
        at = await acts.take_back(tx, code)
        return Answer(200, {"receipt": read_receipt(code), "withdrawn": True, "withdrawn_at": at.isoformat()})

    return await carried_out(request, who=holder_of(code), key=key, body_hash=body_hash, act=act)


@router.get("/windows/{window_id}/seal")
async def get_seal(request: Request, visitor: Visitor, window_id: UUID, ordinal: Ordinal = None) -> dict[str, Any]:
    """The seal over a window's comments: its statement, and its entry in the dossier. Public."""
    async with database(request).read() as conn:
        window, seal = await _sealed(conn, window_id, ordinal)
        return await seal_out(conn, window, seal, blobs_of(request))


@router.get("/windows/{window_id}/seal/leaves")
async def get_leaves(request: Request, visitor: Visitor, window_id: UUID, ordinal: Ordinal = None) -> Response:
    """The hash of every sealed comment in its order, one a line; they tell neither words nor persons. Public."""
    async with database(request).read() as conn:
        _, seal = await _sealed(conn, window_id, ordinal)
    name = f"seal-{window_id}-{seal.ordinal}.txt"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(leaves_out(seal, blobs_of(request)), media_type="text/plain", headers=headers)


async def _sealed(conn: Connection, window_id: UUID, ordinal: int | None) -> tuple[Window, Seal]:
    """A window with one of its seals, or the newest. Raises WindowUnknown, SealUnknown."""
    window = await shown_window(conn, window_id)
    seal = await (seals.newest(conn, window_id) if ordinal is None else seals.find(conn, window_id, ordinal))
    if seal is None:
        raise SealUnknown
    return window, seal


async def looked_up(request: Request, code: str) -> Own:
    """What stands behind a receipt; whoever tries codes is stopped after a while. Raises ReceiptUnknown, TooManyWrong."""
    secret = context_of(request).settings.secret.get_secret_value().encode()
    key = key_of_address(secret, address_of(request), "receipt", office_day(datetime.now(UTC)))
    async with database(request).read() as conn:
        if await rates.look(conn, key) >= MOST_WRONG:
            raise TooManyWrong
        try:
            return await own_comment(conn, code)
        except ReceiptUnknown:
            await rates.count(conn, {key: (1, MOST_WRONG)}, seconds=WRONG_SECONDS)
            raise
