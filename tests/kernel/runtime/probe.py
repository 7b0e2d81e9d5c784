"""A service of one's own for the tests of the web: a few routes, real database, real guards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import asyncpg
import httpx
from fastapi import APIRouter, FastAPI, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from services.kernel.contracts.refusals import Refused, Unavailable, Words
from services.kernel.runtime import auth, directory, idempotency
from services.kernel.runtime.db import Connection, Database
from services.kernel.runtime.idempotency import Answer
from services.kernel.runtime.pages import render
from services.kernel.runtime.settings import Settings
from services.kernel.runtime.web import build_app

HOME = Path(__file__).parent / "probe_home"
PAGE = {"accept": "text/html,application/xhtml+xml"}


class TooLate(Refused):
    """A refusal as services write them."""

    code = "comments.closed"
    rule = "consultation.window"
    title = Words("没有收下：已经截止", "Not accepted: closed")
    remedy = Words("可以寄给承办单位。", "You may write to the unit.")


class Run(NamedTuple):
    """A stretch of changed or unchanged text."""

    op: str
    text: str


class Draft(BaseModel):
    """An input as services take them."""

    title: str = Field(min_length=2, max_length=20)
    closes_on: date


router = APIRouter(prefix="/intake")


@router.get("/open")
async def open_page(request: Request, actor: auth.Visitor) -> Response:
    return render(request, "probe.html", words="<b>正文</b>")


@router.get("/components")
async def components(request: Request, actor: auth.Visitor) -> Response:
    stages = [("评估论证", "done"), ("公平竞争审查", "warn"), ("合法性审核", "now"), ("听证", "na"), ("公布", "off")]
    return render(
        request,
        "components.html",
        stages=[{"name": name, "state": state} for name, state in stages],
        day=date(2026, 11, 30),
        closes_at=datetime(2026, 12, 7, 16, 0, tzinfo=UTC),
        runs=[
            Run("equal", "中型餐饮服务场所每"),
            Run("delete", "月"),
            Run("insert", "两个月"),
            Run("equal", "不少于一次。"),
        ],
    )


@router.get("/staff")
async def staff_page(request: Request, actor: auth.Signed) -> Response:
    return render(request, "probe.html", words=actor.person_name)


@router.get("/review-only")
async def review_only(actor: auth.Signed) -> dict[str, str]:
    auth.require(actor, role="legality_reviewer")
    return {"who": actor.person_id, "unit": actor.unit_id}


@router.post("/drafts")
async def submit(
    request: Request, actor: auth.Signed, draft: Draft, key: idempotency.Key, body: idempotency.BodyHash
) -> Response:
    async def act() -> Answer:
        number = await tx.fetchval("select count(*) from idempotency")
        return Answer(201, {"title": draft.title, "number": number}, {"Location": "/intake/drafts/1"})

    async with auth.database(request).transaction() as tx:
        answer = await idempotency.once(
            tx, key=key, actor=actor.person_id, route="POST /intake/drafts", body_hash=body, act=act
        )
    return answer.response()


@router.post("/sign")
async def sign(actor: auth.Signed, opinion: Annotated[str, Form()]) -> Response:
    return RedirectResponse(f"/intake/staff?opinion={opinion}", status_code=303)


@router.post("/comments")
async def comment(request: Request, actor: auth.Visitor) -> Response:
    return JSONResponse({"size": len(await request.body())}, 201)


@router.get("/fails/{how}")
async def fails(how: str, actor: auth.Visitor) -> None:
    if how == "refused":
        raise TooLate(article="国务院令第713号第十五条", field="text")
    if how == "away":
        raise Unavailable("temporal")
    if how == "connection":
        raise ConnectionResetError("10.1.2.3:5432 went away")
    if how == "unkept":
        raise asyncpg.CharacterNotInRepertoireError('invalid byte sequence for encoding "UTF8": 0x00')
    if how == "half":
        raise TooLate(Words("没有\ud800这一条。", "No such clause: \ud800."), field="clause.\ud800")
    raise RuntimeError("the password is hunter2")


def probe_app(settings: Settings, *more: APIRouter) -> FastAPI:
    """The probe as service "intake"; its lifespan opens the database."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.db = await Database.connect(settings.url_for("intake"), schema="intake")
        yield
        await app.state.db.close()

    return build_app(
        "intake",
        settings,
        routers=[router, *more],
        title="文件报送",
        description="起草单位报送草案。",
        lifespan=lifespan,
        home=HOME,
    )


@asynccontextmanager
async def visiting(app: FastAPI, base_url: str = "http://127.0.0.1:8080") -> AsyncIterator[httpx.AsyncClient]:
    """A client in front of the app, while its lifespan runs."""
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=base_url) as client:
            yield client


async def key_for(owner: Connection, person_id: str, unit_id: str, *scopes: str) -> dict[str, str]:
    """The header of a fresh API key."""
    made = await directory.create_key(owner, unit_id=unit_id, person_id=person_id, label="测试", scopes=scopes)
    return {"Authorization": f"Bearer {made.secret}"}


async def sign_in(client: httpx.AsyncClient, person_id: str, unit_id: str) -> None:
    """Use the sign-in page as a person would."""
    answer = await client.post("/sign-in", data={"person_id": person_id, "unit_id": unit_id})
    assert answer.status_code == 303
