"""What a round's page shows of legality review: completeness, forbidden content, answers to points, letters, risks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.kernel.contracts.refusals import Words
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.db import Connection
from services.review.domain.rounds import Round
from services.review.pages.words import Mark, mark
from services.review.reading_legality import ItemOut, MaterialOut, ReceivingOut, receiving_out
from services.review.store import letters, sign_offs
from services.review.store.letters import PointAnswer
from services.review.store.sign_offs import OpinionPoint

STATES: dict[str | None, tuple[Words, str]] = {
    "present": (Words("已有", "There"), "done"),
    "missing": (Words("缺少", "Missing"), "stop"),
    "not_applicable": (Words("不适用", "Not needed"), "off"),
    None: (Words("没有核对", "Not checked"), "hold"),
}
ANSWERS: dict[str | None, tuple[Words, str]] = {
    "none": (Words("没有此类内容", "No such content"), "done"),
    "founded": (Words("有，且有依据", "Yes, with a basis"), "warn"),
    None: (Words("没有作答", "Not answered"), "hold"),
}
ADOPTIONS: dict[str, tuple[Words, str]] = {
    "adopted": (Words("采纳", "Adopted"), "done"),
    "partly": (Words("部分采纳", "Partly adopted"), "warn"),
    "not_adopted": (Words("不采纳", "Not adopted"), "stop"),
}


@dataclass(frozen=True)
class LegalityView:
    """`receiving` is None outside legality rounds; `risk` and `unadopted` are what a meeting must know."""

    receiving: ReceivingOut | None
    answers: dict[UUID, PointAnswer]
    letter: str | None
    letters: dict[UUID, str]
    risk: str
    unadopted: list[OpinionPoint]

    def answer_mark(self, point: OpinionPoint) -> Mark | None:
        """What the drafting office made of a point, once it said so."""
        return mark(ADOPTIONS[self.answers[point.id].adoption]) if point.id in self.answers else None

    def material_mark(self, item: MaterialOut) -> Mark:
        """What was found of a paper."""
        return mark(STATES[item.state])

    def item_mark(self, item: ItemOut) -> Mark:
        """What the drafting office answered for forbidden content."""
        return mark(ANSWERS[item.answer])

    @property
    def unanswered(self) -> int:
        """How many items of forbidden content are still open."""
        return sum(item.answer is None for item in self.receiving.checklist) if self.receiving else 0


async def legality_view(
    conn: Connection, round_: Round, siblings: Sequence[Round], points: Sequence[OpinionPoint], book: RuleBook
) -> LegalityView:
    """Read it for a round, with what earlier rounds left for a meeting."""
    answers = await letters.answers_of(conn, round_.document_id)
    reviewed = [one for one in siblings if one.form == "legality" and one.decided_at is not None]
    numbers = {one.id: await letters.find_number(conn, one.id) for one in reviewed}
    last = max(reviewed, key=lambda one: one.opened_at, default=None)
    return LegalityView(
        receiving=await receiving_out(conn, round_.id, book) if round_.form == "legality" else None,
        answers=answers,
        letter=numbers.get(round_.id),
        letters={id_: number for id_, number in numbers.items() if number},
        risk=await _risk(conn, last, book) if round_.form == "meeting" else "",
        unadopted=_unadopted(points, answers) if round_.form == "meeting" else [],
    )


async def _risk(conn: Connection, last: Round | None, book: RuleBook) -> str:
    """The legal risk that the last review stated (713号第二十五条第二款)."""
    if last is None or not (last.outcome in book.outcomes and book.outcomes[last.outcome or ""].ground):
        return ""
    signed = await sign_offs.find_sign_off(conn, last.id)
    details: dict[str, Any] = signed.record["details"] if signed else {}
    return str(details.get("risk", ""))


def _unadopted(points: Sequence[OpinionPoint], answers: dict[UUID, PointAnswer]) -> list[OpinionPoint]:
    not_whole: Collection[str] = ("partly", "not_adopted")
    return [point for point in points if point.id in answers and answers[point.id].adoption in not_whole]


def open_outcomes(round_: Round, book: RuleBook, outcomes: Sequence[str]) -> list[str]:
    """The outcomes that are open to this document: one with a ground only where that was answered yes."""
    return [code for code in outcomes if not book.outcomes[code].ground or book.outcomes[code].ground in round_.grounds]
