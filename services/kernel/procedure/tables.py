"""docs/procedure.md, written from the rule book: article, rule, and the module that keeps it.

python -c "from services.kernel.procedure.tables import procedure_page; print(procedure_page())"
"""

from __future__ import annotations

from collections.abc import Iterator

from services.kernel.procedure.checks import CHECKS
from services.kernel.procedure.rules import DocumentKind, Invariant, Rule, RuleBook, Stage
from services.kernel.procedure.words import MODALITY_WORDS, limit_words

HEAD = """# 程序与依据 · Procedure and its sources

This page is written from `services/kernel/procedure/rules/`; a test holds the two together. 待核 marks what
still has to be confirmed against the official text before anybody relies on it.

How modules keep the rules: `gates` refuses to begin a stage before its needs are closed, `checks` looks at one
part of the record, `deadlines` counts the period, `clock` shows the earliest lawful day. A rule kept by none of
them (—) is shown to the person who acts.

Where nothing is stated otherwise a text that changes after its review, decision or signature goes back: the
conclusion must be about the very text (`same text` below).
"""

GATES_WALK = "tests/kernel/procedure/test_no_way_round.py::Walk::"
LIVES_WALK = "tests/workflows/test_no_way_round.py::test_no_walk_reaches_a_stage_without_what_must_come_first"
# What no sequence of acts reaches, and the invariant of the walk over the gates that notices it.
SEQUENCES = {
    "没有针对该文本的“合法”意见而审议 Decision without 合法 on that very text": GATES_WALK
    + "nothing_is_discussed_without_a_lawful_opinion_on_that_text",
    "没有审议决定而签发 Issue without decision": GATES_WALK + "nothing_is_signed_without_a_decision_on_that_text",
    "没有复核而编号 Number without verification": GATES_WALK + "nothing_is_numbered_without_verification",
    "没有编号而公布 Publication without number": GATES_WALK + "nothing_is_published_without_a_number",
}


def procedure_page() -> str:
    """The whole page, in Markdown, for the national book."""
    book = RuleBook.load()
    parts = [HEAD]
    for kind in DocumentKind:
        procedure = book.kind(kind)
        parts.append(f"\n## {procedure.name.zh} · {procedure.name.en} (`{kind}`)\n")
        parts.append("\n".join(_stage_rows(book, kind)) + "\n")
    parts.append("\n## 规则 · Rules\n\n" + "\n".join(_rule_rows(book)) + "\n")
    parts.append("\n## 不变量 · Invariants\n\n" + "\n".join(_invariant_rows(book)) + "\n")
    parts.append("\n## 不可绕过的次序 · No way round\n\n" + "\n".join(_sequence_rows()) + "\n")
    return "".join(parts)


def kept_by(book: RuleBook, rule: Rule) -> tuple[str, ...]:
    """The modules of this room that hold the rule, by name."""
    modules: list[str] = []
    if any(rule.id == stage.rules[0] for stage in _needed(book)):
        modules.append("gates")
    if any(check.rule_id == rule.id for group in CHECKS.values() for check in group):
        modules.append("checks")
    if rule.counting is not None:
        modules.append("deadlines")
    stages = [stage for kind in book.kinds.values() for stage in kind.stages]
    if any(rule.id in (stage.minimum, stage.deadline, *stage.minimum_if.values()) for stage in stages):
        modules.append("clock")
    if rule.id == "text.identity":
        modules.insert(0, "gates")
    return tuple(modules)


def _needed(book: RuleBook) -> Iterator[Stage]:
    for procedure in book.kinds.values():
        needed = {need for stage in procedure.stages for need in stage.needs}
        yield from (stage for stage in procedure.stages if stage.id in needed)


def _stage_rows(book: RuleBook, kind: DocumentKind) -> Iterator[str]:
    yield "\n| | 环节 Stage | id | form | by | needs | same text | time |"
    yield "|---|---|---|---|---|---|---|---|"
    for stage in book.kind(kind).stages:
        times = [stage.minimum, *stage.minimum_if.values(), stage.deadline]
        limits = [_limit(book.rule(rule_id)) for rule_id in times if rule_id]
        yield _row(
            stage.order,
            f"{stage.name.zh} {stage.name.en}{_condition(stage)}",
            f"`{stage.id}`",
            stage.form,
            stage.actor_role,
            ", ".join(stage.needs),
            ", ".join(stage.same_text),
            "; ".join(limits),
        )


def _condition(stage: Stage) -> str:
    if stage.predicate:
        return f" (if `{stage.predicate}`)"
    if stage.unless:
        return f" (unless `{stage.unless}`)"
    return "" if stage.mandatory else " (optional)"


def _rule_rows(book: RuleBook) -> Iterator[str]:
    yield "| 依据 Source | rule | | 内容 | 期限 | kept by | |"
    yield "|---|---|---|---|---|---|---|"
    for rule in sorted(book.rules.values(), key=lambda rule: (rule.article.zh, rule.id)):
        yield _row(
            rule.article.zh,
            f"`{rule.id}`",
            MODALITY_WORDS[rule.modality].zh,
            rule.words.zh,
            _limit(rule),
            ", ".join(f"`{module}`" for module in kept_by(book, rule)) or "—",
            rule.standing.zh,
        )


def _invariant_rows(book: RuleBook) -> Iterator[str]:
    yield "| | | 内容 | 依据 Source | rule | kept by | code and the test of its refusal; further tests |"
    yield "|---|---|---|---|---|---|---|"
    for invariant in sorted(book.invariants.values(), key=_number):
        yield _row(
            invariant.id,
            invariant.type,
            invariant.words.zh,
            book.rule(invariant.rule).article.zh,
            f"`{invariant.rule}`",
            f"`{invariant.enforced_by}`",
            "<br>".join(_proofs(invariant)),
        )


def _proofs(invariant: Invariant) -> Iterator[str]:
    yield from (f"`{code}`: `{test}`" for code, test in invariant.codes.items())
    yield from (f"`{test}`" for test in invariant.proved_by)


def _sequence_rows() -> Iterator[str]:
    yield "| 次序 Sequence | noticed over the gates by | noticed over whole lifecycles by |"
    yield "|---|---|---|"
    yield from (_row(words, f"`{test}`", f"`{LIVES_WALK}`") for words, test in SEQUENCES.items())


def _number(invariant: Invariant) -> int:
    return int(invariant.id[1:])


def _limit(rule: Rule) -> str:
    words = limit_words(rule)
    return words.zh if words else ""


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
