"""The annual report for programs: have it gathered now, instead of on its day."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from services.intake.actions.report import ask_for_report
from services.intake.wiring import books_of, carried_out
from services.kernel.runtime.auth import Signed
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key

router = APIRouter(prefix="/intake/annual-reports", tags=["documents"])


class ReportIn(BaseModel):
    """Whose report, and on which year."""

    issuer_unit: str = Field(max_length=200)
    year: int = Field(ge=2000, le=2100)


@router.post("", status_code=202)
async def post_report(request: Request, actor: Signed, key: Key, body_hash: BodyHash, given: ReportIn) -> Response:
    """Have the figures of a year gathered and the report drafted from them."""

    async def act(tx: Connection) -> Answer:
        overlays = books_of(request).own.overlays
        workflow_id = await ask_for_report(tx, actor, given.issuer_unit, given.year, overlays)
        return Answer(202, {"workflow_id": workflow_id, "issuer_unit": given.issuer_unit, "year": given.year})

    return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)
