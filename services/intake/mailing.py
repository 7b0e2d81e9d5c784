"""Writing to those who commented: once for each fact, slowly, from the one process that may read their addresses."""

from __future__ import annotations

import asyncio
import time
from typing import get_args

import structlog

from services.intake.domain.mail import is_ours, return_path_of, sender_of
from services.intake.mail_words import compose
from services.intake.shown.clauses import clauses_of
from services.intake.store import contacts, mails, windows
from services.intake.store.mails import Kind, QueuedMail
from services.kernel.contracts.refusals import Unavailable
from services.kernel.runtime.db import GONE
from services.kernel.runtime.mail import NOBODY, Mailer, is_address, own_addresses, wired
from services.kernel.runtime.process import Context
from services.kernel.runtime.relay import Undeliverable

log = structlog.get_logger()

AT_ONCE = 5
LISTED_AT_ONCE = 500
LOOK_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 1800.0
GIVE_UP_SECONDS = 5 * 86_400.0


class Mailing:
    """One of possibly several; leases keep them from sending a mail twice, a crash in between may."""

    def __init__(self, context: Context) -> None:
        self._db, self._private = context.db, context.private
        self._blobs, self._settings = context.blobs, context.settings
        self._mailer = Mailer(context.settings)
        self._ours = own_addresses(context.settings)

    async def run(self) -> None:
        """List and send until cancelled."""
        while True:
            try:
                while await self.list_some():
                    continue
                worked = await self.send_some()
            except (Unavailable, *GONE) as gone:
                log.warning("mailing.database_gone", error=str(gone))
                worked = 0
            if not worked:
                await asyncio.sleep(LOOK_SECONDS)

    async def list_some(self) -> bool:
        """List some of those to whom published answers are owed; False when nobody is left to be listed."""
        async with self._db.transaction() as tx:
            mailing = await mails.next_mailing(tx)
            if mailing is None:
                return False
            async with self._private.read() as conn:
                held = await contacts.held_of(conn, mailing.window_id, after=mailing.listed_to, limit=LISTED_AT_ONCE)
            if not held:
                await mails.all_listed(tx, mailing)
                return True
            secret = self._settings.secret.get_secret_value()
            senders = {
                one.comment_id: sender_of(one.contact, secret) for one in held if self._may_write_to(one.contact)
            }
            await mails.list_senders(tx, mailing, senders, to=held[-1].comment_id)
            return True

    def _may_write_to(self, contact: str) -> bool:
        """Whether what somebody left is one address, that a mail can be sent to, and not one of ours."""
        try:
            return is_address(contact.strip()) and not is_ours(wired(contact.strip()), self._ours)
        except UnicodeError:
            return False

    async def send_some(self) -> int:
        """Send some of what is due, receipts first, not faster than the settings allow; how many were tried."""
        for kind in get_args(Kind):
            began = time.monotonic()
            async with self._db.transaction() as tx:
                claimed = await mails.claim(tx, kind, AT_ONCE)
            if claimed:
                await asyncio.gather(*(self._send(mail) for mail in claimed))
                pause = len(claimed) / self._settings.comment_mails_a_second - (time.monotonic() - began)
                await asyncio.sleep(max(pause, 0.0))
                return len(claimed)
        return 0

    async def _send(self, mail: QueuedMail) -> None:
        try:
            await self._hand_over(mail)
        except Undeliverable as never:
            await self._give_up(mail, str(never))
        except Unavailable as away:
            if mail.age > GIVE_UP_SECONDS:
                await self._give_up(mail, f"not taken in time: {away}")
                return
            async with self._db.transaction() as tx:
                await mails.try_again(tx, mail.id, min(2.0 ** min(mail.attempts, 20), LONGEST_PAUSE_SECONDS))
        else:
            async with self._db.transaction() as tx:
                await mails.mark_sent(tx, mail.id)
            log.info("commenter_mail.sent", mail_id=str(mail.id), kind=mail.kind)

    async def _hand_over(self, mail: QueuedMail) -> None:
        to = await self._address_for(mail)
        async with self._db.read() as conn:
            window = await windows.get(conn, mail.window_id)
            said = await mails.said(conn, mail.comment_ids)
        if mail.kind == "answers" and all(one.withdrawn_at for one in said):
            raise Undeliverable("everything was withdrawn: there is no answer to tell")
        clauses = await clauses_of(self._blobs, window.text_hash)
        composed = compose(mail, window, said, clauses, to=to, settings=self._settings)
        back = NOBODY if mail.kind == "receipt" else return_path_of(mail.id, self._settings.comment_domain)
        await self._mailer.send(composed, to=to, return_path=back)

    async def _address_for(self, mail: QueuedMail) -> str:
        """The address that these comments were left with; any of them may have let go of it."""
        async with self._private.read() as conn:
            for comment_id in mail.comment_ids:
                held = await contacts.address_of(conn, comment_id)
                if held is not None and held.contact and self._may_write_to(held.contact):
                    return wired(held.contact.strip())
        raise Undeliverable("no address is held any more")

    async def _give_up(self, mail: QueuedMail, why: str) -> None:
        async with self._db.transaction() as tx:
            await mails.mark_failed(tx, mail.id, why)
        log.warning("commenter_mail.failed", mail_id=str(mail.id), kind=mail.kind, why=why)
