"""The opinions table as page, DOCX, XLSX and CSV: masked, harmless, a draft inside and public once published."""

from __future__ import annotations

import csv
import io
import zipfile
from uuid import UUID

import openpyxl
import pytest
from docx import Document

from services.intake.actions import filing
from services.intake.store import lines, windows
from services.kernel.contracts.intake import FileOpinions, PublishAnswers
from tests.intake.builders import Web
from tests.intake.test_answering import adopted, closed, gives, lines_of, refused

ATTACK = '=HYPERLINK("http://x","点我")，我的电话13800001234'
MARKUP = "<script>alert(1)</script>"


async def answered(web: Web, *, publish: bool = True) -> UUID:
    window_id = await closed(web.desk, ATTACK, MARKUP, "同意。", "同意！")
    found = await lines_of(web.desk, window_id)
    await gives(
        web.desk, window_id,
        *[refused("=1+1", group=line.key) if line.size == 1 else adopted(group=line.key, clause="第三条") for line in found],
    )  # fmt: skip
    if publish:
        await web.desk.activities.publish_answers(PublishAnswers(window_id=window_id))
    return window_id


async def download(web: Web, window_id: UUID, form: str, person: str | None = None) -> bytes:
    found = await web.gets(f"/intake/consultation/{window_id}/table/{form}", person=person)
    assert found.status_code == 200, found.text
    return found.content


async def test_the_workbook_holds_words_and_no_formulas(web: Web) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(await download(web, await answered(web), "xlsx"))).active
    assert sheet is not None

    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]

    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)
    assert not any("13800001234" in str(cell.value) for cell in cells)


async def test_the_csv_begins_no_cell_with_a_command(web: Web) -> None:
    text = (await download(web, await answered(web), "csv")).decode("utf-8-sig")

    rows = list(csv.reader(io.StringIO(text, newline="")))

    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert len(rows) == 4


async def test_the_paper_repeats_its_head_and_names_its_typefaces(web: Web) -> None:
    data = await download(web, await answered(web), "docx")

    table = Document(io.BytesIO(data)).tables[0]
    xml = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()

    assert len(table.rows) == 4
    assert ("<w:tblHeader/>" in xml, "仿宋_GB2312" in xml, "黑体" in xml) == (True, True, True)
    assert MARKUP in "".join(cell.text for row in table.rows for cell in row.cells)


@pytest.mark.parametrize("form", ["", "/docx", "/xlsx", "/csv", "/jsonl"])
async def test_before_publication_the_table_is_for_those_inside(web: Web, form: str) -> None:
    window_id = await answered(web, publish=False)

    outside = await web.gets(f"/intake/consultation/{window_id}/table{form}", person=None)
    inside = await web.gets(f"/intake/consultation/{window_id}/table{form}")

    assert outside.status_code == 404
    assert inside.status_code == (404 if form == "/jsonl" else 200)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_page_is_public_once_published_and_escapes_what_people_wrote(web: Web, language: str) -> None:
    window_id = await answered(web)
    headers = {"Accept": "text/html", "Accept-Language": language}

    shown = (await web.client.get(f"/intake/consultation/{window_id}/table", headers=headers)).text
    found = (await web.client.get(f"/intake/consultation/{window_id}/feedback?q=同意", headers=headers)).text

    assert MARKUP not in shown
    assert "13800001234" not in shown
    assert "HYPERLINK" in shown
    assert ("同意。" in found, "HYPERLINK" in found) == (True, False)


async def test_answers_are_found_by_result_and_clause(web: Web) -> None:
    window_id = await answered(web)
    path = f"/intake/consultation/{window_id}/feedback"

    _, rejected = (await web.client.get(f"{path}?disposition=not_adopted")).text.split("逐组答复")
    _, nothing = (await web.client.get(f"{path}?clause=art-5")).text.split("逐组答复")

    assert ("HYPERLINK" in rejected, "同意。" in rejected) == (True, False)
    assert "HYPERLINK" not in nothing


async def test_what_is_covered_is_not_found_by_searching_for_it(web: Web) -> None:
    window_id = await answered(web)

    found = (await web.client.get(f"/intake/consultation/{window_id}/feedback?q=13800001234")).text

    assert "HYPERLINK" not in found


async def test_the_table_is_filed_as_a_paper_under_the_hash_of_its_bytes(web: Web) -> None:
    window_id = await answered(web)
    document_id = (await the_window(web, window_id)).document_id

    (paper,) = (await web.desk.activities.file_opinions(FileOpinions(document_id=document_id))).tables
    (again,) = (await web.desk.activities.file_opinions(FileOpinions(document_id=document_id))).tables
    table = Document(io.BytesIO(await web.desk.blobs.get(paper.file_hash)))

    async with web.desk.db.read() as conn:
        sealed = await lines.table_of(conn, window_id)
    assert sealed is not None
    assert (paper, len(table.tables[0].rows)) == (again, 4)
    assert sealed.table_hash in "".join(paragraph.text for paragraph in table.paragraphs)


async def test_a_changed_answer_is_another_paper(web: Web) -> None:
    window_id = await answered(web, publish=False)
    document_id = (await the_window(web, window_id)).document_id
    asked = FileOpinions(document_id=document_id)
    (before,) = (await web.desk.activities.file_opinions(asked)).tables
    line = (await lines_of(web.desk, window_id))[0]

    await gives(web.desk, window_id, refused("另有规定。", group=line.key))

    (after,) = (await web.desk.activities.file_opinions(asked)).tables
    assert (before.name, before.file_hash == after.file_hash) == (after.name, False)


async def test_that_nobody_wrote_is_filed_as_well(web: Web) -> None:
    window_id = await closed(web.desk)
    document_id = (await the_window(web, window_id)).document_id

    (paper,) = (await web.desk.activities.file_opinions(FileOpinions(document_id=document_id))).tables

    words = Document(io.BytesIO(await web.desk.blobs.get(paper.file_hash)))
    assert "收到意见0条" in "".join(paragraph.text for paragraph in words.paragraphs)


async def test_no_table_is_too_long_to_be_decided_on(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    window_id = await answered(web)
    asked = FileOpinions(document_id=(await the_window(web, window_id)).document_id)
    names, rows = [], []

    for most in ({"docx": 2, "csv": 9}, {"docx": 2, "csv": 2}):
        monkeypatch.setattr(filing, "MOST_LINES", most)
        (paper,) = (await web.desk.activities.file_opinions(asked)).tables
        names.append(paper.name)
        rows.append((await web.desk.blobs.get(paper.file_hash)).decode("utf-8-sig").count("\r\n"))

    assert names == ["意见采纳情况表（第1次征求意见）.csv", "意见采纳情况表（第1次征求意见）（前2行）.csv"]
    assert rows == [4, 3]


async def the_window(web: Web, window_id: UUID) -> windows.Window:
    async with web.desk.db.read() as conn:
        return await windows.get(conn, window_id)
