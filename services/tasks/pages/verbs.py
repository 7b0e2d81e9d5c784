"""Passing an item on, by forms: a page that says what will happen and who is told, then the act, then its result."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, TypeVar
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from services.kernel.contracts.refusals import Invalid
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor, Signed
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer
from services.kernel.runtime.pages import render
from services.kernel.runtime.problems import field_problems
from services.tasks.actions import asking, passing
from services.tasks.desk import Desk, carry_out, desk_of
from services.tasks.domain.items import PERSON
from services.tasks.domain.verbs import Ask, Command, Copy, GiveAnswer, PassAllOn, PassOn, TakeBack
from services.tasks.shown import items as shown
from services.tasks.store import items as item_store
from services.tasks.store import verbs as store
from services.tasks.store.verbs import Colleague

router = APIRouter(prefix="/tasks/inbox", include_in_schema=False)
Verb = Literal["reassign", "hand-over", "ask", "copy"]
COMMANDS: Mapping[Verb, type[Command]] = {"reassign": PassOn, "hand-over": PassOn, "ask": Ask, "copy": Copy}
Problems = dict[str, str]
C = TypeVar("C", bound=Command)


@router.get("/hand-over")
async def all_to_whom(request: Request, actor: Signed) -> HTMLResponse:
    """To whom everything goes that I hold in this unit."""
    return await _all_page(request, actor)


async def _all_page(
    request: Request, actor: Actor, *, errors: Problems | None = None, given: Any = None
) -> HTMLResponse:
    async with desk_of(request).db.read() as conn:
        people = await store.eligible(conn, actor.unit_id, PERSON)
    others = [colleague for colleague in people if colleague.person_id != actor.person_id]
    status = 422 if errors else 200
    return render(
        request, "hand_over.html", status=status, people=_options(others), errors=errors or {}, given=given or {}
    )


@router.post("/hand-over")
async def hand_all_over(request: Request, actor: Signed) -> Response:
    """Hand over all that I hold."""
    form = await request.form()
    command = _read(PassAllOn, form)
    if isinstance(command, dict):
        return await _all_page(request, actor, errors=command, given=_written(form))

    async def act(tx: Connection) -> Answer:
        handed, left = await passing.hand_all_over(tx, actor, command)
        return Answer(303, headers={"Location": f"/tasks/inbox?did=handed-over&handed={len(handed)}&left={len(left)}"})

    return (await carry_out(request, actor, act)).response()


@router.get("/{item_id}/pass/{verb}")
async def to_whom(request: Request, actor: Signed, item_id: UUID, verb: Verb, q: str = "") -> HTMLResponse:
    """Choose the person, and read what will happen."""
    return await _page(request, actor, item_id, verb, q=q)


async def _page(
    request: Request,
    actor: Actor,
    item_id: UUID,
    verb: Verb,
    *,
    q: str = "",
    errors: Problems | None = None,
    given: Mapping[str, str] | None = None,
) -> HTMLResponse:
    desk = desk_of(request)
    async with desk.db.read() as conn:
        found = await shown.one_item(conn, desk, actor, item_id)
        people = await _people(conn, actor, item_id, verb, q.strip()[:40])
    return render(
        request,
        "item_pass.html",
        status=422 if errors else 200,
        item=found.item,
        verb=verb,
        q=q,
        people=_options(people),
        errors=errors or {},
        given=given or {},
    )


async def _people(conn: Connection, actor: Actor, item_id: UUID, verb: Verb, words: str) -> list[Colleague]:
    if verb in ("ask", "copy"):
        return await store.find_people(conn, actor.person_id, actor.unit_id, words)
    item = await item_store.get(conn, item_id)
    found = await store.eligible(conn, passing.unit_for(item, actor), item.role)
    return [colleague for colleague in found if colleague.person_id != item.person_id]


def _options(people: list[Colleague]) -> list[tuple[str, str, str]]:
    return [(each.person_id, each.person_name, f"{each.unit_name} {each.title}".strip()) for each in people]


@router.post("/{item_id}/pass/{verb}")
async def pass_on(request: Request, actor: Signed, item_id: UUID, verb: Verb) -> Response:
    """Carry it out, and say on the item's page what happened."""
    form = await request.form()
    command = _read(COMMANDS[verb], form)
    if isinstance(command, dict):
        return await _page(request, actor, item_id, verb, errors=command, given=_written(form))

    async def act(tx: Connection) -> Answer:
        await _carry(tx, desk_of(request), actor, item_id, command, verb)
        return Answer(303, headers={"Location": await _after(tx, actor, item_id, verb)})

    try:
        return (await carry_out(request, actor, act)).response()
    except Invalid as wrong:
        if wrong.field is None:
            raise
        errors = {wrong.field: wrong.detail.of(language.current())}
        return await _page(request, actor, item_id, verb, errors=errors, given=_written(form))


