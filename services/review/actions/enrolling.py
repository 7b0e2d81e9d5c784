"""Passkeys come and go with fresh proof: by one that the person has, or, for the first, right after signing in."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from webauthn import generate_registration_options, options_to_json, verify_registration_response
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from services.kernel.contracts.messages import Message
from services.kernel.contracts.passkeys import Assertion, decoded, encoded
from services.kernel.runtime import db, outbox
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role
from services.review.actions.desk import here
from services.review.actions.passkeys import ask_about, heard, plain
from services.review.domain.commands import EnrolPasskey, RevokePasskey
from services.review.domain.passkey_refusals import PasskeyProofMissing, PasskeyReason, SessionNeeded
from services.review.domain.refusals import PasskeyRefused, PasskeyStale, UnknownPasskey
from services.review.store import passkeys
from services.review.store.passkeys import Passkey, Proof

NAME: Final = "发文 Fawen"
SHORTEST_REASON = 4
MAIL: Final = "passkey"
# What the library raises over an answer that is none, its own refusals and its stumbling over rubbish.
UNREADABLE = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)


class PasskeyLetter(Message):
    """What the outbox carries to the owner of a passkey: which change, never an address."""

    act_id: UUID
    person_id: str


async def begin_enrolment(tx: Connection, actor: Actor) -> dict[str, Any]:
    """What the browser is to ask the new authenticator, as WebAuthn's JSON. Refused: SessionNeeded to programs."""
    _needs_session(actor)
    known = await passkeys.passkeys_of(tx, actor.person_id)
    challenge = secrets.token_bytes(32)
    await passkeys.ask(tx, actor.person_id, "enrol", nonce=encoded(challenge), challenge=challenge)
    options = generate_registration_options(
        rp_id=here().site.rp_id,
        rp_name=NAME,
        user_name=actor.person_name,
        user_id=actor.person_id.encode(),
        user_display_name=f"{actor.person_name}（{actor.unit_name}）",
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=decoded(one.credential_id)) for one in known],
    )
    return plain(options_to_json(options))


async def ask_for_proof(tx: Connection, actor: Actor, revoked: UUID | None = None) -> dict[str, Any] | None:
    """What to ask a passkey that the actor has, before one is enrolled or `revoked`; None for who has none."""
    if not await passkeys.lock_passkeys(tx, actor.person_id):
        return None
    return await ask_about(tx, actor, _change(actor, revoked))


async def enrol(tx: Connection, actor: Actor, command: EnrolPasskey) -> UUID:
    """Keep the new passkey, and tell its owner.

    Refused: SessionNeeded, PasskeyStale, PasskeyRefused, PasskeyKnown, PasskeyProofMissing, SignInStale.
    """
    _needs_session(actor)
    proof = await _proof(tx, actor, command.proof, None)
    challenge = await passkeys.take_challenge(tx, actor.person_id, "enrol", command.nonce)
    if challenge is None:
        raise PasskeyStale
    site = here().site
    try:
        made = verify_registration_response(
            credential=command.credential,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except UNREADABLE as error:
        raise PasskeyRefused from error
    passkey_id = await passkeys.add_passkey(
        tx,
        actor.person_id,
        credential_id=encoded(made.credential_id),
        public_key=encoded(made.credential_public_key),
        sign_count=made.sign_count,
        label=command.label or NAME,
    )
    act_id = await passkeys.note(tx, passkey_id, "enrolled", owner=actor.person_id, by=actor.person_id, proof=proof)
    await _tell(tx, act_id, actor.person_id)
    return passkey_id


async def revoke(tx: Connection, actor: Actor, passkey_id: UUID, command: RevokePasskey) -> UUID:
    """From now on it counts no more, and its owner is told. An operator revokes for others, also by a program.

    Refused: UnknownPasskey to all but its owner and the operator, PasskeyReason, SessionNeeded, PasskeyStale,
    PasskeyRefused, PasskeyProofMissing, SignInStale.
    """
    found = await passkeys.find_passkey(tx, passkey_id)
    operates = Role.OPERATOR in actor.roles
    if found is None or found.revoked_at is not None or not (found.person_id == actor.person_id or operates):
        raise UnknownPasskey
    if len(command.reason) < SHORTEST_REASON:
        raise PasskeyReason(field="reason")
    if actor.via == "key" and found.person_id != actor.person_id:
        proof = Proof(by_program=True)
    else:
        _needs_session(actor)
        proof = await _proof(tx, actor, command.proof, passkey_id)
    by = actor.person_id
    act_id = await passkeys.note(tx, passkey_id, "revoked", owner=found.person_id, by=by, proof=proof)
    await passkeys.revoke_passkey(tx, passkey_id, by=by, reason=command.reason)
    await _tell(tx, act_id, found.person_id)
    return passkey_id


async def _proof(tx: Connection, actor: Actor, given: Assertion | None, revoked: UUID | None) -> Proof:
    """What proves the change; whether a sign-in is recent enough, the database says."""
    enrolled: Sequence[Passkey] = await passkeys.lock_passkeys(tx, actor.person_id)
    if not enrolled:
        return Proof(signed_in_at=actor.signed_in_at)
    if given is None:
        raise PasskeyProofMissing
    now = await db.now(tx)
    return Proof(passkey_id=await heard(tx, actor.person_id, enrolled, _change(actor, revoked), given, at=now))


def _change(actor: Actor, revoked: UUID | None) -> dict[str, Any]:
    """What a passkey confirms: whose passkeys change, and which one goes."""
    act, gone = ("revoked", str(revoked)) if revoked else ("enrolled", None)
    return {"act": act, "by": actor.person_id, "gone": gone, "details": {}}


async def _tell(tx: Connection, act_id: UUID, person_id: str) -> None:
    letter = PasskeyLetter(act_id=act_id, person_id=person_id)
    await outbox.mail(tx, key=f"person/{person_id}", to=person_id, name=MAIL, message=letter)


def _needs_session(actor: Actor) -> None:
    if actor.via != "session":
        raise SessionNeeded
