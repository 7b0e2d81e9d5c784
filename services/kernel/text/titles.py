"""The official title, also where it is broken over lines or stands below another text."""

from __future__ import annotations

import re

from services.kernel.text.dates import day_alone
from services.kernel.text.reading import Line, Quote, Reading

_GENRE = (
    r"(?:通知|公告|通告|通报|公示|启事|函|复函|批复|请示|决定|决议|意见|方案|办法|规定|细则|条例|规则|准则|规范|"
    r"报告|要点|计划|规划|纲要|预案|措施|制度|规程|公约|须知|纪要|答复|倡议书|标准|基准|指南|指引|清单|目录|总结|情况|说明|解读|问答|"
    r"章程|分工|[^\W\d_]{1,6}表|安排|汇报|反馈|结果|任务|令|议定书|白皮书|起草说明|宪法|[^\W\d_]{4,}法|若干政策|政策)"
)
_PAREN = r"\s?[(〔][^()〔〕\n]{1,40}[)〕]"
_TITLE_END = re.compile(rf"{_GENRE}》?(?:的(?:通知|公告|决定|函|说明))?(?:{_PAREN}){{0,3}}$")
_TAIL_LINE = re.compile(rf"(?:》|的|》的)?{_GENRE}(?:{_PAREN}){{0,2}}$")
_PAREN_LINE = re.compile(r"[(〔][^()〔〕]{2,40}[)〕]$")
_PERIOD_OR_STATE = re.compile(r"[-\d年]|试行|暂行|草案|稿|修订|修正|摘要|摘录|节选")
_LABEL = re.compile(r"(?:标\s?题|名\s?称|文件名称|公文名称|信息名称|文件标题)\s?:\s?")
_NOT_TITLE = re.compile(
    r"[。;!?]|[:,、]$|^(?:附件|附|来源|发布|索引|主题|分类|信息|当前|您|首页|上一|下一|相关|责任编辑|抄送|印发)|>"
)
_NAVIGATION = re.compile(
    r"(?:通知公告|公告公示|公示公告|通知通告|政策解读|解读回应|规划计划|规划总结|计划总结|政策文件|法规文件|其他文件|"
    r"规范性文件|政府文件|工作报告|政府工作报告|关于(?:我们|本站)|法定主动公开内容|政府信息公开(?:制度|指南|年报|目录|规定|年度报告)|"
    r"财政预决算|政策法规|意见征集|征集调查|结果反馈|意见反馈|网站说明|工作动态|.{0,4}政策|法治政府建设年度报告)$"
)
_ORDER_HEAD = re.compile(r"[\u4e00-\u9fff]{2,30}(?:令|公告|通告)(?:\(?第.{1,8}号\)?)?")
_BODY_OPENS = re.compile(r"^(?:为|根据|按照|依据|现将|经|各|第[一二三四五六七八九十\d]+[章条]|[一二三]、|\()")
_OPEN_END = re.compile(r"(?:关于|印发|开展|做好|进一步|加强|推进|实施|落实|转发|公布|发布|征求|对|和|与|及|的|、)$")
_ISSUER_LINE = re.compile(r"[\u4e00-\u9fff、\s]{3,40}(?:人民政府|政府|办公[室厅]|委员会|管委会|[委局厅部院署办会])$")
_FLAT_TITLE = re.compile(
    rf"^\s*(?P<v>[^。;:\n]{{0,90}}?(?:关于[^。;:\n]{{4,100}}?的{_GENRE}|[^。;:,\n]{{6,60}}?{_GENRE})"
    rf"(?:{_PAREN})?)(?=\s|各[^。]{{2,80}}:|[\u4e00-\u9fff]{{1,12}}〔|为|根据|第一[章条]|一、)"
)


def find_title(reading: Reading) -> Quote | None:
    """The first title of the page; None where no line is one."""
    lines = reading.lines
    for index, line in enumerate(lines):
        start = _after_label(line)
        plain = _compact(line.plain[start - line.start :])
        if not _is_candidate(plain):
            continue
        first, last = _first_line(reading, index), _last_line(reading, index)
        quoted = reading.joined(start if first == index else lines[first].start, lines[last].end - _bars(lines[last]))
        if _is_title(quoted, reading):
            return quoted
    return _flat_title(reading)


