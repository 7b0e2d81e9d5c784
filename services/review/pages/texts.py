"""The text of a round, clause by clause; of a later round, what changed since the one before."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.kernel.contracts.refusals import NotFound
from services.kernel.runtime.blobs import Blobs
from services.kernel.text.clauses import Clause, clauses
from services.kernel.text.diff import ChangeKind, ClauseChange, Run, compare, word_runs
from services.review.domain.rounds import Round
from services.review.store.sign_offs import OpinionPoint


@dataclass(frozen=True)
class ClauseView:
    """One clause as it is read: its runs where it changed, its text where it did not; earlier points beside it."""

    id: str
    number: str
    text: str
    runs: tuple[Run, ...] | None = None
    points: list[OpinionPoint] = field(default_factory=list)


@dataclass(frozen=True)
class TextView:
    """The text of a round. `previous` is the round whose text it is compared with; `missing` when it is not at hand."""

    clauses: list[ClauseView]
    changed: list[ClauseView]
    previous: Round | None
    same_text: bool
    missing: bool

    @property
    def unchanged(self) -> int:
        """How many clauses stayed as they were."""
        return len(self.clauses) - sum(
            1 for clause in self.changed if any(run.op != "delete" for run in clause.runs or ())
        )


def previous_of(round_: Round, others: Sequence[Round]) -> Round | None:
    """The round before: of the same stage if there was one, otherwise the latest that saw another text."""
    before = [one for one in others if one.opened_at < round_.opened_at and one.id != round_.id]
    same = [one for one in before if one.stage == round_.stage]
    other_text = [one for one in before if one.text_hash != round_.text_hash]
    found = same or other_text
    return max(found, key=lambda one: one.opened_at) if found else None


async def text_view(blobs: Blobs, round_: Round, others: Sequence[Round], points: Sequence[OpinionPoint]) -> TextView:
    """Read the text of the round, and compare it with the one before."""
    previous = previous_of(round_, others)
    now = await _read(blobs, round_.text_hash)
    if now is None:
        return TextView([], [], previous, same_text=False, missing=True)
    whole = [_whole(number, clause, points) for number, clause in enumerate(await _clauses(now), start=1)]
    if previous is None or previous.text_hash == round_.text_hash:
        return TextView(whole, [], previous, same_text=previous is not None, missing=False)
    before = await _read(blobs, previous.text_hash)
    if before is None:
        return TextView(whole, [], None, same_text=False, missing=False)
    compared = await asyncio.to_thread(compare, before, now)
    changed = [
        _changed(number, change, points)
        for number, change in enumerate(compared.changes, start=1)
        if change.kind is not ChangeKind.SAME
    ]
    return TextView(whole, changed, previous, same_text=False, missing=False)


async def _clauses(text: str) -> tuple[Clause, ...]:
    return await asyncio.to_thread(clauses, text)


async def _read(blobs: Blobs, text_hash: str) -> str | None:
    try:
        return await blobs.text(text_hash)
    except (NotFound, ValueError):
        return None


def _whole(number: int, clause: Clause, points: Sequence[OpinionPoint]) -> ClauseView:
    return ClauseView(f"c{number}", clause.number or "", clause.body, points=_about(clause, points))


def _changed(number: int, change: ClauseChange, points: Sequence[OpinionPoint]) -> ClauseView:
    clause = change.new or change.old
    before, after = (change.old.body if change.old else "", change.new.body if change.new else "")
    named = (clause.number or "") if clause else ""
    return ClauseView(
        f"d{number}", named, after or before, word_runs(before, after), _about(clause, points) if clause else []
    )


def _about(clause: Clause, points: Sequence[OpinionPoint]) -> list[OpinionPoint]:
    number = clause.number
    return [point for point in points if number and point.clause.startswith(number)]
