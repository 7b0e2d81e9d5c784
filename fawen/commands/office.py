"""`fawen submit`, `status`, `inbox`, `accept`, `sign`: the day's work from a terminal."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from fawen.client import Submission
from fawen.commands.place import As, Key, Place, Url, console, place_of, run
from fawen.replies import Document, Inbox, Material, Receipt, Receiving, Round

ACTS = {
    "recorded_step": "step",
    "legality": "opinion",
    "signing": "signature",
    "verification": "verification",
}


def submit(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="草案 the draft: TXT HTML DOCX PDF")],
    about: Annotated[Path, typer.Option("--about", exists=True, help="报送信息 JSON: kind, issuer_unit, predicates …")],
    idempotency_key: Annotated[str | None, typer.Option("--idempotency-key", help="重试时用同一个键")] = None,
    url: Url = None,
    key: Key = None,
    person: As = None,
) -> None:
    """报送一份草案。 Hand in a draft."""
    place = place_of(url, key, person)
    draft = Submission.model_validate_json(about.read_text("utf-8"))

    async def act() -> Receipt:
        async with place.client() as office:
            return await office.submit(draft, file=file, key=idempotency_key)

    with Progress(SpinnerColumn(), TextColumn("正在报送和识别 submitting"), console=console, transient=True) as bar:
        bar.add_task("")
        receipt = run(act)
    console.print(f"已收下 taken：{receipt.receipt_number}　{receipt.title}", markup=False)
    console.print(f"document_id {receipt.document_id}\n文本 text {receipt.text_hash}", markup=False)
    for finding in receipt.findings:
        console.print(f"  ▲ {finding.get('detail')}", markup=False, soft_wrap=True)


def status(document_id: UUID, url: Url = None, key: Key = None, person: As = None) -> None:
    """一份文件办到哪里、在等谁、最早何时公布。 Where a document stands."""
    place = place_of(url, key, person)

    async def act() -> Document:
        async with place.client() as office:
            return await office.document(document_id)

    document = run(act)
    console.print(f"[bold]{document.title}[/bold]　{document.state_words}　{document.doc_number or ''}")
    table = Table("步骤 step", "状态 state", "最早 earliest", "到期 due", "依据 by")
    for step in document.clock.get("steps", []):
        rule = (step.get("rule") or {}).get("article") or step.get("article") or ""
        table.add_row(step["name"], step["state_words"], step["earliest"] or "—", step["due"] or "—", rule)
    console.print(table)
    for block in document.blocked:
        console.print(f"  ■ {block.get('detail', block['code'])}　{block.get('remedy', '')}", markup=False)
    console.print(f"最早公布 earliest publication：{document.clock.get('earliest_publication') or '暂不能确定'}")


def inbox(
    view: Annotated[str, typer.Option("--view", help="mine, unit, done")] = "mine",
    url: Url = None,
    key: Key = None,
    person: As = None,
) -> None:
    """待办，先到期的在前。 What waits for you."""
    place = place_of(url, key, person)

    async def act() -> Inbox:
        async with place.client() as office:
            return await office.inbox(view=view)

    table = Table("到期 due", "文件 document", "事项 what", "依据 by", "round")
    for item in run(act).items:
        extra = item.model_extra or {}
        due, rule = extra.get("due") or {}, extra.get("rule") or {}
        what = str(extra.get("stage_words") or item.stage)
        table.add_row(str(due.get("words") or "—"), item.title, what, str(rule.get("article") or ""), item.link)
    console.print(table)


def accept(
    round_id: UUID,
    not_needed: Annotated[
        list[str] | None,
        typer.Option("--not-needed", help="不需要的材料，写明理由 材料=理由 a paper that is not needed"),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 do not ask")] = False,
    url: Url = None,
    key: Key = None,
    person: As = None,
) -> None:
    """受理合法性审核：材料逐项核对，齐全的受理。 Accept a legality review, its papers checked one by one."""
    place = place_of(url, key, person)
    round_, before = run(lambda: _receiving(place, round_id))
    reasons = dict(_reason_of(given) for given in not_needed or [])
    found = [_checked(paper, reasons.pop(paper.material, None)) for paper in before.materials]
    if reasons:
        raise typer.BadParameter(f"清单里没有 not on the list：{'、'.join(reasons)}")
    console.print(f"[bold]{round_.title}[/bold]　{round_.stage_name} 第{round_.ordinal}轮　第{round_.text_version}稿")
    table = Table("材料 paper", "核对 found", "理由 reason")
    for each in found:
        table.add_row(each["material"], each["state"], each["reason"])
    console.print(table)
    if not yes and not typer.confirm("材料齐全，受理？ The papers are complete. Accept?"):
        raise typer.Exit(0)
    done = run(lambda: _accept(place, round_, found))
    console.print(f"已受理 accepted：{done['accepted_at']}", markup=False)


def sign(
    round_id: UUID,
    outcome: Annotated[str, typer.Option("--outcome", help="lawful, amend, signed, ok, filed …")],
    words: Annotated[str, typer.Option("--words", help="意见或者结论 opinion or conclusion")],
    name: Annotated[str, typer.Option("--name", help="签发人姓名 full name, for 签发")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 do not ask")] = False,
    url: Url = None,
    key: Key = None,
    person: As = None,
) -> None:
    """就一份确切的文本作出决定：审核、签发、复核、办结一个环节。 Decide a round about one exact text."""
    place = place_of(url, key, person)
    round_ = run(lambda: _round(place, round_id))
    console.print(f"[bold]{round_.title}[/bold]　{round_.stage_name} 第{round_.ordinal}轮　第{round_.text_version}稿")
    console.print(f"文本 text {round_.text_hash}\n结论 outcome {outcome}　依据 {round_.article or '—'}")
    if not yes and not typer.confirm("签署后不能更改。确认签署？ A signature cannot be changed. Sign?"):
        raise typer.Exit(0)
    done = run(lambda: _decide(place, round_, outcome, words, name))
    console.print(json.dumps(done, ensure_ascii=False, default=str))


async def _receiving(place: Place, round_id: UUID) -> tuple[Round, Receiving]:
    async with place.client() as office:
        return await office.round(round_id), await office.receiving(round_id)


async def _accept(place: Place, round_: Round, found: list[dict[str, str]]) -> dict[str, Any]:
    async with place.client() as office:
        return await office.decide(round_, "acceptance", materials=found)


def _reason_of(given: str) -> tuple[str, str]:
    name, _, reason = given.partition("=")
    if not name or not reason:
        raise typer.BadParameter("写作“材料=理由” write PAPER=REASON")
    return name, reason


def _checked(paper: Material, reason: str | None) -> dict[str, str]:
    """Somebody's earlier word on the paper stays, but for those named now; otherwise it is there."""
    if reason is not None:
        return {"material": paper.material, "state": "not_applicable", "reason": reason}
    return {"material": paper.material, "state": paper.state or "present", "reason": paper.reason}


async def _round(place: Place, round_id: UUID) -> Round:
    async with place.client() as office:
        return await office.round(round_id)


async def _decide(place: Place, round_: Round, outcome: str, words: str, name: str) -> dict[str, Any]:
    act = ACTS.get(round_.form)
    if act is None:
        raise typer.BadParameter(f"{round_.form}：会议请在网页上记录 record a meeting on its page")
    async with place.client() as office:
        return await office.decide(round_, act, outcome=outcome, **_said(act, words, name))


def _said(act: str, words: str, name: str) -> dict[str, str]:
    match act:
        case "step":
            return {"conclusion": words}
        case "signature":
            return {"opinion": words, "name": name, "date": datetime.now().astimezone().date().isoformat()}
        case "verification":
            return {"note": words}
        case _:
            return {"opinion": words}
