"""Legal bases: every official text that a document names in 《…》, itself and its drafts apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.kernel.text.normal import key
from services.kernel.text.reading import Quote, Reading
from services.kernel.text.titles import carried_name

_OFFICIAL = re.compile(
    r"(?:法|条例|规定|办法|细则|决定|决议|意见|纲要|规划|方案|通知|通告|公告|通报|要点|规则|公约|规范|准则|制度|计划|"
    r"清单|标准|基准|目录|指引|指南|措施|批复|复函|函|章程|典|解释|规程|预案|政策|工作报告|安排|分工|条约|协定|政策措施|"
    r"若干条|\d+条|[一二三四五六七八九十]+条|指标体系|体系|令|项规定)"
    r"(?:\s?[(〔][^()〔〕]{1,40}[)〕]|\s?(?:19|20)\d{2}[-\d年]{4,8}[)〕])*$"
)
_DRAFT = re.compile(r"征求意见|送审稿|讨论稿|草案|征集意见|(?:修订|修改)稿|审议稿|初稿")
_STUDY = re.compile(
    r"学习(?:纲要|问答|读本|材料)|大事记|读本|选编|选读|论述摘编|概论|文选|文集|汇编|案例|辅导|重要论述|教材"
)
_FORM = re.compile(
    r"(?:通知书|决定书|意见书|建议书|承诺书|告知书|责任书|申请[表书]|登记[表册簿]|审批表|汇总表|反馈表|统计表|一览表|"
    r"分工表|分解表|任务表|评分表|表|台账|证|许可证|执照|证书|合同|协议|回执|函件|委托书|报告书|说明书|照会)$"
)
_BARE = re.compile(
    r"(?:(?:管理|暂行|实施|工作|若干|指导|试行|本)?(?:条例|规定|办法|细则|决定|意见|纲要|规划|方案|通知|通告|公告|要点|规则|规范|"
    r"准则|制度|计划|清单|标准|基准|目录|指引|指南|措施|批复|函|章程|解释|规程|预案|分工|政策))$"
)
_ALIAS = re.compile(r"简称(?:为|:)?\s*[“\"]?$")


def legal_bases(reading: Reading, title: Quote | None) -> tuple[Quote, ...]:
    """The different official texts named, in order, each as first printed."""
    plain_title = re.sub(r"\s", "", reading.plain[title.start : title.end]) if title else ""
    own = _own_names(plain_title)
    attached = _attached(reading)
    found: dict[str, Quote] = {}
    for start, end in _names(reading.plain):
        plain = re.sub(r"\s+", "", reading.plain[start:end])
        name = key(plain)
        alias = _ALIAS.search(reading.plain[max(0, start - 12) : start - 1])
        if alias or name in own or name in attached or not _is_official(plain):
            continue
        found.setdefault(name, reading.joined(start, end))
    return tuple(found.values())


def _is_official(plain: str) -> bool:
    if not 3 <= len(plain) <= 120 or _BARE.fullmatch(plain):
        return False
    if _DRAFT.search(plain) or _STUDY.search(plain) or _FORM.search(plain):
        return False
    return bool(_OFFICIAL.search(plain))


def _names(plain: str) -> Iterator[tuple[int, int]]:
    """The outermost 《…》 in one line; one that is never closed is not read."""
    depth, start = 0, 0
    for index, char in enumerate(plain):
        if char == "《":
            # A second opening without a close between them that leads nowhere is a misprint.
            if depth == 0 or index - start > 120:
                depth, start = 0, index + 1
            depth += 1
        elif char == "》" and depth:
            depth -= 1
            if depth == 0:
                yield start, index
        elif char == "\n" and depth and index - start > 60:
            depth = 0


def _own_names(plain_title: str) -> set[str]:
    names = {plain_title}
    carried = carried_name(plain_title)
    if carried:
        names.add(carried)
    stripped = {re.sub(r"[(〔][^()〔〕]{1,30}[)〕]", "", name) for name in names}
    return {key(name) for name in names | stripped | {_draft_stripped(n) for n in names} if name}


def _draft_stripped(name: str) -> str:
    return re.sub(r"[(〔][^()〔〕]{0,12}(?:稿|草案)[^()〔〕]{0,4}[)〕]", "", name)


def _attached(reading: Reading) -> set[str]:
    """Names on the lines that list the attachments, and names whose draft is held out here."""
    names = set()
    for line in reading.lines:
        if re.match(r"附件\s?\d*\s?[:.]", line.plain):
            names |= {key(name) for name in re.findall(r"《([^》]{2,120})》", line.plain)}
    for start, end in _names(reading.plain):
        name = reading.plain[start:end]
        after = reading.plain[end + 1 : end + 12]
        if re.match(r"[(〔](?:征求意见稿|草案|送审稿)", after):
            names.add(key(name))
        elif _DRAFT.search(name):
            names.add(key(_draft_stripped(name)))
    return names
