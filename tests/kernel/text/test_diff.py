"""Clauses and the comparison of two versions."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from services.kernel.text.clauses import clauses
from services.kernel.text.diff import ChangeKind, ClauseChange, Op, compare, word_runs
from services.kernel.text.normal import normalise

OLD = """云溪区停车管理办法
第一条 为了规范停车秩序，制定本办法。
第二条 市司法局负责审查停车收费文件。
第三条 申请人应当在15日内提出书面申请。
第四条 经营者应当公示收费标准和监督电话。
第五条 本办法自2024年1月1日起施行。
云溪区人民政府"""
NEW = """云溪区停车管理办法
第一条 为了规范停车秩序，制定本办法。
第二条 司法行政部门负责审查停车收费文件。
第三条 街道办事处应当每季度公布泊位数量。
第四条 申请人应当在十五个工作日内提出书面申请。
第五条 本办法自2024年1月1日起施行。
云溪区人民政府"""


def by_new(changes: tuple[ClauseChange, ...]) -> dict[str, ClauseChange]:
    return {change.new.anchor: change for change in changes if change.new}


def said(change: ClauseChange, *ops: Op) -> str:
    return "".join(run.text for run in change.runs if run.op in ops)


def test_articles_and_items_have_anchors_that_name_them() -> None:
    text = "云溪方案\n一、目标\n（一）甲。乙\n1.丙。丁\n二、任务\n第三条 戊"
    assert [clause.anchor for clause in clauses(text)] == [
        "p-云溪方案",
        "h1-1",
        "h1-1.h2-1",
        "h1-1.h2-1.h3-1",
        "h1-2",
        "art-3",
    ]


def test_a_clause_carries_its_number_its_heading_and_its_place() -> None:
    text = "第一条（目的） 为了停车，制定本办法。\n（一）甲；\n（二）乙。\n第二条 本办法适用于云溪区。"
    first, second = clauses(text)
    assert (first.number, first.heading) == ("第一条", "目的")
    assert text[first.start : first.end].endswith("（二）乙。")
    assert second.body == "本办法适用于云溪区。"


def test_a_changed_word_is_shown_whole() -> None:
    change = by_new(compare(OLD, NEW).changes)["art-2"]
    assert change.kind is ChangeKind.CHANGED
    assert said(change, Op.DELETE) == "市司法局"
    assert said(change, Op.INSERT) == "司法行政部门"


def test_an_article_that_was_renumbered_is_followed_by_its_words() -> None:
    change = by_new(compare(OLD, NEW).changes)["art-4"]
    assert change.old is not None
    assert change.old.anchor == "art-3"


def test_added_and_removed_articles_are_told_apart() -> None:
    changes = compare(OLD, NEW).changes
    added = [c.new.anchor for c in changes if c.kind is ChangeKind.ADDED and c.new]
    removed = [c.old.anchor for c in changes if c.kind is ChangeKind.REMOVED and c.old]
    assert (added, removed) == (["art-3"], ["art-4"])


def test_an_article_that_changed_places_has_moved() -> None:
    old = "第一条 养犬人应当及时登记。\n第二条 犬只应当接种疫苗。\n第三条 外出应当束犬链。"
    new = "第一条 外出应当束犬链。\n第二条 养犬人应当及时登记。\n第三条 犬只应当接种疫苗。"
    kinds = {change.new.body: change.kind for change in compare(old, new).changes if change.new}
    assert kinds["外出应当束犬链。"] is ChangeKind.MOVED
    assert ChangeKind.MOVED not in (kinds["养犬人应当及时登记。"], kinds["犬只应当接种疫苗。"])


def test_a_text_compared_with_itself_has_not_changed() -> None:
    comparison = compare(OLD, OLD)
    assert not comparison.changed
    assert comparison.counts[ChangeKind.SAME] == len(comparison.changes)


WORDS = st.lists(
    st.sampled_from(
        ["第一条 ", "第二条 ", "一、", "（一）", "区司法局", "应当", "审查", "。", "\n", "公布", "15日", "，"]
    ),
    max_size=40,
).map("".join)


@settings(deadline=None, max_examples=200)
@given(st.one_of(WORDS, st.text(max_size=80)), st.one_of(WORDS, st.text(max_size=80)))
def test_equal_and_insert_give_the_new_words_equal_and_delete_the_old(old: str, new: str) -> None:
    runs = word_runs(old, new)
    assert "".join(run.text for run in runs if run.op is not Op.DELETE) == new
    assert "".join(run.text for run in runs if run.op is not Op.INSERT) == old


@settings(deadline=None, max_examples=200)
@given(WORDS, WORDS)
def test_a_comparison_holds_every_clause_of_both_versions_once(old: str, new: str) -> None:
    before, after = normalise(old), normalise(new)
    changes = compare(old, new).changes
    assert [c.new for c in changes if c.new] == list(clauses(after))
    assert sorted((c.old for c in changes if c.old), key=lambda c: c.start) == list(clauses(before))
    for change in changes:
        assert said(change, Op.EQUAL, Op.INSERT) == (after[change.new.start : change.new.end] if change.new else "")
        assert said(change, Op.EQUAL, Op.DELETE) == (before[change.old.start : change.old.end] if change.old else "")


def test_a_long_text_is_compared_in_good_time() -> None:
    old = "\n".join(f"第{n}条 云溪区第{n}号事项由区司法局在{n}日内审查并公布结果。" for n in range(1, 301))
    new = old.replace("区司法局", "司法行政部门").replace("第7条", "第七条")
    assert len(compare(old, new).changes) == 300


def test_an_article_written_anew_under_its_number_stands_in_one_place() -> None:
    old = "第一条　为了规范养犬，制定本办法。\n第二条　违反本办法的，由区城市管理局处二千元罚款。\n第三条　本办法自公布之日起施行。"
    new = "第一条　为了规范养犬，制定本办法。\n第二条　有关部门依照上位法的规定办理。\n第三条　本办法自公布之日起施行。"

    changes = compare(old, new).changes

    assert [change.kind for change in changes] == [ChangeKind.SAME, ChangeKind.CHANGED, ChangeKind.SAME]
