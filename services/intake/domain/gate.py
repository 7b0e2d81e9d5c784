"""The gate before a comment: what is refused there, and what the sender can do about it."""

from __future__ import annotations

from services.kernel.contracts.refusals import Refused, Words


class TooBusy(Refused):
    """More comments arrive at this moment than can be written: none is lost, none is taken unwritten."""

    code = "comment.busy"
    status = 503
    title = Words("现在提意见的人太多", "Too many comments at this moment")
    remedy = Words("请过几秒再提交；您写的内容还在。", "Try again in a few seconds; nothing you wrote is lost.")
