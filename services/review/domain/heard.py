"""Hearing those concerned: enterprises and associations (条例第六十二条), a specific group (713号第十四条); who, how, what. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from services.kernel.contracts.refusals import Invalid, Refused, Words
from services.kernel.procedure.rules import RuleBook
from services.review.domain.commands import Adoption, Command, Line, OptionalDate, Prose

Options = dict[str, Words]
SORTS: dict[str, Options] = {
    "enterprise_consultation": {
        "enterprise": Words("企业、个体工商户", "Enterprise"),
        "association": Words("行业协会商会", "Association"),
    },
    "group_consultation": {
        "people_organisation": Words("人民团体", "People's organisation"),
        "social_organisation": Words("社会组织", "Social organisation"),
        "community": Words("基层群众性自治组织", "Residents' or villagers' committee"),
        "representative": Words("群众代表", "Representative of the group"),
    },
}
SIZES: Options = {
    "": Words("不适用", "Does not apply"),
    "large": Words("大型", "Large"),
    "medium": Words("中型", "Medium"),
    "small": Words("小型", "Small"),
    "micro": Words("微型", "Micro"),
    "individual": Words("个体工商户", "Individual business"),
}
SMALL = frozenset({"small", "micro", "individual"})
WAYS: Options = {
    "meeting": Words("座谈会", "Meeting"),
    "letter": Words("书面征求", "Letter"),
    "survey": Words("问卷调查", "Survey"),
    "visit": Words("实地走访", "Visit"),
}
LABELS: dict[str, Words] = {
    "parties": Words("听取意见的对象", "Who was heard"),
    "choice_reason": Words("怎样选择对象", "How they were chosen"),
    "adaptation": Words("适应调整期", "Time to adapt"),
    "adaptation_days": Words("适应调整期日数", "Days to adapt"),
    "adaptation_reason": Words("留出或者不留出的理由", "Why, or why not"),
}


class Party(Command):
    """Somebody who was heard, how and when, what they said, and what became of it. Without an opinion there was none."""

    name: Annotated[Line, Field(min_length=1)]
    sector: Line = ""
    way: Literal["meeting", "letter", "survey", "visit"] = "meeting"
    heard_on: OptionalDate = None
    opinion: Prose = ""
    adoption: Adoption = "adopted"
    reason: Prose = ""


class Business(Party):
    """An enterprise or an association."""

    sort: Literal["enterprise", "association"] = "enterprise"
    size: Literal["", "large", "medium", "small", "micro", "individual"] = ""


class Voice(Party):
    """Somebody who speaks for a group."""

    sort: Literal["people_organisation", "social_organisation", "community", "representative"] = "representative"


class BusinessesHeard(Command):
    """The enterprises and associations heard, and whether business is given time to adapt (条例第六十五条)."""

    parties: tuple[Business, ...] = ()
    choice_reason: Prose = ""
    adaptation: Literal["", "given", "none"] = ""
    adaptation_days: Annotated[
        Annotated[int, Field(ge=1, le=3650)] | None, BeforeValidator(lambda value: value or None)
    ] = None
    adaptation_reason: Prose = ""


class GroupHeard(Command):
    """Those heard for a specific group."""

    parties: tuple[Voice, ...] = ()
    choice_reason: Prose = ""


Report = BusinessesHeard | GroupHeard


@dataclass(frozen=True)
class Kind:
    """One of the two hearings: its stage, the rule on which it rests, and what is reported of it."""

    stage: str
    rule: str
    report: type[BusinessesHeard] | type[GroupHeard]


BUSINESSES = Kind("enterprise_consultation", "enterprise.heard", BusinessesHeard)
GROUP = Kind("group_consultation", "comment.group", GroupHeard)


class NobodyHeard(Invalid):
    """Hearing somebody leaves a list of who was heard."""

    code = "heard.nobody"
    title = Words("没有听取任何对象的意见", "Nobody is on record as heard")
    remedy = Words("请记下听取了谁的意见、怎样听取、说了什么。", "Record who was heard, how, and what they said.")


class HeardIncomplete(Invalid):
    """Each was heard on a day that has come, and an opinion not adopted in full has its reason."""

    code = "heard.incomplete"
    title = Words(
        "有的对象没有写明日期，或者没有说明不采纳的理由", "A day is missing, or why an opinion was not adopted"
    )
    remedy = Words("请逐个补齐；没有全部采纳的写明理由。", "Complete each; give the reason where not adopted in full.")


class ChoiceUnbalanced(Invalid):
    """Associations, and businesses of different sizes, are among those heard, or it is said why not."""

    code = "heard.unbalanced"
    rule = "enterprise.balance"
    title = Words("听取意见的对象没有代表性", "Those heard are not representative")
    remedy = Words("请补充听取，或者写明为什么这样选择。", "Hear more, or say why these were chosen.")


class AdaptationUndecided(Invalid):
    """It is decided whether business is given time to adapt, with a reason."""

    code = "heard.adaptation"
    rule = "enterprise.transition"
    title = Words("没有确定是否留出适应调整期，或者没有理由", "Time to adapt is not decided, or has no reason")
    remedy = Words(
        "请确定是否留出适应调整期；留出的写明日数；都要写明理由。", "Decide it; give the days if any, and the reason."
    )


@dataclass(frozen=True)
class Wanted:
    """One figure that the rule asks of the choice: what is counted, how many there are, how many there should be."""

    words: Words
    there: int
    least: int

    @property
    def met(self) -> bool:
        """Whether there are enough."""
        return self.there >= self.least


def balance(report: Report, book: RuleBook) -> Sequence[Wanted]:
    """How representative those heard are, by the parameters of the rule book; nothing is asked of a group."""
    if not isinstance(report, BusinessesHeard):
        return ()
    counts = {
        "enterprise_min_count": len(report.parties),
        "enterprise_min_associations": sum(one.sort == "association" for one in report.parties),
        "enterprise_min_small": sum(one.size in SMALL for one in report.parties),
    }
    return [
        Wanted(book.parameters[name].words, count, int(str(book.parameter(name)))) for name, count in counts.items()
    ]


def report_refused(report: Report, *, today: date) -> Refused | None:
    """Why nothing like this can have been heard: its day has not come."""
    late = [one.name for one in report.parties if one.heard_on is not None and one.heard_on > today]
    return HeardIncomplete(_named("日期还没有到", "Not yet", late), field="parties") if late else None


def filing_refused(report: Report | None, kind: Kind, book: RuleBook) -> Refused | None:
    """Why the step cannot be filed."""
    if report is None or not report.parties:
        return NobodyHeard(field="parties", rule=kind.rule)
    if wanting := list(_wanting(report)):
        return HeardIncomplete(_named("还缺", "Missing", wanting), field="parties", rule=kind.rule)
    short = [one for one in balance(report, book) if not one.met]
    if short and not report.choice_reason:
        said = Words(
            "；".join(f"{one.words.zh}{one.least}，现有{one.there}" for one in short) + "。",
            "; ".join(f"{one.words.en}: {one.least}, there are {one.there}" for one in short) + ".",
        )
        return ChoiceUnbalanced(said, field="choice_reason")
    return _adaptation_refused(report) if isinstance(report, BusinessesHeard) else None


def _adaptation_refused(report: BusinessesHeard) -> Refused | None:
    decided = report.adaptation == "none" or (report.adaptation == "given" and report.adaptation_days)
    return None if decided and report.adaptation_reason else AdaptationUndecided(field="adaptation")


def _wanting(report: Report) -> Iterator[str]:
    for one in report.parties:
        if one.heard_on is None or (one.opinion and one.adoption != "adopted" and not one.reason):
            yield one.name


def _named(zh: str, en: str, names: Sequence[str]) -> Words:
    return Words(f"{zh}：{'、'.join(names)}。", f"{en}: {', '.join(names)}.")
