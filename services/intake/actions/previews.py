"""From an uploaded sheet to its confirmation: what was previewed is what is done, once, or nothing is."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import zlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.intake.domain.ids import uuid7
from services.intake.domain.sheets import PreviewUnknown
from services.intake.store import previews
from services.intake.store.previews import Preview
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection

Rows = list[list[str]]


@dataclass(frozen=True)
class Kept:
    """A sheet under its id, and the key without which its rows cannot be read."""

    id: UUID
    token: str
    content_hash: str


async def keep(
    tx: Connection, actor: Actor, window_id: UUID, kind: str, *, name: str, rows: Rows, revision: int = 0
) -> Kept:
    """Keep a sheet for its maker to confirm. It may hold names: it is sealed with a key that is not kept."""
    plain = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    kept = Kept(uuid7(), secrets.token_urlsafe(32), hashlib.sha256(plain).hexdigest())
    sealed = {"sealed": base64.b64encode(_with(kept.token, zlib.compress(plain, 1))).decode()}
    preview = Preview(
        id=kept.id, window_id=window_id, kind=kind, content_hash=kept.content_hash, name=name[:200] or "-",
        rows=sealed, revision=revision, made_by=actor.person_id, applied_at=None, outcome=None,
    )  # fmt: skip
    await previews.add(tx, preview)
    return kept


@dataclass(frozen=True)
class Opened:
    """A preview with its rows, or with what came of it when it was confirmed before."""

    preview: Preview
    rows: Rows
    outcome: dict[str, Any] | None


async def open_(tx: Connection, actor: Actor, window_id: UUID, kind: str, preview_id: UUID, token: str) -> Opened:
    """The sheet as it was previewed, locked until this transaction ends. Raises PreviewUnknown."""
    preview = await previews.find_locked(tx, preview_id, window_id, kind, actor.person_id)
    if preview is None:
        raise PreviewUnknown
    if preview.applied_at is not None or preview.rows is None:
        return Opened(preview, [], preview.outcome)
    try:
        plain = zlib.decompress(_with(token, base64.b64decode(preview.rows["sealed"])))
    except zlib.error as error:
        raise PreviewUnknown(field="token") from error
    if hashlib.sha256(plain).hexdigest() != preview.content_hash:
        raise PreviewUnknown(field="token")
    return Opened(preview, json.loads(plain), None)


def _with(token: str, data: bytes) -> bytes:
    """Data under a key that is used once: the stream of SHAKE-256 over it. Twice gives back what it was."""
    stream = hashlib.shake_256(b"fawen.preview\x00" + token.encode("utf-8", "replace")).digest(len(data))
    return (int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(data), "big")
