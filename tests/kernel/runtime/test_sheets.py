"""Sheets: what is written comes back unchanged and commands nothing; what is hostile is refused with its remedy."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.runtime.files import ArchiveBomb, FileRefused, Unreadable, WrongExtension
from services.kernel.runtime.sheets import (
    COMMANDS,
    ActiveSheet,
    Column,
    FormulaInSheet,
    NoSheet,
    TooManyRows,
    csv_bytes,
    neutral,
    plain,
    read_sheet,
    workbook,
)

DANGEROUS = ["=1+1", "+86", "-3", "@x", "\tq", "'=x", "''+", "#N/A", "_x0041_", "两行\n文字", "＝cmd", "'", "平常"]


def a_book(rows: list[list[str]]) -> bytes:
    return workbook("意见", [Column("甲"), Column("乙", open=True, choices=("采纳", "未采纳"))], rows, locked=True)


def repacked(data: bytes, **parts: bytes) -> bytes:
    """A workbook with parts added or replaced; `__` in a name stands for a slash."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        added = {name.replace("__", "/"): content for name, content in parts.items()}
        for name in old.namelist():
            if name not in added:
                new.writestr(name, old.read(name))
        for name, content in added.items():
            new.writestr(name, content)
    return out.getvalue()


async def test_cells_come_back_from_a_workbook_as_they_were() -> None:
    rows = await read_sheet(a_book([[cell, cell] for cell in DANGEROUS]), name="表.xlsx", sheet="意见")

    assert [row[0] for row in rows[1:]] == DANGEROUS


async def test_cells_come_back_from_a_csv_as_they_were() -> None:
    rows = await read_sheet(csv_bytes([["甲"], *([cell] for cell in DANGEROUS)]), name="表.csv")

    assert [row[0] for row in rows[1:]] == DANGEROUS


@given(st.text())
def test_a_neutral_cell_is_no_command_and_is_given_back(cell: str) -> None:
    assert not neutral(cell).startswith(COMMANDS)
    assert plain(neutral(cell)) == cell


def test_only_open_columns_may_be_written_and_choices_are_offered() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(a_book([["甲", ""]]))).active
    assert sheet is not None

    assert sheet.protection.sheet
    assert (sheet["A2"].protection.locked, sheet["B2"].protection.locked) == (True, False)
    assert "采纳" in str(sheet.data_validations.dataValidation[0].formula1)


async def test_gb18030_is_read() -> None:
    assert await read_sheet("方式,意见\n信函,同意".encode("gb18030"), name="a.csv") == [
        ["方式", "意见"],
        ["信函", "同意"],
    ]


def computing() -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = "=1+1"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def tall(rows: int) -> bytes:
    body = "".join(f'<row r="{n}"></row>' for n in range(1, rows + 1))
    sheet = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{body}</sheetData></worksheet>'
    return repacked(a_book([]), **{"xl__worksheets__sheet1.xml": sheet.encode()})


@pytest.mark.parametrize(
    ("name", "data", "refusal"),
    [
        ("a.xlsx", computing(), FormulaInSheet),
        ("a.xlsm", a_book([]), ActiveSheet),
        ("a.xlsx", repacked(a_book([]), **{"xl__vbaProject.bin": b"x"}), ActiveSheet),
        ("a.xlsx", repacked(a_book([]), **{"xl__externalLinks__externalLink1.xml": b"<x/>"}), ActiveSheet),
        ("a.xlsx", repacked(a_book([]), **{"xl__worksheets__sheet1.xml": b"0" * 60_000_000}), ArchiveBomb),
        ("a.xlsx", repacked(a_book([]), **{"xl__worksheets__sheet1.xml": b"<not"}), Unreadable),
        ("a.xlsx", tall(1_048_576), TooManyRows),
        ("a.xlsx", "甲,乙".encode(), WrongExtension),
        ("a.docx", a_book([]), WrongExtension),
        ("a.xlsx", repacked(a_book([]), **{"xl__workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'}), FileRefused),
        ("a.csv", b"\x00\x01\x02", Unreadable),
        ("a.csv", b"PK\x03\x04broken", Unreadable),
    ],
    ids=["formula", "xlsm", "macro", "link", "bomb", "broken", "empty rows", "renamed", "docx", "dtd", "binary", "zip"],
)
async def test_what_is_hostile_is_refused(name: str, data: bytes, refusal: type[FileRefused]) -> None:
    with pytest.raises(refusal) as refused:
        await read_sheet(data, name=name)

    assert refused.value.how.zh


async def test_a_zip_that_is_no_workbook_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "甲")

    with pytest.raises(NoSheet):
        await read_sheet(out.getvalue(), name="a.xlsx")
