"""The opinions table as DOCX: a paper of the meeting, in the typefaces of official documents, its head on every page."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt
from lxml import etree

from services.intake.shown.lines import Row
from services.intake.shown.table import TITLE, cells, headings
from services.kernel.runtime import language

HEAVY, BODY, TITLE_FACE, LATIN = "黑体", "仿宋_GB2312", "方正小标宋简体", "Times New Roman"
WIDTHS = (1.1, 2.2, 6.6, 1.3, 1.9, 5.2, 2.4, 5.0)
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
MIDDLE = (0, 3, 4)


def as_docx(title: str, facts: Iterable[str], rows: Iterable[tuple[int, Row]], *, draft: str = "") -> bytes:
    """The table of a consultation: its document's title, facts about the window, then line by line.

    The same words are the same bytes: what is filed twice is one paper.
    """
    document = Document()
    _sideways(document)
    _paragraph(document, title, TITLE_FACE, 18, middle=True)
    _paragraph(document, TITLE.of(language.current()) + draft, HEAVY, 16, middle=True)
    for fact in facts:
        _paragraph(document, fact, BODY, 11)
    table = document.add_table(rows=0, cols=len(WIDTHS), style="Table Grid")
    table.autofit = False
    table._tbl.append(_row([str(cell) for cell in headings()], HEAVY, head=True))
    for place, row in rows:
        table._tbl.append(_row([str(cell) for cell in cells(place, row)], BODY))
    out = io.BytesIO()
    document.save(out)
    return _undated(out.getvalue())


def _undated(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        for part in made.namelist():
            kept.writestr(zipfile.ZipInfo(part), made.read(part), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _sideways(document: Any) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    section.left_margin = section.right_margin = Cm(2.0)
    section.top_margin = section.bottom_margin = Cm(2.0)


def _paragraph(document: Any, words: str, face: str, size: int, *, middle: bool = False) -> None:
    paragraph = document.add_paragraph()
    if middle:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(UNWRITABLE.sub("\ufffd", words))
    run.font.size = Pt(size)
    run.font.name = LATIN
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)


def _row(words: list[str], face: str, *, head: bool = False) -> Any:
    """A row built by itself: the library counts every cell of the table each time it is asked for one."""
    row = OxmlElement("w:tr")
    marks = "<w:cantSplit/><w:tblHeader/>" if head else ""
    row.append(parse_xml(f"<w:trPr {nsdecls('w')}>{marks}</w:trPr>"))
    for place, text in enumerate(words):
        row.append(_cell(text, face, WIDTHS[place], middle=head or place in MIDDLE))
    return row


def _cell(text: str, face: str, width: float, *, middle: bool) -> Any:
    cell = OxmlElement("w:tc")
    cell.append(parse_xml(f'<w:tcPr {nsdecls("w")}><w:tcW w:w="{int(width * 567)}" w:type="dxa"/></w:tcPr>'))
    for line in UNWRITABLE.sub("\ufffd", text).split("\n"):
        paragraph = etree.SubElement(cell, qn("w:p"))
        if middle:
            shape = etree.SubElement(paragraph, qn("w:pPr"))
            etree.SubElement(shape, qn("w:jc")).set(qn("w:val"), "center")
        run = etree.SubElement(paragraph, qn("w:r"))
        look = etree.SubElement(run, qn("w:rPr"))
        fonts = etree.SubElement(look, qn("w:rFonts"))
        fonts.set(qn("w:ascii"), LATIN)
        fonts.set(qn("w:hAnsi"), LATIN)
        fonts.set(qn("w:eastAsia"), face)
        etree.SubElement(look, qn("w:sz")).set(qn("w:val"), "21")
        words = etree.SubElement(run, qn("w:t"))
        words.text = line
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return cell
