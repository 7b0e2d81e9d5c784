"""Submitting a draft: read and checked first, then one transaction, then the lifecycle starts by letter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.intake.actions.reading import ReadText, keep
from services.intake.domain.documents import ReportExists
from services.intake.domain.dossier import Fact, actor_of
from services.intake.domain.ids import uuid7
from services.intake.domain.plans import (
    Plan,
    answers_of,
    bad_agency_code,
    comment_stage,
    incomplete_notice,
    planned,
    unanswered,
    warnings,
)
from services.intake.domain.submission import (
    DRAFTING_NOTE,
    Finding,
    JointHeadless,
    JointTwice,
    Submission,
    TitleMissing,
    UnknownKind,
    UnknownUnit,
    receipt_number,
    several,
)
from services.intake.store import documents, dossier, stages, versions
from services.intake.store.documents import Document
from services.intake.store.stages import StageRow
from services.intake.store.versions import Attachment, Version
from services.kernel.contracts.lifecycle import LIFECYCLE, CommentPlan, StartLifecycle, lifecycle_id
from services.kernel.contracts.messages import DocumentRef, Text
from services.kernel.contracts.refusals import Refused, Words
from services.kernel.procedure.calendar import Calendar
from services.kernel.procedure.deadlines import office_day
from services.kernel.procedure.rules import RuleBook
from services.kernel.procedure.stages import DocumentKind, KindProcedure
from services.kernel.runtime import directory, outbox, telemetry
from services.kernel.runtime.auth import Actor, require
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import HEADS, Role, Unit

DRAFTING = "drafting"


@dataclass(frozen=True)
class Joined:
    """An issuer as it was named, the unit that this is, and whether anybody heads it (asked of joint documents)."""

    name: str
    unit: Unit | None
    headed: bool


@dataclass(frozen=True)
class Issuers:
    """Who issues the document: the leading authority, and those that issue it jointly."""

    lead: Joined
    joint: tuple[Joined, ...] = ()


@dataclass(frozen=True)
class Checked:
    """A submission in which nothing is wrong, ready to be recorded."""

    given: Submission
    read: ReadText
    kind: DocumentKind
    title: str
    issuer: Unit
    plan: Plan | None
    book: RuleBook
    findings: tuple[Finding, ...]
    structure_hash: str = ""
    file_hash: str | None = None
    joint_units: tuple[str, ...] = ()


@dataclass(frozen=True)
class Submitted:
    """What the receipt tells."""

    document: Document
    version: Version
    findings: tuple[Finding, ...]


def procedure_of(book: RuleBook, kind: str) -> KindProcedure:
    """The procedure of a kind as it was written. Raises UnknownKind."""
    try:
        return book.kind(DocumentKind(kind))
    except ValueError as error:
        raise UnknownKind(Words(f"没有“{kind}”这一类文件。", f"No kind {kind!r}."), field="kind") from error


def check(
    given: Submission, read: ReadText, issuers: Issuers, *, book: RuleBook, calendar: Calendar, now: datetime
) -> Checked:
    """Everything that the rules ask of a submission, all at once. Raises the one refusal, or SeveralWrong."""
    title = given.title or read.structure.title or ""
    has_note = any(paper.role == DRAFTING_NOTE for paper in read.papers)
    wrong, plan = faults(given, issuers, has_note=has_note, book=book, calendar=calendar, now=now)
    if not title:
        wrong.append(TitleMissing(field="title"))
    several(wrong)
    assert issuers.lead.unit is not None
    kind, joint = DocumentKind(given.kind), tuple(one.unit.id for one in issuers.joint if one.unit)
    found = tuple(warnings(given, plan))
    return Checked(given, read, kind, title[:300], issuers.lead.unit, plan, book, found, joint_units=joint)


def faults(
    given: Submission, issuers: Issuers, *, has_note: bool, book: RuleBook, calendar: Calendar, now: datetime
) -> tuple[list[Refused], Plan | None]:
    """What is wrong with all that comes beside the text, and the window as it was asked for."""
    procedure = procedure_of(book, given.kind)
    wrong: list[Refused] = [*bad_agency_code(given.agency_code), *unanswered(procedure, given.predicates)]
    wrong.extend(issuer_faults(issuers))
    answers = answers_of(given.predicates)
    plan = None
    if (stage := comment_stage(procedure, answers)) is not None:
        wrong.extend(incomplete_notice(given, has_note=has_note, book=book))
        try:
            plan = planned(given.comment, stage, answers=answers, book=book, calendar=calendar, now=now)
        except Refused as refused:
            wrong.append(refused)
    return wrong, plan


def issuer_faults(issuers: Issuers) -> Iterator[Refused]:
    """A refusal for each issuer that is unknown, or of a joint document named twice or with nobody to sign for it."""
    seen: set[str] = set()
    for one in (issuers.lead, *issuers.joint):
        field = "issuer_unit" if one is issuers.lead else "joint_units"
        if one.unit is None:
            yield UnknownUnit(Words(f"没有“{one.name}”。", f"No unit {one.name!r}."), field=field)
            continue
        if one.unit.id in seen:
            words = Words(f"{one.unit.short_name}写了两次。", f"{one.unit.name} is named twice.")
            yield JointTwice(words, field=field)
        elif issuers.joint and not one.headed:
            words = Words(f"名录里{one.unit.short_name}没有负责人。", f"Nobody heads {one.unit.name} in the directory.")
            yield JointHeadless(words, field=field)
        seen.add(one.unit.id)


async def find_issuers(conn: Connection, given: Submission) -> Issuers:
    """The issuing units by their ids, full or short names; an empty name of a joint one is none."""
    known = {unit.id: unit for unit in await directory.units(conn)}
    headed = {one.unit_id for one in await directory.offices(conn) if one.role in HEADS} if given.joint_units else set()

    async def find(name: str) -> Joined:
        unit = known.get(name) or await directory.unit_by_name(conn, name)
        return Joined(name, unit, unit is not None and unit.id in headed)

    return Issuers(await find(given.issuer_unit), tuple([await find(name) for name in given.joint_units if name]))


async def put_away(checked: Checked, blobs: Blobs) -> Checked:
    """Keep the text and its papers in the content store, before the transaction that names them."""
    structure_hash, file_hash = await keep(checked.read, blobs)
    return Checked(**{**vars(checked), "structure_hash": structure_hash, "file_hash": file_hash})


@dataclass(frozen=True)
class Author:
    """In whose name a draft is handed in, and how the dossier names who did it."""

    person_id: str
    unit_id: str
    entry: dict[str, Any]


async def submit(tx: Connection, actor: Actor, checked: Checked) -> Submitted:
    """Record a draft of the actor's unit. Raises Forbidden."""
    require(actor, role=Role.DRAFTER)
    entry = actor_of(actor.person_id, actor.unit_id, Role.DRAFTER)
    return await record(tx, Author(actor.person_id, actor.unit_id, entry), checked)


