"""A mail as it was read: the headers that matter, the words, the files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file that came with a mail: what its author called it, what the mail says that it is, its bytes."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ReadMail:
    """A mail as it was read. Everything here was written by a stranger."""

    subject: str
    from_name: str
    from_address: str
    message_id: str
    auto_submitted: str
    precedence: str
    listed: bool
    suppressed: bool
    results: tuple[str, ...]
    report: bool
    text: str
    files: tuple[MailFile, ...]
