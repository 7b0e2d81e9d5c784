"""Ways of answering a consultation: e-mail, fax, phone, post, web, and the person to ask."""

from __future__ import annotations

import re
from typing import NamedTuple

from services.kernel.text.reading import Quote, Reading

_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,60}@[A-Za-z0-9-]{1,40}(?:\.[A-Za-z0-9-]{2,20}){1,4}")
_TELEPHONE = (
    r"(?:\(\d{3,4}\)\s?\d{7,8}|0\d{2,3}[- ]?\d{7,8}|1\d{10}|400-?\d{3}-?\d{4}|\d{7,8})(?:\s?(?:转|-)\s?\d{1,5}(?!\d))?"
)
_CALL = re.compile(
    rf"(?P<word>(?:[\u4e00-\u9fff]{{0,6}}(?:电话|传真|手机|联系方式|热线)(?:号码)?\s*(?:\((?:兼|含|及|同)?(?:传真|电话)\)|[/及、和兼](?:传真|电话)(?:号码)?)?))"
    rf"\s*(?:为|:|是)?\s*(?P<numbers>{_TELEPHONE}(?:\s*[、,/;或]\s*{_TELEPHONE})*)"
)
_NUMBER = re.compile(_TELEPHONE)
_CONTACT = re.compile(r"联\s?系\s?人(?:员)?(?:及(?:联系)?电话)?\s*(?:为|:)\s*(?P<names>[^\n。;,:()\d]{2,40})")
_NAME = re.compile(r"[\u4e00-\u9fff·](?:[\u4e00-\u9fff·]|\s(?=[\u4e00-\u9fff](?:\s|$|[、/]))){1,7}")
_POST = re.compile(
    r"(?:(?:通[讯信]|邮寄|联系|来信|寄送|信函|收件|办公|单位)?地\s?址\s*(?:为|:|是)?\s*|(?:邮寄|寄送|寄往|寄|来信|信函)(?:[^。;\n@]{0,12}?)(?:至|到|:)\s*:?|寄送(?=[\u4e00-\u9fff]{2,8}[省市区县镇州]))"
    r"(?P<address>[\u4e00-\u9fff][^。;\n@:]{5,80})"
)
_POST_END = re.compile(r"[,(]?\s*(?:邮编|邮政编码|联系|收件人|电话|并在|请在|信封|或|收\)|\(收\))")
_URL = re.compile(r"(?:https?://[\x21-\x7e]{4,200}|www\.[\x21-\x7e]{4,120})")
_NAMED = re.compile(r"(?:通过|以|采取|采用|用|可)[^。\n:]{0,80}?(?:方式|途径|形式|渠道|等|向)")
_KIND_WORDS: tuple[tuple[str, str], ...] = (
    ("email", r"电子邮件|邮箱|e-?mail|电邮"),
    ("fax", "传真"),
    ("phone", "电话|来电"),
    ("mail", "信函|来信|邮寄|书信|寄信|来函|书面|信件"),
    ("web", "网站|网上|网络平台|官网|在线|门户"),
)


class Way(NamedTuple):
    """One way of answering; without a value where it is named and no address is given."""

    type: str
    value: Quote | None


def ways(reading: Reading, start: int, end: int) -> tuple[Way, ...]:
    """The ways named between two offsets, each once."""
    found: dict[tuple[str, str], Way] = {}
    readers = (_emails, _calls, _posts, _urls, _contacts)
    for reader in readers:
        for way in reader(reading, start, end):
            found.setdefault((way.type, way.value.text if way.value else ""), way)
    types = {way.type for way in found.values()}
    for kind in _named_kinds(reading, start, end):
        if kind not in types:
            found[kind, ""] = Way(kind, None)
    return tuple(found.values())


def _emails(reading: Reading, start: int, end: int) -> list[Way]:
    return [Way("email", reading.quote(*m.span())) for m in _EMAIL.finditer(reading.plain, start, end)]


def _calls(reading: Reading, start: int, end: int) -> list[Way]:
    found = []
    for match in _CALL.finditer(reading.plain, start, end):
        kinds = [
            kind
            for kind, word in (("phone", "电话|手机|联系方式|热线"), ("fax", "传真"))
            if re.search(word, match["word"])
        ]
        for number in _NUMBER.finditer(reading.plain, *match.span("numbers")):
            found += [Way(kind, reading.quote(*number.span())) for kind in kinds]
    return found


def _posts(reading: Reading, start: int, end: int) -> list[Way]:
    found = []
    for match in _POST.finditer(reading.plain, start, end):
        stop = _POST_END.search(reading.plain, match.start("address"), match.end("address"))
        quote = reading.quote(match.start("address"), stop.start() if stop else match.end("address"))
        trimmed = quote.text.rstrip(",，、 (（")
        # An address names a place: a street, a number, a building, a body.
        if re.search(r"[路街道号楼室院区县市镇乡村厅局委办]", trimmed) and len(trimmed) >= 6:
            found.append(Way("mail", reading.quote(quote.start, quote.start + len(trimmed))))
    return found


def _urls(reading: Reading, start: int, end: int) -> list[Way]:
    found = []
    for match in _URL.finditer(reading.plain, start, end):
        address = re.split(r"[)>,;]", match.group())[0].rstrip(".")
        found.append(Way("web", reading.quote(match.start(), match.start() + len(address))))
    return found


def _contacts(reading: Reading, start: int, end: int) -> list[Way]:
    found = []
    for match in _CONTACT.finditer(reading.plain, start, end):
        at = match.start("names")
        for piece in re.finditer(r"[^、/]+", match["names"]):
            name = _NAME.match(piece.group().strip())
            if name:
                begin = at + piece.start() + len(piece.group()) - len(piece.group().lstrip())
                text = re.split(r"\s{2,}|\s(?:联系|电话)", name.group())[0]
                found.append(Way("contact", reading.quote(begin, begin + len(text))))
    return found


def _named_kinds(reading: Reading, start: int, end: int) -> list[str]:
    named = []
    for match in _NAMED.finditer(reading.plain, start, end):
        around = reading.plain[match.start() : match.end() + 40].split("。")[0]
        if not re.search("意见|建议|反馈|征集|征求", around):
            continue
        named += [kind for kind, word in _KIND_WORDS if re.search(word, match.group())]
    return list(dict.fromkeys(named))
