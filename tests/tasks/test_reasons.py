"""Every kind of item says why it is here, by which rule, until when, and what happens if nothing is done."""

from __future__ import annotations

import re

import pytest

from services.kernel.procedure.rules import RuleBook
from services.kernel.procedure.words import BETWEEN, stage_words
from services.kernel.runtime.directory import ROLE_WORDS, Role
from services.tasks.activities import Activities
from services.tasks.domain.items import Sort
from services.tasks.domain.reasons import OF_SORTS, OF_STAGES, if_left_alone
from tests.tasks.builders import LU, a_document, an_item
from tests.tasks.conftest import Office

BOOK = RuleBook.load()
CHINESE = re.compile(r"[\u4e00-\u9fff]")
STAGES = sorted({stage.id for kind in BOOK.kinds.values() for stage in kind.stages} | set(BETWEEN))


def test_every_step_of_every_procedure_and_what_is_between_them_has_words_of_its_own() -> None:
    assert set(OF_STAGES) == set(STAGES)


def test_what_is_asked_or_copied_has_words_of_its_own() -> None:
    assert set(OF_SORTS) == set(Sort) - {Sort.DUTY}


@pytest.mark.parametrize("stage", STAGES)
def test_a_step_has_a_name_and_an_end_in_both_languages(stage: str) -> None:
    kind = next((str(kind) for kind, told in BOOK.kinds.items() if any(one.id == stage for one in told.stages)), "")
    for said in (stage_words(BOOK, kind, stage), if_left_alone(Sort.DUTY, stage)):
        assert said.zh != stage
        assert CHINESE.search(said.zh)
        assert said.en != stage
        assert not CHINESE.search(said.en)


def test_every_office_that_an_item_can_wait_for_has_a_name() -> None:
    assert set(ROLE_WORDS) == set(Role)


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh", ("为什么：", "依据", "期限：", "不办会怎样：")), ("en", ("Why:", "Rule", "Due:", "If you do nothing:"))],
)
async def test_the_inbox_answers_the_four_questions_for_every_step(
    activities: Activities, office: Office, language: str, words: tuple[str, ...]
) -> None:
    steps = [(str(kind), told.stages[0].id) for kind, told in BOOK.kinds.items()] + [
        ("NORMATIVE", one) for one in BETWEEN
    ]
    posted = [
        await activities.post_item(an_item(f"{kind} {step}", stage=step, document=a_document(kind=kind)))
        for kind, step in steps
    ]
    async with office.person(LU, language) as browser:
        for item in posted:
            page = await browser.open(f"/tasks/inbox/{item.item_id}")
            assert [word for word in words if word not in page] == []
