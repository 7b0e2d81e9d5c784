"""Files of every kind that is taken, and every reason for which one is not."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Iterator

import pytest
from docx import Document
from docx.document import Document as Opened
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from services.kernel.runtime import files
from services.kernel.runtime.files import DOCX, HTML, PDF, PLAIN, FileRefused, read_file

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.fixture(scope="module", autouse=True)
def _workers_end_with_the_module() -> Iterator[None]:
    yield
    files._workers.stop()


def saved(document: Opened) -> bytes:
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def a_docx(*paragraphs: str) -> bytes:
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return saved(document)


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The archive with one part replaced or added."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, content)
    return held.getvalue()


def a_pdf(*pages: list[str], password: str | None = None) -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    held = io.BytesIO()
    lock = StandardEncryption(password, strength=128) if password else None
    canvas = Canvas(held, pagesize=A4, encrypt=lock)
    for lines in pages:
        canvas.setFont("STSong-Light", 12)
        for index, line in enumerate(lines):
            canvas.drawString(72, 780 - 20 * index, line)
        canvas.showPage()
    canvas.save()
    return held.getvalue()


def a_scan() -> bytes:
    held = io.BytesIO()
    canvas = Canvas(held, pagesize=A4)
    canvas.rect(100, 100, 200, 300, fill=1)
    canvas.showPage()
    canvas.save()
    return held.getvalue()


def a_numbered_docx() -> bytes:
    """第一条 and (一) drawn by a list, as a drafting office's template does it."""
    document = Document()
    levels = (("chineseCountingThousand", "第%1条"), ("chineseCounting", "（%2）"))
    drawn = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (style, text) in enumerate(levels)
    )
    root = document.part.numbering_part.element
    root.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{drawn}</w:abstractNum>'))
    root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for depth, text in ((0, "为了停车。"), (0, "职责如下："), (1, "规划；"), (1, "管理。"), (0, "施行。")):
        properties = document.add_paragraph(text)._p.get_or_add_pPr()
        number = OxmlElement("w:numPr")
        for tag, value in (("w:ilvl", depth), ("w:numId", 77)):
            child = OxmlElement(tag)
            child.set(qn("w:val"), str(value))
            number.append(child)
        properties.append(number)  # type: ignore[arg-type]
    return saved(document)


async def refusal(data: bytes, name: str, *, max_bytes: int = 5_000_000, seconds: float = 20.0) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        await read_file(data, name=name, max_bytes=max_bytes, seconds=seconds)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_plain_text_is_read_in_each_encoding_that_offices_use(encoding: str) -> None:
    read = await read_file("云溪区通知：請查收〔2024〕".encode(encoding), name="通知.txt")
    assert (read.text, read.media_type, read.pages) == ("云溪区通知：請查收〔2024〕", PLAIN, None)


async def test_a_docx_gives_paragraphs_and_cells_in_reading_order() -> None:
    document = Document()
    document.add_paragraph("关于停车的通知")
    table = document.add_table(2, 3)
    for cell, text in zip(table._cells, ["序号", "任务", "牵头单位", "1", "划线", "区城管局"], strict=True):
        cell.text = text
    document.add_paragraph("特此通知。")
    read = await read_file(saved(document), name="通知.docx")
    assert read.text.split("\n") == ["关于停车的通知", "序号\t任务\t牵头单位", "1\t划线\t区城管局", "特此通知。"]
    assert read.media_type == DOCX


