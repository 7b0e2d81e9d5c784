"""Text PDFs: lines as printed, wrapped paragraphs joined again, page numbers left out."""

from __future__ import annotations

import re
import unicodedata

import pypdfium2

_PAGE_NUMBER = re.compile(r"[\s\-—–·~]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/／]?\s*共?\s*\d{1,4}\s*页?)?[\s\-—–·~]*")
_STARTS = re.compile(
    r"(?:第[〇零一二三四五六七八九十百\d]+[章节条]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[)）]|"
    r"\d{1,3}[.、．](?!\d)|附件|(?:牵头|责任|配合|参加)(?:单位|部门)|抄送|联系人|\s{2}|\u3000)"
)
_ENDS = "。！？；：!?;:"


def pdf_text(data: bytes) -> tuple[str, int | None, str | None]:
    """The text, the number of pages, and the code of a refusal."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as problem:
        locked = "password" in str(problem).lower() or "security" in str(problem).lower()
        return "", None, "file.encrypted" if locked else "file.unreadable"
    pages = [_page(document, index) for index in range(len(document))]
    count = len(pages)
    document.close()
    lines = [line for page in pages for line in page]
    if not any(char.isalnum() for line in lines for char in line):
        return "", count, "file.scanned_pdf"
    return "\n".join(_joined(lines)), count, None


def _page(document: pypdfium2.PdfDocument, index: int) -> list[str]:
    page = document[index]
    text = page.get_textpage()
    lines = [line.rstrip() for line in text.get_text_range().replace("\r", "\n").split("\n")]
    text.close()
    page.close()
    kept = [line for line in lines if line.strip()]
    for edge in (0, -1):
        if kept and _PAGE_NUMBER.fullmatch(kept[edge]):
            kept.pop(edge)
    return kept


def _joined(lines: list[str]) -> list[str]:
    """A line that fills the measure runs on into the next one, unless that one begins anew."""
    widths = sorted(_width(line) for line in lines)
    full = widths[int(len(widths) * 0.9)] if widths else 0
    joined: list[str] = []
    running = False
    for line in lines:
        if running and not _STARTS.match(line):
            joined[-1] += line.strip()
        else:
            joined.append(line)
        running = _width(line) >= full * 0.93 and full >= 40 and line.rstrip()[-1] not in _ENDS
    return joined


def _width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line.rstrip())
