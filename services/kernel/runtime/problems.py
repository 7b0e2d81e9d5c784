"""Refusals and failures over HTTP: RFC 9457 problem details for programs, a page with the remedy for people."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Any
from urllib.parse import urlencode

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from opentelemetry import trace
from pydantic import AfterValidator, BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kernel.contracts.refusals import Invalid, Refused, Unauthenticated, Unavailable, Words
from services.kernel.runtime import auth, language, pages
from services.kernel.runtime.db import GONE
from services.kernel.runtime.input_words import words_for

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5
HTTP_WORDS: dict[int, tuple[str, Words, Words]] = {
    404: ("not_found", Words("没有找到", "Not found"), Words("请核对地址。", "Check the address.")),
    405: ("method", Words("这里不能这样提交", "Method not allowed"), Words("请核对请求方法。", "Check the method.")),
    413: (
        "input.too_large",
        Words("提交的内容太大", "Too large"),
        Words("请缩小或者分开提交。", "Send less at a time."),
    ),
    415: (
        "input.media_type",
        Words("不支持这种格式", "Unsupported format"),
        Words("请换一种格式。", "Use another format."),
    ),
}
UNREADABLE = ("input.unreadable", Words("读不懂提交的内容", "Unreadable request"), Refused.remedy)
BROKEN = Words("系统出错，没有办成", "Something broke; nothing was done")
BROKEN_DETAIL = Words("出错的经过已经记录，记录号见本页。", "What went wrong has been recorded under the number given.")
BROKEN_REMEDY = Words(
    "请稍后再试；仍然出错的，把记录号告诉管理员。", "Try again later, or give the number to the operator."
)
AWAY = Words("暂时不能办理", "Not available at the moment")
AWAY_DETAIL = Words(
    "系统所依靠的一项服务暂时没有应答，没有记录丢失。", "A part of the system does not answer. Nothing was lost."
)
AWAY_REMEDY = Words("请过几秒再试。", "Try again in a few seconds.")


class NotToBeKept(Invalid):
    """Signs that are no text, or a number beyond all measure: the database cannot hold it, whatever it was meant to be."""

    code = "input.not_to_be_kept"
    title = Words("内容里有不能保存的字符或者过大的数字", "It holds a sign or a number that cannot be kept")
    remedy = Words(
        "请删去空字符等不可见字符，核对数字后再提交。",
        "Remove invisible signs such as NUL, check the numbers, and try again.",
    )


def _sayable(words: str) -> str:
    """The words as UTF-8 can carry them: what is quoted of a request may hold half a sign."""
    return words.encode("utf-8", "replace").decode()


Said = Annotated[str, AfterValidator(_sayable)]


class FieldProblem(BaseModel):
    """What is wrong with one input, and what to do about it."""

    model_config = ConfigDict(frozen=True)

    field: Said
    code: str
    detail: Said
    remedy: Said


class Problem(BaseModel):
    """RFC 9457 problem details, with the rule and the remedy."""

    model_config = ConfigDict(frozen=True)

    type: str
    title: str
    status: int
    detail: Said
    code: str
    instance: Said
    trace_id: str
    field: Said | None = None
    rule: str | None = None
    article: str | None = None
    remedy: Said | None = None
    errors: list[FieldProblem] | None = None


def install(app: FastAPI) -> None:
    """Answer every refusal and failure of `app` in this form."""
    for kind in (Refused, Unavailable, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _handle)


async def _handle(request: Request, failure: Exception) -> Response:
    if pages.wants_page(request):
        # So that staff keep their navigation on a page that no guard has seen, such as a wrong address.
        with suppress(Refused, Unavailable):
            await auth.find_actor(request)
    return answer(request, failure)


def answer(request: Request, failure: Exception) -> Response:
    """The response that tells of `failure`."""
    if isinstance(failure, Unauthenticated) and pages.wants_page(request) and request.method == "GET":
        return RedirectResponse("/sign-in?" + urlencode({"next": _here(request)}), status_code=303)
    problem = describe(request, failure)
    headers = headers_of(failure, problem.status)
    if pages.wants_fragment(request):
        return pages.render(request, "problem_fragment.html", status=problem.status, headers=headers, problem=problem)
    if pages.wants_page(request):
        return pages.render(request, "problem.html", status=problem.status, headers=headers, problem=problem)
    body = problem.model_dump(exclude_none=True)
    return JSONResponse(body, problem.status, headers=headers, media_type=MEDIA_TYPE)


def describe(request: Request, failure: Exception) -> Problem:
    """The problem behind `failure`, in the reader's language."""
    match failure:
        case Refused():
            return _problem(
                request,
                failure.status,
                failure.code,
                (failure.title, failure.detail, failure.how),
                field=failure.field,
                rule=failure.rule_id,
                article=failure.article,
            )
        case Unavailable():
            return _problem(request, 503, "unavailable", (AWAY, AWAY_DETAIL, AWAY_REMEDY))
        case RequestValidationError():
            return _invalid(request, field_problems(failure.errors()))
        case HTTPException():
            code, title, remedy = HTTP_WORDS.get(failure.status_code, UNREADABLE)
            return _problem(request, failure.status_code, code, (title, title, remedy))
        case _:
            return _problem(request, 500, "broken", (BROKEN, BROKEN_DETAIL, BROKEN_REMEDY))


