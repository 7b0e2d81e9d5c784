"""The whole demonstration: a document from its submission to the annual report in which it is counted."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.console import Console

from fawen.client import Fawen
from fawen.demo.people import DRAFTER, SUPERVISOR, Town
from fawen.demo.show import Printer
from fawen.demo.story import Beat, Script, Story, follow_tasks
from fawen.demo.submission import built_in, of_file, read
from fawen.demo.texts import comments, text
from fawen.replies import Dossier, Plan, Receipt
from fawen.stack import Stack


async def demonstrate(stack: Stack, console: Console, file: Path | None) -> dict[str, Any]:
    """Play on a running stack; the answer is the summary object that `--exit` prints."""
    began = time.monotonic()
    printer = Printer(console, stack.base_url)
    async with Town.at(stack.base_url, stack.keys_file) as town:
        printer.heading("起草单位通过接口报送 · submit by API")
        receipt = await submit(town, file)
        printer.beat(_taken(receipt))
        story = Story(town, receipt.document_id, _script(file), printer.beat)
        printer.heading("法定程序 · the procedure")
        dossier = await story.play()
        printer.heading("任务和进展 · tasks")
        plan = await _tasks(town, receipt.document_id, receipt.structure["tasks"], printer)
        printer.heading("年度报告 · annual report")
        await annual_report(town, printer)
        return await _summary(town, receipt, dossier, story, plan, time.monotonic() - began)


async def submit(town: Town, file: Path | None) -> Receipt:
    """Hand in the built-in draft, or a file of the user's under the kind that is read in it."""
    office = town.of(DRAFTER)
    if file is None:
        return await office.submit(built_in())
    return await office.submit(of_file(read(file)), file=file)


def _script(file: Path | None) -> Script:
    if file is not None:
        return Script(comments=comments()[-1:])
    return Script(
        outcomes={"legality_review": ["amend"]},
        texts=[text("draft_2.txt")],
        comments=comments(),
    )


def _taken(receipt: Receipt) -> Beat:
    bases = "、".join(f"《{name}》" for name in receipt.structure["bases"][:3])
    tasks = receipt.structure["tasks"]
    return Beat(
        at=datetime.now(UTC),
        who=f"{DRAFTER.name}（{DRAFTER.unit}）",
        what=f"报送《{receipt.title}》，回执{receipt.receipt_number}，第{receipt.version}稿 {receipt.text_hash[:12]}",
        link=f"/intake/document/{receipt.document_id}",
        notes=(f"引用的依据：{bases or '没有识别出'}", f"识别出任务{tasks}项"),
    )


async def _tasks(town: Town, document_id: UUID, expected: int, printer: Printer) -> Plan | None:
    if not expected:
        printer.line("文本没有列出任务。 The text lists no tasks.")
        return None
    return await follow_tasks(town, document_id, printer.beat)


async def annual_report(town: Town, printer: Printer) -> UUID | None:
    """Have this year's report gathered, and play its own procedure to publication."""
    year = datetime.now(UTC).year
    asked = await town.of(SUPERVISOR).ask_annual_report("yunxi", year)
    printer.line(json.dumps(asked, ensure_ascii=False))
    return None


async def _summary(
    town: Town, receipt: Receipt, dossier: Dossier, story: Story, plan: Plan | None, seconds: float
) -> dict[str, Any]:
    office: Fawen = town.of(DRAFTER)
    document = await office.document(receipt.document_id)
    signed = await office.sign_offs(receipt.document_id)
    return {
        "document_id": str(receipt.document_id),
        "kind": document.kind,
        "doc_number": document.doc_number,
        "versions": len(document.versions),
        "comments": story.comments,
        "sign_offs": len(signed["sign_offs"]),
        "tasks": len(plan.tasks) if plan else 0,
        "dossier_entries": len(dossier.entries),
        "dossier_ok": dossier.verified,
        "seconds": round(seconds, 1),
    }
