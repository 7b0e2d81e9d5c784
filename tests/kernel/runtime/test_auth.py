"""Who may act: keys, sessions, forged requests, and that no route stands open."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import asyncpg
import httpx
import pytest
from fastapi import APIRouter, FastAPI

from services.kernel.runtime import auth, directory
from services.kernel.runtime.db import Connection
from services.kernel.runtime.settings import Settings
from tests.kernel.runtime.probe import PAGE, key_for, probe_app, sign_in, visiting

REVOKE = """
update directory.api_keys set revoked_at = clock_timestamp(), revoked_by = $2, revoked_why = '密钥外泄。' where id = $1::uuid
"""


async def test_a_key_acts_for_its_person_and_unit(client: httpx.AsyncClient, people: Connection) -> None:
    answer = await client.get("/intake/review-only", headers=await key_for(people, "lu-wenxi", "justice"))
    assert answer.json() == {"who": "lu-wenxi", "unit": "justice"}


async def test_only_the_hash_of_a_key_is_kept(people: Connection) -> None:
    made = await directory.create_key(people, unit_id="urban", person_id="he-xu", label="公文系统")
    row = await people.fetchrow("select prefix, hash from directory.api_keys where id = $1::uuid", made.id)
    assert row is not None
    assert made.secret.startswith(f"fwn_{row['prefix']}_")
    assert made.secret.encode()[-20:] not in row["hash"]


async def test_the_use_of_a_key_is_noted(client: httpx.AsyncClient, people: Connection) -> None:
    await client.get("/intake/staff", headers=await key_for(people, "he-xu", "urban"))
    assert await people.fetchval("select last_used_at is not null from directory.api_keys")


async def test_a_revoked_key_opens_nothing(client: httpx.AsyncClient, people: Connection) -> None:
    made = await directory.create_key(people, unit_id="urban", person_id="he-xu", label="公文系统")
    await people.execute(REVOKE, made.id, "he-xu")
    answer = await client.get("/intake/staff", headers={"Authorization": f"Bearer {made.secret}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.key")


@pytest.mark.parametrize(
    "change",
    [
        "revoked_at = null, revoked_by = null, revoked_why = null",
        "revoked_why = '另一个理由'",
        "person_id = 'su-he'",
        "expires_at = now() + interval '9 years'",
    ],
)
async def test_a_revoked_key_stays_revoked_as_it_was(people: Connection, change: str) -> None:
    made = await directory.create_key(people, unit_id="urban", person_id="he-xu", label="公文系统")
    await people.execute(REVOKE, made.id, "he-xu")
    with pytest.raises(asyncpg.RestrictViolationError):
        await people.execute(f"update directory.api_keys set {change}")
    with pytest.raises(asyncpg.RestrictViolationError):
        await people.execute("delete from directory.api_keys")


async def test_nobody_revokes_a_key_without_a_name_and_a_reason(people: Connection) -> None:
    await directory.create_key(people, unit_id="urban", person_id="he-xu", label="公文系统")
    for change in ("revoked_at = now()", "revoked_at = now(), revoked_by = 'he-xu'", "revoked_why = '只有理由'"):
        with pytest.raises(asyncpg.CheckViolationError, match="somebody_who_says_why"):
            await people.execute(f"update directory.api_keys set {change}")


async def test_an_expired_key_opens_nothing(client: httpx.AsyncClient, people: Connection) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    made = await directory.create_key(people, unit_id="urban", person_id="he-xu", label="旧", expires_at=yesterday)
    answer = await client.get("/intake/staff", headers={"Authorization": f"Bearer {made.secret}"})
    assert answer.status_code == 401


@pytest.mark.parametrize("credential", ["fwn_00000000_wrong", "fwn", "", "eyJhbGciOi"])
async def test_a_wrong_key_is_refused_even_on_a_public_route(client: httpx.AsyncClient, credential: str) -> None:
    answer = await client.get("/intake/open", headers={"Authorization": f"Bearer {credential}"})
    assert answer.status_code == 401


async def test_a_program_without_key_is_told_how_to_send_one(client: httpx.AsyncClient) -> None:
    answer = await client.get("/intake/staff")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "Bearer" in answer.json()["remedy"]


async def test_a_person_without_session_is_led_to_the_sign_in_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/intake/staff?page=2", headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fintake%2Fstaff%3Fpage%3D2")


async def test_an_act_of_another_office_is_refused_by_name(client: httpx.AsyncClient, people: Connection) -> None:
    answer = await client.get("/intake/review-only", headers=await key_for(people, "he-xu", "urban"))
    assert answer.status_code == 403
    assert "合法性审核" in answer.json()["detail"]
    assert "何叙（区城市管理局）" in answer.json()["detail"]


async def test_a_key_with_scopes_does_no_more_than_they_say(client: httpx.AsyncClient, people: Connection) -> None:
    answer = await client.get(
        "/intake/review-only", headers=await key_for(people, "lu-wenxi", "justice", "filing_clerk")
    )
    assert answer.status_code == 403


async def test_a_session_signs_with_the_token_of_its_form(client: httpx.AsyncClient) -> None:
    await sign_in(client, "he-xu", "urban")
    page = (await client.get("/intake/staff", headers=PAGE)).text
    token = re.search(r'name="csrf_token" value="(\w+)"', page)
    assert token is not None
    answer = await client.post("/intake/sign", data={"opinion": "合法", "csrf_token": token[1]})
    assert answer.status_code == 303


async def test_a_session_without_the_token_is_refused(client: httpx.AsyncClient) -> None:
    await sign_in(client, "he-xu", "urban")
    answer = await client.post("/intake/sign", data={"opinion": "合法"})
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.form_token")


async def test_the_token_may_come_as_a_header(client: httpx.AsyncClient) -> None:
    await sign_in(client, "he-xu", "urban")
    page = (await client.get("/intake/staff", headers=PAGE)).text
    token = re.findall(r'name="csrf_token" value="(\w+)"', page)[0]
    answer = await client.post("/intake/sign", data={"opinion": "合法"}, headers={"X-CSRF-Token": token})
    assert answer.status_code == 303


async def test_the_token_of_another_session_is_refused(client: httpx.AsyncClient) -> None:
    await sign_in(client, "lu-wenxi", "justice")
    page = (await client.get("/intake/staff", headers=PAGE)).text
    token = re.findall(r'name="csrf_token" value="(\w+)"', page)[0]
    await sign_in(client, "he-xu", "urban")
    answer = await client.post("/intake/sign", data={"opinion": "合法", "csrf_token": token})
    assert answer.status_code == 403


@pytest.mark.parametrize("header", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_what_another_site_sends_is_refused(client: httpx.AsyncClient, header: dict[str, str]) -> None:
    answer = await client.post("/intake/comments", content=b"x", headers=header)
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.foreign_origin")


async def test_a_key_needs_no_form_token(client: httpx.AsyncClient, people: Connection) -> None:
    headers = await key_for(people, "he-xu", "urban")
    answer = await client.post("/intake/sign", data={"opinion": "合法"}, headers=headers)
    assert answer.status_code == 303


async def test_an_expired_session_is_no_session(client: httpx.AsyncClient, people: Connection) -> None:
    await sign_in(client, "he-xu", "urban")
    await people.execute("update directory.sessions set expires_at = now()")
    assert (await client.get("/intake/staff")).status_code == 401


async def test_who_lost_the_office_lost_the_session(client: httpx.AsyncClient, people: Connection) -> None:
    await sign_in(client, "he-xu", "urban")
    await people.execute("delete from directory.offices where person_id = 'he-xu'")
    assert (await client.get("/intake/staff")).status_code == 401


async def test_every_route_is_guarded_or_public(app: FastAPI) -> None:
    found = list(auth.routes(app))
    assert [route for route in found if route[2] == "open"] == []
    assert ("ANY", "/static", "public") in found
    assert ("GET", "/intake/staff", "signed") in found


async def test_a_route_without_guard_is_found(settings: Settings) -> None:
    careless = APIRouter(prefix="/intake")
    careless.add_api_route("/oops", lambda: "everybody", methods=["GET"])
    assert ("GET", "/intake/oops", "open") in list(auth.routes(probe_app(settings, careless)))


async def test_outside_the_local_profile_the_cookie_needs_tls(settings: Settings) -> None:
    production = settings.model_copy(update={"profile": "production"})
    assert auth.cookie_name(production).startswith("__Host-")
    async with visiting(probe_app(production)) as client:
        assert (await client.get("/sign-in")).status_code == 404
