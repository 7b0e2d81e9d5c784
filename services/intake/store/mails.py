"""Mails to commenters: queued once for each fact, claimed by lease, and what became of them. Addresses lie elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.kernel.runtime.db import Connection

Kind = Literal["receipt", "answers"]
LEASE_SECONDS = 60

WINDOW_OF_BOX = "select id from windows where right(id::text, 12) = $1"


async def find_window(conn: Connection, digits: str) -> UUID | None:
    """The window whose id ends in these digits."""
    found: UUID | None = await conn.fetchval(WINDOW_OF_BOX, digits)
    return found


ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended($1, 0))"
JOIN_RECEIPT = """
update commenter_mails
   set comment_ids = comment_ids || $3::uuid
 where id = (select id from commenter_mails
              where window_id = $1 and kind = 'receipt' and sender = $2 and attempts = 0 and failed is null
                and cardinality(comment_ids) < 20
              order by made_at desc
              limit 1)
   and attempts = 0
returning id
"""
ADD_RECEIPT = """
insert into commenter_mails (fact, kind, window_id, sender, comment_ids, in_reply_to, due_at)
select 'receipt/' || $3::uuid, 'receipt', $1, $2, array[$3::uuid], $4,
       greatest(clock_timestamp(), max(coalesce(m.sent_at, m.due_at)) + interval '1 day')
  from commenter_mails m
 where m.window_id = $1 and m.kind = 'receipt' and m.sender = $2
on conflict (fact) do nothing
"""


async def queue_receipt(
    tx: Connection, window_id: UUID, comment_id: UUID, *, sender: str, in_reply_to: str | None
) -> None:
    """Queue the automatic answer to a mail. A sender gets one a day for a window; receipts in between wait for it."""
    await tx.execute(ONE_AT_A_TIME, f"{window_id}/{sender}")
    if await tx.fetchval(JOIN_RECEIPT, window_id, sender, comment_id) is None:
        await tx.execute(ADD_RECEIPT, window_id, sender, comment_id, in_reply_to)


ADD_MAILING = "insert into answer_mailings (window_id) values ($1) on conflict (window_id) do nothing"


async def queue_answers(tx: Connection, window_id: UUID) -> None:
    """Have everybody told who left an address: the answers of this window are public."""
    await tx.execute(ADD_MAILING, window_id)


@dataclass(frozen=True)
class Mailing:
    """A window whose commenters are being listed, and up to which comment they are."""

    window_id: UUID
    listed_to: UUID | None


NEXT_MAILING = """
select window_id, listed_to from answer_mailings
 where listed_at is null
 order by window_id
 limit 1
   for update skip locked
"""


async def next_mailing(tx: Connection) -> Mailing | None:
    """A mailing that is not wholly listed, locked for this transaction; None when there is none that is free."""
    row = await tx.fetchrow(NEXT_MAILING)
    return Mailing(**row) if row else None


LIST = """
insert into commenter_mails (fact, kind, window_id, sender, comment_ids)
select 'answers/' || $1::uuid || '/' || g.sender, 'answers', $1, g.sender, array[g.comment_id]
  from unnest($2::text[], $3::uuid[]) as g (sender, comment_id)
on conflict (fact) do update
   set comment_ids = case when cardinality(commenter_mails.comment_ids) < 20
                          then commenter_mails.comment_ids || excluded.comment_ids
                          else commenter_mails.comment_ids end,
       more = commenter_mails.more + (cardinality(commenter_mails.comment_ids) >= 20)::integer
"""
LISTED_TO = "update answer_mailings set listed_to = $2 where window_id = $1"
LISTED = "update answer_mailings set listed_at = clock_timestamp() where window_id = $1"


async def list_senders(tx: Connection, mailing: Mailing, senders: Mapping[UUID, str], *, to: UUID) -> None:
    """One mail for each sender of these comments, which join what is listed; all up to comment `to` are listed then."""
    left = dict(senders)
    while left:
        # One statement may touch a row once: who wrote several times takes several.
        first = {sender: comment_id for comment_id, sender in reversed(left.items())}
        await tx.execute(LIST, mailing.window_id, list(first), list(first.values()))
        left = {comment_id: sender for comment_id, sender in left.items() if first[sender] != comment_id}
    await tx.execute(LISTED_TO, mailing.window_id, to)


async def all_listed(tx: Connection, mailing: Mailing) -> None:
    """Nobody is missing: the mails may leave."""
    await tx.execute(LISTED, mailing.window_id)


@dataclass(frozen=True)
class QueuedMail:
    """One mail on its way."""

    id: UUID
    fact: str
    kind: Kind
    window_id: UUID
    comment_ids: list[UUID]
    more: int
    in_reply_to: str | None
    made_at: datetime
    attempts: int
    age: float


CLAIM = """
update commenter_mails
   set attempts = attempts + 1, due_at = clock_timestamp() + make_interval(secs => $3)
 where id in (select m.id
                from commenter_mails m
               where m.kind = $1 and m.sent_at is null and m.failed is null and m.due_at <= clock_timestamp()
                 and (m.kind = 'receipt'
                      or exists (select 1 from answer_mailings a
                                  where a.window_id = m.window_id and a.listed_at is not null))
               order by m.due_at
               limit $2
                 for update of m skip locked)
returning id, fact, kind, window_id, comment_ids, more, in_reply_to, made_at, attempts,
          extract(epoch from clock_timestamp() - coalesce(retried_at, made_at))::float8 as age
