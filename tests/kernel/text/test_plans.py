"""Tasks in the layouts that real plans have."""

from __future__ import annotations

from datetime import date

import pytest

from services.kernel.text.kinds import Kind
from services.kernel.text.structure import Structure, Task, structure
from tests.kernel.text import papers, plans


def by_number(found: Structure) -> dict[str, Task]:
    return {task.item_no: task for task in found.tasks}


def units(found: Structure) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {task.item_no: (task.lead_units, task.responsible_units) for task in found.tasks}


def days(task: Task) -> list[date]:
    return [deadline.date for deadline in task.deadlines]


def test_a_body_on_one_line_keeps_its_outline_and_its_blocks_of_units() -> None:
    found = structure(plans.ONE_LINE)
    assert [section.number for section in found.sections] == ["一", "（一）", "（二）", "二", "（三）", "（四）"]
    assert units(found)["1"] == (("区数据局",), ("区委编办", "区财政局"))
    assert units(found)["2"] == (("区数据局", "区政务服务中心"), ("区政府各部门", "各街道"))
    assert units(found)["3"] == ((), ("区政务服务中心", "各街道"))


def test_a_body_on_one_line_has_a_head_and_a_signature() -> None:
    found = structure(plans.ONE_LINE)
    assert found.title == "关于印发云溪区2024年数字政务建设工作要点的通知"
    assert found.authority == "云溪区人民政府办公室"
    assert found.doc_number == "云政办发〔2024〕12号"
    assert found.date == date(2024, 3, 5)


def test_the_end_of_the_year_is_that_of_the_plan_and_working_days_are_no_deadline() -> None:
    tasks = by_number(structure(plans.ONE_LINE))
    assert days(tasks["1"]) == [date(2024, 6, 30)]
    assert days(tasks["2"]) == [date(2024, 12, 31)]
    assert days(tasks["3"]) == []
    assert days(tasks["4"]) == [date(2025, 12, 31)]


def test_a_flattened_table_of_six_columns_is_read_row_by_row_though_its_numbers_jump() -> None:
    found = structure(plans.FLAT_TABLE)
    assert [(task.item_no, task.title) for task in found.tasks] == [
        ("1", "简化开办流程"),
        ("3", "降低要素成本"),
        ("5", "强化融资服务"),
    ]


def test_a_unit_broken_over_two_lines_of_a_table_is_one_unit() -> None:
    assert units(structure(plans.FLAT_TABLE))["1"] == (("区行政审批局",), ("区税务局", "区人力资源和社会保障局"))


def test_units_that_share_a_merged_cell_have_no_lead() -> None:
    assert units(structure(plans.FLAT_TABLE))["5"] == ((), ("区金融办", "人民银行云溪支行"))


def test_cells_that_end_with_a_bar_are_whole_cells() -> None:
    found = structure(plans.BARRED_TABLE)
    assert units(found) == {
        "1": (("区水务局",), ("区农业农村局", "区财政局")),
        "2": ((), ("区工信局", "区住建局")),
    }
    assert days(by_number(found)["1"]) == [date(2025, 12, 31)]


def test_a_row_under_a_merged_cell_has_the_title_from_above() -> None:
    tasks = by_number(structure(plans.WIDE_TABLE))
    assert tasks["2"].title == "源头治理"
    assert tasks["2"].first_chars.startswith("整治违法排污企业")
    assert days(tasks["2"]) == [date(2023, 10, 31)]
    assert tasks["4"].lead_units == ()
    assert tasks["4"].responsible_units == ("区城管局", "区水务局")


def test_a_row_that_begins_with_a_merged_cell_keeps_its_columns() -> None:
    text = "云溪区任务分工表\n序号\t任务\t措施\t牵头单位\n1\t治水\t排查河道\t区水务局\n\t\t清理淤泥\t区城管局\n"
    assert [(task.title, task.lead_units) for task in structure(text).tasks] == [
        ("治水", ("区水务局",)),
        ("治水", ("区城管局",)),
    ]


def test_the_first_named_leads_where_the_text_says_so_once_but_never_a_group() -> None:
    assert units(structure(plans.FIRST_LEADS)) == {
        "1": (("区委办",), ("区政府办", "各镇街")),
        "2": (("区政府督查室",), ("区委组织部",)),
        "3": ((), ("各镇街", "区纪委监委")),
    }


def test_numbers_that_start_again_carry_their_section() -> None:
    found = structure(plans.NUMBERS_RESTART)
    assert [task.item_no for task in found.tasks] == ["2.1", "2.2", "3.1", "3.2"]
    assert [task.item_no for task in structure(plans.MEASURES).tasks] == ["1.1", "1.2", "2.1", "2.2"]


def test_who_leads_together_with_others_leads() -> None:
    found = units(structure(plans.NUMBERS_RESTART))
    assert found["2.1"] == (("市应急管理局",), ("市自然资源和规划局", "市公安局"))
    assert found["2.2"] == (("市住建局",), ("市市场监管局",))
    assert found["3.1"] == ((), ("市安委会办公室",))


def test_a_duty_of_every_year_is_no_deadline() -> None:
    assert by_number(structure(plans.NUMBERS_RESTART))["3.2"].deadlines == ()


def test_a_horizon_of_the_whole_plan_is_a_deadline_of_the_document() -> None:
    found = structure(plans.NUMBERS_RESTART)
    assert [(d.text, d.date) for d in found.doc_deadlines] == [("到2024年底", date(2024, 12, 31))]


