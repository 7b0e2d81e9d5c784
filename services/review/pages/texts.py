"""The text of a round, clause by clause; of a later round, what changed since the one before."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.kernel.contracts.refusals import NotFound
from services.kernel.runtime.blobs import Blobs
from services.kernel.text.clauses import Clause, clauses
from services.kernel.text.diff import ChangeKind, ClauseChange, Run, compare, word_runs
from services.review.domain.record import SignOff
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
    kind: ChangeKind = ChangeKind.SAME
    heading: str = ""


@dataclass(frozen=True)
class TextView:
    """The text of a round. `previous` is the round whose text it is compared with; `missing` when it is not at hand.

    `since_public` is what changed since the text that the public saw; None where there was none, or it is the same.
    """

    clauses: list[ClauseView]
    changed: list[ClauseView]
    previous: Round | None
    same_text: bool
    missing: bool
    since_public: list[ClauseView] | None = None

    @property
    def outline(self) -> list[ClauseView]:
        """The clauses that carry a number, as a table of contents."""
        return [clause for clause in self.clauses if clause.number]

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


async def text_view(
    blobs: Blobs, round_: Round, others: Sequence[Round], points: Sequence[OpinionPoint], *, signed: SignOff | None
) -> TextView:
    """Read the text of the round, and compare it with the one before and with the one that the public saw.

    With what the reader `signed` in this stage, it is what changed since that, whatever rounds were void meanwhile.
    """
    previous = next((one for one in others if signed and one.id == signed.round_id), None) or previous_of(
        round_, others
    )
    now = await _read(blobs, round_.text_hash)
    if now is None:
        return TextView([], [], previous, same_text=False, missing=True)
    whole = [_whole(number, clause, points) for number, clause in enumerate(await _clauses(now), start=1)]
    public = await _since(blobs, round_.public_hash, round_, now, points, "p")
    if previous is None or previous.text_hash == round_.text_hash:
        return TextView(whole, [], previous, previous is not None, missing=False, since_public=public)
    changed = await _since(blobs, previous.text_hash, round_, now, points, "d")
    if changed is None:
        return TextView(whole, [], None, same_text=False, missing=False, since_public=public)
    return TextView(whole, changed, previous, same_text=False, missing=False, since_public=public)


async def _since(
    blobs: Blobs, earlier: str | None, round_: Round, now: str, points: Sequence[OpinionPoint], prefix: str
) -> list[ClauseView] | None:
    """What changed from an earlier text; None where there is none, it is the same, or not at hand."""
    before = await _read(blobs, earlier) if earlier and earlier != round_.text_hash else None
    if before is None:
        return None
    compared = await asyncio.to_thread(compare, before, now)
    return [
        _changed(f"{prefix}{number}", change, points)
        for number, change in enumerate(compared.changes, start=1)
        if change.kind is not ChangeKind.SAME
    ]


async def _clauses(text: str) -> tuple[Clause, ...]:
    return await asyncio.to_thread(clauses, text)


async def _read(blobs: Blobs, text_hash: str) -> str | None:
    try:
        return await blobs.text(text_hash)
    except (NotFound, ValueError):
        return None


def _whole(number: int, clause: Clause, points: Sequence[OpinionPoint]) -> ClauseView:
    heading = clause.heading or ""
    return ClauseView(f"c{number}", clause.number or "", clause.body, points=_about(clause, points), heading=heading)


def _changed(anchor: str, change: ClauseChange, points: Sequence[OpinionPoint]) -> ClauseView:
    clause = change.new or change.old
    before, after = (change.old.body if change.old else "", change.new.body if change.new else "")
    named = (clause.number or "") if clause else ""
    return ClauseView(
        anchor, named, after or before, word_runs(before, after), _about(clause, points) if clause else [], change.kind
    )


def _about(clause: Clause, points: Sequence[OpinionPoint]) -> list[OpinionPoint]:
    number = clause.number
    return [point for point in points if number and point.clause.startswith(number)]
