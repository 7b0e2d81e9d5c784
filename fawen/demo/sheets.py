"""What the demonstration puts on the sheets of recorded steps before it files them: reports, by whoever writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fawen.demo.people import DRAFTER, Person, Town
from fawen.replies import Round

ASSESSMENT = {
    "necessity": "街面餐饮油烟投诉集中，现行规定没有覆盖小型餐饮，确有必要制定。",
    "feasibility": "清洗设施和第三方服务已经普及，执法力量能够承担，可以实施。",
    "reasonableness": "按月清洗已放宽为按季清洗，与污染程度相当。",
    "expected_effect": "预期油烟投诉一年内下降一半以上。",
    "risk": "小型餐饮成本略有上升，已设过渡期。",
}
# By stage: who puts it there, under which name, and what.
SHEETS: Mapping[str, Sequence[tuple[Person, str, dict[str, Any]]]] = {
    "assessment": ((DRAFTER, "assessment", ASSESSMENT),),
}


async def fill(town: Town, round_: Round) -> None:
    """Put on the sheet of a round what the law asks for, if its stage has one. Raises Problem."""
    for person, act, words in SHEETS.get(round_.stage, ()):
        await town.of(person).collect(round_, act, **words)
