"""Documents over HTTP: receipts, bad input of every kind, versions, the dossier, withdrawal."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import Any
from uuid import uuid4

import pytest
from docx import Document
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from services.kernel.contracts import chain
from tests.intake.builders import CONTACT, DRAFT, NEXT_DRAFT, Web, a_stage, a_submission, answers

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


def a_docx(*paragraphs: str) -> bytes:
    document, held = Document(), io.BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(held)
    return held.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, content)
    return held.getvalue()


def a_pdf(*, password: str | None = None) -> bytes:
    held = io.BytesIO()
    canvas = Canvas(held, encrypt=StandardEncryption(password, strength=128) if password else None)
    canvas.rect(100, 100, 200, 300, fill=1)
    canvas.showPage()
    canvas.save()
    return held.getvalue()


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'
BAD_FILES = [
    ("空.txt", b"", 422, "file.empty"),
    ("旧.doc", OLE, 415, "file.legacy_doc"),
    ("扫描.pdf", a_pdf(), 422, "file.scanned_pdf"),
    ("加密.pdf", a_pdf(password="secret"), 422, "file.encrypted"),
    ("炸弹.docx", with_part(a_docx("云溪"), "word/media/x.bin", b"\x00" * 12_000_000), 422, "file.bomb"),
    ("实体.docx", with_part(a_docx("云溪"), "word/styles.xml", ENTITIES), 422, "file.xml_entities"),
    ("其实是.pdf", a_docx("云溪区"), 415, "file.wrong_extension"),
    ("大.txt", "云".encode() * 7_500_000, 413, "file.too_large"),
]


@pytest.mark.parametrize(("name", "data", "status", "code"), BAD_FILES, ids=[case[3] for case in BAD_FILES])
async def test_a_bad_file_is_refused_and_nothing_is_kept(
    web: Web, name: str, data: bytes, status: int, code: str
) -> None:
    answer = await web.uploads(name, data)

    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["field"]) == (status, code, "file")
    assert problem["remedy"]
    assert await web.has_nothing()


async def test_sixty_megabytes_are_refused_before_they_are_read(web: Web) -> None:
    answer = await web.client.post(
        "/intake/documents", content=b"", headers={**web.as_("he-xu"), "Content-Length": str(60 * 1024 * 1024)}
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "input.too_large")


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"kind": "LETTER", "predicates": {}}, 422, "document.unknown_kind", "kind"),
        ({"issuer_unit": "南湖区政府"}, 422, "document.unknown_unit", "issuer_unit"),
        ({"text": "机密★1年\n" + DRAFT}, 422, "document.classified", "text"),
        ({"note": "秘密★3年\n说明"}, 422, "document.classified", "text"),
        ({"text": DRAFT.replace("2026年7月1日", "20××年×月×日")}, 422, "text.placeholders", "text"),
        ({"text": ""}, 422, "document.text_missing", "text"),
        ({"agency_code": "YZ〔2026〕1号"}, 422, "document.agency_code", "agency_code"),
        ({"note": ""}, 422, "notice.incomplete", "note"),
        ({"comment": {"contact": CONTACT, "channels": ["pigeon"]}}, 422, "notice.incomplete", "comment.channels"),
        ({"comment": {"contact": CONTACT, "days": 2}}, 422, "window.too_short", "comment.closes_at"),
        (
            {"comment": {"contact": CONTACT, "closes_at": "2020-01-01"}},
            422,
            "window.backwards",
            "comment.closes_at",
        ),
        ({"attachments": [{"role": "poem", "file": {"name": "a.txt", "content": "5LqR"}}]}, 422, "attachment.role",
         "attachments.0.role"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
async def test_bad_input_is_refused_with_its_field_and_nothing_is_kept(
    web: Web, changes: dict[str, Any], status: int, code: str, field: str
) -> None:
    answer = await web.posts("/intake/documents", a_submission(**changes))

    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["field"]) == (status, code, field), problem
    assert problem["remedy"]
    assert await web.has_nothing()


async def test_a_missing_field_is_named(web: Web) -> None:
    given = a_submission()
    del given["issuer_unit"]

    problem = (await web.posts("/intake/documents", given)).json()

    assert [error["field"] for error in problem["errors"]] == ["issuer_unit"]


async def test_every_missing_answer_is_named_with_its_field(web: Web) -> None:
    problem = (await web.posts("/intake/documents", a_submission(predicates={}))).json()

    assert problem["code"] == "document.several_wrong"
    assert {f"predicates.{name}" for name in answers()} <= {error["field"] for error in problem["errors"]}


async def test_what_is_no_json_is_refused(web: Web) -> None:
    answer = await web.client.post("/intake/documents", content=b"[1,", headers=web.as_("he-xu"))

    assert (answer.status_code, answer.json()["code"]) == (422, "input.unreadable")


async def test_nobody_submits_without_a_key(web: Web) -> None:
    assert (await web.posts("/intake/documents", a_submission(), person=None)).status_code == 401


async def test_who_does_not_draft_is_refused_before_anything_is_read(web: Web) -> None:
    assert (await web.posts("/intake/documents", a_submission(), person="lu-wenxi")).status_code == 403


async def test_the_receipt_says_what_was_read_and_what_comes_next(web: Web) -> None:
    answer = await web.posts("/intake/documents", a_submission())

    receipt = answer.json()
    assert answer.status_code == 201
    assert receipt["title"] == "云溪区街面餐饮油烟管理办法"
    assert "中华人民共和国大气污染防治法" in receipt["structure"]["bases"]
    assert [step["stage"] for step in receipt["clock"]["steps"]][:3] == ["initiation", "drafting", "assessment"]
    assert answer.headers["Location"] == receipt["links"]["self"]


async def test_a_docx_by_form_is_read_like_a_text(web: Web) -> None:
    answer = await web.uploads("油烟管理办法.docx", a_docx(*DRAFT.strip().split("\n")))

    assert answer.status_code == 201
    assert answer.json()["title"] == "云溪区街面餐饮油烟管理办法"


async def test_a_file_in_json_is_base64(web: Web) -> None:
    given = {name: value for name, value in a_submission().items() if name != "text"}
    file = {"name": "草案.txt", "content": base64.b64encode(DRAFT.encode()).decode()}

    assert (await web.posts("/intake/documents", {**given, "file": file})).status_code == 201


async def test_the_same_key_with_the_same_body_gets_the_same_receipt(web: Web) -> None:
    key, given = str(uuid4()), a_submission()
    first = await web.posts("/intake/documents", given, key=key)

    again = await web.posts("/intake/documents", given, key=key)

    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"


async def test_the_same_key_with_another_body_is_refused(web: Web) -> None:
    key = str(uuid4())
    await web.posts("/intake/documents", a_submission(), key=key)

    answer = await web.posts("/intake/documents", a_submission(title="云溪区油烟管理规定"), key=key)

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency.key_reused")


async def _submitted(web: Web) -> dict[str, object]:
    receipt: dict[str, object] = (await web.posts("/intake/documents", a_submission())).json()
    return receipt


async def test_the_document_shows_state_clock_and_dossier(web: Web) -> None:
    receipt = await _submitted(web)

    document = (await web.gets(str(receipt["links"]["self"]))).json()

    assert (document["state"], document["state_words"]) == ("submitted", "已报送")
    assert document["dossier"]["verified"] is True
    assert document["rule_book"]["at_hand"] is True


async def test_another_drafting_office_does_not_see_it(web: Web) -> None:
    receipt = await _submitted(web)

    answer = await web.gets(f"/intake/documents/{receipt['document_id']}", person="tang-shuyao")

    assert (answer.status_code, answer.json()["code"]) == (404, "document.not_found")


async def test_the_list_of_a_unit_is_read_page_by_page(web: Web) -> None:
    for number in range(3):
        await web.posts("/intake/documents", a_submission(title=f"云溪区第{number}号办法"))

    first = (await web.gets("/intake/documents", limit="2")).json()
    second = (await web.gets("/intake/documents", limit="2", after=first["next"])).json()

    titles = [item["title"] for item in first["items"] + second["items"]]
    assert titles == ["云溪区第2号办法", "云溪区第1号办法", "云溪区第0号办法"]
    assert second["next"] is None


async def test_a_new_text_is_the_next_version_and_its_papers_stay(web: Web) -> None:
    path = f"/intake/documents/{(await _submitted(web))['document_id']}"

    version = (await web.posts(f"{path}/versions", {"text": NEXT_DRAFT})).json()

    shown = (await web.gets(f"{path}/versions/2")).json()
    assert version["version"] == 2
    assert [paper["role"] for paper in shown["attachments"]] == ["drafting_note"]


async def test_the_same_text_again_is_no_version(web: Web) -> None:
    path = f"/intake/documents/{(await _submitted(web))['document_id']}"

    answer = await web.posts(f"{path}/versions", {"text": DRAFT})

    assert (answer.status_code, answer.json()["code"]) == (409, "version.unchanged")


async def test_no_text_is_taken_while_others_read_it(web: Web) -> None:
    handed_in = await web.desk.submits()
    await web.desk.activities.record_stage(a_stage(handed_in, "legality_review", accepts_versions=False))

    answer = await web.posts(f"/intake/documents/{handed_in.document.id}/versions", {"text": NEXT_DRAFT})

    assert (answer.status_code, answer.json()["code"]) == (409, "version.not_accepted")


async def test_a_new_text_of_another_unit_is_refused(web: Web) -> None:
    path = f"/intake/documents/{(await _submitted(web))['document_id']}"

    assert (await web.posts(f"{path}/versions", {"text": NEXT_DRAFT}, person="lu-wenxi")).status_code == 403


async def test_the_difference_shows_the_changed_words(web: Web) -> None:
    path = f"/intake/documents/{(await _submitted(web))['document_id']}"
    await web.posts(f"{path}/versions", {"text": NEXT_DRAFT})

    found = (await web.client.get(f"{path}/versions/2/difference?from=1", headers=web.as_("he-xu"))).json()

    assert found["counts"]["changed"] == 1


async def test_a_withdrawal_needs_its_reason(web: Web) -> None:
    path = f"/intake/documents/{(await _submitted(web))['document_id']}"

    assert (await web.posts(f"{path}/withdraw", {"reason": " "})).json()["field"] == "reason"


async def test_a_withdrawal_ends_the_document(web: Web) -> None:
    path = f"/intake/documents/{(await _submitted(web))['document_id']}"

    assert (await web.posts(f"{path}/withdraw", {"reason": "需要重新调研。"})).json()["state"] == "withdrawn"
    assert (await web.posts(f"{path}/withdraw", {"reason": "再撤一次。"})).json()["code"] == "document.ended"


async def test_after_the_decision_nothing_is_withdrawn(web: Web) -> None:
    handed_in = await web.desk.submits()
    decided = a_stage(handed_in, "collective_deliberation", event="closed", outcome="passed")
    await web.desk.activities.record_stage(decided)

    answer = await web.posts(f"/intake/documents/{handed_in.document.id}/withdraw", {"reason": "想再改改。"})

    assert (answer.status_code, answer.json()["code"]) == (409, "document.decided")


async def test_the_exported_dossier_verifies(web: Web) -> None:
    path = f"/intake/documents/{(await _submitted(web))['document_id']}"
    await web.posts(f"{path}/versions", {"text": NEXT_DRAFT})

    found = (await web.gets(f"{path}/dossier")).json()

    assert found["verified"] is True
    assert chain.verify(found["entries"]).head == found["head"]
    assert [entry["type"] for entry in found["entries"]] == ["submitted", "version"]
