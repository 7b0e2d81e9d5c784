"""清理目录: the public catalogues, and the filing clerk's page of a clean-up under way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from services.kernel.contracts.refusals import Refused, Words
from services.kernel.procedure.deadlines import due
from services.kernel.runtime import directory, language
from services.kernel.runtime.auth import Actor, Visitor, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role
from services.kernel.runtime.pages import render
from services.review.actions import cleanups
from services.review.actions.sessions import authorities_of
from services.review.domain.cleanups import RULE, Cleanup, GiveOutcome, OpenCleanup, UnknownCleanup
from services.review.pages.carrying import FromPage, Run, carried
from services.review.pages.forms import Written, plain, written
from services.review.pages.sessions import problems_of, status_of
from services.review.pages.words import mark
from services.review.store import cleanups as store
from services.review.wiring import book_of, calendar_of

router = APIRouter(prefix="/review", include_in_schema=False)
OUTCOMES: Mapping[str, tuple[Words, str]] = {
    "retain": (Words("继续有效", "Retained"), "go"),
    "amend": (Words("拟修改", "To be amended"), "warn"),
    "repeal": (Words("废止", "To be ended"), "stop"),
    "lapse": (Words("宣布失效", "Declared lapsed"), "off"),
}
GROUNDS: Mapping[str, Words] = {
    "periodic": Words("定期清理", "Periodic"),
    "higher_law": Words("上位法制定、修改或者废止", "Higher law was made, changed or repealed"),
    "reform": Words("机构改革、职能调整", "Reform of departments"),
    "contradiction": Words("文件之间不一致", "Documents contradict each other"),
    "object_gone": Words("调整对象消失", "Its object is gone"),
    "campaign": Words("专项清理", "Special campaign"),
}
KINDS = ("NORMATIVE", "MAJOR_DECISION", "WORK_PLAN")


@router.get("/cleanups")
async def list_cleanups(request: Request, visitor: Visitor) -> HTMLResponse:
    """The published catalogues; the filing clerk also sees what is under way, and may begin. Public."""
    return await _list(request, visitor)


@router.get("/cleanup/{cleanup_id}")
async def show_cleanup(request: Request, visitor: Visitor, cleanup_id: UUID) -> HTMLResponse:
    """One catalogue: the sums, each document with its outcome, reason, and what carried it out. Public once published."""
    return await _one(request, visitor, cleanup_id)


@router.post("/cleanups/open")
async def open_cleanup(request: Request, sent: FromPage) -> Response:
    """Begin."""

    async def run(tx: Connection) -> None:
        await cleanups.open_cleanup(tx, sent.actor, OpenCleanup.model_validate(plain(sent.form, OpenCleanup)))

    try:
        return await carried(request, sent, run, "/review/cleanups?said=done")
    except (ValidationError, Refused) as wrong:
        return await _list(request, sent.actor, written(sent.form), problems_of(wrong), status_of(wrong))


@router.post("/cleanup/{cleanup_id}/outcome")
async def give_outcome(request: Request, sent: FromPage, cleanup_id: UUID) -> Response:
    """Say what becomes of one document."""

    async def run(tx: Connection) -> None:
        command = GiveOutcome.model_validate(plain(sent.form, GiveOutcome))
        await cleanups.give_outcome(tx, sent.actor, cleanup_id, command)

    return await _or_back(request, sent, cleanup_id, run)


@router.post("/cleanup/{cleanup_id}/publish")
async def publish_cleanup(request: Request, sent: FromPage, cleanup_id: UUID) -> Response:
    """Publish the catalogue."""

    async def run(tx: Connection) -> None:
        await cleanups.publish(tx, sent.actor, cleanup_id)

    return await _or_back(request, sent, cleanup_id, run)


async def _or_back(request: Request, sent: FromPage, cleanup_id: UUID, run: Run) -> Response:
    try:
        return await carried(request, sent, run, f"/review/cleanup/{cleanup_id}?said=done")
    except (ValidationError, Refused) as wrong:
        return await _one(request, sent.actor, cleanup_id, written(sent.form), problems_of(wrong), status_of(wrong))


async def _list(
    request: Request,
    actor: Actor | None,
    form: Written | None = None,
    problems: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HTMLResponse:
    async with database(request).read() as conn:
        found = await store.cleanups(conn)
        frame = await _frame(request, conn, actor, form, problems)
    return render(
        request,
        "cleanups.html",
        status=status,
        cleanups=[one for one in found if one.published_at or one.issuer_unit in dict(frame["own"])],
        next_due=_next_due(request, found),
        kinds=[(kind, book_of(request).kind(kind).name.of(language.current())) for kind in KINDS],
        **frame,
    )


def _next_due(request: Request, found: list[Cleanup]) -> list[tuple[str, date]]:
    """Until when each authority that has cleaned up must do so again, by the rule's period."""
    last: dict[str, datetime] = {}
    for one in found:
        if one.published_at is not None:
            last.setdefault(one.issuer_unit, one.published_at)
    rule, calendar = book_of(request).rule(RULE), calendar_of(request)
    days = [(unit, due(rule, counted_from=at, calendar=calendar).legal_last_day) for unit, at in last.items()]
    return [(unit, day) for unit, day in days if day is not None]


async def _one(
    request: Request,
    actor: Actor | None,
    cleanup_id: UUID,
    form: Written | None = None,
    problems: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HTMLResponse:
    async with database(request).read() as conn:
        found = await store.cleanup(conn, cleanup_id)
        frame = await _frame(request, conn, actor, form, problems)
    mine = found.issuer_unit in dict(frame["own"])
    if found.published_at is None and not mine:
        raise UnknownCleanup(field="cleanup_id")
    return render(
        request,
        "cleanup.html",
        status=status,
        cleanup=found,
        kind=book_of(request).kind(found.kind).name.of(language.current()),
        mine=mine and found.published_at is None,
        **frame,
    )


async def _frame(
    request: Request,
    conn: Connection,
    actor: Actor | None,
    form: Written | None,
    problems: list[dict[str, str]] | None,
) -> dict[str, Any]:
    own = await authorities_of(conn, actor, Role.FILING_CLERK) if actor else []
    return {
        "own": [(unit.id, unit.name) for unit in own],
        "units": {unit.id: unit.name for unit in await directory.units(conn)},
        "outcomes": {code: mark(pair) for code, pair in OUTCOMES.items()},
        "grounds": {code: words.of(language.current()) for code, words in GROUNDS.items()},
        "article": book_of(request).rule(RULE).article.of(language.current()),
        "form": form if form is not None else Written(),
        "problems": problems or [],
        "wrong": {one["name"]: one["detail"] for one in problems or []},
        "said": request.query_params.get("said", ""),
    }
