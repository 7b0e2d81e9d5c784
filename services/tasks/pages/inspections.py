"""督查: the list with the form of a proposal, and one inspection with what each person may do in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from services.kernel.contracts.refusals import Refused, Words
from services.kernel.runtime import directory, language
from services.kernel.runtime.auth import Actor, Signed
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role
from services.kernel.runtime.idempotency import Answer
from services.kernel.runtime.pages import render
from services.kernel.runtime.problems import field_problems
from services.tasks.actions import inspections as actions
from services.tasks.api.inspections import ACTS, Act, visible
from services.tasks.desk import carry_out, desk_of
from services.tasks.domain import inspection_commands as commands
from services.tasks.domain import inspections as domain
from services.tasks.domain.inspections import InspectionUnknown
from services.tasks.shown.words import article_of
from services.tasks.store import inspections as store

router = APIRouter(prefix="/tasks/inspections", include_in_schema=False)
STATES: Mapping[str, tuple[str, Words]] = {
    "proposed": ("hold", Words("等待批准", "Waits for approval")),
    "refused": ("off", Words("不予批准", "Not approved")),
    "under_way": ("now", Words("督查中", "Under way")),
    "concluded": ("done", Words("已有结论", "Concluded")),
}
WORDS: Mapping[str, Words] = {
    "decision": Words("政府决定", "Decision of the government"),
    "instruction": Words("行政首长指示", "Instruction of its head"),
    "proposal": Words("督查机构提出", "Proposal of the inspecting unit"),
    "upheld": Words("维持原结论", "Upheld"),
    "changed": Words("变更结论", "Changed"),
    "withdrawn": Words("撤销结论", "Withdrawn"),
    "done": Words("整改到位", "Put right"),
    "not_done": Words("整改不到位", "Not put right"),
    "praise": Words("通报表扬", "Circular of praise"),
    "criticism": Words("通报批评", "Circular of criticism"),
    "accountability": Words("问责建议", "Proposal of accountability"),
}


@router.get("")
async def show_inspections(request: Request, actor: Signed) -> HTMLResponse:
    """The inspections that concern one; a supervisor may propose another."""
    return await _list(request, actor)


@router.get("/{inspection_id}")
async def show_inspection(request: Request, actor: Signed, inspection_id: UUID) -> HTMLResponse:
    """One inspection."""
    return await _one(request, actor, inspection_id)


@router.post("")
async def propose(request: Request, actor: Signed) -> Response:
    """Propose a matter with its plan."""
    written = await _written(request)
    given = {**written, "scope": _lines(written.get("scope", "")), "objects": await _ticked(request)}
    try:
        command = commands.Propose.model_validate(given)

        async def act(tx: Connection) -> Answer:
            made = await actions.propose(tx, actor, command)
            return Answer(303, headers={"Location": f"/tasks/inspections/{made.id}"})

        return (await carry_out(request, actor, act)).response()
    except (ValidationError, Refused) as wrong:
        return await _list(request, actor, given=written, errors=_errors(wrong))


def _serve(act: Act) -> None:
    @router.post(f"/{{inspection_id}}/{act.name}")
    async def post(request: Request, actor: Signed, inspection_id: UUID) -> Response:
        written = await _written(request)
        try:
            command = act.command.model_validate(written)

            async def run(tx: Connection) -> Answer:
                await act.run(tx, actor, inspection_id, command, desk_of(request))
                return Answer(303, headers={"Location": f"/tasks/inspections/{inspection_id}?did=done"})

            return (await carry_out(request, actor, run)).response()
        except (ValidationError, Refused) as wrong:
            return await _one(request, actor, inspection_id, errors=_errors(wrong))


for _act in ACTS:
    _serve(_act)


async def _written(request: Request) -> dict[str, Any]:
    form = await request.form()
    known = {name for act in ACTS for name in act.command.model_fields} | set(commands.Propose.model_fields)
    return {name: value for name, value in form.items() if isinstance(value, str) and name in known}


async def _ticked(request: Request) -> list[str]:
    return [value for value in (await request.form()).getlist("objects") if isinstance(value, str)]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _errors(wrong: ValidationError | Refused) -> dict[str, str]:
    if isinstance(wrong, Refused):
        if wrong.field is None and wrong.status not in (409, 422):
            raise wrong
        return {wrong.field or "words": wrong.how.of(language.current())}
    return {problem.field.split(".")[0]: problem.detail for problem in field_problems(wrong.errors())}


async def _list(
    request: Request, actor: Actor, *, given: Any = None, errors: dict[str, str] | None = None
) -> HTMLResponse:
    async with desk_of(request).db.read() as conn:
        found = [one for one in await store.inspections(conn) if visible(one, actor)]
        units = await directory.units(conn)
    return render(
        request,
        "inspections.html",
        status=422 if errors else 200,
        inspections=[(one, *_state(one.state)) for one in found],
        units=[(unit.id, unit.short_name) for unit in units if unit.id != actor.unit_id],
        names={unit.id: unit.short_name for unit in units},
        may_propose=Role.SUPERVISOR in actor.roles,
        sources=[(code, _said(code)) for code in ("decision", "instruction", "proposal")],
        article=article_of(desk_of(request).book, domain.RULE),
        given=given or {},
        errors=errors or {},
    )


async def _one(
    request: Request, actor: Actor, inspection_id: UUID, *, errors: dict[str, str] | None = None
) -> HTMLResponse:
    async with desk_of(request).db.read() as conn:
        found = await store.inspection(conn, inspection_id)
        units = await directory.units(conn)
        offices = await directory.offices(conn)
    if not visible(found, actor):
        raise InspectionUnknown(field="inspection_id")
    people = {
        one.person_id: f"{one.person_name}（{one.unit_name}）" for one in offices if one.unit_id not in found.objects
    }
    book = desk_of(request).book
    return render(
        request,
        "inspection.html",
        status=409 if errors else 200,
        it=found,
        state=_state(found.state),
        names={unit.id: unit.short_name for unit in units},
        words={code: _said(code) for code in WORDS},
        people=[
            (person, name) for person, name in people.items() if person not in {m.person_id for m in found.members}
        ],
        me=actor,
        supervises=Role.SUPERVISOR in actor.roles and actor.unit_id == found.unit_id,
        reviews=Role.SUPERVISOR in actor.roles or Role.CHIEF in actor.roles,
        heads=Role.CHIEF in actor.roles,
        inspects=any(one.person_id == actor.person_id and not one.recused for one in found.members),
        article=article_of(book, domain.RULE),
        objection_article=article_of(book, domain.OBJECTION),
        errors=errors or {},
        did=request.query_params.get("did", ""),
    )


def _state(state: str) -> tuple[str, str]:
    mark, words = STATES[state]
    return mark, words.of(language.current())


def _said(code: str) -> str:
    return WORDS[code].of(language.current())
