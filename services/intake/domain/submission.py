"""Submissions: what a drafting office hands in, and everything that may be wrong with it, said all at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from services.kernel.contracts.refusals import Invalid, Refused, Words

DRAFTING_NOTE = "drafting_note"
ROLES: dict[str, Words] = {
    DRAFTING_NOTE: Words("起草说明", "Drafting note"),
    "basis_list": Words("制定依据", "List of legal bases"),
    "clause_map": Words("条文依据对照表", "Clause to basis table"),
    "assessment": Words("评估论证报告", "Assessment report"),
    "other": Words("其他材料", "Other paper"),
}
PUBLIC_ROLES = frozenset({DRAFTING_NOTE, "basis_list", "clause_map"})
CHANNELS: dict[str, Words] = {
    "web": Words("网上", "This site"),
    "email": Words("电子邮箱", "E-mail"),
    "letter": Words("信函", "Letters"),
    "fax": Words("传真", "Fax"),
    "phone": Words("电话", "Telephone"),
    "visit": Words("当面", "In person"),
}
MOST_ATTACHMENTS = 50
MOST_ISSUERS = 50


class SeveralWrong(Invalid):
    """More than one thing is wrong; `each` names them all."""

    code = "document.several_wrong"
    title = Words("有几处需要改", "Several things to correct")
    remedy = Words("请逐项改好以后再报送。", "Correct each of them and submit again.")

    def __init__(self, each: Sequence[Refused]) -> None:
        self.each = tuple(each)
        super().__init__(
            Words(
                "；".join(f"{one.field}：{one.detail.zh}" for one in each),
                "; ".join(f"{one.field}: {one.detail.en}" for one in each),
            ),
            field=each[0].field,
        )


class UnknownKind(Invalid):
    """A kind that no procedure knows."""

    code = "document.unknown_kind"
    title = Words("没有这一类文件", "Unknown kind of document")
    remedy = Words(
        "请写NORMATIVE（行政规范性文件）、MAJOR_DECISION（重大行政决策）、WORK_PLAN（工作要点、实施方案）或者ANNUAL_REPORT（年度报告）。",
        "Write NORMATIVE, MAJOR_DECISION, WORK_PLAN or ANNUAL_REPORT.",
    )


class UnknownUnit(Invalid):
    """An issuing authority that the directory does not hold."""

    code = "document.unknown_unit"
    title = Words("名录里没有这个制定机关", "No such issuing authority in the directory")
    remedy = Words("请写单位编号，或者单位的全称、简称。", "Give the unit's id, its full or its short name.")


class JointTwice(Invalid):
    """A joint document names each of its issuers once, the leading one first."""

    code = "document.joint_twice"
    rule = "signing.joint"
    title = Words("联合发文的机关重复", "An issuing authority is named twice")
    remedy = Words("制定机关栏写主办机关；联署机关栏只写其他机关，各写一次。", "Name the lead first, every other once.")


class JointHeadless(Invalid):
    """The heads of all issuers sign, so each has one."""

    code = "document.joint_headless"
    rule = "signing.joint"
    title = Words("名录里这个机关没有负责人，不能联合发文", "Nobody in the directory heads this authority")
    remedy = Words("请管理员在名录里登记负责人，或者去掉这个机关。", "Have its head entered, or leave it out.")


class TextMissing(Invalid):
    """Neither a text nor a file, or both."""

    code = "document.text_missing"
    title = Words("请给出草案正文", "Give the text of the draft")
    remedy = Words("把正文放进text，或者上传一个文件，两者选一。", "Put it into `text`, or send one file.")


class EmptyText(Invalid):
    """Nothing can be read in it."""

    code = "document.empty"
    title = Words("文件里没有文字", "There is no text in it")
    remedy = Words("请上传有文字的文件。", "Send a file that holds text.")


class TitleMissing(Invalid):
    """Given nowhere, and not to be read from the text."""

    code = "document.title_missing"
    title = Words("没有标题", "There is no title")
    remedy = Words(
        "请写标题：制定机关或者地区 + 事由 + 文种。", "Write it: place or authority, matter, type of document."
    )


class BadAgencyCode(Invalid):
    """Not a 机关代字."""

    code = "document.agency_code"
    rule = "numbering.form"
    title = Words("机关代字不合格式", "Not an agency code")
    remedy = Words(
        "只写汉字，例如“云政规”；不写年份和序号。", "Chinese characters only, such as 云政规; no year, no serial."
    )


class Classified(Refused):
    """Marked as secret: it may not enter an open network, and nothing of it is kept."""

    code = "document.classified"
    status = 422
    title = Words("没有收下：文件带有密级标志", "Not accepted: it carries a secrecy mark")
    remedy = Words(
        "涉密文件不得上传。系统没有留下任何内容。请按保密规定在涉密网络办理。",
        "Classified documents may not be uploaded. Nothing was kept. Use the classified network.",
    )


class Placeholders(Refused):
    """A text to be issued that still has blanks to fill."""

    code = "text.placeholders"
    status = 422
    rule = "text.identity"
    title = Words("文本里还有没有填好的地方", "The text still holds placeholders")
    remedy = Words("请填好列出的每一处再报送。", "Fill in each of them and submit again.")

    def __init__(self, spots: Sequence[str]) -> None:
        self.spots = tuple(spots)
        shown = "；".join(spots)
        super().__init__(Words(f"共{len(spots)}处：{shown}", f"{len(spots)} found: {shown}"), field="text")


class PredicateMissing(Invalid):
    """A question of the procedure without its answer, or an answer without its reason."""

    code = "predicate.missing"
    title = Words("这一问没有答", "This question is not answered")
    remedy = Words("请答是或者否，并写明理由。系统按答案定程序，并写进卷宗。", "Answer yes or no, and give the reason.")


class PredicateUnknown(Invalid):
    """An answer to a question that this kind does not ask."""

    code = "predicate.unknown"
    title = Words("这一类文件没有这一问", "This kind of document has no such question")


class NoticeIncomplete(Invalid):
    """What the notice must carry is missing (C6)."""

    code = "notice.incomplete"
    rule = "comment.notice"
    title = Words("征求意见公告的内容不全", "The notice is incomplete")


class UnknownRole(Invalid):
    """An attachment whose part in the file is not known."""

    code = "attachment.role"
    title = Words("没有这一类附件", "Unknown role of an attachment")
    remedy = Words(f"请写：{'、'.join(ROLES)}。", f"One of: {', '.join(ROLES)}.")


class TooManyAttachments(Invalid):
    """More papers than one version may carry."""

    code = "attachment.too_many"
    title = Words("附件太多", "Too many attachments")
    remedy = Words(f"最多{MOST_ATTACHMENTS}件；请合并后上传。", f"At most {MOST_ATTACHMENTS}: join some of them.")


@dataclass(frozen=True)
class Upload:
    """A file as it came: its name and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Finding:
    """Something to look at that does not stand in the way."""

    code: str
    field: str | None
    words: Words
    rule: str | None = None

    def plain(self) -> dict[str, Any]:
        """As JSON, in both languages."""
        return {"code": self.code, "field": self.field, "words": self.words._asdict(), "rule": self.rule}


