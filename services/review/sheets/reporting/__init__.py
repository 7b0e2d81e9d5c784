"""向同级党委请示报告 and 向人大常委会报告: what was asked of whom, and what came back, before the decision is issued."""

from __future__ import annotations

from services.review.sheets.reporting.sheet import ReportingSheet

__all__ = ["ReportingSheet"]
