"""Review for programs: every act by its route, replayed by its key, refused with its article."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import BaseModel

from services.kernel.contracts.review import Form
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Database
from services.review.sheets.routes import ACTS
from tests.review.builders import (
    ACTORS,
    CHENG_YIAN,
    HE_XU,
    LU_WENXI,
    OTHER_HASH,
    SU_HE,
    TEXT,
    a_declaration,
    a_document,
    a_meeting,
    a_request,
    a_round,
    a_signature,
    a_step,
    a_verification,
    an_opinion,
    opened,
)
from tests.review.conftest import Web

ROUND = "/review/rounds/{round_id}"
# Each deciding route, the form of round it decides, and a body that it takes.
DECIDING: dict[str, tuple[Form, Callable[[], BaseModel]]] = {
    f"{ROUND}/step": ("recorded_step", a_step),
    f"{ROUND}/not-applicable": ("recorded_step", a_declaration),
    f"{ROUND}/opinion": ("legality", an_opinion),
    f"{ROUND}/supplement": ("legality", a_request),
    f"{ROUND}/meeting": ("meeting", a_meeting),
    f"{ROUND}/signature": ("signing", a_signature),
    f"{ROUND}/verification": ("verification", a_verification),
}
# Says of a finding whether it holds; test_findings shows that an author may not.
JUDGING = {f"{ROUND}/findings/{{finding}}"}
# Asks a passkey about what would be signed, and decides nothing; test_passkeys shows it.
ASKING = {f"{ROUND}/passkey-question"}
# What the drafting unit itself does: it hands in papers and answers, it judges nothing.
# Put something on the sheet of a step; test_sheets shows who may.
COLLECTING = {f"{ROUND}/{act.name}" for act in ACTS}
BY_THE_DRAFTING_UNIT = {
    f"{ROUND}/papers",
    f"{ROUND}/supplement-answer",
    f"{ROUND}/checklist",
    f"{ROUND}/urgency",
    f"{ROUND}/points/{{point_id}}/answer",
}
# Takes back what was asked; test_steps_and_opinions shows who may.
TAKING_BACK = {f"{ROUND}/supplement-withdrawal"}
# Comes before the review: test_receiving shows that an author may not.
BEFORE_THE_REVIEW = {f"{ROUND}/materials", f"{ROUND}/acceptance"}


async def post(web: Web, path: str, actor: Actor, body: BaseModel, **headers: str) -> httpx.Response:
    sent = {**web.as_program(actor), **headers}
    return await web.client.post(path, json=body.model_dump(mode="json"), headers=sent)


def at(path: str, round_id: UUID) -> str:
    return path.replace("{round_id}", str(round_id))


def posts(described: dict[str, Any]) -> Iterator[str]:
    return (path for path, methods in described["paths"].items() if "post" in methods)


async def test_every_post_of_the_description_is_known_to_these_tests(web: Web) -> None:
    described = (await web.client.get("/review/openapi.json")).json()
    assert {path for path in posts(described) if path.startswith("/review/rounds/")} == {
        *DECIDING,
        *BY_THE_DRAFTING_UNIT,
        *BEFORE_THE_REVIEW,
        *TAKING_BACK,
        *JUDGING,
        *ASKING,
        *COLLECTING,
    }


@pytest.mark.parametrize("path", DECIDING)
async def test_an_author_decides_by_no_route(web: Web, db: Database, path: str) -> None:
    form, a_body = DECIDING[path]
    actor = ACTORS[form]
    round_id = await opened(db, a_round(form, author_ids=(actor.person_id,)))
    answer = await post(web, at(path, round_id), actor, a_body())
    assert (answer.status_code, answer.json()["code"]) == (409, "signoff.author")


@pytest.mark.parametrize("path", DECIDING)
async def test_each_route_takes_what_is_regular(web: Web, db: Database, path: str) -> None:
    form, a_body = DECIDING[path]
    round_id = await opened(db, a_round(form))
    assert (await post(web, at(path, round_id), ACTORS[form], a_body())).status_code == 201


@pytest.mark.parametrize("path", DECIDING)
async def test_each_route_refuses_another_text(web: Web, db: Database, path: str) -> None:
    form, a_body = DECIDING[path]
    round_id = await opened(db, a_round(form))
    changed = a_body().model_copy(update={"text_hash": OTHER_HASH})
    answer = await post(web, at(path, round_id), ACTORS[form], changed)
    assert answer.json()["code"] == "signoff.text_changed"


@pytest.mark.parametrize("path", DECIDING)
async def test_each_route_refuses_who_lacks_the_office(web: Web, db: Database, path: str) -> None:
    form, a_body = DECIDING[path]
    round_id = await opened(db, a_round(form))
    assert (await post(web, at(path, round_id), HE_XU, a_body())).status_code == 403


@pytest.mark.parametrize("path", DECIDING)
async def test_each_route_replays_under_its_key(web: Web, db: Database, path: str) -> None:
    form, a_body = DECIDING[path]
    round_id = await opened(db, a_round(form))
    body, key = a_body(), {"Idempotency-Key": "key-1"}
    first = await post(web, at(path, round_id), ACTORS[form], body, **key)
    again = await post(web, at(path, round_id), ACTORS[form], body, **key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("path", DECIDING)
async def test_each_route_is_closed_to_strangers(web: Web, path: str) -> None:
    answer = await web.client.post(at(path, uuid4()), json={})
    assert answer.status_code == 401


async def test_one_key_for_two_bodies_is_refused(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    path, key = at(f"{ROUND}/opinion", round_id), {"Idempotency-Key": "key-1"}
    await post(web, path, LU_WENXI, an_opinion(), **key)
    answer = await post(web, path, LU_WENXI, an_opinion(opinion="另一份意见。"), **key)
    assert answer.json()["code"] == "idempotency.key_reused"


async def test_two_reviewers_at_once_by_the_routes_leave_one_opinion(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    path = at(f"{ROUND}/opinion", round_id)
    answers = await asyncio.gather(*(post(web, path, actor, an_opinion()) for actor in (LU_WENXI, SU_HE)))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_a_refusal_names_its_article(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round(author_ids=("lu-wenxi",)))
    answer = await post(web, at(f"{ROUND}/opinion", round_id), LU_WENXI, an_opinion())
    assert answer.json()["article"] == "《重大行政决策程序暂行条例》（国务院令第713号）第二十八条"


async def test_a_refusal_speaks_english_when_asked(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round(author_ids=("lu-wenxi",)))
    answer = await post(web, at(f"{ROUND}/opinion", round_id), LU_WENXI, an_opinion(), **{"Accept-Language": "en"})
    assert answer.json()["title"] == "You may not sign: you took part in drafting this document"


async def test_a_misspelt_field_is_refused(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    answer = await web.client.post(
        at(f"{ROUND}/opinion", round_id),
        json={**an_opinion().model_dump(mode="json"), "opinon": ""},
        headers=web.as_program(LU_WENXI),
    )
    assert answer.status_code == 422


async def test_rounds_are_listed_by_document_and_state(web: Web, db: Database) -> None:
    document = a_document()
    open_id = await opened(db, a_round(document=document))
    await opened(db, a_round("signing"))
    answer = await web.client.get(
        "/review/rounds", params={"document_id": str(document.document_id), "open": True}, headers=web.as_program(HE_XU)
    )
    assert [(one["id"], one["stage_name"]) for one in answer.json()] == [(str(open_id), "合法性审核")]


async def test_a_round_shows_its_outcomes_and_papers(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    one = (await web.client.get(f"/review/rounds/{round_id}", headers=web.as_program(HE_XU))).json()
    assert one["outcomes"] == ["lawful", "amend", "unlawful", "return_procedure"]
    assert "公平竞争审查结论" in one["papers"]


async def test_the_chain_of_a_document_is_verified(web: Web, db: Database) -> None:
    asked = a_round()
    round_id = await opened(db, asked)
    await post(web, at(f"{ROUND}/opinion", round_id), LU_WENXI, an_opinion())
    path = f"/review/documents/{asked.document.document_id}/sign-offs"
    chain = (await web.client.get(path, headers=web.as_program(HE_XU))).json()
    assert (chain["verified"], [one["holds"] for one in chain["sign_offs"]]) == (True, [True])


async def test_the_record_says_what_was_seen(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    await post(web, at(f"{ROUND}/opinion", round_id), LU_WENXI, an_opinion())
    seen = (await web.client.get(f"/review/rounds/{round_id}/record", headers=web.as_program(HE_XU))).json()
    assert (seen["text"]["text_hash"], seen["holds"]) == (TEXT.text_hash, True)
    assert seen["record_hash"] == seen["computed_hash"]


async def test_a_round_that_is_not_there_is_not_found(web: Web) -> None:
    answer = await web.client.get(f"/review/rounds/{uuid4()}", headers=web.as_program(HE_XU))
    assert (answer.status_code, answer.json()["code"]) == (404, "round.unknown")


async def test_papers_are_attached_and_given_back(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round("recorded_step"))
    file = ("结论.txt", "经审查，没有问题。".encode(), "text/plain")
    sent = await web.client.post(
        at(f"{ROUND}/papers", round_id),
        files={"files": file},
        data={"role": "审查结论"},
        headers=web.as_program(CHENG_YIAN),
    )
    path = f"/review/rounds/{round_id}/papers/{sent.json()['files'][0]}"
    got = await web.client.get(path, headers=web.as_program(LU_WENXI))
    assert got.text == "经审查，没有问题。"
    assert got.headers["content-disposition"].startswith("attachment")


async def test_a_step_comes_with_its_papers_in_one_form(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round("recorded_step"))
    sent = await web.client.post(
        at(f"{ROUND}/step", round_id),
        files={"files": ("结论.txt", "没有问题。".encode(), "text/plain")},
        data={"text_hash": TEXT.text_hash, "outcome": "filed", "role": "审查结论"},
        headers=web.as_program(CHENG_YIAN),
    )
    seen = (await web.client.get(f"/review/rounds/{round_id}/record", headers=web.as_program(HE_XU))).json()
    assert sent.status_code == 201
    assert [paper["name"] for paper in seen["record"]["papers"]] == ["结论.txt"]


async def test_a_classified_paper_is_not_kept(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round("recorded_step"))
    sent = await web.client.post(
        at(f"{ROUND}/papers", round_id),
        files={"files": ("材料.txt", "机密★10年\n关于某事的报告\n正文".encode(), "text/plain")},
        headers=web.as_program(CHENG_YIAN),
    )
    assert sent.json()["code"] == "paper.classified"


async def test_an_empty_file_is_refused(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round("recorded_step"))
    sent = await web.client.post(
        at(f"{ROUND}/papers", round_id),
        files={"files": ("空.txt", b"", "text/plain")},
        headers=web.as_program(CHENG_YIAN),
    )
    assert sent.json()["code"] == "file.empty"


async def test_a_stranger_attaches_nothing(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round("recorded_step"))
    sent = await web.client.post(
        at(f"{ROUND}/papers", round_id),
        files={"files": ("材料.txt", "正文".encode(), "text/plain")},
        headers=web.as_program(SU_HE),
    )
    assert sent.status_code == 403


async def test_a_file_of_another_round_is_not_given(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    got = await web.client.get(f"/review/rounds/{round_id}/papers/{OTHER_HASH}", headers=web.as_program(HE_XU))
    assert got.status_code == 404
