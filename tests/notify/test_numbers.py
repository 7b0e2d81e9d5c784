"""Numbers: gapless, once for each document, never given twice, and guarded by the database itself."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from uuid import UUID, uuid4

import asyncpg
import pytest
from temporalio.exceptions import ApplicationError

from services.kernel.contracts.refusals import Forbidden, Refused
from services.kernel.procedure.numbering import DocumentNumber, parse_number
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.notify.actions import numbers as acts
from services.notify.domain import AlreadyVoid, NoSuchNumber, NumberIsPublished, ReasonMissing
from services.notify.store import numbers
from tests.notify.builders import Office, a_document, a_registration, a_text, gu_nianci

ZONE = "Asia/Shanghai"


async def _register(office: Office) -> list[numbers.Number]:
    async with office.db.read() as conn:
        return await numbers.register(conn, agency_code=None, year=None, after=None, limit=500)


async def test_the_first_number_of_a_series_is_one(office: Office) -> None:
    assert await office.number(a_document()) == "云政规〔2026〕1号"


async def test_each_series_counts_for_itself(office: Office) -> None:
    await office.number(a_document())
    assert await office.number(a_document(agency_code="云政办发")) == "云政办发〔2026〕1号"
    assert await office.number(a_document(), year=2027) == "云政规〔2027〕1号"
    assert await office.number(a_document()) == "云政规〔2026〕2号"


async def test_the_same_document_asked_again_gets_the_same_number(office: Office) -> None:
    document = a_document()
    first = await office.number(document)
    assert await office.number(document) == first
    assert await office.number(a_document()) == "云政规〔2026〕2号"


async def test_a_document_asked_for_by_ten_at_once_gets_one_number(office: Office) -> None:
    document = a_document()
    given = await asyncio.gather(*(office.number(document) for _ in range(10)))
    assert set(given) == {"云政规〔2026〕1号"}
    assert await office.number(a_document()) == "云政规〔2026〕2号"


async def test_forty_registrations_at_once_leave_no_gap_and_no_repeat(office: Office) -> None:
    codes = ("云政规", "云政办发", "云府发", "云城管规")
    documents = [a_document(agency_code=codes[n % len(codes)]) for n in range(40)]
    given = await asyncio.gather(*(office.number(document) for document in documents))
    serials: dict[str, list[int]] = defaultdict(list)
    for each in given:
        number = parse_number(each)
        serials[number.code].append(number.serial)
    assert {code: sorted(found) for code, found in serials.items()} == {code: list(range(1, 11)) for code in codes}


async def test_a_failed_transaction_burns_no_number(office: Office) -> None:
    document = a_document()

    async def fail() -> None:
        async with office.db.transaction() as tx:
            sequence = await numbers.take_next(tx, "云政规", 2026)
            await numbers.add_number(
                tx,
                document,
                year=2026,
                sequence=sequence,
                doc_number="云政规〔2026〕1号",
                text_hash="a" * 64,
                zone=ZONE,
            )
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await office.number(document) == "云政规〔2026〕1号"


async def test_a_text_with_a_placeholder_gets_no_number(office: Office) -> None:
    with pytest.raises(ApplicationError) as refused:
        await office.number(a_document(), "第一条　本办法自20××年×月×日起施行。\n")
    assert refused.value.non_retryable
    assert refused.value.details == ("gate.placeholders",)
    assert await office.number(a_document()) == "云政规〔2026〕1号"


async def test_after_a_failure_and_a_return_two_who_ask_at_once_get_one_number_and_leave_no_gap(office: Office) -> None:
    before, document, after = await office.number(a_document()), a_document(), a_document()
    with pytest.raises(ApplicationError):
        await office.number(document, "第一条　本办法自20××年×月×日起施行。\n")
    asked = [office.number(document, f"第一条　本办法自公布之日起施行。\n第二条　第{nth}稿。\n") for nth in (1, 1)]
    given = set(await asyncio.gather(*asked))
    assert (before, given, await office.number(after)) == (
        "云政规〔2026〕1号", {"云政规〔2026〕2号"}, "云政规〔2026〕3号",
    )  # fmt: skip


async def test_a_text_that_is_not_kept_gets_no_number(office: Office) -> None:
    document = a_document()
    text = (await a_text(office.blobs)).model_copy(update={"text_hash": "b" * 64})
    with pytest.raises(ApplicationError) as refused:
        await office.activities.register_number(a_registration(document, text))
    assert refused.value.details == ("not_found",)


async def test_a_code_that_is_no_agency_code_is_refused(office: Office) -> None:
    with pytest.raises(ApplicationError) as refused:
        await office.number(a_document(agency_code="YX"))
    assert refused.value.details == ("number.malformed",)


async def test_a_year_that_is_none_is_refused(office: Office) -> None:
    with pytest.raises(ApplicationError) as refused:
        await office.number(a_document(), year=0)
    assert refused.value.details == ("number.malformed",)


async def test_the_register_keeps_a_void_number_and_never_gives_it_again(office: Office) -> None:
    document = a_document()
    await office.number(document)
    [entry] = await _register(office)
    voided = await _void(office, entry.id, "登记的文件不是规范性文件")
    assert (voided.state, voided.void_reason, voided.voided_by) == ("void", "登记的文件不是规范性文件", "gu-nianci")
    assert await office.number(a_document()) == "云政规〔2026〕2号"
    with pytest.raises(ApplicationError) as refused:
        await office.number(document)
    assert refused.value.details == ("number.void",)


async def test_only_an_operator_voids_a_number(office: Office) -> None:
    await office.number(a_document())
    [entry] = await _register(office)
    with pytest.raises(Forbidden):
        await _void(office, entry.id, "重复登记", gu_nianci(("registrar",)))


@pytest.mark.parametrize("reason", ["", "  \n", "\x00"])
async def test_a_number_is_not_voided_without_a_reason(office: Office, reason: str) -> None:
    await office.number(a_document())
    [entry] = await _register(office)
    await _refused(office, entry, reason, ReasonMissing)


async def test_a_number_is_voided_once(office: Office) -> None:
    await office.number(a_document())
    [entry] = await _register(office)
    await _void(office, entry.id)
    await _refused(office, entry, "再作废一次", AlreadyVoid)


async def test_the_number_of_a_published_document_is_not_voided(office: Office) -> None:
    await office.publish(a_document())
    [entry] = await _register(office)
    await _refused(office, entry, "重复登记", NumberIsPublished)


async def test_a_number_that_is_not_there_is_not_voided(office: Office) -> None:
    with pytest.raises(NoSuchNumber):
        await _void(office, uuid4())


async def _refused(office: Office, entry: numbers.Number, reason: str, why: type[Refused]) -> None:
    with pytest.raises(why):
        await _void(office, entry.id, reason)


async def _void(
    office: Office, number_id: UUID, reason: str = "重复登记", actor: Actor | None = None
) -> numbers.Number:
    async with office.db.transaction() as tx:
        return await acts.void_number(tx, actor or gu_nianci(), number_id, reason=reason, zone=ZONE)


# What the database itself refuses, whoever asks: here its owner.

INSERT = """
insert into notify.numbers (agency_code, year, sequence, doc_number, document_id, title, kind, issuer_unit, text_hash,
                            registered_at, registered_on)
