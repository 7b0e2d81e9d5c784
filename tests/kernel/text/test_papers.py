"""Heads, outlines, windows, bases and figures of documents of every kind."""

from __future__ import annotations

from datetime import date

import pytest

from services.kernel.text.kinds import Kind
from services.kernel.text.structure import Channel, structure
from tests.kernel.text import papers, plans


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (plans.ONE_LINE, Kind.PRIORITIES),
        (plans.FLAT_TABLE, Kind.DIVISION),
        (plans.NUMBERS_RESTART, Kind.PLAN),
        (papers.REPORT, Kind.REPORT),
        (papers.JOINT, Kind.RULE),
        (papers.AMENDMENT, Kind.RULE),
        (papers.CONSULTATION, Kind.CONSULTATION),
        (papers.WINDOW, Kind.CONSULTATION),
        (papers.OUTCOME, Kind.OUTCOME),
        (papers.NONE_CAME, Kind.OUTCOME),
        (papers.CLEANUP, Kind.CLEANUP),
        (papers.EXPLANATION, Kind.EXPLANATION),
        (papers.GUIDANCE, Kind.GUIDANCE),
        (papers.RED_HEAD, Kind.NOTICE),
        (papers.LETTER, Kind.LETTER),
        (papers.LAW, Kind.LAW),
        ("春天来了。", Kind.OTHER),
    ],
)
def test_the_kind_is_told_from_title_and_form(text: str, kind: Kind) -> None:
    assert structure(text).kind is kind


def test_a_title_over_several_lines_is_joined_with_its_issuer() -> None:
    found = structure(papers.RED_HEAD)
    assert found.title == "云溪市人民政府办公室关于做好防汛工作的通　知"
    assert found.authority == "云溪市人民政府办公室"
    assert found.doc_number == "云政办〔2004〕6号"
    assert found.date == date(2004, 3, 2)


def test_an_order_gives_its_number_and_the_title_of_what_it_promulgates() -> None:
    found = structure(papers.BY_ORDER)
    assert found.title == "云溪市城市停车管理办法"
    assert found.doc_number == "云溪市人民政府令第23号"
    assert found.authority == "云溪市人民政府"
    assert found.date == date(2019, 8, 20)


def test_two_bodies_sign_together() -> None:
    assert structure(papers.JOINT).authority == "云溪区司法局、云溪区财政局"


def test_a_number_that_is_cited_is_not_the_documents_own() -> None:
    assert structure(papers.CLEANUP).doc_number == "云政发〔2022〕3号"
    assert structure("关于停止执行《云溪区收费办法》（云政发〔2011〕20号）的公告\n即日起停止执行。").doc_number is None


def test_what_the_text_does_not_state_is_null() -> None:
    found = structure(papers.EXPLANATION)
    assert (found.authority, found.doc_number, found.date) == (None, None, None)
    assert (found.comment_window, found.comment_outcome) == (None, None)


def test_the_date_of_the_signature_goes_before_that_of_the_page() -> None:
    assert structure(papers.METADATA).date == date(2023, 3, 9)


def test_articles_are_sections_and_their_paragraphs_are_none() -> None:
    sections = structure(papers.BY_ORDER).sections
    assert [(s.level, s.number, s.heading) for s in sections][:4] == [
        (1, "第一章", "总则"),
        (2, "第一条", "目的和依据"),
        (2, "第二条", "适用范围"),
        (1, "第二章", "规划和建设"),
    ]
    assert not any(section.number.startswith("（") for section in sections)


def test_a_table_of_contents_is_not_counted_twice() -> None:
    numbers = [section.number for section in structure(papers.LAW).sections]
    assert numbers.count("第一章") == 1
    assert numbers[-1] == "第四条"


def test_an_adoption_in_brackets_dates_a_law() -> None:
    assert structure(papers.LAW).date == date(2010, 3, 12)


def test_numbered_ways_of_answering_are_no_sections() -> None:
    assert structure(papers.CONSULTATION).sections == ()
    assert [section.number for section in structure(papers.WINDOW).sections] == ["一", "二"]


def test_a_window_takes_its_year_from_the_notice_and_its_hour_from_the_text() -> None:
    window = structure(papers.CONSULTATION).comment_window
    assert window is not None
    assert window.opens == "2023-05-11"
    assert window.closes == "2023-06-12T17:30:00+08:00"


