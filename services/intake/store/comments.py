"""Comments as they stand: found again, entered by staff, taken back; and the contacts of who left one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.intake.domain.comments import CommentUnknown, ReceiptUnknown
from services.intake.store.taking import NewComment
from services.kernel.runtime.db import Connection


@dataclass(frozen=True)
class Comment:
    """A comment as it stands, with its answer where one was given."""

    id: UUID
    window_id: UUID
    receipt: str
    channel: str
    clause: str
    body: str
    body_hash: str
    group_id: UUID | None
    received_at: datetime
    text_version: int
    entered_by: str | None
    withdrawn_at: datetime | None
    disposition: str | None
    reason: str | None
    answer_clause: str | None
    hidden_at: datetime | None
    hidden_reason: str | None
    decided: list[list[int]] | None


TAKE_LATER = """
with standing as (
    select w.id, w.version
      from windows w
     where w.id = $2 and w.summary_at is null and not w.ended_early
       and window_was_open(w, $9::timestamptz) and $9 <= clock_timestamp()
       for key share of w
)
insert into comments (id, window_id, receipt, channel, clause, body, body_hash, likeness, received_at, text_version,
                      entered_by, entered_at)
select $1, s.id, $3, $4, $5, $6, $7, $8, $9, s.version, $10, clock_timestamp()
  from standing s
returning received_at
"""


async def take_from_staff(
    tx: Connection, comment: NewComment, *, received_at: datetime, entered_by: str
) -> datetime | None:
    """Enter a letter or a visit by its arrival, while no summary stands; None when it may not be entered."""
    at: datetime | None = await tx.fetchval(
        TAKE_LATER,
        comment.id,
        comment.window_id,
        comment.receipt,
        comment.channel,
        comment.clause,
        comment.body,
        comment.body_hash,
        comment.likeness,
        received_at,
        entered_by,
    )
    return at


ADD_CONTACTS = "select add_contacts($1::uuid[], $2::text[], $3::text[])"


async def add_contacts(tx: Connection, contacts: Sequence[tuple[UUID, str | None, str | None]]) -> None:
    """Keep commenters' names and contacts, (comment, name, contact), where this service cannot read them again."""
    await tx.execute(ADD_CONTACTS, *([contact[place] for contact in contacts] for place in range(3)))


HAS_CONTACT = "select has_contact($1)"


async def has_contact(conn: Connection, comment_id: UUID) -> bool:
    """Whether contact data was left, and is still held."""
    found: bool = await conn.fetchval(HAS_CONTACT, comment_id)
    return found


ERASE_CONTACT = "select erase_contact($1)"


async def erase_contact(tx: Connection, comment_id: UUID) -> bool:
    """Let go of the contact of one comment at once, and note that it was asked for; False when there is none."""
    erased: bool = await tx.fetchval(ERASE_CONTACT, comment_id)
    return erased


WINDOW_OF = "select window_id from comments where id = $1"


async def window_of(conn: Connection, comment_id: UUID) -> UUID:
    """The window of a comment. Raises CommentUnknown."""
    found: UUID | None = await conn.fetchval(WINDOW_OF, comment_id)
    if found is None:
        raise CommentUnknown
    return found


STANDING = "select id from comments where id = any($1::uuid[]) and withdrawn_at is null order by id"


async def standing(conn: Connection, comment_ids: Sequence[UUID]) -> list[UUID]:
    """Those of these comments that were not taken back."""
    return [row["id"] for row in await conn.fetch(STANDING, comment_ids)]


BY_RECEIPT = """
select c.id, c.window_id, c.receipt, c.channel, c.clause, c.body, c.body_hash, m.group_id, c.received_at,
       c.text_version, c.entered_by, c.withdrawn_at,
       a.disposition, a.reason, a.clause as answer_clause, c.hidden_at, c.hidden_reason,
       comment_decisions(c.id) as decided
  from comments c
  left join answers a on a.comment_id = c.id
  left join opinion_members m on m.comment_id = c.id
 where c.receipt = $1
"""


async def by_receipt(conn: Connection, receipt: str) -> Comment:
    """The comment of that receipt. Raises ReceiptUnknown."""
    row = await conn.fetchrow(BY_RECEIPT, receipt)
    if row is None:
        raise ReceiptUnknown(field="receipt")
    return Comment(**row)


OF_WINDOW = """
select c.id, c.window_id, c.receipt, c.channel, c.clause, c.body, c.body_hash, m.group_id, c.received_at,
       c.text_version, c.entered_by, c.withdrawn_at,
       a.disposition, a.reason, a.clause as answer_clause, c.hidden_at, c.hidden_reason,
       comment_decisions(c.id) as decided
  from comments c
  left join answers a on a.comment_id = c.id
  left join opinion_members m on m.comment_id = c.id
 where c.window_id = $1
   and ($2::uuid is null or c.id > $2)
   and (not $3 or a.comment_id is null and c.withdrawn_at is null)
 order by c.id
 limit $4
"""


async def of_window(
    conn: Connection, window_id: UUID, *, after: UUID | None = None, unanswered: bool = False, limit: int = 50
) -> list[Comment]:
    """Comments of a window in the order in which they came, after the last one of the page before."""
    return [Comment(**row) for row in await conn.fetch(OF_WINDOW, window_id, after, unanswered, limit)]


# While no result is recorded, and once a window was reopened, there is nothing stored to go by.
COUNTS = """
select coalesce(t.received, (select count(*) from comments c where c.window_id = w.id)) as received,
       coalesce(t.withdrawn,
                (select count(*) from comments c where c.window_id = w.id and c.withdrawn_at is not null)) as withdrawn,
       coalesce(t.late, (select coalesce(sum(r.count), 0)::integer from refused_attempts r
                          where r.window_id = w.id and r.code = 'comment.window_closed')) as late
  from windows w
  left join window_tallies t on t.window_id = w.id and w.summary_at is not null
 where w.id = $1
"""
STORED = "select received, withdrawn, late from window_tallies where window_id = $1"


@dataclass(frozen=True)
class Counts:
    """How many came, were taken back, came late (until the result was recorded)."""

    received: int
    withdrawn: int
    late: int


async def counts_of(conn: Connection, window_id: UUID) -> Counts:
    """The counts of a window now: the stored ones from its result on, else counted."""
    row = await conn.fetchrow(COUNTS, window_id)
    assert row is not None
    return Counts(**row)


async def stored_counts_of(conn: Connection, window_id: UUID) -> Counts:
    """The counts stored with the result, for pages; zeros before it is recorded."""
    row = await conn.fetchrow(STORED, window_id)
    return Counts(**row) if row is not None else Counts(0, 0, 0)


RECEIVED = "select count(*) from comments where window_id = $1"


async def received_by(conn: Connection, window_id: UUID) -> int:
    """How many comments a window has taken, counted: not for pages."""
    count: int = await conn.fetchval(RECEIVED, window_id)
    return count


WITHDRAW = """
update comments set withdrawn_at = clock_timestamp()
 where receipt = $1 and withdrawn_at is null
   and exists (select 1 from windows w where w.id = comments.window_id and w.answers_published_at is null)
returning id
"""


async def withdraw(tx: Connection, receipt: str) -> UUID | None:
    """The commenter takes the comment back, before the answers are published; None when that is no change."""
    found: UUID | None = await tx.fetchval(WITHDRAW, receipt)
    return found
