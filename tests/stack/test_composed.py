"""The whole procedure over separate processes, as docker-compose.yml composes them: two of each that works alone."""

from __future__ import annotations

import pytest

from fawen.demo.people import DRAFTER, Town
from fawen.demo.story import Script
from fawen.demo.submission import built_in
from fawen.demo.texts import comments, text
from tests.journeys.play import played, settled, story_of, submitted
from tests.journeys.record import Letters, Record, whole
from tests.stack.composed import blocks, composed, routes, states

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

ROLES = {"web", "worker", "relay"}


def test_every_service_is_composed_of_a_web_two_workers_and_two_relays_and_the_public_finds_two_webs() -> None:
    found = {(block.command[-2], block.command[-1]): block.replicas for block in blocks()}
    for service in ("intake", "tasks", "review", "notify"):
        assert {role: found[f"services.{service}", role] for role in ROLES} == {
            "web": 2 if service == "intake" else 1, "worker": 2, "relay": 2,
        }  # fmt: skip
    assert found["workflows", "worker"] == 2
    assert set(routes().values()) == {"intake-web", "tasks-web", "review-web", "notify-web"}


async def test_the_procedure_runs_over_replicas_and_nothing_is_done_twice() -> None:
    async with composed() as place, Town.at(place.base_url, place.keys_file) as town:
        record, letters = Record(place.admin_url), Letters(place.home / "mail")
        document_id = await submitted(town, built_in())
        script = Script(outcomes={"legality_review": ["amend"]}, texts=[text("draft_2.txt")], comments=comments())
        dossier = await played(story_of(town, document_id, script), within=150)
        document = await town.of(DRAFTER).document(document_id)
        assert document.doc_number is not None
        assert document.doc_number.endswith("1号")
        assert dossier.verified
        assert whole(dossier.entries)
        await settled(record, letters, document_id)
        assert letters.ids().most_common(1)[0][1] == 1
        assert len([child for child in place.processes if child.name != "mail-0"]) == sum(
            block.replicas for block in blocks() if block.command[-1] != "migrate"
        )
        assert states(place.processes) == {}
