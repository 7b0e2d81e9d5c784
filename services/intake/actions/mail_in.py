"""Mail in: a mail to a window's box becomes a comment, once, at the instant at which the database took it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import structlog

from services.intake.actions.comment import (
    LONGEST_CONTACT,
    LONGEST_NAME,
    Opinion,
    count_refused,
    take_comment,
)
from services.intake.actions.files import keep_file
from services.intake.actions.gate import Gate
from services.intake.actions.taking import refusal_of
from services.intake.domain.attachments import Attached, FileLimits, check_attached, safe_name, safe_type
from services.intake.domain.comments import Channel, body_hash, clean_body
from services.intake.domain.mail import (
    MailboxUnknown,
    NobodysMail,
    failed_check,
    is_nobodys,
    key_of,
    may_answer,
    opinion_of,
    read_box,
    sender_of,
)
from services.intake.shown.clauses import clauses_of
from services.intake.store import attachments, clauses, comments, mails, windows
from services.intake.store.windows import Window
from services.kernel.contracts.refusals import Refused
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection, Database
from services.kernel.runtime.idempotency import Answer, once
from services.kernel.runtime.mail import is_address, own_addresses
from services.kernel.runtime.mime import read_mail
from services.kernel.runtime.settings import Settings
from services.kernel.text.clauses import clause_meant
from services.kernel.text.mail import ReadMail

log = structlog.get_logger()

LATER = (429, 503)


@dataclass(frozen=True)
class Office:
    """What a mail is taken with."""

    db: Database
    blobs: Blobs
    settings: Settings
    gate: Gate

    @classmethod
    def over(cls, db: Database, blobs: Blobs, settings: Settings) -> Office:
        """An office with a gate of its own; its counters are shared by all processes."""
        return cls(db, blobs, settings, Gate(db, settings))

    @property
    def files(self) -> FileLimits:
        """How many files a comment may bring, and how large."""
        given = self.settings
        return FileLimits(given.comment_files, given.comment_file_bytes, given.comment_files_bytes)


async def find_box(office: Office, address: str) -> UUID | None:
    """The window of an address; None for the way back of a mail that we sent. Raises MailboxUnknown, Unavailable."""
    box = read_box(address, office.settings.comment_domain)
    if box.window is None:
        return None
    async with office.db.read() as conn:
        window_id = await mails.find_window(conn, box.window)
    if window_id is None:
        raise MailboxUnknown
    return window_id


async def receive(office: Office, address: str, data: bytes, return_path: str) -> None:
    """Take a whole mail; it is committed when this returns. `return_path` is the sender in the envelope.

    Raises MailboxUnknown, MailUnreadable, NobodysMail, BadComment, TooManyFiles, FilesTooLarge, what the window
    refuses with, TooMany, TooBusy, Unavailable. Refusals for good are counted; what may come again is not.
    """
    window_id = await find_box(office, address)
    if window_id is None:
        await _came_back(office, address)
        return
    try:
        await _take(office, window_id, await read_mail(data), return_path)
    except Refused as refused:
        if refused.status not in LATER:
            await count_refused(office.db, window_id, Channel.EMAIL, refused.code)
        log.info("mail.refused", window_id=str(window_id), code=refused.code)
        raise


async def _came_back(office: Office, address: str) -> None:
    """A mail of ours was not delivered: it is noted. Only that mail's server and its recipient know this address."""
    bounce = read_box(address, office.settings.comment_domain).bounce
    assert bounce is not None
    async with office.db.transaction() as tx:
        await mails.mark_bounced(tx, bounce)
    log.info("mail.bounced", mail_id=str(bounce))


async def _take(office: Office, window_id: UUID, mail: ReadMail, return_path: str) -> None:
    if is_nobodys(mail, return_path, ours=own_addresses(office.settings)):
        raise NobodysMail
    body = clean_body(opinion_of(mail))
    files = [Attached(safe_name(f.name, n), safe_type(f.media_type), f.content) for n, f in enumerate(mail.files, 1)]
    check_attached(files, office.files)
    window = await _must_be_open(office.db, window_id)
    await office.gate.admit(window_id, f"mail:{(mail.from_address or return_path).lower()}", "", b"")
    kept = [await keep_file(office.db, office.blobs, file) for file in files]
    found = await clauses_of(office.blobs, window.text_hash)
    meant = clause_meant(found, window.title, mail.subject, mail.text)
    clause = meant.anchor if meant else ""
    key = key_of(mail, body_hash(body), [file.content_hash for file in kept])

    async def act(tx: Connection) -> Answer:
        taken = await take_comment(tx, window_id, _opinion(mail, body, clause), Channel.EMAIL)
        comment = await comments.by_receipt(tx, taken.receipt)
        await clauses.propose(tx, comment.id, window_id, clause)
        await attachments.add(tx, comment.id, kept)
        await _acknowledge(tx, office.settings, window_id, comment.id, mail)
        return Answer(201, {"comment_id": str(comment.id)})

    async with office.db.transaction() as tx:
        await once(tx, key=key, actor=f"mail:{window_id}", route="mail", body_hash=key, act=lambda: act(tx))


async def _must_be_open(db: Database, window_id: UUID) -> Window:
    """Nothing is stored for a window that takes nothing; whether it does is decided again by the row."""
    async with db.read() as conn:
        window = await windows.get(conn, window_id)
    if not window.is_open:
        raise refusal_of(window)
    return window


def _opinion(mail: ReadMail, body: str, clause: str = "") -> Opinion:
    contact = mail.from_address if is_address(mail.from_address) else ""
    return Opinion(
        body, clause, name=mail.from_name[:LONGEST_NAME], contact=contact if len(contact) <= LONGEST_CONTACT else ""
    )


async def _acknowledge(tx: Connection, settings: Settings, window_id: UUID, comment_id: UUID, mail: ReadMail) -> None:
    contact = _opinion(mail, "").contact
    if not contact or not may_answer(mail) or failed_check(mail, settings.comment_mail_checker):
        return
    await mails.queue_receipt(
        tx,
        window_id,
        comment_id,
        sender=sender_of(contact, settings.secret.get_secret_value()),
        in_reply_to=mail.message_id[:998] or None,
    )
