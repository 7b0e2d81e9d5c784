"""What the machine noticed in the text of a round."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

from fastapi import Request

from services.kernel.contracts.refusals import NotFound
from services.kernel.precheck.examine import examine
from services.kernel.precheck.findings import Finding
from services.kernel.precheck.register import Entry, Register, Status, read_register
from services.kernel.runtime.auth import database
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.kernel.runtime.settings import Settings
from services.review.domain.rounds import Round
from services.review.store import register as own_register
from services.review.store import rounds
from services.review.store.register import OwnText
from services.review.wiring import blobs_of, register_in


def register_of(settings: Settings) -> Register | None:
    """The register that the operator loaded; None where there is none. Raises BadRegister naming the row."""
    file = settings.register_file
    return Register(read_register(file.read_text("utf-8-sig"))) if file is not None else None


async def findings_of(blobs: Blobs, round_: Round, register: Register) -> tuple[Finding, ...]:
    """What is noticed in the text of the round; nothing where the text is not at hand."""
    try:
        text = await blobs.text(round_.text_hash)
    except (NotFound, ValueError):
        return ()
    return await asyncio.to_thread(examine, text, kind=round_.kind, register=register)


async def register_for(conn: Connection, loaded: Register | None, round_: Round) -> Register:
    """The register that a round is read against: what the operator loaded, and our own published documents.

    A document is no duplicate of itself.
    """
    known = loaded or Register((), whole=False)
    own = await own_register.own_texts(conn)
    return known.with_own(_entry(text) for text in own if text.document_id != round_.document_id)


def _entry(text: OwnText) -> Entry:
    by = f"《{text.changed_by}》"
    if text.changed and text.change == "ended":
        return Entry(text.name, Status.REPEALED, text.doc_number, text.changed_on, by)
    if text.lapsed and text.valid_to is not None:
        return Entry(text.name, Status.EXPIRED, text.doc_number, text.valid_to + timedelta(days=1))
    if text.changed:
        return Entry(text.name, Status.AMENDED, text.doc_number, text.changed_on, by)
    return Entry(text.name, Status.IN_FORCE, text.doc_number, text.published_on)


async def noticed_by(request: Request, round_id: UUID) -> tuple[Finding, ...]:
    """What is noticed in the text of that round. Raises UnknownRound."""
    async with database(request).read() as conn:
        round_ = await rounds.get_round(conn, round_id)
        register = await register_for(conn, register_in(request), round_)
    return await findings_of(blobs_of(request), round_, register)
