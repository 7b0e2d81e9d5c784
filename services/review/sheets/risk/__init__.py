"""风险评估: points of risk, how each is prevented, the response plan, who was asked, and whether all can be controlled."""

from __future__ import annotations

from services.review.sheets.risk.sheet import RiskSheet

__all__ = ["RiskSheet"]
