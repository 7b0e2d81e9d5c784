"""XLSX: the rows of one sheet as text. Formulas are not computed and not taken."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook

from services.kernel.runtime.extract.docx import declares_entities

MOST_ROWS, MOST_COLUMNS = 100_000, 32
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def xlsx_rows(data: bytes, sheet: str) -> tuple[str, str | None]:
    """The rows of the sheet of that title, else of the first, as a JSON list of lists, and the code of a refusal."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if any(declares_entities(archive, name) for name in archive.namelist()):
            return "", "file.xml_entities"
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    titles = [one.title for one in book.worksheets]
    if not titles:
        return "", "sheet.unknown_type"
    rows: list[list[str]] = []
    found: Any = book[sheet if sheet in titles else titles[0]]
    for cells in found.iter_rows(max_col=MOST_COLUMNS):
        if len(rows) >= MOST_ROWS:
            return "", "sheet.too_many_rows"
        if any(getattr(cell, "data_type", None) == "f" for cell in cells):
            return "", "sheet.formula"
        rows.append([_written(cell.value) for cell in cells])
    while rows and not any(rows[-1]):
        rows.pop()
    return json.dumps(rows, ensure_ascii=False), None


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(value))
