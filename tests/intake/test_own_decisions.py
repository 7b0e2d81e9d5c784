"""Four eyes over the public's opinions: none is hidden by who drafted, no answers are agreed to by who sent them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from services.intake.actions.agreement import share
from services.intake.actions.masking import Decision, decide
from services.intake.domain.agreement import Asked
from services.intake.proposer import Proposer
from services.intake.store import masks
from services.intake.store import moderation as store
from services.intake.store.moderation import NewAct
from services.kernel.contracts.intake import RecordSummary
from services.kernel.runtime.db import Connection
from tests.eyes import WHO, Who, author_for, give, key_of
from tests.house.decisions import WINDOW, decisions_of
from tests.intake.builders import Desk, Web, an_actor

DECIDER, UNIT, OTHER = "lu-wenxi", "justice", "shen-yue"
BUTTON = 'name="act" value="hidden"'
INSULT = "设计这条的人是饭桶。"
Case = Callable[[Desk, str], Awaitable[tuple[UUID, dict[str, Any]]]]


async def hiding(desk: Desk, author: str) -> tuple[UUID, dict[str, Any]]:
    """Opinions about what `author` has drafted."""
    window_id = await desk.opens_window(await desk.submits(an_actor(author)))
    await desk.comments(window_id, INSULT)
    return window_id, {"act": "hidden", "reason": "insult", "words": "辱骂起草人员。", "search": "饭桶"}


async def covering(desk: Desk, author: str) -> tuple[UUID, dict[str, Any]]:
    """Words of an opinion about what `author` has drafted."""
    window_id, _ = await hiding(desk, author)
    async with desk.db.read() as conn:
        comment_id = await conn.fetchval("select id from comments where window_id = $1", window_id)
    return window_id, {"decisions": [{"comment": str(comment_id), "covered": True, "words": "饭桶"}]}


async def agreeing(desk: Desk, author: str) -> tuple[UUID, dict[str, Any]]:
    """Answers that `author` has sent round."""
    window_id = await desk.opens_window(await desk.submits())
    await desk.comments(window_id, INSULT)
    await desk.closes_now(window_id)
    await desk.activities.record_summary(RecordSummary(window_id=window_id))
    async with desk.db.transaction() as tx:
        await share(tx, an_actor(author), window_id, readers=(Asked("", DECIDER, True),), note="请回复。")
    return window_id, {"stance": "agrees", "words": ""}


CASES: dict[str, tuple[Case, str]] = {
    WINDOW + "moderation": (hiding, "moderation.own"),
    WINDOW + "masks": (covering, "masking.own"),
    WINDOW + "agreement/words": (agreeing, "agreement.own_draft"),
}


def test_every_decision_of_intake_is_driven() -> None:
    assert set(CASES) == decisions_of("intake")


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("path", CASES)
async def test_one_pair_of_eyes_takes_no_decision(web: Web, people: Connection, path: str, who: Who) -> None:
    case, code = CASES[path]
    author = await author_for(people, who, decider=DECIDER, other=OTHER, unit_id=UNIT)
    window_id, body = await case(web.desk, author)
    answer = await sent(web, people, path, window_id, body)
    assert (answer.status_code in (403, 409), answer.json()["code"]) == (True, code)


@pytest.mark.parametrize("path", CASES)
async def test_whoever_is_on_no_side_takes_the_decision(web: Web, people: Connection, path: str) -> None:
    window_id, body = await CASES[path][0](web.desk, OTHER)
    answer = await sent(web, people, path, window_id, body)
    assert answer.status_code in (200, 201), answer.text


@pytest.mark.parametrize("who", WHO)
async def test_the_database_lets_no_pair_of_eyes_hide(desk: Desk, people: Connection, who: Who) -> None:
    author = await author_for(people, who, decider=DECIDER, other=OTHER, unit_id=UNIT)
    window_id, _ = await hiding(desk, author)
    act = NewAct("hidden", "insult", "辱骂。", "selection", DECIDER, UNIT)
    async with desk.db.transaction() as tx:
        with pytest.raises(asyncpg.RaiseError, match=r"^moderation\.own$"):
            await store.add_act(tx, window_id, act, [uuid4()])


@pytest.mark.parametrize("who", WHO)
async def test_the_database_lets_no_pair_of_eyes_cover_words_of_its_choice(
    desk: Desk, people: Connection, who: Who
) -> None:
    author = await author_for(people, who, decider=DECIDER, other=OTHER, unit_id=UNIT)
    window_id, given = await covering(desk, author)
    comment_id = UUID(given["decisions"][0]["comment"])
    async with desk.db.transaction() as tx:
        with pytest.raises(asyncpg.RaiseError, match=r"^masking\.own$"):
            await masks.decide(tx, window_id, comment_id, [(2, 4)], kind="name", covered=True, by=DECIDER)


async def test_who_drafted_decides_about_what_the_machine_proposed(desk: Desk) -> None:
    window_id = await desk.opens_window(await desk.submits(an_actor("he-xu")))
    await desk.comments(window_id, "我叫周敏，住文澜路8号。")
    await Proposer(desk.db, settled=-1.0).once()
    async with desk.db.transaction() as tx:
        (found,) = await masks.proposed(tx, window_id)
        places = await masks.places_of(tx, [found.id])
        chosen = Decision(comment=found.id, covered=True, start=places[0].start_at, end=places[0].end_at)
        assert await decide(tx, an_actor("he-xu"), window_id, (chosen,)) == 1


async def test_who_drafted_may_show_again_what_was_hidden_by_mistake(web: Web, people: Connection) -> None:
    window_id, hidden = await hiding(web.desk, "he-xu")
    await sent(web, people, WINDOW + "moderation", window_id, hidden)
    shown = {**hidden, "act": "shown", "reason": "mistake"}
    answer = await web.posts(f"/intake/windows/{window_id}/moderation", shown)
    assert (answer.status_code, answer.json()["hidden"]) == (200, {})


@pytest.mark.parametrize(("language", "words"), [("zh", "不能隐藏：您"), ("en", "You may not hide opinions here")])
async def test_the_page_tells_who_drafted_and_offers_no_button_to_hide(web: Web, language: str, words: str) -> None:
    window_id, _ = await hiding(web.desk, "he-xu")
    headers = {"Accept": "text/html", "Accept-Language": language}
    pages = {
        person: (
            await web.client.get(f"/intake/consultation/{window_id}/moderation", headers={**web.as_(person), **headers})
        ).text
        for person in ("he-xu", DECIDER)
    }
    assert {person: (words in page, BUTTON in page) for person, page in pages.items()} == {
        "he-xu": (True, False), DECIDER: (False, True),
    }  # fmt: skip


async def sent(web: Web, people: Connection, path: str, window_id: UUID, body: dict[str, Any]) -> httpx.Response:
    """The decision by HTTP, by somebody who may take it."""
    await give(people, DECIDER, UNIT, "legality_reviewer")
    headers = {**await key_of(people, DECIDER, UNIT), "Idempotency-Key": str(uuid4())}
    return await web.client.post(path.replace("{window_id}", str(window_id)), json=body, headers=headers)
