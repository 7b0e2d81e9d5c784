"""One document from the POST to the annual report, on a running stack: what its users rely on, fact by fact."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from rich.console import Console

from fawen.client import Problem
from fawen.demo.acts import ZONE
from fawen.demo.people import BY_ROLE, DRAFTER, SUPERVISOR, Town
from fawen.demo.play import annual_report
from fawen.demo.show import Printer
from fawen.demo.story import Beat, Script, Story, follow_tasks
from fawen.demo.submission import built_in
from fawen.demo.texts import comments, text
from fawen.replies import Document, Dossier, Plan, Receipt, Window
from fawen.stack import Stack
from tests.journeys.play import PATIENCE, mailed_twice, played, settled, until
from tests.journeys.record import Letters, Record, whole

pytestmark = pytest.mark.timeout(300)

DISSENT = "小型餐饮的清洗频次仍然偏高，建议先试点一年再全区施行。"
# The heads of the signals that a normative document's life hears, in the names of their spans.
HEARD = {"round_decided", "window_closed", "opinions_answered", "version_submitted"}


@dataclass
class Life:
    """What the people of the town have in their hands when all is over."""

    receipt: Receipt
    dossier: Dossier
    document: Document
    window: Window
    plan: Plan
    report: Document
    codes: list[str] = field(default_factory=list)


@pytest_asyncio.fixture(scope="module")
async def life(stack: Stack) -> Life:
    """The story of the demonstration, played once for all that is asked of it."""
    codes: list[str] = []

    def hear(beat: Beat) -> None:
        if "回执 " in beat.what:
            codes.append(beat.what.rpartition("回执 ")[2])

    script = Script(outcomes={"legality_review": ["amend"]}, texts=[text("draft_2.txt")], comments=comments())
    async with Town.at(stack.base_url, stack.keys_file) as town:
        office = town.of(DRAFTER)
        receipt = await office.submit(built_in())
        dossier = await played(Story(town, receipt.document_id, script, hear))
        plan = await follow_tasks(town, receipt.document_id, hear)
        assert plan is not None
        async with asyncio.timeout(PATIENCE):
            report = await annual_report(town, Printer(Console(file=io.StringIO()), stack.base_url))
        document = await office.document(receipt.document_id)
        window = (await town.public.windows(receipt.document_id))[0]
    return Life(receipt, dossier, document, window, plan, report, codes)


async def test_the_office_sees_it_published_under_the_first_number_of_the_year(life: Life) -> None:
    assert life.document.state == "published"
    assert life.document.doc_number == f"云政规〔{datetime.now(ZONE).year}〕1号"
    assert life.document.blocked == []
    assert [version["version"] for version in life.document.versions] == [2, 1]
    closed = {entry["stage"] for entry in life.dossier.entries if entry["type"] == "stage_closed"}
    assert closed >= {"public_comment", "fair_competition_review", "legality_review", "filing", "commencement"}


async def test_the_difference_between_the_drafts_shows_each_changed_clause(life: Life, town: Town) -> None:
    shown = await town.of(DRAFTER).difference(life.receipt.document_id, 2, since=1)
    words = json.dumps([change for change in shown["changes"] if change["kind"] != "same"], ensure_ascii=False)
    for said in ("每两个月", "未经核准不得营业", "符合国家和行业标准"):
        assert said in words
    assert "安装油烟净化设施，并保持正常使用" not in words


async def test_five_comments_are_answered_and_the_one_not_adopted_says_why(life: Life, town: Town) -> None:
    opinions = await town.of(DRAFTER).opinions(life.window.window_id)
    answers = [opinion.answer for opinion in opinions]
    assert Counter(answer["disposition"] for answer in answers if answer) == {"adopted": 4, "not_adopted": 1}
    refused = next(answer for answer in answers if answer and answer["disposition"] == "not_adopted")
    assert "不宜写入" in refused["reason"]


async def test_a_receipt_shows_its_own_answer(life: Life, town: Town) -> None:
    assert len(life.codes) == 5
    shown = [await town.public.receipt(code) for code in life.codes]
    assert [one["body"] for one in shown] == [body for _, body in comments()]
    assert [one["answer"]["disposition"] for one in shown] == ["adopted"] * 4 + ["not_adopted"]


async def test_anybody_can_read_how_the_comments_were_answered(life: Life, stack: Stack) -> None:
    async with httpx.AsyncClient(base_url=stack.base_url, trust_env=False) as anybody:
        page = await anybody.get(f"/intake/consultation/{life.window.window_id}/feedback")
    assert page.status_code == httpx.codes.OK
    assert "不宜写入" in page.text
    assert "每月清洗一次负担太重" in page.text


async def test_legality_asked_for_amendments_then_found_the_second_draft_lawful(life: Life, town: Town) -> None:
    chain = await town.of(DRAFTER).sign_offs(life.receipt.document_id)
    opinions = [one for one in chain["sign_offs"] if one["role"] == "legality_reviewer"]
    assert chain["verified"]
    texts = {version["version"]: version["text_hash"] for version in life.document.versions}
    assert [(one["outcome"], one["text_hash"]) for one in opinions] == [("amend", texts[1]), ("lawful", texts[2])]
    signed = [one for one in chain["sign_offs"] if one["role"] == "chief"]
    assert [one["text_hash"] for one in signed] == [texts[2]]


async def test_a_dissent_stands_in_the_record_word_for_word(life: Life, town: Town, stack: Stack) -> None:
    rounds = await town.of(DRAFTER).rounds(life.receipt.document_id, open_only=False)
    meeting = next(round_ for round_ in rounds if round_.form == "meeting")
    shown = await town.of(BY_ROLE["meeting_clerk"]).round(meeting.id)
    assert DISSENT in json.dumps(shown.model_dump(mode="json"), ensure_ascii=False)


async def test_the_gazette_finds_it_by_number_and_by_words(life: Life, town: Town) -> None:
    for asked in (life.document.doc_number or "", "油烟净化设施"):
        found = await town.public.publications(q=asked)
        assert life.receipt.document_id in {one.document_id for one in found}, asked


async def test_the_exported_dossier_verifies_offline_and_a_tampered_one_does_not(life: Life, tmp_path: Path) -> None:
    exported = life.dossier.model_dump(mode="json")
    assert life.dossier.verified
    assert whole(exported["entries"])
    assert _verify(tmp_path / "dossier.json", exported) == (0, f"{life.dossier.count}项")
    exported["entries"][7]["detail"] = {"outcome": "lawful"}
    status, said = _verify(tmp_path / "tampered.json", exported)
    assert (status, "第8项不符" in said) == (1, True)


async def test_one_trace_leads_from_the_post_to_the_last_signal(life: Life, stack: Stack) -> None:
    trace_id = life.receipt.trace_id
    assert trace_id is not None
    assert life.document.trace_id == trace_id

    async def all_heard() -> bool:
        return _heard(stack.traces_file, trace_id) >= HEARD

    await until(f"the trace holds {HEARD}, not only {_heard(stack.traces_file, trace_id)}", all_heard, within=10)
    names = {span["name"] for span in _spans(stack.traces_file) if span["trace_id"] == trace_id}
    assert names >= {"POST /intake/documents", "outbox.start"}
    assert {name.partition(".")[0] for name in names} >= {"intake", "tasks", "review", "notify"}


async def test_every_fact_is_mailed_once_to_each_person(life: Life, record: Record, letters: Letters) -> None:
    document_id = life.receipt.document_id
    await settled(record, letters, document_id)
    wanted = await record.message_ids(document_id)
    assert mailed_twice(letters, wanted) == {}
    events = Counter(row["event"] for row in await record.rows(
        "select event from notify.facts where document_id = $1", document_id
    ))  # fmt: skip
    assert {name: events[name] for name in ("window_opened", "window_closed", "returned", "published")} == {
        "window_opened": 1, "window_closed": 1, "returned": 1, "published": 1,
    }  # fmt: skip


async def test_the_tasks_of_the_annex_are_followed(life: Life, town: Town) -> None:
    plan = await town.of(SUPERVISOR).plan(life.receipt.document_id)
    assert [task.item_no for task in plan.tasks] == ["1", "2", "3"]
    first, *others = [task.state for task in plan.tasks]
    assert first == "done"
    assert "done" not in others


async def test_the_annual_report_is_published_with_the_years_figures(life: Life, town: Town) -> None:
    assert life.report.state == "published"
    found = await town.public.publications(q=life.report.doc_number or "")
    assert life.report.document_id in {one.document_id for one in found}


async def test_the_public_may_not_look_into_the_dossier(life: Life, town: Town) -> None:
    with pytest.raises(Problem) as refused:
        await town.public.dossier(life.receipt.document_id)
    assert refused.value.status == httpx.codes.UNAUTHORIZED


def _verify(file: Path, exported: dict[str, Any]) -> tuple[int, str]:
    """`fawen verify` as a person runs it: its exit status and the count or the fault it tells."""
    file.write_text(json.dumps(exported, ensure_ascii=False), "utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "fawen.cli", "verify", str(file)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = ended.stdout + ended.stderr
    return ended.returncode, said if ended.returncode else said.split("：")[1].split("，")[0]


def _spans(file: Path) -> list[dict[str, Any]]:
    lines = file.read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line.endswith("}")]


def _heard(file: Path, trace_id: str) -> set[str]:
    """Signals that left the outbox within a trace."""
    sent = [span for span in _spans(file) if span["trace_id"] == trace_id and span["name"] == "outbox.signal"]
    return {str(span["attributes"].get("name")) for span in sent}
