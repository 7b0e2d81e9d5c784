"""决策事项目录: which matter of the catalogue a decision carries out, or why it was begun outside it."""

from __future__ import annotations

from services.review.sheets.catalogue.sheet import CatalogueSheet

__all__ = ["CatalogueSheet"]
