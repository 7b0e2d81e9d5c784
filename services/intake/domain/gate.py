"""The gate before a comment: who may pass how often, what is refused there, and what the sender can do about it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from uuid import UUID

from services.kernel.contracts.refusals import Refused, Words

PLAIN, PROVED = "plain", "proved"


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


def key_of_window(window_id: UUID) -> bytes:
    """Under which key a window's comments are counted; of another length than an address's."""
    return b"window|" + window_id.bytes
