"""Reading a mail that anybody may have sent: its words and its files, or a refusal that says what to send instead."""

from __future__ import annotations

import asyncio
import base64
import json

from services.kernel.contracts.refusals import Invalid, Words
from services.kernel.runtime.extract.worker import WorkerLost, Workers
from services.kernel.text.mail import MailFile, ReadMail

MAIL = "message/rfc822"
SECONDS = 20.0


class MailUnreadable(Invalid):
    """Not a mail, or one that breaks its reader."""

    code = "mail.unreadable"
    title = Words("邮件无法读取", "The mail cannot be read")
    remedy = Words("请用普通的邮件重新发送。", "Send it again as an ordinary mail.")


class MailHeaders(MailUnreadable):
    """Headers without end."""

    code = "mail.headers"
    title = Words("邮件的信头过长", "The headers of the mail are too long")


class MailParts(MailUnreadable):
    """More parts, or deeper ones, than any program that people write mails with makes."""

    code = "mail.parts"
    title = Words("邮件的组成部分过多", "The mail has too many parts")


class MailCharset(MailUnreadable):
    """Words in no known character set: nothing is guessed in an opinion."""

    code = "mail.charset"
    title = Words("邮件正文的编码无法识别", "The character set of the mail is not known")
    remedy = Words("请用 UTF-8 或 GB18030 编码重新发送。", "Send it again in UTF-8 or GB18030.")


_REFUSALS: dict[str, type[MailUnreadable]] = {kind.code: kind for kind in (MailHeaders, MailParts, MailCharset)}
_workers = Workers()


async def read_mail(data: bytes, *, seconds: float = SECONDS) -> ReadMail:
    """The content of a mail; parsed in a process with limits of memory and time. Raises MailUnreadable."""
    try:
        answer = await asyncio.to_thread(_workers.ask, MAIL, data, seconds)
    except WorkerLost as lost:
        raise MailUnreadable from lost
    if answer.refusal:
        raise _REFUSALS.get(answer.refusal, MailUnreadable)
    given = json.loads(answer.text)
    files = tuple(MailFile(one["name"], one["type"], base64.b64decode(one["content"])) for one in given.pop("files"))
    return ReadMail(**given | {"results": tuple(given["results"])}, files=files)
