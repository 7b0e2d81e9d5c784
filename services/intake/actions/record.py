"""What the lifecycle has recorded: a document's place, its dossier, and whether the next gate opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.intake.domain.dossier import SYSTEM, Fact, actor_of
from services.intake.domain.report import empty_parts
from services.intake.domain.submission import DRAFTING_NOTE
from services.intake.store import answers, comments, documents, dossier, people, stages, versions, windows
from services.intake.store.documents import Document
from services.intake.store.stages import StageRow
from services.intake.store.windows import Window
from services.kernel.contracts.facts import Facts
from services.kernel.contracts.intake import CheckGate, GateAnswer, RecordStage
from services.kernel.contracts.messages import Done
from services.kernel.procedure.deadlines import office_day, term_end
from services.kernel.procedure.gates import blocking, refusals, to_be_repeated
from services.kernel.procedure.record import (
    ClosedStage,
    CommentBalance,
    NoticeFacts,
    OpenStage,
    Record,
    ReportFacts,
    WindowFacts,
)
from services.kernel.procedure.refusals import GateRefusal
from services.kernel.procedure.rules import RuleBook, UnknownStage
from services.kernel.procedure.stages import NOT_APPLICABLE
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.kernel.text.validity import valid_to

CLOSING = ("closed", "voided")
VOIDED = "voided"
# Handed in, and on its way to the procedure.
NEWER_TEXT = "text.newer"
EXEMPTED, CONDITION_TERM = "fair_competition_review", "competition.condition_term"


async def record_stage(tx: Connection, message: RecordStage, book: RuleBook) -> Done:
    """Write one fact of a stage into the dossier and move the document there; the second time nothing happens."""
    document = await documents.get_locked(tx, message.document_id)
    if not await dossier.add(tx, document.id, await _fact(tx, message, document, book)):
        return Done()
    if message.event != "ended":
        await stages.put(tx, _row(message))
    if document.withdrawn_at is None:
        await documents.move(
            tx,
            document.id,
            state=message.state,
            stage=message.stage,
            accepts_versions=message.accepts_versions,
            blocked_codes=message.codes,
            doc_number=message.doc_number,
        )
    return Done()


async def check_gate(conn: Connection, message: CheckGate, book: RuleBook, blobs: Blobs) -> GateAnswer:
    """Ask the rules whether the document may enter a stage with this text. Warnings do not block.

    Where it may, no other text is taken until the next entry of the dossier allows it: whoever handed one in a moment
    before is told of in time, and nothing is decided past it.
    """
    document = await documents.get_locked(conn, message.document_id)
    record = await record_of(conn, document, message.text_hash, blobs, book)
    found = [each.code for each in blocking(refusals(book, document.kind, message.stage, record))]
    if (await versions.latest(conn, document.id)).text_hash != message.text_hash:
        found.append(NEWER_TEXT)
    if not found:
        await documents.shut(conn, document.id)
    return GateAnswer(
        passed=not found,
        codes=tuple(dict.fromkeys(found)),
        again=to_be_repeated(book, document.kind, message.stage, record),
    )


async def reasons_against(
    conn: Connection, document_id: UUID, stage: str, text_hash: str, book: RuleBook, blobs: Blobs
) -> tuple[GateRefusal, ...]:
    """Everything that stands in the way of a stage, with its words, rule and article."""
    document = await documents.get(conn, document_id)
    record = await record_of(conn, document, text_hash, blobs, book)
    return refusals(book, document.kind, stage, record)


@dataclass(frozen=True)
class Progress:
    """The stages of a document as the procedure clock needs them, and what their signed records say in figures."""

    closed: dict[str, ClosedStage]
    open_: dict[str, OpenStage]
    facts: Facts


def progress_of(document: Document, rounds: list[StageRow]) -> Progress:
    """The last round of each stage: closed with its outcome, or open since a day."""
    closed: dict[str, ClosedStage] = {}
    open_: dict[str, OpenStage] = {}
    said: dict[str, Facts | None] = {}
    for row in rounds:
        if row.outcome == VOIDED:
            said.pop(row.stage, None)
            closed.pop(row.stage, None)
            open_.pop(row.stage, None)
        elif row.closed_at is not None and row.outcome is not None:
            said[row.stage] = Facts.model_validate(row.facts) if row.facts else None
            closed[row.stage] = ClosedStage(
                on=office_day(row.closed_at),
                outcome=row.outcome,
                text_hash=row.text_hash,
                reason=_reason(document, row),
                by=row.actor_id or "",
            )
            open_.pop(row.stage, None)
        elif row.opened_at is not None and row.closed_at is None:
            open_[row.stage] = OpenStage(since=office_day(row.opened_at), due=_due_day(row))
    return Progress(closed, open_, Facts.together(said.values()))


async def record_of(conn: Connection, document: Document, text_hash: str, blobs: Blobs, book: RuleBook) -> Record:
    """The dossier as the gates read it."""
    progress = progress_of(document, await stages.all_of(conn, document.id))
    shown = [window for window in await windows.of_document(conn, document.id) if not window.ended_early]
    last = shown[-1] if shown else None
    return Record(
        text_hash=text_hash,
        predicates=document.answers,
        closed=progress.closed,
        comments=await _balance(conn, shown) if shown else None,
        window=WindowFacts(last.rule_id, _shortened(document) and len(shown) == 1, last.shortening_reason or "")
        if last
        else None,
        notice=await _notice(conn, document),
        facts=await _outlived(progress, text_hash, blobs, book),
        report=await _report(document, text_hash, blobs),
        number=document.doc_number,
        drafted_by=await versions.authors_of(conn, document.id),
        reasons=_reasons(document),
    )


async def _outlived(progress: Progress, text_hash: str, blobs: Blobs, book: RuleBook) -> Facts:
    """The facts, and whether this text is to be in force longer than the exception that it rests on (条例第十二条).

    A text that names no last day outlasts every term. An exception with an end condition alone lasts as long as the
    rule book lets it go on without being looked at again.
    """
    facts, reviewed = progress.facts, progress.closed.get(EXEMPTED)
    exemption = facts.exemption
    if exemption is None or reviewed is None:
        return facts
    until = exemption.until or term_end(book.rule(CONDITION_TERM), reviewed.on)
    ends = valid_to(await blobs.text(text_hash))
    outlived = exemption.model_copy(update={"outlived": ends is None or ends > until})
    return facts.model_copy(update={"exemption": outlived})


async def _balance(conn: Connection, shown: list[Window]) -> CommentBalance:
    """Over every window of the document: an opinion on an earlier text waits for its answer as well."""
    counts = [await comments.counts_of(conn, window.id) for window in shown]
    given = [await answers.tally(conn, window.id) for window in shown]
    return CommentBalance(
        received=sum(one.received for one in counts),
        answered=sum(one.answered for one in given),
        withdrawn=sum(one.withdrawn for one in counts),
    )


def _shortened(document: Document) -> bool:
    return bool(document.comment_plan.get("shortened"))


async def _notice(conn: Connection, document: Document) -> NoticeFacts | None:
    plan = document.comment_plan
    if not plan:
        return None
    contact = plan.get("contact") or {}
    reachable = contact.get("unit") and any(contact.get(name) for name in ("phone", "address", "email", "fax"))
    last = await versions.latest(conn, document.id)
    papers = await versions.attachments_of(conn, document.id, last.version)
    return NoticeFacts(
        draft=last.characters > 0,
        explanation=any(paper.role == DRAFTING_NOTE for paper in papers),
        way_to_comment=bool(plan.get("channels") and reachable),
        period=bool(plan.get("closes_at") or plan.get("rule_id")),
    )


async def _report(document: Document, text_hash: str, blobs: Blobs) -> ReportFacts | None:
    if document.report_year is None:
        return None
    return ReportFacts(empty_parts=empty_parts(await blobs.text(text_hash)))


def _reasons(document: Document) -> dict[str, str]:
    reason = str(document.comment_plan.get("shortening_reason") or "")
    return {"H7": reason, "comment.shortening": reason} if reason else {}


def _reason(document: Document, row: StageRow) -> str:
    """A step declared not applicable has its reason in the signed record, or in the answer it rests on."""
    if row.outcome != NOT_APPLICABLE:
        return ""
    return row.record_hash or "；".join(str(given.get("reason", "")) for given in document.predicates.values())


async def _fact(tx: Connection, message: RecordStage, document: Document, book: RuleBook) -> Fact:
    article = None
    if message.rule_id and message.rule_id in book.rules:
        article = book.rule(message.rule_id).article.zh
    return Fact(
        key=message.key,
        type=f"stage_{message.event}",
        stage=message.stage,
        ordinal=message.ordinal,
        occurred_at=message.occurred_at,
        actor=await _actor(tx, message, document, book),
        text_hash=message.text_hash,
        record_hash=message.record_hash,
        rule_id=message.rule_id,
        article=article,
        detail={
            "state": message.state,
            "outcome": message.outcome,
            "due": message.due.model_dump(mode="json") if message.due else None,
            "codes": list(message.codes),
            "doc_number": message.doc_number,
            **({"facts": message.facts.model_dump(mode="json")} if message.facts else {}),
        },
    )


async def _actor(tx: Connection, message: RecordStage, document: Document, book: RuleBook) -> dict[str, object]:
    if message.actor_id is None:
        return dict(SYSTEM)
    try:
        role = str(book.kind(document.kind).stage(message.stage).actor_role)
    except UnknownStage:
        role = ""
    unit = await people.unit_of(tx, message.actor_id, role)
    return actor_of(message.actor_id, unit, role)


def _row(message: RecordStage) -> StageRow:
    opens = message.event in ("opened", "due_changed")
    return StageRow(
        document_id=message.document_id,
        stage=message.stage,
        ordinal=message.ordinal,
        opened_at=message.occurred_at if opens else None,
        closed_at=message.occurred_at if message.event in CLOSING else None,
        outcome=VOIDED if message.event == "voided" else message.outcome,
        text_hash=message.text_hash,
        actor_id=message.actor_id,
        record_hash=message.record_hash,
        rule_id=message.rule_id,
        due=message.due.model_dump(mode="json") if message.due else None,
        codes=list(message.codes),
        facts=message.facts.model_dump(mode="json") if message.facts else None,
    )


def _due_day(row: StageRow) -> date | None:
    last = (row.due or {}).get("last_day")
    return date.fromisoformat(last) if last else None
