"""The proposer: looks through new comments for names, addresses and other personal data, off the path of taking them."""

from __future__ import annotations

import asyncio
import time

import structlog

from services.intake.actions.masking import propose
from services.intake.domain.ids import earliest_at
from services.kernel.contracts.refusals import Unavailable
from services.kernel.runtime.db import GONE, Database

log = structlog.get_logger()

EVERY_SECONDS = 20.0
# A comment gets its id before its commit: none younger than a request may last is passed by.
SETTLED_SECONDS = 90.0


class Proposer:
    """One of possibly several: proposing twice changes nothing."""

    def __init__(self, db: Database, *, settled: float = SETTLED_SECONDS) -> None:
        self._db, self._settled = db, settled

    async def run(self) -> None:
        """Look through what comes until cancelled."""
        while True:
            read = 0
            try:
                read = await self.once()
            except (Unavailable, *GONE) as gone:
                log.warning("proposer.database_gone", error=str(gone))
            if not read:
                await asyncio.sleep(EVERY_SECONDS)

    async def once(self) -> int:
        """Look through the next comments; how many."""
        async with self._db.transaction() as tx:
            return await propose(tx, before=earliest_at(time.time() - self._settled))