def _invalid(request: Request, errors: list[FieldProblem]) -> Problem:
    count = len(errors)
    title = Words(f"有{count}处需要改", f"{count} thing{'' if count == 1 else 's'} to correct")
    detail = "；".join(f"{error.field}：{error.detail}" for error in errors[:5])
    words = (title, Words(detail, detail.replace("；", "; ").replace("：", ": ")), Refused.remedy)
    return _problem(request, 422, "input.invalid", words, field=errors[0].field if errors else None, errors=errors)


def field_problems(errors: Sequence[Mapping[str, Any]]) -> list[FieldProblem]:
    """What pydantic found, field by field, in the reader's words. Also for forms that come back to the reader."""
    found = []
    for error in errors:
        place = [str(part) for part in error["loc"]]
        if len(place) > 1 and place[0] in ("body", "query", "path", "header", "cookie"):
            place = place[1:]
        detail, remedy = words_for(error)
        reader = language.current()
        name = ".".join(place)
        found.append(FieldProblem(field=name, code=error["type"], detail=detail.of(reader), remedy=remedy.of(reader)))
    return found


def _problem(request: Request, status: int, code: str, words: tuple[Words, Words, Words], **more: Any) -> Problem:
    title, detail, remedy = (each.of(language.current()) for each in words)
    return Problem(
        type=f"urn:fawen:problem:{code}",
        title=title,
        status=status,
        detail=detail,
        code=code,
        remedy=remedy,
        instance=request.url.path,
        trace_id=trace_id(request),
        **more,
    )


def headers_of(failure: Exception, status: int) -> dict[str, str]:
    """What is said beside a refusal or failure: when to come again, how to sign in."""
    headers = dict(failure.headers or {}) if isinstance(failure, HTTPException | Refused) else {}
    if status == 503:
        headers["Retry-After"] = str(RETRY_SECONDS)
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="fawen"'
    return headers


def _here(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def trace_id(request: Request) -> str:
    """The number under which this request is recorded: its trace, or one made up for the log."""
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        return format(context.trace_id, "032x")
    if not hasattr(request.state, "trace_id"):
        request.state.trace_id = secrets.token_hex(16)
    return str(request.state.trace_id)


class FailureMiddleware:
    """The last net: what nobody foresaw is logged with its trace and answered without its insides."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_and_note(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        except Exception as failure:
            request = Request(scope, receive)
            known = _known(failure)
            if known is failure:
                log.exception("web.broken", trace_id=trace_id(request), route=request.url.path)
            if started:
                raise
            await answer(request, known)(scope, receive, send)


def _known(failure: Exception) -> Exception:
    match failure:
        case asyncpg.DataError():
            return NotToBeKept()
        case _ if isinstance(failure, GONE):
            return Unavailable("database")
        case _:
            return failure
