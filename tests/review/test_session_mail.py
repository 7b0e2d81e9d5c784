"""Meetings by mail: those invited hear of the meeting, of its change and of its end, once each, with the calendar."""

from __future__ import annotations

from email.message import EmailMessage
from uuid import UUID

import asyncpg
import pytest
from icalendar import Calendar

from services.kernel.runtime import outbox
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.kernel.runtime.relay import Relay
from services.kernel.runtime.settings import Settings
from services.review.actions import sessions
from services.review.domain import session_refusals as no
from services.review.domain.session_commands import CancelSession, MoveSession, SendNotice
from services.review.mailing import Post
from services.review.store import sessions as store
from tests.notify.builders import a_context
from tests.notify.sink import Sink, listening
from tests.review.builders import MEMBERS, an_actor
from tests.review.test_passkeys import enrolled, revokes, the_passkey
from tests.review.test_sessions import act, planned, soon, with_item


async def noticed(db: Database, *invited: str) -> UUID:
    session_id = await planned(db)
    await with_item(db, session_id)
    await act(db, sessions.send_notice, session_id, SendNotice(invited=invited))
    return session_id


def the_calendar(mail: EmailMessage) -> Calendar:
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    return Calendar.from_ical(attached.get_content())


def read(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


async def test_members_the_presenting_unit_and_attendees_are_told_once(
    db: Database, relay: Relay, server: Sink
) -> None:
    session_id = await noticed(db, "su-he", "he-xu")
    for _ in range(2):
        await relay.drain()
    async with db.read() as conn:
        invited = (await store.events(conn, session_id))[-1].detail["invited"]
    assert {*MEMBERS, "xu-qingyuan", "he-xu", "su-he"} <= set(invited)
    assert len(server.recipients()) == len(set(server.recipients())) == len(invited)


async def test_a_notice_is_chinese_first_names_the_agenda_and_opens_a_page_only(
    db: Database, relay: Relay, server: Sink
) -> None:
    session_id = await noticed(db)
    await relay.drain()
    mail = server.mails[0]
    text = read(mail)
    assert str(mail["Subject"]).startswith("请您参加会议")
    assert text.index("会议：") < text.index("Meeting: ")
    assert ("议题1：" in text, f"/review/meeting/{session_id}" in text) == (True, True)
    (event,) = the_calendar(mail).walk("VEVENT")
    assert (str(event["status"]), str(event["location"])) == ("CONFIRMED", "区政府302会议室")


async def test_who_was_told_hears_of_the_change_and_of_the_end(db: Database, relay: Relay, server: Sink) -> None:
    session_id = await noticed(db)
    moved = MoveSession(place="区政府501会议室", starts_at=soon(72), reason="机密理由不外发。")
    await act(db, sessions.move, session_id, moved)
    await act(db, sessions.cancel, session_id, CancelSession(reason="机密理由不外发。"))
    await relay.drain()
    to_one = [mail for mail in server.mails if mail["To"] == server.mails[0]["To"]]
    first, second, third = to_one
    assert ["原定：" in read(one) for one in to_one] == [False, True, False]
    assert "区政府501会议室" in read(second)
    assert "已取消" in str(third["Subject"])
    assert "机密" not in "".join(map(read, to_one))
    calendars = [the_calendar(one) for one in (first, second, third)]
    assert [str(one["method"]) for one in calendars] == ["REQUEST", "REQUEST", "CANCEL"]
    events = [one.walk("VEVENT")[0] for one in calendars]
    assert len({str(one["uid"]) for one in events}) == 1
    assert [int(str(one["sequence"])) for one in events] == sorted({int(str(one["sequence"])) for one in events})


async def test_nobody_hears_of_a_change_before_the_notice(db: Database, relay: Relay, server: Sink) -> None:
    session_id = await planned(db)
    await act(db, sessions.cancel, session_id, CancelSession(reason="没有议题。"))
    assert (await relay.drain(), server.mails) == (0, [])


async def test_who_is_not_in_the_directory_cannot_be_invited(db: Database) -> None:
    with pytest.raises(no.InviteeUnknown):
        await noticed(db, "nobody")
    async with db.read() as conn:
        assert await outbox.figures(conn) == {"fawen.outbox.parked": 0.0, "fawen.outbox.lag_seconds": 0.0}


async def test_others_are_invited_by_name_and_by_unit_where_two_have_it(
    db: Database, owner: asyncpg.Connection[asyncpg.Record]
) -> None:
    await owner.execute("insert into directory.persons (id, name) values ('su-he-2', '苏禾')")
    await owner.execute("insert into directory.offices values ('su-he-2', 'finance', 'drafter', '科员')")
    session_id = await noticed(db, "区司法局：苏禾", "程以安")
    with pytest.raises(no.InviteeUnknown, match="several"):
        await act(db, sessions.send_notice, session_id, SendNotice(invited=("苏禾",)))
    async with db.read() as conn:
        invited = (await store.events(conn, session_id))[-1].detail["invited"]
    assert ({"su-he", "cheng-yian"} <= set(invited), "su-he-2" in invited) == (True, False)


async def test_a_mail_sent_again_is_the_same(db: Database, relay: Relay, server: Sink) -> None:
    await noticed(db)
    await relay.drain()
    async with db.transaction() as tx:
        await tx.execute("update outbox set state = 'waiting', next_try_at = clock_timestamp() where kind = 'mail'")
    await relay.drain()
    ours = [mail for mail in server.mails if mail["To"] == server.mails[0]["To"]]
    assert len({str(mail["Message-ID"]) for mail in ours}) == 1
    assert len({mail.as_bytes() for mail in ours}) == 1


async def test_notices_that_waited_for_the_server_go_out_once_after_a_restart(
    db: Database, blobs: Blobs, settings: Settings, port: int
) -> None:
    mailing = settings.model_copy(update={"smtp_port": port, "mail_from": "发文 <fawen@yunxi.example>"})
    context = a_context(db, blobs, mailing)
    await noticed(db)
    await Relay(db, {outbox.MAIL: Post(context).deliver}).drain()
    sink = Sink()
    with listening(sink, port):
        for _ in range(2):
            async with db.transaction() as tx:
                await tx.execute("update outbox set next_try_at = clock_timestamp() where state = 'waiting'")
            await Relay(db, {outbox.MAIL: Post(context).deliver}).drain()
    assert len(sink.recipients()) == len(set(sink.recipients())) > len(MEMBERS)
    assert all(the_calendar(mail)["method"] == "REQUEST" for mail in sink.mails)


async def test_the_owner_hears_that_a_passkey_was_revoked_without_its_public_half(
    db: Database, relay: Relay, server: Sink
) -> None:
    key = await enrolled(db)
    await revokes(db, an_actor("gu-nianci", "顾念慈", "gov-office", "operator"), await the_passkey(db, key))
    for _ in range(2):
        await relay.drain()
    (mail,) = server.mails
    text = str(mail.get_content())
    assert (mail["To"], mail["Subject"]) == ("luwenxi@yunxi.example", "您的一个通行密钥已注销")
    assert ("办公室" in text, "顾念慈" in text, "A passkey of yours was revoked" in text) == (True, True, True)
    assert key.public_key not in text
