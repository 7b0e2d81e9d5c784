"""The gate before a comment: who may pass how often, what is refused there, and what the sender can do about it."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from services.kernel.contracts.refusals import Invalid, Refused, Words

PLAIN, PROVED = "plain", "proved"
FORM_LASTS = timedelta(hours=24)


class TooBusy(Refused):
    """More comments arrive at this moment than can be written: none is lost, none is taken unwritten."""

    code = "comment.busy"
    status = 503
    title = Words("现在提意见的人太多", "Too many comments at this moment")
    remedy = Words("请过几秒再提交；您写的内容还在。", "Try again in a few seconds; nothing you wrote is lost.")


@dataclass(frozen=True, slots=True)
class Pass:
    """Leave to go on: under which tier, how many comments it allows in a period, how many are left, seconds till then."""

    tier: str
    allowed: int
    left: int
    seconds_left: int
    period: int

    @property
    def headers(self) -> dict[str, str]:
        """How programs are told (draft-ietf-httpapi-ratelimit-headers)."""
        return {
            "RateLimit-Policy": f'"{self.tier}";q={self.allowed};w={self.period}',
            "RateLimit": f'"{self.tier}";r={self.left};t={self.seconds_left}',
        }


class TooMany(Refused):
    """As many comments from one address as a period allows. With a proof of work more are allowed."""

    code = "comment.too_many"
    status = 429
    title = Words("这个网络地址提交得太多", "Too many comments from this address")

    def __init__(self, standing: Pass) -> None:
        self.standing = standing
        minutes = math.ceil(standing.period / 60)
        wait = math.ceil(standing.seconds_left / 60)
        super().__init__(
            Words(
                f"同一个网络地址{minutes}分钟内最多收下{standing.allowed}条。",
                f"At most {standing.allowed} are taken from one address in {minutes} minutes.",
            ),
            remedy=REMEDY_OF_PROOF
            if standing.tier == PLAIN
            else Words(
                f"请过{wait}分钟再提交；您写的内容还在。", f"Try again in {wait} min; nothing you wrote is lost."
            ),
        )
        self.headers = {**standing.headers, "Retry-After": str(standing.seconds_left)}


REMEDY_OF_PROOF = Words(
    "请打开浏览器的脚本后再提交，页面会自动完成一次检查；程序请先取一道题（challenge）算好。也可以过几分钟再提交。",
    "Allow scripts and send it again: the page then does a check by itself. Programs solve a challenge first. "
    "Or try again in a few minutes.",
)


class FormNotRead(Invalid):
    """A form without its token, or sent back before anybody can have read it, or a day later."""

    code = "comment.form"
    title = Words("没有收下：请再提交一次", "Not accepted: please send it once more")
    remedy = Words("您写的内容还在，请再按一次“提交意见”。", "Nothing you wrote is lost: press the button once more.")


class TooManyWrong(Refused):
    """An address that tried too many receipt codes that are none."""

    code = "receipt.too_many_wrong"
    status = 429
    title = Words("回执号输错太多次", "Too many receipt codes that do not exist")
    remedy = Words("请核对回执号，十分钟以后再查。", "Check the code and try again in ten minutes.")


@dataclass(frozen=True, slots=True)
class Limits:
    """How many comments an address may send in a period: without and with a proof; and when a window is in a surge."""

    period: int
    plain: int
    proved: int
    surge: int
    difficulty: int
    hardest: int

    def level(self, count: int) -> int:
        """How often the count of a window's period has doubled beyond the surge; 0 before."""
        return 0 if count < self.surge else 1 + int(math.log2(count / self.surge))

    def allowed(self, tier: str, level: int) -> int:
        """What an address may send under a tier. In a surge less without a proof, never nothing."""
        return self.proved if tier == PROVED else max(1, self.plain >> level)

    def difficulty_at(self, level: int) -> int:
        """How far one counts at most to solve a challenge."""
        return min(self.difficulty << level, max(self.hardest, self.difficulty))


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
    return hmac.digest(secret, f"rate|{day}|{tier}|{network_of(address)}".encode(), "sha256")[:16]


def key_of_window(window_id: UUID) -> bytes:
    """Under which key a window's comments are counted; of another length than an address's."""
    return b"window|" + window_id.bytes


def form_token(secret: bytes, window_id: UUID, now: datetime) -> str:
    """The token of a form, printed into it."""
    issued = str(int(now.timestamp() * 1000))
    return f"{issued}.{_signed(secret, window_id, issued)}"


def check_form(secret: bytes, given: str, window_id: UUID, *, now: datetime, seconds: float) -> None:
    """Nothing, when the form was drawn at least so many seconds ago and not a day ago. Raises FormNotRead."""
    issued, _, signature = given.partition(".")
    right = issued.isdigit() and len(issued) <= 15
    if not right or not hmac.compare_digest(signature.encode(), _signed(secret, window_id, issued).encode()):
        raise FormNotRead
    age = now - datetime.fromtimestamp(int(issued) / 1000, UTC)
    if not timedelta(seconds=seconds) <= age < FORM_LASTS:
        raise FormNotRead


def _signed(secret: bytes, window_id: UUID, issued: str) -> str:
    return hmac.new(secret, f"form|{window_id}|{issued}".encode(), hashlib.sha256).hexdigest()[:32]
