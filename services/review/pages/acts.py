"""Acts by form: first a page that says what cannot be undone, then the act itself, then its result."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, assert_never
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import TypeAdapter, ValidationError

from services.kernel.contracts.passkeys import Assertion
from services.kernel.contracts.refusals import Invalid, Refused, Words
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor, Signed, database, settings_of
from services.kernel.runtime.db import Connection
from services.kernel.runtime.pages import render
from services.kernel.runtime.problems import field_problems
from services.review.actions import findings, meetings, opinions, papers, passkeys, signatures, steps
from services.review.actions.deciding import Decided, capacity, citing
from services.review.domain.commands import (
    DeclareNotApplicable,
    FileStep,
    GiveOpinion,
    RecordMeeting,
    Sign,
    Verify,
    WithdrawSupplement,
)
from services.review.domain.meetings import FORM_WORDS, count
from services.review.domain.refusals import PasskeyMissing
from services.review.pages import forms
from services.review.pages.carrying import Form, carried
from services.review.pages.labels import problem, problem_of
from services.review.pages.rounds import FIRST, draw
from services.review.pages.sending import FromForm, back, or_back, rows_of
from services.review.pages.view import RoundView, round_view
from services.review.pages.words import outcome_mark
from services.review.precheck import noticed_by
from services.review.quotes import with_quotes
from services.review.uploads import kept, papers_body
from services.review.wiring import blobs_of, book_of

router = APIRouter(prefix="/review", include_in_schema=False)

Deciding = FileStep | DeclareNotApplicable | GiveOpinion | RecordMeeting | Sign | Verify
SENT: TypeAdapter[Deciding] = TypeAdapter(Deciding)


SIGN = Words("确认签署", "Confirm and sign")
VERBS = {
    "step": Words("确认报送", "Confirm and file"),
    "not-applicable": Words("确认声明不适用", "Confirm: not applicable"),
    "meeting": Words("确认会议记录", "Confirm the record"),
}


class UnreadSign(Invalid):
    """Who signs says that they have read."""

    code = "confirm.read"
    rule = "signing.elements"
    title = Words("没有确认已经阅读", "You have not confirmed that you have read it")
    remedy = Words("请退回上一页，勾选“我已阅读”后再签署。", "Go back, tick the box, then sign.")


class _OnlyLooking(Exception):
    """Ends a rehearsal: whatever it wrote is rolled back."""


@router.post("/round/{round_id}/confirm")
async def confirm(request: Request, actor: Signed, round_id: UUID, form: Form) -> HTMLResponse:
    """Rehearse the act; if nothing stands against it, show exactly what will be signed."""
    view = await round_view(request, actor, round_id)
    if form.get("do") in ("add-item", "add-amendment", "edit"):
        return draw(request, view, form=forms.written(form), rows=rows_of(form, more=FIRST))
    try:
        command = forms.command_of(str(form.get("act", "")), form, settings_of(request).zone)
        if isinstance(command, GiveOpinion):
            command = await with_quotes(request, round_id, command)
        draft = await rehearse(request, actor, round_id, SENT.validate_python(command))
    except KeyError as unknown:
        raise Invalid(field="act") from unknown
    except ValidationError as error:
        return back(request, view, form, [problem(each.field, each.detail) for each in field_problems(error.errors())])
    except Refused as refused:
        return back(request, view, form, [problem_of(refused)], refused.status)
    return render(
        request,
        "round-confirm.html",
        view=view,
        round=view.round_,
        act=form["act"],
        form=forms.written(form),
        verb=VERBS.get(str(form["act"]), SIGN).of(language.current()),
        command=command.model_dump_json(exclude_none=True),
        items=_summary(request, view, SENT.validate_python(command)),
        outcome=_outcome(request, SENT.validate_python(command)),
        count=count(command) if isinstance(command, RecordMeeting) else None,
        behalf=capacity(actor, view.round_, SENT.validate_python(command)),
        only_changes=SENT.validate_python(command).has_read == "changes",
        question=await _question(request, actor, round_id, draft) if draft is not None else None,
    )


async def _question(request: Request, actor: Actor, round_id: UUID, draft: Mapping[str, Any]) -> str:
    """What the page's script is to ask the signer's passkey about this very record."""
    async with database(request).transaction() as tx:
        return json.dumps(await passkeys.ask_about(tx, actor, draft, round_id=round_id))


@router.post("/round/{round_id}/decide")
async def decide(request: Request, sent: FromForm) -> Response:
    """Carry out what the confirmation showed, once for its key, and go to the result."""
    form = sent.form
    if form.get("read") != "yes":
        raise UnreadSign(field="read")
    act = forms.COMMANDS.get(str(form.get("act", "")))
    if act is None:
        raise Invalid(field="act")
    try:
        command = SENT.validate_python(act.model_validate_json(str(form.get("command", ""))))
        if form.get("passkey"):
            confirmed = Assertion.model_validate_json(str(form["passkey"]))
            command = command.model_copy(update={"passkey": confirmed})
    except ValidationError as error:
        raise Invalid(field="command") from error
    if isinstance(command, GiveOpinion):
        command = await with_quotes(request, sent.round_id, command)

    async def run(tx: Connection) -> None:
        await carry_out(request, tx, sent.actor, sent.round_id, command)

    return await carried(request, sent, run, f"/review/round/{sent.round_id}/result")


@router.post("/round/{round_id}/papers")
async def add_papers(request: Request, sent: FromForm) -> Response:
    """Attach papers and come back to the round."""
    try:
        files = await kept(blobs_of(request), await papers_body(request))
    except Refused as refused:
        view = await round_view(request, sent.actor, sent.round_id)
        return back(request, view, sent.form, [problem_of(refused)], refused.status)

    async def run(tx: Connection) -> None:
        await papers.attach(tx, sent.actor, sent.round_id, files)

    return await or_back(request, sent, run, "papers")


@router.post("/round/{round_id}/supplement")
async def ask_for_papers(request: Request, sent: FromForm) -> Response:
    """Ask for missing papers; the clock stands still."""

    async def run(tx: Connection) -> None:
        await opinions.request_supplement(tx, sent.actor, sent.round_id, forms.read_request(sent.form))

    return await or_back(request, sent, run, "supplement")


@router.post("/round/{round_id}/supplement-answer")
async def answer_request(request: Request, sent: FromForm) -> Response:
    """Answer for the drafting unit; the clock goes on."""

    async def run(tx: Connection) -> None:
        await opinions.answer_supplement(tx, sent.actor, sent.round_id, forms.read_answer(sent.form))

    return await or_back(request, sent, run, "answer")


@router.post("/round/{round_id}/supplement-withdrawal")
async def withdraw_request(request: Request, sent: FromForm) -> Response:
    """No longer ask for the papers; the clock goes on."""

    async def run(tx: Connection) -> None:
        command = WithdrawSupplement.model_validate(forms.plain(sent.form, WithdrawSupplement))
        await opinions.withdraw_supplement(tx, sent.actor, sent.round_id, command)

    return await or_back(request, sent, run, "withdrawn")


@router.post("/round/{round_id}/finding")
async def judge_finding(request: Request, sent: FromForm) -> Response:
    """Say whether something that the machine noticed holds, and come back to it."""
    key, place = str(sent.form.get("finding", "")), str(sent.form.get("place", ""))
    holds = sent.form.get("holds")
    if holds not in ("yes", "no"):
        raise Invalid(field="holds")
    noticed = await noticed_by(request, sent.round_id)

    async def run(tx: Connection) -> None:
        await findings.judge(tx, sent.actor, sent.round_id, key, holds=holds == "yes", noticed=noticed)

    anchor = place if re.fullmatch(r"f[0-9]{1,4}", place) else "h-findings"
    return await carried(request, sent, run, f"/review/round/{sent.round_id}?said=finding#{anchor}")


async def carry_out(request: Request, tx: Connection, actor: Actor, round_id: UUID, command: Deciding) -> Decided:
    """The action behind a command."""
    book = book_of(request)
    match command:
        case FileStep():
            return await steps.file_step(tx, actor, round_id, command, book=book)
        case DeclareNotApplicable():
            return await steps.declare_not_applicable(tx, actor, round_id, command, book=book)
        case GiveOpinion():
            return await opinions.give_opinion(tx, actor, round_id, command, book=book)
        case RecordMeeting():
            return await meetings.record_meeting(tx, actor, round_id, command, book=book, blobs=blobs_of(request))
        case Sign():
            return await signatures.sign(tx, actor, round_id, command, book=book, zone=settings_of(request).zone)
        case Verify():
            return await signatures.verify(tx, actor, round_id, command, book=book)
        case _:
            assert_never(command)


async def rehearse(request: Request, actor: Actor, round_id: UUID, command: Deciding) -> Mapping[str, Any] | None:
    """Carry the act out and take it back: raises whatever refusal it would meet.

    Where only a passkey's word is wanting, the answer is the draft that it is to confirm.
    """
    try:
        async with database(request).transaction() as tx:
            with citing(book_of(request)):
                await carry_out(request, tx, actor, round_id, command)
            raise _OnlyLooking
    except _OnlyLooking:
        return None
    except PasskeyMissing as missing:
        return missing.draft


def _outcome(request: Request, command: Deciding) -> Any:
    code = "not_applicable" if isinstance(command, DeclareNotApplicable) else command.outcome
    return outcome_mark(code, book_of(request))


def _summary(request: Request, view: RoundView, command: Deciding) -> list[tuple[str, str]]:
    """What the confirmation repeats, in the words of the form."""
    reader = language.current()
    match command:
        case FileStep():
            rows = [(Words("结论", "Conclusion"), command.conclusion or "—")]
        case DeclareNotApplicable():
            rows = [(Words("理由", "Reason"), command.reason)]
        case GiveOpinion():
            clauses = [point.clause or point.text[:20] for point in command.points]
            rows = [
                (Words("审核意见", "Opinion"), command.opinion),
                (Words("逐项意见", "Points"), f"{len(clauses)}（{'、'.join(clauses)}）" if clauses else "0"),
                (Words("法律顾问、公职律师", "Counsel"), "、".join(one.name for one in command.counsel) or "—"),
            ]
        case RecordMeeting():
            held = count(command)
            rows = [
                (Words("会议", "Meeting"), f"{command.name}（{FORM_WORDS[command.form].of(reader)}）"),
                (Words("应到、实到", "Due, present"), f"{held.due}、{held.present}"),
                (
                    Words("同意、修改、不同意", "For, amend, against"),
                    "、".join(str(held.stances[stance]) for stance in ("for", "amend", "against")),
                ),
                (Words("理由", "Reasons"), command.reasons or "—"),
            ]
        case Sign():
            rows = [
                (Words("签署意见", "Opinion"), command.opinion),
                (Words("签名", "Name"), command.name),
                (Words("公布日期", "Day of publication"), str(command.publication_day or "—")),
            ]
        case Verify():
            rows = [(Words("复核说明", "Note"), command.note or "—")]
        case _:
            assert_never(command)
    return [(name.of(reader), value) for name, value in rows]
