"""Precedents: who may look for them, and what is asked."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.kernel.contracts.refusals import Forbidden, Words
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.kernel.text import search
from services.review.actions.papers import DRAFTER
from services.review.store import precedents
from services.review.store.precedents import Precedent, Wanted

PAGE = 20
READERS = frozenset({"legality_reviewer", "filing_clerk", "meeting_clerk", "supervisor", "chief", "member"})
Line = Annotated[str, Field(max_length=100)]


class Question(BaseModel):
    """What is looked for; empty fields ask for nothing. `before` is where the next page begins."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    q: Line = ""
    clause: Line = ""
    basis: Line = ""
    nature: Line = ""
    stage: Line = ""
    outcome: Line = ""
    before: Annotated[int, Field(ge=0, le=2**62)] = 0


class PrecedentOut(BaseModel):
    """A point (or an opinion as a whole, then without clause and nature) with what became of it."""

    model_config = ConfigDict(from_attributes=True)

    round_id: UUID
    title: str
    kind: str
    stage: str
    ordinal: int
    outcome: str
    opinion: str
    clause: str
    nature: str
    text: str
    basis: str
    proposed: str
    adoption: str
    answer: str


class PrecedentsOut(BaseModel):
    """A page of precedents; `next` is the `before` of the next one."""

    precedents: list[PrecedentOut]
    next: int | None


class MayNotSearch(Forbidden):
    """Precedents are for those who review, decide or draft."""

    code = "precedents.forbidden"
    title = Words("您没有检索以往审核意见的权限", "You may not search earlier opinions")
    remedy = Words("请由审核、备案、会议或者起草人员检索。", "Ask somebody who reviews, files, convenes or drafts.")


def may_search(actor: Actor) -> bool:
    """Whether precedents are open to the actor at all."""
    return bool(actor.roles & (READERS | {DRAFTER}))


async def look_for(conn: Connection, actor: Actor, question: Question) -> tuple[list[Precedent], int | None]:
    """One page of what answers to the question, and where the next begins. Raises MayNotSearch."""
    if not may_search(actor):
        raise MayNotSearch
    folded = search.fold(question.q)
    wanted = Wanted(
        query=search.query(folded),
        folded=folded,
        clause=question.clause,
        basis=search.fold(question.basis),
        nature=question.nature,
        stage=question.stage,
        outcome=question.outcome,
        drafting_unit="" if actor.roles & READERS else actor.unit_id,
        before=question.before,
    )
    found = await precedents.search(conn, wanted, limit=PAGE + 1)
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


async def found_by(conn: Connection, actor: Actor, question: Question) -> PrecedentsOut:
    """The same, for programs."""
    found, following = await look_for(conn, actor, question)
    return PrecedentsOut(precedents=[PrecedentOut.model_validate(one) for one in found], next=following)
