"""Publication: under its number, of the very text registered, once; and what it says of its validity."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest
from temporalio.exceptions import ApplicationError

from services.kernel.contracts.facts import SealOn
from services.kernel.runtime.db import Connection
from services.kernel.text.validity import read_term
from services.notify.domain import Validity, WindowState, validity, window_state
from services.notify.store import publications, seals
from tests.notify.builders import (
    LIFT_TEXT,
    PARKING_TEXT,
    Office,
    a_document,
    a_publishing,
    a_text,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 20)


async def test_a_numbered_text_is_published_at_an_address_of_the_gazette(office: Office) -> None:
    document = a_document()
    doc_number = await office.number(document)
    text = await a_text(office.blobs)
    published = await office.activities.publish(a_publishing(document, text, doc_number))
    assert published.path == f"/notify/gazette/{published.gazette_id}"
    assert published.published_on == published.published_at.astimezone(SHANGHAI).date()


async def test_publishing_twice_gives_the_same_answer(office: Office) -> None:
    document = a_document()
    doc_number = await office.number(document)
    message = a_publishing(document, await a_text(office.blobs), doc_number)
    answers = [await office.activities.publish(message) for _ in range(2)]
    assert answers[0] == answers[1]


async def test_publishing_from_five_sides_at_once_publishes_once(office: Office) -> None:
    document = a_document()
    doc_number = await office.number(document)
    message = a_publishing(document, await a_text(office.blobs), doc_number)
    answers = await asyncio.gather(*(office.activities.publish(message) for _ in range(5)))
    assert len({answer.gazette_id for answer in answers}) == 1


async def test_a_document_without_number_is_not_published(office: Office) -> None:
    message = a_publishing(a_document(), await a_text(office.blobs), "云政规〔2026〕1号")
    assert await _refusal(office, message) == "publication.no_number"


async def test_a_document_is_not_published_under_the_number_of_another(office: Office) -> None:
    document = a_document()
    await office.number(a_document())
    await office.number(document)
    message = a_publishing(document, await a_text(office.blobs), "云政规〔2026〕1号")
    assert await _refusal(office, message) == "publication.no_number"


async def test_a_document_whose_number_is_void_is_not_published(office: Office, owner: Connection) -> None:
    document = a_document()
    doc_number = await office.number(document)
    await owner.execute(
        "update notify.numbers set state = 'void', void_reason = '重复登记', voided_by = 'gu-nianci',"
        " voided_at = now(), voided_on = current_date"
    )
    message = a_publishing(document, await a_text(office.blobs), doc_number)
    assert await _refusal(office, message) == "publication.no_number"


async def test_another_text_than_the_registered_one_is_not_published(office: Office) -> None:
    document = a_document()
    doc_number = await office.number(document)
    other = await a_text(office.blobs, LIFT_TEXT.replace("十二", "十三") + "补一句。\n")
    assert await _refusal(office, a_publishing(document, other, doc_number)) == "publication.other_text"


async def test_sql_refuses_a_publication_of_another_text(office: Office, owner: Connection) -> None:
    await office.number(a_document())
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await owner.execute(
            "insert into notify.publications (document_id, doc_number, title, kind, issuer_unit, issuer_name,"
            " drafting_name, text_hash, adopted_on, published_at, published_on)"
            " select document_id, doc_number, title, kind, issuer_unit, '', '', repeat('b', 64), current_date, now(),"
            " current_date from notify.numbers"
        )


@pytest.mark.parametrize("statement", ["delete from notify.publications", "update notify.publications set title = ''"])
async def test_sql_refuses_to_rewrite_the_gazette(office: Office, owner: Connection, statement: str) -> None:
    await office.publish(a_document())
    with pytest.raises(asyncpg.RestrictViolationError):
        await owner.execute(statement)


async def test_a_joint_document_is_published_with_all_its_issuers(office: Office) -> None:
    document = a_document(joint_units=("justice",))
    await office.publish(document)
    async with office.db.read() as conn:
        found = await publications.find_by_document(conn, document.document_id)
    assert found is not None
    assert found.issuers.endswith("、云溪区司法局")


def seals_on(text_hash: str, *units: str) -> tuple[SealOn, ...]:
    at = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
    return tuple(SealOn(unit_id=unit, text_hash=text_hash, at=at, form="physical") for unit in units)


async def test_the_gazette_shows_whose_seals_are_on_the_text(office: Office, client: httpx.AsyncClient) -> None:
    document = a_document(joint_units=("justice",))
    number, text = await office.number(document), await a_text(office.blobs)
    asked = a_publishing(document, text, number)
    sealed = asked.model_copy(update={"seals": seals_on(text.text_hash, document.issuer_unit, "justice")})
    gazette_id = (await office.activities.publish(sealed)).gazette_id
    shown = (await client.get(f"/notify/publications/{gazette_id}")).json()["seals"]
    assert [(one["place"], one["unit_name"], one["text_hash"]) for one in shown] == [
        (1, "云溪区人民政府", text.text_hash),
        (2, "云溪区司法局", text.text_hash),
    ]
    page = (await client.get(f"/notify/gazette/{gazette_id}", headers={"Accept": "text/html"})).text
    assert page.count("印章已用印") == 2
    assert "与公布文本一致" in page


async def test_no_joint_text_goes_out_while_a_seal_is_missing_or_on_another_text(office: Office) -> None:
    document = a_document(joint_units=("justice",))
    number, text = await office.number(document), await a_text(office.blobs)
    asked, lead = a_publishing(document, text, number), document.issuer_unit
    for on, code in (
        (seals_on(text.text_hash, lead), "SealMissing"),
        (seals_on("2f" * 32, lead, "justice"), "OtherText"),
    ):
        with pytest.raises(ApplicationError) as refused:
            await office.activities.publish(asked.model_copy(update={"seals": on}))
        assert refused.value.type == code


async def test_the_database_refuses_a_seal_of_another_text(office: Office) -> None:
    gazette_id = await office.publish(a_document())
    other = seals_on("2f" * 32, "yunxi")
    with pytest.raises(asyncpg.RaiseError, match="seal_of_other_text"):
        async with office.db.transaction() as tx:
            await seals.add(tx, gazette_id, other)


async def test_the_gazette_tells_validity_and_the_names_of_the_units(office: Office) -> None:
    gazette_id = await office.publish(a_document())
    async with office.db.read() as conn:
        found = await publications.find_publication(conn, gazette_id)
    assert found is not None
    assert (found.effective_on, found.valid_to) == (date(2026, 12, 21), date(2031, 12, 20))
    assert (found.issuer_name, found.drafting_name) == ("云溪区人民政府", "云溪区住房和城乡建设局")


@pytest.mark.parametrize(
    ("text", "effective_on", "valid_to"),
    [
        (LIFT_TEXT, date(2026, 12, 21), date(2031, 12, 20)),
        (PARKING_TEXT, DAY, None),
        ("本办法自印发之日起施行。", DAY, None),
        ("本办法自二〇二七年一月一日起施行，有效期至二〇三一年十二月三十一日。", date(2027, 1, 1), date(2031, 12, 31)),
        ("本辦法自2027年1月1日起實施。", date(2027, 1, 1), None),
        ("本办法自公布之日起30日后施行。", None, None),
        ("本要点由区政府办公室负责解释。", None, None),
        ("自2027年2月30日起施行。", None, None),
    ],
)
def test_a_text_says_from_when_and_until_when(text: str, effective_on: date | None, valid_to: date | None) -> None:
    term = read_term(text, published_on=DAY)
    assert (term.effective_on, term.valid_to) == (effective_on, valid_to)


def test_a_validity_in_years_is_quoted_and_not_computed() -> None:
    assert read_term(PARKING_TEXT, published_on=DAY).words == "有效期五年"


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (date(2026, 11, 19), Validity.UNPUBLISHED),
        (date(2026, 11, 20), Validity.AHEAD),
        (date(2026, 12, 20), Validity.AHEAD),
        (date(2026, 12, 21), Validity.IN_FORCE),
        (date(2031, 12, 20), Validity.IN_FORCE),
        (date(2031, 12, 21), Validity.LAPSED),
    ],
)
def test_validity_follows_the_day(on: date, state: Validity) -> None:
    assert validity(DAY, date(2026, 12, 21), date(2031, 12, 20), on) is state


def test_a_text_that_does_not_say_when_is_neither_in_force_nor_ahead() -> None:
    assert validity(DAY, None, None, DAY) is Validity.UNSTATED


OPENS = datetime(2026, 11, 9, 1, tzinfo=UTC)
CLOSES = datetime(2026, 12, 7, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (OPENS - datetime.resolution, WindowState.AHEAD),
        (OPENS, WindowState.OPEN),
        (datetime(2026, 12, 6, tzinfo=UTC), WindowState.CLOSING),
        (CLOSES - datetime.resolution, WindowState.CLOSING),
        (CLOSES, WindowState.CLOSED),
        (CLOSES + datetime.resolution, WindowState.CLOSED),
    ],
)
def test_a_window_is_closed_from_its_closing_instant_on(now: datetime, state: WindowState) -> None:
    assert window_state(OPENS, CLOSES, now) is state


async def _refusal(office: Office, message: object) -> str:
    with pytest.raises(ApplicationError) as refused:
        await office.activities.publish(message)  # type: ignore[arg-type]
    assert refused.value.non_retryable
    return str(refused.value.details[0])
