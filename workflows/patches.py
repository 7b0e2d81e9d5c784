"""Changes of order, by ids that are never used twice. Procedures under way keep the order that they began with.

A changed step is written `if changed("hearing-before-experts"): ... else: ...`, where the second road is the old one.
The entry and the old road may go when no procedure that began before it is open, and its history is still replayed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from temporalio import workflow

# Id of a change -> since when, and why the order changed.
CHANGES: Final[Mapping[str, str]] = {
    "least-review-time": "2026-11: a legality round says until when its time is kept free (713号第二十六条)",
    "reminders-after-downtime": "2026-11: a reminder whose moment passed while nothing ran is sent late, not never",
    "window-acts": "2026-11: an act on a comment window posts its notice and moves the due date that is shown",
    "round-asks": "2026-11: seats, replies and rulings within a round have inbox items and reminders of their own",
    "return-to-stage": "2026-11: whoever returns a document names the stage to which it goes back",
    "notice-gate": "2026-11: the notice goes out only when draft, explanation, ways, period and contact are there",
    "opinions-among-papers": "2026-11: the table of answered opinions lies among the papers of a round (713号第二十九条)",
    "time-from-acceptance": "2026-11: where the local rule says so, the time of a review counts from its acceptance",
    "due-from-acceptance": "2026-11: where it counts from acceptance, inbox and mails show no day before the acceptance",
    "seal-before-issue": "2026-11: the seal goes on the signed and numbered text before it is issued (电子签名法第十三条)",
    "own-register": "2026-11: a published document enters the register of laws and documents by itself",
    "reviewed-text": "2026-11: a text handed in after its review, decision or signature goes back to it (713号第二十五条)",
}


def changed(change: str) -> bool:
    """Whether this procedure takes the new road. Raises KeyError for a change that is not listed here."""
    if change not in CHANGES:
        raise KeyError(change)
    return workflow.patched(change)
