"""The parsing process: reads one file after another from its input, under limits, and answers.

Run as `python -m services.kernel.runtime.extract`; ends when its input closes.
"""

from __future__ import annotations

import json
import resource
import struct
import sys
from typing import IO, NamedTuple

_FRAME = struct.Struct(">I")
_MEMORY = 1024 * 1024 * 1024
_CPU_SECONDS = 30


class Extracted(NamedTuple):
    """A text and its pages, or the code of a refusal."""

    text: str = ""
    pages: int | None = None
    refusal: str | None = None


def extract(media_type: str, data: bytes) -> Extracted:
    """The text of one file. Libraries are loaded when the first file of their kind comes."""
    if media_type == "application/pdf":
        from services.kernel.runtime.extract.pdf import pdf_text

        return Extracted(*pdf_text(data))
    if media_type == "text/html":
        from services.kernel.runtime.extract.html import html_text

        return Extracted(html_text(data))
    if media_type == "message/rfc822":
        from services.kernel.runtime.extract.mail import MailRefused, mail_content

        try:
            return Extracted(json.dumps(mail_content(data)))
        except MailRefused as refused:
            return Extracted(refusal=refused.code)
    kind, _, sheet = media_type.partition(";")
    if kind.endswith("spreadsheetml.sheet"):
        from services.kernel.runtime.extract.xlsx import xlsx_rows

        rows, turned_down = xlsx_rows(data, sheet)
        return Extracted(rows, None, turned_down)
    from services.kernel.runtime.extract.docx import docx_text

    text, refusal = docx_text(data)
    return Extracted(text, None, refusal)


def main() -> None:
    """Serve until the input closes."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, answers = sys.stdin.buffer, sys.stdout.buffer
    # What a library prints must not stand between the answers.
    sys.stdout = sys.stderr
    while (kind := _frame(source)) is not None and (data := _frame(source)) is not None:
        _limit_cpu()
        body = json.dumps(_safely(kind.decode(), data)._asdict()).encode()
        answers.write(_FRAME.pack(len(body)) + body)
        answers.flush()


def _safely(media_type: str, data: bytes) -> Extracted:
    try:
        return extract(media_type, data)
    except (Exception, RecursionError):
        # Whatever a parser raises means the same to the sender.
        return Extracted(refusal="file.unreadable")


def _limit_cpu() -> None:
    """Seconds for this file, on top of what the process has used: it serves many."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + _CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _frame(source: IO[bytes]) -> bytes | None:
    head = source.read(_FRAME.size)
    if len(head) < _FRAME.size:
        return None
    (length,) = _FRAME.unpack(head)
    body = source.read(length)
    return body if len(body) == length else None


if __name__ == "__main__":
    main()
