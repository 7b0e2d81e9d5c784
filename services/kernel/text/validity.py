"""From when and until when a text says that it is in force."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from services.kernel.text.dates import days_in
from services.kernel.text.normal import shadow

_BEGINS = re.compile(r"自(?P<when>[^。;\n自]{2,40}?)起\s*(?:施行|实施|执行|生效|试行)")
_ENDS = re.compile(r"有效期(?:限)?(?:截止)?(?:为)?\s*(?:至|到)\s*(?P<day>[^。;,\n]{6,20})")
_CLAUSE = re.compile(r"[^。;\n]*有效期[^。;\n]*")
_AT_ONCE = re.compile(r"^(?:公布|发布|印发|颁布)之日$")


@dataclass(frozen=True)
class Term:
    """The days, where the text names them; `words` is the clause on validity as printed, or empty."""

    effective_on: date | None
    valid_to: date | None
    words: str


def read_term(text: str, *, published_on: date) -> Term:
    """What the last such clauses of `text` say, as the closing article repeats the notice at the head.

    A period without a day (有效期五年) is quoted, not computed: from which day it runs is for people to say.
    """
    plain = shadow(text)
    clause = _last(_CLAUSE, plain)
    return Term(
        _effective(plain, published_on), _valid_to(plain), text[clause.start() : clause.end()].strip() if clause else ""
    )


def _effective(plain: str, published_on: date) -> date | None:
    begins = _last(_BEGINS, plain)
    if begins is None:
        return None
    if _AT_ONCE.match(begins["when"].strip()):
        return published_on
    days = days_in(plain, begins.start("when"), begins.end("when") + 1)
    return days[-1].in_year(None) if days else None


def valid_to(text: str) -> date | None:
    """The last day on which the text says that it is in force, or None where it names none."""
    return _valid_to(shadow(text))


def _valid_to(plain: str) -> date | None:
    ends = _last(_ENDS, plain)
    days = days_in(plain, ends.start("day"), ends.end("day")) if ends else []
    return days[0].in_year(None) if days else None


def _last(pattern: re.Pattern[str], plain: str) -> re.Match[str] | None:
    found = list(pattern.finditer(plain))
    return found[-1] if found else None
