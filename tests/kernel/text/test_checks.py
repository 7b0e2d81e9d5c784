"""Secrecy marks, gaps left open, private numbers."""

from __future__ import annotations

import pytest

from services.kernel.text.checks import personal_mobile_numbers, placeholders, secrecy_mark


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("秘密★1年\n云溪区人民政府文件", "秘密★1年"),
        ("000012　　机密★5年　　特急\n云溪区委文件", "机密★5年"),
        ("云溪区人民政府文件\n绝密★长期\n", "绝密★长期"),
        ("密级：秘密\n关于云溪水库的通知", "秘密"),
        ("内部资料　注意保管\n云溪区情况", "内部资料　注意保管"),
        ("机 密\n云溪区", "机 密"),
        ("【秘密】\n云溪区", "秘密"),
    ],
)
def test_a_mark_of_secrecy_in_the_head_is_found(text: str, mark: str) -> None:
    found = secrecy_mark(text)
    assert found is not None
    assert found.text == mark


@pytest.mark.parametrize(
    "text",
    [
        "关于加强保密工作的通知",
        "关于保护商业秘密的若干措施\n企业的商业秘密受法律保护。",
        "云溪区国家秘密载体销毁办法",
        "内部控制规范\n一、总则",
        "云溪区保密委员会",
        "一、总则\n" + "正文。\n" * 20 + "秘密★1年",
        "",
    ],
)
def test_words_about_secrets_are_no_mark(text: str) -> None:
    assert secrecy_mark(text) is None


@pytest.mark.parametrize(
    ("text", "gaps"),
    [
        ("20××年度", ["20××"]),
        ("20XX年工作要点", ["20XX"]),
        ("某区20xx年度方案", ["某区", "20xx"]),
        ("XX区××局", ["XX", "××"]),
        ("云政发〔20 〕 号", ["〔20 〕 号"]),
        ("云政发〔2024〕  号", ["〔2024〕  号"]),
        ("投资____万元", ["____"]),
        ("牵头单位：【待定】", ["【待定】"]),
        ("由某某同志负责", ["某某"]),
        ("2024年 月 日", ["2024年 月 日"]),
    ],
)
def test_a_gap_left_open_is_found(text: str, gaps: list[str]) -> None:
    assert [gap.text for gap in placeholders(text)] == gaps


@pytest.mark.parametrize(
    "text",
    [
        "某些地方",
        "某一年度",
        "某种情形",
        "某项工作",
        "某个部门",
        "云政发〔2024〕5号",
        "A办事处",
        "2024年3月5日",
        "APP下载",
    ],
)
def test_ordinary_words_are_no_gaps(text: str) -> None:
    assert placeholders(text) == ()


def test_mobile_numbers_are_found_and_office_numbers_are_not() -> None:
    text = "联系人手机13800001111、138-0000-2222，办公电话0917-6213345，证号110101199003071234。"
    assert [number.text for number in personal_mobile_numbers(text)] == ["13800001111", "138-0000-2222"]
