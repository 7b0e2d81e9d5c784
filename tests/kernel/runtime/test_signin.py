"""The sign-in of the local stack."""

from __future__ import annotations

import re

import httpx
import pytest

from services.kernel.runtime import signin
from services.kernel.runtime.db import Connection
from services.kernel.runtime.settings import Settings
from tests.kernel.runtime.probe import PAGE, sign_in


async def test_the_page_offers_every_demo_person_once(client: httpx.AsyncClient, people: Connection) -> None:
    page = (await client.get("/sign-in", headers=PAGE)).text
    offered = re.findall(r'name="person_id" value="([\w-]+)"', page)
    assert sorted(offered) == sorted(
        row["id"] for row in await people.fetch("select distinct person_id as id from directory.offices")
    )


async def test_signing_in_leads_back_to_where_one_was(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/sign-in", data={"person_id": "he-xu", "unit_id": "urban", "next": "/intake/staff?page=2"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/intake/staff?page=2")
    assert "何叙" in (await client.get("/intake/staff", headers=PAGE)).text


async def test_the_cookie_is_closed_to_scripts_and_its_value_is_not_kept(
    client: httpx.AsyncClient, people: Connection
) -> None:
    answer = await client.post("/sign-in", data={"person_id": "he-xu", "unit_id": "urban"})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    stored = await people.fetchval("select encode(id, 'escape') from directory.sessions")
    assert answer.cookies["fawen"] not in stored


async def test_nobody_signs_in_for_a_unit_without_office_there(client: httpx.AsyncClient) -> None:
    answer = await client.post("/sign-in", data={"person_id": "he-xu", "unit_id": "justice"})
    assert answer.status_code == 404


async def test_signing_out_revokes_the_session_itself(client: httpx.AsyncClient) -> None:
    await sign_in(client, "he-xu", "urban")
    cookie = client.cookies["fawen"]
    page = (await client.get("/intake/staff", headers=PAGE)).text
    token = re.findall(r'name="csrf_token" value="(\w+)"', page)[0]
    assert (await client.post("/sign-out", data={"csrf_token": token})).status_code == 303
    client.cookies.set("fawen", cookie)
    assert (await client.get("/intake/staff")).status_code == 401


@pytest.mark.parametrize(
    "wish", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "a", "/\t/x"]
)
def test_nobody_is_led_to_another_site(wish: str) -> None:
    assert signin.safe_path(wish) == signin.FIRST_PAGE


def test_sign_in_without_passwords_refuses_to_exist_in_production(settings: Settings) -> None:
    with pytest.raises(signin.NotLocal):
        signin.router_for(settings.model_copy(update={"profile": "production"}))
