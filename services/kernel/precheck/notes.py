"""The checks of form: their words, articles and weights, as data; what finds them is code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from services.kernel.contracts.refusals import Words
from services.kernel.precheck.findings import Finding, Weight
from services.kernel.precheck.sentences import Sentence
from services.kernel.procedure.law import Citation, Frozen
from services.kernel.procedure.overlays import packaged, read_yaml, with_citation


class Note(Frozen):
    """What is said when a check of form finds something."""

    code: str
    weight: Weight
    citation: Citation
    verified: str
    words: Words
    remedy: Words

    def at(self, sentence: Sentence, start: int, end: int, *, detail: Words | None = None) -> Finding:
        """This note about the words from `start` to `end` of the text, within that sentence."""
        return self._finding(
            detail,
            clause=sentence.clause.anchor,
            number=sentence.clause.number or "",
            sentence=sentence.printed,
            sentence_start=sentence.start,
            start=start,
            end=end,
        )

    def on_the_whole(self, detail: Words | None = None) -> Finding:
        """This note about the text as a whole."""
        return self._finding(detail)

    def _finding(self, detail: Words | None, **where: str | int) -> Finding:
        words = self.words
        if detail is not None:
            words = Words(f"{words.zh}：{detail.zh}", f"{words.en}: {detail.en}")
        said = {"code": self.code, "weight": self.weight, "remedy": self.remedy, "verified": self.verified}
        article = Words(self.citation.words("zh"), self.citation.words("en"))
        return Finding.model_validate({**said, "words": words, "article": article, **where})


@cache
def notes() -> Mapping[str, Note]:
    """Every check of form by its name."""
    instruments = read_yaml(packaged("instruments.yaml"))
    entries = read_yaml(packaged("precheck_forms.yaml"))
    return {name: Note(code=f"precheck.{name}", **with_citation(entry, instruments)) for name, entry in entries.items()}
