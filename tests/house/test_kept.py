"""H35: what is recorded stays. Each table refuses to lose a row by itself, or is listed here as no record, and why."""

from __future__ import annotations

import re

import pytest

from services.kernel.runtime.migrate import SERVICES
from tests.house.schema import file_of

SENT = "what is under way to another process; it is forgotten once it arrived"
DERIVED = "written anew from the record at any time"
PERSONAL = "data of people, let go of by rule; that it was let go of is recorded"
PASSING = "what holds for minutes or days: counters, drafts of pages, questions put to a browser"
OWN = "a person's own convenience"
NO_RECORD = {
    "intake.answer_mailings": SENT,
    "intake.comment_contacts": PERSONAL,
    "intake.comment_files": "which bytes are held; the record names them by hash",
    "intake.comment_hints": DERIVED,
    "intake.commenter_mails": PERSONAL,
    "intake.group_answers": DERIVED,
    "intake.idempotency": PASSING,
    "intake.kept_figures": DERIVED,
    "intake.mask_readings": DERIVED,
    "intake.opinion_groups": DERIVED,
    "intake.opinion_members": DERIVED,
    "intake.outbox": SENT,
    "intake.refused_attempts": PASSING,
    "intake.sheet_previews": PASSING,
    "intake.window_tallies": DERIVED,
    "notify.idempotency": PASSING,
    "notify.outbox": SENT,
    "notify.publication_search": DERIVED,
    "review.chains": DERIVED,
    "review.hearing_contacts": PERSONAL,
    "review.idempotency": PASSING,
    "review.letter_series": "a counter; the letters that it numbered are kept",
    "review.outbox": SENT,
    "review.passkey_challenges": PASSING,
    "review.precedents": DERIVED,
    "tasks.idempotency": PASSING,
    "tasks.outbox": SENT,
    "tasks.saved_filters": OWN,
    "directory.offices": "who holds what now; the record names people as they were",
    "directory.persons": "corrected by import; the record names people as they were",
    "directory.sessions": PASSING,
    "directory.units": "corrected by import; the record names units as they were",
}
TABLE = re.compile(r"^CREATE TABLE (\S+) ", re.MULTILINE)
GUARD = re.compile(r"^CREATE TRIGGER \S+ BEFORE [A-Z ]*\bDELETE\b.* ON (\S+) FOR EACH ROW", re.MULTILINE)


@pytest.mark.parametrize("schema", ["directory", *SERVICES])
def test_what_is_recorded_is_kept_by_the_database(schema: str) -> None:
    sql = file_of(schema).read_text("utf-8")
    tables, guarded = set(TABLE.findall(sql)), set(GUARD.findall(sql))
    listed = {table for table in NO_RECORD if table.startswith(f"{schema}.")}
    assert tables - guarded == listed
