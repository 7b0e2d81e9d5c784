"""The gate: counts comments by address and by window over all processes, and spends each proof once.

It is asked before a comment is written, in groups of its own that wait for no disk.
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.intake.domain.gate import (
    PLAIN,
    PROVED,
    Limits,
    Pass,
    TooBusy,
    TooMany,
    key_of_window,
)
from services.intake.store import rates
from services.intake.store.rates import UNBOUNDED, Rate, Spending
from services.kernel.contracts import proof
from services.kernel.contracts.proof import SPENT, Proof, ProofWrong
from services.kernel.contracts.refusals import Refused, Unavailable
from services.kernel.contracts.visitors import key_of_address
from services.kernel.runtime.batch import Batcher
from services.kernel.runtime.db import GONE, Connection, Database
from services.kernel.runtime.settings import Settings

MOST_AT_ONCE = 256
WINDOWS_IN_MIND = 1000
Refusal = tuple[UUID, str, str]


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody at the gate: the counter of the address, the tier, the proof, and what it would be spent for."""

    key: bytes
    tier: str
    window_id: UUID
    proof: Proof | None
    spent_for: bytes


class Gate:
    """The gate of one process; its counters are shared by all."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db, self._held = db, db.held()
        self._secret = settings.secret.get_secret_value().encode()
        self._valid_for = timedelta(seconds=settings.comment_proof_seconds)
        self.limits = Limits(
            period=settings.comment_period_seconds,
            plain=settings.comment_limit_plain,
            proved=settings.comment_limit_proved,
            surge=settings.comment_surge,
            difficulty=settings.comment_proof_work,
            hardest=settings.comment_proof_most_work,
        )
        room = settings.comment_room
        self._asks = Batcher[Ask, Pass | Refused](self._run, most=MOST_AT_ONCE, room=room, refusal=TooBusy)
        self._refusals = Batcher[Refusal, None](self._count_refused, most=MOST_AT_ONCE, room=room, refusal=TooBusy)
        self._levels: OrderedDict[UUID, int] = OrderedDict()

    async def challenge(self, window_id: UUID) -> dict[str, object]:
        """A challenge for one comment on a window; the more come at the moment, the harder."""
        async with self._db.read() as conn:
            count = await rates.look(conn, key_of_window(window_id))
        hardest = self.limits.difficulty_at(self.limits.level(count))
        return proof.challenge(self._secret, window_id, hardest=hardest, expires_at=datetime.now(UTC) + self._valid_for)

    async def admit(self, window_id: UUID, address: str, given: str, spent_for: bytes) -> Pass:
        """Leave for one more comment from an address. Raises ProofWrong, TooMany, TooBusy, Unavailable."""
        now = datetime.now(UTC)
        shown = proof.verify(self._secret, given, window_id, now=now) if given else None
        tier = PROVED if shown else PLAIN
        key = key_of_address(self._secret, address, tier, now.date())
        outcome = await self._asks.do(Ask(key, tier, window_id, shown, spent_for))
        if isinstance(outcome, Refused):
            raise outcome
        return outcome

    async def note_refused(self, window_id: UUID, channel: str, code: str) -> None:
        """Count an attempt that was refused. Not counted where too many wait to be: a count is not worth an outage."""
        try:
            await self._refusals.do((window_id, channel, code))
        except (TooBusy, Unavailable):
            return

    async def drain(self) -> None:
        """Finish what was handed over."""
        await self._asks.drain()
        await self._refusals.drain()

    async def _run(self, asks: Sequence[Ask]) -> Sequence[Pass | Refused | Exception]:
        try:
            async with self._held.read() as conn:
                return await self._judged(conn, asks)
        except GONE as gone:
            raise Unavailable("database") from gone

    async def _judged(self, conn: Connection, asks: Sequence[Ask]) -> list[Pass | Refused]:
        shown, period = _shown(asks), self.limits.period
        honest, asked = self._sorted(asks, shown)
        found = await rates.count(conn, asked, seconds=period, proofs=list(shown.values()))
        if not found:
            ours = await rates.spend(conn, list(shown.values()))
            honest, asked = self._sorted(asks, {mark: shown[mark] for mark in ours})
            found = await rates.count(conn, asked, seconds=period) if asked else {}
        for window_id in {ask.window_id for ask, good in zip(asks, honest, strict=True) if good}:
            self._remember(window_id, found[key_of_window(window_id)].count)
        return _answers(asks, honest, asked, found, period)

    def _sorted(
        self, asks: Sequence[Ask], spent: Mapping[bytes, Spending]
    ) -> tuple[list[bool], dict[bytes, tuple[int, int]]]:
        """Of each, whether its proof is spent on it and on nothing else; and what the others ask of the counters."""
        honest = [_is_honest(ask, spent) for ask in asks]
        passing = [ask for ask, good in zip(asks, honest, strict=True) if good]
        levels = {ask.window_id: self._levels.get(ask.window_id, 0) for ask in passing}
        return honest, _asked(passing, self.limits, levels)

    def _remember(self, window_id: UUID, count: int) -> None:
        self._levels[window_id] = self.limits.level(count)
        self._levels.move_to_end(window_id)
        while len(self._levels) > WINDOWS_IN_MIND:
            self._levels.popitem(last=False)

    async def _count_refused(self, refusals: Sequence[Refusal]) -> Sequence[None]:
        try:
            async with self._db.transaction() as tx:
                await rates.count_refused(tx, Counter(refusals))
        except GONE as gone:
            raise Unavailable("database") from gone
        return [None] * len(refusals)


def _shown(asks: Sequence[Ask]) -> dict[bytes, Spending]:
    """The proofs of a group, each for who showed it first."""
    return {
        ask.proof.mark: (ask.proof.mark, ask.spent_for, ask.proof.expires_at) for ask in reversed(asks) if ask.proof
    }


def _is_honest(ask: Ask, spent: Mapping[bytes, Spending]) -> bool:
    """Whether its proof is spent on it and on nothing else; true without one."""
    return ask.proof is None or (ask.proof.mark in spent and spent[ask.proof.mark][1] == ask.spent_for)


def _asked(asks: Sequence[Ask], limits: Limits, levels: Mapping[UUID, int]) -> dict[bytes, tuple[int, int]]:
    """How many of how many allowed each counter is asked for."""
    numbers = Counter(ask.key for ask in asks)
    asked = {ask.key: (numbers[ask.key], limits.allowed(ask.tier, levels[ask.window_id])) for ask in asks}
    of_windows = Counter(ask.window_id for ask in asks)
    return asked | {key_of_window(window_id): (number, UNBOUNDED) for window_id, number in of_windows.items()}


def _answers(
    asks: Sequence[Ask],
    honest: Sequence[bool],
    asked: Mapping[bytes, tuple[int, int]],
    found: Mapping[bytes, Rate],
    period: int,
) -> list[Pass | Refused]:
    """What a counter granted goes to those who came first."""
    served = Counter[bytes]()
    answers: list[Pass | Refused] = []
    for ask, good in zip(asks, honest, strict=True):
        if not good:
            answers.append(ProofWrong(SPENT, field="proof"))
            continue
        rate, allowed = found[ask.key], asked[ask.key][1]
        served[ask.key] += 1
        left = allowed - (rate.count - rate.granted) - served[ask.key]
        standing = Pass(ask.tier, allowed, max(left, 0), math.ceil(rate.seconds_left), period)
        answers.append(standing if served[ask.key] <= rate.granted else TooMany(standing))
    return answers
