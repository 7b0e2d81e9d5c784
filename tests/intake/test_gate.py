"""The gate: limits by address over several processes, proofs that hold once, forms that were read, refusals counted."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from fawen.proof import solve
from services.intake.domain.gate import Limits
from services.intake.upkeep import Upkeep
from services.intake.web import app_of
from services.kernel.contracts import proof
from services.kernel.contracts.proof import ProofWrong
from services.kernel.contracts.visitors import FormNotRead, check_form, form_token, key_of_address, network_of
from services.kernel.runtime.process import opened
from services.kernel.runtime.settings import Settings
from tests.conftest import DbFor
from tests.intake.builders import BOOK, CALENDAR, Web

SECRET = b"a secret for tests only"
PERIOD = 1_000_000_000
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
REFUSED = "select code, channel, sum(count)::integer as count from refused_attempts group by code, channel"


@asynccontextmanager
async def a_site(settings: Settings, *, address: str = "203.0.113.5") -> AsyncIterator[httpx.AsyncClient]:
    """One web process of intake, asked from one address."""
    # One period for all of it: nothing here begins anew while a test runs.
    async with opened("intake", settings.model_copy(update={"comment_period_seconds": PERIOD})) as context:
        transport = httpx.ASGITransport(app=app_of(context), client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url=settings.public_url) as client:
            yield client


async def a_window(web: Web, *, phase: str = "public_comment/1") -> UUID:
    return await web.desk.opens_window(await web.desk.submits(), phase=phase)


async def a_proof(client: httpx.AsyncClient, window_id: UUID) -> str:
    asked = await client.get(f"/intake/windows/{window_id}/challenge")
    assert asked.headers["Cache-Control"] == "no-store"
    return solve(asked.json())


async def says(client: httpx.AsyncClient, window_id: UUID, body: str = "好", **given: Any) -> httpx.Response:
    return await client.post(f"/intake/windows/{window_id}/comments", json={"body": body, **given})


async def refused_of(web: Web) -> dict[tuple[str, str], int]:
    async with web.desk.db.read() as conn:
        return {(row["code"], row["channel"]): row["count"] for row in await conn.fetch(REFUSED)}


class TestLimits:
    async def test_two_processes_share_one_limit_to_the_last_comment(self, web: Web, settings: Settings) -> None:
        window_id = await a_window(web)
        tight = settings.model_copy(update={"comment_limit_plain": 7})

        async with a_site(tight) as first, a_site(tight) as second:
            answers = await asyncio.gather(
                *(says(site, window_id, f"第{n}条") for n in range(10) for site in (first, second))
            )

        assert sorted(answer.status_code for answer in answers) == [201] * 7 + [429] * 13

    async def test_who_sends_too_many_is_told_when_and_how_to_go_on(self, web: Web, settings: Settings) -> None:
        window_id = await a_window(web)

        async with a_site(settings.model_copy(update={"comment_limit_plain": 1})) as site:
            taken = await says(site, window_id)
            refused = await says(site, window_id)

        assert taken.headers["RateLimit-Policy"] == f'"plain";q=1;w={PERIOD}'
        assert taken.headers["RateLimit"].startswith('"plain";r=0;t=')
        assert (refused.status_code, refused.json()["code"]) == (429, "comment.too_many")
        assert 1 <= int(refused.headers["Retry-After"]) <= PERIOD
        assert "challenge" in refused.json()["remedy"]
        assert await refused_of(web) == {("comment.too_many", "api"): 1}

    async def test_a_shared_address_goes_on_with_proofs(self, web: Web, settings: Settings) -> None:
        window_id = await a_window(web)

        async with a_site(settings.model_copy(update={"comment_limit_plain": 1})) as hall:
            await says(hall, window_id)
            assert (await says(hall, window_id)).status_code == 429
            answers = [await says(hall, window_id, proof=await a_proof(hall, window_id)) for _ in range(3)]

        assert [answer.status_code for answer in answers] == [201] * 3
        assert answers[-1].headers["RateLimit"].startswith('"proved";r=597;')

    async def test_a_spent_proof_in_a_group_fails_alone_and_the_others_are_counted(
        self, web: Web, settings: Settings
    ) -> None:
        window_id = await a_window(web)
        async with a_site(settings) as site:
            proofs = [await a_proof(site, window_id) for _ in range(4)]
            await says(site, window_id, proof=proofs[0])
            answers = await asyncio.gather(*(says(site, window_id, f"第{n}条", proof=p) for n, p in enumerate(proofs)))

        assert [answer.status_code for answer in answers] == [422, 201, 201, 201]
        assert answers[-1].headers["RateLimit"].startswith('"proved";r=596;')

    async def test_another_address_is_not_held_up(self, web: Web, settings: Settings) -> None:
        window_id = await a_window(web)
        tight = settings.model_copy(update={"comment_limit_plain": 1})

        async with a_site(tight) as one, a_site(tight, address="203.0.113.6") as other:
            answers = [await says(site, window_id) for site in (one, one, other)]

        assert [answer.status_code for answer in answers] == [201, 429, 201]

    async def test_a_key_that_was_answered_is_answered_again_whatever_the_limit(
        self, web: Web, settings: Settings
    ) -> None:
        window_id, headers = await a_window(web), {"Idempotency-Key": str(uuid4())}
        path = f"/intake/windows/{window_id}/comments"

        async with a_site(settings.model_copy(update={"comment_limit_plain": 1})) as site:
            first = await site.post(path, json={"body": "好"}, headers=headers)
            again = await site.post(path, json={"body": "好"}, headers=headers)

        assert (again.status_code, again.json()) == (201, first.json())

    async def test_in_a_surge_proofs_are_harder_and_nobody_is_shut_out(self, web: Web, settings: Settings) -> None:
        window_id = await a_window(web)
        async with a_site(settings.model_copy(update={"comment_surge": 2, "comment_limit_plain": 2})) as site:
            before = (await site.get(f"/intake/windows/{window_id}/challenge")).json()["maxnumber"]
            answers = [await says(site, window_id, proof=await a_proof(site, window_id)) for _ in range(4)]
            after = (await site.get(f"/intake/windows/{window_id}/challenge")).json()["maxnumber"]
            answers.append(await says(site, window_id))

        assert after == 4 * before
        assert [answer.status_code for answer in answers] == [201] * 5

    async def test_no_address_stays_in_the_database(self, web: Web, settings: Settings) -> None:
        window_id = await a_window(web)
        headers = {"Idempotency-Key": "1"}
        async with a_site(settings) as site:
            await site.post(f"/intake/windows/{window_id}/comments", json={"body": "好"}, headers=headers)

        async with web.desk.db.read() as conn:
            rows = [
                str(tuple(row))
                for table in ("comment_rates", "idempotency", "comments")
                for row in await conn.fetch(f"select * from {table}")
            ]
        assert len(rows) == 4
        assert not [row for row in rows if "203.0.113" in row]

    async def test_counters_and_spent_proofs_leave_with_their_time(self, web: Web, db_for: DbFor) -> None:
        async with web.desk.db.transaction() as tx:
            await tx.execute(
                "insert into comment_rates values ('a', now() - interval '1 s', 1, 1), ('b', now() + interval '1 h', 1, 1)"
            )
            await tx.execute(
                "insert into spent_proofs values ('a', 'x', now() - interval '1 s'), ('b', 'x', now() + interval '1 h')"
            )

        await Upkeep(web.desk.db, await db_for("contacts"), BOOK, CALENDAR, web.desk.blobs).once()

        async with web.desk.db.read() as conn:
            left = await conn.fetch("select key from comment_rates union all select mark from spent_proofs")
        assert [row["key"] for row in left] == [b"b", b"b"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.5", "203.0.113.5", True),
        ("203.0.113.5", "203.0.113.6", False),
        ("fe80::1%eth0", "fe80::1", True),
    ],
)
def test_an_ipv6_network_counts_as_one_address(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same


def test_an_address_has_another_key_every_day() -> None:
    keys = {key_of_address(SECRET, "203.0.113.5", tier, date(2026, 3, day)) for day in (2, 3) for tier in ("a", "b")}

    assert len(keys) == 4


def test_limits_in_a_surge_never_reach_nothing() -> None:
    limits = Limits(period=600, plain=20, proved=600, surge=100, difficulty=1000, hardest=8000)

    assert [limits.level(count) for count in (0, 99, 100, 199, 200, 100_000)] == [0, 0, 1, 1, 2, 10]
    assert [limits.allowed("plain", level) for level in (0, 1, 9)] == [20, 10, 1]
    assert [limits.difficulty_at(level) for level in (0, 1, 9)] == [1000, 2000, 8000]


class TestProof:
    async def test_a_proof_is_good_for_one_comment_over_all_processes(self, web: Web, settings: Settings) -> None:
        window_id = await a_window(web)
        async with a_site(settings) as first, a_site(settings, address="203.0.113.6") as second:
            shown = await a_proof(first, window_id)
            answers = await asyncio.gather(
                *(says(site, window_id, f"第{n}条", proof=shown) for n in range(5) for site in (first, second))
            )

        assert sorted(answer.status_code for answer in answers) == [201] + [422] * 9
        assert await refused_of(web) == {("comment.proof", "api"): 9}

    async def test_a_proof_of_another_window_is_refused(self, web: Web, settings: Settings) -> None:
        window_id, other = await a_window(web), await a_window(web)

        async with a_site(settings) as site:
            refused = await says(site, window_id, proof=await a_proof(site, other))

        assert (refused.json()["code"], refused.json()["field"]) == ("comment.proof", "proof")
        assert "另一份表" in refused.json()["detail"]

    def test_a_proof_too_old_is_refused(self) -> None:
        window_id = uuid4()
        shown = solve(proof.challenge(SECRET, window_id, hardest=50, expires_at=NOW))

        with pytest.raises(ProofWrong, match="too old"):
            proof.verify(SECRET, shown, window_id, now=NOW)

    def test_a_digit_moved_from_the_number_into_the_salt_is_refused(self) -> None:
        """The hash would be the same, and the salt another: a challenge that lives longer, or is counted anew."""
        window_id = uuid4()
        while True:
            shown = json.loads(b64decode(solve(proof.challenge(SECRET, window_id, hardest=500, expires_at=NOW))))
            if shown["number"] > 99:
                break
        digits = str(shown["number"])
        moved = {**shown, "salt": shown["salt"] + digits[0], "number": int(digits[1:])}

        with pytest.raises(ProofWrong):
            proof.verify(SECRET, _packed(moved), window_id, now=NOW - timedelta(minutes=1))

    @pytest.mark.parametrize(
        "change",
        [{"signature": "0" * 64}, {"number": -1}, {"number": True}, {"number": "1"}, {"algorithm": "MD5"}, {"salt": 1}],
        ids=str,
    )
    def test_a_changed_proof_is_refused(self, change: dict[str, Any]) -> None:
        window_id = uuid4()
        shown = json.loads(b64decode(solve(proof.challenge(SECRET, window_id, hardest=9, expires_at=NOW))))

        with pytest.raises(ProofWrong):
            proof.verify(SECRET, _packed({**shown, **change}), window_id, now=NOW - timedelta(minutes=1))

    @pytest.mark.parametrize(
        "given", ["x", "e30=", "W10=", "bnVsbA==", "ÿ", "A" * 5000, b64encode(b"[" * 700).decode()]
    )
    def test_what_is_no_proof_is_refused(self, given: str) -> None:
        with pytest.raises(ProofWrong):
            proof.verify(SECRET, given, uuid4(), now=NOW)


def _packed(shown: dict[str, Any]) -> str:
    return b64encode(json.dumps(shown).encode()).decode()


class TestForm:
    def test_a_form_sent_back_at_once_or_a_day_later_is_not_read(self) -> None:
        window_id = uuid4()
        token = form_token(SECRET, window_id, NOW)
        for later in (timedelta(seconds=1.9), timedelta(hours=24)):
            with pytest.raises(FormNotRead):
                check_form(SECRET, token, window_id, now=NOW + later, seconds=2)

        check_form(SECRET, token, window_id, now=NOW + timedelta(seconds=2), seconds=2)

    @pytest.mark.parametrize("token", ["", "1.2", "x.y", f"{'9' * 400}.0"])
    def test_a_token_of_nobodys_form_is_refused(self, token: str) -> None:
        with pytest.raises(FormNotRead):
            check_form(SECRET, token, uuid4(), now=NOW, seconds=0)

    async def test_a_form_without_its_token_comes_back_with_its_words(self, web: Web) -> None:
        window_id = await a_window(web)

        answer = await web.client.post(f"/intake/consultation/{window_id}", data={"body": "没有令牌的话"})

        assert answer.status_code == 422
        assert "没有令牌的话" in answer.text
        assert "请再提交一次" in answer.text

    async def test_with_a_proof_a_form_needs_no_token(self, web: Web) -> None:
        window_id = await a_window(web)
        given = {"body": "脚本算好了", "proof": await a_proof(web.client, window_id)}

        answer = await web.client.post(f"/intake/consultation/{window_id}", data=given)

        assert answer.status_code == 303

    async def test_that_the_window_is_closed_goes_before_every_other_refusal(self, web: Web) -> None:
        window_id = await a_window(web)
        await web.desk.closes_now(window_id)

        answers = [
            await web.client.post(f"/intake/consultation/{window_id}", data={"body": "晚了"}),
            await says(web.client, window_id, proof="x"),
            await says(web.client, window_id, body=""),
        ]

        assert [answer.status_code for answer in answers] == [409] * 3
        assert await refused_of(web) == {("comment.window_closed", "web"): 1, ("comment.window_closed", "api"): 2}


async def test_refusals_are_one_row_an_hour_for_each_code(web: Web) -> None:
    window_id = await a_window(web)
    await asyncio.gather(*(says(web.client, window_id, body="") for _ in range(30)))

    async with web.desk.db.read() as conn:
        rows = [tuple(row) for row in await conn.fetch("select code, count from refused_attempts")]
    assert sum(count for _, count in rows) == 30
    assert len(rows) <= 2


async def test_an_unknown_window_leaves_no_trace(web: Web) -> None:
    answer = await says(web.client, uuid4())

    async with web.desk.db.read() as conn:
        left = await conn.fetchval(
            "select (select count(*) from comment_rates) + (select count(*) from refused_attempts)"
        )
    assert (answer.status_code, left) == (404, 0)
