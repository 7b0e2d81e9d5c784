"""The steps of starting the local stack, told one by one to whoever draws them."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum


class Name(StrEnum):
    """What is started, in order."""

    POSTGRES = "postgres"
    TEMPORAL = "temporal"
    MAIL = "mail"
    MIGRATE = "migrate"
    SERVICES = "services"
    WORKFLOWS = "workflows"


WORDS = {
    Name.POSTGRES: ("启动 PostgreSQL", "start PostgreSQL"),
    Name.TEMPORAL: ("启动 Temporal", "start Temporal"),
    Name.MAIL: ("启动本机邮局", "start the local post office"),
    Name.MIGRATE: ("建立数据库", "migrate the database"),
    Name.SERVICES: ("启动四个服务", "start the four services"),
    Name.WORKFLOWS: ("启动流程引擎", "start the workflows"),
}


@dataclass(frozen=True)
class Step:
    """One step: it has begun, or it is done after so many seconds."""

    name: Name
    position: int
    total: int
    seconds: float | None = None

    @property
    def done(self) -> bool:
        return self.seconds is not None

    @property
    def zh(self) -> str:
        return WORDS[self.name][0]

    @property
    def en(self) -> str:
        return WORDS[self.name][1]


Listener = Callable[[Step], None]


def nobody(_step: Step) -> None:
    """For those who do not want to hear."""


@asynccontextmanager
async def step(name: Name, tell: Listener) -> AsyncIterator[None]:
    """Tell that a step begins, and when it succeeded that it is done."""
    position, total = list(Name).index(name) + 1, len(Name)
    began = time.monotonic()
    tell(Step(name, position, total))
    yield
    tell(Step(name, position, total, time.monotonic() - began))
