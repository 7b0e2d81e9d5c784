"""The clause that an answer changed: as it was commented on, and as it stands in the newest text."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from services.intake.shown.clauses import called
from services.intake.store import versions
from services.intake.store.versions import Version
from services.intake.store.windows import Window
from services.kernel.contracts.refusals import Words
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.kernel.text.diff import ChangeKind, Comparison, compare

KEPT = 32
_known: OrderedDict[tuple[str, str], Comparison] = OrderedDict()

CHANGE_WORDS: dict[ChangeKind, Words] = {
    ChangeKind.CHANGED: Words("已修改", "Changed"),
    ChangeKind.ADDED: Words("新增", "Added"),
    ChangeKind.REMOVED: Words("已删去", "Removed"),
    ChangeKind.MOVED: Words("已移动", "Moved"),
    ChangeKind.SAME: Words("还没有改动", "Not changed yet"),
}


async def answered_with(conn: Connection, window: Window) -> Version:
    """The text that the answers are about: the one that stood when they were published; until then the newest.

    What the drafting office hands in afterwards is not public before the decision.
    """
    at = window.answers_published_at or window.now
    return await versions.standing(conn, window.document_id, at, no_earlier_than=window.version)


@dataclass(frozen=True)
class ClauseShown:
    """What became of a clause: how it was and is called, in which way it changed, and word by word."""

    was: str
    now: str
    kind: ChangeKind
    runs: tuple[Any, ...]

    @property
    def words(self) -> Words:
        """What happened, in words."""
        return CHANGE_WORDS[self.kind]

    @property
    def renumbered(self) -> bool:
        """Whether it stands under another number now."""
        return bool(self.was and self.now and self.was != self.now)


@dataclass(frozen=True)
class Changes:
    """Two versions side by side, asked clause by clause."""

    comparison: Comparison | None

    def of(self, clause: str) -> ClauseShown | None:
        """The clause that an answer names, by its anchor or its number: in the text commented on, else in the newer.

        None where no newer text stands, or neither text has such a clause.
        """
        if self.comparison is None or not clause:
            return None
        for side in ("old", "new"):
            for change in self.comparison.changes:
                held = getattr(change, side)
                if held is not None and clause in (held.anchor, held.number):
                    was = called(change.old) if change.old else ""
                    now = called(change.new) if change.new else ""
                    return ClauseShown(was, now, change.kind, change.runs)
        return None

    def altered(self) -> dict[str, Words]:
        """The clauses of the newer text that differ, by anchor, and how."""
        found = self.comparison.changes if self.comparison else ()
        return {one.new.anchor: CHANGE_WORDS[one.kind] for one in found if one.new and one.kind is not ChangeKind.SAME}


async def changes_between(blobs: Blobs, old_hash: str, new_hash: str) -> Changes:
    """What changed from the text commented on to another; texts never change under their hashes."""
    if old_hash == new_hash:
        return Changes(None)
    key = (old_hash, new_hash)
    if key not in _known:
        old, new = await blobs.text(old_hash), await blobs.text(new_hash)
        _known[key] = await asyncio.to_thread(compare, old, new)
        while len(_known) > KEPT:
            _known.popitem(last=False)
    _known.move_to_end(key)
    return Changes(_known[key])
