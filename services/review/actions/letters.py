"""The opinion letter, written with the signature; and what the drafting office answers to its points."""

from __future__ import annotations

import hashlib
from uuid import UUID, uuid4

from services.kernel.contracts.refusals import Words
from services.kernel.procedure.deadlines import office_day
from services.kernel.procedure.numbering import format_registry
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import directory
from services.kernel.runtime.auth import Actor, require
from services.kernel.runtime.db import Connection
from services.kernel.runtime.official.docx import as_docx
from services.kernel.text import search
from services.review.actions.deciding import Matter, insist, stage_of
from services.review.actions.papers import DRAFTER
from services.review.domain.commands import AnswerPoint, GiveOpinion, Point
from services.review.domain.legality_refusals import AnswerMissing
from services.review.domain.letter import Circumstances, letter_of, seat_lines
from services.review.domain.receiving import NOT_NEEDED
from services.review.store import letters, papers, precedents, receiving
from services.review.store.letters import Letter
from services.review.store.precedents import Findable

NUMBER_FORM = "legality_letter_number"


async def write_letter(
    tx: Connection, actor: Actor, matter: Matter, command: GiveOpinion, *, book: RuleBook
) -> dict[str, str]:
    """Number the letter in the series of the reviewing unit and keep it; the answer goes into the signed record."""
    today = office_day(matter.now)
    serial = await letters.next_serial(tx, actor.unit_id, today.year)
    names = {unit.id: unit.name for unit in await directory.units(tx)}
    code = await _short_name(tx, actor)
    number = format_registry(str(book.parameter(NUMBER_FORM)), code=code, year=today.year, serial=serial)
    about = await _circumstances(tx, actor, matter, command, book=book, number=number, names=names)
    paper = letter_of(matter.round_, command, about)
    docx = as_docx(paper)
    digest = hashlib.sha256(docx).hexdigest()
    kept = Letter(
        uuid4(),
        matter.round_.id,
        actor.unit_id,
        today.year,
        serial,
        number,
        paper.model_dump(mode="json"),
        docx,
        digest,
    )
    await letters.add_letter(tx, kept)
    return {"number": number, "docx": digest}


async def _circumstances(
    tx: Connection,
    actor: Actor,
    matter: Matter,
    command: GiveOpinion,
    *,
    book: RuleBook,
    number: str,
    names: dict[str, str],
) -> Circumstances:
    round_, stage = matter.round_, stage_of(book, matter.round_)
    accepted = await receiving.find_acceptance(tx, round_.id)
    urgency = await receiving.find_urgency(tx, round_.id)
    checks = await receiving.checks_of(tx, round_.id)
    return Circumstances(
        number=number,
        stage_name=stage.name.zh,
        drafting_name=names.get(round_.drafting_unit, round_.drafting_unit),
        reviewing_name=names.get(actor.unit_id, actor.unit_name),
        outcome=book.outcome(command.outcome).words.zh,
        articles=tuple(book.rule(rule).article.zh for rule in stage.rules[:1]),
        received_at=round_.opened_at,
        accepted_at=accepted.accepted_at if accepted else None,
        papers=matter.papers,
        not_needed=tuple((one.material, one.reason) for one in checks.values() if one.state == NOT_NEEDED),
        pauses=len(await papers.supplements_of(tx, round_.id)),
        urgency=(urgency.basis, urgency.reason) if urgency else None,
        seats=seat_lines(matter.joint, matter.seat) if matter.joint and matter.seat else (),
        today=office_day(matter.now),
    )


async def _short_name(tx: Connection, actor: Actor) -> str:
    return next((unit.short_name for unit in await directory.units(tx) if unit.id == actor.unit_id), actor.unit_name)


async def make_findable(tx: Connection, round_id: UUID, command: GiveOpinion, *, after: int) -> None:
    """Put the opinion and its points, which stand `after` so many of the round, where precedents are looked for."""
    await precedents.add(
        tx,
        round_id,
        _findable("\n".join((command.opinion, command.risk))),
        [_findable("\n".join((one.clause, one.text, one.proposed, one.quoted)), one) for one in command.points],
        after=after,
    )


def _findable(words: str, point: Point | None = None) -> Findable:
    basis = search.fold(point.basis) if point else ""
    folded = search.fold(words) + basis
    return Findable(folded, search.tokens(folded), basis)


async def answer_point(tx: Connection, actor: Actor, round_id: UUID, point_id: UUID, command: AnswerPoint) -> None:
    """The drafting office says what it made of a point of a decided round.

    Refused: UnknownPoint, Forbidden, AnswerMissing, PointSettled (a later round has judged it).
    """
    unit = await letters.drafting_unit_of(tx, point_id, round_id)
    require(actor, role=DRAFTER, unit_id=unit)
    if not command.words:
        insist(AnswerMissing(WHAT[command.adoption], field="words"))
    await letters.answer_point(tx, point_id, command, actor)


WHAT = {
    "adopted": Words("请写明改了什么。", "Say what was changed."),
    "partly": Words("请写明改了什么、哪些没有采纳以及理由。", "Say what was changed, what was not, and why."),
    "not_adopted": Words("请写明不采纳的理由和依据。", "Say why, and on what basis."),
}
