"""The interface of intake for programs."""

from __future__ import annotations

from services.intake.api import (
    agreement,
    attachments,
    commenting,
    documents,
    groups,
    mailed,
    moderating,
    receipts,
    reports,
    sheets,
    window_acts,
    windows,
)

ROUTERS = (
    commenting.router,  # first: every route before it is compared with every comment
    documents.router,
    windows.router,
    attachments.router,
    window_acts.router,
    groups.router,
    agreement.router,
    mailed.router,
    moderating.router,
    receipts.router,
    reports.router,
    sheets.router,
)
