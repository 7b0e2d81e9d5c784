"""行政规范性文件, from submission to filing, under every outcome of every phase."""

from __future__ import annotations

from datetime import timedelta

from services.kernel.procedure.calendar import WorkCalendar
from services.kernel.procedure.deadlines import due, office_day
from services.kernel.procedure.rules import DocumentKind, RuleBook
from tests.workflows.builders import a_start, begin
from tests.workflows.town import Town


async def test_a_document_walks_the_stages_of_its_kind_in_the_order_of_the_rule_book(town: Town) -> None:
    end = await (await begin(town.client, a_start(touches_market_entities=True))).result()

    listed = [stage.id for stage in RuleBook.load().kind(DocumentKind.NORMATIVE).before_publication()]
    walked = [stage for stage in listed if stage in town.order()]
    assert (end.outcome, end.doc_number) == ("issued", "云政规〔2026〕1号")
    assert walked == listed
    assert max(town.order().index(stage) for stage in listed[:10]) < town.order().index("legality_review")


async def test_the_fact_of_publication_makes_the_task_of_filing_with_its_day(town: Town) -> None:
    await (await begin(town.client, a_start())).result()

    (filing,) = [item for item in town.posted if item.stage == "filing"]
    public = next(r.occurred_at for r in town.records if r.stage == "publication" and r.event == "closed")
    limit = RuleBook.load().rule("filing.government")
    expected = due(limit, counted_from=office_day(public), calendar=WorkCalendar.load())
    assert filing.due is not None
    assert (filing.due.rule_id, filing.due.last_day) == (limit.id, expected.legal_last_day)


async def test_nothing_is_filed_that_was_not_published(town: Town) -> None:
    town.script["collective_deliberation"] = ["rejected"]

    await (await begin(town.client, a_start())).result()

    assert [item for item in town.posted if item.stage == "filing"] == []


async def test_stages_whose_question_was_answered_no_are_recorded_as_not_applicable(town: Town) -> None:
    await (await begin(town.client, a_start())).result()

    assert town.closed("risk_assessment") == ["not_applicable"]
    assert "risk_assessment" not in town.asked


async def test_silence_of_the_public_is_a_result(town: Town) -> None:
    await (await begin(town.client, a_start())).result()

    assert town.closed("public_comment") == ["closed"]
    assert [tell.received for tell in town.told if tell.event == "window_closed"] == [0]


async def test_comments_are_answered_before_the_review_begins(town: Town) -> None:
    town.received = 4

    await (await begin(town.client, a_start())).result()

    assert town.items[next(key for key in town.items if key.endswith("#answers"))] == "answered"
    assert town.order().index("public_comment") < town.order().index("legality_review")


async def test_an_extended_window_closes_at_its_new_instant(town: Town) -> None:
    town.extend_by = timedelta(weeks=1)

    await (await begin(town.client, a_start())).result()

    (window,) = town.windows.values()
    closed = next(r for r in town.records if r.stage == "public_comment" and r.event == "closed")
    assert closed.occurred_at >= window.closes_at


async def test_a_returned_text_is_revised_and_reviewed_again(town: Town) -> None:
    town.script["legality_review"] = ["amend"]

    end = await (await begin(town.client, a_start())).result()

    assert end.outcome == "issued"
    assert town.closed("legality_review") == ["amend", "lawful"]
    assert [tell.event for tell in town.told if tell.event == "returned"] == ["returned"]


async def test_the_register_is_told_who_drafted_any_of_the_texts(town: Town) -> None:
    town.script["legality_review"], town.reviser = ["amend"], "fang"

    await (await begin(town.client, a_start())).result()

    assert [asked.author_ids for asked in town.registered] == [("liu", "fang")]


async def test_an_unlawful_text_never_reaches_the_meeting(town: Town) -> None:
    town.script["legality_review"] = ["unlawful"]

    end = await (await begin(town.client, a_start())).result()

    assert end.outcome == "unlawful"
    assert "collective_deliberation" not in town.asked


async def test_a_rejected_text_is_never_signed(town: Town) -> None:
    town.script["collective_deliberation"] = ["rejected"]

    end = await (await begin(town.client, a_start())).result()

    assert (end.outcome, "signing" in town.asked) == ("rejected", False)


