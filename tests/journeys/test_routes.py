"""Every route, tried by those who may not: the author at any decision, strangers, the wrong office, and rubbish."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
import pytest_asyncio

from fawen.client import Problem
from fawen.demo.acts import act_of, actor_of
from fawen.demo.people import DRAFTER, SUPERVISOR, Town
from fawen.demo.sheets import fill
from fawen.demo.story import Script, Story, follow_tasks
from fawen.replies import Dossier, Item, Round
from fawen.stack import Stack
from tests.journeys.drafts import normative, work_plan
from tests.journeys.play import played, submitted, the_round, the_window, until
from tests.journeys.record import Record
from tests.journeys.routes import (
    BODIES,
    LONG,
    NUL,
    PLACES,
    QUERIES,
    Scene,
    Served,
    described,
    sane,
    served,
    spoilt,
)

pytestmark = pytest.mark.timeout(240)

BROKEN = httpx.codes.INTERNAL_SERVER_ERROR
AT_ONCE = 6
OUTSIDER = "luo-shiqi"
MADE_OF_EVERYTHING = (
    "legality_reviewer",
    "market_regulator",
    "meeting_clerk",
    "chief",
    "registrar",
    "secrecy_reviewer",
)
GIVE = "insert into directory.offices (person_id, unit_id, role, title) values ($1, 'urban', $2, '') on conflict do nothing"
TAKE = "delete from directory.offices where person_id = $1 and unit_id = 'urban' and role = any($2)"
# What a form may hold on any page; each is filled with rubbish.
FIELDS = (
    "act", "answer", "agency_code", "attachment.other", "body", "change_note", "channel", "clause", "closes_at", "command",
    "comment.closes_at", "comment.channels", "comment.contact.unit", "conclusion", "contact", "date", "decision", "disposition",
    "do", "issuer_unit", "kind", "missing", "name", "next", "note", "number_id", "opinion", "outcome", "pace",
    "percent", "person_id", "place", "point_1_text", "predicates.touches_market_entities.answer", "publication_day", "read",
    "reason", "receipt", "received_at", "started_at", "text", "text_hash", "title", "to_on", "unit_id", "word", "words",
)  # fmt: skip
# What everybody may do with what is their own: here there is nothing.
OWN = ("/tasks/items/hand-over", "/tasks/absences", "/tasks/filters", "/review/passkeys/{passkey_id}/question")
PUBLIC = ("/comments", "/contact-erasure", "/receipts/{code}/withdraw")
ACTS = ("suspend", "resume", "stop", "reopen")
FILLINGS = ("", LONG[:2000], "9" * 40)


@dataclass
class Caller:
    """Requests as somebody, all counted, none forgotten."""

    http: httpx.AsyncClient
    keys: dict[str, str]

    async def call(self, method: str, path: str, person: str | None, **sent: Any) -> httpx.Response:
        """One request as a person, or as a stranger."""
        headers = {"Accept": "application/json", **sent.pop("headers", {})}
        if person is not None:
            headers["Authorization"] = f"Bearer {self.keys[person]}"
        return await self.http.request(method, path, headers=headers, **sent)

    async def post(self, path: str, person: str | None, body: Any) -> httpx.Response:
        """One POST of JSON that may hold what JSON libraries refuse, or of a file where there is no body."""
        if body is None:
            return await self.call("POST", path, person, files={"files": ("说明.txt", "说明。".encode())})
        content = json.dumps(body).encode()  # escapes everything beyond ASCII, so that lone surrogates can be sent
        return await self.call("POST", path, person, content=content, headers={"Content-Type": "application/json"})

    async def broken_by(self, asked: Iterable[tuple[str, str, str | None, dict[str, Any]]]) -> tuple[int, list[str]]:
        """Send them all, a few at once; how many they were, and those answered with a failure of ours."""
        slots = asyncio.Semaphore(AT_ONCE)

        async def one(method: str, path: str, person: str | None, sent: dict[str, Any]) -> str | None:
            async with slots:
                answer = await self.call(method, path, person, **sent)
            if answer.status_code < BROKEN:
                return None
            return f"{method} {path[:80]} {str(sent)[:120]}: {answer.status_code} {answer.text[:200]}"

        answers = await asyncio.gather(*(one(*each) for each in asked))
        return len(answers), [answer for answer in answers if answer]


class Trial(Story):
    """A story in which, before every decision, the author tries to take it, and the office sends rubbish."""

    caller: Caller
    tried: list[tuple[str, str, int, str]]

    async def _decide(self, round_: Round) -> None:
        if round_.role != "drafter":
            act, words = act_of(round_, None)
            real = {"text_hash": round_.text_hash, "materials_hash": round_.materials_hash, **words}
            bodies = {
                path: {**body, **real} if path.endswith(f"/{act}") else body for path, body in _acts(round_).items()
            }
            for path, body in bodies.items():
                at = path.replace("{round_id}", str(round_.id))
                answer = await self.caller.post(at, DRAFTER.id, body)
                code = answer.json().get("code", "") if answer.content else ""
                self.tried.append((round_.stage, path.rpartition("/")[2], answer.status_code, code))
            await self._rubbish(round_, act, real)
        await super()._decide(round_)

    async def _rubbish(self, round_: Round, act: str, real: dict[str, Any]) -> None:
        sender, path = actor_of(round_).id, f"/review/rounds/{round_.id}/{act}"
        headers = {"Content-Type": "application/json"}
        asked = [
            ("POST", path, sender, {"content": json.dumps(body).encode(), "headers": headers}) for body in spoilt(real)
        ]
        _, broken = await self.caller.broken_by(asked)
        self.tried += [(round_.stage, act, 500, what) for what in broken]


def _acts(round_: Round) -> dict[str, Any]:
    return {path: body for path, body in sane(Scene(), round_.text_hash).items() if path.startswith("/review/rounds/")}


@pytest_asyncio.fixture
async def caller(stack: Stack) -> AsyncIterator[Caller]:
    """Requests to the stack as anybody."""
    async with httpx.AsyncClient(base_url=stack.base_url, trust_env=False, timeout=60) as http:
        yield Caller(http, json.loads(stack.keys_file.read_text("utf-8")))


@pytest_asyncio.fixture(scope="module")
async def scene(stack: Stack) -> Scene:
    """A document under way, its window open for the length of these tests, with rounds of others waiting."""
    draft = normative("云路规")
    closes = datetime.now(UTC) + timedelta(minutes=15)
    draft = draft.model_copy(update={"comment": {**draft.comment, "closes_at": closes.isoformat()}})
    async with Town.at(stack.base_url, stack.keys_file) as town:
        document_id = await submitted(town, draft)
        for stage in ("initiation", "assessment"):
            round_ = await the_round(town, document_id, stage)
            act, words = act_of(round_, None)
            await fill(town, round_)
            await town.of(DRAFTER).decide(round_, act, **words)
        window = await the_window(town, document_id)
        comment = await town.public.comment(window.window_id, "建议改为每两个月清洗一次。", clause="第五条")
        round_ = await the_round(town, document_id, "fair_competition_review")
        opinions = await town.of(DRAFTER).opinions(window.window_id)
        item = await the_item(town, round_)
        spare_id = await submitted(town, work_plan("云备发"))
    return Scene(
        document_id=str(document_id),
        spare_id=str(spare_id),
        window_id=str(window.window_id),
        round_id=str(round_.id),
        item_id=str(item.id),
        comment_id=str(opinions[0].comment_id),
        code=comment.code,
    )


async def the_item(town: Town, round_: Round) -> Item:
    """What a round puts into the inbox of those who decide it, once it is there."""
    found: list[Item] = []

    async def posted() -> bool:
        items = (await town.of(actor_of(round_)).inbox()).items
        found[:] = [item for item in items if str(round_.id) in item.link]
        return bool(found)

    await until("the round's item is in the inbox", posted)
    return found[0]


@pytest_asyncio.fixture
async def made_of_everything(stack: Stack) -> AsyncIterator[None]:
    """The author holds every office, as in a very small town: only four eyes can stop him now."""
    await _arrange(stack, *((GIVE, DRAFTER.id, role) for role in MADE_OF_EVERYTHING))
    yield
    await _arrange(stack, (TAKE, DRAFTER.id, list(MADE_OF_EVERYTHING)))


async def _arrange(stack: Stack, *statements: tuple[Any, ...]) -> None:
    connection = await asyncpg.connect(stack.admin_url)
    try:
        for statement, *given in statements:
            await connection.execute(statement, *given)
    finally:
        await connection.close()


async def test_every_post_of_the_interface_is_tried_here(caller: Caller) -> None:
    assert set(await described(caller.http)) == set(sane(Scene()))


async def test_a_stranger_may_only_comment(caller: Caller, scene: Scene) -> None:
    answers = {path: await caller.post(scene.at(path), None, body) for path, body in sane(scene).items()}
    taken = {
        path: answer.status_code for path, answer in answers.items() if answer.status_code != httpx.codes.UNAUTHORIZED
    }
    # Whoever holds the receipt of a comment may take back it and its contact; nobody else can know the receipt.
    assert taken == {
        "/intake/windows/{window_id}/comments": httpx.codes.CREATED,
        "/intake/receipts/{code}/contact-erasure": httpx.codes.OK,
        "/intake/receipts/{code}/withdraw": httpx.codes.OK,
        # Open to everybody, but no hearing is announced there.
        "/review/hearing-notices/{round_id}/applications": httpx.codes.NOT_FOUND,
        "/review/hearing-notices/{round_id}/withdrawals": httpx.codes.NOT_FOUND,
    }


async def test_somebody_of_another_office_may_do_none_of_it(caller: Caller, scene: Scene) -> None:
    hash_ = (await caller.call("GET", f"/review/rounds/{scene.round_id}", OUTSIDER)).json()["text_hash"]
    bodies = {path: body for path, body in sane(scene, hash_).items() if not path.endswith(PUBLIC) and path not in OWN}
    answers = {path: await caller.post(scene.at(path), OUTSIDER, body) for path, body in bodies.items()}
    refused = {httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND, httpx.codes.CONFLICT}
    assert {path: answer.text for path, answer in answers.items() if answer.status_code not in refused} == {}
    forbidden = {path for path, answer in answers.items() if answer.status_code == httpx.codes.FORBIDDEN}
    assert forbidden >= {"/intake/documents", "/intake/annual-reports", "/review/rounds/{round_id}/step"}


@pytest.mark.usefixtures("made_of_everything")
async def test_the_author_takes_no_decision_by_any_route_even_holding_every_office(
    town: Town, record: Record, caller: Caller, scene: Scene
) -> None:
    document_id = await submitted(town, normative("云眼规"))
    trial = Trial(town, document_id, Script(), lambda _beat: None)
    trial.caller, trial.tried = caller, []
    dossier: Dossier = await played(trial, within=150)
    assert dossier.verified
    deciding = {"step", "not-applicable", "opinion", "meeting", "signature", "verification"}
    allowed = [one for one in trial.tried if one[1] in deciding and one[2] not in (403, 409)]
    assert allowed == []
    by_four_eyes = {
        (stage, act) for stage, act, _, code in trial.tried if code in ("signoff.author", "signoff.same_unit")
    }
    assert by_four_eyes >= {
        ("fair_competition_review", "step"), ("legality_review", "opinion"), ("collective_deliberation", "meeting"),
        ("signing", "signature"), ("verification", "verification"),
    }  # fmt: skip
    signed = await record.rows(
        "select role from review.sign_offs where document_id = $1 and person_id = $2", document_id, DRAFTER.id
    )
    assert {row["role"] for row in signed} == {"drafter"}
    plan = await follow_tasks(town, document_id, lambda _beat: None)
    assert plan is not None
    scene.task_id = str(plan.tasks[1].id)
    scene.number_id = str(
        (await record.rows("select id from notify.numbers where document_id = $1", document_id))[0]["id"]
    )
    published = await record.rows("select id from notify.publications where document_id = $1", document_id)
    scene.publication_id = str(published[0]["id"])


async def test_rubbish_in_any_body_is_refused_and_never_breaks_a_service(caller: Caller, scene: Scene) -> None:
    asked = []
    for path, body in sane(scene).items():
        person = _who(path)
        headers = {"Content-Type": "application/json"}
        wholes = [*BODIES, *(json.dumps(one).encode() for one in spoilt(body))]
        at = scene.at(path, **_aside(path, scene))
        asked += [("POST", at, person, {"content": one, "headers": headers}) for one in wholes]
        asked.append(
            (
                "POST",
                scene.at(path),
                person,
                {"content": b"--x", "headers": {"Content-Type": "multipart/form-data; boundary=y"}},
            )
        )
    count, broken = await caller.broken_by(asked)
    assert not broken, "\n".join([f"{count} sent", *broken])


async def test_rubbish_in_any_address_is_refused_and_never_breaks_a_service(
    caller: Caller, scene: Scene, tmp_path: Path
) -> None:
    asked: list[tuple[str, str, str | None, dict[str, Any]]] = []
    for route in await served(tmp_path):
        if route.method == "ANY":
            continue
        names = [part[1:-1] for part in route.path.split("/") if part.startswith("{")]
        places = [scene.at(route.path, **{name: rubbish}) for name in names for rubbish in PLACES]
        queries = [f"{scene.at(route.path)}?{_query(rubbish)}" for rubbish in QUERIES] if route.method == "GET" else []
        accept = {"headers": {"Accept": "text/html"}} if route.method == "GET" else {}
        asked += [(route.method, at, _who(route.path), dict(accept)) for at in (*places, *queries)]
    count, broken = await caller.broken_by(asked)
    assert not broken, "\n".join([f"{count} sent", *broken])


async def test_rubbish_in_any_form_is_refused_and_never_breaks_a_service(
    caller: Caller, scene: Scene, tmp_path: Path
) -> None:
    pages = [route for route in await served(tmp_path) if route.method == "POST" and _is_page(route)]
    assert len(pages) > 10
    asked: list[tuple[str, str, str | None, dict[str, Any]]] = []
    for route, other in zip(pages, cycle(FILLINGS), strict=False):
        for filling in (NUL, "{}", other):
            # A key that was used on another route is refused before anything is looked at.
            key = {"idempotency_key": filling if filling == LONG[:2000] else str(uuid4())}
            sent = {"data": dict.fromkeys(FIELDS, filling) | key, "headers": {"Accept": "text/html"}}
            asked.append(("POST", scene.at(route.path, **_aside(route.path, scene)), _who(route.path), sent))
        asked.append(
            (
                "POST",
                scene.at(route.path, **_aside(route.path, scene)),
                _who(route.path),
                {"content": b"\xff", "headers": FORM},
            )
        )
    count, broken = await caller.broken_by(asked)
    assert not broken, "\n".join([f"{count} sent", *broken])


async def test_afterwards_the_document_under_way_is_as_it_was(town: Town, scene: Scene) -> None:
    office, document_id = town.of(DRAFTER), UUID(scene.document_id)
    assert (await office.dossier(document_id)).verified
    assert (await office.sign_offs(document_id))["verified"]
    await office.withdraw(document_id, "试用时报送，撤回。")
    with suppress(Problem):
        await office.withdraw(UUID(scene.spare_id), "试用时报送，撤回。")

    async def at_rest() -> bool:
        return not await office.rounds(document_id)

    await until("its rounds are closed", at_rest)
    assert (await town.of(SUPERVISOR).inbox()).items is not None


FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}


def _is_page(route: Served) -> bool:
    return route.path not in sane(Scene()) and route.path not in ("/sign-out",)


def _aside(path: str, scene: Scene) -> dict[str, str]:
    """What would really end the document under way, or its window, is asked of a spare one, or of none."""
    if path.endswith("/withdraw"):
        return {"document_id": scene.spare_id}
    return {"window_id": scene.spare_id} if path.rpartition("/")[2] in ACTS else {}


def _query(rubbish: str) -> str:
    names = ("after", "q", "number", "unit", "kind", "year", "code", "state", "document_id", "view", "due", "stage", "from", "to",
             "limit", "receipt", "clause", "next", "open", "unanswered")  # fmt: skip
    return "&".join(f"{name}={rubbish}" for name in names)


def _who(path: str) -> str:
    """Somebody who gets as far as possible with a request to this path."""
    if path.startswith("/review"):
        return "cheng-yian"
    if path.startswith("/notify"):
        return "gu-nianci"
    return DRAFTER.id
