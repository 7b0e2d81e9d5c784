"""A receipt by its code and no account: the proof after the close, taking back before it, and what the pages show."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from services.intake.actions.own import take_back
from services.intake.api import receipts
from services.intake.domain.comments import ReceiptUnknown
from services.intake.domain.withdrawal import WithdrawalClosed
from services.intake.store.taking import Taken
from services.kernel.contracts import merkle
from services.kernel.contracts.intake import PublishAnswers, RecordSummary
from services.kernel.contracts.receipts import Published, findings, proven_from
from services.kernel.contracts.seals import ReceiptFile, Statement
from tests.intake.builders import NEXT_DRAFT, Desk, Web

CODE = "0000-0000-0000-0000-0000"


async def sealed(desk: Desk, *bodies: str) -> tuple[UUID, list[Taken]]:
    """A window with these comments, closed and summarised."""
    window_id = await desk.opens_window(await desk.submits())
    taken = [await desk.comments(window_id, body) for body in bodies]
    await desk.closes_now(window_id)
    await desk.activities.record_summary(RecordSummary(window_id=window_id))
    return window_id, taken


async def file_of(web: Web, code: str) -> ReceiptFile:
    """The receipt as its author downloads it."""
    answer = await web.gets(f"/intake/receipts/{code}/proof", person=None)
    assert answer.headers["content-disposition"].startswith("attachment")
    return ReceiptFile.model_validate_json(answer.content)


async def published(web: Web, window_id: UUID, **query: str) -> Published:
    """The seal as anybody may fetch it."""
    answer = (await web.gets(f"/intake/windows/{window_id}/seal", person=None, **query)).json()
    return Published(Statement.model_validate(answer["seal"]), answer["dossier_entry"])


def wrong(file: ReceiptFile, seal: Published) -> list[str]:
    """What does not hold."""
    return [finding.part for finding in findings(file, published=seal) if not finding.holds]


class TestProof:
    """What the receipt file proves."""

    async def test_every_comment_is_proven_against_what_is_published(self, desk: Desk, web: Web) -> None:
        window_id, taken = await sealed(desk, "一", "二", "三", "四", "五")
        seal = await published(web, window_id)

        for place, one in enumerate(taken):
            file = await file_of(web, one.receipt)
            assert wrong(file, seal) == []
            assert (file.proof.index, file.seal.size) == (place, 5)

    async def test_a_file_saved_before_the_close_is_proven_by_the_leaves(self, desk: Desk, web: Web) -> None:
        window_id = await desk.opens_window(await desk.submits())
        taken = await desk.comments(window_id, "一")
        early = await file_of(web, taken.receipt)
        await desk.closes_now(window_id)
        await desk.activities.record_summary(RecordSummary(window_id=window_id))

        seal = await published(web, window_id)
        lines = (await web.gets(f"/intake/windows/{window_id}/seal/leaves", person=None)).text.split()

        assert early.proof is None
        assert merkle.root(bytes.fromhex("".join(lines))).hex() == seal.statement.root
        proven = proven_from(early, bytes.fromhex("".join(lines)), seal.statement)
        assert proven is not None
        assert wrong(proven, seal) == []

    async def test_the_file_never_holds_the_secret_code(self, desk: Desk, web: Web) -> None:
        _, (taken,) = await sealed(desk, "一")

        answer = await web.gets(f"/intake/receipts/{taken.receipt}/proof", person=None)

        assert taken.receipt not in answer.text

    async def test_a_window_tells_its_root_and_an_unsealed_one_has_none(self, desk: Desk, web: Web) -> None:
        window_id, _ = await sealed(desk, "一", "二")
        open_id = await desk.opens_window(await desk.submits())

        shown = (await web.gets(f"/intake/windows/{window_id}", person=None)).json()["seal"]
        missing = await web.gets(f"/intake/windows/{open_id}/seal", person=None)

        assert (shown["size"], shown["root"]) == (2, (await published(web, window_id)).statement.root)
        assert (missing.status_code, missing.json()["code"]) == (404, "seal.not_found")

    async def test_a_comment_that_came_after_a_seal_has_no_proof_yet(self, desk: Desk, web: Web) -> None:
        window_id, (first, *_) = await sealed(desk, "一")
        async with desk.db.transaction() as tx:
            await tx.execute(
                "update windows set summary_at = null, closed_at = null,"
                " closes_at = clock_timestamp() + interval '1 hour'"
            )
        second = await desk.comments(window_id, "二")

        assert (await file_of(web, second.receipt)).proof is None
        assert wrong(await file_of(web, first.receipt), await published(web, window_id)) == []

        await desk.closes_now(window_id)
        await desk.activities.record_summary(RecordSummary(window_id=window_id))
        assert (await file_of(web, second.receipt)).seal.ordinal == 2
        assert wrong(await file_of(web, second.receipt), await published(web, window_id, ordinal="2")) == []
        assert (await published(web, window_id, ordinal="1")).statement.size == 1


class TestTakingBack:
    """The author takes a comment back."""

    async def test_it_stays_counted_as_received_and_withdrawn_and_its_words_are_gone(
        self, desk: Desk, web: Web
    ) -> None:
        window_id = await desk.opens_window(await desk.submits())
        taken = await desk.comments(window_id, "收回这一句", name="唐书瑶", contact="t@yunxi.example")

        done = await web.posts(f"/intake/receipts/{taken.receipt}/withdraw", None, person=None)

        assert (done.status_code, done.json()["withdrawn"]) == (200, True)
        listed = (await web.gets(f"/intake/windows/{window_id}/comments")).json()["items"]
        assert [(one["body"], bool(one["withdrawn_at"])) for one in listed] == [("", True)]
        async with desk.db.read() as conn:
            assert not await conn.fetchval("select has_contact(id) from comments where window_id = $1", window_id)

    async def test_it_is_sealed_and_the_balance_is_right(self, desk: Desk, web: Web) -> None:
        window_id = await desk.opens_window(await desk.submits())
        taken = await desk.comments(window_id)
        await web.posts(f"/intake/receipts/{taken.receipt}/withdraw", None, person=None)
        await desk.closes_now(window_id)

        recorded = await desk.activities.record_summary(RecordSummary(window_id=window_id))
        await desk.activities.publish_answers(PublishAnswers(window_id=window_id))

        file = await file_of(web, taken.receipt)
        assert recorded.received == file.seal.size == 1
        assert file.withdrawn_at is not None
        assert wrong(file, await published(web, window_id)) == []

    async def test_twice_is_once(self, desk: Desk, web: Web) -> None:
        taken = await desk.comments(await desk.opens_window(await desk.submits()))
        path = f"/intake/receipts/{taken.receipt}/withdraw"

        first, second = await web.posts(path, None, person=None), await web.posts(path, None, person=None)

        assert first.json() == second.json()

    async def test_after_the_close_it_is_refused_by_its_rule(self, desk: Desk, web: Web) -> None:
        _, (taken,) = await sealed(desk, "一")

        refused = await web.posts(f"/intake/receipts/{taken.receipt}/withdraw", None, person=None)

        body = refused.json()
        assert (refused.status_code, body["code"], body["rule"]) == (
            409, "comment.withdrawal_closed", "comment.withdrawal",
        )  # fmt: skip

    async def test_an_unknown_code_is_refused(self, desk: Desk, web: Web) -> None:
        refused = await web.posts(f"/intake/receipts/{CODE}/withdraw", None, person=None)

        assert (refused.status_code, refused.json()["code"]) == (404, ReceiptUnknown.code)

    async def test_a_close_under_way_is_waited_for(self, desk: Desk) -> None:
        window_id = await desk.opens_window(await desk.submits())
        taken = await desk.comments(window_id)

        async def later() -> None:
            async with desk.db.transaction() as tx:
                await take_back(tx, taken.receipt)

        async with desk.db.transaction() as tx:
            await tx.execute("select 1 from windows where id = $1 for update", window_id)
            await tx.execute(
                "update windows set closes_at = clock_timestamp(), closed_at = clock_timestamp() where id = $1",
                window_id,
            )
            waiting = asyncio.create_task(later())
            while not await tx.fetchval("select exists (select 1 from pg_locks where not granted)"):
                await tx.execute("select pg_sleep(0.01)")

        with pytest.raises(WithdrawalClosed):
            await waiting

    async def test_withdrawals_and_the_close_at_once_lose_none(self, desk: Desk) -> None:
        window_id = await desk.opens_window(await desk.submits())
        taken = [await desk.comments(window_id) for _ in range(12)]

        async def one(code: str) -> bool:
            try:
                async with desk.db.transaction() as tx:
                    await take_back(tx, code)
            except WithdrawalClosed:
                return False
            return True

        closing = asyncio.create_task(desk.closes_now(window_id))
        done = await asyncio.gather(*(one(each.receipt) for each in taken))
        await closing
        recorded = await desk.activities.record_summary(RecordSummary(window_id=window_id))
        summary: Any = await desk.blobs.text(recorded.summary_hash)

        assert f'"withdrawn":{sum(done)}' in summary


class TestTrying:
    """Whoever tries codes."""

    async def test_is_stopped_after_a_while_also_with_a_right_one(
        self, desk: Desk, web: Web, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(receipts, "MOST_WRONG", 2)
        taken = await desk.comments(await desk.opens_window(await desk.submits()))

        tried = [await web.gets(f"/intake/receipts/{CODE}", person=None) for _ in range(3)]
        right = await web.gets(f"/intake/receipts/{taken.receipt}", person=None)
        page = await web.gets("/intake/receipt", person=None, receipt=taken.receipt)

        assert [one.status_code for one in tried] == [404, 404, 429]
        assert right.json()["code"] == "receipt.too_many_wrong"
        assert page.status_code == 429


class TestPage:
    """What the author sees."""

    async def test_the_page_gives_the_proof_and_the_root(self, desk: Desk, web: Web) -> None:
        window_id, (taken, *_) = await sealed(desk, "一", "二")
        seal = await published(web, window_id)

        page = await web.gets("/intake/receipt", person=None, receipt=taken.receipt)
        result = await web.gets(f"/intake/consultation/{window_id}/feedback", person=None)

        assert seal.statement.root in page.text
        assert seal.statement.root in result.text
        assert f"/intake/receipts/{taken.receipt}/proof" in page.text

    async def test_taking_back_is_confirmed_on_a_page_of_its_own(self, desk: Desk, web: Web) -> None:
        taken = await desk.comments(await desk.opens_window(await desk.submits()))

        asked = await web.gets("/intake/receipt/withdraw", person=None, receipt=taken.receipt)
        done = await web.client.post(
            "/intake/receipt/withdraw", data={"receipt": taken.receipt, "idempotency_key": "k1"}
        )
        page = await web.gets("/intake/receipt", person=None, receipt=taken.receipt)

        assert "确认撤回" in asked.text
        assert done.status_code == 303
        assert "意见已经撤回" in page.text

    async def test_after_the_close_the_page_says_why_it_stays(self, desk: Desk, web: Web) -> None:
        _, (taken,) = await sealed(desk, "一")

        done = await web.client.post("/intake/receipt/withdraw", data={"receipt": taken.receipt})

        assert done.status_code == 409
        assert "不能自行撤回" in done.text

    async def test_a_word_of_markup_is_shown_as_it_was_written(self, desk: Desk, web: Web) -> None:
        taken = await desk.comments(await desk.opens_window(await desk.submits()), "<script>alert(1)</script>")

        for path in ("/intake/receipt", "/intake/receipt/withdraw"):
            page = await web.gets(path, person=None, receipt=taken.receipt)
            assert "<script>alert" not in page.text
            assert "&lt;script&gt;alert" in page.text

    async def test_the_day_by_which_answers_are_due_comes_with_its_rule(self, desk: Desk, web: Web) -> None:
        _, (taken,) = await sealed(desk, "一")

        shown = (await web.gets(f"/intake/receipts/{taken.receipt}", person=None)).json()

        assert shown["answers_due"]["rule"] == "comment.feedback_term"
        assert shown["may_withdraw"] is False

    async def test_the_answered_clause_is_shown_with_what_changed(self, desk: Desk, web: Web) -> None:
        handed_in = await desk.submits()
        window_id = await desk.opens_window(handed_in)
        taken = await desk.comments(window_id, "建议每月清洗。", clause="art-3")
        await desk.closes_now(window_id)
        await desk.activities.record_summary(RecordSummary(window_id=window_id))
        path = f"/intake/documents/{handed_in.document.id}/versions"
        assert (await web.posts(path, {"text": NEXT_DRAFT})).status_code == 201
        given = {"answers": [{"comment_id": str(await _id(desk, taken)), "disposition": "adopted", "clause": "art-3"}]}
        assert (await web.posts(f"/intake/windows/{window_id}/answers", given)).status_code == 200
        early = (await web.gets(f"/intake/receipts/{taken.receipt}", person=None)).json()
        await desk.activities.publish_answers(PublishAnswers(window_id=window_id))

        shown = (await web.gets(f"/intake/receipts/{taken.receipt}", person=None)).json()

        assert early["change"] is None
        assert "".join(run["text"] for run in shown["change"]["runs"] if run["op"] == "insert") in "每月清洗一次"
        assert (shown["change"]["from_version"], shown["change"]["to_version"]) == (1, 2)

    async def test_what_is_drafted_after_the_answers_is_not_public(self, desk: Desk, web: Web) -> None:
        handed_in = await desk.submits()
        window_id = await desk.opens_window(handed_in)
        taken = await desk.comments(window_id, "建议每月清洗。", clause="art-3")
        await desk.closes_now(window_id)
        await desk.activities.record_summary(RecordSummary(window_id=window_id))
        given = {"answers": [{"comment_id": str(await _id(desk, taken)), "disposition": "adopted", "clause": "art-3"}]}
        assert (await web.posts(f"/intake/windows/{window_id}/answers", given)).status_code == 200
        await desk.activities.publish_answers(PublishAnswers(window_id=window_id))
        later = {"text": NEXT_DRAFT.replace("清洗", "清洗并登记")}
        assert (await web.posts(f"/intake/documents/{handed_in.document.id}/versions", later)).status_code == 201

        seen = [
            (await web.gets(path, person=None)).text
            for path in (
                f"/intake/receipts/{taken.receipt}",
                f"/intake/consultation/{window_id}/feedback",
                f"/intake/consultation/{window_id}/table",
            )
        ]

        assert not any("登记" in page for page in seen)


async def _id(desk: Desk, taken: Taken) -> UUID:
    async with desk.db.read() as conn:
        found: UUID = await conn.fetchval("select id from comments where receipt = $1", taken.receipt)
    return found
