"""Units: who leads, who answers for, who joins in; as labels, brackets and closing sentences say it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from services.kernel.text.reading import Quote, Reading

_OF = r"(?:责任)?(?:\([^()\n]{1,6}\))?(?:单位|部门|处室|科室|股室|机构|机关|主体)"
_LABEL = re.compile(
    rf"(?P<lead>(?:总?牵头|主办|主责|主要责任|第一责任){_OF}|牵头)\s*:"
    rf"|(?P<resp>(?:责任|配合|协同|协同配合|共同配合|参加|参与|协办|协助|协作|承办|实施|落实|负责|具体负责|责任落实){_OF}"
    r"|(?<![\u4e00-\u9fff])配合|(?<![\u4e00-\u9fff])责任)\s*:"
    r"|(?P<time>(?:完成|办结|整改|落实)(?:时限|时间|期限|日期)|时限要求|时间节点|时间要求|时间安排|时间进度|进度要求|工作时限|时限)\s*:"
    r"|(?P<other>(?:责任|牵头|配合|分管|挂钩|包抓|市级|区级|县级)(?:领导|人|人员|同志)|责任人|联系人|备注|成果形式|完成标志|工作目标)\s*:"
)
_ENDING = (
    r"(?:局|厅|委|办|部|院|署|司|处|所|站|室|中心|政府|公室|公厅|委员会|管委会|党组|党委|工委|总队|支队|大队|公司|集团|银行|[分支]行|"
    r"联|会|团委|学校|大学|学院|街道|镇|乡|办事处|园区|片区|开发区|新区|法院|检察院|法庭|检察室|机关|单位|部门|组|"
    r"科|股|社区|国资|税务|海关|县|市|区|旗|州|地区|兵团|馆|台|社|队|编办|机构|企业|党校)"
)
UNIT = re.compile(rf"[\u4e00-\u9fff·“”]{{1,40}}?{_ENDING}(?:[(〔][^()〔〕]{{1,60}}[)〕])?$")
_GROUP = re.compile(
    r"^(?:各|有关|相关|其他|其它|区内|全[市区县]|.{0,8}各|具有|承担|.{0,10}(?:有关|相关)(?:部门|单位|方面))|(?:各|有关|相关)(?:部门|单位)$"
)
_ROLE = re.compile(
    r"(?P<with>会同|商)|(?P<lead>牵头(?:负责|组织|实施|落实)?)"
    r"|(?P<join>(?:协同|共同|协助|密切)?配合|参与|参加|协助|协办)"
    r"|(?P<resp>(?:按照?|根据)(?:各自)?(?:职责|职能)(?:分工)?(?:分别)?(?:负责|落实|实施|配合)?|(?:分别|共同|具体|分工|组织)?负责(?:落实|实施)?|组织实施|抓好落实|落实)"
)
_TAIL = re.compile(
    r"(?:(?:按照?|根据)(?:各自)?(?:职责|职能|任务|工作)(?:分工|职责|职能)?(?:范围)?(?:内)?|(?:牵头|具体|分别|共同|分工|组织|各自)?负责(?:落实|实施)?|组织实施|"
    r"牵头|(?:共同)?配合|参加|参与|落实)+$"
)
_HEAD = re.compile(r"^(?:由|及|和|以及|并|等|请|为)")
_AND_OTHERS = re.compile(r"(?:和|及|以及|与)(?=各|有关|相关|其他|其它|所属|区直|市直|县直)")
_AND = re.compile(r"和|及|以及|与")
_ETC = re.compile(r"等(?!级|院校|教育|学校)")
_BARE = frozenset({"部门", "单位", "部门和单位", "部门单位", "部门、单位", "", "下同", "等", "有关", "责任单位"})
_NOISE = re.compile(
    r"^(?:详见|见附件|下同|以下|列第|列在|排|第一|首位|附件|此项|长期|持续|全年|每年|\d)|为牵头|牵头(?:单位|部门)"
)
_FIRST_LEADS = re.compile(
    r"(?:列|排|排名|排序|名列)(?:在)?(?:第一|首|最前|首要)位?[^。;\n]{0,16}?(?:为|是|系)(?:总?牵头|主办|主责)"
    r"|(?:第一(?:个|家)?|首个|首位)(?:责任)?(?:单位|部门)(?:为|是|系)(?:总?牵头|主办|主责)"
)
# 区司法局(牵头): the role stands behind the name.
_NAMED_LEAD = re.compile(r"[(〔](?:(?P<lead>牵头(?:单位|部门|负责)?|主办)|配合|参加|协办)[)〕]$")
_LONGEST = 900


@dataclass(slots=True)
class Group:
    """The units set for one piece of work, with the words that set a time for it."""

    start: int
    end: int
    lead: list[Quote] = field(default_factory=list)
    responsible: list[Quote] = field(default_factory=list)
    times: list[tuple[int, int]] = field(default_factory=list)

    @property
    def named(self) -> bool:
        """Whether any unit is named."""
        return bool(self.lead or self.responsible)


def unit_groups(reading: Reading, hidden: list[tuple[int, int]]) -> list[Group]:
    """Every group of units in the text, outside the stretches that are tables."""
    pieces = [*_labelled(reading), *_bracketed(reading), *_closing(reading)]
    pieces = [p for p in pieces if not any(a <= p.start < b for a, b in hidden)]
    pieces.sort(key=lambda piece: (piece.start, -piece.end))
    groups: list[Group] = []
    for piece in pieces:
        if groups and piece.start < groups[-1].end:
            continue
        if groups and _adjoins(reading, groups[-1], piece):
            last = groups[-1]
            last.end = piece.end
            last.lead += piece.lead
            last.responsible += piece.responsible
            last.times += piece.times
        else:
            groups.append(piece)
    groups = [group for group in groups if group.named]
    if _FIRST_LEADS.search(reading.plain):
        for group in groups:
            _first_leads(group)
    return groups


def is_unit(plain: str) -> bool:
    """Whether a name, in its shadow, reads as that of a unit or a group of units."""
    return len(plain) <= 45 and bool(UNIT.fullmatch(plain) or (_GROUP.search(plain) and len(plain) <= 24))


def _adjoins(reading: Reading, group: Group, piece: Group) -> bool:
    gap = reading.plain[group.end : piece.start]
    return not gap.strip(" \n,;。、()[]〔〕|") and not (group.responsible and piece.lead and "\n\n" in gap)


def _first_leads(group: Group) -> None:
    if group.lead or not group.responsible or _GROUP.search(group.responsible[0].text):
        return
    group.lead = [group.responsible[0]]
    group.responsible = group.responsible[1:]


def _labelled(reading: Reading) -> Iterator[Group]:
    matches = list(_LABEL.finditer(reading.plain))
    for index, match in enumerate(matches):
        following = matches[index + 1].start() if index + 1 < len(matches) else len(reading.plain)
        end = _list_end(reading, match.end(), following)
        group = Group(match.start(), end)
        role = match.lastgroup
        if role == "time":
            group.times.append((match.end(), end))
        elif role in ("lead", "resp"):
            _put(reading, group, match.end(), end, lead=role == "lead")
        yield group


def _put(reading: Reading, group: Group, start: int, end: int, *, lead: bool) -> None:
    said = _FIRST_LEADS.search(reading.plain, start, end)
    if said:
        end = said.start()
    roles = [m for m in _ROLE.finditer(reading.plain, start, end) if m["lead"] or m["with"]]
    if roles and not lead:
        parsed = _by_roles(reading, start, end)
        if parsed and parsed.lead:
            group.lead += parsed.lead
            group.responsible += parsed.responsible
            return
    leads, others = named_roles(reading, start, end, lead=lead)
    group.lead += leads
    group.responsible += others


def named_roles(reading: Reading, start: int, end: int, *, lead: bool) -> tuple[list[Quote], list[Quote]]:
    """The names in a list that lead, and the others; `lead` says what a bare name is."""
    held: tuple[list[Quote], list[Quote]] = ([], [])
    for name in split_units(reading, start, end):
        leading = _NAMED_LEAD.search(reading.plain, name.start, name.end)
        leads = lead if leading is None else leading["lead"] is not None
        bare = name if leading is None else reading.joined(name.start, leading.start())
        held[0 if leads else 1].append(bare)
    return held


def _list_end(reading: Reading, start: int, limit: int) -> int:
    """Where a list of units ends: a full stop, the bracket around it, or a line that is complete."""
    depth = 0
    limit = min(limit, start + _LONGEST)
    for index in range(start, limit):
        char = reading.plain[index]
        if char in "(〔[":
            depth += 1
        elif char in ")〕]":
            depth -= 1
            if depth < 0:
                return index
        elif (
            char == "。"
            or (char == ";" and depth == 0 and not _more_units(reading, index + 1))
            or (char == "\n" and reading.plain[start:index].strip() and not _runs_on(reading, start, index, limit))
        ):
            return index
    return limit


def _more_units(reading: Reading, start: int) -> bool:
    piece = re.split(r"[、,;。\n)]", reading.plain[start : start + 46].lstrip())[0]
    return is_unit(piece)


def _runs_on(reading: Reading, start: int, newline: int, limit: int) -> bool:
    """A list broken by a line end: at a comma, or in the middle of a name."""
    written = reading.plain[start:newline].rstrip()
    if not written:
        return True
    below = reading.plain[newline + 1 : newline + 60].lstrip().split("\n")[0]
    if written[-1] in "、," and below:
        return True
    if below[:1] in ("、",):
        return True
    last = re.split(r"[、,;]", written)[-1].strip()
    first = re.split(r"[、,;。)]", below)[0].strip()
    if len(last) > 14 or is_unit(last) or _TAIL.search(last) or not first:
        return False
    return is_unit(last + first) and len(last + first) <= 20


def split_units(reading: Reading, start: int, end: int) -> list[Quote]:
    """The names in a list, as printed; group names stay, closing words are dropped."""
    names = []
    for a, b in _pieces(reading.plain, start, end):
        for c, d in _parts(reading.plain, a, b):
            quote = _trimmed(reading, c, d)
            plain = re.sub(r"\s", "", reading.plain[quote.start : quote.end])
            if plain and plain not in _BARE and not _NOISE.search(plain) and len(plain) <= 60:
                names.append(quote)
    return names


def _pieces(plain: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    depth, begin = 0, start
    for index in range(start, end):
        char = plain[index]
        if char in "(〔[":
            depth += 1
        elif char in ")〕]":
            depth = max(0, depth - 1)
        elif depth == 0 and (char in "、,;|。" or (char.isspace() and _blank_divides(plain, begin, index))):
            yield begin, index
            begin = index + 1
    yield begin, end


def _blank_divides(plain: str, begin: int, index: int) -> bool:
    return plain[index] != "\n" and is_unit(plain[begin:index].strip())


def _parts(plain: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A and B等相关部门: both names, and the group behind 等."""
    outside = re.sub(r"[(〔][^()〔〕]*[)〕]", lambda m: "#" * len(m.group()), plain[start:end])
    etc = _ETC.search(outside)
    if etc and etc.start() > 1 and outside[etc.start() - 1] not in "高初中同平":
        yield from _parts(plain, start, start + etc.start())
        yield start + etc.end(), end
        return
    others = _AND_OTHERS.search(outside)
    if others and others.start() > 1:
        yield start, start + others.start()
        yield start + others.end(), end
        return
    for match in _AND.finditer(outside):
        left, right = outside[: match.start()].strip(" 由"), outside[match.end() :].strip()
        right = _TAIL.sub("", right)
        if _joins_two(left) and _joins_two(right):
            yield start, start + match.start()
            yield start + match.end(), end
            return
    yield start, end


