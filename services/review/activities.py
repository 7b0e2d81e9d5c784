"""What workflows may ask of review: open a round, look at it or end it, and give the figures of a year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from services.kernel.contracts.figures import AskFigures, Figure, Figures
from services.kernel.contracts.lifecycle import ROUND_DECIDED
from services.kernel.contracts.messages import Done
from services.kernel.contracts.review import (
    CLOSE_ROUND,
    ENTER_TEXT,
    OPEN_ROUND,
    REVIEW_FIGURES,
    CloseRound,
    EnterText,
    OpenRound,
    RoundOpened,
    RoundState,
)
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import outbox
from services.kernel.runtime.activities import serves
from services.kernel.runtime.db import Database
from services.review.actions import seals, seats, standing
from services.review.actions.papers import file_opinions
from services.review.domain.rounds import Round
from services.review.store import figures, meetings, register, rounds
from services.review.store.figures import Decision, Sessions

RETURNED = frozenset({"amend", "return_procedure", "returned", "substantive_change", "rediscuss"})


class ReviewActivities:
    """One transaction for each call; asking twice changes nothing."""

    def __init__(self, db: Database, zone: ZoneInfo, book: RuleBook) -> None:
        self._db, self._zone, self._book = db, zone, book

    @serves(OPEN_ROUND)
    async def open_round(self, asked: OpenRound) -> RoundOpened:
        """Open the round of that document, stage and ordinal, or find it open; remember who drafted."""
        async with self._db.transaction() as tx:
            await rounds.add_authors(tx, asked.document.document_id, asked.author_ids)
            round_id = await rounds.open_round(tx, asked)
            await file_opinions(tx, round_id, asked)
            await seats.open_joint(tx, asked, round_id, self._book)
            await seals.ask_for_seals(tx, round_id)
            return RoundOpened(round_id=round_id)

    @serves(CLOSE_ROUND)
    async def close_round(self, asked: CloseRound) -> RoundState:
        """Answer what the row says, after ending it undecided if that was asked. A decided round stays decided."""
        async with self._db.transaction() as tx:
            round_, _ = await rounds.lock_round(tx, asked.round_id)
            if asked.why != "ask" and round_.is_open:
                await rounds.end_round(tx, asked.round_id, asked.why)
            if round_.why == "decided":
                await outbox.settle(tx, workflow_id=round_.reply_to, name=ROUND_DECIDED)
            amended_hash = await meetings.amended_hash(tx, round_.id)
        return _state(round_, amended_hash)

    @serves(ENTER_TEXT)
    async def enter_text(self, asked: EnterText) -> Done:
        """Enter a published document of our own into the register, once; what it declared that it changes is changed."""
        async with self._db.transaction() as tx:
            await register.enter(tx, asked)
            await standing.take_effect(tx, asked)
        return Done()

    @serves(REVIEW_FIGURES)
    async def review_figures(self, asked: AskFigures) -> Figures:
        """Review's figures of a year, by event date in the office's time zone."""
        since, until = self._first_instant(asked.year), self._first_instant(asked.year + 1)
        async with self._db.read() as conn:
            decided = await figures.decisions(conn, asked.issuer_unit, since, until)
            held = await figures.sessions(conn, asked.issuer_unit, since, until, str(self._zone))
            reviewed = await figures.reviewed_before(conn, asked.issuer_unit, since, until)
            signed = await figures.signed_and_asked(conn, asked.issuer_unit, since, until)
        return Figures(figures=(*_of_rounds(decided), *_of_meetings(held), *_of_order(reviewed, signed)))

    def _first_instant(self, year: int) -> datetime:
        return datetime.combine(date(year, 1, 1), time.min, tzinfo=self._zone)


def _state(round_: Round, amended_hash: str | None) -> RoundState:
    return RoundState(
        round_id=round_.id,
        decided=round_.why == "decided",
        outcome=round_.outcome,
        text_hash=round_.text_hash,
        actor_id=round_.actor_id,
        record_hash=round_.record_hash,
        decided_at=round_.decided_at,
        amended_hash=amended_hash,
        facts=round_.facts,
        return_to=round_.return_to,
    )


def _of_rounds(decided: list[Decision]) -> Iterable[Figure]:
    reviewed = [one for one in decided if one.form == "legality" and one.outcome != "not_applicable"]
    yield _count("NRM_REVIEWED", [one.id for one in reviewed])
    for outcome in ("lawful", "amend", "unlawful", "return_procedure"):
        yield _count(f"NRM_REVIEWED_{outcome.upper()}", [one.id for one in reviewed if one.outcome == outcome])
    yield _count("FCR_DONE", [one.id for one in _of_stage(decided, "fair_competition_review")])
    yield _count("EXPERT_ARGUED", [one.id for one in _of_stage(decided, "expert_argument")])
    yield _count("RISK_ASSESSED", [one.id for one in _of_stage(decided, "risk_assessment")])
    yield _count("DECLARED_NOT_APPLICABLE", [one.id for one in decided if one.outcome == "not_applicable"])
    yield _count("RETURNED", [one.id for one in decided if one.outcome in RETURNED])
    for outcome, number in sorted(Counter(one.outcome for one in decided if one.form == "meeting").items()):
        yield Figure(code=f"MEETING_{outcome.upper()}", value=number, unit="件")


def _of_stage(decided: list[Decision], stage: str) -> list[Decision]:
    return [one for one in decided if one.stage == stage and one.outcome != "not_applicable"]


def _of_meetings(held: Sessions) -> Iterable[Figure]:
    yield Figure(code="MEETINGS", value=held.meetings, unit="次")
    yield Figure(code="MEETING_ITEMS", value=held.items, unit="件")
    yield Figure(code="DISSENT", value=held.dissents, unit="人次")
    yield Figure(code="AGAINST_MAJORITY", value=held.departures, unit="件")


def _of_order(reviewed: tuple[int, int], signed: tuple[int, int]) -> Iterable[Figure]:
    yield Figure(code="NRM_REVIEWED_BEFORE_MEETING", value=reviewed[0], of=reviewed[1], unit="件")
    yield Figure(code="SIGN_OFFS", value=signed[0], unit="次")
    yield Figure(code="SUPPLEMENTS_ASKED", value=signed[1], unit="次")


def _count(code: str, records: list[UUID]) -> Figure:
    return Figure(code=code, value=len(records), unit="件", records=tuple(records))
