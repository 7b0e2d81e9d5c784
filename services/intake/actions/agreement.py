"""Sharing a draft of answers inside, and what those asked say of it; publication waits for them."""

from __future__ import annotations

from uuid import UUID

from services.intake.actions.answering import Answered, settle, to_answer
from services.intake.domain.agreement import (
    LONGEST_WORDS,
    MOST_READERS,
    AlreadyGoingOut,
    Asked,
    NotAsked,
    NotShared,
    ReadersMissing,
    Stance,
    WordsMissing,
)
from services.intake.domain.answers import AnswersPublished
from services.intake.domain.dossier import Fact, actor_of
from services.intake.domain.ids import uuid7
from services.intake.domain.plans import PUBLIC_COMMENT
from services.intake.store import agreement, answers, dossier, people, windows
from services.intake.store.agreement import Draft, Reader
from services.intake.store.windows import Window
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection

ADOPTION = "comment.adoption"


async def share(tx: Connection, actor: Actor, window_id: UUID, *, readers: tuple[Asked, ...], note: str) -> int:
    """Send the answers as they stand to units and persons for agreement; which sharing it is.

    Raises NotOurs, StillOpen, AnswersPublished, AlreadyGoingOut, ReadersMissing, WordsMissing.
    """
    window = await to_answer(tx, actor, window_id)
    if window.answered_at is not None:
        raise AlreadyGoingOut
    if len(note) > LONGEST_WORDS or "\x00" in note:
        raise WordsMissing(field="note")
    if not 1 <= len(readers) <= MOST_READERS or not await _known(tx, readers):
        raise ReadersMissing(field="readers")
    draft_id, revision = uuid7(), await answers.revision_of(tx, window_id)
    sent = [Reader(one.unit_id, one.person_id, one.decides) for one in dict.fromkeys(readers)]
    ordinal = await agreement.share(
        tx, draft_id, window_id, revision=revision, note=note.strip(), by=actor.person_id, readers=sent
    )
    detail = {"window_id": str(window_id), "revision": revision, "readers": [vars(one) for one in sent]}
    await _write_down(tx, actor, window, "answers_shared", f"{ordinal}", detail)
    return ordinal


async def say(tx: Connection, actor: Actor, window_id: UUID, *, stance: Stance, words: str) -> Answered:
    """Agree or object to the newest draft; the drafting unit may note why it goes on. Publication goes on when it may.

    Raises WindowUnknown, NotShared, NotAsked, NotOurs, OwnDraft, WordsMissing, AnswersPublished.
    """
    if stance is Stance.NOTED:
        window = await to_answer(tx, actor, window_id)
    else:
        window = await windows.get_locked(tx, window_id)
    draft = await agreement.newest(tx, window_id)
    if draft is None:
        raise NotShared
    if window.answers_published_at is not None:
        raise AnswersPublished
    if stance is not Stance.NOTED:
        await _is_asked(tx, actor, draft)
    if len(words) > LONGEST_WORDS or "\x00" in words or (stance is not Stance.AGREES and not words.strip()):
        raise WordsMissing(field="words")
    revision = await answers.revision_of(tx, window_id)
    place = await agreement.say(
        tx, draft.id, person_id=actor.person_id, unit_id=actor.unit_id, stance=stance, words=words.strip(),
        revision=revision,
    )  # fmt: skip
    detail = {"window_id": str(window_id), "revision": revision, "stance": stance, "words": words.strip()}
    await _write_down(tx, actor, window, "answers_spoken_of", f"{draft.ordinal}/{place}", detail)
    return await settle(tx, window, actor.person_id, 0)


async def _is_asked(tx: Connection, actor: Actor, draft: Draft) -> None:
    for one in await agreement.readers_of(tx, draft.id):
        if Asked(one.unit_id, one.person_id, one.decides).is_(person_id=actor.person_id, unit_id=actor.unit_id):
            return
    raise NotAsked


async def _known(tx: Connection, readers: tuple[Asked, ...]) -> bool:
    if any(bool(one.unit_id) == bool(one.person_id) for one in readers):
        return False
    units = await people.unit_names(tx)
    persons = await people.names_of(tx, [one.person_id for one in readers if one.person_id])
    return all(one.unit_id in units if one.unit_id else one.person_id in persons for one in readers)


async def _write_down(
    tx: Connection, actor: Actor, window: Window, kind: str, key: str, detail: dict[str, object]
) -> None:
    fact = Fact(
        key=f"window/{window.id}/agreement/{key}",
        type=kind,
        stage=PUBLIC_COMMENT,
        actor=actor_of(actor.person_id, actor.unit_id, ""),
        text_hash=window.text_hash,
        rule_id=ADOPTION,
        detail=detail,
    )
    await dossier.add(tx, window.document_id, fact)
