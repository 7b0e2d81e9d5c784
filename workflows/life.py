"""What the procedure of one document knows and can do; what comes after what stands in `kinds.py`."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import date, timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, ChildWorkflowError
from temporalio.workflow import ParentClosePolicy

from workflows.calls import ask, look_up, refusal_of
from workflows.comment import CommentPhase, PublicComment
from workflows.follow_up import FollowUp, TaskFollowUp
from workflows.patches import changed
from workflows.rounds import VOIDED, Decision, ReviewRound, RoundPlan
from workflows.story import Story
from workflows.waiting import until

with workflow.unsafe.imports_passed_through():
    from services.kernel.contracts import almanac, intake, lifecycle, notify, review, tasks
    from services.kernel.contracts.almanac import StagePlan
    from services.kernel.contracts.facts import SealOn
    from services.kernel.contracts.lifecycle import StartLifecycle
    from services.kernel.contracts.messages import Text

# How often a gate that stands in the way is tried again when nobody has done anything.
GATE_AGAIN = timedelta(hours=1)
NOT_APPLICABLE = "not_applicable"
PUBLISHED, ISSUED = "published", "issued"


class Ended(Exception):
    """The life has ended before publication."""

    def __init__(self, outcome: str, stage: str) -> None:
        self.outcome, self.stage = outcome, stage
        super().__init__(outcome)


class Life(Story):
    """What the procedure of a document knows and can do."""

    def __init__(self, start: StartLifecycle) -> None:
        super().__init__(start)
        self.start = start
        self.structure_hash = start.structure_hash
        self.task_count = start.task_count
        self.authors = list(start.author_ids)
        self.decisions: dict[str, Decision] = {}
        self.published_on: date | None = None
        self.public_text: Text | None = None
        self._heard = 0
        self._hear_again = False

    # What the drafting office does meanwhile

    def take_version(self, fact: lifecycle.VersionSubmitted) -> None:
        """Another text was handed in."""
        self.text = fact.text
        self.structure_hash = fact.structure_hash
        self.task_count = fact.task_count
        self.authors += [person for person in fact.author_ids if person not in self.authors]
        self._heard += 1
        self._hear_again = self._hear_again or fact.hear_again

    # Steps of the procedure

    async def fix_procedure(self) -> None:
        """Resolve the stages for this document's answers; the answer is history."""
        self.plan = await self._fixed()
        await self.record("drafting", "closed", outcome="submitted")

    async def _fixed(self) -> almanac.Plan:
        question = almanac.AskPlan(
            kind=self.document.kind, predicates=self.start.predicates, overlays=self.start.overlays
        )
        return await look_up(almanac.PLAN, question)

    async def step(self, stage: str, *, early: bool = True, once: bool = False) -> Decision | None:
        """A recorded step: its unit files the paper, or a named person declares it not applicable.

        With `once`, another text that comes meanwhile ends it as `voided`: what must come before it is not about that.
        """
        plan = self.plan.stage(stage)
        if plan is None:
            return None
        if not plan.applies:
            await self.record(stage, "closed", outcome=NOT_APPLICABLE)
            return None
        return await self.round(plan, accepts_versions=early, once=once)

    async def steps(self, *stages: str, early: bool = True) -> None:
        """Steps that may run side by side."""
        await asyncio.gather(*(self.step(stage, early=early) for stage in stages))

    async def hear_the_public(self) -> None:
        """The public comment window, to the published answers."""
        plan = self.plan.stage("public_comment")
        if plan is None:
            return
        if not plan.applies:
            await self.record("public_comment", "closed", outcome=NOT_APPLICABLE)
            return
        if changed("notice-gate"):
            await self.gate("public_comment")
        await self._hear(plan)

    async def hear_the_public_again(self) -> None:
        """Where the text was changed much and the drafting office asks for it: another window, of the least length."""
        plan = self.plan.stage("public_comment")
        while self._hear_again and plan is not None and plan.applies:
            self._hear_again = False
            await self._hear(plan)

    async def _hear(self, plan: StagePlan) -> None:
        ordinal = self._next("public_comment")
        self.public_text = self.text
        await workflow.execute_child_workflow(
            PublicComment.run,
            CommentPhase(
                document=self.document,
                plan=plan,
                text=self.text,
                asked=self.start.comment if ordinal == 1 else lifecycle.CommentPlan(),
                ordinal=ordinal,
                answer_limit=plan.deadline,
                overlays=self.start.overlays,
            ),
            id=lifecycle.phase_id(self.document.document_id, "public_comment", ordinal),
        )

    async def round(self, plan: StagePlan, *, accepts_versions: bool, once: bool = False) -> Decision:
        """Put a stage before its people, again as long as the text changes under their hands; see `step`."""
        while True:
            if plan.stage == "legality_review":
                await self.hear_the_public_again()
            decision = await self._one_round(plan, accepts_versions)
            if decision.outcome != VOIDED:
                self.decisions[plan.stage] = decision
                return decision
            if once and changed("reviewed-text"):
                return decision

    async def on_this_text(self, *stages: str) -> None:
        """Steps whose outcome must be about the very text that goes on: asked again where the text has changed."""
        for stage in stages:
            last = self.decisions.get(stage)
            if last is not None and last.text_hash != self.text.text_hash:
                await self.step(stage)

    def stands(self, *stages: str) -> bool:
        """Whether the last conclusions of these stages, where there are any, are about the present text."""
        found = [last for stage in stages if (last := self.decisions.get(stage)) is not None]
        return all(last.outcome == NOT_APPLICABLE or last.text_hash == self.text.text_hash for last in found)

    def voided(self) -> Decision:
        """Nothing is decided about the text that was asked for: another one stands."""
        return Decision(outcome=VOIDED, text_hash=self.text.text_hash, decided_at=workflow.now())

    async def gate(self, stage: str, *, about: tuple[str, ...] = (), numbered: bool = False) -> bool:
        """Wait until the dossier shows all that the law demands before `stage`.

        A step whose conclusion lets nothing pass sends the text back, and is done again on the adjusted one.
        False when, meanwhile, another text was handed in than the conclusions of `about` rest on (713号第二十五条).
        Once `numbered`, no other text is taken.
        """
        if not self.applies(stage):
            return True
        question = intake.CheckGate(document_id=self.document.document_id, stage=stage, text_hash=self.text.text_hash)
        answer = await ask(intake.CHECK_GATE, question)
        while True:
            if not self.stands(*about) and changed("reviewed-text"):
                return False
            if answer.passed:
                return True
            await self.record(stage, "blocked", codes=answer.codes, accepts_versions=not numbered)
            if answer.again:
                await self._adjust(answer.again)
            else:
                seen = self._heard
                await until(lambda seen=seen: self._heard != seen, workflow.now() + GATE_AGAIN)  # type: ignore[misc]
            answer = await ask(intake.CHECK_GATE, question.model_copy(update={"text_hash": self.text.text_hash}))

    async def _adjust(self, stages: tuple[str, ...]) -> None:
        last = self.decisions.get(stages[0])
        await self.revise(stages[0], last.outcome if last else "returned")
        await self.steps(*stages)

    def times(self, stage: str) -> int:
        """How many rounds of a stage there were."""
        return self._ordinals.get(stage, 0)

    async def revise(self, stage: str, outcome: str) -> None:
        """Back to the drafting office: wait for another version."""
        before, ordinal = self._returned(stage), self._next("revision")
        key = lifecycle.phase_id(self.document.document_id, "revision", ordinal)
        link = f"/intake/document/{self.document.document_id}/revise"
        await asyncio.gather(
            self.record(stage, "blocked", outcome=outcome, accepts_versions=True, state="returned"),
            ask(
                tasks.POST_ITEM,
                tasks.PostItem(
                    key=key,
                    document=self.document,
                    stage="revision",
                    ordinal=ordinal,
                    role="drafter",
                    unit_id=self.document.drafting_unit,
                    rule_id=self._rule(stage),
                    link=link,
                ),
            ),
            self.tell("returned", key, stage=stage, link=link, outcome=outcome),
        )
        await until(lambda: self.text.text_hash != before)
        await ask(tasks.CLOSE_ITEM, tasks.CloseItem(key=key, outcome="revised"))

    def _returned(self, stage: str) -> str:
        """The text that is sent back: what the decision was about, also when another has come since."""
        last = self.decisions.get(stage)
        if last is None or not changed("reviewed-text"):
            return self.text.text_hash
        return last.text_hash

    async def amended(self, decision: Decision) -> None:
        """The recorded amendments make the next version; the decision stands on that text.

        A meeting recorded before amendments had wording leaves it to the drafting office to write them in.
        """
        if decision.amended_hash is None:
            await self.revise("collective_deliberation", decision.outcome)
        else:
            await self._take_amended(decision, decision.amended_hash)
        self.decisions["collective_deliberation"] = decision.model_copy(update={"text_hash": self.text.text_hash})
        await self.record(
            "collective_deliberation",
            "closed",
            outcome=decision.outcome,
            actor_id=decision.actor_id,
            record_hash=decision.record_hash,
        )

    async def _take_amended(self, decision: Decision, amended_hash: str) -> None:
        asked = intake.TakeAmended(
            document_id=self.document.document_id,
            deliberated_hash=decision.text_hash,
            amended_hash=amended_hash,
            actor_id=decision.actor_id,
            record_hash=decision.record_hash,
        )
        taken = await ask(intake.TAKE_AMENDED, asked)
        self.text, self.structure_hash, self.task_count = taken.text, taken.structure_hash, taken.task_count

    async def number(self) -> str | None:
        """Register and number the text; None when the register refuses it."""
        year = await look_up(almanac.YEAR, almanac.AskYear(at=workflow.now()))
        asked = notify.RegisterNumber(
            document=self.document, text=self.text, year=year.year, author_ids=tuple(self.authors)
        )
        try:
            given = await ask(notify.REGISTER_NUMBER, asked)
        except ActivityError as error:
            code = refusal_of(error)
            await self.record("registration_numbering", "blocked", outcome="returned", codes=(code,))
            return None
        self.doc_number = given.doc_number
        await self.record("registration_numbering", "closed", outcome="numbered")
        return given.doc_number

    async def seal(self) -> None:
        """用印 on the numbered text. A procedure fixed before seals were known asks the rule book for the stage."""
        if not changed("seal-before-issue"):
            return
        if self.plan.stage("sealing") is None:
            self.plan = await self._fixed()
        await self.step("sealing", early=False)

    async def publish(self) -> None:
        """Publish the numbered text in the gazette, once the dossier shows all that publication needs."""
        if not self.applies("publication"):
            await self._issue_unpublished()
            return
        await self.gate("publication", numbered=True)
        number = self.doc_number or ""
        signed = self.decisions.get("signing")
        decided = self.decisions.get("collective_deliberation")
        adopted_at = decided.decided_at if decided else workflow.now()
        adopted = await look_up(almanac.YEAR, almanac.AskYear(at=adopted_at))
        published = await ask(
            notify.PUBLISH,
            notify.Publish(
                document=self.document,
                text=self.text,
                doc_number=number,
                adopted_on=adopted.day,
                signed_hash=signed.record_hash if signed else None,
                seals=self._seals(),
            ),
        )
        self.published_on, self.lasting = published.published_on, PUBLISHED
        if changed("own-register"):
            await self._enter_register(published)
        await asyncio.gather(
            self.record("publication", "closed", outcome="published"),
            self.tell("published", f"{self._id}#published", stage="publication", link=published.path),
        )

    def _seals(self) -> tuple[SealOn, ...]:
        sealed = self.decisions.get("sealing")
        on = sealed.facts.seal if sealed and sealed.facts else None
        return on.seals if on else ()

    async def _enter_register(self, published: notify.Published) -> None:
        entry = review.EnterText(
            document=self.document,
            doc_number=self.doc_number or "",
            published_on=published.published_on,
            valid_to=published.valid_to,
            effective_on=published.effective_on,
            text_hash=self.text.text_hash,
        )
        await ask(review.ENTER_TEXT, entry)

    async def make_tasks(self) -> None:
        """Make the tasks of the published text and follow them beyond the end of this workflow."""
        if not self.task_count or self.structure_hash is None or self.published_on is None:
            return
        follow = FollowUp(
            document=self.document,
            doc_number=self.doc_number or "",
            structure_hash=self.structure_hash,
            text_hash=self.text.text_hash,
            published_on=self.published_on,
            state=self.lasting or PUBLISHED,
            stages=tuple(plan.stage for plan in self.plan.stages if plan.form == "follow_up"),
        )
        await workflow.start_child_workflow(
            TaskFollowUp.run,
            follow,
            id=lifecycle.phase_id(self.document.document_id, "follow_up", 1),
            parent_close_policy=ParentClosePolicy.ABANDON,
        )

    async def _issue_unpublished(self) -> None:
        # What the law keeps from the public is in force all the same: it goes to those who carry it out, not to the gazette.
        issued = await look_up(almanac.YEAR, almanac.AskYear(at=workflow.now()))
        self.published_on, self.lasting = issued.day, ISSUED
        await self.record("publication", "closed", outcome=NOT_APPLICABLE)

    async def _one_round(self, plan: StagePlan, accepts_versions: bool) -> Decision:
        text, ordinal = self.text, self._next(plan.stage)
        child = await workflow.start_child_workflow(
            ReviewRound.run,
            RoundPlan(
                document=self.document,
                plan=plan,
                ordinal=ordinal,
                text=text,
                author_ids=tuple(self.authors),
                overlays=self.start.overlays,
                accepts_versions=accepts_versions,
                state=self.lasting,
                grounds=tuple(sorted(name for name, answer in self.start.predicates.items() if answer)),
                public_text=self.public_text,
            ),
            id=lifecycle.phase_id(self.document.document_id, plan.stage, ordinal),
        )
        try:
            await workflow.wait_condition(lambda: child.done() or self.text.text_hash != text.text_hash)
        except asyncio.CancelledError:
            await _cancelled(child)
            raise
        if not child.done():
            # A round that was decided in the same moment is gone already: its decision stands, about its own text.
            with suppress(ApplicationError):
                await child.signal(ReviewRound.void)
        return await child


async def _cancelled(child: workflow.ChildWorkflowHandle[ReviewRound, Decision]) -> None:
    # The round closes itself and its inbox item before the life may end.
    child.cancel()
    try:
        await child
    except ChildWorkflowError:
        return
