"""The twelve rules of public comment (C1 to C12), row by row: which document, which period, and what the engine does."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from services.intake.actions.reading import keep, read_text
from services.intake.actions.versions import submit_version
from services.intake.domain.answers import AnswerReason
from services.intake.domain.documents import NotHeardAgain
from services.intake.domain.plans import comment_stage, is_short, planned
from services.intake.domain.submission import CommentWish, NoticeIncomplete, UnknownKind
from services.intake.domain.windows import WindowTooShort
from services.intake.store import dossier, windows
from services.kernel.contracts.intake import OpenWindow, RecordSummary
from services.kernel.contracts.messages import Text
from services.kernel.procedure.deadlines import OFFICE_ZONE, due, end_of
from services.kernel.procedure.rules import Counting, DocumentKind, Modality, RuleBook, Unit
from tests.intake.builders import BOOK, CALENDAR, CONTACT, NEXT_DRAFT, NOTE, Desk, Web, a_reference, an_actor
from tests.intake.test_answering import closed, gives, ids_of, refused

MARKET = {"touches_market_entities": True}
OLD_RULE = """
profile: overlay
rules:
  - {id: here.old_window, overrides: comment.window_decision, kind: MAJOR_DECISION, modality: MUST, value: 20, unit: CD,
     counting: MIN_WINDOW, verified: M, in_force_to: 2019-08-31, citation: {of: local}, words: [原规定, The old rule]}
