"""What is left of a procedure when all has settled: rows in the database, mails at the post office."""

from __future__ import annotations

import email
import email.policy
from collections import Counter
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from services.kernel.contracts import chain
from services.kernel.runtime.mail import message_id_of
from services.kernel.runtime.settings import Settings

SENDER = str(Settings.model_fields["mail_from"].default)

UNDELIVERED = """
select 'intake' as service, name, target, state, last_error from intake.outbox where state <> 'delivered'
union all
select 'tasks', name, target, state, last_error from tasks.outbox where state <> 'delivered'
union all
select 'review', name, target, state, last_error from review.outbox where state <> 'delivered'
union all
select 'notify', name, target, state, last_error from notify.outbox where state <> 'delivered'
"""
ENTRIES = (
    "select key, type, stage, ordinal, detail from intake.dossier_entries where document_id = $1 order by position"
)
OPEN_ITEMS = "select key from tasks.items where document_id = $1 and closed_at is null"
DECIDED = "select id, stage, ordinal from review.rounds where document_id = $1 and why = 'decided'"
OPEN_ROUNDS = "select stage, ordinal from review.rounds where document_id = $1 and closed_at is null"
SIGNED = "select round_id, person_id from review.sign_offs where document_id = $1"
NOTICES = "select notice from notify.notices where document_id = $1"
PUBLISHED = "select doc_number from notify.publications where document_id = $1"
NUMBERED = "select doc_number from notify.numbers where document_id = $1"
TOLD = """
select m.fact, m.person_id, m.sent_at
  from notify.messages as m join notify.facts as f on f.fact = m.fact
 where f.document_id = $1
"""
WINDOW = "select id, opens_at, closes_at, closed_at from intake.windows where document_id = $1"


@dataclass(frozen=True)
class Record:
    """The database behind the services, looked at as its owner; a connection a question, for storms cut them."""

    url: str

    async def rows(self, question: str, *given: Any) -> list[asyncpg.Record]:
        """What the database answers."""
        connection = await asyncpg.connect(self.url)
        try:
            return list(await connection.fetch(question, *given))
        finally:
            await connection.close()

    async def undelivered(self) -> list[str]:
        """Letters that wait or are parked, in words."""
        return [" ".join(map(str, row.values())) for row in await self.rows(UNDELIVERED)]

    async def closed(self, document_id: UUID) -> set[str]:
        """Stages that are over."""
        return {row["stage"] for row in await self.rows(ENTRIES, document_id) if row["type"] == "stage_closed"}

    async def doubled(self, document_id: UUID) -> list[str]:
        """Whatever a document has twice that it may have once; what is there tells of every promise broken."""
        entries = await self.rows(ENTRIES, document_id)
        once: list[tuple[str, list[Any]]] = [
            ("dossier key", [row["key"] for row in entries]),
            ("stage closed", [(row["stage"], row["ordinal"]) for row in entries if row["type"] == "stage_closed"]),
            ("stage opened", [(row["stage"], row["ordinal"]) for row in entries if row["type"] == "stage_opened"]),
            ("sign-off", [row["round_id"] for row in await self.rows(SIGNED, document_id)]),
            ("notice", [row["notice"] for row in await self.rows(NOTICES, document_id)]),
            ("publication", [document_id for _ in await self.rows(PUBLISHED, document_id)]),
            ("number", [document_id for _ in await self.rows(NUMBERED, document_id)]),
            ("message", [(row["fact"], row["person_id"]) for row in await self.rows(TOLD, document_id)]),
        ]
        return [f"{what}: {one} {n} times" for what, all_ in once for one, n in Counter(all_).items() if n > 1]

    async def lost(self, document_id: UUID) -> list[str]:
        """Whatever is missing or left over once a procedure has ended."""
        signed = {row["round_id"] for row in await self.rows(SIGNED, document_id)}
        return [
            *(
                f"decided without sign-off: {row}"
                for row in await self.rows(DECIDED, document_id)
                if row["id"] not in signed
            ),
            *(f"round still open: {row}" for row in await self.rows(OPEN_ROUNDS, document_id)),
            *(f"item still open: {row['key']}" for row in await self.rows(OPEN_ITEMS, document_id)),
            *(f"not mailed: {row}" for row in await self.rows(TOLD, document_id) if row["sent_at"] is None),
        ]

    async def message_ids(self, document_id: UUID) -> set[str]:
        """The ids of the mails that a document's facts called for."""
        told = await self.rows(TOLD, document_id)
        return {message_id_of(row["fact"], row["person_id"], sender=SENDER) for row in told}


@dataclass(frozen=True)
class Letters:
    """The local post office's folder."""

    folder: Path

    def ids(self) -> Counter[str]:
        """How often each mail arrived, by its Message-ID."""
        return Counter(self._id(file) for file in self.folder.glob("*.eml"))

    def mails(self) -> list[EmailMessage]:
        """Every mail, whole, in the order in which they came."""
        files = sorted(self.folder.glob("*.eml"))
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]

    def _id(self, file: Path) -> str:
        headers = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        return str(headers["Message-ID"])


def whole(entries: list[dict[str, Any]]) -> bool:
    """Whether an exported dossier holds, counted by ourselves."""
    return chain.verify(entries).whole
