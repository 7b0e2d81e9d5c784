"""Names of units and persons, kept by the process: a page of the inbox names the same few again and again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from services.kernel.runtime.db import Connection
from services.tasks.domain.items import Item

# Whoever is renamed stands under the old name for this long; what is recorded are ids.
KEPT_SECONDS = 60.0
NAMES = """
select id, short_name as name, true as is_unit from directory.units where id = any($1)
union all
select id, name, false from directory.persons where id = any($2)
"""


class Named(NamedTuple):
    """Names by id. What the directory does not hold goes by its id."""

    units: Mapping[str, str]
    persons: Mapping[str, str]


class Names:
    """The names that this process has looked up, each once a minute at most. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = 0.0
        self._units: dict[str, str] = {}
        self._persons: dict[str, str] = {}

    async def of(self, conn: Connection, items: Iterable[Item]) -> Named:
        """The names that these items mention."""
        if self._clock() >= self._until:
            # What was given out before stays as it was.
            self._units, self._persons = {}, {}
            self._until = self._clock() + KEPT_SECONDS
        units, persons = self._units, self._persons
        asked_units, asked_persons = set[str | None](), set[str | None]()
        for item in items:
            asked_units.update((item.drafting_unit, item.unit_id, item.person_unit_id))
            asked_persons.update((item.person_id, item.came_from))
        new_units = [each for each in asked_units if each is not None and each not in units]
        new_persons = [each for each in asked_persons if each is not None and each not in persons]
        if new_units or new_persons:
            units |= {each: each for each in new_units}
            persons |= {each: each for each in new_persons}
            for row in await conn.fetch(NAMES, new_units, new_persons):
                (units if row["is_unit"] else persons)[row["id"]] = row["name"]
        return Named(units, persons)
