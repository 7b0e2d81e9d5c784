"""The head and the signature: title, issuing body, document number, date of signature."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from services.kernel.text.dates import YEAR, Day, day_alone, days_in
from services.kernel.text.reading import Line, Quote, Reading
from services.kernel.text.titles import find_title, is_title_line

_BODY_END = (
    r"(?:人民政府|政府|办公[室厅]|委员会|管委会|居委会|常委会|代表大会|领导小组|工作组|指挥部|联席会议|"
    r"党组|党委|工委|[委局厅部院署办处所站社团队会]|中心|总队|支队|大队|法院|检察院|集团|公司|学校|大学|银行)"
)
_ISSUER = re.compile(rf"[\u4e00-\u9fff·()、\s]{{2,45}}?{_BODY_END}(?:\([\u4e00-\u9fff]{{1,12}}\))?")
_NUMBER = (
    rf"[\u4e00-\u9fff]{{1,14}}\s?(?:函|发|令|字|办)?\s?[〔\[(]\s?{YEAR}\s?[〕\])]\s?"
    r"(?:第\s?)?\d{1,5}\s?号"
)
_ORDER = r"(?:[\u4e00-\u9fff]{2,30}(?:令|公告|通告))?\s?(?:(?:19|20)\d{2}\s?年\s?)?第\s?[\d一二三四五六七八九十百〇]{1,6}\s?号"
_NUMBER_LINE = re.compile(
    rf"(?:(?:发文字号|公文文号|文件编号|文\s?号|发文号|字号)\s?:?\s?)?(?P<no>{_NUMBER})(?:\s+签发人.*)?"
)
_ORDER_LINE = re.compile(rf"[(]?(?P<no>{_ORDER})[)]?")
_NUMBER_HERE = re.compile(_NUMBER)
_LABELLED_BODY = re.compile(
    r"(?:发文机关|发文单位|制定机关|制发机关|发布机关|颁布机关|公布机关)\s?:?\s?(?P<v>[\u4e00-\u9fff、()]{3,40})"
)
_LABELLED_DATE = re.compile(r"(?:成文日期|成文时间|签发日期|签署日期|发文日期)\s?:?\s?")
_RED_HEAD = re.compile(rf"(?P<v>[\u4e00-\u9fff]{{2,30}}{_BODY_END})\s?(?:文件|令|公告|通告)")
_SEALED = re.compile(r"\((?:印章|盖章|公章|章)\)$")
_ADOPTED = re.compile(r"[(]\s?(?=(?:19|20|[一二][〇零九]))[^()]{6,200}(?:公布|发布|通过|修[订正]|施行)[^()]{0,60}[)]")
_UNIT_LIST = re.compile(r"[(〔]?(?:牵头|责任|配合|参加|协办|主办)(?:单位|部门)")
_HOLDER = re.compile(
    r"(?:代?(?:省长|市长|区长|县长|州长|旗长|主席|主任|局长|厅长|部长|总理))\s*:?\s*[\u4e00-\u9fff·]{1,4}(?:\s?[\u4e00-\u9fff]{1,3})?"
)
_FLAT_SIGN = re.compile(
    rf"[。!]\s*(?:特此(?:通知|公告|函[复告])。?\s*)?(?P<v>[\u4e00-\u9fff]{{3,30}}?{_BODY_END})\s*(?={YEAR}年\d{{1,2}}月\d{{1,2}}日(?!前|起|至|,|、|召|印|发|第|以))"
)
_SIGN_TAIL = re.compile(rf"(?:^|[。!\s])(?P<v>[\u4e00-\u9fff]{{2,30}}{_BODY_END})\s*$")


@dataclass(frozen=True, slots=True)
class Head:
    """What the head and the signature state; each None where the text does not state it."""

    title: Quote | None
    authority: Quote | None
    doc_number: Quote | None
    signed: Quote | None
    date: date | None


@dataclass(frozen=True, slots=True)
class _Signature:
    body: Quote | None
    day: Day


def read_head(reading: Reading) -> Head:
    """Title, authority, number and date."""
    title = find_title(reading)
    signature = _signature(reading)
    signed, day = _date(reading, title, signature)
    authority = signature.body if signature else None
    if authority is None:
        authority = _authority_in_head(reading, title)
    number = _doc_number(reading, title)
    return Head(title, authority, number, signed, day)


def _signature(reading: Reading) -> _Signature | None:
    """The first body that signs with a date; what follows on the page is another text."""
    alone = None
    for index, line in enumerate(reading.lines):
        day = day_alone(line.plain) if line.end - line.start < 60 else None
        if day is None or not day.year:
            found = _signed_at_the_end(reading, line) or _signed_within(reading, line)
            if found:
                return found
            continue
        placed = _at(day, line)
        body = _body_above(reading, index)
        if body or (index and _HOLDER.fullmatch(reading.lines[index - 1].plain)):
            return _Signature(body, placed)
        if index >= max(2, len(reading.lines) * 0.6) and "年" in line.plain:
            alone = _Signature(None, placed)
    return alone


def _at(day: Day, line: Line) -> Day:
    offset = line.start + (len(line.plain) - len(line.plain.lstrip(" (")))
    return day._replace(start=offset + day.start, end=offset + day.end)


def _body_above(reading: Reading, index: int) -> Quote | None:
    """The signing body, or bodies, on the lines above a date."""
    first = None
    for above in range(index - 1, max(index - 8, -1), -1):
        line = reading.lines[above]
        plain = _SEALED.sub("", line.plain)
        if len(plain) > 60 or not _ISSUER.fullmatch(plain) or is_title_line(plain):
            break
        first = above
    if first is None or (first and _UNIT_LIST.match(reading.lines[first - 1].plain)):
        return None
    start, end = reading.lines[first].start, reading.lines[index - 1].end
    quoted = reading.quote(start, end)
    names = [_SEALED.sub("", part.strip()) for part in quoted.text.split("\n") if part.strip()]
    return quoted._replace(text="、".join(" ".join(name.split()) for name in names))


def _signed_at_the_end(reading: Reading, line: Line) -> _Signature | None:
    """Body and date at the end of one line: …特此通知。云溪区人民政府2023年5月4日."""
    tail = max(line.start, line.end - 80)
    days = [day for day in days_in(reading.plain, tail, line.end) if day.year]
    if not days or reading.plain[days[-1].end : line.end].strip(" ()"):
        return None
    before = reading.plain[max(line.start, days[-1].start - 50) : days[-1].start].rstrip(" (")
    match = _SIGN_TAIL.search(before) or (_ISSUER.fullmatch(before) if line.start >= days[-1].start - 50 else None)
    if not match:
        return None
    end = max(line.start, days[-1].start - 50) + len(before)
    inner = match["v"] if "v" in match.re.groupindex else match.group()
    return _Signature(reading.quote(end - len(inner), end), days[-1])


def _signed_within(reading: Reading, line: Line) -> _Signature | None:
    """Body and date in the middle of a body without line ends, before the text that is carried."""
    if line.end - line.start < 300:
        return None
    match = _FLAT_SIGN.search(reading.plain, line.start, line.end)
    if not match:
        return None
    days = days_in(reading.plain, match.end(), min(line.end, match.end() + 20))
    return _Signature(reading.quote(*match.span("v")), days[0]) if days else None


def _date(reading: Reading, title: Quote | None, signature: _Signature | None) -> tuple[Quote | None, date | None]:
    if signature:
        return _stated(reading, signature.day)
    if title:
        adopted = _ADOPTED.match(reading.plain, reading.skip(title.end, ""))
        if adopted:
            days = [d for d in days_in(reading.plain, *adopted.span()) if d.year]
            published = [d for d in days if _is_published(reading, d, adopted.end())]
            if days:
                return _stated(reading, (published or days)[0])
    for match in _LABELLED_DATE.finditer(reading.plain):
        days = days_in(reading.plain, match.end(), match.end() + 24)
        if days and days[0].year and not reading.plain[match.end() : days[0].start].strip():
            return _stated(reading, days[0])
    if title:
        below = reading.plain[title.end : title.end + 40].strip().split("\n")[0]
        if below.startswith("(") and (day := day_alone(below)) and day.year:
            start = reading.plain.index(below, title.end) + 1
            return _stated(reading, day._replace(start=start + day.start, end=start + day.end))
    return None, None


def _is_published(reading: Reading, day: Day, end: int) -> bool:
    following = reading.plain[day.end : min(end, day.end + 40)]
    first = re.search(r"公布|发布|通过|修[订正]|施行", following)
    return bool(first and first.group() in ("公布", "发布"))


def _stated(reading: Reading, day: Day) -> tuple[Quote | None, date | None]:
    return reading.quote(day.start, day.end), day.in_year(None)


def _authority_in_head(reading: Reading, title: Quote | None) -> Quote | None:
    top = title.end if title else 0
    head = reading.plain[: max(top, 600)]
    labelled = _LABELLED_BODY.search(head)
    if labelled:
        return reading.quote(*labelled.span("v"))
    if title:
        plain = reading.plain[title.start : title.end]
        before = re.match(rf"(?P<v>[\u4e00-\u9fff、\s]{{2,60}}?{_BODY_END})\s*关于", plain)
        if before:
            return reading.joined(title.start, title.start + before.end("v"))
        adopted = _ADOPTED.match(reading.plain, reading.skip(title.end, ""))
        if adopted:
            body = re.search(
                r"日\s?(?:第[^届]{1,4}届)?(?P<v>[\u4e00-\u9fff]{2,24}?(?:人民政府|委员会|常务委员会|国务院|[部委局厅]))(?:令|第)",
                adopted.group(),
            )
            if body:
                start = adopted.start()
                return reading.quote(start + body.start("v"), start + body.end("v"))
    for line in reading.lines[:12]:
        if line.start > top:
            break
        red = _RED_HEAD.fullmatch(line.plain)
        if red:
            return reading.quote(line.start, line.start + red.end("v"))
    return None


def _doc_number(reading: Reading, title: Quote | None) -> Quote | None:
    """The text's own number: on a line of its own in the head, or right behind the title."""
    for index, line in enumerate(reading.lines[:40]):
        if title and line.start > title.end and re.search("[。;]", line.plain):
            break
        match = _NUMBER_LINE.fullmatch(line.plain) or (_ORDER_LINE.fullmatch(line.plain) if index < 15 else None)
        if match:
            return _with_red_head(reading, index, match)
    if title:
        here = _NUMBER_HERE.match(reading.plain, reading.skip(title.end, "(文号:"))
        if here and reading.plain[title.end : title.end + 1] not in ("》",):
            return reading.quote(*here.span())
        adopted = _ADOPTED.match(reading.plain, reading.skip(title.end, ""))
        if adopted:
            order = re.search(
                r"[\u4e00-\u9fff]{2,24}令\s?(?:(?:19|20)\d{2}\s?年\s?)?第\s?[\d一二三四五六七八九十百〇]{1,6}\s?号",
                adopted.group(),
            )
            if order:
                text = order.group().lstrip("日月年以由")
                return reading.quote(adopted.start() + order.end() - len(text), adopted.start() + order.end())
    return None


def _with_red_head(reading: Reading, index: int, match: re.Match[str]) -> Quote:
    """第5号 alone belongs to the line above it: 云溪市人民政府令."""
    line = reading.lines[index]
    start = line.start + match.start("no")
    if match["no"].startswith("第") and index:
        above = reading.lines[index - 1]
        if re.fullmatch(r"[\u4e00-\u9fff]{2,30}(?:令|公告|通告)", above.plain):
            return reading.joined(above.start, line.start + match.end("no"))
    return reading.quote(start, line.start + match.end("no"))