def test_traditional_characters_are_read_and_printed_as_they_stand() -> None:
    found = structure(plans.TRADITIONAL)
    assert found.kind is Kind.PLAN
    assert found.title == "雲溪縣人民政府辦公室關於印發《雲溪縣2021年義務教育均衡發展工作方案》的通知"
    assert found.doc_number == "雲政辦發〔2021〕15號"
    assert found.date == date(2021, 5, 10)
    assert units(found) == {
        "1": (("縣教育局",), ("縣財政局", "縣住房和城鄉建設局", "相關縣直部門", "各鄉鎮")),
        "2": (("縣教育局",), ("縣委編辦", "縣人力資源和社會保障局")),
    }


def test_units_that_are_headings_answer_for_what_stands_below_them() -> None:
    found = structure(plans.UNIT_HEADINGS)
    assert [(task.item_no, task.responsible_units) for task in found.tasks] == [
        ("1.1", ("区司法局",)),
        ("1.2", ("区司法局",)),
        ("2.1", ("区公安分局",)),
        ("3.1", ("区市场监管局",)),
        ("3.2", ("区市场监管局",)),
    ]


def test_units_behind_the_last_of_several_points_belong_to_the_item_around_them() -> None:
    found = structure(plans.POINTS)
    assert [task.item_no for task in found.tasks] == ["1", "2", "3"]
    assert units(found)["1"] == ((), ("区农业农村局", "区林业局"))
    assert days(by_number(found)["1"]) == [date(2024, 11, 30)]


def test_two_units_joined_by_and_are_two_but_a_name_with_and_is_one() -> None:
    assert units(structure(plans.POINTS))["3"] == ((), ("区自然资源局", "区农业农村局"))
    assert units(structure(plans.BROKEN_NAMES))["2"] == (("区教育局",), ("区住房和城乡建设局", "区消防救援大队"))


def test_a_name_broken_by_a_line_end_is_one_name() -> None:
    assert units(structure(plans.BROKEN_NAMES))["1"] == ((), ("区教育局", "区公安分局"))


def test_leaders_and_time_limits_between_the_labels_are_no_units() -> None:
    found = structure(plans.LABELS_IN_BRACKETS)
    assert units(found) == {
        "1": (("区住建局",), ("区城管局", "区水务局")),
        "2": ((), ("区园林中心", "各街道办事处")),
        "3": ((), ("各街道办事处", "各社区")),
    }


def test_the_body_follows_where_the_units_stand_behind_the_heading() -> None:
    assert by_number(structure(plans.LABELS_IN_BRACKETS))["2"].first_chars == "增设口袋公园，补种行道树。"


def test_a_closing_sentence_names_who_leads_and_who_joins_in() -> None:
    found = units(structure(plans.CLOSING_SENTENCES))
    assert found["1"] == (("区住建局",), ("区财政局", "区人社局"))
    assert found["2"] == (("区人社局",), ("区财政局",))
    assert found["3"] == ((), ("区教育局", "各街道"))


def test_a_page_with_metadata_has_the_date_of_its_signature() -> None:
    found = structure(plans.SITE_PAGE)
    assert found.date == date(2024, 2, 18)
    assert found.doc_number == "云政办发〔2024〕4号"
    assert [task.title for task in found.tasks] == ["备足农资", "抢修水利"]
    assert days(found.tasks[0]) == [date(2024, 2, 29)]


def test_blocks_on_one_line_without_numbers_are_counted_through() -> None:
    found = structure(plans.WITHOUT_NUMBERS)
    assert [task.item_no for task in found.tasks] == ["1", "2", "3"]
    assert found.tasks[1].first_chars.startswith("改造农贸市场")


def test_a_role_behind_a_name_counts() -> None:
    assert units(structure(plans.WITHOUT_NUMBERS))["3"] == (("区发改局",), ("区住建局", "云溪供电公司"))
    assert units(structure(plans.TIME_COLUMN))["2"] == (("区政府办公室",), ("区司法局",))


def test_a_period_in_a_column_of_time_limits_ends_with_its_last_month() -> None:
    tasks = by_number(structure(plans.TIME_COLUMN))
    assert [days(tasks[number]) for number in "123"] == [
        [date(2023, 6, 30)],
        [date(2023, 8, 31)],
        [date(2024, 1, 31)],
    ]


def test_measures_and_items_on_two_levels_have_numbers_of_their_own() -> None:
    assert [task.item_no for task in structure(plans.TWO_LEVELS).tasks] == ["1.1", "1.2", "2"]
    assert units(structure(plans.TWO_LEVELS))["2"] == (
        ("市委宣传部",),
        ("市融媒体中心", "市文化和旅游局", "各县（市、区）"),
    )


@pytest.mark.parametrize(
    "text",
    [
        papers.BY_ORDER,
        papers.CONSULTATION,
        papers.OUTCOME,
        papers.REPORT,
        papers.CLEANUP,
        papers.LETTER,
        papers.EXPLANATION,
        papers.LAW,
        papers.GUIDANCE,
        papers.JOINT,
        papers.AMENDMENT,
        papers.METADATA,
        papers.RED_HEAD,
        papers.PHASES,
    ],
)
def test_a_text_that_sets_no_list_of_work_has_no_tasks(text: str) -> None:
    assert structure(text).tasks == ()
