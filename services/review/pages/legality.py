"""Acts of legality review by form: completeness, forbidden content, urgency, answers to points; and precedents."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from services.kernel.procedure.checklist import checklist_of
from services.kernel.procedure.rules import Stage
from services.kernel.runtime import language
from services.kernel.runtime.auth import Signed, database, settings_of
from services.kernel.runtime.db import Connection
from services.kernel.runtime.pages import render
from services.review.actions import letters, receiving
from services.review.actions.receiving import listed_materials
from services.review.domain.commands import (
    AcceptMatter,
    AnswerChecklist,
    AnswerPoint,
    CheckMaterials,
    DeclareUrgency,
)
from services.review.pages.forms import instant
from services.review.pages.legality_view import ADOPTIONS
from services.review.pages.sending import FromForm, or_back
from services.review.pages.words import NATURES, mark, outcome_mark
from services.review.precedents import Question, look_for
from services.review.store import rounds
from services.review.wiring import book_of

router = APIRouter(prefix="/review", include_in_schema=False)
SEEN = ("text_hash", "materials_hash")


@router.post("/round/{round_id}/materials")
async def check_materials(request: Request, sent: FromForm) -> Response:
    """Keep the check of the papers; with `do=accept` accept the matter as well."""
    async with database(request).read() as conn:
        listed = listed_materials(book_of(request), await rounds.get_round(conn, sent.round_id))
    form = sent.form
    given = {**_plain(form, *SEEN), "materials": _materials(form, listed)}
    accepting = form.get("do") == "accept"

    async def run(tx: Connection) -> None:
        if accepting:
            accepted = AcceptMatter.model_validate(given)
            await receiving.accept(tx, sent.actor, sent.round_id, accepted, book=book_of(request))
        else:
            checked = CheckMaterials.model_validate(given)
            await receiving.check_materials(tx, sent.actor, sent.round_id, checked, book=book_of(request))

    return await or_back(request, sent, run, "accepted" if accepting else "checked")


@router.post("/round/{round_id}/checklist")
async def answer_checklist(request: Request, sent: FromForm) -> Response:
    """Answer for forbidden content, for the drafting office."""
    async with database(request).read() as conn:
        round_ = await rounds.get_round(conn, sent.round_id)
    given = [
        {"item": item.id, "answer": sent.form.get(f"item_{item.id}"), "basis": sent.form.get(f"basis_{item.id}", "")}
        for item in checklist_of(round_.kind)
        if sent.form.get(f"item_{item.id}")
    ]

    async def run(tx: Connection) -> None:
        command = AnswerChecklist.model_validate({"answers": given})
        await receiving.answer_checklist(tx, sent.actor, sent.round_id, command)

    return await or_back(request, sent, run, "checklist")


@router.post("/round/{round_id}/urgency")
async def declare_urgency(request: Request, sent: FromForm) -> Response:
    """Ask for less than the reserved time, for the drafting office."""
    given = {
        "basis": sent.form.get("urgency_basis", ""),
        "reason": sent.form.get("urgency_reason", ""),
        "wanted_by": instant(sent.form, "wanted_by", settings_of(request).zone),
    }

    async def run(tx: Connection) -> None:
        command = DeclareUrgency.model_validate(given)
        await receiving.declare_urgency(tx, sent.actor, sent.round_id, command)

    return await or_back(request, sent, run, "urgency")


@router.post("/round/{round_id}/points/{point_id}/answer")
async def answer_point(request: Request, sent: FromForm, point_id: UUID) -> Response:
    """Say what was made of a point, for the drafting office."""

    async def run(tx: Connection) -> None:
        command = AnswerPoint.model_validate(_plain(sent.form, "adoption", "words"))
        await letters.answer_point(tx, sent.actor, sent.round_id, point_id, command)

    return await or_back(request, sent, run, "point")


@router.get("/precedent")
async def show_precedents(request: Request, actor: Signed, question: Annotated[Question, Query()]) -> HTMLResponse:
    """Points and opinions of decided rounds, found by words, clause, basis, nature, stage and outcome."""
    async with database(request).read() as conn:
        found, following = await look_for(conn, actor, question)
    book, reader = book_of(request), language.current()
    stages = {stage.id: stage for kind in book.kinds.values() for stage in kind.stages if stage.form == "legality"}
    return render(
        request,
        "precedents.html",
        asked=question,
        found=[(one, outcome_mark(one.outcome, book), _stage_name(stages[one.stage])) for one in found],
        outcomes=[(code, outcome_mark(code, book).words) for code in _outcomes(stages)],
        natures={code: mark(pair) for code, pair in NATURES.items()},
        adoptions={code: mark(pair) for code, pair in ADOPTIONS.items()},
        stages=[(stage.id, stage.name.of(reader)) for stage in stages.values()],
        following=str(request.url.include_query_params(before=following).query) if following else None,
    )


def _outcomes(stages: dict[str, Stage]) -> list[str]:
    return list(dict.fromkeys(code for stage in stages.values() for code in stage.outcomes))


def _stage_name(stage: Stage) -> str:
    return stage.name.of(language.current())


def _plain(form: FormData, *names: str) -> dict[str, str]:
    return {name: value for name in names if isinstance(value := form.get(name), str)}


def _materials(form: FormData, listed: tuple[str, ...]) -> list[dict[str, object]]:
    """The papers by their place in the list; one without a choice is left as it was."""
    return [
        {"material": name, "state": form[f"material_{place}"], "reason": form.get(f"reason_{place}", "")}
        for place, name in enumerate(listed, start=1)
        if form.get(f"material_{place}")
    ]
