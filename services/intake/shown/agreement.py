"""Where a shared draft of answers stands: whom it was sent to, what they said, what is still missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.intake.domain.agreement import STANCE_WORDS, Asked, NotAsked, Stance, Word, last_word, may_go_out
from services.intake.store import agreement, answers, comments, people, windows
from services.intake.store.agreement import Draft, Said
from services.intake.store.windows import Window
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.kernel.runtime.directory import Role


@dataclass(frozen=True)
class Agreement:
    """The newest sharing of a window's answers, as one reader may see it."""

    window: Window
    draft: Draft | None
    asked: list[tuple[Asked, Word | None]]
    said: list[Said]
    revision: int
    left: int
    ours: bool
    mine: bool
    units: dict[str, str]
    colleagues: dict[str, str]
    names: dict[str, str]

    @property
    def may_go_out(self) -> bool:
        """Whether nothing that was said holds the answers back."""
        said = [_word(one) for one in self.said]
        return self.draft is None or may_go_out([one for one, _ in self.asked], said, self.revision)


async def agreement_of(conn: Connection, actor: Actor, window_id: UUID) -> Agreement:
    """Where a draft stands, for the drafting unit and those to whom it was sent. Raises WindowUnknown, NotAsked."""
    window = await windows.get(conn, window_id)
    draft = await agreement.newest(conn, window_id)
    readers = await agreement.readers_of(conn, draft.id) if draft else []
    said = await agreement.said_of(conn, draft.id) if draft else []
    asked = [Asked(one.unit_id, one.person_id, one.decides) for one in readers]
    mine = any(one.is_(person_id=actor.person_id, unit_id=actor.unit_id) for one in asked)
    ours = actor.unit_id == window.drafting_unit and Role.DRAFTER in actor.roles
    if not ours and not mine:
        raise NotAsked
    named = [one.person_id for one in asked] + [one.person_id for one in said]
    counts, tally = await comments.counts_of(conn, window_id), await answers.tally(conn, window_id)
    return Agreement(
        window=window,
        draft=draft,
        asked=[(one, last_word(one, [_word(word) for word in said])) for one in asked],
        said=said,
        revision=await answers.revision_of(conn, window_id),
        left=counts.received - counts.withdrawn - tally.answered,
        ours=ours,
        mine=mine,
        units=await people.unit_names(conn),
        colleagues=await people.in_unit(conn, window.drafting_unit),
        names=await people.names_of(conn, [name for name in named if name]),
    )


def agreement_out(found: Agreement) -> dict[str, Any]:
    """The same for programs."""
    draft = found.draft
    return {
        "shared": {
            "ordinal": draft.ordinal,
            "revision": draft.revision,
            "note": draft.note,
            "by": draft.shared_by,
            "at": draft.shared_at,
        }
        if draft
        else None,
        "readers": [
            {
                "unit_id": one.unit_id or None,
                "person_id": one.person_id or None,
                "decides": one.decides,
                "said": word.stance if word else None,
                "about_revision": word.revision if word else None,
            }
            for one, word in found.asked
        ],
        "words": [
            {
                "ordinal": one.ordinal,
                "person_id": one.person_id,
                "unit_id": one.unit_id,
                "stance": one.stance,
                "stance_words": STANCE_WORDS[Stance(one.stance)][0].of(language.current()),
                "words": one.words,
                "revision": one.revision,
                "at": one.said_at,
            }
            for one in found.said
        ],
        "revision": found.revision,
        "left": found.left,
        "may_go_out": found.may_go_out,
    }


def _word(said: Said) -> Word:
    return Word(said.person_id, said.unit_id, Stance(said.stance), said.revision)
