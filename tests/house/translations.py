"""What pages ask to have translated, and what of it has no English form."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract_from_dir

from services.kernel.runtime.language import Catalogue


def sources(home: Path) -> set[str]:
    """Every source text that the templates and modules of a home ask to have translated."""
    method_map = [("templates/**.html", "jinja2"), ("templates/**.jinja", "jinja2"), ("**.py", "python")]
    options = {"**.html": {"silent": "false"}, "**.jinja": {"silent": "false"}}
    found = extract_from_dir(
        home, method_map, options_map=options, keywords={"_": None, "gettext": None, "ngettext": (1, 2)}
    )
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found if message}


def untranslated(home: Path, *others: Path) -> list[str]:
    """Source texts of `home` without an English form in its own catalogue or in those of `others`."""
    known = Catalogue.load([*others, home]).words
    return sorted(source for source in sources(home) if source not in known)
