"""Figures for the annual report: by the day of the event in the office's time zone."""

from __future__ import annotations

from datetime import date

import pytest

from services.kernel.contracts.figures import AskFigures, Figure
from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.db import Connection
from services.notify.figures import published_in_time
from services.notify.store.figures import Formed
from tests.notify.builders import Office, a_document, a_publishing, a_text


async def _figures(office: Office, year: int, unit: str = "yunxi") -> dict[str, Figure]:
    answer = await office.activities.figures(AskFigures(issuer_unit=unit, year=year))
    return {figure.code: figure for figure in answer.figures}


async def _this_year(owner: Connection) -> int:
    return int(await owner.fetchval("select extract(year from now() at time zone 'Asia/Shanghai')"))


async def test_normative_documents_count_in_the_year_of_their_publication(office: Office, owner: Connection) -> None:
    gazette_id = await office.publish(a_document())
    await office.publish(a_document(kind="WORK_PLAN", agency_code="云政办发"))
    year = await _this_year(owner)
    made = (await _figures(office, year))["NRM_MADE"]
    assert (made.value, made.records) == (1, (gazette_id,))
    assert (await _figures(office, year - 1))["NRM_MADE"].value == 0


async def test_the_government_s_figures_hold_those_of_its_departments(office: Office, owner: Connection) -> None:
    await office.publish(a_document())
    await office.publish(a_document(issuer_unit="urban", agency_code="云城管规"))
    found = await _figures(office, await _this_year(owner))
    parts = [found[code].value for code in ("NRM_MADE", "NRM_MADE_GOVERNMENT", "NRM_MADE_DEPARTMENT")]
    assert parts == [2, 1, 1]
    assert (await _figures(office, await _this_year(owner), "urban"))["NRM_MADE"].value == 1


async def test_numbers_given_and_voided_are_counted(office: Office, owner: Connection) -> None:
    await office.number(a_document())
    await office.number(a_document())
    await owner.execute(
        "update notify.numbers set state = 'void', void_reason = '重复登记', voided_by = 'gu-nianci', voided_at = now(),"
        " voided_on = (now() at time zone 'Asia/Shanghai')::date where sequence = 2"
    )
    found = await _figures(office, await _this_year(owner))
    assert (found["NUM_GIVEN"].value, found["NUM_VOID"].value) == (2, 1)


async def test_a_number_of_new_year_s_morning_in_china_belongs_to_the_new_year(
    office: Office, owner: Connection
) -> None:
    # 16:30 UTC on 31 December is 00:30 on 1 January in the office.
    await office.number(a_document())
    day = await owner.fetchval("select (timestamptz '2026-12-31 16:30+00' at time zone 'Asia/Shanghai')::date")
    registered = await owner.fetchrow("select registered_at, registered_on from notify.numbers")
    assert day == date(2027, 1, 1)
    assert registered is not None
    assert registered["registered_on"] == await owner.fetchval(
        "select ($1::timestamptz at time zone 'Asia/Shanghai')::date", registered["registered_at"]
    )


async def test_publication_in_time_is_told_over_what_was_formed(office: Office, owner: Connection) -> None:
    today = await owner.fetchval("select (now() at time zone 'Asia/Shanghai')::date")
    document = a_document()
    doc_number = await office.number(document)
    text = await a_text(office.blobs)
    await office.activities.publish(a_publishing(document, text, doc_number, adopted_on=today))
    await office.number(a_document())
    found = (await _figures(office, today.year))["OPEN_PUB"]
    assert (found.value, found.of) == (1, 2)


@pytest.mark.parametrize(
    ("formed_on", "published_on", "in_time"),
    [
        (date(2026, 9, 18), date(2026, 10, 22), True),
        (date(2026, 9, 18), date(2026, 10, 23), False),
        (date(2026, 9, 18), None, False),
        (date(2026, 12, 28), date(2026, 12, 31), True),
    ],
)
def test_the_term_of_publication_comes_from_the_rule_book(
    formed_on: date, published_on: date | None, in_time: bool
) -> None:
    formed = Formed(document_id=a_document().document_id, formed_on=formed_on, published_on=published_on)
    assert published_in_time(formed, RuleBook.load().rule("publication.term"), WorkCalendar.load()) is in_time
