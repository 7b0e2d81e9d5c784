"""API keys: who may revoke one, that it opens nothing from then on in any service, and that the record keeps it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import TypeAlias
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio
import uvicorn
from lxml import html
from typer.testing import CliRunner, Result

from fawen.cli import app
from services.kernel.runtime import directory
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Database
from services.kernel.runtime.directory import NewKey
from services.tasks.actions import keys
from services.tasks.domain.keys import ApiKey, KeyRevoked, KeyUnknown, NotYourKey, RevokeKey
from tests.conftest import Clone
from tests.tasks.builders import GU, HE, LU, SU, actor
from tests.tasks.conftest import Office

Owner: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
LEAKED = RevokeKey(reason="密钥外泄。")


async def made(owner: Owner, who: dict[str, str] = LU) -> NewKey:
    return await directory.create_key(owner, unit_id=who["unit_id"], person_id=who["person_id"], label="公文系统")


async def revoked(db: Database, who: Actor, key: NewKey) -> ApiKey:
    async with db.transaction() as tx:
        return await keys.revoke(tx, who, UUID(key.id), LEAKED)


@pytest.mark.parametrize("who", [actor(LU, "legality_reviewer"), actor(SU, "unit_head"), actor(GU, "operator")])
async def test_a_key_is_revoked_by_its_person_the_head_of_the_unit_and_an_operator(
    db: Database, owner: Owner, who: Actor
) -> None:
    key = await revoked(db, who, await made(owner))
    assert (key.stands, key.revoked_by_name, key.revoked_why) == (False, who.person_name, "密钥外泄。")
    assert key.revoked_at is not None


async def test_a_colleague_revokes_nobody_elses_key(db: Database, owner: Owner) -> None:
    with pytest.raises(NotYourKey):
        await revoked(db, actor(SU, "legality_reviewer"), await made(owner))


@pytest.mark.parametrize("roles", [("drafter",), ("unit_head",)])
async def test_another_unit_does_not_know_of_a_key(db: Database, owner: Owner, roles: tuple[str, ...]) -> None:
    key = await made(owner)
    with pytest.raises(KeyUnknown):
        await revoked(db, actor(HE, *roles), key)
    async with db.read() as conn:
        assert await keys.keys_for(conn, actor(HE, *roles)) == []


async def test_a_key_whose_scopes_leave_operating_out_sees_no_other_unit(db: Database, owner: Owner) -> None:
    await made(owner)
    scoped = actor(GU, "operator", "registrar", scopes=frozenset({"registrar"}))
    async with db.read() as conn:
        assert await keys.keys_for(conn, scoped) == []


async def test_a_key_is_revoked_once_also_by_two_at_once(db: Database, owner: Owner) -> None:
    key = await made(owner)
    ends = await asyncio.gather(
        revoked(db, actor(LU), key), revoked(db, actor(GU, "operator"), key), return_exceptions=True
    )
    assert [type(end) for end in ends if isinstance(end, Exception)] == [KeyRevoked]
    assert len([end for end in ends if isinstance(end, ApiKey)]) == 1


async def test_a_key_that_is_not_there_is_not_revoked(db: Database, owner: Owner) -> None:
    with pytest.raises(KeyUnknown):
        await revoked(db, actor(GU, "operator"), NewKey(str(uuid4()), ""))


@pytest.mark.parametrize("service", ["intake", "review", "notify"])
@pytest.mark.usefixtures("db")
async def test_no_other_service_may_revoke_or_revive_a_key(owner: Owner, database: Clone, service: str) -> None:
    key = await made(owner)
    connection = await asyncpg.connect(database.server.url(database.name, user=f"fawen_{service}"))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("update directory.api_keys set revoked_at = now() where id = $1::uuid", key.id)
    finally:
        await connection.close()


async def test_from_the_same_moment_on_it_opens_nothing(office: Office, owner: Owner) -> None:
    key = await made(owner)
    async with office.visitor(Authorization=f"Bearer {key.secret}") as program:
        assert (await program.get("/tasks/inbox-items")).status_code != 401
        path, given = f"/tasks/api-keys/{key.id}/revoke", {"reason": "程序停用。"}
        answer = await program.post(path, json=given, headers={"Idempotency-Key": "stop"})
        assert (answer.status_code, answer.json()["revoked_why"], answer.json()["yours"]) == (200, "程序停用。", False)
        after = await program.get("/tasks/api-keys")
    assert (after.status_code, after.json()["code"]) == (401, "auth.key")


@pytest.mark.parametrize("reason", ["", " ", "x", "长" * 301])
async def test_a_key_is_not_revoked_without_a_reason(office: Office, owner: Owner, reason: str) -> None:
    key = await made(owner)
    async with office.program(LU) as program:
        path = f"/tasks/api-keys/{key.id}/revoke"
        answer = await program.post(path, json={"reason": reason}, headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["field"]) == (422, "reason")


async def test_no_answer_and_no_page_tells_a_secret(office: Office, owner: Owner) -> None:
    key = await made(owner)
    async with office.person(LU) as browser:
        page = await browser.open("/tasks/programs")
        told = (await browser.client.get("/tasks/api-keys", headers={"Accept": "application/json"})).text
    secret = key.secret.split("_", 2)[2]
    assert key.secret.split("_")[1] in page
    assert secret not in page + told
    assert "hash" not in told


@pytest.mark.parametrize(("language", "done"), [("zh", "密钥已经撤销"), ("en", "The key is revoked")])
async def test_the_page_revokes_a_key_and_says_by_whom_and_why(
    office: Office, owner: Owner, language: str, done: str
) -> None:
    key = await made(owner)
    act = f"/tasks/programs/{key.id}/revoke"
    async with office.person(LU, language) as browser:
        refused = await browser.send("/tasks/programs", act, reason="")
        assert refused.status_code == 422
        assert html.fromstring(refused.text).xpath("//details[@open]//input[@name='reason'][@aria-invalid='true']")
        answer = await browser.send("/tasks/programs", act, reason="<b>外泄</b>")
        page = await browser.open(answer.headers["location"])
    assert done in page
    assert "&lt;b&gt;外泄&lt;/b&gt;" in page
    assert "陆闻溪" in page
    assert act not in page


@pytest_asyncio.fixture
async def site(office: Office) -> AsyncIterator[str]:
    """The service on a port of its own."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(office.app, log_level="warning", lifespan="off"))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    await task


async def fawen(*arguments: str) -> Result:
    return await asyncio.to_thread(lambda: CliRunner().invoke(app, list(arguments)))


async def test_the_command_revokes_by_the_first_characters(site: str, owner: Owner) -> None:
    leaked, own = await made(owner), await made(owner)
    at = ("--url", site, "--key", own.secret)
    prefix = "_".join(leaked.secret.split("_")[:2])
    done = await fawen("revoke-key", prefix, "--reason", "密钥外泄。", "--yes", *at)
    assert (done.exit_code, prefix in done.output) == (0, True), done.output
    again = await fawen("revoke-key", prefix, "--reason", "密钥外泄。", "--yes", *at)
    assert (again.exit_code, "key.revoked" in again.output) == (1, True)
    assert (await fawen("revoke-key", "fwn_00000000", "--reason", "没有这个。", "--yes", *at)).exit_code == 1
    listed = await fawen("keys", *at)
    assert listed.exit_code == 0
    shut = await fawen("keys", "--url", site, "--key", leaked.secret)
    assert (shut.exit_code, "auth.key" in shut.output) == (1, True)
