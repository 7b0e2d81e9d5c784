"""Signing in on the local stack: choose a demo person, no password. It refuses to exist anywhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.kernel.contracts.refusals import NotFound, Words
from services.kernel.runtime import auth, directory
from services.kernel.runtime.directory import ROLE_WORDS, Office
from services.kernel.runtime.pages import render
from services.kernel.runtime.settings import Settings

FIRST_PAGE = "/tasks/inbox"


class NotLocal(RuntimeError):
    """Somebody tried to put the sign-in without passwords on a real system."""


@dataclass(frozen=True)
class Candidate:
    """A person in a unit, as shown on the sign-in page."""

    person_id: str
    unit_id: str
    name: str
    unit_name: str
    title: str
    roles: tuple[Words, ...]


def router_for(settings: Settings) -> APIRouter:
    """The routes `/sign-in` and `/sign-out`. Raises NotLocal outside the local profile."""
    if settings.profile != "local":
        raise NotLocal("sign-in without passwords exists only in the local profile")
    router = APIRouter(include_in_schema=False)
    router.add_api_route("/sign-in", choose, methods=["GET"])
    router.add_api_route("/sign-in", sign_in, methods=["POST"])
    router.add_api_route("/sign-out", sign_out, methods=["POST"])
    return router


async def choose(
    request: Request, actor: auth.Visitor, wish: Annotated[str, Query(alias="next")] = FIRST_PAGE
) -> Response:
    """The page with one button for each demo person."""
    async with auth.database(request).read() as conn:
        candidates = list(_candidates(await directory.offices(conn)))
    return render(request, "sign_in.html", candidates=candidates, next=safe_path(wish))


async def sign_in(
    request: Request,
    actor: auth.Visitor,
    person_id: Annotated[str, Form()],
    unit_id: Annotated[str, Form()],
    wish: Annotated[str, Form(alias="next")] = FIRST_PAGE,
) -> Response:
    """Start a session for that person in that unit."""
    response = RedirectResponse(safe_path(wish), status_code=303)
    async with auth.database(request).transaction() as tx:
        held = [office for office in await directory.offices(tx) if office.person_id == person_id]
        if unit_id not in {office.unit_id for office in held}:
            raise NotFound(Words("名录里没有这个人和单位。", "No such person in such a unit."), field="person_id")
        await auth.start_session(tx, response, auth.settings_of(request), person_id=person_id, unit_id=unit_id)
    return response


async def sign_out(request: Request, actor: auth.Signed) -> Response:
    """End the session here and in the database."""
    response = RedirectResponse("/", status_code=303)
    async with auth.database(request).transaction() as tx:
        await auth.end_session(tx, request, response)
    return response


def safe_path(wish: str) -> str:
    """`wish` if it is a path of this site; the inbox otherwise. Browsers read a backslash as a slash."""
    parts = urlsplit(wish)
    foreign = parts.scheme or parts.netloc or not wish.startswith("/") or "\\" in wish or wish.startswith("//")
    return FIRST_PAGE if foreign or any(ord(sign) < 32 for sign in wish) else wish


def _candidates(offices: Iterable[Office]) -> Iterable[Candidate]:
    for (unit_id, person_id), held in groupby(offices, key=lambda office: (office.unit_id, office.person_id)):
        own = list(held)
        yield Candidate(
            person_id=person_id,
            unit_id=unit_id,
            name=own[0].person_name,
            unit_name=own[0].unit_name,
            title=own[0].title,
            roles=tuple(ROLE_WORDS[office.role] for office in own),
        )
