"""Persons' keys under the operator's lock: encrypted by a key-encryption key that the database never sees."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.kernel.contracts.signatures import Algorithm, KeyPair, fingerprint, signer_for

NONCE = 12
PURPOSE = b"fawen signing keys 1"


class KeyLocked(Exception):
    """No secret that this process was given opens the key: an operator's fault, never the signer's."""


@dataclass(frozen=True)
class WrappedKey:
    """A person's key as the database keeps it: the private half encrypted (AES-256-GCM, nonce first)."""

    id: UUID
    person_id: str
    algorithm: str
    public_key: bytes
    wrapped: bytes
    wrapped_by: str


@dataclass(frozen=True)
class SigningKey:
    """What everybody may know of a person's key. Valid while `valid_to` is None or lies ahead."""

    id: UUID
    person_id: str
    algorithm: str
    public_key: bytes
    valid_from: datetime
    valid_to: datetime | None
    ended_why: Literal["rotated", "revoked"] | None
    ended_by: str | None
    ended_reason: str | None

    @property
    def fingerprint(self) -> str:
        """What people compare."""
        return fingerprint(self.public_key)


class KeyRing:
    """The operator's secrets: the first one encrypts, all of them decrypt. And the algorithm of new keys."""

    def __init__(self, operator_secrets: Sequence[str], algorithm: Algorithm = Algorithm.ED25519) -> None:
        self.algorithm = algorithm
        self._signer = signer_for(algorithm)
        self._keys = {_name(key): key for key in map(_derived, operator_secrets)}
        self._first = next(iter(self._keys))

    def make(self, person_id: str) -> WrappedKey:
        """A fresh key for a person, encrypted."""
        id_, pair = uuid4(), self._signer.generate()
        nonce = secrets.token_bytes(NONCE)
        sealed = AESGCM(self._keys[self._first]).encrypt(nonce, pair.private, _about(id_, person_id, self.algorithm))
        return WrappedKey(id_, person_id, self.algorithm, pair.public, nonce + sealed, self._first)

    def is_current(self, key: WrappedKey) -> bool:
        """Whether the key is of today's algorithm and under today's secret; otherwise it is due for rotation."""
        return (key.algorithm, key.wrapped_by) == (self.algorithm, self._first)

    def sign(self, key: WrappedKey, message: bytes) -> bytes:
        """Sign with a person's key. Raises KeyLocked, also for a row that was moved to another person or key."""
        opener = self._keys.get(key.wrapped_by)
        if opener is None:
            raise KeyLocked(f"signing key {key.id}: no secret opens it (wrapped by {key.wrapped_by})")
        about = _about(key.id, key.person_id, key.algorithm)
        try:
            private = AESGCM(opener).decrypt(key.wrapped[:NONCE], key.wrapped[NONCE:], about)
        except InvalidTag as error:
            raise KeyLocked(f"signing key {key.id}: its row was changed") from error
        return signer_for(key.algorithm).sign(KeyPair(key.public_key, private), message)


def _derived(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())


def _name(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:16]


def _about(id_: UUID, person_id: str, algorithm: str) -> bytes:
    return f"{id_}\n{person_id}\n{algorithm}".encode()
