"""Upkeep: keys that nobody sends again and personal data whose time is over leave the database."""

from __future__ import annotations

import asyncio

import structlog

from services.intake.actions.files import collect_files
from services.intake.domain.comments import RETENTION
from services.intake.store import contacts, mails, previews, rates
from services.kernel.contracts.refusals import Unavailable
from services.kernel.procedure.calendar import Calendar
from services.kernel.procedure.deadlines import due
from services.kernel.procedure.law import Rule
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import GONE, Database
from services.kernel.runtime.idempotency import forget_old

log = structlog.get_logger()

EVERY_SECONDS = 3600.0
PREVIEW_HOURS = 24


class Upkeep:
    """What runs once an hour; running twice changes nothing."""

    def __init__(self, db: Database, private: Database, book: RuleBook, calendar: Calendar, blobs: Blobs) -> None:
        """`private` is connected under the role that alone may see who commented."""
        self._db, self._private, self._book, self._calendar = db, private, book, calendar
        self._blobs = blobs

    async def run(self) -> None:
        """Tidy up until cancelled."""
        while True:
            try:
                await self.once()
            except (Unavailable, *GONE) as gone:
                log.warning("upkeep.database_gone", error=str(gone))
            await asyncio.sleep(EVERY_SECONDS)

    async def once(self) -> int:
        """Tidy up now; how many contacts were purged. Without a rule on retention none is."""
        async with self._db.transaction() as tx:
            await forget_old(tx)
            await rates.forget(tx)
            await previews.forget_old(tx, PREVIEW_HOURS)
        if collected := await collect_files(self._db, self._blobs):
            log.info("comment_files.collected", count=collected)
        rule = self._book.rules.get(RETENTION)
        if rule is None:
            return 0
        async with self._private.transaction() as tx:
            expired = [held.window_id for held in await contacts.held(tx) if self._is_over(rule, held)]
            async with self._db.transaction() as own:
                await mails.forget(own, expired)
            purged = await contacts.purge(tx, expired)
        if purged:
            log.info("contacts.purged", count=purged, rule_id=rule.id)
        return purged

    def _is_over(self, rule: Rule, held: contacts.Held) -> bool:
        end = due(rule, counted_from=held.published_at, calendar=self._calendar).ends_at
        return end is not None and end <= held.now
