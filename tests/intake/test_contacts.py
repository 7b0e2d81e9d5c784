"""Who commented: read under a role of its own, added by the desk, let go of by rule or at once when asked."""

from __future__ import annotations

from typing import TypeAlias

import asyncpg
import pytest

from services.intake.__main__ import SERVICE
from services.intake.store import comments, contacts
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.migrate import SERVICES, migrate_all, roles_of
from services.kernel.runtime.process import Context, opened, with_private
from services.kernel.runtime.settings import Settings
from tests.conftest import Clone, DbFor
from tests.intake.builders import Desk, Web

Owner: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
ROLES = sorted(role for service in SERVICES for role in roles_of(service))
OTHERS = [role for role in ROLES if role != "fawen_contacts"]
READ_OR_CHANGE = ("select", "insert", "update", "delete", "truncate", "references", "trigger")
MAY = "select has_table_privilege($1, 'intake.comment_contacts', $2)"
MAY_A_COLUMN = "select has_any_column_privilege($1, 'intake.comment_contacts', 'select')"
NAMES = "select name, contact from intake.comment_contacts"
CALLABLE = "select has_function_privilege($1, $2::regprocedure, 'execute')"
TO_PUBLIC = """
select grantee from information_schema.role_table_grants
 where table_schema = 'intake' and grantee = 'PUBLIC'
"""
FUNCTIONS = ("intake.add_contacts(uuid[],text[],text[])", "intake.has_contact(uuid)", "intake.erase_contact(uuid)")


async def a_comment(desk: Desk) -> None:
    window_id = await desk.opens_window(await desk.submits())
    await desk.comments(window_id, name="周女士", contact="zhou@yunxi.example")


async def test_a_name_and_a_contact_lie_apart_and_are_read_by_the_contacts_role(desk: Desk, db_for: DbFor) -> None:
    await a_comment(desk)
    async with desk.db.read() as conn:
        comment_id = await conn.fetchval("select id from comments")

    async with (await db_for("contacts")).read() as conn:
        assert await contacts.address_of(conn, comment_id) == contacts.Address("周女士", "zhou@yunxi.example")


@pytest.mark.parametrize("role", OTHERS)
async def test_no_other_role_may_read_or_change_who_commented(role: str, database: Clone, owner: Owner) -> None:
    assert [right for right in READ_OR_CHANGE if await owner.fetchval(MAY, role, right)] == []
    assert not await owner.fetchval(MAY_A_COLUMN, role)
    connection = await asyncpg.connect(database.server.url(database.name, user=role))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch(NAMES)
    finally:
        await connection.close()


async def test_nothing_of_intake_is_granted_to_the_public(owner: Owner) -> None:
    assert await owner.fetch(TO_PUBLIC) == []


async def test_only_the_desk_may_add_ask_and_let_go(owner: Owner) -> None:
    for function in FUNCTIONS:
        assert [role for role in ROLES if await owner.fetchval(CALLABLE, role, function)] == ["fawen_intake"]


async def test_the_functions_look_only_where_they_are_told(owner: Owner) -> None:
    found = await owner.fetch(
        "select proname, proconfig from pg_proc where prosecdef and pronamespace = 'intake'::regnamespace"
    )

    assert {row["proname"] for row in found} == {"add_contacts", "has_contact", "erase_contact"}
    assert all(row["proconfig"] == ["search_path=intake, pg_temp"] for row in found)


async def test_the_contacts_role_sees_no_words_of_a_comment(desk: Desk, db_for: DbFor) -> None:
    await a_comment(desk)

    async with (await db_for("contacts")).read() as conn:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.fetch("select body from comments")


async def test_migrating_again_grants_nothing_more(database: Clone, owner: Owner) -> None:
    await migrate_all(database.admin_url)

    assert [role for role in ROLES if await owner.fetchval(MAY, role, "select")] == ["fawen_contacts"]


