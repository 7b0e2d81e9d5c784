"""Sessions: planned before they are held, with agenda, papers, attendance, drafts that survive, recusal and minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pypdfium2
import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.kernel.contracts.refusals import Refused
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.review.actions import session_papers, sessions
from services.review.actions.letters import answer_point
from services.review.actions.opinions import give_opinion
from services.review.domain import meeting_refusals
from services.review.domain import session_refusals as no
from services.review.domain.commands import AnswerPoint, Recusal
from services.review.domain.session_commands import (
    CancelSession,
    MoveSession,
    NoteAttendance,
    OrderItems,
    PlanSession,
    PutItem,
    RecordItem,
    SaveDraft,
    SendNotice,
    TakeOff,
)
from services.review.pack import set_out
from services.review.store import meetings, sign_offs
from services.review.store import sessions as store
from tests.review.builders import (
    BOOK,
    HE_XU,
    LU_WENXI,
    MEMBERS,
    NO_TEXTS,
    SEEN,
    WEN_ZHIYUAN,
    ZONE,
    a_document,
    a_meeting,
    a_point,
    a_round,
    an_actor,
    an_opinion,
    attendance,
    opened,
    speeches,
)

HOUR = timedelta(hours=1)
ELSEWHERE = an_actor("song-haoran", "宋浩然", "finance", "meeting_clerk")


def soon(hours: float = 48) -> datetime:
    return datetime.now(UTC) + timedelta(hours=hours)


def a_plan(**changes: Any) -> PlanSession:
    fields: dict[str, Any] = {
        "issuer_unit": "yunxi",
        "form": "executive",
        "name": "云溪区人民政府第42次常务会议",
        "place": "区政府302会议室",
        "starts_at": soon(),
    }
    return PlanSession(**{**fields, **changes})


async def planned(db: Database, actor: Actor = WEN_ZHIYUAN, **changes: Any) -> UUID:
    async with db.transaction() as tx:
        return (await sessions.plan(tx, actor, a_plan(**changes))).session_id


async def act(db: Database, verb: Any, session_id: UUID, *args: Any, actor: Actor = WEN_ZHIYUAN, **more: Any) -> Any:
    async with db.transaction() as tx:
        return await verb(tx, actor, session_id, *args, **more)


async def with_item(db: Database, session_id: UUID) -> tuple[UUID, UUID]:
    """(round, item)"""
    round_id = await opened(db, a_round("meeting", document=a_document()))
    return round_id, (await act(db, sessions.put, session_id, PutItem(round_id=round_id))).item_id


async def open_now(db: Database, session_id: UUID, absent: tuple[str, ...] = ()) -> None:
    """Time passes to the hour of the meeting, and attendance is taken."""
    there = NoteAttendance(chair_id="xu-qingyuan", started_at=datetime.now(UTC), attendees=attendance(absent=absent))
    await act(db, sessions.note_attendance, session_id, there)


def an_item(**changes: Any) -> RecordItem:
    return RecordItem(**{**SEEN, "statements": speeches(), "outcome": "passed", **changes})


async def written(db: Database, session_id: UUID, item_id: UUID, **changes: Any) -> Any:
    return await act(db, sessions.record_item, session_id, item_id, an_item(**changes), book=BOOK, blobs=NO_TEXTS)


async def test_a_meeting_is_planned_and_its_item_recorded_once(db: Database) -> None:
    session_id = await planned(db)
    round_id, item_id = await with_item(db, session_id)
    await open_now(db, session_id)
    await written(db, session_id, item_id)
    async with db.read() as conn:
        record = await meetings.find_meeting(conn, round_id)
        session = await store.get(conn, session_id)
        kinds = [event.kind for event in await store.events(conn, session_id)]
    assert record is not None
    assert (record.meeting.name, record.meeting.session_id, session.held) == (session.name, session_id, True)
    assert kinds == ["planned", "put", "attendance", "recorded"]
    with pytest.raises(Refused):
        await written(db, session_id, item_id)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"starts_at": datetime(2020, 1, 1, tzinfo=UTC)}, no.InThePast),
        ({"form": "office"}, meeting_refusals.NotAMeeting),
        ({"issuer_unit": "finance"}, no.OtherAuthority),
    ],
)
async def test_a_plan_that_cannot_be_is_refused(db: Database, changes: dict[str, Any], refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        await planned(db, **changes)


async def test_a_department_holds_office_meetings(db: Database) -> None:
    session_id = await planned(db, ELSEWHERE, issuer_unit="finance", form="office", name="区财政局第3次办公会议")
    async with db.read() as conn:
        assert (await store.get(conn, session_id)).form == "office"


async def test_a_name_is_given_once(db: Database) -> None:
    await planned(db)
    with pytest.raises(no.NameTaken):
        await planned(db)


async def test_the_clerk_of_another_authority_changes_nothing(db: Database) -> None:
    session_id = await planned(db)
    with pytest.raises(no.OtherAuthority):
        await act(db, sessions.cancel, session_id, CancelSession(reason="另行安排"), actor=ELSEWHERE)


async def test_who_is_no_clerk_plans_nothing(db: Database) -> None:
    with pytest.raises(Refused, match="auth"):
        await planned(db, HE_XU)


async def test_a_matter_does_not_come_before_its_reviewers_time_is_over(db: Database) -> None:
    session_id = await planned(db, starts_at=soon(1))
    round_id = await opened(db, a_round("meeting", earliest=soon(2)))
    with pytest.raises(no.ItemTooEarly):
        await act(db, sessions.put, session_id, PutItem(round_id=round_id))
    async with db.transaction() as tx:
        with pytest.raises(asyncpg.RaiseError, match=r"session\.too_early"):
            await tx.execute(
                "insert into session_items (session_id, round_id, position) values ($1, $2, 1)", session_id, round_id
            )


async def test_a_meeting_is_not_moved_before_the_time_of_its_items(db: Database) -> None:
    session_id = await planned(db, starts_at=soon(5))
    round_id = await opened(db, a_round("meeting", earliest=soon(4)))
    await act(db, sessions.put, session_id, PutItem(round_id=round_id))
    with pytest.raises(no.ItemTooEarly):
        await act(db, sessions.move, session_id, MoveSession(place="室", starts_at=soon(3), reason="提前"))
    await act(db, sessions.move, session_id, MoveSession(place="室", starts_at=soon(6), reason="区长外出"))


async def test_one_matter_stands_on_one_agenda(db: Database) -> None:
    first, second = await planned(db), await planned(db, name="第43次常务会议")
    round_id, item_id = await with_item(db, first)
    with pytest.raises(no.OnAnAgenda):
        await act(db, sessions.put, second, PutItem(round_id=round_id))
    await act(db, sessions.take_off, first, item_id, TakeOff(reason="材料还要补充"))
    assert (await act(db, sessions.put, second, PutItem(round_id=round_id))).item_id != item_id


async def test_what_does_not_wait_for_a_meeting_comes_on_no_agenda(db: Database) -> None:
    session_id = await planned(db)
    with pytest.raises(no.NotWaiting):
        await act(db, sessions.put, session_id, PutItem(round_id=await opened(db, a_round("legality"))))


async def test_an_item_on_an_agenda_is_recorded_there(db: Database) -> None:
    from services.review.actions.meetings import record_meeting

    round_id, _ = await with_item(db, await planned(db))
    async with db.transaction() as tx:
        with pytest.raises(no.OnAnAgenda):
            await record_meeting(tx, WEN_ZHIYUAN, round_id, a_meeting(), book=BOOK, blobs=NO_TEXTS)


async def test_a_meeting_called_off_sets_its_items_free(db: Database) -> None:
    session_id = await planned(db)
    round_id, _ = await with_item(db, session_id)
    await act(db, sessions.cancel, session_id, CancelSession(reason="防汛"))
    async with db.read() as conn:
        assert round_id in {one.id for one in await store.waiting(conn, "yunxi")}
    with pytest.raises(no.Cancelled):
        await act(db, sessions.put, session_id, PutItem(round_id=round_id))


@pytest.mark.parametrize(
    ("verb", "command"),
    [
        (sessions.move, MoveSession(place="室", starts_at=soon(9), reason="")),
        (sessions.cancel, CancelSession(reason="")),
    ],
)
async def test_changes_of_the_plan_have_reasons(db: Database, verb: Any, command: Any) -> None:
    with pytest.raises(no.ReasonNeeded):
        await act(db, verb, await planned(db), command)


async def test_an_order_names_each_item_once(db: Database) -> None:
    session_id = await planned(db)
    items = [(await with_item(db, session_id))[1] for _ in range(2)]
    await act(db, sessions.order, session_id, OrderItems(items=tuple(reversed(items))))
    async with db.read() as conn:
        assert [item.id for item in await store.items(conn, session_id)] == items[::-1]
    with pytest.raises(no.OrderIncomplete):
        await act(db, sessions.order, session_id, OrderItems(items=(items[0], items[0])))


async def test_a_draft_survives_and_is_not_written_over_unseen(db: Database) -> None:
    session_id = await planned(db)
    _, item_id = await with_item(db, session_id)
    first = await act(db, sessions.save_draft, session_id, item_id, SaveDraft(fields={"outcome": "passed"}))
    with pytest.raises(no.DraftMoved):
        await act(db, sessions.save_draft, session_id, item_id, SaveDraft(fields={"outcome": "rejected"}))
    await act(
        db, sessions.save_draft, session_id, item_id, SaveDraft(revision=first.revision, fields={"reasons": "好"})
    )
    async with db.read() as conn:
        assert (await store.draft(conn, item_id)).fields == {"reasons": "好"}


async def test_nothing_is_recorded_before_attendance(db: Database) -> None:
    session_id = await planned(db)
    _, item_id = await with_item(db, session_id)
    with pytest.raises(no.AttendanceMissing):
        await written(db, session_id, item_id)


AWAY = (Recusal(person_id=MEMBERS[0], reason="其配偶在被扶持企业任职"),)


async def test_who_withdraws_is_not_counted_and_does_not_speak(db: Database) -> None:
    session_id = await planned(db)
    round_id, item_id = await with_item(db, session_id)
    await open_now(db, session_id)
    await written(db, session_id, item_id, recusals=AWAY, statements=speeches(absent=(MEMBERS[0],)))
    async with db.read() as conn:
        record = await meetings.find_meeting(conn, round_id)
    assert record is not None
    assert (record.meeting.due_count, record.meeting.present_count) == (5, 5)
    assert [one.name for one in record.recusals] == ["梁建平"]
    async with db.transaction() as tx:
        with pytest.raises(asyncpg.RaiseError, match=r"meeting\.recused"):
            await tx.execute(
                "insert into statements (meeting_id, speaking_order, person_id, name, stance, opinion, dissents) "
                "select id, 99, $1, '梁建平', 'for', '同意', false from meetings",
                MEMBERS[0],
            )


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"recusals": AWAY}, meeting_refusals.RecusedSpoke),
        ({"recusals": (Recusal(person_id=MEMBERS[0]),)}, meeting_refusals.RecusalUnfounded),
        ({"recusals": (Recusal(person_id="lu-wenxi", reason="无"),)}, meeting_refusals.RecusalUnfounded),
        (
            {"recusals": (Recusal(person_id="xu-qingyuan", reason="亲属"),), "statements": speeches()[:-1]},
            meeting_refusals.ChairAbsent,
        ),
    ],
)
async def test_a_recusal_that_cannot_be_is_refused(
    db: Database, changes: dict[str, Any], refusal: type[Refused]
) -> None:
    session_id = await planned(db)
    _, item_id = await with_item(db, session_id)
    await open_now(db, session_id)
    with pytest.raises(refusal):
        await written(db, session_id, item_id, **changes)


async def test_minutes_wait_for_every_item_then_are_made_once(db: Database, blobs: Blobs) -> None:
    session_id = await planned(db)
    _, item_id = await with_item(db, session_id)
    await open_now(db, session_id)
    making: dict[str, Any] = {"book": BOOK, "blobs": blobs, "zone": ZONE}
    with pytest.raises(no.ItemsOpen):
        await act(db, session_papers.make_minutes, session_id, **making)
    spoken = speeches("for", "for", "for", "against", "for")
    await written(db, session_id, item_id, statements=spoken)
    made = await act(db, session_papers.make_minutes, session_id, **making)
    words = "\n".join(line.text for line in Document(BytesIO(await blobs.get(made.file_hash))).paragraphs)
    assert made.number == f"常务会议纪要〔{datetime.now(ZONE).year}〕1号"
    assert "秦秀英（不同意，不同意见，如实记载）：意见：against。" in words
    with pytest.raises(no.MinutesMade):
        await act(db, session_papers.make_minutes, session_id, **making)


async def test_the_pack_holds_every_paper_or_names_it_with_its_hash(db: Database, blobs: Blobs) -> None:
    session_id = await planned(db)
    digest = await blobs.put("第一条 为了方便群众。".encode())
    asked = a_round("meeting")
    text = asked.text.model_copy(update={"text_hash": digest, "materials_hash": await blobs.put(MATERIALS)})
    round_id = await opened(db, asked.model_copy(update={"text": text}))
    await act(db, sessions.put, session_id, PutItem(round_id=round_id))
    async with db.read() as conn:
        session, authority, bundle = await session_papers.bundle_papers(
            conn, WEN_ZHIYUAN, session_id, book=BOOK, blobs=blobs
        )
    made = [await session_papers.made_pack(session, authority, bundle, blobs=blobs, zone=ZONE) for _ in range(2)]
    assert made[0][0] == made[1][0]
    out = await act_keep(db, session, made[0])
    titles = [one.get_title() for one in pypdfium2.PdfDocument(await blobs.get(out.file_hash)).get_toc()]
    assert titles == ["议程和材料目录", f"1. {asked.document.title}", f"送审稿（第{text.version}稿）"]
    assert (out.papers, out.listed_only) == (2, ["风险评估报告 不在库中.docx"])


def test_a_table_in_a_paper_is_set_as_a_table() -> None:
    blocks = set_out(["公众意见采纳情况表", "序号\t意见", "1\t" + "放宽" * 30, "2", "以上。"])
    assert blocks[0] == {"line": "公众意见采纳情况表"}
    assert blocks[1]["rows"] == [["序号", "意见"], ["1", "放宽" * 30]]
    assert blocks[1]["widths"] == [4, 24]
    assert [one["line"] for one in blocks[2:]] == ["2", "以上。"]


async def test_the_pack_reads_out_the_proposed_wording_and_the_drafters_answer(db: Database, blobs: Blobs) -> None:
    document = a_document()
    reviewed = await opened(db, a_round(document=document))
    proposed = a_point(proposed="开业后十五日内备案。")
    async with db.transaction() as tx:
        await give_opinion(tx, LU_WENXI, reviewed, an_opinion("amend", points=(proposed,)), book=BOOK)
        (point,) = await sign_offs.points_of(tx, document.document_id)
        await answer_point(tx, HE_XU, reviewed, point.id, AnswerPoint(adoption="adopted", words="已改为备案。"))
    session_id = await planned(db)
    round_id = await opened(db, a_round("meeting", document=document))
    await act(db, sessions.put, session_id, PutItem(round_id=round_id))
    async with db.read() as conn:
        *_, bundle = await session_papers.bundle_papers(conn, WEN_ZHIYUAN, session_id, book=BOOK, blobs=blobs)
    (opinion,) = [one for one in bundle.items[0].papers if "意见" in one.name]
    assert "建议改为：开业后十五日内备案。" in opinion.lines
    assert "起草单位答复（采纳）：已改为备案。" in opinion.lines


MATERIALS = '[["风险评估报告", "不在库中.docx", "%s"]]'.encode() % (b"9" * 64)


async def act_keep(db: Database, session: Any, made: Any) -> Any:
    async with db.transaction() as tx:
        return await session_papers.keep_pack(tx, WEN_ZHIYUAN, session, *made)


async def test_an_empty_agenda_is_neither_noticed_nor_bundled(db: Database, blobs: Blobs) -> None:
    session_id = await planned(db)
    with pytest.raises(no.AgendaEmpty):
        await act(db, sessions.send_notice, session_id, SendNotice())
    async with db.read() as conn:
        with pytest.raises(no.AgendaEmpty):
            await session_papers.bundle_papers(conn, WEN_ZHIYUAN, session_id, book=BOOK, blobs=blobs)


VERBS = st.tuples(st.sampled_from(["put", "off", "record", "cancel"]), st.integers(0, 1))


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(VERBS, max_size=8))
async def test_in_any_order_a_matter_is_on_one_agenda_and_decided_at_most_once(
    db: Database, steps: list[tuple[str, int]]
) -> None:
    ids = [await planned(db, name=f"会议{uuid4()}") for _ in range(2)]
    round_id = await opened(db, a_round("meeting", document=a_document()))
    decided = 0
    for verb, which in steps:
        try:
            decided += await _step(db, verb, ids[which], round_id)
        except Refused:
            continue
    async with db.read() as conn:
        agendas = await conn.fetchval(LIVE, round_id)
        rows = await conn.fetchval("select count(*) from meetings where round_id = $1", round_id)
    assert agendas <= 1
    assert decided == rows <= 1


LIVE = "select count(*) from session_items where round_id = $1 and off_at is null"


async def _step(db: Database, verb: str, session_id: UUID, round_id: UUID) -> int:
    async with db.read() as conn:
        items = [one.id for one in await store.items(conn, session_id) if one.round_id == round_id and not one.off_at]
    match verb:
        case "put":
            await act(db, sessions.put, session_id, PutItem(round_id=round_id))
        case "cancel":
            await act(db, sessions.cancel, session_id, CancelSession(reason="改期"))
        case "off" if items:
            await act(db, sessions.take_off, session_id, items[0], TakeOff(reason="撤下"))
        case "record" if items:
            await open_now(db, session_id)
            await written(db, session_id, items[0])
            return 1
        case _:
            return 0
    return 0
