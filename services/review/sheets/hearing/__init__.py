"""听证: notice, participants by a published rule, materials in time, a signed record, and how opinions were taken."""

from __future__ import annotations

from services.review.sheets.hearing.sheet import HearingSheet

__all__ = ["HearingSheet"]
