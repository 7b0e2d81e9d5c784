"""The version that a meeting made: the deliberated text with the recorded amendments in it, written by nobody else."""

from __future__ import annotations

import asyncio

from services.intake.actions.reading import PLAIN, ReadText, keep
from services.intake.actions.submit import version_of
from services.intake.domain.dossier import SYSTEM, Fact, actor_of
from services.intake.store import documents, dossier, versions
from services.intake.store.versions import Attachment, Version
from services.kernel.contracts.intake import AmendedTaken, TakeAmended
from services.kernel.contracts.messages import Text
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role
from services.kernel.text.structure import structure

STAGE, RULE = "collective_deliberation", "text.identity"
NOTE = "按集体讨论确定的修改形成。"


async def read_amended(message: TakeAmended, blobs: Blobs) -> tuple[ReadText, str]:
    """The amended text as it will be recorded, and the hash of its structure, which is kept.

    Nothing is refused here: whether the wording may stand was asked when the meeting was recorded.
    """
    text = await blobs.text(message.amended_hash)
    found = await asyncio.to_thread(structure, text)
    read = ReadText(text, message.amended_hash, found, PLAIN, None, ())
    structure_hash, _ = await keep(read, blobs)
    return read, structure_hash


async def take_amended(tx: Connection, message: TakeAmended, read: ReadText, *, structure_hash: str) -> AmendedTaken:
    """Add the version, with the papers of the one before; the second time it is found again.

    Recording what a meeting decided makes nobody an author: the version stays with who handed in the one before.
    """
    await documents.get_locked(tx, message.document_id)
    last = await versions.latest(tx, message.document_id)
    if last.text_hash == read.text_hash:
        return _taken(last)
    papers = await versions.attachments_of(tx, message.document_id, last.version)
    made = version_of(
        read,
        document_id=message.document_id,
        number=last.version + 1,
        structure_hash=structure_hash,
        file_hash=None,
        by=last.submitted_by,
        change_note=NOTE,
    )
    version = Version(**{**vars(made), "materials_hash": last.materials_hash})
    await versions.add(tx, version, [Attachment(**{**vars(paper), "version": version.version}) for paper in papers])
    await dossier.add(tx, message.document_id, _fact(message, version))
    return _taken(version)


def _taken(version: Version) -> AmendedTaken:
    text = Text(version=version.version, text_hash=version.text_hash, materials_hash=version.materials_hash)
    return AmendedTaken(text=text, structure_hash=version.structure_hash, task_count=version.task_count)


def _fact(message: TakeAmended, version: Version) -> Fact:
    who = actor_of(message.actor_id, None, Role.MEETING_CLERK) if message.actor_id else dict(SYSTEM)
    return Fact(
        key=f"version/{version.version}",
        type="amended",
        stage=STAGE,
        ordinal=version.version,
        actor=who,
        text_hash=version.text_hash,
        record_hash=message.record_hash,
        rule_id=RULE,
        detail={"version": version.version, "replaces": message.deliberated_hash, "change_note": NOTE},
    )