def _joins_two(name: str) -> bool:
    return len(name) >= 3 and bool(
        re.search(r"(?:局|厅|委|办|部|院|政府|委员会|管委会|公司|中心|大队|支队|街道|镇|乡|联|工会)#*$", name)
    )


def _trimmed(reading: Reading, start: int, end: int) -> Quote:
    quote = reading.quote(start, end)
    plain = reading.plain[quote.start : quote.end]
    head = _HEAD.match(plain) if len(plain) > 3 else None
    begin = head.end() if head else 0
    plain = plain[begin:].rstrip(" 。;,)]〕|:" if plain.count("(") < plain.count(")") else " 。;,|:")
    plain = _TAIL.sub("", plain).rstrip()
    return reading.joined(quote.start + begin, quote.start + begin + len(plain))


def _bracketed(reading: Reading) -> Iterator[Group]:
    """(区甲局牵头,区乙局配合) and (区甲局、区乙局) at the end of an item."""
    for match in re.finditer(r"[(〔\[](?=[\u4e00-\u9fff“])", reading.plain):
        end = _closing_bracket(reading.plain, match.start())
        if end is None or _LABEL.search(reading.plain, match.start(), end):
            continue
        before = reading.plain[max(0, match.start() - 1) : match.start()]
        after = reading.plain[end + 1 : end + 30].lstrip(" 。;").split("\n")[0]
        if after and before not in ("。", "\n", ";", " ", "") and reading.plain[end + 1 : end + 2] not in "。;\n ":
            continue
        group = _by_roles(reading, match.start() + 1, end)
        if group is None and before in ("。", "\n", " ", ";", "!", "”"):
            group = _plain_list(reading, match.start() + 1, end)
        if group:
            group.start, group.end = match.start(), end + 1
            yield group


