"""Tasks: the items that a text sets as work, with who leads, who answers, and by when."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from services.kernel.text.deadlines import Deadline, deadlines, stated_deadlines
from services.kernel.text.kinds import Kind
from services.kernel.text.normal import key
from services.kernel.text.outline import Mark
from services.kernel.text.reading import Quote, Reading
from services.kernel.text.tables import Row, Table, task_tables
from services.kernel.text.units import Group, is_unit, unit_groups

_WORK = re.compile(
    r"(?:主要|重点|工作|具体|目标|年度)(?:工作)?(?:任务|措施|安排|内容|举措)|任务(?:分工|分解|清单|措施)|重点工作|工作重点|推进措施"
)
_NOT_WORK = re.compile(
    r"总体(?:要求|目标|思路)|指导思想|基本原则|工作(?:目标|原则|要求|步骤|机制|背景)|组织(?:领导|保障|实施|机构)|保障(?:措施|机制)|实施步骤|时间安排|"
    r"附则|目标要求|有关要求|责任单位|适用范围|背景|依据|考核|总则|职责分工|工作进度"
)
_PLANS = (Kind.PLAN, Kind.PRIORITIES, Kind.DIVISION)
_NO_TASKS = (Kind.LAW, Kind.EXPLANATION, Kind.OUTCOME, Kind.CLEANUP, Kind.REPORT)
_FIRST = 15


@dataclass(slots=True)
class Found:
    """One task as found: every value quoted from the text."""

    number: str
    label: Quote | None
    title: Quote | None
    lead: list[Quote]
    responsible: list[Quote]
    deadlines: list[Deadline]
    first: Quote
    start: int
    end: int


@dataclass(slots=True)
class _Item:
    mark: Mark | None
    parents: list[Mark]
    groups: list[Group] = field(default_factory=list)


def find_tasks(reading: Reading, marks: tuple[Mark, ...], kind: Kind, *, year: int | None) -> list[Found]:
    """The tasks of the text; an empty list where it sets none."""
    tables = task_tables(reading)
    hidden = [(table.start, table.end) for table in tables]
    groups = unit_groups(reading, hidden)
    rows = [row for table in tables for row in table.rows]
    outer = tuple(mark for mark in marks if not any(a <= mark.label.start < b for a, b in hidden))
    if kind in _NO_TASKS and len(groups) < 3 and len(rows) < 3:
        return []
    if kind is Kind.RULE and not _divides_work(marks, groups, rows):
        return []
    if rows and len(rows) >= len(groups):
        return _from_rows(reading, outer, tables, year)
    if groups:
        return _from_groups(reading, outer, groups, year)
    return _from_units(reading, outer, year) or _from_headings(reading, outer, kind, year)


def _divides_work(marks: tuple[Mark, ...], groups: list[Group], rows: list[Row]) -> bool:
    """Whether a text of articles also divides work, in an annex say: articles alone name units without tasking them."""
    if sum(mark.sign == "条" for mark in marks) < 3 or len(groups) + len(rows) >= 6:
        return True
    return sum(bool(group.lead and group.responsible) for group in groups) >= 2


def _from_groups(reading: Reading, marks: tuple[Mark, ...], groups: list[Group], year: int | None) -> list[Found]:
    items = _with_siblings(_items(marks, groups), marks)
    numbers = _numbers([(item.mark, item.parents) for item in items])
    found: list[Found] = []
    body = 0
    for index, item in enumerate(items):
        number = numbers[index]
        if not item.groups:
            if item.mark:
                found.append(_plain(reading, item.mark, number, year))
            continue
        body = item.mark.body if item.mark else max(body, _paragraph(reading, item.groups[0].start))
        for order, group in enumerate(item.groups):
            numbered = f"{number}-{order + 1}" if len(item.groups) > 1 else number
            found.append(_grouped(reading, item, order, body, numbered, year))
            body = group.end
    return found


def _paragraph(reading: Reading, position: int) -> int:
    """Where the paragraph begins that a group of units closes, or the one above it."""
    index = reading.line_at(position)
    line = reading.lines[index]
    if line.start >= position and index:
        return reading.lines[index - 1].start
    return line.start


def _grouped(reading: Reading, item: _Item, order: int, body: int, number: str, year: int | None) -> Found:
    mark, group = item.mark, item.groups[order]
    start, end = reading.skip(body, "。;:)|"), group.end
    if mark and reading.skip(start, "([〔") >= group.start:
        start, end = _body_behind(reading, mark, group, last=order == len(item.groups) - 1)
    first = _first(reading, start, max(end, start + 1))
    if mark and order == 0:
        start = min(start, mark.label.start)
    end = max(end, group.end)
    times = list(deadlines(reading, start, end, year=year))
    known = {deadline.quote.start for deadline in times}
    for begin, stop in group.times:
        stated = stated_deadlines(reading, begin, stop, year=year)
        times += [deadline for deadline in stated if deadline.quote.start not in known]
    title = mark.heading if mark else None
    label = mark.label if mark else None
    return Found(number, label, title, group.lead, group.responsible, times, first, start, end)


def _body_behind(reading: Reading, mark: Mark, group: Group, *, last: bool) -> tuple[int, int]:
    """The units stand right behind the heading: the body follows them, or is the heading itself."""
    following = reading.skip(group.end, "。;)〕]")
    if last and following < mark.end:
        return following, mark.end
    return mark.content, group.end


def _first(reading: Reading, start: int, end: int) -> Quote:
    """The first fifteen characters of a body."""
    return reading.joined(start, min(start + _FIRST, max(end, start + 1), len(reading.text)))


def _items(marks: tuple[Mark, ...], groups: list[Group]) -> list[_Item]:
    """Each group under the item that it closes."""
    owners: dict[int, list[Group]] = {}
    loose: list[_Item] = []
    deepest = [_index_before(marks, group.start) for group in groups]
    counted = Counter(index for index in deepest if index is not None)
    for group, index in zip(groups, deepest, strict=True):
        if index is None:
            loose.append(_Item(None, [], [group]))
            continue
        owners.setdefault(_owner(marks, index, counted), []).append(group)
    found = [_Item(marks[index], _parents(marks, index), held) for index, held in sorted(owners.items())]
    return loose + found


def _index_before(marks: tuple[Mark, ...], position: int) -> int | None:
    low, high = 0, len(marks)
    while low < high:
        middle = (low + high) // 2
        if marks[middle].label.start < position:
            low = middle + 1
        else:
            high = middle
    return low - 1 if low else None


def _owner(marks: tuple[Mark, ...], index: int, counted: Counter[int]) -> int:
    """Units behind the last of several points without units belong to the item around them."""
    while True:
        siblings = _siblings(marks, index)
        parent = _parent(marks, index)
        if parent is None or len(siblings) < 2 or index != siblings[-1]:
            return index
        if any(counted[sibling] for sibling in siblings[:-1]) or counted[index] != 1:
            return index
        if marks[index].level <= 2:
            return index
        index = parent


def _parent(marks: tuple[Mark, ...], index: int) -> int | None:
    for above in range(index - 1, -1, -1):
        if marks[above].level < marks[index].level:
            return above
    return None


def _parents(marks: tuple[Mark, ...], index: int) -> list[Mark]:
    found = []
    at = _parent(marks, index)
    while at is not None:
        found.append(marks[at])
        at = _parent(marks, at)
    return found


def _siblings(marks: tuple[Mark, ...], index: int) -> list[int]:
    level = marks[index].level
    first = index
    while first > 0 and marks[first - 1].level >= level:
        first -= 1
    last = index
    while last + 1 < len(marks) and marks[last + 1].level >= level:
        last += 1
    return [at for at in range(first, last + 1) if marks[at].level == level]


def _with_siblings(items: list[_Item], marks: tuple[Mark, ...]) -> list[_Item]:
    """Items between those with units are work too, though no unit is named for them."""
    held = {item.mark.label.start for item in items if item.mark}
    added: list[_Item] = []
    for index, mark in enumerate(marks):
        if mark.label.start in held or mark.level < 2:
            continue
        siblings = _siblings(marks, index)
        with_units = [at for at in siblings if marks[at].label.start in held]
        childless = index + 1 >= len(marks) or marks[index + 1].level <= mark.level
        if childless and len(with_units) * 2 > len(siblings) and with_units[0] < index < with_units[-1]:
            added.append(_Item(mark, _parents(marks, index)))
    if not added:
        return items
    return sorted([*items, *added], key=lambda item: item.mark.label.start if item.mark else item.groups[0].start)


def _numbers(items: list[tuple[Mark | None, list[Mark]]]) -> list[str]:
    """Numbers as printed; with the parent's in front where they start again: 3.1, 9.2."""
    numbers = [str(index + 1) for index in range(len(items))]
    for level in sorted({mark.level for mark, _ in items if mark}):
        at = [index for index, (mark, _) in enumerate(items) if mark and mark.level == level]
        above = {numbers[i] for i, (mark, _) in enumerate(items) if mark and mark.level < level}
        for depth in range(4):
            for index in at:
                numbers[index] = _path(*items[index], depth)
            own = {numbers[index] for index in at}
            if len(own) == len(at) and not own & above:
                break
    return numbers


