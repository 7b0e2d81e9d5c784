"""Closing dates as a calendar that other programs read (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from icalendar import Alarm, Calendar, Event

from services.intake.domain.windows import last_second_words
from services.intake.store.feeds import Close
from services.kernel.contracts.refusals import Words
from services.kernel.runtime import language
from services.kernel.text.normal import printable

# A calendar draws a stretch of time: the last half hour, on the last day itself. It speaks up a day before.
DRAWN, ALARM = timedelta(minutes=30), timedelta(hours=24)
NAME = Words("征求意见截止日期", "Consultations: closing dates")


def calendar_of(closes: Iterable[Close], public_url: str) -> bytes:
    """The calendar of these closes. An id never changes; a close that was moved comes with a higher sequence."""
    reader = language.current()
    calendar = Calendar()
    calendar.add("prodid", "-//Fawen//intake//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", NAME.of(reader))
    for close in closes:
        calendar.add_component(_event(close, public_url, reader))
    return bytes(calendar.to_ical())


def _event(close: Close, public_url: str, reader: str) -> Event:
    title = printable(close.title)
    words = Words(f"征求意见截止：{title}", f"Consultation closes: {title}").of(reader)
    link = f"{public_url}/intake/consultation/{close.window_id}"
    suspended = Words("已暂停，恢复以后顺延。", "Suspended; it will move once resumed.").of(reader) + "\n"
    about = f"{last_second_words(close.closes_at).of(reader)}\n{printable(close.unit)}\n{link}"
    event = Event()
    event.add("uid", f"{close.window_id}@{urlsplit(public_url).hostname or 'fawen'}")
    event.add("dtstamp", close.now)
    event.add("dtstart", max(close.closes_at - DRAWN, close.opens_at))
    event.add("dtend", close.closes_at)
    event.add("last-modified", close.changed_at)
    event.add("sequence", close.acts)
    event.add("status", "TENTATIVE" if close.suspended else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("summary", words)
    event.add("description", (suspended if close.suspended else "") + about)
    event.add("url", link)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", -ALARM)
    event.add_component(alarm)
    return event
