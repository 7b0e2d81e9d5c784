"""Comments of the public: what one may hold, its receipt, and when two of them say the same."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from enum import StrEnum

from services.kernel.contracts.refusals import Invalid, NotFound, Words

LONGEST_BODY = 5_000
# The rule on how long names and contacts are kept.
RETENTION = "comment.contact_retention"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RECEIPT_GROUPS, GROUP = 5, 4


class Channel(StrEnum):
    """How a comment came. The first two enter by themselves, the others through staff."""

    WEB = "web"
    API = "api"
    LETTER = "letter"
    FAX = "fax"
    PHONE = "phone"
    EMAIL = "email"
    VISIT = "visit"


CHANNEL_WORDS: dict[Channel, Words] = {
    Channel.WEB: Words("网上", "Web form"),
    Channel.API: Words("接口", "Programs"),
    Channel.LETTER: Words("信函", "Letters"),
    Channel.FAX: Words("传真", "Fax"),
    Channel.PHONE: Words("电话", "Telephone"),
    Channel.EMAIL: Words("电子邮箱", "E-mail"),
    Channel.VISIT: Words("当面", "In person"),
}
STAFF_CHANNELS = (Channel.LETTER, Channel.FAX, Channel.PHONE, Channel.EMAIL, Channel.VISIT)


class BadComment(Invalid):
    """Empty, too long, or not text."""

    code = "comment.body"
    title = Words("意见的内容不合要求", "The comment cannot be taken as it is")
    remedy = Words(f"请写1至{LONGEST_BODY}个字。", f"Write 1 to {LONGEST_BODY} characters.")


class BadChannel(Invalid):
    """Not a way of commenting that staff enter."""

    code = "comment.channel"
    title = Words("请选择收到的方式", "Say how it came")
    remedy = Words("信函、传真、电话、电子邮箱或者当面。", "letter, fax, phone, email or visit.")


class BadClause(Invalid):
    """An anchor that is no clause."""

    code = "comment.clause"
    title = Words("没有这一条", "No such clause")
    remedy = Words("请从列出的条款中选择，或者选“整个文件”。", "Choose a listed clause, or the whole document.")


class NotMailed(NotFound):
    """Not an opinion of this window that came by mail and stands: its author chose the clause, or took it back."""

    code = "comment.not_mailed"
    title = Words("没有这条来自邮件的意见", "No such mailed opinion")
    remedy = Words(
        "只有邮件意见的条款由系统认出、可以更正；其他意见的条款由本人选择。",
        "Only of mailed opinions is the clause read by the machine; of others it was chosen by who wrote.",
    )


class CommentUnknown(NotFound):
    """No such comment."""

    code = "comment.not_found"
    title = Words("没有这条意见", "No such comment")


class ReceiptUnknown(NotFound):
    """No comment under that receipt."""

    code = "receipt.not_found"
    title = Words("没有找到这个回执号", "No such receipt")
    remedy = Words(
        "请核对回执号：20个字母和数字，不分大小写。", "Check the receipt: 20 letters and digits, in either case."
    )


def clean_body(body: str) -> str:
    """The comment as it is kept: canonical characters and line ends. Raises BadComment."""
    text = unicodedata.normalize("NFC", body).replace("\r\n", "\n").replace("\r", "\n").strip()
    if "\x00" in text:
        raise BadComment(
            Words("意见里有不能保存的字符。", "The comment holds a character that is not text."), field="body"
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadComment(
            Words("意见里有残缺的字符。", "The comment holds a broken character."), field="body"
        ) from error
    if not text:
        raise BadComment(Words("意见是空的。", "The comment is empty."), field="body")
    if len(text) > LONGEST_BODY:
        raise BadComment(
            Words(
                f"意见有{len(text)}个字，超过{LONGEST_BODY}个字。", f"{len(text)} characters, more than {LONGEST_BODY}."
            ),
            field="body",
        )
    return text


def is_text(value: str) -> bool:
    """Whether the record can hold it: no null, no half of a character."""
    return "\x00" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)


def new_receipt() -> str:
    """A receipt code: 100 random bits, such as 4K7P-93QD-0XBN-T5WM-Z2HC."""
    number = secrets.randbits(5 * RECEIPT_GROUPS * GROUP)
    return grouped("".join([CROCKFORD[number >> shift & 31] for shift in range(0, 5 * RECEIPT_GROUPS * GROUP, 5)]))


def read_receipt(code: str) -> str:
    """A receipt as a person typed it: case, spaces, O for 0 and I or L for 1 set right. Raises ReceiptUnknown."""
    plain = unicodedata.normalize("NFKC", code).upper().translate(str.maketrans("OIL", "011"))
    letters = "".join(letter for letter in plain if letter in CROCKFORD)
    if len(letters) != RECEIPT_GROUPS * GROUP:
        raise ReceiptUnknown(field="receipt")
    return grouped(letters)


def grouped(letters: str) -> str:
    """Letters in groups of four."""
    return "-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))


# What stands between words, and words that are their own compatible form: most comments hold nothing else.
BETWEEN = re.compile(r"[\s，。、；：？！“”‘’（）《》〈〉【】…—·,.;:?!()\"'-]+")
ORDINARY = re.compile(r"[0-9a-z\u4e00-\u9fff]+")


def likeness(body: str) -> str:
    """Equal for comments that differ only in width, case, punctuation and blanks (SHA-256 in hex)."""
    words = BETWEEN.sub("", body.lower())
    if not ORDINARY.fullmatch(words):
        plain = unicodedata.normalize("NFKC", body).casefold()
        words = "".join(filter(str.isalnum, plain)) or plain
    return hashlib.sha256(words.encode()).hexdigest()


def body_hash(body: str) -> str:
    """The fingerprint on the receipt: SHA-256 in hex of the comment as it is kept."""
    return hashlib.sha256(body.encode()).hexdigest()
