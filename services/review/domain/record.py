"""The record of a sign-off: canonical JSON (RFC 8785), its hash, and the chain that ties the records of a document."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.kernel.contracts.passkeys import Assertion
from services.kernel.contracts.review import SYSTEM
from services.kernel.contracts.sign_offs import GENESIS, SIGNED
from services.kernel.contracts.signatures import fingerprint, hash_of
from services.kernel.runtime.auth import Principal
from services.review.domain.keys import WrappedKey
from services.review.domain.rounds import Round


@dataclass(frozen=True)
class SignOff:
    """One signature, bound to one text, linked to the one before it in the same document."""

    id: UUID
    document_id: UUID
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
    record: Mapping[str, Any]
    record_hash: str
    prev_hash: str
    signed_at: datetime
    on_behalf_of: str | None = None
    on_behalf_name: str | None = None
    key_id: UUID | None = None
    signature: bytes | None = None

    @property
    def holds(self) -> bool:
        """Whether the record still has its hash and says what the row says."""
        said = self.record
        behalf = said["signer"].get("on_behalf_of") or {}
        return hash_of(said) == self.record_hash and (
            said["prev_hash"], said["position"], said["outcome"], said["text"]["text_hash"], said["signer"]["person_id"],
            behalf.get("person_id")
        ) == (
            self.prev_hash, self.position, self.outcome, self.text_hash, self.person_id, self.on_behalf_of
        )  # fmt: skip


@dataclass(frozen=True)
class Person:
    """The signer as the record names them."""

    person_id: str
    name: str
    unit_id: str
    unit_name: str
    on_behalf_of: Principal | None = None


@dataclass(frozen=True)
class Paper:
    """A paper put to a round. `role` says which of the papers that the stage asks for it is."""

    id: UUID
    round_id: UUID
    role: str
    file_hash: str
    name: str
    size: int
    filed_by: str
    filed_name: str
    filed_at: datetime


def superseded(papers: Sequence[Paper]) -> frozenset[UUID]:
    """Of papers in the order in which they came, the filed tables of which a later one says something else."""
    newest = {paper.name: paper.file_hash for paper in papers if paper.filed_by == SYSTEM}
    return frozenset(paper.id for paper in papers if paper.filed_by == SYSTEM and newest[paper.name] != paper.file_hash)


@dataclass(frozen=True)
class Link:
    """Where the next record goes: its number in the document, and the hash before it."""

    position: int
    prev_hash: str


@dataclass(frozen=True)
class Sight:
    """What lay before the signer, so that it can be shown again when rules, words and register have changed.

    `read` says whether the whole was read or only what changed since an earlier sign-off; `words` holds the names of
    stage, outcome, office and article as they were; `findings` what the machine noticed; `points` what was open.
    """

    read: Mapping[str, Any]
    words: Mapping[str, Any]
    materials: Sequence[Mapping[str, Any]] = ()
    findings: Sequence[Mapping[str, Any]] = ()
    points: Sequence[Mapping[str, Any]] = ()


def compose(
    round_: Round,
    signer: Person,
    *,
    role: str,
    outcome: str,
    opinion: str,
    details: Mapping[str, Any],
    papers: Sequence[Paper],
    sight: Sight,
) -> dict[str, Any]:
    """Everything that will be signed and is known before: the draft of the record, as plain JSON.

    `role` is the office in which the signer acts: that of the seat in a joint round.
    """
    return {
        "format": SIGNED,
        "document": {"id": str(round_.document_id), "title": round_.title, "kind": round_.kind},
        "round": {"id": str(round_.id), "stage": round_.stage, "ordinal": round_.ordinal, "rule": round_.rule_id},
        "text": {
            "version": round_.text_version,
            "text_hash": round_.text_hash,
            "materials_hash": round_.materials_hash,
        },
        "papers": [{"role": paper.role, "name": paper.name, "hash": paper.file_hash} for paper in papers],
        "signer": {
            "person_id": signer.person_id,
            "name": signer.name,
            "unit_id": signer.unit_id,
            "unit_name": signer.unit_name,
            "role": role,
            **_behalf(signer.on_behalf_of),
        },
        "outcome": outcome,
        "opinion": opinion,
        "details": dict(details),
        "read": dict(sight.read),
        "seen": {
            "materials": list(sight.materials),
            "findings": list(sight.findings),
            "points": list(sight.points),
        },
        "words": dict(sight.words),
    }


def _behalf(away: Principal | None) -> dict[str, Any]:
    """Said only where somebody signs in another's place: the records of all others stay as they are."""
    return {"on_behalf_of": {"person_id": away.person_id, "name": away.person_name}} if away else {}


def sealed(
    draft: Mapping[str, Any], link: Link, key: WrappedKey, *, passkey: Assertion | None, signed_at: datetime
) -> dict[str, Any]:
    """The draft at its place in the chain, with the key that signs it and the passkey that confirmed it."""
    return {
        **draft,
        "position": link.position,
        "prev_hash": link.prev_hash,
        "key": {
            "id": str(key.id),
            "algorithm": key.algorithm,
            "public_key": b64encode(key.public_key).decode(),
            "fingerprint": fingerprint(key.public_key),
        },
        "passkey": passkey.model_dump() if passkey else None,
        "signed_at": signed_at.isoformat(),
    }


def broken_at(chain: Sequence[SignOff]) -> int | None:
    """The position of the first record that does not fit, in a document's chain from its start; None when all hold."""
    previous = GENESIS
    for position, sign_off in enumerate(chain, start=1):
        if sign_off.position != position or sign_off.prev_hash != previous or not sign_off.holds:
            return position
        previous = sign_off.record_hash
    return None
