"""Task tables, also flattened: one cell a line, cells merged, units broken over lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from services.kernel.text.numerals import read_number
from services.kernel.text.reading import Line, Quote, Reading
from services.kernel.text.units import is_unit, named_roles

_HEADS: tuple[tuple[str, str], ...] = (
    ("no", r"序\s*号|编\s*号|项目序号"),
    ("lead", r"(?:总?牵头|主办|主责)(?:责任)?(?:单位|部门|处室|科室|机构)(?:\([^()]{1,6}\))?"),
    (
        "resp",
        r"(?:责任|配合|协同|协同配合|参加|参与|协办|承办|落实|实施|负责|责任落实)(?:单位|部门|处室|科室|机构|主体)(?:\([^()]{1,8}\))?",
    ),
    (
        "time",
        r"(?:完成|办结|整改|落实|工作)?(?:时限|时间|期限)(?:要求|节点|安排|进度)?|时间节点|进度安排|完成日期|进度要求",
    ),
    ("other", r"备\s*注|责任人|责任领导|牵头领导|分管领导|联系人|成果形式|完成情况|联系电话"),
    ("text", r".{0,6}(?:任务|工作|内容|措施|事项|要求|项目|目标|指标|举措|类别|领域|要点)(?:名称|内容|分解|清单)?"),
)
_NUMBER = re.compile(r"\d{1,3}\.?")
_TIME = re.compile(
    r"(?:20\d{2}[年.\-/]|\d{1,2}月|年底|全年|长期|持续|每年|每季|常态|季度|年内|上半年|下半年|\d{4}年底)"
)
_SHARED = re.compile(r"按(?:照)?(?:各自)?职责(?:分工)?(?:负责|落实)?$|分工负责$|负责$")


class Cell(NamedTuple):
    """One cell, possibly printed over several lines."""

    start: int
    end: int
    plain: str


@dataclass(slots=True)
class Row:
    """One row of a task table."""

    number: int
    label: Quote
    start: int
    end: int
    texts: list[Quote] = field(default_factory=list)
    lead: list[Quote] = field(default_factory=list)
    responsible: list[Quote] = field(default_factory=list)
    times: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """A task table: where it stands and its rows."""

    start: int
    end: int
    rows: list[Row]


def task_tables(reading: Reading) -> list[Table]:
    """Every table whose head names a task and a unit."""
    tables: list[Table] = []
    index = 0
    while index < len(reading.lines):
        found = _wide(reading, index) or _flat(reading, index)
        if found is None:
            index += 1
            continue
        table, index = found
        if table.rows:
            tables.append(table)
    return tables


def _column(plain: str) -> str | None:
    if len(plain) > 40 or plain.isascii():
        return None
    bare = re.sub(r"\s", "", plain.strip("| "))
    for name, pattern in _HEADS:
        if len(bare) <= 14 and re.fullmatch(pattern, bare):
            return name
    return None


def _is_task_head(columns: list[str | None]) -> bool:
    return "text" in columns and ("lead" in columns or "resp" in columns)


def _cells(reading: Reading, line: Line) -> list[Cell]:
    """The cells of a line that prints a whole row: between tabs, or between bars."""
    # A line that begins with a tab begins with an empty cell.
    at = reading.text.rfind("\n", 0, line.start) + 1
    whole = reading.text[at : _line_end(reading, line)]
    divider = "\t" if "\t" in whole else "|"
    cells = []
    for piece in whole.split(divider):
        quote = reading.quote(at, at + len(piece))
        cells.append(Cell(quote.start, quote.end, reading.plain[quote.start : quote.end]))
        at += len(piece) + 1
    if divider == "|" and len(cells) > 2:
        cells = cells[1 if not cells[0].plain else 0 : -1 if not cells[-1].plain else None]
    return cells


def _line_end(reading: Reading, line: Line) -> int:
    end = reading.text.find("\n", line.start)
    return len(reading.text) if end < 0 else end


def _wide(reading: Reading, index: int) -> tuple[Table, int] | None:
    """A table that prints each row on a line."""
    line = reading.lines[index]
    if not re.search(r"[\t|]", reading.text[line.start : line.end]):
        return None
    head = _cells(reading, reading.lines[index])
    columns = [_column(cell.plain) for cell in head]
    if len(head) < 3 or not _is_task_head(columns):
        return None
    table = Table(reading.lines[index].start, reading.lines[index].end, [])
    index += 1
    above: Row | None = None
    while index < len(reading.lines):
        line = reading.lines[index]
        cells = _cells(reading, line)
        if len(cells) < 2:
            if line.end - line.start > 40 or not _inside_wide(reading, index):
                break
            index += 1
            continue
        above = _wide_row(reading, columns, cells, above, len(table.rows) + 1)
        if above:
            table.rows.append(above)
        table.end = line.end
        index += 1
    return table, index


def _inside_wide(reading: Reading, index: int) -> bool:
    """A group title between rows: one cell over the whole width."""
    following = reading.lines[index + 1 : index + 2]
    return bool(following) and len(_cells(reading, following[0])) >= 3


def _wide_row(
    reading: Reading, columns: list[str | None], cells: list[Cell], above: Row | None, running: int
) -> Row | None:
    # A row shorter than its head lost its leading cells to a vertical merge only when it has no number.
    number = _own_number(columns, cells)
    first = next((cell for cell in cells if cell.plain), cells[0])
    row = Row(number or running, reading.quote(first.start, first.end), cells[0].start, cells[-1].end)
    for column, cell in zip(columns, cells, strict=False):
        if cell.plain:
            _fill(reading, row, column, cell)
    blank = [c.plain for name, c in zip(columns, cells, strict=False) if name == "text"]
    if above and columns.count("text") > 1 and blank and not blank[0]:
        row.texts = [*above.texts[:1], *row.texts]
    if not (row.lead or row.responsible) and above and number is None:
        row.lead, row.responsible = above.lead, above.responsible
    return row if row.texts and (row.lead or row.responsible) else None


def _own_number(columns: list[str | None], cells: list[Cell]) -> int | None:
    for column, cell in zip(columns, cells, strict=False):
        if column == "no" and cell.plain:
            return read_number(cell.plain.strip(" .()"))
    return None


def _fill(reading: Reading, row: Row, column: str | None, cell: Cell) -> None:
    if column in ("lead", "resp"):
        lead = column == "lead" and not _SHARED.search(cell.plain)
        leads, others = named_roles(reading, cell.start, cell.end, lead=lead)
        row.lead += leads
        row.responsible += others
    elif column == "time":
        row.times.append((cell.start, cell.end))
    elif column == "text":
        row.texts.append(reading.joined(cell.start, cell.end))


def _flat(reading: Reading, index: int) -> tuple[Table, int] | None:
    """A table that prints one cell a line."""
    columns: list[str] = []
    at = index
    while at < len(reading.lines) and len(columns) < 9:
        name = _column(reading.lines[at].plain)
        if name is None or (name == "no" and columns):
            break
        columns.append(name)
        at += 1
    if len(columns) < 3 or columns[0] != "no" or not _is_task_head(list(columns)):
        return None
    table = Table(reading.lines[index].start, reading.lines[at - 1].end, [])
    barred = "|" in reading.lines[index].plain
    for row_lines, number in _flat_rows(reading, at, len(columns)):
        row = Row(number, reading.quote(*_bare(row_lines[0])), row_lines[0].start, row_lines[-1].end)
        assign = _barred if barred else _fitted
        for column, cell in assign(reading, columns[1:], row_lines):
            _fill(reading, row, column, cell)
        if row.texts and (row.lead or row.responsible):
            table.rows.append(row)
        table.end = row_lines[-1].end
    following = at
    while following < len(reading.lines) and reading.lines[following].start < table.end:
        following += 1
    return table, max(following, at)


def _bare(line: Line) -> tuple[int, int]:
    return line.start, line.start + len(line.plain.rstrip("| "))


def _flat_rows(reading: Reading, at: int, width: int) -> Iterator[tuple[list[Line], int]]:
    """Rows begin at a line that is only a number, higher than the one before; numbers may jump."""
    rows: list[tuple[list[Line], int]] = []
    last = 0
    for line in reading.lines[at:]:
        bare = line.plain.rstrip("| ")
        number = int(bare.rstrip(".")) if _NUMBER.fullmatch(bare) else None
        if number is not None and last < number <= last + 30:
            rows.append(([line], number))
            last = number
            continue
        if not rows or _ends_table(reading, line, len(rows[-1][0]), width):
            break
        rows[-1][0].append(line)
    yield from rows


def _ends_table(reading: Reading, line: Line, size: int, width: int) -> bool:
    if re.match(
        r"(?:附件|相关链接|抄送|第[一二三四五六七八九十]+[章条]|注\s?:|备注\s?:|来源|责任编辑|主办|版权)", line.plain
    ):
        return True
    if re.match(r"[一二三四五六七八九十]{1,3}、", line.plain) and size >= width:
        return True
    return size > width + 14


def _barred(reading: Reading, columns: list[str], lines: list[Line]) -> list[tuple[str, Cell]]:
    """Each cell ends with a bar, so the column is known even where a cell is empty."""
    cells: list[Cell] = []
    start = lines[1].start if len(lines) > 1 else 0
    for line in lines[1:]:
        if line.plain.endswith("|"):
            quote = reading.quote(start, line.start + len(line.plain.rstrip("| ")))
            cells.append(Cell(quote.start, quote.end, reading.plain[quote.start : quote.end]))
            start = line.end + 1
    return [(column, cell) for column, cell in zip(columns, cells, strict=False) if cell.plain]


def _fitted(reading: Reading, columns: list[str], lines: list[Line]) -> list[tuple[str, Cell]]:
    """The likeliest column of each line: lines keep their order, a column may take several or none."""
    body = lines[1:]
    # best[i][c]: the least cost of placing the first i lines with line i-1 in column c.
    costs = {-1: (0.0, [])}  # type: dict[int, tuple[float, list[int]]]
    for index, line in enumerate(body):
        step: dict[int, tuple[float, list[int]]] = {}
        for last, (cost, path) in costs.items():
            for column in range(max(last, 0), len(columns)):
                total = cost + _misfit(columns[column], line.plain)
                total += _move(columns, last, column, body[index - 1].plain if index else "", line.plain)
                if column not in step or total < step[column][0]:
                    step[column] = (total, [*path, column])
        costs = step
    if not body or not costs:
        return []
    _, path = min(
        (cost + 0.4 * sum(c not in ("other", "time") for c in columns[last + 1 :]), path)
        for last, (cost, path) in costs.items()
    )
    return _gathered(reading, columns, body, path)


def _gathered(reading: Reading, columns: list[str], body: list[Line], path: list[int]) -> list[tuple[str, Cell]]:
    cells = []
    for column in sorted(set(path)):
        held = [line for line, at in zip(body, path, strict=True) if at == column]
        start, end = held[0].start, held[-1].end
        cells.append((columns[column], Cell(start, end, reading.plain[start:end])))
    return cells


def _misfit(column: str, plain: str) -> float:
    names = [name for name in re.split("[、,;]", _SHARED.sub("", plain.strip("。; "))) if name]
    units = any(is_unit(name) for name in names) and all(len(name) <= 20 for name in names)
    units = units and "。" not in plain
    when = bool(_TIME.search(plain)) and len(plain) <= 24
    if column == "text":
        return 1.5 if units and len(plain) <= 40 else 1.2 if when else 0.0
    if column in ("lead", "resp"):
        return 0.0 if units else 1.0 if len(plain) <= 6 else 4.0
    if column == "time":
        return 0.0 if when else 3.0
    return 1.0


def _move(columns: list[str], last: int, column: int, above: str, plain: str) -> float:
    """What it costs to stay in a column, or to leave some out."""
    if last == column:
        broken = above.endswith(("、", ",")) or plain.startswith("、") or not re.search(r"[。;局委办厅部院]$", above)
        return 0.1 if broken and columns[column] in ("lead", "resp", "text") else 0.9
    return sum(0.3 if columns[c] in ("other", "time") else 0.7 for c in range(last + 1, column))
