"""Making the tasks of a published plan, once for each document."""

from __future__ import annotations

import re

from services.kernel.contracts.refusals import Conflict, Words
from services.kernel.contracts.tasks import MakeTasks, TasksMade
from services.kernel.runtime import directory
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Connection
from services.kernel.text.normal import normalise, text_hash
from services.kernel.text.structure import Structure
from services.tasks.domain.breakdown import break_down
from services.tasks.store import plans as store

_BRACKET = re.compile(r"[（(][^（）()]*[）)]$")


class OtherText(Conflict):
    """The structure was read from another text than the one that was published."""

    code = "plan.other_text"
    title = Words("任务结构与公布的文本不是同一份", "The structure belongs to another text than the one published")


async def read(blobs: Blobs, message: MakeTasks) -> tuple[Structure, str]:
    """The structure and the normalised text that its offsets refer to. Raises NotFound, OtherText."""
    structure = Structure.model_validate_json(await blobs.get(message.structure_hash))
    text = normalise(await blobs.text(message.text_hash))
    if text_hash(text) != structure.text_hash:
        raise OtherText(rule="plan.breakdown")
    return structure, text


async def make_tasks(tx: Connection, message: MakeTasks, structure: Structure, text: str) -> TasksMade:
    """Make every task that the text sets. Asked again, it answers what stands and changes nothing."""
    document_id = message.document.document_id
    tasks = break_down(structure, text, str(document_id))
    names = dict.fromkeys(printed for task in tasks for _, printed in task.units)
    unit_ids = {name: await _match(tx, name) for name in names}
    unmatched = sum(unit_id is None for unit_id in unit_ids.values())
    if await store.add_plan(tx, message, text_hash=structure.text_hash, unmatched=unmatched):
        for task in tasks:
            await store.add_task(tx, document_id, task, text_hash=structure.text_hash, unit_ids=unit_ids)
    plan = await store.get_plan(tx, document_id)
    return TasksMade(made=await store.count_tasks(tx, document_id), unmatched=plan.unmatched)


async def _match(tx: Connection, printed: str) -> str | None:
    """The directory's unit of that name, also when the plan adds its inner offices in brackets."""
    name = re.sub(r"\s+", "", printed)
    for wording in dict.fromkeys((name, _BRACKET.sub("", name))):
        if unit := await directory.unit_by_name(tx, wording):
            return unit.id
    return None
