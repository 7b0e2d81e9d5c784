"""What workflows may ask of notify."""

from __future__ import annotations

from services.kernel.contracts.figures import AskFigures, Figures
from services.kernel.contracts.messages import Done
from services.kernel.contracts.notify import (
    NOTIFY_FIGURES,
    POST_NOTICE,
    POST_STANDING,
    PUBLISH,
    REGISTER_NUMBER,
    TELL,
    NumberGiven,
    PostNotice,
    PostStanding,
    Publish,
    Published,
    RegisterNumber,
    Tell,
)
from services.kernel.runtime.activities import serves
from services.kernel.runtime.process import Context
from services.notify import figures
from services.notify.actions import numbers, publish, tell
from services.notify.store import standings


class Activities:
    """Each method is one call of the contracts, safe to repeat."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._zone = context.settings.time_zone

    @serves(REGISTER_NUMBER)
    async def register_number(self, message: RegisterNumber) -> NumberGiven:
        """Give a document its number, once."""
        return await numbers.register_number(self._context.db, self._context.blobs, message, self._zone)

    @serves(PUBLISH)
    async def publish(self, message: Publish) -> Published:
        """Put a document into the gazette, once."""
        return await publish.publish(self._context.db, self._context.blobs, message, self._zone)

    @serves(POST_NOTICE)
    async def post_notice(self, message: PostNotice) -> Done:
        """Put a notice before the public."""
        await tell.post_notice(self._context.db, message)
        return Done()

    @serves(POST_STANDING)
    async def post_standing(self, message: PostStanding) -> Done:
        """Show in the gazette what happened to a document, once."""
        async with self._context.db.transaction() as tx:
            await standings.add(tx, message)
        return Done()

    @serves(TELL)
    async def tell(self, message: Tell) -> Done:
        """Tell those concerned, each once."""
        await tell.tell(self._context.db, message)
        return Done()

    @serves(NOTIFY_FIGURES)
    async def figures(self, message: AskFigures) -> Figures:
        """The figures of a year."""
        return await figures.gather(self._context, message)
