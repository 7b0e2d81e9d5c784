"""DOCX: paragraphs and table cells in reading order, with the numbers that lists only draw."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from docx import Document

from services.kernel.runtime.extract.numbering import Numbering

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_SKIPPED = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}rPr", f"{_MC}Fallback", f"{_W}txbxContent"})
_DECLARED = re.compile("<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def docx_text(data: bytes) -> tuple[str, str | None]:
    """The text, and the code of a refusal."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if any(declares_entities(archive, name) for name in archive.namelist()):
            return "", "file.xml_entities"
    document = Document(io.BytesIO(data))
    numbering = Numbering(document)
    return "\n".join(_blocks(document.element.body, numbering)), None


def declares_entities(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether a part of the archive declares a DTD or entities, in any encoding that a parser would take."""
    if not name.lower().endswith((".xml", ".rels", ".vml")):
        return False
    head = archive.read(name)
    encodings = ("latin-1", "utf-16-le", "utf-16-be")
    return any(_DECLARED.search(head.decode(encoding, "ignore")) for encoding in encodings)


def _blocks(parent: Any, numbering: Numbering) -> Iterator[str]:
    """The lines of a body or a cell."""
    for child in parent:
        if child.tag == f"{_W}p":
            yield from _paragraph(child, numbering).split("\n")
        elif child.tag == f"{_W}tbl":
            yield from _table(child, numbering)
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            yield from _blocks(child, numbering)


def _paragraph(element: Any, numbering: Numbering) -> str:
    text = "".join(_runs(element))
    label = numbering.label(element) if text.strip() else ""
    return label + text


def _runs(element: Any) -> Iterator[str]:
    """What the runs say, insertions in, deletions out."""
    for child in element:
        if child.tag in _SKIPPED:
            continue
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag == f"{_W}tab":
            yield " "
        elif child.tag in (f"{_W}br", f"{_W}cr"):
            yield "\n" if child.get(f"{_W}type") != "page" else ""
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        else:
            yield from _runs(child)


def _table(element: Any, numbering: Numbering) -> Iterator[str]:
    """A line for each row, tabs between the cells; a cell that continues one above is left empty."""
    for row in element.iterchildren(f"{_W}tr"):
        cells = list(_cells(row))
        nested = any(cell.find(f".//{_W}tbl") is not None for cell in cells)
        if len(cells) == 1 or nested:
            for cell in cells:
                yield from _blocks(cell, numbering)
            continue
        yield "\t".join(_cell_text(cell, numbering) for cell in cells)


def _cells(row: Any) -> Iterator[Any]:
    for child in row:
        if child.tag == f"{_W}tc":
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent"):
            yield from _cells(child)


def _cell_text(cell: Any, numbering: Numbering) -> str:
    merge = cell.find(f"{_W}tcPr/{_W}vMerge")
    if merge is not None and merge.get(f"{_W}val", "continue") == "continue":
        return _spanned("", cell)
    return _spanned("".join(line.strip() for line in _blocks(cell, numbering)), cell)


def _spanned(text: str, cell: Any) -> str:
    """A cell over several columns keeps the columns behind it in their place."""
    span = cell.find(f"{_W}tcPr/{_W}gridSpan")
    width = int(span.get(f"{_W}val", "1")) if span is not None else 1
    return text + "\t" * (min(width, 60) - 1)
