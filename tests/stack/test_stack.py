"""The whole local stack: up, disturbed, down, and nothing left behind."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from fawen.stack import Stack, StackFailed, Step
from fawen.stack.folder import fresh
from fawen.stack.ports import LOOPBACK
from fawen.stack.progress import Name

pytestmark = pytest.mark.slow


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder of this test's own: these stacks are started and ended again."""
    folder = fresh()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


async def _status(stack: Stack, path: str = "/healthz") -> int:
    async with httpx.AsyncClient(base_url=stack.base_url, trust_env=False, timeout=20) as client:
        return (await client.get(path)).status_code


async def test_it_tells_each_step_loses_and_regains_each_part_and_leaves_nothing_behind(home: Path) -> None:
    steps: list[Step] = []
    async with Stack.start(home / "data", overlays=("demo",), tell=steps.append) as stack:
        assert len(stack.running) == 5
        assert await _status(stack) == httpx.codes.OK
        assert (await asyncio.to_thread(httpx.get, f"{stack.mail_url}/", trust_env=False)).status_code == httpx.codes.OK
        for name in ("services", "workflows", "temporal", "postgres"):
            await stack.kill(name)
            assert not stack.child(name).running
            await stack.resume(name)
            assert stack.child(name).running
        assert await _status(stack) == httpx.codes.OK
        pids = [child.pid for child in stack.running]
    assert {step.name for step in steps if step.done} == set(Name)
    assert not [pid for pid in pids if pid is not None and psutil.pid_exists(pid)]
    assert not (home / "data").exists()


async def test_a_folder_holds_one_stack_at_a_time_and_its_data_until_the_next(home: Path) -> None:
    async with Stack.start(home, keep=True) as stack:
        first = stack.port
        (home / "blobs").mkdir(exist_ok=True)
        (home / "blobs" / "kept").touch()
        with pytest.raises(StackFailed, match="Another stack is running"):
            async with Stack.start(home, keep=True):
                pass
    with socket.create_server((LOOPBACK, first)), pytest.raises(StackFailed, match="workflows died"):
        async with Stack.start(home, port=first, keep=True) as again:
            assert again.port != first
            assert await _status(again) == httpx.codes.OK
            assert (home / "blobs" / "kept").exists()
            await _dies(again, "workflows")


async def _dies(stack: Stack, name: str) -> None:
    """One of its children dies by itself, which ends the stack: this never returns."""
    pid = stack.child(name).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await asyncio.sleep(120)
