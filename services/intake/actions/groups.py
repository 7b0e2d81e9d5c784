"""What a person does with the machine's groups: split, move, merge, name; each once, seen by all, and written down.

Who acts says which revision of each group was seen: two persons do not overwrite each other. All acts hold the
window's lock, as answering does.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.intake.actions.answering import to_answer
from services.intake.domain.groups import (
    MOST_AT_ONCE,
    GroupChanged,
    GroupUnknown,
    MergesNothing,
    NothingChosen,
    NotInGroup,
    clean_name,
)
from services.intake.domain.ids import uuid7
from services.intake.store import groups as store
from services.intake.store.groups import Group
from services.kernel.procedure.deadlines import OFFICE_ZONE
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection

ZONE = OFFICE_ZONE.key


async def split(
    tx: Connection,
    actor: Actor,
    window_id: UUID,
    group_id: UUID,
    *,
    comment_ids: Sequence[UUID],
    name: str,
    revision: int,
) -> Group:
    """Take opinions out of a group into a new one, which is answered.

    Raises what `to_answer` raises, GroupUnknown, GroupChanged, NothingChosen, NotInGroup, BadGroupName.
    """
    await to_answer(tx, actor, window_id)
    group = (await _seen(tx, window_id, {group_id: revision}))[group_id]
    chosen, kept_name = await _chosen(tx, group, comment_ids), clean_name(name)
    if len(chosen) >= group.size:
        raise NothingChosen(field="comments")
    made = uuid7()
    await store.add(tx, group_id=made, window_id=window_id, name=kept_name, made_by=actor.person_id)
    await store.move(tx, chosen, made)
    await store.count_again(tx, window_id, [group_id, made], ZONE)
    await store.more_groups(tx, window_id, 1)
    await store.add_act(
        tx,
        window_id,
        act="split",
        by=actor.person_id,
        detail={"groups": [str(group_id), str(made)], "comments": [str(one) for one in chosen], "name": kept_name},
    )
    return await store.get(tx, window_id, made)


async def move(
    tx: Connection,
    actor: Actor,
    window_id: UUID,
    group_id: UUID,
    *,
    comment_ids: Sequence[UUID],
    to: UUID,
    revision: int,
    to_revision: int,
) -> Group:
    """Put opinions of a group into another, which is answered; a group that is left empty goes.

    Raises what `to_answer` raises, GroupUnknown, GroupChanged, NothingChosen, NotInGroup, MergesNothing.
    """
    await to_answer(tx, actor, window_id)
    if to == group_id:
        raise MergesNothing(field="to")
    group = (await _seen(tx, window_id, {group_id: revision, to: to_revision}))[group_id]
    chosen = await _chosen(tx, group, comment_ids)
    await store.move(tx, chosen, to)
    await store.count_again(tx, window_id, [group_id, to], ZONE)
    if len(chosen) == group.size:
        await store.retire(tx, [group_id])
        await store.more_groups(tx, window_id, -1)
    await store.add_act(
        tx,
        window_id,
        act="moved",
        by=actor.person_id,
        detail={"groups": [str(group_id), str(to)], "comments": [str(one) for one in chosen]},
    )
    return await store.get(tx, window_id, to)


async def merge(
    tx: Connection, actor: Actor, window_id: UUID, group_id: UUID, *, others: dict[UUID, int], revision: int
) -> Group:
    """Put all opinions of other groups, given with the revisions that were seen, into this one, which is answered.

    Raises what `to_answer` raises, GroupUnknown, GroupChanged, MergesNothing.
    """
    await to_answer(tx, actor, window_id)
    if not others or group_id in others or len(others) > MOST_AT_ONCE:
        raise MergesNothing(field="groups")
    await _seen(tx, window_id, {group_id: revision, **others})
    await store.move_all(tx, window_id, list(others), group_id)
    await store.count_again(tx, window_id, [group_id, *others], ZONE)
    await store.retire(tx, list(others))
    await store.more_groups(tx, window_id, -len(others))
    await store.add_act(
        tx,
        window_id,
        act="merged",
        by=actor.person_id,
        detail={"groups": [str(group_id), *map(str, others)]},
    )
    return await store.get(tx, window_id, group_id)


async def name_group(
    tx: Connection, actor: Actor, window_id: UUID, group_id: UUID, *, name: str, revision: int
) -> Group:
    """Give a group its name, or take it away. Raises what `to_answer` raises, GroupUnknown, GroupChanged, BadGroupName."""
    await to_answer(tx, actor, window_id)
    await _seen(tx, window_id, {group_id: revision})
    kept_name = clean_name(name)
    await store.rename(tx, group_id, kept_name)
    await store.add_act(
        tx, window_id, act="named", by=actor.person_id, detail={"groups": [str(group_id)], "name": kept_name}
    )
    return await store.get(tx, window_id, group_id)


async def _seen(tx: Connection, window_id: UUID, revisions: dict[UUID, int]) -> dict[UUID, Group]:
    """The groups, if each still is as it was seen."""
    found = await store.several(tx, window_id, list(revisions))
    if found.keys() != revisions.keys():
        raise GroupUnknown(field="group")
    if any(found[group_id].revision != revision for group_id, revision in revisions.items()):
        raise GroupChanged(field="revision")
    return found


async def _chosen(tx: Connection, group: Group, comment_ids: Sequence[UUID]) -> list[UUID]:
    chosen = sorted(set(comment_ids))
    if not chosen or len(chosen) > MOST_AT_ONCE:
        raise NothingChosen(field="comments")
    if set(chosen) != await store.standing_of(tx, group.window_id, group.id, chosen):
        raise NotInGroup(field="comments")
    return chosen
