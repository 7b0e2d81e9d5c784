"""The machine's grouping of a closed window: read as a stream, worked out off the event loop, written in steps.

What is written shows nowhere before the summary is recorded, and a run that broke off leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.intake.grouping import Grouper, Grouping
from services.intake.store import grouping as store
from services.intake.store.grouping import AT_ONCE, NewGroup, Stand
from services.kernel.contracts.refusals import Unavailable
from services.kernel.procedure.deadlines import OFFICE_ZONE
from services.kernel.runtime.db import Connection, Database

Ints = NDArray[np.int64]
Beat = Callable[[], None]

HOUR = 3600
# Smaller groups have no profile by day: it is shown for campaigns.
PROFILED = 10


@dataclass
class Opinions:
    """What is remembered of the opinions of a window beside their sketches, in the order in which they came."""

    ids: bytearray
    seconds: list[Ints]
    hidden: list[NDArray[np.bool_]]
    earlier: dict[int, UUID]

    def id(self, at: int) -> UUID:
        """The id of the opinion at that place."""
        return UUID(bytes=bytes(self.ids[at * 16 : at * 16 + 16]))


@dataclass(frozen=True)
class Grouped:
    """Of which opinions the grouping was made, how many of them differ, and which earlier groups grew."""

    stand: Stand
    distinct: int
    grown: list[UUID]


async def group_opinions(db: Database, window_id: UUID, beat: Beat) -> Grouped:
    """Group the opinions of a closed window that stand, and write it. Raises Unavailable while another does the same.

    An opinion that was grouped at an earlier closing stays where the machine put it; new ones may join it there.
    """
    async with db.read() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        if not await store.alone(conn, window_id):
            raise Unavailable("grouping")
        closing = await store.closing_of(conn, window_id)
        await _drop(db, window_id, closing, beat)
        stand = await store.stand_of(conn, window_id)
        grouper, opinions = await _read(conn, window_id, closing, beat)
        found = await asyncio.to_thread(grouper.grouped, beat)
        grown = await _write(db, window_id, closing, opinions, found, beat)
    return Grouped(stand, found.distinct, grown)


async def _drop(db: Database, window_id: UUID, closing: int, beat: Beat) -> None:
    for drop in (store.drop_members, store.drop_groups):
        more = True
        while more:
            async with db.transaction() as tx:
                more = await drop(tx, window_id, closing)
            beat()


async def _read(conn: Connection, window_id: UUID, closing: int, beat: Beat) -> tuple[Grouper, Opinions]:
    grouper, opinions, count = Grouper(), Opinions(bytearray(), [], [], {}), 0
    async for rows in store.opinions(conn, window_id, closing):
        await asyncio.to_thread(grouper.add, [row["body"] for row in rows])
        opinions.ids += b"".join(row["id"].bytes for row in rows)
        opinions.seconds.append(np.array([int(row["received_at"].timestamp()) for row in rows], np.int64))
        opinions.hidden.append(np.array([row["hidden"] for row in rows], np.bool_))
        if closing > 1:
            groups = (row["machine_group"] for row in rows)
            opinions.earlier |= {at: group for at, group in enumerate(groups, start=count) if group is not None}
        count += len(rows)
        beat()
    return grouper, opinions


async def _write(
    db: Database, window_id: UUID, closing: int, opinions: Opinions, found: Grouping, beat: Beat
) -> list[UUID]:
    """Write groups and members, so many in one transaction; which groups of an earlier closing grew."""
    joined: dict[int, UUID] = {}
    for at, group in opinions.earlier.items():
        joined.setdefault(int(found.group[at]), group)
    groups = await asyncio.to_thread(_groups, window_id, opinions, found, joined)
    ids: list[UUID] = []
    for start in range(0, found.groups, AT_ONCE):
        part = groups.of(range(start, min(start + AT_ONCE, found.groups)))
        ids += [group.id for group in part]
        async with db.transaction() as tx:
            await store.add_groups(tx, window_id, closing, [g for g in part if g.id not in groups.known])
        beat()
    grown: set[UUID] = set()
    for start in range(0, len(found.group), AT_ONCE):
        ats = [at for at in range(start, min(start + AT_ONCE, len(found.group))) if at not in opinions.earlier]
        homes = [ids[found.group[at]] for at in ats]
        grown |= groups.known.intersection(homes)
        async with db.transaction() as tx:
            await store.add_members(tx, window_id, closing, [opinions.id(at) for at in ats], homes)
        beat()
    return sorted(grown)


@dataclass(frozen=True)
class _Groups:
    """The groups of a window, worked out; rows are made only when they are written."""

    window_id: UUID
    opinions: Opinions
    found: Grouping
    joined: dict[int, UUID]
    known: frozenset[UUID]
    first: Ints
    representative: Ints
    busiest: Ints
    profiles: dict[int, str]

    def of(self, numbers: range) -> list[NewGroup]:
        return [
            NewGroup(
                id=self.joined.get(number) or _id(self.window_id, self.opinions.id(int(self.first[number]))),
                representative=self.opinions.id(int(self.representative[number])),
                size=int(self.found.size[number]),
                busiest_hour=int(self.busiest[number]),
                profile=self.profiles.get(number, "[]"),
            )
            for number in numbers
        ]


def _groups(window_id: UUID, opinions: Opinions, found: Grouping, joined: dict[int, UUID]) -> _Groups:
    seconds, hidden = _whole(opinions.seconds, np.int64), _whole(opinions.hidden, np.bool_)
    order = np.argsort(found.group, kind="stable")
    ends = np.cumsum(found.size)
    first = order[ends - found.size]
    representative, busiest = found.middle.copy(), np.ones(found.groups, np.int64)
    profiles: dict[int, str] = {}
    for number in map(int, np.flatnonzero((found.size > 1) | hidden[found.middle])):
        members = order[ends[number] - found.size[number] : ends[number]]
        if hidden[representative[number]]:
            shown = members[~hidden[members]]
            representative[number] = shown[0] if len(shown) else representative[number]
        busiest[number] = np.unique(seconds[members] // HOUR, return_counts=True)[1].max()
        if len(members) >= PROFILED:
            profiles[number] = _profile(seconds[members])
    known = frozenset(joined.values())
    return _Groups(window_id, opinions, found, joined, known, first, representative, busiest, profiles)


def _whole(parts: list[NDArray[np.int64]] | list[NDArray[np.bool_]], kind: type) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(0, kind), *parts])


def _profile(seconds: Ints) -> str:
    """Opinions by day of the office, as JSON."""
    offset = datetime.fromtimestamp(int(seconds[0]), OFFICE_ZONE).utcoffset() or timedelta()
    days, counts = np.unique((seconds + int(offset.total_seconds())) // (24 * HOUR), return_counts=True)
    starts: Iterator[datetime] = (datetime.fromtimestamp(int(day) * 24 * HOUR, UTC) for day in days)
    return json.dumps([[day.date().isoformat(), int(count)] for day, count in zip(starts, counts, strict=True)])


def _id(window_id: UUID, first: UUID) -> UUID:
    """The id of a group by its first opinion: the same when a run that broke off is made again (RFC 9562, version 8).

    It begins with the instant of that opinion's own id, so that groups of one size stand in the order of arrival.
    """
    digest = hashlib.blake2b(window_id.bytes + first.bytes, digest_size=10).digest()
    number = int.from_bytes(digest, "big") & ~(0xF << 76) & ~(0b11 << 62)
    return UUID(int=first.int >> 80 << 80 | number | 8 << 76 | 0b10 << 62)
