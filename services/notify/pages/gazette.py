"""The gazette: search, one document, the annual reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from services.kernel.contracts.refusals import Invalid, Words
from services.kernel.runtime import auth
from services.kernel.runtime.pages import render
from services.kernel.text import search
from services.notify.asking import (
    PAGE_SIZE,
    After,
    Kind,
    NumberQ,
    Q,
    Unit,
    article,
    context_of,
    page_of,
    published,
    question_of,
)
from services.notify.domain import Validity, validity
from services.notify.pages.home import shown
from services.notify.shown import KINDS, Tag, happened_tag, kind_words, lines_of, term_words, validity_tag
from services.notify.store import publications, seals, standings
from services.notify.store.publications import Found, Publication, Question
from services.notify.store.standings import Standing

router = APIRouter(include_in_schema=False)

REPORT = "ANNUAL_REPORT"


class BadDay(Invalid):
    """The day asked for is none."""

    code = "gazette.day"
    title = Words("“看哪一天的效力”不是一个日期", "That is not a day")
    remedy = Words("请写成2026-05-03这样的日期。", "Write it like 2026-05-03.")


@dataclass(frozen=True)
class Hit:
    """One result with its state on the day asked for."""

    publication: Publication
    tag: Tag
    lapsed_since: bool
    term: str
    excerpt: tuple[str, str, str] | None


@router.get("/notify/gazette")
async def gazette(
    request: Request,
    actor: auth.Visitor,
    q: Q = "",
    number: NumberQ = "",
    unit: Unit = "",
    kind: Kind = "",
    year: Annotated[str, Query(max_length=4, pattern=r"^\d{0,4}$")] = "",
    on: Annotated[str, Query(max_length=10)] = "",
    after: After = None,
) -> Response:
    """Search with the validity on any day."""
    context = context_of(request)
    question = question_of(q, number, unit, kind, int(year) if year else None)
    async with context.db.read() as conn:
        today = (await publications.moment(conn, context.settings.time_zone)).day
        found = await publications.search(conn, question, after=after, limit=PAGE_SIZE + 1)
        choices = await publications.choices(conn)
        since = await standings.standings(conn, [each.publication.document_id for each in found])
    day = _day(on, today)
    shown_, following = page_of(found)
    asked = {"q": q, "number": number, "unit": unit, "kind": kind, "year": year, "on": on}
    return render(
        request,
        "gazette.html",
        hits=[_hit(each, q, day, today, since.get(each.publication.document_id, [])) for each in shown_],
        asked=asked,
        choices=choices,
        kinds=[(code, kind_words(code)) for code in KINDS],
        day=day,
        today=today,
        searched=any((q, number, unit, kind, year)),
        continued=after is not None,
        next_page=_address(asked, after=following) if following else None,
        today_page=_address({**asked, "on": ""}),
    )


def _day(given: str, today: date) -> date:
    if not given:
        return today
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise BadDay(field="on") from error


def _address(asked: dict[str, str], after: UUID | None = None) -> str:
    pairs = {name: value for name, value in asked.items() if value}
    if after:
        pairs["after"] = str(after)
    return "/notify/gazette" + (f"?{urlencode(pairs)}" if pairs else "")


def _hit(found: Found, q: str, day: date, today: date, since: Sequence[Standing]) -> Hit:
    each = found.publication
    then, now = (validity(each.published_on, each.effective_on, each.valid_to, at, since) for at in (day, today))
    return Hit(
        publication=each,
        tag=validity_tag(then, on_another_day=day != today),
        lapsed_since=now is Validity.LAPSED and then is not Validity.LAPSED,
        term=term_words(each),
        excerpt=search.excerpt(found.body, q) if q else None,
    )


@router.get("/notify/gazette/{publication_id}")
async def document(request: Request, actor: auth.Visitor, publication_id: UUID) -> Response:
    """One published document: text, number, dates, hash, download."""
    context = context_of(request)
    publication = await published(request, publication_id)
    text = await context.blobs.text(publication.text_hash)
    async with context.db.read() as conn:
        moment = await publications.moment(conn, context.settings.time_zone)
        since = (await standings.standings(conn, [publication.document_id])).get(publication.document_id, [])
        on = await seals.seals(conn, publication_id)
    return render(
        request,
        "gazette_document.html",
        seals=on,
        seal_article=article(context.book, "seal.joint" if len(on) > 1 else "record.seal"),
        it=shown(publication, moment, since),
        since=[(one, happened_tag(one.change)) for one in since],
        kind=kind_words(publication.kind),
        lines=lines_of(text, publication.title),
        size=len(text.encode()),
        steps=_life(publication, moment.day),
        article=article(context.book, "publication.required"),
        form_article=article(context.book, "numbering.form"),
    )


def _life(publication: Publication, today: date) -> list[tuple[str, str, date]]:
    """What happens to the document and when: (name of the step, done or off, day)."""
    days = [
        ("published", publication.published_on),
        ("effective", publication.effective_on),
        ("lapses", publication.valid_to),
    ]
    return [(name, _reached(name, day, today), day) for name, day in days if day is not None]


def _reached(name: str, day: date, today: date) -> str:
    # The last day of validity still counts: the document lapses at its end.
    return "done" if (today > day if name == "lapses" else today >= day) else "off"


@router.get("/notify/reports")
async def reports(request: Request, actor: auth.Visitor, after: After = None) -> Response:
    """The annual reports on rule of law that have been published."""
    context = context_of(request)
    async with context.db.read() as conn:
        moment = await publications.moment(conn, context.settings.time_zone)
        found = await publications.search(conn, Question(kind=REPORT), after=after, limit=PAGE_SIZE + 1)
    shown_, following = page_of(found)
    return render(
        request,
        "reports.html",
        reports=[shown(each.publication, moment) for each in shown_],
        next_page=f"/notify/reports?after={following}" if following else None,
        article=article(context.book, "report.public"),
    )
