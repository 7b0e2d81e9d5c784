"""Child processes of the local stack: started by us, logged to a file, ended by their own pid.

Every child leads its own process group, so one Ctrl-C reaches only the parent, which then stops the
children in order. Should the parent be killed outright, the kernel ends them (Linux).
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

Probe = Callable[[], Awaitable[bool]]

_TAIL_LINES = 40
_POLL = 0.05
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class StackFailed(Exception):
    """A part of the local stack did not start, or died; the message ends with its log."""


@dataclass
class Child:
    """One process: how to start it, and, while it runs, its handle."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log: Path
    cwd: Path
    stop_signal: signal.Signals = signal.SIGTERM
    user: int | None = None
    group: int | None = None
    hands: Sequence[int] = ()
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _wanted: bool = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def died(self) -> bool:
        """Ended although nobody asked it to."""
        return self._wanted and not self.running

    def start(self) -> None:
        if self.running:
            return
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.argv,
                env=dict(self.env),
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.user,
                group=self.group,
                extra_groups=None if self.user is None else [],
                preexec_fn=_end_with_parent(self.stop_signal),
                pass_fds=tuple(self.hands),
            )
        self._wanted = True

    async def stop(self, *, patience: float = 10) -> None:
        """Ask it to end, wait, and insist when it does not."""
        self._wanted = False
        if not self.running:
            return
        self._signal(self.stop_signal)
        if not await self._ended(patience):
            await self.kill()

    async def kill(self) -> None:
        """End it at once with its whole group, as a power cut would."""
        self._wanted = False
        if self.running:
            self._signal(signal.SIGKILL)
            await self._ended(10)

    async def restart(self) -> None:
        await self.stop()
        self.start()

    async def finished(self, *, within: float) -> int:
        """Wait for a child that ends by itself; its exit status. Raises StackFailed."""
        self._wanted = False
        if not await self._ended(within) or self._process is None:
            await self.kill()
            raise StackFailed(f"{self.name} did not finish in {within:g} s.\n{self.tail()}")
        return self._process.returncode

    async def ready(self, answers: Probe, *, within: float) -> None:
        """Wait until `answers`; fail with the log when the child ends or time runs out."""
        deadline = asyncio.get_running_loop().time() + within
        while not await answers():
            if not self.running:
                raise StackFailed(f"{self.name} ended while starting.\n{self.tail()}")
            if asyncio.get_running_loop().time() > deadline:
                raise StackFailed(f"{self.name} was not ready in {within:g} s.\n{self.tail()}")
            await asyncio.sleep(_POLL)

    def tail(self, lines: int = _TAIL_LINES) -> str:
        """The end of its log, each line led by its name."""
        if not self.log.exists():
            return f"{self.name} | (no log)"
        last = self.log.read_text("utf-8", errors="replace").splitlines()[-lines:]
        return "\n".join(f"{self.name} | {line}" for line in last) or f"{self.name} | (silent)"

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            if number is signal.SIGKILL:
                os.killpg(self._process.pid, number)
            else:
                self._process.send_signal(number)

    async def _ended(self, patience: float) -> bool:
        deadline = asyncio.get_running_loop().time() + patience
        while self.running:
            if asyncio.get_running_loop().time() > deadline:
                return False
            await asyncio.sleep(_POLL)
        return True


def _end_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """What the child does before it becomes its program: ask the kernel to share our end."""
    if _LIBC is None:
        return None
    prctl = _LIBC.prctl

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)

    return ask


def remember(children: Sequence[Child], file: Path) -> None:
    """Write down what runs, so that `down` finds us and a later start can end what a crash left behind."""
    pids = {"stack": os.getpid()} | {child.name: child.pid for child in children if child.running and child.pid}
    entries = [{"name": name, "pid": pid, "since": psutil.Process(pid).create_time()} for name, pid in pids.items()]
    file.write_text(json.dumps(entries), "utf-8")


def read_leader(file: Path) -> psutil.Process | None:
    """The process that runs the stack, if it still does."""
    return next((process for name, process in _still_running(file) if name == "stack"), None)


def end_leftovers(file: Path) -> None:
    """End the children that an earlier stack in this folder left behind."""
    for name, process in _still_running(file):
        if name != "stack":
            with contextlib.suppress(psutil.NoSuchProcess):
                process.terminate()
                process.wait(10)
    file.unlink(missing_ok=True)


def _still_running(file: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Those written down that live on: the same pid with the same birth, never a stranger's."""
    if not file.exists():
        return
    for entry in json.loads(file.read_text("utf-8")):
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(entry["pid"])
            if process.create_time() == entry["since"]:
                yield entry["name"], process
