"""Windows, comments and feedback as the public and the offices see them. Never who commented."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.intake.domain.answers import DISPOSITION_WORDS, Disposition
from services.intake.domain.comments import CHANNEL_WORDS, Channel
from services.intake.domain.mail import mailbox_of
from services.intake.domain.window_acts import ACT_WORDS, Act
from services.intake.domain.windows import STATE_WORDS, WindowState, last_second, remaining_words
from services.intake.shown.words import readable, reason_words
from services.intake.store.attachments import Attachment
from services.intake.store.comments import Comment
from services.intake.store.window_acts import Change
from services.intake.store.windows import Window
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import language

# Programs branch on fewer states than people read.
PLAIN_STATES = {WindowState.CLOSING: WindowState.OPEN, WindowState.SUMMARISED: WindowState.CLOSED}


def window_out(
    window: Window, book: RuleBook, changes: list[Change] | None = None, *, mail_domain: str
) -> dict[str, Any]:
    """A window for programs, in the reader's language. `mail_domain` is where mail comes in; empty: nowhere."""
    reader = language.current()
    known = window.rule_id in book.rules
    out = {
        "window_id": str(window.id),
        "document_id": str(window.document_id),
        "title": window.title,
        "kind": window.kind,
        "drafting_unit": window.drafting_unit,
        "version": window.version,
        "text_hash": window.text_hash,
        "state": PLAIN_STATES.get(window.state, window.state).value,
        "state_words": STATE_WORDS[window.state][0].of(reader),
        "opens_at": window.opens_at.isoformat(),
        "closes_at": window.closes_at.isoformat(),
        "closed_at": window.closed_at.isoformat() if window.closed_at else None,
        "suspended_at": window.suspended_at.isoformat() if window.suspended_at else None,
        "stopped_at": window.stopped_at.isoformat() if window.stopped_at else None,
        "last_second": last_second(window.closes_at),
        "now": window.now.isoformat(),
        "remaining": remaining_words(window.closes_at - window.now).of(reader) if window.is_open else None,
        "rule": window.rule_id,
        "article": book.rule(window.rule_id).article.of(reader) if known else None,
        "shortening_reason": window.shortening_reason,
        "notice": window.notice,
        "mailbox": mailbox_of(window.id, mail_domain),
        "received": window.received if window.closed_at else 0,
        "links": {
            "page": f"/intake/consultation/{window.id}",
            "comments": f"/intake/windows/{window.id}/comments",
            "feedback": f"/intake/consultation/{window.id}/feedback",
        },
    }
    if changes is not None:
        out["changes"] = [
            {
                "kind": change.kind,
                "kind_words": ACT_WORDS[Act(change.kind)][0].of(reader),
                "changed_at": change.changed_at.isoformat(),
                "unit": change.unit,
                "from": change.from_closes_at.isoformat(),
                "to": change.to_closes_at.isoformat(),
                "reason": change.reason,
            }
            for change in changes
        ]
    return out


def receipt_out(comment: Comment, window: Window, *, hidden_because: str = "") -> dict[str, Any]:
    """A comment as its author finds it by the receipt; the answer only once the answers are public."""
    reader = language.current()
    answered = window.answers_published_at is not None and comment.disposition is not None
    return {
        "receipt": comment.receipt,
        "window_id": str(window.id),
        "title": window.title,
        "state": PLAIN_STATES.get(window.state, window.state).value,
        "state_words": STATE_WORDS[window.state][0].of(reader),
        "channel": comment.channel,
        "channel_words": CHANNEL_WORDS[Channel(comment.channel)].of(reader),
        "clause": comment.clause,
        "body": comment.body,
        "body_hash": comment.body_hash,
        "received_at": comment.received_at.isoformat(),
        "closes_at": window.closes_at.isoformat(),
        "version": comment.text_version,
        "withdrawn_at": comment.withdrawn_at.isoformat() if comment.withdrawn_at else None,
        "hidden": {
            "reason": comment.hidden_reason,
            "reason_words": reason_words(comment.hidden_reason),
            "words": hidden_because,
            "hidden_at": comment.hidden_at.isoformat() if comment.hidden_at else None,
        }
        if comment.hidden_reason
        else None,
        "answer": answer_out(comment) if answered else None,
    }


def comment_out(comment: Comment, files: Sequence[Attachment] = ()) -> dict[str, Any]:
    """A comment for those who answer it; of one that was taken back only that it came and went."""
    return {
        "comment_id": str(comment.id),
        "channel": comment.channel,
        "clause": comment.clause,
        "body": "" if comment.withdrawn_at else readable(comment.body, comment.hidden_reason, comment.decided),
        "hidden": comment.hidden_reason,
        "group": str(comment.group_id) if comment.group_id else None,
        "received_at": comment.received_at.isoformat(),
        "withdrawn_at": comment.withdrawn_at.isoformat() if comment.withdrawn_at else None,
        "answer": answer_out(comment) if comment.disposition else None,
        "attachments": files_out(files, f"/intake/comments/{comment.id}"),
    }


def files_out(files: Sequence[Attachment], of: str) -> list[dict[str, Any]]:
    """The files of a comment, with the address under which each can be saved."""
    return [
        {
            "name": file.name,
            "size": file.size,
            "media_type": file.media_type,
            "content_hash": file.content_hash,
            "href": f"{of}/files/{position}",
        }
        for position, file in enumerate(files, 1)
    ]


def answer_out(comment: Comment) -> dict[str, Any]:
    """The answer to one comment."""
    assert comment.disposition is not None
    words = DISPOSITION_WORDS[Disposition(comment.disposition)][0]
    return {
        "disposition": comment.disposition,
        "disposition_words": words.of(language.current()),
        "reason": comment.reason,
        "clause": comment.answer_clause,
    }
