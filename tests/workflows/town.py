"""A town that answers workflows: every call of the contracts is served from memory, people act by script."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from services.kernel.contracts import intake, lifecycle, notify, review, tasks
from services.kernel.contracts.figures import AskFigures, Figure, Figures
from services.kernel.contracts.intake import RecordStage
from services.kernel.contracts.messages import Call, DocumentRef, Done, Queue, StoredFile, Text
from services.kernel.contracts.notify import Tell
from services.kernel.procedure.gates import to_be_repeated
from services.kernel.procedure.record import ClosedStage, Record
from services.kernel.procedure.rules import RuleBook

SPACE = UUID("6f9d7a66-2f6c-4a1e-9a58-4c1f1f0a9d10")
GOOD = {
    "recorded_step": "filed",
    "legality": "lawful",
    "meeting": "passed",
    "signing": "signed",
    "verification": "ok",
}
SILENCE = "silence"
SERVED = (Queue.INTAKE, Queue.TASKS, Queue.REVIEW, Queue.NOTIFY)

BOOK = RuleBook.load()


class Town:
    """`script[stage]` lists the outcomes of its rounds; after the list, and for stages without one, all goes well."""

    def __init__(self, client: Client, *, received: int = 0) -> None:
        self.client = client
        self.script: dict[str, list[str]] = defaultdict(list)
        self.received = received
        self.records: list[RecordStage] = []
        self.told: list[Tell] = []
        self.items: dict[str, str] = {}
        self.rounds: dict[UUID, review.OpenRound] = {}
        self.asked: list[str] = []
        self.windows: dict[UUID, intake.OpenWindow] = {}
        self.gates: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        self.refused_numbers = 0
        self.amended_hash: str | None = None
        self.revises = True
        self.hears_again = False
        self.reviser = "liu"  # who hands in another text
        self.extend_by: timedelta | None = None
        self.answers_arrive = True
        self.posted: list[tasks.PostItem] = []
        self.issued: list[notify.Publish] = []
        self.registered: list[notify.RegisterNumber] = []
        self.inbox_open = asyncio.Event()
        self.inbox_open.set()
        self.suspended = False
        self.acts = 0
        self.notices: list[notify.PostNotice] = []
        self.summaries = 0
        self.made = 0
        self.entered: list[review.EnterText] = []
        self.standings: list[notify.PostStanding] = []
        self.due_changes: list[tasks.ChangeDue] = []
        self.sweeps = False
        self.returns: dict[str, str] = {}
        self._acting: list[asyncio.Task[None]] = []

    def activities(self, queue: Queue) -> Sequence[Callable[..., Any]]:
        """What the worker of one queue serves."""
        return [serve(call, answer) for call, answer in self._answers() if call.queue == queue]

    def _answers(self) -> list[tuple[Call[Any, Any], Callable[[Any], Coroutine[Any, Any, Any]]]]:
        return [
            (intake.RECORD_STAGE, self._record),
            (intake.CHECK_GATE, self._gate),
            (intake.TAKE_AMENDED, self._take_amended),
            (intake.OPEN_WINDOW, self._open_window),
            (intake.CLOSE_WINDOW, self._close_window),
            (intake.RECORD_SUMMARY, self._summary),
            (intake.PUBLISH_ANSWERS, self._answers_published),
            (intake.FILE_OPINIONS, self._file_opinions),
            (intake.KEEP_FIGURES, self._keep),
            (intake.COMPOSE_REPORT, self._compose),
            (intake.INTAKE_FIGURES, self._figures),
            (review.OPEN_ROUND, self._open_round),
            (review.CLOSE_ROUND, self._close_round),
            (review.ENTER_TEXT, self._enter_text),
            (review.REVIEW_FIGURES, self._figures),
            (tasks.POST_ITEM, self._post),
            (tasks.CHANGE_DUE, self._change_due),
            (tasks.CLOSE_ITEM, self._close_item),
            (tasks.MAKE_TASKS, self._make),
            (tasks.RECORD_PROGRESS, self._progress),
            (tasks.TASK_FIGURES, self._task_figures),
            (notify.TELL, self._tell),
            (notify.POST_NOTICE, self._notice),
            (notify.REGISTER_NUMBER, self._number),
            (notify.PUBLISH, self._publish),
            (notify.POST_STANDING, self._standing),
            (notify.NOTIFY_FIGURES, self._figures),
        ]

    # What happened, for tests to look at

    def closed(self, stage: str) -> list[str | None]:
        """The outcomes written into the dossier for a stage, in order."""
        return [r.outcome for r in self.records if r.stage == stage and r.event == "closed"]

    def events(self, stage: str) -> list[str]:
        """Which mails were sent about a stage, in order."""
        return [tell.event for tell in self.told if tell.stage == stage]

    def order(self) -> list[str]:
        """The stages in the order in which they were closed."""
        return [record.stage for record in self.records if record.event == "closed"]

    # Intake

    async def _record(self, message: RecordStage) -> Done:
        if all(record.key != message.key for record in self.records):
            self.records.append(message)
        return Done()

    async def _gate(self, message: intake.CheckGate) -> intake.GateAnswer:
        waiting = self.gates[message.stage]
        codes = waiting.pop(0) if waiting else ()
        again = self._unpassed(message.stage)
        return intake.GateAnswer(passed=not (codes or again), codes=codes, again=again)

    def _unpassed(self, stage: str) -> tuple[str, ...]:
        """Steps before `stage` whose last conclusion lets nothing pass, by the rule book."""
        kinds = [round_.document.kind for round_ in self.rounds.values()]
        ended = [record for record in self.records if record.event == "closed" and record.outcome]
        closed = {r.stage: ClosedStage(on=r.occurred_at.date(), outcome=r.outcome or "") for r in ended}
        return to_be_repeated(BOOK, kinds[0], stage, Record(closed=closed)) if kinds else ()

    async def _take_amended(self, message: intake.TakeAmended) -> intake.AmendedTaken:
        text = Text(version=2, text_hash=message.amended_hash, materials_hash="0" * 64)
        return intake.AmendedTaken(text=text, structure_hash="5" * 64, task_count=1)

    async def _open_window(self, message: intake.OpenWindow) -> intake.WindowOpened:
        window_id = uuid5(SPACE, message.reply_to)
        self.windows[window_id] = message
        if self.extend_by is not None:
            moved = message.closes_at + self.extend_by
            self.windows[window_id] = message.model_copy(update={"closes_at": moved})
            self.acts += 1
            fact = lifecycle.WindowChanged(
                event_id=uuid4(), window_id=window_id, closes_at=moved, kind="extended", ordinal=self.acts
            )
            self._signal(message.reply_to, lifecycle.WINDOW_CHANGED, fact)
        if self.sweeps:
            self._sweep(window_id, message)
        return intake.WindowOpened(window_id=window_id, opens_at=message.opens_at, closes_at=message.closes_at)

    def _sweep(self, window_id: UUID, window: intake.OpenWindow) -> None:
        fact = lifecycle.WindowClosed(
            event_id=uuid5(SPACE, f"{window_id}"),
            window_id=window_id,
            closed_at=window.closes_at,
            received=self.received,
        )
        self._signal(window.reply_to, lifecycle.WINDOW_CLOSED, fact)

    async def _close_window(self, message: intake.CloseWindow) -> intake.WindowState:
        window = self.windows[message.window_id]
        at_the_server = activity.info().scheduled_time
        return intake.WindowState(
            window_id=message.window_id,
            closed=self.sweeps
            or message.why == "withdrawn"
            or (at_the_server >= window.closes_at and not self.suspended),
            closes_at=window.closes_at,
            closed_at=window.closes_at,
            received=self.received,
            suspended=self.suspended,
            acts=self.acts,
        )

    async def act(self, kind: str, closes_at: datetime) -> None:
        """Somebody acts on the one window: the row first, then the letter to its phase."""
        ((window_id, window),) = self.windows.items()
        self.acts += 1
        self.suspended = kind == "suspended"
        self.windows[window_id] = window.model_copy(update={"closes_at": closes_at})
        fact = lifecycle.WindowChanged.model_validate(
            {
                "event_id": uuid4(),
                "window_id": window_id,
                "closes_at": closes_at,
                "kind": kind,
                "ordinal": self.acts,
            }
        )
        self._signal(window.reply_to, lifecycle.WINDOW_CHANGED, fact)
        await self.settled()

    def answer_all(self) -> None:
        """Every opinion on the one window gets its answer."""
        ((window_id, window),) = self.windows.items()
        fact = lifecycle.OpinionsAnswered(
            event_id=uuid4(), window_id=window_id, answered=self.received, withdrawn=0, actor_id="liu"
        )
        self._signal(window.reply_to, lifecycle.OPINIONS_ANSWERED, fact)

    async def _summary(self, message: intake.RecordSummary) -> intake.SummaryRecorded:
        at_the_server = activity.info().scheduled_time
        if not self.sweeps and at_the_server < self.windows[message.window_id].closes_at:
            raise ApplicationError("still open", "window.still_open", type="StillOpen", non_retryable=True)
        self.summaries += 1
        if self.received and self.answers_arrive:
            self.answer_all()
        return intake.SummaryRecorded(summary_hash="5" * 64, received=self.received, late=0, acts=self.acts)

    async def _answers_published(self, message: intake.PublishAnswers) -> intake.AnswersPublished:
        return intake.AnswersPublished(answered=self.received, adopted=self.received, partly=0, not_adopted=0)

    async def _file_opinions(self, message: intake.FileOpinions) -> intake.OpinionsFiled:
        heard = [one for one in self.windows.values() if one.document.document_id == message.document_id]
        table = StoredFile(name="意见采纳情况表.docx", file_hash="7" * 64, size=11)
        return intake.OpinionsFiled(tables=(table,) * len(heard))

    async def _keep(self, message: intake.KeepFigures) -> intake.Kept:
        self.asked.append(f"keep:{message.year}:{len(message.figures)}")
        return intake.Kept(content_hash="f" * 64)

    async def _compose(self, message: intake.ComposeReport) -> intake.ReportComposed:
        return intake.ReportComposed(document_id=uuid5(SPACE, message.key))

    async def _figures(self, message: AskFigures) -> Figures:
        return Figures(figures=(Figure(code="NRM_MADE", value=1),))

    # Review: people act as the script says

    async def _enter_text(self, message: review.EnterText) -> Done:
        self.entered.append(message)
        return Done()

    async def _open_round(self, message: review.OpenRound) -> review.RoundOpened:
        round_id = uuid5(SPACE, message.reply_to)
        if round_id not in self.rounds:
            self.rounds[round_id] = message
            self.asked.append(message.stage)
            outcome = self.script[message.stage].pop(0) if self.script[message.stage] else GOOD[message.form]
            if outcome != SILENCE:
                self._decide(round_id, outcome)
        return review.RoundOpened(round_id=round_id)

    async def decide(self, round_id: UUID, outcome: str, *, times: int = 1) -> None:
        """Somebody decides a round; `times` tells the same fact so often.

        It has arrived when this returns. A clock that skips ahead before would strand the run: the test server takes
        no step that cancels a timer which fired meanwhile, and never gives that step out again (sdk-java 3088).
        """
        self._decide(round_id, outcome, times)
        await self.settled()

    def _decide(self, round_id: UUID, outcome: str, times: int = 1) -> None:
        round_ = self.rounds[round_id]
        fact = lifecycle.RoundDecided(
            event_id=uuid5(SPACE, f"{round_.reply_to}{outcome}"),
            round_id=round_id,
            stage=round_.stage,
            outcome=outcome,
            text_hash=round_.text.text_hash,
            actor_id="chen",
            record_hash="a" * 64,
            decided_at=datetime.now(UTC),
            amended_hash=self.amended_hash if outcome == "passed_as_amended" else None,
            return_to=self.returns.get(outcome),
        )
        for _ in range(times):
            self._signal(round_.reply_to, lifecycle.ROUND_DECIDED, fact)

    async def ask_for(self, fact: lifecycle.AsksChanged) -> None:
        """Tell the round's workflow what is asked within it."""
        self._signal(self.rounds[fact.round_id].reply_to, lifecycle.ASKS_CHANGED, fact)
        await self.settled()

    async def settled(self) -> None:
        """Wait until what people have done so far has arrived."""
        await asyncio.gather(*self._acting)

    async def _close_round(self, message: review.CloseRound) -> review.RoundState:
        self.asked.append(f"{message.why}:{self.rounds[message.round_id].stage}")
        return review.RoundState(
            round_id=message.round_id,
            decided=False,
            text_hash=self.rounds[message.round_id].text.text_hash,
        )

    # Tasks

    async def _post(self, message: tasks.PostItem) -> tasks.ItemPosted:
        self.items[message.key] = "open"
        self.posted.append(message)
        if message.stage == "public_comment_answers":
            await self.inbox_open.wait()
        if message.stage == "revision" and self.revises:
            self.hand_in(message.document)
        return tasks.ItemPosted(item_id=uuid5(SPACE, message.key))

    def hand_in(self, document: DocumentRef, *, version: int | None = None) -> None:
        """The drafting office hands in another text."""
        version = version or sum(1 for key in self.items if "/revision/" in key) + 1
        text = Text(version=version, text_hash=f"{version:064d}", materials_hash="0" * 64)
        fact = lifecycle.VersionSubmitted(
            event_id=uuid4(), text=text, author_ids=(self.reviser,), hear_again=self.hears_again
        )
        self._signal(lifecycle.lifecycle_id(document.document_id), lifecycle.VERSION_SUBMITTED, fact)

    async def _change_due(self, message: tasks.ChangeDue) -> Done:
        self.due_changes.append(message)
        return Done()

    async def _close_item(self, message: tasks.CloseItem) -> Done:
        self.items[message.key] = message.outcome
        return Done()

    async def _make(self, message: tasks.MakeTasks) -> tasks.TasksMade:
        self.made += 1
        return tasks.TasksMade(made=3)

    async def _progress(self, message: tasks.RecordProgress) -> tasks.ProgressRecorded:
        self.asked.append(f"progress:{message.year}")
        return tasks.ProgressRecorded(report_hash="p" * 64, total=3, done=1, overdue=0)

    async def _task_figures(self, message: AskFigures) -> Figures:
        return Figures(figures=(Figure(code="TASK_PLANS", value=1, records=(uuid5(SPACE, "plan"),)),))

    # Notify

    async def _tell(self, message: Tell) -> Done:
        if all(tell.fact != message.fact for tell in self.told):
            self.told.append(message)
        return Done()

    async def _number(self, message: notify.RegisterNumber) -> notify.NumberGiven:
        if self.refused_numbers:
            self.refused_numbers -= 1
            raise ApplicationError("placeholders", "gate.placeholders", type="Placeholders", non_retryable=True)
        self.registered.append(message)
        number = f"{message.document.agency_code}〔{message.year}〕1号"
        return notify.NumberGiven(doc_number=number, registered_at=datetime.now(UTC))

    async def _standing(self, message: notify.PostStanding) -> Done:
        self.standings.append(message)
        return Done()

    async def _publish(self, message: notify.Publish) -> notify.Published:
        self.issued.append(message)
        now = datetime.now(UTC)
        return notify.Published(
            path="/notify/gazette/1",
            published_at=now,
            published_on=now.date(),
            gazette_id=uuid5(SPACE, "gazette"),
        )

    async def _notice(self, message: notify.PostNotice) -> Done:
        self.notices.append(message)
        return Done()

    def _signal(self, workflow_id: str, name: str, message: lifecycle.Heard) -> None:
        async def send() -> None:
            await self.client.get_workflow_handle(workflow_id).signal(name, message)

        self._acting.append(asyncio.get_running_loop().create_task(send()))


def serve(call: Call[Any, Any], answer: Callable[[Any], Coroutine[Any, Any, Any]]) -> Callable[..., Any]:
    """An activity of that name, with the types of the contract."""

    async def run(message: Any) -> Any:
        return await answer(message)

    run.__annotations__ = {"message": call.takes, "return": call.gives}
    return activity.defn(name=call.name)(run)
