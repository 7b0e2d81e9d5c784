"""Signatures over canonical records: one port, and two ways through it, Ed25519 and SM2 with SM3 (GB/T 32918, 32905).

Pure, and needed on both sides: review signs through it, `fawen verify` verifies through it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple, Protocol

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class Algorithm(StrEnum):
    """How records are signed. The operator chooses; whoever verifies takes what the key says."""

    ED25519 = "Ed25519"
    SM2_SM3 = "SM2-SM3"


class KeyPair(NamedTuple):
    """A key as its algorithm writes it: Ed25519 32 and 32 bytes, SM2 64 (x, y) and 32 bytes."""

    public: bytes
    private: bytes


class NoSuchAlgorithm(Exception):
    """This installation cannot sign or verify by that algorithm."""


class Signer(Protocol):
    """The port: keys, signatures, and whether a signature is one."""

    def generate(self) -> KeyPair:
        """A fresh key."""

    def sign(self, key: KeyPair, message: bytes) -> bytes:
        """The signature of `message`."""

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether `signature` was made over `message` by the key behind `public`; rubbish is no signature."""


class Ed25519:
    """RFC 8032."""

    def generate(self) -> KeyPair:
        """A fresh key."""
        private = Ed25519PrivateKey.generate()
        return KeyPair(private.public_key().public_bytes_raw(), private.private_bytes_raw())

    def sign(self, key: KeyPair, message: bytes) -> bytes:
        """64 bytes."""
        return Ed25519PrivateKey.from_private_bytes(key.private).sign(message)

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether it is one."""
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


class Sm2WithSm3:
    """GB/T 32918.2 with SM3 and the usual identity 1234567812345678, by GmSSL. Raises NoSuchAlgorithm without it."""

    def __init__(self) -> None:
        try:
            import gmssl_pyx
        except ImportError as missing:
            raise NoSuchAlgorithm("SM2-SM3 needs the package gmssl-pyx (pip install 'fawen[gm]')") from missing
        self._gm = gmssl_pyx

    def generate(self) -> KeyPair:
        """A fresh key."""
        public, private = self._gm.sm2_key_generate()
        return KeyPair(public, private)

    def sign(self, key: KeyPair, message: bytes) -> bytes:
        """DER of (r, s)."""
        return bytes(self._gm.sm2_sign(key.private, key.public, message))

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether it is one."""
        try:
            return bool(self._gm.sm2_verify(public, message, signature))
        except (self._gm.GmsslInnerError, ValueError):
            return False


def signer_for(algorithm: str) -> Signer:
    """The port for an algorithm. Raises NoSuchAlgorithm."""
    match algorithm:
        case Algorithm.ED25519:
            return Ed25519()
        case Algorithm.SM2_SM3:
            return Sm2WithSm3()
        case _:
            raise NoSuchAlgorithm(f"unknown algorithm: {algorithm}")


FINGERPRINT_LENGTH: Final = 32


def fingerprint(public: bytes) -> str:
    """What people compare of a public key: 32 hex digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:FINGERPRINT_LENGTH]


def canonical(record: Mapping[str, Any]) -> bytes:
    """RFC 8785. Raises ValueError for what JSON cannot say."""
    try:
        return rfc8785.dumps(dict(record))
    except rfc8785.CanonicalizationError as error:
        raise ValueError(f"not canonical JSON: {error}") from error


def hash_of(record: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of the record's canonical bytes. Raises ValueError for what JSON cannot say."""
    return hashlib.sha256(canonical(record)).hexdigest()
