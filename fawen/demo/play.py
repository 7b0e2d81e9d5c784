"""The whole demonstration: a document from its submission to the annual report in which it is counted."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.console import Console

from fawen.client import Fawen
from fawen.demo.acts import ZONE
from fawen.demo.people import DRAFTER, JOINT_UNIT, OFFICERS, SUPERVISOR, Person, Town
from fawen.demo.post import Mail
from fawen.demo.show import Printer
from fawen.demo.story import PAUSE, Beat, Script, Story, follow_tasks
from fawen.demo.submission import built_in, of_file, read
from fawen.demo.texts import comments, text
from fawen.replies import Document, Dossier, Plan, Receipt
from fawen.stack import Stack


async def demonstrate(stack: Stack, console: Console, file: Path | None) -> dict[str, Any]:
    """Play on a running stack; the answer is the summary object that `--exit` prints."""
    began = time.monotonic()
    printer = Printer(console, stack.base_url)
    async with Town.at(stack.base_url, stack.keys_file) as town:
        printer.heading("起草单位通过接口报送 · submit by API")
        receipt = await submit(town, file)
        printer.beat(_taken(receipt))
        story = Story(town, receipt.document_id, _script(file, stack), printer.beat)
        printer.heading("法定程序 · the procedure")
        dossier = await story.play()
        printer.heading("任务和进展 · tasks")
        plan = await _tasks(town, receipt.document_id, receipt.structure["tasks"], printer)
        printer.heading("年度报告 · annual report")
        await annual_report(town, printer)
        return await _summary(town, receipt, dossier, story, plan, time.monotonic() - began)


async def submit(town: Town, file: Path | None) -> Receipt:
    """Hand in the built-in draft for joint issue, or a file of the user's under the kind that is read in it."""
    office = town.of(DRAFTER)
    if file is None:
        return await office.submit(built_in().model_copy(update={"joint_units": [JOINT_UNIT]}))
    return await office.submit(of_file(read(file)), file=file)


def _script(file: Path | None, stack: Stack) -> Script:
    if file is not None:
        return Script(comments=[(None, "支持制定，希望有关单位抓紧落实。")])
    return Script(
        outcomes={"legality_review": ["amend"]},
        texts=[text("draft_2.txt")],
        comments=comments(),
        mails=[Mail("关于油烟管理办法", "夜间油烟投诉没有人接，希望公布夜间的投诉电话。")],
        mail_port=stack.comment_port,
    )


def _taken(receipt: Receipt) -> Beat:
    bases = "、".join(f"《{name}》" for name in receipt.structure["bases"][:3])
    tasks = receipt.structure["tasks"]
    return Beat(
        at=datetime.now(UTC),
        who=f"{DRAFTER.name}（{DRAFTER.unit}）",
        what=f"报送《{receipt.title}》，回执{receipt.receipt_number}，第{receipt.version}稿 {receipt.text_hash[:12]}",
        link=f"/intake/document/{receipt.document_id}",
        notes=(
            f"引用的依据：{bases or '没有识别出'}",
            f"识别出任务{tasks}项",
            *(f"提示：{finding['detail']}" for finding in receipt.findings),
            f"程序时钟：最早{receipt.clock.get('earliest_publication') or '暂不能确定'}可以公布",
        ),
    )


async def _tasks(town: Town, document_id: UUID, expected: int, printer: Printer) -> Plan | None:
    if not expected:
        printer.line("文本没有列出任务。 The text lists no tasks.")
        return None
    return await follow_tasks(town, document_id, printer.beat)


async def annual_report(town: Town, printer: Printer) -> Document:
    """Have this year's report gathered, play its own procedure, and show what stands in it."""
    year = datetime.now(ZONE).year
    await town.of(SUPERVISOR).ask_annual_report("yunxi", year)
    who = f"{SUPERVISOR.name}（{SUPERVISOR.unit}）"
    printer.beat(Beat(datetime.now(UTC), who, f"请求汇总{year}年度数据（平时由日程每年自动汇总）"))
    drafter, document_id = await _composed(town)
    office = town.of(drafter)
    await Story(town, document_id, Script(), printer.beat, drafter).play()
    document = await office.document(document_id)
    body = await office.text(document_id, len(document.versions))
    printer.line("")
    for line in [line for line in body.splitlines() if line.strip()][:12]:
        printer.line(f"    {line.strip()[:110]}")
    printer.beat(Beat(datetime.now(UTC), "系统", f"年度报告已公开：{document.doc_number}", link="/notify/reports"))
    return document


async def _composed(town: Town) -> tuple[Person, UUID]:
    for _ in range(200):
        for person in OFFICERS:
            found = await town.of(person).documents(kind="ANNUAL_REPORT")
            if found["items"]:
                return person, UUID(found["items"][0]["id"])
        await asyncio.sleep(PAUSE)
    raise TimeoutError("the annual report was not composed")


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
