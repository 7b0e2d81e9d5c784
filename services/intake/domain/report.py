"""The draft of the annual report: five parts, none of them empty, every number bound to its indicator."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from services.kernel.contracts.figures import Figure
from services.kernel.procedure.indicators import indicators

PARTS = (
    "主要举措和成效",
    "存在的不足和原因",
    "党政主要负责人履行推进法治建设第一责任人职责情况",
    "下一年度主要安排",
    "其他需要报告的情况",
)
MARKS = (("举措", "成效"), ("不足", "原因"), ("第一责任人",), ("下一年度", "下一步", "安排"), ("其他",))
NUMERALS = "一二三四五"
BY_PEOPLE = (1, 2)
# What speaks of those in charge: matters taken to a meeting, and orders on lagging tasks.
IN_CHARGE = ("MEETINGS", "MEETING_ITEMS")


@dataclass(frozen=True)
class Binding:
    """One number of the report: which indicator it says, and where it stands in the text."""

    code: str
    value: int
    of: int | None
    start: int
    end: int


@dataclass(frozen=True)
class Drafted:
    """The report's text, its bindings, and the parts that a person has to complete."""

    title: str
    text: str
    bindings: tuple[Binding, ...]
    to_complete: tuple[str, ...]


@dataclass
class _Writer:
    pieces: list[str] = field(default_factory=list)
    bindings: list[Binding] = field(default_factory=list)
    length: int = 0

    def say(self, words: str) -> None:
        self.pieces.append(words)
        self.length += len(words)

    def number(self, figure: Figure) -> None:
        start = self.length
        self.say(_written(figure))
        self.bindings.append(Binding(figure.code, figure.value, figure.of, start, self.length))

    def list_of(self, figures: Sequence[Figure], *, otherwise: str) -> None:
        """Figures in one sentence, or the other sentence when there are none."""
        if not figures:
            self.say(otherwise)
            return
        for index, figure in enumerate(figures):
            self.say("，" if index else "")
            self.say(indicators()[figure.code].words.zh)
            self.number(figure)
        self.say("。")


def draft(issuer_name: str, year: int, figures: Iterable[Figure]) -> Drafted:
    """Draft the report on `year` from its figures, in the order of the indicators; others are not written."""
    order = list(indicators())
    kept = sorted((figure for figure in figures if figure.code in order), key=lambda figure: order.index(figure.code))
    writer = _Writer()
    title = f"{issuer_name}{year}年法治政府建设情况报告"
    writer.say(f"{title}\n\n根据《法治政府建设与责任落实督察工作规定》，现将{year}年法治政府建设情况报告如下。\n")
    for index, write in enumerate((_work, _shortcomings, _in_charge, _plans, _others)):
        writer.say(f"\n{NUMERALS[index]}、{PARTS[index]}\n")
        write(writer, kept, year)
        writer.say("\n")
    writer.say(f"\n{issuer_name}\n")
    text = "".join(writer.pieces)
    return Drafted(title, text, tuple(writer.bindings), tuple(PARTS[index] for index in BY_PEOPLE))


def _work(writer: _Writer, figures: Sequence[Figure], year: int) -> None:
    done = [figure for figure in figures if _is(figure, "work") and (figure.value or figure.of)]
    writer.say("本年度，")
    writer.list_of(done, otherwise="没有列入统计的事项。")


def _shortcomings(writer: _Writer, figures: Sequence[Figure], year: int) -> None:
    lacking = [figure for figure in figures if _is(figure, "lack") and figure.value > 0]
    writer.say("对照工作要求，还有不足：")
    writer.list_of(lacking, otherwise="统计数据没有反映出逾期、督办和缩短期限的情况，制度落实的质量仍有差距。")
    writer.say("原因主要是部分任务的责任分工和时间安排不够细，对进展的提醒和督促不够及时。")


def _in_charge(writer: _Writer, figures: Sequence[Figure], year: int) -> None:
    acts = [figure for figure in figures if figure.code in IN_CHARGE and figure.value > 0]
    writer.say("主要负责人按照第一责任人职责，对文件制定、决策和任务落实中的重要事项亲自过问：")
    writer.list_of(acts, otherwise="需要集体讨论的文件经会议讨论决定，由主要负责人签发。")


def _plans(writer: _Writer, figures: Sequence[Figure], year: int) -> None:
    overdue = [figure for figure in figures if figure.code == "TASK_OVERDUE" and figure.value > 0]
    writer.say("下一年度，继续落实公开征求意见、合法性审查、集体讨论决定和公布、备案的要求。")
    if overdue:
        writer.say("对")
        writer.list_of(overdue, otherwise="")
        writer.say("逐项列出新的完成时限，落实到责任单位。")


def _others(writer: _Writer, figures: Sequence[Figure], year: int) -> None:
    writer.say("本报告的数字按事项发生的日期统计，每一项均可查到所依据的记录。")


def _is(figure: Figure, part: str) -> bool:
    return indicators()[figure.code].part == part


def _written(figure: Figure) -> str:
    unit = figure.unit or indicators()[figure.code].unit
    if figure.of is None:
        return f"{figure.value}{unit}"
    if unit == "%":
        share = 100 * figure.value / figure.of if figure.of else 0.0
        return f"{share:.1f}%（{figure.value}/{figure.of}）"
    return f"{figure.value}{unit}（共{figure.of}{unit}）"


def empty_parts(text: str) -> tuple[str, ...]:
    """The required parts of an annual report that a text has no heading for, or nothing under it."""
    lines = [line.strip() for line in text.split("\n")]
    return tuple(part for part, marks in zip(PARTS, MARKS, strict=True) if not _holds(lines, marks))


def _holds(lines: Sequence[str], marks: tuple[str, ...]) -> bool:
    for index, line in enumerate(lines):
        if _is_heading(line) and any(mark in line for mark in marks):
            if len(line.partition("。")[2]) > 1:
                return True
            following = next((other for other in lines[index + 1 :] if other), "")
            if following and not _is_top_heading(following):
                return True
    return False


def _is_heading(line: str) -> bool:
    return line[:1] in "一二三四五六七八九十（(第" and bool(line)


def _is_top_heading(line: str) -> bool:
    return line[:1] in "一二三四五六七八九十" and "、" in line[:4]