async def _carry(tx: Connection, desk: Desk, actor: Actor, item_id: UUID, command: Command, verb: Verb) -> None:
    match command:
        case PassOn() if verb == "reassign":
            await passing.reassign(tx, actor, item_id, command)
        case PassOn():
            await passing.hand_over(tx, actor, item_id, command)
        case Ask():
            await asking.ask(tx, actor, item_id, command, calendar=desk.calendar)
        case Copy():
            await asking.copy(tx, actor, item_id, command)
        case _:
            raise LookupError(verb)


async def _after(tx: Connection, actor: Actor, item_id: UUID, verb: str) -> str:
    """The item's page, or the inbox when what was handed away is no longer the actor's to see."""
    item = await item_store.get(tx, item_id)
    return f"/tasks/inbox/{item_id}?did={verb}" if shown.may_open(item, actor) else f"/tasks/inbox?did={verb}"


@router.post("/{item_id}/take-back")
async def take_back(request: Request, actor: Signed, item_id: UUID) -> Response:
    """Take back what I passed on."""
    command = _required(TakeBack, await request.form())
    return await _do(request, actor, item_id, "take-back", lambda tx: passing.take_back(tx, actor, item_id, command))


@router.post("/{item_id}/withdraw")
async def withdraw(request: Request, actor: Signed, item_id: UUID) -> Response:
    """Take a question back."""
    command = _required(TakeBack, await request.form())
    return await _do(request, actor, item_id, "withdraw", lambda tx: asking.withdraw(tx, actor, item_id, command))


@router.post("/{item_id}/answer")
async def answer(request: Request, actor: Signed, item_id: UUID) -> Response:
    """Give the opinion that I was asked for."""
    command = _required(GiveAnswer, await request.form())
    return await _do(request, actor, item_id, "answer", lambda tx: asking.answer(tx, actor, item_id, command))


@router.post("/{item_id}/read")
async def read(request: Request, actor: Signed, item_id: UUID) -> Response:
    """Say that I have read my copy."""
    return await _do(request, actor, item_id, "read", lambda tx: asking.read(tx, actor, item_id))


@router.post("/{item_id}/urge")
async def urge(request: Request, actor: Signed, item_id: UUID) -> Response:
    """Remind whoever has it."""
    book = desk_of(request).book
    return await _do(request, actor, item_id, "urge", lambda tx: asking.urge(tx, actor, item_id, book=book))


async def _do(
    request: Request, actor: Actor, item_id: UUID, did: str, step: Callable[[Connection], Awaitable[object]]
) -> Response:
    async def act(tx: Connection) -> Answer:
        await step(tx)
        return Answer(303, headers={"Location": await _after(tx, actor, item_id, did)})

    return (await carry_out(request, actor, act)).response()


def _written(form: FormData) -> dict[str, str]:
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _read(model: type[C], form: FormData) -> C | Problems:
    """The command in a form, or what is wrong with it by field."""
    given: dict[str, Any] = {name: value for name, value in _written(form).items() if name in model.model_fields}
    if model is Copy:
        given["to"] = [value for value in form.getlist("to") if isinstance(value, str)]
    if not given.get("working_days"):
        given.pop("working_days", None)
    try:
        return model.model_validate(given)
    except ValidationError as wrong:
        return {problem.field.split(".")[0]: problem.detail for problem in field_problems(wrong.errors())}


def _required(model: type[C], form: FormData) -> C:
    """The command in a form. Raises Invalid, naming the field."""
    read_ = _read(model, form)
    if isinstance(read_, dict):
        raise Invalid(field=next(iter(read_)))
    return read_
