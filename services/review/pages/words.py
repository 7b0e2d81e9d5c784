"""How states are called and marked on review's pages: a word, a shape, a colour."""

from __future__ import annotations

from dataclasses import dataclass

from services.kernel.contracts.refusals import Words
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import language
from services.kernel.runtime.directory import ROLE_WORDS

OUTCOME_STATES = {
    "lawful": "done", "amend": "warn", "unlawful": "stop", "return_procedure": "hold",
    "exploratory": "warn",
    "passed": "done", "passed_as_amended": "done", "rediscuss": "hold", "deferred": "hold", "rejected": "stop",
    "signed": "done", "returned": "warn", "ok": "done", "substantive_change": "warn",
    "filed": "done", "exempt": "warn", "violates": "stop", "uncontrollable": "stop", "not_applicable": "off",
    "revise": "warn", "stop": "stop",
}  # fmt: skip
STANCES: dict[str, tuple[Words, str]] = {
    "for": (Words("同意", "For"), "done"),
    "amend": (Words("修改", "Amend"), "now"),
    "against": (Words("不同意", "Against"), "warn"),
}
NATURES: dict[str, tuple[Words, str]] = {
    "must": (Words("必须修改", "Must change"), "stop"),
    "advice": (Words("建议修改", "Advice"), "now"),
}
HANDLINGS: dict[str, tuple[Words, str]] = {
    "done": (Words("已改", "Changed"), "done"),
    "partly": (Words("部分修改", "Partly changed"), "warn"),
    "not_done": (Words("没有改", "Not changed"), "stop"),
}
HINTS: dict[str, Words] = {
    "lawful": Words("可以提交集体审议。", "It may go to the meeting."),
    "exploratory": Words(
        "只适用于判断为探索性改革的重大行政决策；应当写明法律风险，随材料提交会议。",
        "Only for a decision declared an exploratory reform; its legal risk is stated and goes to the meeting.",
    ),
    "amend": Words(
        "退回起草单位修改，改后进入下一轮，您只需看改动。须写逐项意见。",
        "Back to the drafting unit; the next round shows you only what changed. Points are required.",
    ),
    "unlawful": Words(
        "不得提交集体审议。须写明理由和依据。", "It may not go to the meeting. Reasons and basis are required."
    ),
    "return_procedure": Words(
        "应当公开征求意见、听证或者专家论证而没有做的，选这一项。",
        "For a step that was due and not done: public comment, hearing, experts.",
    ),
    "revise": Words(
        "公开征求意见不能开始；改出新稿后重新论证。", "Public comment cannot begin; a new text is assessed again."
    ),
    "stop": Words("不能往下走；确需制定的，改出新稿后重新论证。", "It goes no further, unless a new text is assessed."),
    "ok": Words(
        "审批手续完备，内容、文种、格式无误，进入登记编号。",
        "Approvals, content, kind and layout are right; a number follows.",
    ),
    "substantive_change": Words("需作实质性修改，报原签批人复审。", "A change of substance: back to who signed."),
}
SEAT_STATES: dict[str, tuple[Words, str]] = {
    "waiting": (Words("等前面的人签署", "Waits for others"), "hold"),
    "open": (Words("等待签署", "To sign"), "now"),
    "done": (Words("已签署", "Signed"), "done"),
    "withdrawn": (Words("已减签或者撤回", "Taken away"), "off"),
}
SESSION_STATES: dict[str, tuple[Words, str]] = {
    "planned": (Words("已安排", "Planned"), "now"),
    "under_way": (Words("正在记录", "Being recorded"), "warn"),
    "held": (Words("已开，记录已确认", "Held, recorded"), "done"),
    "cancelled": (Words("已取消", "Called off"), "off"),
}
CATALOGUE_STATES: dict[str, tuple[Words, str]] = {
    "planned": (Words("计划中", "Planned"), "now"),
    "started": (Words("已启动", "Started"), "warn"),
    "decided": (Words("已作出决策", "Decided"), "done"),
    "postponed": (Words("推迟", "Postponed"), "hold"),
    "dropped": (Words("不再办理", "Dropped"), "off"),
}
SESSION_EVENTS: dict[str, Words] = {
    "planned": Words("安排会议", "Planned"),
    "moved": Words("改期或者改地点", "Moved"),
    "cancelled": Words("取消会议", "Called off"),
    "put": Words("列入议题", "Item put on the agenda"),
    "taken_off": Words("撤下议题", "Item taken off"),
    "ordered": Words("调整议题顺序", "Agenda ordered"),
    "noticed": Words("通知会议组成人员", "Members told"),
    "pack": Words("汇编会议材料", "Papers bundled"),
    "attendance": Words("登记出席", "Attendance taken"),
    "recorded": Words("记录议题", "Item recorded"),
    "minutes": Words("形成会议纪要", "Minutes made"),
}
HEARING_STATES: dict[str, tuple[Words, str]] = {
    "announced": (Words("已公告", "Announced"), "now"),
    "applying": (Words("正在报名", "Applications open"), "now"),
    "selecting": (Words("报名已截止，等待公布名单", "Applications closed, list to come"), "hold"),
    "listed": (Words("参加人名单已公布", "List of participants published"), "now"),
    "recorded": (Words("听证记录摘要已公布", "Summary of the record published"), "done"),
    "ended": (Words("不再举行", "Not held"), "off"),
}
OPEN_POINT = (Words("尚未核对", "Not checked yet"), "hold")
CLOSED: dict[str, tuple[Words, str]] = {
    "voided": (Words("已作废", "Void"), "off"),
    "withdrawn": (Words("已撤回", "Withdrawn"), "off"),
}
UNDER_WAY = (Words("进行中", "Under way"), "now")
PAUSED = (Words("计时已暂停", "Clock paused"), "hold")
UNACCEPTED = (Words("受理后开始计时", "Counts from acceptance"), "hold")


@dataclass(frozen=True)
class Mark:
    """A state as a page shows it: class (colour and shape) and word."""

    state: str
    words: str


def mark(pair: tuple[Words, str]) -> Mark:
    """A pair of words and class, for the reader."""
    return Mark(pair[1], pair[0].of(language.current()))


def outcome_mark(code: str, book: RuleBook) -> Mark:
    """What an outcome is called, and its mark; a code that the book does not know is shown as it is."""
    words = book.outcomes[code].words.of(language.current()) if code in book.outcomes else code
    return Mark(OUTCOME_STATES.get(code, "now"), words)


def hint(code: str) -> str | None:
    """What choosing an outcome leads to, where that is not plain."""
    return HINTS[code].of(language.current()) if code in HINTS else None


def role_words(role: str) -> str:
    """The name of an office."""
    return ROLE_WORDS[role].of(language.current()) if role in ROLE_WORDS else role


def listed(words: list[str]) -> str:
    """Names in a row, as the reader's language joins them."""
    return ("、" if language.current() == "zh" else ", ").join(words)


def session_event(kind: str) -> str:
    """What was done with a meeting, in words."""
    return SESSION_EVENTS[kind].of(language.current())
