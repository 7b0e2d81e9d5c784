"""The door by which the public's comments come in: the same checks for the form and for programs, in the same order."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from services.intake.actions.comment import Opinion, arrival_of
from services.intake.actions.files import keep_file
from services.intake.actions.gate import Gate
from services.intake.actions.taking import Arrival, Taker, again, refusal_of
from services.intake.domain.attachments import Attached, FileLimits, check_attached, safe_name
from services.intake.domain.comments import Channel
from services.intake.domain.gate import Pass
from services.intake.shown.clauses import anchor_of
from services.intake.store import taking, windows
from services.intake.store.taking import Claim, Taken
from services.kernel.contracts.refusals import NotFound, Refused
from services.kernel.contracts.visitors import check_form, claimant, form_token
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.kernel.runtime.files import sniffed
from services.kernel.runtime.idempotency import KeyReused
from services.kernel.runtime.settings import Settings

WINDOWS_IN_MIND = 1000


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody with a comment. `form` is the token of the form; None for programs, which have none."""

    window_id: UUID
    channel: Channel
    opinion: Opinion
    address: str
    route: str
    key: str | None = None
    proof: str = ""
    form: str | None = None
    files: Sequence[Attached] = ()


class Door:
    """Everything that a comment of the public goes through, in one process."""

    def __init__(self, db: Database, blobs: Blobs, settings: Settings) -> None:
        self._db, self._blobs = db, blobs
        self._secret = settings.secret.get_secret_value().encode()
        self._form_seconds = settings.comment_form_seconds
        self.files = FileLimits(settings.comment_files, settings.comment_file_bytes, settings.comment_files_bytes)
        self.gate = Gate(db, settings)
        self.taker = Taker(db, room=settings.comment_room)
        self._texts: OrderedDict[UUID, str] = OrderedDict()

    async def take(self, knock: Knock) -> tuple[Taken, Pass | None]:
        """Take a comment: its receipt, once committed, and what the address may still send.

        Raises WindowUnknown, BadClause, BadComment, TooManyFiles, FilesTooLarge, FileRefused, FormNotRead, ProofWrong,
        TooMany, TooBusy, Unavailable, and what `take_all` refuses with. Refusals for good are counted.
        """
        claim = self._claim(knock)
        try:
            return await self._take(knock, claim)
        except (NotFound, KeyReused):
            raise
        except Refused as refused:
            if claim and (taken := await self._taken_before(claim)):
                return taken, None
            told = await self._told(knock.window_id, refused)
            if told.status != 503:
                await self.gate.note_refused(knock.window_id, knock.channel, told.code)
            raise told from None

    def form_token(self, window_id: UUID) -> str:
        """The token to print into a form."""
        return form_token(self._secret, window_id, datetime.now(UTC))

    async def drain(self) -> None:
        """Finish what was let in; let nobody in any more."""
        await self.gate.drain()
        await self.taker.drain()

    async def _take(self, knock: Knock, claim: Claim | None) -> tuple[Taken, Pass]:
        opinion = knock.opinion
        text_hash = await self._text_of(knock.window_id)
        if opinion.clause:
            opinion = replace(opinion, clause=await anchor_of(self._blobs, text_hash, opinion.clause))
        arrival = arrival_of(knock.window_id, opinion, knock.channel, claim)
        files = [await self._sniffed(file, place) for place, file in enumerate(knock.files, 1)] if knock.files else []
        if knock.form is not None and not knock.proof:
            check_form(self._secret, knock.form, knock.window_id, now=datetime.now(UTC), seconds=self._form_seconds)
        spent_for = claim.actor.encode() if claim else arrival.comment.id.bytes
        leave = await self.gate.admit(knock.window_id, knock.address, knock.proof, spent_for)
        if files:
            arrival = await self._with_files(arrival, files)
        return await self.taker.take(arrival), leave

    async def _text_of(self, window_id: UUID) -> str:
        """The text under comment, which a window keeps for good. Raises WindowUnknown."""
        if window_id not in self._texts:
            async with self._db.read() as conn:
                self._texts[window_id] = (await windows.get(conn, window_id)).text_hash
            while len(self._texts) > WINDOWS_IN_MIND:
                self._texts.popitem(last=False)
        return self._texts[window_id]

    async def _sniffed(self, file: Attached, place: int) -> Attached:
        check_attached([file], self.files)
        return Attached(safe_name(file.name, place), await sniffed(file.content, name=file.name), file.content)

    async def _with_files(self, arrival: Arrival, files: Sequence[Attached]) -> Arrival:
        """Keep the files, unless the window takes nothing; whether it does is decided again by the row."""
        check_attached(files, self.files)
        async with self._db.read() as conn:
            window = await windows.get(conn, arrival.comment.window_id)
        if not window.is_open:
            raise refusal_of(window)
        kept = [await keep_file(self._db, self._blobs, file) for file in files]
        return replace(arrival, files=tuple(kept))

    async def _taken_before(self, claim: Claim) -> Taken | None:
        """What was taken under this key: who asks again gets it, whatever would be refused today."""
        async with self._db.read() as conn:
            found = (await taking.kept(conn, [claim])).get((claim.actor, claim.key))
        outcome = again(claim, found) if found else None
        return outcome if isinstance(outcome, Taken) else None

    async def _told(self, window_id: UUID, refused: Refused) -> Refused:
        """That the window takes nothing goes before everything else."""
        if refused.status not in (422, 429):
            return refused
        async with self._db.read() as conn:
            window = await windows.get(conn, window_id)
        return refused if window.is_open else refusal_of(window)

    def _claim(self, knock: Knock) -> Claim | None:
        """The claim of a key by who sends it."""
        if knock.key is None:
            return None
        actor = claimant(self._secret, f"comment|{knock.window_id}", knock.address, knock.key)
        return Claim(actor, knock.key, knock.route, _hash_of(knock))


def _hash_of(knock: Knock) -> str:
    """What was sent, without the proof and the token, which are others at another try."""
    opinion = knock.opinion
    said = [opinion.body, opinion.clause, opinion.name, opinion.contact]
    for file in knock.files:
        said += [file.name, hashlib.sha256(file.content).hexdigest()]
    told = "".join([f"{len(each)}:{each}" for each in said])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
