"""Joint signing on the page of a round: who sits, how each seat stands, who may be added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.kernel.contracts.refusals import Refused
from services.kernel.runtime import directory
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Office
from services.review.domain.rounds import Round
from services.review.domain.seats import Joint, Seat
from services.review.pages.words import SEAT_STATES, Mark, mark
from services.review.store import seats


@dataclass(frozen=True)
class SeatsView:
    """The seats of a round; `joint` is None where one person of its office decides."""

    joint: Joint | None
    sits: bool
    offices: Sequence[Office]

    @property
    def rows(self) -> list[tuple[Seat, Mark]]:
        """Each seat and how it stands."""
        joint = self.joint
        return [(seat, mark(SEAT_STATES[joint.state(seat)])) for seat in joint.seats] if joint else []

    @property
    def people(self) -> list[tuple[str, str, str]]:
        """Who may be asked to sign as well: person, name, unit."""
        found = {one.person_id: (one.person_id, one.person_name, one.unit_name) for one in self.offices}
        return list(found.values())


async def seats_view(conn: Connection, round_: Round, actor: Actor, *, in_charge: bool) -> SeatsView:
    """Read the seats for `actor`, who may add to them when in charge of the round or seated in it."""
    joint = await seats.find(conn, round_.id)
    seated = joint is not None and any(seat.is_for(actor) for seat in joint.live)
    offices = await directory.offices(conn) if round_.is_open and (in_charge or seated) else []
    return SeatsView(joint, joint is not None and _may_sign(joint, actor), offices)


def _may_sign(joint: Joint, actor: Actor) -> bool:
    try:
        joint.seat_of(actor)
    except Refused:
        return False
    return True
