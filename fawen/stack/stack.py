"""Start everything in order, watch it, stop it in order.

    async with Stack.start(None, port=None, overlays=("demo",), keep=False) as stack:
        print(stack.base_url)

A child that dies by itself ends the block with StackFailed and the end of the child's log.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from fawen.stack import children, folder
from fawen.stack.children import Child, StackFailed
from fawen.stack.ports import LOOPBACK, PREFERRED_COMMENT_PORT, PREFERRED_WEB_PORT, free_ports, listening
from fawen.stack.postgres import DURABLE, Postgres
from fawen.stack.probes import activities_wait_for_work, answers_http, answers_smtp, workflows_wait_for_work
from fawen.stack.progress import Listener, Name, nobody, step
from fawen.stack.temporal import NAMESPACE, Temporal

DATABASE = "fawen"
COMMENT_DOMAIN = "comments.yunxi.example"
WEB_FD, COMMENT_FD = "FAWEN_LISTEN_FD", "FAWEN_COMMENT_MAIL_FD"
NOTHING: Mapping[str, int] = {}
_CODE = Path(__file__).parents[2]
_ATTEMPTS = 5
_TAKEN = "address already in use"


class Stack:
    """What runs, where it is reached, and how a test may disturb it."""

    def __init__(self, home: Path, *, port: int | None, overlays: Sequence[str]) -> None:
        self.home = home
        self.postgres = Postgres.at(home, settings=DURABLE)
        self.temporal = Temporal.at(home)
        self.smtp_port, self.mail_port = free_ports(2)
        self.wanted_port = port or PREFERRED_WEB_PORT
        self.port = self.wanted_port
        self._overlays = tuple(overlays)
        self._ours: dict[str, Child] = {}
        self.comment_port = PREFERRED_COMMENT_PORT
        self._listeners: list[socket.socket] = []

    @classmethod
    @asynccontextmanager
    async def start(
        cls,
        home: Path | None,
        *,
        port: int | None = None,
        overlays: Sequence[str] = (),
        keep: bool = False,
        tell: Listener = nobody,
    ) -> AsyncIterator[Stack]:
        """A running stack for the length of the block. Raises StackFailed."""
        with folder.held(home, keep=keep) as where:
            children.end_leftovers(where / "running.json")
            stack = cls(where, port=port, overlays=overlays)
            try:
                async with _watched(stack), _ended_politely():
                    await stack._start_all(tell)
                    yield stack
            finally:
                await stack._stop_all()
                if keep:
                    stack.postgres.forget_sockets()
                else:
                    stack.postgres.remove()

    @property
    def base_url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def mail_url(self) -> str:
        return f"http://{LOOPBACK}:{self.mail_port}"

    @property
    def admin_url(self) -> str:
        return self.postgres.url(DATABASE)

    @property
    def temporal_address(self) -> str:
        return self.temporal.address

    @property
    def traces_file(self) -> Path:
        return self.home / "traces.jsonl"

    @property
    def keys_file(self) -> Path:
        """One API key for each demo person, as JSON."""
        return self.home / "keys.json"

    @property
    def running(self) -> tuple[Child, ...]:
        """Every child that has been started, in the order of starting."""
        return (self.postgres.child, self.temporal.child, *self._ours.values())

    def child(self, name: str) -> Child:
        """One of them by name: postgres, temporal, mail, services, workflows."""
        for child in self.running:
            if child.name == name:
                return child
        raise KeyError(name)

    async def kill(self, name: str) -> None:
        """End one at once, as a power cut would; the stack does not count it as a failure."""
        await self.child(name).kill()

    async def stop(self, name: str) -> None:
        await self.child(name).stop()

    async def resume(self, name: str) -> None:
        """Start one again after `kill` or `stop`, and wait until it answers."""
        match name:
            case "postgres":
                await self.postgres.start()
            case "temporal":
                await self.temporal.start()
            case _:
                self._ours[name].start()
                await self._wait_for(name)
        self._remember()

    async def restart(self, name: str) -> None:
        await self.stop(name)
        await self.resume(name)

    async def _start_all(self, tell: Listener) -> None:
        async with step(Name.POSTGRES, tell):
            await self.postgres.start()
            await self.postgres.create_database(DATABASE)
        await _together(self._migrate(tell), self._start_temporal(tell), self._start_mail(tell))
        self._remember()
        await _together(self._start_services(tell), self._start_workflows(tell))
        self._remember()

    async def _start_temporal(self, tell: Listener) -> None:
        async with step(Name.TEMPORAL, tell):
            await self.temporal.start_somewhere()

    async def _start_workflows(self, tell: Listener) -> None:
        async with step(Name.WORKFLOWS, tell):
            self._begin("workflows", "-m", "workflows", "worker")
            await self._wait_for("workflows")

    async def _start_mail(self, tell: Listener) -> None:
        async with step(Name.MAIL, tell):
            for attempt in range(1, _ATTEMPTS + 1):
                ports = str(self.smtp_port), str(self.mail_port)
                self._begin("mail", "-m", "fawen.stack.mail", str(self.home / "mail"), *ports)
                if await self._came_up("mail", last=attempt == _ATTEMPTS):
                    return
                self.smtp_port, self.mail_port = free_ports(2)

    async def _migrate(self, tell: Listener) -> None:
        async with step(Name.MIGRATE, tell):
            self._begin("migrate", "-m", "services", "migrate")
            child = self._ours.pop("migrate")
            if await child.finished(within=120) != 0:
                raise StackFailed(f"The migration failed.\n{child.tail()}")

    async def _start_services(self, tell: Listener) -> None:
        async with step(Name.SERVICES, tell):
            self._listeners = [listening(self.wanted_port), listening(PREFERRED_COMMENT_PORT)]
            self.port, self.comment_port = (int(ours.getsockname()[1]) for ours in self._listeners)
            web, comments = (ours.fileno() for ours in self._listeners)
            self._begin("services", "-m", "services", "all", hands={WEB_FD: web, COMMENT_FD: comments})
            await self._wait_for("services")

    async def _came_up(self, name: str, *, last: bool) -> bool:
        """False when somebody took its port between our look and the start, and another try is left."""
        try:
            await self._wait_for(name)
        except StackFailed:
            if last or _TAKEN not in self._ours[name].tail().lower():
                raise
            return False
        return True

    async def _wait_for(self, name: str) -> None:
        child = self._ours[name]
        match name:
            case "mail":
                await child.ready(answers_smtp(self.smtp_port), within=60)
                await child.ready(answers_http(f"{self.mail_url}/"), within=60)
            case "services":
                await child.ready(answers_http(f"{self.base_url}/healthz"), within=60)
                await child.ready(activities_wait_for_work(self.temporal), within=60)
                await child.ready(answers_smtp(self.comment_port), within=60)
            case _:
                await child.ready(workflows_wait_for_work(self.temporal), within=60)

    def _begin(self, name: str, *argv: str, hands: Mapping[str, int] = NOTHING) -> None:
        child = Child(
            name=name,
            argv=[sys.executable, *argv],
            env=self._environment() | {setting: str(number) for setting, number in hands.items()},
            log=self.home / f"{name}.log",
            cwd=self.home,
            hands=tuple(hands.values()),
        )
        self._ours[name] = child
        child.start()

    def _environment(self) -> dict[str, str]:
        """Ours and nobody else's: settings that a person exported for another stack do not leak in."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("FAWEN_", "TEMPORAL_"))}
        paths = [str(_CODE), *filter(None, [inherited.get("PYTHONPATH")])]
        return inherited | {
            "PYTHONPATH": os.pathsep.join(paths),
            "PYTHONUNBUFFERED": "1",
            "FAWEN_PROFILE": "local",
            "FAWEN_ADMIN_URL": self.admin_url,
            "FAWEN_DATABASE_URL": self.postgres.url(DATABASE, user="{role}"),
            "FAWEN_TEMPORAL_ADDRESS": self.temporal_address,
            "FAWEN_TEMPORAL_NAMESPACE": NAMESPACE,
            "FAWEN_BLOBS": str(self.home / "blobs"),
            "FAWEN_HOST": LOOPBACK,
            "FAWEN_PORT": str(self.port),
            "FAWEN_PUBLIC_URL": self.base_url,
            "FAWEN_SMTP_HOST": LOOPBACK,
            "FAWEN_SMTP_PORT": str(self.smtp_port),
            "FAWEN_COMMENT_DOMAIN": COMMENT_DOMAIN,
            "FAWEN_COMMENT_MAIL_PROTOCOL": "smtp",
            "FAWEN_OVERLAYS": ",".join(self._overlays),
            "FAWEN_SECRET": folder.secret_of(self.home),
            "FAWEN_TRACES_FILE": str(self.traces_file),
            "FAWEN_KEYS_FILE": str(self.keys_file),
            "FAWEN_REPORT_UNIT": "yunxi",
        }

    def _remember(self) -> None:
        children.remember(self.running, self.home / "running.json")

    async def _stop_all(self) -> None:
        """Those that use the others first; the database last."""
        await asyncio.gather(*(child.stop() for child in self._ours.values()))
        for listener in self._listeners:
            listener.close()
        await asyncio.gather(self.temporal.stop(), self.postgres.stop())
        (self.home / "running.json").unlink(missing_ok=True)


