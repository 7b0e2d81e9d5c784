"""The public's comments for programs: taken until the closing instant, whichever way they come."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import to_json
from starlette.datastructures import FormData, UploadFile

from services.intake.actions.comment import Opinion
from services.intake.api.receiving import FileIn, described
from services.intake.books import Books
from services.intake.domain.attachments import UNKNOWN_TYPE, Attached
from services.intake.domain.comments import Channel
from services.intake.domain.gate import Pass
from services.intake.door import Door, Knock
from services.intake.store.taking import Taken
from services.intake.wiring import citing
from services.kernel.contracts.refusals import Refused
from services.kernel.runtime import csrf
from services.kernel.runtime.auth import Visitor, address_of
from services.kernel.runtime.idempotency import HEADER, REPLAYED, fitting, key_of
from services.kernel.runtime.settings import Settings
from services.kernel.runtime.shortcut import Plain
from services.kernel.runtime.telemetry import drawn_span

router = APIRouter(prefix="/intake", tags=["windows"])
FILES = "attachments"
KEY = HEADER.lower().encode()
SPAN = "comment.take"


class CommentIn(BaseModel):
    """A comment: its words, the clause it is about, and, if its author likes, a name and a way to answer."""

    body: str
    clause: str = ""
    name: str = ""
    contact: str = ""


class KnockIn(CommentIn):
    """A comment of the public: with files, and with a proof of work (see the window's `challenge`) where many come."""

    model_config = ConfigDict(frozen=True)

    proof: str = ""
    attachments: tuple[FileIn, ...] = ()


PATH = re.compile(r"/intake/windows/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/comments")


async def at_once(asked: Plain, named: str) -> tuple[bytes, dict[str, str]]:
    """The same as `post_comment`, by the shortcut: under load the framework's way to it costs more than the comment."""
    given, key = _of_json(asked.body), asked.headers.get(KEY)
    claimed = fitting(None if key is None else key.decode("latin-1"))
    knock = _knock(given, _files(given), UUID(named), asked.address, asked.path, claimed)
    return _told(*await let_in(asked.app, knock))


@router.post("/windows/{window_id}/comments", status_code=201, openapi_extra=described(KnockIn))
async def post_comment(request: Request, visitor: Visitor, window_id: UUID) -> Response:
    """Comment, in JSON or as a multipart form with the same names (`attachments` are files). Taken until the closing
    instant by the database's clock, and not a moment later. `RateLimit` says how many more an address may send; with
    a proof of work it may send many more. Public."""
    given, files = await _read(request)
    knock = _knock(given, files, window_id, address_of(request), request.scope["path"], await key_of(request))
    body, beside = _told(*await let_in(request.app, knock))
    return Response(body, 201, beside, "application/json")


def _knock(
    given: KnockIn, files: Sequence[Attached], window_id: UUID, address: str, route: str, key: str | None
) -> Knock:
    opinion = Opinion(given.body, given.clause, given.name, given.contact)
    return Knock(window_id, Channel.API, opinion, address, route, key, given.proof, None, files)


def _told(taken: Taken, leave: Pass | None) -> tuple[bytes, dict[str, str]]:
    return to_json(taken_out(taken)), told_beside(taken, leave)


async def let_in(app: FastAPI, knock: Knock) -> tuple[Taken, Pass | None]:
    """Take a comment; a refusal names its article. Raises what `Door.take` raises.

    The span tells of the window, the way in and how it ended: an exception would carry words into it.
    """
    door: Door = app.state.door
    books: Books = app.state.books
    settings: Settings = app.state.settings
    span = drawn_span(SPAN, settings.trace_ratio)
    outcome = "failed"
    try:
        with citing(books.own):
            taken = await door.take(knock)
        outcome = "taken"
        return taken
    except Refused as refused:
        outcome = refused.code
        raise
    finally:
        if span.is_recording():
            span.set_attributes(_told_of(knock, outcome))
        span.end()


def _told_of(knock: Knock, outcome: str) -> dict[str, str]:
    return {"window_id": str(knock.window_id), "channel": knock.channel.value, "outcome": outcome}


def door_of(request: Request) -> Door:
    """The door of the process."""
    door: Door = request.app.state.door
    return door


async def files_of(form: FormData, name: str) -> list[Attached]:
    """The files of a form's field."""
    found = [part for part in form.getlist(name) if isinstance(part, UploadFile) and part.filename]
    return [Attached(part.filename or "", UNKNOWN_TYPE, await part.read()) for part in found]


def told_beside(taken: Taken, leave: Pass | None) -> dict[str, str]:
    """What programs are told beside the receipt: the limit, and whether it was given before."""
    return {**(leave.headers if leave else {}), **({REPLAYED: "true"} if taken.again else {})}


def taken_out(taken: Taken) -> dict[str, Any]:
    """The receipt of a comment for programs."""
    return {
        "code": taken.receipt,
        "received_at": taken.received_at.isoformat(),
        "body_hash": taken.body_hash,
        "window_id": str(taken.window_id),
        "links": {
            "self": f"/intake/receipts/{taken.receipt}",
            "page": f"/intake/receipt?receipt={taken.receipt}",
            "proof": f"/intake/receipts/{taken.receipt}/proof",
        },
    }


async def _read(request: Request) -> tuple[KnockIn, Sequence[Attached]]:
    if not csrf.is_form(request):
        given = _of_json(await request.body())
        return given, _files(given)
    form = await request.form()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    try:
        return KnockIn.model_validate(fields), await files_of(form, FILES)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error


def _of_json(body: bytes) -> KnockIn:
    try:
        return KnockIn.model_validate_json(body)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error


def _files(given: KnockIn) -> Sequence[Attached]:
    return [Attached(file.name, UNKNOWN_TYPE, file.content) for file in given.attachments]
