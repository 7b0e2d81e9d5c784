"""The record of a sign-off: canonical JSON (RFC 8785), its hash, and the chain that ties the records of a document."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import rfc8785

from services.kernel.contracts.review import SYSTEM
from services.kernel.runtime.auth import Principal
from services.review.domain.rounds import Round

FORMAT = "fawen.sign-off.1"
GENESIS = ""


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


def compose(
    round_: Round,
    link: Link,
    signer: Person,
    *,
    outcome: str,
    opinion: str,
    details: Mapping[str, Any],
    papers: Sequence[Paper],
    signed_at: datetime,
) -> dict[str, Any]:
    """Everything that was signed, as plain JSON."""
    return {
        "format": FORMAT,
        "position": link.position,
        "prev_hash": link.prev_hash,
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
            "role": round_.role,
            **_behalf(signer.on_behalf_of),
        },
        "outcome": outcome,
        "opinion": opinion,
        "details": dict(details),
        "signed_at": signed_at.isoformat(),
    }


def _behalf(away: Principal | None) -> dict[str, Any]:
    """Said only where somebody signs in another's place: the records of all others stay as they are."""
    return {"on_behalf_of": {"person_id": away.person_id, "name": away.person_name}} if away else {}


def hash_of(record: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of the record's canonical bytes."""
    return hashlib.sha256(rfc8785.dumps(dict(record))).hexdigest()


def broken_at(chain: Sequence[SignOff]) -> int | None:
    """The position of the first record that does not fit, in a document's chain from its start; None when all hold."""
    previous = GENESIS
    for position, sign_off in enumerate(chain, start=1):
        if sign_off.position != position or sign_off.prev_hash != previous or not sign_off.holds:
            return position
        previous = sign_off.record_hash
    return None
