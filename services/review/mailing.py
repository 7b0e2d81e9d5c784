"""Mail of review: meetings to those invited, with the calendar entry; what people wrote stands on the page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
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
from services.kernel.runtime.mail import Mailer
from services.kernel.runtime.outbox import Letter
from services.kernel.runtime.process import Context
from services.kernel.runtime.staff_mail import address_of, composed
from services.kernel.text.normal import printable
from services.review.actions.sessions import SessionLetter
from services.review.domain.sessions import Event as Done
from services.review.domain.sessions import Session
from services.review.store import sessions

TEMPLATES = Path(__file__).parent / "templates" / "mail"
LANGUAGES: tuple[Language, Language] = ("zh", "en")
# A calendar draws a stretch of time; how long a meeting takes nobody says beforehand.
DRAWN = timedelta(hours=2)
WHAT: Mapping[str, Words] = {
    "noticed": Words("请您参加会议", "You are asked to attend a meeting"),
    "moved": Words("会议的时间或者地点有变动", "The time or place of a meeting has changed"),
    "cancelled": Words("会议已取消，请不要前往", "A meeting has been called off"),
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
        said = SessionLetter.model_validate(letter.body)
        async with self._context.db.read() as conn:
            session = await sessions.get(conn, said.session_id)
            done = await sessions.event(conn, said.session_id, said.event_id)
            address = await address_of(conn, said.person_id)
        await self._mailer.send(self.render(said, session, done, to=address), to=address)

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
        return f"{self._context.settings.public_url.rstrip('/')}/review/session/{session.id}"

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
