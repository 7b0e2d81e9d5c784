"""The procedure, played: rounds are decided as they open, comments written, opinions answered, tasks reported on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fawen.client import Problem
from fawen.demo.acts import act_of, actor_of, said
from fawen.demo.people import DRAFTER, JOINT_SIGNER, JOINT_UNIT, NAMES, OFFICERS, SUPERVISOR, Person, Town
from fawen.demo.post import Mail, post
from fawen.demo.receiving import receive
from fawen.demo.sheets import fill
from fawen.demo.words import entry_words
from fawen.replies import Dossier, Opinion, Plan, Round, Window

PAUSE = 0.15
PATIENCE = 120.0
ENDED = ("withdrawn", "unlawful", "rejected")
LAST_STAGES = {
    "NORMATIVE": ("publication", "filing", "commencement"),
    "MAJOR_DECISION": ("publication", "archiving"),
    "WORK_PLAN": ("publication",),
    "ANNUAL_REPORT": ("publication", "archiving"),
}


@dataclass(frozen=True)
class Beat:
    """Something that happened, as it is printed."""

    at: datetime
    who: str
    what: str
    rule: str = ""
    link: str = ""
    notes: tuple[str, ...] = ()


@dataclass
class Script:
    """How this play differs from "all goes well"."""

    outcomes: dict[str, list[str]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    comments: list[tuple[str | None, str]] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    mail_port: int = 0

    def outcome(self, round_: Round) -> str | None:
        """The scripted outcome of a round, once."""
        waiting = self.outcomes.get(round_.stage, [])
        return waiting.pop(0) if waiting else None


class Story:
    """One document's life, played to its end; `tell` hears each beat as it happens."""

    def __init__(
        self,
        town: Town,
        document_id: UUID,
        script: Script,
        tell: Callable[[Beat], None],
        drafter: Person = DRAFTER,
    ) -> None:
        self.town, self.document_id, self.script, self.tell = town, document_id, script, tell
        self.drafter, self.office = drafter, town.of(drafter)
        self._told = 0
        self._commented: set[UUID] = set()
        self._answered: set[UUID] = set()
        self.comments = 0
        self._kind = ""

    async def play(self) -> Dossier:
        """Play until the procedure has ended; the answer is its dossier. Raises TimeoutError when nothing moves."""
        kind = self._kind = (await self.office.document(self.document_id)).kind
        still, before = 0.0, -1
        while True:
            dossier = await self._tell_dossier()
            if self._is_over(dossier, kind):
                return dossier
            moved = await self._move()
            still = 0.0 if moved or len(dossier.entries) != before else still + PAUSE
            before = len(dossier.entries)
            if still > PATIENCE:
                raise TimeoutError(f"nothing moves any more in document {self.document_id}")
            await asyncio.sleep(PAUSE)

    def _is_over(self, dossier: Dossier, kind: str) -> bool:
        closed = {entry["stage"] for entry in dossier.entries if entry["type"] == "stage_closed"}
        ended = any(entry["type"] == "stage_ended" for entry in dossier.entries)
        return ended or closed >= set(LAST_STAGES[kind])

    async def _move(self) -> bool:
        return any([await self._rounds(), await self._windows(), await self._revision()])

    async def _rounds(self) -> bool:
        open_ = await self.office.rounds(self.document_id)
        for round_ in open_:
            await self._decide(round_)
        return bool(open_)

    async def _decide(self, round_: Round) -> None:
        person = self.drafter if round_.role == "drafter" else actor_of(round_)
        act, words = act_of(round_, self.script.outcome(round_))
        try:
            await self._prepare(round_, person)
            await self.town.of(person).decide(round_, act, **words)
            await self._sign_along(round_, words)
        except Problem as problem:
            # Between our look and our act the round may have been voided; anything else is a fault to show.
            if problem.code not in ("round.closed", "signoff.already"):
                raise
            return
        if notes := said(act, words):
            link = f"/review/round/{round_.id}"
            self.tell(Beat(datetime.now(UTC), f"{person.name}（{person.unit}）", round_.stage_name, "", link, notes))

    async def _sign_along(self, round_: Round, words: dict[str, Any]) -> None:
        """The head of a joint issuer signs as well (公文条例第二十二条)."""
        if round_.form == "signing" and JOINT_UNIT in round_.issuers:
            await self.town.of(JOINT_SIGNER).decide(round_, "signature", **{**words, "name": JOINT_SIGNER.name})
            self.tell(Beat(datetime.now(UTC), f"{JOINT_SIGNER.name}（{JOINT_SIGNER.unit}）", "会签：同意联合印发"))

    async def _prepare(self, round_: Round, person: Person) -> None:
        await fill(self.town, round_)
        await receive(self.town, self.drafter, person, round_)

    async def _windows(self) -> bool:
        moved = False
        for window in await self.town.public.windows(self.document_id):
            if window.state == "open" and window.window_id not in self._commented:
                await self._comment(window)
                moved = True
            if window.state == "closed" and window.window_id not in self._answered:
                moved = await self._answer(window) or moved
        return moved

    async def _comment(self, window: Window) -> None:
        self._commented.add(window.window_id)
        link = f"/intake/consultation/{window.window_id}"
        for clause, body in self.script.comments:
            taken = await self.town.public.comment(window.window_id, body, clause=clause)
            self.comments += 1
            where = f"（{clause}）" if clause else ""
            self.tell(Beat(taken.received_at, "公众", f"提交意见{where}，回执 {taken.code}", link=link, notes=(body,)))

        for mail in self.script.mails if window.mailbox else ():
            await post(self.script.mail_port, str(window.mailbox), mail)
            self.comments += 1
            self.tell(Beat(datetime.now(UTC), "公众", "发邮件提意见，自动回复回执", link=link, notes=(mail.body,)))

    async def _answer(self, window: Window) -> bool:
        opinions = [opinion for opinion in await self.office.opinions(window.window_id) if not opinion.withdrawn_at]
        if not opinions or any(opinion.answer for opinion in opinions):
            self._answered.add(window.window_id)
            return False
        try:
            await self.office.answer(window.window_id, [answer_to(opinion) for opinion in opinions])
        except Problem as problem:
            # The instant has come, but the record of the closing is a moment behind.
            if problem.code not in ("window.still_open", "window.being_closed"):
                raise
            return False
        self._answered.add(window.window_id)
        link = f"/intake/consultation/{window.window_id}/feedback"
        self.tell(Beat(datetime.now(UTC), self.drafter.name, f"逐条答复意见{len(opinions)}条", link=link))
        return True

    async def _revision(self) -> bool:
        document = await self.office.document(self.document_id)
        if document.state != "returned" or not document.accepts_versions or not self.script.texts:
            return False
        before = len(document.versions)
        await self.office.revise(self.document_id, self.script.texts.pop(0))
        shown = await self.office.difference(self.document_id, before + 1, since=before)
        link = f"/intake/document/{self.document_id}/difference?from={before}&to={before + 1}"
        notes = tuple(changed_words(shown))
        self.tell(
            Beat(datetime.now(UTC), self.drafter.name, f"报送第{before + 1}稿，与上稿的改动：", link=link, notes=notes)
        )
        return True

    async def _tell_dossier(self) -> Dossier:
        dossier = await self.office.dossier(self.document_id)
        for entry in dossier.entries[self._told :]:
            self.tell(self._beat(entry))
        self._told = len(dossier.entries)
        return dossier

    def _beat(self, entry: dict[str, Any]) -> Beat:
        person = NAMES.get((entry.get("actor") or {}).get("person_id") or "")
        return Beat(
            at=datetime.fromisoformat(entry["occurred_at"]),
            who=f"{person.name}（{person.unit}）" if person else "系统",
            what=entry_words(self._kind, entry),
            rule=str(entry.get("article") or ""),
            link=f"/intake/document/{self.document_id}/dossier",
        )


