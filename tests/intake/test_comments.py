"""Comments by themselves: receipts that people can type, likeness, and what is covered in public."""

from __future__ import annotations

import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.comments import (
    CROCKFORD,
    BadComment,
    ReceiptUnknown,
    clean_body,
    likeness,
    new_receipt,
    read_receipt,
)
from services.intake.domain.ids import uuid7


def test_a_receipt_is_read_back_however_it_is_typed() -> None:
    code = new_receipt()

    assert read_receipt(f"  {code.lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} ") == code


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_receipt_or_refused(typed: str) -> None:
    try:
        assert set(read_receipt(typed)) <= {*CROCKFORD, "-"}
    except ReceiptUnknown:
        return


def test_no_two_receipts_are_alike() -> None:
    assert len({new_receipt() for _ in range(1000)}) == 1000


@pytest.mark.parametrize("other", ["应当按月清洗", "应当 按月清洗！", "应当按月清洗。。", "应当按月清洗?"])
def test_punctuation_and_blanks_do_not_make_another_opinion(other: str) -> None:
    assert likeness(other) == likeness("应当按月清洗。")


def test_one_word_more_is_another_opinion() -> None:
    assert likeness("不应当按月清洗。") != likeness("应当按月清洗。")


@given(st.text(min_size=1, max_size=60))
def test_cleaning_twice_is_cleaning_once(body: str) -> None:
    try:
        once = clean_body(body)
    except BadComment:
        return

    assert clean_body(once) == once


def test_ids_grow_with_time() -> None:
    ids = [uuid7() for _ in range(50)]

    assert [one.version for one in ids] == [7] * 50
    assert [one.int >> 80 for one in ids] == sorted(one.int >> 80 for one in ids)


@given(
    st.text(
        alphabet=st.characters(exclude_categories=["Cs"])
        | st.sampled_from("，。、—…℃㎡№㈱Ⅻａ１éſKİß字应当月aZ09 _\u0301\uac00\u1100\u1161"),
        max_size=40,
    )
)
def test_the_short_way_to_a_likeness_gives_what_the_long_one_gives(body: str) -> None:
    plain = unicodedata.normalize("NFKC", body).casefold()
    words = "".join(filter(str.isalnum, plain)) or plain
    assert likeness(body) == hashlib.sha256(words.encode()).hexdigest()
