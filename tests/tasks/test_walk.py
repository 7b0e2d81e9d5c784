"""However people pass items on, take them back, ask, go away and come back: nothing is lost, doubled or resurrected.

A walk of random acts over a few items and people of the justice department is compared, after each step, with a small
model that knows only who may see what. Whatever the service refuses leaves the row as it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from services.kernel.contracts.refusals import Refused
from services.kernel.contracts.tasks import ChangeDue
from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import directory
from services.kernel.runtime.auth import Actor, Principal
from services.kernel.runtime.db import Connection, Database
from services.tasks.actions import absences, asking, items, passing
from services.tasks.domain.absences import BeAway
from services.tasks.domain.items import Item, hands_of, roles_of
from services.tasks.domain.verbs import Ask, Copy, GiveAnswer, PassAllOn, PassOn, Release, TakeBack
from services.tasks.store import counts, inbox, lists
from services.tasks.store import items as store
from services.tasks.store.asked import Moment, Reader, Wanted
from tests.conftest import Clone
from tests.tasks.builders import LU, SU, a_deadline, actor, an_item, closing

BOOK, CALENDAR = RuleBook.load(), WorkCalendar.load(None)
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
MOMENT = Moment(NOW, NOW.date(), NOW.date(), datetime(2000, 1, 1, tzinfo=UTC))
AN = {"person_id": "zheng-an", "person_name": "郑安", "unit_id": "justice", "unit_name": "区司法局"}
WEI = {"person_id": "wei-ran", "person_name": "魏然", "unit_id": "justice", "unit_name": "区司法局"}
PEOPLE = {who["person_id"]: who for who in (LU, SU, WEI, AN)}
REVIEWERS = ("lu-wenxi", "su-he", "wei-ran")
DEPUTIES = (
    "select deputy_id, person_id, person_name, roles, whole, until_on from directory.deputies where deputy_id = $1"
)
KEYS = ("one", "two", "three")
LIGHTS = ("overdue", "today", "soon", "ahead", "unknown", "undated")


@dataclass
class Model:
    """What must be so: the state and holder of each item, and who is away with whom standing in."""

    ids: dict[str, UUID] = field(default_factory=dict)
    state: dict[UUID, str] = field(default_factory=dict)
    holder: dict[UUID, str | None] = field(default_factory=dict)
    parent: dict[UUID, UUID] = field(default_factory=dict)
    copies: set[UUID] = field(default_factory=set)
    away: dict[str, tuple[str, UUID]] = field(default_factory=dict)

    def hands(self, person: str) -> set[str]:
        return {person, *(absent for absent, (deputy, _) in self.away.items() if deputy == person)}

    def mine(self, person: str) -> set[UUID]:
        """What stands in the person's inbox."""
        held = {
            item for item, who in self.holder.items() if self.state[item] == "claimed" and who in self.hands(person)
        }
        reviews = any(hand in REVIEWERS for hand in self.hands(person))
        free = {item for item, state in self.state.items() if state == "open"}
        return held | (free if reviews else set())


