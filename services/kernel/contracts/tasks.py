"""What tasks serves to workflows: inbox items, a plan's tasks, its yearly progress."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.kernel.contracts.figures import AskFigures, Figures
from services.kernel.contracts.messages import Call, Deadline, DocumentRef, Done, Message, Queue


class PostItem(Message):
    """Put a thing to do into the inbox of a role (of one unit, if named). `key` makes it idempotent.

    `person_id` names the one person whom it is for, who then holds it from the beginning. `link` is the path of the page where it is done. `ordinal` is the round.
    """

    key: str
    document: DocumentRef
    stage: str
    ordinal: int = 1
    role: str
    unit_id: str | None = None
    due: Deadline | None = None
    rule_id: str | None = None
    link: str
    person_id: str | None = None


class ItemPosted(Message):
    """The item in the inbox."""

    item_id: UUID


class ChangeDue(Message):
    """The due date of an item has moved or become known."""

    key: str
    due: Deadline


class CloseItem(Message):
    """Take an item out of the inbox: done, or no longer needed."""

    key: str
    outcome: str
    actor_id: str | None = None


class MakeTasks(Message):
    """Make the tasks of a published plan from its structure (content store), once for each document."""

    document: DocumentRef
    doc_number: str
    structure_hash: str
    text_hash: str
    published_on: date
    reply_to: str


class TasksMade(Message):
    """How many tasks now stand; `unmatched` units were named in the text but are not in the directory."""

    made: int
    unmatched: int = 0


class RecordProgress(Message):
    """Record the yearly progress report of a plan from its tasks' reports."""

    document_id: UUID
    year: int


class ProgressRecorded(Message):
    """The report's hash in the content store and its counts."""

    report_hash: str
    total: int
    done: int
    overdue: int


POST_ITEM = Call("tasks.post_item", Queue.TASKS, PostItem, ItemPosted)
CHANGE_DUE = Call("tasks.change_due", Queue.TASKS, ChangeDue, Done)
CLOSE_ITEM = Call("tasks.close_item", Queue.TASKS, CloseItem, Done)
MAKE_TASKS = Call("tasks.make_tasks", Queue.TASKS, MakeTasks, TasksMade)
RECORD_PROGRESS = Call("tasks.record_progress", Queue.TASKS, RecordProgress, ProgressRecorded)
TASK_FIGURES = Call("tasks.figures", Queue.TASKS, AskFigures, Figures)
