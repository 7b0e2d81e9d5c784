"""Files of comments: kept before the comment is taken, collected where it never was. They lie in a room of their own."""

from __future__ import annotations

import hashlib

from services.intake.domain.attachments import Attached
from services.intake.store import attachments
from services.intake.store.attachments import Attachment
from services.kernel.contracts.refusals import NotFound
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database

ROOM = "comments"
# Longer than any request or delivery may take between keeping a file and taking its comment.
UNCLAIMED_HOURS = 24
AT_ONCE = 100


async def keep_file(db: Database, blobs: Blobs, file: Attached) -> Attachment:
    """Keep a file of a comment that may yet be refused; noted first, so that it is found again."""
    digest = hashlib.sha256(file.content).hexdigest()
    async with db.transaction() as tx:
        await attachments.note(tx, digest)
    await blobs.room(ROOM).put(file.content)
    return Attachment(name=file.name, content_hash=digest, size=len(file.content), media_type=file.media_type)


async def read_file(blobs: Blobs, digest: str) -> bytes:
    """The bytes of a comment's file; those from before there was a room lie among all others. Raises NotFound."""
    try:
        return await blobs.room(ROOM).get(digest)
    except NotFound:
        return await blobs.get(digest)


async def collect_files(db: Database, blobs: Blobs) -> int:
    """Delete the files that no comment claimed within a day; how many. Whoever keeps one of them again waits for this."""
    collected = 0
    while True:
        async with db.transaction() as tx:
            unclaimed = await attachments.unclaimed(tx, hours=UNCLAIMED_HOURS, limit=AT_ONCE)
            for digest in unclaimed:
                await blobs.room(ROOM).delete(digest)
            await attachments.forget(tx, unclaimed)
        collected += len(unclaimed)
        if len(unclaimed) < AT_ONCE:
            return collected
