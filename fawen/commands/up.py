"""`fawen up`: the local stack, kept between runs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from fawen.commands.place import console, errors, folder_of, write_address
from fawen.demo.show import starting
from fawen.stack import Stack, StackFailed
from fawen.stack.ports import LOOPBACK
from fawen.stack.stack import COMMENT_DOMAIN


def up(
    home: Annotated[Path | None, typer.Option("--home", help="数据文件夹 data folder (default .fawen)")] = None,
    port: Annotated[
        int | None, typer.Option("--port", help="网页端口 port for people (default 8080 or the next)")
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="期限以秒计 windows last seconds")] = False,
) -> None:
    """启动本机环境，数据保留；Ctrl-C 停止。 Start the local stack; data is kept; Ctrl-C stops it."""
    try:
        asyncio.run(_up(folder_of(home), port, demo))
    except StackFailed as failed:
        errors.print(str(failed), markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        return


async def _up(home: Path, port: int | None, demo: bool) -> None:
    overlays = ("demo",) if demo else ()
    with starting(console) as tell:
        context = Stack.start(home, port=port, overlays=overlays, keep=True, tell=tell)
        stack = await context.__aenter__()
    try:
        write_address(home, stack.base_url)
        welcome(stack)
        await asyncio.Event().wait()
    finally:
        await context.__aexit__(None, None, None)


def welcome(stack: Stack) -> None:
    """Where to look."""
    if stack.port != stack.wanted_port:
        console.print(f"端口{stack.wanted_port}已被占用，改用{stack.port}。 Port {stack.wanted_port} is taken.")
    console.print(f"首页 home        [blue]{stack.base_url}/[/blue]")
    console.print(f"登录 sign in     [blue]{stack.base_url}/sign-in[/blue]")
    console.print(f"待办 inbox       [blue]{stack.base_url}/tasks/inbox[/blue]")
    console.print(f"邮件 mail        [blue]{stack.mail_url}/[/blue]")
    console.print(f"收信 mail in     smtp://{LOOPBACK}:{stack.comment_port}  c-…@{COMMENT_DOMAIN}")
    console.print("Ctrl-C 停止 to stop")
