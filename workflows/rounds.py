"""One round: a stage is put before the people who decide it, about one exact text, until they have decided."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Literal

from temporalio import workflow

from workflows.asks import Asks, Frame
from workflows.calls import ask, look_up
from workflows.hearing import Ears
from workflows.patches import changed
from workflows.waiting import CALENDAR_AGAIN, until

with workflow.unsafe.imports_passed_through():
    from services.kernel.contracts import almanac, intake, lifecycle, notify, review, tasks
    from services.kernel.contracts.almanac import Pause, StagePlan
    from services.kernel.contracts.facts import Facts
    from services.kernel.contracts.messages import Deadline, DocumentRef, Message, StoredFile, Text

VOIDED: Literal["voided"] = "voided"
WITHDRAWN: Literal["withdrawn"] = "withdrawn"
SUPPLEMENT = "supplement"
Moment = Literal["none", "calendar", "due_soon", "overdue", "ask"]


class RoundPlan(Message):
    """What a round is about. `accepts_versions` says whether another text may be handed in meanwhile.

    `state` is what the document is shown as meanwhile, if not by the name of the stage.
    """

    document: DocumentRef
    plan: StagePlan
    ordinal: int
    text: Text
    author_ids: tuple[str, ...] = ()
    overlays: tuple[str, ...] = ()
    accepts_versions: bool = False
    state: str | None = None
    grounds: tuple[str, ...] = ()
    public_text: Text | None = None


class Decision(Message):
    """How a round ended: an outcome about one exact text, or `voided`; and the text as amended, where it was.

    `return_to` names the stage to go back to.
    """

    outcome: str
    text_hash: str
    record_hash: str | None = None
    actor_id: str | None = None
    decided_at: datetime
    amended_hash: str | None = None
    facts: Facts | None = None
    return_to: str | None = None


@workflow.defn
class ReviewRound:
    """Opens a round, tells those concerned, waits for the decision, writes it into the dossier."""

    def __init__(self) -> None:
        self._ears = Ears()
        self._decided: lifecycle.RoundDecided | None = None
        self._void = False
        self._told: list[str] = []
        self._due: Deadline | None = None
        self._paused_at: datetime | None = None
        self._pauses: list[Pause] = []
        self._accepted = False
        self._followed = (0, False)
        self._asks = Asks()
        self._answered = "supplemented"

    @workflow.run
    async def run(self, plan: RoundPlan) -> Decision:
        """Run the round; the answer is its decision."""
        self._plan = plan
        self._opened_at = workflow.now()
        opening = asyncio.create_task(self._open())
        try:
            decision = await self._decision(await asyncio.shield(opening))
        except asyncio.CancelledError:
            # What was begun is ended: no round and no inbox item outlives a withdrawn document.
            await self._conclude(await self._close(await opening, WITHDRAWN))
            raise
        await self._conclude(decision)
        return decision

    @workflow.signal(name=lifecycle.ROUND_DECIDED)
    def round_decided(self, fact: lifecycle.RoundDecided) -> None:
        """People have decided."""
        if self._ears.new(fact):
            self._decided = fact

    @workflow.signal(name=lifecycle.CLOCK_PAUSED)
    def clock_paused(self, fact: lifecycle.ClockPaused) -> None:
        """The reviewer asked for papers: from now the time stands still."""
        if self._ears.new(fact):
            self._paused_at = fact.at

    @workflow.signal(name=lifecycle.CLOCK_RESUMED)
    def clock_resumed(self, fact: lifecycle.ClockResumed) -> None:
        """The papers are there; or time that has passed is not counted."""
        if not self._ears.new(fact):
            return
        if fact.since is not None:
            self._accepted = True
            self._pauses.append(Pause(since=fact.since, until=fact.at))
        elif self._paused_at is not None:
            self._pauses.append(Pause(since=self._paused_at, until=fact.at))
            self._paused_at = None
            self._answered = "withdrawn" if fact.why == "withdrawn" else "supplemented"

    @workflow.signal(name=lifecycle.ASKS_CHANGED)
    def asks_changed(self, fact: lifecycle.AsksChanged) -> None:
        """Others are asked, have answered, or are not asked any more."""
        if self._ears.new(fact):
            self._asks.take(fact)

    @workflow.signal
    def void(self) -> None:
        """Another version was handed in: what is asked here no longer stands."""
        self._void = True

    @property
    def _key(self) -> str:
        return lifecycle.phase_id(self._plan.document.document_id, self._plan.plan.stage, self._plan.ordinal)

    async def _open(self) -> review.RoundOpened:
        self._due = await self._due_now(self._opened_at)
        earliest = await self._least_time() if changed("least-review-time") else None
        opened = await ask(review.OPEN_ROUND, self._opening(earliest, await self._opinions()))
        self._link = f"/review/round/{opened.round_id}"
        if self._awaits_acceptance and self._due is not None:
            # The row keeps the day as of receipt; what people are shown has none until the matter is accepted.
            self._due = Deadline(rule_id=self._due.rule_id, provisional=True, awaits="acceptance")
        await self._announce()
        return opened

    @property
    def _awaits_acceptance(self) -> bool:
        return self._plan.plan.from_acceptance and not self._accepted and changed("due-from-acceptance")

    async def _least_time(self) -> datetime | None:
        """Until when the time is kept free for the reviewer, who alone may do with less."""
        plan = self._plan.plan
        if plan.form != "legality" or plan.minimum is None:
            return None
        question = almanac.AskDue(limit=plan.minimum, counted_from=self._opened_at, overlays=self._plan.overlays)
        return (await look_up(almanac.DUE, question)).ends_at

    async def _opinions(self) -> tuple[StoredFile, ...]:
        """The tables of answered opinions, where the stage asks for them among its papers."""
        plan = self._plan
        if not set(plan.plan.papers) & set(review.OPINIONS_TABLES) or not changed("opinions-among-papers"):
            return ()
        filed = await ask(intake.FILE_OPINIONS, intake.FileOpinions(document_id=plan.document.document_id))
        return filed.tables

    def _opening(self, earliest: datetime | None, opinions: tuple[StoredFile, ...]) -> review.OpenRound:
        plan = self._plan
        return review.OpenRound(
            document=plan.document,
            stage=plan.plan.stage,
            ordinal=plan.ordinal,
            form=plan.plan.form,
            text=plan.text,
            role=plan.plan.role,
            unit_id=self._unit,
            author_ids=plan.author_ids,
            papers=plan.plan.papers,
            may_be_not_applicable=plan.plan.may_be_not_applicable,
            due=self._due,
            earliest=earliest,
            rule_id=plan.plan.rule_id,
            joint_units=self._joint_units,
            reply_to=workflow.info().workflow_id,
            opinions=opinions,
            grounds=plan.grounds,
            public_text=plan.public_text,
        )

    @property
    def _joint_units(self) -> tuple[str, ...]:
        """The other issuers of a joint document, whose heads sign it as well (公文条例 art. 22)."""
        return self._plan.document.joint_units if self._plan.plan.form == "signing" else ()

    @property
    def _unit(self) -> str | None:
        if self._joint_units:
            return self._plan.document.issuer_unit
        return self._plan.document.drafting_unit if self._plan.plan.role == "drafter" else None

    @property
    def _frame(self) -> Frame:
        plan = self._plan
        return Frame(self._key, plan.document, plan.ordinal, self._link, plan.plan.rule_id, lambda: self._due)

    async def _due_now(self, counted_from: datetime) -> Deadline | None:
        limit = self._plan.plan.deadline
        if limit is None:
            return None
        question = almanac.AskDue(
            limit=limit, counted_from=counted_from, pauses=tuple(self._pauses), overlays=self._plan.overlays
        )
        return await look_up(almanac.DUE, question)

    async def _announce(self) -> None:
        plan = self._plan
        item = tasks.PostItem(
            key=self._key,
            document=plan.document,
            stage=plan.plan.stage,
            ordinal=plan.ordinal,
            role=plan.plan.role,
            unit_id=self._unit,
            due=self._due,
            rule_id=plan.plan.rule_id,
            link=self._link,
        )
        await asyncio.gather(
            ask(tasks.POST_ITEM, item),
            ask(notify.TELL, self._telling("assigned")),
            ask(intake.RECORD_STAGE, self._record("opened", self._opened_at)),
        )

    async def _decision(self, opened: review.RoundOpened) -> Decision:
        while not self._ended():
            await self._follow_pauses()
            await self._asks.follow(self._frame)
            event, instant = self._next_moment()
            if await until(self._stirred, instant):
                continue
            # The clock proposes, the row decides: a decision whose signal is still on its way counts.
            if state := await self._ask(opened):
                return state
            await self._at(event)
        if self._decided is None:
            return await self._close(opened, VOIDED)
        return _decision_of(self._decided)

    def _ended(self) -> bool:
        return self._decided is not None or self._void

    def _stirred(self) -> bool:
        changed_pauses = self._followed != (len(self._pauses), self._paused_at is not None)
        return self._ended() or changed_pauses or self._asks.stirred

    async def _follow_pauses(self) -> None:
        """Ask the drafting office for the papers while the clock stands still; count anew when it goes on."""
        ended, standing = len(self._pauses), self._paused_at is not None
        if self._followed == (ended, standing):
            return
        before, self._followed = self._followed, (ended, standing)
        if before[1]:
            key = self._supplement_key(before[0])
            await ask(tasks.CLOSE_ITEM, tasks.CloseItem(key=key, outcome=self._answered))
            await self._recompute_due()
        elif ended > before[0] and changed("time-from-acceptance"):
            await self._recompute_due()
        if standing:
            await self._ask_for_papers(self._supplement_key(ended))

    async def _ask_for_papers(self, key: str) -> None:
        document = self._plan.document
        item = tasks.PostItem(
            key=key,
            document=document,
            stage=SUPPLEMENT,
            ordinal=self._plan.ordinal,
            role="drafter",
            unit_id=document.drafting_unit,
            rule_id=self._plan.plan.rule_id,
            link=self._link,
        )
        telling = notify.Tell(
            fact=f"{key}#assigned",
            event="assigned",
            document=document,
            stage=SUPPLEMENT,
            role="drafter",
            unit_id=document.drafting_unit,
            rule_id=self._plan.plan.rule_id,
            link=self._link,
        )
        await asyncio.gather(ask(tasks.POST_ITEM, item), ask(notify.TELL, telling))

    def _supplement_key(self, ordinal: int) -> str:
        return f"{self._key}/{SUPPLEMENT}/{ordinal + 1}"

    def _next_moment(self) -> tuple[Moment, datetime | None]:
        own, asked = self._own_moment(), self._asks.next_moment()
        if asked is not None and (own[1] is None or asked.at < own[1]):
            return "ask", asked.at
        return own

    def _own_moment(self) -> tuple[Moment, datetime | None]:
        if self._due is None or self._paused_at is not None:
            return "none", None
        if self._due.awaits:
            return "none", None
        if self._due.provisional:
            return "calendar", workflow.now() + CALENDAR_AGAIN
        if "due_soon" not in self._told and self._due.remind_at is not None:
            return "due_soon", self._due.remind_at
        if "overdue" not in self._told and self._due.ends_at is not None:
            return "overdue", self._due.ends_at
        return "none", None

    async def _at(self, moment: Moment) -> None:
        match moment:
            case "due_soon" | "overdue":
                self._told.append(moment)
                await ask(notify.TELL, self._telling(moment))
            case "calendar":
                await self._recompute_due()
            case "ask":
                if asked := self._asks.next_moment():
                    await self._asks.remind(asked)
            case _:
                return

    async def _recompute_due(self) -> None:
        due = None if self._awaits_acceptance else await self._due_now(self._opened_at)
        if due is None or due == self._due:
            return
        self._due = due
        await asyncio.gather(
            ask(tasks.CHANGE_DUE, tasks.ChangeDue(key=self._key, due=due)),
            ask(intake.RECORD_STAGE, self._record("due_changed", workflow.now(), nth=len(self._pauses))),
        )
        await self._asks.move_due(self._frame)

    async def _ask(self, opened: review.RoundOpened) -> Decision | None:
        state = await ask(review.CLOSE_ROUND, review.CloseRound(round_id=opened.round_id, why="ask"))
        return _decision_of(state) if state.decided else None

    async def _close(self, opened: review.RoundOpened, why: Literal["voided", "withdrawn"]) -> Decision:
        state = await ask(review.CLOSE_ROUND, review.CloseRound(round_id=opened.round_id, why=why))
        if state.decided:
            return _decision_of(state)
        return Decision(outcome=why, text_hash=self._plan.text.text_hash, decided_at=workflow.now())

    async def _conclude(self, decision: Decision) -> None:
        if self._followed[1]:
            key = self._supplement_key(self._followed[0])
            await ask(tasks.CLOSE_ITEM, tasks.CloseItem(key=key, outcome=VOIDED))
        await self._asks.end(decision.outcome)
        event = "voided" if decision.outcome in (VOIDED, WITHDRAWN) else "closed"
        closing = tasks.CloseItem(key=self._key, outcome=decision.outcome, actor_id=decision.actor_id)
        record = self._record(event, decision.decided_at, decision)
        await asyncio.gather(ask(tasks.CLOSE_ITEM, closing), ask(intake.RECORD_STAGE, record))

    def _telling(self, event: notify.Event) -> notify.Tell:
        plan = self._plan
        return notify.Tell(
            fact=f"{self._key}#{event}",
            event=event,
            document=plan.document,
            stage=plan.plan.stage,
            role=plan.plan.role,
            unit_id=self._unit,
            due=self._due,
            rule_id=plan.plan.rule_id,
            link=self._link,
        )

    def _record(
        self, event: str, at: datetime, decision: Decision | None = None, *, nth: int = 0
    ) -> intake.RecordStage:
        plan = self._plan
        return intake.RecordStage.model_validate(
            {
                "key": f"{self._key}#{event}{nth or ''}",
                "document_id": plan.document.document_id,
                "stage": plan.plan.stage,
                "ordinal": plan.ordinal,
                "event": event,
                "state": plan.state or plan.plan.stage,
                "outcome": decision.outcome if decision else None,
                "text_hash": decision.text_hash if decision else plan.text.text_hash,
                "rule_id": plan.plan.rule_id,
                "actor_id": decision.actor_id if decision else None,
                "record_hash": decision.record_hash if decision else None,
                "facts": decision.facts if decision else None,
                "occurred_at": at,
                "due": self._due,
                "accepts_versions": plan.accepts_versions,
            }
        )


def _decision_of(fact: lifecycle.RoundDecided | review.RoundState) -> Decision:
    return Decision.model_validate({"decided_at": workflow.now(), **fact.model_dump()})
