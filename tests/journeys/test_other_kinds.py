"""The other kinds: a major decision that needs everything, a plan with tasks, a consultation to which nobody wrote."""

from __future__ import annotations

import asyncio
from uuid import UUID

import httpx
import pytest

from fawen.client import Submission
from fawen.demo.people import DRAFTER, SUPERVISOR, Town
from fawen.demo.story import Script, follow_tasks
from fawen.replies import Dossier
from fawen.stack import Stack
from services.kernel.procedure.rules import DocumentKind, RuleBook
from tests.journeys.drafts import PLAN, major_decision, normative, work_plan
from tests.journeys.play import mailed_twice, played, settled, story_of, submitted
from tests.journeys.record import Letters, Record, whole

pytestmark = pytest.mark.timeout(240)

Played = dict[str, tuple[UUID, Dossier]]
COMMENT: list[tuple[str | None, str]] = [(None, "改造期间请保留一条通道，方便老人出行。")]
# What is handed in: every document has its own series of numbers, for they share one stack with other journeys.
DRAFTS: dict[str, tuple[Submission, Script]] = {
    "decision": (major_decision("云决发", no=("not_public_by_law",)), Script(comments=COMMENT)),
    "not public": (major_decision("云密发", no=()), Script()),
    "plan": (work_plan("云计发"), Script(comments=COMMENT)),
    "silence": (normative("云静规"), Script()),
}


@pytest.fixture(scope="module")
def lives() -> Played:
    """What was played already: the four share their waiting."""
    return {}


@pytest.fixture
async def played_all(town: Town, lives: Played) -> Played:
    """All four, played side by side, once."""
    if not lives:
        ids = [await submitted(town, draft) for draft, _ in DRAFTS.values()]
        stories = [story_of(town, id_, script) for id_, (_, script) in zip(ids, DRAFTS.values(), strict=True)]
        dossiers = await asyncio.gather(*(played(story, within=200) for story in stories))
        lives.update(zip(DRAFTS, zip(ids, dossiers, strict=True), strict=True))
    return lives


def _outcomes(dossier: Dossier) -> dict[str, str]:
    closed = [entry for entry in dossier.entries if entry["type"] == "stage_closed"]
    return {entry["stage"]: str((entry.get("detail") or {}).get("outcome")) for entry in closed}


async def test_every_kind_ends_with_nothing_lost_and_nothing_twice(
    played_all: Played, record: Record, letters: Letters
) -> None:
    for document_id, dossier in played_all.values():
        assert dossier.verified
        assert whole(dossier.entries)
        await settled(record, letters, document_id)
        assert mailed_twice(letters, await record.message_ids(document_id)) == {}


async def test_a_decision_of_which_all_is_true_walks_every_stage(played_all: Played, town: Town) -> None:
    document_id, dossier = played_all["decision"]
    stages = RuleBook.load(("demo",)).kind(DocumentKind.MAJOR_DECISION).stages
    later = {"follow_up", "post_evaluation", "adjustment"}
    outcomes = _outcomes(dossier)
    assert outcomes.keys() == {stage.id for stage in stages} - later
    assert "not_applicable" not in outcomes.values()
    document = await town.of(DRAFTER).document(document_id)
    assert document.state == "published"
    assert (document.doc_number or "").startswith("云决发〔")
    assert document_id in {one.document_id for one in await town.public.publications(q=document.doc_number or "")}


async def test_what_the_law_keeps_from_the_public_is_decided_and_numbered_but_never_shown(
    played_all: Played, town: Town, stack: Stack
) -> None:
    document_id, dossier = played_all["not public"]
    outcomes = _outcomes(dossier)
    assert (outcomes["public_comment"], outcomes["publication"]) == ("not_applicable", "not_applicable")
    document = await town.of(DRAFTER).document(document_id)
    assert document.state == "issued"
    assert document.doc_number is not None
    assert document.doc_number.startswith("云密发〔")
    assert await town.public.windows(document_id) == []
    assert await town.public.publications(q=document.doc_number) == []
    found = await town.public.publications(q="老旧街区餐饮集中区改造项目")
    assert document_id not in {one.document_id for one in found}
    async with httpx.AsyncClient(base_url=stack.base_url, trust_env=False) as anybody:
        for page in ("/", "/notify/gazette", "/intake/consultations"):
            assert str(document_id) not in (await anybody.get(page)).text
            assert document.doc_number not in (await anybody.get(page)).text


async def test_a_plan_becomes_tasks_with_their_units_and_days(played_all: Played, town: Town) -> None:
    document_id, _ = played_all["plan"]
    assert await follow_tasks(town, document_id, lambda _beat: None) is not None
    plan = await town.of(SUPERVISOR).plan(document_id)
    assert [task.item_no for task in plan.tasks] == ["1", "2", "3"]
    assert all(task.title in PLAN for task in plan.tasks)
    shown = await town.of(SUPERVISOR).task(plan.tasks[0].id)
    assert "2027-03-31" in str(shown)


async def test_that_nobody_wrote_is_a_result_and_is_public_by_itself(
    played_all: Played, town: Town, stack: Stack
) -> None:
    document_id, dossier = played_all["silence"]
    types = [entry["type"] for entry in dossier.entries]
    assert types.count("summary") == 1
    assert "answered" not in types
    window = (await town.public.windows(document_id))[0]
    async with httpx.AsyncClient(base_url=stack.base_url, trust_env=False) as anybody:
        page = await anybody.get(f"/intake/consultation/{window.window_id}/feedback")
        english = await anybody.get(
            f"/intake/consultation/{window.window_id}/feedback", headers={"Accept-Language": "en"}
        )
    assert page.status_code == httpx.codes.OK
    assert "没有收到" in page.text
    assert "no comment" in english.text.lower()
