"""What a decision is signed with beside its command and the database: keys, rule book, texts, working days. One for each process.

It reaches the one place that signs as the reader's language reaches the words: by the context of the request.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from services.kernel.contracts.sign_offs import Site
from services.kernel.contracts.signatures import Algorithm
from services.kernel.precheck.register import Register
from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.settings import Settings
from services.review.domain.keys import KeyRing

LOOPBACK = frozenset({"127.0.0.1", "::1"})


@dataclass(frozen=True)
class Desk:
    """The operator's lock on persons' keys, where passkeys belong, and what the signer was shown by."""

    ring: KeyRing
    site: Site
    book: RuleBook
    blobs: Blobs
    register: Register | None
    calendar: WorkCalendar


_desk: ContextVar[Desk] = ContextVar("desk")


def here() -> Desk:
    """The desk of this request."""
    return _desk.get()


def sit_at(desk: Desk) -> None:
    """From now on, in this context, decisions are signed with what lies on `desk`."""
    _desk.set(desk)


class AtDesk:
    """Every request of the app decides at the same desk."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self.app, self.desk = app, desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sit_at(self.desk)
        await self.app(scope, receive, send)


def ring_of(settings: Settings) -> KeyRing:
    """The operator's lock. Raises ValueError where no secret is set, NoSuchAlgorithm where the chosen one is missing."""
    return KeyRing(settings.signing_secrets, Algorithm(settings.signing_algorithm))


def site_of(settings: Settings) -> Site:
    """Where passkeys belong. An address of numbers can have none, so a loopback one is called localhost."""
    url = urlsplit(settings.public_url)
    host = "localhost" if url.hostname in LOOPBACK else url.hostname or ""
    port = f":{url.port}" if url.port else ""
    return Site(rp_id=host, origin=f"{url.scheme}://{host}{port}")
