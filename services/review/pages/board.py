"""The board of review: what is open, at which stage, due when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.kernel.runtime import db, directory, language
from services.kernel.runtime.auth import Actor, Signed, database, may_act_as
from services.kernel.runtime.pages import render
from services.review.actions.deciding import stage_of
from services.review.domain.rounds import Round
from services.review.pages.due import DueView, due_view
from services.review.pages.view import round_mark
from services.review.pages.words import Mark, role_words
from services.review.store import papers, receiving, rounds
from services.review.wiring import book_of, calendar_of

router = APIRouter(prefix="/review", include_in_schema=False)


@dataclass(frozen=True)
class Row:
    """One round on the board."""

    round_: Round
    due: DueView
    mark: Mark
    article: str
    waits_for: str
    is_mine: bool


@dataclass(frozen=True)
class Group:
    """The rounds of one stage."""

    stage: str
    name: str
    rows: list[Row]


@router.get("")
async def board(request: Request, actor: Signed, stage: str = "", mine: str = "") -> HTMLResponse:
    """Open rounds by stage, each with its light; below them, what was decided last."""
    async with database(request).read() as conn:
        now = await db.now(conn)
        found = await rounds.rounds(conn, is_open=True)
        done = await rounds.last_decided(conn)
        asked = {one.id: await papers.supplements_of(conn, one.id) for one in found if one.form == "legality"}
        accepted = await receiving.accepted_at(conn, *asked)
        units = {unit.id: unit.short_name for unit in await directory.units(conn)}
    dues = {
        one.id: due_view(
            one,
            asked.get(one.id, []),
            now,
            book=book_of(request),
            calendar=calendar_of(request),
            accepted_at=accepted.get(one.id),
        )
        for one in found
    }
    rows = [_row(request, actor, one, dues[one.id], units) for one in found]
    shown = [row for row in rows if (not stage or row.round_.stage == stage) and (not mine or row.is_mine)]
    return render(
        request,
        "board.html",
        groups=_groups(request, shown),
        stages=_names(request, found),
        stage=stage,
        mine=bool(mine),
        total=len(rows),
        own=sum(row.is_mine for row in rows),
        units=units,
        decided=[
            (one, stage_of(book_of(request), one).name.of(language.current()), round_mark(one, request)) for one in done
        ],
    )


def _row(request: Request, actor: Actor, round_: Round, due: DueView, units: dict[str, str]) -> Row:
    book, reader = book_of(request), language.current()
    stage = stage_of(book, round_)
    cited = book.rules.get(round_.rule_id or "")
    unit = units.get(round_.drafting_unit if due.is_paused else round_.unit_id or "", "")
    return Row(
        round_=round_,
        due=due,
        mark=round_mark(round_, request),
        article=cited.article.of(reader) if cited else stage.citation.words(reader),
        waits_for=unit or role_words(round_.role),
        is_mine=may_act_as(actor, round_.role) and round_.unit_id in (None, actor.unit_id),
    )


def _groups(request: Request, rows: Sequence[Row]) -> list[Group]:
    names = _names(request, [row.round_ for row in rows])
    return [Group(stage, name, [row for row in rows if row.round_.stage == stage]) for stage, name in names]


def _names(request: Request, found: Sequence[Round]) -> list[tuple[str, str]]:
    named = {one.stage: stage_of(book_of(request), one).name.of(language.current()) for one in found}
    return list(named.items())
