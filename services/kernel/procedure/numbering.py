"""Document numbers: 发文字号 such as 新政办发〔2022〕31号, and registry numbers of local form.

The two are separate registers and are never merged. Source: GB/T 9704—2012, 7.2.5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.kernel.contracts.refusals import Invalid, Words

LEFT, RIGHT = "\u3014", "\u3015"
FIRST_YEAR, LAST_YEAR = 1900, 2099
WHOLE = re.compile(r"([\u3400-\u9fff]+)\u3014([0-9]{4})\u3015([1-9][0-9]*)号")
FAULTS: tuple[tuple[re.Pattern[str], Words], ...] = (
    (re.compile(r"第"), Words("发文字号不加“第”字", "The number carries no 第")),
    (
        re.compile(r"[\[\]()（）【】［］〈〉<>]"),
        Words("年份应当用六角括号〔〕括入", "The year stands in tortoise-shell brackets 〔〕"),
    ),
    (re.compile(r"\u30150"), Words("序号不编虚位，不以0开头", "The serial has no leading zero")),
    (re.compile(r"\u3014(?![0-9]{4}\u3015)"), Words("年份应当标全称四位数字", "The year has four digits")),
    (re.compile(r"[^号]$"), Words("序号后应当加“号”字", "The number ends with 号")),
    (re.compile(r"^\u3014"), Words("缺少机关代字", "The agency code is missing")),
)
FORM = Words("应当为“机关代字〔年份〕序号号”，如新政办发〔2022〕31号", "The form is 新政办发〔2022〕31号")


class BadDocumentNumber(Invalid):
    """Not a document number as the standard writes it."""

    code = "number.malformed"
    rule = "numbering.form"
    title = Words("发文字号不规范", "Malformed document number")
    remedy = FORM


@dataclass(frozen=True, order=True)
class DocumentNumber:
    """Agency code, full year, serial from 1 within (code, year). Raises BadDocumentNumber."""

    code: str
    year: int
    serial: int

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[\u3400-\u9fff]+", self.code) or "第" in self.code:
            raise BadDocumentNumber(Words("机关代字应当为汉字", "The agency code is Chinese characters"))
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise BadDocumentNumber(Words(f"年份“{self.year}”有误", f"Not a year: {self.year}"))
        if self.serial < 1:
            raise BadDocumentNumber(Words("序号从1起编", "Serials begin with 1"))

    @property
    def text(self) -> str:
        """As it is printed."""
        return f"{self.code}{LEFT}{self.year}{RIGHT}{self.serial}号"

    def __str__(self) -> str:
        return self.text


def parse_number(text: str) -> DocumentNumber:
    """Reads a document number. Raises BadDocumentNumber, saying which part is wrong."""
    if match := WHOLE.fullmatch(text):
        return DocumentNumber(match[1], int(match[2]), int(match[3]))
    for fault, words in FAULTS:
        if fault.search(text):
            raise BadDocumentNumber(Words(f"“{text}”：{words.zh}", f"{text!r}: {words.en}"))
    raise BadDocumentNumber(Words(f"“{text}”：{FORM.zh}", f"{text!r}: {FORM.en}"))


def format_registry(pattern: str, *, code: str, year: int, serial: int) -> str:
    """A registry number after the local pattern, e.g. "{code}规〔{year}〕{serial:03}".

    Raises BadDocumentNumber for a pattern that names anything but code, year and serial.
    """
    try:
        return pattern.format(code=code, year=year, serial=serial)
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise _bad_pattern(pattern) from error


def _bad_pattern(pattern: str) -> BadDocumentNumber:
    return BadDocumentNumber(
        Words(f"登记号样式“{pattern}”有误", f"Not a pattern for registry numbers: {pattern!r}"),
        field="normative_number_format",
    )
