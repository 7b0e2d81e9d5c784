"""印章和用印登记簿: who keeps which seal, every use of one, and the forms with which it is entered and handed over."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from services.kernel.contracts.refusals import Refused
from services.kernel.runtime import directory, language
from services.kernel.runtime.auth import Actor, Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.pages import render
from services.review.actions import seals
from services.review.api.seals import LOG_LENGTH
from services.review.domain.seals import RULE, EnterSeal, HandSeal
from services.review.pages.carrying import FromPage, Run, carried
from services.review.pages.forms import Written, plain, written
from services.review.pages.sessions import problems_of, status_of
from services.review.store import seals as store
from services.review.wiring import book_of

router = APIRouter(prefix="/review", include_in_schema=False)
SEALS = "/review/seals"


@router.get("/seals")
async def show_seals(request: Request, actor: Signed) -> HTMLResponse:
    """The register and the log."""
    return await _page(request, actor)


@router.post("/seals/enter")
async def enter_seal(request: Request, sent: FromPage) -> Response:
    """Enter a seal."""

    async def run(tx: Connection) -> None:
        await seals.enter(tx, sent.actor, EnterSeal.model_validate(plain(sent.form, EnterSeal)))

    return await _or_back(request, sent, run)


@router.post("/seals/{seal_id}/hand")
async def hand_seal(request: Request, sent: FromPage, seal_id: UUID) -> Response:
    """Hand a seal over, or take it out of use."""

    async def run(tx: Connection) -> None:
        await seals.hand(tx, sent.actor, seal_id, HandSeal.model_validate(plain(sent.form, HandSeal)))

    return await _or_back(request, sent, run)


async def _or_back(request: Request, sent: FromPage, run: Run) -> Response:
    try:
        return await carried(request, sent, run, f"{SEALS}?said=done")
    except (ValidationError, Refused) as wrong:
        return await _page(request, sent.actor, written(sent.form), problems_of(wrong), status_of(wrong))


async def _page(
    request: Request,
    actor: Actor,
    form: Written | None = None,
    problems: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HTMLResponse:
    async with database(request).read() as conn:
        own = [(unit.id, unit.name) for unit in await seals.own_units(conn, actor)]
        keepers = {unit_id: list((await seals.desk_of(conn, unit_id)).keepers.items()) for unit_id, _ in own}
        return render(
            request,
            "seals.html",
            status=status,
            seals=await store.seals(conn),
            uses=await store.uses(conn, unit_id=None, limit=LOG_LENGTH),
            units={unit.id: unit.short_name for unit in await directory.units(conn)},
            own=own,
            keepers=keepers,
            all_keepers=sorted({keeper for found in keepers.values() for keeper in found}),
            article=book_of(request).rule(RULE).article.of(language.current()),
            form=form if form is not None else Written(),
            problems=problems or [],
            wrong={one["name"]: one["detail"] for one in problems or []},
            said=request.query_params.get("said", ""),
        )
