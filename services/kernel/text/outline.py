"""The outline: every numbered heading and item of a text, by the sign that it carries.

The level goes by the sign and never by the depth: 一、= 1, (一) = 2, 1. = 3, (1) = 4;
第X章 = 1, 第X条 = 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.kernel.text.numerals import read_number
from services.kernel.text.reading import Line, Quote, Reading

_CN = "〇零一二两三四五六七八九十百"
_MARK = re.compile(
    rf"(?P<named>第\s?(?P<named_no>[{_CN}0-9]{{1,7}})\s?(?P<unit>部分|[编章节条]))"
    rf"|(?P<one>[{_CN}]{{1,5}})\s?(?:、|\.(?!\d))"
    rf"|(?P<two>\(\s?(?P<two_no>[{_CN}]{{1,5}})\s?\))[、.]?"
    r"|(?P<enclosed>[㈠-㈩])"
    r"|(?P<three>\d{1,3})\s?(?:、|\.(?=20\d\d\s?年)|\.(?![\d.]))"
    r"|(?P<four>\((?P<four_no>\d{1,3})\))[、.]?"
)
_INNER = re.compile(rf"(?<=[。;!?)〕”\s])(?=[第(㈠-㈩{_CN}\d])|(?<![第、至和或及款条项])(?=\([{_CN}]{{1,4}}\))")
_ATTACHMENT = re.compile(r"(?:附件|附录|附表)\s*\d{0,2}\s*(?:[:.、]|$|[(《])")
_LEADER = re.compile(r"(?:\.{3}|…|·{3}).{0,6}\d+$")
_ONLY_NAME = re.compile(r"以?《[^》]{2,80}》?(?:\([^)]{0,60}\))?[;。,、]?$")
_ARTICLE_NAME = re.compile(r"\s*[(〔]([^()〔〕]{1,30})[)〕]")
_ARTICLE_CITED = re.compile(r"第|规定|[、,和至的]|修改|第?款|项")
_WHEN_LISTED = re.compile(r"[^。;:]{0,16}(?:截止|时间|日期|期限)[^。;]{0,6}[:为]|联系人|联系电话|联系方式")
_SAYS = re.compile("意见|建议|留言|反馈")
_WAY = re.compile(
    r"(?:可以?|请|如有|将)?(?:通过|登录|登陆|采用|以|发送|来信|信函|书面|邮寄|电子邮件|电子邮箱|邮箱|"
    r"e-?mail|传真|电话|网上|网络|来函|来电|微信|联系人|[^。:]{0,6}(?:电话|邮箱|传真|地址)\s?:|通讯地址|通信地址)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"@|https?:|www\.|\d{3,4}-\d{7,8}|1\d{10}|\d{7,8}|邮编|邮政编码|寄至|寄往|发送?[至到]")
_WAY_NAME = re.compile(
    r"(?:来信|信函|书面|邮寄|电子邮件|电子邮箱|邮箱|传真|电话|网上|网络|来函|来电|现场)"
    r"(?:反馈|提交|方式|形式|途径|征集|信件|意见)?[:。;]?$"
)
_UNITS_BRACKET = re.compile(r"[(〔](?:由|[^()〔〕:。]{0,24}?(?:牵头|责任|配合|参加|负责|完成)[^()〔〕:。]{0,8}:)")
_DIVISIONS = ("编", "章", "节", "部分")
_LONGEST_HEADING = 60
_LONGEST_SENTENCE = 36


@dataclass(frozen=True, slots=True)
class Mark:
    """A number at the head of an item: its sign, its value, and where its own words begin and end."""

    level: int
    sign: str
    number: int
    label: Quote
    content: int
    end: int
    heading: Quote | None = None
    body: int = 0


def outline(reading: Reading) -> tuple[Mark, ...]:
    """Every heading and numbered item, in order, each reaching to where the next one begins."""
    kept = list(_select(reading))
    found = []
    for index, mark in enumerate(kept):
        end = kept[index + 1].label.start if index + 1 < len(kept) else len(reading.plain)
        heading = _heading(reading, mark, end)
        body = reading.skip(heading.end, "。:") if heading else mark.content
        found.append(Mark(mark.level, mark.sign, mark.number, mark.label, mark.content, end, heading, body))
    return tuple(found)


@dataclass(slots=True)
class _Place:
    """Where in the text a mark stands: inside an article, or behind the head of an attachment."""

    article: bool = False
    attachment: bool = False
    last_article: int = 0
    listing: str = ""

    def admits(self, reading: Reading, mark: Mark) -> bool:
        if mark.sign == "条":
            if not _is_article(reading, mark, self.last_article):
                return False
            self.article, self.attachment, self.last_article = True, False, mark.number
            return True
        if mark.sign in _DIVISIONS:
            self.attachment = False
            return True
        if mark.level == 1:
            self.article = self.article and mark.number != 1
        if mark.level <= 2:
            self.attachment = False
        # What is numbered inside an article is a paragraph of it (项), not a heading.
        return not self.article and not self.attachment


def _contents(reading: Reading) -> tuple[int, int]:
    """The stretch of a table of contents: from 目录 to where its first entry comes again."""
    lines = reading.lines
    for index, line in enumerate(lines[:60]):
        if re.sub(r"\s", "", line.plain) == "目录" and index + 1 < len(lines):
            first = re.sub(r"[\s.…·\d]+$", "", lines[index + 1].plain)
            for later in lines[index + 2 : index + 200]:
                if first and re.sub(r"[\s.…·\d]+$", "", later.plain) == first:
                    return line.start, later.start
    return 0, 0


def _select(reading: Reading) -> Iterator[Mark]:
    place = _Place()
    contents = _contents(reading)
    for line in reading.lines:
        if contents[0] <= line.start < contents[1]:
            continue
        if _ATTACHMENT.match(line.plain):
            place.article, place.attachment = False, True
        if _LEADER.search(line.plain):
            continue
        for mark in _marks_in(reading, line):
            content = reading.plain[mark.content : line.end].strip()
            if not place.admits(reading, mark):
                continue
            listed = _is_listing(mark, content) or (place.listing == mark.sign and bool(_WHEN_LISTED.match(content)))
            place.listing = mark.sign if listed else ""
            if not listed:
                yield mark


def _is_listing(mark: Mark, content: str) -> bool:
    """Ways of answering and lists of bases are numbered too, but they are no outline."""
    if not content and mark.level > 1:
        return True
    if mark.sign == "条":
        return False
    if _ONLY_NAME.match(content) and mark.level > 1:
        return True
    if _WAY_NAME.match(content) and mark.level > 1:
        return True
    if not _WAY.match(content):
        return False
    return bool(_ADDRESS.search(content[:160]) or (mark.level > 2 and _SAYS.search(content)))


def _is_article(reading: Reading, mark: Mark, last: int) -> bool:
    following = reading.plain[mark.content : mark.content + 4]
    if mark.number in (1, last + 1) and not re.match(r"第|规定", following):
        return True
    apart = reading.plain[mark.label.end : mark.label.end + 1]
    return not _ARTICLE_CITED.match(following) and (apart.isspace() or apart in ("(", "〔"))


def _marks_in(reading: Reading, line: Line) -> list[Mark]:
    first = _mark_at(reading, line.start)
    inner = _inner_marks(reading, line) if line.end - line.start > 300 else []
    return ([first] if first else []) + inner


def _mark_at(reading: Reading, position: int) -> Mark | None:
    match = _MARK.match(reading.plain, position)
    if not match:
        return None
    level, sign, written, group = _sign(match)
    number = read_number(written)
    if number is None or number == 0:
        return None
    label = reading.quote(*match.span(group))
    return Mark(level, sign, number, label, reading.skip(match.end(), ""), len(reading.plain))


def _sign(match: re.Match[str]) -> tuple[int, str, str, str]:
    if match["named"]:
        level = 1 if match["unit"] in ("章", "编", "部分") else 2
        return level, match["unit"], match["named_no"], "named"
    if match["one"]:
        return 1, "一", match["one"], "one"
    if match["two"]:
        return 2, "(一)", match["two_no"], "two"
    if match["enclosed"]:
        return 2, "(一)", "一二三四五六七八九十"[ord(match["enclosed"]) - ord("㈠")], "enclosed"
    if match["three"]:
        return 3, "1", match["three"], "three"
    return 4, "(1)", match["four_no"], "four"


def _inner_marks(reading: Reading, line: Line) -> list[Mark]:
    """Marks within one long line: some sites print a whole body without a line end."""
    found: list[Mark] = []
    last: dict[str, int] = {}
    first = _mark_at(reading, line.start)
    if first:
        last[first.sign] = first.number
    for gap in _INNER.finditer(reading.plain, line.start + 1, line.end):
        mark = _mark_at(reading, gap.start())
        if mark and mark.number in (1, last.get(mark.sign, 0) + 1):
            last[mark.sign] = mark.number
            found.append(mark)
    top = [mark for mark in found if mark.sign in ("一", "章", "条")]
    flat = len(top) >= 2 or (len(found) >= 3 and line.end - line.start > 1500)
    return found if flat else []


def _heading(reading: Reading, mark: Mark, end: int) -> Quote | None:
    stop = reading.plain.find("\n", mark.content, end)
    stop = end if stop < 0 else stop
    content = reading.plain[mark.content : stop]
    if mark.sign == "条":
        return _article_heading(reading, mark, content, stop, end)
    cut = content.find("。")
    bracket = _UNITS_BRACKET.search(content)
    if bracket and (cut < 0 or bracket.start() < cut):
        cut = bracket.start()
    length = len(content.rstrip()) if cut < 0 else cut
    if length > _LONGEST_HEADING:
        blank = re.search(r"\s", content[:40])
        if not blank or blank.start() < 2:
            return None
        length = blank.start()
    if _is_sentence(content, cut, length):
        return None
    quoted = reading.quote(mark.content, mark.content + length)
    trimmed = reading.quote(quoted.start, quoted.start + len(quoted.text.rstrip(":：;；,，")))
    return trimmed if trimmed.text else None


def _is_sentence(content: str, cut: int, length: int) -> bool:
    """One long sentence and nothing after it: the item is its own body."""
    alone = cut >= 0 and not content[cut + 1 :].strip()
    return alone and (length > _LONGEST_SENTENCE or ";" in content[:length])


def _article_heading(reading: Reading, mark: Mark, content: str, stop: int, end: int) -> Quote | None:
    named = _ARTICLE_NAME.match(content)
    if named:
        start = mark.content + named.start(1)
        return reading.quote(start, mark.content + named.end(1))
    short = 0 < len(content.strip()) <= 20 and not re.search(r"[。;:,]", content)
    if short and reading.plain[stop:end].strip():
        return reading.quote(mark.content, stop)
    return None
