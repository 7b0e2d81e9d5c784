"""Four eyes on every route that signs off or prepares it: who drafted, and whoever is one pair of eyes with them, judges nothing.

Each round stands at the point where a decision is possible; every person below holds the office that decides it, so
that four eyes alone can stop them. What the database says is asked with the check of the application taken away. Which
routes decide is declared in tests/house/decisions.py; those beside sign-offs are in test_own_decisions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import pytest

from services.kernel.contracts.review import Form
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Database
from services.kernel.runtime.directory import create_key
from services.review.domain.refusals import FOUR_EYES
from services.review.store.four_eyes import guarded
from services.review.store.seats import END
from tests.journeys.routes import Scene, sane
from tests.review.builders import ACTORS, TEXT, a_round, opened
from tests.review.conftest import Web
from tests.review.test_deputies import ABSENCE
from tests.review.test_four_eyes import a_signature_of, insert

Owner: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
ROUND = "/review/rounds/{round_id}/"
# Which routes judge, or bring a judgement about, in a round of each form.
JUDGING: dict[Form, tuple[str, ...]] = {
    "recorded_step": ("step", "not-applicable", "seats"),
    "legality": (
        "opinion", "not-applicable", "supplement", "supplement-withdrawal", "materials", "acceptance", "seats",
    ),
    "meeting": ("meeting",),
    "signing": ("signature", "seats"),
    "verification": ("verification", "seats"),
}  # fmt: skip
# In a round that several sign.
SEATED = ("seats-added", "seats-removed")
# Who drafted, in each form another, so that all delegations may stand at once.
AUTHORS: dict[Form, str] = {
    "recorded_step": "jiang-yumo", "legality": "tang-shuyao", "meeting": "ye-chunxiao", "signing": "shen-yue",
    "verification": "song-haoran",
}  # fmt: skip
GIVE = "insert into directory.offices (person_id, unit_id, role, title) values ($1, $2, $3, '') on conflict do nothing"
WHO = ("author", "deputy", "principal", "member")
CODE = {
    "author": "signoff.author",
    "deputy": "signoff.deputy_of_author",
    "principal": "signoff.author_stands_in",
}


@dataclass(frozen=True)
class Standing:
    """A round, and who would judge it: by which key, in which unit."""

    round_id: UUID
    person: Actor
    headers: dict[str, str]
    code: str


async def standing(db: Database, owner: Owner, form: Form, who: str, *, joint: bool = False) -> Standing:
    """A round of that form with somebody who would decide it, were it not for the pair of eyes they belong to."""
    decider = ACTORS[form]
    author = decider.person_id if who == "author" else AUTHORS[form]
    asked = a_round(form, author_ids=(author,))
    if who == "member":
        # The decider sits in the drafting unit, as in a very small town.
        decider = replace(decider, unit_id="urban")
    await owner.execute(GIVE, decider.person_id, decider.unit_id, asked.role)
    if who in ("deputy", "principal"):
        # Both must be able to stand in for each other: an office in one unit that is not done in person.
        for person in (author, decider.person_id):
            await owner.execute(GIVE, person, decider.unit_id, "lead_unit_officer")
        pair = (author, decider.person_id) if who == "deputy" else (decider.person_id, author)
        await owner.execute(ABSENCE, pair[0], decider.unit_id, pair[1], -1, 1, ["lead_unit_officer"])
    key = await create_key(owner, unit_id=decider.unit_id, person_id=decider.person_id, label="tests")
    round_id = await opened(db, asked)
    if joint:
        async with db.transaction() as tx:
            await tx.execute(JOINT, round_id)
            await tx.execute(SEAT, round_id)
    code = CODE.get(who, "signoff.same_unit" if form in ("legality", "recorded_step") else "signoff.other_authority")
    return Standing(round_id, decider, {"Authorization": f"Bearer {key.secret}"}, code)


JOINT = """
insert into joint_rounds (round_id, rule, passing, outcomes, called_by) values ($1, 'all', '{lawful}', '{lawful}', 'su-he')
"""
SEAT = """
insert into seats (id, round_id, ordinal, person_id, person_name, unit_id, unit_name, role)
values ('018f0000-0000-7000-8000-000000000001', $1, 1, 'bai-jing', '白静', 'yunxi', '区政府', 'member')
"""
SEAT_ID = UUID("018f0000-0000-7000-8000-000000000001")


def body_of(act: str) -> Any:
    """A body that the route would take, about the very text of the round."""
    body = {**sane(Scene(), TEXT.text_hash)[ROUND + act]}
    if "materials_hash" in body:
        body["materials_hash"] = TEXT.materials_hash
    if "seat_id" in body:
        body["seat_id"] = str(SEAT_ID)
    return body


@pytest.mark.parametrize("who", WHO)
async def test_one_pair_of_eyes_judges_by_no_route(web: Web, db: Database, owner: Owner, who: str) -> None:
    said, expected = {}, {}
    for form, acts in JUDGING.items():
        at = await standing(db, owner, form, who)
        for act in acts:
            path = (ROUND + act).replace("{round_id}", str(at.round_id))
            answer = await web.client.post(path, json=body_of(act), headers=at.headers)
            said[form, act] = (answer.status_code in (403, 409), answer.json().get("code"))
            expected[form, act] = (True, at.code)
    assert said == expected
    assert await owner.fetchval("select count(*) from review.sign_offs") == 0


@pytest.mark.parametrize("who", WHO)
async def test_one_pair_of_eyes_changes_no_seats(web: Web, db: Database, owner: Owner, who: str) -> None:
    at = await standing(db, owner, "legality", who, joint=True)
    said = {}
    for act in SEATED:
        path = (ROUND + act).replace("{round_id}", str(at.round_id))
        said[act] = (await web.client.post(path, json=body_of(act), headers=at.headers)).json().get("code")
    assert said == dict.fromkeys(SEATED, at.code)


@pytest.mark.parametrize("who", WHO)
async def test_the_database_lets_no_pair_of_eyes_sign(db: Database, owner: Owner, who: str) -> None:
    for form in JUDGING:
        at = await standing(db, owner, form, who)
        signed = await a_signature_of(db, at.person.person_id)
        with pytest.raises(asyncpg.RaiseError, match=at.code.replace(".", r"\.")):
            await insert(db, at.round_id, person=at.person.person_id, unit=at.person.unit_id, **signed)


# Everything else that a judge writes, past the application: $1 the round, $2 the person.
WRITTEN = {
    "acceptances": "insert into acceptances values ($1, $2, $2, clock_timestamp())",
    "material_checks": "insert into material_checks (round_id, material, state, person_id, person_name) "
    "values ($1, '起草说明', 'present', $2, $2)",
    "supplements": "insert into supplements (round_id, missing, asked_by, asked_name, asked_at) "
    "values ($1, '{起草说明}', $2, $2, clock_timestamp())",
    "finding_verdicts": "insert into finding_verdicts (document_id, round_id, finding, code, sentence, holds, person_id, "
    "person_name, unit_id) select document_id, id, repeat('0', 64), 'licence', '', true, $2, $2, 'justice' "
    "from rounds where id = $1",
    "not_applicable": "insert into not_applicable values ($1, $2, $2, 'justice', '不涉及这一情形，已经核定。', clock_timestamp())",
    "joint_rounds": "insert into joint_rounds (round_id, rule, passing, outcomes, called_by) "
    "values ($1, 'all', '{lawful}', '{lawful}', $2)",
}


@pytest.mark.parametrize("who", CODE)
async def test_the_database_lets_no_pair_of_eyes_write_what_a_judge_writes(
    db: Database, owner: Owner, who: str
) -> None:
    at = await standing(db, owner, "legality", who)
    for statement in WRITTEN.values():
        with pytest.raises(FOUR_EYES[at.code]), guarded():
            async with db.transaction() as tx:
                await tx.execute(statement, at.round_id, at.person.person_id)


@pytest.mark.parametrize("who", CODE)
async def test_the_database_lets_no_pair_of_eyes_take_a_seat_away(db: Database, owner: Owner, who: str) -> None:
    at = await standing(db, owner, "legality", who, joint=True)
    async with db.transaction() as tx:
        with pytest.raises(FOUR_EYES[at.code]), guarded():
            await tx.execute(END, SEAT_ID, "removed", at.person.person_id, "", "不再需要。", datetime.now(UTC))
