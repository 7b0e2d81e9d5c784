"""What workflows may ask of this service: one method, one transaction, the same answer however often asked."""

from __future__ import annotations

from services.kernel.contracts.figures import AskFigures, Figures
from services.kernel.contracts.messages import Done
from services.kernel.contracts.tasks import (
    CHANGE_DUE,
    CLOSE_ITEM,
    MAKE_TASKS,
    POST_ITEM,
    RECORD_PROGRESS,
    TASK_FIGURES,
    ChangeDue,
    CloseItem,
    ItemPosted,
    MakeTasks,
    PostItem,
    ProgressRecorded,
    RecordProgress,
    TasksMade,
)
from services.kernel.runtime.activities import serves
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.tasks.actions import figures, items, make, yearly


class Activities:
    """The activities of the queue `tasks`."""

    def __init__(self, db: Database, blobs: Blobs) -> None:
        self._db, self._blobs = db, blobs

    @serves(POST_ITEM)
    async def post_item(self, message: PostItem) -> ItemPosted:
        """Put an item into the inbox of a role."""
        async with self._db.transaction() as tx:
            return ItemPosted(item_id=await items.post(tx, message))

    @serves(CHANGE_DUE)
    async def change_due(self, message: ChangeDue) -> Done:
        """Move an item's due date."""
        async with self._db.transaction() as tx:
            await items.change_due(tx, message)
        return Done()

    @serves(CLOSE_ITEM)
    async def close_item(self, message: CloseItem) -> Done:
        """Take an item out of the inbox."""
        async with self._db.transaction() as tx:
            await items.close(tx, message)
        return Done()

    @serves(MAKE_TASKS)
    async def make_tasks(self, message: MakeTasks) -> TasksMade:
        """Make the tasks of a published plan."""
        structure, text = await make.read(self._blobs, message)
        async with self._db.transaction() as tx:
            return await make.make_tasks(tx, message, structure, text)

    @serves(RECORD_PROGRESS)
    async def record_progress(self, message: RecordProgress) -> ProgressRecorded:
        """Record a plan's report on one year."""
        async with self._db.transaction() as tx:
            return await yearly.record(tx, self._blobs, message)

    @serves(TASK_FIGURES)
    async def figures(self, message: AskFigures) -> Figures:
        """The task figures of a unit's plans in one year."""
        async with self._db.read() as conn:
            return await figures.of_year(conn, message)
