"""Whole lifecycles under chance: whatever people decide and whenever texts change, no way leads round a gate."""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from services.kernel.contracts import intake, notify, review
from services.kernel.contracts.intake import RecordStage
from services.kernel.contracts.messages import DocumentRef, Done, Text
from services.kernel.procedure.gates import refusals
from services.kernel.procedure.record import ClosedStage, Record
from services.kernel.procedure.rules import DocumentKind
from tests.workflows.builders import NO, a_start, at_work, begin
from tests.workflows.town import BOOK, GOOD, Town

OFTEN_GOOD, SOMETIMES_NEW = 0.7, 0.15
STUBBORN = 3  # how often a stage may end badly before all goes well: every walk must come to an end
PATIENT = 40  # how often one gate may give one text the same refusal: after that nobody will do anything any more
LONGEST = 120  # seconds for one walk, of the wall's clock
ORDER = ("_missing", "_not_passed", "_no_conclusion", "_other_text")
YES = {
    DocumentKind.NORMATIVE: {"touches_market_entities": True, "may_affect_stability_or_safety": True},
    DocumentKind.MAJOR_DECISION: {"may_affect_stability_or_safety": True, "needs_npc_report": True},
    DocumentKind.WORK_PLAN: {"content_touches_rights": True, "touches_market_entities": True},
    DocumentKind.ANNUAL_REPORT: {},
}
PASSED = {"passed", "passed_as_amended"}
# Before these the dossier itself is asked; the others follow one that was.
GATED = {"collective_deliberation", "signing", "registration_numbering", "publication"}


class Wayward(Town):
    """People who decide by chance, and a drafting office that hands in texts at every moment at which it may.

    The gate is the rule book's own, as far as it speaks of the order of stages and of their texts.
    """

    def __init__(self, client: Client, chance: Random, kind: DocumentKind) -> None:
        super().__init__(client)
        self.chance, self.kind, self.texts = chance, kind, 1
        self.latest, self.door = f"{1:064d}", True
        self.log: list[tuple[str, str, str, str]] = []  # what happened, stage, outcome, text
        self.over, self.refused = asyncio.Event(), Counter[tuple[str, ...]]()

    def _saw(self, entry: tuple[str, str, str, str]) -> None:
        """What is broken stays so: the walk is over at once, also when it would never end."""
        self.log.append(entry)
        if broken(self):
            self.over.set()

    async def _open_round(self, message: review.OpenRound) -> review.RoundOpened:
        stage = message.stage
        self._saw(("asked", stage, "", message.text.text_hash))
        self.script[stage] = [self._outcome(message)]
        self._perhaps_hand_in(message.document)
        if self.chance.random() < 0.5:
            self.texts += 1
            self.amended_hash = f"a{self.texts:063d}"
        else:
            self.amended_hash = None
        return await super()._open_round(message)

    def _outcome(self, asked: review.OpenRound) -> str:
        """Good, or any other that the rules know here; good for certain when the stage was asked often enough."""
        outcomes = BOOK.kind(self.kind).stage(asked.stage).outcomes
        possible = [code for code in outcomes if code != "not_applicable" and not BOOK.outcome(code).ground]
        good = GOOD[asked.form] if GOOD[asked.form] in possible else possible[0]
        bad = self.asked.count(asked.stage) < STUBBORN and self.chance.random() > OFTEN_GOOD
        return self.chance.choice(possible) if bad else good

    def _perhaps_hand_in(self, document: DocumentRef) -> None:
        if self.door and self.chance.random() < SOMETIMES_NEW:
            self.hand_in(document)

    def hand_in(self, document: DocumentRef, *, version: int | None = None) -> None:
        self.texts += 1
        self.latest = f"{self.texts:064d}"
        super().hand_in(document, version=self.texts)

    async def _take_amended(self, message: intake.TakeAmended) -> intake.AmendedTaken:
        self.latest = message.amended_hash
        text = Text(version=self.texts, text_hash=message.amended_hash, materials_hash="0" * 64)
        return intake.AmendedTaken(text=text, structure_hash="5" * 64, task_count=0)

    async def _publish(self, message: notify.Publish) -> notify.Published:
        self._saw(("sent out", "publication", message.doc_number, message.text.text_hash))
        return await super()._publish(message)

    async def _record(self, message: RecordStage) -> Done:
        if all(record.key != message.key for record in self.records):
            self.door = message.accepts_versions
            if message.event == "closed":
                self._saw(("closed", message.stage, message.outcome or "", message.text_hash))
        return await super()._record(message)

    async def _gate(self, message: intake.CheckGate) -> intake.GateAnswer:
        document = next(iter(self.rounds.values())).document if self.rounds else None
        if document is not None:
            self._perhaps_hand_in(document)
        codes = [code for code in self._refused(message) if code.endswith(ORDER)]
        if self.latest != message.text_hash:
            codes.append("text.newer")
        self.door = self.door and bool(codes)
        self.refused[(message.stage, message.text_hash, *codes)] += bool(codes)
        if max(self.refused.values()) > PATIENT:
            self.over.set()
        if not codes:
            self._saw(("gate", message.stage, "passed", message.text_hash))
        return intake.GateAnswer(passed=not codes, codes=tuple(codes), again=self._unpassed(message.stage))

    def _refused(self, message: intake.CheckGate) -> list[str]:
        ended = [record for record in self.records if record.event == "closed" and record.outcome]
        closed = {
            r.stage: ClosedStage(on=r.occurred_at.date(), outcome=r.outcome or "", text_hash=r.text_hash, reason="x")
            for r in ended
        }
        answers = {**NO, **YES[self.kind]}
        reasons = {"H3": "风险已经说明", "legality.required": "风险已经说明"}
        record = Record(text_hash=message.text_hash, predicates=answers, closed=closed, reasons=reasons)
        return [each.code for each in refusals(BOOK, self.kind, message.stage, record)]


