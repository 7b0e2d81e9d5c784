"""The sheet of the stage `initiation`. Most documents change nothing that is in force: it may stay empty."""

from __future__ import annotations

from dataclasses import dataclass

from services.kernel.procedure.deadlines import office_day
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import language
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import Matter
from services.review.domain.commands import FileStep
from services.review.domain.rounds import Round
from services.review.domain.standing import RULE
from services.review.sheets.sheet import Closing
from services.review.store import standing
from services.review.store.standing import Declared

STAGE = "initiation"


@dataclass(frozen=True)
class InitiationShown:
    """What the document changes by its own word, and what it could change."""

    declared: list[Declared]
    choices: list[tuple[str, str]]
    article: str


@dataclass(frozen=True)
class InitiationSheet:
    """See the package."""

    template: str = "sheet_initiation.html"

    async def closing(self, tx: Connection, matter: Matter, command: FileStep, book: RuleBook) -> Closing:
        """What is declared goes on record with the step."""
        found = await standing.declared(tx, matter.round_.document_id)
        said = [
            {"document_id": str(one.target_id), "name": one.name, "change": one.change, "reason": one.reason}
            for one in found
        ]
        return Closing({"changes": said} if said else {})

    async def shown(self, conn: Connection, round_: Round, book: RuleBook) -> InitiationShown:
        """What was declared, and the documents in force of this authority and kind."""
        found = await standing.texts(conn, issuer_unit=round_.issuer_unit, kind=round_.kind)
        own = [one for one in found if one.document_id != round_.document_id and one.stands(office_day(one.read_at))]
        return InitiationShown(
            await standing.declared(conn, round_.document_id),
            [(str(one.document_id), f"{one.name}（{one.doc_number}）") for one in own],
            book.rule(RULE).article.of(language.current()),
        )
