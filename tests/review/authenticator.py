"""An authenticator in software: what a security key answers, for tests without a browser."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from services.kernel.contracts.passkeys import Assertion, encoded
from services.kernel.contracts.sign_offs import Site
from tests.review.builders import SITE

PRESENT_AND_VERIFIED = 0b101


class Authenticator:
    """One passkey (ES256) with its counter."""

    def __init__(self, site: Site = SITE) -> None:
        self.site, self.count = site, 0
        self.credential_id = encoded(secrets.token_bytes(16))
        self._private = ec.generate_private_key(ec.SECP256R1())

    @property
    def public_key(self) -> str:
        """COSE, base64url."""
        at = self._private.public_key().public_numbers()
        x, y = at.x.to_bytes(32, "big"), at.y.to_bytes(32, "big")
        return encoded(cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y}))

    def answer(self, question: dict[str, Any], *, flags: int = PRESENT_AND_VERIFIED) -> Assertion:
        """The assertion for a question of ours."""
        self.count += 1
        about = {"type": "webauthn.get", "challenge": question["options"]["challenge"], "origin": self.site.origin}
        client = json.dumps({**about, "crossOrigin": False}).encode()
        data = hashlib.sha256(self.site.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")
        signature = self._private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return Assertion(
            credential_id=self.credential_id,
            nonce=question["nonce"],
            client_data=encoded(client),
            authenticator_data=encoded(data),
            signature=encoded(signature),
        )
