"""Make .venv hold exactly what a lock names: `python3 .ci/environment.py LOCK`.

Nothing but the standard library, for it runs before anything is installed. A stamp named after the
lock's hash says that it is done; an advisory lock lets a second `make` wait for the first.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
# What holds everything of the shorter lock, too.
INCLUDES = {"requirements-dev.lock": ("requirements.lock",)}

LAUNCHER = """#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys

from fawen.cli import main

sys.exit(main())
"""


def main(lock: str) -> None:
    """Nothing to do when the stamp is there."""
    _use_a_new_enough_python()
    if _stamp(lock).exists():
        return
    with (ROOT / ".venv.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not _stamp(lock).exists():
            _install(lock)


def _use_a_new_enough_python() -> None:
    """Where `python3` is older, go on with a newer one that is installed beside it."""
    if sys.version_info >= OLDEST:
        return
    for minor in (13, 12, 11):
        other = shutil.which(f"python3.{minor}")
        if other:
            os.execv(other, [other, *sys.argv])
    sys.exit(f"Fawen needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {sys.version.split()[0]}. "
             "Name another one: make PYTHON=/path/to/python3.11 ...")  # fmt: skip


def _stamp(lock: str) -> Path:
    content = (ROOT / lock).read_bytes() + str(ROOT).encode()
    return VENV / f"{lock}.{hashlib.sha256(content).hexdigest()[:16]}"


def _install(lock: str) -> None:
    if not _works():
        print("Making .venv ...", flush=True)
        _run([sys.executable, "-m", "venv", "--clear", str(VENV)], hint="On Debian: apt-get install python3-venv")
    print(f"Installing {lock} (once; a few minutes on a slow line) ...", flush=True)
    _run([
        str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
        "--require-hashes", "-r", lock,
    ])  # fmt: skip
    _make_importable()
    for old in VENV.glob("requirements*.lock.*"):
        old.unlink()
    for done in (lock, *INCLUDES.get(lock, ())):
        _stamp(done).touch()


def _works() -> bool:
    """A .venv that was copied from elsewhere, or whose Python is gone or too old, is made anew."""
    check = [str(PYTHON), "-c", f"import pip, sys; assert sys.version_info >= {OLDEST}; print(sys.prefix)"]
    try:
        found = subprocess.run(check, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return False
    return Path(found).resolve() == VENV.resolve()


def _make_importable() -> None:
    """What an editable install does, without a build: the path of the project, and the command."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    done = subprocess.run([str(PYTHON), "-c", code], capture_output=True, text=True, check=True)
    (Path(done.stdout.strip()) / "fawen.pth").write_text(f"{ROOT}\n", "utf-8")
    launcher = VENV / "bin" / "fawen"
    launcher.write_text(LAUNCHER.format(python=PYTHON), "utf-8")
    launcher.chmod(0o755)


def _run(argv: list[str], *, hint: str = "") -> None:
    done = subprocess.run(argv, cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(f"Failed: {' '.join(argv)}\n{hint}")


if __name__ == "__main__":
    main(sys.argv[1])