def _moment(value: object) -> object:
    if isinstance(value, str):
        text = value.strip()
        return (date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)) if text else None
    return value


Moment = Annotated[datetime | date | None, BeforeValidator(_moment)]


class _Given(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)


class PredicateAnswer(_Given):
    """Yes or no, and why."""

    answer: bool | None = None
    reason: str = Field(default="", max_length=2000)


class Contact(_Given):
    """Whom the public may ask: an office, not a person."""

    unit: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=60)
    address: str = Field(default="", max_length=300)
    email: str = Field(default="", max_length=200)
    fax: str = Field(default="", max_length=60)

    @property
    def ways(self) -> list[str]:
        """Every way in which the office can be reached."""
        return [way for way in (self.phone, self.address, self.email, self.fax) if way]


class CommentWish(_Given):
    """What the drafting office asks of the public comment window.

    A day without an hour means its beginning for `opens_at` and its end, 24:00, for `closes_at`;
    an hour without a zone is the office's. `days` are calendar days, counted by the rules.
    """

    opens_at: Moment = None
    closes_at: Moment = None
    days: int | None = Field(default=None, ge=1, le=3650)
    shortening_reason: str = Field(default="", max_length=2000)
    contact: Contact = Contact()
    channels: tuple[str, ...] = Field(default=("web",), max_length=10)


class Submission(_Given):
    """A draft as its office hands it in; texts and files come beside it.

    `joint_units` are the other issuers of a joint document (联合发文); `issuer_unit` leads, and its number is given.
    """

    kind: str = Field(max_length=40)
    issuer_unit: str = Field(max_length=200)
    agency_code: str = Field(max_length=40)
    joint_units: tuple[Annotated[str, Field(max_length=200)], ...] = Field(default=(), max_length=MOST_ISSUERS)
    title: str = Field(default="", max_length=300)
    note: str = Field(default="", max_length=100_000)
    predicates: dict[str, PredicateAnswer] = {}
    comment: CommentWish = CommentWish()


def several(refusals: Sequence[Refused]) -> None:
    """Raise what is wrong: the one thing, or all of them together; nothing when nothing is."""
    if len(refusals) == 1:
        raise refusals[0]
    if refusals:
        raise SeveralWrong(refusals)


def materials_list(papers: Sequence[tuple[str, str, str]]) -> bytes:
    """The list of papers (role, name, content hash), in their order, as it is kept and hashed."""
    return json.dumps([list(paper) for paper in papers], ensure_ascii=False, separators=(",", ":")).encode()


def materials_hash(papers: Sequence[tuple[str, str, str]]) -> str:
    """SHA-256 in hex of the list of papers."""
    return hashlib.sha256(materials_list(papers)).hexdigest()


def receipt_number(year: int, number: int) -> str:
    """The number on the receipt, such as BS-2026-000087."""
    return f"BS-{year}-{number:06d}"
