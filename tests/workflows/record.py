"""Record golden histories: `python -m tests.workflows.record [names] [--anew]`, or `make histories`.

The town plays each story; the runs that are worth keeping are written into `histories/`. What lies there already
stands for procedures that are under way somewhere, so it is never written over unless `--anew` says so.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from fawen.stack.temporal import Temporal, program
from services.kernel.contracts import lifecycle
from services.kernel.contracts.lifecycle import Ask, AsksChanged, StartLifecycle
from services.kernel.contracts.messages import Deadline, Queue
from tests.workflows import histories
from tests.workflows.builders import a_start, at_work, begin, changes_of, cleanup_of
from tests.workflows.town import SILENCE, Town

EVERYTHING = (
    "is_specialised_technical",
    "may_affect_stability_or_safety",
    "touches_market_entities",
    "direct_interest_or_major_split",
    "others_duties_touched",
)


@dataclass(frozen=True)
class Scene:
    """A town at work. `env` is there where time can be made to pass."""

    town: Town
    env: WorkflowEnvironment | None = None

    @property
    def client(self) -> Client:
        return self.town.client

    async def comes_true(self, condition: Callable[[], bool], *, step: timedelta = timedelta(days=1)) -> None:
        """Wait until something has happened, letting time pass where it can."""
        for _ in range(1_000):
            if condition():
                return
            if self.env is not None:
                await self.env.sleep(step)
            await asyncio.sleep(0.02)
        raise AssertionError("it never happened")

    async def passes(self, time: timedelta) -> None:
        """Let time pass where it can be made to."""
        if self.env is not None:
            await self.env.sleep(time)

    async def decide(self, stage: str, outcome: str) -> None:
        """Somebody decides the round that was opened last for a stage, and the workflow has been told."""
        rounds = [key for key, round_ in self.town.rounds.items() if round_.stage == stage]
        await self.town.decide(rounds[-1], outcome)


Kept = Mapping[str, WorkflowHandle[object, object]]


@dataclass(frozen=True)
class Story:
    """What is played, and which runs of it are kept under which names."""

    play: Callable[[Scene], Awaitable[Kept]]
    keeps: tuple[str, ...]
    time_passes: bool = True


async def returned_and_revised(scene: Scene) -> Kept:
    """行政规范性文件 that touches businesses: comments answered, returned by the reviewer, revised, issued."""
    scene.town.received = 2
    scene.town.script["legality_review"] = ["amend"]
    start = a_start(touches_market_entities=True)
    life = await begin(scene.client, start)
    await life.result()
    return {
        "normative_returned": life,
        "comment_answered": _phase(scene, start, "public_comment"),
        "round_amend": _phase(scene, start, "legality_review"),
    }


async def every_way_back(scene: Scene) -> Kept:
    """Deferred, amended by the meeting, returned by the signer, changed at verification, refused a number."""
    town = scene.town
    town.script["legality_review"] = ["return_procedure"]
    town.script["collective_deliberation"] = ["deferred", "rediscuss", "passed_as_amended"]
    town.script["signing"] = ["returned"]
    town.script["verification"] = ["substantive_change"]
    town.gates["collective_deliberation"] = [("gate.comments_unanswered",)]
    town.refused_numbers = 1
    life = await begin(scene.client, a_start())
    await life.result()
    return {"normative_every_way_back": life}


async def joint_and_sent_back(scene: Scene) -> Kept:
    """A review that several sign, sent back by the reviewer to the assessment; the seats come and go."""
    town = scene.town
    town.script["legality_review"] = [SILENCE]
    town.returns["return_procedure"] = "assessment"
    start = a_start()
    life = await begin(scene.client, start)
    await scene.comes_true(lambda: "legality_review" in town.asked)
    (round_id,) = [key for key, one in town.rounds.items() if one.stage == "legality_review"]
    now = datetime.now(UTC)
    due = Deadline(rule_id="consultation.reply_term", ends_at=now + timedelta(weeks=20))
    for revision, states in enumerate((("open", "waiting"), ("done", "open"), ("done", "withdrawn"), ("done", "open"))):
        asked = tuple(
            Ask.model_validate({"ordinal": nth, "state": state, "role": "chief", "unit_id": "yx-gov", "due": due})
            for nth, state in enumerate(states, start=2 + (revision == 3))
        )
        await town.ask_for(AsksChanged(event_id=uuid4(), round_id=round_id, what="seat", revision=revision, asks=asked))
        await scene.passes(timedelta(minutes=5))
    await scene.decide("legality_review", "return_procedure")
    await life.result()
    return {"normative_sent_back": life, "round_joint": _phase(scene, start, "legality_review")}


async def registered(scene: Scene) -> Kept:
    """A reform goes on with its risk stated; once public, the document enters the register of laws and documents."""
    scene.town.script["legality_review"] = ["exploratory"]
    life = await begin(scene.client, a_start("MAJOR_DECISION", exploratory_reform=True))
    await life.result()
    return {"major_decision_registered": life}


async def sealed(scene: Scene) -> Kept:
    """A signed and numbered document bears its seal before it is published."""
    life = await begin(scene.client, a_start())
    await life.result()
    return {"normative_sealed": life}


async def opinions_among_papers(scene: Scene) -> Kept:
    """What the public said, answered, lies among the papers of the review and of the meeting."""
    scene.town.received = 2
    start = a_start()
    life = await begin(scene.client, start)
    await life.result()
    return {
        "normative_with_opinions": life,
        "round_with_opinions": _phase(scene, start, "legality_review"),
        "round_discussed_with_opinions": _phase(scene, start, "collective_deliberation"),
    }


async def suspended_and_ended(scene: Scene) -> Kept:
    """A decision in force is suspended by the head, then ended by another decision: told everywhere."""
    document = a_start("MAJOR_DECISION").document
    handles = [
        await scene.client.start_workflow(
            lifecycle.STANDING, change, id=lifecycle.standing_id(change.act_id), task_queue=Queue.WORKFLOWS
        )
        for change in changes_of(document)
    ]
    for handle in handles:
        await handle.result()
    return dict(zip(("standing_suspended", "standing_ended"), handles, strict=True))


async def cleaned_up(scene: Scene) -> Kept:
    """A clean-up wants a document repealed; another one ends it."""
    asked, ended = cleanup_of(a_start().document)
    first = await scene.client.start_workflow(
        lifecycle.CLEANUP_OUTCOME,
        asked,
        id=lifecycle.cleanup_outcome_id(asked.cleanup_id, asked.document.document_id),
        task_queue=Queue.WORKFLOWS,
    )
    await first.result()
    second = await scene.client.start_workflow(
        lifecycle.STANDING, ended, id=lifecycle.standing_id(ended.act_id), task_queue=Queue.WORKFLOWS
    )
    await second.result()
    return {"cleanup_asked": first, "cleanup_carried_out": second}


async def unlawful(scene: Scene) -> Kept:
    """A text that the reviewer holds unlawful ends there."""
    scene.town.script["legality_review"] = ["unlawful"]
    life = await begin(scene.client, a_start())
    await life.result()
    return {"normative_unlawful": life}


async def kept_from_the_public(scene: Scene) -> Kept:
    """What the law keeps from the public is not consulted on; a decision is then in force without the gazette."""
    normative = await begin(scene.client, a_start(not_public_by_law=True))
    await normative.result()
    decision = await begin(scene.client, a_start("MAJOR_DECISION", not_public_by_law=True))
    await decision.result()
    return {"normative_not_consulted": normative, "major_decision_unpublished": decision}


async def major_decision(scene: Scene) -> Kept:
    """重大行政决策 with every step of order 713."""
    life = await begin(scene.client, a_start("MAJOR_DECISION", **dict.fromkeys(EVERYTHING, True)))
    await life.result()
    return {"major_decision": life}


async def work_plan(scene: Scene) -> Kept:
    """A plan with tasks: followed over the turn of a year, then done."""
    start = a_start("WORK_PLAN", tasks=3)
    life = await begin(scene.client, start)
    await life.result()
    await scene.comes_true(lambda: any(asked.startswith("progress") for asked in scene.town.asked))
    follow = _phase(scene, start, "follow_up")
    fact = lifecycle.TasksCompleted(
        event_id=uuid4(), document_id=start.document.document_id, completed_on=date(2027, 3, 1)
    )
    await follow.signal(lifecycle.TASKS_COMPLETED, fact)
    await follow.result()
    first = scene.client.get_workflow_handle(follow.id, run_id=await _first_run(follow))
    return {"work_plan": life, "follow_up_next_year": first, "follow_up_done": follow}


async def annual_report(scene: Scene) -> Kept:
    """The yearly gathering, and the life of the report that it composed."""
    gathering = await scene.client.start_workflow(
        lifecycle.ANNUAL_REPORT,
        lifecycle.StartAnnualReport(issuer_unit="yx-gov"),
        id=lifecycle.annual_report_id("yx-gov", 2026),
        task_queue=Queue.WORKFLOWS,
    )
    await gathering.result()
    life = await begin(scene.client, a_start("ANNUAL_REPORT"))
    await life.result()
    return {"annual_report_gathered": gathering, "annual_report_issued": life}


async def heard_again_and_assessed_again(scene: Scene) -> Kept:
    """A risk that cannot be controlled: the text is adjusted, assessed anew and heard once more."""
    town = scene.town
    town.script["risk_assessment"] = ["uncontrollable"]
    town.hears_again = True
    life = await begin(scene.client, a_start("MAJOR_DECISION", may_affect_stability_or_safety=True))
    await life.result()
    return {"major_decision_heard_again": life}


async def extended_window(scene: Scene) -> Kept:
    """A window whose closing instant is moved while it is open; nobody writes."""
    scene.town.extend_by = timedelta(weeks=1)
    start = a_start()
    await (await begin(scene.client, start)).result()
    return {"comment_extended": _phase(scene, start, "public_comment")}


async def reopened_window(scene: Scene) -> Kept:
    """A window that is suspended and resumed, closes, and is reopened while its answers are awaited."""
    assert scene.env is not None
    town = scene.town
    town.received, town.answers_arrive = 2, False
    start = a_start()
    life = await begin(scene.client, start)
    await scene.comes_true(lambda: bool(town.windows), step=timedelta(hours=1))
    (window,) = town.windows.values()
    await town.act("suspended", window.closes_at)
    await scene.env.sleep(timedelta(days=1))
    await town.act("resumed", window.closes_at + timedelta(days=1))

    def answering() -> list[str]:
        return [state for key, state in town.items.items() if "#answers" in key]

    await scene.comes_true(lambda: answering() == ["open"], step=timedelta(hours=1))
    await town.act("reopened", await scene.env.get_current_time() + timedelta(weeks=1))
    await scene.comes_true(lambda: answering() == ["reopened"], step=timedelta(minutes=1))
    town.answers_arrive = True
    await life.result()
    return {"comment_reopened": _phase(scene, start, "public_comment")}


async def overdue_review(scene: Scene) -> Kept:
    """A review of which people are reminded, that passes its day, and is decided late."""
    scene.town.script["legality_review"] = [SILENCE]
    start = a_start()
    life = await begin(scene.client, start)
    await scene.comes_true(lambda: "overdue" in scene.town.events("legality_review"))
    await scene.decide("legality_review", "lawful")
    await life.result()
    return {"round_overdue": _phase(scene, start, "legality_review")}


async def accepted_after_a_while(scene: Scene) -> Kept:
    """Under a local book the time counts from acceptance: no day before it, a later one after it, then the opinion."""
    scene.town.script["legality_review"] = [SILENCE]
    start = a_start().model_copy(update={"overlays": ("acceptance",)})
    await begin(scene.client, start)
    await scene.comes_true(lambda: "legality_review" in scene.town.asked)
    key, round_ = next((k, r) for k, r in scene.town.rounds.items() if r.stage == "legality_review")
    received = datetime.now(UTC) if scene.env is None else await scene.env.get_current_time()
    await scene.passes(timedelta(days=3))
    counted = lifecycle.ClockResumed(event_id=uuid4(), round_id=key, at=received + timedelta(days=3), since=received)
    await scene.client.get_workflow_handle(round_.reply_to).signal(lifecycle.CLOCK_RESUMED, counted)
    await scene.comes_true(lambda: bool(scene.town.due_changes), step=timedelta(minutes=1))
    await scene.decide("legality_review", "lawful")
    phase = _phase(scene, start, "legality_review")
    await phase.result()
    return {"round_accepted": phase}


async def unknown_year(scene: Scene) -> Kept:
    """A window in a year whose holiday notice is not there: asked again day by day, until withdrawn."""
    assert scene.env is not None
    scene.town.script["assessment"] = [SILENCE]
    start = a_start()
    life = await begin(scene.client, start)
    await scene.comes_true(lambda: "assessment" in scene.town.asked)
    now = await scene.env.get_current_time()
    await scene.env.sleep(datetime(now.year, 12, 30, tzinfo=UTC) - now)
    await scene.decide("assessment", "filed")
    await scene.comes_true(lambda: any(r.codes == ("calendar.year_unknown",) for r in scene.town.records))
    await scene.env.sleep(timedelta(days=2))
    await life.cancel()
    phase = _phase(scene, start, "public_comment")
    await asyncio.gather(phase.result(), return_exceptions=True)
    return {"comment_year_unknown": phase}


async def withdrawn_under_review(scene: Scene) -> Kept:
    """Withdrawn by its office while the reviewer has it."""
    scene.town.script["legality_review"] = [SILENCE]
    start = a_start()
    life = await _withdrawn_when(scene, start, lambda: "legality_review" in scene.town.asked)
    return {"normative_withdrawn": life, "round_withdrawn": _phase(scene, start, "legality_review")}


async def withdrawn_while_open(scene: Scene) -> Kept:
    """Withdrawn by its office while the public is writing."""
    scene.town.sweeps = False
    start = a_start()
    opened = lambda: any(r.stage == "public_comment" and r.event == "opened" for r in scene.town.records)  # noqa: E731
    await _withdrawn_when(scene, start, opened)
    return {"comment_withdrawn": _phase(scene, start, "public_comment")}


async def new_version_under_review(scene: Scene) -> Kept:
    """Another text is handed in while the reviewer has the first: the round is void, and asked again."""
    scene.town.script["legality_review"] = [SILENCE]
    start = a_start()
    life = await begin(scene.client, start)
    await scene.comes_true(lambda: "legality_review" in scene.town.asked)
    scene.town.hand_in(start.document, version=2)
    await life.result()
    return {"normative_new_version": life, "round_voided": _phase(scene, start, "legality_review")}


# The first ones play on the server whose time skips; the last three on the development server, in real time.
STORIES = (
    Story(returned_and_revised, ("normative_returned", "comment_answered", "round_amend")),
    Story(every_way_back, ("normative_every_way_back",)),
    Story(joint_and_sent_back, ("normative_sent_back", "round_joint")),
    Story(registered, ("major_decision_registered",)),
    Story(sealed, ("normative_sealed",)),
    Story(
        opinions_among_papers,
        ("normative_with_opinions", "round_with_opinions", "round_discussed_with_opinions"),
    ),
    Story(suspended_and_ended, ("standing_suspended", "standing_ended")),
    Story(heard_again_and_assessed_again, ("major_decision_heard_again",)),
    Story(cleaned_up, ("cleanup_asked", "cleanup_carried_out")),
    Story(unlawful, ("normative_unlawful",)),
    Story(kept_from_the_public, ("normative_not_consulted", "major_decision_unpublished")),
    Story(major_decision, ("major_decision",)),
    Story(work_plan, ("work_plan", "follow_up_next_year", "follow_up_done")),
    Story(annual_report, ("annual_report_gathered", "annual_report_issued")),
    Story(extended_window, ("comment_extended",)),
    Story(reopened_window, ("comment_reopened",)),
    Story(overdue_review, ("round_overdue",)),
    Story(accepted_after_a_while, ("round_accepted",)),
    Story(unknown_year, ("comment_year_unknown",)),
    Story(withdrawn_under_review, ("normative_withdrawn", "round_withdrawn"), time_passes=False),
    Story(withdrawn_while_open, ("comment_withdrawn",), time_passes=False),
    Story(new_version_under_review, ("normative_new_version", "round_voided"), time_passes=False),
)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.workflows.record", description=__doc__)
    parser.add_argument("names", nargs="*", help="histories to record; all that are missing if none is named")
    parser.add_argument("--anew", action="store_true", help="write over those that were recorded before")
    given = parser.parse_args()
    wanted = chosen(given.names, there=histories.names(), anew=given.anew)
    asyncio.run(_record(wanted))


def chosen(asked: list[str], *, there: list[str], anew: bool) -> list[str]:
    """Which histories to record. Raises SystemExit for unknown names, and for those that would be written over."""
    known = [name for story in STORIES for name in story.keeps]
    if unknown := sorted(set(asked) - set(known)):
        raise SystemExit(f"no such history: {', '.join(unknown)}; there are {', '.join(known)}")
    if asked and not anew and (kept := sorted(set(asked) & set(there))):
        raise SystemExit(f"already recorded, and kept: {', '.join(kept)} (--anew writes over them)")
    return [name for name in asked or known if anew or name not in there]


async def _record(wanted: list[str]) -> None:
    if not wanted:
        sys.stdout.write("every history is there; none was touched\n")
    for story in STORIES:
        if set(story.keeps) & set(wanted):
            async with _scene(story) as scene:
                kept = await story.play(scene)
                for name in [name for name in story.keeps if name in wanted]:
                    path = histories.keep(name, await kept[name].fetch_history())
                    sys.stdout.write(f"{path.name}: {path.stat().st_size:,} bytes\n")


@asynccontextmanager
async def _scene(story: Story) -> AsyncIterator[Scene]:
    if story.time_passes:
        environment = await WorkflowEnvironment.start_time_skipping(
            test_server_existing_path=str(program("temporal-test-server")), data_converter=pydantic_data_converter
        )
        async with environment:
            town = Town(environment.client)
            async with at_work(environment.client, town):
                yield Scene(town, environment)
        return
    async with _development_server() as client:
        town = Town(client)
        town.sweeps = True
        async with at_work(client, town):
            yield Scene(town)


@asynccontextmanager
async def _development_server() -> AsyncIterator[Client]:
    folder = Path(tempfile.mkdtemp(prefix="fawen-"))
    server = Temporal.at(folder)
    try:
        await server.start_somewhere()
        yield await Client.connect(server.address, data_converter=pydantic_data_converter)
    finally:
        await server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _withdrawn_when(
    scene: Scene, start: StartLifecycle, moment: Callable[[], bool]
) -> WorkflowHandle[object, object]:
    life = await begin(scene.client, start)
    await scene.comes_true(moment)
    fact = lifecycle.Withdrawn(event_id=uuid4(), actor_id="liu", reason_hash="e" * 64)
    await life.signal(lifecycle.WITHDRAWN, fact)
    await life.result()
    return life


async def _first_run(handle: WorkflowHandle[object, object]) -> str:
    started = (await handle.fetch_history()).events[0].workflow_execution_started_event_attributes
    return started.first_execution_run_id


def _phase(scene: Scene, start: StartLifecycle, stage: str) -> WorkflowHandle[object, object]:
    return scene.client.get_workflow_handle(lifecycle.phase_id(start.document.document_id, stage, 1))


if __name__ == "__main__":
    main()
