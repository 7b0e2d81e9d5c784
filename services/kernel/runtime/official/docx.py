"""An official paper as DOCX, in the typefaces that offices have."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from services.kernel.runtime.official.paper import Form, Paper, writable

TITLE_FACE, HEAVY, KAI, BODY, LATIN = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312", "Times New Roman"
FACES = {Form.HEADING: HEAVY, Form.SUBHEADING: KAI, Form.TEXT: BODY, Form.QUOTE: KAI}
TITLE_SIZE, BODY_SIZE, FOOT_SIZE = Pt(22), Pt(16), Pt(10.5)
LINE = Pt(28.9)
# GB/T 9704—2012, 5.2: the type area is 156 mm by 225 mm on A4.
TOP, BOTTOM, LEFT, RIGHT = Mm(37), Mm(35), Mm(28), Mm(26)
# A zip names a moment for each of its parts; the earliest that it can write says nothing.
NO_MOMENT = (1980, 1, 1, 0, 0, 0)


def as_docx(paper: Paper) -> bytes:
    """The paper as DOCX; the same paper, the same bytes."""
    document = Document()
    _page(document)
    _line(document, paper.title, TITLE_FACE, TITLE_SIZE, WD_ALIGN_PARAGRAPH.CENTER)
    if paper.number:
        _line(document, paper.number, BODY, BODY_SIZE, WD_ALIGN_PARAGRAPH.CENTER)
    if paper.to:
        _line(document, f"{paper.to}：", BODY, BODY_SIZE)
    for paragraph in paper.body:
        _line(document, paragraph.words, FACES[paragraph.form], BODY_SIZE, indent=True)
    for words in (paper.signed_by, paper.day):
        if words:
            _line(document, words, BODY, BODY_SIZE, WD_ALIGN_PARAGRAPH.RIGHT)
    for words in paper.foot:
        _line(document, writable(words), BODY, FOOT_SIZE)
    out = io.BytesIO()
    document.save(out)
    return without_moments(out.getvalue())


def without_moments(data: bytes) -> bytes:
    """The same zip without the moments at which its parts were written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in sorted(given.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            part = zipfile.ZipInfo(name, NO_MOMENT)
            part.compress_type, part.create_system = zipfile.ZIP_DEFLATED, 3
            kept.writestr(part, given.read(name))
    return out.getvalue()


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = TOP, BOTTOM, LEFT, RIGHT


def _line(
    document: Any,
    words: str,
    face: str,
    size: Pt,
    place: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY,
    *,
    indent: bool = False,
) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = place
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    if indent:
        form.first_line_indent = size * 2
    run = paragraph.add_run(words)
    run.font.size, run.font.name = size, LATIN
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
