"""Public notices: one for each key, and no state but what the instants tell."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from temporalio.exceptions import ApplicationError

from services.kernel.contracts.notify import PostNotice
from services.kernel.runtime.db import Connection
from services.notify.store import notices, publications
from tests.notify.builders import Office, a_document, a_window, an_act, feedback, soon


async def _titles(office: Office) -> tuple[list[str], list[tuple[str, int | None]]]:
    """What is open and what has closed, by the database's clock."""
    async with office.db.read() as conn:
        now = (await publications.moment(conn, "Asia/Shanghai")).at
        opened = await notices.open_windows(conn, now, 10)
        closed = await notices.results(conn, now, 10)
    return [each.title for each in opened], [(each.title, each.received) for each in closed]


async def test_a_notice_posted_twice_stands_once(office: Office) -> None:
    window = a_window(a_document(title="甲"), soon(-60), soon(60))
    await office.activities.post_notice(window)
    await office.activities.post_notice(window)
    assert await _titles(office) == (["甲"], [])


async def test_a_window_turns_closed_at_its_instant_by_itself(office: Office) -> None:
    await office.activities.post_notice(a_window(a_document(title="甲"), soon(-60), soon(3)))
    assert await _titles(office) == (["甲"], [])
    async with asyncio.timeout(60):
        while await _titles(office) != ([], [("甲", None)]):  # noqa: ASYNC110 (nobody tells when)
            await asyncio.sleep(0.1)


async def test_an_extension_posted_under_the_same_key_keeps_the_window_open(office: Office) -> None:
    document = a_document(title="甲")
    await office.activities.post_notice(a_window(document, soon(-60), soon(-1)))
    await office.activities.post_notice(a_window(document, soon(-60), soon(60)))
    assert await _titles(office) == (["甲"], [])


@pytest.mark.parametrize("received", [0, 214])
async def test_the_feedback_stands_beside_the_closed_window(office: Office, received: int) -> None:
    document = a_document(title="甲")
    await office.activities.post_notice(a_window(document, soon(-60), soon(-1)))
    await office.activities.post_notice(feedback(document, received))
    assert await _titles(office) == ([], [("甲", received)])


async def test_a_suspended_window_stays_listed_and_is_counted_as_closed(office: Office) -> None:
    document = a_document(title="甲")
    await office.activities.post_notice(a_window(document, soon(-60), soon(-1), suspended=True))

    assert await _titles(office) == (["甲"], [])
    async with office.db.read() as conn:
        assert await notices.open_count(conn, soon(-5)) == 0


async def test_what_came_of_the_first_closing_is_no_result_of_a_reopened_window(office: Office) -> None:
    document = a_document(title="甲")
    await office.activities.post_notice(a_window(document, soon(-60), soon(-1)))
    await office.activities.post_notice(feedback(document, 3))
    await office.activities.post_notice(an_act(document, "reopened", soon(-0.5)))
    assert await _titles(office) == ([], [("甲", None)])

    await office.activities.post_notice(feedback(document, 5))

    assert await _titles(office) == ([], [("甲", 5)])


async def test_an_act_on_a_window_is_a_notice_of_its_own(office: Office) -> None:
    document = a_document(title="甲")
    await office.activities.post_notice(an_act(document, "suspended", soon(60)))
    await office.activities.post_notice(an_act(document, "resumed", soon(120), ordinal=2))

    async with office.db.read() as conn:
        assert [act.notice for act in await notices.acts(conn, 5)] == ["resumed", "suspended"]


async def test_the_next_to_close_stands_first(office: Office) -> None:
    for title, seconds in (("甲", 300), ("乙", 100), ("丙", 200)):
        await office.activities.post_notice(a_window(a_document(title=title), soon(-60), soon(seconds)))
    assert (await _titles(office))[0] == ["乙", "丙", "甲"]


@pytest.mark.parametrize(
    "notice",
    [
        a_window(a_document(), soon(60), soon(-60)),
        feedback(a_document(), 3, notice="window"),
        feedback(a_document(), None),
        feedback(a_document(), 3, notice="suspended"),
        feedback(a_document(), 0, link="//evil.example"),
        feedback(a_document(), 0, link="https://evil.example"),
    ],
)
async def test_an_incomplete_notice_is_refused(office: Office, notice: PostNotice) -> None:
    with pytest.raises(ApplicationError) as refused:
        await office.activities.post_notice(notice)
    assert refused.value.details == ("notice.incomplete",)


async def test_sql_refuses_a_window_that_ends_before_it_begins(office: Office, owner: Connection) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute(
            "insert into notify.notices (key, notice, document_id, title, issuer_unit, drafting_unit, opens_at,"
            " closes_at, link) values ('k', 'window', gen_random_uuid(), '', 'yunxi', 'urban', now(),"
            " now() - interval '1 second', '/')"
        )


async def test_sql_refuses_feedback_without_its_count(office: Office, owner: Connection) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute(
            "insert into notify.notices (key, notice, document_id, title, issuer_unit, drafting_unit, link)"
            " values ('k', 'feedback', gen_random_uuid(), '', 'yunxi', 'urban', '/')"
        )
