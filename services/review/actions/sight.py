"""What lay before the signer: kept in the record, so that it can be shown again when rules and words have changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.kernel.contracts.refusals import Words
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import ROLE_WORDS
from services.review.actions.desk import here
from services.review.domain.commands import Seen
from services.review.domain.record import Sight, SignOff
from services.review.domain.refusals import HasNotSigned
from services.review.domain.rounds import Round
from services.review.materials import materials_of
from services.review.precheck import findings_of, register_for
from services.review.store import sign_offs
from services.review.store.sign_offs import OpinionPoint


async def sight_of(tx: Connection, round_: Round, *, outcome: str, person_id: str, role: str, seen: Seen) -> Sight:
    """Text and materials by hash, findings, open points and names as they are now. Refused: HasNotSigned."""
    desk = here()
    before = await sign_offs.signed_before(tx, round_)
    own = next((one for one in before if one.person_id == person_id), None)
    if seen.has_read == "changes" and own is None:
        raise HasNotSigned(field="has_read")
    register = await register_for(tx, desk.register, round_)
    return Sight(
        read=_read(own) if own is not None and seen.has_read == "changes" else {"how": "whole"},
        words=words_of(desk.book, round_, outcome, role),
        materials=[material.model_dump() for material in await materials_of(desk.blobs, round_.materials_hash)],
        findings=[finding.model_dump(mode="json") for finding in await findings_of(desk.blobs, round_, register)],
        points=[
            _point(point) for point in await sign_offs.points_of(tx, round_.document_id) if point.round_id != round_.id
        ],
    )


def words_of(book: RuleBook, round_: Round, outcome: str, role: str) -> dict[str, Any]:
    """The names of stage, outcome and the signer's office, the article, in both languages, and in which book."""
    stage = book.kind(round_.kind).stage(round_.stage)
    cited = book.rules.get(round_.rule_id or "") or next((book.rule(name) for name in stage.rules), None)
    named = book.outcomes.get(outcome)
    return {
        "stage": _both(stage.name),
        "outcome": _both(named.words if named else Words(outcome, outcome)),
        "role": _both(ROLE_WORDS.get(role, Words(role, role))),
        "rule": cited.id if cited else None,
        "article": _both(cited.article if cited else Words(stage.citation.words("zh"), stage.citation.words("en"))),
        "verified": cited.verified if cited else None,
        "rule_book": book.hash,
    }


def _read(own: SignOff) -> dict[str, Any]:
    return {
        "how": "changes",
        "since": {
            "version": own.record["text"]["version"],
            "text_hash": own.text_hash,
            "materials_hash": own.materials_hash,
            "record_hash": own.record_hash,
        },
    }


def _point(point: OpinionPoint) -> Mapping[str, Any]:
    names = ("stage", "ordinal", "position", "clause", "nature", "text", "basis", "handling")
    return {"id": str(point.id), **{name: getattr(point, name) for name in names}}


def _both(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}
