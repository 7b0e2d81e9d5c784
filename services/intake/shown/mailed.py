"""Mail about a window as its drafting unit sees it: the clause of each mailed opinion, and what did not arrive."""

from __future__ import annotations

from typing import Any

from services.intake.shown.clauses import label_of
from services.intake.shown.words import readable
from services.intake.store.clauses import Mailed
from services.intake.store.mails import Undelivered
from services.kernel.contracts.refusals import Words
from services.kernel.runtime import language
from services.kernel.text.clauses import Clause

KIND_WORDS = {
    "receipt": Words("回执", "Receipt"),
    "answers": Words("答复已公布的通知", "Notice that the answers are public"),
}


def mailed_out(one: Mailed, found: tuple[Clause, ...]) -> dict[str, Any]:
    """A mailed opinion with its clause, and whether the machine or a person set it."""
    return {
        "comment_id": str(one.id),
        "body": readable(one.body, one.hidden_reason, one.decided),
        "received_at": one.received_at,
        "clause": one.clause,
        "clause_words": label_of(found, one.clause).of(language.current()),
        "set_by": one.set_by or "machine",
        "set_at": one.set_at,
    }


def undelivered_out(one: Undelivered) -> dict[str, Any]:
    """A mail that did not arrive."""
    return {
        "mail_id": str(one.id),
        "kind": one.kind,
        "kind_words": KIND_WORDS[one.kind].of(language.current()),
        "opinions": one.opinions,
        "made_at": one.made_at,
        "sent_at": one.sent_at,
        "bounced_at": one.bounced_at,
        "failed": one.failed,
        "retries": one.retries,
    }
