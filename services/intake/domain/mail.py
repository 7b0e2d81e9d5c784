"""Mail as a way in: which window an address means, what of a mail is the opinion, and whom a machine may answer."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from uuid import UUID

from services.kernel.contracts.refusals import Conflict, NotFound, Words
from services.kernel.text.mail import ReadMail

WINDOW, BOUNCE = "c", "b"
BOX = re.compile(r"(?:c-(?P<window>[0-9a-f]{12})|b-(?P<bounce>[0-9a-f]{32}))@(?P<domain>[^@]+)", re.IGNORECASE)
NULL_PATH = "<>"
BY_MACHINES = re.compile(
    r"mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?|owner-.*|.*-request", re.IGNORECASE
)
BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
SEE_ATTACHED = "（意见见附件）"


class MailboxUnknown(NotFound):
    """No window and no mail of ours has this address."""

    code = "mail.mailbox_unknown"
    title = Words("没有这个收信地址", "No such mailbox")
    remedy = Words("请核对征求意见页面上的邮箱地址。", "Check the address on the page of the consultation.")


class NobodysMail(Conflict):
    """A machine's notice is no opinion: taking it would ask the office for an answer to nobody."""

    code = "mail.automatic"
    title = Words("自动回复和退信不作为意见", "Automatic replies and bounces are not taken as comments")
    remedy = Words("请由本人发送邮件。", "Send the mail yourself.")


class MailArrived(Conflict):
    """Only what did not arrive is sent once more."""

    code = "mail.not_undelivered"
    title = Words("没有这封没有送达的邮件", "No such undelivered mail")
    remedy = Words(
        "只有退回或者放弃发送的邮件可以重发；已经重发的，请等待结果。",
        "Only a mail that came back or was given up can be sent once more.",
    )


@dataclass(frozen=True)
class Box:
    """What an address of ours means: a window, by the end of its id, or a mail that went out."""

    window: str | None = None
    bounce: UUID | None = None


def mailbox_of(window_id: UUID, domain: str) -> str | None:
    """The address to which a window's comments may be mailed; None where mail does not come in."""
    return f"{WINDOW}-{str(window_id)[-12:]}@{domain}" if domain else None


def return_path_of(mail_id: UUID, domain: str) -> str | None:
    """Where a bounce of a mail that we sent comes back; None where mail does not come in."""
    return f"{BOUNCE}-{mail_id.hex}@{domain}" if domain else None


def read_box(address: str, domain: str) -> Box:
    """What an address means. Raises MailboxUnknown."""
    found = BOX.fullmatch(address.strip())
    if found is None or not domain or found["domain"].lower() != domain.lower():
        raise MailboxUnknown
    if found["window"]:
        return Box(window=found["window"].lower())
    return Box(bounce=UUID(found["bounce"]))


def is_nobodys(mail: ReadMail, return_path: str, *, ours: frozenset[str]) -> bool:
    """Whether a machine wrote: a bounce, an answer made by itself, or a mail of our own (`ours`: see `is_ours`)."""
    automatic = return_path in ("", NULL_PATH) or mail.report or mail.auto_submitted == "auto-replied"
    return automatic or is_ours(mail.from_address, ours) or is_ours(return_path, ours)


def is_ours(address: str, ours: frozenset[str]) -> bool:
    """Whether an address is one of ours, or lies in a domain of ours: both in lower case."""
    return not ours.isdisjoint({address.lower(), address.lower().rpartition("@")[2]})


def may_answer(mail: ReadMail) -> bool:
    """Whether a person's mail (see `is_nobodys`) may be answered by a machine (RFC 3834)."""
    return not (
        BY_MACHINES.fullmatch(mail.from_address.rpartition("@")[0])
        or mail.auto_submitted not in ("", "no")
        or mail.precedence in BULK
        or mail.listed
        or mail.suppressed
    )


def opinion_of(mail: ReadMail) -> str:
    """The opinion in a mail: its subject, then its whole text, with what it quotes; nothing is cut."""
    text = mail.text.strip()
    if not text and mail.files:
        text = SEE_ATTACHED
    return f"{mail.subject}\n\n{text}".strip() if mail.subject else text


def failed_check(mail: ReadMail, trusted: str) -> bool:
    """Whether the mail server in front of us (`trusted`, its name) found the sender forged. Others are not believed."""
    for result in mail.results:
        name, _, found = result.partition(";")
        if trusted and name.split()[:1] == [trusted]:
            return bool(re.search(r"\bdmarc\s*=\s*fail", found, re.IGNORECASE))
    return False


def key_of(mail: ReadMail, body_hash: str, file_hashes: list[str]) -> str:
    """The same for the same mail, whichever way and however often it is delivered."""
    told = [mail.message_id or mail.from_address, body_hash, *file_hashes]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def sender_of(address: str, secret: str) -> str:
    """Equal for equal addresses, telling nothing else to who has not the secret."""
    return hmac.new(secret.encode(), address.strip().lower().encode(), hashlib.sha256).hexdigest()
