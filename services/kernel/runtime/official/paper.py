"""What an official paper consists of, whatever file it becomes (GB/T 9704—2012, part 7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Form(StrEnum):
    """How a paragraph is set: a heading of the first level (黑体), of the second (楷体), text, or words quoted."""

    HEADING = "heading"
    SUBHEADING = "subheading"
    TEXT = "text"
    QUOTE = "quote"


class Paragraph(BaseModel):
    """One paragraph of the body. What no file can hold is replaced by U+FFFD."""

    model_config = ConfigDict(frozen=True)

    form: Form
    words: str

    @field_validator("words")
    @classmethod
    def _writable(cls, words: str) -> str:
        return writable(words)


class Paper(BaseModel):
    """An official paper: 标题, 发文字号, 主送, 正文, 落款. `foot` stands small at the end, such as where it comes from."""

    model_config = ConfigDict(frozen=True)

    title: str
    number: str = ""
    to: str = ""
    body: tuple[Paragraph, ...]
    signed_by: str = ""
    signed_on: date | None = None
    foot: tuple[str, ...] = ()

    @field_validator("title", "number", "to", "signed_by")
    @classmethod
    def _writable(cls, words: str) -> str:
        return writable(words)

    @property
    def day(self) -> str:
        """The day as official papers write it, in full and without zeros in front."""
        day = self.signed_on
        return f"{day.year}年{day.month}月{day.day}日" if day else ""

    def as_data(self) -> dict[str, Any]:
        """Plain JSON for the typesetter, with the day in words."""
        return {**self.model_dump(mode="json"), "day": self.day, "foot": [writable(line) for line in self.foot]}


def writable(words: str) -> str:
    """The words without what XML and PDF cannot hold."""
    return UNWRITABLE.sub("\ufffd", words)


def paragraphs(form: Form, words: str) -> Iterator[Paragraph]:
    """Words as people wrote them, a paragraph for each line that is not blank."""
    for line in words.splitlines():
        if line.strip():
            yield Paragraph(form=form, words=line.strip())
