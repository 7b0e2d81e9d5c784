"""评估论证: the report on necessity, feasibility, reasonableness, expected effect and risk, before the public is heard."""

from __future__ import annotations

from services.review.sheets.assessment.sheet import AssessmentSheet

__all__ = ["AssessmentSheet"]
