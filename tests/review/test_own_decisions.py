"""Four eyes where a decision is not a sign-off: sheets, findings, seals, meetings, evaluations, clean-ups.

Each decision is brought to the point where it is possible, by somebody who holds the office that takes it. Where the
application asks nothing itself, what is read here is the database's own refusal. Sign-offs are in test_one_pair_of_eyes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.kernel.runtime.auth import Actor
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection, Database
from services.review.actions import cleanups, sessions, standing
from services.review.activities import ReviewActivities
from services.review.domain.session_commands import PutItem
from services.review.sheets.consultation import acts as consultation
from services.review.sheets.reporting.acts import record_report
from services.review.store import rounds
from tests.eyes import WHO, Who, author_for, key_of
from tests.house.decisions import ROUND, decisions_of
from tests.review.builders import (
    BOOK,
    GU_NIANCI,
    LU_WENXI,
    SEEN,
    SONG_HAORAN,
    WEN_ZHIYUAN,
    XU_QINGYUAN,
    a_document,
    a_round,
    an_actor,
    opened,
    speeches,
)
from tests.review.conftest import Web
from tests.review.test_cleanups import a_cleanup
from tests.review.test_consultations import MEMO, asked, disputed, done
from tests.review.test_findings import LICENCE, a_round_about
from tests.review.test_one_pair_of_eyes import CODE, JUDGING, SEATED
from tests.review.test_reporting import LUO_SHIQI, a_report
from tests.review.test_seals import entered, signed, waiting
from tests.review.test_sessions import act, open_now, planned
from tests.review.test_standing import a_commission, published

OTHER = "shen-yue"
COLLEAGUE = an_actor("tang-li", "唐黎", "gov-office", "registrar", "filing_clerk")
# What each is told, by who they are.
Codes = dict[str, str]
SIGN_OFF: Codes = CODE
REPLY: Codes = dict.fromkeys(WHO, "signoff.author")
DISPUTE: Codes = dict.fromkeys(WHO, "consultation.own_dispute")
OWN: Codes = dict.fromkeys(WHO, "standing.own")


@dataclass(frozen=True)
class Town:
    """Where a case is arranged; `author` drafted the document together with 何叙."""

    db: Database
    blobs: Blobs
    activities: ReviewActivities
    author: str

    @property
    def authors(self) -> tuple[str, ...]:
        return ("he-xu", self.author)


@dataclass(frozen=True)
class Ask:
    """One request of the decider: where, and what is sent."""

    path: str
    body: Any


Case = Callable[[Town], Awaitable[Ask]]


async def finding(town: Town) -> Ask:
    round_id = await a_round_about(town.db, town.blobs, authors=town.authors)
    return Ask(f"/review/rounds/{round_id}/findings/{LICENCE.key}", {"holds": True})


async def seal_use(town: Town) -> Ask:
    document, seal_id = await signed(town.db), await entered(town.db)
    round_id = await waiting(town.db, document, author_ids=town.authors)
    return Ask(f"/review/rounds/{round_id}/seal-use", {"seal_id": str(seal_id), "copies": 3})


async def reply(town: Town) -> Ask:
    round_id = await asked(town.db, "finance", author_ids=town.authors)
    return Ask(
        f"/review/rounds/{round_id}/consultation-replies", {"stance": "agree", "opinion": "", "on_behalf_of": None}
    )


async def ruling(town: Town) -> Ask:
    round_id = await disputed(town.db)
    await done(town.db, round_id, consultation.write_memo, MEMO)
    async with town.db.transaction() as tx:
        round_ = await rounds.get_round(tx, round_id)
        await rounds.add_authors(tx, round_.document_id, town.authors)
    body = {"ruling": "proceed", "reason": "按原方案办理。"}
    return Ask(f"/review/rounds/{round_id}/consultation-rulings", body)


async def report_reply(town: Town) -> Ask:
    about = {"stage": "party_report", "role": "party_clerk", "author_ids": town.authors}
    round_id = await opened(town.db, a_round("recorded_step", document=a_document(kind="MAJOR_DECISION"), **about))
    async with town.db.transaction() as tx:
        await record_report(tx, LUO_SHIQI, round_id, a_report(), BOOK)
    body = {"kind": "consent", "replied_on": "2026-03-02", "words": "", "number": "云委〔2026〕3号"}
    return Ask(f"/review/rounds/{round_id}/report-reply", body)


async def meeting_item(town: Town) -> Ask:
    session_id = await planned(town.db)
    round_id = await opened(town.db, a_round("meeting", author_ids=town.authors))
    item_id = (await act(town.db, sessions.put, session_id, PutItem(round_id=round_id))).item_id
    await open_now(town.db, session_id)
    said = [one.model_dump(mode="json") for one in speeches()]
    body = {**{name: str(value) for name, value in SEEN.items()}, "statements": said, "outcome": "passed"}
    return Ask(f"/review/sessions/{session_id}/items/{item_id}/record", body)


async def in_force(town: Town) -> UUID:
    document = a_document(kind="MAJOR_DECISION")
    await town.activities.enter_text(published(document=document))
    async with town.db.transaction() as tx:
        await rounds.add_authors(tx, document.document_id, town.authors)
    return document.document_id


async def evaluation(town: Town) -> Ask:
    document_id = await in_force(town)
    body = a_commission().model_dump(mode="json")
    return Ask(f"/review/documents-in-force/{document_id}/evaluations", body)


async def evaluation_result(town: Town) -> Ask:
    document_id = await in_force(town)
    async with town.db.transaction() as tx:
        evaluation_id = (await standing.commission(tx, COLLEAGUE, document_id, a_commission())).id
    body = {"outcome": "keep", "findings": "达到预期。", "public_views": "问卷。", "participants": ""}
    return Ask(f"/review/documents-in-force/{document_id}/evaluations/{evaluation_id}/result", body)


async def cleanup_outcome(town: Town) -> Ask:
    document_id = await in_force(town)
    async with town.db.transaction() as tx:
        cleanup_id = (await cleanups.open_cleanup(tx, COLLEAGUE, a_cleanup())).id
    body = {"document_id": str(document_id), "outcome": "retain", "reason": "仍然适用。"}
    return Ask(f"/review/clean-ups/{cleanup_id}/outcomes", body)


FORCE = "/review/documents-in-force/{document_id}/"
CASES: dict[str, tuple[Case, Actor, Codes]] = {
    ROUND + "findings/{finding}": (finding, LU_WENXI, SIGN_OFF),
    ROUND + "seal-use": (seal_use, GU_NIANCI, SIGN_OFF),
    ROUND + "consultation-replies": (reply, SONG_HAORAN, REPLY),
    ROUND + "consultation-rulings": (ruling, XU_QINGYUAN, DISPUTE),
    ROUND + "report-reply": (report_reply, LUO_SHIQI, SIGN_OFF),
    "/review/sessions/{session_id}/items/{item_id}/record": (meeting_item, WEN_ZHIYUAN, SIGN_OFF),
    FORCE + "evaluations": (evaluation, GU_NIANCI, OWN),
    FORCE + "evaluations/{evaluation_id}/result": (evaluation_result, GU_NIANCI, OWN),
    "/review/clean-ups/{cleanup_id}/outcomes": (cleanup_outcome, GU_NIANCI, OWN),
}


def test_every_decision_of_review_is_driven() -> None:
    signing = {ROUND + act for acts in (*JUDGING.values(), SEATED) for act in acts}
    assert signing | set(CASES) == decisions_of("review")


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("path", CASES)
async def test_one_pair_of_eyes_takes_no_decision(
    web: Web, db: Database, blobs: Blobs, activities: ReviewActivities, owner: Connection, path: str, who: Who
) -> None:
    case, decider, codes = CASES[path]
    author = await author_for(owner, who, decider=decider.person_id, other=OTHER, unit_id=decider.unit_id)
    ask = await case(Town(db, blobs, activities, author))
    answer = await sent(web, owner, ask, decider)
    assert (answer.status_code, answer.json()["code"]) == (409, codes[who])


@pytest.mark.parametrize("path", CASES)
async def test_whoever_is_no_author_takes_the_decision(
    web: Web, db: Database, blobs: Blobs, activities: ReviewActivities, owner: Connection, path: str
) -> None:
    case, decider, _ = CASES[path]
    ask = await case(Town(db, blobs, activities, OTHER))
    answer = await sent(web, owner, ask, decider)
    assert answer.status_code in (200, 201), answer.text


async def sent(web: Web, owner: Connection, ask: Ask, decider: Actor) -> Any:
    headers = await key_of(owner, decider.person_id, decider.unit_id)
    return await web.client.post(ask.path, json=ask.body, headers={**headers, "Idempotency-Key": str(uuid4())})


async def test_a_registrar_who_drafted_it_is_told_why_there_are_no_forms(
    web: Web, db: Database, blobs: Blobs, activities: ReviewActivities
) -> None:
    shown = {}
    for author in (GU_NIANCI.person_id, OTHER):
        document_id = await in_force(Town(db, blobs, activities, author))
        headers = {**web.as_program(GU_NIANCI), "Accept": "text/html"}
        page = (await web.client.get(f"/review/in-force/{document_id}", headers=headers)).text
        shown[author] = ("参加过这份文件的起草" in page, "/evaluate" in page)
    assert shown == {GU_NIANCI.person_id: (True, False), OTHER: (False, True)}


EVALUATE = """
insert into evaluations (document_id, ground, reason, body, due_on, person_id, person_name)
values ($1, 'authority', '执行满一年。', '云溪大学', date '2027-03-02', $2, $2)
"""


@pytest.mark.parametrize("who", WHO)
async def test_the_database_lets_nobody_have_evaluated_what_they_drafted(
    db: Database, blobs: Blobs, activities: ReviewActivities, owner: Connection, who: Who
) -> None:
    author = await author_for(owner, who, decider=GU_NIANCI.person_id, other=OTHER, unit_id=GU_NIANCI.unit_id)
    document_id = await in_force(Town(db, blobs, activities, author))
    async with db.transaction() as tx:
        with pytest.raises(asyncpg.RaiseError, match=r"^standing\.own$"):
            await tx.execute(EVALUATE, document_id, GU_NIANCI.person_id)
