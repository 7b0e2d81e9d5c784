"""What mails to commenters say: rendered when they leave, Chinese first then English, the same when they leave twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.intake.domain.answers import DISPOSITION_WORDS, Disposition
from services.intake.domain.moderation import words_for
from services.intake.shown.clauses import label_of
from services.intake.store.mails import QueuedMail, Said
from services.intake.store.windows import Window
from services.kernel.contracts.refusals import Words
from services.kernel.runtime import language
from services.kernel.runtime.display import date_words
from services.kernel.runtime.mail import message_id_of, one_line
from services.kernel.runtime.settings import Settings
from services.kernel.text.clauses import Clause

TEMPLATES = Path(__file__).parent / "templates" / "mail"
QUOTED = 500
MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
NATURE = {"receipt": "auto-replied", "answers": "auto-generated"}

# Plain text: nothing here is markup, so nothing is escaped; headers are made safe by themselves.
_templates = Environment(  # noqa: S701
    loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def compose(
    mail: QueuedMail, window: Window, said: Sequence[Said], clauses: tuple[Clause, ...], *, to: str, settings: Settings
) -> EmailMessage:
    """The mail as it leaves. Its Message-ID is that of its fact, so that a repeat is known as one."""
    public = settings.public_url.rstrip("/")
    subject, _, body = (
        _templates.get_template(f"{mail.kind}.txt")
        .render(
            title=one_line(window.title),
            closes=_end(window.closes_at, settings),
            opinions=[_told(one, clauses, settings) for one in said],
            more=mail.more,
            feedback=f"{public}/intake/consultation/{window.id}/feedback",
            office=settings.office_name,
        )
        .partition("\n")
    )
    made = EmailMessage()
    made["From"] = settings.mail_from
    made["To"] = to
    made["Subject"] = one_line(subject)
    made["Date"] = format_datetime(mail.made_at.astimezone(settings.zone))
    made["Message-ID"] = message_id_of(mail.fact, sender=settings.mail_from)
    made["Auto-Submitted"] = NATURE[mail.kind]
    if mail.in_reply_to and MESSAGE_ID.fullmatch(mail.in_reply_to):
        made["In-Reply-To"] = made["References"] = mail.in_reply_to
    made.set_content(body.strip() + "\n")
    return made


def _told(one: Said, clauses: tuple[Clause, ...], settings: Settings) -> dict[str, Any]:
    return {
        "receipt": one.receipt,
        "received": _exact(one.received_at, settings),
        "body_hash": one.body_hash,
        "files": one.files,
        "link": f"{settings.public_url.rstrip('/')}/intake/receipt?receipt={one.receipt}",
        "about": label_of(clauses, one.clause),
        "hidden_reason": words_for(one.hidden_reason) if one.hidden_reason else None,
        "quoted": _quoted(one.body),
        "withdrawn": _exact(one.withdrawn_at, settings) if one.withdrawn_at else None,
        "disposition": DISPOSITION_WORDS[Disposition(one.disposition)][0] if one.disposition else None,
        "reason": one.reason,
        "changed": label_of(clauses, one.answer_clause) if one.answer_clause else None,
    }


def _quoted(body: str) -> str:
    shown = body if len(body) <= QUOTED else f"{body[:QUOTED]}……"
    return "\n".join(f"> {line}" for line in shown.split("\n"))


def _end(moment: datetime, settings: Settings) -> Words:
    """An instant at which something ends: midnight is the 24:00 of the day before."""
    here = moment.astimezone(settings.zone)
    if here.time() != time.min:
        return _exact(moment, settings)
    return _at(here.date() - timedelta(days=1), "24:00")


def _exact(moment: datetime, settings: Settings) -> Words:
    """To the millisecond, in the office's zone."""
    here = moment.astimezone(settings.zone)
    return _at(here.date(), f"{here:%H:%M:%S}.{here.microsecond // 1000:03d}")


def _at(day: date, clock: str) -> Words:
    with language.reading("zh"):
        chinese = date_words(day)
    with language.reading("en"):
        english = date_words(day)
    return Words(f"{chinese} {clock}", f"{english}, {clock}")