def is_title_line(plain: str) -> bool:
    """Whether a line reads as a title by itself."""
    plain = _compact(plain)
    return bool(_TITLE_END.search(plain)) and not _NOT_TITLE.search(plain) and len(plain) >= 7


def carried_name(title: str) -> str | None:
    """The name of the text that a notice carries: 关于印发《…》的通知, 关于印发…的通知."""
    start, end = title.find("《"), title.rfind("》")
    if 0 <= start < end:
        return title[start + 1 : end]
    match = re.search(r"(?:印发|发布|公布|转发|征求|下发)(.{4,80}?)(?:的(?:通知|公告|函|决定)|意见的)", title)
    return match[1] if match else None


def _compact(plain: str) -> str:
    """Titles are often spaced out: 通　知."""
    return re.sub(r"\s", "", plain).rstrip("|")


def _bars(line: Line) -> int:
    """A title in a table cell ends before the bar."""
    return len(line.plain) - len(line.plain.rstrip("| "))


def _after_label(line: Line) -> int:
    label = _LABEL.match(line.plain)
    return line.start + (label.end() if label else 0)


def _is_candidate(plain: str) -> bool:
    if not 4 <= len(plain) <= 120 or _NOT_TITLE.search(plain) or _NAVIGATION.match(plain):
        return False
    if _BODY_OPENS.match(plain) or day_alone(plain) or _ORDER_HEAD.fullmatch(plain):
        return False
    if plain.count("《") > plain.count("》"):
        return True
    return bool(_TITLE_END.search(plain)) or bool(len(plain) >= 6 and re.search("关于.{2,60}$", plain))


def _is_title(quoted: Quote, reading: Reading) -> bool:
    plain = re.sub(r"\s", "", reading.plain[quoted.start : quoted.end])
    if not 7 <= len(plain) <= 160 or plain.count("《") != plain.count("》"):
        return False
    return bool(_TITLE_END.search(plain)) and not _NAVIGATION.match(plain)


def _first_line(reading: Reading, index: int) -> int:
    """Back over the lines that the title began on."""
    first = index
    while first > 0 and index - first < 3:
        above, here = (_compact(reading.lines[at].plain) for at in (first - 1, first))
        if len(above) > 60 or _NOT_TITLE.search(above) or day_alone(above):
            break
        opens = above.count("《") > above.count("》") or bool(_OPEN_END.search(above))
        issuer = here.startswith("关于") and bool(_ISSUER_LINE.fullmatch(above))
        if not (opens or issuer) or (_TITLE_END.search(above) and not opens):
            break
        first -= 1
    return first


def _last_line(reading: Reading, index: int) -> int:
    """On to the lines that the title ends on."""
    last = _whole_at(reading, index)
    while last + 1 < len(reading.lines) and last - index < 4:
        so_far = _compact("".join(line.plain for line in reading.lines[index : last + 1]))
        below = _compact(reading.lines[last + 1].plain)
        if len(below) > 80 or re.search("[。;:]", below) or not _continues(so_far, below):
            break
        last += 1
    return last


def _whole_at(reading: Reading, index: int) -> int:
    """The first line, of four at most, with which a broken title is whole."""
    so_far = ""
    for at, line in enumerate(reading.lines[index : index + 4], index):
        plain = _compact(line.plain)
        if at > index and (
            re.search("[。;:]", plain) or len(plain) > 80 or day_alone(plain) or _BODY_OPENS.match(plain)
        ):
            break
        so_far += plain
        if so_far.count("《") <= so_far.count("》") and _TITLE_END.search(so_far):
            return at
    return index


def _continues(so_far: str, below: str) -> bool:
    """Whether a line below a whole title still belongs to it: its state or period, or 的通知."""
    if not _TITLE_END.search(so_far):
        return False
    if _PAREN_LINE.match(below):
        return bool(_PERIOD_OR_STATE.search(below)) and len(below) <= 24 and not day_alone(below)
    return len(below) <= 14 and below[0] in "的》" and bool(_TAIL_LINE.match(below))


def _flat_title(reading: Reading) -> Quote | None:
    """The title at the head of a body without line ends."""
    if not reading.lines or len(reading.lines[0].plain) < 120:
        return None
    line = reading.lines[0]
    match = _FLAT_TITLE.match(line.plain[:400])
    return reading.quote(line.start + match.start("v"), line.start + match.end("v")) if match else None
