"""A draft of answers shared inside: who may read it, what is said of it, and that publication waits."""

from __future__ import annotations

from uuid import UUID

import pytest

from services.intake.actions.agreement import say, share
from services.intake.domain.agreement import (
    AlreadyGoingOut,
    Asked,
    NotAsked,
    OwnDraft,
    ReadersMissing,
    Stance,
    Word,
    WordsMissing,
    may_go_out,
)
from services.intake.store import dossier, windows
from tests.intake.builders import Desk, Web, an_actor
from tests.intake.test_answering import adopted, closed, gives, lines_of, refused

HEAD = Asked("", "lu-wenxi", True)
HOUSING = Asked("housing", "", False)
HER = an_actor("lu-wenxi", "justice", roles=("legality_reviewer",), name="陆闻溪")
HIM = an_actor("tang-shuyao", "housing", roles=("lead_unit_officer",), name="唐书瑶")


def word(stance: Stance, revision: int, person: str = "lu-wenxi", unit: str = "justice") -> Word:
    return Word(person, unit, stance, revision)


@pytest.mark.parametrize(
    ("said", "goes"),
    [
        ((), False),
        ((word(Stance.AGREES, 2),), True),
        ((word(Stance.AGREES, 1),), False),
        ((word(Stance.OBJECTS, 2),), False),
        ((word(Stance.OBJECTS, 2), word(Stance.AGREES, 2)), True),
        ((word(Stance.AGREES, 2), word(Stance.OBJECTS, 2, "tang-shuyao", "housing")), False),
        ((word(Stance.OBJECTS, 2), word(Stance.NOTED, 2, "he-xu", "urban")), True),
        ((word(Stance.NOTED, 2, "he-xu", "urban"), word(Stance.OBJECTS, 2)), False),
        ((word(Stance.NOTED, 1, "he-xu", "urban"),), False),
    ],
)
def test_when_answers_may_go_out(said: tuple[Word, ...], goes: bool) -> None:
    assert may_go_out((HEAD, HOUSING), said, 2) is goes


async def shared(desk: Desk, *bodies: str) -> UUID:
    """A window whose answers were shared with the head and with the housing office."""
    window_id = await closed(desk, *bodies)
    async with desk.db.transaction() as tx:
        await share(tx, an_actor(), window_id, readers=(HEAD, HOUSING), note="请于周五前回复。")
    return window_id


async def answered_at(desk: Desk, window_id: UUID) -> object:
    async with desk.db.read() as conn:
        return (await windows.get(conn, window_id)).answered_at


async def answer_all(desk: Desk, window_id: UUID) -> None:
    await gives(desk, window_id, *[adopted(group=line.key) for line in await lines_of(desk, window_id)])


async def test_publication_waits_for_who_decides(desk: Desk) -> None:
    window_id = await shared(desk, "按月清洗", "不同意")
    await answer_all(desk, window_id)
    before = await answered_at(desk, window_id)

    async with desk.db.transaction() as tx:
        await say(tx, HER, window_id, stance=Stance.AGREES, words="")

    assert before is None
    assert await answered_at(desk, window_id) is not None


async def test_an_objection_holds_it_back_until_the_office_notes_why_it_goes_on(desk: Desk) -> None:
    window_id = await shared(desk, "别的")
    await answer_all(desk, window_id)
    async with desk.db.transaction() as tx:
        await say(tx, HIM, window_id, stance=Stance.OBJECTS, words="没有考虑老旧小区。")
        await say(tx, HER, window_id, stance=Stance.AGREES, words="")
    held = await answered_at(desk, window_id)
    async with desk.db.transaction() as tx:
        await say(tx, an_actor(), window_id, stance=Stance.NOTED, words="已与住建局当面协商。")

    assert held is None
    assert await answered_at(desk, window_id) is not None
    async with desk.db.read() as conn:
        entries = await dossier.all_of(conn, (await windows.get(conn, window_id)).document_id)
    said = [entry.detail.get("stance") for entry in entries if entry.type == "answers_spoken_of"]
    assert said == ["objects", "agrees", "noted"]


async def test_what_was_agreed_is_agreed_again_when_it_changes(desk: Desk) -> None:
    window_id = await shared(desk, "按月清洗", "别的")
    first, second = await lines_of(desk, window_id)
    await gives(desk, window_id, adopted(group=first.key))
    async with desk.db.transaction() as tx:
        await say(tx, HER, window_id, stance=Stance.AGREES, words="")

    await gives(desk, window_id, refused(group=second.key))

    assert await answered_at(desk, window_id) is None


async def test_only_those_asked_may_speak_and_an_objection_needs_words(desk: Desk) -> None:
    window_id = await shared(desk, "按月清洗")
    stranger = an_actor("cheng-lingyi", "inspection", roles=("supervisor",))
    async with desk.db.transaction() as tx:
        with pytest.raises(NotAsked):
            await say(tx, stranger, window_id, stance=Stance.AGREES, words="")
        with pytest.raises(WordsMissing):
            await say(tx, HER, window_id, stance=Stance.OBJECTS, words=" ")