def _closing_bracket(plain: str, start: int) -> int | None:
    depth = 0
    for index in range(start, min(len(plain), start + _LONGEST)):
        if plain[index] in "(〔[":
            depth += 1
        elif plain[index] in ")〕]":
            depth -= 1
            if depth == 0:
                return index
        elif plain[index] == "\n" and index - start > 200:
            return None
    return None


def _plain_list(reading: Reading, start: int, end: int) -> Group | None:
    names = split_units(reading, start, end)
    plains = [reading.plain[name.start : name.end] for name in names]
    covered = sum(len(plain) for plain in plains)
    if not names or not all(is_unit(re.sub(r"\s", "", plain)) for plain in plains):
        return None
    if len(names) == 1 and not re.search(r"(?:局|委|办|厅|院|中心|部门|政府)$", plains[0]):
        return None
    return Group(start, end, responsible=names) if covered > (end - start) * 0.6 else None


def _by_roles(reading: Reading, start: int, end: int) -> Group | None:
    """Names before 牵头 lead, names after 会同 and before 配合 or 负责 answer."""
    group, begin, after_with = Group(start, end), start, False
    for match in _ROLE.finditer(reading.plain, start, end):
        names = split_units(reading, begin, match.start())
        if not all(is_unit(re.sub(r"\s", "", reading.plain[n.start : n.end])) for n in names):
            return None
        leads = (match["lead"] or match["with"]) and not after_with
        (group.lead if leads else group.responsible).extend(names)
        after_with = bool(match["with"]) or (after_with and not match["lead"])
        begin = match.end()
    rest = reading.plain[begin:end].strip(" ,;。、)")
    if begin == start or not group.named or (len(rest) > 6 and not _NOISE.search(rest)):
        return None
    return group


def _closing(reading: Reading) -> Iterator[Group]:
    """A line, or the last sentence of one, that only says who leads and who joins in."""
    for line in reading.lines:
        body = line.plain.rstrip("。;")
        cut = body.rfind("。") + 1
        sentence = body[cut:]
        if not 6 <= len(sentence) <= 200 or not re.search("牵头|负责|会同", sentence):
            continue
        if sentence.startswith("(") or _LABEL.search(sentence):
            continue
        group = _by_roles(reading, line.start + cut, line.start + len(body))
        if group:
            yield group
