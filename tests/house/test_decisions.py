"""Every route that changes something is declared: a decision that four eyes guard, or none, with the reason."""

from __future__ import annotations

import pytest
import pytest_asyncio

from tests.house.decisions import DECISIONS, NO_DECISION, PAGES, acts_behind
from tests.journeys.routes import Served, served

SAFE = {"GET", "HEAD", "OPTIONS", "ANY"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def changing(tmp_path_factory: pytest.TempPathFactory) -> list[Served]:
    """The routes of all services that may change something."""
    found = await served(tmp_path_factory.mktemp("blobs"))
    return [route for route in found if route.method not in SAFE]


def test_every_route_of_the_descriptions_is_declared_and_none_that_is_gone(changing: list[Served]) -> None:
    described = {route.path for route in changing if route.described}
    assert described == set(DECISIONS) | set(NO_DECISION)


def test_no_route_is_declared_twice() -> None:
    assert set(DECISIONS) & set(NO_DECISION) == set()


def test_every_form_of_a_page_carries_out_what_is_declared(changing: list[Served]) -> None:
    forms = {route.path for route in changing if not route.described}
    assert {form for form in forms if acts_behind(form) is None} == set()
    assert set(PAGES) - forms == set()
    behind = {act for form in forms if isinstance(acts := acts_behind(form), tuple) for act in acts}
    assert behind - set(DECISIONS) - set(NO_DECISION) == set()


def test_only_posts_change_anything(changing: list[Served]) -> None:
    assert {route.method for route in changing} == {"POST"}


def test_every_route_without_a_decision_says_why() -> None:
    assert [path for path, why in NO_DECISION.items() if len(why) < len("said by the public")] == []
