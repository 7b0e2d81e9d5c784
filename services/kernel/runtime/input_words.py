"""Words for what pydantic finds wrong with an input: what is wrong, then how to put it right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.kernel.contracts.refusals import Words

FILL = Words("请填写这一项。", "Fill this in.")
CORRECT = Words("请改正这一项。", "Correct this.")

# By pydantic's error type; {names} come from the error's context.
WORDS: dict[str, tuple[Words, Words]] = {
    "missing": (Words("没有填", "This is missing"), FILL),
    "string_too_short": (
        Words("至少要{min_length}个字", "At least {min_length} characters"),
        FILL,
    ),
    "string_too_long": (
        Words("超过{max_length}个字", "More than {max_length} characters"),
        Words("请缩短到{max_length}个字以内。", "Shorten it to {max_length} characters."),
    ),
    "string_type": (Words("应当是文字", "This must be text"), CORRECT),
    "string_pattern_mismatch": (Words("写法不对", "Not in the expected form"), CORRECT),
    "int_parsing": (Words("应当是整数", "This must be a whole number"), CORRECT),
    "int_type": (Words("应当是整数", "This must be a whole number"), CORRECT),
    "float_parsing": (Words("应当是数", "This must be a number"), CORRECT),
    "bool_parsing": (Words("应当是“是”或者“否”", "This must be true or false"), CORRECT),
    "uuid_parsing": (Words("编号写法不对", "Not a valid id"), Words("请核对编号。", "Check the id.")),
    "enum": (Words("只能是：{expected}", "One of: {expected}"), Words("请从中选一个。", "Choose one of them.")),
    "literal_error": (
        Words("只能是：{expected}", "One of: {expected}"),
        Words("请从中选一个。", "Choose one of them."),
    ),
    "greater_than": (Words("应当大于{gt}", "This must be greater than {gt}"), CORRECT),
    "greater_than_equal": (Words("不能小于{ge}", "This must be {ge} or more"), CORRECT),
    "less_than": (Words("应当小于{lt}", "This must be less than {lt}"), CORRECT),
    "less_than_equal": (Words("不能大于{le}", "This must be {le} or less"), CORRECT),
    "too_short": (Words("至少要{min_length}项", "At least {min_length} items"), FILL),
    "too_long": (Words("不能超过{max_length}项", "At most {max_length} items"), CORRECT),
    "list_type": (Words("应当是列表", "This must be a list"), CORRECT),
    "dict_type": (Words("应当是对象", "This must be an object"), CORRECT),
    "model_attributes_type": (Words("应当是对象", "This must be an object"), CORRECT),
    "extra_forbidden": (Words("没有这一项", "No such field"), Words("请删去这一项。", "Leave it out.")),
    "json_invalid": (
        Words("不是有效的JSON", "Not valid JSON"),
        Words("请核对括号、引号和逗号。", "Check brackets and quotes."),
    ),
    "timezone_aware": (
        Words("时刻要写明时区", "An instant needs its time zone"),
        Words("例如 2026-12-07T09:00:00+08:00。", "For example 2026-12-07T09:00:00+08:00."),
    ),
}
DATE = (
    Words("日期读不懂", "Not a readable date"),
    Words("请写成 2026-12-07 这样。", "Write it like 2026-12-07."),
)
DATETIME = (
    Words("时刻读不懂", "Not a readable instant"),
    Words("请写成 2026-12-07T09:00:00+08:00 这样。", "Write it like 2026-12-07T09:00:00+08:00."),
)
OTHERWISE = (Words("填写有误", "Not valid"), CORRECT)


def words_for(error: Mapping[str, Any]) -> tuple[Words, Words]:
    """What is wrong and the remedy, for one entry of pydantic's `errors()`."""
    kind, context = str(error["type"]), dict(error.get("ctx") or {})
    if kind == "value_error" and (said := _said(context.get("error"))):
        return said, CORRECT
    if kind.startswith("datetime"):
        return DATETIME
    if kind.startswith("date"):
        return DATE
    detail, remedy = WORDS.get(kind, OTHERWISE)
    return _filled(detail, context), _filled(remedy, context)


def _said(error: object) -> Words | None:
    # A validator of ours says its own words: ValueError(Words(...)) or ValueError("…").
    reason = error.args[0] if isinstance(error, ValueError) and error.args else None
    if isinstance(reason, Words):
        return reason
    return Words(str(reason), str(reason)) if reason else None


def _filled(words: Words, context: Mapping[str, Any]) -> Words:
    return Words(*(text.format_map(_Shown(context)) for text in words))


class _Shown(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"
