"""Masking: what is covered at once, what is proposed, and how well both are found on a set labelled by hand."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from services.intake.domain.mask_patterns import PATTERNS, Pattern
from services.intake.domain.masking import Decided, found, places_of, shown, shown_to_decide

LABELLED = Path(__file__).parent / "labelled.txt"
MARK = re.compile(r"⟦(\w+)\|(.*?)⟧")
AUTOMATIC = {"phone", "identity", "card", "mail"}
Place = tuple[int, int, str]


def read_labelled() -> list[tuple[str, set[Place]]]:
    """Each comment of the set without its marks, and the places that were marked."""
    comments = []
    for line in LABELLED.read_text("utf-8").splitlines():
        if not line.startswith("#"):
            rest, body, places = line.replace("\\n", "\n"), "", set()
            while mark := MARK.search(rest):
                body += rest[: mark.start()]
                places.add((len(body), len(body) + len(mark[2]), mark[1]))
                body, rest = body + mark[2], rest[mark.end() :]
            comments.append((body + rest, places))
    return comments


def figures() -> dict[str, tuple[int, int, int]]:
    """For each kind: how many were found rightly, found wrongly, missed."""
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    for body, places in read_labelled():
        seen = {(span.start, span.end, span.kind.value) for span in found(body)}
        right.update(place[2] for place in seen & places)
        wrong.update(place[2] for place in seen - places)
        missed.update(place[2] for place in places - seen)
    return {kind: (right[kind], wrong[kind], missed[kind]) for kind in sorted({*right, *wrong, *missed})}


@pytest.mark.parametrize("pattern", [pytest.param(p, id=p.example) for p in PATTERNS])
def test_every_pattern_finds_its_own_example(pattern: Pattern) -> None:
    match = pattern.regex.search(pattern.example)

    assert match is not None
    assert pattern.holds(match[pattern.group])


def test_precision_and_recall_on_the_labelled_set() -> None:
    """(right, wrong, missed) by kind: exact places. Whoever changes a pattern sees here what it does."""
    assert figures() == {
        "account": (2, 0, 0),
        "address": (3, 0, 0),
        "card": (2, 0, 0),
        "identity": (2, 0, 0),
        "mail": (2, 0, 0),
        "name": (14, 0, 1),
        "phone": (8, 0, 0),
        "plate": (1, 0, 0),
    }


BODY = "我叫周敏，电话13800138000，请改第三条。"


def test_who_decides_sees_a_proposed_name_and_no_number() -> None:
    assert shown_to_decide(BODY) == "我叫周敏，电话＊＊＊＊＊＊＊＊＊＊＊，请改第三条。"


def test_everybody_else_sees_neither() -> None:
    assert shown(BODY) == "我叫＊＊，电话＊＊＊＊＊＊＊＊＊＊＊，请改第三条。"


def test_a_confirmed_name_is_covered_for_all() -> None:
    assert shown_to_decide(BODY, [Decided(2, 4, True)]).startswith("我叫＊＊")


def test_a_rejected_proposal_is_shown_to_all() -> None:
    assert shown(BODY, [Decided(2, 4, False)]).startswith("我叫周敏")


def test_a_number_that_is_no_personal_one_can_be_laid_open() -> None:
    ((start, end),) = places_of(BODY, "13800138000")

    assert shown_to_decide(BODY, [Decided(start, end, False)]) == BODY


def test_covering_keeps_length_and_lines() -> None:
    body = "同意\n周敏\n"
    covered = shown(body, [Decided(0, 5, True)])

    assert len(covered) == len(body)
    assert covered.splitlines() == ["＊＊", "＊＊"]


@pytest.mark.parametrize("private", ["13800001234", "138-0000-1234", "330100199001011234", "zhou@yunxi.example"])
def test_private_numbers_are_covered_when_quoted(private: str) -> None:
    assert private not in shown(f"请联系我：{private}，谢谢。")


def test_a_public_number_is_not_covered() -> None:
    assert shown("请拨打12345或者4008001234。") == "请拨打12345或者4008001234。"


def test_identity_numbers_need_their_check_character_to_be_certain() -> None:
    (right,) = found("号码11010519491231002X")
    (mistyped,) = found("号码110105194912310021")
    assert (right.certain, mistyped.certain) == (True, False)
    assert found("编号999999194912310021") == ()


@pytest.mark.parametrize(
    "body", ["a" * 5000, "1" * 5000, "路" * 5000, "我是王" * 1600, "住在" * 2500, "1 " * 2500, "\n" * 5000]
)
def test_hostile_texts_are_read_through(body: str) -> None:
    assert len(shown(body)) == len(body)
