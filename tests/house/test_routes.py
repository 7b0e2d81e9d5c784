"""Every route is for signed-in people, or stands on the public list beside this file."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from services.kernel.runtime.auth import routes
from services.kernel.runtime.process import opened
from services.kernel.runtime.settings import Settings
from tests.house.tree import SERVICES

PUBLIC = Path(__file__).with_name("public_routes.txt")
SAFE = {"GET", "HEAD", "OPTIONS", "ANY"}  # ANY is a mount of files, which answers to the first two


async def _routes(service: str, settings: Settings) -> list[tuple[str, str, str]]:
    main = importlib.import_module(f"services.{service}.__main__")
    async with opened(service, settings) as context:
        app = main.SERVICE.web(context)
        assert isinstance(app, FastAPI)
        return list(routes(app))


@pytest.mark.parametrize("service", SERVICES)
async def test_a_route_asks_who_is_there_or_is_said_to_be_public(service: str, settings: Settings) -> None:
    found = await _routes(service, settings)
    assert [f"{method} {path}" for method, path, guard in found if guard == "open"] == []
    assert {f"{method} {path}" for method, path, guard in found if guard == "public"} == set(_listed(service))


@pytest.mark.parametrize("service", SERVICES)
async def test_a_route_lies_under_the_prefix_of_its_service(service: str, settings: Settings) -> None:
    own = [path for _, path, _ in await _routes(service, settings) if path.startswith(f"/{service}")]
    assert own
    elsewhere = [
        path
        for _, path, _ in await _routes(service, settings)
        for other in SERVICES
        if other != service and (path == f"/{other}" or path.startswith(f"/{other}/"))
    ]
    assert elsewhere == []


@pytest.mark.parametrize("service", SERVICES)
async def test_no_method_and_path_is_served_twice(service: str, settings: Settings) -> None:
    found = [(method, path) for method, path, _ in await _routes(service, settings)]
    assert sorted(found) == sorted(set(found))


def test_what_the_public_may_change_is_a_short_list() -> None:
    changing = {line for service in SERVICES for line in _listed(service) if line.split()[0] not in SAFE}
    assert len(changing) <= 6, changing


def _listed(service: str) -> Iterator[str]:
    """The lines of the list under the heading of one service."""
    heading = ""
    for line in PUBLIC.read_text("utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ").strip()
        elif line.strip() and heading == service:
            yield line.strip()
