"""决策事项目录: the public page of each published year, and the registrar's page behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from services.kernel.contracts.refusals import Refused
from services.kernel.runtime import directory, language
from services.kernel.runtime.auth import Actor, Signed, Visitor, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role
from services.kernel.runtime.pages import render
from services.review.actions import catalogue
from services.review.actions.catalogue import procedures
from services.review.actions.sessions import authorities_of
from services.review.domain.catalogue import RULE, Adjust, Enter, Entry, PublishYear
from services.review.pages.carrying import FromPage, Run, carried
from services.review.pages.forms import Written, plain, written
from services.review.pages.sessions import problems_of, status_of
from services.review.pages.words import CATALOGUE_STATES, mark
from services.review.store import catalogue as store
from services.review.store.catalogue import Publication
from services.review.wiring import book_of

router = APIRouter(prefix="/review", include_in_schema=False)
MANAGE = "/review/catalogue/manage"


@dataclass(frozen=True)
class Year:
    """One year of one authority, public where `publication` is."""

    issuer_unit: str
    year: int
    publication: Publication | None
    entries: list[Entry]


@router.get("/catalogue")
async def show_catalogue(request: Request, visitor: Visitor, year: int | None = None) -> HTMLResponse:
    """The published years, or one of them: matter, unit, planned day, steps, state, every adjustment with its reason."""
    async with database(request).read() as conn:
        years = [one for one in await _years(conn) if one.publication is not None]
        return render(request, "catalogue.html", **await _frame(request, conn), **_chosen(years, year))


@router.get("/catalogue/manage")
async def manage_catalogue(request: Request, actor: Signed) -> HTMLResponse:
    """What the registrar enters, adjusts and publishes."""
    return await _manage(request, actor)


@router.post("/catalogue/enter")
async def enter_matter(request: Request, sent: FromPage) -> Response:
    """Put a matter into the catalogue."""

    async def run(tx: Connection) -> None:
        command = Enter.model_validate({**plain(sent.form, Enter), "procedures": _ticked(sent.form)})
        await catalogue.enter(tx, sent.actor, command, book=book_of(request))

    return await _or_back(request, sent, run)


@router.post("/catalogue/entry/{entry_id}/adjust")
async def adjust_matter(request: Request, sent: FromPage, entry_id: UUID) -> Response:
    """Adjust a matter."""

    async def run(tx: Connection) -> None:
        command = Adjust.model_validate({**plain(sent.form, Adjust), "procedures": _ticked(sent.form)})
        await catalogue.adjust(tx, sent.actor, entry_id, command, book=book_of(request))

    return await _or_back(request, sent, run)


@router.post("/catalogue/publish")
async def publish_year(request: Request, sent: FromPage) -> Response:
    """Publish a year."""

    async def run(tx: Connection) -> None:
        await catalogue.publish(tx, sent.actor, PublishYear.model_validate(plain(sent.form, PublishYear)))

    return await _or_back(request, sent, run)


async def _or_back(request: Request, sent: FromPage, run: Run) -> Response:
    try:
        return await carried(request, sent, run, f"{MANAGE}?said=done")
    except (ValidationError, Refused) as wrong:
        return await _manage(request, sent.actor, written(sent.form), problems_of(wrong), status_of(wrong))


async def _manage(
    request: Request,
    actor: Actor,
    form: Written | None = None,
    problems: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HTMLResponse:
    async with database(request).read() as conn:
        units = await directory.units(conn)
        own = [(unit.id, unit.name) for unit in await authorities_of(conn, actor, Role.REGISTRAR)]
        mine = {unit_id for unit_id, _ in own}
        return render(
            request,
            "catalogue_manage.html",
            status=status,
            **await _frame(request, conn),
            years=[one for one in await _years(conn) if one.issuer_unit in mine],
            own=own,
            steps=list(procedures(book_of(request)).items()),
            all_units=[(unit.id, unit.short_name) for unit in units],
            form=form if form is not None else Written(),
            problems=problems or [],
            wrong={one["name"]: one["detail"] for one in problems or []},
            said=request.query_params.get("said", ""),
        )


async def _frame(request: Request, conn: Connection) -> dict[str, Any]:
    return {
        "units": {unit.id: unit.short_name for unit in await directory.units(conn)},
        "names": procedures(book_of(request)),
        "states": {code: mark(pair) for code, pair in CATALOGUE_STATES.items()},
        "article": book_of(request).rule(RULE).article.of(language.current()),
    }


async def _years(conn: Connection) -> list[Year]:
    public = {(one.issuer_unit, one.year): one for one in await store.publications(conn)}
    found: dict[tuple[str, int], list[Entry]] = {}
    for entry in await store.entries(conn):
        found.setdefault((entry.issuer_unit, entry.year), []).append(entry)
    return [Year(unit, year, public.get((unit, year)), entries) for (unit, year), entries in found.items()]


def _chosen(years: list[Year], year: int | None) -> dict[str, Any]:
    newest = max((one.year for one in years), default=None)
    chosen = year if year is not None else newest
    numbers = sorted({one.year for one in years}, reverse=True)
    return {"chosen": chosen, "numbers": numbers, "years": [one for one in years if one.year == chosen]}


def _ticked(form: FormData) -> list[str]:
    return [value for value in form.getlist("procedures") if isinstance(value, str)]
