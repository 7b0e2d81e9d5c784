"""The signatures of a document as everybody may have them: the file that proves them, and what can be said of it."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from uuid import UUID

from services.kernel.contracts.sign_offs import (
    JointRecord,
    PublicKey,
    PublicPasskey,
    SeatRecord,
    SignedRecord,
    SignOffFile,
    Site,
)
from services.kernel.runtime.db import Connection
from services.review.domain.keys import SigningKey
from services.review.domain.record import SignOff
from services.review.domain.refusals import NothingSigned
from services.review.domain.seats import Joint
from services.review.store import keys, passkeys, seats, sign_offs

NOW = "select clock_timestamp()"


async def file_of(conn: Connection, document_id: UUID, site: Site) -> SignOffFile:
    """The sign-offs of a document with the keys and passkeys that made them. Raises NothingSigned."""
    chain = await sign_offs.chain_of(conn, document_id)
    if not chain:
        raise NothingSigned(field="document_id")
    persons = sorted({one.person_id for one in chain})
    used = {one.key_id for one in chain}
    asked = {(one.record.get("passkey") or {}).get("credential_id") for one in chain}
    now: datetime = await conn.fetchval(NOW)
    return SignOffFile(
        document_id=str(document_id),
        title=chain[-1].record["document"]["title"],
        exported_at=now,
        site=site,
        sign_offs=tuple(_signed(one) for one in chain),
        keys=tuple(public_key(key) for key in await keys.keys_of(conn, persons) if key.id in used),
        passkeys=tuple(
            PublicPasskey.model_validate(one, from_attributes=True)
            for one in await passkeys.passkeys_of(conn, *persons)
            if one.credential_id in asked
        ),
        joint=tuple([_joint(one) for one in await seats.of_document(conn, document_id)]),
    )


def _joint(joint: Joint) -> JointRecord:
    return JointRecord(
        round_id=str(joint.round_id),
        rule=joint.rule,
        part=joint.part,
        whole=joint.whole,
        seats=tuple(
            SeatRecord(
                id=str(seat.id),
                ordinal=seat.ordinal,
                unit_id=seat.unit_id,
                unit_name=seat.unit_name,
                role=seat.role,
                person_id=seat.person_id,
                ended=seat.ended,
                ended_reason=seat.ended_reason or "",
            )
            for seat in joint.seats
        ),
    )


def public_key(key: SigningKey) -> PublicKey:
    """A key as whoever verifies needs it."""
    return PublicKey(
        id=str(key.id),
        person_id=key.person_id,
        algorithm=key.algorithm,
        public_key=b64encode(key.public_key).decode(),
        fingerprint=key.fingerprint,
        valid_from=key.valid_from,
        valid_to=key.valid_to,
        ended_why=key.ended_why,
    )


def _signed(one: SignOff) -> SignedRecord:
    return SignedRecord(
        record=dict(one.record),
        record_hash=one.record_hash,
        key_id=str(one.key_id) if one.key_id else None,
        signature=b64encode(one.signature).decode() if one.signature else None,
    )