async def _together(*starting: Coroutine[None, None, None]) -> None:
    """All at the same time; when one fails the others are given up, and its failure is the answer."""
    try:
        async with asyncio.TaskGroup() as group:
            for part in starting:
                group.create_task(part)
    except* StackFailed as failures:
        first = failures.exceptions[0]
    else:
        return
    raise first


@asynccontextmanager
async def _watched(stack: Stack) -> AsyncIterator[None]:
    """Interrupt the block when a child dies by itself, and say which one and why."""
    host = asyncio.current_task()
    assert host is not None
    dead: list[Child] = []

    async def watch() -> None:
        while not dead:
            await asyncio.sleep(0.2)
            dead.extend(child for child in stack.running if child.died)
        host.cancel()

    watcher = asyncio.create_task(watch())
    try:
        yield
    except asyncio.CancelledError:
        if not dead:
            raise
        host.uncancel()
        raise StackFailed(f"{dead[0].name} died.\n{dead[0].tail()}") from None
    finally:
        watcher.cancel()
        await asyncio.wait([watcher])


@asynccontextmanager
async def _ended_politely() -> AsyncIterator[None]:
    """SIGTERM and a closed terminal end the block as Ctrl-C does, so that the children are stopped."""
    loop, host = asyncio.get_running_loop(), asyncio.current_task()
    assert host is not None
    caught: list[signal.Signals] = []
    with contextlib.suppress(ValueError, RuntimeError):  # not in the main thread: leave signals alone
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, host.cancel)
            caught.append(number)
    try:
        yield
    finally:
        for number in caught:
            loop.remove_signal_handler(number)
