"""公平竞争审查: the drafter's first review with stakeholders heard, then the market regulator's conclusion."""

from __future__ import annotations

from services.review.sheets.competition.sheet import CompetitionSheet

__all__ = ["CompetitionSheet"]
