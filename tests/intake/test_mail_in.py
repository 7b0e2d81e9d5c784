"""Mail in: what becomes a comment, once and in time, and what a sending server is told about the rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from services.kernel.runtime.settings import Settings
from tests.conftest import Clone
from tests.intake.builders import Desk
from tests.intake.post import DOMAIN, STALLS, ZHOU, Door, a_mail, a_raw, as_a_process, deliver, open_door

ALL = "select id, body, channel, received_at, entered_by, text_version from comments order by id"
FILES = "select name, media_type, size from comment_attachments order by comment_id, position"
REFUSED = "select code from refused_attempts where channel = 'email' order by at"
NOW = "select clock_timestamp()"


@pytest.fixture
def mailing(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"comment_domain": DOMAIN, "comment_mail_protocol": "smtp", "mail_from": "发文 <fawen@yunxi.example>"}
    )


@pytest_asyncio.fixture
async def door(desk: Desk, mailing: Settings) -> AsyncIterator[Door]:
    async with open_door(desk, mailing) as opened:
        yield opened


@pytest_asyncio.fixture
async def window_id(desk: Desk) -> UUID:
    return await desk.opens_window(await desk.submits())


async def _rows(desk: Desk, statement: str) -> list[dict[str, Any]]:
    async with desk.db.read() as conn:
        return [dict(row) for row in await conn.fetch(statement)]


async def _bodies(desk: Desk) -> list[str]:
    return [row["body"] for row in await _rows(desk, ALL)]


async def _codes(desk: Desk) -> list[str]:
    return [row["code"] for row in await _rows(desk, REFUSED)]


async def test_a_mail_in_time_becomes_a_comment(door: Door, window_id: UUID) -> None:
    code, _ = await door.sends(window_id, a_mail())
    (row,) = await _rows(door.desk, ALL)
    assert (code, row["channel"], row["entered_by"], row["text_version"]) == (250, "email", None, 1)
    assert row["body"] == "关于第三条\n\n建议改为每月清洗一次。"


async def test_the_instant_is_the_databases_whatever_the_date_says(door: Door, window_id: UUID) -> None:
    (before,) = await _rows(door.desk, NOW)
    await door.sends(window_id, a_mail(Date="Thu, 1 Jan 2026 00:00:00 +0800", Received="from x; Thu, 1 Jan 2026"))
    (after,) = await _rows(door.desk, NOW)
    (row,) = await _rows(door.desk, ALL)
    assert before["clock_timestamp"] < row["received_at"] < after["clock_timestamp"]


async def test_a_late_mail_with_an_early_date_is_refused_and_counted(door: Door, window_id: UUID) -> None:
    await door.desk.closes_now(window_id)
    code, words = await door.sends(window_id, a_mail(Date="Mon, 2 Mar 2026 08:00:00 +0800"))
    assert (code, "the window has closed" in words) == (554, True)
    assert (await _bodies(door.desk), await _codes(door.desk)) == ([], ["comment.window_closed"])


async def test_an_early_mail_is_refused(door: Door) -> None:
    window_id = await door.desk.opens_window(await door.desk.submits(), starts_in=600.0)
    code, words = await door.sends(window_id, a_mail())
    assert (code, "not open yet" in words) == (554, True)
    assert await _codes(door.desk) == ["comment.window_not_open"]


async def test_a_mail_to_a_suspended_window_is_refused_and_counted(door: Door, window_id: UUID) -> None:
    async with door.desk.db.transaction() as tx:
        await tx.execute("update windows set suspended_at = clock_timestamp() where id = $1", window_id)
    code, words = await door.sends(window_id, a_mail())
    assert (code, "suspended" in words) == (554, True)
    assert len(await _codes(door.desk)) == 1


@pytest.mark.parametrize(
    "address", [f"c-000000000000@{DOMAIN}", f"zhu-ren@{DOMAIN}", "c-000000000000@elsewhere.example"]
)
async def test_an_unknown_box_is_refused_before_the_mail_is_sent(door: Door, address: str) -> None:
    code, words = await door.sends(address, a_mail())
    assert (code, "No such mailbox" in words) == (550, True)


async def test_an_address_is_read_in_either_case(door: Door, window_id: UUID) -> None:
    code, _ = await door.sends(door.box(window_id).upper(), a_mail())
    assert code == 250


@pytest.mark.parametrize(
    ("charset", "said"),
    [
        ("gb2312", "建议改为按月清洗"),
        ("gb18030", "𠮷野家附近油烟很大"),
        ("big5", "建議改為按月清洗"),
        ("utf-8", "建议🙏"),
    ],
)
async def test_an_opinion_in_any_character_set_is_read(door: Door, window_id: UUID, charset: str, said: str) -> None:
    named = f"Content-Type: text/plain; charset={charset}"
    await door.sends(window_id, a_raw(said.encode(charset), named))
    assert await _bodies(door.desk) == [said]


async def test_words_in_no_character_set_are_refused_not_mended(door: Door, window_id: UUID) -> None:
    code, words = await door.sends(window_id, a_raw(b"\xff\xfe\xff\xff", "Content-Type: text/plain; charset=utf-8"))
    assert (code, "UTF-8 or GB18030" in words) == (554, True)


async def test_a_mail_in_html_only_is_read_without_what_runs(door: Door, window_id: UUID) -> None:
    mail = a_mail()
    page = "<p>第一段</p><script>alert(1)</script><style>p{}</style><p>第二段<br>换行</p><img src='http://x.example/a'>"
    mail.set_content(page, subtype="html")
    await door.sends(window_id, mail)
    assert await _bodies(door.desk) == ["关于第三条\n\n第一段\n第二段\n换行"]


async def test_of_two_forms_the_plain_one_is_read(door: Door, window_id: UUID) -> None:
    mail = a_mail("朴素的文字")
    mail.add_alternative("<p>花哨的文字</p>", subtype="html")
    await door.sends(window_id, mail)
    assert await _bodies(door.desk) == ["关于第三条\n\n朴素的文字"]


async def test_quotes_and_signatures_stay(door: Door, window_id: UUID) -> None:
    said = "同意。\n\n> 原来的意见\n-- \n周宁\n云溪区文澜路"
    await door.sends(window_id, a_mail(said))
    assert await _bodies(door.desk) == [f"关于第三条\n\n{said}"]


async def test_files_are_kept_as_they_came_under_safe_names(door: Door, window_id: UUID) -> None:
    mail = a_mail("")
    mail.add_attachment(b"PK\x03\x04 42", maintype="application", subtype="zip", filename="../../炸弹\u202e.zip")
    mail.add_attachment(b"\x78\x9f\x3e\x22", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    code, _ = await door.sends(window_id, mail)
    assert code == 250
    assert await _rows(door.desk, FILES) == [
        {"name": "炸弹.zip", "media_type": "application/zip", "size": 7},
        {"name": "winmail.dat", "media_type": "application/ms-tnef", "size": 4},
    ]
    assert await _bodies(door.desk) == ["关于第三条\n\n（意见见附件）"]


async def test_a_file_beside_the_html_form_is_not_lost_when_the_plain_one_is_read(door: Door, window_id: UUID) -> None:
    raw = (
        "--a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n见附图\r\n"
        "--a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n"
        "--b\r\nContent-Type: image/png; name=tu.png\r\n\r\n1234\r\n--b--\r\n--a--\r\n"
    )
    await door.sends(window_id, a_raw(raw.encode(), "Content-Type: multipart/alternative; boundary=a"))
    assert (await _bodies(door.desk), len(await _rows(door.desk, FILES))) == (["见附图"], 1)


async def test_ten_thousand_parts_are_refused_at_once(door: Door, window_id: UUID) -> None:
    parts = b"--x\r\n\r\nspam\r\n" * 10_000 + b"--x--\r\n"
    code, words = await door.sends(window_id, a_raw(parts, "Content-Type: multipart/mixed; boundary=x"))
    assert (code, "too many parts" in words) == (554, True)


async def test_parts_within_parts_without_end_are_refused(door: Door, window_id: UUID) -> None:
    deep = b"".join(b"--x%d\r\nContent-Type: multipart/mixed; boundary=x%d\r\n\r\n" % (n, n + 1) for n in range(2_000))
    code, _ = await door.sends(window_id, a_raw(deep, "Content-Type: multipart/mixed; boundary=x0"))
    assert code == 554


async def test_a_giant_header_is_refused(door: Door, window_id: UUID) -> None:
    folded = "X-Long: " + "\r\n ".join(["a" * 900] * 200)
    code, words = await door.sends(window_id, a_raw(b"x", folded))
    assert (code, "headers" in words) == (554, True)


async def test_more_files_than_allowed_are_refused_with_the_number(door: Door, window_id: UUID) -> None:
    mail = a_mail()
    for number in range(11):
        mail.add_attachment(b"x", maintype="image", subtype="png", filename=f"{number}.png")
    code, words = await door.sends(window_id, mail)
    assert (code, "At most 10" in words) == (554, True)
    assert await _codes(door.desk) == ["comment.attachments_count"]


async def test_a_mail_over_the_limit_is_refused_as_too_large(desk: Desk, mailing: Settings, window_id: UUID) -> None:
    async with open_door(desk, mailing.model_copy(update={"comment_mail_bytes": 2_000})) as door:
        code, _ = await door.sends(window_id, a_mail("长" * 2_000))
    assert code == 552


async def test_an_opinion_over_the_limit_is_refused_with_the_limit_and_not_cut(door: Door, window_id: UUID) -> None:
    code, words = await door.sends(window_id, a_mail("长" * 5_001))
    assert (code, "more than 5000" in words) == (554, True)
    assert await _bodies(door.desk) == []


async def test_an_empty_mail_is_refused(door: Door, window_id: UUID) -> None:
    code, _ = await door.sends(window_id, a_raw(b"  \r\n"))
    assert code == 554


async def test_the_same_mail_twice_is_one_comment(door: Door, window_id: UUID) -> None:
    mail = a_mail()
    answers = [await door.sends(window_id, mail), await door.sends(window_id, mail)]
    assert [code for code, _ in answers] == [250, 250]
    assert len(await _bodies(door.desk)) == 1


async def test_the_same_mail_at_the_same_time_at_two_receivers_is_one_comment(
    desk: Desk, mailing: Settings, window_id: UUID
) -> None:
    mail = a_mail()
    async with open_door(desk, mailing) as one, open_door(desk, mailing) as other:
        answers = await asyncio.gather(*(door.sends(window_id, mail) for door in (one, other) * 4))
    assert {code for code, _ in answers} == {250}
    assert len(await _bodies(desk)) == 1


async def test_another_opinion_under_a_used_id_is_not_lost(door: Door, window_id: UUID) -> None:
    for said in ("第一条意见", "第二条意见"):
        await door.sends(window_id, a_mail(said, Message_ID="<1@broken.example>"))
    assert len(await _bodies(door.desk)) == 2


async def test_one_recipient_at_a_time(door: Door, window_id: UUID) -> None:
    from aiosmtplib import SMTP

    client = SMTP(hostname="127.0.0.1", port=door.port)
    await client.connect()
    await client.ehlo()
    await client.mail(ZHOU)
    await client.rcpt(door.box(window_id))
    answer = await client.execute_command(b"RCPT", b"TO:<" + door.box(window_id).encode() + b">")
    client.close()
    assert answer.code == 452


async def test_who_mails_too_often_is_asked_to_come_again_and_others_are_not(
    desk: Desk, mailing: Settings, window_id: UUID
) -> None:
    async with open_door(desk, mailing.model_copy(update={"comment_limit_plain": 2})) as door:
        codes = [(await door.sends(window_id, a_mail(f"意见{number}")))[0] for number in range(3)]
        other, _ = await door.sends(window_id, a_mail("别人的意见", sender="lin@mail.example"))
    assert (codes, other) == ([250, 250, 451], 250)
    assert await _codes(desk) == []


@pytest.mark.parametrize("sender", ["", "fawen@yunxi.example", f"c-000000000000@{DOMAIN}"])
async def test_bounces_and_our_own_mails_are_no_opinions(door: Door, window_id: UUID, sender: str) -> None:
    code, words = await door.sends(window_id, a_mail(), sender=sender)
    assert (code, "not taken as comments" in words) == (554, True)


async def test_an_automatic_reply_is_no_opinion(door: Door, window_id: UUID) -> None:
    code, _ = await door.sends(window_id, a_mail(Auto_Submitted="auto-replied (vacation)"))
    assert (code, await _codes(door.desk)) == (554, ["mail.automatic"])


async def test_an_address_in_another_script_is_kept(door: Door, window_id: UUID, database: Clone) -> None:
    mail = a_raw("意见".encode())
    mail = mail.replace(f"From: {ZHOU}".encode(), "From: 周宁 <周宁@例子.example>".encode())
    code, _ = await door.sends(window_id, mail)
    assert code == 250


async def test_headers_cannot_bring_other_headers(door: Door, window_id: UUID) -> None:
    subject = "Subject: =?utf-8?B?5Li76aKYDQpCY2M6IGFAYi5j?="
    await door.sends(window_id, a_raw("意见".encode(), subject))
    assert await _bodies(door.desk) == ["主题 Bcc: a@b.c\n\n意见"]


async def test_while_postgres_is_away_the_sending_server_keeps_the_mail(
    door: Door, window_id: UUID, database: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncpg

    mail, owner = a_mail(), await asyncpg.connect(database.server.url())
    await owner.execute(f"alter database {database.name} allow_connections false")
    await owner.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", database.name)
    away, _ = await door.sends(window_id, mail)
    await owner.execute(f"alter database {database.name} allow_connections true")
    await owner.close()
    back, _ = await door.sends(window_id, mail)
    assert (away, back) == (451, 250)
    assert len(await _bodies(door.desk)) == 1


@pytest.mark.slow
async def test_a_mail_is_one_comment_though_the_receiver_dies_between_commit_and_answer(
    desk: Desk, mailing: Settings, window_id: UUID
) -> None:
    mail = a_mail()
    async with as_a_process(mailing, program=STALLS) as (process, port):
        sending = asyncio.create_task(deliver(port, f"c-{str(window_id)[-12:]}@{DOMAIN}", mail))
        async with asyncio.timeout(60):
            while not await _bodies(desk):  # noqa: ASYNC110 (another process writes)
                await asyncio.sleep(0.05)
        process.kill()
        (answer,) = await asyncio.gather(sending, return_exceptions=True)
    assert isinstance(answer, Exception)
    async with as_a_process(mailing) as (_, port):
        code, _ = await deliver(port, f"c-{str(window_id)[-12:]}@{DOMAIN}", mail)
    assert code == 250
    assert len(await _bodies(desk)) == 1
