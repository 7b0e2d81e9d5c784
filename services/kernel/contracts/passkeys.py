"""Passkeys (WebAuthn) as second factor of a sign-off: what the authenticator is asked to sign, and whether it did.

The challenge is the hash of the very record that will be signed, without what is only known afterwards, and of a number
used once. So whoever holds the record can check the passkey's word years later. Pure: review and `fawen verify` use it.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from services.kernel.contracts.signatures import canonical

FORMAT: Final = "fawen.passkey/1"
# What nobody knows before the moment of signing, and what says that the passkey was asked.
AFTERWARDS: Final = frozenset({"position", "prev_hash", "signed_at", "key", "passkey"})
# The letter repeats the record in a form; its number is taken when it is written, that is at the moment of signing.
WRITTEN_AT_SIGNING: Final = frozenset({"letter"})

Encoded = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=4000)]


class NotProven(Exception):
    """The authenticator's answer does not hold; the text says why, for the log."""


class Assertion(BaseModel):
    """What an authenticator answered, as the record keeps it (base64url without padding)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    credential_id: Encoded
    nonce: Encoded
    client_data: Encoded
    authenticator_data: Encoded
    signature: Encoded


def draft_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a record that is known before it is signed."""
    draft = {name: value for name, value in record.items() if name not in AFTERWARDS}
    details = {name: value for name, value in record["details"].items() if name not in WRITTEN_AT_SIGNING}
    return {**draft, "details": details}


def challenge_of(record: Mapping[str, Any], nonce: str) -> bytes:
    """The 32 bytes that the authenticator signs for this record. Raises ValueError for what JSON cannot say."""
    return hashlib.sha256(canonical({"format": FORMAT, "nonce": nonce, "draft": draft_of(record)})).digest()


def proven(
    assertion: Assertion, *, challenge: bytes, public_key: str, origin: str, rp_id: str, last_count: int = 0
) -> int:
    """The authenticator's new counter when its answer holds for this challenge. Raises NotProven."""
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        return verify_authentication_response(
            credential=_as_sent(assertion),
            expected_challenge=challenge,
            expected_rp_id=rp_id,
            expected_origin=origin,
            credential_public_key=decoded(public_key),
            credential_current_sign_count=last_count,
            require_user_verification=True,
        ).new_sign_count
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotProven(str(error)) from error


def _as_sent(assertion: Assertion) -> str:
    return json.dumps(
        {
            "id": assertion.credential_id,
            "rawId": assertion.credential_id,
            "type": "public-key",
            "response": {
                "clientDataJSON": assertion.client_data,
                "authenticatorData": assertion.authenticator_data,
                "signature": assertion.signature,
            },
        }
    )


def encoded(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The bytes behind base64url without padding. Raises ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
