"""Visitors of a public form: by what they are counted, and whether somebody can have read the form at all."""

from __future__ import annotations

import hmac
import ipaddress
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from services.kernel.contracts.keyed import digest
from services.kernel.contracts.refusals import Invalid, Words

FORM_LASTS = timedelta(hours=24)


class FormNotRead(Invalid):
    """A form without its token, or sent back before anybody can have read it, or a day later."""

    code = "comment.form"
    title = Words("没有收下：请再提交一次", "Not accepted: please send it once more")
    remedy = Words("您写的内容还在，请再按一次“提交”。", "Nothing you wrote is lost: press the button once more.")


@lru_cache(4096)
def network_of(address: str) -> str:
    """What counts as one address: an IPv4 address, the /64 of an IPv6 one; anything else as it is written."""
    if ":" not in address:
        return address
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, ipaddress.IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


def key_of_address(secret: bytes, address: str, tier: str, day: date) -> bytes:
    """Under which key an address is counted: a keyed hash that tells nothing, and another one every day."""
    return digest(secret, f"rate|{day}|{tier}|{network_of(address)}".encode())[:16]


def claimant(secret: bytes, about: str, address: str, key: str) -> str:
    """Under whom an idempotency key is kept. The address goes in only together with the secret and the key, so that
    nothing tells what else came from one place; `about` is what it was sent to."""
    said = f"{about}|{network_of(address)}|{key}"
    return "public:" + digest(secret, said.encode()).hex()[:32]


def form_token(secret: bytes, about: UUID, now: datetime) -> str:
    """The token of a form, printed into it."""
    issued = str(int(now.timestamp() * 1000))
    return f"{issued}.{_signed(secret, about, issued)}"


def check_form(secret: bytes, given: str, about: UUID, *, now: datetime, seconds: float) -> None:
    """Nothing, when the form was drawn at least so many seconds ago and not a day ago. Raises FormNotRead."""
    issued, _, signature = given.partition(".")
    right = issued.isdigit() and len(issued) <= 15
    if not right or not hmac.compare_digest(signature.encode(), _signed(secret, about, issued).encode()):
        raise FormNotRead
    age = now - datetime.fromtimestamp(int(issued) / 1000, UTC)
    if not timedelta(seconds=seconds) <= age < FORM_LASTS:
        raise FormNotRead


def _signed(secret: bytes, about: UUID, issued: str) -> str:
    return digest(secret, f"form|{about}|{issued}".encode()).hex()[:32]
