"""Letters that could not be delivered, shown to the operator with the reason, who may send them on their way again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict

from services.kernel.contracts.refusals import Conflict, Words
from services.kernel.runtime import auth, outbox
from services.kernel.runtime.auth import Actor, Signed, database
from services.kernel.runtime.directory import Role
from services.kernel.runtime.idempotency import Answer, BodyHash, Key, once
from services.kernel.runtime.outbox import Letter
from services.kernel.runtime.pages import render, wants_page


class NotParked(Conflict):
    """The letter is on its way, delivered, or was never there."""

    code = "outbox.not_parked"
    title = Words("这封信没有停下来，不需要重新投递", "This letter is not parked; there is nothing to retry")
    remedy = Words("请刷新列表，看它是不是已经送达。", "Reload the list; it may have been delivered.")


class ParkedLetter(BaseModel):
    """A parked letter without its body: where it should go, how often it was tried, and why it stopped."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    key: str
    kind: str
    target: str
    name: str
    attempts: int
    created_at: datetime
    reason: str


@dataclass(frozen=True)
class _Desk:
    service: str

    @property
    def path(self) -> str:
        return f"/{self.service}/outbox/parked"

    async def parked(self, request: Request, actor: Signed) -> Response:
        """What could not be delivered, oldest first, with the reason. For operators."""
        auth.require(actor, role=Role.OPERATOR)
        letters = [_shown(letter) for letter in await outbox.parked(database(request))]
        if wants_page(request):
            again = request.query_params.get("did") == "retry"
            return render(request, "parked.html", letters=letters, again=again)
        return JSONResponse([letter.model_dump(mode="json") for letter in letters])

    async def retry(self, request: Request, actor: Signed, letter_id: UUID, key: Key, body_hash: BodyHash) -> Response:
        """Put a parked letter back on its way. Raises Forbidden, NotParked."""
        auth.require(actor, role=Role.OPERATOR)
        return await self._retry(request, actor, letter_id, key, body_hash)

    async def _retry(
        self, request: Request, actor: Actor, letter_id: UUID, key: str | None, body_hash: str
    ) -> Response:
        async with database(request).transaction() as tx:

            async def act() -> Answer:
                if not await outbox.retry(tx, letter_id):
                    raise NotParked
                if wants_page(request):
                    return Answer(303, headers={"Location": f"{self.path}?did=retry"})
                return Answer(200, {"id": str(letter_id), "state": "waiting"})

            answer = await once(
                tx, key=key, actor=actor.person_id, route=request.url.path, body_hash=body_hash, act=act
            )
        return answer.response()


def router_for(service: str) -> APIRouter:
    """`GET /<service>/outbox/parked` and `POST /<service>/outbox/{id}/retry`, for holders of the role operator."""
    desk = _Desk(service)
    router = APIRouter(prefix=f"/{service}/outbox", tags=["运行"])
    router.add_api_route("/parked", desk.parked, methods=["GET"], response_model=list[ParkedLetter])
    router.add_api_route("/{letter_id}/retry", desk.retry, methods=["POST"])
    return router


def _shown(letter: Letter) -> ParkedLetter:
    return ParkedLetter(
        id=letter.id,
        key=letter.key,
        kind=letter.kind,
        target=_masked(letter.target) if letter.kind == outbox.MAIL else letter.target,
        name=letter.name,
        attempts=letter.attempts,
        created_at=letter.created_at,
        reason=letter.last_error or "",
    )


def _masked(address: str) -> str:
    """An address as far as an operator needs it: whose server, not whose box."""
    box, _, host = address.rpartition("@")
    return f"{box[:1]}***@{host}"
