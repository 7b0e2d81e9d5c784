"""The sheet of the expert argument."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.kernel.contracts.facts import Facts
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import Matter, insist
from services.review.domain.commands import FileStep
from services.review.domain.experts import LEAST, Seat, facts_of, filing_refused
from services.review.domain.rounds import Round
from services.review.sheets.sheet import Closing
from services.review.store import experts


@dataclass(frozen=True)
class ExpertsShown:
    """The experts of the round, how they came there, and whom one could choose."""

    seats: list[Seat]
    draws: list[Any]
    least: int
    fields: list[str]
    others: list[tuple[str, str]]


class ExpertSheet:
    """See the package."""

    template = "sheet_experts.html"

    async def closing(self, tx: Connection, matter: Matter, command: FileStep, book: RuleBook) -> Closing:
        """Experts, draws, opinions and answers go on record; dissent as it was written.

        Raises ExpertInterested, TooFewExperts, ExpertsUnanswered.
        """
        seats = await experts.seats(tx, matter.round_.id)
        insist(filing_refused(seats, least=_least(book)))
        draws = await experts.draws(tx, matter.round_.id)
        details = {
            "experts": [_said(seat) for seat in seats],
            "draws": [
                {"way": one["way"], "field": one["field"], "seed": one["seed"], "reason": one["reason"],
                 "candidates": [str(each) for each in one["candidates"]], "taken": [str(each) for each in one["taken"]]}
                for one in draws
            ],
        }  # fmt: skip
        return Closing(details, Facts(experts=facts_of(seats)))

    async def shown(self, conn: Connection, round_: Round, book: RuleBook) -> ExpertsShown:
        """What the page draws."""
        seats = await experts.seats(conn, round_.id)
        seated = {seat.expert.id for seat in seats}
        free = [
            one for one in await experts.pool(conn)
            if one.active and one.id not in seated and one.unit_id != round_.drafting_unit
        ]  # fmt: skip
        return ExpertsShown(
            seats,
            await experts.draws(conn, round_.id),
            _least(book),
            sorted({field for one in free for field in one.fields}),
            [(str(one.id), f"{one.name}（{one.unit_name}，{'、'.join(one.fields)}）") for one in free],
        )


def _least(book: RuleBook) -> int:
    return int(str(book.parameter(LEAST)))


def _said(seat: Seat) -> dict[str, Any]:
    expert = seat.expert
    return {
        "expert": {"id": str(expert.id), "version": expert.version, "name": expert.name, "unit": expert.unit_name,
                   "title": expert.title},
        "interested": seat.interested,
        "stance": seat.stance,
        "opinion": seat.opinion,
        "paper": seat.paper_hash,
        "signed_on": seat.signed_on.isoformat() if seat.signed_on else None,
        "adoption": seat.adoption,
        "reason": seat.reason,
    }  # fmt: skip
