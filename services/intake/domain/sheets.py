"""Sheets that people fill in: what is wrong in which row and column, and what the rows mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.kernel.contracts.refusals import Conflict, Invalid, NotFound, Refused, Words


@dataclass(frozen=True)
class RowFault:
    """What is wrong with one cell; `row` as the spreadsheet counts. A warning does not stand in the way."""

    row: int
    column: str
    detail: Words
    remedy: Words
    code: str
    warning: bool = False


def fault(row: int, column: str, refused: Refused) -> RowFault:
    """A refusal at its place in the sheet."""
    return RowFault(row, column, refused.detail, refused.how, refused.code)


class SheetHeader(Invalid):
    """Not the sheet that is asked for here."""

    code = "sheet.header"
    title = Words("表头不对", "These are not the columns")
    remedy = Words("请下载这里的表，不要改表头，填好后再上传。", "Download the sheet here and leave its head as it is.")


class SheetEmpty(Invalid):
    """A head and nothing below."""

    code = "sheet.empty"
    title = Words("表里没有内容", "Nothing in the sheet")
    remedy = Words("请从第二行起填写。", "Fill it in from the second row on.")


class SheetWrong(Invalid):
    """Rows that cannot be taken: all are taken, or none."""

    code = "sheet.rows"
    title = Words("表里还有错误，一行也没有办理", "There are mistakes in the sheet: nothing was done")
    remedy = Words("请按每行的提示改好，再上传一次。", "Correct the rows as it is said, and upload it again.")


class PreviewUnknown(NotFound):
    """Not previewed, not by this person, or too long ago."""

    code = "sheet.preview"
    title = Words("没有这次预览", "No such preview")
    remedy = Words("请重新上传。", "Upload the sheet again.")


class PreviewStale(Conflict):
    """What was previewed is no longer what would happen."""

    code = "sheet.stale"
    title = Words("预览以后答复有改动，没有导入", "The answers changed since the preview: nothing was done")
    remedy = Words("请重新上传这张表，核对以后再确认。", "Upload the sheet again and look at the new preview.")


def columns_of(rows: Sequence[Sequence[str]], wanted: Sequence[str], *, needed: Sequence[str]) -> list[int | None]:
    """Where each wanted column stands in the first row. Raises SheetHeader, SheetEmpty."""
    head = [_bare(cell) for cell in rows[0]] if rows else []
    missing = [title for title in needed if _bare(title) not in head]
    if missing:
        names = "、".join(missing)
        raise SheetHeader(Words(f"第一行没有这些列：{names}。", f"The first row lacks: {names}."), field="file")
    if not any(any(cell.strip() for cell in row) for row in rows[1:]):
        raise SheetEmpty(field="file")
    return [head.index(_bare(title)) if _bare(title) in head else None for title in wanted]


def filled(rows: Sequence[Sequence[str]], places: Sequence[int | None]) -> Iterable[tuple[int, list[str]]]:
    """The rows below the head that hold something, by their number, as the wanted columns."""
    for number, row in enumerate(rows[1:], 2):
        cells = [row[place].strip() if place is not None and place < len(row) else "" for place in places]
        if any(cells):
            yield number, cells


def _bare(title: str) -> str:
    return title.strip().rstrip("*").replace("\ufeff", "")
