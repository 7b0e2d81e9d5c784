"""Document numbers as GB/T 9704 writes them, and registry numbers as each place does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.procedure.numbering import (
    BadDocumentNumber,
    DocumentNumber,
    format_registry,
    parse_number,
)
from services.kernel.procedure.rules import RuleBook

YANGLING = "杨管规〔{year}〕{serial:03}"


@pytest.mark.parametrize(
    ("text", "code", "year", "serial"),
    [
        ("新政办发〔2022〕31号", "新政办发", 2022, 31),
        ("惠仲委〔2018〕28号", "惠仲委", 2018, 28),
        ("国办发〔2018〕115号", "国办发", 2018, 115),
    ],
)
def test_a_number_is_read_and_written_back(text: str, code: str, year: int, serial: int) -> None:
    number = parse_number(text)
    assert number == DocumentNumber(code, year, serial)
    assert str(number) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("新政办发[2022]31号", "六角括号"),
        ("新政办发（2022）31号", "六角括号"),
        ("新政办发【2022】31号", "六角括号"),
        ("新政办发〔2022〕第31号", "第"),
        ("新政办发〔2022〕031号", "虚位"),
        ("新政办发〔2022〕31", "加“号”字"),
        ("新政办发〔22〕31号", "四位数字"),
        ("〔2022〕31号", "机关代字"),
        ("新政办发〔1822〕31号", "年份"),
        ("新政办发〔2022〕三十一号", "机关代字〔年份〕序号号"),
        (" 新政办发〔2022〕31号", "机关代字〔年份〕序号号"),
        ("新政办发〔２０２２〕31号", "四位数字"),
        ("", "机关代字〔年份〕序号号"),
    ],
)
def test_a_malformed_number_is_refused_with_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(BadDocumentNumber) as refused:
        parse_number(text)
    assert says in refused.value.detail.zh
    assert refused.value.rule_id == "numbering.form"


@pytest.mark.parametrize(
    ("code", "year", "serial"), [("ABC", 2026, 1), ("", 2026, 1), ("区政发", 26, 1), ("区政发", 2026, 0)]
)
def test_no_malformed_number_can_be_made(code: str, year: int, serial: int) -> None:
    with pytest.raises(BadDocumentNumber):
        DocumentNumber(code, year, serial)


@given(st.text("新政办发惠仲委规", min_size=1, max_size=6), st.integers(1949, 2099), st.integers(1, 9999))
def test_every_number_made_reads_back_as_itself(code: str, year: int, serial: int) -> None:
    number = DocumentNumber(code, year, serial)
    assert parse_number(number.text) == number


class TestRegistry:
    """A separate register, in the form of the place."""

    def test_the_national_form_is_a_parameter(self, book: RuleBook) -> None:
        pattern = str(book.parameter("normative_number_format"))
        assert format_registry(pattern, code="临政", year=2026, serial=7) == "临政规〔2026〕7号"

    def test_yangling_pads_and_huizhou_uses_dashes(self) -> None:
        assert format_registry(YANGLING, code="", year=2012, serial=1) == "杨管规〔2012〕001"
        assert format_registry("HFGS—{year}—{serial}", code="", year=2017, serial=9) == "HFGS—2017—9"

    def test_a_pattern_that_cannot_be_written_is_refused(self) -> None:
        with pytest.raises(BadDocumentNumber):
            format_registry("{agency}{serial}", code="临政", year=2026, serial=1)
