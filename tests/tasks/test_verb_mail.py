"""Mail about items that change hands, through the real relay and a real mail server: once each, also after a restart."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

import pytest

from services.kernel.runtime import outbox
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.kernel.runtime.relay import Relay
from services.kernel.runtime.settings import Settings
from services.tasks.actions import asking, passing
from services.tasks.domain.items import Item
from services.tasks.domain.verbs import Copy, GiveAnswer
from services.tasks.mailing import Post
from tests.notify.builders import a_context
from tests.notify.sink import Sink, free_port, listening
from tests.tasks.builders import SU, officer, reviewer
from tests.tasks.test_verbs import BOOK, HEAD, act, asked, held, to

__all__ = ["held"]
AGAIN = "update outbox set next_try_at = clock_timestamp() where state = 'waiting'"
WAITING = "select count(*) from outbox where state <> 'delivered'"
# Who hears of what, in the story below.
TOLD = Counter(
    {
        ("请您提出意见", "suhe@yunxi.example"): 1,
        ("征询的意见已经答复", "luwenxi@yunxi.example"): 1,
        ("抄送给您，供您了解", "zhengan@yunxi.example"): 1,
        ("有人请您尽快办理", "luwenxi@yunxi.example"): 1,
        ("一件事项已经移交，请查看由谁办理", "suhe@yunxi.example"): 1,
    }
)


@pytest.fixture
def port() -> int:
    return free_port()


def a_relay(db: Database, blobs: Blobs, settings: Settings, port: int) -> Relay:
    mailing = settings.model_copy(update={"smtp_port": port, "mail_from": "发文 <fawen@yunxi.example>"})
    return Relay(db, {outbox.MAIL: Post(a_context(db, blobs, mailing)).deliver})


async def the_verbs(db: Database, item: Item) -> UUID:
    """陆闻溪 asks 苏禾, who answers; copies to the head; is urged; hands over to 苏禾."""
    errand = await asked(db, item)
    await act(db, asking.answer, officer(SU), errand.id, GiveAnswer(version=errand.version, answer="没有设定。"))
    await act(db, asking.copy, reviewer(), item.id, Copy(to=("zheng-an",), note="请了解。"))
    await act(db, asking.urge, HEAD, item.id, book=BOOK)
    async with db.read() as conn:
        version = await conn.fetchval("select version from items where id = $1", item.id)
    await act(db, passing.hand_over, reviewer(), item.id, to("su-he", version))
    return item.id


def told(sink: Sink) -> Counter[tuple[str, str]]:
    return Counter((str(mail["Subject"]).split("：")[0], str(mail["To"])) for mail in sink.mails)


async def test_each_verb_reaches_those_it_concerns_once_by_the_mail_server(
    db: Database, blobs: Blobs, settings: Settings, port: int, held: Item
) -> None:
    item_id, sink = await the_verbs(db, held), Sink()
    with listening(sink, port):
        for _ in range(2):
            await a_relay(db, blobs, settings, port).drain()
    assert told(sink) == TOLD
    assert all(f"/tasks/inbox/{item_id}" in str(mail.get_content()) for mail in sink.mails if "移交" in mail["Subject"])
    assert "第八条是否设定许可" not in "".join(str(mail.get_content()) for mail in sink.mails)


async def test_what_waited_while_the_server_was_down_goes_out_once_after_a_restart(
    db: Database, blobs: Blobs, settings: Settings, port: int, held: Item
) -> None:
    await the_verbs(db, held)
    await a_relay(db, blobs, settings, port).drain()
    sink = Sink()
    with listening(sink, port):
        while True:
            async with db.transaction() as tx:
                await tx.execute(AGAIN)
                if not await tx.fetchval(WAITING):
                    break
            await a_relay(db, blobs, settings, port).drain()
        await a_relay(db, blobs, settings, port).drain()
    assert told(sink) == TOLD
    assert len({str(mail["Message-ID"]) for mail in sink.mails}) == len(sink.mails)
