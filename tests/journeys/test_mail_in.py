"""By mail: an opinion goes in, its receipt comes back, and the receipt's page shows it and later its answer."""

from __future__ import annotations

import re
from email.message import EmailMessage

import httpx
import pytest

from fawen.demo.people import Town
from fawen.demo.post import CITIZEN, Mail
from fawen.demo.story import Script
from fawen.stack import Stack
from tests.journeys.drafts import work_plan
from tests.journeys.play import played, story_of, submitted, until
from tests.journeys.record import Letters

pytestmark = pytest.mark.timeout(240)

WORDS = "希望公布夜间的投诉电话。"
RECEIPT = re.compile(r"回执号：([0-9A-Z-]{24})")


async def test_a_mailed_opinion_gets_its_receipt_and_its_answer(stack: Stack, town: Town, letters: Letters) -> None:
    document_id = await submitted(town, work_plan("云信发"))
    script = Script(mails=[Mail("关于工作要点", WORDS)], mail_port=stack.comment_port)
    await played(story_of(town, document_id, script))

    async def both() -> bool:
        return len(_to_the_citizen(letters)) == 2

    await until("the receipt and the answer were mailed", both)
    acknowledged, answered = _to_the_citizen(letters)
    found = RECEIPT.search(str(acknowledged.get_content()))
    assert found is not None
    assert (acknowledged["In-Reply-To"] is not None, f"回执号 {found[1]}" in str(answered.get_content())) == (
        True,
        True,
    )
    shown = await town.public.receipt(found[1])
    assert (WORDS in shown["body"], shown["channel"], shown["answer"]["disposition"]) == (True, "email", "not_adopted")
    async with httpx.AsyncClient(base_url=stack.base_url, trust_env=False) as anybody:
        page = await anybody.get("/intake/receipt", params={"receipt": found[1]})
    assert WORDS in page.text


def _to_the_citizen(letters: Letters) -> list[EmailMessage]:
    return [mail for mail in letters.mails() if str(mail["To"]) in CITIZEN]
