"""What was seen when a round was signed, years later; and one's own keys and passkeys."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal, TypeVar
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from services.kernel.contracts import sign_offs as contract
from services.kernel.contracts.refusals import Invalid, NotFound, Words
from services.kernel.contracts.sign_offs import Finding
from services.kernel.contracts.signatures import hash_of
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor, Signed, database
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key, once
from services.kernel.runtime.pages import render
from services.kernel.text.clauses import Clause, clauses
from services.review.actions import enrolling, keys
from services.review.actions.deciding import citing
from services.review.actions.desk import here
from services.review.actions.sight import words_of
from services.review.domain.commands import Command, EndKey, EnrolPasskey, RevokePasskey
from services.review.domain.record import SignOff
from services.review.domain.refusals import NothingSigned
from services.review.domain.rounds import Round
from services.review.pages.forms import form_of
from services.review.pages.words import OUTCOME_STATES, Mark
from services.review.reading import seat_words
from services.review.signing import file_of
from services.review.store import rounds, sign_offs
from services.review.store.keys import keys_of
from services.review.store.passkeys import passkeys_of, proof_lasts
from services.review.wiring import blobs_of, book_of

router = APIRouter(prefix="/review", include_in_schema=False)
MINE = "/review/signing"
C = TypeVar("C", bound=Command)
Run = Callable[[Connection], Awaitable[None]]
STATES: Mapping[bool | None, Literal["done", "stop", "off"]] = {True: "done", False: "stop", None: "off"}


@router.get("/round/{round_id}/seen")
async def show_seen(request: Request, actor: Signed, round_id: UUID, position: int | None = None) -> HTMLResponse:
    """Text by clause, materials, findings, earlier points, the record and whether its signature holds.

    Where several signed the round, `position` says whose record; otherwise the reader's own, or the last.
    """
    async with database(request).read() as conn:
        round_ = await rounds.get_round(conn, round_id)
        chain = [one for one in await sign_offs.chain_of(conn, round_.document_id) if one.round_id == round_id]
        signed = _chosen(chain, actor, position)
        file = await file_of(conn, round_.document_id, here().site)
        newer = await _newer(conn, round_)
    found = [one for one in contract.verify(file) if one.position == signed.position]
    words = signed.record.get("words") or words_of(book_of(request), round_, signed.outcome, signed.role)
    return render(
        request,
        "seen.html",
        round=round_,
        signed=signed,
        others=[one for one in chain if one.id != signed.id],
        record=signed.record,
        named={name: _said(value) for name, value in words.items()},
        seat=seat_words(signed),
        kept="words" in signed.record,
        state=OUTCOME_STATES.get(signed.outcome, "now"),
        clauses=await _clauses(blobs_of(request), signed.text_hash),
        marks=[_mark(one) for one in found],
        holds=contract.verdict(found) and signed.holds,
        computed=hash_of(signed.record),
        newer=newer,
        pretty=json.dumps(signed.record, ensure_ascii=False, indent=2, sort_keys=True),
        said=_said,
    )


def _chosen(chain: Sequence[SignOff], actor: Actor, position: int | None) -> SignOff:
    """The sign-off at that place, or the actor's own, or the last. Raises NothingSigned."""
    wanted = [one for one in chain if position in (None, one.position)]
    if not wanted:
        raise NothingSigned(Words("这一轮没有这项签署。", "This round has no such sign-off."))
    return next((one for one in wanted if one.person_id == actor.person_id), wanted[-1])


async def _newer(conn: Connection, round_: Round) -> Round | None:
    """The newest round about a later text of the document."""
    later = [
        one
        for one in await rounds.rounds(conn, document_id=round_.document_id)
        if one.text_version > round_.text_version
    ]
    return max(later, key=lambda one: one.text_version, default=None)


async def _clauses(blobs: Blobs, text_hash: str) -> Sequence[Clause]:
    try:
        return clauses(await blobs.text(text_hash))
    except (NotFound, ValueError):
        return ()


def _mark(finding: Finding) -> Mark:
    return Mark(STATES[finding.holds], finding.words.of(language.current()))


def _said(value: Any) -> str:
    """Words that a record keeps in both languages, in the reader's; everything else as it is."""
    if isinstance(value, Mapping):
        return str(value.get(language.current()) or value.get("zh", ""))
    if isinstance(value, list | tuple) and len(value) == 2:
        return str(value[language.current() == "en"])
    return str(value or "")


@router.get("/signing")
async def show_mine(request: Request, actor: Signed, said: str = "") -> HTMLResponse:
    """One's signing keys and passkeys."""
    async with database(request).read() as conn:
        mine = await keys_of(conn, [actor.person_id])
        enrolled = await passkeys_of(conn, actor.person_id)
        fresh = await proof_lasts(conn)
    return render(
        request,
        "signing.html",
        keys=list(reversed(mine)),
        passkeys=list(reversed(enrolled)),
        said=said,
        has_passkey=any(one.revoked_at is None for one in enrolled),
        minutes=fresh // timedelta(minutes=1),
        site=here().site,
        may_enrol=actor.via == "session",
        article=_article(request),
    )


def _article(request: Request) -> str:
    return book_of(request).rule("record.signature").article.of(language.current())


@router.post("/signing/key")
async def end_mine(request: Request, actor: Signed, key: Key, body_hash: BodyHash) -> Response:
    """Rotate or revoke one's own key."""
    form = await form_of(request)
    command = _read(EndKey, {"why": form.get("why"), "reason": form.get("reason") or ""})

    async def act(tx: Connection) -> None:
        await keys.end_key(tx, actor, actor.person_id, command)

    return await _done(request, actor, key, body_hash, act, "key")


@router.post("/signing/passkeys")
async def enrol_mine(request: Request, actor: Signed, key: Key, body_hash: BodyHash) -> Response:
    """Enrol the passkey that the page's script has asked."""
    form = await form_of(request)
    command = _read(
        EnrolPasskey,
        {
            "nonce": form.get("nonce"),
            "credential": _json(form.get("credential")),
            "label": form.get("label") or "",
            "proof": _json(form.get("proof")),
        },
    )

    async def act(tx: Connection) -> None:
        await enrolling.enrol(tx, actor, command)

    return await _done(request, actor, key, body_hash, act, "enrolled")


@router.post("/signing/passkeys/{passkey_id}/revoke")
async def revoke_mine(request: Request, actor: Signed, passkey_id: UUID, key: Key, body_hash: BodyHash) -> Response:
    """Revoke a passkey, with the reason."""
    form = await form_of(request)
    command = _read(RevokePasskey, {"reason": form.get("reason") or "", "proof": _json(form.get("proof"))})

    async def act(tx: Connection) -> None:
        await enrolling.revoke(tx, actor, passkey_id, command)

    return await _done(request, actor, key, body_hash, act, "revoked")


async def _done(request: Request, actor: Actor, key: str | None, body_hash: str, run: Run, said: str) -> Response:
    async with database(request).transaction() as tx:

        async def act() -> Answer:
            await run(tx)
            return Answer(303, headers={"Location": f"{MINE}?said={said}"})

        with citing(book_of(request)):
            answer = await once(
                tx, key=key, actor=actor.person_id, route=request.url.path, body_hash=body_hash, act=act
            )
    return answer.response()


def _read(model: type[C], values: dict[str, Any]) -> C:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise Invalid(field=".".join(map(str, error.errors()[0]["loc"]))) from error


def _json(text: object) -> object:
    try:
        return json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None
