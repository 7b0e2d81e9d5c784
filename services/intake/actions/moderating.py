"""Moderation: opinions are hidden from the public and shown again, with a reason, in bulk, and never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.intake.actions.answering import answer, to_answer
from services.intake.domain.answers import Given
from services.intake.domain.dossier import Fact, actor_of
from services.intake.domain.moderation import (
    MOST_ANSWERED,
    MOST_AT_ONCE,
    Act,
    AnswerAtOnce,
    AnswersHidden,
    Moderation,
    NothingChosen,
    OwnDocument,
    TooMany,
    allows,
    check,
)
from services.intake.domain.plans import PUBLIC_COMMENT
from services.intake.store import answers, comments, documents, dossier, windows
from services.intake.store import moderation as store
from services.intake.store.moderation import NewAct
from services.intake.store.windows import Window
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role

RULE = "comment.moderation"


@dataclass(frozen=True)
class Moderated:
    """What an act did, and how many opinions of the window are hidden now, by reason."""

    ordinal: int
    changed: int
    hidden: dict[str, int]
    left: int | None = None


async def moderate(tx: Connection, actor: Actor, window_id: UUID, given: Moderation) -> Moderated:
    """Hide opinions or show them again; the act, its reason and its count go into the dossier. Comments go on arriving.

    With an answer, each opinion that is hidden now is answered in the same transaction, over what it was answered
    before; `left` says how many still wait. Raises WindowUnknown, NotModerator, NoReason, NothingChosen, OwnDocument,
    TooMany, AnswersHidden, and what answering is refused with.
    """
    window = await (to_answer(tx, actor, window_id) if given.answer else windows.get(tx, window_id))
    allows(unit_id=actor.unit_id, roles=actor.roles, drafting_unit=window.drafting_unit)
    reason = check(given)
    if given.act is Act.HIDDEN and await store.is_own(tx, window_id, actor.person_id):
        raise OwnDocument
    await documents.get_locked(tx, window.document_id)
    chosen = await _chosen(tx, window_id, given)
    if len(chosen) > MOST_AT_ONCE:
        raise TooMany
    if given.act is Act.HIDDEN:
        changed = await store.hide(tx, window_id, chosen, by=actor.person_id, reason=reason)
    else:
        changed = await store.show(tx, window_id, chosen)
    if not changed:
        raise NothingChosen(field="comments")
    act = NewAct(given.act, reason, given.words, given.chosen_by, actor.person_id, actor.unit_id)
    ordinal = await store.add_act(tx, window_id, act, changed)
    hidden = await store.hidden_counts(tx, window_id)
    await dossier.add(tx, window.document_id, _fact(window, actor, act, ordinal, len(changed), hidden))
    left = await _answer(tx, actor, window_id, given.answer, changed) if given.answer else None
    return Moderated(ordinal, len(changed), hidden, left)


async def _answer(
    tx: Connection, actor: Actor, window_id: UUID, given: AnswerAtOnce, comment_ids: Sequence[UUID]
) -> int:
    if len(comment_ids) > MOST_ANSWERED:
        raise AnswersHidden(field="answer")
    seen = await answers.revision_of(tx, window_id)
    each = [
        Given(comment_id=one, seen=seen, disposition=given.disposition, reason=given.reason, clause=given.clause)
        for one in await comments.standing(tx, comment_ids)
    ]
    return (await answer(tx, actor, window_id, tuple(each))).left


async def _chosen(tx: Connection, window_id: UUID, given: Moderation) -> list[UUID]:
    hidden, limit = given.act is Act.SHOWN, MOST_AT_ONCE + 1
    if given.group is not None:
        return await store.chosen_group(tx, window_id, given.group, hidden=hidden, limit=limit)
    if given.search:
        return await store.chosen_by_words(tx, window_id, given.search, hidden=hidden, limit=limit)
    return await store.chosen(tx, window_id, given.comments, hidden=hidden)


def _fact(window: Window, actor: Actor, act: NewAct, ordinal: int, count: int, hidden: dict[str, int]) -> Fact:
    """How many and why, never the words of an opinion nor those of the moderator, who may quote it."""
    role = Role.DRAFTER if actor.unit_id == window.drafting_unit else Role.LEGALITY_REVIEWER
    return Fact(
        key=f"window/{window.id}/moderation/{ordinal}",
        type=f"comments_{act.act}",
        stage=PUBLIC_COMMENT,
        actor=actor_of(actor.person_id, actor.unit_id, role),
        text_hash=window.text_hash,
        rule_id=RULE,
        detail={
            "window_id": str(window.id),
            "reason": act.reason,
            "chosen_by": act.chosen_by,
            "count": count,
            "hidden_now": hidden,
        },
    )
