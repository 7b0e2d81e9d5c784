"""The floor at work: a worker process of its own, and people who answer whenever they next look.

`python -m bench.floor ADDRESS SHAPES` is that worker. Whoever is asked for a signal is told by a line on its standard
output, the workflow's id and the seconds to wait, so that nobody has to look into the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from bench import people
from bench.shape import MAIN, Shapes, learn
from bench.skeleton import QUEUE, Part, Skeleton, worker


class Floor:
    """Bare lifecycles on the server of the product."""

    def __init__(self, client: Client, process: asyncio.subprocess.Process) -> None:
        self._client, self._process = client, process
        self._acting: set[asyncio.Task[None]] = set()

    @classmethod
    @asynccontextmanager
    async def start(cls, address: str, shapes: Path) -> AsyncIterator[Floor]:
        """A worker process for the length of the block."""
        client = await Client.connect(address, data_converter=pydantic_data_converter)
        argv = (sys.executable, "-m", "bench.floor", address, str(shapes))
        process = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE)
        floor = cls(client, process)
        listening = asyncio.create_task(floor._listen())
        try:
            yield floor
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
            listening.cancel()

    @property
    def pid(self) -> int:
        return self._process.pid

    async def live(self, count: int, tell: Callable[[], None]) -> list[str]:
        """So many lifecycles side by side; the answer is their workflow ids."""
        return list(await asyncio.gather(*(self._one(tell) for _ in range(count))))

    async def _one(self, tell: Callable[[], None]) -> str:
        document = str(uuid4())
        handle = await self._client.start_workflow(
            Skeleton.run, Part(document=document, name=MAIN), id=f"{QUEUE}/{document}", task_queue=QUEUE
        )
        await handle.result()
        tell()
        return handle.id

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            workflow_id, pause = line.decode().split("\t")
            task = asyncio.create_task(self._answer(workflow_id, float(pause)))
            self._acting.add(task)
            task.add_done_callback(self._acting.discard)

    async def _answer(self, workflow_id: str, pause: float) -> None:
        await (asyncio.sleep(pause) if pause else people.next_look())
        await self._client.get_workflow_handle(workflow_id).signal(Skeleton.heard)


async def _work(address: str, shapes: Path) -> None:
    learn(Shapes.model_validate_json(shapes.read_text("utf-8")))
    await worker(await Client.connect(address, data_converter=pydantic_data_converter)).run()


if __name__ == "__main__":
    asyncio.run(_work(sys.argv[1], Path(sys.argv[2])))
