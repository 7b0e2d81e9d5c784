"""Agreement inside on a draft of answers: whom it waits for, and when it may go on over an objection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.kernel.contracts.refusals import Conflict, Forbidden, Invalid, Words

LONGEST_WORDS = 2_000
MOST_READERS = 50


class Stance(StrEnum):
    """What somebody says of a draft; NOTED is the drafting unit, which goes on and says why."""

    AGREES = "agrees"
    OBJECTS = "objects"
    NOTED = "noted"


STANCE_WORDS: dict[Stance, tuple[Words, str]] = {
    Stance.AGREES: (Words("同意", "Agrees"), "done"),
    Stance.OBJECTS: (Words("有不同意见", "Objects"), "stop"),
    Stance.NOTED: (Words("起草单位说明后继续", "Noted, goes on"), "hold"),
}


class NotAsked(Forbidden):
    """The draft was not sent to this person."""

    code = "agreement.not_asked"
    title = Words("这份答复稿没有送您征求意见", "This draft of answers was not sent to you")
    remedy = Words("请由送达的单位或者个人填写。", "Those to whom it was sent may answer.")


class OwnDraft(Forbidden):
    """Whoever sent a draft round does not answer for those who were asked, nor does the deputy."""

    code = "agreement.own_draft"
    status = 409
    title = Words("不能答复：这份答复稿是您或者您的代理关系人送出的", "You sent this draft, or are one with who did")
    remedy = Words("请由被征求意见的其他人员填写。", "Somebody else of those asked may answer.")


class NotShared(Conflict):
    """No draft was shared."""

    code = "agreement.not_shared"
    title = Words("答复稿还没有送出", "No draft of answers was shared")
    remedy = Words("请由起草单位先送出。", "The drafting unit shares it first.")


class ReadersMissing(Invalid):
    """To nobody, to too many, or to somebody unknown."""

    code = "agreement.readers"
    title = Words("请选择送给谁", "Choose whom it goes to")
    remedy = Words(f"请选1至{MOST_READERS}个单位或者个人。", f"Choose 1 to {MOST_READERS} units or persons.")


class WordsMissing(Invalid):
    """An objection, and going on over one, is said in words."""

    code = "agreement.words"
    title = Words("请写明意见", "Say it in words")
    remedy = Words(f"请写1至{LONGEST_WORDS}个字。", f"Write 1 to {LONGEST_WORDS} characters.")


class AlreadyGoingOut(Conflict):
    """Every opinion is answered: publication is under way."""

    code = "agreement.too_late"
    title = Words("已经全部答复，正在公布", "Every opinion is answered: publication is under way")
    remedy = Words("要内部征求意见的，请在最后一条答复以前送出。", "Share a draft before the last answer is given.")


@dataclass(frozen=True)
class Word:
    """What was said, about which revision of the answers."""

    person_id: str
    unit_id: str
    stance: Stance
    revision: int


@dataclass(frozen=True)
class Asked:
    """Whom a draft was sent to; one of a unit's people answers for the unit."""

    unit_id: str
    person_id: str
    decides: bool

    def is_(self, *, person_id: str, unit_id: str) -> bool:
        """Whether this reader is that person."""
        return self.person_id == person_id if self.person_id else self.unit_id == unit_id


def last_word(reader: Asked, said: Sequence[Word]) -> Word | None:
    """What a reader said last."""
    own = [word for word in said if word.stance is not Stance.NOTED and reader.is_(person_id=word.person_id, unit_id=word.unit_id)]  # fmt: skip
    return own[-1] if own else None


def may_go_out(readers: Sequence[Asked], said: Sequence[Word], revision: int) -> bool:
    """Whether answers of that revision may be published: who decides has agreed to it, and nobody objects to it.

    Or the drafting unit has noted, after the last objection and about this revision, why it goes on.
    """
    noted = [place for place, word in enumerate(said) if word.stance is Stance.NOTED and word.revision >= revision]
    objections = [place for place, word in enumerate(said) if word.stance is Stance.OBJECTS]
    if noted and noted[-1] > max(objections, default=-1):
        return True
    for reader in readers:
        word = last_word(reader, said)
        if word is not None and word.stance is Stance.OBJECTS:
            return False
        if reader.decides and (word is None or word.revision < revision):
            return False
    return True
