"""Agreement inside on a draft of answers: send it, read it, agree or object, go on with a note."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from services.intake.actions import agreement as acts
from services.intake.domain.agreement import STANCE_WORDS, Asked, NotAsked, Stance, WordsMissing
from services.intake.pages.consultations import told
from services.intake.shown.agreement import agreement_of
from services.intake.wiring import Act, carried_out
from services.kernel.contracts.refusals import Refused
from services.kernel.runtime.auth import Actor, Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key
from services.kernel.runtime.pages import render

router = APIRouter(prefix="/intake/consultation", include_in_schema=False)


@router.get("/{window_id}/agreement")
async def show_agreement(request: Request, actor: Signed, window_id: UUID) -> HTMLResponse:
    """Where a draft stands; for the drafting unit, and those to whom it was sent. Raises NotAsked."""
    return await _page(request, actor, window_id)


@router.post("/{window_id}/agreement")
async def share(request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash) -> Response:
    """Send the draft as it stands."""
    form = await request.form()
    must = {one.unit_id: one for one in _units(form, "unit_decides", decides=True)}
    heard = (one for one in _units(form, "unit", decides=False) if one.unit_id not in must)
    readers = (*_persons(form), *must.values(), *heard)

    async def act(tx: Connection) -> Answer:
        await acts.share(tx, actor, window_id, readers=readers, note=str(form.get("note") or ""))
        return Answer(303, None, {"Location": f"/intake/consultation/{window_id}/agreement"})

    return await _carried(request, actor, window_id, key, body_hash, act)


@router.post("/{window_id}/agreement/words")
async def say(request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash) -> Response:
    """Agree, object, or go on with a note."""
    form = await request.form()
    given = str(form.get("stance") or "")

    async def act(tx: Connection) -> Answer:
        if given not in set(Stance):
            raise WordsMissing(field="stance")
        await acts.say(tx, actor, window_id, stance=Stance(given), words=str(form.get("words") or ""))
        return Answer(303, None, {"Location": f"/intake/consultation/{window_id}/agreement"})

    return await _carried(request, actor, window_id, key, body_hash, act)


async def _carried(
    request: Request, actor: Actor, window_id: UUID, key: str | None, body_hash: str, act: Act
) -> Response:
    try:
        return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)
    except NotAsked:
        raise
    except Refused as refused:
        return await _page(request, actor, window_id, refused)


def _persons(form: FormData) -> tuple[Asked, ...]:
    return tuple(Asked("", one, True) for one in _chosen(form, "decides"))


def _units(form: FormData, name: str, *, decides: bool) -> tuple[Asked, ...]:
    return tuple(Asked(one, "", decides) for one in _chosen(form, name))


def _chosen(form: FormData, name: str) -> list[str]:
    return [value for value in form.getlist(name) if isinstance(value, str) and value]


async def _page(request: Request, actor: Actor, window_id: UUID, refused: Refused | None = None) -> HTMLResponse:
    async with database(request).read() as conn:
        found = await agreement_of(conn, actor, window_id)
    return render(
        request,
        "agreement.html",
        status=refused.status if refused else 200,
        window=found.window,
        draft=found.draft,
        asked=found.asked,
        said=found.said,
        stances=STANCE_WORDS,
        mine=found.mine,
        ours=found.ours,
        units={unit: name for unit, name in found.units.items() if unit != found.window.drafting_unit},
        all_units=found.units,
        persons={person: name for person, name in found.colleagues.items() if person != actor.person_id},
        names=found.names,
        revision=found.revision,
        left=found.left,
        refused=told(refused),
    )
