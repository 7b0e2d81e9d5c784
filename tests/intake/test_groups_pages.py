"""The result and the groups as pages: pictures with tables, sums, words escaped, forms without script."""

from __future__ import annotations

import re
from uuid import UUID, uuid4
from xml.etree import ElementTree as ET

import httpx
import pytest

from services.intake.shown.charts import Bar, bars, columns
from services.intake.store import groups
from services.kernel.contracts.intake import RecordSummary
from tests.intake.builders import Web

LESS = "建议把第三条的清洗频次由每两个月一次改为每半年一次，三张桌子的面馆油网上没有多少油。"
SCRIPT = "<script>alert('云溪')</script>"


async def a_result(web: Web, *bodies: str) -> UUID:
    window_id = await web.desk.opens_window(await web.desk.submits())
    for body in bodies:
        await web.desk.comments(window_id, body)
    await web.desk.closes_now(window_id)
    await web.desk.activities.record_summary(RecordSummary(window_id=window_id))
    return window_id


async def page(web: Web, path: str, *, person: str | None = "he-xu", language: str = "zh") -> str:
    headers = {**(web.as_(person) if person else {}), "Accept": "text/html", "Accept-Language": language}
    answer = await web.client.get(path, headers=headers, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


async def form(web: Web, path: str, **fields: object) -> httpx.Response:
    headers = {**web.as_("he-xu"), "Accept": "text/html"}
    return await web.client.post(path, data={"idempotency_key": str(uuid4()), **fields}, headers=headers)


async def first_group(web: Web, window_id: UUID) -> groups.Group:
    async with web.desk.db.read() as conn:
        return (await groups.groups_of(conn, window_id))[0]


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_result_is_text_pictures_and_tables_without_style_of_its_own(web: Web, language: str) -> None:
    window_id = await a_result(web, *[LESS] * 3, f"您好！{LESS}", SCRIPT)

    shown = await page(web, f"/intake/consultation/{window_id}/feedback", person=None, language=language)

    assert len(re.findall(r'<svg class="chart"', shown)) >= 4
    assert shown.count("<title id=") >= 4
    assert " style=" not in shown
    assert SCRIPT not in shown
    assert ("说的是同一件事的意见" if language == "zh" else "Opinions that say the same") in shown


async def test_each_table_of_the_result_adds_up(web: Web) -> None:
    window_id = await a_result(web, *[LESS] * 3, "同意。")

    shown = await page(web, f"/intake/consultation/{window_id}/feedback", person=None)

    for table in re.findall(r"<table.*?</table>", shown, re.DOTALL):
        body, _, foot = table.partition("<tfoot>")
        if foot:
            sums = [sum(map(int, column)) for column in zip(*_numbers(body), strict=True)]
            assert [str(found) for found in sums] == re.findall(r'<td class="num">(\d+)</td>', foot)


def _numbers(table: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", table.partition("<tbody>")[2], re.DOTALL)
    return [re.findall(r'<td class="num">(\d+)</td>', row) for row in rows]


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_person_splits_names_and_merges_by_form(web: Web, language: str) -> None:
    window_id = await a_result(web, LESS, f"您好！{LESS}", f"{LESS}谢谢。")
    group = await first_group(web, window_id)
    here = f"/intake/consultation/{window_id}/groups/{group.id}"
    shown = await page(web, here, language=language)
    chosen = re.findall(r'name="comment" id="[^"]+" value="([^"]+)"', shown)[0]

    split = await form(web, f"{here}/split", comment=chosen, name="<i>小面馆</i>", revision=group.revision)
    made = split.headers["Location"]
    assert "&lt;i&gt;小面馆" in await page(web, made, language=language)
    named = await form(web, f"{here}/name", name="清洗频次", revision=group.revision + 1)
    merged = await form(
        web, f"{here}/merge", other=made.partition("?")[0], revision=(await first_group(web, window_id)).revision
    )

    assert (split.status_code, named.status_code, merged.status_code) == (303, 303, 303)
    assert (await first_group(web, window_id)).size == 3
    listed = await page(web, f"/intake/consultation/{window_id}/groups", language=language)
    assert "清洗频次" in listed


async def test_a_form_filled_in_on_an_old_look_comes_back_with_the_reason(web: Web) -> None:
    window_id = await a_result(web, LESS, f"您好！{LESS}")
    group = await first_group(web, window_id)

    answer = await form(
        web, f"/intake/consultation/{window_id}/groups/{group.id}/name", name="甲", revision=group.revision + 5
    )

    assert answer.status_code == 409
    assert "刚刚被别人改动过" in answer.text


async def test_the_public_does_not_act_on_groups(web: Web) -> None:
    window_id = await a_result(web, LESS)

    assert (await web.gets(f"/intake/consultation/{window_id}/groups", person=None)).status_code == 401


@pytest.mark.parametrize("draw", [bars, columns])
@pytest.mark.parametrize("found", [[], [Bar("甲", 0, "0条")], [Bar(SCRIPT, n, f"{n}<") for n in range(40)]])
def test_a_picture_is_well_formed_and_escapes_its_words(draw: object, found: list[Bar]) -> None:
    assert callable(draw)

    drawn = str(draw("p", f"标题{SCRIPT}", found, about="说明 & 更多"))

    assert ET.fromstring(drawn).tag == "svg"  # noqa: S314
    assert "<script" not in drawn
    assert "style" not in drawn
