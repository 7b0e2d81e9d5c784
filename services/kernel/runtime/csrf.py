"""Forged requests: a POST by session must come from our own page and carry the token printed there."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from fastapi import Request

from services.kernel.contracts.refusals import Forbidden, Words

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class ForeignOrigin(Forbidden):
    """The browser says that another site sent this."""

    code = "auth.foreign_origin"
    title = Words("没有收下：请求来自别的网站", "Not accepted: sent from another site")
    remedy = Words("请打开本系统的页面，在那里重新提交。", "Open the page on this site and send it from there.")


class NoToken(Forbidden):
    """The form token is missing or belongs to another session."""

    code = "auth.form_token"
    title = Words("没有收下：页面已经过时", "Not accepted: this page is out of date")
    remedy = Words("请退回上一页，刷新后再提交；已填的内容请先复制。", "Go back, reload the page and send it again.")


def token_for(secret: str, session_hash: bytes) -> str:
    """The token that goes into the forms of one session."""
    return hmac.new(secret.encode(), b"form:" + session_hash, hashlib.sha256).hexdigest()


def check_origin(request: Request, public_url: str) -> None:
    """Refuse what a browser sends for another site. Programs send neither header and pass."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise ForeignOrigin
    origin = request.headers.get("origin")
    if origin is None:
        return
    if urlsplit(origin).netloc not in (urlsplit(public_url).netloc, request.headers.get("host", "")):
        raise ForeignOrigin


async def check_token(request: Request, expected: str) -> None:
    """Refuse a session's POST without its token, as a header or as a form field."""
    given = request.headers.get(HEADER) or await _from_form(request)
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise NoToken


async def _from_form(request: Request) -> str:
    if not is_form(request):
        return ""
    value = (await request.form()).get(FIELD, "")
    return value if isinstance(value, str) else ""


def is_form(request: Request) -> bool:
    """Whether the body is an HTML form, encoded either way."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in ("application/x-www-form-urlencoded", "multipart/form-data")
