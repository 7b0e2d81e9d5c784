"""The pages of intake: for drafting offices, and for the public."""

from __future__ import annotations

from services.intake.pages import (
    agreement,
    answering,
    consultations,
    document,
    entries,
    feedback,
    feeds,
    groups,
    mailed,
    masking,
    mine,
    moderating,
    office,
    own_contact,
    receipts,
    revising,
    submitting,
    table,
    window_acts,
    workbook,
)

ROUTERS = (
    mine.router,
    submitting.router,
    document.router,
    revising.router,
    consultations.router,
    receipts.router,
    feedback.router,
    office.router,
    answering.router,
    groups.router,
    table.router,
    mailed.router,
    moderating.router,
    masking.router,
    own_contact.router,
    window_acts.router,
    feeds.router,
    workbook.router,
    entries.router,
    agreement.router,
)
