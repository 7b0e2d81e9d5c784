"""A document's own pages: its progress, its texts, its dossier."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.intake.api.documents import readable
from services.intake.domain.documents import ENDED, NO_LONGER, DocumentUnknown
from services.intake.domain.plans import warnings_of
from services.intake.domain.submission import ROLES
from services.intake.domain.windows import WindowUnknown
from services.intake.shown import progress
from services.intake.shown.documents import standing_of, trace_id
from services.intake.shown.dossier import dossier_out, joint_words, part_words, seals_of, signers_of, type_words
from services.intake.store import dossier, people, versions, windows
from services.intake.store.documents import Document
from services.intake.store.dossier import Entry
from services.intake.wiring import blobs_of, books_of, calendar_of
from services.kernel.contracts.refusals import Words
from services.kernel.procedure.rules import RuleBook
from services.kernel.procedure.stages import DocumentKind
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor, Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.pages import as_download, render
from services.kernel.text.diff import ChangeKind, compare

router = APIRouter(prefix="/intake/document", include_in_schema=False)
NEWEST = 5
CHANGE_WORDS = {
    ChangeKind.CHANGED: (Words("已改", "Changed"), "now"),
    ChangeKind.ADDED: (Words("新增", "Added"), "go"),
    ChangeKind.REMOVED: (Words("删去", "Removed"), "stop"),
    ChangeKind.MOVED: (Words("移位", "Moved"), "hold"),
}


@router.get("/{document_id}/opinions")
async def show_opinions(request: Request, actor: Signed, document_id: UUID) -> Response:
    """On to the table of opinions on the newest consultation about the document. Raises WindowUnknown."""
    async with database(request).read() as conn:
        await readable(conn, actor, document_id)
        held = await windows.of_document(conn, document_id)
    if not held:
        raise WindowUnknown
    return RedirectResponse(f"/intake/consultation/{held[-1].id}/table", 303)


@router.get("/{document_id}")
async def show_document(request: Request, actor: Signed, document_id: UUID, new: str = "") -> HTMLResponse:
    """Where the document is, what is missing, who is waited for, the earliest day of publication."""
    now = datetime.now(UTC)
    async with database(request).read() as conn:
        document = await readable(conn, actor, document_id)
        found = await standing_of(
            conn,
            document,
            books=books_of(request),
            calendar=calendar_of(request),
            blobs=blobs_of(request),
            now=now,
        )
        entries = await dossier.all_of(conn, document_id)
        context: dict[str, Any] = {
            "waits": await progress.waits(conn, found, calendar_of(request), now),
            "windows": await windows.of_document(conn, document_id),
            "newest": await _shown(conn, entries[-NEWEST:][::-1]),
            "units": await people.unit_names(conn),
            "names": await people.names_of(conn, [document.submitter]),
        }
    words, state = progress.headline(found)
    return render(
        request,
        "document.html",
        document=document,
        kind=DocumentKind(document.kind).words.of(language.current()),
        found=found,
        words=words,
        state=state,
        steps=progress.steps(found),
        events=progress.timeline(found),
        missing=progress.missing(found),
        counts={"versions": len(found.versions), "entries": len(entries)},
        trace=trace_id(document.trace),
        ours=_ours(actor, document.drafting_unit),
        new=bool(new),
        findings=_findings(document, books_of(request).own),
        withdrawable=document.state not in (*ENDED, *NO_LONGER),
        **context,
    )


def _findings(document: Document, book: RuleBook) -> list[tuple[str, str]]:
    """What the office should look at in its notice, each with its article."""
    plan, reader = document.comment_plan, language.current()
    closes_at = datetime.fromisoformat(plan["closes_at"]) if plan.get("closes_at") else None
    found = warnings_of(plan.get("contact") or {}, closes_at, shortened=bool(plan.get("shortened")))
    return [(one.words.of(reader), book.rule(one.rule).article.of(reader) if one.rule else "") for one in found]


@router.get("/{document_id}/text")
async def show_text(
    request: Request, actor: Signed, document_id: UUID, version: Annotated[int, Query(ge=1)] = 0
) -> HTMLResponse:
    """One version in full, with its papers; the newest where none is named."""
    async with database(request).read() as conn:
        document = await readable(conn, actor, document_id)
        row = await (versions.get(conn, document_id, version) if version else versions.latest(conn, document_id))
        context: dict[str, Any] = {
            "papers": await versions.attachments_of(conn, document_id, row.version),
            "versions": await versions.all_of(conn, document_id),
            "names": await people.names_of(conn, [row.submitted_by]),
            "counts": await _counts(conn, document_id),
        }
    text = await blobs_of(request).text(row.text_hash)
    return render(request, "text.html", document=document, row=row, text=text, roles=ROLES, **context)


@router.get("/{document_id}/paper/{version}/{position}")
async def download_paper(request: Request, actor: Signed, document_id: UUID, version: int, position: int) -> Response:
    """A paper that came with a version, as a download. Raises DocumentUnknown."""
    async with database(request).read() as conn:
        await readable(conn, actor, document_id)
        papers = await versions.attachments_of(conn, document_id, version)
    for paper in papers:
        if paper.position == position:
            return as_download(await blobs_of(request).get(paper.content_hash), paper.name)
    raise DocumentUnknown


@router.get("/{document_id}/difference")
async def show_difference(
    request: Request,
    actor: Signed,
    document_id: UUID,
    since: Annotated[int, Query(alias="from", ge=1)],
    to: Annotated[int, Query(ge=1)],
) -> HTMLResponse:
    """What changed between two versions: the changed clauses, and nothing else."""
    async with database(request).read() as conn:
        document = await readable(conn, actor, document_id)
        old, new = await versions.get(conn, document_id, since), await versions.get(conn, document_id, to)
        counts = await _counts(conn, document_id)
    blobs = blobs_of(request)
    found = compare(await blobs.text(old.text_hash), await blobs.text(new.text_hash))
    return render(
        request,
        "difference.html",
        document=document,
        old=old,
        new=new,
        changes=[change for change in found.changes if change.kind is not ChangeKind.SAME],
        words=CHANGE_WORDS,
        same=found.counts[ChangeKind.SAME],
        counts=counts,
    )


@router.get("/{document_id}/dossier")
async def show_dossier(request: Request, actor: Signed, document_id: UUID) -> HTMLResponse:
    """The whole dossier, with the result of verifying its chain."""
    async with database(request).read() as conn:
        document = await readable(conn, actor, document_id)
        entries = await dossier.all_of(conn, document_id)
        shown = await _shown(conn, entries)
        counts = await _counts(conn, document_id)
    verdict = dossier_out(entries, whole=False)
    return render(request, "dossier.html", document=document, entries=shown, verdict=verdict, counts=counts)


async def _shown(conn: Connection, entries: list[Entry]) -> list[dict[str, Any]]:
    """Entries with the words and names that a reader needs."""
    acted = [e.actor["person_id"] for e in entries if e.actor.get("person_id")]
    names = await people.names_of(conn, [*acted, *(one for e in entries for one in signers_of(e))])
    units = await people.unit_names(conn)
    return [
        {
            "entry": entry,
            "part": part_words(entry.part),
            "words": type_words(entry.type),
            "who": names.get(entry.actor.get("person_id") or "", ""),
            "unit": units.get(entry.actor.get("unit_id") or "", ""),
            "joint": joint_words(entry, names),
            "seals": seals_of(entry, units),
            "late": (entry.recorded_at - entry.occurred_at).total_seconds() > LATE_SECONDS,
        }
        for entry in entries
    ]


LATE_SECONDS = 300


async def _counts(conn: Connection, document_id: UUID) -> dict[str, int]:
    return {
        "versions": len(await versions.all_of(conn, document_id)),
        "entries": await dossier.count(conn, document_id),
    }


def _ours(actor: Actor, drafting_unit: str) -> bool:
    return actor.unit_id == drafting_unit and "drafter" in actor.roles
