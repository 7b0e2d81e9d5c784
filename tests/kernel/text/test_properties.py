"""What holds for every text: offsets quote it, nothing raises, nothing is slow."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kernel.text.checks import personal_mobile_numbers, placeholders, secrecy_mark
from services.kernel.text.clauses import clauses
from services.kernel.text.normal import key, normalise, shadow
from services.kernel.text.structure import structure
from tests.kernel.text import papers, plans

DOCUMENTS = {
    f"{module.__name__}.{name}": text
    for module in (plans, papers)
    for name, text in vars(module).items()
    if name.isupper()
}
PIECES = st.sampled_from(
    [
        "一、", "（一）", "1.", "(1)", "第三条 ", "第二章", "附件：", "牵头单位：", "责任单位：", "区司法局", "、", "，", "。",
        "\n", "《云溪条例》", "《", "》", "（", "）", "2024年", "6月底前", "年底前", "序号", "重点任务", "征求意见", "截止",
        "号", "〔2024〕3", "|", "\t", "等", "和", "牵头", "负责", "按职责分工", "12件", "關於印發", "的通知", "　", "收到",
        "目录", "绝密★", "某区", "____", "13800001111", "：", "；", "到", "每年", "1", "2",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=60).map("".join), st.text(max_size=300))


def value_at(data: Any, path: str) -> Any:
    for step in path.split("."):
        data = data[int(step)] if step.isdigit() else data[step]
    return data


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_every_span_quotes_the_value_that_it_stands_for(name: str) -> None:
    assert_spans_quote(DOCUMENTS[name])


def assert_spans_quote(text: str) -> None:
    found = structure(text)
    data, printed = found.model_dump(mode="json"), normalise(text)
    for path, span in found.spans.items():
        assert 0 <= span.start <= span.end <= len(printed), path
        quoted, value = printed[span.start : span.end], value_at(data, path)
        if isinstance(value, dict) and "text" in value:
            assert quoted == value["text"], path
        elif isinstance(value, str) and not path.startswith(("date", "comment_window.opens", "comment_window.closes")):
            expected = value if path != "authority" else squeezed(quoted)
            assert squeezed(quoted) == squeezed(expected), path


@settings(deadline=None, max_examples=250)
@given(TEXTS)
def test_structure_reads_any_text_and_its_spans_quote_it(text: str) -> None:
    assert_spans_quote(text)


@settings(deadline=None, max_examples=150)
@given(TEXTS)
def test_normalising_twice_is_normalising_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@settings(deadline=None, max_examples=150)
@given(TEXTS)
def test_the_shadow_is_as_long_as_the_text(text: str) -> None:
    assert len(shadow(text)) == len(text)


@settings(deadline=None, max_examples=150)
@given(TEXTS)
def test_checks_quote_the_text_and_never_raise(text: str) -> None:
    mark = secrecy_mark(text)
    for spot in [*placeholders(text), *personal_mobile_numbers(text), *([mark] if mark else [])]:
        assert text[spot.start : spot.end] == spot.text


@settings(deadline=None, max_examples=150)
@given(TEXTS)
def test_clauses_hold_all_that_is_not_blank_and_have_anchors_of_their_own(text: str) -> None:
    clean = normalise(text)
    found = clauses(clean)
    assert squeezed("".join(clean[c.start : c.end] for c in found)) == squeezed(clean)
    assert len({c.anchor for c in found}) == len(found)


def test_keys_are_equal_for_two_writings_of_one_name() -> None:
    assert key("雲政辦發﹝2021﹞15號") == key("云政办发（2021）15号")
    assert key("ＡＢ 条例") == key("AB条例")


def test_normalising_changes_nothing_that_a_reader_sees() -> None:
    assert normalise("\ufeff云溪区\r\n　　第一条  甲乙丙 \r\n\r\n") == "云溪区\n　　第一条  甲乙丙"


@pytest.mark.parametrize(
    "text",
    [
        "牵头单位：" * 5_000,
        "（" * 20_000,
        "《" * 20_000,
        "2024年" * 8_000,
        "一、" * 10_000,
        "区司法局、" * 8_000,
        "\n".join(str(n) for n in range(1, 9_000)),
        "征求意见" * 8_000,
        " " * 40_000 + "号",
        "关于" * 15_000,
    ],
    ids=range(10),
)
def test_no_text_of_common_size_is_slow(text: str) -> None:
    started = time.process_time()
    structure(text)
    assert time.process_time() - started < 2.0


def test_a_document_of_fifty_kilobytes_takes_a_fraction_of_a_second() -> None:
    text = plans.NUMBERS_RESTART * (50_000 // len(plans.NUMBERS_RESTART.encode()))
    structure(text)
    started = time.process_time()
    structure(text)
    assert time.process_time() - started < 0.6
