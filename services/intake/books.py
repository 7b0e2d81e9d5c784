"""The rule book of each document: the one that it started under, by its overlays."""

from __future__ import annotations

from pathlib import Path

from services.intake.store.documents import Document
from services.kernel.procedure.rules import RuleBook


class Books:
    """Rule books by the overlays that they are laid with; the process's own is at hand."""

    def __init__(self, own: RuleBook, directory: Path | None = None) -> None:
        self.own = own
        self._directory = directory
        self._known = {own.overlays: own}

    def named(self, overlays: tuple[str, ...]) -> RuleBook:
        """The book with these overlays. Raises UnknownOverlay."""
        if overlays not in self._known:
            self._known[overlays] = RuleBook.load(overlays, self._directory)
        return self._known[overlays]

    def of(self, document: Document) -> RuleBook:
        """The book that a document walks by. A page says so where its hash is no longer the pinned one."""
        return self.named(document.overlays)

    def is_pinned(self, document: Document) -> bool:
        """Whether the book at hand says, word for word, what the document started under."""
        return self.of(document).hash == document.rule_book
