"""Sheets, in and out: XLSX and CSV whose cells are text and never commands, read under the limits of a worker."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from services.kernel.contracts.refusals import Words
from services.kernel.runtime.extract.xlsx import MOST_COLUMNS, MOST_ROWS
from services.kernel.runtime.files import FileRefused, TooLarge, Unreadable, WrongExtension, decode, parsed, zip_names

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_SHEET_BYTES = 20 * 1024 * 1024
COMMANDS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
LONGEST_CELL = 32_767


class ActiveSheet(FileRefused):
    """Macros, connections or links to other files."""

    code = "sheet.active"
    status = 415
    title = Words("表格里有宏或者外部链接", "The workbook holds macros or external links")
    problem = Words("含有宏、外部链接或者嵌入的程序。", "holds macros, external links or embedded programs.")
    remedy = Words("请另存为不含宏的XLSX，断开外部链接后再上传。", "Save it as XLSX without macros and links.")


class FormulaInSheet(FileRefused):
    """A cell that computes: what was previewed would not be what it says tomorrow."""

    code = "sheet.formula"
    title = Words("表格里有公式", "The sheet holds a formula")
    problem = Words("的单元格里有公式。", "holds a formula in a cell.")
    remedy = Words(
        "请把公式粘贴为数值；以等号开头的文字，请先把单元格设为文本。",
        "Paste formulas as values; format cells as text before writing words that begin with an equals sign.",
    )


class TooManyRows(FileRefused):
    """More rows than are read, empty ones included."""

    code = "sheet.too_many_rows"
    status = 413
    title = Words("表格的行太多", "Too many rows")
    problem = Words(f"超过{MOST_ROWS}行（空行也算）。", f"has more than {MOST_ROWS} rows, empty ones included.")
    remedy = Words("请删去下面的空行，或者分成几个文件。", "Delete the empty rows below, or split the file.")


class NoSheet(FileRefused):
    """Not a table that is read here."""

    code = "sheet.unknown_type"
    status = 415
    title = Words("不是XLSX或者CSV", "Neither XLSX nor CSV")
    problem = Words("不是可以读取的表格。", "is not a sheet that can be read.")
    remedy = Words("请下载模板，填好后存为XLSX或者CSV。", "Fill in the template and save it as XLSX or CSV.")


REFUSALS: dict[str, type[FileRefused]] = {
    one.code: one for one in (ActiveSheet, FormulaInSheet, TooManyRows, NoSheet, Unreadable)
}


@dataclass(frozen=True)
class Column:
    """One column of a sheet that goes out. `choices` are offered in a list; a column is locked unless `open`."""

    title: str
    width: int = 16
    open: bool = False
    choices: tuple[str, ...] = ()


async def read_sheet(data: bytes, *, name: str, sheet: str = "", max_bytes: int = MAX_SHEET_BYTES) -> list[list[str]]:
    """The rows of the sheet of that title, else of the first, as text. Raises a FileRefused with its remedy."""
    if len(data) > max_bytes:
        raise TooLarge(name)
    if data.startswith(b"PK\x03\x04"):
        return await _read_workbook(data, name, sheet)
    if PurePath(name).suffix.lower() in (".xlsx", ".xlsm", ".xls"):
        raise WrongExtension(name)
    return _read_csv(decode(data, name), name)


async def _read_workbook(data: bytes, name: str, sheet: str) -> list[list[str]]:
    names = zip_names(data, name)
    if "xl/workbook.xml" not in names:
        raise NoSheet(name)
    if PurePath(name).suffix.lower() not in ("", ".xlsx", ".xlsm"):
        raise WrongExtension(name)
    if PurePath(name).suffix.lower() == ".xlsm" or any(_is_active(part) for part in names):
        raise ActiveSheet(name)
    answer = await parsed(f"{XLSX};{sheet}", data, name)
    if answer.refusal:
        raise REFUSALS.get(answer.refusal, Unreadable)(name)
    rows: list[list[str]] = json.loads(answer.text)
    return rows


def _is_active(part: str) -> bool:
    inner = part.replace("\\", "/").lower().removeprefix("xl/")
    return (inner.endswith(".bin") and "vba" in inner) or inner.startswith((
        "externallinks/", "embeddings/", "activex/", "connections", "querytables/", "macrosheets/", "ctrlprops/",
    ))  # fmt: skip


def _read_csv(text: str, name: str) -> list[list[str]]:
    head = text[: text.find("\n")] if "\n" in text else text
    mark = max(",\t;", key=head.count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark):
            if len(rows) >= MOST_ROWS:
                raise TooManyRows(name)
            rows.append([plain(cell) for cell in row[:MOST_COLUMNS]])
    except csv.Error as error:
        raise Unreadable(name) from error
    return rows


def neutral(cell: str) -> str:
    """A cell of a CSV that no spreadsheet takes for a command; `plain` gives back what it was."""
    return f"'{cell}" if cell.lstrip("'").startswith(COMMANDS) else cell


def plain(cell: str) -> str:
    """What `neutral` was given."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(COMMANDS) else cell


def csv_bytes(rows: Iterable[Sequence[str | int]]) -> bytes:
    """Rows as CSV: UTF-8 with its mark, for spreadsheets that guess otherwise; commands made harmless."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in rows:
        writer.writerow([cell if isinstance(cell, int) else neutral(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig", "replace")


def workbook(title: str, columns: Sequence[Column], rows: Iterable[Sequence[str | int]], *, locked: bool) -> bytes:
    """Rows as an XLSX of one sheet. Text is text, whatever it begins with; `locked` protects all columns not open."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    head, shut, open_ = _style(sheet, head=True), _style(sheet), _style(sheet, open_=True)
    sheet.append([_cell(sheet, column.title, head) for column in columns])
    styles = [open_ if column.open else shut for column in columns]
    count = 1
    for row in rows:
        count += 1
        sheet.append([_cell(sheet, cell, style) for cell, style in zip(row, styles, strict=True)])
    for place, column in enumerate(columns, 1):
        if column.choices:
            _offer(sheet, get_column_letter(place), column.choices, count)
    if locked:
        sheet.protection.sheet = True
        sheet.protection.formatColumns = False
        sheet.protection.formatRows = False
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _style(sheet: Worksheet, *, head: bool = False, open_: bool = False) -> Any:
    """A style made once: made anew for each cell it would cost more than everything else."""
    cell: Any = WriteOnlyCell(sheet, "")
    cell.number_format = "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.protection = Protection(locked=not open_)
    if head:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="EEEEEE")
    return cell._style


def _cell(sheet: Worksheet, value: str | int, style: Any) -> Any:
    cell: Any = WriteOnlyCell(sheet, value if isinstance(value, int) else "")
    cell._style = style
    if isinstance(value, str):
        cell._value = ESCAPE.sub("_x005F_", UNWRITABLE.sub("\ufffd", value))[:LONGEST_CELL]
        # Never inferred: "=1+1" that somebody wrote is words.
        cell.data_type = "s"
    return cell


def _offer(sheet: Worksheet, letter: str, choices: tuple[str, ...], last: int) -> None:
    offered = DataValidation(
        type="list", formula1='"' + ",".join(choices) + '"', allow_blank=True, showErrorMessage=True
    )
    offered.add(f"{letter}2:{letter}{max(last, 2)}")
    sheet.data_validations.append(offered)
