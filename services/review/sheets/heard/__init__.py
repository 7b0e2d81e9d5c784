"""听取意见: enterprises and associations, or those who speak for a specific group; who, how, and what became of it."""

from __future__ import annotations

from services.review.sheets.heard.sheet import HeardSheet

__all__ = ["HeardSheet"]
