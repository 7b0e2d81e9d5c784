"""Official papers: the same words give the same bytes, and words stay words."""

from __future__ import annotations

import io
from datetime import date

import pypdfium2
from docx import Document

from services.kernel.runtime.official.docx import as_docx
from services.kernel.runtime.official.paper import Form, Paper, Paragraph, paragraphs
from services.kernel.runtime.official.pdf import as_pdf

MARKUP = '#let x = 1 *粗* <b>加粗</b> $x^2$ @引用 \\ {{ 模板 }} & "引号"'
PAPER = Paper(
    title="关于《云溪区街面餐饮油烟管理办法（试行）》的合法性审核意见书",
    number="云司合审〔2026〕3号",
    to="区城市管理局",
    body=(
        Paragraph(form=Form.HEADING, words="一、审核事项"),
        *paragraphs(Form.TEXT, f"第一段。\n\n{MARKUP}"),
        Paragraph(form=Form.QUOTE, words="堃喆玥赟昇頔䶮㛃"),
    ),
    signed_by="云溪区司法局",
    signed_on=date(2026, 11, 2),
    foot=("签署记录指纹：ab12",),
)


def words_of_pdf(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return "".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", "")


def words_of_docx(data: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs)


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert (as_docx(PAPER), as_pdf(PAPER)) == (as_docx(PAPER), as_pdf(PAPER))


def test_another_word_gives_other_bytes() -> None:
    other = PAPER.model_copy(update={"title": "关于另一文件的合法性审核意见书"})
    assert as_docx(other) != as_docx(PAPER)
    assert as_pdf(other) != as_pdf(PAPER)


def test_what_looks_like_markup_is_printed_as_it_was_written() -> None:
    assert MARKUP in words_of_docx(as_docx(PAPER))
    assert MARKUP.replace(" ", "") in words_of_pdf(as_pdf(PAPER)).replace(" ", "")


def test_rare_characters_of_names_are_in_the_typeface() -> None:
    assert "堃喆玥赟昇頔䶮㛃" in words_of_pdf(as_pdf(PAPER))


def test_the_day_is_written_in_full_and_without_zeros() -> None:
    assert "2026年11月2日" in words_of_docx(as_docx(PAPER))


def test_what_no_file_can_hold_is_replaced() -> None:
    odd = PAPER.model_copy(update={"body": (Paragraph(form=Form.TEXT, words="前\x00后\ud800"),)})
    assert "前\ufffd后\ufffd" in words_of_docx(as_docx(odd))
    assert as_pdf(odd)
