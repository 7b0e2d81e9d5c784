"""The public asks to take part in a hearing; who invites them reads who they are, on record."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.kernel.contracts import proof
from services.kernel.contracts.keyed import digest
from services.kernel.contracts.messages import Message
from services.kernel.contracts.visitors import check_form, claimant, form_token, key_of_address
from services.kernel.procedure.deadlines import office_day
from services.kernel.runtime import outbox
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.kernel.runtime.settings import Settings
from services.review.actions.deciding import insist
from services.review.domain.hearings import STAGE
from services.review.domain.public_hearings import (
    Application,
    Apply,
    NotYourApplication,
    Person,
    TooManyApplications,
    Withdraw,
    apply_refused,
)
from services.review.sheets.collecting import held_by_drafter
from services.review.store import public_hearings, rounds

PUBLIC_PARTY = "公众"
HEARING_MAIL = "hearing"
What = Literal["applied", "changed", "selected", "left_out"]


class Applied(BaseModel):
    """The number under which an application is on the list, and the code with which it is taken back."""

    model_config = ConfigDict(frozen=True)

    round_id: UUID
    number: int
    code: str


class Withdrawn(BaseModel):
    """Which application was taken back."""

    model_config = ConfigDict(frozen=True)

    round_id: UUID
    number: int


class HearingLetter(Message):
    """What the outbox carries to somebody who applied: which application and what happened, never an address."""

    round_id: UUID
    application_id: UUID
    what: What
    told_at: AwareDatetime


@dataclass(frozen=True)
class Knock:
    """Somebody before a hearing's form: from where, with which proof; `form` is the form's token, None for programs."""

    round_id: UUID
    address: str
    proof: str = ""
    form: str | None = None


class Doorkeeper:
    """What stands between the public and a hearing's form: a form that was read, or counting, and a limit for each."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._secret = settings.secret.get_secret_value().encode()

    def form_token(self, round_id: UUID) -> str:
        """The token to print into a form."""
        return form_token(self._secret, round_id, datetime.now(UTC))

    def challenge(self, round_id: UUID) -> dict[str, Any]:
        """What is to be counted for one application."""
        expires_at = datetime.now(UTC) + timedelta(seconds=self._settings.comment_proof_seconds)
        hardest = self._settings.comment_proof_work
        return proof.challenge(self._secret, round_id, hardest=hardest, expires_at=expires_at)

    def code(self, application_id: UUID) -> str:
        """The code with which an application is taken back: only who was told it knows it, and nothing keeps it."""
        return code_of(self._secret, application_id)

    def claimant(self, knock: Knock, key: str) -> str:
        """Under whom an idempotency key is kept."""
        return claimant(self._secret, f"hearing|{knock.round_id}", knock.address, key)

    async def admit(self, tx: Connection, knock: Knock) -> None:
        """Leave to apply once. Raises FormNotRead, ProofWrong, TooManyApplications."""
        settings, now = self._settings, datetime.now(UTC)
        shown = proof.verify(self._secret, knock.proof, knock.round_id, now=now) if knock.proof else None
        if shown is None and knock.form is not None:
            check_form(self._secret, knock.form, knock.round_id, now=now, seconds=settings.comment_form_seconds)
        tier, most = ("proved", settings.comment_limit_proved) if shown else ("plain", settings.comment_limit_plain)
        key = key_of_address(self._secret, knock.address, f"hearing-{tier}", office_day(now))
        mark = shown.mark if shown else None
        if await public_hearings.knock(tx, key, mark, seconds=settings.comment_period_seconds) > most:
            raise TooManyApplications


async def apply(tx: Connection, keeper: Doorkeeper, knock: Knock, command: Apply) -> Applied:
    """Take an application. Refused: HearingUnknown, ApplicationsClosed, PartyUnknown, and what `admit` raises."""
    await public_hearings.hearing(tx, knock.round_id)
    await rounds.lock_round(tx, knock.round_id)
    insist(apply_refused(await public_hearings.hearing(tx, knock.round_id), command))
    await keeper.admit(tx, knock)
    made, number = await public_hearings.apply(tx, knock.round_id, command, command.party or PUBLIC_PARTY)
    await tell(tx, knock.round_id, {made: "applied"}, at=datetime.now(UTC))
    return Applied(round_id=knock.round_id, number=number, code=keeper.code(made))


async def withdraw(tx: Connection, keeper: Doorkeeper, round_id: UUID, command: Withdraw) -> Withdrawn:
    """Take an application back; what was told of its person goes at once.

    Refused: HearingUnknown, NotYourApplication, WithdrawalLate.
    """
    await public_hearings.hearing(tx, round_id)
    found = await public_hearings.numbered(tx, round_id, command.number)
    given = command.code.strip().lower()
    if found is None or not hmac.compare_digest(keeper.code(found).encode(), given.encode()):
        raise NotYourApplication(field="code")
    await public_hearings.withdraw(tx, found)
    return Withdrawn(round_id=round_id, number=command.number)


async def tell(tx: Connection, round_id: UUID, what: Mapping[UUID, What], *, at: datetime) -> None:
    """One letter for each of these applications; it becomes a mail where an address was left."""
    for application_id, told in what.items():
        letter = HearingLetter(round_id=round_id, application_id=application_id, what=told, told_at=at)
        await outbox.mail(
            tx, key=f"hearing/{application_id}", to=str(application_id), name=HEARING_MAIL, message=letter
        )


def code_of(secret: bytes, application_id: UUID) -> str:
    """80 bits of a keyed hash."""
    return digest(secret, f"hearing-withdrawal|{application_id}".encode()).hex()[:20]


async def invite(tx: Connection, actor: Actor, round_id: UUID) -> list[tuple[Application, Person]]:
    """Whom to invite and how to reach them, noted as read. Refused: what `held_by_drafter` refuses."""
    await held_by_drafter(tx, actor, round_id, STAGE)
    found = await public_hearings.persons(tx, round_id, "invitation", actor)
    return [(one, found[one.id]) for one in await public_hearings.applications(tx, round_id) if one.id in found]
