"""Which Fawen a command talks to, and as whom: options, environment, or the local stack of this folder."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer
from httpx import TransportError
from rich.console import Console

from fawen.client import Fawen, Problem

T = TypeVar("T")
HOME = Path(".fawen")
ADDRESS = "address.json"
console = Console()
errors = Console(stderr=True)

Url = Annotated[str | None, typer.Option("--url", envvar="FAWEN_URL", help="服务地址 address of the service")]
Key = Annotated[str | None, typer.Option("--key", envvar="FAWEN_KEY", help="接口密钥 API key")]
As = Annotated[str | None, typer.Option("--as", help="演示人员编号（仅本机环境） demo person, local stack only")]


@dataclass(frozen=True)
class Place:
    """An address and a key."""

    url: str
    key: str | None

    def client(self) -> Fawen:
        """A client there."""
        return Fawen(self.url, key=self.key)


def place_of(url: str | None, key: str | None, person: str | None) -> Place:
    """The place that options name; else the stack that `fawen up` runs in this folder. Exits with words when none."""
    local = read_address(HOME)
    if url is None and local is None:
        _leave("没有指定服务地址。请用 --url，或者先运行 fawen up。", "No address: use --url, or run `fawen up` first.")
    if person is not None and key is None:
        key = _demo_key(HOME, person)
    return Place(url or str(local), key)


def write_address(home: Path, url: str) -> None:
    """Remember where the stack over `home` answers."""
    (home / ADDRESS).write_text(json.dumps({"url": url}), "utf-8")


def read_address(home: Path) -> str | None:
    """Where the stack over `home` answers; None when none was started there."""
    file = home / ADDRESS
    return str(json.loads(file.read_text("utf-8"))["url"]) if file.exists() else None


def run(act: Callable[[], Awaitable[T]]) -> T:
    """Run an asynchronous command; a refusal is printed in words and exits with 1, never with a traceback."""

    async def go() -> T:
        return await act()

    try:
        return asyncio.run(go())
    except Problem as problem:
        tell(problem)
        raise typer.Exit(1) from None
    except TransportError:
        _leave("服务没有应答。请确认它在运行。", "The service does not answer. Is it running?")


def tell(problem: Problem) -> None:
    """Print a refusal: what, where, by which rule, what to do."""
    errors.print(f"[bold red]{problem}[/bold red]", soft_wrap=True)
    for each in [problem.body, *problem.body.get("errors", [])]:
        where = f"{each['field']}：" if each.get("field") else ""
        if detail := each.get("detail") if each is not problem.body else None:
            errors.print(f"  · {where}{detail}", markup=False, soft_wrap=True)
        if each.get("article"):
            errors.print(f"    依据 {each['article']}", markup=False, soft_wrap=True)
        if each.get("remedy"):
            errors.print(f"    {each['remedy']}", markup=False, soft_wrap=True)


def _demo_key(home: Path, person: str) -> str:
    keys = json.loads((home / "keys.json").read_text("utf-8")) if (home / "keys.json").exists() else {}
    if person not in keys:
        _leave(
            f"没有演示人员“{person}”。可用：{'、'.join(keys) or '无'}",
            f"No demo person {person!r}. There are: {', '.join(keys) or 'none'}",
        )
    return str(keys[person])


def _leave(zh: str, en: str) -> NoReturn:
    errors.print(f"{zh}\n{en}", markup=False, soft_wrap=True)
    raise typer.Exit(2)


def folder_of(home: Path | None) -> Path:
    """The data folder of the local stack: as given, by FAWEN_HOME, or `.fawen` here."""
    return home or Path(os.environ.get("FAWEN_HOME", str(HOME)))
