"""The figures of notify for the annual report."""

from __future__ import annotations

from datetime import date

from services.kernel.contracts.figures import AskFigures, Figure, Figures
from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.deadlines import due
from services.kernel.procedure.law import Rule
from services.kernel.runtime.process import Context
from services.notify.store import figures, publications
from services.notify.store.figures import Formed

TERM = "publication.term"
PIECES = "件"


async def gather(context: Context, ask: AskFigures) -> Figures:
    """Documents made, published in time, numbered and voided in the year, of the unit and those under it."""
    async with context.db.read() as conn:
        kinds = await figures.units_under(conn, ask.issuer_unit)
        units = sorted(kinds)
        today = (await publications.moment(conn, context.settings.time_zone)).day
        made = await figures.made(conn, units, ask.year)
        formed = await figures.formed(conn, units, ask.year)
        given = await figures.given(conn, units, ask.year)
        voided = await figures.voided(conn, units, ask.year)
    own = tuple(each.id for each in made if kinds[each.issuer_unit] in ("government", "office"))
    others = tuple(each.id for each in made if each.id not in own)
    term = context.book.rule(TERM)
    in_time = tuple(each.document_id for each in formed if published_in_time(each, term, context.calendar))
    return Figures(
        figures=(
            Figure(code="NRM_MADE", value=len(made), unit=PIECES, records=tuple(each.id for each in made), as_of=today),
            Figure(code="NRM_MADE_GOVERNMENT", value=len(own), unit=PIECES, records=own, as_of=today),
            Figure(code="NRM_MADE_DEPARTMENT", value=len(others), unit=PIECES, records=others, as_of=today),
            Figure(code="OPEN_PUB", value=len(in_time), of=len(formed), unit=PIECES, records=in_time, as_of=today),
            Figure(code="NUM_GIVEN", value=len(given), unit=PIECES, records=tuple(given), as_of=today),
            Figure(code="NUM_VOID", value=len(voided), unit=PIECES, records=tuple(voided), as_of=today),
        )
    )


def published_in_time(document: Formed, term: Rule, calendar: WorkCalendar) -> bool:
    """Whether it became public within the term of the rule, counted from the day after it was formed.

    While the calendar cannot tell the last day, only publication before the unknown year is surely in time.
    """
    if document.published_on is None:
        return False
    last_day = due(term, counted_from=document.formed_on, calendar=calendar).legal_last_day
    if last_day is None:
        return document.published_on <= date(document.formed_on.year, 12, 31)
    return document.published_on <= last_day
