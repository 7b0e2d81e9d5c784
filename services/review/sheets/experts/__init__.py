"""专家论证: experts drawn from the pool, their interests declared, their signed opinions, and what became of them."""

from __future__ import annotations

from services.review.sheets.experts.sheet import ExpertSheet

__all__ = ["ExpertSheet"]
