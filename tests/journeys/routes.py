"""Every route of the four services, what a sane request to it looks like, and what rubbish may be made of it."""

from __future__ import annotations

import importlib
from base64 import b64encode
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI

from fawen.demo.sheets import ASSESSMENT, ENTERPRISES, FIRST_REVIEW, GROUP, RISK
from fawen.demo.submission import built_in
from fawen.demo.texts import text
from services.kernel.runtime.auth import routes
from services.kernel.runtime.process import opened
from services.kernel.runtime.settings import Settings

SERVICES = ("intake", "tasks", "review", "notify")
HASH = "0" * 64
LONG = "长" * 50_000
NUL, SURROGATE = "\x00", "\ud800"
STRINGS: tuple[Any, ...] = (NUL, f"云{SURROGATE}溪", LONG, 7, None, [])
NUMBERS: tuple[Any, ...] = (2**70, -1, "x", None)
BODIES: tuple[bytes, ...] = (b"", b"{", b"null", b"[]", b"1e999", b"\xff\xfe\x00", b"{}", b"[" * 3000)  # fmt: skip
PLACES = ("x", "%00", "0" * 300, "%ff", "99999999999999999999")
QUERIES = ("%00", "x" * 3000, "-1", "9" * 30)


@dataclass(frozen=True)
class Served:
    """One route of a service; `described` says whether it stands in the OpenAPI file."""

    method: str
    path: str
    guard: str
    service: str
    described: bool


@dataclass
class Scene:
    """The things that requests are about: one document under way with an open window, one that is published."""

    document_id: str = str(uuid4())
    spare_id: str = str(uuid4())
    window_id: str = str(uuid4())
    round_id: str = str(uuid4())
    item_id: str = str(uuid4())
    task_id: str = str(uuid4())
    number_id: str = str(uuid4())
    publication_id: str = str(uuid4())
    comment_id: str = str(uuid4())
    letter_id: str = str(uuid4())
    code: str = "ABCD-EFGH-JKMN-PQRS-TVWX"
    version: str = "1"

    def at(self, path: str, **instead: str) -> str:
        """The path with its places filled in."""
        filled = {
            **vars(self),
            "preview_id": str(uuid4()),
            "position": "1",
            "year": "2026",
            "file_hash": HASH,
            "digest": HASH,
            "group_id": str(uuid4()),
            "session_id": str(uuid4()),
            "entry_id": str(uuid4()),
            "seal_id": str(uuid4()),
            "inspection_id": str(uuid4()),
            "cleanup_id": str(uuid4()),
            "evaluation_id": str(uuid4()),
            "finding": HASH,
            "person_id": "he-xu",
            "passkey_id": str(uuid4()),
            "filter_id": str(uuid4()),
            "absence_id": str(uuid4()),
            "key_id": str(uuid4()),
            "verb": "ask",
            "point_id": str(uuid4()),
            "mail_id": str(uuid4()),
            "form": "docx",
            **instead,
        }
        for name, value in filled.items():
            path = path.replace(f"{{{name}}}", value)
        return path


async def served(blobs: Path) -> list[Served]:
    """The routes of all services, pages too. Nothing is asked, so no database is there."""
    nowhere = Settings(
        profile="local",
        database_url="postgresql://{role}@nowhere/none",
        blobs=str(blobs),
        secret="a secret for tests only",
    )
    found = []
    for service in SERVICES:
        main = importlib.import_module(f"services.{service}.__main__")
        async with opened(service, nowhere) as context:
            app = main.SERVICE.web(context)
            assert isinstance(app, FastAPI)
            described = app.openapi()["paths"]
            found += [
                Served(method, path, str(guard), service, method.lower() in described.get(path, {}))
                for method, path, guard in routes(app)
            ]
    return found


