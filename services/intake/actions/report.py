"""The annual report: intake's own figures, the figures of all kept, and the draft composed from them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

import rfc8785

from services.intake.actions.reading import PLAIN, Paper, ReadText
from services.intake.actions.submit import Author, Checked, put_away, record
from services.intake.domain.dossier import SYSTEM
from services.intake.domain.report import Drafted, draft
from services.intake.domain.submission import DRAFTING_NOTE, Submission, UnknownUnit
from services.intake.store import documents, figures, people, summaries
from services.intake.store.figures import DocumentYear, WindowYear
from services.kernel.contracts.figures import AskFigures, Figure, Figures
from services.kernel.contracts.intake import ComposeReport, KeepFigures, Kept, ReportComposed
from services.kernel.contracts.lifecycle import ANNUAL_REPORT, StartAnnualReport, annual_report_id
from services.kernel.contracts.refusals import Words
from services.kernel.procedure.deadlines import OFFICE_ZONE
from services.kernel.procedure.rules import RuleBook
from services.kernel.procedure.stages import DocumentKind
from services.kernel.runtime import directory, outbox
from services.kernel.runtime.auth import Actor, require
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection, Database
from services.kernel.runtime.directory import Role, Unit
from services.kernel.text.normal import normalise, text_hash
from services.kernel.text.structure import structure

MAY_ASK = frozenset({Role.SUPERVISOR, Role.DRAFTER, Role.OPERATOR})


class NobodyDrafts(UnknownUnit):
    """Nobody in the directory drafts for the unit that has to report."""

    code = "report.no_drafter"
    title = Words("名录里没有人为这个单位起草", "Nobody drafts for this unit")
    remedy = Words("请在名录里为本单位或者下属单位设起草人员。", "Enter a drafter for the unit, or for one below it.")


async def intake_figures(conn: Connection, message: AskFigures) -> Figures:
    """Intake's figures on a unit with everything below it."""
    units = await people.units_within(conn, message.issuer_unit)
    windows = await figures.windows_of(conn, units, message.year, OFFICE_ZONE.key)
    handed_in = await figures.documents_of(conn, units, message.year, OFFICE_ZONE.key)
    return Figures(figures=(*_of_windows(windows), *_of_documents(handed_in)))


async def keep_figures(tx: Connection, message: KeepFigures, blobs: Blobs) -> Kept:
    """Keep the figures of a year; the same figures are kept once."""
    kept = [figure.model_dump(mode="json") for figure in sorted(message.figures, key=lambda figure: figure.code)]
    content = rfc8785.dumps({"issuer_unit": message.issuer_unit, "year": message.year, "figures": kept})
    content_hash = await blobs.put(content)
    await summaries.keep_figures(tx, message.issuer_unit, message.year, content_hash)
    return Kept(content_hash=content_hash)


async def compose_report(db: Database, message: ComposeReport, blobs: Blobs, book: RuleBook) -> ReportComposed:
    """Draft the report on a year as a document with a life of its own; the second time it is found.

    Raises UnknownUnit, NobodyDrafts.
    """
    async with db.read() as conn:
        found = await documents.find_report(conn, message.issuer_unit, message.year)
        if found is not None:
            return ReportComposed(document_id=found)
        issuer = {unit.id: unit for unit in await directory.units(conn)}.get(message.issuer_unit)
        drafter = await people.find_drafter(conn, message.issuer_unit)
        agency_code = await people.agency_code_of(conn, message.issuer_unit)
    if issuer is None:
        raise UnknownUnit(field="issuer_unit")
    if drafter is None:
        raise NobodyDrafts(field="issuer_unit")
    kept = json.loads(await blobs.get(message.figures_hash))
    drafted = draft(issuer.name, message.year, [Figure.model_validate(figure) for figure in kept["figures"]])
    checked = await put_away(_checked(drafted, issuer, agency_code, book), blobs)
    async with db.transaction() as tx:
        document_id = await _record_once(tx, Author(*drafter, {**SYSTEM, "on_behalf_of": drafter[0]}), checked, message)
    return ReportComposed(document_id=document_id)


