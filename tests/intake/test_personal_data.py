"""Who commented is nowhere but in the one table: a sweep over rows, texts, pages, interface, exports and logs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TypeAlias
from uuid import UUID

import asyncpg
import pytest
import structlog

from services.intake.actions.answering import answer
from services.intake.actions.moderating import moderate
from services.intake.domain.answers import Disposition, Given
from services.intake.domain.moderation import Act, Moderation
from services.intake.proposer import Proposer
from services.intake.store import comments, windows
from services.intake.web import app_of
from services.kernel.contracts.intake import PublishAnswers, RecordSummary
from services.kernel.runtime.process import opened
from services.kernel.runtime.settings import Settings
from tests.intake.builders import Web, an_actor
from tests.intake.sweep import everything, rows_with, says_by_form

Owner: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
NAME, CONTACT = "沈听澜字子渊", "tinglan.shen@ziyuan.example"
INSIDE = "13988887777"
BODY = f"我家在烧烤店楼上，请回电{INSIDE}，油烟太大。"
HIDDEN = "这句骂人的话谁也不该在公开的地方读到。"


async def _lived_through(web: Web) -> UUID:
    """Comments by the page and by the interface, hidden ones too, then closing, summary, answers."""
    window_id = await web.desk.opens_window(await web.desk.submits())
    await says_by_form(web, window_id, body=BODY, name=NAME, contact=CONTACT)
    given = {"body": HIDDEN, "name": NAME, "contact": CONTACT}
    assert (await web.posts(f"/intake/windows/{window_id}/comments", given, person=None)).status_code == 201
    await Proposer(web.desk.db, settled=-1).once()
    async with web.desk.db.transaction() as tx:
        wish = Moderation(act=Act.HIDDEN, reason="insult", words="辱骂。", search=HIDDEN[:8])
        await moderate(tx, an_actor("lu-wenxi", "justice", roles=("legality_reviewer",)), window_id, wish)
    await web.desk.closes_now(window_id)
    await web.desk.activities.record_summary(RecordSummary(window_id=window_id))
    async with web.desk.db.transaction() as tx:
        ids = [one.id for one in await comments.of_window(tx, window_id)]
        reason = Disposition.NOT_ADOPTED
        await answer(
            tx,
            an_actor(),
            window_id,
            tuple(Given(comment_id=one, disposition=reason, reason="见说明。") for one in ids),
        )
    await web.desk.activities.publish_answers(PublishAnswers(window_id=window_id))
    return window_id


async def test_who_commented_is_nowhere_but_in_the_one_table(
    web: Web, owner: Owner, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with structlog.testing.capture_logs() as logs:
        window_id = await _lived_through(web)
        async with web.desk.db.read() as conn:
            document_id = (await windows.get(conn, window_id)).document_id
        async with opened("intake", settings) as context:
            seen = await everything(web, app_of(context), window_id=window_id, document_id=document_id)

    for words in (NAME, CONTACT):
        assert await rows_with(owner, words) == ["intake.comment_contacts"]
        assert [one.path for one in seen if words in one.text] == []
        assert words not in str(logs)
        printed = capsys.readouterr()
        assert words not in printed.out + printed.err
        assert await asyncio.to_thread(_files_with, tmp_path, words) == []
    assert len([one for one in seen if one.status == 200]) > 50


async def test_numbers_inside_and_hidden_words_are_read_only_where_one_decides(web: Web, settings: Settings) -> None:
    window_id = await _lived_through(web)
    async with web.desk.db.read() as conn:
        document_id = (await windows.get(conn, window_id)).document_id
    async with opened("intake", settings) as context:
        seen = await everything(web, app_of(context), window_id=window_id, document_id=document_id)

    assert [one.path for one in seen if INSIDE in one.text] == []
    assert {one.path.rpartition("/")[2] for one in seen if HIDDEN in one.text} <= {"moderation"}
    assert {one.person for one in seen if HIDDEN in one.text} == {"he-xu", "lu-wenxi"}
    assert [one for one in seen if one.path.endswith("/xlsx") and "油烟太大" in one.text]


async def test_a_refusal_repeats_nothing_of_who_one_is(web: Web) -> None:
    window_id = await web.desk.opens_window(await web.desk.submits())
    given = {"body": "", "name": NAME, "contact": CONTACT}

    with structlog.testing.capture_logs() as logs:
        answer = await web.posts(f"/intake/windows/{window_id}/comments", given, person=None)

    assert answer.status_code == 422
    assert NAME not in answer.text
    assert NAME not in str(logs)


@pytest.mark.parametrize("field", ["name", "contact", "clause"])
async def test_broken_characters_in_any_field_are_refused_in_words(web: Web, field: str) -> None:
    window_id = await web.desk.opens_window(await web.desk.submits())

    answer = await web.client.post(
        f"/intake/windows/{window_id}/comments",
        content=f'{{"body": "好", "{field}": "\\ud800"}}',
        headers={"Content-Type": "application/json", "Idempotency-Key": "k1"},
    )

    assert answer.status_code == 422


def _files_with(folder: Path, words: str) -> list[str]:
    """Files under the folder, the content store among them, that hold these words."""
    return [str(path) for path in folder.rglob("*") if path.is_file() and words.encode() in path.read_bytes()]
