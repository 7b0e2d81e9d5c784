"""Review for people: open rounds, the page of a round, its confirmation, its result, the record of a meeting."""

from __future__ import annotations

from fastapi import APIRouter

from services.review.pages import acts, board, legality, rounds, signing

routers: list[APIRouter] = [board.router, rounds.router, acts.router, legality.router, signing.router]
