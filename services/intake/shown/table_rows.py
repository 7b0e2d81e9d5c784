"""What the opinions table holds: its lines as they stand or as they were published, and the facts in its head."""

from __future__ import annotations

from collections.abc import Iterator

from services.intake.domain.answers import TableTooLong
from services.intake.shown.lines import Row, row_of, texts_of
from services.intake.store import answers, comments, lines
from services.intake.store.windows import Window
from services.kernel.contracts.refusals import Words
from services.kernel.runtime import language
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection

MOST_LINES = {"docx": 5_000, "xlsx": 50_000, "csv": 100_000}


async def rows_of(
    conn: Connection, blobs: Blobs, window: Window, *, most: int, whole: bool = True
) -> Iterator[tuple[int, Row]]:
    """Every line of a window's table with its place, put into words as it is asked for: outside the loop, one by one.

    Where there are more than `most`, raises TableTooLong; with `whole` false the lines of the largest groups are given.
    """
    texts = await texts_of(conn, blobs, window)
    if window.answers_published_at is not None:
        found = [one.line for one in await lines.published(conn, window.id, limit=most + 1)]
    else:
        found = await lines.live(conn, window.id, limit=most + 1)
    if whole and len(found) > most:
        raise TableTooLong(most)
    return ((place, row_of(line, texts)) for place, line in enumerate(found[:most], 1))


async def facts_of(conn: Connection, window: Window) -> list[str]:
    """How many came and how they were answered, and the text that they are about, in the reader's language."""
    counts, tally = await comments.counts_of(conn, window.id), await answers.tally(conn, window.id)
    reader = language.current()
    return [
        Words(
            f"收到意见{counts.received}条，其中撤回{counts.withdrawn}条；已答复{tally.answered}条："
            f"采纳{tally.adopted}条，部分采纳{tally.partly}条，未采纳{tally.not_adopted}条。",
            f"{counts.received} received, {counts.withdrawn} withdrawn; {tally.answered} answered: {tally.adopted} "
            f"adopted, {tally.partly} partly, {tally.not_adopted} not adopted.",
        ).of(reader),
        Words(f"征求意见的文本（第{window.version}稿）：{window.text_hash}", f"Text commented on: {window.text_hash}").of(reader),
    ]  # fmt: skip
