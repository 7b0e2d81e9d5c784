"""The papers of a meeting as one PDF: cover with hashes, the agenda, and for each item its papers under bookmarks."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

from typst import TypstError

from services.kernel.contracts.refusals import NotFound
from services.kernel.contracts.sign_offs import seat_of
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.kernel.runtime.files import PDF, FileRefused, read_file
from services.kernel.runtime.official.paper import writable
from services.kernel.runtime.official.pdf import typeset
from services.review.actions.deciding import stage_of
from services.review.domain.record import SignOff
from services.review.domain.rounds import Round
from services.review.domain.sessions import Item, Session
from services.review.materials import materials_of
from services.review.store import letters, papers, rounds, sign_offs
from services.review.store.letters import PointAnswer
from services.review.store.sign_offs import OpinionPoint

TEMPLATE = Path(__file__).with_name("pack.typ")
ADOPTED = {"adopted": "采纳", "partly": "部分采纳", "not_adopted": "未采纳"}
# A column is as wide as its longest cell, in characters, between these.
NARROW, WIDE = 4, 24
IN_FULL, LISTED = "全文", "未能排版，仅列指纹，原件在系统中"


@dataclass(frozen=True)
class Bundled:
    """One paper of an item: in lines, as the pages of its own PDF, or only named with its hash."""

    name: str
    hash: str
    how: str = LISTED
    lines: Sequence[str] = ()
    file: str = ""
    pages: int = 0

    @property
    def listed(self) -> bool:
        """Whether the paper is only named."""
        return not self.pages and not self.lines


@dataclass(frozen=True)
class ItemPapers:
    """An item of the agenda with its papers."""

    title: str
    about: str
    papers: list[Bundled] = field(default_factory=list)


@dataclass(frozen=True)
class Bundle:
    """Everything that goes into the file; `files` are the PDFs by the name under which the typesetter finds them."""

    items: list[ItemPapers]
    files: dict[str, bytes]

    @property
    def listing(self) -> list[dict[str, object]]:
        """What is in it, without the words: kept with the session."""
        return [
            {
                "title": item.title,
                "papers": [
                    {"name": one.name, "hash": one.hash, "pages": one.pages, "listed": one.listed}
                    for one in item.papers
                ],
            }
            for item in self.items
        ]


async def gather(
    conn: Connection, blobs: Blobs, agenda: Sequence[Item], units: Mapping[str, str], book: RuleBook
) -> Bundle:
    """Read the papers of every item: text, materials, what was filed in each round, and each signed opinion."""
    bundle = Bundle([], {})
    for place, item in enumerate(agenda, start=1):
        unit = units.get(item.drafting_unit, item.drafting_unit)
        about = f"汇报单位：{unit}。审议文本：第{item.text_version}稿。"
        found: list[Bundled] = []
        bundle.items.append(ItemPapers(f"{place}. {item.title}", about, found))
        found.append(await _file(blobs, bundle.files, f"送审稿（第{item.text_version}稿）", item.text_hash, "text.txt"))
        for name, digest in await _listed(conn, blobs, item.round_id):
            found.append(await _file(blobs, bundle.files, name, digest, name))
        found += await _opinions(conn, item.document_id, book)
    return bundle


async def as_pdf(session: Session, when: str, authority: str, bundle: Bundle) -> tuple[bytes, Bundle]:
    """The file, and the bundle as it could be set: where a PDF cannot be taken over, PDFs are only named."""
    try:
        return await asyncio.to_thread(_set, session, when, authority, bundle), bundle
    except TypstError:
        plain = Bundle([_without_pdfs(item) for item in bundle.items], {})
        return await asyncio.to_thread(_set, session, when, authority, plain), plain


def _set(session: Session, when: str, authority: str, bundle: Bundle) -> bytes:
    data = {
        "title": f"{session.name}材料",
        "subtitle": authority,
        "facts": [f"时间：{when}", f"地点：{session.place}", f"议题：{len(bundle.items)}项"],
        "listing_title": "议程和材料目录",
        "items": [
            {**asdict(item), "papers": [{**asdict(paper), "blocks": set_out(paper.lines)} for paper in item.papers]}
            for item in bundle.items
        ],
    }
    with tempfile.TemporaryDirectory(prefix="fawen-pack-") as folder:
        template = Path(shutil.copy(TEMPLATE, folder))
        for name, content in bundle.files.items():
            (Path(folder) / name).write_bytes(content)
        inputs = {"pack": writable(json.dumps(data, ensure_ascii=False))}
        return typeset(template, inputs, moment=session.planned_at.replace(microsecond=0), standard="1.7")


def set_out(lines: Sequence[str]) -> list[dict[str, Any]]:
    """Lines as they are set: each for itself, and those with tabs together as the table that they were read from."""
    blocks: list[dict[str, Any]] = []
    for tabled, run in groupby(lines, key=lambda line: "\t" in line):
        rows = [line.split("\t") for line in run]
        if not tabled:
            blocks += [{"line": line} for (line,) in rows]
            continue
        width = max(map(len, rows))
        filled = [row + [""] * (width - len(row)) for row in rows]
        longest = [max(map(len, column)) for column in zip(*filled, strict=True)]
        blocks.append({"rows": filled, "widths": [min(max(one, NARROW), WIDE) for one in longest]})
    return blocks


async def _listed(conn: Connection, blobs: Blobs, round_id: UUID) -> list[tuple[str, str]]:
    """Materials of the text, then what was filed in the rounds: (what it is and its name, hash), each hash once."""
    round_ = await rounds.get_round(conn, round_id)
    named = [
        (f"{one.role} {one.name}".strip(), one.file_hash) for one in await materials_of(blobs, round_.materials_hash)
    ]
    filed = await papers.papers_of(conn, round_.document_id)
    named += [(f"{one.role} {one.name}".strip(), one.file_hash) for one in filed]
    return [(name, digest) for digest, name in {digest: name for name, digest in reversed(named)}.items()][::-1]


async def _file(blobs: Blobs, files: dict[str, bytes], label: str, digest: str, name: str) -> Bundled:
    try:
        data = await blobs.get(digest)
        read = await read_file(data, name=name)
    except (NotFound, ValueError, FileRefused):
        return Bundled(label, digest)
    if read.media_type == PDF and read.pages:
        own = f"{digest}.pdf"
        files[own] = data
        return Bundled(label, digest, f"共{read.pages}页", (), own, read.pages)
    return Bundled(label, digest, IN_FULL, [line for line in read.text.splitlines() if line.strip()])


async def _opinions(conn: Connection, document_id: UUID, book: RuleBook) -> list[Bundled]:
    """What was signed so far, such as the legality opinion with its points; each under the hash of its record."""
    by_id = {one.id: one for one in await rounds.rounds(conn, document_id=document_id)}
    chain = await sign_offs.chain_of(conn, document_id)
    answers = await letters.answers_of(conn, document_id)
    points = await sign_offs.points_of(conn, document_id)
    return [
        _signed(one, by_id[one.round_id], _raised(one, points, answers), book)
        for one in chain
        if one.opinion and one.round_id in by_id
    ]


def _raised(signed: SignOff, points: Sequence[OpinionPoint], answers: Mapping[UUID, PointAnswer]) -> list[str]:
    """The points of this signer, where several signed the round."""
    own = {(one["clause"], one["text"]) for one in signed.record.get("details", {}).get("points", [])}
    return [
        line
        for point in points
        if point.round_id == signed.round_id and (point.clause, point.text) in own
        for line in _point(point, answers.get(point.id))
    ]


def _signed(signed: SignOff, round_: Round, points: Sequence[str], book: RuleBook) -> Bundled:
    stage = stage_of(book, round_)
    head = f"{stage.name.zh}（第{round_.ordinal}轮）：{book.outcome(signed.outcome).words.zh}"
    said = [
        head,
        signed.opinion,
        *points,
        " ".join(part for part in (signed.unit_name, signed.person_name, seat_of(signed.record)) if part)
        + f" {signed.signed_at:%Y-%m-%d}",
    ]
    return Bundled(f"{stage.name.zh}意见（第{round_.ordinal}轮）", signed.record_hash, IN_FULL, said)


def _point(point: OpinionPoint, answer: PointAnswer | None) -> list[str]:
    """A point with the wording that it proposes, and what the drafting office made of it."""
    lines = [f"{point.position}. {point.clause} {point.text} {point.basis}".strip()]
    if point.proposed:
        lines.append(f"建议改为：{point.proposed}")
    if answer:
        lines.append(f"起草单位答复（{ADOPTED[answer.adoption]}）：{answer.words}")
    return lines


def _without_pdfs(item: ItemPapers) -> ItemPapers:
    kept = [Bundled(paper.name, paper.hash) if paper.pages else paper for paper in item.papers]
    return ItemPapers(item.title, item.about, kept)
