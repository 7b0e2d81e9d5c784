"""The sheet of a consultation: what was asked and said is checked, signed with the step, and drawn on the round's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, get_args

from services.kernel.contracts.facts import Facts
from services.kernel.contracts.refusals import Words
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import directory, language
from services.kernel.runtime.auth import Actor, may_act_as
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role, Unit
from services.review.actions.deciding import Matter, insist
from services.review.domain import consultations as domain
from services.review.domain.commands import FileStep
from services.review.domain.consultation_commands import MEMO_HEADINGS, Coordinate, Memo, Stance, Take
from services.review.domain.consultation_refusals import TERM
from services.review.domain.consultations import SILENCE, Asked
from services.review.domain.rounds import Round
from services.review.sheets.consultation.read import Read, needs_ruling, read
from services.review.sheets.sheet import Closing
from services.review.store.reports import Report

NOW = "select clock_timestamp()"


class Mark(NamedTuple):
    """A state as the page shows it: class (colour and shape) and word."""

    state: str
    words: str


@dataclass(frozen=True)
class Row:
    """One unit on the page: where it stands, and what became of its opinion."""

    asked: Asked
    mark: Mark
    taken: Take | None
    taken_mark: Mark | None


@dataclass(frozen=True)
class ConsultationShown:
    """The sheet as a page draws it."""

    found: Read
    now: datetime
    units: Sequence[Unit]
    round_: Round
    ruled_here: bool
    days: int
    article: str

    @property
    def rows(self) -> list[Row]:
        """Everybody who was asked."""
        return [self._row(one) for one in self.found.asked]

    def _row(self, one: Asked) -> Row:
        taken = self.found.takings.get(one.ordinal)
        said = mark(domain.TAKING_WORDS[taken.taken]) if taken else None
        return Row(one, mark(domain.STANCE_WORDS[one.standing(self.now)]), taken, said)

    @property
    def meetings(self) -> list[tuple[Report, Coordinate]]:
        """The meetings that brought the units together, with who recorded each."""
        return [(one, Coordinate.model_validate(one.body)) for one in self.found.meetings]

    def own(self, actor: Actor) -> Asked | None:
        """The request that the reader's own people may answer."""
        if not self.round_.is_open:
            return None
        return next(
            (one for one in self.found.live if one.unit_id == actor.unit_id and may_act_as(actor, one.role)), None
        )

    def may_rule(self, actor: Actor) -> bool:
        """Whether the reader heads the authority to which the dispute went."""
        head = Role.CHIEF in actor.roles and actor.unit_id == self.round_.issuer_unit
        return self.round_.is_open and head and self.ruled_here and self.found.memo is not None

    @property
    def ruling_mark(self) -> Mark | None:
        """How the dispute was ruled on."""
        ruling = self.found.ruling
        return mark(domain.RULING_WORDS[ruling.ruling]) if ruling else None

    @property
    def memo_rows(self) -> list[tuple[str, str, str]]:
        """Field, heading and text of the memo."""
        reader, memo = language.current(), self.found.memo or Memo()
        return [(name, words.of(reader), getattr(memo, name)) for name, words in MEMO_HEADINGS.items()]

    @property
    def stances(self) -> list[tuple[str, str, None]]:
        """What a unit may reply."""
        said = {name: pair for name, pair in domain.STANCE_WORDS.items() if name in get_args(Stance)}
        return [(code, words, None) for code, words in _options(said)]

    @property
    def rulings(self) -> list[tuple[str, str, None]]:
        """How the head may rule."""
        return [(code, words, None) for code, words in _options(domain.RULING_WORDS)]

    @property
    def takings(self) -> list[tuple[str, str]]:
        """What may become of an opinion."""
        return _options(domain.TAKING_WORDS)


class ConsultationSheet:
    """See the package."""

    template = "sheet_consultation.html"

    async def closing(self, tx: Connection, matter: Matter, command: FileStep, book: RuleBook) -> Closing:
        """Everything asked and said goes on record.

        Raises NobodyAsked, ReplyAwaited, NotTaken, StillSilent, InDispute, RuledAgainst.
        """
        found, ruled = await read(tx, matter.round_.id), needs_ruling(matter.round_, book)
        silence = str(book.parameter(SILENCE))
        insist(domain.filing_refused(found, matter.now, silence=silence, needs_ruling=ruled))
        said = {"consultation": _details(found, matter.now, silence)}
        return Closing(said, Facts(consultation=domain.facts_of(found, matter.now)))

    async def shown(self, conn: Connection, round_: Round, book: RuleBook) -> ConsultationShown:
        """The units, their replies, the dispute, and who may still be asked."""
        found, term = await read(conn, round_.id), book.rule(TERM)
        taken = {one.unit_id for one in found.live} | {round_.drafting_unit}
        there = {office.unit_id for office in await directory.offices(conn)} if round_.is_open else set()
        return ConsultationShown(
            found=found,
            now=await conn.fetchval(NOW),
            units=[unit for unit in await directory.units(conn) if unit.id in there - taken],
            round_=round_,
            ruled_here=needs_ruling(round_, book),
            days=term.value or 0,
            article=term.article.of(language.current()),
        )


def mark(pair: tuple[Words, str]) -> Mark:
    """A pair of words and class, for the reader."""
    return Mark(pair[1], pair[0].of(language.current()))


def _options(pairs: Mapping[Any, tuple[Words, str]]) -> list[tuple[str, str]]:
    return [(code, words.of(language.current())) for code, (words, _) in pairs.items()]


def _details(found: Read, now: datetime, silence: str) -> dict[str, Any]:
    disputes = found.disputes()
    return {
        "outcome": "escalated" if disputes else "agreed",
        "silence_means": silence,
        "units": [_unit(one, found.takings.get(one.ordinal), now) for one in found.asked],
        "meetings": [dict(each.body) for each in found.meetings],
        "dispute": found.memo.model_dump(mode="json") if disputes and found.memo else None,
        "ruling": found.ruling.model_dump(mode="json") if disputes and found.ruling else None,
        "ruled_by": found.ruling_by.person_id if disputes and found.ruling_by else None,
    }


def _unit(one: Asked, taken: Take | None, now: datetime) -> dict[str, Any]:
    reply = one.reply
    return {
        "unit_id": one.unit_id,
        "unit_name": one.unit_name,
        "asked_at": one.asked_at.isoformat(),
        "due_on": one.due.last_day.isoformat() if one.due.last_day else None,
        "standing": one.standing(now),
        "opinion": reply.opinion if reply else "",
        "replied_by": reply.person_id if reply else None,
        "on_behalf_of": reply.on_behalf_of if reply else None,
        "replied_at": reply.replied_at.isoformat() if reply else None,
        "taken": taken.model_dump(mode="json", exclude={"unit_id"}) if taken else None,
    }
