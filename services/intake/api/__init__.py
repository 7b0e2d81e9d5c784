"""The interface of intake for programs."""

from __future__ import annotations

from services.intake.api import attachments, commenting, documents, moderating, receipts, reports, window_acts, windows

ROUTERS = (
    documents.router,
    windows.router,
    commenting.router,
    attachments.router,
    window_acts.router,
    moderating.router,
    receipts.router,
    reports.router,
)
