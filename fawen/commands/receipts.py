"""`fawen verify-receipt`: whoever commented proves by himself that it was received in time and counted."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from httpx import HTTPError
from pydantic import ValidationError

from fawen.client import Fawen, Problem
from fawen.commands.place import console, errors
from services.kernel.contracts import merkle
from services.kernel.contracts.receipts import Finding, Published, findings, proven_from
from services.kernel.contracts.refusals import Words
from services.kernel.contracts.seals import ReceiptFile, Statement

NOT_PROVEN, UNDECIDED = 1, 2
HASH = re.compile("[0-9a-f]{64}")


class Undecided(Exception):
    """Nothing is wrong as far as one can see, and nothing is proven."""

    def __init__(self, zh: str, en: str) -> None:
        self.words = Words(zh, en)
        super().__init__(en)


@dataclass(frozen=True)
class Given:
    """What the file is compared with, and what was wrong with that."""

    file: ReceiptFile
    published: Published | None = None
    wrong: tuple[Finding, ...] = ()


def verify_receipt(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="回执文件 receipt file (JSON)")],
    root: Annotated[str | None, typer.Option("--root", help="公布的树根 the published root, 64 hex digits")] = None,
    url: Annotated[str | None, typer.Option("--url", help="服务地址 address to ask for root and dossier")] = None,
) -> None:
    """核对一份意见回执。 Verify the receipt of a comment: 0 proven, 1 not so, 2 cannot be told."""
    if root is not None and not HASH.fullmatch(root := root.strip().lower()):
        _leave("树根应当是64个十六进制数字。", "A root has 64 hex digits.")
    try:
        given = Given(_read(file)) if url is None else asyncio.run(_fetched(_read(file), url))
        found = [*given.wrong, *findings(given.file, root=root, published=given.published)]
        _tell(given.file, found, compared=root is not None or given.published is not None)
    except Undecided as reason:
        _leave(*reason.words)


def _tell(file: ReceiptFile, found: Sequence[Finding], *, compared: bool) -> None:
    for finding in found:
        place = console if finding.holds else errors
        place.print(f"{'✓' if finding.holds else '■'} {finding.words.zh} {finding.words.en}", markup=False)
    if not all(finding.holds for finding in found):
        errors.print("■ 没有得到证明。 Not proven.")
        raise typer.Exit(NOT_PROVEN)
    if file.proof is None:
        raise Undecided("还没有封存，封存以后再核对。", "Not sealed yet: verify again after the close.")
    if not compared:
        raise Undecided(
            f"文件自身一致。请把它的树根与公布的比较，或者用--root、--url再核对：{file.seal.root if file.seal else ''}",
            "The file agrees with itself. Compare its root with the published one, or give --root or --url.",
        )
    if file.withdrawn_at is not None:
        console.print(f"◇ 本人已于{file.withdrawn_at}撤回。 Taken back by its author.", markup=False)
    console.print("✓ 已证明：按时收到，计入结果，没有改动。 Proven: received in time, counted, unchanged.")


async def _fetched(file: ReceiptFile, url: str) -> Given:
    """The seal as it is published; a file that was saved before the sealing is proven from the list of all leaves."""
    window, ordinal = file.record.window_id, file.seal.ordinal if file.seal else None
    try:
        async with Fawen(url) as public:
            published = _published(await public.seal(window, ordinal))
            if file.proof is not None:
                return Given(file, published)
            lines = await public.seal_leaves(window, published.statement.ordinal)
    except Problem as problem:
        raise Undecided(f"服务答复：{problem}", "The service has no seal to show.") from problem
    except (HTTPError, OSError) as error:
        raise Undecided("服务没有应答。", "The service does not answer.") from error
    return _from_leaves(file, published, lines)


def _published(answer: dict[str, Any]) -> Published:
    try:
        return Published(Statement.model_validate(answer["seal"]), answer.get("dossier_entry"))
    except (KeyError, ValidationError) as error:
        raise Undecided("读不懂服务的答复。", "The service's answer cannot be read.") from error


def _from_leaves(file: ReceiptFile, published: Published, lines: str) -> Given:
    leaves = packed(lines)
    if leaves is None or merkle.root(leaves).hex() != published.statement.root:
        words = Words("公布的叶哈希与树根不符。", "The published leaves do not lead to the root.")
        return Given(file, published, (Finding("leaves", holds=False, words=words),))
    proven = proven_from(file, leaves, published.statement)
    if proven is None:
        words = Words("这条记录不在封存的意见里。", "This record is not among the sealed comments.")
        return Given(file, published, (Finding("record", holds=False, words=words),))
    return Given(proven, published)


def packed(lines: str) -> bytes | None:
    """A list of leaf hashes, one a line, as bytes; None where a line is none."""
    found = lines.split()
    return bytes.fromhex("".join(found)) if all(HASH.fullmatch(line) for line in found) else None


def _read(file: Path) -> ReceiptFile:
    try:
        return ReceiptFile.model_validate_json(file.read_bytes())
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
        if any(one["type"] == "json_invalid" or one["loc"] in ((), ("format",)) for one in wrong):
            raise Undecided("这不是一份回执文件。", "This is no receipt file.") from error
        for one in wrong:
            part = ".".join(map(str, one["loc"]))
            errors.print(f"■ {part}改动过或者残缺。 {part} was changed or is broken.", markup=False)
        raise typer.Exit(NOT_PROVEN) from error


def _leave(zh: str, en: str) -> NoReturn:
    errors.print(f"◇ {zh}\n◇ {en}", markup=False, soft_wrap=True)
    raise typer.Exit(UNDECIDED)
