"""The materials handed in with a text: a list in the content store, under the hash that every round names."""

from __future__ import annotations

import json

from pydantic import BaseModel, ConfigDict

from services.kernel.contracts.refusals import NotFound
from services.kernel.runtime.blobs import Blobs


class Material(BaseModel):
    """One of the materials handed in with a text."""

    model_config = ConfigDict(frozen=True)

    role: str
    name: str
    file_hash: str


async def materials_of(blobs: Blobs, materials_hash: str) -> list[Material]:
    """The list behind `materials_hash`, where it lies in the content store: [[role, name, hash], ...]."""
    try:
        listed = json.loads(await blobs.get(materials_hash))
    except (NotFound, ValueError):
        return []
    if not isinstance(listed, list):
        return []
    entries = [entry for entry in listed if isinstance(entry, list) and len(entry) == 3]
    return [Material(role=str(role), name=str(name), file_hash=str(digest)) for role, name, digest in entries]