async def record(tx: Connection, author: Author, checked: Checked, *, report_year: int | None = None) -> Submitted:
    """Record the draft, its version, its papers and the dossier's first entry; its lifecycle starts by letter."""
    document = _document(uuid7(), author, checked, report_year, await documents.next_receipt(tx))
    if not await documents.add(tx, document):
        raise ReportExists
    version = version_of(
        checked.read,
        document_id=document.id,
        number=1,
        structure_hash=checked.structure_hash,
        file_hash=checked.file_hash,
        by=author.person_id,
        change_note="",
    )
    at = await versions.add(tx, version, attachments_of(checked.read, document.id, 1))
    version = Version(**{**vars(version), "submitted_at": at})
    await dossier.add(tx, document.id, _fact(author, checked, version))
    await stages.put(tx, _drafting(document, version, author))
    await outbox.start(
        tx,
        key=str(document.id),
        workflow=LIFECYCLE,
        workflow_id=lifecycle_id(document.id),
        message=start_message(document, version, checked.plan, authors=(author.person_id,)),
    )
    return Submitted(document, version, checked.findings)


def version_of(
    read: ReadText,
    *,
    document_id: UUID,
    number: int,
    structure_hash: str,
    file_hash: str | None,
    by: str,
    change_note: str,
) -> Version:
    """The row of a version that was read."""
    return Version(
        document_id=document_id,
        version=number,
        text_hash=read.text_hash,
        materials_hash=read.materials_hash,
        structure_hash=structure_hash,
        task_count=len(read.structure.tasks),
        characters=len(read.text),
        file_hash=file_hash,
        file_name=read.file.name[:200] if read.file else None,
        media_type=read.media_type,
        change_note=change_note,
        submitted_by=by,
    )


