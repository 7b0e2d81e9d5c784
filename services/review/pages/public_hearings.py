"""听证会 for everybody: the list, its Atom feed, one hearing with its draft and the form to take part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from services.kernel.contracts.refusals import NotFound, Refused
from services.kernel.runtime import directory, language
from services.kernel.runtime.auth import Signed, Visitor, address_of, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import BodyHash, Key
from services.kernel.runtime.pages import as_download, render
from services.kernel.runtime.problems import field_problems
from services.kernel.text.clauses import Clause, clauses
from services.kernel.text.normal import printable
from services.review.actions.public_hearings import Knock, invite
from services.review.api.public_hearings import applied, keeper_of
from services.review.api.public_hearings import withdrawn as withdrawal
from services.review.domain.public_hearings import LABELS, Apply, HearingUnknown, PublicHearing, Withdraw
from services.review.materials import Material, materials_of
from services.review.pages.carrying import Form
from services.review.pages.forms import Written, written
from services.review.pages.labels import problem, problem_of
from services.review.pages.words import HEARING_STATES, Mark, mark
from services.review.store import public_hearings as store
from services.review.wiring import blobs_of, book_of, context_of

router = APIRouter(prefix="/review", include_in_schema=False)
ATOM = "application/atom+xml; charset=utf-8"
RULE = "hearing.procedure"
# The note that explains the draft; the other papers handed in with a text are not for everybody.
NOTE = "drafting_note"


@dataclass(frozen=True)
class Told:
    """What a page tells who has just applied, or has just taken it back."""

    number: int | None = None
    code: str = ""
    withdrawn: int | None = None


@router.get("/hearings")
async def list_hearings(request: Request, visitor: Visitor) -> HTMLResponse:
    """Hearings that come and that were."""
    async with database(request).read() as conn:
        found, units = await store.hearings(conn), await _units(conn)
    return render(request, "hearings.html", hearings=[(one, mark_of(one)) for one in found], units=units)


@router.get("/hearings.atom")
async def hearings_feed(request: Request, visitor: Visitor) -> Response:
    """Hearings by what was said of them last, as an Atom feed."""
    async with database(request).read() as conn:
        found, units = await store.hearings(conn), await _units(conn)
    base = context_of(request).settings.public_url.rstrip("/") + "/review"
    newest = sorted(found, key=lambda one: one.changed_at, reverse=True)
    drawn = render(
        request,
        "hearings.atom.xml",
        base=base,
        updated=newest[0].changed_at if newest else None,
        entries=[
            (one, printable(one.title), printable(units.get(one.drafting_unit, "")), mark_of(one)) for one in newest
        ],
    )
    return Response(drawn.body, media_type=ATOM)


@router.get("/hearing/{round_id}")
async def show_hearing(
    request: Request,
    visitor: Visitor,
    round_id: UUID,
    number: Annotated[int | None, Query(ge=1, le=1_000_000)] = None,
    code: Annotated[str, Query(max_length=40)] = "",
    withdrawn: Annotated[int | None, Query(ge=1, le=1_000_000)] = None,
) -> HTMLResponse:
    """One hearing; `number` and `code` are told to who has just applied, `withdrawn` is the number taken back."""
    return await _page(request, round_id, told=Told(number, code, withdrawn))


@router.post("/hearing/{round_id}")
async def apply_by_form(
    request: Request, visitor: Visitor, round_id: UUID, form: Form, key: Key, body_hash: BodyHash
) -> Response:
    """Apply by form; or the page again, with what was written and what is wrong with it."""
    given = written(form)
    try:
        wanted = Apply.model_validate({name: given[name] for name in Apply.model_fields if name in given})
        knock = Knock(round_id, address_of(request), given["proof"], given["form"])
        answer = await applied(request, knock, wanted, key, body_hash)
    except ValidationError as error:
        wrong, status = [problem(each.field, each.detail, LABELS) for each in field_problems(error.errors())], 422
        return await _page(request, round_id, form=given, problems=wrong, status=status)
    except NotFound:
        raise
    except Refused as refused:
        return await _page(request, round_id, form=given, problems=[problem_of(refused, LABELS)], status=refused.status)
    told = urlencode({name: answer.body[name] for name in ("number", "code")})
    return Response(status_code=303, headers={"Location": f"/review/hearing/{round_id}?{told}"})


@router.post("/hearing/{round_id}/withdraw")
async def withdraw_by_form(
    request: Request, visitor: Visitor, round_id: UUID, form: Form, key: Key, body_hash: BodyHash
) -> Response:
    """Take an application back by form; or the page again, with what is wrong."""
    given = written(form)
    try:
        wanted = Withdraw.model_validate({name: given[name] for name in Withdraw.model_fields if name in given})
        answer = await withdrawal(request, round_id, wanted, key, body_hash)
    except ValidationError as error:
        wrong, status = [problem(each.field, each.detail, LABELS) for each in field_problems(error.errors())], 422
        return await _page(request, round_id, form=given, problems=wrong, status=status)
    except NotFound:
        raise
    except Refused as refused:
        return await _page(request, round_id, form=given, problems=[problem_of(refused, LABELS)], status=refused.status)
    number = answer.body["number"]
    return Response(status_code=303, headers={"Location": f"/review/hearing/{round_id}?withdrawn={number}"})


@router.get("/hearing/{round_id}/text")
async def download_text(request: Request, visitor: Visitor, round_id: UUID) -> Response:
    """The draft that is heard about, as a file. Raises HearingUnknown."""
    async with database(request).read() as conn:
        hearing = await store.hearing(conn, round_id)
    return as_download(await blobs_of(request).get(hearing.text_hash), f"{hearing.title}.txt")


@router.get("/hearing/{round_id}/paper/{position}")
async def download_paper(request: Request, visitor: Visitor, round_id: UUID, position: int) -> Response:
    """A paper that explains the draft, as a file. Raises HearingUnknown."""
    async with database(request).read() as conn:
        hearing = await store.hearing(conn, round_id)
    papers = await _papers(request, hearing)
    if not 1 <= position <= len(papers):
        raise HearingUnknown
    paper = papers[position - 1]
    return as_download(await blobs_of(request).get(paper.file_hash), paper.name)


@router.post("/round/{round_id}/hearing-contacts")
async def show_contacts(request: Request, actor: Signed, round_id: UUID) -> HTMLResponse:
    """Whom to invite and how to reach them, for the drafting unit; the reading is noted and nothing else."""
    async with database(request).transaction() as tx:
        invited = await invite(tx, actor, round_id)
        hearing = await store.hearing(tx, round_id)
    return render(
        request,
        "hearing_contacts.html",
        headers={"Cache-Control": "no-store"},
        hearing=hearing,
        invited=invited,
    )


def mark_of(hearing: PublicHearing) -> Mark:
    """Where a hearing stands, in words and shape."""
    return mark(HEARING_STATES[hearing.state])


async def _page(
    request: Request,
    round_id: UUID,
    *,
    told: Told | None = None,
    form: Written | None = None,
    problems: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HTMLResponse:
    async with database(request).read() as conn:
        hearing, units = await store.hearing(conn, round_id), await _units(conn)
    rule, given = book_of(request).rule(RULE), form if form is not None else Written()
    return render(
        request,
        "hearing.html",
        status=status,
        headers={"Cache-Control": "no-store"} if told and told.code else None,
        hearing=hearing,
        notice=hearing.notice,
        mark=mark_of(hearing),
        units=units,
        clauses=await _clauses(request, hearing),
        papers=await _papers(request, hearing),
        article=rule.article.of(language.current()),
        form_token=given["form"] or keeper_of(request).form_token(round_id),
        told=told or Told(),
        form=given,
        problems=problems or [],
        wrong={one["name"]: one["detail"] for one in problems or []},
    )


async def _clauses(request: Request, hearing: PublicHearing) -> tuple[Clause, ...]:
    try:
        return tuple(clauses(await blobs_of(request).text(hearing.text_hash)))
    except (NotFound, ValueError):
        return ()


async def _papers(request: Request, hearing: PublicHearing) -> list[Material]:
    return [one for one in await materials_of(blobs_of(request), hearing.materials_hash) if one.role == NOTE]


async def _units(conn: Connection) -> dict[str, str]:
    return {unit.id: unit.short_name for unit in await directory.units(conn)}