async def test_a_deferred_matter_comes_before_the_next_meeting(town: Town) -> None:
    town.script["collective_deliberation"] = ["deferred", "deferred"]

    await (await begin(town.client, a_start())).result()

    assert town.closed("collective_deliberation") == ["deferred", "deferred", "passed"]
    assert town.asked.count("legality_review") == 1


async def test_a_text_to_be_discussed_again_is_reviewed_again(town: Town) -> None:
    town.script["collective_deliberation"] = ["rediscuss"]

    await (await begin(town.client, a_start())).result()

    assert town.closed("legality_review") == ["lawful", "lawful"]


async def test_recorded_amendments_make_the_text_that_is_signed(town: Town) -> None:
    town.script["collective_deliberation"] = ["passed_as_amended"]
    town.amended_hash = "d" * 64

    await (await begin(town.client, a_start())).result()

    signed = next(r for r in town.records if r.stage == "signing" and r.event == "closed")
    assert signed.text_hash == town.amended_hash
    assert not any("/revision/" in key for key in town.items)


async def test_amendments_without_wording_are_written_in_by_the_drafting_office(town: Town) -> None:
    town.script["collective_deliberation"] = ["passed_as_amended"]

    await (await begin(town.client, a_start())).result()

    signed = next(r for r in town.records if r.stage == "signing" and r.event == "closed")
    decided = [r.text_hash for r in town.records if r.stage == "collective_deliberation" and r.event == "closed"]
    assert decided == [f"{1:064d}", signed.text_hash]
    assert town.asked.count("legality_review") == 1


async def test_a_text_that_the_signer_returns_is_reviewed_and_decided_again(town: Town) -> None:
    town.script["signing"] = ["returned"]

    await (await begin(town.client, a_start())).result()

    assert town.closed("collective_deliberation") == ["passed", "passed"]
    assert town.closed("signing") == ["returned", "signed"]


async def test_a_change_of_substance_at_verification_goes_back_to_the_signer_only(town: Town) -> None:
    town.script["verification"] = ["substantive_change"]

    await (await begin(town.client, a_start())).result()

    assert town.closed("signing") == ["signed", "signed"]
    assert town.closed("collective_deliberation") == ["passed"]


async def test_a_text_that_the_register_refuses_is_corrected_and_signed_again(town: Town) -> None:
    town.refused_numbers = 1

    end = await (await begin(town.client, a_start())).result()

    blocked = [r.codes for r in town.records if r.stage == "registration_numbering" and r.event == "blocked"]
    assert ("gate.placeholders",) in blocked
    assert end.doc_number == "云政规〔2026〕1号"


async def test_a_gate_that_refuses_holds_the_document_until_the_dossier_is_whole(town: Town) -> None:
    town.gates["collective_deliberation"] = [("gate.comments_unanswered",)]

    end = await (await begin(town.client, a_start())).result()

    blocked = [r for r in town.records if r.stage == "collective_deliberation" and r.event == "blocked"]
    assert [r.codes for r in blocked] == [("gate.comments_unanswered",)]
    assert end.outcome == "issued"


async def test_the_answered_opinions_lie_among_the_papers_of_review_and_meeting(town: Town) -> None:
    await (await begin(town.client, a_start())).result()

    carried = {asked.stage: [table.file_hash for table in asked.opinions] for asked in town.rounds.values()}
    assert {stage for stage, tables in carried.items() if tables} == {"legality_review", "collective_deliberation"}
    assert carried["collective_deliberation"] == ["7" * 64]


async def test_a_text_that_the_public_never_saw_has_no_table_of_opinions(town: Town) -> None:
    await (await begin(town.client, a_start(not_public_by_law=True))).result()

    assert not any(asked.opinions for asked in town.rounds.values())


async def test_a_text_that_was_changed_much_is_put_to_the_public_again_before_it_is_reviewed_again(town: Town) -> None:
    town.hears_again = True
    town.script["legality_review"] = ["amend"]

    end = await (await begin(town.client, a_start())).result()

    heard = sorted(town.windows.values(), key=lambda asked: asked.opens_at)
    assert end.outcome == "issued"
    assert [asked.text.text_hash == heard[0].text.text_hash for asked in heard] == [True, False]
    assert [stage for stage in town.order() if stage in ("public_comment", "legality_review")] == [
        "public_comment", "legality_review", "public_comment", "legality_review",
    ]  # fmt: skip
