"""Small files, short functions, comments where they give a reason: DESIGN.md section 11."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from tests.house.tree import Module, function_length, modules_of_tests, source

SOURCE_LINES, TEST_LINES = 400, 600
MEDIAN_LINES = 110  # the aim is 90
FUNCTION_LINES, MEDIAN_FUNCTION = 60, 10
RUN_LINES = 40


def test_no_source_file_is_too_long_to_be_read_in_one_go() -> None:
    assert _longer(source(), SOURCE_LINES) == []


def test_no_test_file_is_too_long_to_be_read_in_one_go() -> None:
    assert _longer(modules_of_tests(), TEST_LINES) == []


def test_most_files_are_short() -> None:
    assert median(module.lines for module in source()) <= MEDIAN_LINES


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{module.at(function)} {function.name}: {function_length(function)}"
        for module in source()
        for function in module.functions()
        if function_length(function) > FUNCTION_LINES
    ]
    assert long == []


def test_most_functions_are_a_few_lines() -> None:
    lengths = [function_length(function) for module in source() for function in module.functions()]
    assert median(lengths) <= MEDIAN_FUNCTION


def test_run_of_a_workflow_reads_like_the_headings_of_its_statute() -> None:
    long = [
        f"{module.at(function)}: {function_length(function)}"
        for module in source()
        for function in module.functions()
        if module.name.startswith("workflows/") and function.name == "run" and function_length(function) > RUN_LINES
    ]
    assert long == []


def test_comments_are_few_and_the_figures_of_the_house_are_reported(
    record_property: Callable[[str, object], None],
) -> None:
    lines, test_lines = sum(m.lines for m in source()), sum(m.lines for m in modules_of_tests())
    comments = 100 * sum(m.comments for m in source()) / max(lines, 1)
    record_property("source lines", lines)
    record_property("median of source files", median(module.lines for module in source()))
    record_property("test to source lines", round(test_lines / max(lines, 1), 2))
    record_property("comments per 100 lines", round(comments, 1))
    assert comments < 12, "comments say what the code should say"


def _longer(modules: tuple[Module, ...], limit: int) -> list[str]:
    return [f"{module.name}: {module.lines}" for module in modules if module.lines > limit]
