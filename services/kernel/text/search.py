"""Finding words in Chinese texts: pairs of characters as tokens, made here, matched by Postgres.

A word of two characters is then exact; longer ones are checked again on the folded text. Folding sets aside
script (號 or 号), width, kinds of brackets and blanks, in the text and in the question alike.
"""

from __future__ import annotations

from services.kernel.text.normal import key, shadow

TOKENS_AT_MOST = 100_000
"""A tsvector holds 1 MB: beyond this many different pairs, which no text of ours has, the rest is not indexed."""

AROUND = 24


def fold(text: str) -> str:
    """The form in which texts and questions are compared."""
    return key(text.replace("\x00", "")).casefold()


def tokens(folded: str) -> list[str]:
    """The different pairs of neighbouring characters, in order of appearance."""
    pairs = dict.fromkeys(folded[at : at + 2] for at in range(len(folded) - 1))
    return list(pairs)[:TOKENS_AT_MOST]


def query(folded: str) -> str:
    """The question as a tsquery of its pairs, all of them required; empty for less than two characters."""
    return " & ".join(_quoted(pair) for pair in tokens(folded))


def _quoted(pair: str) -> str:
    escaped = pair.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def excerpt(body: str, question: str) -> tuple[str, str, str] | None:
    """The first place where `body` has the question: before, the word itself, after. None where it is not found."""
    plain, wanted = shadow(body).lower(), shadow(question.strip()).lower()
    at = plain.find(wanted) if wanted else -1
    if at < 0:
        return None
    end = at + len(wanted)
    before = body[max(0, at - AROUND) : at].rpartition("\n")[2]
    return before, body[at:end], body[end : end + AROUND].partition("\n")[0]
