"""The bare form of a procedure, read out of its real histories: which commands, in which order, after what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from services.kernel.contracts.lifecycle import WINDOW_CLOSED

LOCAL_ACTIVITY = "core_local_activity"
MAIN = ""
COUNTED = {
    "ACTIVITY_TASK_SCHEDULED": "activities",
    "MARKER_RECORDED": "local_activities",
    "TIMER_STARTED": "timers",
    "START_CHILD_WORKFLOW_EXECUTION_INITIATED": "children",
    "WORKFLOW_EXECUTION_SIGNALED": "waits",
}


class Frozen(BaseModel):
    """Read once, never changed."""

    model_config = ConfigDict(frozen=True)


class Command(Frozen):
    """What a workflow asked of the server, under the id of its event.

    `asks` holds, for each signal that came next, the seconds after which it is sent: zero for people, who act when
    they next look. A child that `lives_on` was not waited for.
    """

    id: int
    does: Literal["activity", "local", "child", "timer"]
    child: str = ""
    lives_on: bool = False
    seconds: float = 0
    asks: tuple[float, ...] = ()


class Step(Frozen):
    """One turn of a workflow: what it had waited for, the timers that it ended, what it asked then."""

    after: tuple[int, ...] = ()
    heard: int = 0
    ends: tuple[int, ...] = ()
    commands: tuple[Command, ...] = ()


class Shape(Frozen):
    """A workflow as a list of turns."""

    steps: tuple[Step, ...]


class Shapes(Frozen):
    """A procedure: the shape of its main workflow, and those of its children by the end of their ids."""

    main: Shape
    children: Mapping[str, Shape] = {}


# The shapes that the floor of this process walks, by the name of the part.
BOOK: dict[str, Shape] = {}


def learn(shapes: Shapes) -> None:
    """Have the floor of this process walk these shapes."""
    BOOK.clear()
    BOOK.update({MAIN: shapes.main, **shapes.children})


def type_of(event: HistoryEvent) -> str:
    """The type of an event, such as TIMER_STARTED."""
    return EventType.Name(event.event_type).removeprefix("EVENT_TYPE_")


def tally(events: Iterable[HistoryEvent]) -> Counter[str]:
    """How many activities, local activities, timers, children and waits a history holds."""
    return Counter(COUNTED[type_of(event)] for event in events if type_of(event) in COUNTED)


def child_name(workflow_id: str) -> str:
    """The end of a phase's id, which is the same for every document: `legality_review/1`."""
    return "/".join(workflow_id.split("/")[2:])


def shape_of(events: Iterable[HistoryEvent]) -> Shape:
    """The shape of one history."""
    reader = _Reader()
    for event in events:
        reader.take(event)
    return reader.shape()


class _Reader:
    def __init__(self) -> None:
        self._commands: dict[int, Command] = {}
        self._at: dict[int, float] = {}
        self._done: set[int] = set()
        self._arrived: list[int] = []
        self._heard = 0
        self._turns: list[tuple[tuple[int, ...], int, list[int], list[int]]] = [((), 0, [], [])]
        self._readers: dict[str, Callable[[HistoryEvent], None]] = {
            "WORKFLOW_TASK_COMPLETED": self._turn,
            "ACTIVITY_TASK_SCHEDULED": lambda e: self._asked(e, "activity"),
            "MARKER_RECORDED": self._marked,
            "TIMER_STARTED": self._timer,
            "START_CHILD_WORKFLOW_EXECUTION_INITIATED": self._child,
            "TIMER_CANCELED": lambda e: self._turns[-1][2].append(e.timer_canceled_event_attributes.started_event_id),
            "TIMER_FIRED": lambda e: self._came(e.timer_fired_event_attributes.started_event_id),
            "ACTIVITY_TASK_COMPLETED": lambda e: self._came(
                e.activity_task_completed_event_attributes.scheduled_event_id
            ),
            "CHILD_WORKFLOW_EXECUTION_COMPLETED": lambda e: self._came(
                e.child_workflow_execution_completed_event_attributes.initiated_event_id
            ),
            "WORKFLOW_EXECUTION_SIGNALED": self._signal,
        }

    def take(self, event: HistoryEvent) -> None:
        if reader := self._readers.get(type_of(event)):
            reader(event)

    def shape(self) -> Shape:
        self._turn(None)
        return Shape(steps=tuple(self._steps()))

    def _steps(self) -> Iterable[Step]:
        waiting: list[int] = []
        for after, heard, ends, asked in self._turns:
            waiting += after
            if asked or ends or (after, heard) == self._turns[-1][:2]:
                commands = tuple(self._finished(self._commands[id_]) for id_ in asked)
                yield Step(after=tuple(waiting), heard=heard, ends=tuple(ends), commands=commands)
                waiting = []

    def _finished(self, command: Command) -> Command:
        lives_on = command.does == "child" and command.id not in self._done
        return command.model_copy(update={"lives_on": lives_on})

    def _turn(self, _event: HistoryEvent | None) -> None:
        self._turns.append((tuple(self._arrived), self._heard, [], []))
        self._arrived = []

    def _came(self, id_: int) -> None:
        self._done.add(id_)
        self._arrived.append(id_)

    def _asked(self, event: HistoryEvent, does: Literal["activity", "local", "child", "timer"]) -> None:
        self._commands[event.event_id] = Command(id=event.event_id, does=does)
        self._at[event.event_id] = _seconds(event)
        self._turns[-1][3].append(event.event_id)

    def _marked(self, event: HistoryEvent) -> None:
        if event.marker_recorded_event_attributes.marker_name == LOCAL_ACTIVITY:
            self._asked(event, "local")

    def _timer(self, event: HistoryEvent) -> None:
        self._asked(event, "timer")
        timeout = event.timer_started_event_attributes.start_to_fire_timeout
        self._change(event.event_id, seconds=timeout.ToMilliseconds() / 1000)

    def _child(self, event: HistoryEvent) -> None:
        self._asked(event, "child")
        started = event.start_child_workflow_execution_initiated_event_attributes
        self._change(event.event_id, child=child_name(started.workflow_id))

    def _signal(self, event: HistoryEvent) -> None:
        asked = [id_ for id_, command in self._commands.items() if command.does == "activity"]
        if not asked:
            return
        self._heard += 1
        by_clock = event.workflow_execution_signaled_event_attributes.signal_name == WINDOW_CLOSED
        pause = _seconds(event) - self._at[asked[-1]] if by_clock else 0.0
        self._change(asked[-1], asks=(*self._commands[asked[-1]].asks, round(pause, 3)))

    def _change(self, id_: int, **fields: object) -> None:
        self._commands[id_] = self._commands[id_].model_copy(update=fields)


def _seconds(event: HistoryEvent) -> float:
    return event.event_time.ToMilliseconds() / 1000
