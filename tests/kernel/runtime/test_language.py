"""Chinese first, English second: how the language is chosen and that nothing lacks its translation."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from services.kernel.runtime import language
from services.kernel.runtime.pages import KERNEL
from tests.house.translations import untranslated
from tests.kernel.runtime.probe import HOME, PAGE


@pytest.mark.parametrize(
    ("accept", "tag"),
    [
        ("", "zh-CN"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("en-GB,en;q=0.9", "en"),
        ("fr,en;q=0.5,zh;q=0.4", "en"),
        ("fr-FR", "zh-CN"),
        ("en;q=0.3,zh;q=0.8", "zh-CN"),
        ("en;q=much", "zh-CN"),
    ],
)
async def test_the_browsers_wish_is_weighed(client: httpx.AsyncClient, accept: str, tag: str) -> None:
    answer = await client.get("/intake/open", headers={**PAGE, "accept-language": accept})
    assert answer.headers["content-language"] == tag
    assert f'<html lang="{tag}">' in answer.text


async def test_a_chosen_language_is_kept(client: httpx.AsyncClient) -> None:
    await client.get("/intake/open?lang=en", headers=PAGE)
    answer = await client.get("/intake/open", headers={**PAGE, "accept-language": "zh-CN"})
    assert "Trial page" in answer.text
    assert "Skip to content" in answer.text


async def test_the_page_offers_itself_in_the_other_language(client: httpx.AsyncClient) -> None:
    answer = await client.get("/intake/open?page=2&lang=zh", headers=PAGE)
    assert 'href="/intake/open?page=2&amp;lang=en"' in answer.text


async def test_problems_speak_the_readers_language(client: httpx.AsyncClient) -> None:
    answer = await client.get("/intake/fails/refused", headers={"accept-language": "en"})
    assert answer.json()["title"] == "Not accepted: closed"


async def test_answers_say_that_they_vary(client: httpx.AsyncClient) -> None:
    answer = await client.get("/intake/open", headers=PAGE)
    assert answer.headers["vary"] == "Accept-Language, Cookie"


def test_everything_the_kernel_says_has_an_english_form() -> None:
    assert untranslated(KERNEL) == []


def test_a_missing_translation_is_found(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.html").write_text('{{ _("送审稿") }}{{ _("待办") }}', "utf-8")
    assert untranslated(tmp_path, KERNEL, HOME) == ["送审稿"]


def test_english_has_a_plural() -> None:
    catalogue = language.Catalogue.load([KERNEL])
    with language.reading("en"):
        forms = [catalogue.ngettext("有%(num)s处需要改", "有%(num)s处需要改", number) for number in (1, 2)]
    assert forms == ["%(num)s thing to correct", "%(num)s things to correct"]


def test_a_word_without_translation_reads_as_its_source() -> None:
    with language.reading("en"):
        assert language.Catalogue.load([KERNEL]).gettext("无此词") == "无此词"
