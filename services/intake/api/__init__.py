"""The interface of intake for programs."""

from __future__ import annotations

from services.intake.api import documents, reports, windows

ROUTERS = (documents.router, windows.router, reports.router)
