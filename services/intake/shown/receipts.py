"""The receipt of a submission: what was read, what was noticed, and what comes next."""

from __future__ import annotations

from typing import Any

from services.intake.actions.submit import Checked, Submitted
from services.intake.shown.documents import clock_of, clock_out, links_of, trace_id
from services.intake.store.stages import StageRow
from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.deadlines import office_day
from services.kernel.runtime import language
from services.kernel.text.structure import Structure


def submitted_out(done: Submitted, checked: Checked, *, calendar: WorkCalendar) -> dict[str, Any]:
    """The receipt for programs, in the reader's language."""
    document, version = done.document, done.version
    clock = clock_of(
        document,
        [_drafted(done)],
        checked.book,
        calendar,
        today=office_day(document.submitted_at),
        text_hash=version.text_hash,
    )
    return {
        "document_id": str(document.id),
        "receipt_number": document.receipt,
        "title": document.title,
        "kind": document.kind,
        "version": version.version,
        "submitted_at": document.submitted_at.isoformat(),
        "text_hash": version.text_hash,
        "materials_hash": version.materials_hash,
        "structure_hash": version.structure_hash,
        "file_hash": version.file_hash,
        "structure": read_out(checked.read.structure),
        "findings": [
            {
                "code": finding.code,
                "field": finding.field,
                "detail": finding.words.of(language.current()),
                "rule": finding.rule,
            }
            for finding in done.findings
        ],
        "rule_book": document.rule_book,
        "clock": clock_out(clock),
        "trace_id": trace_id(document.trace),
        "links": links_of(document),
    }


def read_out(found: Structure) -> dict[str, Any]:
    """What the machine read in the text."""
    return {
        "kind": str(found.kind),
        "title": found.title,
        "doc_number": found.doc_number,
        "date": found.date.isoformat() if found.date else None,
        "outline": [section.model_dump() for section in found.sections],
        "bases": list(found.legal_bases),
        "tasks": len(found.tasks),
    }


def _drafted(done: Submitted) -> StageRow:
    return StageRow(
        document_id=done.document.id,
        stage="drafting",
        ordinal=1,
        opened_at=done.document.submitted_at,
        closed_at=done.document.submitted_at,
        outcome="submitted",
        text_hash=done.version.text_hash,
        actor_id=done.document.submitter,
        record_hash=None,
        rule_id=None,
        due=None,
        codes=[],
    )
