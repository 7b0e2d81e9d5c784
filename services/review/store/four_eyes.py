"""Who may not judge a text: the database knows, and says it to those who ask and to those who do not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import asyncpg

from services.kernel.contracts.refusals import Refused
from services.kernel.runtime.db import Connection
from services.review.domain.refusals import FOUR_EYES

AGAINST = "select four_eyes($1, $2, $3)"


async def against(conn: Connection, round_id: UUID, *, person_id: str, unit_id: str) -> Refused | None:
    """What four eyes say against a person of a unit who would judge the round; None when nothing."""
    why = await conn.fetchval(AGAINST, round_id, person_id, unit_id)
    return FOUR_EYES[why]() if why else None


@contextmanager
def guarded() -> Iterator[None]:
    """Within the block what the database says about four eyes is raised as that refusal."""
    try:
        yield
    except asyncpg.RaiseError as error:
        refusal = FOUR_EYES.get(str(error))
        if refusal is None:
            raise
        raise refusal from error