def _path(mark: Mark | None, parents: list[Mark], depth: int) -> str:
    path = [parent.number for parent in parents[:depth]][::-1]
    return ".".join(str(number) for number in [*path, mark.number if mark else 0])


def _plain(reading: Reading, mark: Mark, number: str, year: int | None, units: Quote | None = None) -> Found:
    return Found(
        number,
        mark.label,
        mark.heading,
        [],
        [units] if units else [],
        list(deadlines(reading, mark.content, mark.end, year=year)),
        _first(reading, mark.body if mark.body < mark.end else mark.content, mark.end),
        mark.label.start,
        mark.end,
    )


def _from_rows(reading: Reading, marks: tuple[Mark, ...], tables: list[Table], year: int | None) -> list[Found]:
    by_title = {key(mark.heading.text): mark for mark in marks if mark.heading}
    found = []
    for table in tables:
        for row in table.rows:
            mark = next((by_title[key(text.text)] for text in row.texts if key(text.text) in by_title), None)
            found.append(_from_row(reading, row, mark, year))
    return found


def _from_row(reading: Reading, row: Row, mark: Mark | None, year: int | None) -> Found:
    body = row.texts[-1]
    title = row.texts[-2] if len(row.texts) > 1 else None
    if mark is None and title is None and len(body.text) <= 30:
        title = body
    times = list(deadlines(reading, row.start, row.times[0][0] if row.times else row.end, year=year))
    for begin, stop in row.times:
        times += stated_deadlines(reading, begin, stop, year=year)
    first = _first(reading, body.start, body.end)
    if mark:
        title = row.texts[0]
        times += deadlines(reading, mark.content, mark.end, year=year)
        first = _first(reading, mark.body, mark.end)
    return Found(str(row.number), row.label, title, row.lead, row.responsible, times, first, row.start, row.end)