async def ask_for_report(tx: Connection, actor: Actor, issuer_unit: str, year: int, overlays: tuple[str, ...]) -> str:
    """Have the report of a unit on a year gathered; the id of the workflow that does it. Raises Forbidden, UnknownUnit."""
    if not actor.roles & MAY_ASK:
        require(actor, role=Role.SUPERVISOR)
    if issuer_unit not in {unit.id for unit in await directory.units(tx)}:
        raise UnknownUnit(field="issuer_unit")
    workflow_id = annual_report_id(issuer_unit, year)
    await outbox.start(
        tx,
        key=workflow_id,
        workflow=ANNUAL_REPORT,
        workflow_id=workflow_id,
        message=StartAnnualReport(issuer_unit=issuer_unit, year=year, overlays=overlays),
    )
    return workflow_id


async def _record_once(tx: Connection, author: Author, checked: Checked, message: ComposeReport) -> UUID:
    await documents.lock_report(tx, message.issuer_unit, message.year)
    found = await documents.find_report(tx, message.issuer_unit, message.year)
    if found is not None:
        return found
    return (await record(tx, author, checked, report_year=message.year)).document.id


def _checked(drafted: Drafted, issuer: Unit, agency_code: str, book: RuleBook) -> Checked:
    """The draft as a submission that needs no questions: an annual report has none."""
    text = normalise(drafted.text)
    note = (
        "本稿由系统依据统计数据起草。下列部分只能由人写成，请逐段核实补充后报送新稿："
        f"{'；'.join(drafted.to_complete)}。\n"
    )
    bindings = rfc8785.dumps([asdict(binding) for binding in drafted.bindings])
    read = ReadText(
        text=text,
        text_hash=text_hash(text),
        structure=structure(text),
        media_type=PLAIN,
        file=None,
        papers=(
            _paper(DRAFTING_NOTE, "起草说明.txt", note.encode(), PLAIN),
            _paper("indicators", "指标对应表.json", bindings, "application/json"),
        ),
    )
    given = Submission(kind=DocumentKind.ANNUAL_REPORT, issuer_unit=issuer.id, agency_code=agency_code)
    return Checked(given, read, DocumentKind.ANNUAL_REPORT, drafted.title, issuer, None, book, ())


def _paper(role: str, name: str, data: bytes, media_type: str) -> Paper:
    return Paper(role, name, data, media_type, hashlib.sha256(data).hexdigest())


def _of_windows(windows: Sequence[WindowYear]) -> list[Figure]:
    closed = [window for window in windows if window.summarised]
    unanswered = [w for w in closed if w.received > w.withdrawn + w.adopted + w.partly + w.not_adopted]
    return [
        _count("COMMENT_OPENED", [window.id for window in windows]),
        _sum("COMMENT_RECEIVED", [(w.id, w.received) for w in windows]),
        _sum("COMMENT_ADOPTED", [(w.id, w.adopted) for w in windows]),
        _sum("COMMENT_PARTLY", [(w.id, w.partly) for w in windows]),
        _sum("COMMENT_NOT_ADOPTED", [(w.id, w.not_adopted) for w in windows]),
        _sum("COMMENT_LATE", [(w.id, w.late) for w in windows]),
        _sum("COMMENT_UNANSWERED", [
            (w.id, w.received - w.withdrawn - w.adopted - w.partly - w.not_adopted) for w in unanswered
        ]),
        _count("COMMENT_SHORTENED", [w.id for w in windows if w.shortened]),
        _count("COMMENT_ZERO", [w.id for w in closed if w.received == 0]),
        Figure(
            code="COMMENT_MEAN_DAYS",
            value=round(sum(w.days for w in windows) / len(windows)) if windows else 0,
            unit="日",
            records=tuple(w.id for w in windows),
        ),
    ]  # fmt: skip


def _of_documents(handed_in: Sequence[DocumentYear]) -> list[Figure]:
    kinds = [_count(f"DOC_{kind}", [d.id for d in handed_in if d.kind == kind]) for kind in DocumentKind]
    return [*kinds, _count("DOC_WITHDRAWN", [d.id for d in handed_in if d.withdrawn])]


def _count(code: str, records: list[UUID]) -> Figure:
    return Figure(code=code, value=len(records), records=tuple(records))


def _sum(code: str, parts: list[tuple[UUID, int]]) -> Figure:
    return Figure(
        code=code, value=sum(count for _, count in parts), records=tuple(record for record, count in parts if count)
    )
