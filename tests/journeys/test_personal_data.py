"""Who commented leaves no trace in what a running stack writes: logs, spans, the procedures' histories, the record."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest
from temporalio.client import Client

from fawen.demo.people import Town
from fawen.demo.submission import built_in
from fawen.stack import Stack
from fawen.stack.temporal import NAMESPACE
from tests.intake.sweep import rows_with
from tests.journeys.play import playing, story_of, submitted, the_window

NAME, CONTACT = "沈听澜字子渊", "tinglan.shen@ziyuan.example"
INSIDE = "13988887777"
SPANS_LEAVE = 2.0
IDLE_LOGS = ("postgres", "mail")


@pytest.mark.timeout(300)
async def test_a_whole_procedure_leaves_no_trace_of_who_commented(stack: Stack, town: Town) -> None:
    document_id = await submitted(town, built_in())
    async with playing(story_of(town, document_id)) as playing_on:
        window = await the_window(town, document_id)
        async with httpx.AsyncClient(base_url=stack.base_url) as public:
            taken = await public.post(
                f"/intake/windows/{window.window_id}/comments",
                json={"body": f"油烟太大，请回电{INSIDE}。", "name": NAME, "contact": CONTACT},
                headers={"Idempotency-Key": str(uuid4())},
            )
        assert taken.status_code == 201, taken.text
        await playing_on
    await asyncio.sleep(SPANS_LEAVE)

    histories = await _histories(stack)
    owner = await asyncpg.connect(stack.admin_url)
    try:
        for words in (NAME, CONTACT):
            assert set(await rows_with(owner, words)) <= {"intake.comment_contacts"}
    finally:
        await owner.close()
    assert len(histories) > 1
    for words in (NAME, CONTACT, INSIDE):
        assert words not in "".join(histories)
        assert await asyncio.to_thread(_files_with, stack.home, words) == []


async def _histories(stack: Stack) -> list[str]:
    """Every procedure's history as Temporal hands it out, payloads in words."""
    client = await Client.connect(stack.temporal_address, namespace=NAMESPACE)
    found = []
    async for execution in client.list_workflows():
        handle = client.get_workflow_handle(execution.id, run_id=execution.run_id)
        payloads = [event.SerializeToString() async for event in handle.fetch_history_events()]
        found.append(b"".join(payloads).decode("utf-8", "replace"))
    return found


def _files_with(home: Path, words: str) -> list[str]:
    """Logs, spans and kept texts in which these words stand; the database's own files and the mailbox are no logs."""
    kept = [
        home / "traces.jsonl",
        *home.glob("*.log"),
        *(path for path in (home / "blobs").rglob("*") if path.is_file()),
    ]
    return [path.name for path in kept if path.stem not in IDLE_LOGS and words.encode() in path.read_bytes()]
