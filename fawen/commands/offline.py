"""`fawen parse`, `verify`, `trace`: what needs no service."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.tree import Tree

from fawen.commands.place import console, errors, folder_of
from fawen.commands.receipts import packed
from fawen.commands.sign_offs import verify_sign_offs
from services.kernel.contracts import chain, merkle
from services.kernel.contracts.refusals import Refused
from services.kernel.runtime.files import read_file
from services.kernel.text.normal import normalise
from services.kernel.text.structure import Structure, structure


def parse(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="TXT HTML DOCX PDF")],
    as_json: Annotated[bool, typer.Option("--json", help="输出JSON print one JSON object")] = False,
) -> None:
    """读出一份文件的结构。 Read the structure of a document."""
    found = _read(file)
    if as_json:
        sys.stdout.write(found.model_dump_json() + "\n")
        return
    console.print(f"[bold]{found.title or '（没有标题）'}[/bold]　{found.kind}")
    console.print(f"制定机关 {found.authority or '—'}　文号 {found.doc_number or '—'}　日期 {found.date or '—'}")
    console.print(f"章节 {len(found.sections)}　任务 {len(found.tasks)}　引用 {len(found.legal_bases)}")
    for task in found.tasks:
        leads, others = "、".join(task.lead_units), "、".join(task.responsible_units)
        console.print(f"  {task.item_no} {task.title or ''}　牵头 {leads or '—'}　责任 {others or '—'}", markup=False)


def verify(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="导出的卷宗或者签署 exported dossier or sign-offs (JSON)"),
    ],
    leaves: Annotated[
        list[Path] | None, typer.Option("--leaves", help="叶哈希，默认找同一文件夹的seal-*.txt leaves of a seal")
    ] = None,
    keys: Annotated[
        Path | None, typer.Option("--keys", exists=True, dir_okay=False, help="公钥名册 register of keys (JSON)")
    ] = None,
) -> None:
    """离线核对导出的卷宗（连同意见封存）或者签署（连同签名）。 Verify a dossier or sign-offs without the service."""
    exported = _exported(file)
    if str(exported.get("format", "")).startswith("fawen.sign-offs/"):
        raise typer.Exit(0 if verify_sign_offs(exported, keys) else 1)
    if not _is_dossier(exported):
        raise _unreadable()
    verdict = chain.verify(exported["entries"])
    if verdict.broken is not None:
        errors.print(f"■ 第{verdict.broken.position}项不符 broken at {verdict.broken.position}: {verdict.broken.what}")
        raise typer.Exit(1)
    console.print(f"✓ 卷宗完整：{verdict.entries}项，链首 {verdict.head[:12]}。 The dossier is whole.")
    held = [_seal_holds(entry, file.parent, leaves or []) for entry in exported["entries"] if entry["type"] == "sealed"]
    if not all(held):
        raise typer.Exit(1)


def _exported(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise _unreadable() from error
    if not isinstance(content, dict):
        raise _unreadable()
    return content


def _is_dossier(exported: dict[str, Any]) -> bool:
    entries = exported.get("entries")
    return isinstance(entries, list) and all(isinstance(one, dict) and "type" in one for one in entries)


def _unreadable() -> typer.Exit:
    errors.print("■ 这不是导出的卷宗，也不是导出的签署。 This is neither an exported dossier nor exported sign-offs.")
    return typer.Exit(1)


def _seal_holds(entry: dict[str, Any], folder: Path, given: list[Path]) -> bool:
    """Whether a seal is what its leaves lead to; a seal whose leaves are not at hand is only told of."""
    detail = entry["detail"]
    name = f"seal-{detail['window_id']}-{detail['ordinal']}.txt"
    found = [path for path in [*given, folder / name] if path.name == name and path.is_file()]
    if not found:
        console.print(f"◇ 第{entry['position']}项是意见封存，没有它的叶哈希。 No leaves for the seal: {name}")
        return True
    hashes = packed(found[0].read_text("utf-8"))
    if hashes is None or (merkle.root(hashes).hex(), merkle.count(hashes)) != (detail["root"], detail["size"]):
        errors.print(f"■ 第{entry['position']}项的意见封存与叶哈希不符。 The seal is not that of its leaves.")
        return False
    console.print(f"✓ 意见封存相符：{detail['size']}条。 The seal holds {detail['size']} comments.")
    return True


def trace(
    trace_id: Annotated[str, typer.Argument(help="文件的trace_id the document's trace id")],
    home: Annotated[Path | None, typer.Option("--home", help="本机环境的文件夹 folder of the stack")] = None,
) -> None:
    """看一份文件的踪迹：从报送到最后一个信号。 One document's trace, from the POST to the last signal."""
    file = folder_of(home) / "traces.jsonl"
    if not file.exists():
        errors.print(f"{file}：没有踪迹记录。 No traces there.")
        raise typer.Exit(1)
    spans = [span for span in map(json.loads, file.open(encoding="utf-8")) if span["trace_id"] == trace_id]
    if not spans:
        errors.print(f"{trace_id}：没有这条踪迹。 No such trace.")
        raise typer.Exit(1)
    console.print(tree_of(spans))


def tree_of(spans: list[dict[str, Any]]) -> Tree:
    """Spans as a tree, by their parents; durations in milliseconds."""
    known = {span["span_id"] for span in spans}
    children: dict[str | None, list[dict[str, Any]]] = {}
    for span in sorted(spans, key=lambda span: span["start"]):
        parent = span["parent_id"] if span["parent_id"] in known else None
        children.setdefault(parent, []).append(span)
    root = Tree(f"trace {spans[0]['trace_id']}（{len(spans)}）")
    _grow(root, children, None)
    return root


def _grow(branch: Tree, children: dict[str | None, list[dict[str, Any]]], parent: str | None) -> None:
    for span in children.get(parent, []):
        took = (span["end"] - span["start"]) / 1e6
        mark = "" if span["status"] != "ERROR" else " ■"
        grown = branch.add(f"{span['name']}  [dim]{span['service']}  {took:.1f} ms[/dim]{mark}")
        _grow(grown, children, span["span_id"])


def _read(file: Path) -> Structure:
    try:
        return structure(normalise(asyncio.run(read_file(file.read_bytes(), name=file.name)).text))
    except Refused as refused:
        errors.print(f"{refused.detail.zh}\n{refused.how.zh}", markup=False)
        raise typer.Exit(1) from None
