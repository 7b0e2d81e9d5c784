"""A meeting by its pages and by programs: every page is drawn in both languages, and the record is what was confirmed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from services.kernel.runtime.auth import Actor
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.review.store import meetings, sessions
from tests.review.builders import (
    DELIBERATED,
    HE_XU,
    LU_WENXI,
    MEMBERS,
    WEN_ZHIYUAN,
    ZONE,
    a_round,
    opened,
)
from tests.review.conftest import Web

KEY = iter(range(10_000))
EVERYBODY = (*MEMBERS, "xu-qingyuan")


async def sends(web: Web, path: str, fields: dict[str, str], actor: Actor = WEN_ZHIYUAN) -> httpx.Response:
    headers = {**web.as_program(actor), "Idempotency-Key": f"k{next(KEY)}", "Accept": "text/html"}
    return await web.client.post(path, data=fields, headers=headers)


async def shows(web: Web, path: str, actor: Actor = WEN_ZHIYUAN, language: str = "zh") -> httpx.Response:
    headers = {**web.as_program(actor), "Accept": "text/html", "Accept-Language": language}
    return await web.client.get(path, headers=headers)


async def a_session(web: Web) -> UUID:
    at = datetime.now(ZONE) + timedelta(hours=30)
    body = {
        "issuer_unit": "yunxi",
        "name": f"第{next(KEY)}次常务会议",
        "place": "302会议室",
        "starts_at": at.isoformat(),
    }
    answer = await web.client.post("/review/sessions", json=body, headers=web.as_program(WEN_ZHIYUAN))
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["session_id"])


async def with_item(web: Web, db: Database, blobs: Blobs, session_id: UUID) -> tuple[UUID, UUID]:
    asked = a_round("meeting")
    text = asked.text.model_copy(update={"text_hash": await blobs.put(DELIBERATED.encode())})
    round_id = await opened(db, asked.model_copy(update={"text": text}))
    answer = await sends(web, f"/review/meeting/{session_id}/act/put", {"round_id": str(round_id)})
    assert answer.status_code == 303, answer.text
    async with db.read() as conn:
        return round_id, (await sessions.items(conn, session_id))[0].id


async def attended(web: Web, session_id: UUID) -> None:
    rows: dict[str, str] = {}
    for number, person in enumerate(EVERYBODY, start=1):
        rows |= {f"member_{number}_person_id": person, f"member_{number}_present": "yes"}
    head = {
        "started_at": f"{datetime.now(ZONE):%Y-%m-%dT%H:%M}",
        "chair_id": "xu-qingyuan",
        "attending": "区司法局：苏禾",
    }
    answer = await sends(web, f"/review/meeting/{session_id}/act/attendance", {**head, **rows})
    assert answer.status_code == 303, answer.text


def said(**changes: str) -> dict[str, str]:
    rows: dict[str, str] = {"outcome": "passed", "revision": "0", "do": "save"}
    for number, person in enumerate(EVERYBODY, start=1):
        row = f"member_{number}_"
        rows |= {
            f"{row}person_id": person,
            f"{row}order": str(number),
            f"{row}stance": "for",
            f"{row}opinion": "同意。",
        }
    return {**rows, **changes}


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_pages_of_a_meeting_are_drawn(web: Web, db: Database, blobs: Blobs, language: str) -> None:
    session_id = await a_session(web)
    _, item_id = await with_item(web, db, blobs, session_id)
    for path in ("/review/meetings", f"/review/meeting/{session_id}", f"/review/meeting/{session_id}/item/{item_id}"):
        page = await shows(web, path, language=language)
        assert page.status_code == 200, path
    await attended(web, session_id)
    assert (await shows(web, f"/review/meeting/{session_id}/item/{item_id}", language=language)).status_code == 200
    assert (await shows(web, f"/review/meeting/{session_id}", LU_WENXI, language)).status_code == 200


async def test_what_was_confirmed_is_recorded_with_its_amendment(web: Web, db: Database, blobs: Blobs) -> None:
    session_id = await a_session(web)
    round_id, item_id = await with_item(web, db, blobs, session_id)
    await attended(web, session_id)
    here = f"/review/meeting/{session_id}/item/{item_id}"
    amended = {
        "outcome": "passed_as_amended",
        "amendment_1_clause": "第二条",
        "amendment_1_old": "六十日",
        "amendment_1_new": "三十日",
    }
    written = await sends(web, here, said(do="check", **amended))
    assert written.headers["location"] == f"{here}/check"
    check = await shows(web, f"{here}/check")
    assert "<ins>" in check.text or "<ins" in check.text
    assert (await sends(web, f"{here}/record", {"revision": "1"})).status_code == 303
    async with db.read() as conn:
        record = await meetings.find_meeting(conn, round_id)
    assert record is not None
    assert record.ruling.amended_hash == await blobs.put(DELIBERATED.replace("六十日", "三十日").encode())
    made = await sends(web, f"/review/meeting/{session_id}/act/minutes", {})
    assert made.status_code == 303
    minutes = await web.client.get(f"/review/sessions/{session_id}/minutes", headers=web.as_program(LU_WENXI))
    assert minutes.content.startswith(b"PK")


async def test_a_record_that_cannot_stand_comes_back_with_its_article(web: Web, db: Database, blobs: Blobs) -> None:
    session_id = await a_session(web)
    _, item_id = await with_item(web, db, blobs, session_id)
    await attended(web, session_id)
    here = f"/review/meeting/{session_id}/item/{item_id}"
    await sends(web, here, said(member_6_order="1", member_1_order="9"))
    check = await shows(web, f"{here}/check")
    assert check.status_code == 409
    assert "行政首长没有最后发表意见" in check.text
    assert "第三十条" in check.text


async def test_a_draft_that_moved_is_not_recorded(web: Web, db: Database, blobs: Blobs) -> None:
    session_id = await a_session(web)
    _, item_id = await with_item(web, db, blobs, session_id)
    await attended(web, session_id)
    here = f"/review/meeting/{session_id}/item/{item_id}"
    await sends(web, here, said())
    await sends(web, here, said(revision="1", reasons="又改了。"))
    assert (await sends(web, f"{here}/record", {"revision": "1"})).status_code == 409
    assert "又改了。" in (await shows(web, here)).text


async def test_the_pack_is_made_by_the_page_and_downloaded(web: Web, db: Database, blobs: Blobs) -> None:
    session_id = await a_session(web)
    await with_item(web, db, blobs, session_id)
    assert (await sends(web, f"/review/meeting/{session_id}/act/pack", {})).status_code == 303
    pack = await web.client.get(f"/review/sessions/{session_id}/pack", headers=web.as_program(LU_WENXI))
    assert pack.content.startswith(b"%PDF-1.7")
    assert "下载材料汇编" in (await shows(web, f"/review/meeting/{session_id}")).text


async def test_the_round_leads_to_the_meeting_on_whose_agenda_it_stands(web: Web, db: Database, blobs: Blobs) -> None:
    session_id = await a_session(web)
    round_id, _ = await with_item(web, db, blobs, session_id)
    assert f"/review/meeting/{session_id}" in (await shows(web, f"/review/round/{round_id}")).text


async def test_who_is_no_clerk_acts_by_no_route(web: Web, db: Database, blobs: Blobs) -> None:
    session_id = await a_session(web)
    _, item_id = await with_item(web, db, blobs, session_id)
    base = f"/review/meeting/{session_id}"
    at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M}"
    everything = {
        f"{base}/act/move": {"place": "室", "starts_at": at, "reason": "理由"},
        f"{base}/act/cancel": {"reason": "理由"},
        f"{base}/act/notice": {},
        f"{base}/act/pack": {},
        f"{base}/act/minutes": {},
        f"{base}/item/{item_id}/off": {"reason": "理由"},
        f"{base}/item/{item_id}/up": {},
        f"{base}/item/{item_id}": said(),
        f"{base}/item/{item_id}/record": {"revision": "0"},
    }
    for path, fields in everything.items():
        assert (await sends(web, path, fields, HE_XU)).status_code == 403, path
    described = (await web.client.get("/review/openapi.json")).json()["paths"]
    posts = [path for path in described if path.startswith("/review/sessions/") and "post" in described[path]]
    assert len(posts) == 11
    assert not re.search("sessions", " ".join(path for path in everything))