async def follow_tasks(town: Town, document_id: UUID, tell: Callable[[Beat], None]) -> Plan | None:
    """Wait for the tasks of a published text; report on each, and close the first."""
    plan = await _made(town, document_id)
    if plan is None:
        return None
    link = f"/tasks/plan/{document_id}"
    tell(Beat(datetime.now(UTC), "系统", f"分解任务{len(plan.tasks)}项", link=link))
    for position, task in enumerate(plan.tasks):
        officer = await _officer(town, task.id)
        if officer is None:
            continue
        percent = 100 if position == 0 else 30
        await town.of(officer).progress(task.id, "已完成部署，正在按计划推进。", percent)
        who = f"{officer.name}（{officer.unit}）"
        tell(Beat(datetime.now(UTC), who, f"报告进展：第{task.item_no}项 {percent}%", link=f"/tasks/task/{task.id}"))
        if position == 0:
            await town.of(officer).propose_done(task.id, "台账已经建立，请予验收。")
            await town.of(SUPERVISOR).accept_done(task.id, "经核查，予以销号。")
            tell(
                Beat(datetime.now(UTC), SUPERVISOR.name, f"验收销号：第{task.item_no}项", link=f"/tasks/task/{task.id}")
            )
        if position >= 4:
            break
    return plan


async def _made(town: Town, document_id: UUID) -> Plan | None:
    async for _ in _for_a_while(30):
        try:
            return await town.of(SUPERVISOR).plan(document_id)
        except Problem as problem:
            if problem.status != 404:
                raise
    return None


async def _officer(town: Town, task_id: UUID) -> Person | None:
    for officer in OFFICERS:
        page = await town.of(officer).task(task_id)
        if "report" in page.get("may", ()):
            return officer
    return None


async def _for_a_while(seconds: float) -> AsyncIterator[None]:
    for _ in range(int(seconds / PAUSE)):
        yield
        await asyncio.sleep(PAUSE)


def answer_to(opinion: Opinion) -> dict[str, Any]:
    """How the drafting office answers: opinions on a clause are adopted, wishes about daily work are not."""
    base = {"comment_id": str(opinion.comment_id), "clause": opinion.clause}
    if opinion.clause:
        return {**base, "disposition": "adopted", "reason": "已据此修改条文。"}
    reason = "属于日常工作安排，不宜写入文件，已转有关单位办理。"
    return {**base, "disposition": "not_adopted", "reason": reason}


def changed_words(difference: Any) -> list[str]:
    """The changed clauses in one line each: deletions in ［］, insertions in 【】."""
    lines = []
    for change in difference["changes"]:
        if change["kind"] == "same":
            continue
        marks = {"delete": "［{}］", "insert": "【{}】"}
        text = "".join(marks.get(run["op"], "{}").format(run["text"]) for run in change["runs"])
        lines.append(" ".join(text.split())[:160])
    return lines