async def test_merged_cells_are_printed_once_and_keep_their_columns() -> None:
    document = Document()
    table = document.add_table(2, 3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "治水"
    table.cell(0, 1).text, table.cell(0, 2).text = "排查", "区水务局"
    table.cell(1, 1).merge(table.cell(1, 2)).text = "各镇负责"
    read = await read_file(saved(document), name="表.docx")
    assert read.text.split("\n") == ["治水\t排查\t区水务局", "\t各镇负责\t"]


async def test_numbers_that_a_list_draws_are_not_lost() -> None:
    read = await read_file(a_numbered_docx(), name="办法.docx")
    assert read.text.split("\n") == [
        "第一条 为了停车。",
        "第二条 职责如下：",
        "（一）规划；",
        "（二）管理。",
        "第三条 施行。",
    ]


async def test_tracked_insertions_count_and_deletions_do_not() -> None:
    document = Document()
    paragraph = document.add_paragraph("区司法局")._p
    for tag, kind, text in (("ins", "t", "负责"), ("del", "delText", "参与")):
        change = f'<w:{tag} {nsdecls("w")} w:id="1" w:author="陆文"><w:r><w:{kind}>{text}</w:{kind}></w:r></w:{tag}>'
        paragraph.append(parse_xml(change))  # type: ignore[arg-type]
    assert (await read_file(saved(document), name="稿.docx")).text == "区司法局负责"


async def test_a_pdf_gives_its_text_and_its_pages() -> None:
    read = await read_file(a_pdf(["云溪区停车管理办法", "第一条 为了停车。"], ["第二条 施行。"]), name="办法.pdf")
    assert read.text.split("\n") == ["云溪区停车管理办法", "第一条 为了停车。", "第二条 施行。"]
    assert (read.media_type, read.pages) == (PDF, 2)


async def test_a_paragraph_that_a_pdf_wraps_is_one_line_again_and_page_numbers_are_gone() -> None:
    first = "为了加强云溪区停车管理和服务工作，维护道路交通秩序和市民合法"
    lines = ["一、总体要求", first, "权益，制定本方案。", "二、任务", "- 1 -"]
    read = await read_file(a_pdf(lines), name="方案.pdf")
    assert read.text.split("\n") == ["一、总体要求", first + "权益，制定本方案。", "二、任务"]


async def test_a_page_gives_blocks_as_lines_and_leaves_out_the_furniture() -> None:
    page = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>门户</title><style>p{}</style></head><body>
    <nav>首页 &gt; 公开</nav><header>云溪门户</header><h1>关于停车的<br>通知</h1><p>各<b>街道</b>：</p>
    <div>请照办。<script>alert(1)</script></div><p style="display:none">隐藏</p>
    <table><tr><td>序号</td><td>任务</td></tr><tr><td>1</td><td>划线</td></tr></table><footer>版权</footer></body></html>"""
    read = await read_file(page.encode(), name="通知.html")
    assert read.text.split("\n") == ["关于停车的", "通知", "各街道：", "请照办。", "序号\t任务", "1\t划线"]
    assert read.media_type == HTML


async def test_a_page_in_gb2312_is_read_as_it_declares() -> None:
    page = '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head><body><p>云溪</p></body></html>'
    assert (await read_file(page.encode("gb18030"), name="a.htm")).text == "云溪"


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "空.txt", "file.empty"),
        (b" \n\t", "空.txt", "file.empty"),
        ("云".encode() * 2_000_000, "大.txt", "file.too_large"),
        (OLE + b"\x00" * 600, "旧.doc", "file.legacy_doc"),
        (OLE + b"\x00" * 600, "旧.wps", "file.legacy_doc"),
        (OLE + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"), "密.docx", "file.encrypted"),
        (OLE + b"\x00" * 600, "旧.docx", "file.wrong_extension"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "图.png", "file.unknown_type"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "图.pdf", "file.wrong_extension"),
        (b"{\\rtf1 abc}", "文.rtf", "file.unknown_type"),
        ("云\x00溪".encode(), "坏.txt", "file.unreadable"),
        ("云溪".encode("utf-16"), "坏.txt", "file.unreadable"),
        (b"\xff\xfe\xfd\x81", "坏.txt", "file.unreadable"),
        (b"%PDF-1.7\nbroken", "坏.pdf", "file.unreadable"),
        (b"PK\x03\x04broken", "坏.docx", "file.unreadable"),
        (b"<html><body><p>x</p></body></html>", "页.txt", "file.wrong_extension"),
        (b"<html><body><script>1</script></body></html>", "页.html", "file.empty"),
    ],
)
async def test_a_file_that_cannot_be_taken_is_refused_with_its_reason(data: bytes, name: str, code: str) -> None:
    assert (await refusal(data, name)).code == code


async def test_every_refusal_names_the_file_and_a_remedy_in_both_languages() -> None:
    refused = await refusal(b"", "云溪通知.txt")
    assert "云溪通知.txt" in refused.detail.zh
    assert "云溪通知.txt" in refused.detail.en
    assert refused.how.zh
    assert refused.how.en
    assert refused.status == 422
    assert (await refusal(b"x" * 20, "a.txt", max_bytes=10)).status == 413


async def test_a_scan_has_no_text_layer() -> None:
    assert (await refusal(a_scan(), "扫描.pdf")).code == "file.scanned_pdf"


async def test_a_pdf_behind_a_password_is_refused() -> None:
    assert (await refusal(a_pdf(["云溪"], password="云"), "密.pdf")).code == "file.encrypted"


@pytest.mark.parametrize("name", ["../../etc/x.xml", "/abs.xml", "word\\..\\x.xml"])
async def test_an_archive_that_reaches_outside_is_refused(name: str) -> None:
    assert (await refusal(with_part(a_docx("云溪"), name, b"x"), "a.docx")).code == "file.bomb"


async def test_an_archive_that_unpacks_beyond_reason_is_refused() -> None:
    swollen = with_part(a_docx("云溪"), "word/media/x.bin", b"\x00" * 12_000_000)
    assert (await refusal(swollen, "a.docx")).code == "file.bomb"


async def test_an_archive_of_too_many_entries_is_refused() -> None:
    held = io.BytesIO(a_docx("云溪"))
    with zipfile.ZipFile(held, "a") as archive:
        for number in range(2_100):
            archive.writestr(f"word/x{number}.xml", b"")
    assert (await refusal(held.getvalue(), "a.docx")).code == "file.bomb"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
async def test_entities_in_any_part_of_a_docx_are_refused(encoding: str) -> None:
    hostile = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode(encoding)
    assert (await refusal(with_part(a_docx("云溪"), "word/styles.xml", hostile), "a.docx")).code == "file.xml_entities"


async def test_an_archive_that_is_no_docx_is_an_unknown_type() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("OFD.xml", "<x/>")
    assert (await refusal(held.getvalue(), "公文.ofd")).code == "file.unknown_type"


async def test_a_docx_without_words_is_empty() -> None:
    assert (await refusal(a_docx(), "a.docx")).code == "file.empty"


async def test_a_docx_called_pdf_is_told_so() -> None:
    assert (await refusal(a_docx("云溪"), "a.pdf")).code == "file.wrong_extension"


async def test_a_name_without_an_extension_goes_by_its_content() -> None:
    assert (await read_file(a_docx("云溪"), name="草稿")).media_type == DOCX


async def test_a_parser_that_runs_out_of_time_refuses_its_file_and_the_next_one_is_read() -> None:
    assert (await refusal(a_pdf(["云溪"] * 30), "慢.pdf", seconds=0.0)).code == "file.unreadable"
    assert (await read_file(a_docx("云溪"), name="快.docx")).text == "云溪"


async def test_many_files_are_read_at_once() -> None:
    files = [read_file(a_docx(f"第{n}号"), name=f"{n}.docx") for n in range(6)]
    assert [read.text for read in await asyncio.gather(*files)] == [f"第{n}号" for n in range(6)]


def test_files_are_read_in_any_event_loop() -> None:
    for text in ("甲", "乙"):
        assert asyncio.run(read_file(a_docx(text), name="a.docx")).text == text
