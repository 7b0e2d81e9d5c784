"""Near-duplicate opinions: an equivalence that does not depend on the order, never chains strangers, never opposites."""

from __future__ import annotations

from itertools import combinations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.opinions import STOCK, opinions
from services.intake.domain.comments import likeness
from services.intake.grouping import ALIKE, Grouper, Grouping, alike, normalised, opposed, similarity
from services.intake.grouping.sketches import MOST_PAIRS

LONG = "建议把第三条的清洗频次由每两个月一次改为每半年一次，因为三张桌子的面馆一个月油网上没有多少油，按次收费四百元负担太重。"
TEXTS = st.lists(
    st.one_of(
        st.text(max_size=40),
        st.sampled_from(STOCK),
        st.builds("".join, st.lists(st.sampled_from(STOCK), min_size=1, max_size=4)),
    ),
    max_size=40,
)


def grouped(bodies: list[str], at_once: int = 7) -> Grouping:
    """These opinions, taken some at a time."""
    grouper = Grouper()
    for start in range(0, len(bodies), at_once):
        grouper.add(bodies[start : start + at_once])
    return grouper.grouped()


def sets(bodies: list[str], found: Grouping) -> set[frozenset[str]]:
    """The groups as sets of what was said."""
    return {frozenset(bodies[at] for at in np.flatnonzero(found.group == number)) for number in range(found.groups)}


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_every_opinion_is_in_one_group_and_the_sizes_add_up(bodies: list[str]) -> None:
    found = grouped(bodies)

    assert len(found.group) == found.size.sum() == len(bodies)
    assert set(found.group.tolist()) == set(range(found.groups))
    assert all(found.group[middle] == number for number, middle in enumerate(found.middle))


@given(TEXTS, st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_groups_do_not_depend_on_the_order(bodies: list[str], random: Random) -> None:
    mixed = list(bodies)
    random.shuffle(mixed)

    assert sets(mixed, grouped(mixed, 3)) == sets(bodies, grouped(bodies))


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_equal_opinions_are_always_together(bodies: list[str]) -> None:
    group: dict[str, int] = {}
    for body, number in zip(bodies, grouped(bodies).group, strict=True):
        assert group.setdefault(normalised(body), number) == number


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_every_member_is_alike_to_the_middle_of_its_group(bodies: list[str]) -> None:
    found = grouped(bodies)

    for body, number in zip(bodies, found.group, strict=True):
        middle = bodies[found.middle[number]]
        assert normalised(body) == normalised(middle) or alike(body, middle)


@pytest.mark.parametrize(
    "other",
    [
        "您好！" + LONG + "谢谢。",
        LONG.replace("，", ",").replace("。", "!"),
        LONG.replace("四百元", "四百多元").replace("面馆", "小面馆"),
        LONG + "另外，希望区里补助一部分费用。",
    ],
    ids=["opening", "punctuation", "edits", "a sentence more"],
)
def test_the_same_opinion_in_another_hand_is_found(other: str) -> None:
    assert grouped([LONG, "完全说的是别的事情，与油烟没有关系。", other]).group.tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("同意", "不同意"),
        ("我同意第三条", "我不同意第三条"),
        ("应当采纳第三条的写法，按季度清洗一次", "不应当采纳第三条的写法，按季度清洗一次"),
        (LONG, LONG.replace("建议把", "不要把")),
        (f"我们支持。{LONG}", f"我们反对。{LONG}"),
        ("I agree with article 3 of the draft", "I do not agree with article 3 of the draft"),
    ],
)
def test_an_opinion_and_its_contrary_are_kept_apart(one: str, other: str) -> None:
    assert opposed(one, other)
    assert grouped([one, other]).groups == 2


def test_stock_phrases_alone_do_not_chain_strangers_into_one_group() -> None:
    bodies = ["，".join(said) + "。" for said in combinations(STOCK, 3)]

    found = grouped(bodies, 50)

    assert found.size.max() < len(bodies) / 4


def test_ten_thousand_equal_opinions_are_one_group() -> None:
    found = grouped([LONG] * 10_000, 2_500)

    assert (found.groups, found.distinct, found.size.tolist(), found.middle.tolist()) == (1, 1, [10_000], [0])


def test_nothing_at_all_has_no_groups() -> None:
    assert grouped([]).groups == 0


@pytest.mark.parametrize(
    "hostile",
    ["", " ", "。", "一", "𠀀", "𠀀𠀁", "\ud800", "\x00", "=cmd()", "a" * 5000, "e\u0301" * 2000, "ﷺ" * 500, "🙂" * 3],
    ids=lambda text: f"{text[:4].encode('utf-8', 'backslashreplace')!r}x{len(text)}",
)
def test_whatever_is_written_is_grouped_with_itself_alone(hostile: str) -> None:
    assert grouped([hostile, LONG, hostile]).group.tolist() == [0, 1, 0]


def test_very_long_opinions_are_compared_by_a_sketch_of_bounded_size() -> None:
    random = Random(7)
    letters = [chr(random.randrange(0x4E00, 0x9FA5)) for _ in range(5_000)]
    text, other = "".join(letters), "".join(chr(random.randrange(0x4E00, 0x9FA5)) for _ in range(5_000))
    near = "".join(letters[:4_500]) + other[:500]
    grouper = Grouper()
    grouper.add([text, other, near])

    assert len(grouper._sketching.done().pairs) == 3 * MOST_PAIRS
    assert grouper.grouped().group.tolist() == [0, 1, 0]


def test_planted_copies_are_found_and_strangers_left_alone() -> None:
    made = list(opinions(4_000, seed=3))
    bodies, models = [body for body, _ in made], np.array([model for _, model in made])

    group = grouped(bodies, 1_000).group

    together = {"found": pairs(group), "planted": pairs(models), "both": pairs(models * len(bodies) + group)}
    assert together["both"] / together["found"] >= 0.99
    assert together["both"] / together["planted"] >= 0.97


def pairs(labels: np.ndarray[tuple[int], np.dtype[np.int64]]) -> int:
    """How many pairs share a label."""
    counts = np.unique(labels, return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())


@given(st.text(max_size=60), st.text(max_size=60))
def test_similarity_is_symmetric_and_one_for_equal_words(one: str, other: str) -> None:
    assert similarity(one, other) == similarity(other, one)
    assert 0 <= similarity(one, other) <= 1
    assert similarity(one, one) == 1


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_what_is_compared_is_what_the_exact_hash_is_made_of(one: str, other: str) -> None:
    assert (likeness(one) == likeness(other)) == (normalised(one) == normalised(other))


def test_half_of_the_character_pairs_is_the_threshold() -> None:
    assert ALIKE == similarity("甲乙丙", "甲乙") == 0.5