def attachments_of(read: ReadText, document_id: UUID, number: int) -> list[Attachment]:
    """The rows of the papers that came with a version."""
    return [
        Attachment(document_id, number, place, paper.role, paper.name, paper.content_hash, len(paper.data), paper.media_type)
        for place, paper in enumerate(read.papers, start=1)
    ]  # fmt: skip


def start_message(
    document: Document, version: Version, plan: Plan | None, *, authors: tuple[str, ...]
) -> StartLifecycle:
    """What the lifecycle needs to know at its start."""
    return StartLifecycle(
        document=reference(document),
        text=Text(version=version.version, text_hash=version.text_hash, materials_hash=version.materials_hash),
        rule_book=document.rule_book,
        overlays=document.overlays,
        predicates=document.answers,
        submitted_at=document.submitted_at,
        author_ids=authors,
        comment=CommentPlan(
            opens_at=plan.opens_at if plan else None,
            closes_at=plan.closes_at if plan else None,
            shortened=plan.shortened if plan else False,
        ),
        structure_hash=version.structure_hash,
        task_count=version.task_count,
        report_year=document.report_year,
    )


def reference(document: Document) -> DocumentRef:
    """The document as other services know it."""
    return DocumentRef(
        document_id=document.id,
        kind=document.kind,
        title=document.title,
        issuer_unit=document.issuer_unit,
        drafting_unit=document.drafting_unit,
        agency_code=document.agency_code,
        touches_market=document.answers.get("touches_market_entities", False),
        joint_units=document.joint_units,
    )


def _document(
    document_id: UUID, author: Author, checked: Checked, report_year: int | None, receipt: tuple[int, datetime]
) -> Document:
    given, (number, at) = checked.given, receipt
    return Document(
        id=document_id,
        receipt=receipt_number(office_day(at).year, number),
        kind=checked.kind.value,
        title=checked.title,
        issuer_unit=checked.issuer.id,
        drafting_unit=author.unit_id,
        agency_code=given.agency_code,
        joint_units=checked.joint_units,
        submitter=author.person_id,
        predicates={name: answer.model_dump() for name, answer in given.predicates.items()},
        comment_plan=_plan(given, checked.plan),
        rule_book=checked.book.hash,
        overlays=checked.book.overlays,
        state="submitted",
        stage=DRAFTING,
        accepts_versions=True,
        blocked_codes=(),
        doc_number=None,
        report_year=report_year,
        trace=telemetry.carrier(),
        submitted_at=at,
        withdrawn_at=None,
    )


def _plan(given: Submission, plan: Plan | None) -> dict[str, Any]:
    if plan is None:
        return {}
    return {
        **given.comment.model_dump(mode="json"),
        "opens_at": plan.opens_at.isoformat() if plan.opens_at else None,
        "closes_at": plan.closes_at.isoformat() if plan.closes_at else None,
        "shortened": plan.shortened,
        "rule_id": plan.rule_id,
    }


def _fact(author: Author, checked: Checked, version: Version) -> Fact:
    stage = checked.book.kind(checked.kind).stage(DRAFTING)
    rule = checked.book.rule(stage.rules[0]) if stage.rules else None
    return Fact(
        key="submitted",
        type="submitted",
        stage=DRAFTING,
        actor=author.entry,
        text_hash=version.text_hash,
        record_hash=version.materials_hash,
        rule_id=rule.id if rule else None,
        article=rule.article.zh if rule else stage.citation.words("zh"),
        detail={
            "version": version.version,
            "title": checked.title,
            "kind": checked.kind.value,
            **({"joint_units": list(checked.joint_units)} if checked.joint_units else {}),
            "rule_book": checked.book.hash,
            "predicates": {name: answer.model_dump() for name, answer in checked.given.predicates.items()},
            "attachments": [[paper.role, paper.name, paper.content_hash] for paper in checked.read.papers],
        },
    )


def _drafting(document: Document, version: Version, author: Author) -> StageRow:
    return StageRow(
        document_id=document.id,
        stage=DRAFTING,
        ordinal=1,
        opened_at=document.submitted_at,
        closed_at=document.submitted_at,
        outcome="submitted",
        text_hash=version.text_hash,
        actor_id=author.person_id,
        record_hash=version.materials_hash,
        rule_id=None,
        due=None,
        codes=[],
    )
