"""Content-addressed store: texts and files lie under their SHA-256, are written once and never changed."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, ObjectStore, from_url

from services.kernel.contracts.refusals import NotFound, Words


class Blobs:
    """Bytes by hash, over a local folder or any S3-compatible store."""

    def __init__(self, store: ObjectStore, room: str = "") -> None:
        self._store, self._room = store, room

    @classmethod
    def at(cls, address: str) -> Blobs:
        """The store at a folder (made if missing) or at an address such as s3://bucket/prefix."""
        if "://" in address:
            return cls(from_url(address))
        folder = Path(address)
        folder.mkdir(parents=True, exist_ok=True)
        return cls(LocalStore(folder))

    def room(self, name: str) -> Blobs:
        """A part of the store whose owner alone keeps bytes in it, and so may delete them."""
        return Blobs(self._store, f"{self._room}{name}/")

    async def put(self, data: bytes) -> str:
        """Keep `data`; the answer is its SHA-256 in hex. Keeping the same bytes again changes nothing."""
        digest = hashlib.sha256(data).hexdigest()
        with contextlib.suppress(AlreadyExistsError):
            await obstore.put_async(self._store, self._path(digest), data, mode="create")
        return digest

    async def get(self, digest: str) -> bytes:
        """The bytes under `digest`. Raises NotFound; raises ValueError when the stored bytes have another hash."""
        try:
            result = await obstore.get_async(self._store, self._path(digest))
            data = bytes(await result.bytes_async())
        except FileNotFoundError as missing:
            raise NotFound(Words(f"没有这份文件：{digest}", f"No file under {digest}")) from missing
        if hashlib.sha256(data).hexdigest() != digest:
            raise ValueError(f"stored bytes do not match their hash {digest}")
        return data

    async def text(self, digest: str) -> str:
        """The UTF-8 text under `digest`."""
        return (await self.get(digest)).decode("utf-8")

    async def delete(self, digest: str) -> None:
        """Let go of bytes that nobody refers to; that they are gone already is no fault."""
        with contextlib.suppress(FileNotFoundError):
            await obstore.delete_async(self._store, self._path(digest))

    def _path(self, digest: str) -> str:
        return f"{self._room}{digest[:2]}/{digest[2:4]}/{digest}"
