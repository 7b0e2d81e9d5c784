"""Numbers: given once, after the text is found complete; voided with a reason; never given again."""

from __future__ import annotations

from uuid import UUID

from services.kernel.contracts.messages import DocumentRef
from services.kernel.contracts.notify import NumberGiven, RegisterNumber
from services.kernel.contracts.refusals import Words
from services.kernel.procedure.numbering import DocumentNumber
from services.kernel.runtime.auth import Actor, require
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection, Database
from services.kernel.text.checks import placeholders
from services.notify.domain import (
    AlreadyVoid,
    NoSuchNumber,
    NumberIsPublished,
    NumberIsVoid,
    OwnNumber,
    PlaceholdersLeft,
    ReasonMissing,
)
from services.notify.store import numbers, publications
from services.notify.store.numbers import Number

SHOWN_PLACEHOLDERS = 5


async def register_number(db: Database, blobs: Blobs, message: RegisterNumber, zone: str) -> NumberGiven:
    """The number of the document: the one it has, or the next of its series.

    Raises BadDocumentNumber, PlaceholdersLeft, NumberIsVoid, NotFound (the text is not in the content store).
    """
    async with db.read() as conn:
        if number := await numbers.find_number_of(conn, message.document.document_id):
            return _given(number)
    # Refused here, before the counter of a series that cannot be written is touched.
    DocumentNumber(message.document.agency_code, message.year, 1)
    refuse_placeholders(await blobs.text(message.text.text_hash))
    async with db.transaction() as tx:
        await numbers.one_at_a_time(tx, message.document.document_id)
        if number := await numbers.find_number_of(tx, message.document.document_id):
            return _given(number)
        given = await _next(tx, message.document, message.text.text_hash, message.year, zone)
        await numbers.add_authors(tx, message.document.document_id, message.author_ids)
        return given


async def _next(tx: Connection, document: DocumentRef, text_hash: str, year: int, zone: str) -> NumberGiven:
    # The counter stays locked from here to the commit: nothing but the entry and who drafted it comes after.
    sequence = await numbers.take_next(tx, document.agency_code, year)
    doc_number = DocumentNumber(document.agency_code, year, sequence).text
    registered_at = await numbers.add_number(
        tx, document, year=year, sequence=sequence, doc_number=doc_number, text_hash=text_hash, zone=zone
    )
    return NumberGiven(doc_number=doc_number, registered_at=registered_at)


def _given(number: Number) -> NumberGiven:
    if number.state == "void":
        raise NumberIsVoid(
            Words(
                f"{number.doc_number}已经作废，不再编号。", f"{number.doc_number} was voided; no other number follows."
            )
        )
    return NumberGiven(doc_number=number.doc_number, registered_at=number.registered_at)


def refuse_placeholders(text: str) -> None:
    """Raises PlaceholdersLeft, naming the first of them."""
    found = placeholders(text)
    if not found:
        return
    quoted = "、".join(f"“{each.text}”" for each in found[:SHOWN_PLACEHOLDERS])
    raise PlaceholdersLeft(
        Words(
            f"文稿里还有{len(found)}处占位：{quoted}。", f"{len(found)} placeholders are left in the text: {quoted}."
        ),
        field="text",
    )


async def refuse_own(conn: Connection, actor: Actor, number_id: UUID) -> None:
    """Raises OwnNumber where the actor drafted what has this number, or is one pair of eyes with somebody who did."""
    if await numbers.is_own(conn, number_id, actor.person_id):
        raise OwnNumber(field="number_id")


async def void_number(tx: Connection, actor: Actor, number_id: UUID, *, reason: str, zone: str) -> Number:
    """Void a number for good; its place in the series stays taken.

    Raises Forbidden, ReasonMissing, NoSuchNumber, AlreadyVoid, NumberIsPublished, OwnNumber.
    """
    require(actor, role="operator")
    reason = reason.replace("\x00", "").strip()
    if not reason:
        raise ReasonMissing(field="reason")
    number = await numbers.lock_number(tx, number_id)
    if number is None:
        raise NoSuchNumber(field="number_id")
    if number.state == "void":
        raise AlreadyVoid(field="number_id")
    if await publications.find_by_document(tx, number.document_id):
        raise NumberIsPublished(field="number_id")
    await refuse_own(tx, actor, number_id)
    await numbers.void_number(tx, number_id, reason=reason, by=actor.person_id, zone=zone)
    voided = await numbers.lock_number(tx, number_id)
    if voided is None:
        raise NoSuchNumber(field="number_id")
    return voided
