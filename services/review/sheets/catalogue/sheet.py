"""The sheet of the stage `annual_catalogue`: one matter, or a reason, is named before the step is filed."""

from __future__ import annotations

from dataclasses import dataclass

from services.kernel.contracts.refusals import Invalid, Words
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import Matter
from services.review.domain.catalogue import RULE, Entry
from services.review.domain.commands import FileStep
from services.review.domain.rounds import Round
from services.review.sheets.sheet import Closing
from services.review.store import catalogue
from services.review.store.catalogue import Link

STAGE = "annual_catalogue"


class MatterUnnamed(Invalid):
    """The step says which matter it is, or why it stands outside."""

    code = "catalogue.unnamed"
    rule = RULE
    title = Words("没有写明对应目录的哪件事项", "Which matter of the catalogue it is was not said")
    remedy = Words(
        "请选目录里的事项；目录外的，写明启动的理由。", "Choose the matter; outside the catalogue, give the reason."
    )


@dataclass(frozen=True)
class CatalogueShown:
    """What was said, and the matters that may be chosen."""

    link: Link | None
    entry: Entry | None
    choices: list[tuple[str, str]]


class CatalogueSheet:
    """See the package."""

    template = "sheet_catalogue.html"

    async def closing(self, tx: Connection, matter: Matter, command: FileStep, book: RuleBook) -> Closing:
        """The matter goes on record with its revision. Raises MatterUnnamed."""
        shown = await self.shown(tx, matter.round_, book)
        if shown.link is None:
            raise MatterUnnamed(field="entry_id")
        entry = shown.entry
        said = {"entry_id": str(entry.id), "matter": entry.now.matter, "revision": entry.now.revision} if entry else {}
        return Closing({"catalogue": {**said, "reason": shown.link.reason}})

    async def shown(self, conn: Connection, round_: Round, book: RuleBook) -> CatalogueShown:
        """What was said last of this document."""
        link = await catalogue.last_link(conn, round_.document_id)
        found = await catalogue.entries(conn, issuer_unit=round_.issuer_unit)
        entry = next((one for one in found if link and one.id == link.entry_id), None)
        choices = [(str(one.id), f"{one.year} {one.now.matter}") for one in found if one.now.state != "dropped"]
        return CatalogueShown(link, entry, choices)
