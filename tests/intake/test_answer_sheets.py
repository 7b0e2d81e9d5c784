"""Answers by workbook, there and back: errors by row, exactly what was previewed, stale and repeated confirmations."""

from __future__ import annotations

import io
from base64 import b64encode
from typing import Any
from uuid import UUID, uuid4

import httpx
import openpyxl
import pytest

from services.intake.domain.workbook import HEAD, RESULT
from tests.intake.builders import Web
from tests.intake.test_answering import adopted, closed, gives, ids_of, lines_of, refused

DANGEROUS = ("=1+1", "+86 10", "-3", "@总理", "\t制表")


async def sheet_of(web: Web, window_id: UUID) -> Any:
    data = (await web.gets(f"/intake/consultation/{window_id}/workbook/xlsx")).content
    return openpyxl.load_workbook(io.BytesIO(data))


def bytes_of(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write(book: Any, row: int, **cells: str) -> None:
    for title, value in cells.items():
        cell = book.active.cell(
            row=row, column=HEAD.index({"result": RESULT, "reason": "理由", "clause": "改动的条文"}[title]) + 1
        )
        cell.value = value
        cell.data_type = "s"


async def previews(web: Web, window_id: UUID, book: Any, name: str = "答复.xlsx") -> dict[str, Any]:
    given = {"file": {"name": name, "content": b64encode(bytes_of(book)).decode()}}
    found = await web.posts(f"/intake/windows/{window_id}/answer-sheets", given)
    assert found.status_code in (200, 201), found.text
    told: dict[str, Any] = found.json()
    return told


async def confirms(web: Web, window_id: UUID, told: dict[str, Any], **changes: str) -> httpx.Response:
    given = {"token": told["token"], **changes}
    return await web.posts(f"/intake/windows/{window_id}/answer-sheets/{told['preview_id']}", given)


async def test_a_workbook_goes_there_and_back(web: Web) -> None:
    window_id = await closed(web.desk, "按月清洗", "不同意", "同意。", "同意！")
    book = await sheet_of(web, window_id)
    write(book, 2, result="采纳", clause="第三条")
    write(book, 3, result="未采纳", reason="没有上位法依据。")

    told = await previews(web, window_id, book)
    before = [line.disposition for line in await lines_of(web.desk, window_id)]
    done = (await confirms(web, window_id, told)).json()

    assert (told["faults"], len(told["changes"]), told["unchanged"]) == ([], 2, 1)
    assert before == [None, None, None]
    assert (done["answered_now"], done["left"]) == (3, 1)
    assert await previews(web, window_id, await sheet_of(web, window_id)) | {"unchanged": 3, "changes": []} == {
        "faults": [], "changes": [], "unchanged": 3, "preview_id": None, "token": None,
    }  # fmt: skip


@pytest.mark.parametrize("reason", DANGEROUS)
async def test_a_reason_that_looks_like_a_formula_comes_back_as_it_was(web: Web, reason: str) -> None:
    window_id = await closed(web.desk, "按月清洗", "别的")
    await gives(web.desk, window_id, refused(f"x{reason}"[1:], comment_id=(await ids_of(web.desk, window_id))[0]))

    told = await previews(web, window_id, await sheet_of(web, window_id))

    assert (told["faults"], told["changes"]) == ([], [])


async def test_each_mistake_is_told_by_row_and_column_and_nothing_is_kept(web: Web) -> None:
    window_id = await closed(web.desk, "一", "二", "三", "四")
    book = await sheet_of(web, window_id)
    write(book, 2, result="好的")
    write(book, 3, result="未采纳")
    book.active.cell(row=4, column=1).value = f"g-{uuid4()}"
    write(book, 5, reason="只有理由")

    told = await previews(web, window_id, book)

    assert {(one["row"], one["column"], one["code"]) for one in told["faults"]} == {
        (2, "采纳情况", "answer.disposition"),
        (3, "理由", "answer.reason_missing"),
        (4, "编号（勿改）", "answer.target"),
        (5, "采纳情况", "answer.disposition"),
    }
    assert told["preview_id"] is None
    assert all(one["remedy"] for one in told["faults"])


async def test_a_row_that_another_answered_since_the_download_is_told(web: Web) -> None:
    window_id = await closed(web.desk, "一", "二")
    book = await sheet_of(web, window_id)
    write(book, 2, result="采纳")
    line = next(one for one in await lines_of(web.desk, window_id) if book.active["A2"].value == f"g-{one.key}")
    await gives(web.desk, window_id, refused(group=line.key), by="somebody")

    assert [one["code"] for one in (await previews(web, window_id, book))["faults"]] == ["answer.moved"]


async def test_a_preview_goes_stale_when_the_answers_change(web: Web) -> None:
    window_id = await closed(web.desk, "一", "二")
    book = await sheet_of(web, window_id)
    write(book, 2, result="采纳")
    told = await previews(web, window_id, book)
    await gives(web.desk, window_id, adopted(comment_id=(await ids_of(web.desk, window_id))[1]), by="somebody")

    assert (await confirms(web, window_id, told)).json()["code"] == "sheet.stale"


async def test_a_second_confirmation_changes_nothing(web: Web) -> None:
    window_id = await closed(web.desk, "一", "二")
    book = await sheet_of(web, window_id)
    write(book, 2, result="采纳")
    told = await previews(web, window_id, book)

    first, second = await confirms(web, window_id, told), await confirms(web, window_id, told)

    assert first.json() == second.json()
    assert first.json()["answered_now"] == 1


async def test_a_preview_is_opened_by_its_key_only(web: Web) -> None:
    window_id = await closed(web.desk, "一", "二")
    book = await sheet_of(web, window_id)
    write(book, 2, result="采纳")
    told = await previews(web, window_id, book)

    assert (await confirms(web, window_id, told, token="x" * 43)).json()["code"] == "sheet.preview"
    async with web.desk.db.read() as conn:
        assert "采纳" not in str(await conn.fetchval("select rows from sheet_previews"))


async def test_the_wrong_sheet_is_refused(web: Web) -> None:
    window_id = await closed(web.desk, "一")
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["甲", "乙"])
    given = {"file": {"name": "a.xlsx", "content": b64encode(bytes_of(book)).decode()}}

    problem = (await web.posts(f"/intake/windows/{window_id}/answer-sheets", given)).json()

    assert problem["code"] == "sheet.header"


async def test_another_office_gets_no_workbook(web: Web) -> None:
    window_id = await closed(web.desk, "一")

    assert (await web.gets(f"/intake/consultation/{window_id}/workbook/xlsx", person="tang-shuyao")).status_code == 403


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_by_page_one_sees_the_preview_and_confirms(web: Web, language: str) -> None:
    window_id = await closed(web.desk, "一", "二")
    book = await sheet_of(web, window_id)
    write(book, 2, result="未采纳", reason="<b>没有依据</b>")
    path = f"/intake/consultation/{window_id}/workbook"
    headers = {**web.as_("he-xu"), "Accept": "text/html", "Accept-Language": language}

    shown = await web.client.post(path, headers=headers, files={"file": ("答复.xlsx", bytes_of(book))})
    action = shown.text.partition(f'action="{path}/')[2].partition('"')[0]
    token = shown.text.partition('name="token" value="')[2].partition('"')[0]
    done = await web.client.post(f"{path}/{action}", headers=headers, data={"token": token})

    assert (shown.status_code, done.status_code) == (200, 303)
    assert "<b>没有依据" not in shown.text
    assert (await web.client.get(done.headers["Location"], headers=headers)).status_code == 200
    assert sum(line.disposition is not None for line in await lines_of(web.desk, window_id)) == 1
