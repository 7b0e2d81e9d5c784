"""Solving a proof of work, as the page's script does: counting until the hash is the one that was asked for."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

ANSWERED = ("algorithm", "challenge", "salt", "signature")


def solve(asked: Mapping[str, Any]) -> str:
    """The `proof` for a challenge of `GET /intake/windows/{id}/challenge`. Raises ValueError where there is none."""
    behind = hashlib.sha256(str(asked["salt"]).encode())
    for number in range(int(asked["maxnumber"]) + 1):
        tried = behind.copy()
        tried.update(str(number).encode())
        if tried.hexdigest() == asked["challenge"]:
            found = {name: asked[name] for name in ANSWERED} | {"number": number}
            return b64encode(json.dumps(found).encode()).decode()
    raise ValueError("no number solves this challenge")
