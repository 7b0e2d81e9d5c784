"""Consultations: who is asked and replies, what counts as agreement, and that a dispute is ruled on before issue."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kernel.contracts.facts import ConsultationFacts
from services.kernel.contracts.lifecycle import ASKS_CHANGED
from services.kernel.contracts.messages import Deadline
from services.kernel.contracts.refusals import Forbidden
from services.kernel.procedure.calendar import CalendarYearUnknown, WorkCalendar
from services.kernel.procedure.deadlines import office_day
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Database
from services.review.actions.desk import sit_at
from services.review.actions.papers import attach
from services.review.actions.steps import file_step
from services.review.domain import consultation_refusals as no
from services.review.domain import consultations as domain
from services.review.domain.consultation_commands import AskUnits, Coordinate, Memo, Reply, Rule, Take, WithdrawAsk
from services.review.domain.consultations import Asked, Consulted, Replied
from services.review.domain.refusals import AuthorMayNotSign
from services.review.sheets.consultation import acts
from services.review.sheets.consultation.read import Read, read, term_of
from services.review.store import rounds, sign_offs
from services.review.store.papers import NewPaper
from tests.review.builders import (
    BOOK,
    DESK,
    HE_XU,
    LU_WENXI,
    SONG_HAORAN,
    XU_QINGYUAN,
    YE_CHUNXIAO,
    a_document,
    a_round,
    a_step,
    an_actor,
    opened,
)
from tests.review.conftest import Web
from tests.review.test_pages import get, send

NOW = datetime.now(UTC)
MEMO = Memo(
    issue="补贴由谁承担", views="区财政局不同意。", own_view="由财政承担。", reasons="有先例。", basis="预算法。"
)
SAID = "select body from outbox where name = $1 order by id"


async def a_consultation(db: Database, **changes: Any) -> UUID:
    about = {"stage": "consultation", "role": "drafter", "unit_id": "urban"}
    return await opened(db, a_round("recorded_step", **{**about, **changes}))


async def done(db: Database, round_id: UUID, act: Any, command: Any, actor: Actor = HE_XU) -> None:
    async with db.transaction() as tx:
        await act(tx, actor, round_id, command, BOOK)


async def asked(db: Database, *units: str, **changes: Any) -> UUID:
    round_id = await a_consultation(db, **changes)
    await done(db, round_id, acts.ask_units, AskUnits(unit_ids=units or ("finance", "ecology"), question="经费。"))
    return round_id


async def replied(db: Database, round_id: UUID, actor: Actor, stance: Any = "agree", opinion: str = "") -> None:
    await done(db, round_id, acts.reply, Reply(stance=stance, opinion=opinion), actor)


async def disputed(db: Database, **changes: Any) -> UUID:
    round_id = await asked(db, "finance", **changes)
    await replied(db, round_id, SONG_HAORAN, "disagree", "本级财政无力承担。")
    await done(db, round_id, acts.take_up, Take(unit_id="finance", taken="not_adopted", reason="已有资金渠道。"))
    return round_id


async def filed(db: Database, round_id: UUID) -> None:
    async with db.transaction() as tx:
        await file_step(tx, HE_XU, round_id, a_step(conclusion="各单位意见已汇总。"), book=BOOK)


async def standing(db: Database, round_id: UUID) -> Read:
    async with db.read() as conn:
        return await read(conn, round_id)


async def facts(db: Database, round_id: UUID) -> ConsultationFacts | None:
    async with db.read() as conn:
        said = (await rounds.get_round(conn, round_id)).facts
    return said.consultation if said else None


async def test_a_unit_has_the_rules_time_and_a_reminder(db: Database) -> None:
    found = (await standing(db, await asked(db, "finance"))).asked[0]
    assert found.due == term_of(found.asked_at, None, DESK)
    assert found.due.remind_at is not None
    assert (found.role, found.unit_name) == ("lead_unit_officer", "区财政局")


async def test_a_unit_may_have_more_time_but_not_less(db: Database) -> None:
    round_id = await a_consultation(db)
    today = office_day(NOW)
    with pytest.raises(no.TermTooShort):
        await done(db, round_id, acts.ask_units, AskUnits(unit_ids=("finance",), due_on=today + timedelta(days=1)))
    later = today + timedelta(days=20)
    await done(db, round_id, acts.ask_units, AskUnits(unit_ids=("finance",), due_on=later))
    assert (await standing(db, round_id)).asked[0].due.last_day == later


async def test_a_day_that_was_unknown_is_counted_once_its_year_is_loaded(db: Database) -> None:
    sit_at(replace(DESK, calendar=NoYear()))
    round_id = await asked(db, "finance")
    assert (await standing(db, round_id)).asked[0].due.provisional
    sit_at(DESK)
    assert (await standing(db, round_id)).asked[0].due.last_day is not None


class NoYear(WorkCalendar):
    """A calendar of which no year is loaded."""

    def is_working(self, day: date) -> bool:
        raise CalendarYearUnknown(day.year)


@pytest.mark.parametrize("unit", ["urban", "zhuwu", "nowhere"])
async def test_only_other_units_with_people_are_asked(db: Database, unit: str) -> None:
    with pytest.raises(no.UnitUnfit):
        await asked(db, unit)


async def test_a_unit_is_asked_once(db: Database) -> None:
    round_id = await asked(db, "finance")
    with pytest.raises(no.UnitUnfit):
        await done(db, round_id, acts.ask_units, AskUnits(unit_ids=("finance",)))
    await done(db, round_id, acts.withdraw_ask, WithdrawAsk(unit_id="finance"))
    await done(db, round_id, acts.ask_units, AskUnits(unit_ids=("finance",)))
    assert [one.is_live for one in (await standing(db, round_id)).asked] == [False, True]


async def test_the_database_asks_a_unit_once(db: Database) -> None:
    round_id = await asked(db, "finance")
    async with db.transaction() as tx:
        with pytest.raises(asyncpg.RaiseError, match=r"consultation\.unit"):
            await tx.execute(
                "insert into consultation_asks (round_id, ordinal, unit_id, unit_name, role, due, asked_by, asked_name)"
                " values ($1, 9, 'finance', '区财政局', 'drafter', '{}', 'he-xu', '何叙')",
                round_id,
            )


async def test_a_step_without_any_unit_is_not_filed(db: Database) -> None:
    with pytest.raises(no.NobodyAsked):
        await filed(db, await a_consultation(db))


async def test_whoever_has_time_left_is_waited_for(db: Database) -> None:
    with pytest.raises(no.ReplyAwaited):
        await filed(db, await asked(db))


async def test_agreement_is_filed_with_its_facts(db: Database) -> None:
    round_id = await asked(db)
    await replied(db, round_id, SONG_HAORAN)
    await replied(db, round_id, YE_CHUNXIAO, "agree_with_changes", "第八条删去“推荐”。")
    with pytest.raises(no.NotTaken):
        await filed(db, round_id)
    await done(db, round_id, acts.take_up, Take(unit_id="ecology", taken="adopted"))
    await filed(db, round_id)
    assert await facts(db, round_id) == ConsultationFacts(units=2)
    async with db.read() as conn:
        signed = await sign_offs.find_sign_off(conn, round_id)
    assert signed is not None
    said = signed.record["details"]["consultation"]
    assert [(one["unit_id"], one["standing"]) for one in said["units"]] == [
        ("finance", "agree"),
        ("ecology", "agree_with_changes"),
    ]


async def test_nobody_replies_for_another_unit(db: Database) -> None:
    round_id = await asked(db, "finance")
    with pytest.raises(no.AskUnknown):
        await replied(db, round_id, YE_CHUNXIAO)
    with pytest.raises(Forbidden):
        await replied(db, round_id, an_actor("someone", "某某", "finance", "registrar"))


async def test_the_database_takes_no_reply_from_an_author(db: Database) -> None:
    round_id = await asked(db, "finance", author_ids=("he-xu", "song-haoran"))
    with pytest.raises(AuthorMayNotSign):
        await replied(db, round_id, SONG_HAORAN)


async def test_an_objection_has_words(db: Database) -> None:
    with pytest.raises(no.ReplyEmpty):
        await replied(db, await asked(db, "finance"), SONG_HAORAN, "disagree")


async def test_a_request_is_taken_back_only_before_its_reply(db: Database) -> None:
    round_id = await asked(db, "finance")
    await replied(db, round_id, SONG_HAORAN)
    with pytest.raises(no.AskGone):
        await done(db, round_id, acts.withdraw_ask, WithdrawAsk(unit_id="finance"))


async def test_without_agreement_nothing_is_filed_until_the_head_has_ruled(db: Database) -> None:
    round_id = await disputed(db)
    with pytest.raises(no.InDispute):
        await filed(db, round_id)
    await done(db, round_id, acts.write_memo, MEMO)
    with pytest.raises(no.InDispute):
        await filed(db, round_id)
    await done(db, round_id, acts.rule, Rule(ruling="proceed", reason="按原方案办理。"), XU_QINGYUAN)
    await filed(db, round_id)
    assert await facts(db, round_id) == ConsultationFacts(units=1, disputed=1, reported=True, overruled=True)


async def test_a_ruling_against_the_draft_keeps_it_from_being_filed(db: Database) -> None:
    round_id = await disputed(db)
    await done(db, round_id, acts.write_memo, MEMO)
    await done(db, round_id, acts.rule, Rule(ruling="change", reason="采纳区财政局意见。"), XU_QINGYUAN)
    with pytest.raises(no.RuledAgainst):
        await filed(db, round_id)


async def test_a_new_objection_is_not_covered_by_an_old_ruling(db: Database) -> None:
    round_id = await disputed(db)
    await done(db, round_id, acts.write_memo, MEMO)
    await done(db, round_id, acts.rule, Rule(ruling="proceed", reason="按原方案办理。"), XU_QINGYUAN)
    await replied(db, round_id, SONG_HAORAN, "disagree", "另外，资金测算有误。")
    with pytest.raises(no.NotTaken):
        await filed(db, round_id)
    await done(db, round_id, acts.take_up, Take(unit_id="finance", taken="not_adopted", reason="测算无误。"))
    with pytest.raises(no.InDispute):
        await filed(db, round_id)


async def test_after_negotiating_a_unit_may_agree(db: Database) -> None:
    round_id = await disputed(db)
    meeting = Coordinate(held_on=office_day(NOW), present="区财政局、区城市管理局", result="改为分两年承担。")
    await done(db, round_id, acts.coordinate, meeting)
    await replied(db, round_id, SONG_HAORAN)
    await filed(db, round_id)
    assert await facts(db, round_id) == ConsultationFacts(units=1)


async def test_a_meeting_is_recorded_after_it_was_held(db: Database) -> None:
    later = Coordinate(held_on=office_day(NOW) + timedelta(days=1), present="两家", result="同意。")
    with pytest.raises(no.NotCoordinated):
        await done(db, await disputed(db), acts.coordinate, later)


async def test_a_major_decision_reports_its_dispute_and_needs_no_ruling(db: Database) -> None:
    round_id = await disputed(db, document=a_document(kind="MAJOR_DECISION"))
    with pytest.raises(no.InDispute):
        await filed(db, round_id)
    await done(db, round_id, acts.write_memo, MEMO)
    await filed(db, round_id)
    assert await facts(db, round_id) == ConsultationFacts(units=1, disputed=1, reported=True)


async def test_a_memo_is_whole_and_about_a_dispute(db: Database) -> None:
    round_id = await disputed(db)
    with pytest.raises(no.MemoIncomplete):
        await done(db, round_id, acts.write_memo, Memo(issue="补贴"))
    with pytest.raises(no.NoDispute):
        await done(db, await asked(db, "finance"), acts.write_memo, MEMO)


async def test_only_the_head_rules_with_a_reason_on_what_was_set_out(db: Database) -> None:
    round_id, ruling = await disputed(db), Rule(ruling="proceed", reason="按原方案办理。")
    with pytest.raises(no.MemoMissing):
        await done(db, round_id, acts.rule, ruling, XU_QINGYUAN)
    await done(db, round_id, acts.write_memo, MEMO)
    with pytest.raises(Forbidden):
        await done(db, round_id, acts.rule, ruling, LU_WENXI)
    with pytest.raises(no.RulingUnexplained):
        await done(db, round_id, acts.rule, Rule(ruling="proceed"), XU_QINGYUAN)


async def test_the_database_lets_no_author_rule(db: Database) -> None:
    round_id = await disputed(db, author_ids=("he-xu", "xu-qingyuan"))
    await done(db, round_id, acts.write_memo, MEMO)
    with pytest.raises(no.OwnDispute):
        await done(db, round_id, acts.rule, Rule(ruling="proceed", reason="按原方案办理。"), XU_QINGYUAN)


async def test_units_and_the_head_are_asked_through_the_workflow(db: Database) -> None:
    round_id = await disputed(db)
    await done(db, round_id, acts.write_memo, MEMO)
    await done(db, round_id, acts.rule, Rule(ruling="proceed", reason="按原方案办理。"), XU_QINGYUAN)
    async with db.transaction() as tx:
        told = [row["body"] for row in await tx.fetch(SAID, ASKS_CHANGED)]
    states = [(one["what"], one["revision"], one["asks"][0]["state"]) for one in told]
    assert states == [
        ("consultation_reply", 1, "open"),
        ("consultation_reply", 2, "done"),
        ("dispute_ruling", 2, "open"),
        ("dispute_ruling", 3, "done"),
    ]


async def test_a_unit_that_is_asked_attaches_its_letter(db: Database) -> None:
    round_id, letter = await asked(db, "finance"), NewPaper("各部门意见", "a" * 64, "复函.pdf", 10)
    async with db.transaction() as tx:
        await attach(tx, SONG_HAORAN, round_id, [letter])
    with pytest.raises(Forbidden):
        async with db.transaction() as tx:
            await attach(tx, YE_CHUNXIAO, round_id, [letter])


async def test_what_was_said_is_kept(db: Database) -> None:
    round_id = await disputed(db)
    for table in ("consultation_asks", "consultation_replies"):
        async with db.transaction() as tx:
            with pytest.raises(asyncpg.RaiseError, match=r"record\.append_only"):
                await tx.execute(f"delete from {table}")
    assert len((await standing(db, round_id)).asked) == 1


STANCES = st.sampled_from(["agree", "agree_with_changes", "disagree", None])


@given(st.lists(st.tuples(STANCES, st.sampled_from(["adopted", "partly", "not_adopted", None]), st.booleans())))
def test_only_agreement_or_a_ruling_is_filed(units: list[tuple[Any, Any, bool]]) -> None:
    people = [_unit(number, stance, live=live) for number, (stance, _, live) in enumerate(units)]
    takings = {n: Take(unit_id=f"u{n}", taken=taken, reason="理由。") for n, (_, taken, _) in enumerate(units) if taken}
    found = Consulted(asked=people, takings=takings, memo=None, ruling=None)
    refusal = domain.filing_refused(found, NOW, silence=domain.CONSENT, needs_ruling=True)
    agreed = [
        stance in (None, "agree") or (stance == "agree_with_changes" and taken == "adopted")
        for stance, taken, live in units
        if live
    ]
    assert (refusal is None) == (bool(agreed) and all(agreed))
    silent = any(stance is None for stance, _, live in units if live)
    strict = domain.filing_refused(found, NOW, silence="no_consent", needs_ruling=True)
    assert not (silent and strict is None)


def _unit(number: int, stance: Any, *, live: bool) -> Asked:
    said = Replied(1, stance, "意见。", "p", "某", None, None, NOW) if stance else None
    due = Deadline(rule_id=no.TERM, ends_at=NOW - timedelta(seconds=1))
    names = (f"u{number}", f"单位{number}", "drafter", "")
    gone = None if live else NOW
    return Asked(UUID(int=number), UUID(int=0), number, *names, due, "he-xu", "何叙", NOW, gone, said)


async def test_a_unit_replies_on_the_page_and_the_drafter_sees_it(db: Database, web: Web) -> None:
    round_id = await a_consultation(db)
    page = f"/review/round/{round_id}"
    answer = await send(web, f"{page}/consultation-asks", HE_XU, {"unit_ids": "finance", "question": "经费。"})
    assert answer.status_code == 303
    assert "区财政局的答复" not in (await get(web, page, LU_WENXI)).text
    assert "区财政局的答复" in (await get(web, page, SONG_HAORAN)).text
    said = {"stance": "disagree", "opinion": "本级财政无力承担。"}
    assert (await send(web, f"{page}/consultation-replies", SONG_HAORAN, said)).status_code == 303
    shown = (await get(web, page, HE_XU, "en")).text
    assert "本级财政无力承担。" in shown
    assert "Disagrees" in shown
    wrong = await send(web, f"{page}/consultation-takings", HE_XU, {"unit_id": "finance", "taken": "not_adopted"})
    assert wrong.status_code == 422
    assert "没有说明不采纳的理由" in wrong.text


async def test_the_head_rules_on_the_page(db: Database, web: Web) -> None:
    round_id = await disputed(db)
    page = f"/review/round/{round_id}"
    assert (await send(web, f"{page}/consultation-disputes", HE_XU, MEMO.model_dump())).status_code == 303
    assert "作出裁定" not in (await get(web, page, HE_XU)).text
    assert "作出裁定" in (await get(web, page, XU_QINGYUAN)).text
    said = {"ruling": "proceed", "reason": "按原方案办理。"}
    assert (await send(web, f"{page}/consultation-rulings", XU_QINGYUAN, said)).status_code == 303
    assert "Go on as the drafting unit proposes" in (await get(web, page, HE_XU, "en")).text
