"""The answers workbook: one row for each group or opinion, and what an edited one would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError

from services.intake.domain.answers import (
    DISPOSITION_WORDS,
    LONGEST_CLAUSE,
    LONGEST_REASON,
    AnswerMoved,
    AnswerReason,
    AnswerTarget,
    BadDisposition,
    Disposition,
    Given,
)
from services.intake.domain.sheets import RowFault, columns_of, fault, filled
from services.kernel.contracts.refusals import Invalid, Words

SHEET = "意见答复"
KEY, SEEN, RESULT, REASON, CLAUSE = "编号（勿改）", "版次（勿改）", "采纳情况", "理由", "改动的条文"
READ_ONLY = ("条款", "意见", "条数")
HEAD = (KEY, SEEN, *READ_ONLY, RESULT, REASON, CLAUSE)
RESULTS = {words.zh: kind for kind, (words, _) in DISPOSITION_WORDS.items()}
RESULTS |= {words.en: kind for kind, (words, _) in DISPOSITION_WORDS.items()}


class TooLong(Invalid):
    """More than is kept."""

    code = "answer.too_long"
    title = Words("文字太长", "Too long")
    remedy = Words(
        f"理由最多{LONGEST_REASON}个字，条文最多{LONGEST_CLAUSE}个字。",
        f"At most {LONGEST_REASON} characters of reason, {LONGEST_CLAUSE} of clause.",
    )


class RowTwice(Invalid):
    """The same opinion in two rows."""

    code = "sheet.row_twice"
    title = Words("同一组意见出现了两次", "The same group stands here twice")
    remedy = Words("请留下一行。", "Keep one of the rows.")


@dataclass(frozen=True)
class Standing:
    """A line as it stands now."""

    revision: int
    disposition: str | None
    reason: str
    clause: str


@dataclass(frozen=True)
class Assessed:
    """What a workbook would do: the changes by row, how many rows stay as they are, and what is wrong."""

    changes: tuple[tuple[int, Given], ...]
    unchanged: int
    faults: tuple[RowFault, ...]


def key_of(line_key: str, comment_id: UUID, *, own: bool) -> str:
    """How a row names its line."""
    return f"c-{comment_id}" if own else f"g-{line_key}"


def assess(rows: Sequence[Sequence[str]], standing: Mapping[str, Standing]) -> Assessed:
    """Hold a workbook against the lines as they stand, by their keys. Raises SheetHeader, SheetEmpty."""
    places = columns_of(rows, (KEY, SEEN, RESULT, REASON, CLAUSE), needed=(KEY, SEEN, RESULT, REASON, CLAUSE))
    changes: list[tuple[int, Given]] = []
    faults: list[RowFault] = []
    seen_keys: set[str] = set()
    unchanged = 0
    for number, cells in filled(rows, places):
        found = _row(number, cells, standing, seen_keys)
        if isinstance(found, RowFault):
            faults.append(found)
        elif found is None:
            unchanged += 1
        else:
            changes.append((number, found))
    return Assessed(tuple(changes), unchanged, tuple(faults))


def _row(
    number: int, cells: list[str], standing: Mapping[str, Standing], seen_keys: set[str]
) -> Given | RowFault | None:
    key, seen, result, reason, clause = cells
    now = standing.get(key)
    if now is None:
        return fault(number, KEY, AnswerTarget())
    if key in seen_keys:
        return fault(number, KEY, RowTwice())
    seen_keys.add(key)
    same = (now.disposition or "", now.reason, now.clause) == (RESULTS.get(result, result), reason, clause)
    if same or (not (result or reason or clause) and now.disposition is None):
        return None
    if result not in RESULTS:
        return fault(number, RESULT, BadDisposition())
    if len(reason) > LONGEST_REASON or len(clause) > LONGEST_CLAUSE:
        return fault(number, REASON if len(reason) > LONGEST_REASON else CLAUSE, TooLong())
    if RESULTS[result] is not Disposition.ADOPTED and not reason:
        return fault(number, REASON, AnswerReason())
    if seen != str(now.revision):
        return fault(number, SEEN, AnswerMoved())
    target = {"comment_id": key[2:]} if key.startswith("c-") else {"group": key[2:]}
    try:
        return Given.model_validate(
            {**target, "disposition": RESULTS[result], "reason": reason, "clause": clause, "seen": now.revision}
        )
    except ValidationError:
        return fault(number, KEY, AnswerTarget())
