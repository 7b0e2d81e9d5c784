"""Opinion letters, structured points, their answers, and precedents."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from docx import Document

from services.kernel.contracts.refusals import Forbidden
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.blobs import Blobs
from services.kernel.runtime.db import Database
from services.kernel.runtime.settings import Settings
from services.review.actions.deciding import Decided
from services.review.actions.letters import answer_point
from services.review.actions.opinions import give_opinion
from services.review.domain import legality_refusals, refusals
from services.review.domain.commands import Adviser, AnswerPoint, Handled
from services.review.precedents import MayNotSearch, Question, look_for
from services.review.store import letters, sign_offs
from tests.review.builders import (
    BOOK,
    GU_NIANCI,
    HE_XU,
    LU_WENXI,
    SU_HE,
    a_document,
    a_point,
    a_round,
    an_actor,
    an_opinion,
    opened,
)
from tests.review.conftest import Web

YEAR = datetime.now(UTC).year


async def reviewed(
    db: Database, round_id: UUID, outcome: str = "amend", actor: Actor = LU_WENXI, **changes: Any
) -> Decided:
    async with db.transaction() as tx:
        return await give_opinion(tx, actor, round_id, an_opinion(outcome, **changes), book=BOOK)


async def letter_of(db: Database, round_id: UUID) -> letters.Letter:
    async with db.read() as conn:
        return await letters.get_letter(conn, round_id)


def words(data: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs)


async def test_the_letter_belongs_to_what_was_signed(db: Database) -> None:
    round_id = await opened(db, a_round())
    await reviewed(db, round_id)
    letter = await letter_of(db, round_id)
    async with db.read() as conn:
        signed = await sign_offs.find_sign_off(conn, round_id)
    assert signed is not None
    assert signed.record["details"]["letter"] == {"number": letter.number, "docx": letter.docx_hash}
    assert hashlib.sha256(letter.docx).hexdigest() == letter.docx_hash


async def test_the_letter_says_what_such_letters_say(db: Database) -> None:
    round_id = await opened(db, a_round())
    adviser = Adviser(name="顾清让", kind="public_lawyer", licence="13301202611000001", opinion="同意上述意见。")
    await reviewed(db, round_id, points=(a_point(proposed="可以在开业后告知。"),), counsel=(adviser,))
    said = words((await letter_of(db, round_id)).docx)
    for part in ("审核事项", "审核依据", "审核情况", "审核意见", "逐项意见", "第八条，必须修改", "公职律师顾清让"):
        assert part in said
    assert "云溪区城市管理局：" in said
    assert "建议改为：可以在开业后告知。" in said
    assert "云溪区司法局" in said.splitlines()[-4:]


async def test_letters_are_numbered_without_a_gap_in_their_own_series(db: Database) -> None:
    rounds_ = [await opened(db, a_round()) for _ in range(3)]
    await reviewed(db, rounds_[0])
    with pytest.raises(refusals.PointsMissing):
        await reviewed(db, rounds_[1], points=())
    await reviewed(db, rounds_[1], "lawful")
    await reviewed(db, rounds_[2], actor=SU_HE)
    numbers = [(await letter_of(db, round_id)).number for round_id in rounds_]
    assert numbers == [f"区司法局合审〔{YEAR}〕{serial}号" for serial in (1, 2, 3)]


async def test_a_letter_is_never_changed(db: Database) -> None:
    await reviewed(db, await opened(db, a_round()))
    for statement in ("delete from letters", "update letters set number = '改'"):
        with pytest.raises(asyncpg.RaiseError, match="append_only"):
            async with db.transaction() as tx:
                await tx.execute(statement)


async def test_the_letter_is_handed_out_as_it_was_signed_and_in_print(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    await reviewed(db, round_id)
    letter = await letter_of(db, round_id)
    docx = await web.client.get(f"/review/rounds/{round_id}/letter.docx", headers=web.as_program(HE_XU))
    assert docx.content == letter.docx
    first, second = [
        await web.client.get(f"/review/rounds/{round_id}/letter.pdf", headers=web.as_program(HE_XU)) for _ in range(2)
    ]
    assert first.content == second.content
    assert first.content.startswith(b"%PDF")


async def test_a_round_without_an_opinion_has_no_letter(web: Web, db: Database) -> None:
    round_id = await opened(db, a_round())
    answer = await web.client.get(f"/review/rounds/{round_id}/letter.pdf", headers=web.as_program(HE_XU))
    assert (answer.status_code, answer.json()["code"]) == (404, "letter.none")


async def test_the_words_of_a_clause_come_from_the_text_and_not_from_the_sender(
    web: Web, db: Database, settings: Settings
) -> None:
    text = "办法\n\n第一条　为了防治油烟污染，制定本办法。\n\n第八条　经营者应当在开业前申请核准。\n"
    digest = await Blobs.at(settings.blobs).put(text.encode())
    asked = a_round()
    asked = asked.model_copy(update={"text": asked.text.model_copy(update={"text_hash": digest})})
    round_id = await opened(db, asked)
    body = an_opinion("amend", text_hash=digest, points=(a_point(quoted="假的原文", proposed="可以在开业后告知。"),))
    answer = await web.client.post(
        f"/review/rounds/{round_id}/opinion", json=body.model_dump(mode="json"), headers=web.as_program(LU_WENXI)
    )
    assert answer.status_code == 201, answer.text
    async with db.read() as conn:
        (point,) = await sign_offs.points_of(conn, asked.document.document_id)
    assert (point.anchor, point.quoted) == ("art-8", "经营者应当在开业前申请核准。")


@pytest.mark.parametrize("basis", ["", "上位法", "《行政许可法》"])
async def test_unlawful_needs_a_grave_point_with_instrument_and_article(db: Database, basis: str) -> None:
    round_id = await opened(db, a_round())
    with pytest.raises(legality_refusals.BasisMissing):
        await reviewed(db, round_id, "unlawful", points=(a_point(basis=basis),))
    with pytest.raises(legality_refusals.BasisMissing):
        await reviewed(db, round_id, "unlawful", points=(a_point(nature="advice"),))
    assert (await reviewed(db, round_id, "unlawful")).outcome == "unlawful"


async def test_an_exploratory_reform_is_declared_and_states_its_risk(db: Database) -> None:
    document = a_document(kind="MAJOR_DECISION")
    plain = await opened(db, a_round(document=document))
    reform = await opened(db, a_round(document=document, ordinal=2, grounds=("exploratory_reform",)))
    counsel = (Adviser(name="顾清让"),)
    with pytest.raises(legality_refusals.ReformNotDeclared):
        await reviewed(db, plain, "exploratory", counsel=counsel, risk="现行法规没有规定。")
    with pytest.raises(legality_refusals.RiskMissing):
        await reviewed(db, reform, "exploratory", counsel=counsel)
    decided = await reviewed(db, reform, "exploratory", counsel=counsel, risk="现行法规没有规定。")
    assert decided.outcome == "exploratory"
    assert "现行法规没有规定。" in words((await letter_of(db, reform)).docx)


async def test_normative_documents_know_no_such_exception(db: Database) -> None:
    round_id = await opened(db, a_round(grounds=("exploratory_reform",)))
    with pytest.raises(refusals.UnknownOutcome):
        await reviewed(db, round_id, "exploratory", risk="有风险。")


async def test_counsel_with_an_interest_is_not_the_counsel_that_the_law_asks_for(db: Database) -> None:
    round_id = await opened(db, a_round(document=a_document(kind="MAJOR_DECISION")))
    with pytest.raises(refusals.CounselMissing):
        await reviewed(db, round_id, "lawful", counsel=(Adviser(name="顾清让", interest="曾代理起草单位。"),))


async def answered(db: Database, round_id: UUID, actor: Actor = HE_XU, **changes: Any) -> UUID:
    async with db.transaction() as tx:
        row = await tx.fetchrow("select id from opinion_points where round_id = $1", round_id)
        command = AnswerPoint(**{"adoption": "adopted", "words": "已删去核准。", **changes})
        await answer_point(tx, actor, round_id, row["id"], command)
    point: UUID = row["id"]
    return point


async def test_the_drafting_office_answers_a_point_and_the_newest_answer_counts(db: Database) -> None:
    asked = a_round()
    round_id = await opened(db, asked)
    await reviewed(db, round_id)
    await answered(db, round_id)
    point = await answered(db, round_id, adoption="partly", words="删去核准，保留告知。")
    async with db.read() as conn:
        newest = await letters.answers_of(conn, asked.document.document_id)
        assert await conn.fetchval("select count(*) from point_answers") == 2
    assert (newest[point].adoption, newest[point].words) == ("partly", "删去核准，保留告知。")


async def test_others_do_not_answer(db: Database) -> None:
    round_id = await opened(db, a_round())
    await reviewed(db, round_id)
    for stranger in (LU_WENXI, an_actor("ye-chunxiao", "叶春晓", "ecology", "drafter")):
        with pytest.raises(Forbidden):
            await answered(db, round_id, stranger)


async def test_an_answer_has_words(db: Database) -> None:
    round_id = await opened(db, a_round())
    await reviewed(db, round_id)
    with pytest.raises(legality_refusals.AnswerMissing):
        await answered(db, round_id, adoption="not_adopted", words=" ")


async def test_a_settled_point_is_answered_no_more(db: Database) -> None:
    document = a_document()
    first = await opened(db, a_round(document=document))
    await reviewed(db, first)
    point = await answered(db, first)
    settled = (Handled(point_id=point, handling="done"),)
    await reviewed(db, await opened(db, a_round(document=document, ordinal=2)), "lawful", handled=settled)
    with pytest.raises(legality_refusals.PointSettled):
        await answered(db, first, words="再补充一句。")


async def test_a_point_of_another_round_is_not_found(db: Database) -> None:
    first, second = await opened(db, a_round()), await opened(db, a_round())
    await reviewed(db, first)
    async with db.transaction() as tx:
        row = await tx.fetchrow("select id from opinion_points")
        with pytest.raises(legality_refusals.UnknownPoint):
            await answer_point(tx, HE_XU, second, row["id"], AnswerPoint(adoption="adopted", words="已改。"))


async def found(db: Database, actor: Actor = LU_WENXI, **question: Any) -> list[str]:
    async with db.read() as conn:
        rows, _ = await look_for(conn, actor, Question(**question))
    return [row.text or row.opinion for row in rows]


async def test_precedents_are_found_by_words_basis_nature_and_outcome(db: Database) -> None:
    await reviewed(db, await opened(db, a_round()))
    await reviewed(db, await opened(db, a_round()), "lawful", opinion="主体、权限、程序均符合规定。")
    point = "开业前核准属于设定行政许可，应当删去。"
    assert await found(db, q="行政許可") == [point]
    assert await found(db, basis="行政许可法》第十七条") == [point]
    assert await found(db, clause="第八条", nature="must") == [point]
    assert await found(db, outcome="lawful") == ["主体、权限、程序均符合规定。"]
    assert await found(db, q="补贴") == []


async def test_undecided_rounds_are_no_precedents_and_pages_follow_one_another(db: Database) -> None:
    await opened(db, a_round())
    assert await found(db) == []
    await reviewed(db, await opened(db, a_round()), points=tuple(a_point(text=f"意见{n}。") for n in range(25)))
    async with db.read() as conn:
        first, following = await look_for(conn, LU_WENXI, Question())
        rest, end = await look_for(conn, LU_WENXI, Question(before=following or 0))
    assert (len(first), len(rest), end) == (20, 6, None)
    assert not {row.id for row in first} & {row.id for row in rest}


async def test_a_drafter_sees_precedents_of_the_own_unit_only(db: Database) -> None:
    await reviewed(db, await opened(db, a_round()))
    other = an_actor("ye-chunxiao", "叶春晓", "ecology", "drafter")
    assert len(await found(db, HE_XU)) == 2
    assert await found(db, other) == []
    with pytest.raises(MayNotSearch):
        await found(db, an_actor("gu-nianci", "顾念慈", "gov-office", "registrar"))
    assert GU_NIANCI.roles
