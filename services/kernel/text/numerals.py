"""Numbers as official documents write them: 二〇二六, 十二, 一百零三, 两, 12."""

from __future__ import annotations

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
CHARACTERS = "〇零一二两三四五六七八九十百千万"


def read_number(written: str) -> int | None:
    """The value of a written whole number; None where it is not one."""
    if written.isascii() and written.isdigit():
        return int(written)
    if not written or any(char not in CHARACTERS for char in written):
        return None
    if not any(char in _PLACES for char in written):
        return int("".join(str(DIGITS[char]) for char in written))
    return _read_places(written)


def _read_places(written: str) -> int:
    total = section = digit = 0
    for char in written:
        if char in DIGITS:
            digit = DIGITS[char]
        elif char == "万":
            total, section, digit = (total + section + digit) * 10_000, 0, 0
        else:
            # 十二 begins without a digit: the one is understood.
            section += (digit or 1) * _PLACES[char]
            digit = 0
    return total + section + digit
