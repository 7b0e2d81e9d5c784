"""The words of a mail: what the message says, looked up in the rule book and written in both languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from services.kernel.contracts.messages import Deadline
from services.kernel.contracts.notify import Tell
from services.kernel.contracts.refusals import NotFound, Words
from services.kernel.procedure.rules import RuleBook
from services.kernel.procedure.words import stage_words
from services.kernel.runtime import language
from services.kernel.runtime.display import date_words, day_words
from services.kernel.runtime.language import Language
from services.kernel.runtime.settings import Settings

UNKNOWN_DAY = Words(
    "暂不能确定：有关年份的工作日安排尚未载入", "cannot be fixed yet: that year's working days are not loaded"
)
AWAITS_ACCEPTANCE = Words(
    "自受理之日起计算，受理后确定", "counted from the day of acceptance; fixed once the matter is accepted"
)
ENDINGS = {
    "issued": Words("已经公布", "published"),
    "rejected": Words("集体审议没有通过", "not passed by the meeting"),
    "unlawful": Words("审核意见为不合法，办理终止", "found unlawful; the procedure ends"),
    "withdrawn": Words("起草单位已经撤回", "withdrawn by the drafting unit"),
}
T = TypeVar("T")
LANGUAGES: tuple[Language, Language] = ("zh", "en")


@dataclass(frozen=True)
class Basis:
    """A rule as a mail quotes it."""

    words: Words
    article: Words


def words_for(tell: Tell, book: RuleBook, settings: Settings) -> dict[str, Any]:
    """Everything that the templates may say about one fact; what is not known is None."""
    return {
        "title": tell.document.title,
        "stage": _stage(tell, book),
        "due": _deadline(tell.due, settings.zone) if tell.due else None,
        "basis": _basis(tell.rule_id or (tell.due.rule_id if tell.due else None), book),
        "outcome": _outcome(tell, book) if tell.outcome else None,
        "doc_number": tell.doc_number,
        "received": tell.received,
        "at": _instant(tell.at, settings.zone) if tell.at else None,
        "closes": _end(tell.at, settings.zone) if tell.at else None,
        "link": settings.public_url.rstrip("/") + tell.link,
        "office": settings.office_name,
    }


def _stage(tell: Tell, book: RuleBook) -> Words:
    return stage_words(book, tell.document.kind, tell.stage)


def _basis(rule_id: str | None, book: RuleBook) -> Basis | None:
    rule = _found(lambda: book.rule(rule_id)) if rule_id else None
    return Basis(rule.words, rule.article) if rule else None


def _outcome(tell: Tell, book: RuleBook) -> Words:
    code = tell.outcome or ""
    if tell.event == "ended" and code in ENDINGS:
        return ENDINGS[code]
    return _found(lambda: book.outcome(code).words) or Words(code, code)


def _found(look: Callable[[], T]) -> T | None:
    try:
        return look()
    except NotFound:
        return None


def _deadline(due: Deadline, zone: ZoneInfo) -> Words:
    if due.awaits:
        return AWAITS_ACCEPTANCE
    if due.last_day is None:
        return UNKNOWN_DAY
    end = due.ends_at.astimezone(zone) if due.ends_at else None
    clock = "24:00" if end is None or end.time() == time.min else f"{end:%H:%M:%S}"
    day = due.last_day
    return _both(lambda: day_words(day), clock)


def _instant(moment: datetime, zone: ZoneInfo) -> Words:
    here = moment.astimezone(zone)
    return _both(lambda: date_words(here.date()), f"{here:%H:%M}")


def _end(moment: datetime, zone: ZoneInfo) -> Words:
    here = moment.astimezone(zone)
    if here.time() != time.min:
        return _instant(moment, zone)
    last_day = (here - datetime.resolution).date()
    return _both(lambda: day_words(last_day), "24:00")


def _both(day: Callable[[], str], clock: str) -> Words:
    written = []
    for tongue in LANGUAGES:
        with language.reading(tongue):
            written.append(day())
    return Words(f"{written[0]} {clock}", f"{written[1]}, {clock}")