async def described(http: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    """POST routes of the four OpenAPI files: path to operation."""
    found: dict[str, dict[str, Any]] = {}
    for service in SERVICES:
        paths = (await http.get(f"/{service}/openapi.json")).json()["paths"]
        found |= {path: methods["post"] for path, methods in paths.items() if "post" in methods}
    return found


def seen(text_hash: str = HASH) -> dict[str, Any]:
    """The text that a decision is about."""
    return {"text_hash": text_hash, "materials_hash": HASH}


def sane(scene: Scene, text_hash: str = HASH) -> dict[str, Any]:
    """A whole body for each POST route; None where there is nothing to say. Files are sent as forms by themselves."""
    about, now = seen(text_hash), datetime.now(UTC)
    return {
        "/intake/documents": built_in().model_dump(mode="json") | {"agency_code": "云试规"},
        "/intake/documents/{document_id}/versions": {"text": text("draft_2.txt"), "note": text("note.txt"), "change_note": "按意见修改。"},
        "/intake/documents/{document_id}/withdraw": {"reason": ""},
        "/intake/windows/{window_id}/comments": {"body": "建议改为每两个月清洗一次。", "clause": "第五条", "name": "江先生", "contact": "0000-5550199"},
        "/intake/windows/{window_id}/staff-comments": {"body": "来信建议。", "clause": "", "channel": "letter", "received_at": now.isoformat()},
        "/intake/windows/{window_id}/extend": {"closes_at": (now + timedelta(hours=1)).isoformat(), "reason": "有关行业协会请求延长。"},
        "/intake/windows/{window_id}/answers": {"answers": [{"comment_id": scene.comment_id, "disposition": "adopted", "reason": "已修改。", "clause": "第五条"}]},
        "/intake/windows/{window_id}/answer-sheets": {"file": {"name": "答复.csv", "content": b64encode("编号（勿改）,版次（勿改）,采纳情况,理由,改动的条文\nx,0,采纳,,".encode()).decode()}},
        "/intake/windows/{window_id}/answer-sheets/{preview_id}": {"token": "x" * 43},
        "/intake/windows/{window_id}/entry-sheets": {"file": {"name": "来信.csv", "content": b64encode("收到的方式,收到的时刻,意见\n信函,2026-03-02 14:30,同意".encode()).decode()}},
        "/intake/windows/{window_id}/entry-sheets/{preview_id}": {"token": "x" * 43},
        "/intake/windows/{window_id}/withdrawals": {"receipt": scene.code},
        "/intake/windows/{window_id}/suspend": {"reason": "系统维护。"},
        "/intake/windows/{window_id}/resume": {"reason": "维护结束。", "closes_at": (now + timedelta(hours=2)).isoformat()},
        "/intake/windows/{window_id}/stop": {"reason": "各方意见已经充分表达。"},
        "/intake/windows/{window_id}/reopen": {"reason": "补充征求意见。", "closes_at": (now + timedelta(hours=2)).isoformat()},
        "/intake/windows/{window_id}/moderation": {"act": "hidden", "reason": "insult", "words": "辱骂他人。", "comments": [scene.comment_id], "search": ""},
        "/intake/windows/{window_id}/masks": {"decisions": [{"comment": scene.comment_id, "start": 0, "end": 2, "kind": "name", "covered": True}]},
        "/intake/windows/{window_id}/mailed-comments/{comment_id}/clause": {"clause": "第五条"},
        "/intake/windows/{window_id}/mails/{mail_id}/retry": None,
        "/intake/windows/{window_id}/agreement": {"readers": [{"unit_id": "housing", "decides": False}], "note": "请回复。"},
        "/intake/windows/{window_id}/agreement/words": {"stance": "objects", "words": "间隔太短。"},
        "/intake/windows/{window_id}/groups/{group_id}/split": {"comments": [scene.comment_id], "name": "清洗次数", "revision": 1},
        "/intake/windows/{window_id}/groups/{group_id}/move": {"comments": [scene.comment_id], "to": scene.comment_id, "revision": 1, "to_revision": 1},
        "/intake/windows/{window_id}/groups/{group_id}/merge": {"groups": {scene.comment_id: 1}, "revision": 1},
        "/intake/windows/{window_id}/groups/{group_id}/name": {"name": "清洗次数", "revision": 1},
        "/intake/annual-reports": {"issuer_unit": "yunxi-none", "year": 2026},
        "/tasks/items/{item_id}/claim": {"version": 1},
        "/tasks/items/{item_id}/release": {"version": 1},
        "/tasks/items/{item_id}/reassign": {"version": 1, "to": "su-he", "reason": "工作调整。"},
        "/tasks/items/{item_id}/hand-over": {"version": 1, "to": "su-he", "reason": "工作调整。"},
        "/tasks/items/hand-over": {"to": "su-he", "reason": "调离。"},
        "/tasks/items/{item_id}/take-back": {"version": 1},
        "/tasks/items/{item_id}/ask": {"version": 1, "to": "su-he", "question": "第八条是否设定许可？", "working_days": 2},
        "/tasks/items/{item_id}/answer": {"version": 1, "answer": "没有设定。"},
        "/tasks/items/{item_id}/withdraw": {"version": 1},
        "/tasks/items/{item_id}/copy": {"to": ["su-he"], "note": "请了解。"},
        "/tasks/items/{item_id}/read": None,
        "/tasks/items/{item_id}/urge": None,
        "/tasks/filters": {"name": "要紧的", "asked": {"view": "mine", "due": "soon"}, "default": True, "shared": True},
        "/tasks/filters/{filter_id}": {"name": "更要紧的", "default": False},
        "/tasks/filters/{filter_id}/remove": None,
        "/tasks/absences": {"deputy_id": "su-he", "from_on": "2027-02-01", "until_on": "2027-02-05", "roles": ["legality_reviewer"], "note": "休假。"},
        "/tasks/absences/{absence_id}/end": None,
        "/tasks/api-keys/{key_id}/revoke": {"reason": "密钥外泄。"},
        "/tasks/plan-tasks/{task_id}/progress": {"words": "正在推进。", "percent": 40},
        "/tasks/plan-tasks/{task_id}/completion": {"words": "已经完成。"},
        "/tasks/plan-tasks/{task_id}/acceptance": {"decision": "send_back", "words": "材料不齐。"},
        "/tasks/plan-tasks/{task_id}/extension": {"to_on": "2027-12-31", "reason": "设备未到货。"},
        "/tasks/plan-tasks/{task_id}/extension-decision": {"decision": "refuse", "words": "理由不足。"},
        "/review/rounds/{round_id}/papers": None,
        "/review/rounds/{round_id}/findings/{finding}": {"holds": True},
        "/review/rounds/{round_id}/step": {**about, "outcome": "filed", "conclusion": "经审查，没有排除、限制竞争的内容。"},
        "/review/rounds/{round_id}/assessment": ASSESSMENT,
        "/review/rounds/{round_id}/seats": {**about, "rule": "all", "seats": [{"person_id": "su-he", "unit_id": "", "role": ""}]},
        "/review/rounds/{round_id}/seats-added": {**about, "person_id": "su-he", "unit_id": "", "role": "", "place": "beside"},
        "/review/rounds/{round_id}/seats-removed": {"seat_id": str(uuid4()), "reason": "已另行征求意见。"},
        "/review/rounds/{round_id}/seats-withdrawn": {"seat_id": str(uuid4())},
        "/review/rounds/{round_id}/risk-report": RISK,
        "/review/rounds/{round_id}/first-review": FIRST_REVIEW,
        "/review/rounds/{round_id}/hearing-notice": {"subject": "清洗频次", "held_on": "2027-03-02", "place": "第一会议室", "participants_wanted": 2, "selection": "draw", "how_to_apply": "来信报名。", "at_time": "14:30", "apply_by": "2027-02-01", "parties": ["消费者", "经营者"]},
        "/review/rounds/{round_id}/hearing-participants": {"applicants": [{"name": "江先生", "group": "消费者"}], "left_out": "名额已满。"},
        "/review/rounds/{round_id}/hearing-materials": {"sent_on": "2026-11-02", "how": "邮寄"},
        "/review/rounds/{round_id}/hearing-record": {"marks": [{"name": "江先生", "mark": "signed", "reason": ""}], "opinions": [{"opinion": "同意。", "adoption": "adopted", "reason": "采纳。"}], "summary": "听证顺利。"},
        "/review/hearing-notices/{round_id}/applications": {"name": "江先生", "contact": "0000-5550199", "party": "消费者", "words": "频次过高。", "full_name": False, "proof": ""},
        "/review/hearing-notices/{round_id}/withdrawals": {"number": 1, "code": "0" * 20},
        "/review/hearing-notices/{round_id}/contacts": None,
        "/review/experts": {"name": "白露", "unit_name": "省环境科学研究院", "title": "研究员", "fields": ["大气污染防治"], "active": True},
        "/review/rounds/{round_id}/expert-draw": {"field": "大气污染防治", "wanted": 3},
        "/review/rounds/{round_id}/expert-choice": {"expert_id": str(uuid4()), "choice_reason": "本领域专家不足。"},
        "/review/rounds/{round_id}/expert-declaration": {"expert_id": str(uuid4()), "interested": False, "words": "没有。"},
        "/review/rounds/{round_id}/expert-opinion": {"expert_id": str(uuid4()), "stance": "for", "expert_opinion": "同意。", "paper_hash": HASH, "signed_on": "2026-11-20"},
        "/review/rounds/{round_id}/expert-answer": {"expert_id": str(uuid4()), "adoption": "adopted", "adoption_reason": "已采纳。"},
        "/review/rounds/{round_id}/consultation-asks": {"unit_ids": ["finance"], "question": "经费来源。", "due_on": "2027-03-01"},
        "/review/rounds/{round_id}/consultation-withdrawals": {"unit_id": "finance"},
        "/review/rounds/{round_id}/consultation-replies": {"stance": "disagree", "opinion": "本级财政无力承担。", "on_behalf_of": None},
        "/review/rounds/{round_id}/consultation-takings": {"unit_id": "finance", "taken": "not_adopted", "reason": "已有资金渠道。"},
        "/review/rounds/{round_id}/consultation-meetings": {"held_on": "2026-11-02", "place": "第一会议室", "present": "区财政局", "result": "分两年承担。"},
        "/review/rounds/{round_id}/consultation-disputes": {"issue": "经费", "views": "不同意。", "own_view": "应当承担。", "reasons": "有先例。", "basis": "预算法。"},
        "/review/rounds/{round_id}/consultation-rulings": {"ruling": "proceed", "reason": "按原方案办理。"},
        "/review/rounds/{round_id}/enterprises-heard": {**ENTERPRISES, "parties": ENTERPRISES["parties"][:1]},
        "/review/rounds/{round_id}/group-heard": GROUP,
        "/review/rounds/{round_id}/catalogue-matter": {"reason": "上级新部署。"},
        "/review/rounds/{round_id}/report-sent": {"matter": "请示出台。", "to": "中共云溪区委", "sent_on": "2026-03-02", "number": ""},
        "/review/rounds/{round_id}/report-reply": {"kind": "consent", "replied_on": "2026-03-02", "words": "", "number": "云委〔2026〕3号"},
        "/review/rounds/{round_id}/seal-use": {"seal_id": str(uuid4()), "copies": 3},
        "/review/rounds/{round_id}/change-declared": {"target_id": str(uuid4()), "change": "ended", "reason": "情况变化。"},
        "/review/documents-in-force/{document_id}/suspend": {"situation": "problem", "urgency": "汛情紧急。", "reason": "危及安全。"},
        "/review/documents-in-force/{document_id}/resume": {"reason": "汛情已退。"},
        "/review/documents-in-force/{document_id}/evaluations": {"ground": "authority", "reason": "执行满一年。", "body": "云溪大学", "body_unit": "", "due_on": "2027-03-02"},
        "/review/documents-in-force/{document_id}/evaluations/{evaluation_id}/result": {"outcome": "keep", "findings": "达到预期。", "public_views": "问卷。", "participants": ""},
        "/tasks/inspection-records": {"matter": "惠企资金督查", "source": "decision", "source_words": "第41次常务会议", "scope": ["资金拨付"], "objects": ["finance"], "method": "座谈", "starts_on": "2026-11-02", "ends_on": "2026-11-20"},
        "/tasks/inspection-records/{inspection_id}/approval": {"approved": True, "words": "同意。"},
        "/tasks/inspection-records/{inspection_id}/members": {"person_id": "su-he"},
        "/tasks/inspection-records/{inspection_id}/recusals": {"person_id": "su-he", "reason": "亲属。"},
        "/tasks/inspection-records/{inspection_id}/findings": {"unit_id": "finance", "item": "资金拨付", "finding": "超期。"},
        "/tasks/inspection-records/{inspection_id}/conclusions": {"unit_id": "finance", "words": "按期拨付。", "rectify_by": "2026-12-01"},
        "/tasks/inspection-records/{inspection_id}/receipts": {"unit_id": "finance"},
        "/tasks/inspection-records/{inspection_id}/objections": {"unit_id": "finance", "words": "异议。"},
        "/tasks/inspection-records/{inspection_id}/reviews": {"unit_id": "finance", "outcome": "upheld", "words": "维持。"},
        "/tasks/inspection-records/{inspection_id}/checks": {"unit_id": "finance", "outcome": "done", "words": "到位。"},
        "/tasks/inspection-records/{inspection_id}/measures": {"unit_id": "finance", "kind": "criticism", "words": "通报。"},
        "/tasks/inspection-records/{inspection_id}/measure-decisions": {"measure_id": str(uuid4()), "approved": True, "words": "同意。"},
        "/tasks/inspection-records/{inspection_id}/measure-issues": {"measure_id": str(uuid4())},
        "/review/clean-ups": {"issuer_unit": "yunxi", "kind": "NORMATIVE", "name": "2026年定期清理", "ground": "periodic", "cut_off_on": "2026-06-30"},
        "/review/clean-ups/{cleanup_id}/outcomes": {"document_id": str(uuid4()), "outcome": "retain", "reason": "仍然适用。"},
        "/review/clean-ups/{cleanup_id}/published": None,
        "/review/seal-register": {"unit_id": "yunxi", "name": "云溪区人民政府印章", "form": "physical", "certificate": "", "keeper_id": "gu-nianci"},
        "/review/seal-register/{seal_id}/hand": {"revision": 1, "keeper_id": "gu-nianci", "reason": "岗位调整。"},
        "/review/rounds/{round_id}/not-applicable": {**about, "reason": "本文件不涉及这一情形，经本单位负责人核定。"},
        "/review/rounds/{round_id}/opinion": {**about, "outcome": "lawful", "opinion": "内容符合上位法规定。", "counsel": "苏禾", "points": [{"clause": "第六条", "nature": "advice", "text": "建议精简。", "basis": "《优化营商环境条例》"}]},
        "/review/rounds/{round_id}/materials": {**about, "materials": [{"material": "制定依据", "state": "present", "reason": ""}]},
        "/review/rounds/{round_id}/acceptance": {**about, "materials": [{"material": "制定依据", "state": "present", "reason": ""}]},
        "/review/rounds/{round_id}/checklist": {"answers": [{"item": "licence", "answer": "none", "basis": ""}]},
        "/review/rounds/{round_id}/urgency": {"basis": "《突发事件应对法》第七十三条", "reason": "汛期临近。", "wanted_by": (now + timedelta(days=2)).isoformat()},
        "/review/rounds/{round_id}/points/{point_id}/answer": {"adoption": "adopted", "words": "已删去。"},
        "/review/rounds/{round_id}/supplement": {**about, "missing": ["起草说明"], "note": "请补报。"},
        "/review/rounds/{round_id}/supplement-answer": {"answer": "已补报。"},
        "/review/rounds/{round_id}/supplement-withdrawal": {**about, "reason": "材料已在卷内。"},
        "/review/rounds/{round_id}/meeting": {**about, "form": "executive", "name": "第41次常务会议", "place": "第一会议室", "started_at": now.isoformat(), "chair_id": "xu-qingyuan", "chief_id": "xu-qingyuan", "attendees": [{"person_id": "xu-qingyuan", "capacity": "member", "present": True}], "statements": [{"person_id": "xu-qingyuan", "stance": "for", "opinion": "同意。"}], "outcome": "passed", "minutes_number": "〔2026〕41号"},
        "/review/rounds/{round_id}/signature": {**about, "outcome": "signed", "opinion": "同意印发。", "name": "何叙", "date": date.today().isoformat()},  # noqa: DTZ011 (refused before it is read)
        "/review/rounds/{round_id}/verification": {**about, "outcome": "ok", "note": "手续完备。"},
        "/review/rounds/{round_id}/passkey-question": {"act": "verification", "command": {**about, "outcome": "ok"}},
        "/review/keys/{person_id}/end": {"why": "revoked", "reason": "电脑遗失。"},
        "/review/passkeys/question": None,
        "/review/passkeys/{passkey_id}/question": None,
        "/review/passkeys": {"nonce": "x", "credential": {"id": "x", "rawId": "x", "type": "public-key", "response": {}}, "label": "办公室"},
        "/review/passkeys/{passkey_id}/revoke": {"reason": "设备遗失。"},
        "/review/catalogue-entries": {"issuer_unit": "yunxi", "year": 2026, "matter": "云溪河生态修复", "unit_id": "ecology", "planned_on": "2026-09-30", "procedures": ["public_comment"]},
        "/review/catalogue-entries/published": {"issuer_unit": "yunxi-none", "year": 2026, "consent_by": "中共云溪区委", "consent_on": "2026-01-20", "consent_no": ""},
        "/review/catalogue-entries/{entry_id}/adjust": {"revision": 1, "matter": "云溪河生态修复", "unit_id": "ecology", "planned_on": "2026-12-31", "procedures": ["public_comment"], "state": "postponed", "reason": "资金未到位。"},
        "/review/sessions": {"issuer_unit": "yunxi", "form": "executive", "name": "第42次常务会议", "place": "第一会议室", "starts_at": now.isoformat()},
        "/review/sessions/{session_id}/move": {"place": "第二会议室", "starts_at": now.isoformat(), "reason": "区长外出。"},
        "/review/sessions/{session_id}/cancel": {"reason": "防汛值守。"},
        "/review/sessions/{session_id}/items": {"round_id": scene.round_id},
        "/review/sessions/{session_id}/items/{item_id}/off": {"reason": "材料不齐。"},
        "/review/sessions/{session_id}/order": {"items": [scene.item_id]},
        "/review/sessions/{session_id}/notice": {"note": "已电话通知。"},
        "/review/sessions/{session_id}/attendance": {"chair_id": "xu-qingyuan", "started_at": now.isoformat(), "attendees": [{"person_id": "xu-qingyuan", "capacity": "member", "present": True}]},
        "/review/sessions/{session_id}/items/{item_id}/draft": {"revision": 0, "fields": {"outcome": "passed"}},
        "/review/sessions/{session_id}/items/{item_id}/record": {**about, "statements": [{"person_id": "xu-qingyuan", "stance": "for", "opinion": "同意。"}], "recusals": [{"person_id": "bai-jing", "reason": "亲属任职。"}], "outcome": "passed"},
        "/review/sessions/{session_id}/pack": None,
        "/review/sessions/{session_id}/minutes": None,
        "/notify/numbers/{number_id}/void": {"reason": "试编，作废。"},
        **{f"/{service}/outbox/{{letter_id}}/retry": None for service in SERVICES},
        "/intake/receipts/{code}/contact-erasure": None,
        "/intake/receipts/{code}/withdraw": None,
    }  # fmt: skip


def spoilt(body: Any) -> Iterator[Any]:
    """The body with one value after another made into rubbish."""
    for place in _places(body):
        value = _at(body, place)
        for rubbish in NUMBERS if isinstance(value, int) and not isinstance(value, bool) else STRINGS:
            spoilt_body = deepcopy(body)
            _at(spoilt_body, place[:-1])[place[-1]] = rubbish
            yield spoilt_body


def _places(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in inside:
        if isinstance(inner, dict | list):
            yield from _places(inner, (*before, name))
        else:
            yield (*before, name)


def _at(value: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        value = value[step]
    return value
