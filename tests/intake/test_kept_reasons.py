"""Reasons that an office uses again while it answers one window: kept under a name, taken up by a choice, let go."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from services.intake.store import reasons
from tests.intake.builders import Web
from tests.intake.test_answering import ids_of, lines_of
from tests.intake.test_groups_pages import a_result, form, page

LATER = {"name": "条件不成熟", "disposition": "not_adopted", "reason": "目前不具备条件，列入下一次修订研究。"}


async def names(web: Web, window_id: UUID) -> list[str]:
    async with web.desk.db.read() as conn:
        return [one.name for one in await reasons.of_window(conn, window_id)]


async def test_a_kept_reason_answers_an_opinion_by_a_choice_until_it_is_let_go(web: Web) -> None:
    window_id = await a_result(web, "建议免费发放净化设施。", "同意。")
    here = f"/intake/consultation/{window_id}"
    assert (await form(web, f"{here}/reasons", **LATER)).status_code == 303
    async with web.desk.db.read() as conn:
        (kept,) = await reasons.of_window(conn, window_id)
    first, second = await ids_of(web.desk, window_id)

    saved = await form(web, f"{here}/answers", **{f"use.{first}": str(kept.id), f"seen.{first}": "0"})

    assert saved.status_code == 303
    answered = {line.comment_id: (line.disposition, line.reason) for line in await lines_of(web.desk, window_id)}
    assert answered == {first: ("not_adopted", LATER["reason"]), second: (None, "")}
    assert (await form(web, f"{here}/reasons", retire=str(kept.id))).status_code == 303
    assert await names(web, window_id) == []
    assert (await lines_of(web.desk, window_id))[0].reason == LATER["reason"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"disposition": "{}"}, "请从列表里选：采纳、部分采纳、未采纳。"),
        ({"name": ""}, "请写1至"),
        ({"reason": "  "}, "请写1至"),
        ({"reason": "\x00"}, "请写1至"),
        ({"retire": "x"}, "没有这条意见"),
    ],
)
async def test_what_cannot_be_kept_is_told_with_its_remedy_and_nothing_is_kept(
    web: Web, wrong: dict[str, str], told: str
) -> None:
    window_id = await a_result(web, "同意。")

    answer = await form(web, f"/intake/consultation/{window_id}/reasons", **{**LATER, **wrong})

    assert answer.status_code in (404, 422)
    assert told in answer.text
    assert await names(web, window_id) == []


async def test_another_office_neither_sees_nor_keeps_one(web: Web) -> None:
    window_id = await a_result(web, "同意。")
    here = f"/intake/consultation/{window_id}"
    await form(web, f"{here}/reasons", **LATER)
    assert re.search(LATER["name"], await page(web, f"{here}/answers"))

    stranger = {**web.as_("lu-wenxi"), "Accept": "text/html"}
    answer = await web.client.post(f"{here}/reasons", data={"idempotency_key": "k" * 20, **LATER}, headers=stranger)

    assert answer.status_code == 403
    assert await names(web, window_id) == [LATER["name"]]
