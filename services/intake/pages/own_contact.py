"""Letting go of one's own contact at once, with the receipt, and without an account."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.intake.actions.comment import erase_contact
from services.intake.api.receipts import looked_up
from services.intake.domain.comments import read_receipt
from services.intake.wiring import carried_out, holder_of
from services.kernel.runtime.auth import Visitor
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key

router = APIRouter(prefix="/intake", include_in_schema=False)


@router.post("/receipt/contact")
async def erase(request: Request, visitor: Visitor, key: Key, body_hash: BodyHash) -> Response:
    """Erase the contact, then back to the receipt, which says so. Raises ReceiptUnknown."""
    code = read_receipt(str((await request.form()).get("receipt") or "")[:100])
    await looked_up(request, code)

    async def act(tx: Connection) -> Answer:
        await erase_contact(tx, code)
        return Answer(303, None, {"Location": f"/intake/receipt?receipt={code}&erased=1"})

    return await carried_out(request, who=holder_of(code), key=key, body_hash=body_hash, act=act)
