"""What people wrote, as it may be read: covered where it holds personal data, and not at all where it is hidden."""

from __future__ import annotations

from collections.abc import Sequence

from services.intake.domain.comments import RETENTION
from services.intake.domain.masking import decided, shown
from services.intake.domain.moderation import words_for
from services.kernel.contracts.refusals import Words
from services.kernel.procedure.rules import RuleBook
from services.kernel.procedure.words import limit_words
from services.kernel.runtime import language

HIDDEN = Words("（这条意见已隐藏：{reason}）", "(This opinion is hidden: {reason})")


def readable(body: str, hidden_reason: str | None, decisions: Sequence[Sequence[int]] | None) -> str:
    """An opinion for anybody's eyes. Every page, answer of the interface, export and mail of others' words asks here."""
    if hidden_reason is not None:
        return HIDDEN.of(language.current()).format(reason=reason_words(hidden_reason))
    return shown(body, decided(decisions))


def reason_words(reason: str) -> str:
    """A reason for hiding, in the reader's language."""
    return words_for(reason).of(language.current())


def retention(book: RuleBook) -> dict[str, str] | None:
    """How long contacts are kept after the answers are public, with the article; None without a rule."""
    rule, reader = book.rules.get(RETENTION), language.current()
    limit = limit_words(rule) if rule else None
    if rule is None or limit is None:
        return None
    return {"limit": limit.of(reader), "article": rule.article.of(reader)}
