"""What was said and what was done about it: figures that add up, bars with a table beside them, the answers."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from services.intake.api.windows import shown_window
from services.intake.domain.answers import DISPOSITION_WORDS, Disposition
from services.intake.domain.windows import STATE_WORDS, StillOpen
from services.intake.pages.lines import Wished, published_page
from services.intake.shown import feedback as shown
from services.intake.shown.clauses import clauses_of
from services.intake.shown.due import answers_due
from services.intake.shown.words import reason_words
from services.intake.store import answers, groups, moderation, people, seals, summaries
from services.intake.store.answers import Tally
from services.intake.wiring import blobs_of, books_of, calendar_of
from services.kernel.runtime import language
from services.kernel.runtime.auth import Visitor, database
from services.kernel.runtime.pages import as_download, render

router = APIRouter(prefix="/intake/consultation", include_in_schema=False)
RULES = ("comment.adoption", "comment.zero", "comment.moderation")


@router.get("/{window_id}/feedback")
async def show_feedback(request: Request, visitor: Visitor, window_id: UUID, wish: Wished) -> HTMLResponse:
    """The result of a consultation: that nobody wrote is a result too. Raises StillOpen before it is recorded."""
    async with database(request).read() as conn:
        window = await shown_window(conn, window_id)
        recorded, seal = await summaries.find(conn, window_id), await seals.newest(conn, window_id)
        public = window.answers_published_at is not None
        tally = await answers.tally(conn, window_id) if public else None
        answered = await published_page(conn, blobs_of(request), window, wish) if public else None
        units = await people.unit_names(conn)
        hidden = await moderation.hidden_counts(conn, window_id)
        if recorded is None:
            raise StillOpen
        summary = json.loads(await blobs_of(request).get(recorded.summary_hash))
        found = await groups.several(conn, window_id, shown.largest(summary))
    clauses = await clauses_of(blobs_of(request), window.text_hash)
    reader, book = language.current(), books_of(request).own
    return render(
        request,
        "feedback.html" if summary["received"] else "feedback_none.html",
        window=window,
        due=answers_due(window, books_of(request).own, calendar_of(request)),
        recorded=recorded,
        seal=seal,
        summary=summary,
        words=STATE_WORDS[window.state][0].of(reader),
        state=STATE_WORDS[window.state][1],
        unit=units.get(window.drafting_unit, window.drafting_unit),
        channels=shown.by_channel(summary),
        by_clause=shown.by_clause(summary, clauses),
        by_day=shown.by_day(summary),
        by_hour=shown.by_hour(summary),
        by_size=shown.by_size(summary),
        by_refusal=shown.by_refusal(summary),
        kinds=shown.kinds(summary, found, clauses),
        results=_results(tally, summary),
        answered=answered,
        hidden=[(reason_words(reason), count) for reason, count in hidden.items()],
        articles={rule: book.rule(rule).article.of(reader) for rule in RULES if rule in book.rules},
        ours=visitor is not None and visitor.unit_id == window.drafting_unit,
    )


@router.get("/{window_id}/feedback/summary")
async def download_summary(request: Request, visitor: Visitor, window_id: UUID) -> Response:
    """The recorded summary as it was hashed. Raises StillOpen."""
    async with database(request).read() as conn:
        await shown_window(conn, window_id)
        recorded = await summaries.find(conn, window_id)
    if recorded is None:
        raise StillOpen
    return as_download(await blobs_of(request).get(recorded.summary_hash), f"{window_id}.json")


def _results(tally: Tally | None, summary: dict[str, Any]) -> dict[str, Any] | None:
    """The answers by kind, and whether they add up to what was received."""
    if tally is None:
        return None
    reader = language.current()
    parts = [
        {"words": DISPOSITION_WORDS[kind][0].of(reader), "state": DISPOSITION_WORDS[kind][1], "count": count}
        for kind, count in (
            (Disposition.ADOPTED, tally.adopted),
            (Disposition.PARTLY, tally.partly),
            (Disposition.NOT_ADOPTED, tally.not_adopted),
        )
    ]
    withdrawn = summary["received"] - tally.answered
    return {
        "parts": parts,
        "withdrawn": withdrawn,
        "sum": " + ".join(str(n) for n in [*(part["count"] for part in parts), *([withdrawn] if withdrawn else [])]),
        "balances": tally.adopted + tally.partly + tally.not_adopted == tally.answered,
    }