"""


class Period(NamedTuple):
    """A row: the rule of the list, whose document, how long, and from an opening its first and its last day."""

    clause: str
    kind: DocumentKind
    yes: dict[str, bool]
    rule_id: str
    modality: Modality
    amount: tuple[int, Unit]
    opened: date
    first: date
    last: date


NORMATIVE, DECISION, PLAN = DocumentKind.NORMATIVE, DocumentKind.MAJOR_DECISION, DocumentKind.WORK_PLAN
NORMALLY, MAY = Modality.NORMALLY, Modality.MAY
PERIODS = [
    Period("C1", NORMATIVE, MARKET, "comment.window_market", NORMALLY, (30, Unit.CD), date(2026, 3, 2), date(2026, 3, 3), date(2026, 4, 1)),
    # The thirtieth day lies in the Spring Festival: the window ends on the first working day after it.
    Period("C1", NORMATIVE, MARKET, "comment.window_market", NORMALLY, (30, Unit.CD), date(2026, 1, 16), date(2026, 1, 17), date(2026, 2, 24)),
    Period("C2", NORMATIVE, {}, "comment.window", NORMALLY, (7, Unit.WD), date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 11)),
    # Saturday 14 February is worked for the holiday that follows.
    Period("C2", NORMATIVE, {}, "comment.window", NORMALLY, (7, Unit.WD), date(2026, 2, 11), date(2026, 2, 12), date(2026, 2, 27)),
    Period("C2", NORMATIVE, {}, "comment.window", NORMALLY, (7, Unit.WD), date(2026, 9, 21), date(2026, 9, 22), date(2026, 10, 8)),
    Period("C3", DECISION, {}, "comment.window_decision", NORMALLY, (30, Unit.CD), date(2026, 3, 2), date(2026, 3, 3), date(2026, 4, 1)),
    Period("C3", DECISION, {}, "comment.window_decision", NORMALLY, (30, Unit.CD), date(2026, 8, 27), date(2026, 8, 28), date(2026, 9, 28)),
    # What no article settles is a default of ours, and says so.
    Period("—", PLAN, {"published_for_comment": True}, "comment.window_plan", MAY, (7, Unit.WD), date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 11)),
]  # fmt: skip


@pytest.mark.parametrize("row", PERIODS, ids=lambda row: f"{row.clause} {row.kind} {row.opened}")
def test_each_document_keeps_its_window_open_until_24_00_of_the_rules_last_day(row: Period) -> None:
    stage = comment_stage(BOOK.kind(row.kind), row.yes)
    assert stage is not None
    rule = BOOK.minimum(stage, row.yes)
    assert rule is not None
    opened = datetime.combine(row.opened, datetime.min.time(), OFFICE_ZONE) + timedelta(hours=9)
    closes = end_of(row.last)

    found = due(rule, counted_from=opened, calendar=CALENDAR)

    assert (rule.id, rule.modality, (rule.value, rule.unit), rule.counting) == (
        row.rule_id, row.modality, row.amount, Counting.MIN_WINDOW,
    )  # fmt: skip
    assert (found.legal_last_day, found.ends_at) == (row.last, closes)
    assert row.first - row.opened == timedelta(days=1)
    assert not is_short(rule, opened, closes, CALENDAR)
    assert is_short(rule, opened, closes - timedelta(milliseconds=1), CALENDAR)


@pytest.mark.parametrize("row", PERIODS, ids=lambda row: f"{row.clause} {row.kind} {row.opened}")
def test_a_shorter_window_is_refused_without_its_reason_and_marked_with_it(row: Period) -> None:
    """C8: the reason is given when the notice is, and printed in it."""
    stage = comment_stage(BOOK.kind(row.kind), row.yes)
    assert stage is not None
    opened = datetime.combine(row.opened, datetime.min.time(), OFFICE_ZONE) + timedelta(hours=9)
    known: dict[str, Any] = {"answers": row.yes, "book": BOOK, "calendar": CALENDAR, "now": opened}
    wish = CommentWish(closes_at=end_of(row.last) - timedelta(days=1))

    with pytest.raises(WindowTooShort) as no:
        planned(wish, stage, **known)
    plan = planned(wish.model_copy(update={"shortening_reason": "汛期将至，情况紧急。"}), stage, **known)

    assert (no.value.rule_id, no.value.rule) == (row.rule_id, "comment.shortening")
    assert (plan.shortened, plan.rule_id) == (True, row.rule_id)


async def test_c4_rules_of_departments_are_no_kind_of_document_here(desk: Desk) -> None:
    with pytest.raises(UnknownKind):
        await desk.submits(kind="REGULATION")


def test_c5_a_rule_that_ended_before_the_national_one_began_serves_old_cases_only(tmp_path: Path) -> None:
    (tmp_path / "here.yaml").write_text(OLD_RULE, encoding="utf-8")

    book = RuleBook.load(["here"], tmp_path)

    old = due(book.rule("here.old_window"), counted_from=date(2019, 5, 6), calendar=CALENDAR)
    assert book.rule("comment.window_decision").value == 30
    assert old.legal_last_day == date(2019, 5, 27)


@pytest.mark.parametrize(
    ("lacks", "field"),
    [
        ({"contact": {}, "channels": ["web"]}, "comment.contact.unit"),
        ({"contact": {"unit": "政策法规科"}, "channels": ["web"]}, "comment.contact"),
        ({"contact": CONTACT, "channels": []}, "comment.channels"),
    ],
)
async def test_c6_the_notice_goes_out_whole_or_not_at_all(desk: Desk, lacks: dict[str, Any], field: str) -> None:
    with pytest.raises(Exception) as no:  # noqa: PT011 (one thing wrong, or several at once)
        await desk.submits(comment=lacks)

    each = getattr(no.value, "each", [no.value])
    assert field in {one.field for one in each if isinstance(one, NoticeIncomplete)}


async def test_c7_a_window_is_published_on_the_governments_site_by_its_opening(web: Web) -> None:
    window_id = await web.desk.opens_window(await web.desk.submits())

    page = await web.client.get(f"/intake/consultation/{window_id}")
    listed = await web.client.get("/intake/consultations")
    feed = await web.client.get("/intake/consultations.atom")

    assert page.status_code == 200
    assert str(window_id) in listed.text
    assert str(window_id) in feed.text


async def test_c9_an_opinion_is_not_turned_down_without_a_reason(desk: Desk) -> None:
    window_id = await closed(desk, "每月洗")

    with pytest.raises(AnswerReason) as no:
        await gives(desk, window_id, refused("", comment_id=(await ids_of(desk, window_id))[0]))

    assert no.value.rule_id == "comment.adoption"


def test_c10_answers_are_due_on_a_default_of_ours_that_is_marked_as_one() -> None:
    rule = BOOK.rule("comment.feedback_term")

    found = due(rule, counted_from=end_of(date(2026, 3, 11)) - timedelta(microseconds=1), calendar=CALENDAR)

    assert (rule.value, rule.unit, rule.counting, rule.verified) == (20, Unit.WD, Counting.MAX_DEADLINE, "I")
    assert found.legal_last_day == date(2026, 4, 9)


async def test_c12_that_nobody_wrote_is_a_result_and_is_published(web: Web) -> None:
    window_id = await web.desk.opens_window(handed_in := await web.desk.submits())
    await web.desk.closes_now(window_id)

    await web.desk.activities.record_summary(RecordSummary(window_id=window_id))

    page = await web.client.get(f"/intake/consultation/{window_id}/feedback")
    async with web.desk.db.read() as conn:
        entries = await dossier.all_of(conn, handed_in.document.id)
    assert "没有收到" in page.text or "未收到" in page.text
    assert "comment.zero" in {entry.rule_id for entry in entries if entry.type == "summary"}


async def _hands_in_again(desk: Desk, document_id: UUID) -> None:
    read = await read_text(NEXT_DRAFT, None, (), NOTE)
    structure_hash, file_hash = await keep(read, desk.blobs)
    async with desk.db.transaction() as tx:
        await tx.execute("update documents set accepts_versions = true")
        await submit_version(
            tx, an_actor(), document_id, read, structure_hash=structure_hash, file_hash=file_hash, hear_again=True
        )


async def test_c11_a_changed_text_is_put_to_the_public_again_when_its_office_asks_for_it(desk: Desk) -> None:
    comment = {"contact": CONTACT, "channels": ["web"], "closes_at": "2026-03-06", "shortening_reason": "情况紧急。"}
    handed_in = await desk.submits(comment=comment)
    first = await desk.opens_window(handed_in)
    await desk.closes_now(first)

    await _hands_in_again(desk, handed_in.document.id)

    second = await desk.opens_window(handed_in, phase="public_comment/2")
    async with desk.db.read() as conn:
        letter = await conn.fetchval("select body from outbox where name = 'version_submitted'")
        entries = await dossier.all_of(conn, handed_in.document.id)
        reasons = [(await windows.get(conn, window_id)).shortening_reason for window_id in (first, second)]
    assert letter["hear_again"] is True
    assert entries[-1].rule_id == "comment.again" or "comment.again" in {entry.rule_id for entry in entries}
    assert reasons == ["情况紧急。", None]


async def test_c11_nobody_is_asked_again_who_was_not_asked_before(desk: Desk) -> None:
    handed_in = await desk.submits()
    await desk.opens_window(handed_in)

    with pytest.raises(NotHeardAgain):
        await _hands_in_again(desk, handed_in.document.id)


async def test_c11_the_page_marks_what_changed_since_the_public_was_heard(web: Web) -> None:
    desk = web.desk
    handed_in = await desk.submits()
    await desk.closes_now(first := await desk.opens_window(handed_in))
    await _hands_in_again(desk, handed_in.document.id)
    async with desk.db.read() as conn:
        text_hash = await conn.fetchval("select text_hash from versions where version = 2")
    later = Text(version=2, text_hash=text_hash, materials_hash=handed_in.version.materials_hash)
    now = datetime.now(OFFICE_ZONE)
    second = await desk.activities.open_window(
        OpenWindow(
            document=a_reference(handed_in), text=later, rule_id="comment.window", opens_at=now,
            closes_at=now + timedelta(days=9), reply_to=f"document/{handed_in.document.id}/public_comment/2",
        )
    )  # fmt: skip

    page = (await web.client.get(f"/intake/consultation/{second.window_id}")).text

    assert f"/intake/consultation/{first}" in page
    assert page.count("已修改") == 1
    assert page.index('id="art-3"') < page.index("已修改") < page.index('id="art-4"')
