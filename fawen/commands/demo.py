"""`fawen demo`: one real procedure on a fresh stack, printed as it happens."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from fawen.client import Problem
from fawen.commands.place import errors, tell
from fawen.commands.up import welcome
from fawen.demo.play import demonstrate
from fawen.demo.show import starting
from fawen.stack import Stack, StackFailed


def demo(
    file: Annotated[
        Path | None, typer.Option("--file", exists=True, dir_okay=False, help="用您的文件 your own")
    ] = None,
    leave: Annotated[bool, typer.Option("--exit", help="演完即停，末行为JSON stop at the end, last line JSON")] = False,
    port: Annotated[int | None, typer.Option("--port", help="网页端口 port for people")] = None,
) -> None:
    """在全新的本机环境里，把一份文件从报送办到年度报告。 Play one document from submission to annual report."""
    try:
        asyncio.run(_demo(file, leave, port))
    except Problem as problem:
        tell(problem)
        raise typer.Exit(1) from None
    except (StackFailed, TimeoutError) as failed:
        errors.print(str(failed), markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        return


async def _demo(file: Path | None, leave: bool, port: int | None) -> None:
    console = Console()
    with starting(console) as progress:
        context = Stack.start(None, port=port, overlays=("demo",), keep=False, tell=progress)
        stack = await context.__aenter__()
    try:
        welcome(stack)
        summary = await demonstrate(stack, console, file)
        if not leave:
            console.print("\n演示结束，环境继续运行，供浏览。 The story is over; the stack stays up for browsing.")
            welcome(stack)
            await asyncio.Event().wait()
    finally:
        await context.__aexit__(*sys.exc_info())
    sys.stdout.write(json.dumps(summary, ensure_ascii=False) + "\n")
