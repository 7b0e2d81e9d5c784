"""The interface for programs: inbox pages by keyset, counts, claims, and plan tasks."""

from __future__ import annotations

from base64 import b64encode
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.kernel.contracts.tasks import RecordProgress
from services.kernel.runtime.blobs import Blobs
from services.tasks.activities import Activities
from services.tasks.shown.lists import PAGE
from tests.tasks.builders import CHENG, HE, LU, SU, a_deadline, a_document, a_plan, an_item, closing
from tests.tasks.conftest import Office
from tests.tasks.test_progress import AHEAD

DAYS = {
    "late": date(2026, 11, 20),
    "today": date(2026, 11, 23),
    "soon": date(2026, 11, 25),
    "ahead": date(2026, 12, 11),
}


async def post_days(activities: Activities) -> None:
    for key in ("ahead", "today", "late", "soon"):
        await activities.post_item(an_item(key, due=DAYS[key], document=a_document(title=f"办法{key}")))
    await activities.post_item(an_item("unknown", due=None, document=a_document(title="办法unknown")))


def titles(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [item["title"].removeprefix("办法") for item in answer["items"]]


async def test_what_is_due_first_stands_first(activities: Activities, office: Office) -> None:
    await post_days(activities)
    async with office.program(LU) as client:
        answer = (await client.get("/tasks/items")).json()
    assert titles(answer) == ["late", "today", "soon", "ahead", "unknown"]
    assert [item["due"]["light"] for item in answer["items"]] == ["overdue", "today", "soon", "ahead", "none"]


async def test_counts_say_how_many_stand_under_each_light(activities: Activities, office: Office) -> None:
    await post_days(activities)
    provisional = a_deadline(date(2028, 1, 5), provisional=True)
    await activities.post_item(an_item("provisional").model_copy(update={"due": provisional}))
    async with office.program(LU) as client:
        counts = (await client.get("/tasks/items")).json()["counts"]
    assert counts == {
        "mine": 6, "overdue": 1, "today": 1, "soon": 1, "ahead": 1, "unknown": 1, "undated": 1, "unit": 0, "done": 0, "by_me": 0, "watched": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("due=overdue", ["late"]),
        ("due=today", ["today"]),
        ("due=soon", ["today", "soon"]),
        ("due=week", ["today", "soon"]),
        ("due=later", ["ahead"]),
        ("kind=NORMATIVE&unit=urban&q=办法", ["late", "today", "soon", "ahead", "unknown"]),
        ("kind=WORK_PLAN", []),
        ("unit=justice", []),
        ("by=arrival", ["ahead", "today", "late", "soon", "unknown"]),
        ("by=document", ["ahead", "late", "soon", "today", "unknown"]),
        ("q=SOON", ["soon"]),
        ("q=%25", []),
        ("stage=signing", []),
    ],
)
async def test_filters_narrow_the_page(activities: Activities, office: Office, asked: str, expected: list[str]) -> None:
    await post_days(activities)
    async with office.program(LU) as client:
        answer = (await client.get(f"/tasks/items?{asked}")).json()
    assert titles(answer) == expected


async def test_one_document_can_be_picked_out(activities: Activities, office: Office) -> None:
    await post_days(activities)
    message = an_item("other", document=a_document(title="办法other"))
    await activities.post_item(message)
    async with office.program(LU) as client:
        answer = (await client.get(f"/tasks/items?document_id={message.document.document_id}")).json()
    assert titles(answer) == ["other"]


async def test_pages_follow_each_other_without_gap_or_repeat(activities: Activities, office: Office) -> None:
    for number in range(PAGE + 5):
        due = DAYS["ahead"] if number % 2 else None
        await activities.post_item(an_item(f"item {number}", due=due))
    async with office.program(LU) as client:
        first = (await client.get("/tasks/items")).json()
        second = (await client.get("/tasks/items", params={"after": first["next"]})).json()
    seen = [item["id"] for item in first["items"] + second["items"]]
    assert (len(first["items"]), len(second["items"]), len(set(seen))) == (PAGE, 5, PAGE + 5)
    assert second["next"] is None


