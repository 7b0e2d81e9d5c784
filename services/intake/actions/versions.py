"""Handing in another text, and taking the whole document back."""

from __future__ import annotations

import hashlib
from uuid import UUID

from services.intake.actions.reading import ReadText
from services.intake.actions.submit import attachments_of, version_of
from services.intake.domain.documents import DECIDED_STAGES, NotHeardAgain, NotOurs, refuses_version, refuses_withdrawal
from services.intake.domain.dossier import Fact, actor_of
from services.intake.domain.ids import uuid7
from services.intake.domain.submission import materials_hash
from services.intake.domain.windows import ReasonMissing
from services.intake.store import documents, dossier, stages, versions, windows
from services.intake.store.documents import Document
from services.intake.store.versions import Attachment, Version
from services.kernel.contracts.lifecycle import VERSION_SUBMITTED, WITHDRAWN, VersionSubmitted, Withdrawn, lifecycle_id
from services.kernel.contracts.messages import Text
from services.kernel.contracts.refusals import Words
from services.kernel.runtime import outbox
from services.kernel.runtime.auth import Actor, require
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role

PASSED = ("passed", "passed_as_amended")
TEXT_IDENTITY, COMMENT_AGAIN = "text.identity", "comment.again"


def belongs_to(actor: Actor, document: Document) -> None:
    """Refuse unless the actor drafts for the unit whose document this is."""
    require(actor, role=Role.DRAFTER)
    if actor.unit_id != document.drafting_unit:
        raise NotOurs


async def submit_version(
    tx: Connection,
    actor: Actor,
    document_id: UUID,
    read: ReadText,
    *,
    structure_hash: str,
    file_hash: str | None,
    change_note: str = "",
    hear_again: bool = False,
) -> Version:
    """Record another text of the document and tell its lifecycle.

    `hear_again` puts the changed text to the public once more, before it goes on. Raises NotOurs, AlreadyEnded,
    VersionNotAccepted, VersionUnchanged, NotHeardAgain.
    """
    document = await documents.get_locked(tx, document_id)
    belongs_to(actor, document)
    if hear_again and not await may_be_heard_again(tx, document_id):
        raise NotHeardAgain(field="hear_again")
    last = await versions.latest(tx, document_id)
    before = await versions.attachments_of(tx, document_id, last.version)
    papers = papers_of(read, document_id, before, last.version + 1)
    listed = materials_hash([(paper.role, paper.name, paper.content_hash) for paper in papers])
    same = (last.text_hash, last.materials_hash) == (read.text_hash, listed)
    if refusal := refuses_version(state=document.state, accepts_versions=document.accepts_versions, same_text=same):
        raise refusal
    version = version_of(
        read,
        document_id=document_id,
        number=last.version + 1,
        structure_hash=structure_hash,
        file_hash=file_hash,
        by=actor.person_id,
        change_note=change_note,
    )
    version = Version(**{**vars(version), "materials_hash": listed})
    at = await versions.add(tx, version, papers)
    await dossier.add(tx, document_id, _handed_in(actor, document, version, last, hear_again=hear_again))
    await _tell(tx, document, version, hear_again=hear_again)
    return Version(**{**vars(version), "submitted_at": at})


async def may_be_heard_again(conn: Connection, document_id: UUID) -> bool:
    """Whether another text may be put to the public: after a window has closed, before the decision."""
    held = [window for window in await windows.of_document(conn, document_id) if not window.ended_early]
    closed = bool(held) and all(window.closed_at is not None for window in held)
    return closed and not await _decided(conn, document_id)


async def _decided(conn: Connection, document_id: UUID) -> bool:
    rounds = await stages.all_of(conn, document_id)
    return any(row.outcome in PASSED or row.stage in DECIDED_STAGES for row in rounds)


async def withdraw(tx: Connection, actor: Actor, document_id: UUID, *, reason: str) -> Document:
    """Take the document back before its decision. Raises NotOurs, AlreadyEnded, TooLateToWithdraw, ReasonMissing."""
    open_windows = await windows.lock_open(tx, document_id)
    document = await documents.get_locked(tx, document_id)
    belongs_to(actor, document)
    if not reason.strip():
        raise ReasonMissing(Words("请写明撤回的理由。", "Give the reason for the withdrawal."), field="reason")
    if refusal := refuses_withdrawal(state=document.state, decided=await _decided(tx, document_id)):
        raise refusal
    reason_hash = hashlib.sha256(reason.encode()).hexdigest()
    await documents.withdraw(tx, document_id)
    await windows.end_early(tx, open_windows)
    last = await versions.latest(tx, document_id)
    await dossier.add(
        tx,
        document_id,
        Fact(
            key="withdrawn",
            type="withdrawn",
            stage=document.stage,
            actor=actor_of(actor.person_id, actor.unit_id, Role.DRAFTER),
            text_hash=last.text_hash,
            record_hash=reason_hash,
            detail={"reason": reason},
        ),
    )
    await outbox.signal(
        tx,
        key=str(document_id),
        workflow_id=lifecycle_id(document_id),
        name=WITHDRAWN,
        message=Withdrawn(event_id=uuid7(), actor_id=actor.person_id, reason_hash=reason_hash),
        trace=document.trace,
    )
    return await documents.get(tx, document_id)


def papers_of(read: ReadText, document_id: UUID, before: list[Attachment], number: int) -> list[Attachment]:
    """The papers of a new version: those that came with it, and of the older ones each whose role is not among them."""
    new = attachments_of(read, document_id, number)
    roles = {paper.role for paper in new}
    kept = [paper for paper in before if paper.role not in roles]
    return [
        Attachment(**{**vars(paper), "version": number, "position": place})
        for place, paper in enumerate([*kept, *new], start=1)
    ]


def _handed_in(actor: Actor, document: Document, version: Version, last: Version, *, hear_again: bool) -> Fact:
    return Fact(
        key=f"version/{version.version}",
        type="version",
        stage="drafting",
        ordinal=version.version,
        actor=actor_of(actor.person_id, actor.unit_id, Role.DRAFTER),
        text_hash=version.text_hash,
        record_hash=version.materials_hash,
        rule_id=COMMENT_AGAIN if hear_again else TEXT_IDENTITY,
        detail={
            "version": version.version,
            "replaces": last.text_hash,
            "at_stage": document.stage,
            "change_note": version.change_note,
            **({"hear_again": True} if hear_again else {}),
        },
    )


async def _tell(tx: Connection, document: Document, version: Version, *, hear_again: bool) -> None:
    await outbox.signal(
        tx,
        key=str(document.id),
        workflow_id=lifecycle_id(document.id),
        name=VERSION_SUBMITTED,
        message=VersionSubmitted(
            event_id=uuid7(),
            text=Text(version=version.version, text_hash=version.text_hash, materials_hash=version.materials_hash),
            author_ids=await versions.authors_of(tx, document.id),
            structure_hash=version.structure_hash,
            task_count=version.task_count,
            hear_again=hear_again,
        ),
        trace=document.trace,
    )
