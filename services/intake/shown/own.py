"""One's own comment as its receipt shows it: the words, the group, the answer, the changed clause, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.intake.actions.comment import look_up
from services.intake.shown.changes import ClauseShown, answered_with, changes_between
from services.intake.shown.windows import receipt_out
from services.intake.store import attachments, clauses, groups, moderation, seals, versions
from services.intake.store.attachments import Attachment
from services.intake.store.comments import Comment
from services.intake.store.groups import Group
from services.intake.store.seals import Seal
from services.intake.store.versions import Version
from services.intake.store.windows import Window
from services.kernel.procedure.calendar import Calendar
from services.kernel.procedure.deadlines import Due, due
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import language
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.kernel.text.diff import ChangeKind

TERM, WITHDRAWAL = "comment.feedback_term", "comment.withdrawal"


@dataclass(frozen=True)
class Own:
    """Everything that the record holds about one comment for its author."""

    comment: Comment
    window: Window
    hidden_because: str
    files: list[Attachment]
    group: Group | None
    seal: Seal | None
    before: Version
    after: Version
    clause_by_machine: bool

    @property
    def may_withdraw(self) -> bool:
        """Whether the author may still take it back."""
        window = self.window
        goes_on = window.is_open or (window.suspended_at is not None and window.closed_at is None)
        return goes_on and self.comment.withdrawn_at is None


async def own_comment(conn: Connection, code: str) -> Own:
    """What stands behind a receipt. Raises ReceiptUnknown."""
    comment, window = await look_up(conn, code)
    return Own(
        comment=comment,
        window=window,
        hidden_because=(await moderation.words_of(conn, [comment.id])).get(comment.id, ""),
        files=await attachments.of_comment(conn, comment.id),
        group=await _group(conn, comment, window),
        seal=await seals.newest(conn, window.id),
        before=await versions.get(conn, window.document_id, comment.text_version),
        after=await answered_with(conn, window),
        clause_by_machine=bool(comment.clause and await clauses.set_by_machine(conn, comment.id)),
    )


async def _group(conn: Connection, comment: Comment, window: Window) -> Group | None:
    if window.summary_at is None or (group_id := await groups.group_of(conn, comment.id)) is None:
        return None
    return (await groups.several(conn, window.id, [group_id])).get(group_id)


async def changed_clause(found: Own, blobs: Blobs) -> ClauseShown | None:
    """What became of the clause that the answer names, or else of the one commented on; None before the answers."""
    if found.window.answers_published_at is None:
        return None
    changes = await changes_between(blobs, found.before.text_hash, found.after.text_hash)
    return changes.of(found.comment.answer_clause or "") or changes.of(found.comment.clause)


def answers_due(window: Window, book: RuleBook, calendar: Calendar) -> Due | None:
    """Until when the answers are to be published; None where no rule says so."""
    rule = book.rules.get(TERM)
    return due(rule, counted_from=window.closed_at or window.closes_at, calendar=calendar) if rule else None


def article_of(book: RuleBook, rule_id: str) -> str | None:
    """The citation of a rule, in the reader's language."""
    return book.rule(rule_id).article.of(language.current()) if rule_id in book.rules else None


async def own_out(found: Own, blobs: Blobs, book: RuleBook, calendar: Calendar) -> dict[str, Any]:
    """One's own comment for programs, in the reader's language."""
    code, term = found.comment.receipt, answers_due(found.window, book, calendar)
    change = await changed_clause(found, blobs)
    return {
        **receipt_out(found.comment, found.window, hidden_because=found.hidden_because),
        "attachments": [vars(file) for file in found.files],
        "group": {"name": found.group.name, "size": found.group.size} if found.group else None,
        "change": _change_out(found, change) if change else None,
        "answers_due": {
            "ends_at": term.ends_at.isoformat() if term.ends_at else None,
            "provisional": term.provisional,
            "rule": term.rule_id,
            "article": article_of(book, term.rule_id),
        }
        if term
        else None,
        "may_withdraw": found.may_withdraw,
        "sealed": found.seal is not None,
        "links": {
            "page": f"/intake/receipt?receipt={code}",
            "proof": f"/intake/receipts/{code}/proof",
            "withdraw": f"/intake/receipts/{code}/withdraw",
            "window": f"/intake/windows/{found.window.id}",
        },
    }


def _change_out(found: Own, change: ClauseShown) -> dict[str, Any]:
    return {
        "kind": change.kind.value,
        "changed": change.kind is not ChangeKind.SAME,
        "from_version": found.before.version,
        "to_version": found.after.version,
        "runs": [run.model_dump(mode="json") for run in change.runs],
    }
