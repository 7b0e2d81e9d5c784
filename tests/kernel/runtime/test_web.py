"""What every answer of every service has in common: headers, problems, limits, one port for all."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp, Message

from services.kernel.runtime.db import Connection
from services.kernel.runtime.pages import STATIC
from services.kernel.runtime.settings import Settings
from services.kernel.runtime.web import compose
from tests.kernel.runtime.probe import PAGE, key_for, probe_app, sign_in, visiting

DRAFT = {"title": "云溪区餐饮油烟管理办法", "closes_on": "2026-12-23"}


@pytest.mark.breaks
async def test_every_answer_forbids_inline_script_and_frames(client: httpx.AsyncClient) -> None:
    for path in ("/intake/open", "/intake/nowhere", "/intake/fails/broken", "/static/fawen.css"):
        headers = (await client.get(path, headers=PAGE)).headers
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"


async def test_pages_of_signed_in_persons_are_not_stored(client: httpx.AsyncClient) -> None:
    assert (await client.get("/intake/open")).headers["cache-control"] == "no-cache"
    await sign_in(client, "he-xu", "urban")
    assert (await client.get("/intake/staff")).headers["cache-control"] == "no-store"


async def test_a_refusal_is_a_problem_with_its_article_and_remedy(client: httpx.AsyncClient) -> None:
    answer = await client.get("/intake/fails/refused")
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert len(problem.pop("trace_id")) == 32
    assert problem == {
        "type": "urn:fawen:problem:comments.closed",
        "title": "没有收下：已经截止",
        "status": 409,
        "detail": "没有收下：已经截止",
        "code": "comments.closed",
        "instance": "/intake/fails/refused",
        "field": "text",
        "rule": "consultation.window",
        "article": "国务院令第713号第十五条",
        "remedy": "可以寄给承办单位。",
    }


async def test_a_person_reads_a_refusal_as_a_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/intake/fails/refused", headers=PAGE)
    assert answer.status_code == 409
    assert "<h1>没有收下：已经截止</h1>" in answer.text
    assert "<b>依据</b>国务院令第713号第十五条" in answer.text


async def test_htmx_gets_the_refusal_as_a_fragment(client: httpx.AsyncClient) -> None:
    answer = await client.get("/intake/fails/refused", headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("how", ["away", "connection"])
async def test_an_outage_asks_to_come_back(client: httpx.AsyncClient, how: str) -> None:
    answer = await client.get(f"/intake/fails/{how}")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert "5432" not in answer.text


async def test_what_the_database_cannot_hold_is_refused_and_its_words_stay_inside(client: httpx.AsyncClient) -> None:
    answer = await client.get("/intake/fails/unkept")
    assert (answer.status_code, answer.json()["code"]) == (422, "input.not_to_be_kept")
    assert "encoding" not in answer.text


@pytest.mark.parametrize("headers", [{}, PAGE])
async def test_half_a_sign_in_a_refusal_does_not_break_the_answer(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    assert (await client.get("/intake/fails/half", headers=headers)).status_code == 409


@pytest.mark.breaks
async def test_a_fault_shows_nothing_of_the_inside(client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await client.get("/intake/fails/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "broken")
    assert "hunter2" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/intake/nowhere", 404), ("DELETE", "/intake/open", 405)]
)
async def test_a_wrong_address_or_method_is_a_problem_too(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, path)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_every_wrong_field_is_named_with_its_remedy(client: httpx.AsyncClient, people: Connection) -> None:
    headers = await key_for(people, "he-xu", "urban")
    answer = await client.post("/intake/drafts", json={"title": "长" * 21, "closes_on": "月底前"}, headers=headers)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["title"]) == (422, "input.invalid", "有2处需要改")
    assert problem["errors"] == [
        {"field": "title", "code": "string_too_long", "detail": "超过20个字", "remedy": "请缩短到20个字以内。"},
        {
            "field": "closes_on",
            "code": "date_from_datetime_parsing",
            "detail": "日期读不懂",
            "remedy": "请写成 2026-12-07 这样。",
        },
    ]


async def test_broken_json_is_said_so(client: httpx.AsyncClient, people: Connection) -> None:
    headers = {**await key_for(people, "he-xu", "urban"), "content-type": "application/json"}
    answer = await client.post("/intake/drafts", content=b"{", headers=headers)
    assert answer.json()["errors"][0]["detail"] == "不是有效的JSON"


async def test_a_body_that_says_it_is_too_large_is_not_read(settings: Settings, people: Connection) -> None:
    async with visiting(probe_app(settings.model_copy(update={"max_upload_bytes": 1000}))) as client:
        answer = await client.post("/intake/comments", content=b"x" * 1001)
    assert (answer.status_code, answer.json()["code"]) == (413, "input.too_large")


async def test_a_body_of_unknown_length_is_cut_off(settings: Settings, people: Connection) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100

    async with visiting(probe_app(settings.model_copy(update={"max_upload_bytes": 1000}))) as client:
        answer = await client.post("/intake/comments", content=endless())
    assert answer.status_code == 413


async def test_health_answers_without_a_database(settings: Settings) -> None:
    nowhere = settings.model_copy(update={"database_url": "postgresql://{role}@127.0.0.1:1/none"})
    async with visiting(probe_app(nowhere)) as client:
        assert (await client.get("/intake/healthz")).json() == {"status": "ok"}
        assert (await client.get("/intake/readyz")).status_code == 503


async def test_the_interface_is_described_with_its_problems(client: httpx.AsyncClient) -> None:
    described = (await client.get("/intake/openapi.json")).json()
    assert "/intake/drafts" in described["paths"]
    assert {"Problem", "FieldProblem"} <= set(described["components"]["schemas"])
    assert "POST /intake/drafts" in (await client.get("/intake/docs", headers=PAGE)).text


async def test_a_request_sent_twice_is_carried_out_once(client: httpx.AsyncClient, people: Connection) -> None:
    headers = {**await key_for(people, "he-xu", "urban"), "Idempotency-Key": "7d3e41f0"}
    first = await client.post("/intake/drafts", json=DRAFT, headers=headers)
    second = await client.post("/intake/drafts", json=DRAFT, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["location"] == "/intake/drafts/1"
    assert ("idempotent-replayed" in first.headers, second.headers["idempotent-replayed"]) == (False, "true")


async def test_a_key_does_not_stand_for_another_request(client: httpx.AsyncClient, people: Connection) -> None:
    headers = {**await key_for(people, "he-xu", "urban"), "Idempotency-Key": "7d3e41f0"}
    await client.post("/intake/drafts", json=DRAFT, headers=headers)
    answer = await client.post("/intake/drafts", json={**DRAFT, "title": "另一份"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency.key_reused")


async def test_two_persons_may_use_the_same_key(client: httpx.AsyncClient, people: Connection) -> None:
    for person, unit in (("he-xu", "urban"), ("lu-wenxi", "justice")):
        headers = {**await key_for(people, person, unit), "Idempotency-Key": "1"}
        answer = await client.post("/intake/drafts", json=DRAFT, headers=headers)
        assert "idempotent-replayed" not in answer.headers


async def test_a_key_of_strange_signs_is_refused(client: httpx.AsyncClient, people: Connection) -> None:
    headers = {**await key_for(people, "he-xu", "urban"), "Idempotency-Key": "x" * 201}
    answer = await client.post("/intake/drafts", json=DRAFT, headers=headers)
    assert answer.json()["code"] == "idempotency.key"


async def test_apps_behind_one_port_keep_their_prefixes_and_lives() -> None:
    lives: list[str] = []

    def plain(name: str) -> FastAPI:
        @asynccontextmanager
        async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, str]]:
            lives.append(f"{name} up")
            yield {"name": name}
            lives.append(f"{name} down")

        app = FastAPI(lifespan=lifespan, openapi_url=None)
        app.add_api_route("/{path:path}", lambda: name)
        return app

    async with served(compose({"/review": plain("review"), "/": plain("home")})) as client:
        answers = [(await client.get(path)).json() for path in ("/review", "/review/rounds", "/reviewers", "/")]
    assert answers == ["review", "review", "home", "home"]
    assert lives == ["review up", "home up", "home down", "review down"]


async def test_without_an_app_of_its_own_the_rest_goes_to_the_last() -> None:
    first, last = FastAPI(openapi_url=None), FastAPI(openapi_url=None)
    last.add_api_route("/static/x", lambda: "last")
    async with served(compose({"/intake": first, "/notify": last})) as client:
        assert (await client.get("/static/x")).json() == "last"


async def test_one_app_that_cannot_start_stops_all() -> None:
    lives: list[str] = []

    @asynccontextmanager
    async def good(app: FastAPI) -> AsyncIterator[None]:
        yield
        lives.append("down")

    @asynccontextmanager
    async def bad(app: FastAPI) -> AsyncIterator[None]:
        raise RuntimeError("no database")
        yield

    with pytest.raises(RuntimeError, match="no database"):
        async with served(compose({"/": FastAPI(lifespan=good), "/tasks": FastAPI(lifespan=bad)})):
            pass
    assert lives == ["down"]


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """Drive the lifespan protocol as a server does, with a client in front."""
    to_app: asyncio.Queue[Message] = asyncio.Queue()
    from_app: asyncio.Queue[Message] = asyncio.Queue()

    async def live() -> None:
        await app({"type": "lifespan", "state": {}}, to_app.get, from_app.put)

    task = asyncio.create_task(live())
    await to_app.put({"type": "lifespan.startup"})
    reply = await from_app.get()
    if reply["type"] == "lifespan.startup.failed":
        await task
        raise RuntimeError(reply["message"])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as client:
        yield client
    await to_app.put({"type": "lifespan.shutdown"})
    await from_app.get()
    await task


@pytest.mark.parametrize(
    ("file", "readme"),
    [
        (STATIC / "vendor" / "htmx.min.js", STATIC / "vendor" / "README"),
        (Path("tests/vendor/axe.min.js"), Path("tests/vendor/README")),
    ],
)
def test_what_we_took_over_is_unchanged(file: Path, readme: Path) -> None:
    assert hashlib.sha256(file.read_bytes()).hexdigest() in readme.read_text("utf-8")


async def test_staff_keep_their_navigation_at_a_wrong_address(client: httpx.AsyncClient) -> None:
    await sign_in(client, "he-xu", "urban")
    answer = await client.get("/intake/nowhere", headers=PAGE)
    assert answer.status_code == 404
    assert "何叙（区城市管理局）" in answer.text
