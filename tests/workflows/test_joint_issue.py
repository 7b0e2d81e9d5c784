"""Joint issue (联合发文) through the workflow, its rounds of signing and sealing at home in review: all heads sign, all seals are on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from temporalio.testing import WorkflowEnvironment

from services.kernel.contracts import lifecycle, review
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Database
from services.review.actions import seals
from services.review.actions.desk import sit_at
from services.review.actions.signatures import sign
from services.review.actions.steps import file_step
from services.review.activities import ReviewActivities
from services.review.domain.commands import FileStep
from services.review.domain.seals import EnterSeal, NotSealed, UseSeal
from services.review.sheets.sealing.acts import use_seal
from tests.conftest import DbFor
from tests.review.builders import BOOK, DESK, GU_NIANCI, XU_QINGYUAN, ZONE, a_signature, an_actor, with_people
from tests.workflows.builders import a_start, at_work, begin, until
from tests.workflows.town import Town

ZHENG_AN = an_actor("zheng-an", "郑安", "justice", "unit_head")
SU_HE = an_actor("su-he", "苏禾", "justice", "lead_unit_officer")
LETTERS = "select target, name, body from outbox where kind = 'signal' order by position offset $1"
SAID: dict[str, type[lifecycle.Heard]] = {
    lifecycle.ROUND_DECIDED: lifecycle.RoundDecided,
    lifecycle.ASKS_CHANGED: lifecycle.AsksChanged,
}


class TownWithReview(Town):
    """A town whose rounds of signing and sealing are kept by review itself; `relay` carries its letters."""

    def __init__(self, env: WorkflowEnvironment, db: Database) -> None:
        super().__init__(env.client)
        self._db, self._review, self._sent = db, ReviewActivities(db, ZoneInfo("Asia/Shanghai"), BOOK), 0

    async def _open_round(self, message: review.OpenRound) -> review.RoundOpened:
        if not _at_home(message):
            return await super()._open_round(message)
        opened = await self._review.open_round(message)
        self.rounds[opened.round_id] = message
        return opened

    async def _close_round(self, message: review.CloseRound) -> review.RoundState:
        if not _at_home(self.rounds[message.round_id]):
            return await super()._close_round(message)
        return await self._review.close_round(message)

    async def relay(self) -> None:
        """Bring every letter that review has written since."""
        async with self._db.read() as conn:
            letters = await conn.fetch(LETTERS, self._sent)
        self._sent += len(letters)
        for letter in letters:
            self._signal(letter["target"], letter["name"], SAID[letter["name"]].model_validate(letter["body"]))
        await self.settled()

    async def signs(self, actor: Actor) -> bool:
        """Somebody signs; whether that decides the round."""
        round_id = next(key for key, round_ in self.rounds.items() if round_.form == "signing")
        seen: Any = {"text_hash": self.rounds[round_id].text.text_hash, "materials_hash": None}
        async with self._db.transaction() as tx:
            command = a_signature(name=actor.person_name, **seen)
            done = await sign(tx, actor, round_id, command, book=BOOK, zone=ZONE)
        await self.relay()
        return done.decides

    def others(self, what: str) -> dict[str, str]:
        """The inbox items of the issuers beside the leading one: for a seat or a seal."""
        return {key.rsplit("/", 1)[1]: state for key, state in self.items.items() if f"/{what}/" in key}

    async def seals(self, keeper: Actor, unit_id: str) -> None:
        """The keeper enters the seal of an issuer and puts it on the text."""
        round_id = self._sealing()
        async with self._db.transaction() as tx:
            entry = EnterSeal(unit_id=unit_id, name=f"印章（{unit_id}）", keeper_id=keeper.person_id)
            kept = await seals.enter(tx, keeper, entry)
            await use_seal(tx, keeper, round_id, UseSeal(seal_id=kept.seal_id), BOOK)
        await self.relay()

    async def files_the_seals(self) -> None:
        """The leading office files the step."""
        round_id = self._sealing()
        text = self.rounds[round_id].text
        async with self._db.transaction() as tx:
            filed = FileStep(
                outcome="filed", conclusion="已用印。", text_hash=text.text_hash, materials_hash=text.materials_hash
            )
            await file_step(tx, GU_NIANCI, round_id, filed, book=BOOK)
        await self.relay()

    def _sealing(self) -> UUID:
        return next(key for key, round_ in self.rounds.items() if round_.stage == "sealing")


def _at_home(asked: review.OpenRound) -> bool:
    return asked.form == "signing" or asked.stage == "sealing"


async def test_a_joint_document_is_published_once_every_issuer_has_signed_and_sealed_it(
    temporal_env: WorkflowEnvironment, db_for: DbFor, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    await with_people(owner)
    sit_at(DESK)
    town = TownWithReview(temporal_env, await db_for("review"))
    start = a_start()
    joint = start.document.model_copy(update={"issuer_unit": "yunxi", "joint_units": ("justice",)})
    async with at_work(town.client, town):
        life = await begin(town.client, start.model_copy(update={"document": joint}))
        await until(temporal_env, lambda: any(one.form == "signing" for one in town.rounds.values()))
        await town.relay()
        await until(temporal_env, lambda: town.others("seat") == {"2": "open"}, step=timedelta(minutes=1))
        assert [(one.role, one.unit_id) for one in town.posted if one.stage in ("signing", "seat")] == [
            ("chief", "yunxi"),
            ("unit_head", "justice"),
        ]
        assert not await town.signs(XU_QINGYUAN)
        await temporal_env.sleep(timedelta(days=1))
        assert town.closed("signing") == []
        assert await town.signs(ZHENG_AN)
        await until(temporal_env, lambda: any(one.stage == "sealing" for one in town.rounds.values()))
        await town.relay()
        await until(temporal_env, lambda: town.others("seal") == {"2": "open"}, step=timedelta(minutes=1))
        await town.seals(GU_NIANCI, "yunxi")
        with pytest.raises(NotSealed):
            await town.files_the_seals()
        await town.seals(SU_HE, "justice")
        await town.files_the_seals()
        end = await life.result()

    assert town.closed("signing") == ["signed"]
    assert town.others("seat") == {"2": "signed"}
    assert (end.doc_number or "").startswith("云政规〔")
    assert town.others("seal") == {"2": "done"}
    assert [one.unit_id for one in town.issued[0].seals] == ["yunxi", "justice"]
