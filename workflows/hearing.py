"""Hearing signals: each fact once, however often it is told."""

from __future__ import annotations

from uuid import UUID

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.kernel.contracts.lifecycle import Heard


class Ears:
    """Which facts a workflow has heard."""

    def __init__(self) -> None:
        self._heard: list[UUID] = []

    def new(self, fact: Heard) -> bool:
        """True for a fact that was not heard before; remembers it."""
        if fact.event_id in self._heard:
            return False
        self._heard.append(fact.event_id)
        return True
