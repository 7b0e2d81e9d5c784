"""Files that come with a comment: how many, how large, and under which name they may be kept. None is ever opened."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from services.kernel.contracts.refusals import Invalid, NotFound, Words

MOST_FILES = 10
MOST_BYTES_EACH = 10 * 1024 * 1024
MOST_BYTES = 20 * 1024 * 1024
LONGEST_NAME = 120
UNKNOWN_TYPE = "application/octet-stream"
MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")
UNSAFE = re.compile(r"[\x00-\x1f\x7f\"*:<>?|\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How many files, how large each and all together."""

    most: int = MOST_FILES
    bytes_each: int = MOST_BYTES_EACH
    bytes_together: int = MOST_BYTES


ORDINARY = FileLimits()


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
    remedy = Words("请减少附件再提交。", "Send fewer attachments.")


class FilesTooLarge(Invalid):
    """A file, or all of them together, over the limit."""

    code = "comment.attachments_size"
    status = 413
    title = Words("附件太大", "The attachments are too large")
    remedy = Words("请缩小附件再提交。", "Send smaller attachments.")


class FileUnknown(NotFound):
    """No such file, or not for this reader."""

    code = "comment.attachment_not_found"
    title = Words("没有这个附件", "No such attachment")


def check_attached(files: Sequence[Attached], limits: FileLimits = ORDINARY) -> None:
    """Nothing, or TooManyFiles, FilesTooLarge."""
    if len(files) > limits.most:
        raise TooManyFiles(
            Words(f"最多{limits.most}个附件。", f"At most {limits.most} attachments."), field="attachments"
        )
    sizes = [len(file.content) for file in files]
    if sum(sizes) > limits.bytes_together or any(size > limits.bytes_each for size in sizes):
        each, together = limits.bytes_each / 1048576, limits.bytes_together / 1048576
        raise FilesTooLarge(
            Words(
                f"每个附件最多{each:g}MB，合计最多{together:g}MB。",
                f"At most {each:g} MB each and {together:g} MB together.",
            ),
            field="attachments",
        )


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
