"""What lies before a legality review, for programs: with names and articles in the reader's language."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.kernel.procedure.checklist import checklist_of
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import language
from services.kernel.runtime.db import Connection
from services.review.actions.receiving import listed_materials
from services.review.store import receiving, rounds


class MaterialOut(BaseModel):
    """One paper that the stage asks for; `state` is None while nobody has looked."""

    material: str
    state: str | None
    reason: str


class ItemOut(BaseModel):
    """One kind of forbidden content; `answer` is None while the drafting office has not answered.

    `about_this_text` says whether the answer was given about the text of this round.
    """

    item: str
    question: str
    article: str
    answer: str | None
    basis: str
    about_this_text: bool


class UrgencyOut(BaseModel):
    """Why less than the reserved time was asked for."""

    model_config = ConfigDict(from_attributes=True)

    basis: str
    reason: str
    wanted_by: datetime


class ReceivingOut(BaseModel):
    """Completeness of a round: `accepted_at` is None until the matter is accepted."""

    accepted_at: datetime | None
    materials: list[MaterialOut]
    checklist: list[ItemOut]
    urgency: UrgencyOut | None


async def receiving_out(conn: Connection, round_id: UUID, book: RuleBook) -> ReceivingOut:
    """Read it. Raises UnknownRound."""
    round_, reader = await rounds.get_round(conn, round_id), language.current()
    checks = await receiving.checks_of(conn, round_id)
    given = await receiving.checklist_of(conn, round_.document_id)
    accepted = await receiving.find_acceptance(conn, round_id)
    urgency = await receiving.find_urgency(conn, round_id)
    materials = [
        MaterialOut(
            material=name,
            state=checks[name].state if name in checks else None,
            reason=checks[name].reason if name in checks else "",
        )
        for name in (listed_materials(book, round_) if round_.form == "legality" else ())
    ]
    items = [
        ItemOut(
            item=item.id,
            question=item.words.of(reader),
            article=item.citation.words(reader),
            answer=given[item.id].answer if item.id in given else None,
            basis=given[item.id].basis if item.id in given else "",
            about_this_text=item.id in given and given[item.id].text_hash == round_.text_hash,
        )
        for item in checklist_of(round_.kind)
    ]
    return ReceivingOut(
        accepted_at=accepted.accepted_at if accepted else None,
        materials=materials,
        checklist=items,
        urgency=UrgencyOut.model_validate(urgency) if urgency else None,
    )
