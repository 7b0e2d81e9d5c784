"""Refusals about the coming and going of passkeys; those about signing with them stand beside the signature's."""

from __future__ import annotations

from services.kernel.contracts.refusals import Forbidden, Invalid, Words


class SessionNeeded(Forbidden):
    """A passkey is enrolled by the person at the page, never by a program."""

    code = "passkey.session"
    title = Words("通行密钥只能由本人登录网页登记", "A passkey is enrolled by the person, signed in at the page")


class PasskeyProofMissing(Forbidden):
    """A signed-in page alone changes no passkeys: it may have been left open, or stolen."""

    code = "passkey.proof_missing"
    rule = "record.signature"
    title = Words(
        "登记或者注销通行密钥，须先用您已有的通行密钥确认",
        "A passkey is enrolled or revoked with the word of one you have",
    )
    remedy = Words(
        "请用已有的通行密钥确认；设备遗失的，请系统管理员注销。",
        "Confirm with one of your passkeys; if the device is lost, an operator revokes it.",
    )


class SignInStale(Forbidden):
    """The first passkey comes right after signing in."""

    code = "passkey.sign_in_stale"
    rule = "record.signature"
    title = Words("登记第一个通行密钥，须在刚刚登录之后", "The first passkey is enrolled right after signing in")
    remedy = Words("请退出，重新登录后再登记。", "Sign out, sign in again, then enrol it.")


class PasskeyReason(Invalid):
    """A revocation says why."""

    code = "passkey.reason"
    rule = "record.signature"
    title = Words("没有写明注销的理由", "The reason for revoking is missing")
    remedy = Words("请写明理由，至少四个字。", "Give a reason of four characters or more.")
