"""Notify for programs: the gazette for anybody, the register of numbers for staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from services.kernel.runtime import auth, idempotency, web
from services.kernel.runtime import pages as kernel_pages
from services.kernel.runtime.idempotency import Answer
from services.notify.actions import numbers as acts
from services.notify.asking import (
    PAGE_SIZE,
    After,
    Code,
    Kind,
    NumberQ,
    Q,
    Unit,
    Year,
    citing,
    context_of,
    page_of,
    published,
    question_of,
)
from services.notify.domain import validity
from services.notify.pages import staff
from services.notify.store import numbers, publications, seals, standings
from services.notify.store.publications import Publication
from services.notify.store.standings import Standing

router = APIRouter()


class PublicationView(BaseModel):
    """A published document. `validity` is the state today: ahead, in_force, suspended, lapsed, ended or unstated."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    document_id: UUID
    doc_number: str
    title: str
    kind: str
    issuer_unit: str
    issuer_name: str
    joint_names: list[str]
    text_hash: str
    adopted_on: date
    published_at: datetime
    published_on: date
    effective_on: date | None
    valid_to: date | None
    validity: str
    page: str
    text: str


class SealView(BaseModel):
    """A seal on a published text, the leading issuer's in place 1: whose, when, on which text."""

    model_config = ConfigDict(frozen=True)

    place: int
    unit_id: str
    unit_name: str
    form: str
    text_hash: str
    sealed_at: datetime


class SealedPublication(PublicationView):
    """A published document with the seals on its text; none where it was issued without."""

    seals: tuple[SealView, ...]


class PublicationList(BaseModel):
    """One page of the gazette; `after` for the next page, null on the last."""

    model_config = ConfigDict(frozen=True)

    items: tuple[PublicationView, ...]
    after: UUID | None


class NumberView(BaseModel):
    """One entry of the register."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    doc_number: str
    agency_code: str
    year: int
    sequence: int
    document_id: UUID
    title: str
    text_hash: str
    state: str
    registered_at: datetime
    void_reason: str | None
    voided_at: datetime | None
    gazette_id: UUID | None


class NumberList(BaseModel):
    """One page of the register; `after` for the next page, null on the last."""

    model_config = ConfigDict(frozen=True)

    items: tuple[NumberView, ...]
    after: UUID | None


class VoidNumber(BaseModel):
    """Why a number is voided; the reason stays in the register."""

    model_config = ConfigDict(frozen=True)

    reason: str = Field(max_length=500)


@router.get("/notify/publications")
async def list_publications(
    request: Request,
    actor: auth.Visitor,
    q: Q = "",
    number: NumberQ = "",
    unit: Unit = "",
    kind: Kind = "",
    year: Year = None,
    after: After = None,
) -> PublicationList:
    """The gazette, newest first."""
    question = question_of(q, number, unit, kind, year)
    async with auth.database(request).read() as conn:
        today = (await publications.moment(conn, auth.settings_of(request).time_zone)).day
        found = await publications.search(conn, question, after=after, limit=PAGE_SIZE + 1)
        since = await standings.standings(conn, [each.publication.document_id for each in found])
    shown, following = page_of(found)
    items = tuple(_view(one, today, since.get(one.document_id, [])) for one in (each.publication for each in shown))
    return PublicationList(items=items, after=following)


@router.get("/notify/publications/{publication_id}")
async def get_publication(request: Request, actor: auth.Visitor, publication_id: UUID) -> SealedPublication:
    """One published document with its seals."""
    publication = await published(request, publication_id)
    async with auth.database(request).read() as conn:
        today = (await publications.moment(conn, auth.settings_of(request).time_zone)).day
        since = await standings.standings(conn, [publication.document_id])
        on = await seals.seals(conn, publication_id)
    view = _view(publication, today, since.get(publication.document_id, []))
    return SealedPublication(**view.model_dump(), seals=tuple(SealView(**asdict(one)) for one in on))


@router.get("/notify/publications/{publication_id}/text", response_class=Response)
async def get_text(request: Request, actor: auth.Visitor, publication_id: UUID) -> Response:
    """The text as published, to the byte: its SHA-256 is the `text_hash`."""
    found = await published(request, publication_id)
    text = await context_of(request).blobs.get(found.text_hash)
    name = quote(f"{found.doc_number} {found.title}.txt")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "ETag": f'"{found.text_hash}"'}
    return Response(text, media_type="text/plain; charset=utf-8", headers=headers)


@router.get("/notify/numbers", response_model=NumberList)
async def list_numbers(
    request: Request,
    actor: auth.Signed,
    code: Code = "",
    year: Year = None,
    after: After = None,
) -> NumberList | Response:
    """The register, newest first, with the void ones; a page for browsers."""
    async with auth.database(request).read() as conn:
        found = await numbers.register(conn, agency_code=code or None, year=year, after=after, limit=PAGE_SIZE + 1)
        series = await numbers.series(conn) if kernel_pages.wants_page(request) else []
    shown = found[:PAGE_SIZE]
    following = shown[-1].id if len(found) > PAGE_SIZE else None
    if kernel_pages.wants_page(request):
        return staff.register_page(request, shown, series, code=code, year=year, after=following)
    return NumberList(items=tuple(_number(each) for each in shown), after=following)


@router.post("/notify/numbers/{number_id}/void", response_model=NumberView)
async def void_number(
    request: Request,
    actor: auth.Signed,
    number_id: UUID,
    given: VoidNumber,
    key: idempotency.Key,
    body: idempotency.BodyHash,
) -> Response:
    """Void a number for good, with a reason. Refused once its document is published."""
    context = context_of(request)

    async def act() -> Answer:
        voided = await acts.void_number(tx, actor, number_id, reason=given.reason, zone=context.settings.time_zone)
        return Answer(200, _number(voided).model_dump(mode="json"))

    with citing(context.book):
        async with context.db.transaction() as tx:
            route = f"POST /notify/numbers/{number_id}/void"
            answer = await idempotency.once(tx, key=key, actor=actor.person_id, route=route, body_hash=body, act=act)
    return answer.response()


@router.get("/healthz", include_in_schema=False)
async def health(request: Request, actor: auth.Visitor) -> JSONResponse:
    """The process that serves the home page answers."""
    return JSONResponse(await web.health(request, actor))


def _view(publication: Publication, today: date, since: Sequence[Standing]) -> PublicationView:
    state = validity(publication.published_on, publication.effective_on, publication.valid_to, today, since)
    return PublicationView(
        **{name: getattr(publication, name) for name in PublicationView.model_fields if hasattr(publication, name)},
        validity=state,
        page=f"/notify/gazette/{publication.id}",
        text=f"/notify/publications/{publication.id}/text",
    )


def _number(number: numbers.Number) -> NumberView:
    return NumberView(**{name: getattr(number, name) for name in NumberView.model_fields})
