"""Taking comments: from the public by the database's clock, from staff by the time of arrival."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.intake.actions.taking import Arrival, suspended, take_all
from services.intake.actions.versions import belongs_to
from services.intake.domain.comments import (
    STAFF_CHANNELS,
    BadChannel,
    BadComment,
    Channel,
    body_hash,
    clean_body,
    is_text,
    likeness,
    new_receipt,
    read_receipt,
)
from services.intake.domain.ids import uuid7
from services.intake.domain.plans import written
from services.intake.domain.windows import (
    DraftWithdrawn,
    OutsideWindow,
    SummaryRecordedAlready,
)
from services.intake.store import comments, documents, rates, windows
from services.intake.store.taking import Claim, NewComment, Taken
from services.intake.store.windows import Window
from services.kernel.contracts.refusals import Conflict, Refused, Words
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection, Database

LONGEST_NAME, LONGEST_CONTACT, LONGEST_CLAUSE = 100, 200, 100


@dataclass(frozen=True)
class Opinion:
    """What somebody says: about which clause, and, if they like, who they are."""

    body: str
    clause: str = ""
    name: str = ""
    contact: str = ""


async def take_comment(tx: Connection, window_id: UUID, opinion: Opinion, channel: Channel) -> Taken:
    """Take a comment of the public.

    Raises BadComment, WindowUnknown, WindowNotOpen, WindowClosed, WindowSuspended, DraftWithdrawn. Who raises WindowClosed over this
    has to call `count_refused`, outside of this transaction, for it is rolled back.
    """
    (outcome,) = await take_all(tx, [arrival_of(window_id, opinion, channel)])
    if isinstance(outcome, Refused):
        raise outcome
    return outcome


def arrival_of(window_id: UUID, opinion: Opinion, channel: Channel, claim: Claim | None = None) -> Arrival:
    """What somebody says, ready to be taken. Raises BadComment."""
    comment = new_comment(window_id, opinion, channel)
    return Arrival(comment, opinion.name.strip() or None, opinion.contact.strip() or None, claim=claim)


async def count_refused(db: Database, window_id: UUID, channel: Channel, code: str) -> None:
    """Count an attempt that was refused: only when, how and why."""
    async with db.transaction() as tx:
        await rates.count_refused(tx, {(window_id, channel, code): 1})


async def enter_for_public(
    tx: Connection, actor: Actor, window_id: UUID, opinion: Opinion, *, channel: Channel, received_at: datetime
) -> Taken:
    """Enter a letter, fax, call, mail or visit that arrived within the window, until the summary is recorded.

    What arrived while the window was suspended, or closed before it was reopened, did not arrive within it.
    Raises NotOurs, BadChannel, BadComment, WindowUnknown, SummaryRecordedAlready, OutsideWindow, WindowSuspended.
    """
    window = await windows.get(tx, window_id)
    belongs_to(actor, await documents.get(tx, window.document_id))
    if channel not in STAFF_CHANNELS:
        raise BadChannel(field="channel")
    comment = new_comment(window_id, opinion, channel)
    at = await comments.take_from_staff(tx, comment, received_at=received_at, entered_by=actor.person_id)
    if at is None:
        raise _refusal_of_entry(await windows.get(tx, window_id), received_at)
    await _keep_contact(tx, comment.id, opinion)
    return Taken(comment.receipt, at, comment.body_hash, channel, window_id)


def _refusal_of_entry(window: Window, received_at: datetime) -> Refused:
    if window.ended_early:
        return DraftWithdrawn()
    if window.summary_at is not None:
        return SummaryRecordedAlready()
    if window.suspended_at is not None and window.suspended_at <= received_at <= window.now:
        return suspended(window)
    return OutsideWindow(
        Words(
            f"征求意见从{written(window.opens_at)}到{written(window.closes_at)}，暂停期间除外；收到的时间也不能晚于现在。",
            f"The window is from {window.opens_at.isoformat()} to {window.closes_at.isoformat()}, without the time in "
            "which it was suspended; an arrival cannot lie in the future.",
        ),
        field="received_at",
    )


class NotWithdrawn(Conflict):
    """Withdrawn already, or answered in public."""

    code = "comment.not_withdrawn"
    title = Words("不能撤回这条意见", "This comment cannot be withdrawn")
    remedy = Words("已经撤回的不必再撤；答复公布以后不能撤回。", "It is withdrawn already, or its answer is public.")


def new_comment(window_id: UUID, opinion: Opinion, channel: Channel) -> NewComment:
    """A comment on its way in, with its receipt. Raises BadComment."""
    body = clean_body(opinion.body)
    for field, value, longest in (
        ("clause", opinion.clause, LONGEST_CLAUSE),
        ("name", opinion.name, LONGEST_NAME),
        ("contact", opinion.contact, LONGEST_CONTACT),
    ):
        if len(value) > longest or not is_text(value):
            raise BadComment(Words(f"这一栏最多{longest}个字。", f"At most {longest} characters here."), field=field)
    return NewComment(
        id=uuid7(),
        window_id=window_id,
        receipt=new_receipt(),
        channel=channel,
        clause=opinion.clause.strip(),
        body=body,
        body_hash=body_hash(body),
        likeness=likeness(body),
    )


async def look_up(conn: Connection, code: str) -> tuple[comments.Comment, Window]:
    """The comment behind a receipt, and its window. Raises ReceiptUnknown."""
    comment = await comments.by_receipt(conn, read_receipt(code))
    return comment, await windows.get(conn, comment.window_id)


async def _keep_contact(tx: Connection, comment_id: UUID, opinion: Opinion) -> None:
    name, contact = opinion.name.strip() or None, opinion.contact.strip() or None
    if name or contact:
        await comments.add_contacts(tx, [(comment_id, name, contact)])


async def erase_contact(tx: Connection, code: str) -> bool:
    """Let go of what was left to be answered by, because its owner asks; False when there is none. Raises ReceiptUnknown."""
    comment = await comments.by_receipt(tx, read_receipt(code))
    return await comments.erase_contact(tx, comment.id)
