"""How something is put on a sheet: the round is locked, open, of that stage, and the person has a part in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.kernel.contracts.refusals import Conflict, Words
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor, require
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import insist
from services.review.actions.papers import DRAFTER
from services.review.domain.commands import Command
from services.review.domain.rounds import Round, closed
from services.review.store import reports, rounds


class OtherSheet(Conflict):
    """What was sent belongs to another stage."""

    code = "sheet.other_stage"
    title = Words("这一轮不收这种材料", "This round does not collect that")
    remedy = Words("请在相应环节的页面上报送。", "Send it to the round of its own stage.")


class Collected(BaseModel):
    """The receipt: the row under which it is kept."""

    id: UUID


@dataclass(frozen=True)
class Act:
    """One act on a sheet: its name in addresses, its words, what carries it out, what its fields are called."""

    name: str
    command: type[Command]
    carry_out: Callable[[Connection, Actor, UUID, Any, RuleBook], Awaitable[BaseModel]]
    labels: Mapping[str, Words]


async def held(tx: Connection, actor: Actor, round_id: UUID, stage: str) -> tuple[Round, datetime]:
    """Lock a round for somebody of the drafting unit, or who decides it; with the database's clock.

    Refused: UnknownRound, OtherSheet, Forbidden, RoundClosed.
    """
    round_, now = await rounds.lock_round(tx, round_id)
    if round_.stage != stage:
        raise OtherSheet(field="round_id")
    if not drafts(actor, round_):
        require(actor, role=round_.role, unit_id=round_.unit_id)
    insist(closed(round_))
    return round_, now


async def held_by_drafter(tx: Connection, actor: Actor, round_id: UUID, stage: str) -> tuple[Round, datetime]:
    """As `held`, for the drafting unit alone."""
    round_, now = await held(tx, actor, round_id, stage)
    require(actor, role=DRAFTER, unit_id=round_.drafting_unit)
    return round_, now


def drafts(actor: Actor, round_: Round) -> bool:
    """Whether somebody drafts in the unit that drafted this document."""
    return actor.unit_id == round_.drafting_unit and DRAFTER in actor.roles


async def report(tx: Connection, actor: Actor, round_: Round, part: str, command: Command) -> Collected:
    """File a part of the sheet; what was filed before stays on record, the newest counts."""
    return Collected(id=await reports.add(tx, round_.id, part, command.model_dump(mode="json"), actor))