@pytest.mark.parametrize("after", ["rubbish", "MjAyNi0xMS0yM3x4", "MjAyNi0xMS0yMw"])
async def test_a_place_that_is_none_is_refused(office: Office, after: str) -> None:
    async with office.program(LU) as client:
        answer = await client.get(f"/tasks/items?after={after}")
    assert (answer.status_code, answer.json()["code"]) == (422, "inbox.after")


async def test_what_a_colleague_has_stands_under_the_other_tab(activities: Activities, office: Office) -> None:
    posted = await activities.post_item(an_item())
    async with office.program(SU) as client:
        await client.post(f"/tasks/items/{posted.item_id}/claim")
    async with office.program(LU) as client:
        mine = (await client.get("/tasks/items")).json()
        unit = (await client.get("/tasks/items?view=unit")).json()
    assert (mine["items"], mine["counts"]["unit"]) == ([], 1)
    assert unit["items"][0]["holder"] == {
        "unit_id": "justice",
        "unit_name": "区司法局",
        "person_name": "苏禾",
        "deputy_name": None,
    }


async def test_what_was_closed_this_month_stands_last_closed_first(activities: Activities, office: Office) -> None:
    for key in ("first", "second"):
        await activities.post_item(an_item(key, document=a_document(title=f"办法{key}")))
        await activities.close_item(closing(key))
    office.now = datetime.now(ZoneInfo("Asia/Shanghai"))
    async with office.program(LU) as client:
        answer = (await client.get("/tasks/items?view=done")).json()
    assert titles(answer) == ["second", "first"]
    assert (answer["counts"]["done"], answer["items"][0]["outcome_words"]) == (2, "合法")


async def test_items_of_other_offices_are_not_shown(activities: Activities, office: Office) -> None:
    posted = await activities.post_item(an_item())
    async with office.program(HE) as client:
        assert (await client.get("/tasks/items")).json()["items"] == []
        assert (await client.get(f"/tasks/items/{posted.item_id}")).status_code == 404


async def test_an_item_names_its_rule_with_the_article(activities: Activities, office: Office) -> None:
    posted = await activities.post_item(an_item(due=DAYS["soon"]))
    async with office.program(LU) as client:
        item = (await client.get(f"/tasks/items/{posted.item_id}")).json()["item"]
    assert item["rule"]["id"] == "legality.term"
    assert item["rule"]["article"]


async def test_a_claim_sent_twice_with_its_key_is_carried_out_once(activities: Activities, office: Office) -> None:
    posted = await activities.post_item(an_item())
    path, key = f"/tasks/items/{posted.item_id}/claim", {"Idempotency-Key": "claim-1"}
    async with office.program(LU) as client:
        first = await client.post(path, headers=key)
        await client.post(f"/tasks/items/{posted.item_id}/release")
        again = await client.post(path, headers=key)
        now = (await client.get(f"/tasks/items/{posted.item_id}")).json()["item"]
    assert (first.json(), again.headers["Idempotent-Replayed"]) == (again.json(), "true")
    assert now["state"] == "open"


async def test_a_refused_claim_says_who_has_the_item(activities: Activities, office: Office) -> None:
    posted = await activities.post_item(an_item())
    async with office.program(LU) as client:
        await client.post(f"/tasks/items/{posted.item_id}/claim")
    async with office.program(SU) as client:
        answer = await client.post(f"/tasks/items/{posted.item_id}/claim")
    assert (answer.status_code, answer.json()["code"]) == (409, "item.claimed")
    assert answer.json()["detail"] == "区司法局的陆闻溪已经领取这一件。"


async def test_nobody_reads_the_inbox_without_a_key(office: Office) -> None:
    async with office.visitor() as client:
        assert (await client.get("/tasks/items")).status_code == 401


async def first_task(activities: Activities, blobs: Blobs, office: Office) -> tuple[UUID, str]:
    message = await a_plan(blobs, AHEAD)
    await activities.make_tasks(message)
    async with office.program(SU) as client:
        page = (await client.get(f"/tasks/plans/{message.document.document_id}")).json()
    return message.document.document_id, page["tasks"][0]["id"]


async def test_a_plan_shows_its_tasks_and_units_that_add_up(
    activities: Activities, blobs: Blobs, office: Office
) -> None:
    document_id, _ = await first_task(activities, blobs, office)
    async with office.program(CHENG) as client:
        page = (await client.get(f"/tasks/plans/{document_id}")).json()
        plans = (await client.get("/tasks/plans")).json()
    assert plans == [page["plan"]]
    assert sum(group["total"] for group in page["groups"]) == page["plan"]["total"] == 4
    assert page["plan"]["lights"]["overdue"] == 1


