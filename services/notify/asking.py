"""What the routes stand on: the open context, and refusals that name their article."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from services.kernel.contracts.refusals import Refused
from services.kernel.procedure.rules import RuleBook, UnknownRule
from services.kernel.runtime import auth, language
from services.kernel.runtime.process import Context
from services.kernel.text import search
from services.notify.domain import NoSuchPublication
from services.notify.store import publications
from services.notify.store.publications import Found, Publication, Question

PAGE_SIZE = 20
NAME = r"^[\w-]*$"
Q = Annotated[str, Query(max_length=100, description="Words of the title or the body, or a number")]
NumberQ = Annotated[
    str, Query(max_length=60, description="发文字号 or a part of it; [] () 〔〕, 号 and 號 are the same")
]
Unit = Annotated[str, Query(max_length=60, pattern=NAME, description="Id of the issuing unit")]
Kind = Annotated[
    str, Query(max_length=40, pattern=NAME, description="NORMATIVE, MAJOR_DECISION, WORK_PLAN or ANNUAL_REPORT")
]
Code = Annotated[str, Query(max_length=40, pattern=NAME, description="机关代字")]
Year = Annotated[int | None, Query(ge=1949, le=9999, description="Year of publication in the office's time zone")]
After = Annotated[UUID | None, Query(description="Id of the last one already seen")]


def context_of(request: Request) -> Context:
    """What the app stands on."""
    context: Context = request.app.state.context
    return context


@contextmanager
def citing(book: RuleBook) -> Iterator[None]:
    """Within the block, a refusal that rests on a rule also names its article, in the reader's language."""
    try:
        yield
    except Refused as refused:
        if refused.article is None and refused.rule_id is not None:
            refused.article = article(book, refused.rule_id)
        raise


def article(book: RuleBook, rule_id: str) -> str | None:
    """The citation of a rule in the reader's language; None where the book does not hold the rule."""
    try:
        return book.rule(rule_id).article.of(language.current())
    except UnknownRule:
        return None


def question_of(q: str, number: str, unit: str, kind: str, year: int | None) -> Question:
    """What is asked, folded as the texts are."""
    folded = search.fold(q)
    return Question(folded, search.query(folded), search.fold(number), unit or None, kind or None, year)


def page_of(found: list[Found]) -> tuple[list[Found], UUID | None]:
    """The results of one page, and from where the next goes on."""
    shown = found[:PAGE_SIZE]
    return shown, shown[-1].publication.id if len(found) > PAGE_SIZE else None


async def published(request: Request, publication_id: UUID) -> Publication:
    """The publication of that id. Raises NoSuchPublication."""
    async with auth.database(request).read() as conn:
        found = await publications.find_publication(conn, publication_id)
    if found is None:
        raise NoSuchPublication(field="publication_id")
    return found
