"""Figures of a year: by event date in the office's time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from services.kernel.contracts.figures import AskFigures, Figure
from services.kernel.runtime.db import Database
from services.review.actions.meetings import record_meeting
from services.review.actions.opinions import give_opinion
from services.review.actions.steps import file_step
from services.review.activities import ReviewActivities
from tests.review.builders import (
    BOOK,
    CHENG_YIAN,
    LU_WENXI,
    NO_TEXTS,
    WEN_ZHIYUAN,
    ZONE,
    a_document,
    a_meeting,
    a_round,
    a_step,
    an_opinion,
    opened,
    speeches,
)

YEAR = datetime.now(UTC).astimezone(ZONE).year


async def figures(activities: ReviewActivities, year: int = YEAR, unit: str = "yunxi") -> dict[str, Figure]:
    answer = await activities.review_figures(AskFigures(issuer_unit=unit, year=year))
    return {figure.code: figure for figure in answer.figures}


async def a_year(db: Database) -> None:
    document = a_document()
    for outcome, ordinal in (("amend", 1), ("lawful", 2)):
        round_id = await opened(db, a_round(document=document, ordinal=ordinal))
        async with db.transaction() as tx:
            await give_opinion(tx, LU_WENXI, round_id, an_opinion(outcome), book=BOOK)
    step, meeting = await opened(db, a_round("recorded_step")), await opened(db, a_round("meeting", document=document))
    async with db.transaction() as tx:
        await file_step(tx, CHENG_YIAN, step, a_step(), book=BOOK)
        spoken = speeches("for", "for", "for", "for", "against")
        await record_meeting(tx, WEN_ZHIYUAN, meeting, a_meeting(statements=spoken), book=BOOK, blobs=NO_TEXTS)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("NRM_REVIEWED", 2),
        ("NRM_REVIEWED_AMEND", 1),
        ("NRM_REVIEWED_LAWFUL", 1),
        ("NRM_REVIEWED_UNLAWFUL", 0),
        ("FCR_DONE", 1),
        ("RETURNED", 1),
        ("MEETINGS", 1),
        ("MEETING_PASSED", 1),
        ("DISSENT", 1),
        ("SIGN_OFFS", 4),
        ("NRM_REVIEWED_BEFORE_MEETING", 1),
    ],
)
async def test_the_year_is_counted(db: Database, activities: ReviewActivities, code: str, value: int) -> None:
    await a_year(db)
    assert (await figures(activities))[code].value == value


async def test_parts_sum_to_their_total(db: Database, activities: ReviewActivities) -> None:
    await a_year(db)
    found = await figures(activities)
    parts = [figure.value for code, figure in found.items() if code.startswith("NRM_REVIEWED_") and figure.of is None]
    assert sum(parts) == found["NRM_REVIEWED"].value


@pytest.mark.parametrize("asked", [{"year": YEAR - 1}, {"unit": "justice"}])
async def test_other_years_and_units_are_not_counted(
    db: Database, activities: ReviewActivities, asked: dict[str, Any]
) -> None:
    await a_year(db)
    assert (await figures(activities, **asked))["SIGN_OFFS"].value == 0


async def test_the_year_begins_at_midnight_in_the_office(activities: ReviewActivities) -> None:
    assert activities._first_instant(2027) == datetime(2026, 12, 31, 16, tzinfo=UTC)


async def test_a_figure_names_its_records(db: Database, activities: ReviewActivities) -> None:
    await a_year(db)
    assert len((await figures(activities))["NRM_REVIEWED"].records) == 2
