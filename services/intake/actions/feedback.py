"""After the close: the summary, which is public at once, and the answers, which are public together."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import rfc8785

from services.intake.actions.comment import NotWithdrawn
from services.intake.actions.seal import seal_comments, sealed_fact
from services.intake.actions.versions import belongs_to
from services.intake.domain.answers import AnswersPublished as Published
from services.intake.domain.answers import AnswerTarget, Given, faults, incomplete
from services.intake.domain.comments import ReceiptUnknown, read_receipt
from services.intake.domain.dossier import Fact, actor_of
from services.intake.domain.ids import uuid7
from services.intake.domain.plans import PUBLIC_COMMENT
from services.intake.domain.submission import several
from services.intake.domain.summary import Heard, Shown, summarise
from services.intake.domain.windows import BeingClosed, StillOpen, closing_key
from services.intake.store import answers, comments, documents, dossier, summaries, windows
from services.intake.store.windows import Window
from services.kernel.contracts.intake import AnswersPublished, SummaryRecorded
from services.kernel.contracts.lifecycle import OPINIONS_ANSWERED, OpinionsAnswered
from services.kernel.contracts.refusals import Refused
from services.kernel.contracts.seals import ALGORITHM
from services.kernel.procedure.deadlines import OFFICE_ZONE
from services.kernel.runtime import outbox
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role

ADOPTION, ZERO = "comment.adoption", "comment.zero"


async def record_summary(tx: Connection, window_id: UUID, blobs: Blobs) -> SummaryRecorded:
    """Count and seal what came, keep the summary, write it into the dossier; it is public from the commit on.

    The second time answers with what was recorded. Raises StillOpen.
    """
    window = await windows.get_locked(tx, window_id)
    if window.summary_at is not None and (recorded := await summaries.find(tx, window_id)) is not None:
        return SummaryRecorded(summary_hash=recorded.summary_hash, received=recorded.received, late=recorded.late)
    if window.closed_at is None:
        raise StillOpen
    counts = await comments.counts_of(tx, window_id)
    heard = [Heard(**vars(brief)) for brief in await comments.briefs_of(tx, window_id, OFFICE_ZONE.key)]
    summary = summarise(_shown(window), heard, withdrawn=counts.withdrawn, late=counts.late)
    seal = await seal_comments(tx, window, blobs)
    summary["seal"] = {"algorithm": ALGORITHM, "ordinal": seal.ordinal, "size": seal.size, "root": seal.root}
    summary_hash = await blobs.put(rfc8785.dumps(summary))
    ordinal = await summaries.add(tx, window_id, summary_hash=summary_hash, received=counts.received, late=counts.late)
    await windows.mark_summarised(tx, window_id)
    await dossier.add(tx, window.document_id, _closed(window, counts.received, ordinal))
    await dossier.add(tx, window.document_id, sealed_fact(window, seal))
    await dossier.add(tx, window.document_id, _summarised(window, summary_hash, counts, ordinal))
    return SummaryRecorded(summary_hash=summary_hash, received=counts.received, late=counts.late)


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

    Raises NotOurs, StillOpen, BeingClosed, AnswersPublished, AnswerTarget, AnswerReason, SeveralWrong.
    """
    window = await windows.get_locked(tx, window_id)
    belongs_to(actor, await documents.get_locked(tx, window.document_id))
    if window.summary_at is None:
        raise StillOpen if window.is_open else BeingClosed
    if window.answers_published_at is not None:
        raise Published
    several(faults(given))
    done = 0
    wrong: list[Refused] = []
    for index, one in enumerate(given):
        count = await _put(tx, window_id, one, actor.person_id)
        done += count
        if count == 0:
            wrong.append(AnswerTarget(field=f"answers.{index}.comment_id"))
    several(wrong)
    return await settle(tx, window, actor.person_id, done)


async def settle(tx: Connection, window: Window, actor_id: str, answered_now: int) -> Answered:
    """Count the balance of a locked window; when received = answered + withdrawn for the first time, tell the phase."""
    counts, tally = await comments.counts_of(tx, window.id), await answers.tally(tx, window.id)
    state = Answered(answered_now, counts.received, tally.answered, counts.withdrawn)
    if state.left == 0 and await windows.mark_answered(tx, window.id):
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


async def publish_answers(tx: Connection, window_id: UUID) -> AnswersPublished:
    """Make the answers public, on the feedback page and on each receipt. Raises StillOpen, AnswersIncomplete."""
    window = await windows.get_locked(tx, window_id)
    if window.summary_at is None:
        raise StillOpen
    counts, tally = await comments.counts_of(tx, window_id), await answers.tally(tx, window_id)
    if refusal := incomplete(counts.received, tally.answered, counts.withdrawn):
        raise refusal
    if await windows.mark_published(tx, window_id):
        await dossier.add(
            tx,
            window.document_id,
            Fact(
                key=f"window/{window_id}/answers_published",
                type="answers_published",
                stage=PUBLIC_COMMENT,
                text_hash=window.text_hash,
                rule_id=ADOPTION,
                detail={"window_id": str(window_id), **vars(tally), "withdrawn": counts.withdrawn},
            ),
        )
    return AnswersPublished(
        answered=tally.answered, adopted=tally.adopted, partly=tally.partly, not_adopted=tally.not_adopted
    )


async def withdraw_comment(tx: Connection, actor: Actor, window_id: UUID, code: str) -> None:
    """Take a comment back for its author, who shows the receipt. Raises NotOurs, ReceiptUnknown, NotWithdrawn."""
    window = await windows.get_locked(tx, window_id)
    belongs_to(actor, await documents.get(tx, window.document_id))
    comment = await comments.by_receipt(tx, read_receipt(code))
    if comment.window_id != window_id:
        raise ReceiptUnknown(field="receipt")
    if await comments.withdraw(tx, comment.receipt) is None:
        raise NotWithdrawn
    if window.summary_at is not None:
        await settle(tx, window, actor.person_id, 0)


async def _put(tx: Connection, window_id: UUID, given: Given, by: str) -> int:
    if given.comment_id is not None:
        return await answers.put_one(
            tx, window_id, given.comment_id,
            disposition=given.disposition, reason=given.reason, clause=given.clause, by=by,
        )  # fmt: skip
    return await answers.put_group(
        tx, window_id, given.group or "",
        disposition=given.disposition, reason=given.reason, clause=given.clause, by=by,
    )  # fmt: skip


def _shown(window: Window) -> Shown:
    assert window.closed_at is not None
    return Shown(
        window_id=window.id,
        document_id=window.document_id,
        title=window.title,
        version=window.version,
        text_hash=window.text_hash,
        opens_at=window.opens_at,
        closes_at=window.closes_at,
        closed_at=window.closed_at,
    )


def _closed(window: Window, received: int, ordinal: int) -> Fact:
    return Fact(
        key=closing_key(window.id, "closed", ordinal),
        type="window_closed",
        stage=PUBLIC_COMMENT,
        occurred_at=window.closed_at,
        text_hash=window.text_hash,
        rule_id=window.rule_id,
        detail={"window_id": str(window.id), "closes_at": window.closes_at.isoformat(), "received": received},
    )


def _summarised(window: Window, summary_hash: str, counts: comments.Counts, ordinal: int) -> Fact:
    return Fact(
        key=closing_key(window.id, "summary", ordinal),
        type="summary",
        stage=PUBLIC_COMMENT,
        text_hash=window.text_hash,
        record_hash=summary_hash,
        rule_id=ADOPTION if counts.received else ZERO,
        detail={"window_id": str(window.id), "received": counts.received, "late": counts.late},
    )


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