async def test_a_contact_is_let_go_of_at_once_when_asked_and_that_is_noted_without_data(
    desk: Desk, owner: Owner
) -> None:
    await a_comment(desk)
    async with desk.db.transaction() as tx:
        comment_id = await tx.fetchval("select id from comments")
        assert await comments.has_contact(tx, comment_id)

        assert await comments.erase_contact(tx, comment_id)
        assert not await comments.erase_contact(tx, comment_id)

    assert await owner.fetchval("select count(*) from intake.comment_contacts") == 0
    (noted,) = await owner.fetch("select comment_id, cause from intake.contact_erasures")
    assert tuple(noted) == (comment_id, "asked")


async def test_the_holder_of_a_receipt_has_the_contact_erased_by_program(web: Web, owner: Owner) -> None:
    window_id = await web.desk.opens_window(await web.desk.submits())
    taken = await web.desk.comments(window_id, name="周女士", contact="zhou@yunxi.example")
    path = f"/intake/receipts/{taken.receipt}/contact-erasure"

    first = await web.posts(path, {}, person=None)
    second = await web.posts(path, {}, person=None)

    assert (first.json(), second.json()) == ({"erased": True}, {"erased": False})
    assert await owner.fetchval("select count(*) from intake.comment_contacts") == 0
    assert await owner.fetchval("select body from intake.comments") == "建议延长清洗的间隔。"
    unknown = await web.posts("/intake/receipts/0000-0000-0000-0000-0000/contact-erasure", {}, person=None)
    assert unknown.status_code == 404


async def test_the_holder_of_a_receipt_has_the_contact_erased_by_form(web: Web) -> None:
    window_id = await web.desk.opens_window(await web.desk.submits())
    taken = await web.desk.comments(window_id, name="周女士", contact="zhou@yunxi.example")
    page, html = f"/intake/receipt?receipt={taken.receipt}", {"Accept": "text/html"}
    assert "现在就删除我的联系方式" in (await web.client.get(page, headers=html)).text

    given = {"receipt": taken.receipt.lower(), "idempotency_key": "k1"}
    done = await web.client.post("/intake/receipt/contact", data=given, headers=html)

    assert (done.status_code, done.headers["location"]) == (303, f"{page}&erased=1")
    after = (await web.client.get(done.headers["location"], headers=html)).text
    assert "联系方式已经删除" in after
    assert "现在就删除我的联系方式" not in after


async def test_the_form_says_who_handles_the_data_for_what_how_long_and_which_rights(web: Web) -> None:
    window_id = await web.desk.opens_window(await web.desk.submits())

    shown = (await web.client.get(f"/intake/consultation/{window_id}", headers={"Accept": "text/html"})).text

    for words in ("谁处理", "做什么用", "哪些信息", "怎样保存", "您的权利", "30日", "第十七条、第三十一条、第三十五条"):
        assert words in shown


async def test_a_contact_of_a_refused_comment_is_not_kept(desk: Desk, owner: Owner) -> None:
    await a_comment(desk)
    with pytest.raises(RuntimeError):
        async with desk.db.transaction() as tx:
            comment_id = await tx.fetchval("select id from comments")
            await comments.erase_contact(tx, comment_id)
            await comments.add_contacts(tx, [(comment_id, "孟女士", None)])
            raise RuntimeError("the transaction is rolled back")

    assert await owner.fetchval("select name from intake.comment_contacts") == "周女士"


async def test_only_the_relay_opens_the_private_database(settings: Settings, database: Clone) -> None:
    async with opened("intake", settings) as context:
        with pytest.raises(RuntimeError):
            _ = context.private
        async with with_private(SERVICE, context) as trusted, trusted.private.read() as conn:
            assert await conn.fetchval("select current_user") == "fawen_contacts"


async def test_a_relay_without_the_address_of_its_private_role_does_not_start(
    settings: Settings, blobs: Blobs, database: Clone
) -> None:
    alone = settings.model_copy(update={"database_url": database.url_for("intake")})
    async with opened("intake", alone) as context:
        with pytest.raises(ValueError, match="FAWEN_PRIVATE_DATABASE_URL"):
            await _open_private(context)


async def _open_private(context: Context) -> None:
    async with with_private(SERVICE, context):
        pass
