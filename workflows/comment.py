"""Public comment: the window opens, closes by itself, its summary is recorded and published, opinions are answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError

from workflows.calls import ask, look_up, refusal_of
from workflows.hearing import Ears
from workflows.patches import changed
from workflows.waiting import CALENDAR_AGAIN, until

with workflow.unsafe.imports_passed_through():
    from services.kernel.contracts import almanac, intake, lifecycle, notify, tasks
    from services.kernel.contracts.almanac import StagePlan
    from services.kernel.contracts.lifecycle import CommentPlan
    from services.kernel.contracts.messages import Deadline, DocumentRef, Message, Text

# The sweeper closes windows at their instant; this net follows a little later and finds the work done.
NET = timedelta(seconds=20)
AGAIN = timedelta(seconds=2)
LAST_MOMENT = timedelta(microseconds=1)
ANSWERING = "public_comment_answers"
STILL_OPEN = "window.still_open"
A = TypeVar("A")


class _Reopened(Exception):
    """The public is heard once more: what was begun after the close is taken back."""


class CommentPhase(Message):
    """What a window is about."""

    document: DocumentRef
    plan: StagePlan
    text: Text
    asked: CommentPlan = CommentPlan()
    ordinal: int = 1
    answer_limit: almanac.Limit | None = None
    overlays: tuple[str, ...] = ()


class HeardOut(Message):
    """How a window ended: comments taken in time, opinions answered, the hash of the published summary."""

    text_hash: str
    received: int
    answered: int
    summary_hash: str


@workflow.defn
class PublicComment:
    """One window from its opening to the published answers."""

    def __init__(self) -> None:
        self._ears = Ears()
        self._closes_at: datetime | None = None
        self._ended_at: datetime | None = None
        self._closed: lifecycle.WindowClosed | None = None
        self._answered: lifecycle.OpinionsAnswered | None = None
        self._acts: list[lifecycle.WindowChanged] = []
        self._last_act = self._last_reopening = 0
        self._suspended = False
        self._closings = 1
        self._breaking_off = False

    @workflow.run
    async def run(self, phase: CommentPhase) -> HeardOut:
        """Hear the public; the answer says how many wrote and how many were answered."""
        self._phase = phase
        opening = asyncio.create_task(self._open())
        try:
            heard = await self._hear(await asyncio.shield(opening))
        except asyncio.CancelledError:
            self._breaking_off = True
            await self._break_off(await opening)
            raise
        await self._record("closed", outcome="closed", record_hash=heard.summary_hash)
        return heard

    @workflow.signal(name=lifecycle.WINDOW_CHANGED)
    def window_changed(self, fact: lifecycle.WindowChanged) -> None:
        """Somebody extended, suspended, resumed, ended or reopened the window. What is heard after that is news."""
        if not self._ears.new(fact):
            return
        self._closes_at, self._suspended = fact.closes_at, fact.kind == "suspended"
        self._acts.append(fact)
        self._last_act = fact.ordinal or self._last_act
        if fact.kind == "reopened":
            self._closed, self._answered, self._last_reopening = None, None, self._last_act

    @workflow.signal(name=lifecycle.WINDOW_CLOSED)
    def window_closed(self, fact: lifecycle.WindowClosed) -> None:
        """The window is closed."""
        if self._ears.new(fact):
            self._closed = fact

    @workflow.signal(name=lifecycle.OPINIONS_ANSWERED)
    def opinions_answered(self, fact: lifecycle.OpinionsAnswered) -> None:
        """Every opinion has its answer."""
        if self._ears.new(fact):
            self._answered = fact

    async def _hear(self, window: intake.WindowOpened) -> HeardOut:
        while True:
            state = await self._until_closed(window)
            try:
                summary = await self._summarise(window, state)
                answered = await self._answer(window, summary) if summary.received else 0
            except _Reopened:
                self._closings += 1
                continue
            return HeardOut(
                text_hash=self._phase.text.text_hash,
                received=summary.received,
                answered=answered,
                summary_hash=summary.summary_hash,
            )

    async def _break_off(self, window: intake.WindowOpened) -> None:
        # The public is not asked about a text that was withdrawn.
        await ask(intake.CLOSE_WINDOW, intake.CloseWindow(window_id=window.window_id, why="withdrawn"))
        await ask(tasks.CLOSE_ITEM, tasks.CloseItem(key=self._answers_key, outcome="withdrawn"))
        await self._record("voided", outcome="withdrawn")

    @property
    def _answers_key(self) -> str:
        return f"{workflow.info().workflow_id}#answers{self._again}"

    @property
    def _again(self) -> str:
        """What sets the facts of a later closing apart from those of the first."""
        return "" if self._closings == 1 else f"/{self._closings}"

    async def _open(self) -> intake.WindowOpened:
        phase, opens_at = self._phase, workflow.now()
        if phase.asked.opens_at is not None and phase.asked.opens_at > opens_at:
            opens_at = phase.asked.opens_at
        window, closes_at = await self._plan_window(opens_at)
        opened = await ask(
            intake.OPEN_WINDOW,
            intake.OpenWindow(
                document=phase.document,
                text=phase.text,
                rule_id=window.rule_id,
                opens_at=opens_at,
                closes_at=closes_at,
                reply_to=workflow.info().workflow_id,
            ),
        )
        # Somebody may have acted on it before this answer came.
        if not self._acts or not changed("window-acts"):
            self._closes_at = opened.closes_at
        self._rule_id = window.rule_id
        self._link = f"/intake/consultation/{opened.window_id}"
        await asyncio.gather(
            self._record("opened", due=Deadline(rule_id=window.rule_id, ends_at=opened.closes_at)),
            self._notice("window", opened),
            self._tell("window_opened", at=opened.closes_at),
        )
        return opened

    async def _plan_window(self, opens_at: datetime) -> tuple[almanac.WindowPlan, datetime]:
        phase = self._phase
        question = almanac.AskWindow(
            limit=phase.plan.minimum,
            opens_at=opens_at,
            asked_closes_at=phase.asked.closes_at,
            shortened=phase.asked.shortened,
            overlays=phase.overlays,
        )
        while (window := await look_up(almanac.WINDOW, question)).closes_at is None:
            await self._record("blocked", codes=("calendar.year_unknown",))
            if await until(lambda: self._breaking_off, workflow.now() + CALENDAR_AGAIN):
                raise asyncio.CancelledError
        return window, window.closes_at

    async def _until_closed(self, window: intake.WindowOpened) -> intake.WindowState:
        while True:
            await self._announce(window)
            planned, suspended = self._closes_at or window.closes_at, self._suspended
            moved = lambda at=planned, still=suspended: (  # noqa: E731
                self._closed is not None or self._closes_at != at or self._suspended != still
            )
            await until(moved, None if suspended else planned + NET)
            if self._closed is None and (self._closes_at != planned or self._suspended != suspended):
                continue
            told = self._closed
            state = await ask(intake.CLOSE_WINDOW, intake.CloseWindow(window_id=window.window_id))
            if state.closed:
                await self._announce(window)
                return state
            # An answer may be older than what was heard while it was on its way.
            if state.acts >= self._last_act and self._closed is told:
                self._closes_at, self._closed = state.closes_at, None
            if state.suspended or state.closes_at <= workflow.now():
                await workflow.sleep(AGAIN)

    async def _announce(self, window: intake.WindowOpened) -> None:
        # What was done to the window is told in the order in which it was done.
        while self._acts:
            act = self._acts.pop(0)
            if not changed("window-acts"):
                continue
            due = Deadline(rule_id=self._rule_id, ends_at=act.closes_at)
            await asyncio.gather(
                self._notice(act.kind, window, key=f"act/{act.ordinal}", closes_at=act.closes_at),
                self._notice("window", window),
                self._record("due_changed", due=due, key=f"due_changed/{act.ordinal}"),
            )

    async def _summarise(self, window: intake.WindowOpened, state: intake.WindowState) -> intake.SummaryRecorded:
        # The last moment of the window, which for 24:00 lies in the day that ends then.
        self._ended_at = min(state.closes_at, state.closed_at or state.closes_at) - LAST_MOMENT
        summary = await _unless_reopened(ask(intake.RECORD_SUMMARY, intake.RecordSummary(window_id=window.window_id)))
        await asyncio.gather(
            self._notice("feedback", window, received=summary.received),
            self._tell("window_closed", at=state.closed_at, received=summary.received),
        )
        return summary

    async def _answer(self, window: intake.WindowOpened, summary: intake.SummaryRecorded) -> int:
        reopened = self._reopened_after(summary.acts)
        due = await self._answers_due()
        link = f"/intake/consultation/{window.window_id}/answers"
        drafter = self._phase.document.drafting_unit
        await ask(
            tasks.POST_ITEM,
            tasks.PostItem(
                key=self._answers_key,
                document=self._phase.document,
                stage=ANSWERING,
                role="drafter",
                unit_id=drafter,
                due=due,
                rule_id=due.rule_id if due else self._phase.plan.rule_id,
                link=link,
            ),
        )
        await self._until_answered(due, link, reopened)
        try:
            if reopened():
                raise _Reopened
            published = await _unless_reopened(
                ask(intake.PUBLISH_ANSWERS, intake.PublishAnswers(window_id=window.window_id))
            )
        except _Reopened:
            await ask(tasks.CLOSE_ITEM, tasks.CloseItem(key=self._answers_key, outcome="reopened"))
            raise
        await asyncio.gather(
            ask(tasks.CLOSE_ITEM, tasks.CloseItem(key=self._answers_key, outcome="answered")),
            self._notice("answers", window, received=published.answered),
        )
        return published.answered

    def _reopened_after(self, acts: int) -> Callable[[], bool]:
        return lambda: self._last_reopening > acts

    async def _answers_due(self) -> Deadline | None:
        limit = self._phase.answer_limit
        if limit is None:
            return None
        counted_from = workflow.now()
        if self._ended_at is not None and changed("reminders-after-downtime"):
            counted_from = self._ended_at
        question = almanac.AskDue(limit=limit, counted_from=counted_from, overlays=self._phase.overlays)
        return await look_up(almanac.DUE, question)

    async def _until_answered(self, due: Deadline | None, link: str, reopened: Callable[[], bool]) -> None:
        def settled() -> bool:
            return self._answered is not None or reopened()

        moments: list[tuple[notify.Event, datetime | None]] = []
        if due is not None:
            moments = [("due_soon", due.remind_at), ("overdue", due.ends_at)]
        for event, instant in moments:
            if instant is None or (instant <= workflow.now() and not changed("reminders-after-downtime")):
                continue
            if await until(settled, instant):
                return
            if event == "due_soon" and self._is_past(due) and changed("reminders-after-downtime"):
                continue
            await self._tell(event, stage=ANSWERING, due=due, link=link)
        await until(settled)

    def _is_past(self, due: Deadline | None) -> bool:
        # After a long downtime one mail says what is true now: the day is over.
        return due is not None and due.ends_at is not None and due.ends_at <= workflow.now()

    async def _notice(
        self,
        kind: str,
        window: intake.WindowOpened,
        received: int | None = None,
        *,
        key: str | None = None,
        closes_at: datetime | None = None,
    ) -> None:
        link = f"{self._link}/feedback" if kind in ("feedback", "answers") else self._link
        notice = notify.PostNotice.model_validate(
            {
                "key": f"{workflow.info().workflow_id}#{key or kind}",
                "notice": kind,
                "document": self._phase.document,
                "opens_at": window.opens_at,
                "closes_at": closes_at or self._closes_at,
                "received": received,
                "link": link,
                "suspended": self._suspended,
            }
        )
        await ask(notify.POST_NOTICE, notice)

    async def _tell(
        self,
        event: notify.Event,
        *,
        stage: str = "public_comment",
        at: datetime | None = None,
        received: int | None = None,
        due: Deadline | None = None,
        link: str | None = None,
    ) -> None:
        telling = notify.Tell(
            fact=f"{workflow.info().workflow_id}#{stage}#{event}{self._again}",
            event=event,
            document=self._phase.document,
            stage=stage,
            role="drafter",
            unit_id=self._phase.document.drafting_unit,
            due=due,
            rule_id=due.rule_id if due else self._phase.plan.rule_id,
            link=link or self._link,
            at=at,
            received=received,
        )
        await ask(notify.TELL, telling)

    async def _record(
        self,
        event: str,
        *,
        outcome: str | None = None,
        record_hash: str | None = None,
        due: Deadline | None = None,
        codes: tuple[str, ...] = (),
        key: str | None = None,
    ) -> None:
        phase = self._phase
        record = intake.RecordStage.model_validate(
            {
                "key": f"{workflow.info().workflow_id}#{key or event}",
                "document_id": phase.document.document_id,
                "stage": phase.plan.stage,
                "ordinal": phase.ordinal,
                "event": event,
                "state": phase.plan.stage,
                "outcome": outcome,
                "text_hash": phase.text.text_hash,
                "rule_id": phase.plan.rule_id,
                "record_hash": record_hash,
                "occurred_at": workflow.now(),
                "due": due,
                "codes": codes,
            }
        )
        await ask(intake.RECORD_STAGE, record)


async def _unless_reopened(asking: Awaitable[A]) -> A:
    # The row goes before the letters: that a window was reopened may be seen here before it is heard.
    try:
        return await asking
    except ActivityError as error:
        if refusal_of(error) == STILL_OPEN:
            raise _Reopened from error
        raise