def test_one_number_serves_phone_and_fax() -> None:
    window = structure(papers.CONSULTATION).comment_window
    assert window is not None
    assert Channel(type="phone", value="0917-6213345") in window.channels
    assert Channel(type="fax", value="0917-6213345") in window.channels
    assert Channel(type="mail", value="云溪区文昌路18号区司法局立法科") in window.channels
    assert Channel(type="contact", value="沈一鸣") in window.channels


def test_a_window_may_be_stated_as_a_range_over_the_new_year() -> None:
    window = structure(papers.WINDOW).comment_window
    assert window is not None
    assert (window.opens, window.closes) == ("2023-12-20", "2024-01-19")
    assert Channel(type="web", value="www.yunxi-jt.example.cn") in window.channels


def test_a_way_named_without_an_address_has_no_value() -> None:
    window = structure(papers.NO_ADDRESS).comment_window
    assert window is not None
    assert {channel.type for channel in window.channels} == {"mail", "email", "phone"}
    assert all(channel.value is None for channel in window.channels)


def test_the_outcome_counts_opinions_and_none_is_a_count() -> None:
    outcome, none = structure(papers.OUTCOME).comment_outcome, structure(papers.NONE_CAME).comment_outcome
    assert outcome is not None
    assert none is not None
    assert (outcome.received, none.received) == (12, 0)


def test_the_closing_of_a_window_is_no_deadline() -> None:
    assert structure(papers.CONSULTATION).doc_deadlines == ()
    assert structure(papers.NO_ADDRESS).doc_deadlines == ()


def test_a_date_gone_by_when_the_text_was_signed_is_no_deadline() -> None:
    assert structure(papers.CLEANUP).doc_deadlines == ()


def test_duties_of_every_year_and_dates_of_force_are_no_deadlines() -> None:
    assert structure(papers.BY_ORDER).doc_deadlines == ()
    assert structure(papers.JOINT).doc_deadlines == ()


def test_bases_leave_out_the_document_its_drafts_and_short_names() -> None:
    assert structure(papers.CONSULTATION).legal_bases == ("中华人民共和国动物防疫法",)
    assert structure(papers.EXPLANATION).legal_bases == ("中华人民共和国动物防疫法",)
    assert structure(papers.JOINT).legal_bases == ("中华人民共和国法律援助法", "云溪市法律援助条例")


def test_forms_licences_and_study_books_are_no_bases() -> None:
    text = "根据《云溪市档案条例》，填写《档案移交登记表》，领取《档案利用证》，学习《档案法学习读本》。"
    assert structure(text).legal_bases == ("云溪市档案条例",)


def test_a_report_counts_each_number_with_its_unit() -> None:
    found = [(s.value, s.unit) for s in structure(papers.REPORT).statistics]
    assert found == [
        (32, "件"),
        (105, "条"),
        (14, "件"),
        (9, "件"),
        (5, "件"),
        (46, "件"),
        (41, "件"),
        (12.5, "%"),
        (1203, "起"),
        (300, "万元"),
    ]


def test_only_reports_have_statistics() -> None:
    assert structure(papers.LETTER).statistics == ()
    assert structure(plans.SITE_PAGE).statistics == ()


def test_a_title_broken_into_three_lines_is_whole_and_its_plan_is_no_basis() -> None:
    found = structure(papers.BROKEN_TITLE)
    assert found.title == "云溪省人民政府办公厅关于印发云溪省“十四五”数字政府建设规划的通知"
    assert found.legal_bases == ()
    assert [d.date for d in found.doc_deadlines] == [date(2025, 12, 31), date(2035, 12, 31)]


def test_an_address_may_stand_in_the_sentence_that_asks_for_letters() -> None:
    window = structure(papers.POSTAL_BRACKET).comment_window
    assert window is not None
    assert (window.opens, window.closes) == ("2024-07-01", "2024-07-31")
    assert [channel.type for channel in window.channels] == ["email", "fax", "mail", "web"]


def test_lists_in_attachments_are_no_sections() -> None:
    sections = structure(papers.PHASES).sections
    assert [section.number for section in sections][-1] == "三"
    assert "索证索票不全" not in {section.heading for section in sections}
