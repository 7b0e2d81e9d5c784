"""Mail of review: meetings to those invited, with the calendar entry; hearings to those who applied and left an address;
each change of a passkey to its owner.

What people wrote stands on the page, and in no mail.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from icalendar import Calendar, Event
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.kernel.contracts.refusals import Words
from services.kernel.runtime import language
from services.kernel.runtime.display import date_words
from services.kernel.runtime.language import Language
from services.kernel.runtime.mail import Mailer, is_address
from services.kernel.runtime.outbox import Letter
from services.kernel.runtime.process import Context
from services.kernel.runtime.staff_mail import address_of, composed
from services.kernel.text.normal import printable
from services.review.actions.enrolling import MAIL, PasskeyLetter
from services.review.actions.public_hearings import HEARING_MAIL, HearingLetter, code_of
from services.review.actions.sessions import SessionLetter
from services.review.domain.public_hearings import PublicHearing
from services.review.domain.sessions import Event as Done
from services.review.domain.sessions import Session
from services.review.store import passkeys, public_hearings, sessions
from services.review.store.passkeys import PasskeyAct

TEMPLATES = Path(__file__).parent / "templates" / "mail"
LANGUAGES: tuple[Language, Language] = ("zh", "en")
# A calendar draws a stretch of time; how long a meeting takes nobody says beforehand.
DRAWN = timedelta(hours=2)
WHAT: Mapping[str, Words] = {
    "noticed": Words("请您参加会议", "You are asked to attend a meeting"),
    "moved": Words("会议的时间或者地点有变动", "The time or place of a meeting has changed"),
    "cancelled": Words("会议已取消，请不要前往", "A meeting has been called off"),
}
PASSKEYS: Mapping[str, Words] = {
    "enrolled": Words("为您登记了一个通行密钥", "A passkey was enrolled for you"),
    "revoked": Words("您的一个通行密钥已注销", "A passkey of yours was revoked"),
}


HEARD: Mapping[str, Words] = {
    "applied": Words("听证报名已收到", "Your application for a hearing has arrived"),
    "changed": Words("听证公告有变动", "The notice of a hearing has changed"),
    "selected": Words("请您参加听证会", "You are asked to take part in a hearing"),
    "left_out": Words(
        "听证参加人已经遴选，您没有入选", "Participants of a hearing are selected; you are not among them"
    ),
}


class Post:
    """Delivers the mails of this service's outbox."""

    def __init__(self, context: Context) -> None:
        self._context, self._mailer = context, Mailer(context.settings)
        # Plain text: nothing here is markup, so nothing is escaped; the header is made safe by itself.
        self._templates = Environment(  # noqa: S701
            loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )

    async def deliver(self, letter: Letter) -> None:
        """Send one mail. Raises Undeliverable, Unavailable. Sent again after a crash, it has the same Message-ID."""
        if letter.name == HEARING_MAIL:
            await self._to_applicant(HearingLetter.model_validate(letter.body))
        elif letter.name == MAIL:
            await self._tell_of_passkey(PasskeyLetter.model_validate(letter.body))
        else:
            await self._to_colleague(SessionLetter.model_validate(letter.body))

    async def _to_applicant(self, said: HearingLetter) -> None:
        """To who left an address; a telephone number, and a contact already let go of, get none."""
        async with self._context.db.transaction() as tx:
            address = await public_hearings.to_mail(tx, said.application_id)
            hearing = await public_hearings.hearing(tx, said.round_id)
            number = await public_hearings.number_of(tx, said.application_id)
        if address is not None and is_address(address):
            await self._mailer.send(self._of_hearing(said, hearing, number, to=address), to=address)

    def _of_hearing(self, said: HearingLetter, hearing: PublicHearing, number: int, *, to: str) -> EmailMessage:
        settings, notice = self._context.settings, hearing.notice
        code = code_of(settings.secret.get_secret_value().encode(), said.application_id)
        page = f"{settings.public_url.rstrip('/')}/review/hearing/{hearing.round_id}"
        text = self._templates.get_template("hearing.txt").render(
            what=HEARD[said.what],
            subject=notice.subject,
            on=_both(notice.held_on),
            at=notice.at_time,
            place=notice.place,
            number=number,
            code=code if hearing.releases else "",
            link=f"{page}?number={number}&code={code}#withdraw" if hearing.releases else page,
            office=settings.office_name,
        )
        fact = ("hearing", str(said.application_id), said.what, said.told_at.isoformat())
        return composed(settings, text, to=to, at=said.told_at, fact=fact)

    async def _to_colleague(self, said: SessionLetter) -> None:
        async with self._context.db.read() as conn:
            session = await sessions.get(conn, said.session_id)
            done = await sessions.event(conn, said.session_id, said.event_id)
            address = await address_of(conn, said.person_id)
        await self._mailer.send(self.render(said, session, done, to=address), to=address)

    async def _tell_of_passkey(self, said: PasskeyLetter) -> None:
        async with self._context.db.read() as conn:
            act = await passkeys.get_act(conn, said.act_id)
            address = await address_of(conn, said.person_id)
        await self._mailer.send(self.of_passkey(said, act, to=address), to=address)

    def of_passkey(self, said: PasskeyLetter, act: PasskeyAct, *, to: str) -> EmailMessage:
        """The mail about one change of somebody's passkeys."""
        settings = self._context.settings
        text = self._templates.get_template("passkey.txt").render(
            what=PASSKEYS[act.act],
            label=printable(act.label),
            by=act.by_name,
            at=self._when(act.done_at.isoformat()),
            link=f"{settings.public_url.rstrip('/')}/review/signing",
            office=settings.office_name,
        )
        return composed(settings, text, to=to, at=act.done_at, fact=("passkey", str(said.act_id)))

    def render(self, said: SessionLetter, session: Session, done: Done, *, to: str) -> EmailMessage:
        """The mail as it leaves: of what was done then, whatever was done since."""
        text = self._templates.get_template("session.txt").render(**self._words(session, done))
        fact = ("session", str(said.event_id), said.person_id)
        mail = composed(self._context.settings, text, to=to, at=done.at, fact=fact)
        method = "CANCEL" if done.kind == "cancelled" else "REQUEST"
        mail.add_attachment(
            self._calendar(said, session, done, method, to).decode(),
            subtype="calendar",
            params={"method": method},
            filename="meeting.ics",
        )
        mail.set_boundary(f"fawen-{said.event_id}-{session.id}")
        return mail

    def _words(self, session: Session, done: Done) -> dict[str, Any]:
        settings, before = self._context.settings, done.detail.get("before")
        return {
            "what": WHAT[done.kind],
            "name": session.name,
            "at": self._when(done.detail["starts_at"]),
            "place": done.detail["place"],
            "before": {"at": self._when(before["starts_at"]), "place": before["place"]} if before else None,
            "titles": done.detail.get("titles", []),
            "link": self._link(session),
            "office": settings.office_name,
        }

    def _when(self, instant: str) -> Words:
        at, written = datetime.fromisoformat(instant).astimezone(self._context.settings.zone), []
        for tongue in LANGUAGES:
            with language.reading(tongue):
                written.append(f"{date_words(at.date())} {at:%H:%M}")
        return Words(*written)

    def _link(self, session: Session) -> str:
        return f"{self._context.settings.public_url.rstrip('/')}/review/meeting/{session.id}"

    def _calendar(self, said: SessionLetter, session: Session, done: Done, method: str, to: str) -> bytes:
        settings, starts_at = self._context.settings, datetime.fromisoformat(done.detail["starts_at"])
        event = Event()
        event.add("uid", f"{session.id}@{urlsplit(settings.public_url).hostname or 'fawen'}")
        event.add("dtstamp", done.at)
        event.add("dtstart", starts_at)
        event.add("dtend", starts_at + DRAWN)
        event.add("sequence", said.event_id)
        event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
        event.add("summary", printable(session.name))
        event.add("location", printable(done.detail["place"]))
        event.add("description", "\n".join([*map(printable, done.detail.get("titles", [])), self._link(session)]))
        event.add("url", self._link(session))
        event.add("organizer", f"mailto:{self._mailer.sender}")
        event.add("attendee", f"mailto:{to}")
        calendar = Calendar()
        calendar.add("prodid", "-//Fawen//review//ZH")
        calendar.add("version", "2.0")
        calendar.add("method", method)
        calendar.add_component(event)
        return bytes(calendar.to_ical())


def _both(day: date) -> Words:
    written = []
    for tongue in LANGUAGES:
        with language.reading(tongue):
            written.append(date_words(day))
    return Words(*written)
