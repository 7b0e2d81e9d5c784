"""Lines of answers on public pages: searched, filtered, a page at a time, however many there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Query

from services.intake.domain.answers import DISPOSITION_WORDS, Disposition
from services.intake.shown.lines import Row, Texts, row_of, texts_of
from services.intake.store import lines
from services.intake.store.windows import Window
from services.kernel.runtime import language
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection

PAGE = 50
# A page reads at most so many lines, however rare the words are; the next one goes on where it ended.
MOST_READ = 20_000


@dataclass(frozen=True)
class Wish:
    """Which lines somebody wants to see; empty is all of them."""

    q: str = ""
    disposition: str = ""
    clause: str = ""
    after: int = 0

    def address(self, after: int) -> str:
        """The query of the page that begins after that line."""
        given = {"q": self.q, "disposition": self.disposition, "clause": self.clause, "after": str(after)}
        return urlencode({name: value for name, value in given.items() if value and value != "0"})


def wish_of(
    q: Annotated[str, Query(max_length=100)] = "",
    disposition: Annotated[str, Query(max_length=20)] = "",
    clause: Annotated[str, Query(max_length=100)] = "",
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> Wish:
    """The wish in an address; what no line can have is no wish."""
    known = disposition if disposition in set(Disposition) else ""
    return Wish(q.replace("\x00", "").strip(), known, clause.replace("\x00", ""), after)


Wished = Annotated[Wish, Depends(wish_of)]


async def published_page(conn: Connection, blobs: Blobs, window: Window, wish: Wish) -> dict[str, Any]:
    """One page of the published lines, with all that the templates need of it."""
    found = await lines.published(
        conn,
        window.id,
        after=wish.after,
        disposition=wish.disposition or None,
        words=wish.q or None,
        about=wish.clause or None,
        limit=PAGE + 1,
        upto=wish.after + MOST_READ,
    )
    table = await lines.table_of(conn, window.id)
    texts = await texts_of(conn, blobs, window)
    page = found[:PAGE]
    rows = [(one.position, row_of(one.line, texts)) for one in page]
    further = wish.after + MOST_READ if table and wish.after + MOST_READ < table.lines else None
    return {
        "rows": [(place, row) for place, row in rows if _says(row, wish.q)],
        "wish": wish,
        "more": wish.address(place) if (place := page[-1].position if len(found) > PAGE else further) else None,
        "filters": filters_of(texts),
        "texts": texts,
    }


def _says(row: Row, words: str) -> bool:
    # What is covered cannot be found out by searching for it.
    wanted = words.lower()
    return any(wanted in text.lower() for text in (row.body, row.line.reason, row.line.name))


def filters_of(texts: Texts) -> dict[str, list[tuple[str, str]]]:
    """What one may choose by."""
    reader = language.current()
    return {
        "dispositions": [("", "—")]
        + [(kind.value, words.of(reader)) for kind, (words, _) in DISPOSITION_WORDS.items()],
        "clauses": [("", "—")] + [(one.anchor, one.number) for one in texts.clauses if one.number],
    }
