"""Whoever follows a link, be it a mail's preview: no page and no answer to a GET changes a row of this service."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg

from services.kernel.runtime import outbox
from services.kernel.runtime.auth import routes
from services.kernel.runtime.db import Database
from services.kernel.runtime.outbox import Letter
from services.kernel.runtime.process import opened
from services.kernel.runtime.settings import Settings
from services.tasks.actions import asking, items, passing
from services.tasks.actions.recording import ItemLetter
from services.tasks.activities import Activities
from services.tasks.domain.verbs import Ask, Copy, PassOn
from services.tasks.mailing import WHAT, Post
from services.tasks.store import items as store
from tests.tasks.builders import LU, SU, an_item, reviewer
from tests.tasks.conftest import Office
from tests.tasks.test_verbs import CALENDAR

Look = Callable[..., Awaitable[list[asyncpg.Record]]]
TABLES = "select relname from pg_class where relnamespace = 'tasks'::regnamespace and relkind = 'r' order by relname"
SUM = "select md5(string_agg(t::text, '' order by t::text)) from tasks.{} t"


async def all_rows(look: Look) -> dict[str, str | None]:
    """A fingerprint of each table."""
    tables = [row["relname"] for row in await look(TABLES)]
    return {table: (await look(SUM.format(table)))[0]["md5"] for table in tables}


async def test_no_get_changes_anything(db: Database, activities: Activities, office: Office, look: Look) -> None:
    posted = await activities.post_item(an_item())
    async with db.transaction() as tx:
        held = await items.claim(tx, reviewer(LU), posted.item_id)
        await asking.ask(tx, reviewer(LU), held.id, Ask(version=2, to="su-he", question="？"), calendar=CALENDAR)
        await asking.copy(tx, reviewer(LU), held.id, Copy(to=("su-he",)))
        await passing.hand_over(tx, reviewer(LU), held.id, PassOn(version=3, to="su-he", reason="调离"))
    before = await all_rows(look)
    ids = {row["id"] for row in await look("select id from items")}
    for who in (LU, SU):
        async with office.person(who) as browser:
            for method, path, _ in routes(office.app):
                if method not in ("GET", "HEAD") or "{" in path.replace("{item_id}", "").replace("{verb}", ""):
                    continue
                for item in {*ids, uuid4()} if "{item_id}" in path else [None]:
                    for verb in ("ask", "hand-over") if "{verb}" in path else [""]:
                        address = path.replace("{item_id}", str(item)).replace("{verb}", verb)
                        answer = await browser.client.request(method, f"{address}?did=claimed&version=1&to=su-he")
                        assert answer.status_code < 500, address
    assert await all_rows(look) == before


async def test_no_link_of_any_mail_changes_anything(
    db: Database, activities: Activities, office: Office, settings: Settings, look: Look
) -> None:
    posted = await activities.post_item(an_item())
    async with db.read() as conn:
        item = await store.get(conn, posted.item_id)
    links: set[str] = set()
    async with opened("tasks", settings) as context:
        for number, event in enumerate(WHAT):
            said = ItemLetter(item_id=item.id, event_id=number, event=event, person_id="lu-wenxi")
            letter = Letter(
                uuid4(), "item", outbox.MAIL, "", "item", said.model_dump(mode="json"), {}, 0, datetime.now(UTC)
            )
            mail = Post(context).render(said, item, letter, to="lu@yunxi.example")
            links |= set(re.findall(r"https?://\S+", mail.get_content()))
    assert {link.removeprefix(settings.public_url.rstrip("/")) for link in links} == {f"/tasks/inbox/{item.id}"}
    before = await all_rows(look)
    async with office.person(LU) as reader, office.visitor(Accept="text/html") as stranger:
        for link in links:
            path = link.removeprefix(settings.public_url.rstrip("/"))
            assert (await reader.client.get(path)).status_code == 200
            assert (await stranger.get(path)).status_code in (303, 401)
    assert await all_rows(look) == before
