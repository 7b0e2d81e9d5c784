"""Consultations for the public: what is proposed, until when, and the form to comment."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from services.intake.actions.comment import Opinion
from services.intake.api.commenting import FILES, door_of, files_of, let_in, told_beside
from services.intake.api.windows import shown_window
from services.intake.domain.comments import LONGEST_BODY, Channel
from services.intake.domain.documents import DocumentUnknown
from services.intake.domain.mail import mailbox_of
from services.intake.domain.paging import after, place_of
from services.intake.domain.submission import PUBLIC_ROLES, ROLES
from services.intake.domain.windows import STATE_WORDS, last_second_words, remaining_words
from services.intake.door import Knock
from services.intake.shown.changes import changes_between
from services.intake.shown.clauses import clauses_of, label_of
from services.intake.shown.due import answers_due
from services.intake.shown.history import history_of
from services.intake.shown.words import retention
from services.intake.store import mails, people, seals, summaries, versions, window_acts, windows
from services.intake.wiring import blobs_of, books_of, calendar_of, mail_domain_of
from services.kernel.contracts.refusals import Refused
from services.kernel.contracts.visitors import FormNotRead
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor, Visitor, address_of, database
from services.kernel.runtime.directory import Role
from services.kernel.runtime.idempotency import key_of
from services.kernel.runtime.pages import as_download, render
from services.kernel.runtime.problems import headers_of

router = APIRouter(prefix="/intake", include_in_schema=False)
PAGE = 20


@router.get("/consultations")
async def show_consultations(
    request: Request, visitor: Visitor, after_place: Annotated[str, Query(alias="after", max_length=200)] = ""
) -> HTMLResponse:
    """What is open, what waits for answers, what was answered."""
    async with database(request).read() as conn:
        open_ = await windows.listed(conn, state="open", limit=100)
        suspended = await windows.listed(conn, state="suspended", limit=50)
        closed = await windows.listed(conn, state="closed", limit=50)
        answered = await windows.listed(conn, state="answered", before=after(after_place), limit=PAGE + 1)
    page = answered[:PAGE]
    return render(
        request,
        "consultations.html",
        open=[*sorted(open_, key=lambda window: window.closes_at), *suspended],
        closed=closed,
        answered=page,
        more=place_of(page[-1].opens_at, page[-1].id) if len(answered) > PAGE else None,
        words=STATE_WORDS,
        remaining=remaining_words,
    )


@router.get("/consultation/{window_id}")
async def show_consultation(
    request: Request, visitor: Visitor, window_id: UUID, clause: Annotated[str, Query(max_length=100)] = ""
) -> HTMLResponse:
    """The text by clause, the close to the second, and the form."""
    return await _consultation(request, visitor, window_id, {"clause": clause})


@router.post("/consultation/{window_id}")
async def take_comment(request: Request, visitor: Visitor, window_id: UUID) -> Response:
    """Take a comment by the form, then show its receipt; or say why it is not taken, with its words still there."""
    form = await request.form()
    given = _given(form)
    knock = Knock(
        window_id=window_id,
        channel=Channel.WEB,
        opinion=Opinion(given["body"], given["clause"], given["name"], given["contact"]),
        address=address_of(request),
        route=request.scope["path"],
        key=await key_of(request),
        proof=given["proof"],
        form=given["form"],
        files=await files_of(form, FILES),
    )
    try:
        taken, leave = await let_in(request.app, knock)
    except Refused as refused:
        return await _consultation(request, visitor, window_id, given, refused)
    location = f"/intake/receipt?receipt={taken.receipt}&new=1"
    return Response(status_code=303, headers={"Location": location, **told_beside(taken, leave)})


def _given(form: FormData) -> dict[str, str]:
    found = {name: form.get(name) for name in ("body", "clause", "name", "contact", "proof", "form")}
    return {name: value if isinstance(value, str) else "" for name, value in found.items()}


async def _consultation(
    request: Request, visitor: Actor | None, window_id: UUID, given: dict[str, str], refused: Refused | None = None
) -> HTMLResponse:
    async with database(request).read() as conn:
        window = await shown_window(conn, window_id)
        changes = await window_acts.changes_of(conn, window_id)
        recorded = await summaries.of_window(conn, window_id)
        papers = await versions.attachments_of(conn, window.document_id, window.version)
        units, seal = await people.unit_names(conn), await seals.newest(conn, window_id)
        ours = visitor is not None and visitor.unit_id == window.drafting_unit
        held = await windows.of_document(conn, window.document_id)
        posted = await mails.posted(conn, window_id) if ours else None
    blobs = blobs_of(request)
    clauses = await clauses_of(blobs, window.text_hash)
    former = next((one for one in reversed(held) if one.opens_at < window.opens_at and not one.ended_early), None)
    altered = (await changes_between(blobs, former.text_hash, window.text_hash)).altered() if former else {}
    return render(
        request,
        "consultation.html",
        status=refused.status if refused else 200,
        headers=headers_of(refused, refused.status) if refused else None,
        window=window,
        due=answers_due(window, books_of(request).own, calendar_of(request)),
        words=STATE_WORDS[window.state][0].of(language.current()),
        state=STATE_WORDS[window.state][1],
        left=remaining_words(window.closes_at - window.now).of(language.current()),
        last_second=last_second_words(window.closes_at).of(language.current()),
        events=history_of(window, changes, recorded, units),
        seal=seal,
        former=former,
        altered=altered,
        clauses=clauses,
        options=[("", label_of(clauses, "").of(language.current())), *_options(clauses)],
        papers=[paper for paper in papers if paper.role in PUBLIC_ROLES],
        roles=ROLES,
        unit=units.get(window.drafting_unit, window.drafting_unit),
        rule=_rule(request, window.rule_id),
        retention=retention(books_of(request).own),
        given={"body": "", "clause": "", "name": "", "contact": ""} | given,
        refused=told(refused),
        longest=LONGEST_BODY,
        mailbox=mailbox_of(window.id, mail_domain_of(request)) if window.is_open else None,
        files=door_of(request).files,
        form_token=_token(request, window_id, given, refused),
        ours=ours,
        lost=posted.failed + posted.bounced if posted else 0,
        moderates=visitor is not None and Role.LEGALITY_REVIEWER in visitor.roles,
    )


def _token(request: Request, window_id: UUID, given: dict[str, str], refused: Refused | None) -> str:
    """The token of the form: the one that came back with it, unless that was what was wrong."""
    if given.get("form") and not isinstance(refused, FormNotRead):
        return given["form"]
    return door_of(request).form_token(window_id)


def _options(clauses: Any) -> list[tuple[str, str]]:
    return [(clause.anchor, label_of(clauses, clause.anchor).zh) for clause in clauses if clause.number]


def _rule(request: Request, rule_id: str) -> dict[str, str] | None:
    book, reader = books_of(request).own, language.current()
    if rule_id not in book.rules:
        return None
    rule = book.rule(rule_id)
    return {"words": rule.words.of(reader), "article": rule.article.of(reader)}


@router.get("/consultation/{window_id}/paper/{position}")
async def download_paper(request: Request, visitor: Visitor, window_id: UUID, position: int) -> Response:
    """A paper published with the text, such as the drafting note, as a download. Raises DocumentUnknown."""
    async with database(request).read() as conn:
        window = await shown_window(conn, window_id)
        papers = await versions.attachments_of(conn, window.document_id, window.version)
    for paper in papers:
        if paper.position == position and paper.role in PUBLIC_ROLES:
            return as_download(await blobs_of(request).get(paper.content_hash), paper.name)
    raise DocumentUnknown


@router.get("/consultation/{window_id}/text")
async def download_text(request: Request, visitor: Visitor, window_id: UUID) -> Response:
    """The text under comment, as a file."""
    async with database(request).read() as conn:
        window = await shown_window(conn, window_id)
    return as_download(await blobs_of(request).get(window.text_hash), f"{window.title}.txt")


def told(refused: Refused | None) -> dict[str, str | None] | None:
    """A refusal in the reader's language."""
    if refused is None:
        return None
    reader = language.current()
    return {
        "title": refused.title.of(reader),
        "detail": refused.detail.of(reader),
        "remedy": refused.how.of(reader),
        "article": refused.article,
        "field": refused.field,
    }
