"""Notify: what goes out. `python -m services.notify {web|worker|relay|migrate}`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.kernel.runtime import outbox
from services.kernel.runtime.activities import served
from services.kernel.runtime.process import Context, Service, main
from services.kernel.runtime.relay import Deliver
from services.notify.activities import Activities
from services.notify.mail import Post
from services.notify.web import app_of


def activities(context: Context) -> Sequence[Callable[..., Any]]:
    """What workflows may ask for."""
    return served(Activities(context))


def deliveries(context: Context) -> Mapping[str, Deliver]:
    """How mail leaves the outbox."""
    return {outbox.MAIL: Post(context.db, context.settings, context.book).deliver}


SERVICE = Service(name="notify", web=app_of, activities=activities, deliveries=deliveries)

if __name__ == "__main__":
    main(SERVICE)
