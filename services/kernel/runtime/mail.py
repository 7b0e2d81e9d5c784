"""Mail as it leaves: one server, one meaning for each of its answers, and no address in a log or in a reason."""

from __future__ import annotations

import hashlib
import re
from email.message import EmailMessage
from email.utils import parseaddr

import aiosmtplib

from services.kernel.contracts.refusals import Unavailable
from services.kernel.runtime.relay import Undeliverable
from services.kernel.runtime.settings import Settings

ADDRESS = re.compile(r"[^\s@<>(),;:\"\\\x00-\x1f\x7f]+@[^\s@<>(),;:\"\\\x00-\x1f\x7f]+")
NOBODY = ""
SEND_SECONDS = 8.0
PERMANENT = 500
SUBJECT_LENGTH = 200


class Mailer:
    """Hands mails to the server of the settings, one at a time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.sender = parseaddr(settings.mail_from)[1]

    async def send(self, mail: EmailMessage, *, to: str, return_path: str | None = None) -> None:
        """Hand over one mail to an address (see `is_address`). Raises Undeliverable, Unavailable.

        `return_path` is where a bounce goes: the office's own address, another, or NOBODY.
        """
        try:
            await aiosmtplib.send(
                mail,
                sender=self.sender if return_path is None else return_path,
                recipients=[to],
                hostname=self._settings.smtp_host,
                port=self._settings.smtp_port,
                timeout=SEND_SECONDS,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            raise failure(error) from None  # the chain would carry the address into the log
        except UnicodeError:
            raise Undeliverable("the mail server cannot carry this address") from None


def is_address(text: str) -> bool:
    """Whether this is one mail address and nothing else."""
    return ADDRESS.fullmatch(text) is not None


def wired(address: str) -> str:
    """An address as mail servers carry it: the domain in ASCII. Raises UnicodeError where it is no domain."""
    box, _, host = address.rpartition("@")
    return f"{box}@{host if host.isascii() else host.encode('idna').decode()}"


def own_addresses(settings: Settings) -> frozenset[str]:
    """What no mail is taken from and none is sent to by itself: the sender's address, and the domain for comments."""
    return frozenset(filter(None, {parseaddr(settings.mail_from)[1].lower(), settings.comment_domain.lower()}))


def message_id_of(*fact: str, sender: str) -> str:
    """The same for the same fact, so that a repeat is known as one."""
    digest = hashlib.sha256("\n".join(fact).encode()).hexdigest()[:40]
    host = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return f"<{digest}@{host}>"


def one_line(subject: str) -> str:
    """What people wrote, as it may stand in a header: no line ends, no control characters, not endless."""
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", subject).strip()[:SUBJECT_LENGTH]


def failure(error: Exception) -> Exception:
    """What a failed attempt means. Servers quote the address in their answers: only the code is kept."""
    match error:
        case aiosmtplib.SMTPRecipientsRefused():
            codes = [refused.code for refused in error.recipients]
            code = codes[0] if codes else 0
            return _by_code(code, "recipient")
        case aiosmtplib.SMTPConnectResponseError() | aiosmtplib.SMTPHeloError() | aiosmtplib.SMTPAuthenticationError():
            return Unavailable(f"mail server (answer {error.code})")
        case aiosmtplib.SMTPResponseException():
            return _by_code(error.code, "mail")
        case aiosmtplib.SMTPNotSupported():
            return Undeliverable("the mail server cannot carry this address")
        case _:
            return Unavailable("mail server")


def _by_code(code: int, what: str) -> Exception:
    if code >= PERMANENT:
        return Undeliverable(f"the mail server refuses this {what} for good (answer {code})")
    return Unavailable(f"mail server (answer {code} for this {what})")
