"""The texts of the demonstration, written for it."""

from __future__ import annotations

from importlib.resources import files


def text(name: str) -> str:
    """One of the texts by its file name."""
    return files(__name__).joinpath(name).read_text("utf-8")


def comments() -> list[tuple[str | None, str]]:
    """What the public writes: (clause or None, words)."""
    lines = (line.split("|", 1) for line in text("comments.txt").splitlines() if line)
    return [(clause or None, words) for clause, words in lines]
