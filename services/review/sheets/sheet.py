"""What a sheet is: the part of a recorded step that is collected while its round is open, and checked when it is filed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from services.kernel.contracts.facts import Facts
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import Matter
from services.review.domain.commands import FileStep
from services.review.domain.rounds import Round


@dataclass(frozen=True)
class Closing:
    """What a sheet gives when its step is filed: `details` go into the signed record, `facts` to the gates."""

    details: Mapping[str, Any] = field(default_factory=dict)
    facts: Facts | None = None


class Sheet(Protocol):
    """People, papers and dates of one stage.

    `template` is drawn on the round's page above the form that files the step, as `sheet` with what `shown` gave:
    forms while `round.is_open`, the record afterwards. Its acts are listed in `sheets/routes.py`.
    """

    @property
    def template(self) -> str: ...

    async def closing(self, tx: Connection, matter: Matter, command: FileStep, book: RuleBook) -> Closing:
        """What goes on record with the step. Raises Refused while something that the law asks for is missing."""
        ...

    async def shown(self, conn: Connection, round_: Round, book: RuleBook) -> object:
        """What the template draws."""
        ...
