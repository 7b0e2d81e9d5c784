"""Signatures for programs: keys, passkeys, the question to a passkey, and the file that proves the sign-offs."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.kernel.contracts.sign_offs import PublicKey, SignOffFile
from services.kernel.runtime.auth import Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import BodyHash, Key
from services.review.actions import enrolling, keys, passkeys
from services.review.actions.desk import here
from services.review.api.acting import carried_out
from services.review.domain.commands import EndKey, EnrolPasskey, RevokePasskey
from services.review.domain.refusals import PasskeyNone
from services.review.pages import forms
from services.review.pages.acts import SENT, rehearse
from services.review.signing import file_of, public_key
from services.review.store.keys import keys_of

router = APIRouter(prefix="/review", tags=["signatures"])

Act = Literal["step", "not-applicable", "opinion", "meeting", "signature", "verification"]


class Ended(BaseModel):
    """A key that is ended."""

    key_id: UUID


class PasskeyOut(BaseModel):
    """A passkey that is enrolled, or revoked."""

    passkey_id: UUID


class Question(BaseModel):
    """What to ask the authenticator: WebAuthn's options, and the number to send back with its answer."""

    nonce: str
    options: dict[str, Any]


class Enrolment(Question):
    """What to ask the new authenticator; `proof` is what to ask one before it that the person has already."""

    proof: Question | None = None


class ProofQuestion(BaseModel):
    """What to ask a passkey before one is revoked; nothing for who has none."""

    proof: Question | None = None


class AskPasskey(BaseModel):
    """The act that is to be confirmed: its route's last word, and the very body that will be sent there."""

    model_config = ConfigDict(extra="forbid")

    act: Act
    command: dict[str, Any] = Field(description="The body for that route, without `passkey`")


@router.get("/keys")
async def list_keys(request: Request, actor: Signed) -> list[PublicKey]:
    """The register of public keys, ended ones too: what a file of sign-offs is compared with."""
    async with database(request).read() as conn:
        return [public_key(key) for key in await keys_of(conn)]


@router.get("/documents/{document_id}/sign-offs/file", response_model=SignOffFile)
async def get_file(request: Request, actor: Signed, document_id: UUID) -> Response:
    """The sign-offs of a document as a file that `fawen verify` verifies without the service."""
    async with database(request).read() as conn:
        file = await file_of(conn, document_id, here().site)
    said = {"Content-Disposition": f'attachment; filename="sign-offs-{document_id}.json"'}
    return JSONResponse(file.model_dump(mode="json"), headers=said)


@router.post("/rounds/{round_id}/passkey-question", response_model=Question)
async def post_question(request: Request, actor: Signed, round_id: UUID, command: AskPasskey) -> Question:
    """Ask one's passkey about the exact record that an act would sign; nothing is decided by asking."""
    try:
        wanted = SENT.validate_python(forms.COMMANDS[command.act].model_validate(command.command))
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
    draft = await rehearse(request, actor, round_id, wanted)
    if draft is None:
        raise PasskeyNone
    async with database(request).transaction() as tx:
        return Question.model_validate(await passkeys.ask_about(tx, actor, draft, round_id=round_id))


@router.post("/keys/{person_id}/end", status_code=201, response_model=Ended)
async def post_end(
    request: Request, actor: Signed, person_id: str, key: Key, body_hash: BodyHash, command: EndKey
) -> Response:
    """Rotate or revoke the current key of a person. The next sign-off makes another."""

    async def act(tx: Connection) -> Ended:
        return Ended(key_id=await keys.end_key(tx, actor, person_id, command))

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/passkeys/question", response_model=Enrolment)
async def post_enrolment(request: Request, actor: Signed) -> Enrolment:
    """Begin to enrol a passkey: what the browser is to ask the authenticators."""
    async with database(request).transaction() as tx:
        options = await enrolling.begin_enrolment(tx, actor)
        proof = await enrolling.ask_for_proof(tx, actor)
    return Enrolment.model_validate({"nonce": options["challenge"], "options": options, "proof": proof})


@router.post("/passkeys", status_code=201, response_model=PasskeyOut)
async def post_passkey(
    request: Request, actor: Signed, key: Key, body_hash: BodyHash, command: EnrolPasskey
) -> Response:
    """Enrol a passkey. From now on its owner signs with it."""

    async def act(tx: Connection) -> PasskeyOut:
        return PasskeyOut(passkey_id=await enrolling.enrol(tx, actor, command))

    return await carried_out(request, actor, key, body_hash, act)


@router.post("/passkeys/{passkey_id}/question", response_model=ProofQuestion)
async def post_proof_question(request: Request, actor: Signed, passkey_id: UUID) -> ProofQuestion:
    """Begin to revoke a passkey: what one that the person has is to confirm."""
    async with database(request).transaction() as tx:
        return ProofQuestion.model_validate({"proof": await enrolling.ask_for_proof(tx, actor, passkey_id)})


@router.post("/passkeys/{passkey_id}/revoke", status_code=201, response_model=PasskeyOut)
async def post_revocation(
    request: Request, actor: Signed, passkey_id: UUID, key: Key, body_hash: BodyHash, command: RevokePasskey
) -> Response:
    """Revoke a passkey, with the reason."""

    async def act(tx: Connection) -> PasskeyOut:
        return PasskeyOut(passkey_id=await enrolling.revoke(tx, actor, passkey_id, command))

    return await carried_out(request, actor, key, body_hash, act)
