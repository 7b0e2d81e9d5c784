"""Mail about items that change hands: rendered when it leaves, once for each event and person, with a link to the page.

What people wrote stands on the page, not in the mail.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.kernel.contracts.refusals import Words
from services.kernel.procedure.words import stage_words
from services.kernel.runtime import language
from services.kernel.runtime.display import day_words
from services.kernel.runtime.language import Language
from services.kernel.runtime.mail import Mailer
from services.kernel.runtime.outbox import Letter
from services.kernel.runtime.process import Context
from services.kernel.runtime.staff_mail import address_of, composed
from services.tasks.actions.recording import ItemLetter
from services.tasks.domain.items import Item
from services.tasks.store import items

LANGUAGES: tuple[Language, Language] = ("zh", "en")
TEMPLATES = Path(__file__).parent / "templates" / "mail"
WHAT: Mapping[str, Words] = {
    "reassigned": Words("一件事项已经转派，请查看由谁办理", "An item was reassigned; see who has it now"),
    "handed_over": Words("一件事项已经移交，请查看由谁办理", "An item was handed over; see who has it now"),
    "taken_back": Words("一件转派或者移交的事项已经撤回", "An item that was passed on has been taken back"),
    "asked": Words("请您提出意见", "Your opinion is asked"),
    "answered": Words("征询的意见已经答复", "An opinion that was asked has been given"),
    "withdrawn": Words("征询意见已经撤回，不需要答复", "A question was withdrawn; no answer is needed"),
    "urged": Words("有人请您尽快办理", "You are asked to deal with this soon"),
    "copied": Words("抄送给您，供您了解", "For your information"),
    "closed": Words("征询的事项已经办结，不需要答复", "The matter is closed; no answer is needed"),
}


class Post:
    """Delivers the mails of this service's outbox."""

    def __init__(self, context: Context) -> None:
        self._context, self._mailer = context, Mailer(context.settings)
        # Plain text: nothing here is markup, so nothing is escaped; the header is made safe by itself.
        self._templates = Environment(  # noqa: S701
            loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )

    async def deliver(self, letter: Letter) -> None:
        """Send one mail. Raises Undeliverable, Unavailable. Sent again after a crash, it has the same Message-ID."""
        said = ItemLetter.model_validate(letter.body)
        async with self._context.db.read() as conn:
            item = await items.get(conn, said.item_id)
            address = await address_of(conn, said.person_id)
        await self._mailer.send(self.render(said, item, letter, to=address), to=address)

    def render(self, said: ItemLetter, item: Item, letter: Letter, *, to: str) -> EmailMessage:
        """The mail as it leaves, the same however often."""
        text = self._templates.get_template("item.txt").render(**self._words(said, item))
        fact = ("item", str(said.event_id), said.person_id)
        return composed(self._context.settings, text, to=to, at=letter.created_at, fact=fact)

    def _words(self, said: ItemLetter, item: Item) -> dict[str, Any]:
        settings, book = self._context.settings, self._context.book
        return {
            "what": WHAT[said.event],
            "title": item.title,
            "stage": stage_words(book, item.kind, item.stage),
            "due": _due(item),
            "link": f"{settings.public_url.rstrip('/')}/tasks/inbox/{item.id}",
            "office": settings.office_name,
        }


def _due(item: Item) -> Words | None:
    if item.due.on is None or item.due.provisional:
        return None
    written = []
    for tongue in LANGUAGES:
        with language.reading(tongue):
            written.append(day_words(item.due.on))
    return Words(*written)
