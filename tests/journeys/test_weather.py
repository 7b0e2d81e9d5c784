"""Foul weather: parts of the stack are killed, stopped and brought back, and the procedure goes on as if nothing was."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio

from fawen.client import Problem
from fawen.demo.acts import act_of
from fawen.demo.people import BY_ROLE, DRAFTER, Person, Town
from fawen.demo.receiving import receive
from fawen.demo.sheets import fill
from fawen.demo.story import Script
from fawen.replies import Dossier, Round
from fawen.stack import Stack
from tests.journeys.drafts import normative, work_plan
from tests.journeys.play import (
    mailed_twice,
    played,
    playing,
    settled,
    story_of,
    submitted,
    the_round,
    the_window,
    until,
)
from tests.journeys.record import OPEN_ROUNDS, WINDOW, Letters, Record, whole

pytestmark = pytest.mark.timeout(240)

WORDS = "补贴申领应当可以在网上办理，不必到窗口。"
SCRIPT: list[tuple[str | None, str]] = [(None, WORDS)]
REVIEWERS = (BY_ROLE["legality_reviewer"], Person("su-he", "苏禾", "区司法局"))
LATER = timedelta(seconds=8)


@pytest_asyncio.fixture(autouse=True)
async def fair_weather_again(stack: Stack) -> AsyncIterator[None]:
    """Whatever a test left lying is brought back, so that the next one begins on a whole stack."""
    yield
    for child in stack.running:
        if not child.running:
            await stack.resume(child.name)


async def ended_well(town: Town, record: Record, letters: Letters, document_id: UUID, dossier: Dossier) -> None:
    """The document is published, its dossier holds, nothing is lost and nothing is there twice."""
    document = await town.of(DRAFTER).document(document_id)
    assert document.doc_number is not None
    assert dossier.verified
    assert whole(dossier.entries)
    await settled(record, letters, document_id)


async def decided(town: Town, round_: Round, person: Person) -> dict[str, Any]:
    """One decision of a round, as in the demonstration."""
    act, words = act_of(round_, None)
    await fill(town, round_)
    return await town.of(person).decide(round_, act, **words)


async def test_services_killed_while_the_public_comments_and_just_after_a_signature(
    stack: Stack, town: Town, record: Record, letters: Letters
) -> None:
    document_id = await submitted(town, work_plan("云城发"))
    story = story_of(town, document_id, Script(comments=SCRIPT))
    async with playing(story) as ending:
        window = await the_window(town, document_id)
        await until("the comment is taken", lambda: _count(record, "intake.comments", window.window_id))
        await stack.kill("services")
        await until("the closing instant passes while nobody is there", lambda: _has_passed(window.closes_at))
        assert not await record.rows(f"{WINDOW} and closed_at is not null", document_id)
        await stack.resume("services")
        await until("legality review is signed", lambda: _signed(record, document_id, "legality_review"))
        await stack.kill("services")
        await stack.resume("services")
        dossier = await ending
    await ended_well(town, record, letters, document_id, dossier)
    with pytest.raises(Problem) as late:
        await town.public.comment(window.window_id, "迟到的意见。")
    assert late.value.code == "comment.window_closed"


async def test_workflows_killed_while_a_round_is_decided(
    stack: Stack, town: Town, record: Record, letters: Letters
) -> None:
    document_id = await submitted(town, work_plan("云督发", yes=("content_touches_rights",)))
    round_ = await the_round(town, document_id, "legality_review")
    await receive(town, DRAFTER, REVIEWERS[0], round_)
    await stack.kill("workflows")
    await decided(town, round_, BY_ROLE["legality_reviewer"])
    await stack.resume("workflows")
    dossier = await played(story_of(town, document_id))
    await ended_well(town, record, letters, document_id, dossier)
    assert mailed_twice(letters, await record.message_ids(document_id)) == {}


async def test_while_temporal_is_away_people_work_on_and_windows_close_on_time(
    stack: Stack, town: Town, record: Record, letters: Letters
) -> None:
    first = await submitted(town, normative("云住规"))
    for stage in ("initiation", "assessment"):
        await decided(town, await the_round(town, first, stage), DRAFTER)
    round_ = await the_round(town, first, "fair_competition_review")
    await until("the item is in the inbox", lambda: _waits(town, BY_ROLE["market_regulator"]))
    window = await the_window(town, first)
    await stack.kill("temporal")

    await _extended(town, window.window_id)
    await town.public.comment(window.window_id, WORDS, clause="第八条")
    await decided(town, round_, BY_ROLE["market_regulator"])
    second = await submitted(town, work_plan("云环发", yes=()))
    assert (await town.of(DRAFTER).document(second)).versions
    await _pages_open(stack, town, first)
    await until("the window closes by itself", lambda: record.rows(f"{WINDOW} and closed_at is not null", first))
    closed = (await record.rows(WINDOW, first))[0]
    assert closed["closed_at"] >= closed["closes_at"] > window.closes_at
    assert not stack.child("temporal").running

    await stack.resume("temporal")
    stories = [story_of(town, first), story_of(town, second)]
    for document_id, dossier in zip((first, second), await asyncio.gather(*map(played, stories)), strict=True):
        await ended_well(town, record, letters, document_id, dossier)
        assert mailed_twice(letters, await record.message_ids(document_id)) == {}


@pytest.mark.parametrize("way", ["stopped", "killed"])
async def test_postgres_away_is_said_with_retry_after_and_afterwards_all_goes_on(
    stack: Stack, town: Town, record: Record, letters: Letters, way: Literal["stopped", "killed"]
) -> None:
    document_id = await submitted(town, work_plan("云财发" if way == "stopped" else "云教发"))
    window = await the_window(town, document_id)
    await (stack.stop("postgres") if way == "stopped" else stack.kill("postgres"))
    for path in ("/tasks/items", f"/intake/documents/{document_id}", "/review/rounds", "/notify/publications"):
        await _is_away(stack, path)
    await stack.resume("postgres")
    dossier = await played(story_of(town, document_id, Script(comments=SCRIPT)))
    assert (await record.rows(WINDOW, document_id))[0]["closed_at"] >= window.closes_at
    await ended_well(town, record, letters, document_id, dossier)


async def test_mail_that_could_not_leave_arrives_once_when_the_server_is_back(
    stack: Stack, town: Town, record: Record, letters: Letters
) -> None:
    await stack.stop("mail")
    document_id = await submitted(town, work_plan("云信发", yes=()))
    dossier = await played(story_of(town, document_id))
    wanted = await record.message_ids(document_id)
    assert wanted
    assert not wanted & letters.ids().keys()
    await stack.resume("mail")
    await ended_well(town, record, letters, document_id, dossier)
    assert mailed_twice(letters, wanted) == {}


async def test_a_double_click_submits_one_document(town: Town, record: Record) -> None:
    draft, key = work_plan("云体发", yes=()), str(uuid4())
    office = town.of(DRAFTER)
    one, other = await asyncio.gather(office.submit(draft, key=key), office.submit(draft, key=key))
    assert one == other
    held = await record.rows("select id from intake.documents where agency_code = $1", "云体发")
    assert [row["id"] for row in held] == [one.document_id]
    await office.withdraw(one.document_id, "试用时报送，撤回。")


async def test_of_two_signatures_at_once_one_wins(town: Town, record: Record) -> None:
    document_id = await submitted(town, work_plan("云法发", yes=("content_touches_rights",)))
    round_ = await the_round(town, document_id, "legality_review")
    await receive(town, DRAFTER, REVIEWERS[0], round_)
    answers = await asyncio.gather(
        *(decided(town, round_, person) for person in (*REVIEWERS, REVIEWERS[0])), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, Problem)]
    assert len([answer for answer in answers if isinstance(answer, dict)]) == 1
    assert [problem.status for problem in refused] == [httpx.codes.CONFLICT] * 2
    assert {problem.code for problem in refused} <= {"round.closed", "signoff.already"}
    signed = await record.rows("select person_id from review.sign_offs where round_id = $1", round_.id)
    assert len(signed) == 1
    await town.of(DRAFTER).withdraw(document_id, "试用时报送，撤回。")
    await until("its rounds are closed", lambda: _none_open(record, document_id))


async def _count(record: Record, table: str, window_id: UUID) -> int:
    return len(await record.rows(f"select id from {table} where window_id = $1", window_id))


async def _has_passed(instant: datetime) -> bool:
    return datetime.now(UTC) > instant


async def _signed(record: Record, document_id: UUID, stage: str) -> object:
    return await record.rows(
        "select id from review.rounds where document_id = $1 and stage = $2 and why = 'decided'", document_id, stage
    )


async def _waits(town: Town, person: Person) -> int:
    return len((await town.of(person).inbox()).items)


async def _none_open(record: Record, document_id: UUID) -> bool:
    return not await record.rows(OPEN_ROUNDS, document_id)


async def _extended(town: Town, window_id: UUID) -> None:
    body = {"closes_at": (datetime.now(UTC) + LATER).isoformat(), "reason": "有关行业协会请求延长。"}
    async with httpx.AsyncClient(base_url=town._base_url, trust_env=False, headers=_key(town, DRAFTER)) as client:
        answer = await client.post(f"/intake/windows/{window_id}/extend", json=body)
    assert answer.status_code == httpx.codes.OK, answer.text


async def _pages_open(stack: Stack, town: Town, document_id: UUID) -> None:
    """The inbox, the document and the public pages are all there."""
    assert await _waits(town, BY_ROLE["market_regulator"])
    paths = ("/tasks/inbox", f"/intake/document/{document_id}", "/review", "/notify/gazette", "/")
    async with httpx.AsyncClient(
        base_url=stack.base_url, trust_env=False, headers={**_key(town, DRAFTER), "Accept": "text/html"}
    ) as client:
        seen = {path: (await client.get(path, follow_redirects=True)).status_code for path in paths}
    assert seen == dict.fromkeys(paths, httpx.codes.OK)


async def _is_away(stack: Stack, path: str) -> None:
    """The services say that they cannot help now, when to come again, and nothing of their insides."""
    async with httpx.AsyncClient(base_url=stack.base_url, trust_env=False, timeout=30) as client:
        answer = await client.get(path, headers={"Authorization": "Bearer fwn_000000000000_0"})
        page = await client.get("/notify/gazette", headers={"Accept": "text/html"})
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE, (path, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["code"] == "unavailable"
    assert page.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert "请过几秒再试" in page.text


def _key(town: Town, person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {town._keys[person.id]}"}
