"""现行决策: what is in force, suspended, amended, ended; its evaluations; and what the head and the registrar do there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from services.kernel.contracts.refusals import Refused, Words
from services.kernel.runtime import directory, language
from services.kernel.runtime.auth import Actor, Visitor, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role
from services.kernel.runtime.pages import render
from services.review.actions import standing
from services.review.actions.sessions import authorities_of
from services.review.actions.standing import today_of
from services.review.domain.commands import Command
from services.review.domain.standing import (
    DECISION,
    EVALUATION,
    RULE,
    SEPARATE_ACTOR,
    Commission,
    Conclude,
    InForce,
    OwnDocument,
    Resume,
    Suspend,
)
from services.review.pages.carrying import FromPage, Run, carried
from services.review.pages.forms import Written, plain, written
from services.review.pages.sessions import problems_of, status_of
from services.review.pages.words import mark
from services.review.store import standing as store
from services.review.wiring import book_of

router = APIRouter(prefix="/review/in-force", include_in_schema=False)
STATES: Mapping[str, tuple[Words, str]] = {
    "in_force": (Words("现行有效", "In force"), "go"),
    "amended": (Words("已修改，现行有效", "Amended, in force"), "go"),
    "suspended": (Words("中止执行", "Suspended"), "hold"),
    "ended": (Words("已废止", "Ended"), "off"),
    "lapsed": (Words("已失效", "Lapsed"), "off"),
}
CHANGES: Mapping[str, tuple[Words, str]] = {
    "amended": (Words("修改", "Amended"), "now"),
    "ended": (Words("废止（停止执行）", "Ended"), "off"),
    "suspended": (Words("中止执行", "Suspended"), "hold"),
    "resumed": (Words("恢复执行", "Resumed"), "go"),
}
SITUATIONS: Mapping[str, Words] = {
    "problem": Words("决策存在问题", "The decision has a problem"),
    "circumstances": Words("客观情况发生重大变化", "Circumstances have changed greatly"),
    "force_majeure": Words("执行中发生不可抗力", "Force majeure in its execution"),
}
GROUNDS: Mapping[str, Words] = {
    "short_of_effect": Words("决策执行未达到预期效果", "It clearly falls short of its aim"),
    "many_opinions": Words("公众提出较多意见", "Many opinions were given"),
    "authority": Words("决策机关认为有必要", "The authority holds it necessary"),
}
OUTCOMES: Mapping[str, tuple[Words, str]] = {
    "keep": (Words("继续执行", "Keep"), "done"),
    "adjust": (Words("建议调整，按程序办理", "Adjust, through the procedure"), "warn"),
    "stop": (Words("建议停止，按程序办理", "Stop, through the procedure"), "stop"),
}


@router.get("")
async def list_in_force(request: Request, visitor: Visitor) -> HTMLResponse:
    """Major decisions with their states; public."""
    async with database(request).read() as conn:
        found = await store.texts(conn, kind=DECISION)
        units = {unit.id: unit.name for unit in await directory.units(conn)}
    return render(
        request,
        "in_force.html",
        texts=[(one, mark(STATES[one.state(today_of(one))])) for one in found],
        units=units,
        article=_article(request, RULE),
    )


@router.get("/{document_id}")
async def show_in_force(request: Request, visitor: Visitor, document_id: UUID) -> HTMLResponse:
    """One document in force: what happened to it, with reasons; its evaluations; forms for those who may act. Public."""
    return await _page(request, visitor, document_id)


@router.post("/{document_id}/suspend")
async def suspend(request: Request, sent: FromPage, document_id: UUID) -> Response:
    """Suspend it."""

    async def run(tx: Connection) -> None:
        await standing.suspend(tx, sent.actor, document_id, _read(sent.form, Suspend))

    return await _or_back(request, sent, document_id, run)


@router.post("/{document_id}/resume")
async def resume(request: Request, sent: FromPage, document_id: UUID) -> Response:
    """Let it go on."""

    async def run(tx: Connection) -> None:
        await standing.resume(tx, sent.actor, document_id, _read(sent.form, Resume))

    return await _or_back(request, sent, document_id, run)


@router.post("/{document_id}/evaluate")
async def evaluate(request: Request, sent: FromPage, document_id: UUID) -> Response:
    """Have it evaluated."""

    async def run(tx: Connection) -> None:
        await standing.commission(tx, sent.actor, document_id, _read(sent.form, Commission))

    return await _or_back(request, sent, document_id, run)


@router.post("/{document_id}/evaluation/{evaluation_id}/result")
async def conclude(request: Request, sent: FromPage, document_id: UUID, evaluation_id: UUID) -> Response:
    """Record the result of an evaluation."""

    async def run(tx: Connection) -> None:
        await standing.conclude(tx, sent.actor, evaluation_id, _read(sent.form, Conclude))

    return await _or_back(request, sent, document_id, run)


def _read(form: Any, command: type[Command]) -> Any:
    return command.model_validate(plain(form, command))


async def _or_back(request: Request, sent: FromPage, document_id: UUID, run: Run) -> Response:
    try:
        return await carried(request, sent, run, f"/review/in-force/{document_id}?said=done")
    except (ValidationError, Refused) as wrong:
        return await _page(request, sent.actor, document_id, written(sent.form), problems_of(wrong), status_of(wrong))


async def _page(
    request: Request,
    actor: Actor | None,
    document_id: UUID,
    form: Written | None = None,
    problems: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HTMLResponse:
    async with database(request).read() as conn:
        text = await store.text(conn, document_id)
        evaluations = await store.evaluations(conn, document_id)
        units = {unit.id: unit.name for unit in await directory.units(conn)}
        heads = await _acts_for(conn, actor, text, Role.CHIEF)
        keeps = await _acts_for(conn, actor, text, Role.REGISTRAR)
        own = actor is not None and keeps and await store.is_own(conn, document_id, actor.person_id)
    return render(
        request,
        "in_force_document.html",
        status=status,
        text=text,
        state=mark(STATES[text.state(today_of(text))]),
        acts=[(act, mark(CHANGES[act.change])) for act in text.acts],
        evaluations=[(one, mark(OUTCOMES[one.outcome]) if one.outcome else None) for one in evaluations],
        situations=_options(SITUATIONS),
        grounds=_options(GROUNDS),
        outcomes=[(code, words.of(language.current())) for code, (words, _) in OUTCOMES.items()],
        units=units,
        is_decision=text.kind == DECISION,
        is_head=heads,
        is_registrar=keeps and not own,
        own=_own(request) if own else None,
        article=_article(request, RULE),
        evaluation_article=_article(request, EVALUATION),
        form=form if form is not None else Written(),
        problems=problems or [],
        wrong={one["name"]: one["detail"] for one in problems or []},
        said=request.query_params.get("said", ""),
    )


async def _acts_for(conn: Connection, actor: Actor | None, text: InForce, role: Role) -> bool:
    return actor is not None and text.issuer_unit in {unit.id for unit in await authorities_of(conn, actor, role)}


def _own(request: Request) -> dict[str, str]:
    """Why a registrar who drafted it finds no forms here."""
    reader, refusal = language.current(), OwnDocument()
    return {
        "title": refusal.title.of(reader),
        "remedy": refusal.how.of(reader),
        "article": _article(request, SEPARATE_ACTOR),
    }


def _options(words: Mapping[str, Words]) -> list[tuple[str, str]]:
    return [(code, each.of(language.current())) for code, each in words.items()]


def _article(request: Request, rule_id: str) -> str:
    return book_of(request).rule(rule_id).article.of(language.current())
