"""The list of forbidden content that the drafting office answers for before legality review (H25)."""

from __future__ import annotations

from functools import cache

from services.kernel.contracts.refusals import Words
from services.kernel.procedure.law import Citation, Frozen
from services.kernel.procedure.overlays import packaged, read_yaml, with_citation
from services.kernel.procedure.stages import DocumentKind


class ChecklistItem(Frozen):
    """One kind of content that a document may not have, as a question."""

    id: str
    words: Words
    citation: Citation
    verified: str


def checklist_of(kind: str) -> tuple[ChecklistItem, ...]:
    """What is asked of that kind of document: only 行政规范性文件 answer the list."""
    return _items() if kind == DocumentKind.NORMATIVE else ()


@cache
def _items() -> tuple[ChecklistItem, ...]:
    instruments = read_yaml(packaged("instruments.yaml"))
    entries = read_yaml(packaged("checklist.yaml"))
    return tuple(ChecklistItem(id=name, **with_citation(entry, instruments)) for name, entry in entries.items())
