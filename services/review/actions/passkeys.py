"""Passkeys: asked about one exact record, and heard. Whoever has one signs with it; enrolling is in `enrolling`."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from webauthn import generate_authentication_options, options_to_json
from webauthn.helpers.structs import PublicKeyCredentialDescriptor, UserVerificationRequirement

from services.kernel.contracts.passkeys import Assertion, NotProven, challenge_of, decoded, encoded, proven
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.actions.desk import here
from services.review.domain.refusals import PasskeyMissing, PasskeyRefused, PasskeyStale
from services.review.store import passkeys
from services.review.store.passkeys import Passkey


async def ask_about(
    tx: Connection, actor: Actor, draft: Mapping[str, Any], *, round_id: UUID | None = None
) -> dict[str, Any]:
    """What the browser is to ask the authenticator about the record of a round that is about to be signed.

    Without a round, about a change of one's passkeys.
    """
    nonce = encoded(secrets.token_bytes(16))
    challenge = challenge_of(draft, nonce)
    purpose: passkeys.Purpose = "sign" if round_id else "prove"
    await passkeys.ask(tx, actor.person_id, purpose, nonce=nonce, challenge=challenge, round_id=round_id)
    options = generate_authentication_options(
        rp_id=here().site.rp_id,
        challenge=challenge,
        allow_credentials=[
            PublicKeyCredentialDescriptor(id=decoded(one.credential_id))
            for one in await passkeys.lock_passkeys(tx, actor.person_id)
        ],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return {"nonce": nonce, "options": plain(options_to_json(options))}


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
    await heard(tx, person_id, enrolled, draft, given, round_id=round_id, at=at)
    return given


async def heard(
    tx: Connection,
    person_id: str,
    enrolled: Sequence[Passkey],
    draft: Mapping[str, Any],
    given: Assertion,
    *,
    round_id: UUID | None = None,
    at: datetime,
) -> UUID:
    """Which of the person's passkeys has confirmed this very draft; its counter is kept.

    Refused: PasskeyStale, PasskeyRefused.
    """
    purpose: passkeys.Purpose = "sign" if round_id else "prove"
    if await passkeys.take_challenge(tx, person_id, purpose, given.nonce, round_id) is None:
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
    return passkey.id


def plain(options: str) -> dict[str, Any]:
    """WebAuthn's options as JSON says them."""
    read: dict[str, Any] = json.loads(options)
    return read
