"""Seats: a round that several people decide, by the rule all (会签), any (或签) or a part of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Literal, Protocol
from uuid import UUID

from pydantic import BeforeValidator

from services.kernel.contracts.facts import JointFacts
from services.kernel.contracts.lifecycle import Ask
from services.kernel.contracts.refusals import Refused
from services.review.domain import seat_refusals as no
from services.review.domain.commands import Command, Line, Prose, Seen

Tallied = Literal["met", "lost", "open"]
SHORTEST_REASON = 2


class JointRule(StrEnum):
    """How many of the seats must agree."""

    ALL = "all"
    ANY = "any"
    RATIO = "ratio"


class NewSeat(Command):
    """Somebody who is to sign: one person, or whoever holds `role` in a unit (the round's own role if none is named)."""

    person_id: Line = ""
    unit_id: Line = ""
    role: Line = ""


class CallSeats(Seen):
    """Have the round decided by several. The caller takes a seat as well unless `with_me` is false."""

    rule: JointRule = JointRule.ALL
    seats: tuple[NewSeat, ...]
    with_me: bool = True


class AddSeat(Seen):
    """加签: one more seat, signing beside the others, or before or after one of them."""

    person_id: Line = ""
    unit_id: Line = ""
    role: Line = ""
    place: Literal["beside", "before", "after"] = "beside"
    of: Annotated[UUID | None, BeforeValidator(lambda value: value or None)] = None

    @property
    def seat(self) -> NewSeat:
        """Who is to sign."""
        return NewSeat(person_id=self.person_id, unit_id=self.unit_id, role=self.role)


class EndSeat(Command):
    """减签, with its reason."""

    seat_id: UUID
    reason: Prose = ""


class WithdrawSeat(Command):
    """撤回 a seat that one has added."""

    seat_id: UUID


class Someone(Protocol):
    """Who acts, as far as seats need to know."""

    @property
    def person_id(self) -> str: ...
    @property
    def unit_id(self) -> str: ...
    @property
    def roles(self) -> frozenset[str]: ...
    @property
    def scopes(self) -> frozenset[str]: ...
    @property
    def principals(self) -> Sequence[Away]: ...


class Away(Protocol):
    """Somebody for whom another stands in today."""

    @property
    def person_id(self) -> str: ...
    @property
    def roles(self) -> frozenset[str]: ...


@dataclass(frozen=True)
class Seat:
    """One seat with what became of it: an outcome, an end, or neither yet."""

    id: UUID
    round_id: UUID
    ordinal: int
    person_id: str | None
    person_name: str
    unit_id: str
    unit_name: str
    role: str
    leads: bool
    added_by: str | None
    added_name: str
    added_at: datetime
    waits_for: tuple[UUID, ...] = ()
    outcome: str | None = None
    agrees: bool | None = None
    signed_by: str | None = None
    signed_name: str | None = None
    signed_at: datetime | None = None
    ended: str | None = None
    ended_name: str | None = None
    ended_reason: str | None = None
    ended_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        """Whether the seat still counts."""
        return self.ended is None

    @property
    def has_signed(self) -> bool:
        """Whether the seat has signed."""
        return self.outcome is not None

    def is_for(self, someone: Someone) -> bool:
        """Whether that person may fill this seat. A key made with scopes fills only seats of those."""
        if self.person_id is not None:
            return self.person_id == someone.person_id
        return self.unit_id == someone.unit_id and self.role in _usable(someone, someone.roles)

    def is_for_deputy(self, someone: Someone, away: Away) -> bool:
        """Whether that person may fill this seat in the place of another, in the roles that were passed on."""
        if self.role not in _usable(someone, away.roles) or self.unit_id != someone.unit_id:
            return False
        return self.person_id in (None, away.person_id)


@dataclass(frozen=True)
class Joint:
    """A round's joint signing: the rule, which outcomes agree, and every seat that there ever was."""

    round_id: UUID
    rule: JointRule
    part: int
    whole: int
    passing: tuple[str, ...]
    outcomes: tuple[str, ...]
    called_by: str | None
    called_name: str
    called_at: datetime
    seats: tuple[Seat, ...]

    @property
    def live(self) -> tuple[Seat, ...]:
        """The seats that count."""
        return tuple(seat for seat in self.seats if seat.is_live)

    @property
    def needed(self) -> int:
        """How many of the seats must agree."""
        return needed(self.rule, Fraction(self.part, self.whole), len(self.live))

    @property
    def agreed(self) -> int:
        """How many have."""
        return sum(seat.agrees is True for seat in self.live)

    @property
    def tally(self) -> Tallied:
        """Whether the rule is met, can no longer be met, or is still open."""
        if self.live and self.agreed >= self.needed:
            return "met"
        unsigned = sum(not seat.has_signed for seat in self.live)
        return "lost" if self.agreed + unsigned < self.needed else "open"

    @property
    def outcome(self) -> str:
        """What the seats have decided: of the outcomes on the side that won, the one that goes furthest.

        It hangs on who said what, never on who said it first. ValueError while the round is open.
        """
        side = {"met": True, "lost": False}.get(self.tally)
        given = [seat.outcome for seat in self.live if seat.outcome is not None and seat.agrees is side]
        return max(given, key=self.outcomes.index)

    def facts(self) -> JointFacts:
        """What the dossier says of it: who signed in which order of seats."""
        signers = tuple(seat.signed_by for seat in self.live if seat.signed_by)
        return JointFacts(rule=self.rule, seats=len(self.live), needed=self.needed, agreed=self.agreed, signers=signers)

    @property
    def revision(self) -> int:
        """A number that grows with everything that happens to the seats."""
        return len(self.seats) + sum(seat.has_signed or not seat.is_live for seat in self.seats)

    def asks(self) -> tuple[Ask, ...]:
        """The seats as things asked of people. The leading seat has the round's own inbox item."""
        return tuple(
            Ask(
                ordinal=seat.ordinal,
                state=self.state(seat),
                role=seat.role,
                unit_id=seat.unit_id,
                person_id=seat.person_id,
            )
            for seat in self.seats
            if not seat.leads
        )

    def seat(self, seat_id: UUID) -> Seat:
        """The seat of that id. Raises UnknownSeat."""
        found = next((seat for seat in self.seats if seat.id == seat_id), None)
        if found is None:
            raise no.UnknownSeat(field="seat_id")
        return found

    def waits(self, seat: Seat) -> bool:
        """Whether somebody signs before that seat and has not yet."""
        before = [self.seat(first) for first in seat.waits_for]
        return any(first.is_live and not first.has_signed for first in before)

    def state(self, seat: Seat) -> Literal["waiting", "open", "done", "withdrawn"]:
        """Where a seat stands."""
        if not seat.is_live:
            return "withdrawn"
        if seat.has_signed:
            return "done"
        return "waiting" if self.waits(seat) else "open"

    def seat_of(self, someone: Someone, on_behalf_of: str | None = None) -> tuple[Seat, str | None]:
        """The seat in which that person may sign now, and in whose place (None in their own).

        Their own seat comes first, then that of an office, then those of people for whom they stand in; only the last
        when `on_behalf_of` names one of these. Raises NoSeat, SeatWaits.
        """
        free = [seat for seat in self.live if not seat.has_signed]
        theirs = [(seat, None) for seat in free if on_behalf_of is None and seat.is_for(someone)]
        lent = [
            (seat, away.person_id)
            for away in someone.principals
            for seat in free
            if on_behalf_of in (None, away.person_id) and seat.is_for_deputy(someone, away)
        ]
        fitting: list[tuple[Seat, str | None]] = [*theirs, *lent]
        if not fitting:
            raise no.NoSeat
        turn = [(seat, away) for seat, away in fitting if not self.waits(seat)]
        if not turn:
            raise no.SeatWaits
        return min(turn, key=lambda one: (one[1] is not None, one[0].person_id is None, one[0].ordinal))

    def refuses_more(self, new: Seat) -> Refused | None:
        """Why the seat may not be added: there is one for that person or office."""
        same = (new.person_id, new.unit_id, new.role)
        for seat in self.live:
            theirs = (seat.person_id, seat.unit_id, seat.role)
            if theirs == same or (new.person_id is not None and seat.person_id == new.person_id):
                return no.SeatTwice(field="seat")
        return None

    def refuses_end(self, seat: Seat, *, reason: str | None) -> Refused | None:
        """Why the seat may not be taken away; `reason` is None for a withdrawal by whoever added it."""
        if not seat.is_live:
            return no.SeatGone()
        if seat.has_signed:
            return no.SeatActed()
        if len(self.live) == 1:
            return no.LastSeat()
        if reason is not None and len(reason) < SHORTEST_REASON:
            return no.SeatReason(field="reason")
        return None


def _usable(someone: Someone, roles: frozenset[str]) -> frozenset[str]:
    return roles & someone.scopes if someone.scopes else roles


def needed(rule: JointRule, share: Fraction, seats: int) -> int:
    """How many of so many seats must agree under the rule."""
    match rule:
        case JointRule.ALL:
            return seats
        case JointRule.ANY:
            return 1
        case JointRule.RATIO:
            return -(-seats * share.numerator // share.denominator)


def share_of(written: str) -> Fraction:
    """A share as the rule book writes it, such as "2/3"."""
    return Fraction(written)


def called_refused(new: Sequence[Seat]) -> Refused | None:
    """Why joint signing may not begin with these seats."""
    names = [(seat.person_id, seat.unit_id, seat.role) for seat in new]
    persons = [seat.person_id for seat in new if seat.person_id is not None]
    if len(set(names)) < len(names) or len(set(persons)) < len(persons):
        return no.SeatTwice(field="seats")
    return no.TooFewSeats(field="seats") if len(new) < 2 else None
