"""Who plays which part in the demonstration: persons of the invented district, each with an API key."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from fawen.client import Fawen


@dataclass(frozen=True)
class Person:
    """A person of the demo directory."""

    id: str
    name: str
    unit: str


DRAFTER = Person("he-xu", "何叙", "区城市管理局")
CHIEF = Person("xu-qingyuan", "许清远", "区人民政府")
MEMBERS = (
    Person("liang-jianping", "梁建平", "区人民政府"),
    Person("fang-ruolan", "方若兰", "区人民政府"),
    Person("zhou-mingzhe", "周明哲", "区人民政府"),
    Person("qin-xiuying", "秦秀英", "区人民政府"),
    Person("bai-jing", "白静", "区人民政府"),
)
SUPERVISOR = Person("cheng-lingyi", "程令仪", "区政府督查室")
ECOLOGY = Person("ye-chunxiao", "叶春晓", "区生态环境局")
FINANCE = Person("song-haoran", "宋浩然", "区财政局")
OFFICERS = (
    DRAFTER,
    ECOLOGY,
    FINANCE,
    Person("shen-yue", "沈越", "清河街道"),
    Person("su-he", "苏禾", "区司法局"),
    Person("cheng-yian", "程以安", "区市场监管局"),
)
BY_ROLE = {
    "drafter": DRAFTER,
    "legality_reviewer": Person("lu-wenxi", "陆闻溪", "区司法局"),
    "market_regulator": Person("cheng-yian", "程以安", "区市场监管局"),
    "meeting_clerk": Person("wen-zhiyuan", "温知远", "区政府办公室"),
    "secrecy_reviewer": Person("wen-zhiyuan", "温知远", "区政府办公室"),
    "chief": CHIEF,
    "registrar": Person("gu-nianci", "顾念慈", "区政府办公室"),
    "filing_clerk": Person("gu-nianci", "顾念慈", "区政府办公室"),
    "party_clerk": Person("luo-shiqi", "罗诗琪", "区委办公室"),
    "supervisor": SUPERVISOR,
}
# A joint issuer: who signs for it, and who keeps its seal.
JOINT_UNIT = "justice"
JOINT_SIGNER = Person("zheng-an", "郑安", "区司法局")
KEEPERS = {"yunxi": BY_ROLE["registrar"], JOINT_UNIT: Person("su-he", "苏禾", "区司法局")}
NAMES = {person.id: person for person in (*BY_ROLE.values(), *MEMBERS, *OFFICERS, JOINT_SIGNER)}


class Town:
    """A client for each person, and one for the public."""

    def __init__(self, base_url: str, keys: dict[str, str]) -> None:
        self._base_url, self._keys = base_url, keys
        self._clients: dict[str, Fawen] = {}
        self._open = AsyncExitStack()

    @classmethod
    def at(cls, base_url: str, keys_file: Path) -> Self:
        """The town of a local stack, by its file of keys."""
        return cls(base_url, json.loads(keys_file.read_text("utf-8")))

    async def __aenter__(self) -> Self:
        await self._open.__aenter__()
        self.public = await self._open.enter_async_context(Fawen(self._base_url))
        for person, key in self._keys.items():
            self._clients[person] = await self._open.enter_async_context(Fawen(self._base_url, key=key))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.__aexit__(kind, error, trace)

    def of(self, person: Person) -> Fawen:
        """The client of a person."""
        return self._clients[person.id]
