"""The normalised text: the one form that hashes and offsets refer to, and keys for comparing only.

Official text is never corrected here. What changes is only what no reader can see: line ends, byte
order marks, composed characters, blanks at the ends of lines.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import cache

import opencc

_NEWLINES = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE = re.compile(r"[\ufeff\u200b]")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BLANK = re.compile(r"\s+")

_WIDE = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_SIGNS = {
    **{ord(c): "-" for c in "—–―−‐‑─~〜～－"},
    **{ord(c): " " for c in "\u00a0\u2002\u2003\u2009\u3000\t"},
    **{ord(c): "〔" for c in "﹝［【"},
    **{ord(c): "〕" for c in "﹞］】"},
    **{ord(c): "〇" for c in "○◯"},
    ord("﹕"): ":",
    ord("︰"): ":",
    ord("﹙"): "(",
    ord("﹚"): ")",
    ord("｡"): "。",
}
_SHADOW = {**_WIDE, **_SIGNS}
_KEY = {**{ord(c): "〔" for c in "[(（"}, **{ord(c): "〕" for c in "])）"}}


def normalise(raw: str) -> str:
    """The text as it is recorded: same words, canonical bytes. Idempotent."""
    text = _INVISIBLE.sub("", _NEWLINES.sub("\n", raw))
    text = unicodedata.normalize("NFC", text)
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def printable(text: str) -> str:
    """The text without the characters that no XML may hold, such as bells and halves of pairs."""
    return _UNPRINTABLE.sub("", text)


def text_hash(text: str) -> str:
    """SHA-256 of the UTF-8 bytes, in hex; lone surrogates cannot occur in a text that was read."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def simplified(text: str) -> str:
    """Traditional characters made simple, one for one: the length never changes."""
    if text.isascii():
        return text
    try:
        whole: str = _converter().convert(text)
    except UnicodeEncodeError:
        return text
    if len(whole) == len(text):
        return whole
    return "".join(_one(char) for char in text)


def _one(char: str) -> str:
    converted: str = _converter().convert(char)
    return converted if len(converted) == 1 else char


def shadow(text: str) -> str:
    """The same text for patterns to read: simplified, half width, of exactly the same length."""
    return simplified(text.translate(_SHADOW))


def key(text: str) -> str:
    """Equal for two writings of one name: script, width, brackets, dashes and blanks set aside."""
    plain = _BLANK.sub("", shadow(unicodedata.normalize("NFKC", text)))
    return re.sub("-+", "-", plain.translate(_KEY)).strip("。,;:、")