"""


async def claim(tx: Connection, kind: Kind, limit: int) -> list[QueuedMail]:
    """Mails that are due, for us alone as long as the lease lasts."""
    return [QueuedMail(**row) for row in await tx.fetch(CLAIM, kind, limit, LEASE_SECONDS)]


SENT = """
update commenter_mails set sent_at = clock_timestamp(), in_reply_to = null
 where id = $1 and sent_at is null and failed is null
"""
AGAIN = "update commenter_mails set due_at = clock_timestamp() + make_interval(secs => $2) where id = $1"
FAILED = "update commenter_mails set failed = $2, in_reply_to = null where id = $1 and sent_at is null"
BOUNCED = """
update commenter_mails set bounced_at = clock_timestamp()
 where id = $1 and sent_at is not null and bounced_at is null
"""


async def mark_sent(tx: Connection, mail_id: UUID) -> None:
    """The mail server took it."""
    await tx.execute(SENT, mail_id)


async def try_again(tx: Connection, mail_id: UUID, seconds: float) -> None:
    """Not now; later."""
    await tx.execute(AGAIN, mail_id, seconds)


async def mark_failed(tx: Connection, mail_id: UUID, why: str) -> None:
    """It will not leave any more, and why. The reason holds no address."""
    await tx.execute(FAILED, mail_id, why)


async def mark_bounced(tx: Connection, mail_id: UUID) -> None:
    """It came back."""
    await tx.execute(BOUNCED, mail_id)


@dataclass(frozen=True)
class Said:
    """A comment as a mail tells its author of it."""

    receipt: str
    clause: str
    body: str
    body_hash: str
    received_at: datetime
    withdrawn_at: datetime | None
    hidden_reason: str | None
    files: int
    disposition: str | None
    reason: str | None
    answer_clause: str | None


SAID = """
select c.receipt, c.clause, c.body, c.body_hash, c.received_at, c.withdrawn_at, c.hidden_reason,
       (select count(*) from comment_attachments f where f.comment_id = c.id) as files,
       a.disposition, a.reason, a.clause as answer_clause
  from comments c
  left join answers a on a.comment_id = c.id
 where c.id = any($1::uuid[])
 order by c.id
"""


async def said(conn: Connection, comment_ids: list[UUID]) -> list[Said]:
    """These comments, with their answers where there are any, in the order in which they came."""
    return [Said(**row) for row in await conn.fetch(SAID, comment_ids)]


FORGET = "delete from commenter_mails where window_id = any($1::uuid[])"


async def forget(tx: Connection, window_ids: list[UUID]) -> None:
    """Drop what still tells that two comments came from one address."""
    await tx.execute(FORGET, window_ids)


@dataclass(frozen=True)
class Posted:
    """How many mails about a window wait, left, were given up, and came back."""

    waiting: int
    sent: int
    failed: int
    bounced: int


POSTED = """
select count(*) filter (where sent_at is null and failed is null) as waiting,
       count(*) filter (where sent_at is not null and bounced_at is null) as sent,
       count(*) filter (where failed is not null) as failed,
       count(*) filter (where bounced_at is not null) as bounced
  from commenter_mails
 where window_id = $1
"""


async def posted(conn: Connection, window_id: UUID) -> Posted:
    """The mails about a window by what became of them."""
    row = await conn.fetchrow(POSTED, window_id)
    assert row is not None
    return Posted(**row)


@dataclass(frozen=True)
class Undelivered:
    """A mail that did not arrive: given up with its reason, or come back. Never to whom."""

    id: UUID
    kind: Kind
    opinions: int
    made_at: datetime
    sent_at: datetime | None
    failed: str | None
    bounced_at: datetime | None
    retries: int


UNDELIVERED = """
select m.id, m.kind, cardinality(m.comment_ids) + m.more as opinions, m.made_at, m.sent_at, m.failed, m.bounced_at,
       (select count(*) from mail_retries r where r.mail_id = m.id) as retries
  from commenter_mails m
 where m.window_id = $1 and (m.failed is not null or m.bounced_at is not null) and ($2::uuid is null or m.id > $2)
 order by m.id
 limit $3
"""


async def undelivered(
    conn: Connection, window_id: UUID, *, after: UUID | None = None, limit: int = 50
) -> list[Undelivered]:
    """The mails of a window that did not arrive."""
    return [Undelivered(**row) for row in await conn.fetch(UNDELIVERED, window_id, after, limit)]


RETRY = """
with was as (
    select id, window_id, case when failed is not null then 'failed' else 'bounced' end as was
      from commenter_mails
     where id = $2 and window_id = $1 and (failed is not null or bounced_at is not null)
       for update
), noted as (
    insert into mail_retries (mail_id, window_id, was, asked_by) select id, window_id, was, $3 from was
)
update commenter_mails m
   set sent_at = null, failed = null, bounced_at = null, attempts = 0, due_at = clock_timestamp(),
       retried_at = clock_timestamp()
  from was
 where m.id = was.id
returning m.id
"""


async def retry(tx: Connection, window_id: UUID, mail_id: UUID, *, by: str) -> bool:
    """Send a mail once more that did not arrive; False where there is none."""
    return await tx.fetchval(RETRY, window_id, mail_id, by) is not None


FIGURES = """
select count(*) filter (where sent_at is null and failed is null) as waiting,
       count(*) filter (where failed is not null) as failed,
       count(*) filter (where bounced_at is not null) as bounced
  from commenter_mails
"""


async def figures(conn: Connection) -> dict[str, float]:
    """How many mails to commenters wait, were given up, and came back, over all windows."""
    row = await conn.fetchrow(FIGURES)
    assert row is not None
    return {f"fawen.commenter_mails.{name}": float(row[name]) for name in ("waiting", "failed", "bounced")}
