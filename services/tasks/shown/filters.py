"""Saved filters as they are read: in words, and as the address that opens them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from services.kernel.contracts.refusals import Words
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor
from services.tasks.desk import Desk
from services.tasks.domain.due import SOON_WORKING_DAYS
from services.tasks.domain.filters import Due, Kept
from services.tasks.shown.words import Shown, kind_words, stage_words
from services.tasks.store.filters import Saved

OF_VIEWS = {
    "mine": Words("等我办理", "Waiting for me"),
    "unit": Words("同事在办", "With colleagues"),
    "watched": Words("抄送和转出", "Copies and sent on"),
    "by_me": Words("本月我办结", "Closed by me this month"),
    "done": Words("本月办结", "Closed this month"),
}
OF_DUE = {
    Due.OVERDUE: Words("已逾期", "Overdue"),
    Due.TODAY: Words("今日到期", "Due today"),
    Due.SOON: Words(f"{SOON_WORKING_DAYS}个工作日内", f"Within {SOON_WORKING_DAYS} working days"),
    Due.WEEK: Words("本周内", "This week"),
    Due.LATER: Words("本周以后", "After this week"),
}
OF_ORDERS = {
    "due": Words("先到期的在前", "First due first"),
    "arrival": Words("先收到的在前", "First received first"),
    "document": Words("按文件名", "By document"),
}


class SavedShown(Shown):
    """A saved filter; `asks` is what it asks in words, `address` the page that it opens."""

    id: UUID
    name: str
    asked: Kept
    asks: list[str]
    address: str
    mine: bool
    owner_name: str
    default: bool
    shared: bool


def saved_shown(desk: Desk, actor: Actor, saved: Saved, units: Mapping[str, str]) -> SavedShown:
    """A saved filter as the actor reads it; `units` are the names of units by id."""
    return SavedShown(
        id=saved.id,
        name=saved.name,
        asked=saved.asked,
        asks=asks_of(desk.book, saved.asked, units),
        address=address_of(saved.asked),
        mine=saved.person_id == actor.person_id,
        owner_name=saved.person_name,
        default=saved.is_default,
        shared=saved.is_shared,
    )


def address_of(asked: Kept) -> str:
    """The page of the inbox that shows what a filter asks."""
    return "/tasks/inbox?" + urlencode(asked.model_dump(mode="json", exclude_none=True))


def asks_of(book: RuleBook, asked: Kept, units: Mapping[str, str]) -> list[str]:
    """What a filter asks, one phrase for each condition."""
    reader = language.current()
    said = [OF_VIEWS[asked.view].of(reader)]
    if asked.stage:
        said.append(any_stage(book, asked.stage))
    if asked.kind:
        said.append(kind_words(book, asked.kind))
    said += [units.get(asked.unit, asked.unit)] if asked.unit else []
    if asked.due:
        said.append(OF_DUE[asked.due].of(reader))
    said += [f"“{asked.q}”"] if asked.q else []
    return [*said, OF_ORDERS[asked.by].of(reader)] if asked.view not in ("by_me", "done") else said


def any_stage(book: RuleBook, stage: str) -> str:
    """The name of a step by whichever kind of document has it."""
    names = (stage_words(book, kind, stage) for kind in book.kinds)
    return next((name for name in names if name != stage), stage)
