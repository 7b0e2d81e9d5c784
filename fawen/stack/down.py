"""Stop a stack that runs in another terminal: `python -m fawen.stack.down [FOLDER]`."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import psutil

from fawen.stack.children import read_leader

_PATIENCE = 30


def end(home: Path) -> bool:
    """Ask the stack over `home` to end, and wait. False when none is running."""
    leader = read_leader(home / "running.json")
    if leader is None:
        return False
    os.kill(leader.pid, signal.SIGTERM)
    deadline = time.monotonic() + _PATIENCE
    while leader.is_running() and time.monotonic() < deadline:
        if leader.status() == psutil.STATUS_ZOMBIE:
            break
        time.sleep(0.1)
    return True


def main(folder: str = ".fawen") -> None:
    """Say in words what happened."""
    stopped = end(Path(folder))
    print("已停止。Stopped." if stopped else f"{folder}：没有正在运行的环境。Nothing is running there.")


if __name__ == "__main__":
    main(*sys.argv[1:2])
