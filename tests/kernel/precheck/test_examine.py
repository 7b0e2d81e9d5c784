"""A draft read against the rules."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.precheck.examine import examine
from services.kernel.precheck.findings import Weight
from services.kernel.precheck.register import BadRegister, Entry, Register, Status, read_register
from services.kernel.text.normal import normalise

WHOLE = "本办法自2026年12月1日起施行，有效期五年。"
REGISTER = Register(
    [
        Entry("中华人民共和国动物防疫法", Status.AMENDED, since=date(2021, 5, 1)),
        Entry("云溪区犬只管理办法", Status.REPEALED, by="云政规〔2024〕3号"),
        Entry("云溪区河道保洁办法", Status.IN_FORCE),
        Entry("行政处罚法", Status.IN_FORCE),
    ]
)


def codes(text: str, kind: str = "NORMATIVE", register: Register | None = None) -> list[str]:
    return [found.code.removeprefix("precheck.") for found in examine(normalise(text), kind=kind, register=register)]


def test_a_finding_says_clause_sentence_words_rule_and_article() -> None:
    text = normalise(f"云溪区养犬管理办法\n第一条 养犬人应当领取《养犬许可证》。\n第二条 {WHOLE}")
    found = next(one for one in examine(text, kind="NORMATIVE") if one.code == "precheck.licence")
    assert (found.number, found.clause, found.weight) == ("第一条", "art-1", Weight.GRAVE)
    assert text[found.start : found.end].startswith("应当领取")
    assert (found.sentence, found.article.zh) == ("养犬人应当领取《养犬许可证》。", "《行政许可法》第十七条")


def test_a_sound_text_gives_no_findings() -> None:
    text = f"云溪区河道巡查办法\n第一条 区水务局每月巡查一次河道，并公布结果。\n第二条 {WHOLE}"
    assert codes(text, register=REGISTER) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"云溪区养犬管理条例\n第一条 {WHOLE}", "title"),
        ("云溪区巡查办法\n第一条 本办法自2026年12月1日起施行。", "validity"),
        ("云溪区巡查办法\n第一条 本办法有效期五年。", "commencement"),
        (f"云溪区巡查办法\n第一条 违反本办法第九条的，予以提醒。\n第二条 {WHOLE}", "reference"),
        (f"云溪区巡查办法\n第一条 违反第一条、第七条的，予以提醒。\n第二条 {WHOLE}", "reference"),
        (f"云溪区巡查办法\n第一条 每月巡查。\n第三条 {WHOLE}", "numbering"),
        (f"云溪区巡查办法\n第一条 按云政规[2024]8号文件巡查。\n第二条 {WHOLE}", "doc_number"),
        (f"云溪区巡查办法\n第一条 按云政规〔2024〕08号文件巡查。\n第二条 {WHOLE}", "doc_number"),
        (f"云溪区巡查办法\n第一条 2026年01月05日前报送。\n第二条 {WHOLE}", "date"),
        (f"云溪区巡查办法\n第一条 每月巡查。。\n第二条 {WHOLE}", "marks"),
        (f"云溪区巡查办法\n第一条 按《巡查要求报送。\n第二条 {WHOLE}", "marks"),
        (f"云溪区巡查办法\n第一条 ××年底前完成。\n第二条 {WHOLE}", "placeholder"),
    ],
)
def test_each_fault_of_form_is_noticed(text: str, code: str) -> None:
    assert code in codes(text)


@pytest.mark.parametrize(
    "sentence",
    [
        "依照《中华人民共和国行政处罚法》第三十三条、第三十四条的规定不予处罚。",
        "依照行政处罚法第三十三条的规定办理。",
        "按照本办法第二条办理。",
    ],
)
def test_a_reference_to_another_text_or_to_an_article_that_is_there_is_sound(sentence: str) -> None:
    assert "reference" not in codes(f"云溪区巡查办法\n第一条 {sentence}\n第二条 {WHOLE}")


@pytest.mark.parametrize(
    ("cited", "code"),
    [
        ("中华人民共和国动物防疫法", "amended"),
        ("动物防疫法", "amended"),
        ("云溪区犬只管理办法", "repealed"),
        ("云溪区无中生有办法", "unknown_text"),
    ],
)
def test_cited_texts_are_looked_up_in_the_register(cited: str, code: str) -> None:
    text = f"云溪区巡查办法\n第一条 根据《{cited}》，制定本办法。\n第二条 {WHOLE}"
    assert codes(text, register=REGISTER) == [code]
    assert codes(text) == []


def test_a_document_in_force_of_nearly_the_same_name_is_pointed_out() -> None:
    text = f"云溪区河道保洁管理办法\n第一条 每月保洁。\n第二条 {WHOLE}"
    assert "duplicate" in codes(text, register=REGISTER)


def test_a_plan_needs_no_validity() -> None:
    assert codes("云溪区2026年工作要点\n一、每月巡查河道。", kind="WORK_PLAN") == []


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("name\n甲法\n", "row.1"),
        ("name,status\n甲法,gone\n", "row.2"),
        ("name,status\n甲法,in_force\n,in_force\n", "row.3"),
        ("name,status,since\n甲法,repealed,2026年\n", "row.2"),
    ],
)
def test_a_register_with_a_bad_row_is_refused_by_its_number(table: str, row: str) -> None:
    with pytest.raises(BadRegister) as refused:
        read_register(table)
    assert refused.value.field == row


def test_a_register_is_read_from_a_table() -> None:
    (entry,) = read_register("name,number,status,since,by\n甲办法,甲〔2020〕1号,replaced,2024-05-01,乙办法\n")
    assert entry == Entry("甲办法", Status.REPLACED, "甲〔2020〕1号", date(2024, 5, 1), "乙办法")


@given(
    st.text(alphabet="第一二九条《》〔〕()[]2026年01月05日号。；，元罚款许可证应当不得本办法养犬人\n ", max_size=200)
)
def test_no_text_breaks_it_and_every_finding_stands_in_the_text(raw: str) -> None:
    text = normalise(raw)
    for found in examine(text, kind="NORMATIVE", register=REGISTER):
        assert 0 <= found.start <= found.end <= len(text)
