"""Groups of opinions that say the same: what a person may do with the machine's grouping, and when it is refused."""

from __future__ import annotations

from dataclasses import dataclass

from services.kernel.contracts.refusals import Conflict, Invalid, NotFound, Words

LONGEST_NAME = 100
MOST_AT_ONCE = 1_000


@dataclass(frozen=True)
class CampaignRule:
    """When a group is called a campaign: from so many opinions, or from so many within one hour of the clock."""

    size: int = 100
    an_hour: int = 30

    def covers(self, *, size: int, busiest_hour: int) -> bool:
        """Whether a group of that size and haste is a campaign."""
        return size >= self.size or busiest_hour >= self.an_hour


CAMPAIGN = CampaignRule()


class GroupUnknown(NotFound):
    """No such group in this window, or it was merged into another."""

    code = "group.not_found"
    title = Words("没有这一组意见", "No such group of opinions")
    remedy = Words(
        "这一组可能已经并入别组，请回到意见分组查看。", "It may have been merged: look at the list of groups."
    )


class GroupChanged(Conflict):
    """Somebody else acted on the group since the caller looked."""

    code = "group.changed"
    title = Words("这一组刚刚被别人改动过", "Somebody has just changed this group")
    remedy = Words("请看过现在的分组以后再办理。", "Look at the group as it is now, then try again.")


class NotInGroup(Invalid):
    """An opinion that the group does not hold, or that was withdrawn."""

    code = "group.member"
    title = Words("所选的意见不在这一组里", "A chosen opinion is not in this group")
    remedy = Words("请从这一组里没有撤回的意见中选择。", "Choose opinions of this group that were not withdrawn.")


class NothingChosen(Invalid):
    """A split needs some opinions, but not all of them."""

    code = "group.nothing_chosen"
    title = Words("没有选出要分开的意见", "Choose the opinions that leave the group")
    remedy = Words("请选择一部分意见，不要全选，也不要不选。", "Choose some of them: not none, and not all.")


class MergesNothing(Invalid):
    """A merge needs another group."""

    code = "group.merges_nothing"
    title = Words("请选择要并入的另一组", "Choose another group")
    remedy = Words("一组不能并入自己。", "A group cannot be merged into itself.")


class BadGroupName(Invalid):
    """Too long for a heading, or not text."""

    code = "group.name"
    title = Words("组名不合要求", "The name cannot be taken")
    remedy = Words(f"组名最多{LONGEST_NAME}个字，不能换行。", f"At most {LONGEST_NAME} characters, on one line.")


def clean_name(name: str) -> str:
    """A group's name as it is kept; empty takes the name away. Raises BadGroupName."""
    plain = name.strip()
    if len(plain) > LONGEST_NAME or any(not letter.isprintable() for letter in plain):
        raise BadGroupName(field="name")
    return plain
