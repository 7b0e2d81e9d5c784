"""What a session leaves on paper: the bundle that its members get before, and the minutes after it."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import directory
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.kernel.runtime.official.docx import as_docx
from services.review.actions.deciding import insist
from services.review.actions.sessions import the_clerk
from services.review.domain import session_refusals as no
from services.review.domain.sessions import Item, Session, change_refused
from services.review.minutes import Settled, held_on, minutes_paper, number_of
from services.review.pack import Bundle, as_pdf, gather
from services.review.store import meetings, rounds, sessions
from services.review.store.sessions import Minutes

NUMBERS = "minutes_number_format"


class MinutesOut(BaseModel):
    """The minutes: their number, and the hash of the file."""

    model_config = ConfigDict(frozen=True)

    session_id: UUID
    number: str
    file_hash: str


class PackOut(BaseModel):
    """The bundle: the hash of the file, how many papers lie in it, and which could only be listed."""

    model_config = ConfigDict(frozen=True)

    session_id: UUID
    file_hash: str
    papers: int
    listed_only: list[str]


async def bundle_papers(
    conn: Connection, actor: Actor, session_id: UUID, *, book: RuleBook, blobs: Blobs
) -> tuple[Session, str, Bundle]:
    """Read what goes into the bundle. Refused: UnknownSession, OtherAuthority, Cancelled, AlreadyHeld, AgendaEmpty."""
    session = await sessions.get(conn, session_id)
    await the_clerk(conn, actor, session.issuer_unit)
    insist(change_refused(session))
    agenda = _standing(await sessions.items(conn, session_id))
    names = {unit.id: unit.name for unit in await directory.units(conn)}
    return session, names.get(session.issuer_unit, ""), await gather(conn, blobs, agenda, names, book)


async def made_pack(
    session: Session, authority: str, bundle: Bundle, *, blobs: Blobs, zone: ZoneInfo
) -> tuple[str, Bundle]:
    """Typeset the bundle and keep the file: its hash, and the bundle as it could be set."""
    when = f"{session.starts_at.astimezone(zone):%Y-%m-%d %H:%M}"
    data, as_set = await as_pdf(session, when, authority, bundle)
    return await blobs.put(data), as_set


async def keep_pack(tx: Connection, actor: Actor, session: Session, file_hash: str, bundle: Bundle) -> PackOut:
    """Write down that this bundle went out. Refused: Cancelled, AlreadyHeld."""
    now, _ = await sessions.lock(tx, session.id)
    insist(change_refused(now))
    await sessions.add_pack(tx, session.id, file_hash, bundle.listing)
    await sessions.note(tx, session.id, "pack", actor, {"file_hash": file_hash})
    every = [paper for item in bundle.items for paper in item.papers]
    listed = [paper.name for paper in every if paper.listed]
    return PackOut(session_id=session.id, file_hash=file_hash, papers=len(every), listed_only=listed)


async def make_minutes(
    tx: Connection, actor: Actor, session_id: UUID, *, book: RuleBook, blobs: Blobs, zone: ZoneInfo
) -> MinutesOut:
    """Make the minutes, once, from what was recorded. Refused: ItemsOpen, AgendaEmpty, MinutesMade, OtherAuthority."""
    session, _ = await sessions.lock(tx, session_id)
    await the_clerk(tx, actor, session.issuer_unit)
    agenda = _standing(await sessions.items(tx, session_id))
    if any(item.outcome is None for item in agenda):
        raise no.ItemsOpen
    names = {unit.id: unit.name for unit in await directory.units(tx)}
    settled = [await _settled(tx, item, names, book) for item in agenda]
    year = held_on(settled, zone).year
    serial = await sessions.next_serial(tx, session.issuer_unit, session.form, year)
    number = number_of(str(book.parameter(NUMBERS)), session, year, serial)
    paper = minutes_paper(session, settled, number=number, authority=names.get(session.issuer_unit, ""), zone=zone)
    file_hash = await blobs.put(as_docx(paper))
    minutes = Minutes(number, file_hash, session.planned_at)
    if not await sessions.add_minutes(tx, session, year, serial, minutes):
        raise no.MinutesMade
    await sessions.note(tx, session_id, "minutes", actor, {"number": number, "file_hash": file_hash})
    return MinutesOut(session_id=session_id, number=number, file_hash=file_hash)


def _standing(items: list[Item]) -> list[Item]:
    agenda = [item for item in items if item.off_at is None]
    if not agenda:
        raise no.AgendaEmpty
    return agenda


async def _settled(tx: Connection, item: Item, names: dict[str, str], book: RuleBook) -> Settled:
    record = await meetings.find_meeting(tx, item.round_id)
    round_ = await rounds.get_round(tx, item.round_id)
    if record is None or round_.record_hash is None:
        raise no.ItemsOpen
    outcome = book.outcome(record.ruling.outcome).words.zh
    return Settled(item, record, outcome, names.get(item.drafting_unit, item.drafting_unit), round_.record_hash)
