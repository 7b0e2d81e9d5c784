"""The sheet of the stage `sealing`: which seal stands on the text, by whose hand, under which approval."""

from __future__ import annotations

from dataclasses import dataclass

from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import language
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import Matter
from services.review.domain.commands import FileStep
from services.review.domain.rounds import Round
from services.review.domain.seals import RULE, Approval, NotSealed, Seal
from services.review.sheets.sheet import Closing
from services.review.store import seals
from services.review.store.seals import Use


@dataclass(frozen=True)
class SealingShown:
    """The use, once there is one; before it the approval it would rest on, and the seals in use."""

    use: Use | None
    approval: Approval | None
    same_text: bool
    seals: list[Seal]
    article: str

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Seals to choose from, each with its keeper."""
        return [(str(seal.id), f"{seal.name}（{seal.keeper_name}）") for seal in self.seals]


@dataclass(frozen=True)
class SealingSheet:
    """See the package."""

    template: str = "sheet_sealing.html"

    async def closing(self, tx: Connection, matter: Matter, command: FileStep, book: RuleBook) -> Closing:
        """The use goes on record with its approval. Raises NotSealed."""
        use = await seals.use_on(tx, matter.round_)
        if use is None:
            raise NotSealed(field="seal_id")
        said = {
            "id": str(use.id),
            "seal": use.seal_name,
            "keeper": use.person_name,
            "text_hash": use.text_hash,
            "approval": use.approval_hash,
            "certificate": use.certificate,
            "copies": use.copies,
            "used_at": use.used_at.isoformat(),
        }
        return Closing({"seal_use": said})

    async def shown(self, conn: Connection, round_: Round, book: RuleBook) -> SealingShown:
        """The state of this round's text."""
        approval = await seals.approval(conn, round_.document_id)
        kept = [one for one in await seals.seals(conn, unit_id=round_.issuer_unit) if one.keeper_id]
        return SealingShown(
            use=await seals.use_on(conn, round_),
            approval=approval,
            same_text=approval is not None and approval.text_hash == round_.text_hash,
            seals=kept,
            article=book.rule(RULE).article.of(language.current()),
        )
