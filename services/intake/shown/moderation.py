"""Proposals to cover, and acts of hiding, as those see them who decide on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from services.intake.domain.hints import HINT_WORDS, Hint
from services.intake.domain.mask_patterns import Kind
from services.intake.domain.masking import KIND_WORDS, Decided, shown_to_decide
from services.intake.shown.words import reason_words
from services.intake.store.masks import Place, Proposed
from services.intake.store.moderation import ActRow
from services.kernel.runtime import language


@dataclass(frozen=True)
class Run:
    """A piece of a comment: plain, or a place on which to decide."""

    text: str
    place: Place | None = None


def decisions_of(places: Iterable[Place]) -> tuple[Decided, ...]:
    """What was decided among these places."""
    return tuple(Decided(one.start_at, one.end_at, one.covered) for one in places if one.covered is not None)


def runs_of(body: str, places: Sequence[Place]) -> list[Run]:
    """The comment in pieces, the open places apart, numbers and what was confirmed covered."""
    text, runs, at = shown_to_decide(body, decisions_of(places)), [], 0
    for place in places:
        if place.covered is None and place.start_at >= at:
            runs += [Run(text[at : place.start_at]), Run(text[place.start_at : place.end_at], place)]
            at = place.end_at
    return [run for run in [*runs, Run(text[at:])] if run.text]


def kind_words(kind: str) -> str:
    """A kind of personal data, in the reader's language."""
    return KIND_WORDS[Kind(kind)].of(language.current())


def hint_words(hints: Iterable[str]) -> list[str]:
    """What a comment hints at, in the reader's language."""
    return [HINT_WORDS[Hint(hint)].of(language.current()) for hint in hints]


def proposal_out(comment: Proposed, places: Iterable[Place], hints: Iterable[str]) -> dict[str, Any]:
    """A comment with its places, for programs of the office."""
    own = [place for place in places if place.comment_id == comment.id]
    return {
        "comment_id": str(comment.id),
        "body": shown_to_decide(comment.body, decisions_of(own)),
        "hints": list(hints),
        "places": [{"start": one.start_at, "end": one.end_at, "kind": one.kind, "covered": one.covered} for one in own],
    }


def act_out(act: ActRow) -> dict[str, Any]:
    """One act of the history, for programs of the office."""
    return {
        "ordinal": act.ordinal,
        "act": act.act,
        "reason": act.reason,
        "reason_words": reason_words(act.reason),
        "words": act.words,
        "chosen_by": act.chosen_by,
        "count": act.count,
        "by": act.acted_by,
        "unit": act.unit_id,
        "at": act.acted_at.isoformat(),
    }
