"""Make the secrets of one installation, once: `python3 deploy/make_secrets.py [FOLDER]`. Standard library only.

One file of settings for each kind of process, readable by their owner only. Nothing is ever
overwritten: to change one, delete its line, write another, and see docs/runbook.md for the database's side.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

SERVICES = ("intake", "tasks", "review", "notify")
# The only role that reads who commented; for the relay of intake, never for its pages.
CONTACTS = "fawen_contacts"
HOST = "postgres"


def settings() -> dict[str, dict[str, str]]:
    """File name to its settings, all random, those that must agree agreeing."""
    owner, temporal, signing = _random(), _random(), _random()
    roles = {role: _random() for role in (*(f"fawen_{service}" for service in SERVICES), CONTACTS)}
    files = {
        "postgres": {"POSTGRES_PASSWORD": owner, "TEMPORAL_PASSWORD": temporal},
        "temporal": {"POSTGRES_PWD": temporal, "SQL_PASSWORD": temporal},
        "migrate": {
            "FAWEN_ADMIN_URL": f"postgresql://fawen_owner:{owner}@{HOST}/fawen",
            "FAWEN_DATABASE_URL": f"postgresql://fawen_owner:{owner}@{HOST}/fawen",
            "FAWEN_DATABASE_PASSWORDS": ",".join(f"{role}={password}" for role, password in roles.items()),
            "FAWEN_SECRET": signing,
        },
    }
    for service in SERVICES:
        role = f"fawen_{service}"
        files[service] = {
            "FAWEN_DATABASE_URL": f"postgresql://{role}:{roles[role]}@{HOST}/fawen",
            "FAWEN_SECRET": signing,
        }
    # Opens the keys that sign for persons: the pages of review alone are given it.
    files["review"]["FAWEN_SIGNING_SECRET"] = _random()
    files["contacts"] = {"FAWEN_PRIVATE_DATABASE_URL": f"postgresql://{CONTACTS}:{roles[CONTACTS]}@{HOST}/fawen"}
    # The workflows keep no record of their own: they are given no way into the database.
    files["workflows"] = {"FAWEN_DATABASE_URL": "postgresql://nobody@nowhere/none", "FAWEN_SECRET": signing}
    return files


def write(folder: Path) -> list[Path]:
    """One file each, mode 0600. Raises FileExistsError before anything is written."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = {folder / f"{name}.env": values for name, values in settings().items()}
    for path in files:
        if path.exists():
            raise FileExistsError(f"{path} is there already; nothing was changed")
    for path, values in files.items():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.writelines(f"{name}={value}\n" for name, value in values.items())
    return list(files)


def _random() -> str:
    return secrets.token_urlsafe(32)


if __name__ == "__main__":
    try:
        made = write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "secrets")
    except FileExistsError as there:
        sys.exit(str(there))
    print(*made, sep="\n")
