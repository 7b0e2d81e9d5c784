"""Names of persons: where the surname ends, and a name of which only the surname is told."""

from __future__ import annotations

COMPOUND = "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|令狐|夏侯|端木|百里|呼延|南宫|西门|独孤|宇文|长孙"
_COMPOUND = frozenset(COMPOUND.split("|"))


def surname(name: str) -> str:
    """The surname of a Chinese name: two characters where a compound surname leaves a given name, else the first."""
    return name[:2] if len(name) > 2 and name[:2] in _COMPOUND else name[:1]


def surname_only(name: str) -> str:
    """A name as it is announced when its owner does not want to be named: 欧阳澄 is 欧阳某."""
    return f"{surname(name)}某"
