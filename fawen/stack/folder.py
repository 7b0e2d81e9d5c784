"""The data folder of one stack: kept or fleeting, one stack at a time, with its secret."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fawen.stack.children import StackFailed


@contextmanager
def held(home: Path | None, *, keep: bool) -> Iterator[Path]:
    """The folder to work in (a fresh temporary one when `home` is None), ours until the end."""
    folder = fresh() if home is None else home.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as busy:
            raise StackFailed(f"Another stack is running in {folder}.") from busy
        try:
            yield folder
        finally:
            if not keep:
                shutil.rmtree(folder, ignore_errors=True)


def fresh(within: Path | None = None) -> Path:
    """A new temporary folder that PostgreSQL can reach also when root starts it; `within` a place, else the system's."""
    folder = Path(tempfile.mkdtemp(prefix="fawen-", dir=within))
    if os.geteuid() == 0:
        folder.chmod(0o711)  # the server's own user must pass through to its data
    return folder


def secret_of(home: Path) -> str:
    """The signing secret of this folder, made at the first start, readable by its owner only."""
    file = home / "secret"
    if not file.exists():
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_urlsafe(32))
    return file.read_text()
