"""What is read of rounds: for programs as plain data, with names and articles out of the rule book."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.kernel.contracts.refusals import Words
from services.kernel.contracts.sign_offs import JOINT_RULES, Site, verify
from services.kernel.contracts.signatures import hash_of
from services.kernel.precheck.findings import Finding
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import language
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.review.actions.deciding import stage_of
from services.review.domain.record import SignOff, broken_at
from services.review.domain.rounds import Round
from services.review.materials import materials_of
from services.review.signing import file_of
from services.review.store import meetings, papers, rounds, sign_offs
from services.review.store.verdicts import Verdict


class RoundOut(BaseModel):
    """A round as programs see it."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    document_id: UUID
    title: str
    kind: str
    stage: str
    stage_name: str
    ordinal: int
    form: str
    role: str
    unit_id: str | None
    drafting_unit: str
    issuer_unit: str
    issuers: list[str]
    text_version: int
    text_hash: str
    materials_hash: str
    due_on: date | None
    earliest: datetime | None
    rule: str | None
    article: str | None
    outcomes: list[str]
    papers: list[str]
    may_be_not_applicable: bool
    opened_at: datetime
    open: bool
    why: str | None
    outcome: str | None
    record_hash: str | None
    actor_id: str | None
    decided_at: datetime | None
    publication_day: date | None


class SignOffOut(BaseModel):
    """One link of a document's chain."""

    model_config = ConfigDict(frozen=True)

    position: int
    round_id: UUID
    person_id: str
    person_name: str
    unit_id: str
    unit_name: str
    role: str
    outcome: str
    text_hash: str
    materials_hash: str
    opinion: str
    record_hash: str
    prev_hash: str
    signed_at: datetime
    on_behalf_of: str | None
    on_behalf_name: str | None
    seat: str | None
    holds: bool


class SignOffsOut(BaseModel):
    """The chain of a document: `verified` when every record has its hash and follows the one before it."""

    model_config = ConfigDict(frozen=True)

    document_id: UUID
    verified: bool
    broken_at: int | None
    sign_offs: list[SignOffOut]


class VerdictOut(BaseModel):
    """Somebody's yes or no on a finding."""

    model_config = ConfigDict(frozen=True)

    finding: str
    holds: bool
    person_id: str
    person_name: str
    said_at: datetime


class FindingOut(BaseModel):
    """Something that the machine noticed: `start` and `end` are offsets into the normalised text."""

    model_config = ConfigDict(frozen=True)

    finding: str
    code: str
    weight: str
    clause: str
    number: str
    sentence: str
    start: int
    end: int
    words: str
    remedy: str
    article: str
    verified: str
    verdict: VerdictOut | None


def finding_out(finding: Finding, verdict: Verdict | None) -> FindingOut:
    """A finding in the reader's language, with the newest verdict on it."""
    reader = language.current()
    plain = finding.model_dump(include={"code", "weight", "clause", "number", "sentence", "start", "end", "verified"})
    return FindingOut(
        **plain,
        finding=finding.key,
        words=finding.words.of(reader),
        remedy=finding.remedy.of(reader),
        article=finding.article.of(reader),
        verdict=VerdictOut.model_validate(vars(verdict)) if verdict else None,
    )


def round_out(round_: Round, book: RuleBook) -> RoundOut:
    """The round with its stage's name, outcomes and article in the reader's language."""
    stage, reader = stage_of(book, round_), language.current()
    article = book.rule(round_.rule_id).article if round_.rule_id in book.rules and round_.rule_id else None
    return RoundOut(
        **{name: value for name, value in asdict(round_).items() if name in RoundOut.model_fields and name != "papers"},
        stage_name=stage.name.of(reader),
        rule=round_.rule_id,
        article=article.of(reader) if article else stage.citation.words(reader),
        outcomes=list(stage.outcomes),
        papers=[paper.of(reader) for paper in stage.papers] or list(round_.papers),
        issuers=list(round_.issuers),
        open=round_.is_open,
    )


async def round_whole(conn: Connection, round_id: UUID, book: RuleBook) -> dict[str, Any]:
    """Everything about one round. Raises UnknownRound."""
    round_ = await rounds.get_round(conn, round_id)
    filed = await papers.papers_of(conn, round_.document_id)
    signed = await sign_offs.find_sign_off(conn, round_id)
    meeting = await meetings.find_meeting(conn, round_id)
    return {
        **round_out(round_, book).model_dump(),
        "filed": [asdict(paper) for paper in filed if paper.round_id == round_id],
        "points": [asdict(point) for point in await sign_offs.points_of(conn, round_.document_id)],
        "supplements": [asdict(request) for request in await papers.supplements_of(conn, round_id)],
        "sign_off": sign_off_out(signed).model_dump() if signed else None,
        "meeting": asdict(meeting) if meeting else None,
    }


def sign_off_out(signed: SignOff) -> SignOffOut:
    """A link with its own check."""
    row = {name: value for name, value in asdict(signed).items() if name in SignOffOut.model_fields}
    return SignOffOut(**row, seat=seat_words(signed), holds=signed.holds)


def seat_words(signed: SignOff) -> str | None:
    """In which seat of a joint round somebody signed, in words; None where one person decided."""
    seat = signed.record["details"].get("seat")
    if seat is None:
        return None
    rule = JOINT_RULES[seat["rule"]]
    return Words(f"第{seat['ordinal']}席（{rule.zh}）", f"seat {seat['ordinal']} ({rule.en})").of(language.current())


async def sign_offs_out(conn: Connection, document_id: UUID) -> SignOffsOut:
    """The verified chain of a document; empty when nobody has signed yet."""
    chain = await sign_offs.chain_of(conn, document_id)
    broken = broken_at(chain)
    return SignOffsOut(
        document_id=document_id,
        verified=broken is None,
        broken_at=broken,
        sign_offs=[sign_off_out(signed) for signed in chain],
    )


async def what_was_seen(conn: Connection, round_id: UUID, blobs: Blobs, site: Site) -> dict[str, Any]:
    """Text, materials, papers and words as they were signed, with the signature and what verifying it found.

    `record` is None while the round is undecided.
    """
    round_ = await rounds.get_round(conn, round_id)
    signed = await sign_offs.find_sign_off(conn, round_id)
    return {
        "round_id": round_id,
        "text": {"version": round_.text_version, "text_hash": round_.text_hash},
        "materials_hash": round_.materials_hash,
        "materials": [material.model_dump() for material in await materials_of(blobs, round_.materials_hash)],
        "record": signed.record if signed else None,
        "record_hash": signed.record_hash if signed else None,
        "computed_hash": hash_of(signed.record) if signed else None,
        "holds": signed.holds if signed else None,
        "key_id": signed.key_id if signed else None,
        "signature": b64encode(signed.signature).decode() if signed and signed.signature else None,
        "verification": await _verified(conn, signed, site) if signed else [],
    }


async def _verified(conn: Connection, signed: SignOff, site: Site) -> list[dict[str, Any]]:
    reader = language.current()
    found = verify(await file_of(conn, signed.document_id, site))
    return [
        {"what": one.what, "holds": one.holds, "words": one.words.of(reader)}
        for one in found
        if one.position == signed.position
    ]