async def test_who_sent_it_round_agrees_for_nobody(desk: Desk) -> None:
    window_id = await closed(desk, "按月清洗")
    readers = (Asked("", "he-xu", True), Asked("urban", "", True))
    async with desk.db.transaction() as tx:
        await share(tx, an_actor(), window_id, readers=readers, note="")
    with pytest.raises(OwnDraft):
        async with desk.db.transaction() as tx:
            await say(tx, an_actor(), window_id, stance=Stance.AGREES, words="")


async def test_it_goes_to_somebody_known_and_not_after_the_last_answer(desk: Desk) -> None:
    window_id = await closed(desk, "按月清洗")
    async with desk.db.transaction() as tx:
        for nobody in ((), (Asked("nowhere", "", False),), (Asked("", "nobody", True),)):
            with pytest.raises(ReadersMissing):
                await share(tx, an_actor(), window_id, readers=nobody, note="")
    await answer_all(desk, window_id)
    async with desk.db.transaction() as tx:
        with pytest.raises(AlreadyGoingOut):
            await share(tx, an_actor(), window_id, readers=(HEAD,), note="")


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_by_page_it_is_sent_read_and_agreed_to(web: Web, language: str) -> None:
    window_id = await closed(web.desk, "按月清洗")
    path = f"/intake/consultation/{window_id}/agreement"
    office = {**web.as_("he-xu"), "Accept": "text/html", "Accept-Language": language}
    asked = {**office, **web.as_("tang-shuyao")}
    assert (await web.client.get(path, headers=asked)).status_code == 403

    sent = await web.client.post(path, headers=office, data={"unit": "housing", "note": "<b>请回复</b>"})
    shown = await web.client.get(path, headers=asked)
    table = await web.client.get(f"/intake/consultation/{window_id}/table", headers=asked)
    mine = await web.client.get("/intake", headers=asked)
    wrong = await web.client.post(f"{path}/words", headers=asked, data={"stance": "objects"})
    said = await web.client.post(f"{path}/words", headers=asked, data={"stance": "agrees"})

    assert [one.status_code for one in (sent, shown, table, wrong, said)] == [303, 200, 200, 422, 303]
    assert "<b>请回复" not in shown.text
    assert f"{window_id}/agreement" in mine.text
    assert (await web.client.get(path, headers=office)).status_code == 200


SENT = {"readers": [{"person_id": "lu-wenxi", "decides": True}, {"unit_id": "housing"}], "note": "请于周五前回复。"}


async def test_a_program_shares_a_draft_and_sees_where_it_stands(web: Web) -> None:
    window_id = await closed(web.desk, "按月清洗")

    made = await web.posts(f"/intake/windows/{window_id}/agreement", SENT)
    said = await web.posts(
        f"/intake/windows/{window_id}/agreement/words", {"stance": "objects", "words": "间隔太短。"}, person="lu-wenxi"
    )

    found = (await web.gets(f"/intake/windows/{window_id}/agreement")).json()
    assert (made.status_code, made.json(), said.status_code) == (201, {"ordinal": 1}, 201)
    assert [(one["person_id"], one["unit_id"], one["said"]) for one in found["readers"]] == [
        ("lu-wenxi", None, "objects"),
        (None, "housing", None),
    ]
    assert (found["words"][0]["words"], found["left"], found["may_go_out"]) == ("间隔太短。", 1, False)


async def test_a_draft_is_shared_once_for_its_key(web: Web) -> None:
    window_id = await closed(web.desk, "按月清洗")

    first = await web.posts(f"/intake/windows/{window_id}/agreement", SENT, key="one-key-for-it")
    again = await web.posts(f"/intake/windows/{window_id}/agreement", SENT, key="one-key-for-it")

    found = (await web.gets(f"/intake/windows/{window_id}/agreement")).json()
    assert (first.json(), again.json(), found["shared"]["ordinal"]) == ({"ordinal": 1}, {"ordinal": 1}, 1)


@pytest.mark.parametrize(
    ("person", "path", "body", "code"),
    [
        ("tang-shuyao", "", SENT, "document.other_unit"),
        ("he-xu", "", {"readers": []}, "agreement.readers"),
        ("he-xu", "", {"readers": [{"unit_id": "housing", "person_id": "lu-wenxi"}]}, "agreement.readers"),
        ("he-xu", "", {"readers": [{"unit_id": "nowhere"}]}, "agreement.readers"),
        ("tang-shuyao", "/words", {"stance": "agrees"}, "agreement.not_shared"),
        ("he-xu", "/words", {"stance": "perhaps"}, "input.invalid"),
    ],
)
async def test_each_refusal_of_a_program_has_its_code(
    web: Web, person: str, path: str, body: dict[str, object], code: str
) -> None:
    window_id = await closed(web.desk, "按月清洗")

    answer = await web.posts(f"/intake/windows/{window_id}/agreement{path}", body, person=person)

    assert answer.json()["code"] == code


async def test_a_draft_is_nothing_to_a_program_of_another_unit(web: Web) -> None:
    window_id = await closed(web.desk, "按月清洗")

    seen = await web.gets(f"/intake/windows/{window_id}/agreement", person="lu-wenxi")

    assert (seen.status_code, seen.json()["code"]) == (403, "agreement.not_asked")
