"""Files that come with a comment: how many, how large, and under which name they may be kept. None is ever opened."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from services.kernel.contracts.refusals import Invalid, Words

MOST_FILES = 10
MOST_BYTES_EACH = 10 * 1024 * 1024
MOST_BYTES = 20 * 1024 * 1024
LONGEST_NAME = 120
UNKNOWN_TYPE = "application/octet-stream"
MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")
UNSAFE = re.compile(r"[\x00-\x1f\x7f\"*:<>?|\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


@dataclass(frozen=True, slots=True)
class Attached:
    """A file as it came: its name, what it is said to be, its bytes."""

    name: str
    media_type: str
    content: bytes


class TooManyFiles(Invalid):
    """More files than a comment may bring."""

    code = "comment.attachments_count"
    title = Words("附件太多", "Too many attachments")
    remedy = Words(f"最多{MOST_FILES}个附件。", f"At most {MOST_FILES} attachments.")


class FilesTooLarge(Invalid):
    """A file, or all of them together, over the limit."""

    code = "comment.attachments_size"
    status = 413
    title = Words("附件太大", "The attachments are too large")
    remedy = Words(
        f"每个附件最多{MOST_BYTES_EACH // 1048576}MB，合计最多{MOST_BYTES // 1048576}MB。",
        f"At most {MOST_BYTES_EACH // 1048576} MB each and {MOST_BYTES // 1048576} MB together.",
    )


def check_attached(files: Sequence[Attached]) -> None:
    """Nothing, or TooManyFiles, FilesTooLarge."""
    if len(files) > MOST_FILES:
        raise TooManyFiles(field="attachments")
    if sum(len(file.content) for file in files) > MOST_BYTES:
        raise FilesTooLarge(field="attachments")
    for file in files:
        if len(file.content) > MOST_BYTES_EACH:
            raise FilesTooLarge(field="attachments")


def safe_name(name: str, position: int) -> str:
    """A name that is one part of a path on every system, shows its own ending and is not endless."""
    plain = UNSAFE.sub("", unicodedata.normalize("NFC", name.replace("\\", "/")))
    last = PurePosixPath(plain).name.strip(". ")
    if not last:
        return f"{position}.bin"
    ending = PurePosixPath(last).suffix[:16]
    return last if len(last) <= LONGEST_NAME else last[: LONGEST_NAME - len(ending)] + ending


def safe_type(media_type: str) -> str:
    """What a file is said to be, where that is a media type at all."""
    said = media_type.strip().lower()
    return said if MEDIA_TYPE.fullmatch(said) else UNKNOWN_TYPE
