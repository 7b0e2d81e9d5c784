"""Documents for programs: hand in, look, hand in again, withdraw."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from services.intake.actions import reading, submit, versions
from services.intake.api.receiving import Body, Received, SubmissionIn, VersionIn, described, validated
from services.intake.domain.documents import DocumentUnknown, may_read
from services.intake.domain.paging import after, place_of
from services.intake.domain.submission import DRAFTING_NOTE, Submission, TextMissing, several
from services.intake.shown.documents import document_out, links_of, standing_of, state_words, version_out
from services.intake.shown.dossier import dossier_out
from services.intake.shown.receipts import submitted_out
from services.intake.store import documents, dossier
from services.intake.store import versions as texts
from services.intake.store.documents import Document
from services.intake.wiring import answered_before, blobs_of, books_of, calendar_of, carried_out, citing
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor, Signed, database, require
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role
from services.kernel.runtime.idempotency import Answer, BodyHash, Key
from services.kernel.text.diff import compare

router = APIRouter(prefix="/intake/documents", tags=["documents"])


class WithdrawIn(BaseModel):
    """Why the document is taken back."""

    reason: str = Field(max_length=2000)


@router.post("", status_code=201, openapi_extra=described(SubmissionIn))
async def post_document(request: Request, actor: Signed, key: Key, body_hash: BodyHash, body: Body) -> Response:
    """Hand in a draft. 201 with a receipt, also while the workflow engine is down."""
    if before := await answered_before(request, who=actor.person_id, key=key, body_hash=body_hash):
        return before
    checked = await prepared(request, actor, body)

    async def act(tx: Connection) -> Answer:
        done = await submit.submit(tx, actor, checked)
        out = submitted_out(done, checked, calendar=calendar_of(request))
        return Answer(201, out, {"Location": f"/intake/documents/{done.document.id}"})

    return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)


async def prepared(request: Request, actor: Actor, body: Received) -> submit.Checked:
    """Read and check what came, then keep its bytes; nothing is kept of what is refused."""
    require(actor, role=Role.DRAFTER)
    given = validated(Submission, body.fields)
    book = books_of(request).own
    with citing(book):
        submit.procedure_of(book, given.kind)
        async with database(request).read() as conn:
            issuers = await submit.find_issuers(conn, given)
        now = datetime.now(UTC)
        try:
            read = await reading.read_text(body.text, body.file, body.attachments, given.note)
        except TextMissing as missing:
            # Whoever forgot the text is told of everything else as well, not of one thing after another.
            noted = bool(given.note) or any(role == DRAFTING_NOTE for role, _ in body.attachments)
            wrong, _ = submit.faults(given, issuers, has_note=noted, book=book, calendar=calendar_of(request), now=now)
            several([missing, *wrong])
            raise
        checked = submit.check(given, read, issuers, book=book, calendar=calendar_of(request), now=now)
    return await submit.put_away(checked, blobs_of(request))


@router.get("")
async def list_documents(
    request: Request,
    actor: Signed,
    mine: bool = False,
    state: str | None = None,
    kind: str | None = None,
    q: Annotated[str | None, Query(max_length=100)] = None,
    after_place: Annotated[str | None, Query(alias="after", max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Documents of the actor's unit, newest first; `after` is the `next` of the page before."""
    async with database(request).read() as conn:
        found = await documents.list_of_unit(
            conn,
            actor.unit_id,
            submitter=actor.person_id if mine else None,
            state=state,
            kind=kind,
            words=q or None,
            before=after(after_place),
            limit=limit + 1,
        )
    page = found[:limit]
    return {
        "items": [_listed(one, books_of(request).own) for one in page],
        "next": place_of(page[-1].submitted_at, page[-1].id) if len(found) > limit else None,
    }


@router.get("/{document_id}")
async def get_document(request: Request, actor: Signed, document_id: UUID) -> dict[str, Any]:
    """One document: its state, versions, stages, what blocks it, and its clock as of now."""
    async with database(request).read() as conn:
        document = await readable(conn, actor, document_id)
        found = await standing_of(
            conn,
            document,
            books=books_of(request),
            calendar=calendar_of(request),
            blobs=blobs_of(request),
            now=datetime.now(UTC),
        )
        entries = await dossier.all_of(conn, document_id)
    return {**document_out(found), "dossier": dossier_out(entries, whole=False)}


