"""Agreement inside on a draft of answers, for programs: share it, see where it stands, agree or object."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from services.intake.actions import agreement as acts
from services.intake.domain.agreement import LONGEST_WORDS, MOST_READERS, Asked, Stance
from services.intake.shown.agreement import agreement_of, agreement_out
from services.intake.wiring import carried_out
from services.kernel.runtime.auth import Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key

router = APIRouter(prefix="/intake/windows", tags=["agreement"])


class ReaderIn(BaseModel):
    """Whom the draft goes to: a unit or a person, not both; publication waits for who `decides`."""

    unit_id: str = Field(default="", max_length=100)
    person_id: str = Field(default="", max_length=100)
    decides: bool = False


class ShareIn(BaseModel):
    """The answers as they stand go to these readers."""

    readers: tuple[ReaderIn, ...] = Field(max_length=MOST_READERS)
    note: str = Field(default="", max_length=LONGEST_WORDS)


class WordsIn(BaseModel):
    """What is said of the newest draft; `noted` is the drafting unit, which goes on and says why."""

    stance: Stance
    words: str = Field(default="", max_length=LONGEST_WORDS)


@router.get("/{window_id}/agreement")
async def get_agreement(request: Request, actor: Signed, window_id: UUID) -> dict[str, Any]:
    """The newest draft, its readers, what they said, and whether the answers may go out."""
    async with database(request).read() as conn:
        return agreement_out(await agreement_of(conn, actor, window_id))


@router.post("/{window_id}/agreement", status_code=201)
async def post_agreement(
    request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash, given: ShareIn
) -> Response:
    """Send the answers as they stand to units and persons; which sharing it is."""
    readers = tuple(Asked(one.unit_id, one.person_id, one.decides) for one in given.readers)

    async def act(tx: Connection) -> Answer:
        return Answer(201, {"ordinal": await acts.share(tx, actor, window_id, readers=readers, note=given.note)})

    return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)


@router.post("/{window_id}/agreement/words", status_code=201)
async def post_words(
    request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash, given: WordsIn
) -> Response:
    """Agree, object, or go on with a note; how the answers stand afterwards."""

    async def act(tx: Connection) -> Answer:
        after = await acts.say(tx, actor, window_id, stance=given.stance, words=given.words)
        return Answer(201, {**vars(after), "left": after.left})

    return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)
