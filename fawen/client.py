"""The typed client: `async with Fawen(url, key=...) as office: receipt = await office.submit(...)`.

Every POST carries an Idempotency-Key, so that a call that was cut off can simply be made again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID, uuid4

import httpx
from pydantic import BaseModel, ConfigDict

from fawen.proof import solve
from fawen.replies import (
    Comment,
    Document,
    Dossier,
    Inbox,
    Item,
    Opinion,
    Plan,
    Publication,
    Receipt,
    Receiving,
    Round,
    Window,
)

R = TypeVar("R", bound=BaseModel)
Json = dict[str, Any]
PATIENCE = httpx.Timeout(30.0, connect=5.0)


class Problem(Exception):
    """The service refused, in words: code, detail, and what to do about it."""

    def __init__(self, status: int, body: Json) -> None:
        self.status, self.body = status, dict(body)
        self.code = str(body.get("code", "unknown"))
        self.field = body.get("field")
        self.rule = body.get("rule")
        self.article = body.get("article")
        self.remedy = str(body.get("remedy", ""))
        super().__init__(f"{self.code}: {body.get('detail', body.get('title', ''))}")


class Submission(BaseModel):
    """A draft as its office hands it in; see `POST /intake/documents` for every field."""

    model_config = ConfigDict(frozen=True)

    kind: str
    issuer_unit: str
    agency_code: str
    joint_units: list[str] = []
    title: str = ""
    text: str | None = None
    note: str = ""
    predicates: dict[str, dict[str, Any]] = {}
    comment: dict[str, Any] = {}


class Fawen:
    """One person or program at one Fawen. Without a key: the public."""

    def __init__(self, base_url: str, *, key: str | None = None, language: str = "zh") -> None:
        headers = {"Accept": "application/json", "Accept-Language": language}
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        self._http = httpx.AsyncClient(base_url=base_url, headers=headers, timeout=PATIENCE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    # Drafting offices

    async def submit(self, draft: Submission, *, file: Path | None = None, key: str | None = None) -> Receipt:
        """Hand in a draft, its text inline or as a file. Raises Problem with every fault that was found."""
        if file is None:
            return await self._post("/intake/documents", Receipt, json=draft.model_dump(exclude_none=True), key=key)
        fields = draft.model_dump(exclude={"text", "predicates", "comment"}, exclude_none=True)
        nested = {name: json.dumps(getattr(draft, name), ensure_ascii=False) for name in ("predicates", "comment")}
        upload = {"file": (file.name, file.read_bytes())}
        return await self._post("/intake/documents", Receipt, data={**fields, **nested}, files=upload, key=key)

    async def document(self, document_id: UUID) -> Document:
        """Where a document stands."""
        return await self._get(f"/intake/documents/{document_id}", Document)

    async def revise(self, document_id: UUID, text: str) -> Document:
        """Hand in another version of the text."""
        await self._send("POST", f"/intake/documents/{document_id}/versions", json={"text": text})
        return await self.document(document_id)

    async def difference(self, document_id: UUID, version: int, *, since: int) -> Json:
        """What changed between two versions, clause by clause."""
        return await self._json(f"/intake/documents/{document_id}/versions/{version}/difference", {"from": since})

    async def text(self, document_id: UUID, version: int) -> str:
        """The text of a version."""
        found = await self._json(f"/intake/documents/{document_id}/versions/{version}")
        return str(found["text"])

    async def withdraw(self, document_id: UUID, reason: str) -> None:
        """Withdraw a document before the decision."""
        await self._send("POST", f"/intake/documents/{document_id}/withdraw", json={"reason": reason})

    async def dossier(self, document_id: UUID) -> Dossier:
        """The dossier with its chain, as the service verified it."""
        return await self._get(f"/intake/documents/{document_id}/dossier", Dossier)

    async def ask_annual_report(self, issuer_unit: str, year: int) -> Json:
        """Have the annual report of a unit gathered now, instead of at the scheduled day."""
        body = {"issuer_unit": issuer_unit, "year": year}
        return await self._send("POST", "/intake/annual-reports", json=body)

    async def documents(self, **filters: str) -> Json:
        """The documents of one's unit."""
        return await self._json("/intake/documents", filters)

    # The public comment window

    async def windows(self, document_id: UUID | None = None) -> list[Window]:
        """Consultations, open and closed, newest first."""
        query = {"document_id": str(document_id)} if document_id else {}
        found = await self._json("/intake/windows", query)
        return [Window.model_validate(window) for window in found["items"]]

    async def comment(
        self,
        window_id: UUID,
        body: str,
        *,
        clause: str | None = None,
        files: Sequence[Path] = (),
        proof: str = "",
        key: str | None = None,
    ) -> Comment:
        """Comment on a text; the answer holds the receipt's code. With a `proof` many more may be sent from here."""
        given = {"body": body, **({"clause": clause} if clause else {}), **({"proof": proof} if proof else {})}
        path = f"/intake/windows/{window_id}/comments"
        if not files:
            return await self._post(path, Comment, json=given, key=key)
        sent = [("attachments", (file.name, file.read_bytes())) for file in files]
        return await self._post(path, Comment, data=given, files=sent, key=key)

    async def proof(self, window_id: UUID) -> str:
        """A proof of work for one comment on a window: some tens of thousands of hashes, outside the event loop."""
        asked = await self._json(f"/intake/windows/{window_id}/challenge")
        return await asyncio.to_thread(solve, asked)

    async def receipt(self, code: str) -> Json:
        """One's own comment, by the code of its receipt."""
        return await self._json(f"/intake/receipts/{code}")

    async def opinions(self, window_id: UUID) -> list[Opinion]:
        """The opinions of a window, for the office that answers them."""
        found = await self._json(f"/intake/windows/{window_id}/comments")
        return [Opinion.model_validate(opinion) for opinion in found["items"]]

    async def receipt_file(self, code: str) -> Json:
        """A comment's receipt as the file that proves it."""
        return await self._json(f"/intake/receipts/{code}/proof")

    async def take_back(self, code: str) -> Json:
        """Take one's own comment back, while its window is open."""
        return await self._send("POST", f"/intake/receipts/{code}/withdraw")

    async def seal(self, window_id: UUID | str, ordinal: int | None = None) -> Json:
        """The seal over a window's comments, with its entry in the dossier. Raises Problem (404) before it is made."""
        query = {} if ordinal is None else {"ordinal": ordinal}
        return await self._json(f"/intake/windows/{window_id}/seal", query)

    async def seal_leaves(self, window_id: UUID | str, ordinal: int) -> str:
        """The hash of every sealed comment, one a line."""
        response = await self._http.get(f"/intake/windows/{window_id}/seal/leaves", params={"ordinal": ordinal})
        if not response.is_success:
            _read(response)
        return response.text

    async def answer(self, window_id: UUID, answers: Sequence[Json]) -> None:
        """Answer opinions: comment_id, disposition, reason, clause."""
        await self._send("POST", f"/intake/windows/{window_id}/answers", json={"answers": list(answers)})

    # Review and decision

    async def rounds(self, document_id: UUID | None = None, *, open_only: bool = True) -> list[Round]:
        """Rounds that people are asked to decide."""
        query: dict[str, str] = {"open": "true"} if open_only else {}
        if document_id is not None:
            query["document_id"] = str(document_id)
        return [Round.model_validate(found) for found in await self._any("/review/rounds", query)]

    async def round(self, round_id: UUID) -> Round:
        """One round."""
        return await self._get(f"/review/rounds/{round_id}", Round)

    async def decide(self, round_: Round, act: str, **command: Any) -> Json:
        """Decide a round about the text that it shows: step, not-applicable, opinion, meeting, signature, ..."""
        seen = {"text_hash": round_.text_hash, "materials_hash": round_.materials_hash}
        return await self._send("POST", f"/review/rounds/{round_.id}/{act}", json={**seen, **command})

    async def collect(self, round_: Round, act: str, **command: Any) -> Json:
        """Put something on the sheet of a recorded step: assessment, risk-report, expert-opinion, hearing-notice, ..."""
        return await self._send("POST", f"/review/rounds/{round_.id}/{act}", json=command)

    async def receiving(self, round_id: UUID) -> Receiving:
        """What lies before a legality review: its papers, the list of forbidden content, whether it is accepted."""
        return await self._get(f"/review/rounds/{round_id}/receiving", Receiving)

    async def attach(self, round_: Round, role: str, name: str, data: bytes) -> Json:
        """Attach one paper to an open round; `role` is the paper that it is."""
        path = f"/review/rounds/{round_.id}/papers"
        return await self._send("POST", path, data={"role": role}, files=[("files", (name, data))])

    async def enter_expert(self, entry: Json) -> str:
        """Enter an expert in the pool; the answer is the id of the entry."""
        return str((await self._send("POST", "/review/experts", json=entry))["id"])

    async def seals(self, unit_id: str) -> Any:
        """The seals of an authority, each with its keeper."""
        return await self._any("/review/seal-register", {"unit_id": unit_id})

    async def enter_seal(self, entry: Json) -> str:
        """Enter a seal in the register with its keeper; the answer is its id."""
        return str((await self._send("POST", "/review/seal-register", json=entry))["seal_id"])

    async def answer_checklist(self, round_id: UUID, answers: list[Json]) -> Json:
        """Answer for forbidden content, for the drafting office."""
        return await self._send("POST", f"/review/rounds/{round_id}/checklist", json={"answers": answers})

    async def sign_offs(self, document_id: UUID) -> Json:
        """The chain of sign-offs of a document."""
        return await self._json(f"/review/documents/{document_id}/sign-offs")

    async def sign_off_file(self, document_id: UUID) -> Json:
        """The sign-offs of a document with their public keys: what `fawen verify` verifies."""
        return await self._json(f"/review/documents/{document_id}/sign-offs/file")

    async def signing_keys(self) -> list[Json]:
        """The register of public keys, ended ones too."""
        return list(await self._any("/review/keys"))

    # What must be done

    async def inbox(self, **filters: str) -> Inbox:
        """What waits for one, the most urgent first."""
        return Inbox.model_validate(await self._json("/tasks/items", filters))

    async def claim(self, item_id: UUID) -> Item:
        """Take an item on."""
        return await self._post(f"/tasks/items/{item_id}/claim", Item)

    async def release(self, item_id: UUID) -> Item:
        """Give an item back to the office."""
        return await self._post(f"/tasks/items/{item_id}/release", Item)

    async def api_keys(self) -> list[Json]:
        """The API keys of one's unit, for an operator of all units."""
        return list(await self._any("/tasks/api-keys"))

    async def revoke_api_key(self, key_id: UUID | str, reason: str) -> Json:
        """A key that opens nothing any more, from now on and for good."""
        return await self._send("POST", f"/tasks/api-keys/{key_id}/revoke", json={"reason": reason})

    async def plan(self, document_id: UUID) -> Plan:
        """A plan with its tasks. Raises Problem (404) until they are made."""
        return await self._get(f"/tasks/plans/{document_id}", Plan)

    async def task(self, task_id: UUID) -> Json:
        """One task with its history, and what one may do."""
        return await self._json(f"/tasks/plan-tasks/{task_id}")

    async def progress(self, task_id: UUID, words: str, percent: int) -> Json:
        """Report how a task is going."""
        return await self._send(
            "POST", f"/tasks/plan-tasks/{task_id}/progress", json={"words": words, "percent": percent}
        )

    async def propose_done(self, task_id: UUID, words: str) -> Json:
        """Say that a task is done."""
        return await self._send("POST", f"/tasks/plan-tasks/{task_id}/completion", json={"words": words})

    async def accept_done(self, task_id: UUID, words: str) -> Json:
        """Close a task that was said to be done."""
        body = {"decision": "accept", "words": words}
        return await self._send("POST", f"/tasks/plan-tasks/{task_id}/acceptance", json=body)

    # What goes out

    async def publications(self, **filters: str) -> list[Publication]:
        """The gazette, newest first."""
        found = await self._json("/notify/publications", filters)
        return [Publication.model_validate(item) for item in found["items"]]

    # Carrying it

    async def _get(self, path: str, form: type[R]) -> R:
        return form.model_validate(await self._json(path))

    async def _json(self, path: str, query: Mapping[str, Any] | None = None) -> Json:
        found: Json = await self._any(path, query)
        return found

    async def _any(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        return _read(await self._http.get(path, params=query))

    async def _post(self, path: str, form: type[R], *, key: str | None = None, **content: Any) -> R:
        return form.model_validate(await self._send("POST", path, key=key, **content))

    async def _send(self, method: str, path: str, *, key: str | None = None, **content: Any) -> Json:
        headers = {"Idempotency-Key": key or str(uuid4())}
        answer: Json = _read(await self._http.request(method, path, headers=headers, **content))
        return answer


def _read(response: httpx.Response) -> Any:
    if response.is_success:
        return response.json() if response.content else {}
    try:
        body = response.json()
    except ValueError:
        body = {"code": "http.error", "detail": f"HTTP {response.status_code}"}
    raise Problem(response.status_code, body)