values ('云政规', 2026, $1, $2, gen_random_uuid(), '试行办法', 'NORMATIVE', 'yunxi', repeat('a', 64), now(), current_date)
"""


async def _insert(owner: Connection, sequence: int) -> None:
    await owner.execute(INSERT, sequence, DocumentNumber("云政规", 2026, sequence).text)


async def test_sql_refuses_a_gap(office: Office, owner: Connection) -> None:
    await office.number(a_document())
    with pytest.raises(asyncpg.RestrictViolationError):
        await _insert(owner, 3)


async def test_sql_refuses_a_repeat(office: Office, owner: Connection) -> None:
    await office.number(a_document())
    with pytest.raises((asyncpg.RestrictViolationError, asyncpg.UniqueViolationError)):
        await _insert(owner, 1)


async def test_sql_refuses_to_give_a_void_number_again(office: Office, owner: Connection) -> None:
    await office.number(a_document())
    [entry] = await _register(office)
    await _void(office, entry.id)
    with pytest.raises(asyncpg.RestrictViolationError):
        await owner.execute(
            "update notify.numbers set state = 'given', void_reason = null, voided_by = null, voided_at = null,"
            " voided_on = null"
        )


async def test_sql_refuses_a_counter_that_runs_ahead_of_the_register(office: Office, owner: Connection) -> None:
    await office.number(a_document())
    with pytest.raises(asyncpg.RestrictViolationError):
        await owner.execute("update notify.number_series set last = last + 1")


@pytest.mark.parametrize(
    "statement",
    [
        "delete from notify.numbers",
        "delete from notify.number_series",
        "truncate notify.numbers cascade",
        "truncate notify.number_series cascade",
        "update notify.number_series set last = last - 1",
        "update notify.number_series set year = 2025",
        "update notify.numbers set doc_number = '云政规〔2026〕9号'",
        "update notify.numbers set document_id = gen_random_uuid()",
        "update notify.numbers set text_hash = repeat('b', 64)",
        "insert into notify.number_series values ('云政规', 2030, 5)",
    ],
)
async def test_sql_refuses_to_rewrite_the_register(office: Office, owner: Connection, statement: str) -> None:
    await office.number(a_document())
    with pytest.raises(asyncpg.RestrictViolationError):
        await owner.execute(statement)


async def test_sql_refuses_a_void_number_without_a_reason(office: Office, owner: Connection) -> None:
    await office.number(a_document())
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute(
            "update notify.numbers set state = 'void', void_reason = ' ', voided_by = 'x', voided_at = now(),"
            " voided_on = current_date"
        )


async def test_sql_refuses_to_void_the_number_of_a_published_document(office: Office, owner: Connection) -> None:
    await office.publish(a_document())
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await owner.execute(
            "update notify.numbers set state = 'void', void_reason = '重复', voided_by = 'x', voided_at = now(),"
            " voided_on = current_date"
        )
