"""`fawen keys` lists the API keys of one's unit; `fawen revoke-key` stops one at once."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from fawen.commands.place import As, Key, Place, Url, console, errors, place_of, run


def keys(url: Url = None, key: Key = None, person: As = None) -> None:
    """本单位的接口密钥（系统运行人员看到全部）。 The API keys of one's unit; of all units for an operator."""
    place = place_of(url, key, person)
    table = Table("密钥 key", "名称 label", "以谁的名义 in whose name", "最近使用 last used", "状态 state")
    for each in run(lambda: _keys(place)):
        who = f"{each['person_name']}（{each['unit_name']}）"
        table.add_row(f"fwn_{each['prefix']}", each["label"], who, each["last_used_at"] or "—", _state(each))
    console.print(table)


def revoke_key(
    prefix: Annotated[str, typer.Argument(help="密钥的开头，如 fwn_1a2b3c4d；给整个密钥也可以 its first characters")],
    reason: Annotated[str, typer.Option("--reason", help="撤销的理由 why")],
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 do not ask")] = False,
    url: Url = None,
    key: Key = None,
    person: As = None,
) -> None:
    """撤销一个接口密钥，立即生效，不能恢复。 Revoke an API key, at once and for good."""
    place = place_of(url, key, person)
    found = _named(run(lambda: _keys(place)), prefix)
    who = f"{found['label']}　{found['person_name']}（{found['unit_name']}）"
    if not yes and not typer.confirm(f"撤销 fwn_{found['prefix']}　{who}？ Revoke it?"):
        raise typer.Exit(0)
    done = run(lambda: _revoke(place, found["id"], reason))
    console.print(f"✓ 已撤销 revoked：fwn_{done['prefix']}　{done['revoked_at']}", markup=False)


def _named(found: list[dict[str, Any]], given: str) -> dict[str, Any]:
    prefix = given.removeprefix("fwn_").split("_")[0]
    for each in found:
        if each["prefix"] == prefix:
            return each
    errors.print(
        f"没有密钥 fwn_{prefix}，或者不属于您能看到的单位。\nNo key fwn_{prefix} that you may see.", markup=False
    )
    raise typer.Exit(1)


def _state(key: dict[str, Any]) -> str:
    if key["revoked_at"]:
        return f"已撤销 revoked {key['revoked_at']}（{key['revoked_by_name']}：{key['revoked_why']}）"
    return "可以使用 in use" if key["stands"] else "已到期 expired"


async def _keys(place: Place) -> list[dict[str, Any]]:
    async with place.client() as office:
        return await office.api_keys()


async def _revoke(place: Place, key_id: str, reason: str) -> dict[str, Any]:
    async with place.client() as office:
        return await office.revoke_api_key(key_id, reason)
