"""What people do on the sheet of the catalogue: name the matter, or the reason for starting outside it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator

from services.kernel.contracts.refusals import Words
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.domain.catalogue import UnknownEntry
from services.review.domain.commands import Command, Prose
from services.review.sheets.catalogue.sheet import STAGE, MatterUnnamed
from services.review.sheets.collecting import Act, Collected, held
from services.review.store import catalogue


class NameMatter(Command):
    """One matter of the catalogue; without one, why the decision was begun outside it."""

    entry_id: Annotated[UUID | None, BeforeValidator(lambda value: value or None)] = None
    reason: Prose = ""


async def name_matter(tx: Connection, actor: Actor, round_id: UUID, command: NameMatter, _book: RuleBook) -> Collected:
    """Say which matter it is; the newest counts. Refused: MatterUnnamed, UnknownEntry, what `held` refuses."""
    round_, _ = await held(tx, actor, round_id, STAGE)
    if command.entry_id is None and not command.reason:
        raise MatterUnnamed(field="entry_id")
    if command.entry_id and (await catalogue.entry(tx, command.entry_id)).issuer_unit != round_.issuer_unit:
        raise UnknownEntry(field="entry_id")
    await catalogue.link(tx, round_, command.entry_id, command.reason, actor)
    return Collected(id=round_.id)


ACTS = (
    Act(
        "catalogue-matter",
        NameMatter,
        name_matter,
        {
            "entry_id": Words("目录里的事项", "Matter of the catalogue"),
            "reason": Words("目录外启动的理由", "Why it is outside"),
        },
    ),
)
