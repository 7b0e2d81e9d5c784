"""Keyed digests, for what only we can have signed or counted."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash


def digest(secret: bytes, said: bytes) -> bytes:
    """HMAC-SHA-256 (RFC 2104), as `hmac.digest` has it, with what depends on the secret alone worked out once."""
    first, second = _halves(secret)
    inner, outer = first.copy(), second.copy()
    inner.update(said)
    outer.update(inner.digest())
    return outer.digest()


@lru_cache(8)
def _halves(secret: bytes) -> tuple[_Hash, _Hash]:
    block = hashlib.sha256().block_size
    key = (secret if len(secret) <= block else hashlib.sha256(secret).digest()).ljust(block, b"\0")
    return hashlib.sha256(key.translate(hmac.trans_36)), hashlib.sha256(key.translate(hmac.trans_5C))
