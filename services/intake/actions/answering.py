"""Answering: by group or by opinion, never over somebody else's answer unseen; published when none is left."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from services.intake.actions.versions import belongs_to
from services.intake.domain.agreement import Asked, Stance, Word, may_go_out
from services.intake.domain.answers import AnswerMoved, AnswerTarget, Given, faults, incomplete
from services.intake.domain.answers import AnswersPublished as Published
from services.intake.domain.dossier import Fact, actor_of
from services.intake.domain.ids import uuid7
from services.intake.domain.plans import PUBLIC_COMMENT
from services.intake.domain.submission import several
from services.intake.domain.table import sealed
from services.intake.domain.windows import BeingClosed, StillOpen, closing_key
from services.intake.store import agreement, answers, comments, documents, dossier, lines, mails, summaries, windows
from services.intake.store.answers import NewAnswer, Put, Tally
from services.intake.store.comments import Counts
from services.intake.store.windows import Window
from services.kernel.contracts.intake import AnswersPublished
from services.kernel.contracts.lifecycle import OPINIONS_ANSWERED, OpinionsAnswered
from services.kernel.contracts.refusals import Refused
from services.kernel.runtime import outbox
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role

ADOPTION = "comment.adoption"


@dataclass(frozen=True)
class Answered:
    """What a batch of answers did, and what is left."""

    answered_now: int
    received: int
    answered: int
    withdrawn: int

    @property
    def left(self) -> int:
        """Comments still without an answer."""
        return self.received - self.answered - self.withdrawn


async def answer(tx: Connection, actor: Actor, window_id: UUID, given: tuple[Given, ...]) -> Answered:
    """Answer comments, one by one or in groups; when none is left, the phase is told.

    Raises NotOurs, StillOpen, BeingClosed, AnswersPublished, AnswerTarget, AnswerReason, AnswerMoved, SeveralWrong.
    """
    window = await to_answer(tx, actor, window_id)
    several(faults(given))
    numbers = _numbered(given)
    first = await answers.next_revisions(tx, window_id, len(numbers))
    done = 0
    wrong: list[Refused] = []
    for index, one in enumerate(given):
        put = await _put(tx, _new(window_id, one, actor.person_id, first + numbers[_said(one)]), one)
        done += put.written
        if put.moved:
            wrong.append(AnswerMoved(field=f"answers.{index}.seen"))
        elif put.targets == 0:
            wrong.append(AnswerTarget(field=f"answers.{index}.comment_id"))
    several(wrong)
    return await settle(tx, window, actor.person_id, done)


async def to_answer(tx: Connection, actor: Actor, window_id: UUID) -> Window:
    """The locked window, if the actor may answer in it now. Raises NotOurs, StillOpen, BeingClosed, AnswersPublished."""
    window = await windows.get_locked(tx, window_id)
    belongs_to(actor, await documents.get_locked(tx, window.document_id))
    if window.summary_at is None:
        raise StillOpen if window.is_open else BeingClosed
    if window.answers_published_at is not None:
        raise Published
    return window


async def settle(tx: Connection, window: Window, actor_id: str, answered_now: int) -> Answered:
    """Count the balance of a locked window; when received = answered + withdrawn for the first time, tell the phase."""
    counts, tally = await comments.counts_of(tx, window.id), await answers.tally(tx, window.id)
    state = Answered(answered_now, counts.received, tally.answered, counts.withdrawn)
    if state.left == 0 and await _agreed(tx, window) and await windows.mark_answered(tx, window.id):
        recorded = await summaries.find(tx, window.id)
        ordinal = recorded.ordinal if recorded else 1
        await dossier.add(tx, window.document_id, _all_answered(window, state, actor_id, ordinal))
        await outbox.signal(
            tx,
            key=str(window.document_id),
            workflow_id=window.reply_to,
            name=OPINIONS_ANSWERED,
            message=OpinionsAnswered(
                event_id=uuid7(),
                window_id=window.id,
                answered=state.answered,
                withdrawn=state.withdrawn,
                actor_id=actor_id,
            ),
            trace=window.trace,
        )
    return state


async def _agreed(tx: Connection, window: Window) -> bool:
    """Whether those to whom a draft of the answers was sent let it go on; true where none was sent."""
    draft = await agreement.newest(tx, window.id)
    if draft is None:
        return True
    readers = [Asked(one.unit_id, one.person_id, one.decides) for one in await agreement.readers_of(tx, draft.id)]
    said = [
        Word(one.person_id, one.unit_id, Stance(one.stance), one.revision)
        for one in await agreement.said_of(tx, draft.id)
    ]
    return may_go_out(readers, said, await answers.revision_of(tx, window.id))


async def publish_answers(tx: Connection, window_id: UUID, blobs: Blobs) -> AnswersPublished:
    """Make the answers public, on the feedback page and on each receipt, and seal their table into the dossier.

    Raises StillOpen, AnswersIncomplete.
    """
    window = await windows.get_locked(tx, window_id)
    if window.summary_at is None:
        raise StillOpen
    counts, tally = await comments.counts_of(tx, window_id), await answers.tally(tx, window_id)
    if refusal := incomplete(counts.received, tally.answered, counts.withdrawn):
        raise refusal
    if await windows.mark_published(tx, window_id):
        await mails.queue_answers(tx, window_id)
        await dossier.add(tx, window.document_id, await _sealed(tx, window, counts, tally, blobs))
    return AnswersPublished(
        answered=tally.answered, adopted=tally.adopted, partly=tally.partly, not_adopted=tally.not_adopted
    )


async def _sealed(tx: Connection, window: Window, counts: Counts, tally: Tally, blobs: Blobs) -> Fact:
    """Keep the table of opinions as it is published; the fact that says so."""
    found = await lines.live(tx, window.id)
    figures = {"received": counts.received, "withdrawn": counts.withdrawn, **vars(tally)}
    head = {"window_id": str(window.id), "title": window.title, "text_hash": window.text_hash, **figures}
    table_hash = await blobs.put(sealed(head, (_row(place, line) for place, line in enumerate(found, 1))))
    await lines.keep(tx, window.id, table_hash, found)
    return Fact(
        key=f"window/{window.id}/answers_published",
        type="answers_published",
        stage=PUBLIC_COMMENT,
        text_hash=window.text_hash,
        record_hash=table_hash,
        rule_id=ADOPTION,
        detail={"window_id": str(window.id), "lines": len(found), **figures},
    )


def _row(place: int, line: lines.Line) -> dict[str, object]:
    return {
        "line": place,
        "size": line.size,
        "about": line.about,
        "opinion": line.body_hash,
        "disposition": line.disposition,
        "reason": line.reason,
        "clause": line.clause,
    }


def _numbered(given: tuple[Given, ...]) -> dict[tuple[str, str, str], int]:
    """Each answer that differs from the others has a number of its own: groups that are merged later stay apart."""
    return {said: number for number, said in enumerate(dict.fromkeys(_said(one) for one in given))}


def _said(given: Given) -> tuple[str, str, str]:
    return given.disposition, given.reason, given.clause


def _new(window_id: UUID, given: Given, by: str, revision: int) -> NewAnswer:
    return NewAnswer(
        window_id=window_id,
        disposition=given.disposition,
        reason=given.reason,
        clause=given.clause,
        by=by,
        revision=revision,
        seen=given.seen,
    )


async def _put(tx: Connection, new: NewAnswer, given: Given) -> Put:
    if given.comment_id is not None:
        return await answers.put_one(tx, given.comment_id, new)
    assert given.group is not None  # `faults` has seen to it
    return await answers.put_group(tx, given.group, new)


def _all_answered(window: Window, state: Answered, actor_id: str, ordinal: int) -> Fact:
    return Fact(
        key=closing_key(window.id, "answered", ordinal),
        type="answered",
        stage=PUBLIC_COMMENT,
        actor=actor_of(actor_id, window.drafting_unit, Role.DRAFTER),
        text_hash=window.text_hash,
        rule_id=ADOPTION,
        detail={"answered": state.answered, "withdrawn": state.withdrawn, "received": state.received},
    )
