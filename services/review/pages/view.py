"""Everything that the page of a round shows, read in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import Request

from services.kernel.contracts.refusals import Words
from services.kernel.contracts.review import OPINIONS_TABLES
from services.kernel.procedure.rules import RuleBook, Stage
from services.kernel.procedure.stages import NOT_APPLICABLE, DocumentKind
from services.kernel.runtime import db, directory, language
from services.kernel.runtime.auth import Actor, database, may_act_as
from services.kernel.runtime.db import Connection
from services.kernel.text.diff import Run, word_runs
from services.review.actions.deciding import stage_of
from services.review.actions.meetings import council_of
from services.review.domain.commands import Seen
from services.review.domain.meetings import Council
from services.review.domain.record import Paper, SignOff, superseded
from services.review.domain.returns import targets
from services.review.domain.rounds import Round
from services.review.materials import Material, materials_of
from services.review.pages.before import Before, before
from services.review.pages.due import DueView, due_view
from services.review.pages.legality_view import LegalityView, legality_view, open_outcomes
from services.review.pages.noticed import Noticed, noticed_in
from services.review.pages.seats import SeatsView, seats_view
from services.review.pages.texts import TextView, text_view
from services.review.pages.words import (
    CLOSED,
    HANDLINGS,
    NATURES,
    OPEN_POINT,
    UNDER_WAY,
    Mark,
    hint,
    listed,
    mark,
    outcome_mark,
    role_words,
)
from services.review.sheets import SHEETS
from services.review.store import consultations, four_eyes, meetings, papers, receiving, rounds, sessions, sign_offs
from services.review.store.papers import Supplement
from services.review.store.sign_offs import OpinionPoint
from services.review.wiring import blobs_of, book_of, calendar_of

DRAFT, NOTE = "送审稿", "说明"


@dataclass(frozen=True)
class Needed:
    """A paper that the stage asks for, and whether it is at hand."""

    name: str
    at_hand: bool
    link: str | None = None
    key: str = ""


@dataclass(frozen=True)
class Earlier:
    """An earlier round of the same document, with its mark."""

    round_: Round
    stage_name: str
    mark: Mark
    points: list[OpinionPoint]


@dataclass(frozen=True)
class RoundView:
    """The page of one round."""

    round_: Round
    now: datetime
    stage_name: str
    article: str
    unverified: bool
    consequence: str
    mark: Mark
    due: DueView
    outcomes: list[tuple[str, str, str | None]]
    units: dict[str, str]
    text: TextView
    findings: list[Noticed]
    needed: list[Needed]
    materials: list[Material]
    papers: list[Paper]
    other_papers: list[Paper]
    superseded: frozenset[UUID]
    points: list[OpinionPoint]
    waiting_points: list[OpinionPoint]
    supplements: list[Supplement]
    earlier: list[Earlier]
    sign_off: SignOff | None
    meeting: meetings.MeetingRecord | None
    council: Council | None
    session_id: UUID | None
    four_eyes: str | None
    may_decide: bool
    own_office: bool
    principals: list[tuple[str, str]]
    may_answer: bool
    may_attach: bool
    counsel_needed: bool
    seats: SeatsView
    return_targets: list[tuple[str, str]]
    sheet: object | None
    sheet_template: str | None
    legality: LegalityView
    may_answer_points: bool
    before: Before

    @property
    def paper_options(self) -> list[tuple[str, str]]:
        """The papers of this round, to point at one of them."""
        return [(paper.file_hash, paper.name) for paper in self.papers]

    @property
    def open_supplement(self) -> Supplement | None:
        """The request that waits for papers."""
        return next((one for one in self.supplements if one.ended_at is None), None)

    def at_hand(self, material: str) -> bool:
        """Whether a paper of that name was found."""
        return any(one.at_hand for one in self.needed if one.key == material)

    @property
    def members(self) -> list[tuple[str, str]]:
        """The members of the meeting, the chief executive last."""
        council = self.council or Council({}, (), {})
        return sorted(council.members.items(), key=lambda one: one[0] in council.chiefs)

    @property
    def chiefs(self) -> list[tuple[str, str]]:
        """Those of the members who head the authority."""
        return [one for one in self.members if self.council is not None and one[0] in self.council.chiefs]

    def point_mark(self, point: OpinionPoint) -> Mark:
        """What became of a point."""
        return mark(HANDLINGS[point.handling]) if point.handling else mark(OPEN_POINT)

    def proposed_runs(self, point: OpinionPoint) -> tuple[Run, ...]:
        """The clause as it stood against the wording proposed, word by word."""
        return word_runs(point.quoted, point.proposed)

    def nature_mark(self, point: OpinionPoint) -> Mark:
        """Whether a point must be followed."""
        return mark(NATURES[point.nature])


async def round_view(request: Request, actor: Actor, round_id: UUID) -> RoundView:
    """Read a round for `actor`. Raises UnknownRound."""
    async with database(request).read() as conn:
        round_ = await rounds.get_round(conn, round_id)
        return await _view(request, conn, actor, round_)


async def _view(request: Request, conn: Connection, actor: Actor, round_: Round) -> RoundView:
    book, reader, stage = book_of(request), language.current(), stage_of(book_of(request), round_)
    now = await db.now(conn)
    siblings = await rounds.rounds(conn, document_id=round_.document_id)
    points = await sign_offs.points_of(conn, round_.document_id)
    asked, accepted = await papers.supplements_of(conn, round_.id), await receiving.accepted_at(conn, round_.id)
    filed = await papers.papers_of(conn, round_.document_id)
    listed_materials = await materials_of(blobs_of(request), round_.materials_hash)
    cited = book.rules.get(round_.rule_id or "") or next((book.rule(name) for name in stage.rules), None)
    refusal = round_.refuses(
        actor,
        seen=Seen(text_hash=round_.text_hash, materials_hash=round_.materials_hash),
        forms=(round_.form,),
        four_eyes=await four_eyes.against(conn, round_.id, person_id=actor.person_id, unit_id=actor.unit_id),
        signed=await sign_offs.signers_of(conn, round_.id),
    )
    sheet = SHEETS.get(round_.stage)
    back = await before(conn, blobs_of(request), actor, round_, siblings=siblings, materials=listed_materials)
    holds_office = may_act_as(actor, round_.role) and round_.unit_id in (None, actor.unit_id)
    seated = await seats_view(conn, round_, actor, in_charge=holds_office)
    return RoundView(
        round_=round_,
        now=now,
        stage_name=stage.name.of(reader),
        article=cited.article.of(reader) if cited else stage.citation.words(reader),
        unverified=cited is not None and cited.verified == "M",
        consequence=_consequence(request, round_, stage),
        mark=round_mark(round_, request),
        due=due_view(round_, asked, now, book=book, calendar=calendar_of(request), accepted_at=accepted.get(round_.id)),
        outcomes=_outcomes(round_, book, stage),
        units={unit.id: unit.short_name for unit in await directory.units(conn)},
        text=await text_view(blobs_of(request), round_, siblings, points, signed=back.own),
        findings=await noticed_in(request, conn, round_),
        needed=_needed(request, round_, stage, listed_materials, filed, siblings),
        materials=listed_materials,
        papers=[paper for paper in filed if paper.round_id == round_.id],
        other_papers=[paper for paper in filed if paper.round_id != round_.id],
        superseded=superseded(filed),
        points=[point for point in points if point.round_id == round_.id],
        waiting_points=[point for point in points if point.handling is None and point.round_id != round_.id],
        supplements=asked,
        earlier=_earlier(request, round_, siblings, points),
        sign_off=await sign_offs.find_sign_off(conn, round_.id),
        meeting=await meetings.find_meeting(conn, round_.id),
        council=await council_of(conn, round_.issuer_unit) if round_.form == "meeting" else None,
        session_id=await sessions.agenda_of(conn, round_.id),
        four_eyes=refusal.title.of(reader) if refusal and round_.is_open else None,
        may_decide=round_.is_open and refusal is None and (seated.sits if seated.joint else holds_office),
        own_office=round_.role in actor.roles,
        principals=[(away.person_id, away.person_name) for away in actor.principals if round_.role in away.roles],
        may_answer=round_.is_open and actor.unit_id == round_.drafting_unit and "drafter" in actor.roles,
        may_attach=round_.is_open and await consultations.is_asked(conn, round_.id, actor.unit_id),
        counsel_needed=round_.kind == DocumentKind.MAJOR_DECISION,
        seats=seated,
        return_targets=[(one.id, one.name.of(reader)) for one in targets(book.kind(round_.kind), round_.stage)],
        sheet=await sheet.shown(conn, round_, book) if sheet else None,
        sheet_template=sheet.template if sheet else None,
        before=back,
        legality=await legality_view(conn, round_, siblings, points, book),
        may_answer_points=actor.unit_id == round_.drafting_unit and "drafter" in actor.roles,
    )


def _outcomes(round_: Round, book: RuleBook, stage: Stage) -> list[tuple[str, str, str | None]]:
    """Code, words and hint of every conclusion that may be chosen; not applicable is declared, never chosen."""
    chosen = [code for code in open_outcomes(round_, book, stage.outcomes) if code != NOT_APPLICABLE]
    return [(code, outcome_mark(code, book).words, hint(code)) for code in chosen]


def round_mark(round_: Round, request: Request) -> Mark:
    """Where a round stands: under way, its outcome, or why it ended."""
    if round_.outcome is not None:
        return outcome_mark(round_.outcome, book_of(request))
    return mark(CLOSED[round_.why]) if round_.why else mark(UNDER_WAY)


def _consequence(request: Request, round_: Round, stage: Stage) -> str:
    """What cannot begin while this round is undecided."""
    reader = language.current()
    waiting = [
        other.name.of(reader)
        for other in book_of(request).kind(round_.kind).stages
        if stage.id in other.needs and other.phase == "before_publication"
    ]
    if not waiting:
        return Words(
            "本环节会一直挂在待办里，逾期会提醒督查部门。", "It stays in the inbox and is reported when late."
        ).of(reader)
    return Words(
        f"没有结论，不能开始：{listed(waiting)}。", f"Without an outcome these cannot begin: {listed(waiting)}."
    ).of(reader)


def _needed(
    request: Request,
    round_: Round,
    stage: Stage,
    materials: Sequence[Material],
    filed: Sequence[Paper],
    siblings: Sequence[Round],
) -> list[Needed]:
    reader, book = language.current(), book_of(request)
    here = [*(f"{one.role} {one.name}" for one in materials), *(f"{one.role} {one.name}" for one in filed)]
    # A conclusion that was decided here is at hand under the name of its stage.
    concluded = {stage_of(book, one).name.zh for one in siblings if one.decided_at is not None}
    names = [(paper.zh, paper.of(reader)) for paper in stage.papers] or [(name, name) for name in round_.papers]
    table = f"/intake/document/{round_.document_id}/opinions"
    return [
        Needed(
            shown,
            any(zh in text or shown in text for text in here)
            or any(name in zh for name in concluded)
            or _is_the_draft(zh, here),
            # What the public said and what became of it is kept by intake, whose page the reader is sent to.
            table if zh in OPINIONS_TABLES else None,
            zh,
        )
        for zh, shown in names
    ]


def _is_the_draft(name: str, here: Sequence[str]) -> bool:
    """The text itself is always at hand; its explanation only where it was handed in."""
    return name.startswith(DRAFT) and (NOTE not in name or any(NOTE in text for text in here))


def _earlier(
    request: Request, round_: Round, siblings: Sequence[Round], points: Sequence[OpinionPoint]
) -> list[Earlier]:
    before = sorted((one for one in siblings if one.opened_at < round_.opened_at), key=lambda one: one.opened_at)
    book = book_of(request)
    return [
        Earlier(
            one,
            stage_of(book, one).name.of(language.current()),
            round_mark(one, request),
            [point for point in points if point.round_id == one.id],
        )
        for one in before
    ]


def why_here(view: RoundView) -> str:
    """Why the round is in front of this reader, in one sentence."""
    words = role_words(view.round_.role)
    return Words(
        f"文件走到“{view.stage_name}”，由承担“{words}”职责的人员办理。",
        f"The document has come to “{view.stage_name}”, which belongs to {words}.",
    ).of(language.current())
