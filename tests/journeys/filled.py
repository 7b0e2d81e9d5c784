"""The town with everything in it, for eyes: documents are played, and every page is shown while there is most to see.

`TownTour.walk` plays a plan that ends in tasks, and a major decision that needs every step; a third document keeps its
window open. `show` is asked to look whenever a page stands at its fullest: it knows who reads it and where it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from fawen.demo.acts import AMEND, act_of, actor_of
from fawen.demo.people import BY_ROLE, CHIEF, DRAFTER, JOINT_SIGNER, JOINT_UNIT, MEMBERS, SUPERVISOR, Person, Town
from fawen.demo.sheets import fill
from fawen.demo.story import PAUSE, Script, Story, follow_tasks
from fawen.demo.submission import built_in
from fawen.demo.texts import comments, text
from fawen.replies import Dossier, Item, Round, Window
from fawen.stack import Stack
from tests.journeys.acted import (
    ANNOUNCED,
    CLEAN_UP,
    EVALUATION,
    INSPECTED,
    INSPECTION,
    SUSPENSION,
)
from tests.journeys.drafts import major_decision, normative
from tests.journeys.play import submitted, the_round, the_window, until

REVIEWER, CLERK, REGISTRAR = BY_ROLE["legality_reviewer"], BY_ROLE["meeting_clerk"], BY_ROLE["registrar"]
LONG = "云溪区老旧街区餐饮集中区改造项目实施期间临时经营场所设置和经营秩序维护有关事项专题研究会议"
ROUND = "/review/round/{round_id}"
# What there is to read when a round of a form is decided.
PAGES_AFTER = {"legality": ("", "/result", "/seen"), "meeting": ("", "/meeting"), "signing": ("/seen",)}
SIMILAR = "改造期间请保留一条通道，方便老人出行。"
OWN = "清洗记录请允许用手机拍照留存，小店没有专人写台账。"
WORDS: list[tuple[str | None, str]] = [
    (None, SIMILAR),
    (None, SIMILAR[:-1] + "！"),
    (None, "改造期间请保留一条通道，方便老人们出行。"),
    (None, "江先生希望补贴早日发放，请打电话13900000000联系。"),
    (None, "建议把二期改造提前到2027年，并公布各街区的施工顺序和临时经营场所的位置。" * 4),
    (None, "https://opinions.example/" + "a" * 200),
]


@dataclass(frozen=True)
class Sight:
    """A page as somebody sees it: its route, who looks (nobody: the public), and where."""

    route: str
    person: Person | None
    path: str

    @property
    def name(self) -> str:
        """A name for its picture."""
        return "-".join(part for part in self.route.strip("/").split("/") if "{" not in part) or "home"


Show = Callable[[Sight, str], Awaitable[None]]


@dataclass
class TownTour:
    """Plays and shows. A page that is shown in several states has a suffix to its name for each."""

    stack: Stack
    town: Town
    show: Show
    keys: dict[str, str]
    shown: set[tuple[str, str]] = field(default_factory=set)

    async def walk(self) -> None:
        """Play all three documents side by side; every page was shown when it ends."""
        await asyncio.gather(self.opens_a_window(), self.decides(), self.enacts_measures(), self.inspects())
        await self.visits_offices()

    async def see(self, route: str, person: Person | None, suffix: str = "", /, **places: object) -> None:
        """Look at one page; what was shown under the same route and suffix is not shown again."""
        path = route
        for name, value in places.items():
            path = path.replace(f"{{{name}}}", str(value))
        known = (route.partition("?")[0], suffix)
        if known not in self.shown:
            self.shown.add(known)
            await self.show(Sight(known[0], person, path), suffix)

    async def post(self, path: str, person: Person | None, body: dict[str, Any] | None = None, **sent: Any) -> Any:
        """One POST of the interface; what is refused fails the tour."""
        headers = {"Accept": "application/json"}
        if person is not None:
            headers["Authorization"] = f"Bearer {self.keys[person.id]}"
        given = sent or {"json": body}
        async with httpx.AsyncClient(base_url=self.stack.base_url, trust_env=False, timeout=60) as http:
            answer = await http.post(path, headers=headers, **given)
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json() if answer.headers.get("content-type", "").startswith("application/json") else None

    async def get(self, path: str, person: Person) -> Any:
        """What a program of that person would read."""
        headers = {"Accept": "application/json", "Authorization": f"Bearer {self.keys[person.id]}"}
        async with httpx.AsyncClient(base_url=self.stack.base_url, trust_env=False, timeout=60) as http:
            return (await http.get(path, headers=headers)).json()

    async def opens_a_window(self) -> None:
        draft = normative("云阅规")
        closes = datetime.now(UTC) + timedelta(hours=2)
        draft = draft.model_copy(update={"comment": {**draft.comment, "closes_at": closes.isoformat()}})
        document_id = await submitted(self.town, draft)
        for stage in ("initiation", "assessment"):
            round_ = await the_round(self.town, document_id, stage)
            await fill(self.town, round_)
            act, words = act_of(round_, None)
            await self.town.of(DRAFTER).decide(round_, act, **words)
        window = await the_window(self.town, document_id)
        taken = await self.town.public.comment(window.window_id, WORDS[4][1], clause="第五条")
        place = {"window_id": window.window_id}
        await self.see("/intake/consultations", None)
        await self.see("/intake/consultation/{window_id}", None, **place)
        await self.see("/intake/consultation/{window_id}", DRAFTER, "staff", **place)
        await self.see(f"/intake/receipt?receipt={taken.code}", None)
        await self.see("/intake/receipt", None, "enter")
        await self.see(f"/intake/receipt/withdraw?receipt={taken.code}", None)
        for page in ("enter", "acts", "mail", "entries"):
            await self.see(f"/intake/consultation/{{window_id}}/{page}", DRAFTER, **place)
        await self.see("/intake/document/{document_id}", DRAFTER, "hearing", document_id=document_id)
        await self.see("/intake/document/{document_id}/withdraw", DRAFTER, document_id=document_id)
        await self.post(
            "/tasks/absences",
            REVIEWER,
            {
                "deputy_id": "su-he",
                "from_on": "2027-02-01",
                "until_on": "2027-02-05",
                "roles": ["legality_reviewer"],
                "note": "休假。",
            },
        )

    async def enacts_measures(self) -> None:
        document_id = await submitted(
            self.town, built_in().model_copy(update={"agency_code": "云看规", "joint_units": [JOINT_UNIT]})
        )
        script = Script(outcomes={"legality_review": [AMEND]}, texts=[text("draft_2.txt")], comments=comments())
        story = Watched(self, document_id, script)
        await story.play()
        await self.see(f"/intake/receipt?receipt={story.receipt}", None, "answered")
        window = (await self.town.public.windows(document_id))[0]
        for page in ("feedback", "table"):
            await self.see(f"/intake/consultation/{{window_id}}/{page}", None, window_id=window.window_id)
        plan = await follow_tasks(self.town, document_id, lambda _beat: None)
        place = {"document_id": document_id}
        for page in ("", "/opinions", "/dossier"):
            await self.see(f"/intake/document/{{document_id}}{page}", DRAFTER, **place)
        await self.see("/intake/document/{document_id}/difference?from=1&to=2", DRAFTER, **place)
        assert plan is not None
        await self.see("/tasks", SUPERVISOR)
        await self.see("/tasks/plan/{document_id}", SUPERVISOR, **place)
        await self.see("/tasks/task/{task_id}", SUPERVISOR, task_id=plan.tasks[0].id)
        await self.see("/tasks/task/{task_id}", DRAFTER, "own", task_id=plan.tasks[1].id)
        found = await self.town.public.publications()
        await self.see("/notify/gazette/{publication_id}", None, publication_id=found[0].id)
        await self.see("/", None)
        await self.see("/notify/gazette", None)

    async def decides(self) -> None:
        document_id = await submitted(self.town, major_decision("云观发", no=("not_public_by_law",)))
        await Watched(self, document_id, Script(comments=WORDS)).play()
        await self.see("/intake/document/{document_id}", DRAFTER, "decision", document_id=document_id)
        place = {"document_id": document_id}
        await self.see("/review/in-force/{document_id}", CHIEF, "head", **place)
        await self.post(f"/review/documents-in-force/{document_id}/suspend", CHIEF, SUSPENSION)
        await self.post(f"/review/documents-in-force/{document_id}/evaluations", REGISTRAR, EVALUATION)
        await self.see("/review/in-force/{document_id}", REGISTRAR, "staff", **place)
        await self.see("/review/in-force/{document_id}", None, **place)
        await self.see("/review/in-force", None)

    async def inspects(self) -> None:
        """An inspection with a finding, a conclusion and a proposed measure."""
        made = await self.post("/tasks/inspection-records", SUPERVISOR, INSPECTION)
        here = f"/tasks/inspection-records/{made['id']}"
        place = {"inspection_id": made["id"]}
        await self.see("/tasks/inspections/{inspection_id}", CHIEF, "proposed", **place)
        await self.post(f"{here}/approval", CHIEF, {"approved": True, "words": "同意，按方案开展。"})
        for act, person, words in INSPECTED:
            await self.post(f"{here}/{act}", person, words)
        await self.see("/tasks/inspections/{inspection_id}", SUPERVISOR, **place)
        await self.see("/tasks/inspections", SUPERVISOR)

    async def cleans_up(self) -> None:
        """A clean-up of the normative documents, published."""
        made = await self.post("/review/clean-ups", REGISTRAR, CLEAN_UP)
        cleanup = made["id"]
        place = {"cleanup_id": cleanup}
        await self.see("/review/cleanup/{cleanup_id}", REGISTRAR, "staff", **place)
        catalogues = await self.get("/review/clean-ups", REGISTRAR)
        for listed in next(one for one in catalogues if one["id"] == cleanup)["inventory"]:
            outcome = {"document_id": listed["document_id"], "outcome": "retain", "reason": "执行情况良好，继续适用。"}
            await self.post(f"/review/clean-ups/{cleanup}/outcomes", REGISTRAR, outcome)
        await self.post(f"/review/clean-ups/{cleanup}/published", REGISTRAR, {})
        await self.see("/review/cleanup/{cleanup_id}", None, **place)
        await self.see("/review/cleanups", REGISTRAR)

    async def visits_offices(self) -> None:
        """What belongs to no document."""
        await self.post(
            "/review/catalogue-entries",
            REGISTRAR,
            {
                "issuer_unit": "yunxi",
                "year": 2026,
                "matter": LONG,
                "unit_id": "ecology",
                "planned_on": "2026-09-30",
                "procedures": ["public_comment"],
            },
        )
        await self.cleans_up()
        await self.see("/review/hearings", None)
        await self.see("/review/catalogue", None)
        await self.see("/review/catalogue/manage", REGISTRAR)
        await self.see("/review/expert-pool", REGISTRAR)
        await self.see("/review/precedent", REVIEWER)
        await self.see("/review/seals", REGISTRAR)
        await self.see("/review/signing", REVIEWER)
        await self.see("/review/meetings", CLERK)
        await self.see("/review", REVIEWER)
        await self.see("/intake", DRAFTER)
        await self.see("/intake/submit?kind=NORMATIVE", DRAFTER)
        await self.see("/tasks/inbox", REVIEWER, "done")
        await self.see("/tasks/away", REVIEWER)
        await self.see("/tasks/programs", REVIEWER)
        await self.see("/tasks/inbox/hand-over", REVIEWER)
        await self.see("/notify/messages", REGISTRAR)
        await self.see("/notify/reports", None)
        await self.see("/sign-in", None)


class Watched(Story):
    """A story in which every round and every closed window is looked at before it is answered."""

    def __init__(self, tour: TownTour, document_id: UUID, script: Script) -> None:
        super().__init__(tour.town, document_id, script, lambda _beat: None)
        self.tour = tour
        self.receipt = ""

    async def play(self) -> Dossier:
        """Play to the end; the public writes as soon as it can, however long somebody looks at a round meanwhile."""
        writing = asyncio.create_task(self._write())
        try:
            return await super().play()
        finally:
            writing.cancel()

    async def _write(self) -> None:
        while not self._commented:
            for window in await self.town.public.windows(self.document_id):
                if window.state == "open":
                    await self._comment(window)
                    taken = await self.town.public.comment(window.window_id, OWN, clause="第五条")
                    self.receipt = taken.code
            await asyncio.sleep(PAUSE)

    async def _prepare(self, round_: Round, person: Person) -> None:
        what = f"{round_.stage}-{round_.ordinal}"
        if round_.form == "legality":
            await self.tour.see(ROUND, person, f"{what}-receiving", round_id=round_.id)
        if round_.stage == "hearing":
            await self.town.of(DRAFTER).collect(round_, "hearing-notice", **ANNOUNCED)
            await self.tour.see("/review/hearing/{round_id}", None, "announced", round_id=round_.id)
        await super()._prepare(round_, person)
        await self.tour.see(ROUND, person, what, round_id=round_.id)
        if round_.stage == "hearing":
            await self.tour.see("/review/hearing/{round_id}", None, round_id=round_.id)
        if round_.form == "legality" and self._kind == "NORMATIVE":
            await self._inbox(round_, person)
        if round_.form == "meeting" and self._kind == "NORMATIVE":
            await self._meets(round_)

    async def _sign_along(self, round_: Round, words: dict[str, Any]) -> None:
        if round_.form == "signing" and self._kind == "NORMATIVE":
            await self.tour.see(ROUND, JOINT_SIGNER, "joint", round_id=round_.id)
        await super()._sign_along(round_, words)

    async def _decide(self, round_: Round) -> None:
        await super()._decide(round_)
        if round_.form in PAGES_AFTER and self._kind == "NORMATIVE":
            person, what = actor_of(round_), f"{round_.stage}-{round_.ordinal}"
            for page in PAGES_AFTER[round_.form]:
                await self.tour.see(ROUND + page, person, f"{what}-decided", round_id=round_.id)

    async def _inbox(self, round_: Round, person: Person) -> None:
        office, found = self.town.of(person), list[Item]()

        async def posted() -> bool:
            items = (await office.inbox()).items
            found[:] = [item for item in items if str(round_.id) in item.link]
            return bool(found)

        await until("the item is in the inbox", posted)
        item = found[0]
        await self.tour.see("/tasks/inbox", person)
        await self.tour.see("/tasks/inbox/{item_id}", person, "one", item_id=item.id)
        for verb in ("ask", "copy", "hand-over", "reassign"):
            await self.tour.see("/tasks/inbox/{item_id}/pass/{verb}", person, verb, item_id=item.id, verb=verb)

    async def _meets(self, round_: Round) -> None:
        tour = self.tour
        planned = await tour.post(
            "/review/sessions",
            CLERK,
            {
                "issuer_unit": "yunxi",
                "form": "executive",
                "name": LONG,
                "place": "区政府第一会议室",
                "starts_at": (datetime.now(UTC) + timedelta(hours=30)).isoformat(),
            },
        )
        session = planned["session_id"]
        here = f"/review/sessions/{session}"
        await tour.post(f"{here}/items", CLERK, {"round_id": str(round_.id)})
        await tour.post(f"{here}/pack", CLERK, {})
        await tour.see("/review/meeting/{session_id}", CLERK, "before", session_id=session)
        people = [{"person_id": one.id, "capacity": "member", "present": True} for one in (*MEMBERS, CHIEF)]
        await tour.post(
            f"{here}/attendance",
            CLERK,
            {"chair_id": CHIEF.id, "started_at": datetime.now(UTC).isoformat(), "attendees": people},
        )
        shown = await tour.get(here, CLERK)
        item = shown["agenda"][0]["id"]
        said = act_of(round_, None)[1]["statements"]
        fields = {
            f"member_{n}_{name}": words
            for n, one in enumerate(said, 1)
            for name, words in {**one, "order": str(n)}.items()
        }
        await tour.post(f"{here}/items/{item}/draft", CLERK, {"revision": 0, "fields": {"outcome": "passed", **fields}})
        place = {"session_id": session, "item_id": item}
        await tour.see("/review/meeting/{session_id}", CLERK, "", session_id=session)
        await tour.see("/review/meeting/{session_id}/item/{item_id}", CLERK, "", **place)
        await tour.see("/review/meeting/{session_id}/item/{item_id}/check", CLERK, "", **place)
        about = {"text_hash": round_.text_hash, "materials_hash": round_.materials_hash}
        await tour.post(f"{here}/items/{item}/record", CLERK, {**about, "statements": said, "outcome": "passed"})
        await tour.post(f"{here}/minutes", CLERK, {})
        await tour.see("/review/meeting/{session_id}", CLERK, "held", session_id=session)

    async def _answer(self, window: Window) -> bool:
        here = f"/intake/windows/{window.window_id}/groups"

        async def recorded() -> bool:
            return bool((await self.tour.get(here, DRAFTER)).get("items"))  # a refusal until it is

        await until("the result is recorded", recorded)
        if self._kind == "MAJOR_DECISION":
            await self._looked(window, {"window_id": window.window_id})
        return await super()._answer(window)

    async def _looked(self, window: Window, place: dict[str, UUID]) -> None:
        here = "/intake/consultation/{window_id}"
        await self.tour.see(here, None, "closed", **place)
        for page in ("answers", "groups", "moderation", "masks", "workbook", "agreement"):
            await self.tour.see(f"{here}/{page}", DRAFTER, "", **place)
        groups = await self.tour.get(f"/intake/windows/{window.window_id}/groups", DRAFTER)
        group = groups["items"][0]["group_id"]
        await self.tour.see(f"{here}/groups/{{group_id}}", DRAFTER, "", **place, group_id=group)
