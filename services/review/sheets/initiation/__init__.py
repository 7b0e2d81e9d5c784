"""建议与启动: which document in force the new one amends or ends, said before its procedure runs."""

from __future__ import annotations

from services.review.sheets.initiation.sheet import InitiationSheet

__all__ = ["InitiationSheet"]
