"""A text of articles may divide work in an annex; articles alone name units without tasking them."""

from __future__ import annotations

from services.kernel.text.structure import structure

ARTICLES = """云溪区犬只管理办法

第一条（目的）　为了规范养犬，制定本办法。
第二条（职责）　区公安分局负责养犬登记。
第三条（协助）　各街道办事处协助做好相关工作。
第四条（施行）　本办法自2027年1月1日起施行。
"""
ANNEX = """
附件
任务分工

一、建立养犬登记台账。逐户登记，于2027年3月底前完成。
牵头单位：区公安分局
责任单位：清河街道办事处、河东街道办事处
二、开展狂犬病免疫。免费接种，于2027年6月底前完成。
牵头单位：区农业农村局
责任单位：区公安分局
"""


def test_the_annex_of_a_rule_that_names_leads_and_others_holds_tasks() -> None:
    tasks = structure(ARTICLES + ANNEX).tasks

    assert [task.item_no for task in tasks] == ["1", "2"]
    assert tasks[0].lead_units == ("区公安分局",)
    assert str(tasks[1].deadlines[0].date) == "2027-06-30"


def test_the_articles_of_a_rule_alone_hold_none() -> None:
    assert structure(ARTICLES).tasks == ()
