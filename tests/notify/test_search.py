"""Search: words of two, three and four characters, both scripts, numbers however they are written."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from services.kernel.text import search
from services.notify.store import publications
from services.notify.store.publications import Question
from tests.notify.builders import PARKING, PARKING_TEXT, Office, a_document


@pytest_asyncio.fixture
async def gazette(office: Office) -> dict[str, UUID]:
    """Two documents: 加装电梯 (云政规〔2026〕1号) and 停车场 (云政办发〔2026〕1号)."""
    lift = await office.publish(a_document())
    parking = a_document(title=PARKING, issuer_unit="gov-office", agency_code="云政办发", kind="WORK_PLAN")
    return {"lift": lift, "parking": await office.publish(parking, PARKING_TEXT)}


async def _find(
    office: Office, words: str = "", *, limit: int = 20, after: UUID | None = None, **given: object
) -> list[UUID]:
    folded = search.fold(words)
    question = Question(folded=folded, query=search.query(folded), **given)  # type: ignore[arg-type]
    async with office.db.read() as conn:
        return [each.publication.id for each in await publications.search(conn, question, after=after, limit=limit)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("电梯", ["lift"]),
        ("停车", ["parking"]),
        ("停车场", ["parking"]),
        ("加装电梯", ["lift"]),
        ("電梯", ["lift"]),
        ("停車場", ["parking"]),
        ("街道办事处", ["lift"]),
        ("云溪区", ["parking", "lift"]),
        ("梯", ["lift"]),
        ("场车", []),
        ("车场停", []),
        ("没有的词", []),
        ("云政规〔2026〕1号", ["lift"]),
        ("云政规[2026]1號", ["lift"]),
        ("本办法", ["parking", "lift"]),
        ("加装 电梯", ["lift"]),
        ("%", []),
        ("'", []),
        ("\\", []),
        ("'' & '", []),
        ("\x00", ["parking", "lift"]),
    ],
)
async def test_words_are_found(office: Office, gazette: dict[str, UUID], words: str, found: list[str]) -> None:
    assert await _find(office, words) == [gazette[name] for name in found]


async def test_pairs_that_stand_apart_are_not_a_word(office: Office, gazette: dict[str, UUID]) -> None:
    # 停车 and 车场 both stand in a text that says 停车 here and 汽车场 there.
    apart = await office.publish(
        a_document(title="云溪区道路管理规定"), "第一条　停车应当有序。\n第二条　汽车场地另行规定。\n"
    )
    assert await _find(office, "停车场") == [gazette["parking"]]
    assert apart in await _find(office, "停车")


@pytest.mark.parametrize(
    "written",
    ["云政规〔2026〕1号", "云政规[2026]1号", "云政规（2026）1號", "云政规(2026) 1 号", "雲政規〔2026〕1號", "云政规"],
)
async def test_a_number_is_found_however_it_is_written(office: Office, gazette: dict[str, UUID], written: str) -> None:
    assert await _find(office, number_key=search.fold(written)) == [gazette["lift"]]


async def test_filters_narrow_the_search(office: Office, gazette: dict[str, UUID]) -> None:
    year = (await _newest(office)).published_on.year
    assert await _find(office, unit="gov-office") == [gazette["parking"]]
    assert await _find(office, kind="NORMATIVE") == [gazette["lift"]]
    assert await _find(office, year=year) == [gazette["parking"], gazette["lift"]]
    assert await _find(office, year=year - 1) == []


async def test_pages_follow_each_other_without_gap_or_repeat(office: Office, gazette: dict[str, UUID]) -> None:
    first = await _find(office, limit=1)
    assert first == [gazette["parking"]]
    assert await _find(office, limit=1, after=first[0]) == [gazette["lift"]]
    assert await _find(office, limit=1, after=gazette["lift"]) == []
    assert await _find(office, after=uuid4()) == []


async def test_the_search_for_a_word_uses_the_index(office: Office, gazette: dict[str, UUID]) -> None:
    async with office.db.transaction() as tx:
        await tx.execute("set local enable_seqscan = off")
        plan = await tx.fetch(
            "explain select publication_id from publication_search where tokens @@ '''电梯'''::tsquery"
        )
    assert "publication_search_tokens" in "\n".join(row[0] for row in plan)


def test_an_excerpt_shows_the_word_as_it_is_printed() -> None:
    assert search.excerpt("第一条　鼓勵單位停車場開放。\n第二条", "停车场") == ("第一条　鼓勵單位", "停車場", "開放。")
    assert search.excerpt("第一条", "停车场") is None


def test_a_text_of_more_pairs_than_fit_is_cut_and_not_refused() -> None:
    everything = "".join(chr(0x4E00 + n % 20000) + chr(0x4E00 + n // 7 % 20000) for n in range(200_000))
    assert len(search.tokens(everything)) == search.TOKENS_AT_MOST


async def _newest(office: Office) -> publications.Publication:
    async with office.db.read() as conn:
        return (await publications.search(conn, Question(), after=None, limit=1))[0].publication
