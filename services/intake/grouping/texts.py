"""Two opinions by themselves: what is compared, how similar they are, and when one says the opposite of the other."""

from __future__ import annotations

import re
import unicodedata

# The share of character pairs in common from which two opinions are taken to say the same.
ALIKE = 0.5
# Texts that differ by a negation and hardly by anything else are kept apart, however alike they look.
NEAR_LENGTH = 6
SHORT = 20
NEGATION = re.compile(r"[不没沒未无無勿非别別莫否反拒]|\b(?:not|no|never)\b|n't")
NO_WORD = re.compile(r"[\W_]+")


def plain(body: str) -> str:
    """Width and case set aside."""
    return unicodedata.normalize("NFKC", body).casefold()


def words_of(text: str) -> str:
    """A plain text without punctuation and blanks; one that has nothing else stays as it is."""
    return NO_WORD.sub("", text) or text


def normalised(body: str) -> str:
    """What of a comment is compared: its letters and numbers, in one width and one case."""
    return words_of(plain(body))


def pairs_of(body: str) -> frozenset[str]:
    """The pairs of neighbouring characters; a single character stands for itself."""
    text = normalised(body)
    return frozenset(text[at : at + 2] for at in range(max(len(text) - 1, 1)))


def similarity(one: str, other: str) -> float:
    """The share of character pairs that two opinions have in common, from 0 to 1 (Jaccard)."""
    ours, theirs = pairs_of(one), pairs_of(other)
    return len(ours & theirs) / len(ours | theirs)


def negations(text: str) -> int:
    """How often a plain text says no."""
    return len(NEGATION.findall(text))


def opposed(one: str, other: str) -> bool:
    """Whether the difference of two opinions is, by all appearance, a negation: "同意" and "不同意"."""
    ours, theirs = plain(one), plain(other)
    if negations(ours) == negations(theirs):
        return False
    lengths = len(words_of(ours)), len(words_of(theirs))
    return abs(lengths[0] - lengths[1]) <= NEAR_LENGTH or max(lengths) <= SHORT


def alike(one: str, other: str) -> bool:
    """Whether two opinions may stand in one group by their words."""
    return similarity(one, other) >= ALIKE and not opposed(one, other)
