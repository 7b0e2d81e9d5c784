"""Inspections for programs: the list, one inspection, and one POST for each act."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ValidationError

from services.kernel.runtime.auth import Actor, Signed
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer
from services.tasks.actions import inspections as actions
from services.tasks.actions.inspections import Inspected
from services.tasks.desk import Desk, carry_out, desk_of
from services.tasks.domain import inspection_commands as commands
from services.tasks.domain.inspections import Inspection, InspectionUnknown
from services.tasks.domain.verbs import Command
from services.tasks.store import inspections as store

router = APIRouter(prefix="/tasks/inspection-records", tags=["督查"])


@dataclass(frozen=True)
class Act:
    """One act in an inspection: its name in addresses, its command, what carries it out."""

    name: str
    command: type[Command]
    run: Callable[[Connection, Actor, UUID, Any, Desk], Awaitable[Inspected]]


ACTS = (
    Act("approval", commands.Approve, actions.approve),
    Act("members", commands.AddMember, actions.add_member),
    Act("recusals", commands.Recuse, actions.recuse),
    Act("findings", commands.Find, actions.find),
    Act("conclusions", commands.Conclude, actions.conclude),
    Act("receipts", commands.Receive, actions.receive),
    Act("objections", commands.ObjectTo, actions.object_to),
    Act("reviews", commands.ReviewObjection, actions.review),
    Act("checks", commands.Check, actions.check),
    Act("measures", commands.ProposeMeasure, actions.propose_measure),
    Act("measure-decisions", commands.DecideMeasure, actions.decide_measure),
    Act("measure-issues", commands.IssueMeasure, actions.issue_measure),
)


def visible(found: Inspection, actor: Actor) -> bool:
    """Whether somebody may read it."""
    return found.sees(person_id=actor.person_id, unit_id=actor.unit_id, roles=actor.roles)


@router.get("")
async def list_inspections(request: Request, actor: Signed) -> list[dict[str, Any]]:
    """The inspections that concern one, newest in front."""
    async with desk_of(request).db.read() as conn:
        found = await store.inspections(conn)
    return [{**asdict(one), "state": one.state} for one in found if visible(one, actor)]


@router.get("/{inspection_id}")
async def get_inspection(request: Request, actor: Signed, inspection_id: UUID) -> dict[str, Any]:
    """One inspection with everything that belongs to it."""
    async with desk_of(request).db.read() as conn:
        found = await store.inspection(conn, inspection_id)
    if not visible(found, actor):
        raise InspectionUnknown(field="inspection_id")
    return {**asdict(found), "state": found.state}


@router.post("", status_code=201, response_model=Inspected)
async def propose(request: Request, actor: Signed, command: commands.Propose) -> Response:
    """Propose a matter with its plan."""

    async def act(tx: Connection) -> Answer:
        return Answer(201, (await actions.propose(tx, actor, command)).model_dump(mode="json"))

    return (await carry_out(request, actor, act)).response()


def _serve(act: Act) -> None:
    body = {"content": {"application/json": {"schema": act.command.model_json_schema()}}, "required": True}

    @router.post(
        f"/{{inspection_id}}/{act.name}",
        status_code=201,
        response_model=Inspected,
        name=act.name,
        description=act.run.__doc__,
        openapi_extra={"requestBody": body},
    )
    async def post(request: Request, actor: Signed, inspection_id: UUID) -> Response:
        try:
            command = act.command.model_validate_json(await request.body())
        except ValidationError as error:
            raise RequestValidationError(error.errors()) from error

        async def run(tx: Connection) -> Answer:
            done = await act.run(tx, actor, inspection_id, command, desk_of(request))
            return Answer(201, done.model_dump(mode="json"))

        return (await carry_out(request, actor, run)).response()


for _act in ACTS:
    _serve(_act)
