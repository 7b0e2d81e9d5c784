"""Proof of work, as ALTCHA has it: a signed challenge of one public form, solved by counting, good for one sending.

It asks nothing of a person. A solution is the base64 of {"algorithm", "challenge", "number", "salt", "signature"}.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import b64decode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.kernel.contracts.keyed import digest
from services.kernel.contracts.refusals import Invalid, Words

ALGORITHM = "SHA-256"
LONGEST = 1000
# Closed by "&": a digit that moves from the number into the salt is no longer this form.
SALT = re.compile(r"[0-9a-f]{24}\?expires=([0-9]{10})&window=([0-9a-f-]{36})&")


class ProofWrong(Invalid):
    """No solution of a challenge of ours, for another form, too old, or spent."""

    code = "comment.proof"
    title = Words("防滥用检查没有通过", "The check against abuse did not pass")
    remedy = Words(
        "请再提交一次；程序请重新取一道题（challenge），算好后只用一次。",
        "Send it again; programs fetch a new challenge, solve it, and use it once.",
    )


UNREADABLE = Words("检查的结果读不懂或者算错了。", "The solution is unreadable or wrong.")
ELSEWHERE = Words("这道题属于另一份表。", "The challenge belongs to another form.")
EXPIRED = Words("这道题已经过时。", "The challenge is too old.")
SPENT = Words("这道题已经用过。", "The challenge has been used.")


@dataclass(frozen=True, slots=True)
class Proof:
    """A solution that is right; whether it was spent, the gate knows."""

    mark: bytes
    expires_at: datetime


class Solution(BaseModel):
    """A solution as it comes; other names in it say nothing to us."""

    model_config = ConfigDict(strict=True)

    algorithm: Literal["SHA-256"]
    challenge: str
    number: Annotated[int, Field(ge=0)]
    salt: str
    signature: str


def challenge(secret: bytes, about: UUID, *, hardest: int, expires_at: datetime) -> dict[str, Any]:
    """A challenge: find the number from 0 to `hardest` whose SHA-256 behind the salt is this."""
    salt = f"{secrets.token_hex(12)}?expires={int(expires_at.timestamp())}&window={about}&"
    asked = _digest(salt, secrets.randbelow(hardest + 1))
    return {
        "algorithm": ALGORITHM,
        "challenge": asked,
        "salt": salt,
        "maxnumber": hardest,
        "signature": _signed(secret, asked),
    }


def verify(secret: bytes, given: str, about: UUID, *, now: datetime) -> Proof:
    """What a solution proves. Raises ProofWrong."""
    found = _read(given)
    asked, shape = found.challenge, SALT.fullmatch(found.salt)
    signed = hmac.compare_digest(_signed(secret, asked).encode(), found.signature.encode())
    if shape is None or not signed or _digest(found.salt, found.number) != asked:
        raise ProofWrong(UNREADABLE, field="proof")
    expires_at = datetime.fromtimestamp(int(shape[1]), UTC)
    if shape[2] != str(about):
        raise ProofWrong(ELSEWHERE, field="proof")
    if expires_at <= now:
        raise ProofWrong(EXPIRED, field="proof")
    return Proof(bytes.fromhex(asked)[:16], expires_at)


def _read(given: str) -> Solution:
    try:
        return Solution.model_validate_json(b64decode(given[: LONGEST + 1], validate=True))
    except ValueError as error:
        raise ProofWrong(UNREADABLE, field="proof") from error


def _digest(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}{number}".encode()).hexdigest()


def _signed(secret: bytes, asked: str) -> str:
    return digest(secret, b"challenge|" + asked.encode()).hex()
