"""The opinions table (意见采纳情况表) as a sheet: masked words, what became of them, and the clause before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from services.intake.shown.changes import ClauseShown
from services.intake.shown.lines import Row
from services.kernel.contracts.refusals import Words
from services.kernel.runtime import language
from services.kernel.runtime.sheets import Column, csv_bytes, workbook

TITLE = Words("意见采纳情况表", "Table of opinions")
COLUMNS: tuple[tuple[Words, int], ...] = (
    (Words("序号", "No."), 6),
    (Words("条款", "Clause"), 14),
    (Words("意见", "Opinion"), 60),
    (Words("条数", "Count"), 8),
    (Words("采纳情况", "Result"), 12),
    (Words("理由", "Reason"), 50),
    (Words("改动的条文", "Changed clause"), 20),
    (Words("条文改动（［－删去－］［＋新增＋］）", "Change ([-deleted-][+added+])"), 60),
)
UNANSWERED = Words("尚未答复", "Not answered yet")


def headings() -> list[str]:
    """The columns in the reader's language."""
    return [words.of(language.current()) for words, _ in COLUMNS]


def cells(position: int, row: Row) -> list[str | int]:
    """One line as cells."""
    line = row.line
    opinion = f"【{line.name}】{row.body}" if line.name else row.body
    return [
        position,
        row.about,
        opinion,
        line.size,
        row.words or UNANSWERED.of(language.current()),
        line.reason,
        clause_words(row),
        changed_words(row.change),
    ]


def clause_words(row: Row) -> str:
    """The clause as it was called, and as it is called now where that differs."""
    if row.change and row.change.renumbered:
        return f"{row.change.was} → {row.change.now}"
    return row.clause


def changed_words(change: ClauseShown | None) -> str:
    """The change word by word in plain text; empty where nothing changed."""
    if change is None or all(run.op == "equal" for run in change.runs):
        return ""
    marks = {"equal": ("", ""), "delete": ("［－", "－］"), "insert": ("［＋", "＋］")}
    return "".join(f"{marks[run.op][0]}{run.text}{marks[run.op][1]}" for run in change.runs)


def as_xlsx(rows: Iterable[tuple[int, Row]]) -> bytes:
    """The table as XLSX, to be read."""
    reader = language.current()
    columns = [Column(words.of(reader), width) for words, width in COLUMNS]
    return workbook(TITLE.of(reader), columns, (cells(place, row) for place, row in rows), locked=False)


def as_csv(rows: Iterable[tuple[int, Row]]) -> bytes:
    """The table as CSV."""
    return csv_bytes(_with_head(rows))


def _with_head(rows: Iterable[tuple[int, Row]]) -> Iterator[list[str | int]]:
    yield list(headings())
    for place, row in rows:
        yield cells(place, row)