async def test_progress_with_its_file_is_kept(activities: Activities, blobs: Blobs, office: Office) -> None:
    _, task = await first_task(activities, blobs, office)
    told = {
        "percent": 40,
        "words": "初稿完成。",
        "evidence": [{"name": "初稿.txt", "content": b64encode(b"x").decode()}],
    }
    async with office.program(SU) as client:
        answer = await client.post(f"/tasks/plan-tasks/{task}/progress", json=told)
        page = (await client.get(f"/tasks/plan-tasks/{task}")).json()
    assert (answer.status_code, answer.json()["percent"]) == (200, 40)
    assert await blobs.get(page["history"][0]["files"][0]["hash"]) == b"x"


async def test_a_share_over_a_hundred_is_refused(activities: Activities, blobs: Blobs, office: Office) -> None:
    _, task = await first_task(activities, blobs, office)
    async with office.program(SU) as client:
        answer = await client.post(f"/tasks/plan-tasks/{task}/progress", json={"percent": 101, "words": "完成。"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "percent")


async def test_a_task_goes_from_proposal_to_acceptance(activities: Activities, blobs: Blobs, office: Office) -> None:
    _, task = await first_task(activities, blobs, office)
    async with office.program(SU) as client:
        proposed = await client.post(f"/tasks/plan-tasks/{task}/completion", json={"words": "目录已经公布。"})
    async with office.program(CHENG) as client:
        may = (await client.get(f"/tasks/plan-tasks/{task}")).json()["may"]
        accepted = await client.post(f"/tasks/plan-tasks/{task}/acceptance", json={"decision": "accept"})
    assert (proposed.json()["health"], may, accepted.json()["health"]) == ("proposed", ["accept"], "done")


async def test_an_extension_is_asked_for_and_approved(activities: Activities, blobs: Blobs, office: Office) -> None:
    _, task = await first_task(activities, blobs, office)
    wish = {"to_on": "2091-01-31", "reason": "上级目录尚未公布。"}
    async with office.program(SU) as client:
        asked = await client.post(f"/tasks/plan-tasks/{task}/extension", json=wish)
    async with office.program(CHENG) as client:
        decided = await client.post(f"/tasks/plan-tasks/{task}/extension-decision", json={"decision": "approve"})
    assert asked.status_code == 200
    assert (decided.json()["due_on"], decided.json()["original_due_on"]) == ("2091-01-31", "2090-10-31")


async def test_a_refusal_over_http_names_code_and_rule(activities: Activities, blobs: Blobs, office: Office) -> None:
    _, task = await first_task(activities, blobs, office)
    async with office.program(CHENG) as client:
        answer = await client.post(f"/tasks/plan-tasks/{task}/acceptance", json={"decision": "accept"})
    assert (answer.status_code, answer.json()["code"], answer.json()["rule"]) == (
        409,
        "completion.none",
        "plan.close_out",
    )


async def test_yearly_reports_are_listed_and_read(activities: Activities, blobs: Blobs, office: Office) -> None:
    document_id, _ = await first_task(activities, blobs, office)
    await activities.record_progress(RecordProgress(document_id=document_id, year=2026))
    path = f"/tasks/plans/{document_id}/progress-reports"
    async with office.program(CHENG) as client:
        reports = (await client.get(path)).json()
        content = (await client.get(f"{path}/2026")).json()
        missing = await client.get(f"{path}/2025")
    assert [report["year"] for report in reports] == [2026]
    assert (content["counts"]["total"], missing.status_code) == (4, 404)


@pytest.mark.parametrize(
    "path",
    [
        "/tasks/plans/01a20424-e68a-761a-8498-76febc922267",
        "/tasks/plan-tasks/01a20424-e68a-761a-8498-76febc922267",
        "/tasks/items/01a20424-e68a-761a-8498-76febc922267",
    ],
)
async def test_what_does_not_exist_is_not_found(office: Office, path: str) -> None:
    async with office.program(CHENG) as client:
        assert (await client.get(path)).status_code == 404
