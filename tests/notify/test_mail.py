"""Mail: to those whose duty it is, once for each fact, through failures of the server and of ourselves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import get_args

import pytest
import pytest_asyncio
import structlog

from services.kernel.contracts.messages import Deadline
from services.kernel.contracts.notify import Event, Tell
from services.kernel.runtime import outbox
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.kernel.runtime.relay import Relay
from services.kernel.runtime.settings import Settings
from services.notify.mail import Post
from services.notify.store import messages
from tests.conftest import DbFor
from tests.notify.builders import LIFT, Office, a_context, a_document, a_due, a_tell
from tests.notify.sink import Sink, free_port, listening

REVIEWERS = ["luwenxi@yunxi.example", "suhe@yunxi.example"]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def server(sink: Sink, port: int) -> Iterator[Sink]:
    with listening(sink, port):
        yield sink


@pytest_asyncio.fixture
async def office(
    db_for: DbFor, blobs: Blobs, settings: Settings, people: Connection, port: int
) -> AsyncIterator[Office]:
    mailing = settings.model_copy(update={"smtp_port": port, "mail_from": "发文 <fawen@yunxi.example>"})
    yield Office(a_context(await db_for("notify"), blobs, mailing))


def _relay(office: Office) -> Relay:
    context = office.context
    return Relay(office.db, {outbox.MAIL: Post(office.db, context.settings, context.book).deliver})


async def _deliver(office: Office) -> None:
    """Everything that waits, also what waits for its next try."""
    async with office.db.transaction() as tx:
        await tx.execute("update outbox set next_try_at = clock_timestamp() where state = 'waiting'")
    await _relay(office).drain()


async def _told(office: Office) -> list[messages.Told]:
    async with office.db.read() as conn:
        return await messages.told(conn, state="all", after=None, limit=100)


async def test_those_who_hold_the_role_in_the_unit_are_told(office: Office, server: Sink) -> None:
    await office.activities.tell(a_tell())
    await _deliver(office)
    assert server.recipients() == REVIEWERS


async def test_a_fact_is_told_once(office: Office, server: Sink) -> None:
    tell = a_tell()
    for _ in range(3):
        await office.activities.tell(tell)
    await _deliver(office)
    await _deliver(office)
    assert server.recipients() == REVIEWERS


async def test_another_fact_about_the_same_document_is_told_too(office: Office, server: Sink) -> None:
    document = a_document()
    await office.activities.tell(a_tell(document))
    await office.activities.tell(a_tell(document, fact=f"{document.document_id}#overdue", event="overdue"))
    await _deliver(office)
    assert server.recipients() == sorted(REVIEWERS * 2)


async def test_only_the_named_unit_is_told(office: Office, server: Sink) -> None:
    await office.activities.tell(a_tell(role="drafter", unit_id="housing"))
    await _deliver(office)
    assert server.recipients() == ["tangshuyao@yunxi.example"]


async def test_when_the_named_unit_has_nobody_in_the_role_all_who_hold_it_are_told(
    office: Office, server: Sink
) -> None:
    await office.activities.tell(a_tell(unit_id="housing"))
    await _deliver(office)
    assert server.recipients() == REVIEWERS


async def test_a_person_without_address_is_not_written_to(office: Office, server: Sink, people: Connection) -> None:
    await people.execute("update directory.persons set email = ' ' where id = 'su-he'")
    await office.activities.tell(a_tell())
    await _deliver(office)
    assert server.recipients() == REVIEWERS[:1]


async def test_a_fact_that_nobody_can_be_told_is_shown(office: Office) -> None:
    await office.activities.tell(a_tell(role="nobody_has_this_role"))
    async with office.db.read() as conn:
        assert [each.role for each in await messages.unheard(conn, 10)] == ["nobody_has_this_role"]


async def test_what_was_delivered_is_recorded(office: Office, server: Sink) -> None:
    await office.activities.tell(a_tell())
    await _deliver(office)
    assert all(each.sent_at and each.letter_state == "delivered" for each in await _told(office))


async def test_a_server_that_is_down_delays_and_loses_nothing(office: Office, sink: Sink, port: int) -> None:
    await office.activities.tell(a_tell())
    await _deliver(office)
    assert {each.letter_state for each in await _told(office)} == {"waiting"}
    with listening(sink, port):
        await _deliver(office)
    assert sink.recipients() == REVIEWERS


async def test_a_server_that_is_busy_delays_and_loses_nothing(office: Office, server: Sink) -> None:
    server.busy = "451 try again later"
    await office.activities.tell(a_tell())
    await _deliver(office)
    assert {each.letter_state for each in await _told(office)} == {"waiting"}
    server.busy = None
    await _deliver(office)
    assert server.recipients() == REVIEWERS


@pytest.mark.parametrize("how", ["refused address", "refused content", "no address any more", "no address at all"])
async def test_what_is_refused_for_good_is_parked_with_its_reason(
    office: Office, server: Sink, people: Connection, how: str
) -> None:
    await office.activities.tell(a_tell(role="supervisor", unit_id="inspection"))
    match how:
        case "refused address":
            server.refuse["chenglingyi@yunxi.example"] = "550 5.1.1 <chenglingyi@yunxi.example>: no such mailbox"
        case "refused content":
            server.busy = "554 chenglingyi@yunxi.example does not want this"
        case "no address any more":
            await people.execute("update directory.persons set email = null where id = 'cheng-lingyi'")
        case _:
            await people.execute("update directory.persons set email = 'a@b, c@d' where id = 'cheng-lingyi'")
    await _deliver(office)
    [told] = await _told(office)
    assert told.letter_state == "parked"
    assert told.last_error
    assert "chenglingyi" not in told.last_error


async def test_one_refused_address_does_not_hold_up_the_others(office: Office, server: Sink) -> None:
    server.refuse[REVIEWERS[0]] = "550 no such mailbox"
    await office.activities.tell(a_tell())
    await _deliver(office)
    assert server.recipients() == REVIEWERS[1:]


async def test_a_parked_mail_leaves_when_it_is_put_back(office: Office, server: Sink) -> None:
    server.refuse["chenglingyi@yunxi.example"] = "550 no such mailbox"
    await office.activities.tell(a_tell(role="supervisor", unit_id="inspection"))
    await _deliver(office)
    server.refuse.clear()
    async with office.db.transaction() as tx:
        [letter] = await outbox.parked(office.db)
        assert await outbox.retry(tx, letter.id)
    await _deliver(office)
    assert server.recipients() == ["chenglingyi@yunxi.example"]


async def test_a_crash_before_the_mark_sends_the_very_same_mail_again(office: Office, server: Sink) -> None:
    await office.activities.tell(a_tell(role="supervisor", unit_id="inspection"))
    await _deliver(office)
    async with office.db.transaction() as tx:
        await tx.execute("update messages set sent_at = null")
        await tx.execute("update outbox set state = 'waiting', delivered_at = null")
    await _deliver(office)
    first, second = server.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_bytes() == second.as_bytes()


async def test_a_crash_after_the_mark_sends_nothing_again(office: Office, server: Sink) -> None:
    await office.activities.tell(a_tell(role="supervisor", unit_id="inspection"))
    await _deliver(office)
    async with office.db.transaction() as tx:
        await tx.execute("update outbox set state = 'waiting', delivered_at = null")
    await _deliver(office)
    assert len(server.mails) == 1


async def test_two_persons_get_different_message_ids(office: Office, server: Sink) -> None:
    await office.activities.tell(a_tell())
    await _deliver(office)
    assert len({mail["Message-ID"] for mail in server.mails}) == 2


async def test_no_letter_and_no_log_holds_an_address_or_a_name(office: Office, server: Sink, owner: Connection) -> None:
    server.refuse[REVIEWERS[0]] = f"550 <{REVIEWERS[0]}> unknown"
    with structlog.testing.capture_logs() as logs:
        await office.activities.tell(a_tell())
        await _deliver(office)
    letters = await owner.fetch("select o::text as row from notify.outbox as o")
    written = repr(logs) + repr([row["row"] for row in letters])
    assert [secret for secret in ("@yunxi.example", "陆闻溪", "苏禾") if secret in written] == []


def _render(office: Office, tell: Tell) -> EmailMessage:
    created = datetime(2026, 11, 23, 2, 21, 7, tzinfo=UTC)
    person = "su-he"
    outgoing = messages.Outgoing(
        id=tell.document.document_id,
        fact=tell.fact,
        person_id=person,
        tell=tell.model_dump(mode="json"),
        created_at=created,
        sent_at=None,
        email=REVIEWERS[1],
    )
    context = office.context
    return Post(office.db, context.settings, context.book).render(outgoing, REVIEWERS[1])


async def test_a_mail_says_what_by_which_article_until_when_and_where(office: Office) -> None:
    mail = _render(office, a_tell(due=a_due()))
    text = str(mail.get_content())
    assert mail["Subject"] == f"请办理：合法性审核 {LIFT}"
    assert "办理期限：2026年12月11日（周五） 24:00（北京时间）" in text
    assert "Due: Friday 11 December 2026, 24:00 (Beijing time)" in text
    assert "依据：" in text
    assert office.context.book.rule("legality.term").article.zh in text
    assert office.context.settings.public_url + "/review/rounds/" in text
    assert text.index("您有一件需要办理的事项") < text.index("You have something to do")


async def test_a_day_that_cannot_be_fixed_is_not_guessed(office: Office) -> None:
    text = str(_render(office, a_tell(due=Deadline(rule_id="legality.term", provisional=True))).get_content())
    assert "办理期限：暂不能确定" in text
    assert "None" not in text


@pytest.mark.parametrize(
    ("received", "zh", "en"), [(214, "按时收到意见：214条", "in time: 214"), (0, "期间没有收到意见", "No comments")]
)
async def test_the_closing_of_a_window_is_told_with_its_count(office: Office, received: int, zh: str, en: str) -> None:
    text = str(_render(office, a_tell(event="window_closed", received=received)).get_content())
    assert zh in text
    assert en in text


async def test_the_opening_of_a_window_tells_the_end_of_its_last_day(office: Office) -> None:
    closes = datetime(2026, 12, 7, 16, tzinfo=UTC)
    text = str(_render(office, a_tell(event="window_opened", at=closes)).get_content())
    assert "截止时间：2026年12月7日（周一） 24:00" in text


@pytest.mark.parametrize("event", get_args(Event))
async def test_every_event_has_a_mail_in_both_languages(office: Office, event: Event) -> None:
    tell = a_tell(
        event=event, outcome="issued", doc_number="云政规〔2026〕1号", at=datetime(2026, 11, 23, 2, tzinfo=UTC)
    )
    mail = _render(office, tell)
    chinese, _, english = str(mail.get_content()).partition("\n----\n")
    assert LIFT in str(mail["Subject"])
    assert chinese.count("http") == english.count("http") == 1
    assert "只打开页面" in chinese
    assert "decides nothing" in english
    assert "\n\n\n" not in mail.get_content()


async def test_a_title_cannot_add_a_header(office: Office) -> None:
    mail = _render(office, a_tell(a_document(title="办法\r\nBcc: everybody@yunxi.example")))
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]
