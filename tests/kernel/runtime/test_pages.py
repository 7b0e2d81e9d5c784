"""How pages are drawn: navigation, days, hashes, changes, and nothing a text could smuggle in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import httpx
import jinja2
import pytest

from services.kernel.runtime import display, language
from services.kernel.runtime.pages import Pages
from services.kernel.runtime.settings import Settings
from tests.kernel.runtime.probe import HOME, PAGE, probe_app, sign_in, visiting

CLOCK = display.Clock(ZoneInfo("Asia/Shanghai"))


async def test_text_is_never_markup(client: httpx.AsyncClient) -> None:
    assert "&lt;b&gt;正文&lt;/b&gt;" in (await client.get("/intake/open", headers=PAGE)).text


async def test_the_public_sees_the_public_navigation(client: httpx.AsyncClient) -> None:
    page = (await client.get("/intake/open", headers=PAGE)).text
    assert [word for word in ("征求意见", "公报查询", "年度报告", "我的意见") if word not in page] == []
    assert "/tasks/inbox" not in page
    assert 'href="/sign-in?next=%2Fintake%2Fopen"' in page


async def test_staff_see_their_navigation_and_inbox(client: httpx.AsyncClient) -> None:
    await sign_in(client, "lu-wenxi", "justice")
    page = (await client.get("/intake/open", headers=PAGE)).text
    assert '<li><a href="/intake" aria-current="true">文件报送</a></li>' in page
    assert 'hx-get="/tasks/inbox/count"' in page
    assert "陆闻溪（区司法局）" in page


async def test_demo_settings_are_announced_on_every_page(settings: Settings, client: httpx.AsyncClient) -> None:
    assert "演示设置生效中" not in (await client.get("/intake/open", headers=PAGE)).text
    async with visiting(probe_app(settings.model_copy(update={"overlays": ("demo",)}))) as demo:
        assert "演示设置生效中" in (await demo.get("/intake/open", headers=PAGE)).text


async def test_files_of_the_look_carry_their_hash(client: httpx.AsyncClient) -> None:
    page = (await client.get("/intake/open", headers=PAGE)).text
    address = page.split('<link rel="stylesheet" href="')[1].split('"')[0]
    styles = await client.get(address)
    assert "immutable" in styles.headers["cache-control"]
    assert "immutable" not in (await client.get("/static/fawen.css?v=000000000000")).headers["cache-control"]


def test_a_word_that_a_template_lacks_is_an_error(settings: Settings) -> None:
    pages = Pages("intake", settings, HOME)
    with pytest.raises(jinja2.UndefinedError):
        pages.environment.from_string("{{ nobody_gave_this }}").render()


def test_a_day_is_written_with_its_weekday() -> None:
    assert CLOCK.when(date(2026, 11, 30)) == '<time datetime="2026-11-30">2026年11月30日（周一）</time>'


def test_an_instant_is_written_in_the_offices_zone() -> None:
    written = CLOCK.when(datetime(2026, 11, 6, 1, 0, tzinfo=UTC))
    assert written == '<time datetime="2026-11-06T09:00+08:00">2026年11月6日 09:00</time>'


def test_the_end_of_a_day_is_its_twenty_fourth_hour() -> None:
    written = CLOCK.until(datetime(2026, 12, 7, 16, 0, tzinfo=UTC))
    assert written == '<time datetime="2026-12-08T00:00+08:00">2026年12月7日（周一） 24:00</time>'


def test_an_end_within_the_day_keeps_its_hour() -> None:
    assert "2026年12月7日 17:30" in CLOCK.until(datetime(2026, 12, 7, 9, 30, tzinfo=UTC))


def test_a_receipt_shows_seconds() -> None:
    assert "10:21:07" in CLOCK.when_exact(datetime(2026, 11, 23, 2, 21, 7, tzinfo=UTC))


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        CLOCK.when(datetime(2026, 11, 23, 2, 21))  # noqa: DTZ001


def test_english_dates_are_english() -> None:
    with language.reading("en"):
        assert "Monday 30 November 2026" in CLOCK.when(date(2026, 11, 30))
        assert "7 December 2026, 24:00" in CLOCK.until(datetime(2026, 12, 7, 16, 0, tzinfo=UTC))
        assert "30 November" in CLOCK.when_short(date(2026, 11, 30))


@pytest.mark.parametrize("value", ["b71e09c45d2a7f3e", "sha256:b71e09c45d2a7f3e", bytes.fromhex("b71e09c45d2a7f3e")])
def test_a_hash_shows_its_first_twelve_digits(value: str | bytes) -> None:
    assert display.short_hash(value) == "b71e 09c4 5d2a"


def test_changes_are_told_to_listeners_too() -> None:
    runs = [
        SimpleNamespace(op="equal", text="每"),
        SimpleNamespace(op="delete", text="月"),
        SimpleNamespace(op="insert", text="<两个月>"),
    ]
    assert display.diff(runs) == (
        '每<del><span class="vh">［删去：</span>月<span class="vh">］</span></del>'
        '<ins><span class="vh">［新增：</span>&lt;两个月&gt;<span class="vh">］</span></ins>'
    )


def test_a_title_breaks_only_between_words() -> None:
    written = display.title_breaks("云溪区街面餐饮油烟管理办法（试行）")
    assert written.replace("<wbr>", "") == "云溪区街面餐饮油烟管理办法（试行）"
    assert "管理<wbr>办法" in written or "管理办法" in written
    assert "（<wbr>" not in written
    assert "<wbr>）" not in written


def test_a_title_is_no_markup_either() -> None:
    assert "<script>" not in display.title_breaks("办法<script>alert(1)</script>")


def render(settings: Settings, template: str, **context: object) -> str:
    return Pages("intake", settings, HOME).environment.from_string(template).render(**context)


def test_a_table_stays_a_table_on_a_phone(settings: Settings) -> None:
    page = render(
        settings,
        '{% from "macros.jinja" import cards %}{{ cards("待办", ["文件", "到期"], rows) }}',
        rows=[{"cells": ["管理办法", "11月30日"], "urgent": True}],
    )
    assert '<table class="cards" role="table">' in page
    assert '<th role="rowheader" scope="row">管理办法</th>' in page
    assert '<td role="cell" data-h="到期">11月30日</td>' in page


def test_steps_have_words_not_only_colours(settings: Settings) -> None:
    items = [
        {"name": "起草", "state": "done"},
        {"name": "合法性审核", "state": "now"},
        {"name": "公布", "state": "off"},
    ]
    page = render(settings, '{% from "macros.jinja" import steps %}{{ steps(items) }}', items=items)
    assert '<li class="now" aria-current="step"><span>合法性审核</span> <small>进行中</small></li>' in page
    assert "第2步，共3步：<b>合法性审核</b>" in page


def test_an_error_stands_at_its_field_and_in_the_summary(settings: Settings) -> None:
    page = render(
        settings,
        '{% from "macros.jinja" import errors, field %}{{ errors(found) }}{{ field("title", "标题", error="不能用“条例”") }}',
        found=[{"field": "title", "label": "标题", "detail": "不能用“条例”"}],
    )
    assert '<a href="#title">标题：不能用“条例”</a>' in page
    assert 'aria-invalid="true" aria-describedby="title-e"' in page
    assert "有1处需要改" in page


def test_pages_are_counted_around_the_present_one(settings: Settings) -> None:
    page = render(settings, '{% from "macros.jinja" import pagination %}{{ pagination(3, 9, "?p={page}") }}')
    assert '<span aria-current="page">3</span>' in page
    assert 'href="?p=5"' in page
    assert 'href="?p=6"' not in page
