"""Where a document stands, as its page draws it: steps, timeline, who is waited for, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.intake.shown.documents import Standing, state_words
from services.intake.store import people
from services.intake.store.stages import StageRow
from services.kernel.contracts.refusals import Words
from services.kernel.procedure.calendar import Calendar
from services.kernel.procedure.clock import ClockStep
from services.kernel.procedure.deadlines import office_day
from services.kernel.procedure.rules import UnknownStage
from services.kernel.procedure.words import STEP_WORDS, due_words
from services.kernel.runtime import language
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import ROLE_WORDS, Role

STEP_STATES = {"done": "done", "now": "now", "ahead": "off", "not_applicable": "na", "again": "warn"}
MISSING = Words("缺", "Missing")
AGAIN = Words("须重新确认", "To be confirmed again")


@dataclass(frozen=True)
class Wait:
    """Somebody is waited for: in which stage, who, since when, until when, how much time is left."""

    stage: Words
    ordinal: int
    who: str
    since: datetime
    due: date | None
    left: Words
    state: str
    article: str | None


def steps(found: Standing) -> list[dict[str, str]]:
    """The steps up to publication that this document walks, in order."""
    reader = language.current()
    shown = [step for step in found.clock.steps if step.stage.phase == "before_publication" and _is_walked(step)]
    return [{"name": step.stage.name.of(reader), "state": STEP_STATES[step.state]} for step in shown]


def _is_walked(step: ClockStep) -> bool:
    return step.state != "not_applicable" and (step.stage.mandatory or step.state != "ahead")


def timeline(found: Standing) -> list[dict[str, Any]]:
    """Every stage with its days, its limit, its rule and article."""
    return [_event(found, step) for step in found.clock.steps]


def _event(found: Standing, step: ClockStep) -> dict[str, Any]:
    reader = language.current()
    words, state = STEP_WORDS[step.state]
    rounds = [row for row in found.rounds if row.stage == step.stage.id]
    return {
        "name": step.stage.name.of(reader),
        "state": state,
        "word": words.of(reader),
        "rounds": rounds,
        "outcomes": {row.outcome: _outcome(found, row.outcome) for row in rounds if row.outcome},
        "earliest": step.earliest,
        "due": step.due,
        "provisional": step.provisional and step.state in ("now", "ahead"),
        "missing": step.missing.of(reader) if step.missing else None,
        "rule": step.rule.words.of(reader) if step.rule else None,
        "rule_article": step.rule.article.of(reader) if step.rule else None,
        "unverified": step.rule is not None and step.rule.verified == "M",
        "article": step.stage.citation.words(reader),
    }


def _outcome(found: Standing, code: str) -> str:
    outcome = found.book.outcomes.get(code)
    return outcome.words.of(language.current()) if outcome else VOIDED.of(language.current())


VOIDED = Words("作废，须重新办理", "Voided, to be done again")


async def waits(conn: Connection, found: Standing, calendar: Calendar, now: datetime) -> list[Wait]:
    """Who is waited for now, by name, the most urgent first."""
    waiting = [await _wait(conn, found, row, calendar, office_day(now)) for row in found.waiting]
    return sorted(waiting, key=lambda wait: (wait.due is None, wait.due or date.max))


async def _wait(conn: Connection, found: Standing, row: StageRow, calendar: Calendar, today: date) -> Wait:
    try:
        stage = found.book.kind(found.document.kind).stage(row.stage)
        name, role, article = stage.name, str(stage.actor_role), stage.citation.words(language.current())
    except UnknownStage:
        name, role, article = Words(row.stage, row.stage), "", None
    due = (row.due or {}).get("last_day")
    last_day = date.fromisoformat(due) if due else None
    left = due_words(last_day, today, calendar)
    assert row.opened_at is not None
    return Wait(
        stage=name,
        ordinal=row.ordinal,
        who=await who_holds(conn, role, found.document.drafting_unit),
        since=row.opened_at,
        due=last_day,
        left=left.words,
        state=left.state,
        article=article,
    )


async def who_holds(conn: Connection, role: str, drafting_unit: str) -> str:
    """Those who hold a role, with their unit; for drafters, those of the drafting unit."""
    unit = drafting_unit if role == Role.DRAFTER else None
    holders = await people.holders(conn, role, unit)
    if holders:
        return "、".join(f"{name}（{unit_name}）" for name, unit_name in holders[:3])
    return ROLE_WORDS[role].of(language.current()) if role in ROLE_WORDS else role


def missing(found: Standing) -> list[dict[str, str]]:
    """What stands between now and publication: gates that did not open, stages to be done again, stages under way."""
    reader = language.current()
    blocked = [
        {
            "state": "stop",
            "word": MISSING.of(reader),
            "what": refusal.words.of(reader),
            "who": refusal.remedy.of(reader),
        }
        for refusal in found.blocked
    ]
    under_way = [
        {
            "state": "warn" if step.state == "again" else "now",
            "word": (AGAIN if step.state == "again" else STEP_WORDS["now"][0]).of(reader),
            "what": step.stage.name.of(reader),
            "who": step.stage.citation.words(reader),
        }
        for step in found.clock.steps
        if step.state in ("now", "again") and step.stage.phase == "before_publication"
    ]
    return blocked + under_way


def headline(found: Standing) -> tuple[str, str]:
    """The state of the document in one word, and the class of its mark."""
    document = found.document
    words, state = state_words(found.book, document.kind, document.state, blocked=bool(document.blocked_codes))
    return words.of(language.current()), state
