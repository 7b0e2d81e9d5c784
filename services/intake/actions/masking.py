"""Masking: the machine looks through new comments and proposes, people of the office decide."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.intake.domain import moderation
from services.intake.domain.hints import hints_in
from services.intake.domain.mask_patterns import Kind
from services.intake.domain.masking import found, places_of
from services.intake.store import masks, windows
from services.intake.store.moderation import is_own
from services.kernel.contracts.refusals import Invalid, Words
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection

AT_ONCE = 500


class Decision(BaseModel):
    """What becomes of a place: given by its offsets, or by the words that stand there (every place of them)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    comment: UUID
    covered: bool
    kind: Kind = Kind.NAME
    start: int | None = Field(default=None, ge=0)
    end: int | None = Field(default=None, ge=1)
    words: str = Field(default="", max_length=200)


class NoSuchPlace(Invalid):
    """Not a place of a comment of this window."""

    code = "masking.place"
    title = Words("意见里没有这个位置", "No such place in the comment")
    remedy = Words("请核对意见和文字，照原文抄写。", "Check the comment and copy the words as they stand.")


async def propose(tx: Connection, *, before: UUID) -> int:
    """Look through comments that came before that id, and keep what is found; how many were looked through."""
    unread = await masks.unread(tx, before=before, limit=AT_ONCE)
    if not unread:
        return 0
    await masks.propose(tx, [(one, span) for one in unread for span in found(one.body) if not span.certain])
    await masks.hint(tx, [(one, hint) for one in unread for hint in hints_in(f"{one.body}\n{one.files}")])
    await masks.read_through(tx, unread[-1])
    return len(unread)


async def decide(tx: Connection, actor: Actor, window_id: UUID, decisions: tuple[Decision, ...]) -> int:
    """Cover places or lay them open; how many places. Raises WindowUnknown, NotModerator, NoSuchPlace, OwnWords."""
    window = await windows.get(tx, window_id)
    moderation.allows(unit_id=actor.unit_id, roles=actor.roles, drafting_unit=window.drafting_unit)
    own = await is_own(tx, window_id, actor.person_id)
    count = 0
    for index, one in enumerate(decisions):
        places = await _places(tx, window_id, one)
        if not places:
            raise NoSuchPlace(field=f"decisions.{index}")
        if own and not await masks.known_places(tx, one.comment) >= set(places):
            raise moderation.OwnWords(field=f"decisions.{index}")
        await masks.decide(
            tx, window_id, one.comment, places, kind=one.kind, covered=one.covered, by=actor.person_id
        )  # fmt: skip
        count += len(places)
    return count


async def _places(tx: Connection, window_id: UUID, one: Decision) -> tuple[tuple[int, int], ...]:
    body = await masks.body_of(tx, window_id, one.comment)
    if body is None:
        return ()
    if one.start is None or one.end is None:
        return places_of(body, one.words)
    return ((one.start, one.end),) if one.start < one.end <= len(body) else ()
