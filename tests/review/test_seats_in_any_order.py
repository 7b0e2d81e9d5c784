"""Seats in any order: whatever is done, and by two at once, a model that counts on its fingers says the same."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from math import ceil
from uuid import UUID

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.kernel.contracts.refusals import Refused
from services.kernel.contracts.review import CloseRound
from services.kernel.runtime.db import Database
from services.review.actions import seats as acts
from services.review.activities import ReviewActivities
from services.review.domain import refusals, seat_refusals
from services.review.domain.seats import EndSeat, JointRule
from tests.review.builders import CHENG_YIAN, GU_NIANCI, LU_WENXI, SU_HE, an_actor
from tests.review.test_seats import added, joint, outcome_of, says, seats_of, told

SONG_HAORAN = an_actor("song-haoran", "宋浩然", "finance", "drafter")
PEOPLE = (LU_WENXI, SU_HE, CHENG_YIAN, SONG_HAORAN, GU_NIANCI)
GRAVITY = ("lawful", "amend", "unlawful")
ACT = st.tuples(
    st.sampled_from(["lawful", "lawful", "amend", "unlawful", "add", "remove", "withdraw", "two", "void"]),
    st.integers(0, len(PEOPLE) - 1),
)
NO = (refusals.RoundClosed, refusals.AlreadySigned, seat_refusals.NoSeat)


@dataclass
class Model:
    """Who sits, what they said, who was added by whom."""

    rule: JointRule
    sits: list[str]
    said: dict[str, str] = field(default_factory=dict)
    ended: str | None = None

    def decided(self) -> str | None:
        """What the seats have decided."""
        seats = len(self.sits)
        need = {JointRule.ALL: seats, JointRule.ANY: 1, JointRule.RATIO: ceil(seats * 2 / 3)}[self.rule]
        for_it = [one for one in self.sits if self.said.get(one) == "lawful"]
        against = [self.said[one] for one in self.sits if self.said.get(one, "lawful") != "lawful"]
        if len(for_it) >= need:
            return "lawful"
        return max(against, key=GRAVITY.index) if seats - len(against) < need else None


class Walk:
    """One round under acts in any order, checked against the model after each."""

    def __init__(self, db: Database, owner: asyncpg.Connection[asyncpg.Record], activities: ReviewActivities) -> None:
        self.db, self.owner, self.activities = db, owner, activities

    async def begin(self, rule: JointRule) -> None:
        self.round_id: UUID = await joint(self.db, "su-he", "cheng-yian", rule=rule)
        self.model = Model(rule, ["lu-wenxi", "su-he", "cheng-yian"])

    async def act(self, what: str, which: int) -> None:
        person = PEOPLE[which]
        match what:
            case "two":
                await asyncio.gather(self.say(which, "amend"), self.say((which + 1) % len(PEOPLE), "lawful"))
            case "add":
                await self.add(person.person_id)
            case "remove" | "withdraw":
                await self.end(person.person_id, what)
            case "void":
                await self.activities.close_round(CloseRound(round_id=self.round_id, why="voided"))
                self.model.ended = self.model.ended or "voided"
            case outcome:
                await self.say(which, outcome)

    async def say(self, which: int, outcome: str) -> None:
        person = PEOPLE[which]
        try:
            decided = await says(self.db, person, self.round_id, outcome)
        except NO:
            return
        assert person.person_id in self.model.sits
        assert person.person_id not in self.model.said
        self.model.said[person.person_id] = outcome
        assert not decided.decides or self.model.ended is None
        if decided.decides:
            self.model.ended = "decided"

    async def add(self, person_id: str) -> None:
        try:
            async with self.db.transaction() as tx:
                await acts.add(tx, LU_WENXI, self.round_id, added(person_id))
        except Refused:
            assert person_id in self.model.sits or self.model.ended
            return
        self.model.sits.append(person_id)

    async def end(self, person_id: str, what: str) -> None:
        found = [seat for seat in (await seats_of(self.db, self.round_id)).live if seat.person_id == person_id]
        if not found:
            assert person_id not in self.model.sits
            return
        try:
            async with self.db.transaction() as tx:
                if what == "withdraw":
                    await acts.withdraw(tx, LU_WENXI, self.round_id, found[0].id)
                else:
                    await acts.remove(tx, LU_WENXI, self.round_id, EndSeat(seat_id=found[0].id, reason="另行征求意见"))
        except Refused:
            assert person_id in self.model.said or self.model.ended or len(self.model.sits) == 1 or what == "withdraw"
            return
        self.model.sits.remove(person_id)
        self.model.ended = "decided" if self.model.decided() else None

    async def check(self) -> None:
        there = await seats_of(self.db, self.round_id)
        assert {seat.person_id for seat in there.live} == set(self.model.sits)
        assert {seat.person_id: seat.outcome for seat in there.seats if seat.has_signed} == self.model.said
        outcome = await outcome_of(self.db, self.round_id)
        assert outcome == (self.model.decided() if self.model.ended == "decided" else None)
        assert (self.model.decided() is not None) == (self.model.ended == "decided")
        letters = [one for one in await told(self.owner, "round_decided") if one["round_id"] == str(self.round_id)]
        assert len(letters) == (self.model.ended == "decided")


async def test_seats_and_their_model_agree_after_every_act(
    db: Database, owner: asyncpg.Connection[asyncpg.Record], activities: ReviewActivities
) -> None:
    loop = asyncio.get_running_loop()

    async def walked(rule: JointRule, steps: list[tuple[str, int]]) -> None:
        walk = Walk(db, owner, activities)
        await walk.begin(rule)
        for what, which in steps:
            await walk.act(what, which)
            await walk.check()

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(list(JointRule)), st.lists(ACT, max_size=9))
    def agree(rule: JointRule, steps: list[tuple[str, int]]) -> None:
        asyncio.run_coroutine_threadsafe(walked(rule, steps), loop).result()

    await asyncio.to_thread(agree)
