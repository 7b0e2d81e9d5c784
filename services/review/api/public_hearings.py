"""Hearings for programs of the public: to find, to apply for; and for the drafting unit, whom to invite."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from services.kernel.runtime.auth import Signed, Visitor, address_of, database, settings_of
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key, once
from services.review.actions import public_hearings as acts
from services.review.actions.deciding import citing
from services.review.actions.public_hearings import Applied, Doorkeeper, Knock, Withdrawn
from services.review.api.acting import carried_out
from services.review.domain.public_hearings import Apply, PublicHearing, Withdraw
from services.review.store import public_hearings as store
from services.review.wiring import book_of

router = APIRouter(prefix="/review/hearing-notices", tags=["hearings"])


class HearingOut(BaseModel):
    """A hearing as it is announced; what comes later is null until it is there."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    title: str
    drafting_unit: str
    state: str
    subject: str
    held_on: date
    at_time: str
    place: str
    participants_wanted: int
    selection: str
    parties: list[str]
    how_to_apply: str
    apply_by: date | None
    short_reason: str
    announced_at: datetime
    changed_at: datetime
    applications: int
    participants: list[dict[str, str]] | None
    left_out: str | None
    materials_sent_on: date | None
    summary: str | None
    opinions: list[dict[str, str]] | None
    links: dict[str, str]


class ApplyIn(Apply):
    """An application by a program: with a proof of work (see `challenge`) many may be sent."""

    proof: str = ""


class InvitedOut(BaseModel):
    """Somebody who applied, and how to reach them."""

    model_config = ConfigDict(frozen=True)

    number: int
    party: str
    name: str
    contact: str


class InvitedList(BaseModel):
    """Everybody who applied in public."""

    invited: list[InvitedOut]


@router.get("")
async def list_hearings(request: Request, visitor: Visitor) -> list[HearingOut]:
    """Hearings that come and that were, the latest day in front. Public."""
    async with database(request).read() as conn:
        return [hearing_out(one) for one in await store.hearings(conn)]


@router.get("/{round_id}")
async def get_hearing(request: Request, visitor: Visitor, round_id: UUID) -> HearingOut:
    """One hearing: notice, list of participants, summary of the record, as far as they are there. Public."""
    async with database(request).read() as conn:
        return hearing_out(await store.hearing(conn, round_id))


@router.get("/{round_id}/challenge")
async def get_challenge(request: Request, visitor: Visitor, round_id: UUID) -> dict[str, Any]:
    """A proof of work for one application, as ALTCHA has it. Public."""
    async with database(request).read() as conn:
        await store.hearing(conn, round_id)
    return keeper_of(request).challenge(round_id)


@router.post("/{round_id}/applications", status_code=201, response_model=Applied)
async def post_application(
    request: Request, visitor: Visitor, round_id: UUID, key: Key, body_hash: BodyHash, command: ApplyIn
) -> Response:
    """Ask to take part. The answer's number is how the list names you. Public."""
    knock = Knock(round_id, address_of(request), command.proof)
    wanted = Apply(**command.model_dump(exclude={"proof"}))
    return (await applied(request, knock, wanted, key, body_hash)).response()


@router.post("/{round_id}/withdrawals", response_model=Withdrawn)
async def post_withdrawal(
    request: Request, visitor: Visitor, round_id: UUID, key: Key, body_hash: BodyHash, command: Withdraw
) -> Response:
    """Take an application back by its number and code, before participants are selected. Public."""
    return (await withdrawn(request, round_id, command, key, body_hash)).response()


@router.post("/{round_id}/contacts", response_model=InvitedList)
async def post_contacts(request: Request, actor: Signed, round_id: UUID, key: Key, body_hash: BodyHash) -> Response:
    """Read how to reach those who applied, for the drafting unit. Who reads it and when is noted."""

    async def act(tx: Connection) -> InvitedList:
        found = await acts.invite(tx, actor, round_id)
        return InvitedList(
            invited=[
                InvitedOut(number=one.number, party=one.party, name=who.name, contact=who.contact) for one, who in found
            ]
        )

    # Never kept for a repeat: contacts lie in their own table alone.
    return await carried_out(request, actor, None, body_hash, act)


def keeper_of(request: Request) -> Doorkeeper:
    """What stands before the forms of hearings."""
    return Doorkeeper(settings_of(request))


async def applied(request: Request, knock: Knock, command: Apply, key: str | None, body_hash: str) -> Answer:
    """Take an application once for its key."""
    keeper = keeper_of(request)
    async with database(request).transaction() as tx:

        async def act() -> Answer:
            return Answer(201, (await acts.apply(tx, keeper, knock, command)).model_dump(mode="json"))

        actor = keeper.claimant(knock, key or "")
        with citing(book_of(request)):
            return await once(tx, key=key, actor=actor, route=request.url.path, body_hash=body_hash, act=act)


async def withdrawn(request: Request, round_id: UUID, command: Withdraw, key: str | None, body_hash: str) -> Answer:
    """Take an application back once for its key."""
    keeper = keeper_of(request)
    async with database(request).transaction() as tx:

        async def act() -> Answer:
            return Answer(200, (await acts.withdraw(tx, keeper, round_id, command)).model_dump(mode="json"))

        actor = keeper.claimant(Knock(round_id, address_of(request)), key or "")
        with citing(book_of(request)):
            return await once(tx, key=key, actor=actor, route=request.url.path, body_hash=body_hash, act=act)


def hearing_out(hearing: PublicHearing) -> HearingOut:
    """A hearing as programs read it."""
    notice, page = hearing.notice, f"/review/hearing/{hearing.round_id}"
    listed, record = hearing.list_body, hearing.record_body
    return HearingOut(
        id=hearing.round_id,
        title=hearing.title,
        drafting_unit=hearing.drafting_unit,
        state=hearing.state,
        announced_at=hearing.announced_at,
        changed_at=hearing.changed_at,
        applications=hearing.applications,
        participants=list(listed["participants"]) if listed else None,
        left_out=listed.get("left_out", "") if listed else None,
        materials_sent_on=hearing.sent_body.get("sent_on"),
        summary=record.get("summary"),
        opinions=list(record["opinions"]) if record else None,
        links={"page": page, "text": f"{page}/text"},
        **notice.model_dump(exclude={"parties"}),
        parties=list(notice.parties),
    )
