"""Ids made by the application: version 7, so that they grow with time (RFC 9562)."""

from __future__ import annotations

import secrets
import time
from uuid import UUID

VERSION, VARIANT = 7, 0b10


def uuid7() -> UUID:
    """48 bits of milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    chance = secrets.randbits(74)
    number = milliseconds << 80 | VERSION << 76 | chance >> 62 << 64 | VARIANT << 62 | chance & (1 << 62) - 1
    return UUID(int=number)


def earliest_at(seconds: float) -> UUID:
    """No id made at that instant (in seconds since 1970) or later is smaller than this one."""
    return UUID(int=int(seconds * 1000) << 80)
