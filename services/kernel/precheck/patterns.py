"""Forbidden content: patterns over sentences, kept as data with their articles and examples."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, cached_property

from services.kernel.contracts.refusals import Words
from services.kernel.precheck.findings import Finding, Weight
from services.kernel.precheck.sentences import Sentence
from services.kernel.procedure.law import Citation, Frozen
from services.kernel.procedure.overlays import packaged, read_yaml, with_citation

# A sentence names its basis when it points to a text of a legislator, or to the law as a whole with its article.
_BASIS = re.compile(r"(?:依照|依据|根据|按照|符合)[^。;]{0,40}《[^》]{2,60}(?:法|条例|规定|办法|决定)(?:\([^)]*\))?》")


class Pattern(Frozen):
    """One check. `find` finds it, `unless` takes it back, `based` takes back what names its basis in law."""

    code: str
    weight: Weight
    citation: Citation
    verified: str
    words: Words
    remedy: Words
    find: tuple[str, ...]
    unless: tuple[str, ...] = ()
    based: bool = False
    hits: tuple[str, ...]
    misses: tuple[str, ...]

    @cached_property
    def _found(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{one})" for one in self.find))

    @cached_property
    def _taken_back(self) -> re.Pattern[str] | None:
        return re.compile("|".join(f"(?:{one})" for one in self.unless)) if self.unless else None

    def match(self, plain: str) -> re.Match[str] | None:
        """What this check finds in the shadow of a sentence, or None."""
        found = self._found.search(plain)
        if found is None or (self._taken_back is not None and self._taken_back.search(plain)):
            return None
        return None if self.based and _BASIS.search(plain) else found


@cache
def patterns() -> Mapping[str, Pattern]:
    """Every check by its code, in the order of the file."""
    instruments = read_yaml(packaged("instruments.yaml"))
    entries = read_yaml(packaged("precheck.yaml"))
    return {
        name: Pattern(code=f"precheck.{name}", **with_citation(entry, instruments)) for name, entry in entries.items()
    }


def forbidden(sentence: Sentence) -> Iterator[Finding]:
    """What one sentence holds that the rules speak against."""
    for pattern in patterns().values():
        found = pattern.match(sentence.plain)
        if found is None:
            continue
        yield Finding(
            code=pattern.code,
            weight=pattern.weight,
            clause=sentence.clause.anchor,
            number=sentence.clause.number or "",
            sentence=sentence.printed,
            sentence_start=sentence.start,
            start=sentence.start + found.start(),
            end=sentence.start + found.end(),
            words=pattern.words,
            remedy=pattern.remedy,
            article=Words(pattern.citation.words("zh"), pattern.citation.words("en")),
            verified=pattern.verified,
        )
