"""What a clerk must see before a text goes further: a secrecy mark, gaps left open, private numbers."""

from __future__ import annotations

import re

from services.kernel.text.normal import shadow
from services.kernel.text.spans import Spotted

_HEAD_LINES = 12
_HEAD_CHARACTERS = 600
_TERM = r"(?:\s?[★☆*]\s?(?:长期|永久|\d{1,3}\s?(?:年|个?月)|[一二三四五六七八九十]{1,3}\s?(?:年|个?月))?)"
_MARKED = re.compile(rf"(?:绝\s?密|机\s?密|秘\s?密){_TERM}")
_MARK_LINE = re.compile(
    rf"\s*(?:(?:密\s?级|保密等级|秘密等级)\s?:?\s?)?[〔\[(]?"
    rf"(?P<mark>(?:绝\s?密|机\s?密|秘\s?密)(?:级)?{_TERM}?|内\s?部(?:资料|文件|使用|掌握|公开|参考)?(?:,?\s?(?:注意保管|不得外传|请勿外传|严禁外传))?)[〕\])]?"
    r"(?=\s*$|\s{2,}|\s+(?:特急|加急|急件|平急|份号|\d{3,}|第?\d))"
)
_LABELLED = re.compile(
    rf"(?:密\s?级|保密等级|秘密等级)\s?:\s?(?P<mark>(?:绝\s?密|机\s?密|秘\s?密|内\s?部)(?:级)?{_TERM}?)"
)
# 份号 stands before the mark in the top left corner: 000012 机密★1年.
_COPY_NUMBER = re.compile(r"\s*(?:No\.?|№)?\s?\d{3,8}\s+")

_PLACEHOLDER = re.compile(
    r"(?:19|20)[xX×✕＊*○〇□]{2}(?=\s?年|[-./〕\])]|\s?年度|$|\D)"
    r"|[xX×✕□○*]{1,6}(?=省|自治区|自治州|市|区|县|旗|镇|乡|街道|村|局|委(?!托|员)|厅|部门|办公室|单位|公司|人民政府|年|月|日|号|条|章|元|同志|科|处|司|法院|中心)"
    r"|[xX×✕]{2,}|□{2,}|○{3,}"
    r"|(?<![\u4e00-\u9fff])某(?:省|自治区|市|区|县|旗|镇|乡|街道|村|局|委(?!托|员)|厅|部门|单位|公司|年|月|日|同志)"
    r"|某某|(?<=[,。、;:(《“\s由在为是和与及对向\u3000])某(?:省|市|区|县|镇|乡|局|厅)(?!些|种)"
    r"|[〔\[(]\s?(?:19|20)\d{0,2}\s*[〕\])]\s*(?:第\s*)?(?:\d{1,4}\s*|[ _xX×]*)号|[〔\[(][ _]*[〕\])]\s*(?:第)?[\s_xX×]*号"
    r"|[〔\[(]\s?(?:19|20)\d{2}\s?[〕\])]\s*(?:第)?(?:[ _]+|[xX×]{1,4})号"
    r"|_{2,}|＿{2,}|\.{6,}(?=号|年|月|日)"
    r"|[〔\[(](?:待定|待补充|待填|待确定|此处|空白|请填写?|填写|略)[^〔〕\[\]()\n]{0,16}[〕\])]"
    r"|(?<![\d年月])(?:年\s{2,}月\s{2,}日|\s年\s+月\s+日)|(?:19|20)\d{2}年\s+月\s+日|(?:19|20)\d{2}年\s?\d{1,2}月\s{1,8}日"
    r"|(?<![A-Za-z])(?:TODO|TBD|XXX+)(?![A-Za-z])"
)
_FULL_NUMBER = re.compile(r"[〔\[(]\s?(?:19|20)\d{2}\s?[〕\])]\s*(?:第\s*)?\d{1,5}\s*号")
_MOBILE = re.compile(r"(?<![\d.])(?:\+?86[- ]?)?(1[3-9]\d(?:[- ]?)\d{4}(?:[- ]?)\d{4})(?!\d)")


def secrecy_mark(text: str) -> Spotted | None:
    """The mark of secrecy in the head of a document; the same words in its prose are none."""
    plain = shadow(text)
    at = 0
    for number, line in enumerate(plain.split("\n")):
        if number >= _HEAD_LINES or at > _HEAD_CHARACTERS:
            return None
        found = _mark_in(line)
        if found:
            return _spotted(text, at + found[0], at + found[1])
        at += len(line) + 1
    return None


def _mark_in(line: str) -> tuple[int, int] | None:
    copy = _COPY_NUMBER.match(line)
    for start in (0, copy.end() if copy else 0):
        match = _MARK_LINE.match(line, start)
        if match:
            return match.span("mark")
    labelled = _LABELLED.search(line)
    if labelled:
        return labelled.span("mark")
    starred = _MARKED.search(line)
    return starred.span() if starred and len(line.strip()) <= 60 else None


def placeholders(text: str) -> tuple[Spotted, ...]:
    """Gaps that somebody still has to fill: 20××年, 某区, 〔20 〕 号, ____, 【待定】."""
    plain = shadow(text)
    complete = [match.span() for match in _FULL_NUMBER.finditer(plain)]
    return tuple(
        _spotted(text, match.start(), match.end())
        for match in _PLACEHOLDER.finditer(plain)
        if not any(a <= match.start() and match.end() <= b for a, b in complete)
    )


def personal_mobile_numbers(text: str) -> tuple[Spotted, ...]:
    """Mobile numbers: they belong to persons and go public only when somebody decides so."""
    plain = shadow(text)
    return tuple(_spotted(text, match.start(1), match.end(1)) for match in _MOBILE.finditer(plain))


def _spotted(text: str, start: int, end: int) -> Spotted:
    return Spotted(start=start, end=end, text=text[start:end])
