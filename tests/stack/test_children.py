"""Child processes: started in their own group, told apart, ended for certain."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from fawen.stack.children import Child, StackFailed, end_leftovers, read_leader, remember

SLEEPER = [sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable, "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)",
]  # fmt: skip


def _child(tmp_path: Path, argv: list[str]) -> Child:
    return Child("sleeper", argv, dict(os.environ), tmp_path / "sleeper.log", tmp_path)


async def _started(child: Child) -> Child:
    child.start()

    async def ready() -> bool:
        return "ready" in child.log.read_text()

    await child.ready(ready, within=20)
    return child


async def _never() -> bool:
    return False


async def test_a_child_leads_a_group_of_its_own(tmp_path: Path) -> None:
    child = await _started(_child(tmp_path, SLEEPER))
    assert child.pid is not None
    assert os.getpgid(child.pid) == child.pid
    await child.stop()
    assert not child.running


async def test_one_that_ignores_the_request_is_ended_all_the_same(tmp_path: Path) -> None:
    child = await _started(_child(tmp_path, STUBBORN))
    await child.stop(patience=0.2)
    assert not child.running


async def test_one_that_was_stopped_did_not_die(tmp_path: Path) -> None:
    child = await _started(_child(tmp_path, SLEEPER))
    await child.kill()
    assert not child.died


async def test_one_that_ended_by_itself_died(tmp_path: Path) -> None:
    child = await _started(_child(tmp_path, SLEEPER))
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    psutil.Process(child.pid).wait(60)
    assert child.died


async def test_a_start_that_fails_says_why_with_the_end_of_the_log(tmp_path: Path) -> None:
    child = _child(tmp_path, [sys.executable, "-c", "raise SystemExit('no such database')"])
    child.start()
    with pytest.raises(StackFailed, match=r"sleeper ended while starting\.\nsleeper \| no such database"):
        await child.ready(_never, within=20)


async def test_a_start_that_takes_too_long_is_a_failure(tmp_path: Path) -> None:
    child = await _started(_child(tmp_path, SLEEPER))
    with pytest.raises(StackFailed, match="not ready in"):
        await child.ready(_never, within=0.1)
    await child.kill()


async def test_what_a_crash_left_behind_is_ended_at_the_next_start(tmp_path: Path) -> None:
    child = await _started(_child(tmp_path, SLEEPER))
    remember([child], tmp_path / "running.json")
    assert read_leader(tmp_path / "running.json") == psutil.Process()
    end_leftovers(tmp_path / "running.json")
    assert not child.running


async def test_a_stranger_with_the_same_pid_is_left_alone(tmp_path: Path) -> None:
    child = await _started(_child(tmp_path, SLEEPER))
    remember([child], tmp_path / "running.json")
    file = tmp_path / "running.json"
    file.write_text(file.read_text().replace('"since": ', '"since": 1'))
    end_leftovers(file)
    assert child.running
    await child.kill()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child's life to its parent's")
def test_children_do_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, sys, time; from fawen.stack.children import Child; "
        f"c = Child('x', [sys.executable, '-c', 'import time; time.sleep(60)'], dict(os.environ), "
        f"pathlib.Path('{tmp_path}/x.log'), pathlib.Path('{tmp_path}')); "
        "c.start(); print(c.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    deadline = time.monotonic() + 60
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
