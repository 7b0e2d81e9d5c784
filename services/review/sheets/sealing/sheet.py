"""The sheet of the stage `sealing`: whose seals stand on the text, by whose hand, under which approval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.kernel.contracts.facts import Facts
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import directory, language
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import Matter
from services.review.domain.commands import FileStep
from services.review.domain.rounds import Round
from services.review.domain.seals import JOINT_RULE, RULE, Approval, NotSealed, Seal, facts_of
from services.review.sheets.sheet import Closing
from services.review.store import seals
from services.review.store.seals import Use


@dataclass(frozen=True)
class PlaceShown:
    """A place for a seal: whose it is, the use once there is one, before it the seals that may fill it."""

    ordinal: int
    unit_name: str
    use: Use | None
    seals: list[Seal]


@dataclass(frozen=True)
class SealingShown:
    """The places for the seals of all issuers, and the approval on which the uses rest."""

    places: list[PlaceShown]
    approval: Approval | None
    same_text: bool
    article: str

    @property
    def is_sealed(self) -> bool:
        """Whether every issuer's seal is on the text."""
        return all(place.use for place in self.places)

    def choices_of(self, person_id: str) -> list[tuple[str, str]]:
        """The seals that this person keeps and that are waited for."""
        waited = [seal for place in self.places if place.use is None for seal in place.seals]
        return [(str(seal.id), seal.name) for seal in waited if seal.keeper_id == person_id]


@dataclass(frozen=True)
class SealingSheet:
    """See the package."""

    template: str = "sheet_sealing.html"

    async def closing(self, tx: Connection, matter: Matter, command: FileStep, book: RuleBook) -> Closing:
        """The uses go on record with their approval. Raises NotSealed while an issuer's seal is missing."""
        round_ = matter.round_
        places = await seals.places_on(tx, round_)
        if any(place.used_at is None for place in places):
            raise NotSealed(field="seal_id")
        uses = [_said(use) for use in await seals.uses_on(tx, round_)]
        return Closing({"seal_uses": uses}, Facts(seal=facts_of(places, round_.text_hash)))

    async def shown(self, conn: Connection, round_: Round, book: RuleBook) -> SealingShown:
        """The state of this round's text."""
        approval = await seals.approval(conn, round_.document_id)
        names = {unit.id: unit.name for unit in await directory.units(conn)}
        used = {use.issuer_unit: use for use in await seals.uses_on(conn, round_)}
        kept = [seal for unit in round_.issuers for seal in await seals.seals(conn, unit_id=unit) if seal.keeper_id]
        rule = JOINT_RULE if len(round_.issuers) > 1 else RULE
        return SealingShown(
            places=[
                PlaceShown(ordinal, names.get(unit, unit), used.get(unit), [one for one in kept if one.unit_id == unit])
                for ordinal, unit in enumerate(round_.issuers, start=1)
            ],
            approval=approval,
            same_text=approval is not None and approval.text_hash == round_.text_hash,
            article=book.rule(rule).article.of(language.current()),
        )


def _said(use: Use) -> dict[str, Any]:
    return {
        "id": str(use.id),
        "place": use.place,
        "unit_id": use.issuer_unit,
        "seal": use.seal_name,
        "keeper": use.person_name,
        "text_hash": use.text_hash,
        "approval": use.approval_hash,
        "certificate": use.certificate,
        "copies": use.copies,
        "used_at": use.used_at.isoformat(),
    }
