"""Letters and visits from a sheet: errors by row, all or none, the same sheet once, receipts to answer by."""

from __future__ import annotations

import csv
import io
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.intake.domain.entries import HEAD, Span, anchor_in, understand
from services.kernel.procedure.deadlines import OFFICE_ZONE
from services.kernel.runtime.sheets import csv_bytes
from services.kernel.text.clauses import clauses
from tests.intake.builders import DRAFT, Web

CLAUSES = clauses(DRAFT)
OPENS = datetime(2026, 3, 2, 9, 0, tzinfo=OFFICE_ZONE)
SPAN = Span(OPENS, OPENS + timedelta(weeks=2), OPENS + timedelta(weeks=3))


def a_row(**changes: str) -> list[str]:
    given = {
        "channel": "信函",
        "at": "2026-03-03 14:30",
        "clause": "第三条",
        "body": "应当每月清洗。",
        "name": "",
        "contact": "",
    }
    return list((given | changes).values())


def codes(*rows: list[str]) -> list[tuple[int, str, str]]:
    found = understand([list(HEAD), *rows], CLAUSES, SPAN)
    return [(one.row, one.column, one.code) for one in found.faults]


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"channel": "飞鸽"}, "收到的方式", "comment.channel"),
        ({"channel": "网上"}, "收到的方式", "comment.channel"),
        ({"at": "上周二"}, "收到的时刻", "comment.outside_window"),
        ({"at": "2026-03-03"}, "收到的时刻", "comment.outside_window"),
        ({"at": "2026-13-40 25:00"}, "收到的时刻", "comment.outside_window"),
        ({"at": "2026-03-02 08:59"}, "收到的时刻", "comment.outside_window"),
        ({"at": "2026-03-16 09:00"}, "收到的时刻", "comment.outside_window"),
        ({"clause": "第九十九条"}, "条款", "comment.clause"),
        ({"body": ""}, "意见", "comment.body"),
        ({"body": "长" * 5001}, "意见", "comment.body"),
        ({"name": "名" * 101}, "称呼", "comment.body"),
    ],
)
def test_each_mistake_has_its_row_column_and_code(changes: dict[str, str], column: str, code: str) -> None:
    assert codes(a_row(), a_row(body="另一封", **changes) if "body" not in changes else a_row(**changes)) == [
        (3, column, code)
    ]


@pytest.mark.parametrize("at", ["2026-03-03 14:30", "2026/3/3 14:30", "2026年3月3日14时30分", "2026-03-03 14:30:00", "2026-03-03T14:30"])  # fmt: skip
def test_an_hour_may_be_written_in_several_ways(at: str) -> None:
    (entry,) = understand([list(HEAD), a_row(at=at)], CLAUSES, SPAN).entries

    assert entry.received_at.astimezone(OFFICE_ZONE).isoformat() == "2026-03-03T14:30:00+08:00"


@pytest.mark.parametrize("wish", ["第三条", "art-3", "第3条", "3", "三"])
def test_a_clause_may_be_called_in_words(wish: str) -> None:
    assert anchor_in(CLAUSES, wish) == "art-3"


def test_equal_words_are_a_warning_only() -> None:
    found = understand([list(HEAD), a_row(), a_row(body="应当每月清洗！")], CLAUSES, SPAN)

    assert ([one.code for one in found.faults], found.errors, len(found.entries)) == (["entries.alike"], (), 2)


def now(minutes: int = 5) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).astimezone(OFFICE_ZONE).strftime("%Y-%m-%d %H:%M")


async def a_window(web: Web) -> UUID:
    return await web.desk.opens_window(await web.desk.submits(), starts_in=-7200.0, lasts=14400.0)


async def previews(web: Web, window_id: UUID, data: bytes) -> dict[str, Any]:
    given = {"file": {"name": "来信.csv", "content": b64encode(data).decode()}}
    told: dict[str, Any] = (await web.posts(f"/intake/windows/{window_id}/entry-sheets", given)).json()
    return told


async def confirms(web: Web, window_id: UUID, told: dict[str, Any]) -> dict[str, Any]:
    path = f"/intake/windows/{window_id}/entry-sheets/{told['preview_id']}"
    done: dict[str, Any] = (await web.posts(path, {"token": told["token"]})).json()
    return done


