"""Passkeys: enrolled, asked about one exact record, revoked with a reason. Whoever has one signs with it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from services.kernel.contracts.passkeys import Assertion, NotProven, challenge_of, decoded, encoded, proven
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role
from services.review.actions.desk import here
from services.review.domain.commands import EnrolPasskey, RevokePasskey
from services.review.domain.refusals import (
    PasskeyMissing,
    PasskeyReason,
    PasskeyRefused,
    PasskeyStale,
    SessionNeeded,
    UnknownPasskey,
)
from services.review.store import passkeys

NAME: Final = "发文 Fawen"
SHORTEST_REASON = 4
# What the library raises over an answer that is none, its own refusals and its stumbling over rubbish.
UNREADABLE = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)
ENROL = UserVerificationRequirement.REQUIRED


async def begin_enrolment(tx: Connection, actor: Actor) -> dict[str, Any]:
    """What the browser is to ask the authenticator, as WebAuthn's JSON. Refused: SessionNeeded to programs."""
    _needs_session(actor)
    known = await passkeys.passkeys_of(tx, actor.person_id)
    challenge = secrets.token_bytes(32)
    await passkeys.ask(tx, actor.person_id, nonce=encoded(challenge), challenge=challenge, round_id=None)
    options = generate_registration_options(
        rp_id=here().site.rp_id,
        rp_name=NAME,
        user_name=actor.person_name,
        user_id=actor.person_id.encode(),
        user_display_name=f"{actor.person_name}（{actor.unit_name}）",
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=ENROL
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=decoded(one.credential_id)) for one in known],
    )
    return _plain(options_to_json(options))


async def enrol(tx: Connection, actor: Actor, command: EnrolPasskey) -> UUID:
    """Keep the new passkey. Refused: SessionNeeded, PasskeyStale, PasskeyRefused, PasskeyKnown."""
    _needs_session(actor)
    challenge = await passkeys.take_challenge(tx, actor.person_id, command.nonce, None)
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
    return await passkeys.add_passkey(
        tx,
        actor.person_id,
        credential_id=encoded(made.credential_id),
        public_key=encoded(made.credential_public_key),
        sign_count=made.sign_count,
        label=command.label or NAME,
    )


async def revoke(tx: Connection, actor: Actor, passkey_id: UUID, command: RevokePasskey) -> UUID:
    """From now on it counts no more. Refused: UnknownPasskey to all but its owner and the operator, PasskeyReason."""
    found = await passkeys.find_passkey(tx, passkey_id)
    if (
        found is None
        or found.revoked_at is not None
        or not (found.person_id == actor.person_id or Role.OPERATOR in actor.roles)
    ):
        raise UnknownPasskey
    if len(command.reason) < SHORTEST_REASON:
        raise PasskeyReason(field="reason")
    await passkeys.revoke_passkey(tx, passkey_id, by=actor.person_id, reason=command.reason)
    return passkey_id


async def ask_about(tx: Connection, actor: Actor, round_id: UUID, draft: Mapping[str, Any]) -> dict[str, Any]:
    """What the browser is to ask the authenticator about the record that is about to be signed."""
    nonce = encoded(secrets.token_bytes(16))
    challenge = challenge_of(draft, nonce)
    await passkeys.ask(tx, actor.person_id, nonce=nonce, challenge=challenge, round_id=round_id)
    options = generate_authentication_options(
        rp_id=here().site.rp_id,
        challenge=challenge,
        allow_credentials=[
            PublicKeyCredentialDescriptor(id=decoded(one.credential_id))
            for one in await passkeys.lock_passkeys(tx, actor.person_id)
        ],
        user_verification=ENROL,
    )
    return {"nonce": nonce, "options": _plain(options_to_json(options))}


async def confirmed(
    tx: Connection, person_id: str, round_id: UUID, draft: Mapping[str, Any], *, given: Assertion | None, at: datetime
) -> Assertion | None:
    """The passkey's word on this very draft, checked and counted; None where the person has enrolled none.

    Refused: PasskeyMissing (with the draft), PasskeyStale, PasskeyRefused.
    """
    enrolled = await passkeys.lock_passkeys(tx, person_id)
    if not enrolled:
        return None
    if given is None:
        raise PasskeyMissing.about(draft)
    if await passkeys.take_challenge(tx, person_id, given.nonce, round_id) is None:
        raise PasskeyStale
    site = here().site
    passkey = next((one for one in enrolled if one.credential_id == given.credential_id), None)
    try:
        if passkey is None:
            raise NotProven("not enrolled by the signer, or revoked")
        count = proven(
            given,
            challenge=challenge_of(draft, given.nonce),
            public_key=passkey.public_key,
            origin=site.origin,
            rp_id=site.rp_id,
            last_count=passkey.sign_count,
        )
    except NotProven as error:
        raise PasskeyRefused from error
    await passkeys.use_passkey(tx, passkey.id, sign_count=count, at=at)
    return given


def _needs_session(actor: Actor) -> None:
    if actor.via != "session":
        raise SessionNeeded


def _plain(options: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(options)
    return read