def _from_units(reading: Reading, marks: tuple[Mark, ...], year: int | None) -> list[Found]:
    """Units as headings: what stands below each is that unit's work."""
    heads = [i for i, m in enumerate(marks) if m.heading and m.level <= 2 and _names_unit(reading, m.heading)]
    if len(heads) < 3:
        return []
    chosen: list[tuple[Mark, Quote, list[Mark]]] = []
    for index in heads:
        head = marks[index]
        assert head.heading is not None
        below = []
        for mark in marks[index + 1 :]:
            if mark.level <= head.level:
                break
            below.append(mark)
        top = min((mark.level for mark in below), default=0)
        chosen += [(mark, head.heading, [head]) for mark in below if mark.level == top] or [(head, head.heading, [])]
    numbers = _numbers([(mark, parents) for mark, _, parents in chosen])
    return [
        _plain(reading, mark, number, year, units) for (mark, units, _), number in zip(chosen, numbers, strict=True)
    ]


def _names_unit(reading: Reading, heading: Quote) -> bool:
    plain = reading.plain[heading.start : heading.end].strip()
    return len(plain) <= 16 and is_unit(plain) and not re.search(r"^(?:加强|推进|建设|完善|健全|深化)", plain)


def _from_headings(reading: Reading, marks: tuple[Mark, ...], kind: Kind, year: int | None) -> list[Found]:
    """A plan that names no unit: the items below a heading that calls them tasks."""
    if kind not in _PLANS or not marks:
        return []
    chosen: list[Mark] = []
    parents: list[list[Mark]] = []
    for index, mark in enumerate(marks):
        if mark.level != 2 or mark.sign == "条":
            continue
        parent = _parent(marks, index)
        named = marks[parent].heading if parent is not None else None
        plain = reading.plain[named.start : named.end] if named else ""
        if _NOT_WORK.search(plain) or not (kind is Kind.PRIORITIES or _WORK.search(plain)):
            continue
        chosen.append(mark)
        parents.append(_parents(marks, index))
    numbers = _numbers(list(zip(chosen, parents, strict=True)))
    return [_plain(reading, mark, number, year) for mark, number in zip(chosen, numbers, strict=True)]
