"""The opinions table as it is sealed at publication: who was answered how, each opinion by the hash of its words."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any


def sealed(head: dict[str, Any], lines: Iterable[dict[str, Any]]) -> bytes:
    """The table as JSON, one object a line, the head first: the same table is the same bytes."""
    return b"".join(
        json.dumps(one, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
        for one in (head, *lines)
    )
