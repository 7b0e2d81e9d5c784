"""Our processes as docker-compose.yml composes them, each on its own, behind the routes of the gateway's own file."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
import yaml
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fawen.stack import Child, StackFailed
from fawen.stack.folder import fresh
from fawen.stack.ports import LOOPBACK, free_ports
from fawen.stack.postgres import FLEETING, Postgres
from fawen.stack.probes import (
    activities_wait_for_work,
    answers_http,
    answers_smtp,
    workflows_wait_for_work,
)
from fawen.stack.temporal import NAMESPACE, Temporal
from tests.journeys.play import until

ROOT = Path(__file__).parents[2]
OURS = "fawen:"
DATABASE = "fawen"
SECRET = "composed for a test, and for nothing else"
LOCATION = re.compile(r"location\s+(=\s+)?(/\S*)\s*\{\s*set \$to http://([a-z-]+)(?::\d+)?;")
HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "content-encoding", "keep-alive"}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@dataclass(frozen=True)
class Block:
    """One of our services in the compose file."""

    name: str
    command: Sequence[str]
    replicas: int

    @property
    def is_web(self) -> bool:
        return self.command[-1] == "web"


def blocks() -> list[Block]:
    """Every service of the compose file that runs our image, with its command and how many of it."""
    composed = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    return [
        Block(name, block["command"], int(block.get("deploy", {}).get("replicas", 1)))
        for name, block in composed.items()
        if str(block.get("image", "")).startswith(OURS)
    ]


def routes() -> dict[str, str]:
    """Prefix -> name of the web that serves it, the longest first, as nginx chooses."""
    text = (ROOT / "deploy" / "gateway" / "nginx.conf").read_text("utf-8")
    found = {path: name for exact, path, name in LOCATION.findall(text) if not exact}
    return dict(sorted(found.items(), key=lambda route: -len(route[0])))


@dataclass
class Composed:
    """What runs: our processes by block, and the one address for people."""

    home: Path
    postgres: Postgres
    temporal: Temporal
    port: int
    smtp_port: int
    mail_port: int
    ports: dict[str, list[int]]
    processes: list[Child] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def admin_url(self) -> str:
        return self.postgres.url(DATABASE)

    @property
    def keys_file(self) -> Path:
        return self.home / "keys.json"

    def environment(self, **more: str) -> dict[str, str]:
        """The settings of the local profile: only there may windows last seconds."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("FAWEN_", "TEMPORAL_"))}
        return inherited | {
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "FAWEN_PROFILE": "local",
            "FAWEN_DATABASE_URL": self.postgres.url(DATABASE, user="{role}"),
            "FAWEN_TEMPORAL_ADDRESS": self.temporal.address,
            "FAWEN_TEMPORAL_NAMESPACE": NAMESPACE,
            "FAWEN_BLOBS": str(self.home / "blobs"),
            "FAWEN_HOST": LOOPBACK,
            "FAWEN_PUBLIC_URL": self.base_url,
            "FAWEN_SMTP_HOST": LOOPBACK,
            "FAWEN_SMTP_PORT": str(self.smtp_port),
            "FAWEN_COMMENT_DOMAIN": "comments.yunxi.example",
            "FAWEN_COMMENT_MAIL_PORT": "0",
            "FAWEN_OVERLAYS": "demo",
            "FAWEN_SECRET": SECRET,
            **more,
        }

    def begin(self, name: str, argv: Sequence[str], **more: str) -> Child:
        """Start one process, its log in a file of its own."""
        child = Child(
            name=name,
            argv=[sys.executable, *argv],
            env=self.environment(**more),
            log=self.home / f"{name}.log",
            cwd=self.home,
        )
        child.start()
        self.processes.append(child)
        return child

    async def migrated(self) -> None:
        """Run the block that knows the owner of the database, to its end."""
        block = next(block for block in blocks() if block.command[-1] == "migrate")
        own = {"FAWEN_ADMIN_URL": self.admin_url, "FAWEN_KEYS_FILE": str(self.keys_file)}
        child = self.begin("migrate", block.command[1:], **own)
        self.processes.remove(child)
        if await child.finished(within=120) != 0:
            raise StackFailed(f"The migration failed.\n{child.tail()}")

    async def started(self) -> None:
        """Start every replica of every other block, and wait until each web answers and each queue is served."""
        for block in blocks():
            if block.command[-1] == "migrate":
                continue
            for number in range(1, block.replicas + 1):
                port = {"FAWEN_PORT": str(self.ports[block.name][number - 1])} if block.is_web else {}
                self.begin(f"{block.name}-{number}", block.command[1:], **port)
        for child in self.processes:
            name, _, replica = child.name.rpartition("-")
            if name in self.ports:
                url = f"http://{LOOPBACK}:{self.ports[name][int(replica) - 1]}/{name.removesuffix('-web')}/healthz"
                await child.ready(answers_http(url), within=120)
        last = self.processes[-1]
        await last.ready(workflows_wait_for_work(self.temporal), within=120)
        await last.ready(activities_wait_for_work(self.temporal), within=120)


