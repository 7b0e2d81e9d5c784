"""How personal data looks inside Chinese text: patterns as data, each with an example, and the sums that prove some."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.kernel.text.names import COMPOUND


class Kind(StrEnum):
    """What kind of data a place holds."""

    PHONE = "phone"
    IDENTITY = "identity"
    CARD = "card"
    MAIL = "mail"
    PLATE = "plate"
    ACCOUNT = "account"
    ADDRESS = "address"
    NAME = "name"


@dataclass(frozen=True)
class Pattern:
    """One way in which a kind is written; `group` is the part that is covered, `holds` the proof, if there is one."""

    kind: Kind
    regex: re.Pattern[str]
    example: str
    certain: bool = False
    group: int = 0
    holds: Callable[[str], bool] = lambda _: True


PROVINCES = frozenset(["11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82"])  # fmt: skip
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
CARD_LENGTHS = range(16, 20)


def is_identity(text: str) -> bool:
    """An identity number of 18 places: province, a day of birth that exists, and the check character (GB 11643)."""
    plain = _plain(text)
    total = sum(int(digit) * weight for digit, weight in zip(plain[:17], WEIGHTS, strict=True))
    return looks_like_identity(text) and CHECKS[total % 11] == plain[17]


def looks_like_identity(text: str) -> bool:
    """Province and day of birth are there, whatever the check character says: perhaps mistyped."""
    plain = _plain(text)
    return plain[:2] in PROVINCES and _is_day(plain[6:10], plain[10:12], plain[12:14])


def is_old_identity(text: str) -> bool:
    """An identity number of 15 places, as given out until 1999."""
    return text[:2] in PROVINCES and _is_day("19" + text[6:8], text[8:10], text[10:12])


def is_card(text: str) -> bool:
    """A card number: 16 to 19 digits whose Luhn sum is right (ISO/IEC 7812)."""
    digits = [int(digit) for digit in _plain(text)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return len(digits) in CARD_LENGTHS and len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _plain(text: str) -> str:
    return re.sub(r"[ -]", "", text).upper()


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return int(year) >= 1900


SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧肖蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟"
    "秦白江阎薛尹段雷龙史陶黎贺顾毛郝龚邵万钱严覃武莫孔汤向常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁符舒阮柯纪梅童"
    "凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧阳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)  # fmt: skip
HAN = "一-龥"
# What begins like a surname and is none, and what places and bodies end with.
NO_NAMES = (
    "高中|高层|高校|高兴|高新|高一|高二|高三|马上|马路|方便|方案|方面|方式|房东|房主|房屋|房产|于是|于|常年|常住|安全|安置|单位|单身|单元|任何|任务|任课|成年|成都|时间|时候|和|项目"
    "|车主|车辆|白天|施工|计划|程序|司机|司法|商户|商家|商贩|农民|农村|路人|路过|路边|金融|万一|江苏|华人|党员|申请|应该|应当|何时|何处|温馨|许多|全体|全区|全家|孙子|孙女|文化|阳光|毛病|余下"
    "|林业|石油|明确|明年|包括|向|关于|关心|关注|连续|古城|简单|解决|管理|游客|边上|师傅|师范|老师|全职|冷库|宫|米|景区|卫生|康复|雷电|严格|严重|夏天|夏季|白领|黄色|金额|金牌|钱|左右|季度|盛夏|龙头|牛奶|温度|常常|常用|易|应|成|游|查|明|麻|时|路|全|师|边|连|解|管|单|商|席|卓"
)
NOT_AT_THE_END = "村镇乡路街巷店局市区县社厂校院所办队人民员生户家们区域的了是在和与也都就不很"
FULL_NAME = rf"(?!{NO_NAMES})(?:(?:{COMPOUND})[{HAN}]{{1,2}}|[{SURNAMES}][{HAN}]{{1,2}})(?<![{NOT_AT_THE_END}])"
ENDS_NAME = r"(?=$|[\s,.;:!?、，。；：！？（()）\[\]【】]|的|系|住|家住|在|电话|手机|先生|女士|同志|今年|身份证|男|女|曾|于|反映|认为|建议|表示|说|同意|反对)"
BEFORE_NAME = (
    "我叫|我名叫|我是|本人叫|本人姓名|本人是|本人|姓名|名字叫|名叫|联系人|署名|落款|户主|业主|反映人|投诉人|建议人|举报人|申请人|居民|村民|市民|家长|签名|签字"
    "|儿子|女儿|孩子|母亲|父亲|妈妈|爸爸|奶奶|爷爷|外婆|外公|妻子|丈夫|爱人|老伴|孙子|孙女|邻居|房东|法定代表人|经办人"
)
NAME_COMES = rf"(?:{BEFORE_NAME})(?:叫|名叫|是|为)?[ :：,，]{{0,2}}"
# Given names that follow without a break are told apart by what ends them: longest first, then shorter.
ROAD = rf"[{HAN}A-Za-z0-9]{{1,10}}(?:大道|路|街|巷|胡同|弄|里|村|庄|屯|小区|花园|家园|公寓|苑|新村)"
PART = r"(?:[0-9一二三四五六七八九十百甲乙丙A-Za-z-]{1,6}(?:号院|号楼|号|栋|幢|座|单元|层|楼|室|户|组|排))"
CONTEXT = r"(?:家住|现住|住在|住址|地址|户籍地?|居住地?|通信地址|收件地址)(?:是|为|在)?[ :：]{0,2}"
REGIONS = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

EIGHTEEN = re.compile(r"(?<![0-9A-Za-z])\d{6}[ -]?\d{4}[ -]?\d{4}[ -]?\d{3}[0-9Xx](?![0-9A-Za-z])")

PATTERNS: tuple[Pattern, ...] = (
    Pattern(
        Kind.MAIL,
        re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}"),
        "zhou.min@yunxi.example",
        certain=True,
    ),
    Pattern(
        Kind.IDENTITY,
        EIGHTEEN,
        "11010519491231002X",
        certain=True,
        holds=is_identity,
    ),
    Pattern(
        Kind.IDENTITY,
        EIGHTEEN,
        "110105194912310021",
        holds=looks_like_identity,
    ),
    Pattern(
        Kind.IDENTITY,
        re.compile(r"(?<![0-9A-Za-z])\d{15}(?![0-9A-Za-z])"),
        "110105491231002",
        certain=True,
        holds=is_old_identity,
    ),
    Pattern(
        Kind.CARD,
        re.compile(r"(?<![0-9A-Za-z])[3-69]\d{3}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?![0-9A-Za-z])"),
        "6222 0000 0000 0000 004",
        certain=True,
        holds=is_card,
    ),
    Pattern(
        Kind.PHONE,
        re.compile(r"(?<![0-9])(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?![0-9])"),
        "138-0013-8000",
        certain=True,
    ),
    Pattern(
        Kind.PHONE,
        re.compile(r"(?<![0-9])(?:\(0\d{2,3}\)|0\d{2,3})[ -]?[2-9]\d{2,3}[ -]?\d{4}(?:(?:转|-)\d{1,6})?(?![0-9])"),
        "(0917)3260000",
        certain=True,
    ),
    Pattern(
        Kind.PHONE,
        re.compile(r"(?:电话|座机|手机|致电|联系方式)(?:号码?)?(?:是|为)?[ :：]{0,2}([2-9]\d{6,7})(?![0-9])"),
        "电话：3260000",
        certain=True,
        group=1,
    ),
    Pattern(
        Kind.PHONE,
        re.compile(r"(?<![0-9])1[ .-]?[3-9](?:[ .-]?\d){9}(?![0-9])"),
        "1 3 8 0 0 1 3 8 0 0 0",
    ),
    Pattern(
        Kind.PHONE,
        re.compile(r"(?<![〇零一幺二三四五六七八九])[一幺][三四五六七八九][〇零一幺二三四五六七八九]{9}(?![〇零一幺二三四五六七八九])"),
        "幺三八零零幺三八零零零",
    ),
    Pattern(
        Kind.PLATE,
        re.compile(rf"[{REGIONS}][A-HJ-NP-Z][ ·・]?[A-HJ-NP-Z0-9]{{4,5}}[A-HJ-NP-Z0-9挂学警港澳](?![A-Za-z0-9])"),
        "陕C·12345",
    ),
    Pattern(
        Kind.ACCOUNT,
        re.compile(
            r"(?:微信|薇信|WeChat|weixin|vx|wx|QQ|扣扣)(?:群|号码?|ID)?(?:是|为)?[ :：]{0,2}"
            r"([A-Za-z][A-Za-z0-9_-]{5,19}|[1-9]\d{4,11})(?![A-Za-z0-9_-])",
            re.IGNORECASE,
        ),
        "微信号：zhou_min66",
        group=1,
    ),
    Pattern(
        Kind.ADDRESS,
        re.compile(rf"{CONTEXT}([{HAN}A-Za-z]{{0,20}}{ROAD}(?:{PART}){{1,6}})"),
        "家住云溪区文澜路18号",
        group=1,
    ),
    Pattern(
        Kind.ADDRESS,
        re.compile(rf"(?<![{HAN}])(?:我|我家|我们家|本人)?(?:就)?(?:住在|住|在|位于)?([{HAN}]{{0,12}}?{ROAD}(?:{PART}){{0,4}}[0-9A-Za-z-]{{1,6}}(?:室|户|单元))"),
        "文澜路18号3栋502室",
        group=1,
    ),
    Pattern(Kind.NAME, re.compile(rf"{NAME_COMES}({FULL_NAME}){ENDS_NAME}"), "我叫周敏", group=1),
    Pattern(
        Kind.NAME,
        re.compile(rf"({FULL_NAME})(?:先生|女士|老师|师傅|大爷|大妈|阿姨|同学)"),
        "周敏女士",
        group=1,
    ),
    Pattern(
        Kind.NAME,
        re.compile(rf"\n[ 　]*({FULL_NAME})[ 　]*(?:\n[ 　]*\d{{4}}[年.-][^\n]{{0,12}})?\s*$"),
        "以上建议，请考虑。\n周敏",
        group=1,
    ),
)  # fmt: skip
