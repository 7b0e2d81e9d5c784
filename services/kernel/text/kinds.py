"""What kind of document a text is, told from its title first and its form second."""

from __future__ import annotations

import re
from enum import StrEnum

from services.kernel.text.titles import carried_name


class Kind(StrEnum):
    """The kinds that the procedure distinguishes."""

    PLAN = "实施方案"
    PRIORITIES = "工作要点"
    DIVISION = "任务分工方案"
    REPORT = "年度报告"
    RULE = "行政规范性文件"
    CONSULTATION = "征求意见公告"
    OUTCOME = "征求意见结果"
    CLEANUP = "清理结果说明"
    EXPLANATION = "解读"
    GUIDANCE = "指导意见"
    NOTICE = "通知"
    LETTER = "函"
    LAW = "法规条文"
    OTHER = "其他"


_CONSULT = r"(?:征求|征集|听取).{0,40}?(?:意见|建议)"
_WHOLE_TITLE: tuple[tuple[str, Kind], ...] = (
    (r"解读|一图读懂|图解|问答$|答记者问|起草说明|编制说明|制定说明", Kind.EXPLANATION),
    (
        rf"{_CONSULT}.{{0,12}}(?:情况|结果|反馈|采纳|汇总)|(?:意见|建议).{{0,6}}(?:采纳情况|反馈情况|征集结果)",
        Kind.OUTCOME,
    ),
    (r"(?:征求|征集).{0,120}(?:意见|建议)|意见征集|征求意见", Kind.CONSULTATION),
    (
        r"清理(?:结果|情况|工作情况)|(?:废止|失效|继续有效|宣布失效|修改).{0,40}文件.{0,10}(?:目录|公告|决定|通知|清单|公示|结果)|文件清理",
        Kind.CLEANUP,
    ),
)
_OWN_NAME: tuple[tuple[str, Kind], ...] = (
    (r"分工|任务分解|责任分解|责任清单$|任务清单$", Kind.DIVISION),
    (r"(?:报告|总结|述职)$|(?:工作|落实|建设|完成|开展|执行)情况$", Kind.REPORT),
    (r"(?:实施|工作|行动|专项|总体|整治|改革|推进|建设)方案|行动计划|规划", Kind.PLAN),
    (r"要点|重点工作安排|工作安排|(?:年|年度)(?:工作|重点)?.{0,12}计划", Kind.PRIORITIES),
    (r"报告|工作(?:开展)?情况|工作总结|总结$|述职|建设情况|情况$", Kind.REPORT),
    (r"方案|规划|行动计划|计划|纲要", Kind.PLAN),
    (r"(?:指导|实施|若干|的)意见$|意见$", Kind.GUIDANCE),
    (r"宪法|(?<![办方做])法$|条例$|(?:法|条例)实施(?:细则|条例|办法)$", Kind.LAW),
    (r"办法|规定|细则|规则|规程|规范|制度|准则|标准|基准|措施|指引|政策", Kind.RULE),
)
_NOTICE_NAME: tuple[tuple[str, Kind], ...] = (
    (r"函$|批复$|答复$", Kind.LETTER),
    (r"通知$|通报$", Kind.NOTICE),
    (r"通告$|决定$", Kind.RULE),
)
_QUALIFIER = re.compile(r"\s?[(〔][^()〔〕]{1,40}[)〕]$")


def kind_of(title: str | None, *, articles: int, consults: bool, reports_outcome: bool, by_order: bool) -> Kind:
    """The kind: consultation pages first, then what the title names, then the form of the text.

    `title` is read in its shadow; `articles` counts 第X条 headings; `by_order` says that the text
    was promulgated by an order (令) or adopted by a people's congress.
    """
    plain = _QUALIFIER.sub("", title or "")
    whole = _first(plain, _WHOLE_TITLE)
    if whole and not (whole is Kind.CLEANUP and articles > 3):
        return whole
    if consults:
        return Kind.CONSULTATION
    named = _named(plain)
    if named in (Kind.RULE, None) and articles >= 3 and by_order:
        return Kind.LAW
    if named:
        return named
    if reports_outcome:
        return Kind.OUTCOME
    if articles >= 3:
        return Kind.RULE
    return Kind.OTHER


def _named(plain: str) -> Kind | None:
    carried = carried_name(plain)
    if carried:
        carried = _QUALIFIER.sub("", carried)
        found = _first(carried, _OWN_NAME)
        if found:
            return found
    if re.search(r"(?:通知|函|批复|答复|通告|通报|决定)$", plain):
        return _first(plain, _NOTICE_NAME)
    return _first(plain, _OWN_NAME)


def _first(plain: str, rules: tuple[tuple[str, Kind], ...]) -> Kind | None:
    return next((kind for pattern, kind in rules if re.search(pattern, plain)), None)
