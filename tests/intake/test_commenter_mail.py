"""Mails to commenters: the receipt of a mailed opinion, the answers once they are public; once each, and to nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from services.intake.actions import answering
from services.intake.domain.answers import Disposition, Given
from services.intake.mailing import Mailing
from services.intake.upkeep import Upkeep
from services.kernel.contracts.intake import PublishAnswers, RecordSummary
from services.kernel.runtime.process import Context
from services.kernel.runtime.settings import Settings
from services.kernel.runtime.temporal import Temporal
from tests.conftest import DbFor
from tests.intake.builders import BOOK, CALENDAR, Desk, an_actor
from tests.intake.post import DOMAIN, ZHOU, Door, a_mail, open_door
from tests.notify.sink import Sink, free_port, listening

HIDE = "update comments set hidden_at = clock_timestamp(), hidden_by = 'he-xu', hidden_reason = '含有他人隐私'"
DUE = "update commenter_mails set due_at = clock_timestamp() where sent_at is null"
MAILS = "select kind, attempts, sent_at, failed, bounced_at, more from commenter_mails order by made_at, id"


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def server(sink: Sink, port: int) -> Iterator[Sink]:
    with listening(sink, port):
        yield sink


@pytest.fixture
def posting(settings: Settings, port: int) -> Settings:
    return settings.model_copy(
        update={
            "comment_domain": DOMAIN,
            "comment_mail_protocol": "smtp",
            "mail_from": "发文 <fawen@yunxi.example>",
            "smtp_port": port,
            "comment_mails_a_second": 1000.0,
            "comment_mail_checker": "mx.yunxi.example",
        }
    )


@pytest_asyncio.fixture
async def door(desk: Desk, posting: Settings) -> AsyncIterator[Door]:
    async with open_door(desk, posting) as opened:
        yield opened


@pytest_asyncio.fixture
async def mailing(desk: Desk, posting: Settings, db_for: DbFor) -> Mailing:
    context = Context(
        settings=posting,
        db=desk.db,
        blobs=desk.blobs,
        temporal=Temporal.of(posting),
        book=BOOK,
        calendar=CALENDAR,
        opened_private=await db_for("contacts"),
    )
    return Mailing(context)


@pytest_asyncio.fixture
async def window_id(desk: Desk) -> UUID:
    return await desk.opens_window(await desk.submits())


async def _deliver(mailing: Mailing, desk: Desk) -> None:
    """Everything that waits, also what waits for its next try."""
    while await mailing.list_some():
        continue
    async with desk.db.transaction() as tx:
        await tx.execute(DUE)
    while await mailing.send_some():
        continue


async def _now(mailing: Mailing) -> None:
    """Only what is due."""
    while await mailing.list_some() or await mailing.send_some():
        continue


async def _rows(desk: Desk) -> list[dict[str, Any]]:
    async with desk.db.read() as conn:
        return [dict(row) for row in await conn.fetch(MAILS)]


async def _publishes(desk: Desk, window_id: UUID, *, reason: str = "每月清洗成本过高。") -> None:
    """Close, summarise, answer everything as partly adopted, publish."""
    await desk.closes_now(window_id)
    await desk.activities.record_summary(RecordSummary(window_id=window_id))
    async with desk.db.read() as conn:
        left = await conn.fetch("select id from comments where window_id = $1 and withdrawn_at is null", window_id)
    given = tuple(
        Given(comment_id=row["id"], disposition=Disposition.PARTLY, reason=reason, clause="art-3") for row in left
    )
    if given:
        async with desk.db.transaction() as tx:
            await answering.answer(tx, an_actor(), window_id, given)
    await desk.activities.publish_answers(PublishAnswers(window_id=window_id))


def _words(mail: EmailMessage) -> str:
    return str(mail.get_content())


async def test_a_mailed_opinion_is_acknowledged_with_its_receipt(
    door: Door, window_id: UUID, mailing: Mailing, server: Sink
) -> None:
    await door.sends(window_id, a_mail(Message_ID="<7@mail.example>"))
    await _now(mailing)
    (mail,) = server.mails
    async with door.desk.db.read() as conn:
        receipt = await conn.fetchval("select receipt from comments")
    assert (mail["To"], mail["In-Reply-To"], mail["Auto-Submitted"]) == (ZHOU, "<7@mail.example>", "auto-replied")
    assert server.return_paths == [""]
    assert f"回执号：{receipt}" in _words(mail)
    assert f"/intake/receipt?receipt={receipt}" in _words(mail)
    assert "北京时间，UTC+8" in _words(mail)
    assert "Beijing time" in _words(mail)


async def test_a_sender_gets_one_automatic_answer_a_day_and_no_receipt_is_lost(
    door: Door, window_id: UUID, mailing: Mailing, server: Sink
) -> None:
    await door.sends(window_id, a_mail("第一条"))
    await _now(mailing)
    for said in ("第二条", "第三条"):
        await door.sends(window_id, a_mail(said))
    await _now(mailing)
    assert len(server.mails) == 1
    await _deliver(mailing, door.desk)
    assert [_words(mail).count("回执号：") for mail in server.mails] == [1, 2]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"Precedence": "list"},
        {"List_Id": "<all.yunxi.example>"},
        {"X_Auto_Response_Suppress": "All"},
        {"Authentication_Results": "mx.yunxi.example; spf=fail; dmarc=fail header.from=mail.example"},
        {"sender": "MAILER-DAEMON@mail.example"},
        {"sender": "no-reply@mail.example"},
        {"sender": "周宁 <zhou@mail.example>, <lin@mail.example>"},
    ],
)
async def test_a_machines_mail_is_taken_but_not_answered(
    door: Door, window_id: UUID, mailing: Mailing, server: Sink, headers: dict[str, str]
) -> None:
    code, _ = await door.sends(window_id, a_mail(**headers))
    await _now(mailing)
    assert (code, server.mails) == (250, [])


async def test_what_a_stranger_says_about_checks_is_not_believed(
    door: Door, window_id: UUID, mailing: Mailing, server: Sink
) -> None:
    await door.sends(window_id, a_mail(Authentication_Results="mx.elsewhere.example; dmarc=fail"))
    await _now(mailing)
    assert len(server.mails) == 1


async def test_published_answers_go_once_to_each_who_left_an_address(
    door: Door, window_id: UUID, mailing: Mailing, server: Sink
) -> None:
    desk = door.desk
    await desk.comments(window_id, "建议延长间隔。", contact="lin@mail.example", name="林\r\nBcc: x@y.example")
    await desk.comments(window_id, "建议补贴。", contact="LIN@mail.example ")
    await desk.comments(window_id, "没有地址。")
    await desk.comments(window_id, "只有电话。", contact="0000-5550121")
    await desk.comments(window_id, "两个地址。", contact="a@mail.example, b@mail.example")
    await _publishes(desk, window_id)
    await _deliver(mailing, desk)
    await desk.activities.publish_answers(PublishAnswers(window_id=window_id))
    await _deliver(mailing, desk)
    (mail,) = server.mails
    words = _words(mail)
    assert mail["To"] == "lin@mail.example"
    assert (words.count("答复：部分采纳"), words.count("Answer: Partly adopted")) == (2, 2)
    for part in ("> 建议延长间隔。", "> 建议补贴。", "理由：每月清洗成本过高。", "改动的条文：第三条"):
        assert part in words
    assert server.return_paths[0].endswith(f"@{DOMAIN}")


async def test_two_posts_at_the_same_time_send_each_mail_once(
    door: Door, window_id: UUID, mailing: Mailing, server: Sink
) -> None:
    for number in range(12):
        await door.desk.comments(window_id, f"意见{number}", contact=f"p{number}@mail.example")
    await _publishes(door.desk, window_id)
    await asyncio.gather(_now(mailing), _now(mailing))
    assert server.recipients() == sorted(f"p{number}@mail.example" for number in range(12))


async def test_nobody_is_left_out_and_nobody_written_to_twice_when_listing_is_done_in_parts(
    door: Door, window_id: UUID, mailing: Mailing, server: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.intake.mailing.LISTED_AT_ONCE", 2)
    for number in range(25):
        await door.desk.comments(
            window_id, f"意见{number}", contact="lin@mail.example" if number < 23 else "w@mail.example"
        )
    await _publishes(door.desk, window_id)
    await _now(mailing)
    assert server.recipients() == ["lin@mail.example", "w@mail.example"]
    assert [row["more"] for row in await _rows(door.desk)] == [3, 0]


async def test_a_crash_between_sending_and_noting_repeats_the_same_message_id(
    door: Door, window_id: UUID, mailing: Mailing, server: Sink
) -> None:
    await door.sends(window_id, a_mail())
    await _now(mailing)
    async with door.desk.db.transaction() as tx:
        await tx.execute("update commenter_mails set sent_at = null")
    await _deliver(mailing, door.desk)
    assert len(server.mails) == 2
    assert len({str(mail["Message-ID"]) for mail in server.mails}) == 1


async def test_a_server_that_is_away_gets_the_mail_later(
    door: Door, window_id: UUID, mailing: Mailing, sink: Sink, port: int
) -> None:
    await door.sends(window_id, a_mail())
    await _now(mailing)
    with listening(sink, port):
        await _deliver(mailing, door.desk)
    assert len(sink.mails) == 1


async def test_an_address_that_is_refused_for_good_is_noted_without_the_address(
    door: Door, window_id: UUID, mailing: Mailing, server: Sink
) -> None:
    server.refuse[ZHOU] = f"550 5.1.1 no such user {ZHOU}"
    await door.sends(window_id, a_mail())
    await _now(mailing)
    (row,) = await _rows(door.desk)
    assert row["failed"] == "the mail server refuses this recipient for good (answer 550)"


async def test_a_bounce_is_noted(door: Door, window_id: UUID, mailing: Mailing, server: Sink) -> None:
    await door.desk.comments(window_id, contact="lin@mail.example")
    await _publishes(door.desk, window_id)
    await _now(mailing)
    code, _ = await door.sends(server.return_paths[0], a_mail(), sender="")
    (row,) = await _rows(door.desk)
    assert (code, row["bounced_at"] is not None) == (250, True)


async def test_an_opinion_that_was_taken_back_has_no_answer_to_tell(
    door: Door, window_id: UUID, mailing: Mailing, server: Sink
) -> None:
    taken = await door.desk.comments(window_id, contact="lin@mail.example")
    other = await door.desk.comments(window_id, "另一条", contact="lin@mail.example")
    await door.desk.comments(window_id, "第三条", contact="wu@mail.example")
    async with door.desk.db.transaction() as tx:
        await tx.execute(
            "update comments set withdrawn_at = clock_timestamp() where receipt = $1 or body = '第三条'", taken.receipt
        )
    await _publishes(door.desk, window_id)
    await _now(mailing)
    (mail,) = server.mails
    words = _words(mail)
    assert ("撤回这条意见" in words, other.receipt in words, words.count("答复：部分采纳")) == (True, True, 1)


async def test_a_hidden_opinion_is_told_why_and_not_repeated(
    door: Door, window_id: UUID, mailing: Mailing, server: Sink
) -> None:
    await door.desk.comments(window_id, "某人的电话。", contact="lin@mail.example")
    async with door.desk.db.transaction() as tx:
        await tx.execute(HIDE)
    await _publishes(door.desk, window_id)
    await _now(mailing)
    words = _words(server.mails[0])
    assert ("含有他人隐私" in words, "某人的电话" in words, "答复：部分采纳" in words) == (True, False, True)


async def test_once_the_addresses_are_gone_nothing_tells_who_wrote_twice(
    door: Door, window_id: UUID, mailing: Mailing, server: Sink, db_for: DbFor
) -> None:
    await door.desk.comments(window_id, contact="lin@mail.example")
    await _publishes(door.desk, window_id)
    await _now(mailing)
    async with door.desk.db.transaction() as tx:
        await tx.execute("update windows set answers_published_at = answers_published_at - interval '40 days'")
    await Upkeep(door.desk.db, await db_for("contacts"), BOOK, CALENDAR, door.desk.blobs).once()
    assert await _rows(door.desk) == []


async def test_an_address_in_another_script_is_written_to(
    door: Door, window_id: UUID, mailing: Mailing, server: Sink
) -> None:
    await door.desk.comments(window_id, "甲", contact="lin@例子.example")
    await door.desk.comments(window_id, "乙", contact="林@mail.example")
    await _publishes(door.desk, window_id)
    await _now(mailing)
    assert server.recipients() == ["lin@xn--fsqu00a.example", "林@mail.example"]
