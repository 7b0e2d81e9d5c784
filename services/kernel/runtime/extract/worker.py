"""The processes that parse files: started when first needed, kept, limited, and replaced when lost."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import selectors
import struct
import subprocess
import sys
import threading
import time
from typing import IO, NamedTuple

_FRAME = struct.Struct(">I")
_AT_ONCE = 2
_FILES_EACH = 200
_LARGEST_ANSWER = 256 * 1024 * 1024


class WorkerLost(Exception):
    """A worker died or ran out of its time; the file it held cannot be read."""


class Answer(NamedTuple):
    """What a worker says: a text, or the code of a refusal."""

    text: str
    pages: int | None
    refusal: str | None


class _Worker:
    """One process and its two pipes."""

    def __init__(self) -> None:
        environment = {
            "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path),
            "PYTHONUTF8": "1",
            "PATH": os.environ.get("PATH", ""),
        }
        self.served = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "services.kernel.runtime.extract"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            # A Ctrl-C at the terminal is for the parent, which then ends its workers in order.
            start_new_session=True,
        )

    def ask(self, media_type: str, data: bytes, seconds: float) -> Answer:
        until = time.monotonic() + seconds
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        guard = threading.Timer(seconds, self._process.kill)
        guard.daemon = True
        guard.start()
        try:
            kind = media_type.encode()
            stdin.write(_FRAME.pack(len(kind)) + kind + _FRAME.pack(len(data)))
            stdin.write(data)
            stdin.flush()
            (length,) = _FRAME.unpack(_exactly(stdout, _FRAME.size, until))
            answer = json.loads(_exactly(stdout, min(length, _LARGEST_ANSWER), until))
        except (OSError, ValueError, struct.error) as lost:
            raise WorkerLost from lost
        finally:
            guard.cancel()
        self.served += 1
        return Answer(answer["text"], answer["pages"], answer["refusal"])

    def end(self) -> None:
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.wait()


def _exactly(pipe: IO[bytes], length: int, until: float) -> bytes:
    """That many bytes, or a loss when they do not come in time."""
    held = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while len(held) < length:
            if not selector.select(max(0.0, until - time.monotonic())):
                raise WorkerLost
            piece = os.read(pipe.fileno(), min(length - len(held), 1 << 20))
            if not piece:
                raise WorkerLost
            held += piece
    return bytes(held)


class Workers:
    """At most two workers for this process; safe to ask from any thread and any event loop."""

    def __init__(self) -> None:
        self._free: list[_Worker] = []
        self._lock = threading.Lock()
        self._seats = threading.BoundedSemaphore(_AT_ONCE)
        self._owner = os.getpid()

    def ask(self, media_type: str, data: bytes, seconds: float) -> Answer:
        """Have one file parsed; raises `WorkerLost` when that fails for good."""
        with self._seats:
            worker = self._take()
            try:
                answer = worker.ask(media_type, data, seconds)
            except BaseException:
                worker.end()
                raise
            self._give_back(worker)
            return answer

    def stop(self) -> None:
        """End the idle workers."""
        with self._lock:
            free, self._free = self._free, []
        for worker in free:
            worker.end()

    def _take(self) -> _Worker:
        with self._lock:
            # After a fork the pipes belong to the parent.
            if self._owner != os.getpid():
                self._free, self._owner = [], os.getpid()
            if self._free:
                return self._free.pop()
            if not getattr(self, "_registered", False):
                atexit.register(self.stop)
                self._registered = True
        return _Worker()

    def _give_back(self, worker: _Worker) -> None:
        # Parsers keep memory: a worker is replaced before that matters.
        if worker.served >= _FILES_EACH:
            worker.end()
            return
        with self._lock:
            self._free.append(worker)
