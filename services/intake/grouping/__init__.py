"""Opinions that say nearly the same: found by MinHash, verified pair by pair, grouped round one of them. Pure."""

from __future__ import annotations

from services.intake.grouping.grouper import Grouper, Grouping
from services.intake.grouping.texts import ALIKE, alike, normalised, opposed, similarity

__all__ = ["ALIKE", "Grouper", "Grouping", "alike", "normalised", "opposed", "similarity"]