class Walk(RuleBasedStateMachine):
    """Random acts of four people on three duties and what hangs on them."""

    clone: Clone

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.loop = asyncio.new_event_loop()

    @initialize()
    def begin(self) -> None:
        self.do(self._begin())

    async def _begin(self) -> None:
        self.owner = await asyncpg.connect(self.clone.admin_url)
        await self.owner.execute(
            "truncate tasks.items, tasks.item_events, tasks.outbox, directory.absences, directory.persons cascade"
        )
        await directory.import_demo(self.owner)
        await self.owner.execute(
            "insert into directory.persons (id, name, email) values ('wei-ran', '魏然', 'w@x.example')"
        )
        await self.owner.execute("insert into directory.offices values ('wei-ran', 'justice', 'legality_reviewer')")
        self.db = await Database.connect(self.clone.url_for("tasks"), schema="tasks", size=2)

    def do(self, act: Awaitable[Any]) -> Any:
        return self.loop.run_until_complete(act)

    def teardown(self) -> None:
        if hasattr(self, "db"):
            self.do(self.db.close())
            self.do(self.owner.close())
        self.loop.close()

    async def person(self, who: str) -> Actor:
        """Somebody as a session of theirs would find them now."""
        roles = {"zheng-an": ("unit_head",)}.get(who, ("legality_reviewer",))
        found = await self.owner.fetch(DEPUTIES, who)
        principals = tuple(
            Principal(row["person_id"], row["person_name"], frozenset(row["roles"]), row["whole"], row["until_on"])
            for row in found
        )
        return replace(actor(PEOPLE[who], *roles), principals=principals)

    def attempt(self, act: Callable[[Connection, Actor], Awaitable[Any]], who: str) -> Any | None:
        """The answer, or None where it was refused; a refusal changes nothing."""

        async def tried() -> Any | None:
            doer = await self.person(who)
            try:
                async with self.db.transaction() as tx:
                    return await act(tx, doer)
            except Refused:
                return None

        return self.do(tried())

    def version(self, item: UUID) -> int:
        return int(self.do(self.owner.fetchval("select version from tasks.items where id = $1", item)))

    def pick(self, nth: int) -> UUID | None:
        known = sorted(self.model.state, key=str)
        return known[nth % len(known)] if known else None

    def learn(self, item: Item | None) -> None:
        if item is not None:
            self.model.state[item.id], self.model.holder[item.id] = item.state.value, item.person_id

    who = st.sampled_from(sorted(PEOPLE))
    nth = st.integers(0, 30)

    @rule(key=st.sampled_from(KEYS))
    def post(self, key: str) -> None:
        async def posted() -> UUID:
            async with self.db.transaction() as tx:
                return await items.post(tx, an_item(key))

        item = self.do(posted())
        if key in self.model.ids:
            assert self.model.ids[key] == item
            return
        self.model.ids[key] = item
        self.model.state[item], self.model.holder[item] = "open", None

    @rule(key=st.sampled_from(KEYS))
    def close_from_the_workflow(self, key: str) -> None:
        if key not in self.model.ids:
            return

        async def closed() -> None:
            async with self.db.transaction() as tx:
                await items.close(tx, closing(key))

        self.do(closed())
        item = self.model.ids[key]
        if self.model.state[item] in ("open", "claimed"):
            self.model.state[item] = "done"
            for errand, parent in self.model.parent.items():
                if parent == item and self.model.state[errand] == "claimed" and errand not in self.model.copies:
                    self.model.state[errand] = "cancelled"

    @rule(key=st.sampled_from(KEYS), day=st.dates(date(2026, 11, 24), date(2026, 12, 31)))
    def change_due(self, key: str, day: date) -> None:
        if key not in self.model.ids:
            return

        async def changed() -> None:
            async with self.db.transaction() as tx:
                await items.change_due(tx, ChangeDue(key=key, due=a_deadline(day)))

        self.do(changed())

    @rule(who=who, nth=nth)
    def claim(self, who: str, nth: int) -> None:
        if item := self.pick(nth):
            before = self.model.holder[item]
            got = self.attempt(lambda tx, doer: items.claim(tx, doer, item), who)
            assert got is None or before is None or got.person_id == before  # nobody's work is taken by claiming
            self.learn(got)

    @rule(who=who, nth=nth)
    def release(self, who: str, nth: int) -> None:
        if item := self.pick(nth):
            held_by = self.model.holder[item]
            got = self.attempt(lambda tx, doer: items.release(tx, doer, item, Release(reason="出差")), who)
            assert got is None or held_by is None or held_by in self.model.hands(who)
            self.learn(got)

    @rule(who=who, nth=nth, to=who, verb=st.sampled_from([passing.reassign, passing.hand_over]), stale=st.booleans())
    def pass_on(self, who: str, nth: int, to: str, verb: Any, stale: bool) -> None:
        if item := self.pick(nth):
            seen = self.version(item)
            command = PassOn(version=seen + 1 if stale else seen, to=to, reason="工作调整")
            got = self.attempt(lambda tx, doer: verb(tx, doer, item, command), who)
            assert got is None or (not stale and got.person_id == to)
            self.learn(got)

    @rule(who=who, to=who)
    def hand_all_over(self, who: str, to: str) -> None:
        async def doing(tx: Connection, doer: Actor) -> list[Item]:
            handed, _ = await passing.hand_all_over(tx, doer, PassAllOn(to=to, reason="调离"))
            return [await store.get(tx, item) for item in handed]

        for item in self.attempt(doing, who) or []:
            self.learn(item)

    @rule(who=who, nth=nth)
    def take_back(self, who: str, nth: int) -> None:
        if item := self.pick(nth):
            command = TakeBack(version=self.version(item))
            self.learn(self.attempt(lambda tx, doer: passing.take_back(tx, doer, item, command), who))

    @rule(who=who, nth=nth, to=st.sampled_from([*sorted(PEOPLE), "he-xu"]))
    def ask(self, who: str, nth: int, to: str) -> None:
        if item := self.pick(nth):
            command = Ask(version=self.version(item), to=to, question="第八条是否设定许可？", working_days=2)
            got = self.attempt(lambda tx, doer: asking.ask(tx, doer, item, command, calendar=CALENDAR), who)
            if got is not None:
                assert self.model.holder[item] in self.model.hands(who)
                self.model.parent[got.id] = item
                self.learn(got)

    @rule(who=who, nth=nth)
    def answer(self, who: str, nth: int) -> None:
        if item := self.pick(nth):
            command = GiveAnswer(version=self.version(item), answer="没有设定。")
            self.learn(self.attempt(lambda tx, doer: asking.answer(tx, doer, item, command), who))

    @rule(who=who, nth=nth)
    def withdraw(self, who: str, nth: int) -> None:
        if item := self.pick(nth):
            command = TakeBack(version=self.version(item))
            self.learn(self.attempt(lambda tx, doer: asking.withdraw(tx, doer, item, command), who))

    @rule(who=who, nth=nth, to=st.sampled_from([*sorted(PEOPLE), "he-xu"]))
    def copy(self, who: str, nth: int, to: str) -> None:
        if item := self.pick(nth):
            made = self.attempt(lambda tx, doer: asking.copy(tx, doer, item, Copy(to=(to,))), who)
            for errand in made or []:
                self.model.parent[errand], self.model.state[errand], self.model.holder[errand] = item, "claimed", to
                self.model.copies.add(errand)

    @rule(who=who, nth=nth)
    def read(self, who: str, nth: int) -> None:
        if item := self.pick(nth):
            self.learn(self.attempt(lambda tx, doer: asking.read(tx, doer, item), who))

    @rule(who=who, nth=nth)
    def urge(self, who: str, nth: int) -> None:
        if item := self.pick(nth):
            self.attempt(lambda tx, doer: asking.urge(tx, doer, item, book=BOOK), who)

    @rule(who=who, deputy=who)
    def go_away(self, who: str, deputy: str) -> None:
        today = self.do(self.owner.fetchval("select directory.office_today()"))
        command = BeAway(deputy_id=deputy, from_on=today, until_on=today)
        made = self.attempt(lambda tx, doer: absences.be_away(tx, doer, command), who)
        if made is not None:
            assert who not in self.model.away
            assert deputy not in self.model.away
            assert all(standing != who for standing, _ in self.model.away.values())
            self.model.away[who] = (deputy, made.id)

    @rule(who=who)
    def come_back(self, who: str) -> None:
        if who in self.model.away:
            _, absence = self.model.away.pop(who)
            assert self.attempt(lambda tx, doer: absences.come_back(tx, doer, absence), who) is not None

    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        if hasattr(self, "owner"):
            rows = self.do(self.owner.fetch("select id, state, person_id from tasks.items"))
            assert {row["id"]: row["state"] for row in rows} == self.model.state
            held = {row["id"]: row["person_id"] for row in rows if row["state"] == "claimed"}
            assert held == {item: who for item, who in self.model.holder.items() if self.model.state[item] == "claimed"}

    @invariant()
    def everybody_sees_once_what_waits_for_them(self) -> None:
        if hasattr(self, "db"):
            for who in PEOPLE:
                shown, counted = self.do(self._inbox(who))
                assert len(shown) == len(set(shown)) == counted
                assert set(shown) == self.model.mine(who)

    async def _inbox(self, who: str) -> tuple[list[UUID], int]:
        doer = await self.person(who)
        reader = Reader(doer.person_id, doer.unit_id, roles_of(doer), hands_of(doer))
        async with self.db.read() as conn:
            counted = vars(await counts.counts(conn, reader, MOMENT))
            assert counted["mine"] == sum(counted[light] for light in LIGHTS) == await inbox.waiting(conn, reader)
            for name, by in {"unit": "arrival", "watched": "document", "by_me": "closed", "done": "closed"}.items():
                shown = await lists.listed(conn, name, reader, Wanted(), by=by, after=None, limit=200)
                assert len(shown) == len({item.id for item in shown}) == counted[name], name
            page = await lists.listed(conn, "mine", reader, Wanted(), by="due", after=None, limit=200)
            return [item.id for item in page], counted["mine"]

    @invariant()
    def nothing_that_waits_is_out_of_everybody_s_reach(self) -> None:
        reached = set().union(*(self.model.mine(who) for who in PEOPLE))
        waits = {item for item, state in self.model.state.items() if state in ("open", "claimed")}
        assert {item for item in waits - reached if self.model.holder[item] != "he-xu"} == set()

    @invariant()
    def the_record_has_every_version_and_one_end(self) -> None:
        if hasattr(self, "owner"):
            wrong = self.do(
                self.owner.fetch(
                    "select i.id from tasks.items i where (select count(distinct e.version) from tasks.item_events e"
                    " where e.item_id = i.id) <> i.version"
                )
            )
            assert wrong == []


def test_no_order_of_acts_loses_doubles_or_resurrects_an_item(database: Clone) -> None:
    Walk.clone = database
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=8, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