async def test_a_sheet_is_entered_with_who_and_when_and_a_receipt_for_each(web: Web) -> None:
    window_id = await a_window(web)
    rows = [
        a_row(at=now(), name="陈女士", contact="13800001234"),
        a_row(at=now(6), channel="电话", body="=太贵", clause=""),
    ]

    told = await previews(web, window_id, csv_bytes([list(HEAD), *rows]))
    done = await confirms(web, window_id, told)

    async with web.desk.db.read() as conn:
        kept = await conn.fetch("select channel, body, clause, entered_by, entered_at from comments order by channel")
    assert (told["faults"], told["entries"], done["entered"]) == ([], 2, 2)
    assert [(row["channel"], row["body"], row["clause"]) for row in kept] == [
        ("letter", "应当每月清洗。", "art-3"),
        ("phone", "=太贵", ""),
    ]
    assert all(row["entered_by"] == "he-xu" and row["entered_at"] for row in kept)
    assert len({one["receipt"] for one in done["receipts"]}) == 2


async def test_one_wrong_row_keeps_all_rows_out(web: Web) -> None:
    window_id = await a_window(web)

    told = await previews(web, window_id, csv_bytes([list(HEAD), a_row(at=now()), a_row(at="x")]))

    assert [(one["row"], one["code"]) for one in told["faults"]] == [(3, "comment.outside_window")]
    assert told["preview_id"] is None


async def test_a_double_click_and_the_same_sheet_again_enter_once(web: Web) -> None:
    window_id = await a_window(web)
    data = csv_bytes([list(HEAD), a_row(at=now())])
    told = await previews(web, window_id, data)

    first, second = await confirms(web, window_id, told), await confirms(web, window_id, told)
    again = await previews(web, window_id, data)
    third = await confirms(web, window_id, again)

    assert first["batch_id"] == second["batch_id"] == third["batch_id"] == again["entered_before"]
    assert [one["code"] for one in again["faults"]] == ["entries.alike"]
    async with web.desk.db.read() as conn:
        assert await conn.fetchval("select count(*) from comments") == 1


async def test_gb18030_is_read_and_nothing_is_entered_after_the_result(web: Web) -> None:
    from services.kernel.contracts.intake import RecordSummary

    window_id = await a_window(web)
    data = "\r\n".join(",".join(row) for row in (HEAD, a_row(at=now()))).encode("gb18030")
    told = await previews(web, window_id, data)
    await web.desk.closes_now(window_id)
    await web.desk.activities.record_summary(RecordSummary(window_id=window_id))

    assert told["entries"] == 1
    assert (await confirms(web, window_id, told))["code"] == "window.summary_recorded"


async def test_no_name_lies_open_in_a_preview(web: Web) -> None:
    window_id = await a_window(web)
    await previews(web, window_id, csv_bytes([list(HEAD), a_row(at=now(), name="陈女士")]))

    async with web.desk.db.read() as conn:
        assert "陈女士" not in str([tuple(row) for row in await conn.fetch("select rows, name from sheet_previews")])


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_by_page_from_the_template_to_the_receipts(web: Web, language: str) -> None:
    window_id = await a_window(web)
    path = f"/intake/consultation/{window_id}/entries"
    headers = {**web.as_("he-xu"), "Accept": "text/html", "Accept-Language": language}
    template = await web.client.get(f"{path}/template/csv", headers=headers)
    head = next(csv.reader(io.StringIO(template.content.decode("utf-8-sig"), newline="")))
    data = csv_bytes([head, a_row(at=now(), body="<i>信</i>")])

    wrong = await web.client.post(path, headers=headers, files={"file": ("来信.csv", csv_bytes([head, a_row(at="")]))})
    shown = await web.client.post(path, headers=headers, files={"file": ("来信.csv", data)})
    action = shown.text.partition(f'action="{path}/')[2].partition('"')[0]
    token = shown.text.partition('name="token" value="')[2].partition('"')[0]
    done = await web.client.post(f"{path}/{action}", headers=headers, data={"token": token})
    batch = await web.client.get(done.headers["Location"], headers=headers)
    receipts = await web.client.get(f"{done.headers['Location']}/receipts", headers=headers)

    assert (wrong.status_code, shown.status_code, done.status_code, batch.status_code) == (422, 200, 303, 200)
    assert "<i>信" not in batch.text
    assert len(list(csv.reader(io.StringIO(receipts.content.decode("utf-8-sig"), newline="")))) == 2
    assert (await web.client.get(f"{path}/template/xlsx", headers=headers)).content.startswith(b"PK")
