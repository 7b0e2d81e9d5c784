"""Review for programs: rounds to read, and one POST for each act, a router for each room. No decisions here."""

from __future__ import annotations

from fastapi import APIRouter

from services.review.api import (
    catalogue,
    cleanups,
    findings,
    keys,
    legality,
    meetings,
    public_hearings,
    receiving,
    rounds,
    seals,
    sessions,
    signing,
    standing,
    steps,
)

routers: list[APIRouter] = [
    rounds.router,
    findings.router,
    steps.router,
    receiving.router,
    legality.router,
    meetings.router,
    sessions.router,
    signing.router,
    keys.router,
    catalogue.router,
    seals.router,
    standing.router,
    cleanups.router,
    public_hearings.router,
]
