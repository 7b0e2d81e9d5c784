"""Handing in a draft by form: the questions of its kind, and every mistake said at once, at its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response

from services.intake.actions import submit
from services.intake.api.documents import prepared
from services.intake.api.receiving import Body
from services.intake.domain.submission import CHANNELS, ROLES, SeveralWrong
from services.intake.wiring import answered_before, books_of, carried_out
from services.kernel.contracts.refusals import Refused, Words
from services.kernel.procedure.stages import DocumentKind, KindProcedure
from services.kernel.runtime import directory, language, problems
from services.kernel.runtime.auth import Actor, Signed, database, require
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role
from services.kernel.runtime.idempotency import Answer, BodyHash, Key
from services.kernel.runtime.pages import render

router = APIRouter(prefix="/intake/submit", include_in_schema=False)

LABELS: dict[str, Words] = {
    "kind": Words("文件类型", "Kind of document"),
    "title": Words("标题", "Title"),
    "issuer_unit": Words("制定机关", "Issuing authority"),
    "agency_code": Words("机关代字", "Agency code"),
    "joint_units": Words("联署机关", "Joint issuers"),
    "file": Words("草案文件", "Draft file"),
    "text": Words("草案正文", "Text of the draft"),
    "note": Words("起草说明", "Drafting note"),
    "comment.opens_at": Words("开始日期", "Opens on"),
    "comment.closes_at": Words("截止日期", "Closes on"),
    "comment.days": Words("征求意见日数", "Days of comment"),
    "comment.shortening_reason": Words("缩短期限的理由", "Reason for a shorter period"),
    "comment.contact": Words("联系方式", "Contact"),
    "comment.contact.unit": Words("联系单位", "Unit to contact"),
    "comment.contact.phone": Words("办公电话", "Office telephone"),
    "comment.channels": Words("提出意见的方式", "Ways to comment"),
    "attachments": Words("附件", "Attachments"),
}


@dataclass(frozen=True)
class Wrong:
    """One mistake: the id of its input, how the input is called, what is wrong and how to put it right."""

    field: str
    label: str
    detail: str
    article: str | None = None


@router.get("")
async def show_form(request: Request, actor: Signed, kind: str = "") -> HTMLResponse:
    """First the kind, then the form with the questions of that kind."""
    require(actor, role=Role.DRAFTER)
    return await _form(request, actor, {"kind": kind})


@router.post("")
async def hand_in(request: Request, actor: Signed, key: Key, body_hash: BodyHash, body: Body) -> Response:
    """Hand in, then on to the document's page; or back with every mistake."""
    if before := await answered_before(request, who=actor.person_id, key=key, body_hash=body_hash):
        return before
    try:
        checked = await prepared(request, actor, body)

        async def act(tx: Connection) -> Answer:
            done = await submit.submit(tx, actor, checked)
            return Answer(303, None, {"Location": f"/intake/document/{done.document.id}?new=1"})

        return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)
    except RequestValidationError as error:
        found = problems.field_problems(error.errors())
        wrong = [Wrong(_id(one.field), _label(one.field), f"{one.detail}。{one.remedy}") for one in found]
    except Refused as refused:
        wrong = _wrong(refused)
    return await _form(request, actor, body.fields, wrong)


async def _form(request: Request, actor: Actor, given: dict[str, Any], wrong: Sequence[Wrong] = ()) -> HTMLResponse:
    book = books_of(request).own
    kind = str(given.get("kind") or "")
    procedure = book.kinds[DocumentKind(kind)] if kind in set(DocumentKind) else None
    async with database(request).read() as conn:
        units = [unit for unit in await directory.units(conn) if unit.kind in ("government", "department", "township")]
    return render(
        request,
        "submit.html",
        status=422 if wrong else 200,
        kinds=[(each.value, each.words) for each in DocumentKind if each is not DocumentKind.ANNUAL_REPORT],
        kind=kind,
        procedure=procedure,
        questions=_questions(procedure, given),
        has_comment=procedure is not None and any(stage.id == "public_comment" for stage in procedure.stages),
        units=[(unit.id, unit.name) for unit in units],
        joint_choices=[(unit.id, unit.name, None) for unit in units],
        chosen_joint=given.get("joint_units") or [],
        own_unit=actor.unit_id,
        given=given,
        comment=_dict(given.get("comment")),
        contact=_dict(_dict(given.get("comment")).get("contact")),
        chosen_channels=_dict(given.get("comment")).get("channels") or ["web"],
        channels=[(name, words) for name, words in CHANNELS.items()],
        roles=[(name, words) for name, words in ROLES.items() if name != "drafting_note"],
        problems=wrong,
        wrong={one.field: one.detail for one in wrong},
        windows=_windows(request, procedure),
    )


def _questions(procedure: KindProcedure | None, given: dict[str, Any]) -> list[dict[str, Any]]:
    answers = _dict(given.get("predicates"))
    reader = language.current()
    return [
        {
            "id": asked.id,
            "question": asked.question.of(reader),
            "article": asked.citation.words(reader),
            "answer": str(_dict(answers.get(asked.id)).get("answer") or ""),
            "reason": _dict(answers.get(asked.id)).get("reason") or "",
        }
        for asked in (procedure.predicates if procedure else ())
    ]


def _windows(request: Request, procedure: KindProcedure | None) -> list[dict[str, str]]:
    """The rules on the length of the comment window, as hints beside its dates."""
    book, reader = books_of(request).own, language.current()
    stage = next((one for one in procedure.stages if one.id == "public_comment"), None) if procedure else None
    ids = [rule for rule in (stage.minimum, *stage.minimum_if.values()) if rule] if stage else []
    return [{"words": book.rule(one).words.of(reader), "article": book.rule(one).article.of(reader)} for one in ids]


def _wrong(refused: Refused) -> list[Wrong]:
    each = refused.each if isinstance(refused, SeveralWrong) else (refused,)
    reader = language.current()
    return [
        Wrong(_id(one.field or "file"), _label(one.field or "file"), f"{one.detail.of(reader)}{one.how.of(reader)}", one.article)
        for one in each
    ]  # fmt: skip


def _id(field: str) -> str:
    """The id of the input that a field of the interface stands for."""
    if field.startswith("predicates.") and not field.endswith((".reason", ".answer")):
        return f"{field}.answer"
    if field == "comment.contact":
        return "comment.contact.phone"
    if field.startswith("attachments."):
        return "attachment.other"
    return field


def _label(field: str) -> str:
    reader = language.current()
    if field.startswith("predicates."):
        return Words("程序判断", "Question").of(reader)
    return LABELS.get(field, Words(field, field)).of(reader)


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
