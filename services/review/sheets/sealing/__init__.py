"""用印: the keeper of each issuer's seal puts it on the text that was signed, once, and it is logged."""

from __future__ import annotations

from services.review.sheets.sealing.sheet import SealingSheet

__all__ = ["SealingSheet"]