@asynccontextmanager
async def composed() -> AsyncIterator[Composed]:
    """All of it, with a database, Temporal and a post office; ended in order."""
    home = fresh()
    webs = {block.name: block.replicas for block in blocks() if block.is_web}
    port, smtp_port, mail_port, *free = free_ports(3 + sum(webs.values()))
    ports = {name: [free.pop() for _ in range(replicas)] for name, replicas in webs.items()}
    temporal = Temporal.at(home)
    postgres = Postgres.at(home, settings=FLEETING)
    whole = Composed(home, postgres, temporal, port, smtp_port, mail_port, ports)
    async with AsyncExitStack() as closing:
        closing.callback(postgres.remove)
        await postgres.start()
        closing.push_async_callback(postgres.stop)
        await postgres.create_database(DATABASE)
        await temporal.start_somewhere()
        closing.push_async_callback(temporal.stop)
        closing.push_async_callback(_stop, whole)
        mail = whole.begin("mail-0", ["-m", "fawen.stack.mail", str(home / "mail"), str(smtp_port), str(mail_port)])
        await mail.ready(answers_smtp(smtp_port), within=60)
        await whole.migrated()
        await whole.started()
        await closing.enter_async_context(gateway(whole))
        yield whole


@asynccontextmanager
async def gateway(whole: Composed) -> AsyncIterator[None]:
    """The one address for people: requests go in turn to the webs that the gateway's file names for their prefix."""
    named, turns = routes(), {name: itertools.cycle(ports) for name, ports in whole.ports.items()}
    async with httpx.AsyncClient(trust_env=False, timeout=60) as inside:

        async def pass_on(request: Request) -> Response:
            path = request.url.path
            name = next(name for prefix, name in named.items() if path.startswith(prefix))
            address = f"http://{LOOPBACK}:{next(turns[name])}{path}"
            headers = [(key, value) for key, value in request.headers.raw if key != b"connection"]
            answer = await inside.request(
                request.method, address, params=request.url.query, headers=headers, content=await request.body()
            )
            return _passed_back(answer)

        app = Starlette(routes=[Route("/{path:path}", pass_on, methods=METHODS)])
        server = uvicorn.Server(uvicorn.Config(app, host=LOOPBACK, port=whole.port, log_level="warning"))
        serving = asyncio.create_task(server.serve())
        try:
            await until("the gateway answers", answers_http(f"{whole.base_url}/healthz"))
            yield
        finally:
            server.should_exit = True
            await serving


def _passed_back(answer: httpx.Response) -> Response:
    response = Response(answer.content, status_code=answer.status_code)
    for name, value in answer.headers.multi_items():
        if name.lower() not in HOP_BY_HOP:
            response.headers.append(name, value)
    return response


async def _stop(whole: Composed) -> None:
    await asyncio.gather(*(child.stop() for child in whole.processes))


def states(processes: Sequence[Child]) -> Mapping[str, Any]:
    """Which processes have ended, with the end of their logs."""
    return {child.name: child.tail() for child in processes if not child.running}
