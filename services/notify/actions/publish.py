"""Publication: this exact text, under its number, once."""

from __future__ import annotations

from uuid import UUID

from services.kernel.contracts.notify import Publish, Published
from services.kernel.contracts.refusals import Words
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection, Database
from services.kernel.runtime.display import short_hash
from services.kernel.text import search
from services.kernel.text.validity import read_term
from services.notify.domain import NoNumber, OtherText, SealMissing
from services.notify.store import numbers, publications, seals
from services.notify.store.publications import Moment, NewPublication, Publication


async def publish(db: Database, blobs: Blobs, message: Publish, zone: str) -> Published:
    """Put the document into the gazette; asked again, the same answer.

    Raises NoNumber, OtherText, SealMissing, NotFound (the text is not in the content store).
    """
    async with db.transaction() as tx:
        await refuse(tx, message)
        if found := await publications.find_by_document(tx, message.document.document_id):
            return _published(found.id, found)
    body = await blobs.text(message.text.text_hash)
    async with db.transaction() as tx:
        # Held until the commit, so that the number cannot turn void in between.
        await refuse(tx, message)
        moment = await publications.moment(tx, zone)
        if added := await publications.add_publication(tx, await _new(tx, message, body, moment)):
            await seals.add(tx, added, message.seals)
            await _make_findable(tx, added, message, body)
        found = await publications.find_by_document(tx, message.document.document_id)
    if found is None:
        raise RuntimeError("a publication just written is not there")
    return _published(found.id, found)


async def refuse(tx: Connection, message: Publish) -> None:
    """H21, H18 and H40, under a lock on the number. Raises NoNumber, OtherText, SealMissing."""
    number = await numbers.find_number_of(tx, message.document.document_id)
    if number is None:
        raise NoNumber(field="doc_number")
    if number.state == "void":
        detail = Words(
            f"{number.doc_number}已经作废，不能公布。", f"{number.doc_number} is void; it cannot be published."
        )
        raise NoNumber(detail, field="doc_number")
    if number.doc_number != message.doc_number:
        detail = Words(
            f"登记的文号是{number.doc_number}，不是{message.doc_number}。",
            f"The document is registered as {number.doc_number}, not {message.doc_number}.",
        )
        raise NoNumber(detail, field="doc_number")
    for other in (message.text.text_hash, *(seal.text_hash for seal in message.seals)):
        if other != number.text_hash:
            raise OtherText(_differs(number.text_hash, other), field="text_hash")
    issuers = {message.document.issuer_unit, *message.document.joint_units}
    if message.seals and issuers != {seal.unit_id for seal in message.seals}:
        raise SealMissing(field="seals")


def _differs(registered: str, other: str) -> Words:
    ours, theirs = short_hash(registered), short_hash(other)
    return Words(
        f"登记的文本指纹是{ours}，要公布或者用印的是{theirs}。",
        f"The registered text is {ours}; the one to be published, or sealed, is {theirs}.",
    )


async def _new(tx: Connection, message: Publish, body: str, moment: Moment) -> NewPublication:
    term = read_term(body, published_on=moment.day)
    return NewPublication(
        document=message.document,
        doc_number=message.doc_number,
        issuer_name=await publications.unit_name(tx, message.document.issuer_unit),
        joint_names=[await publications.unit_name(tx, unit) for unit in message.document.joint_units],
        drafting_name=await publications.unit_name(tx, message.document.drafting_unit),
        text_hash=message.text.text_hash,
        signed_hash=message.signed_hash,
        adopted_on=message.adopted_on,
        moment=moment,
        effective_on=term.effective_on,
        valid_to=term.valid_to,
        validity_words=term.words.replace("\x00", ""),
    )


async def _make_findable(tx: Connection, publication_id: UUID, message: Publish, body: str) -> None:
    folded = search.fold("\n".join((message.document.title, message.doc_number, body)))
    await publications.add_search(
        tx,
        publication_id,
        body=body.replace("\x00", ""),
        folded=folded,
        number_key=search.fold(message.doc_number),
        tokens=search.tokens(folded),
    )


def _published(gazette_id: UUID, publication: Publication) -> Published:
    return Published(
        path=f"/notify/gazette/{gazette_id}",
        published_at=publication.published_at,
        published_on=publication.published_on,
        gazette_id=gazette_id,
        valid_to=publication.valid_to,
        effective_on=publication.effective_on,
    )
