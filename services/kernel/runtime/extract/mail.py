"""A mail as its author meant it: the words, and every file as it came. Runs in the parsing process only."""

from __future__ import annotations

import base64
import codecs
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses
from typing import Any

from lxml import etree, html

MOST_HEADER_BYTES = 128 * 1024
MOST_PARTS, DEEPEST = 200, 20
CONTAINED = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "hz-gb-2312": "hz", "big5": "big5hkscs"}
# Codecs that are no character set, or that cost more than they read.
NO_CHARSET = frozenset(
    {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7", "mbcs", "oem"}
)
DROPPED = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "embed", "iframe", "svg"})
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
    ]
)
CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


class MailRefused(Exception):
    """`code` says why a mail cannot be read; the refusals of `runtime/mime.py` have the words."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def mail_content(data: bytes) -> dict[str, Any]:
    """The headers that matter, the text, and the files (base64) of a mail. Raises MailRefused."""
    if _header_end(data) > MOST_HEADER_BYTES:
        raise MailRefused("mail.headers")
    message = message_from_bytes(data, policy=policy.compat32)
    body = _Body()
    body.walk(message, depth=0, text_wanted=True)
    return {
        **_headers(message),
        "text": "\n\n".join(body.texts),
        "files": body.files,
        "report": message.get_content_type() == "multipart/report",
    }


def _header_end(data: bytes) -> int:
    ends = [at for mark in (b"\r\n\r\n", b"\n\n") if (at := data.find(mark)) >= 0]
    return min(ends, default=len(data))


def _headers(message: Message) -> dict[str, Any]:
    senders = [(name, address) for name, address in getaddresses([_first(message, "From")]) if "@" in address]
    name, address = senders[0] if len(senders) == 1 else ("", "")
    return {
        "subject": words(_first(message, "Subject")),
        "from_name": words(name),
        "from_address": CONTROLS.sub("", address),
        "message_id": CONTROLS.sub("", _first(message, "Message-ID")).strip(),
        "auto_submitted": _keyword(_first(message, "Auto-Submitted")),
        "precedence": _keyword(_first(message, "Precedence")),
        "listed": any(key.lower().startswith("list-") for key, _ in message.raw_items()),
        "suppressed": bool(_first(message, "X-Auto-Response-Suppress")),
        "results": [_readable(value) for value in _all(message, "Authentication-Results")],
    }


def _keyword(header: str) -> str:
    """The word that a header says, without its parameters and comments."""
    return re.split(r"[;(\s]", header.strip(), maxsplit=1)[0].lower()


def _all(message: Message, name: str) -> Iterator[Any]:
    return (value for key, value in message.raw_items() if key.lower() == name.lower())


def _first(message: Message, name: str) -> str:
    return next((_readable(value) for value in _all(message, name)), "")


def _readable(value: Any) -> str:
    """A raw header on one line. Old programs send eight bits there, in the character set of their country."""
    raw = re.sub(r"\r?\n[ \t]*", " ", str(value)).encode("utf-8", "surrogateescape")
    for charset in ("utf-8", "gb18030"):
        try:
            return raw.decode(charset)
        except UnicodeDecodeError:
            continue
    return raw.decode("ascii", "replace")


def words(header: str) -> str:
    """A header with its encoded words decoded (RFC 2047), without control characters."""
    try:
        pieces = decode_header(header) if "=?" in header else [(header, None)]
    except HeaderParseError:
        pieces = [(header, None)]
    return CONTROLS.sub(" ", "".join(_piece(*piece) for piece in pieces)).strip()


def _piece(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    if charset is None:
        return piece.decode("raw-unicode-escape", "replace")
    try:
        return decoded(piece, charset)
    except MailRefused:
        return piece.decode("ascii", "replace")


class _Body:
    """What was found so far, counted."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.files: list[dict[str, str]] = []
        self._parts = 0

    def walk(self, part: Message, *, depth: int, text_wanted: bool) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS or depth > DEEPEST:
            raise MailRefused("mail.parts")
        children = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(children, list):
            inner = [child for child in children if isinstance(child, Message)]
            self._walk_all(part, inner, depth=depth + 1, text_wanted=text_wanted)
        elif not _is_words(part):
            self._keep(part)
        elif text_wanted and (text := _text(part)).strip():
            self.texts.append(text)

    def _walk_all(self, part: Message, children: list[Message], *, depth: int, text_wanted: bool) -> None:
        """Of alternatives one is read, the plain one first; files are kept from all of them."""
        chosen = _best(children) if part.get_content_type() == "multipart/alternative" else None
        for child in children:
            self.walk(child, depth=depth, text_wanted=text_wanted and (chosen is None or child is chosen))

    def _keep(self, part: Message) -> None:
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            content = b"\r\n".join(inner.as_bytes() for inner in part.get_payload() if isinstance(inner, Message))
        if content:
            name = words(_readable(part.get_filename() or ""))
            kind = part.get_content_type()
            self.files.append({"name": name, "type": kind, "content": base64.b64encode(content).decode()})


def _is_words(part: Message) -> bool:
    kind = part.get_content_type()
    attached = part.get_content_disposition() == "attachment" or part.get_filename() is not None
    return kind in ("text/plain", "text/html") and not attached


def _best(children: list[Message]) -> Message | None:
    """The plain text where it says something, else the last that has words: the richest."""
    for child in children:
        if child.get_content_type() == "text/plain" and _is_words(child) and _text(child).strip():
            return child
    return next((child for child in reversed(children) if child.is_multipart() or _is_words(child)), None)


def _text(part: Message) -> str:
    content = part.get_payload(decode=True)
    text = decoded(content if isinstance(content, bytes) else b"", str(part.get_content_charset() or ""))
    return html_words(text) if part.get_content_subtype() == "html" else text


def decoded(content: bytes, charset: str) -> str:
    """Bytes as text: in the declared character set, else as UTF-8 or GB18030; never mended. Raises MailRefused."""
    for name in (CONTAINED.get(charset.lower(), charset), charset, "utf-8-sig", "gb18030"):
        try:
            known = codecs.lookup(name).name
            if known not in NO_CHARSET:
                return content.decode("utf-8-sig" if known == "utf-8" else known)
        except (LookupError, UnicodeError, ValueError):
            continue
    raise MailRefused("mail.charset")


def html_words(text: str) -> str:
    """The words of an HTML mail, nothing that runs or is fetched. All that its author could see is kept."""
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    page = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text)
    if not page.strip():
        return ""
    try:
        root = html.document_fromstring(page, parser=parser)
    except etree.ParserError:
        return ""
    lines = _lines(root)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(re.sub(r"[ \t\xa0]+", " ", line).strip() for line in lines)).strip()


def _lines(root: Any) -> list[str]:
    walker = etree.iterwalk(root, events=("start", "end"))
    lines = [""]
    for event, element in walker:
        tag = element.tag if isinstance(element.tag, str) else ""
        if (tag == "br" and event == "start") or (tag in BLOCKS and lines[-1]):
            lines.append("")
        if event == "end":
            lines[-1] += _flat(element.tail)
        elif not tag or tag in DROPPED:
            walker.skip_subtree()
        else:
            lines[-1] += ("\t" if tag in ("td", "th") and lines[-1] else "") + _flat(element.text)
    return lines


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")
