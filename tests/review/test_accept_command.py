"""`fawen accept`: a legality review is accepted from a terminal, its papers checked one by one."""

from __future__ import annotations

import asyncio

import asyncpg
from typer.testing import CliRunner, Result

from fawen.cli import app
from services.kernel.runtime.db import Database
from services.kernel.runtime.directory import create_key
from services.review.store import receiving
from tests.review.builders import LU_WENXI, a_round, just_opened
from tests.review.test_receiving import answered, listed


async def fawen(*arguments: str) -> Result:
    return await asyncio.to_thread(lambda: CliRunner().invoke(app, list(arguments)))


async def test_a_matter_is_accepted_from_the_command_line(
    site: str, owner: asyncpg.Connection[asyncpg.Record], db: Database
) -> None:
    key = await create_key(owner, unit_id=LU_WENXI.unit_id, person_id=LU_WENXI.person_id, label="tests")
    at = ("--url", site, "--key", key.secret, "--yes")
    round_id = await just_opened(db, a_round())
    refused = await fawen("accept", str(round_id), *at)
    assert (refused.exit_code, "checklist.open" in refused.output) == (1, True)
    await answered(db, round_id)
    *_, last = await listed(db, round_id)
    done = await fawen("accept", str(round_id), *at, "--not-needed", f"{last}=不涉及经营者经济活动。")
    assert done.exit_code == 0, done.output
    async with db.read() as conn:
        assert await receiving.find_acceptance(conn, round_id) is not None
        assert (await receiving.checks_of(conn, round_id))[last].state == "not_applicable"


async def test_a_paper_that_is_not_on_the_list_is_told_before_anything_is_sent(
    site: str, owner: asyncpg.Connection[asyncpg.Record], db: Database
) -> None:
    key = await create_key(owner, unit_id=LU_WENXI.unit_id, person_id=LU_WENXI.person_id, label="tests")
    round_id = await just_opened(db, a_round())
    at = ("--url", site, "--key", key.secret, "--yes")
    for wrong in ("会议记录=没有。", "没有理由"):
        assert (await fawen("accept", str(round_id), *at, "--not-needed", wrong)).exit_code == 2
    async with db.read() as conn:
        assert await receiving.checks_of(conn, round_id) == {}
