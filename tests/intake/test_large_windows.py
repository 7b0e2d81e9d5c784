"""A window with very many comments still opens: what its pages ask touches few rows, by the plans that were carried out."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from services.intake.store import answers, comments, groups, lines, moderation, summaries, windows
from services.intake.store.moderation import Filter
from services.kernel.runtime.db import set_codecs
from tests.intake.builders import Desk

COMMENTS, LARGEST, FEW = 120_000, 60_000, 2_000
# Half of the comments are one campaign, the others stand alone; written past the ways in.
FILL = """
set session_replication_role = replica;
insert into intake.comments (id, window_id, receipt, channel, clause, body, body_hash, likeness, received_at, text_version)
select uuidv7(), '{window}', lpad(n::text, 24, '0'), 'web', 'art-3', '意见' || n, repeat('0', 64),
       lpad(greatest(n - {largest}, 0)::text, 64, '0'), now() - interval '1 hour', 1
  from generate_series(1, {comments}) n;
insert into intake.opinion_groups (id, window_id, closing, representative, size)
select md5(likeness)::uuid, '{window}', 1, min(id::text)::uuid, count(*) from intake.comments group by likeness;
insert into intake.opinion_members (comment_id, window_id, machine_group)
select id, '{window}', md5(likeness)::uuid from intake.comments;
insert into intake.feedback_summaries (window_id, summary_hash, received, late) values ('{window}', repeat('0', 64), {comments}, 0);
insert into intake.window_tallies (window_id, received, withdrawn, late, groups)
values ('{window}', {comments}, 0, 0, {comments} - {largest} + 1);
update intake.windows set closed_at = closes_at, summary_at = closes_at where id = '{window}';
set session_replication_role = origin;
analyze intake.comments; analyze intake.opinion_groups; analyze intake.opinion_members;
"""
# Every opinion alone in the published table, whose lines the public searches.
PUBLISH = """
set session_replication_role = replica;
insert into intake.opinion_tables (window_id, table_hash, lines) values ('{window}', repeat('0', 64), {comments});
insert into intake.opinion_lines (window_id, position, key, name, comment_id, size, disposition, reason, clause)
select '{window}', row_number() over (order by id), id::text, '', id, 1, 'adopted', '', '' from intake.comments;
set session_replication_role = origin;
analyze intake.opinion_lines;
"""
NOWHERE, STRETCH = "没有人这样说", 500
BIGGEST = "select id from opinion_groups order by size desc limit 1"


@pytest_asyncio.fixture
async def large(desk: Desk, people: asyncpg.Connection[asyncpg.Record]) -> UUID:
    """A closed window with its result and 120,000 comments."""
    window_id = await desk.opens_window(await desk.submits())
    await people.execute(FILL.format(window=window_id, comments=COMMENTS, largest=LARGEST))
    return window_id


async def test_what_pages_of_a_large_window_ask_touches_few_rows(desk: Desk, large: UUID) -> None:
    async with desk.db.read() as conn:
        await set_codecs(conn)
        biggest = await conn.fetchval(BIGGEST)
        asked: dict[str, tuple[Any, ...]] = {
            windows.GET: (large,),
            summaries.FIND: (large,),
            comments.STORED: (large,),
            comments.COUNTS: (large,),
            comments.OF_WINDOW: (large, None, False, 101),
            answers.TALLY: (large,),
            groups.KINDS: (large,),
            groups.GROUPS: (large, None, None, 31),
            groups.GROUP: (large, [biggest]),
            groups.MEMBERS: (large, biggest, None, 51),
            groups.ACTS: (large, biggest, 20),
            lines.LIVE: (large, *lines.FIRST, 51),
            lines.TO_ANSWER: (large, True, *lines.FIRST[:2], 21),
            lines.MEMBERS: (large, biggest, lines.FIRST.key, 21),
        }
        touched = {statement: await _touched(conn, statement, values) for statement, values in asked.items()}
        second = await _touched(conn, groups.GROUPS, (large, 1, uuid4(), 31))

    assert {statement: rows for statement, rows in touched.items() if rows > FEW} == {}
    assert second <= FEW


async def test_a_search_reads_a_stretch_however_rare_the_words_are(
    desk: Desk, people: asyncpg.Connection[asyncpg.Record], large: UUID
) -> None:
    await people.execute(PUBLISH.format(window=large, comments=COMMENTS))
    first = moderation.BEFORE_ALL
    async with desk.db.read() as conn:
        await set_codecs(conn)
        biggest = await conn.fetchval(BIGGEST)
        asked: list[tuple[str, tuple[Any, ...]]] = [
            (moderation.LISTED, (large, first, None, None, "", None, 31, 31)),
            (moderation.LISTED, (large, first, None, None, NOWHERE, None, STRETCH, 31)),
            (moderation.LISTED, (large, first, None, biggest, NOWHERE, None, STRETCH, 31)),
            (moderation.LISTED, (large, first, True, None, "", None, 31, 31)),
            (moderation.LISTED, (large, first, None, None, "", "letter", STRETCH, 31)),
            (lines.PUBLISHED, (large, 0, None, NOWHERE, None, 51, STRETCH)),
            (lines.PUBLISHED, (large, 0, None, None, None, 51, 20_000)),
        ]
        touched = [await _touched(conn, statement, values) for statement, values in asked]

    assert [rows <= FEW for rows in touched] == [True] * len(asked), touched


async def test_a_search_goes_on_where_the_stretch_before_ended(
    desk: Desk, large: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moderation, "MOST_READ", 50_000)
    pages, after = [], None
    async with desk.db.read() as conn:
        while (page := await moderation.listed(conn, large, Filter(search=f"意见{COMMENTS}"), after=after)).further:
            pages.append(page)
            after = page.further

    assert [len(one.found) for one in [*pages, page]] == [0, 0, 1]


async def test_a_page_in_the_middle_of_a_large_window_begins_where_the_one_before_ended(
    desk: Desk, large: UUID
) -> None:
    async with desk.db.read() as conn:
        first = await groups.groups_of(conn, large, limit=30)
        second = await groups.groups_of(conn, large, after=(first[-1].size, first[-1].id), limit=30)

    assert first[0].size == LARGEST
    assert len({group.id for group in [*first, *second]}) == 60


async def _touched(conn: Any, statement: str, values: tuple[Any, ...]) -> int:
    """How many rows the scans of a statement read, those that were filtered out included."""
    found = await conn.fetchval(f"explain (analyze, format json) {statement}", *values)
    [plan] = json.loads(found) if isinstance(found, str) else found
    return sum(_rows(node) for node in _nodes(plan["Plan"]) if "Scan" in node["Node Type"])


def _nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(found for child in node.get("Plans", []) for found in _nodes(child))]


def _rows(node: dict[str, Any]) -> int:
    each = (
        node.get("Actual Rows", 0)
        + node.get("Rows Removed by Filter", 0)
        + node.get("Rows Removed by Index Recheck", 0)
    )
    return int(each * node.get("Actual Loops", 0))


@pytest.mark.parametrize("limit", [1, 30])
async def test_members_of_a_large_group_come_a_page_at_a_time(desk: Desk, large: UUID, limit: int) -> None:
    async with desk.db.read() as conn:
        biggest = await conn.fetchval(BIGGEST)
        page = await groups.members_of(conn, large, biggest, limit=limit)
        more = await groups.members_of(conn, large, biggest, after=page[-1].id, limit=limit)

    assert len(page) == len(more) == limit
    assert page[-1].id < more[0].id
