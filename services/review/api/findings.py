"""What the machine noticed, and people's yes or no on it."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel

from services.kernel.runtime.auth import Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import BodyHash, Key
from services.review.actions import findings
from services.review.api.acting import carried_out
from services.review.precheck import noticed_by
from services.review.reading import FindingOut, VerdictOut, finding_out
from services.review.store import rounds, verdicts

router = APIRouter(prefix="/review", tags=["review"])


class Judged(BaseModel):
    """Whether it is so."""

    holds: bool


@router.get("/rounds/{round_id}/findings")
async def list_findings(request: Request, actor: Signed, round_id: UUID) -> list[FindingOut]:
    """What the machine noticed in the text, with its articles, and the newest yes or no on each. It decides nothing."""
    found = await noticed_by(request, round_id)
    async with database(request).read() as conn:
        said = await verdicts.of_document(conn, (await rounds.get_round(conn, round_id)).document_id)
    return [finding_out(finding, said.get(finding.key)) for finding in found]


@router.post("/rounds/{round_id}/findings/{finding}", status_code=201, response_model=VerdictOut)
async def post_verdict(
    request: Request, actor: Signed, round_id: UUID, finding: str, key: Key, body_hash: BodyHash, command: Judged
) -> Response:
    """Say whether a finding holds. Earlier words stay on record; the newest counts."""
    noticed = await noticed_by(request, round_id)

    async def act(tx: Connection) -> VerdictOut:
        verdict = await findings.judge(tx, actor, round_id, finding, holds=command.holds, noticed=noticed)
        return VerdictOut.model_validate(vars(verdict))

    return await carried_out(request, actor, key, body_hash, act)
