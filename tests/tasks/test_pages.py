"""Pages: they answer without script, in both languages, with word and shape for each state, and escape what people write."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from lxml import html

from services.kernel.contracts.tasks import RecordProgress
from services.kernel.runtime.blobs import Blobs
from services.tasks.activities import Activities
from tests.tasks.builders import CHENG, HE, LU, PLAN, SONG, SU, a_deadline, a_document, a_plan, an_item, closing
from tests.tasks.conftest import Browser, Office
from tests.tasks.test_progress import AHEAD

EVIL = "<script>alert(1)</script>办法"


def words(page: str) -> str:
    """What a reader sees, blanks folded."""
    return re.sub(r"\s+", " ", html.fromstring(page).text_content())


async def test_the_inbox_says_how_many_wait_and_how_urgently(activities: Activities, office: Office) -> None:
    for key, day in (("a", date(2026, 11, 20)), ("b", date(2026, 11, 23)), ("c", date(2026, 12, 11))):
        await activities.post_item(an_item(key, due=day))
    async with office.person(LU) as browser:
        page = await browser.open("/tasks/inbox")
    assert "等您办理3件：逾期1 今日到期1 正常1" in words(page)
    lights = html.fromstring(page).xpath("//tbody//td[1]/span[contains(@class, 'light')]")
    assert [(light.get("class"), light.text) for light in lights] == [
        ("light stop", "逾期1个工作日"),
        ("light warn", "今日到期"),
        ("light go", "还有14个工作日"),
    ]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 9, 30, 2, tzinfo=UTC), "还有1个工作日"),
        (datetime(2026, 10, 1, 2, tzinfo=UTC), "还有1个工作日"),
        (datetime(2026, 10, 8, 2, tzinfo=UTC), "今日到期"),
        (datetime(2026, 10, 10, 2, tzinfo=UTC), "逾期2个工作日"),
    ],
)
async def test_words_of_a_due_date_know_the_national_day(
    activities: Activities, office: Office, now: datetime, expected: str
) -> None:
    await activities.post_item(an_item(due=date(2026, 10, 8)))
    office.now = now
    async with office.person(LU) as browser:
        assert expected in words(await browser.open("/tasks/inbox"))


async def test_a_date_that_cannot_be_fixed_is_not_guessed(activities: Activities, office: Office) -> None:
    due = a_deadline(date(2028, 1, 5), provisional=True)
    await activities.post_item(an_item().model_copy(update={"due": due}))
    async with office.person(LU) as browser:
        page = words(await browser.open("/tasks/inbox"))
    assert "暂不能确定" in page
    assert "有关年份的放假安排尚未载入" in page
    assert "2028" not in page


async def test_an_item_says_why_it_is_here_and_what_happens_if_nothing_is_done(
    activities: Activities, office: Office
) -> None:
    posted = await activities.post_item(an_item(due=date(2026, 11, 25)))
    async with office.person(LU) as browser:
        page = words(await browser.open(f"/tasks/inbox/{posted.item_id}"))
    assert "由承担“合法性审核”职责的人员办理" in page
    assert "国办发〔2018〕115号" in page
    assert "2026年11月25日（周三）" in page or "2026年11月25日 24:00" in page
    assert "系统不会替您作出决定" in page


async def test_an_item_is_claimed_and_released_by_forms(activities: Activities, office: Office) -> None:
    posted = await activities.post_item(an_item())
    path = f"/tasks/inbox/{posted.item_id}"
    async with office.person(LU) as browser:
        claimed = await browser.send("/tasks/inbox", f"{path}/claim")
        assert (claimed.status_code, claimed.headers["Location"]) == (303, f"{path}?did=claimed")
        assert "您已领取" in words(await browser.open(claimed.headers["Location"]))
        released = await browser.send("/tasks/inbox", f"{path}/release")
        assert "已经退回" in words(await browser.open(released.headers["Location"]))


async def test_a_colleagues_item_shows_who_has_it(activities: Activities, office: Office) -> None:
    posted = await activities.post_item(an_item())
    async with office.person(SU) as browser:
        await browser.send("/tasks/inbox", f"/tasks/inbox/{posted.item_id}/claim")
    async with office.person(LU) as browser:
        assert "苏禾在办" in words(await browser.open("/tasks/inbox?view=unit"))
        assert "苏禾已经领取，正在办理" in words(await browser.open(f"/tasks/inbox/{posted.item_id}"))


async def test_a_claim_that_came_too_late_says_so_on_a_page(activities: Activities, office: Office) -> None:
    posted = await activities.post_item(an_item())
    path = f"/tasks/inbox/{posted.item_id}"
    async with office.person(LU) as late, office.person(SU) as early:
        await early.send(path, f"{path}/claim")
        answer = await late.send(path, f"{path}/claim")
    assert answer.status_code == 409
    assert "区司法局的苏禾已经领取这一件。" in words(answer.text)


async def test_the_badge_is_a_number(activities: Activities, office: Office) -> None:
    for key in "ab":
        await activities.post_item(an_item(key))
    async with office.person(LU) as browser:
        assert await browser.open("/tasks/inbox/count") == "2"


@pytest.mark.parametrize("view", ["mine", "unit", "tasks", "done"])
async def test_an_empty_tab_says_what_that_means(office: Office, view: str) -> None:
    async with office.person(LU) as browser:
        page = html.fromstring(await browser.open(f"/tasks/inbox?view={view}"))
    assert page.xpath("//div[@class='empty']/h3")


async def test_a_filter_without_a_hit_offers_the_way_back(activities: Activities, office: Office) -> None:
    await activities.post_item(an_item())
    async with office.person(LU) as browser:
        page = await browser.open("/tasks/inbox?view=mine&stage=&due=overdue&q=水")
    assert "没有符合条件的事项" in words(page)


async def test_closed_items_show_their_outcome(activities: Activities, office: Office) -> None:
    await activities.post_item(an_item())
    await activities.close_item(closing())
    async with office.person(LU) as browser:
        page = html.fromstring(await browser.open("/tasks/inbox?view=done"))
    assert page.xpath("string(//tbody//td[1]/span)") == "合法"


async def test_what_people_write_is_escaped(activities: Activities, office: Office) -> None:
    posted = await activities.post_item(an_item(document=a_document(title=EVIL)))
    async with office.person(LU) as browser:
        for path in ("/tasks/inbox", f"/tasks/inbox/{posted.item_id}"):
            assert "<script>alert" not in await browser.open(path)


async def test_the_inbox_reads_in_english(activities: Activities, office: Office) -> None:
    await activities.post_item(an_item(due=date(2026, 11, 24)))
    async with office.person(LU, "en") as browser:
        page = words(await browser.open("/tasks/inbox"))
    assert "1 waiting for you" in page
    assert "1 working day left" in page
    assert "Why is this here?" in page


async def a_followed_plan(activities: Activities, blobs: Blobs, text: str = AHEAD) -> UUID:
    message = await a_plan(blobs, text)
    await activities.make_tasks(message)
    return message.document.document_id


async def task_path(browser: Browser, document_id: UUID, number: str) -> str:
    page = html.fromstring(await browser.open(f"/tasks/plan/{document_id}"))
    paths: list[str] = page.xpath(f"//table//a[starts-with(text(), '{number}．')]/@href")
    return paths[0]


async def test_the_board_shows_lights_and_what_is_late(activities: Activities, blobs: Blobs, office: Office) -> None:
    await a_followed_plan(activities, blobs)
    async with office.person(CHENG) as browser:
        page = words(await browser.open("/tasks"))
    assert "2．开展规范性文件清理" in page
    assert re.search(r"逾期 ?1 ?项", page)


async def test_an_empty_board_says_where_tasks_come_from(office: Office) -> None:
    async with office.person(CHENG) as browser:
        assert "还没有要督办的任务" in words(await browser.open("/tasks"))


async def test_a_plan_shows_bars_with_the_same_figures_in_a_table(
    activities: Activities, blobs: Blobs, office: Office
) -> None:
    rest = PLAN.replace("云溪区人民政府办公室\n", "其他任务应当在2026年11月30日前完成。\n\n云溪区人民政府办公室\n")
    document_id = await a_followed_plan(activities, blobs, rest)
    async with office.person(CHENG) as browser:
        page = html.fromstring(await browser.open(f"/tasks/plan/{document_id}"))
    bars = page.xpath("//*[local-name()='svg']//*[@class='label']/text()")
    assert len(bars) == len(page.xpath("//details//tbody/tr")) == 4
    assert any("逾期，完成0%" in bar for bar in bars)


async def test_sums_stand_beside_their_parts(activities: Activities, blobs: Blobs, office: Office) -> None:
    document_id = await a_followed_plan(activities, blobs)
    async with office.person(CHENG) as browser:
        page = html.fromstring(await browser.open(f"/tasks/plan/{document_id}"))
    parts = page.xpath("//section[@aria-labelledby='h-units']//tbody/tr/td[1]/text()")
    assert sum(map(int, parts)) == int(page.xpath("//section[@aria-labelledby='h-units']//tfoot//td[1]/text()")[0]) == 4


async def test_a_unit_outside_the_directory_is_marked(activities: Activities, blobs: Blobs, office: Office) -> None:
    document_id = await a_followed_plan(activities, blobs)
    async with office.person(CHENG) as browser:
        page = words(await browser.open(f"/tasks/plan/{document_id}"))
    assert "文中有2个单位名称不在名录里" in page


async def test_units_can_be_downloaded_without_formulas(activities: Activities, blobs: Blobs, office: Office) -> None:
    document_id = await a_followed_plan(activities, blobs, AHEAD.replace("牵头单位：区教育局", "牵头单位：=区教育局"))
    async with office.person(CHENG) as browser:
        text = await browser.open(f"/tasks/plan/{document_id}/units.csv")
    assert not re.search(r"^=", text, re.MULTILINE)
    assert len(text.strip().splitlines()) >= 3


async def test_yearly_reports_stand_on_the_plan(activities: Activities, blobs: Blobs, office: Office) -> None:
    document_id = await a_followed_plan(activities, blobs)
    await activities.record_progress(RecordProgress(document_id=document_id, year=2026))
    async with office.person(CHENG) as browser:
        assert "年度进展报告" in words(await browser.open(f"/tasks/plan/{document_id}"))


async def test_a_unit_finds_its_tasks_in_its_inbox(activities: Activities, blobs: Blobs, office: Office) -> None:
    await a_followed_plan(activities, blobs)
    async with office.person(SONG) as browser:
        page = words(await browser.open("/tasks/inbox?view=tasks"))
    assert "3．提升窗口服务" in page
    assert "1．完善执法事项目录" not in page


async def test_a_task_shows_the_sentence_behind_it(activities: Activities, blobs: Blobs, office: Office) -> None:
    document_id = await a_followed_plan(activities, blobs)
    async with office.person(HE) as browser:
        page = html.fromstring(await browser.open(await task_path(browser, document_id, "1")))
    assert "向社会公布区、街道两级行政执法事项目录" in page.xpath("string(//blockquote)")


async def test_a_task_goes_its_way_by_forms(activities: Activities, blobs: Blobs, office: Office) -> None:
    document_id = await a_followed_plan(activities, blobs)
    async with office.person(SU) as officer, office.person(CHENG) as supervisor:
        path = await task_path(officer, document_id, "1")
        done = await officer.send(path, f"{path}/progress", percent="70", pace="", words=EVIL)
        assert done.headers["Location"] == f"{path}?did=progress"
        await officer.send(path, f"{path}/extension", to_on="2091-01-31", reason="上级目录尚未公布。")
        await supervisor.send(path, f"{path}/extension-decision", decision="approve", words="同意。")
        await officer.send(path, f"{path}/completion", words="目录已经公布。")
        await supervisor.send(path, f"{path}/acceptance", decision="send_back", words="街道目录未公布。")
        await officer.send(path, f"{path}/completion", words="街道目录也已经公布。")
        await supervisor.send(path, f"{path}/acceptance", decision="accept", words="")
        page = await supervisor.open(path)
    assert "<script>alert" not in page
    story = re.findall(r"进展报告|申请延期|同意延期|申请销号|退回补办|同意销号", words(page).split("经过")[1])
    assert story == ["进展报告", "申请延期", "同意延期", "申请销号", "退回补办", "申请销号", "同意销号"]


async def test_a_file_comes_back_as_a_download(activities: Activities, blobs: Blobs, office: Office) -> None:
    document_id = await a_followed_plan(activities, blobs)
    async with office.person(SU) as browser:
        path = await task_path(browser, document_id, "1")
        form = html.fromstring(await browser.open(path)).xpath(f"//form[@action='{path}/progress']")[0]
        hidden = {field.name: field.value for field in form.xpath(".//input[@type='hidden']")}
        files = {"evidence": ("目录.html", b"<script>1</script>", "text/html")}
        await browser.client.post(f"{path}/progress", data={**hidden, "percent": "10", "words": "初稿。"}, files=files)
        link = html.fromstring(await browser.open(path)).xpath("//a[contains(@href, '/evidence/')]/@href")[0]
        answer = await browser.client.get(link)
        missing = await browser.client.get(f"{path}/evidence/{'0' * 64}")
    assert (answer.content, answer.headers["Content-Type"]) == (b"<script>1</script>", "application/octet-stream")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert missing.status_code == 404


@pytest.mark.parametrize(
    ("form", "fields", "field", "said"),
    [
        ("progress", {"percent": "120", "words": "完成。"}, "progress-percent", "100"),
        ("progress", {"percent": "", "words": "完成。"}, "progress-percent", "请填写完成比例"),
        ("progress", {"percent": "10", "words": ""}, "progress-words", "请写明进展情况"),
        ("completion", {"words": " "}, "completion-words", "请写明进展情况"),
        ("extension", {"to_on": "明年", "reason": "原因。"}, "extension-to_on", "请填写日期"),
        ("extension", {"to_on": "2026-01-01", "reason": "原因。"}, "extension-to_on", "请改到这一天以后"),
        ("extension", {"to_on": "2091-01-01", "reason": ""}, "extension-reason", "请写明理由"),
    ],
)
async def test_a_form_filled_in_wrongly_comes_back_with_what_to_change(
    activities: Activities, blobs: Blobs, office: Office, form: str, fields: dict[str, str], field: str, said: str
) -> None:
    document_id = await a_followed_plan(activities, blobs)
    async with office.person(SU) as browser:
        path = await task_path(browser, document_id, "1")
        answer = await browser.send(path, f"{path}/{form}", **fields)
    page = html.fromstring(answer.text)
    assert answer.status_code == 422
    assert page.xpath("//section[@class='errors']//a/@href") == [f"#{field}"]
    assert said in page.xpath(f"string(//*[@id='{field}-e'])")


async def test_who_may_do_nothing_sees_no_form(activities: Activities, blobs: Blobs, office: Office) -> None:
    document_id = await a_followed_plan(activities, blobs)
    async with office.person(LU) as browser:
        page = await browser.open(await task_path(browser, document_id, "1"))
    assert "这项任务现在不需要您办理。" in words(page)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_page_has_one_heading_and_no_loose_id(
    activities: Activities, blobs: Blobs, office: Office, language: str
) -> None:
    posted = await activities.post_item(an_item(due=date(2026, 11, 25)))
    document_id = await a_followed_plan(activities, blobs)
    async with office.person(SU, language) as browser:
        task = await task_path(browser, document_id, "2")
        item = f"/tasks/inbox/{posted.item_id}"
        paths = ("/tasks", f"/tasks/plan/{document_id}", task, "/tasks/inbox", item, "/tasks/inbox?view=tasks")
        pages = [html.fromstring(await browser.open(path)) for path in paths]
    for page in pages:
        ids = page.xpath("//@id")
        assert len(page.xpath("//h1")) == 1
        assert len(ids) == len(set(ids))
        assert set(page.xpath("//@aria-labelledby | //label/@for")) <= set(ids)


async def test_a_task_reads_in_english(activities: Activities, blobs: Blobs, office: Office) -> None:
    document_id = await a_followed_plan(activities, blobs)
    async with office.person(SU, "en") as browser:
        page = words(await browser.open(await task_path(browser, document_id, "2")))
    assert "Overdue" in page
    assert "Report progress" in page
    assert "Stage 1" in page