class Seen:
    """What happened in one town before a moment."""

    def __init__(self, town: Wayward, before: int) -> None:
        self._all = town.log[:before]
        self._log = [entry for entry in self._all if entry[0] == "closed"]

    def ended(self, stage: str, outcomes: set[str], text: str) -> bool:
        """Whether the stage had ended so, about that text; or was found not to apply."""
        return any(
            at == stage and (outcome == "not_applicable" or (outcome in outcomes and about == text))
            for _, at, outcome, about in self._log
        )

    def passed_gate(self, stage: str, text: str) -> bool:
        """Whether the dossier was asked before the stage, about that text, and let it pass."""
        return ("gate", stage, "passed", text) in self._all

    def signed_since_decision(self) -> bool:
        """Whether it was signed since it was decided last: then it came back to the signer, not to the meeting."""
        places = {at: place for place, (_, at, outcome, _) in enumerate(self._log) if outcome in {*PASSED, "signed"}}
        return places.get("signing", -1) > places.get("collective_deliberation", len(self._log))


def broken(town: Wayward) -> list[str]:
    """Every moment at which something began without what the law asks to come first, on that very text."""
    has = {stage.id for stage in BOOK.kind(town.kind).stages}
    needs = {
        ("asked", "collective_deliberation"): [("legality_review", {"lawful"})],
        ("asked", "signing"): [("collective_deliberation", PASSED)],
        ("asked", "verification"): [("signing", {"signed"})],
        ("closed", "registration_numbering"): [("signing", {"signed"}), ("verification", {"ok"})],
        ("closed", "publication"): [("registration_numbering", {"numbered"}), ("signing", {"signed"})],
        ("sent out", "publication"): [("registration_numbering", {"numbered"}), ("verification", {"ok"})],
    }
    found = []
    for moment, (what, stage, outcome, text) in enumerate(town.log):
        seen = Seen(town, moment)
        if outcome == "not_applicable" or (stage == "signing" and what == "asked" and seen.signed_since_decision()):
            continue
        for need, outcomes in needs.get((what, stage), []):
            if need in has and not seen.ended(need, outcomes, text):
                found.append(f"{stage} on {text[-3:]} without {need}")
        if (what, stage) in needs and not seen.passed_gate(stage, text) and stage in GATED:
            found.append(f"{stage} on {text[-3:]} past its gate")
        if what == "sent out" and not outcome:
            found.append(f"{stage} on {text[-3:]} without a number")
    return found


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", YES)
async def test_no_walk_reaches_a_stage_without_what_must_come_first(
    temporal_env: WorkflowEnvironment, kind: DocumentKind, seed: int
) -> None:
    town = Wayward(temporal_env.client, Random(f"{kind} {seed}"), kind)
    async with at_work(temporal_env.client, town):
        handle = await begin(temporal_env.client, a_start(kind, **YES[kind]))
        ended = asyncio.ensure_future(handle.result())
        over = asyncio.ensure_future(town.over.wait())
        await asyncio.wait({ended, over}, timeout=LONGEST, return_when=asyncio.FIRST_COMPLETED)
        over.cancel()

        assert broken(town) == []
        assert ended.done(), f"stuck at {town.records[-1].stage}: {town.records[-1].event} {town.records[-1].codes}"
    end = ended.result()
    assert end.outcome in {"issued", "unlawful", "rejected", "stopped"}
    assert (end.doc_number is None) == (end.outcome != "issued")
