"""Conditions beyond the order of stages: each looks at one part of the record.

A stage names its checks in the rules; a check says nothing when the record lacks its part or the
part is in order. Each carries the invariant, the rule, and its sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.kernel.contracts.refusals import Words
from services.kernel.procedure.numbering import BadDocumentNumber, parse_number
from services.kernel.procedure.record import Record
from services.kernel.procedure.refusals import Force, GateRefusal
from services.kernel.procedure.rules import RuleBook

UNLAWFUL_ISSUERS = frozenset({"temporary", "coordinating", "internal", "dispatched"})


@dataclass(frozen=True)
class Check:
    """One condition: `fails` looks at the record; the sentences say what is wrong and what to do."""

    code: str
    invariant: str
    rule_id: str
    fails: Callable[[Record, RuleBook], bool]
    words: Words
    remedy: Words
    type: Force = "B"

    def refusal(self, record: Record, book: RuleBook) -> GateRefusal | None:
        """The refusal when the condition fails and no recorded reason lifts it."""
        if not self.fails(record, book):
            return None
        if self.type == "R" and (record.reasons.get(self.invariant) or record.reasons.get(self.rule_id)):
            return None
        article = book.rule(self.rule_id).article
        return GateRefusal(self.code, self.invariant, self.rule_id, self.words, self.remedy, article, self.type)


def _number_is_malformed(record: Record, _: RuleBook) -> bool:
    if record.number is None:
        return False
    try:
        parse_number(record.number)
    except BadDocumentNumber:
        return True
    return False


def _reviewer_drafted(record: Record, _: RuleBook) -> bool:
    review = record.closed.get("legality_review")
    drafting = record.closed.get("drafting")
    drafters = {*record.drafted_by, drafting.by if drafting else ""} - {""}
    return review is not None and review.by in drafters


def _exemption_is_unfounded(record: Record, _: RuleBook) -> bool:
    review = record.closed.get("fair_competition_review")
    facts = record.facts.exemption
    if review is None or review.outcome != "exempt":
        return False
    return facts is None or not (facts.limb and facts.no_lesser_means and (facts.until or facts.end_condition))


def _dispute_is_open(record: Record, _: RuleBook) -> bool:
    facts = record.facts.consultation
    return facts is not None and bool(facts.disputed) and not facts.overruled


def _dispute_is_unreported(record: Record, _: RuleBook) -> bool:
    facts = record.facts.consultation
    return facts is not None and bool(facts.disputed) and not (facts.reported or facts.overruled)


def _hearing_is_irregular(record: Record, book: RuleBook) -> bool:
    facts = record.facts.hearing
    if facts is None:
        return False
    ahead = book.rule("hearing.materials").value or 0
    return facts.materials_days < ahead or not (facts.list_published and facts.record_signed)


def _signature_is_partial(record: Record, _: RuleBook) -> bool:
    facts = record.facts.signature
    return facts is not None and (not (facts.opinion and facts.name and facts.full_date) or bool(facts.missing_signers))


def _notice_is_partial(record: Record, _: RuleBook) -> bool:
    facts = record.notice
    return facts is not None and not (facts.draft and facts.explanation and facts.way_to_comment and facts.period)


def _review_cut_short(record: Record, _: RuleBook) -> bool:
    facts = record.facts.review
    return facts is not None and not facts.finished_early and facts.meeting_on < facts.guaranteed_until


def _review_time(rule_id: str) -> tuple[Check, ...]:
    words = Words("会议日期早于为审查保证的最短时间", "The meeting falls within the time guaranteed to the reviewer")
    remedy = Words("请改期，或者写明紧急情况的依据。", "Move the meeting, or record the ground of urgency.")
    return (Check("gate.review_too_short", "H6", rule_id, _review_cut_short, words, remedy, "R"),)


CHECKS: Mapping[str, tuple[Check, ...]] = {
    "lawful_issuer": (
        Check(
            "gate.issuer_unlawful", "H1", "normative.issuer",
            lambda r, _: r.issuer_type in UNLAWFUL_ISSUERS,
            Words("该机构无权制定行政规范性文件", "This body may not make normative documents"),
            Words("请由有权的行政机关制定。", "Let an authority with that power make it."),
        ),
    ),
    "no_secret": (
        Check(
            "gate.classified", "H37", "record.secrecy",
            lambda r, _: r.secrecy_level not in ("", "无", "none"),
            Words("文件标有密级，不得在本系统办理", "The document is classified and may not enter this system"),
            Words("请转入涉密渠道办理。", "Handle it through the classified channel."),
        ),
    ),
    "notice_whole": (
        Check(
            "gate.notice_incomplete", "H8", "comment.notice", _notice_is_partial,
            Words("征求意见公告缺少草案、说明、提出意见的方式或者期限", "The notice lacks draft, explanation, way or period"),
            Words("请补齐后公布。", "Complete the notice before it is published."),
        ),
    ),
    "window_explained": (
        Check(
            "gate.window_unexplained", "H7", "comment.shortening",
            lambda r, _: r.window is not None and r.window.shortened and not r.window.reason.strip(),
            Words("征求意见期限短于规定，公告中没有说明理由", "The window is shorter than the rule and the notice gives no reason"),
            Words("请延长期限，或者在公告中说明理由。", "Lengthen it, or give the reason in the notice."),
            "R",
        ),
    ),
    "comments_answered": (
        Check(
            "gate.comments_unanswered", "H9", "comment.adoption",
            lambda r, _: r.comments is not None and r.comments.open > 0,
            Words("仍有公众意见没有逐条答复", "Some comments have not been answered"),
            Words("请逐条填写采纳情况及理由。", "Answer each comment, with a reason where it is not adopted."),
        ),
    ),
    "units_agreed": (
        Check(
            "gate.consultation_disputed", "H2", "consultation.agreement", _dispute_is_open,
            Words("有关单位没有协商一致，也没有裁定", "Units concerned have not agreed, and nobody has ruled"),
            Words("请继续协商，或者报请裁定。", "Go on negotiating, or have the dispute ruled on."),
        ),
    ),
    "dispute_reported": (
        Check(
            "gate.consultation_unreported", "H2", "consultation.decision", _dispute_is_unreported,
            Words("有关单位没有协商一致，没有说明争议及理由依据", "A dispute between units is not set out with its reasons"),
            Words("请写明争议事项、各方意见、理由和依据。", "Set out the issue, the views, the reasons and their basis."),
        ),
    ),
    "checklist_answered": (
        Check(
            "gate.checklist_open", "H25", "normative.forbidden",
            lambda r, _: r.checklist is not None and r.checklist.answered < r.checklist.asked,
            Words("禁止性内容清单没有逐项作答", "The list of forbidden content is not answered item by item"),
            Words("请逐项作答并注明依据。", "Answer each item and give its basis."),
        ),
    ),
    "exemption_founded": (
        Check(
            "gate.exemption_unfounded", "H11", "competition.exemption", _exemption_is_unfounded,
            Words("适用例外规定，但没有写明情形、替代方案或者期限", "The exception lacks its ground, alternatives or term"),
            Words("请补充例外情形、无更小影响方案的说明和实施期限。", "Record the ground, that no lesser option exists, and the term."),
        ),
        Check(
            "gate.exemption_outlived", "H11", "competition.exemption",
            lambda r, _: r.facts.exemption is not None and r.facts.exemption.outlived,
            Words("文件有效期长于例外规定的实施期限", "The document would outlast the exception it rests on"),
            Words("请缩短有效期。", "Shorten its validity."),
        ),
    ),
    "experts_independent": (
        Check(
            "gate.expert_interested", "H12", "expert.independence",
            lambda r, _: r.facts.experts is not None and bool(r.facts.experts.interested),
            Words("论证专家与决策事项有直接利害关系", "An expert has a direct interest"),
            Words("请更换专家重新论证。", "Replace the expert and argue the matter again."),
        ),
        Check(
            "gate.expert_unsigned", "H12", "expert.required",
            lambda r, _: r.facts.experts is not None and r.facts.experts.signed < r.facts.experts.opinions,
            Words("专家论证意见没有签名盖章", "The expert opinion is not signed"),
            Words("请由专家签名盖章。", "Have it signed."),
        ),
    ),
    "hearing_regular": (
        Check(
            "gate.hearing_irregular", "H14", "hearing.materials", _hearing_is_irregular,
            Words("听证材料送达过迟，或者名单没有公布、记录没有签字", "Papers came late, the list was not published, or the record is unsigned"),
            Words("请依法重新组织听证。", "Hold the hearing again in due form."),
        ),
    ),
    "reviewer_is_not_drafter": (
        Check(
            "gate.reviewer_is_drafter", "H5", "legality.separate_actor", _reviewer_drafted,
            Words("审查单位与起草单位为同一单位", "The reviewer drafted the text"),
            Words("请由审查机构另行出具意见。", "Let the reviewing body give its own opinion."),
        ),
    ),
    "review_time_kept": _review_time("legality.minimum"),
    "review_time_kept_decision": _review_time("legality.minimum_decision"),
    "meeting_regular": (
        Check(
            "gate.no_meeting", "H15", "deliberation.meeting",
            lambda r, _: r.facts.meeting is not None and not r.facts.meeting.held_as_meeting,
            Words("没有召开会议讨论，不得以传阅会签代替", "No meeting was held; circulation does not replace it"),
            Words("请提交常务会议或者全体会议讨论。", "Put it to an executive or plenary meeting."),
        ),
    ),
    "chief_spoke_last": (
        Check(
            "gate.chief_not_last", "H16", "deliberation.chief_last",
            lambda r, _: r.facts.meeting is not None and not (r.facts.meeting.chief_spoke_last and r.facts.meeting.dissent_recorded),
            Words("行政首长没有最后发表意见，或者不同意见没有如实记录", "The chief did not speak last, or dissent is not recorded"),
            Words("请补正会议记录或者说明理由。", "Correct the minutes, or record the reason."),
            "R",
        ),
        Check(
            "gate.chief_without_reasons", "H16", "deliberation.chief_last",
            lambda r, _: r.facts.meeting is not None and r.facts.meeting.against_majority and not r.facts.meeting.reasons_given,
            Words("行政首长的决定与多数人意见不一致，没有说明理由", "The chief departed from the majority without giving reasons"),
            Words("请在会议记录中说明理由。", "Give the reasons in the minutes."),
            "R",
        ),
    ),
    "signature_whole": (
        Check(
            "gate.signature_incomplete", "H19", "signing.elements", _signature_is_partial,
            Words("签发缺少意见、姓名、完整日期，或者联署机关没有会签齐全", "The signature lacks opinion, name or full date, or a joint signer"),
            Words("请由签发人补签。", "Have the signature completed."),
        ),
    ),
    "number_given": (
        Check(
            "gate.number_not_given", "H21", "numbering.after_verification",
            lambda r, _: not r.number,
            Words("没有发文字号", "There is no document number"),
            Words("请先登记编号。", "Register it and give it a number."),
        ),
    ),
    "number_formed": (
        Check(
            "gate.number_malformed", "H20", "numbering.form", _number_is_malformed,
            Words("发文字号不规范", "The document number is malformed"),
            Words("应当形如新政办发〔2022〕31号。", "The form is 新政办发〔2022〕31号."),
        ),
        Check(
            "gate.number_taken", "H20", "numbering.form",
            lambda r, _: r.number_taken,
            Words("发文字号已被使用或者作废，不得重复使用", "The number was used or voided before"),
            Words("请由登记簿重新取号。", "Take a new number from the register."),
        ),
    ),
    "bases_in_force": (
        Check(
            "gate.basis_invalid", "H22", "publication.required",
            lambda r, _: bool(r.invalid_bases),
            Words("制定依据中有未公布、已失效、已废止或者已撤销的文件", "A cited basis is unpublished, lapsed, repealed or revoked"),
            Words("请更换依据。", "Cite a basis that is in force."),
        ),
    ),
    "report_whole": (
        Check(
            "gate.report_incomplete", "H34", "report.content",
            lambda r, _: r.report is not None and bool(r.report.empty_parts),
            Words("年度报告缺少规定的内容", "The annual report lacks a required part"),
            Words("请补写缺少的部分。", "Write the missing parts."),
        ),
    ),
    "recipients_reached": (
        Check(
            "gate.recipients_pending", "H34", "report.upward",
            lambda r, _: r.report is not None and bool(r.report.pending_recipients),
            Words("尚未向全部报送对象报送", "Not every recipient has been dispatched to"),
            Words("请逐一报送并登记日期。", "Dispatch to each and record the day."),
        ),
    ),
}  # fmt: skip
