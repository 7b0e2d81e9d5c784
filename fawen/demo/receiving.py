"""Before a legality review: the drafting office answers its list, the reviewer checks the papers and accepts."""

from __future__ import annotations

from fawen.demo.people import Person, Town
from fawen.replies import Round

LEGALITY = "legality"
# What the demonstration does not attach to the round lies in the dossier, and the reviewer has looked there.
LOOKED = {"state": "present", "reason": "已在卷宗中核对。"}


async def receive(town: Town, drafter: Person, reviewer: Person, round_: Round) -> None:
    """Have a legality round accepted; other rounds, and those that are accepted, are left as they are."""
    if round_.form != LEGALITY:
        return
    office = town.of(reviewer)
    before = await office.receiving(round_.id)
    if before.accepted_at is not None:
        return
    items = [item["item"] for item in before.checklist if not item["about_this_text"]]
    if items:
        await town.of(drafter).answer_checklist(round_.id, [{"item": item, "answer": "none"} for item in items])
    found = [{"material": paper.material, **LOOKED} for paper in before.materials]
    await office.decide(round_, "acceptance", materials=found)
