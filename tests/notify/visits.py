"""How the tests visit notify: as a browser, as a signed-in person, as a program with a key."""

from __future__ import annotations

import re

import httpx

from services.kernel.runtime import directory
from services.kernel.runtime.db import Connection

BROWSER = {"accept": "text/html,application/xhtml+xml"}
ENGLISH = {**BROWSER, "accept-language": "en"}


async def sign_in(client: httpx.AsyncClient, person_id: str = "gu-nianci", unit_id: str = "gov-office") -> None:
    """Use the sign-in page as a person would."""
    answer = await client.post("/sign-in", data={"person_id": person_id, "unit_id": unit_id})
    assert answer.status_code == 303


async def key_for(owner: Connection, person_id: str = "gu-nianci", unit_id: str = "gov-office") -> dict[str, str]:
    """The header of a fresh API key."""
    made = await directory.create_key(owner, unit_id=unit_id, person_id=person_id, label="测试")
    return {"Authorization": f"Bearer {made.secret}"}


async def see(client: httpx.AsyncClient, path: str, headers: dict[str, str] = BROWSER) -> str:
    """The page at `path`, which must be there."""
    answer = await client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text


def hidden_fields(page: str) -> dict[str, str]:
    """What a form carries besides what a person fills in."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
