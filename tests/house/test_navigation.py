"""Every page is found by links, by somebody, from a service's first page; and what is offered to a person opens."""

from __future__ import annotations

import importlib
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import asyncpg
import httpx
import pytest_asyncio
from fastapi import FastAPI

from services.kernel.runtime import directory
from services.kernel.runtime.auth import routes
from services.kernel.runtime.process import opened
from services.kernel.runtime.settings import Settings
from tests.house.tree import SERVICES

LINK = re.compile(r'(?:href|hx-get)="(/[^"#?]*)')
PAGE = {"accept": "text/html"}
# What one comes to with something in hand: the code of a receipt.
BY_FORM = {"/intake/receipt/withdraw"}
REVIEWER = "lu-wenxi"
START = {"": ["/"], "staff": ["/", *(f"/{service}" for service in SERVICES if service != "notify")]}


@dataclass
class Town:
    """The four services behind one door, and a key for each person."""

    clients: dict[str, httpx.AsyncClient]
    pages: frozenset[str]
    keys: dict[str, str]
    walked: dict[str, dict[str, int]] = field(default_factory=dict)

    async def get(self, path: str, person: str) -> httpx.Response:
        service = next((each for each in SERVICES if path.startswith(f"/{each}")), "notify")
        key = {"Authorization": f"Bearer {self.keys[person]}"} if person else {}
        return await self.clients[service].get(path, headers={**PAGE, **key})

    async def walk(self, person: str) -> dict[str, int]:
        """Every page without ids that links lead `person` to, and how it answered."""
        found, ahead = dict[str, int](), list(START["staff" if person else ""])
        while ahead:
            path = ahead.pop()
            if path in found or path not in self.pages:
                continue
            answer = await self.get(path, person)
            found[path] = answer.status_code
            if "html" in answer.headers.get("content-type", ""):
                ahead += LINK.findall(answer.text)
        return found


@pytest_asyncio.fixture
async def town(settings: Settings, owner: asyncpg.Connection[asyncpg.Record]) -> AsyncIterator[Town]:
    async with owner.transaction():
        await directory.import_demo(owner)
    people = await owner.fetch("select distinct on (role) person_id, unit_id from directory.offices order by role")
    keys = {
        row["person_id"]: (
            await directory.create_key(owner, unit_id=row["unit_id"], person_id=row["person_id"], label="tests")
        ).secret
        for row in people
    }
    clients, pages = {}, set()
    async with AsyncExitStack() as stack:
        for service in SERVICES:
            context = await stack.enter_async_context(opened(service, settings))
            app = importlib.import_module(f"services.{service}.__main__").SERVICE.web(context)
            assert isinstance(app, FastAPI)
            pages |= {path for method, path, _ in routes(app) if method == "GET" and "{" not in path}
            await stack.enter_async_context(app.router.lifespan_context(app))
            transport = httpx.ASGITransport(app=app)
            client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080")
            clients[service] = await stack.enter_async_context(client)
        yield Town(clients, frozenset(pages), keys)


async def test_every_page_is_found_by_links_and_what_is_offered_opens(town: Town) -> None:
    walked = {person: await town.walk(person) for person in ("", *town.keys)}
    refused = [
        f"{person or 'the public'}: {path} {status}"
        for person, found in walked.items()
        for path, status in found.items()
        if status != 200 and not (person == "" and status in (303, 401))
    ]
    assert refused == []

    reached = {path for found in walked.values() for path in found}
    missed = [path for path in town.pages - reached - BY_FORM if await _is_a_page(town, path)]
    assert missed == []


async def _is_a_page(town: Town, path: str) -> bool:
    for person in ("", *town.keys):
        answer = await town.get(path, person)
        if answer.is_success:
            return "html" in answer.headers.get("content-type", "")
    return False


async def test_the_public_is_offered_nothing_that_asks_for_a_sign_in(town: Town) -> None:
    bars = re.compile(r'<nav class="rooms".*?</nav>|<ul class="services">.*?</ul>', re.DOTALL)
    for path in (
        "/intake/consultations",
        "/review/hearings",
        "/review/in-force",
        "/notify/gazette",
        "/review/catalogue",
    ):
        page = (await town.get(path, "")).text
        for href in {link for bar in bars.findall(page) for link in LINK.findall(bar)}:
            assert (await town.get(href, "")).status_code == 200, href


async def test_the_page_where_one_is_carries_its_mark(town: Town) -> None:
    for path in ("/review/hearings", "/review/seals", "/tasks/inspections", "/notify/numbers", "/intake/consultations"):
        page = (await town.get(path, REVIEWER)).text
        assert f'<a href="{path}" aria-current="page"' in page, path