@router.post("/{document_id}/versions", status_code=201, openapi_extra=described(VersionIn))
async def post_version(
    request: Request, actor: Signed, document_id: UUID, key: Key, body_hash: BodyHash, body: Body
) -> Response:
    """Hand in another text, while the open stage takes one."""
    if before := await answered_before(request, who=actor.person_id, key=key, body_hash=body_hash):
        return before
    said = {name: body.fields.get(name) or "" for name in ("note", "change_note")}
    given = validated(VersionIn, {**said, "hear_again": body.fields.get("hear_again") or False})
    async with database(request).read() as conn:
        versions.belongs_to(actor, await readable(conn, actor, document_id))
    with citing(books_of(request).own):
        read = await reading.read_text(body.text, body.file, body.attachments, given.note)
    structure_hash, file_hash = await reading.keep(read, blobs_of(request))

    async def act(tx: Connection) -> Answer:
        version = await versions.submit_version(
            tx,
            actor,
            document_id,
            read,
            structure_hash=structure_hash,
            file_hash=file_hash,
            change_note=given.change_note,
            hear_again=given.hear_again,
        )
        return Answer(201, version_out(version))

    return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)


@router.get("/{document_id}/versions/{version}")
async def get_version(request: Request, actor: Signed, document_id: UUID, version: int) -> dict[str, Any]:
    """One version: its text, its structure, its attachments."""
    async with database(request).read() as conn:
        await readable(conn, actor, document_id)
        row = await texts.get(conn, document_id, version)
        papers = await texts.attachments_of(conn, document_id, version)
    blobs = blobs_of(request)
    return {
        **version_out(row),
        "text": await blobs.text(row.text_hash),
        "structure": json.loads(await blobs.get(row.structure_hash)),
        "attachments": [vars(paper) | {"document_id": str(paper.document_id)} for paper in papers],
    }


@router.get("/{document_id}/versions/{version}/difference")
async def get_difference(
    request: Request,
    actor: Signed,
    document_id: UUID,
    version: int,
    since: Annotated[int, Query(alias="from", ge=1)],
) -> dict[str, Any]:
    """What changed from version `from` to this one, clause by clause and word by word."""
    async with database(request).read() as conn:
        await readable(conn, actor, document_id)
        old, new = await texts.get(conn, document_id, since), await texts.get(conn, document_id, version)
    blobs = blobs_of(request)
    found = compare(await blobs.text(old.text_hash), await blobs.text(new.text_hash))
    return {
        "from": {"version": old.version, "text_hash": old.text_hash},
        "to": {"version": new.version, "text_hash": new.text_hash},
        "counts": {kind.value: count for kind, count in found.counts.items()},
        **found.model_dump(mode="json"),
    }


@router.post("/{document_id}/withdraw")
async def post_withdrawal(
    request: Request, actor: Signed, document_id: UUID, key: Key, body_hash: BodyHash, given: WithdrawIn
) -> Response:
    """Take the document back, before the decision."""

    async def act(tx: Connection) -> Answer:
        document = await versions.withdraw(tx, actor, document_id, reason=given.reason)
        return Answer(200, {"document_id": str(document.id), "state": document.state, "links": links_of(document)})

    return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)


@router.get("/{document_id}/dossier")
async def get_dossier(request: Request, actor: Signed, document_id: UUID) -> dict[str, Any]:
    """The whole dossier with its hashes, and whether its chain holds."""
    async with database(request).read() as conn:
        await readable(conn, actor, document_id)
        entries = await dossier.all_of(conn, document_id)
    return {"document_id": str(document_id), **dossier_out(entries, whole=True)}


async def readable(conn: Connection, actor: Actor, document_id: UUID) -> Document:
    """The document, if the actor may look at it. Raises DocumentUnknown: others do not learn that it exists."""
    document = await documents.get(conn, document_id)
    if not may_read(unit_id=actor.unit_id, roles=actor.roles, drafting_unit=document.drafting_unit):
        raise DocumentUnknown
    return document


def _listed(one: documents.Listed, book: RuleBook) -> dict[str, Any]:
    return {
        **vars(one),
        "id": str(one.id),
        "blocked_codes": list(one.blocked_codes),
        "submitted_at": one.submitted_at.isoformat(),
        "state_words": state_words(book, one.kind, one.state, blocked=bool(one.blocked_codes))[0].of(
            language.current()
        ),
        "links": {"self": f"/intake/documents/{one.id}", "page": f"/intake/document/{one.id}"},
    }
