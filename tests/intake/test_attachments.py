"""Files of comments: what is taken, under which name, and that they are only ever saved. Hostile words land as words."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from fawen.client import Fawen
from services.kernel.contracts.intake import RecordSummary
from services.kernel.runtime import telemetry
from services.kernel.runtime.settings import Settings
from tests.intake.builders import Web
from tests.intake.test_gate import a_site

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
PDF = b"%PDF-1.7\n"
HOSTILE = '<script>alert(1)</script>=HYPERLINK("http://x")'


def a_zip(**parts: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return held.getvalue()


async def a_window(web: Web) -> UUID:
    return await web.desk.opens_window(await web.desk.submits())


async def sends(
    client: httpx.AsyncClient, window_id: UUID, *files: tuple[str, bytes], body: str = "请看附件"
) -> httpx.Response:
    return await client.post(
        f"/intake/windows/{window_id}/comments",
        data={"body": body},
        files=[("attachments", file) for file in files],
        headers={"Idempotency-Key": str(uuid4())},
    )


async def test_files_come_with_a_comment_and_are_only_ever_saved(web: Web) -> None:
    window_id = await a_window(web)

    code = (await sends(web.client, window_id, ("照片.png", PNG), ("说明.txt", "油烟".encode()))).json()["code"]

    own = await web.client.get(f"/intake/receipts/{code}/files/1")
    (comment,) = (await web.gets(f"/intake/windows/{window_id}/comments")).json()["items"]
    assert [file["name"] for file in comment["attachments"]] == ["照片.png", "说明.txt"]
    shown = await web.gets(comment["attachments"][1]["href"])
    assert (own.content, shown.content.decode()) == (PNG, "油烟")
    for answer in (own, shown):
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Type"] == "application/octet-stream"


async def test_who_answers_finds_the_files_beside_the_opinion(web: Web) -> None:
    window_id = await a_window(web)
    await sends(web.client, window_id, (f"照片{HOSTILE[:8]}.png", PNG))
    await web.desk.closes_now(window_id)
    await web.desk.activities.record_summary(RecordSummary(window_id=window_id))
    (comment,) = (await web.gets(f"/intake/windows/{window_id}/comments")).json()["items"]
    (group,) = (await web.gets(f"/intake/windows/{window_id}/groups")).json()["items"]

    for page in ("answers", f"groups/{group['group_id']}"):
        shown = (await web.gets(f"/intake/consultation/{window_id}/{page}")).text
        assert f'href="{comment["attachments"][0]["href"]}"' in shown
        assert "<script>" not in shown


async def test_files_in_json_are_the_same(web: Web) -> None:
    window_id = await a_window(web)
    given = {"body": "请看附件", "attachments": [{"name": "说明.pdf", "content": "JVBERi0xLjcK"}]}

    code = (await web.posts(f"/intake/windows/{window_id}/comments", given, person=None)).json()["code"]

    assert (await web.client.get(f"/intake/receipts/{code}/files/1")).content == PDF


async def test_another_office_sees_no_files(web: Web) -> None:
    window_id = await a_window(web)
    await sends(web.client, window_id, ("照片.png", PNG))
    (comment,) = (await web.gets(f"/intake/windows/{window_id}/comments")).json()["items"]
    path = comment["attachments"][0]["href"]

    assert (await web.gets(path, person="tang-shuyao")).status_code == 404
    assert (await web.gets(path, person=None)).status_code == 401
    assert (await web.gets(path.removesuffix("1") + "2")).status_code == 404


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.exe", b"MZ\x90\x00\x03", "file.unknown_type"),
        ("a.html", b"<!doctype html><html><body><script>1</script>", "file.unknown_type"),
        ("a.png", PDF, "file.wrong_extension"),
        ("a.txt.svg", b"<svg onload='alert(1)'/>", "file.wrong_extension"),
        ("a.pdf", b"", "file.empty"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "file.legacy_doc"),
        ("a.zip", a_zip(readme=b"x"), "file.unknown_type"),
        ("a.docx", a_zip(word__document_dot_xml=b"0" * 30_000_000), "file.bomb"),
    ],
)
async def test_a_file_that_is_not_what_may_come_is_refused(web: Web, name: str, data: bytes, code: str) -> None:
    window_id = await a_window(web)

    answer = await sends(web.client, window_id, (name, data))

    assert (answer.json()["code"], answer.json()["field"]) == (code, "file")
    async with web.desk.db.read() as conn:
        assert await conn.fetchval("select count(*) from comments") == 0


async def test_more_or_larger_files_than_the_settings_allow_are_refused(web: Web, settings: Settings) -> None:
    window_id = await a_window(web)
    tight = {"comment_files": 2, "comment_file_bytes": 100, "comment_files_bytes": 150}

    async with a_site(settings.model_copy(update=tight)) as site:
        many = await sends(site, window_id, *((f"{n}.txt", b"x") for n in range(3)))
        large = await sends(site, window_id, ("a.txt", b"x" * 101))
        together = await sends(site, window_id, ("a.txt", b"x" * 80), ("b.txt", b"x" * 80))

    assert [answer.json()["code"] for answer in (many, large, together)] == [
        "comment.attachments_count", "comment.attachments_size", "comment.attachments_size",
    ]  # fmt: skip


async def test_files_for_a_closed_window_are_not_kept(web: Web) -> None:
    window_id = await a_window(web)
    await web.desk.closes_now(window_id)
    before = web.desk.files()

    answer = await sends(web.client, window_id, ("照片.png", PNG))

    assert (answer.status_code, web.desk.files()) == (409, before)


async def test_hostile_words_and_names_land_as_words(web: Web) -> None:
    window_id = await a_window(web)
    name = f"../../{HOSTILE}\r\nX: y.txt"

    code = (await sends(web.client, window_id, (name, b"x"), body=HOSTILE)).json()["code"]

    page = await web.client.get(f"/intake/receipt?receipt={code}", headers={"Accept": "text/html"})
    file = await web.client.get(f"/intake/receipts/{code}/files/1")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "X" not in {header.strip() for header in file.headers}


async def test_a_refusal_by_the_form_shows_hostile_words_as_words(web: Web) -> None:
    window_id = await a_window(web)
    given = dict.fromkeys(("body", "clause", "name", "contact", "proof", "form"), HOSTILE)

    answer = await web.client.post(f"/intake/consultation/{window_id}", data=given)

    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


async def test_no_words_person_or_address_are_in_spans_or_logs(
    web: Web, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    window_id, spans = await a_window(web), InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    monkeypatch.setattr(telemetry, "tracer", provider.get_tracer("fawen"))
    path = f"/intake/windows/{window_id}/comments"
    private = {"body": "请给我打电话13800001234", "name": "周女士", "contact": "zhou@yunxi.example"}

    async with a_site(settings) as site:
        code = (await site.post(path, json=private)).json()["code"]
        await site.post(path, json={**private, "clause": "第九十九条13800001234"})
        await site.post(f"/intake/consultation/{window_id}", data=private)
        await site.get(f"/intake/receipt?receipt={code}")
        await site.get(f"/intake/receipts/{code}")

    told = json.dumps([span.to_json() for span in spans.get_finished_spans()]) + "".join(capsys.readouterr())
    assert "comment.take" in told
    for secret in ("13800001234", "周女士", json.dumps("周女士"), "zhou@yunxi", "203.0.113", code, "第九十九条"):
        assert secret not in told


async def test_the_typed_client_sends_files_and_proofs(web: Web, tmp_path: Path, settings: Settings) -> None:
    window_id = await a_window(web)
    file = tmp_path / "说明.txt"
    file.write_text("油烟")
    async with a_site(settings) as site, Fawen(settings.public_url) as public:
        public._http = site
        taken = await public.comment(window_id, "好", files=[file], proof=await public.proof(window_id))

    own = await web.client.get(f"/intake/receipts/{taken.code}/files/1")
    assert own.content.decode() == "油烟"
