"""Review for people: open rounds, the page of a round, its confirmation, its result, the record of a meeting."""

from __future__ import annotations

from fastapi import APIRouter

from services.review.pages import (
    acts,
    board,
    catalogue,
    cleanups,
    legality,
    public_hearings,
    rounds,
    seals,
    session_items,
    sessions,
    signing,
    standing,
)

routers: list[APIRouter] = [
    board.router,
    rounds.router,
    acts.router,
    legality.router,
    signing.router,
    sessions.router,
    session_items.router,
    catalogue.router,
    seals.router,
    standing.router,
    cleanups.router,
    public_hearings.router,
]
