"""The register of laws and documents with their status, and what a text cites from it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rapidfuzz import fuzz

from services.kernel.contracts.refusals import Invalid, Words
from services.kernel.precheck.findings import Finding
from services.kernel.precheck.notes import notes
from services.kernel.precheck.sentences import Sentence
from services.kernel.text.bases import legal_bases
from services.kernel.text.normal import key
from services.kernel.text.reading import Reading

# Two names this alike (0 to 100) may be the same matter; looked at by a person, so rather too many than too few.
NEARLY_THE_SAME = 88.0
COLUMNS = ("name", "number", "status", "since", "by")


class Status(StrEnum):
    """Whether a text is in force."""

    IN_FORCE = "in_force"
    AMENDED = "amended"
    REPEALED = "repealed"
    EXPIRED = "expired"
    REPLACED = "replaced"


STATUS_WORDS: Mapping[Status, Words] = {
    Status.IN_FORCE: Words("现行有效", "in force"),
    Status.AMENDED: Words("已修改", "amended"),
    Status.REPEALED: Words("已废止", "repealed"),
    Status.EXPIRED: Words("已失效", "expired"),
    Status.REPLACED: Words("已被替代", "replaced"),
}
_NOTE = {Status.AMENDED: "amended", **dict.fromkeys((Status.REPEALED, Status.EXPIRED, Status.REPLACED), "repealed")}


class BadRegister(Invalid):
    """A line of an imported register that cannot be read."""

    code = "register.row"
    title = Words("法规文件库的这一行不能读取", "This row of the register cannot be read")
    remedy = Words(
        "各列为name、number、status、since、by；status写in_force、amended、repealed、expired或者replaced，"
        "since写成2026-01-05。",
        "Columns: name, number, status, since, by; status is in_force, amended, repealed, expired or replaced; "
        "since looks like 2026-01-05.",
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """One text: `since` is the day its status began, `by` what repealed, amended or replaced it."""

    name: str
    status: Status
    number: str = ""
    since: date | None = None
    by: str = ""


class Register:
    """Texts by their names; script, width and brackets make no difference.

    One that is not `whole` knows some texts only: what is missing from it says nothing.
    """

    def __init__(self, entries: Iterable[Entry], *, whole: bool = True) -> None:
        self._entries = {_key(entry.name): entry for entry in entries}
        self.whole = whole

    def with_own(self, entries: Iterable[Entry]) -> Register:
        """The same with our own documents; what the operator loaded about one of them goes first."""
        both = Register((), whole=self.whole)
        both._entries = {_key(entry.name): entry for entry in entries} | self._entries
        return both

    def find(self, name: str) -> Entry | None:
        """The text of that name, with or without 中华人民共和国 in front."""
        return self._entries.get(_key(name))

    def alike(self, title: str) -> Entry | None:
        """The text in force whose name is nearest to `title`, if it is nearly the same."""
        wanted = _key(title)
        best: tuple[float, Entry] | None = None
        for name, entry in self._entries.items():
            likeness = fuzz.ratio(name, wanted)
            if entry.status in _IN_FORCE and likeness >= NEARLY_THE_SAME and (best is None or likeness > best[0]):
                best = likeness, entry
        return best[1] if best else None

    def __len__(self) -> int:
        return len(self._entries)


_IN_FORCE = (Status.IN_FORCE, Status.AMENDED)


def read_register(table: str) -> list[Entry]:
    """The entries of a CSV with the columns name, number, status, since, by. Raises BadRegister naming the row."""
    rows = csv.DictReader(io.StringIO(table))
    if rows.fieldnames is None or not {"name", "status"} <= set(rows.fieldnames):
        raise BadRegister(Words("缺少name或者status列。", "The column name or status is missing."), field="row.1")
    return [_entry(row, number) for number, row in enumerate(rows, start=2)]


def _entry(row: Mapping[str, str | None], number: int) -> Entry:
    said = {column: (row.get(column) or "").strip() for column in COLUMNS}
    try:
        if not said["name"]:
            raise ValueError("name")
        since = date.fromisoformat(said["since"]) if said["since"] else None
        return Entry(said["name"], Status(said["status"]), said["number"], since, said["by"])
    except ValueError as error:
        raise BadRegister(Words(f"第{number}行：{error}", f"row {number}: {error}"), field=f"row.{number}") from error


def citations(found: Sequence[Sentence], reading: Reading, register: Register) -> Iterator[Finding]:
    """What is cited and is not in force, was amended, or is not known."""
    for base in legal_bases(reading, None):
        sentence = next((one for one in found if one.start <= base.start < one.end), None)
        if sentence is None:
            continue
        entry = register.find(base.text)
        if entry is None and register.whole:
            yield notes()["unknown_text"].at(sentence, base.start, base.end, detail=Words(base.text, base.text))
        elif entry is not None and entry.status in _NOTE:
            yield notes()[_NOTE[entry.status]].at(sentence, base.start, base.end, detail=_said(entry))


def _said(entry: Entry) -> Words:
    words, since = STATUS_WORDS[entry.status], entry.since.isoformat() if entry.since else ""
    zh = f"《{entry.name}》{words.zh}" + (f"（{since}）" if since else "") + (f"，{entry.by}" if entry.by else "")
    en = f"《{entry.name}》 {words.en}" + (f" since {since}" if since else "") + (f" by {entry.by}" if entry.by else "")
    return Words(zh, en)


def _key(name: str) -> str:
    return key(name).removeprefix("中华人民共和国").split("〔")[0]
