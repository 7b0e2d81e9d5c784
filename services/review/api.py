"""Review for programs: rounds to read, and one POST for each act. No decisions here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from services.kernel.runtime.auth import Actor, Signed, database, settings_of
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key, once
from services.review.actions import findings, meetings, opinions, papers, signatures, steps
from services.review.actions.deciding import Decided, citing
from services.review.domain.commands import (
    AnswerSupplement,
    DeclareNotApplicable,
    GiveOpinion,
    RecordMeeting,
    RequestSupplement,
    Sign,
    Verify,
)
from services.review.precheck import noticed_by
from services.review.reading import (
    FindingOut,
    RoundOut,
    SignOffsOut,
    VerdictOut,
    finding_out,
    round_out,
    round_whole,
    sign_offs_out,
    what_was_seen,
)
from services.review.store import rounds, verdicts
from services.review.uploads import STEP_BODY, PapersBody, StepBody, download, kept
from services.review.wiring import blobs_of, book_of

router = APIRouter(prefix="/review", tags=["review"])

Act = Callable[[Connection], Awaitable[BaseModel]]


class Asked(BaseModel):
    """A request for papers, asked or answered."""

    supplement_id: UUID


class Judged(BaseModel):
    """Whether it is so."""

    holds: bool


class Attached(BaseModel):
    """Papers now lying with the round, by their SHA-256."""

    files: list[str]


async def carried_out(request: Request, actor: Actor, key: str | None, body_hash: str, act: Act) -> Response:
    """Carry out one act in one transaction, once for its key; refusals name their article."""
    async with database(request).transaction() as tx:

        async def run() -> Answer:
            return Answer(201, (await act(tx)).model_dump(mode="json"))

        with citing(book_of(request)):
            answer = await once(
                tx, key=key, actor=actor.person_id, route=request.url.path, body_hash=body_hash, act=run
            )
    return answer.response()


@router.get("/rounds")
async def list_rounds(
    request: Request,
    actor: Signed,
    document_id: UUID | None = None,
    stage: str | None = None,
    is_open: Annotated[bool | None, Query(alias="open")] = None,
) -> list[RoundOut]:
    """Rounds, those due first in front; at most 500."""
    async with database(request).read() as conn:
        found = await rounds.rounds(conn, document_id=document_id, stage=stage, is_open=is_open)
    return [round_out(round_, book_of(request)) for round_ in found]


@router.get("/rounds/{round_id}")
async def get_round(request: Request, actor: Signed, round_id: UUID) -> dict[str, Any]:
    """One round with its papers, the points raised so far, requests for papers, and how it was decided."""
    async with database(request).read() as conn:
        return await round_whole(conn, round_id, book_of(request))


@router.get("/rounds/{round_id}/record")
async def get_record(request: Request, actor: Signed, round_id: UUID) -> dict[str, Any]:
    """What was seen and said when the round was signed, with its hash computed again."""
    async with database(request).read() as conn:
        return await what_was_seen(conn, round_id, blobs_of(request))


@router.get("/documents/{document_id}/sign-offs")
async def list_sign_offs(request: Request, actor: Signed, document_id: UUID) -> SignOffsOut:
    """The chain of sign-offs of a document, verified link by link."""
    async with database(request).read() as conn:
        return await sign_offs_out(conn, document_id)


@router.get("/rounds/{round_id}/papers/{file_hash}", response_class=Response)
async def get_paper(request: Request, actor: Signed, round_id: UUID, file_hash: str) -> Response:
    """A paper of the round, or one of the materials of its text, as a download."""
    async with database(request).read() as conn:
        return await download(conn, blobs_of(request), round_id, file_hash)


@router.get("/rounds/{round_id}/findings")
async def list_findings(request: Request, actor: Signed, round_id: UUID) -> list[FindingOut]:
    """What the machine noticed in the text, with its articles, and the newest yes or no on each. It decides nothing."""
    found = await noticed_by(request, round_id)
    async with database(request).read() as conn:
        said = await verdicts.of_document(conn, (await rounds.get_round(conn, round_id)).document_id)
    return [finding_out(finding, said.get(finding.key)) for finding in found]


@router.post("/rounds/{round_id}/findings/{finding}", status_code=201, response_model=VerdictOut)
async def post_verdict(
    request: Request, actor: Signed, round_id: UUID, finding: str, key: Key, body_hash: BodyHash, command: Judged
) -> Response:
    """Say whether a finding holds. Earlier words stay on record; the newest counts."""
    noticed = await noticed_by(request, round_id)

    async def act(tx: Connection) -> VerdictOut:
        verdict = await findings.judge(tx, actor, round_id, finding, holds=command.holds, noticed=noticed)
        return VerdictOut.model_validate(vars(verdict))

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/rounds/{round_id}/papers", status_code=201, response_model=Attached)
async def post_papers(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, body: PapersBody
) -> Response:
    """Attach papers (multipart: `files`, and `role` for what they are) to an open round."""
    files = await kept(blobs_of(request), body)

    async def act(tx: Connection) -> Attached:
        await papers.attach(tx, actor, round_id, files)
        return Attached(files=[file.file_hash for file in files])

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/rounds/{round_id}/step", status_code=201, response_model=Decided, openapi_extra=STEP_BODY)
async def post_step(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, body: StepBody
) -> Response:
    """Put a step on record: JSON with the conclusion, or multipart with the same fields and `files`."""
    command, uploads = body
    files = await kept(blobs_of(request), uploads)

    async def act(tx: Connection) -> Decided:
        return await steps.file_step(tx, actor, round_id, command, book=book_of(request), files=files)

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/rounds/{round_id}/not-applicable", status_code=201, response_model=Decided)
async def post_not_applicable(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, command: DeclareNotApplicable
) -> Response:
    """Declare, by name and with a reason, that the step does not apply."""

    async def act(tx: Connection) -> Decided:
        return await steps.declare_not_applicable(tx, actor, round_id, command, book=book_of(request))

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/rounds/{round_id}/opinion", status_code=201, response_model=Decided)
async def post_opinion(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, command: GiveOpinion
) -> Response:
    """Sign a legality opinion."""

    async def act(tx: Connection) -> Decided:
        return await opinions.give_opinion(tx, actor, round_id, command, book=book_of(request))

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/rounds/{round_id}/supplement", status_code=201, response_model=Asked)
async def post_supplement(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, command: RequestSupplement
) -> Response:
    """Ask the drafting unit for missing papers; the clock stands still until it answers."""

    async def act(tx: Connection) -> Asked:
        return Asked(supplement_id=await opinions.request_supplement(tx, actor, round_id, command))

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/rounds/{round_id}/supplement-answer", status_code=201, response_model=Asked)
async def post_supplement_answer(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, command: AnswerSupplement
) -> Response:
    """Answer a request for papers, for the drafting unit; the papers themselves go to `/papers` first."""

    async def act(tx: Connection) -> Asked:
        return Asked(supplement_id=await opinions.answer_supplement(tx, actor, round_id, command))

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/rounds/{round_id}/meeting", status_code=201, response_model=Decided)
async def post_meeting(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, command: RecordMeeting
) -> Response:
    """Record the meeting that discussed this text, and what was decided."""

    async def act(tx: Connection) -> Decided:
        return await meetings.record_meeting(
            tx, actor, round_id, command, book=book_of(request), blobs=blobs_of(request)
        )

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/rounds/{round_id}/signature", status_code=201, response_model=Decided)
async def post_signature(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, command: Sign
) -> Response:
    """Sign for issue, or return: opinion, full name, today's date."""
    zone = settings_of(request).zone

    async def act(tx: Connection) -> Decided:
        return await signatures.sign(tx, actor, round_id, command, book=book_of(request), zone=zone)

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/rounds/{round_id}/verification", status_code=201, response_model=Decided)
async def post_verification(
    request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash, command: Verify
) -> Response:
    """Verify a signed text before it is numbered."""

    async def act(tx: Connection) -> Decided:
        return await signatures.verify(tx, actor, round_id, command, book=book_of(request))

    return await carried_out(request, actor, key, body_hash, act)
