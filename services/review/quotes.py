"""The words of the clauses that an opinion is about, taken from the text itself and never from who sends it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from fastapi import Request

from services.kernel.contracts.refusals import NotFound
from services.kernel.runtime.auth import database
from services.kernel.text.clauses import Clause, clauses
from services.review.domain.commands import GiveOpinion, Point
from services.review.store import rounds
from services.review.wiring import blobs_of


async def with_quotes(request: Request, round_id: UUID, command: GiveOpinion) -> GiveOpinion:
    """The same opinion with each point anchored in the text of the round. Raises UnknownRound.

    A point whose clause is not found, or a text that is not at hand, leaves anchor and words empty.
    """
    if not command.points:
        return command
    async with database(request).read() as conn:
        round_ = await rounds.get_round(conn, round_id)
    try:
        found = await asyncio.to_thread(clauses, await blobs_of(request).text(round_.text_hash))
    except (NotFound, ValueError):
        found = ()
    return command.model_copy(update={"points": tuple(_quoted(point, found) for point in command.points)})


def _quoted(point: Point, found: Sequence[Clause]) -> Point:
    clause = next((one for one in found if point.anchor and one.anchor == point.anchor), None) or next(
        (one for one in found if one.number and point.clause.startswith(one.number)), None
    )
    if clause is None:
        return point.model_copy(update={"anchor": "", "quoted": ""})
    return point.model_copy(update={"anchor": clause.anchor, "quoted": clause.body})
