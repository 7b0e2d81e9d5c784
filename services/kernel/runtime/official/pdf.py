"""An official paper as PDF/A, typeset by typst. Words go in as data, never as source, so that none is read as markup."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import Final, Literal

import noto_cjk_sans_otc
import typst

from services.kernel.runtime.official.paper import Paper

TEMPLATE = Path(__file__).parent / "official.typ"
STANDARD: Final = "a-2b"


def as_pdf(paper: Paper, faces: Path | None = None) -> bytes:
    """The paper as PDF/A-2b; the same paper and the same typefaces, the same bytes. Call it in a thread.

    `faces` is a folder with the typefaces of official documents; without one all is set in Noto Sans CJK.
    """
    return typeset(
        TEMPLATE, {"paper": json.dumps(paper.as_data(), ensure_ascii=False)}, moment=_moment(paper), faces=faces
    )


def typeset(
    template: Path,
    inputs: dict[str, str],
    *,
    moment: datetime | None,
    faces: Path | None = None,
    standard: Literal["a-2b", "1.7"] = STANDARD,
) -> bytes:
    """A template with its data as PDF/A-2b. Without a moment the file names none.

    What holds pages of other PDFs is no PDF/A: its standard is 1.7.
    """
    return typst.compile(
        template,
        root=template.parent,
        font_paths=[folder for folder in (faces, _noto()) if folder is not None],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs=inputs,
        pdf_standards=standard,
        timestamp=moment,
    )


@cache
def _noto() -> Path:
    return Path(noto_cjk_sans_otc.__file__).parent


def _moment(paper: Paper) -> datetime:
    # Typst would name the moment of typesetting: another one each time.
    day = paper.signed_on
    return datetime.combine(day, time.min, tzinfo=UTC) if day else datetime(1980, 1, 1, tzinfo=UTC)
