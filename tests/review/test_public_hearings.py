"""Hearings in public: announced, applied for, selected by the published rule; who applied lies apart and is let go of."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from xml.etree import ElementTree as ET

import asyncpg
import httpx
import pytest

from fawen.proof import solve
from services.kernel.contracts.review import CloseRound
from services.kernel.contracts.visitors import form_token
from services.kernel.runtime.db import Database
from services.kernel.runtime.relay import Relay
from services.kernel.runtime.settings import Settings
from services.review.activities import ReviewActivities
from services.review.domain import hearings as domain
from services.review.domain.hearings import SelectParticipants, SendMaterials
from services.review.domain.public_hearings import Application, Person, announced_as
from services.review.sheets.hearing import acts
from services.review.store import public_hearings, reports
from tests.notify.sink import Sink
from tests.review.builders import HE_XU, LU_WENXI
from tests.review.conftest import Web
from tests.review.test_hearings import TODAY, a_hearing, a_notice, done
from tests.review.test_pages import get, send

FORM = {"name": "江澄", "contact": "13900000000", "party": "消费者", "words": "清洗频次过高。"}


async def announced(db: Database, **changes: Any) -> UUID:
    round_id = await a_hearing(db)
    fields = {"apply_by": TODAY + timedelta(days=3), "parties": ("消费者", "经营者"), **changes}
    await done(db, round_id, acts.announce, a_notice(20, **fields))
    return round_id


async def over(owner: asyncpg.Connection[asyncpg.Record], round_id: UUID) -> None:
    """The last day to apply has passed."""
    async with owner.transaction():
        await owner.execute("alter table review.reports disable trigger user")
        await owner.execute(
            "update review.reports set body = jsonb_set(body, '{apply_by}', to_jsonb($2::text)) where round_id = $1",
            round_id,
            (TODAY - timedelta(days=1)).isoformat(),
        )
        await owner.execute("alter table review.reports enable trigger user")


async def applies(web: Web, round_id: UUID, key: str | None = None, **changes: Any) -> httpx.Response:
    """As a program of the public does."""
    headers = {"Idempotency-Key": key} if key else {}
    path = f"/review/hearing-notices/{round_id}/applications"
    return await web.client.post(path, json={**FORM, **changes}, headers=headers)


async def test_a_hearing_is_found_and_applied_for_without_signing_in(
    db: Database, web: Web, settings: Settings
) -> None:
    round_id = await announced(db)
    page = (await web.client.get("/review/hearings")).text
    assert ("清洗频次" in page, "正在报名" in page) == (True, True)
    shown = (await web.client.get(f"/review/hearing/{round_id}")).text
    assert "报名参加听证" in shown
    unread = await web.client.post(f"/review/hearing/{round_id}", data={**FORM, "form": "", "proof": ""})
    assert (unread.status_code, "请再提交一次" in unread.text, "江澄" in unread.text) == (422, True, True)
    read = form_token(settings.secret.get_secret_value().encode(), round_id, datetime.now(UTC) - timedelta(minutes=1))
    taken = await web.client.post(f"/review/hearing/{round_id}", data={**FORM, "form": read, "proof": ""})
    assert (taken.status_code, taken.headers["location"].split("&")[0]) == (303, f"/review/hearing/{round_id}?number=1")
    assert "第1号" in (await web.client.get(taken.headers["location"])).text


async def test_the_feed_says_where_each_hearing_stands(db: Database, web: Web) -> None:
    round_id = await announced(db)
    feed = ET.fromstring((await web.client.get("/review/hearings.atom")).text)  # noqa: S314 (our own)
    (entry,) = feed.findall("{http://www.w3.org/2005/Atom}entry")
    assert entry.findtext("{http://www.w3.org/2005/Atom}id") == f"urn:uuid:{round_id}"
    assert (await web.client.get("/review/hearing-notices")).json()[0]["state"] == "applying"


async def test_an_application_counts_once_for_its_key(db: Database, web: Web) -> None:
    round_id = await announced(db)
    first, again = [await applies(web, round_id, "key-1") for _ in range(2)]
    assert (first.json()["number"], again.json()) == (1, first.json())
    assert (await applies(web, round_id, "key-1", name="别人")).json()["code"] == "idempotency.key_reused"
    assert (await applies(web, round_id, "key-2")).json()["number"] == 2


async def withdraws(web: Web, round_id: UUID, number: int, code: str) -> httpx.Response:
    path = f"/review/hearing-notices/{round_id}/withdrawals"
    return await web.client.post(path, json={"number": number, "code": code})


async def test_an_application_is_taken_back_and_its_person_is_forgotten(
    db: Database, web: Web, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    round_id = await announced(db)
    taken = (await applies(web, round_id)).json()
    for _ in range(2):
        assert (await withdraws(web, round_id, 1, taken["code"])).json() == {"round_id": str(round_id), "number": 1}
    assert await owner.fetchval("select count(*) from review.hearing_contacts") == 0
    assert (await web.client.get(f"/review/hearing-notices/{round_id}")).json()["applications"] == 0
    assert (await applies(web, round_id)).json()["number"] == 2


async def test_an_application_is_taken_back_on_the_page(db: Database, web: Web) -> None:
    round_id = await announced(db)
    taken = (await applies(web, round_id)).json()
    page = await web.client.get(f"/review/hearing/{round_id}?number=1&code={taken['code']}")
    assert (taken["code"] in page.text, page.headers["cache-control"]) == (True, "no-store")
    path = f"/review/hearing/{round_id}/withdraw"
    wrong = await web.client.post(path, data={"number": "1", "code": "0" * 20})
    assert (wrong.status_code, "报名号和撤回码对不上" in wrong.text) == (422, True)
    done_ = await web.client.post(path, data={"number": "1", "code": taken["code"].upper()})
    assert "已经撤回" in (await web.client.get(done_.headers["location"])).text


async def test_nobody_takes_back_the_application_of_another(db: Database, web: Web) -> None:
    round_id = await announced(db)
    taken = [(await applies(web, round_id)).json() for _ in range(2)]
    for number, code in ((1, taken[1]["code"]), (3, taken[0]["code"]), (1, "")):
        assert (await withdraws(web, round_id, number, code)).json()["code"] == "hearing.withdrawal_code"


async def test_who_is_selected_does_not_withdraw_by_any_way(
    db: Database, web: Web, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    round_id = await announced(db)
    taken = (await applies(web, round_id)).json()
    await over(owner, round_id)
    await done(db, round_id, acts.select, SelectParticipants())
    assert (await withdraws(web, round_id, 1, taken["code"])).json()["code"] == "hearing.withdrawal_late"
    assert "撤回报名" not in (await web.client.get(f"/review/hearing/{round_id}")).text
    with pytest.raises(asyncpg.RaiseError, match="withdrawal_late"):
        async with db.transaction() as tx:
            await tx.execute("insert into hearing_withdrawals select id from hearing_applications")


async def test_who_left_an_address_hears_of_arrival_change_and_selection(
    db: Database, web: Web, relay: Relay, server: Sink, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    round_id = await announced(db, participants_wanted=1, parties=())
    await applies(web, round_id, party="", contact="jiang@yunxi.example")
    await applies(web, round_id, party="", name="宋岚", contact="song@yunxi.example")
    await applies(web, round_id, party="", name="白鹭")
    gone = (await applies(web, round_id, party="", contact="gone@yunxi.example")).json()
    await withdraws(web, round_id, gone["number"], gone["code"])
    fields = {"apply_by": TODAY + timedelta(days=3), "participants_wanted": 1}
    await done(db, round_id, acts.announce, a_notice(30, **fields))
    await over(owner, round_id)
    await done(db, round_id, acts.select, SelectParticipants(left_out="名额已满。"))
    await relay.drain()
    heard: dict[str, list[str]] = {}
    for mail in server.mails:
        heard.setdefault(str(mail["To"]), []).append(str(mail["Subject"]).partition("：")[0])
    came, moved = "听证报名已收到", "听证公告有变动"
    assert sorted(heard) == ["jiang@yunxi.example", "song@yunxi.example"]
    ends = {"请您参加听证会", "听证参加人已经遴选，您没有入选"}
    assert all(each[:2] == [came, moved] for each in heard.values())
    assert {each[2] for each in heard.values()} <= ends
    assert "江澄" not in "".join(mail.as_string() for mail in server.mails)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"party": "专家"}, 422, "hearing.party"),
        ({"name": " "}, 422, "input.invalid"),
        ({"contact": ""}, 422, "input.invalid"),
        ({"proof": "eyJ9"}, 422, "comment.proof"),
    ],
)
async def test_what_is_no_application_is_refused(
    db: Database, web: Web, changes: dict[str, str], status: int, code: str
) -> None:
    refused = await applies(web, await announced(db), **changes)
    assert (refused.status_code, refused.json()["code"]) == (status, code)


async def test_a_hearing_that_nobody_announced_is_unknown(db: Database, web: Web) -> None:
    for round_id in (uuid4(), await a_hearing(db)):
        assert (await applies(web, round_id)).json()["code"] == "hearing.unknown"
        assert (await web.client.get(f"/review/hearing/{round_id}/text")).status_code == 404


async def test_after_the_last_day_nobody_applies_by_any_way(
    db: Database, web: Web, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    round_id = await announced(db)
    await over(owner, round_id)
    assert (await applies(web, round_id)).json()["code"] == "hearing.applications_closed"
    assert "报名参加听证</button>" not in (await web.client.get(f"/review/hearing/{round_id}")).text
    with pytest.raises(asyncpg.RaiseError, match="applications_closed"):
        async with db.transaction() as tx:
            await tx.execute(
                "insert into hearing_applications (round_id, number, party) values ($1, 1, '公众')", round_id
            )


async def test_one_network_applies_so_often_and_more_with_proofs(db: Database, web: Web) -> None:
    round_id = await announced(db)
    answers = [(await applies(web, round_id)).status_code for _ in range(40)]
    assert 429 in answers
    asked = (await web.client.get(f"/review/hearing-notices/{round_id}/challenge")).json()
    proof = await asyncio.to_thread(solve, asked)
    assert (await applies(web, round_id, proof=proof)).status_code == 201
    assert (await applies(web, round_id, proof=proof)).json()["code"] == "comment.proof"
    assert (await applies(web, await announced(db), proof=proof)).json()["code"] == "comment.proof"


async def test_no_selection_while_people_may_still_apply(db: Database, web: Web) -> None:
    round_id = await announced(db)
    await applies(web, round_id)
    with pytest.raises(domain.StillApplying):
        await done(db, round_id, acts.select, SelectParticipants())


async def test_participants_are_selected_and_announced_as_they_allowed(
    db: Database, web: Web, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    round_id = await announced(db)
    await applies(web, round_id)
    await applies(web, round_id, name="宋岚", party="经营者", full_name=True)
    await applies(web, round_id, name="白鹭")
    await over(owner, round_id)
    with pytest.raises(domain.LeftOutUnexplained):
        await done(db, round_id, acts.select, SelectParticipants())
    await done(db, round_id, acts.select, SelectParticipants(left_out="按公布的抽签结果，名额已满。"))
    page = (await web.client.get(f"/review/hearing/{round_id}")).text
    assert ("宋岚（报名第2号）" in page, "江澄" in page, "白鹭" in page) == (True, False, False)
    assert "名额已满" in page
    async with db.read() as conn:
        listed = (await reports.newest(conn, round_id))["hearing_list"].body
        assert [one[:2] for one in await public_hearings.reads(conn, round_id)] == [("selection", "何叙")]
    assert {one["group"] for one in listed["participants"]} == {"消费者", "经营者"}
    assert "江澄" not in str(listed)


async def test_nobody_is_selected_among_nobody(db: Database) -> None:
    round_id = await a_hearing(db)
    await done(db, round_id, acts.announce, a_notice(20))
    with pytest.raises(domain.NobodyApplied):
        await done(db, round_id, acts.select, SelectParticipants())


@pytest.mark.parametrize("days", [-1, 20, 21])
async def test_the_last_day_to_apply_lies_before_the_hearing(db: Database, days: int) -> None:
    with pytest.raises(domain.ApplyByWrong):
        await announced(db, apply_by=TODAY + timedelta(days=days))


async def test_contacts_are_read_by_the_drafting_unit_alone_and_on_record(db: Database, web: Web) -> None:
    round_id = await announced(db)
    await applies(web, round_id)
    assert "江澄" not in (await get(web, f"/review/round/{round_id}", HE_XU)).text
    assert (await send(web, f"/review/round/{round_id}/hearing-contacts", LU_WENXI, {})).status_code == 403
    page = await send(web, f"/review/round/{round_id}/hearing-contacts", HE_XU, {})
    assert ("13900000000" in page.text, page.headers["cache-control"]) == (True, "no-store")
    path = f"/review/hearing-notices/{round_id}/contacts"
    read = await web.client.post(path, headers={**web.as_program(HE_XU), "Idempotency-Key": "key-9"})
    assert read.json()["invited"] == [{"number": 1, "party": "消费者", "name": "江澄", "contact": "13900000000"}]
    async with db.read() as conn:
        assert len(await public_hearings.reads(conn, round_id)) == 2
        kept = await conn.fetchval("select string_agg(response::text, '') from idempotency")
    assert "江澄" not in (kept or "")


async def test_no_role_reads_the_contacts_past_the_record(db: Database) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.read() as conn:
            await conn.fetch("select name from hearing_contacts")


async def test_contacts_are_let_go_of_when_the_hearing_ends(
    db: Database, web: Web, activities: ReviewActivities, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    round_id = await announced(db)
    await applies(web, round_id)
    await activities.close_round(CloseRound(round_id=round_id, why="voided"))
    assert await owner.fetchval("select count(*) from review.hearing_contacts") == 0
    assert await owner.fetchval("select contacts from review.hearing_contact_erasures") == 1
    page = (await web.client.get(f"/review/hearing/{round_id}")).text
    assert ("不再举行" in page, "报名参加听证</button>" in page) == (True, False)


async def test_the_record_is_published_in_summary(db: Database, web: Web) -> None:
    round_id = await a_hearing(db)
    await done(db, round_id, acts.announce, a_notice(0, short_reason="试点，已当面告知。"))
    await done(db, round_id, acts.select, SelectParticipants(applicants=(domain.Applicant(name="江先生"),)))
    await done(db, round_id, acts.send, SendMaterials(sent_on=TODAY - timedelta(days=8)))
    opinions = (domain.Taken(opinion="<b>频次</b>过高。", adoption="partly", reason="已放宽。"),)
    record = domain.HearingRecord(marks=(domain.Mark(name="江先生"),), opinions=opinions, summary="双方意见已记录。")
    await done(db, round_id, acts.keep_record, record)
    page = (await web.client.get(f"/review/hearing/{round_id}", headers={"Accept-Language": "en"})).text
    assert ("双方意见已记录。" in page, "&lt;b&gt;频次" in page, "Partly adopted" in page) == (True, True, True)
    assert (await web.client.get(f"/review/hearing-notices/{round_id}")).json()["summary"] == "双方意见已记录。"


def test_a_name_is_announced_in_full_only_where_its_owner_said_so() -> None:
    one = Application(uuid4(), 3, "消费者", "", None)  # type: ignore[arg-type]
    assert announced_as(one, Person(one.id, "江澄", "1", full_name=False)).name == "江某（报名第3号）"
    assert announced_as(one, Person(one.id, "江澄", "1", full_name=True)).name == "江澄（报名第3号）"
