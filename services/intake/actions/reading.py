"""Reading what was sent, before anything is kept: text, structure, and what the machine noticed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.domain.submission import (
    DRAFTING_NOTE,
    MOST_ATTACHMENTS,
    ROLES,
    Classified,
    EmptyText,
    Placeholders,
    TextMissing,
    TooManyAttachments,
    UnknownRole,
    Upload,
    materials_hash,
    materials_list,
)
from services.kernel.contracts.refusals import Words
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.files import FileRefused, ScannedPdf, UnknownType, read_file
from services.kernel.text.checks import placeholders, secrecy_mark
from services.kernel.text.normal import normalise, text_hash
from services.kernel.text.structure import Structure, structure

PLAIN = "text/plain"


@dataclass(frozen=True)
class Paper:
    """An attachment, read as far as it can be."""

    role: str
    name: str
    data: bytes
    media_type: str
    content_hash: str


@dataclass(frozen=True)
class ReadText:
    """A text as it will be recorded, with its file where it came in one."""

    text: str
    text_hash: str
    structure: Structure
    media_type: str
    file: Upload | None
    papers: tuple[Paper, ...]

    @property
    def structure_bytes(self) -> bytes:
        """The structure as it is kept in the content store."""
        plain = self.structure.model_dump(mode="json")
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()

    @property
    def materials_hash(self) -> str:
        """The hash of the list of attachments."""
        return materials_hash(self._listed)

    @property
    def materials_bytes(self) -> bytes:
        """The list itself, as it is kept in the content store."""
        return materials_list(self._listed)

    @property
    def _listed(self) -> list[tuple[str, str, str]]:
        return [(paper.role, paper.name, paper.content_hash) for paper in self.papers]


async def read_text(
    text: str | None, file: Upload | None, attachments: Sequence[tuple[str, Upload]] = (), note: str = ""
) -> ReadText:
    """Read a draft and its papers. Nothing is kept: a refused draft leaves no trace of its content.

    Raises TextMissing, EmptyText, Classified, Placeholders, UnknownRole, TooManyAttachments, and the refusals of
    `read_file`.
    """
    if (text is None or not text.strip()) and file is None:
        raise TextMissing(field="text")
    if text is not None and text.strip() and file is not None:
        raise TextMissing(Words("正文和文件只能给一个。", "Give the text or a file, not both."), field="text")
    if file is not None:
        found = await read_file(file.data, name=file.name)
        raw, media_type = found.text, found.media_type
    else:
        raw, media_type = text or "", PLAIN
    clean = _normal(raw)
    _refuse_secrets(clean)
    papers = await _read_papers(attachments, note)
    if spots := [f"“{spot.text}”（第{_line(clean, spot.start)}行）" for spot in placeholders(clean)]:
        raise Placeholders(spots)
    return ReadText(clean, text_hash(clean), structure(clean), media_type, file, papers)


async def keep(read: ReadText, blobs: Blobs) -> tuple[str, str | None]:
    """Put everything into the content store; the hashes of the structure and of the file as it came."""
    await blobs.put(read.text.encode())
    for paper in read.papers:
        await blobs.put(paper.data)
    await blobs.put(read.materials_bytes)
    structure_hash = await blobs.put(read.structure_bytes)
    file_hash = await blobs.put(read.file.data) if read.file else None
    return structure_hash, file_hash


def _normal(raw: str) -> str:
    if "\x00" in raw:
        raise EmptyText(Words("正文里有不能保存的字符。", "The text holds characters that are not text."), field="text")
    try:
        clean = normalise(raw)
        clean.encode()
    except UnicodeEncodeError as error:
        raise EmptyText(Words("正文里有残缺的字符。", "The text holds broken characters."), field="text") from error
    if not clean.strip():
        raise EmptyText(field="text")
    return clean


def _refuse_secrets(text: str) -> None:
    if secrecy_mark(text) is not None:
        raise Classified(field="text")


async def _read_papers(attachments: Sequence[tuple[str, Upload]], note: str) -> tuple[Paper, ...]:
    if len(attachments) > MOST_ATTACHMENTS:
        raise TooManyAttachments(field="attachments")
    papers = []
    if note.strip():
        clean = _normal(note)
        _refuse_secrets(clean)
        papers.append(Paper(DRAFTING_NOTE, "起草说明.txt", clean.encode(), PLAIN, text_hash(clean)))
    for index, (role, upload) in enumerate(attachments):
        papers.append(await _read_paper(index, role, upload))
    return tuple(papers)


async def _read_paper(index: int, role: str, upload: Upload) -> Paper:
    if role not in ROLES:
        raise UnknownRole(Words(f"“{role}”不是附件类别。", f"{role!r} is no role."), field=f"attachments.{index}.role")
    try:
        found = await read_file(upload.data, name=upload.name)
        _refuse_secrets(found.text)
        media_type = found.media_type
    except (ScannedPdf, UnknownType):
        # Evidence may be a scan or a table; only the text of the draft itself must be readable.
        media_type = "application/octet-stream"
    except FileRefused as refused:
        refused.field = f"attachments.{index}.file"
        raise
    return Paper(role, upload.name[:200], upload.data, media_type, _hash(upload.data))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
