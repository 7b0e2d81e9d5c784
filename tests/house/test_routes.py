"""Every route is for signed-in people, or stands on the public list beside this file."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from fastapi import FastAPI

from services.kernel.runtime.auth import routes
from services.kernel.runtime.process import opened
from services.kernel.runtime.settings import Settings
from tests.house.tree import SERVICES

PUBLIC = Path(__file__).with_name("public_routes.txt")
Served = dict[str, list[tuple[str, str, str]]]
SAFE = {"GET", "HEAD", "OPTIONS", "ANY"}  # ANY is a mount of files, which answers to the first two


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """The routes of each service. No request is made, so no database is there."""
    nowhere = Settings(
        profile="local",
        database_url="postgresql://{role}@nowhere/none",
        blobs=str(tmp_path_factory.mktemp("blobs")),
        secret="a secret for tests only",
    )
    found: Served = {}
    for service in SERVICES:
        main = importlib.import_module(f"services.{service}.__main__")
        async with opened(service, nowhere) as context:
            app = main.SERVICE.web(context)
            assert isinstance(app, FastAPI)
            found[service] = [(method, path, str(guard)) for method, path, guard in routes(app)]
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_a_route_asks_who_is_there_or_is_said_to_be_public(service: str, served: Served) -> None:
    found = served[service]
    assert [f"{method} {path}" for method, path, guard in found if guard == "open"] == []
    assert {f"{method} {path}" for method, path, guard in found if guard == "public"} == set(_listed(service))


@pytest.mark.parametrize("service", SERVICES)
def test_a_route_lies_under_the_prefix_of_its_service(service: str, served: Served) -> None:
    own = [path for _, path, _ in served[service] if path.startswith(f"/{service}")]
    assert own
    elsewhere = [
        path
        for _, path, _ in served[service]
        for other in SERVICES
        if other != service and (path == f"/{other}" or path.startswith(f"/{other}/"))
    ]
    assert elsewhere == []


@pytest.mark.parametrize("service", SERVICES)
def test_no_method_and_path_is_served_twice(service: str, served: Served) -> None:
    found = [(method, path) for method, path, _ in served[service]]
    assert sorted(found) == sorted(set(found))


def test_what_the_public_may_change_is_a_short_list() -> None:
    changing = {line for service in SERVICES for line in _listed(service) if line.split()[0] not in SAFE}
    assert len(changing) <= 11, changing


def _listed(service: str) -> Iterator[str]:
    """The lines of the list under the heading of one service."""
    heading = ""
    for line in PUBLIC.read_text("utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ").strip()
        elif line.strip() and heading == service:
            yield line.strip()
