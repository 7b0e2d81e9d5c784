"""Names for what the record holds as codes, in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from services.kernel.contracts.refusals import NotFound, Words
from services.kernel.procedure import words
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import language
from services.kernel.runtime.directory import ROLE_WORDS
from services.kernel.runtime.language import Language
from services.tasks.desk import Desk
from services.tasks.domain.agenda import INSPECTION
from services.tasks.domain.due import DueDate, Light, standing
from services.tasks.domain.items import PERSON, Item, Sort
from services.tasks.domain.reasons import if_left_alone

# How errands end: the rule book knows only how stages do.
OF_ERRANDS: dict[str | None, Words] = {
    "answered": Words("已答复", "answered"),
    "read": Words("已阅", "read"),
    "settled": Words("已经办理", "dealt with"),
    "parent_closed": Words("所办事项已经办结，不再需要", "no longer needed: the matter is closed"),
}
PERSONAL = Words("本人", "yourself")
# What waits on something that is no document of the rule book.
OF_MATTERS = {INSPECTION: Words("行政督查", "Inspection")}


class Shown(BaseModel):
    """What leaves this service as JSON, or goes into a page."""

    model_config = ConfigDict(frozen=True)


class DueShown(Shown):
    """A due date, and how it stands now. `days` are working days, left or late; null where they cannot be counted."""

    on: date | None
    target_on: date | None
    ends_at: datetime | None
    provisional: bool
    light: Light
    days: int | None


class RuleShown(Shown):
    """The rule behind a date: what it asks, where it stands, and whether anybody has checked it against the text."""

    id: str
    words: str
    article: str
    unverified: bool


def due_shown(desk: Desk, due: DueDate) -> DueShown:
    """`due` as it stands at the desk's clock. A provisional day is not shown: it would be a guess."""
    stands = standing(due, desk.now(), desk.calendar)
    on = None if due.provisional else due.on
    ends_at = None if due.provisional else due.ends_at
    return DueShown(
        on=on,
        target_on=due.target_on,
        ends_at=ends_at,
        provisional=due.provisional,
        light=stands.light,
        days=stands.days,
    )


def rule_shown(book: RuleBook, rule_id: str | None) -> RuleShown | None:
    """The rule of that id, or None where none was named or this book does not hold it."""
    rule = book.rules.get(rule_id) if rule_id else None
    if rule is None:
        return None
    reader = language.current()
    return RuleShown(
        id=rule.id, words=rule.words.of(reader), article=rule.article.of(reader), unverified=rule.verified == "M"
    )


def article_of(book: RuleBook, rule_id: str) -> str:
    """The citation of a rule that this service rests on; empty where the book does not hold it."""
    rule = rule_shown(book, rule_id)
    return rule.article if rule else ""


def stage_words(book: RuleBook, kind: str, stage: str) -> str:
    """The name of a stage, or of what is done between stages."""
    return words.stage_words(book, kind, stage).of(language.current())


def kind_words(book: RuleBook, kind: str) -> str:
    """The name of a kind of document, or of a matter like one."""
    if kind in OF_MATTERS:
        return OF_MATTERS[kind].of(language.current())
    try:
        return book.kind(kind).name.of(language.current())
    except NotFound:
        return kind


def outcome_words(book: RuleBook, outcome: str | None) -> str | None:
    """What an outcome code means."""
    if outcome in OF_ERRANDS:
        return OF_ERRANDS[outcome].of(language.current())
    known = book.outcomes.get(outcome or "")
    return known.words.of(language.current()) if known else outcome


class Said(NamedTuple):
    """What the codes of an item mean, in one language."""

    kind: str
    stage: str
    role: str
    outcome: str | None
    rule: RuleShown | None
    if_left_alone: str


def said_of(book: RuleBook, item: Item) -> Said:
    """The words for an item. The same few stand in every line of every list, so they are put into words once."""
    codes = (item.kind, item.stage, item.role, item.outcome, item.rule_id, item.sort)
    return _said(book, language.current(), *codes)


@lru_cache(maxsize=4096)
def _said(
    book: RuleBook,
    reader: Language,
    kind: str,
    stage: str,
    role: str,
    outcome: str | None,
    rule_id: str | None,
    sort: Sort,
) -> Said:
    with language.reading(reader):
        return Said(
            kind_words(book, kind),
            stage_words(book, kind, stage),
            role_words(role),
            outcome_words(book, outcome),
            rule_shown(book, rule_id),
            if_left_alone(sort, stage).of(reader),
        )


def role_words(role: str) -> str:
    """The name of an office; what belongs to one person, of none."""
    if role == PERSON:
        return PERSONAL.of(language.current())
    return ROLE_WORDS[role].of(language.current()) if role in ROLE_WORDS else role
