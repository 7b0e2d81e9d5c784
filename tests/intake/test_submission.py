"""Submitting: what is recorded in one transaction, and every way in which a draft is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from services.intake.domain.submission import (
    Classified,
    EmptyText,
    JointHeadless,
    JointTwice,
    NoticeIncomplete,
    Placeholders,
    PredicateMissing,
    SeveralWrong,
    TextMissing,
    UnknownKind,
    UnknownUnit,
)
from services.intake.domain.windows import WindowTooShort
from services.intake.store import documents, dossier
from services.kernel.contracts import chain
from services.kernel.contracts.lifecycle import StartLifecycle
from services.kernel.contracts.refusals import Forbidden
from tests.intake.builders import CONTACT, DRAFT, Desk, an_actor, answers

OUTBOX = "select key, kind, target, name, body from outbox order by position"


async def test_a_submission_starts_its_lifecycle_by_letter(desk: Desk) -> None:
    handed_in = await desk.submits()

    async with desk.db.read() as conn:
        letter = await conn.fetchrow(OUTBOX)
    message = StartLifecycle.model_validate(letter["body"])
    assert (letter["kind"], letter["target"]) == ("start", f"document/{handed_in.document.id}")
    assert message.text.text_hash == handed_in.version.text_hash
    assert message.author_ids == ("he-xu",)


async def test_the_title_is_read_from_the_text_where_none_is_given(desk: Desk) -> None:
    handed_in = await desk.submits()

    assert handed_in.document.title == "云溪区街面餐饮油烟管理办法"


async def test_the_issuer_may_be_named_by_its_short_name(desk: Desk) -> None:
    handed_in = await desk.submits(issuer_unit="云溪区政府")

    assert handed_in.document.issuer_unit == "yunxi"


async def test_text_note_and_structure_lie_in_the_content_store(desk: Desk) -> None:
    handed_in = await desk.submits()

    structure = json.loads(await desk.blobs.get(handed_in.version.structure_hash))
    assert await desk.blobs.text(handed_in.version.text_hash) == DRAFT.strip("\n")
    assert structure["title"] == "云溪区街面餐饮油烟管理办法"


async def test_the_first_entry_of_the_dossier_says_who_under_which_article(desk: Desk) -> None:
    handed_in = await desk.submits()

    async with desk.db.read() as conn:
        entries = await dossier.all_of(conn, handed_in.document.id)
    assert [(entry.type, entry.actor["person_id"]) for entry in entries] == [("submitted", "he-xu")]
    assert entries[0].article
    assert chain.verify([entry.sealed() for entry in entries]).whole


async def test_the_rule_book_is_pinned_by_its_hash(desk: Desk) -> None:
    handed_in = await desk.submits()

    assert len(handed_in.document.rule_book) == 64


async def test_who_does_not_draft_may_not_submit(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        await desk.submits(an_actor("lu-wenxi", "justice", roles=("legality_reviewer",)))


async def test_an_unknown_kind_is_refused_by_name(desk: Desk) -> None:
    with pytest.raises(UnknownKind) as refused:
        await desk.submits(kind="LETTER", predicates={})

    assert refused.value.field == "kind"


async def test_an_unknown_issuer_is_refused(desk: Desk) -> None:
    with pytest.raises(UnknownUnit) as refused:
        await desk.submits(issuer_unit="南湖区政府")

    assert refused.value.field == "issuer_unit"


@pytest.mark.parametrize("text", ["", "   \n"])
async def test_a_draft_without_words_is_refused(desk: Desk, text: str) -> None:
    with pytest.raises(TextMissing):
        await desk.submits(text=text)


async def test_a_text_with_a_null_character_is_refused(desk: Desk) -> None:
    with pytest.raises(EmptyText):
        await desk.submits(text="第一条\x00为了")


async def test_a_question_without_an_answer_is_named(desk: Desk) -> None:
    given = answers()
    del given["touches_market_entities"]

    with pytest.raises(PredicateMissing) as refused:
        await desk.submits(predicates=given)

    assert refused.value.field == "predicates.touches_market_entities"


async def test_an_answer_without_a_reason_is_named(desk: Desk) -> None:
    given = answers()
    given["not_public_by_law"]["reason"] = ""

    with pytest.raises(PredicateMissing) as refused:
        await desk.submits(predicates=given)

    assert refused.value.field == "predicates.not_public_by_law.reason"


async def test_all_that_is_wrong_is_said_at_once(desk: Desk) -> None:
    with pytest.raises(SeveralWrong) as refused:
        await desk.submits(predicates={}, agency_code="YZG 1", note="")

    fields = {one.field for one in refused.value.each}
    assert {"agency_code", "note", "predicates.touches_market_entities"} <= fields


async def test_a_notice_without_contact_is_refused(desk: Desk) -> None:
    with pytest.raises(NoticeIncomplete) as refused:
        await desk.submits(comment={"contact": {"unit": "政策法规科"}, "channels": ["web"]})

    assert (refused.value.field, refused.value.rule_id) == ("comment.contact", "comment.notice")


async def test_what_the_law_keeps_from_the_public_needs_no_notice(desk: Desk) -> None:
    handed_in = await desk.submits(note="", comment={}, predicates=answers(not_public_by_law=True))

    assert handed_in.document.comment_plan == {}


async def test_a_secrecy_mark_leaves_no_trace(desk: Desk) -> None:
    with pytest.raises(Classified):
        await desk.submits(text="机密★1年\n" + DRAFT)

    async with desk.db.read() as conn:
        assert await conn.fetchval("select count(*) from documents") == 0
    assert desk.files() == []


async def test_each_placeholder_is_listed_with_its_line(desk: Desk) -> None:
    with pytest.raises(Placeholders) as refused:
        await desk.submits(text=DRAFT.replace("2026年7月1日", "20××年×月×日"))

    assert "第7行" in refused.value.detail.zh


async def test_a_short_window_names_rule_minimum_and_remedy(desk: Desk) -> None:
    with pytest.raises(WindowTooShort) as refused:
        await desk.submits(comment=_window(closes_at="2026-03-06"))

    assert refused.value.rule_id == "comment.window"
    assert "2026年3月11日24:00" in refused.value.detail.zh
    assert "shortening_reason" in refused.value.how.zh


async def test_a_short_window_with_its_reason_is_taken_and_marked(desk: Desk) -> None:
    handed_in = await desk.submits(comment=_window(closes_at="2026-03-06", shortening_reason="汛期将至，情况紧急。"))

    assert handed_in.document.comment_plan["shortened"] is True
    assert "window.shortened" in {finding.code for finding in handed_in.findings}


@pytest.mark.parametrize(("milliseconds", "short"), [(-1, True), (0, False), (1, False)])
async def test_the_minimum_is_exact_to_the_millisecond(desk: Desk, milliseconds: int, short: bool) -> None:
    closes = datetime(2026, 3, 11, 16, 0, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    given = _window(closes_at=closes.isoformat(), shortening_reason="情况紧急。")

    handed_in = await desk.submits(comment=given)

    assert handed_in.document.comment_plan["shortened"] is short


async def test_business_activity_asks_for_the_longer_window(desk: Desk) -> None:
    with pytest.raises(WindowTooShort) as refused:
        await desk.submits(comment=_window(days=10), predicates=answers(touches_market_entities=True))

    assert refused.value.rule_id == "comment.window_market"


async def test_a_personal_mobile_number_in_the_contact_is_a_warning(desk: Desk) -> None:
    comment = _window()
    comment["contact"] = {"unit": "政策法规科", "phone": "13800001234"}

    handed_in = await desk.submits(comment=comment)

    assert "contact.personal_mobile" in {finding.code for finding in handed_in.findings}


def _window(**changes: object) -> dict[str, object]:
    return {"contact": CONTACT, "channels": ["web"], **changes}


async def test_a_joint_document_names_its_issuers_to_the_lifecycle_and_the_dossier(desk: Desk) -> None:
    handed_in = await desk.submits(joint_units=["云溪区司法局"])

    async with desk.db.read() as conn:
        letter = await conn.fetchrow(OUTBOX)
        entries = await dossier.all_of(conn, handed_in.document.id)
        found = await documents.get(conn, handed_in.document.id)
    reference = StartLifecycle.model_validate(letter["body"]).document
    assert (reference.issuer_unit, reference.joint_units, reference.agency_code) == ("yunxi", ("justice",), "云政规")
    assert entries[0].detail["joint_units"] == ["justice"]
    assert found.joint_units == ("justice",)


@pytest.mark.parametrize(
    ("lead", "joint", "refusal"),
    [
        ("yunxi", ["无此机关"], UnknownUnit),
        ("yunxi", ["yunxi"], JointTwice),
        ("yunxi", ["justice", "区司法局"], JointTwice),
        ("yunxi", ["finance"], JointHeadless),
        ("finance", ["yunxi"], JointHeadless),
    ],
)
async def test_each_issuer_of_a_joint_document_is_known_named_once_and_headed(
    desk: Desk, lead: str, joint: list[str], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await desk.submits(issuer_unit=lead, joint_units=joint)
