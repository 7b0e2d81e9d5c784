"""Forms of a round, read into commands. A form that comes back keeps what was written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, get_args, get_origin
from zoneinfo import ZoneInfo

from fastapi import Request
from starlette.datastructures import FormData

from services.kernel.runtime import csrf, idempotency
from services.review.domain.commands import (
    AnswerSupplement,
    Command,
    DeclareNotApplicable,
    FileStep,
    GiveOpinion,
    RecordMeeting,
    RequestSupplement,
    Sign,
    Verify,
)
from services.review.uploads import step_fields

HIDDEN = (csrf.FIELD, idempotency.FIELD)
COMMANDS: dict[str, type[Command]] = {
    "step": FileStep,
    "not-applicable": DeclareNotApplicable,
    "opinion": GiveOpinion,
    "meeting": RecordMeeting,
    "signature": Sign,
    "verification": Verify,
}


def command_of(act: str, form: FormData, zone: ZoneInfo) -> Command:
    """The command in the form of `act`. Raises pydantic's ValidationError."""
    return READERS[act](form, zone)


class Written(dict[str, str]):
    """What was written, by field, to show it again; a field that nobody touched is empty."""

    def __missing__(self, _name: str) -> str:
        return ""


def written(form: FormData) -> Written:
    """The texts of a form."""
    return Written({name: value for name, value in form.items() if isinstance(value, str) and name not in HIDDEN})


async def form_of(request: Request) -> FormData:
    """The form of this request."""
    return await request.form()


def read_step(form: FormData, _zone: ZoneInfo) -> Command:
    """A step's conclusion."""
    return FileStep.model_validate(step_fields(form))


def read_declaration(form: FormData, _zone: ZoneInfo) -> Command:
    """Why a step does not apply."""
    return DeclareNotApplicable.model_validate(_plain(form, DeclareNotApplicable))


def read_opinion(form: FormData, _zone: ZoneInfo) -> Command:
    """A legality opinion; rows of points without a word are left out."""
    rows = (_row(form, f"point_{number}_") for number in _numbers(form, "point_"))
    handled = [
        {"point_id": name.removeprefix("handled_"), "handling": value}
        for name, value in form.items()
        if name.startswith("handled_") and value
    ]
    points = [row for row in rows if row.get("text") or row.get("clause") or row.get("basis")]
    advisers = [_row(form, f"counsel_{number}_") for number in _numbers(form, "counsel_")]
    counsel = [row for row in advisers if row.get("name")]
    return GiveOpinion.model_validate(
        {**_plain(form, GiveOpinion), "points": points, "handled": handled, "counsel": counsel}
    )


def read_meeting(form: FormData, zone: ZoneInfo) -> Command:
    """A meeting's record: a row for each member and each amendment, lines for those attending."""
    rows = [_row(form, f"member_{number}_") for number in _numbers(form, "member_")]
    present = [row for row in rows if row.get("present")]
    speakers = sorted((row for row in present if row.get("order")), key=lambda row: _order(row["order"]))
    return RecordMeeting.model_validate(
        {
            **_plain(form, RecordMeeting),
            "attendees": [*map(_member, rows), *_attending(form)],
            "statements": [
                {"person_id": row["person_id"], "stance": row.get("stance") or None, "opinion": row.get("opinion", "")}
                for row in speakers
            ],
            "amendments": list(_amendments(form)),
            "started_at": instant(form, "started_at", zone),
            "notice_at": instant(form, "notice_at", zone),
            "materials_at": instant(form, "materials_at", zone),
        }
    )


def read_signature(form: FormData, _zone: ZoneInfo) -> Command:
    """A signature."""
    return Sign.model_validate(_plain(form, Sign))


def read_verification(form: FormData, _zone: ZoneInfo) -> Command:
    """A verification."""
    return Verify.model_validate(_plain(form, Verify))


def read_request(form: FormData) -> RequestSupplement:
    """The papers ticked as missing, and those written on lines of their own."""
    ticked = [value for value in form.getlist("missing") if isinstance(value, str)]
    others = _lines(form, "missing_other")
    return RequestSupplement.model_validate(
        {**_plain(form, RequestSupplement), "missing": [value for value in (*ticked, *others) if value]}
    )


def read_answer(form: FormData) -> AnswerSupplement:
    """The drafting unit's answer."""
    return AnswerSupplement.model_validate(_plain(form, AnswerSupplement))


def fields_of(form: FormData, command: type[Command]) -> dict[str, Any]:
    """The fields of a command out of a form that names them alike: `name`, and rows as `name_1_field`, `name_2_field`.

    Rows that hold nothing but what they began with are left out; several values of one name are a list; a missing one
    stays away.
    """
    found: dict[str, Any] = {}
    for name, field in command.model_fields.items():
        if get_origin(field.annotation) is not tuple:
            value = form.get(name)
            found |= {name: value} if isinstance(value, str) else {}
        elif isinstance(row_of := get_args(field.annotation)[0], type) and issubclass(row_of, Command):
            rows = [_row(form, f"{name}_{number}_") for number in _numbers(form, f"{name}_")]
            begun = {one: each.default for one, each in row_of.model_fields.items()}
            found[name] = [row for row in rows if any(value and value != begun.get(one) for one, value in row.items())]
        else:
            found[name] = [value for value in form.getlist(name) if isinstance(value, str) and value]
    return found


READERS: Mapping[str, Callable[[FormData, ZoneInfo], Command]] = {
    "step": read_step,
    "not-applicable": read_declaration,
    "opinion": read_opinion,
    "meeting": read_meeting,
    "signature": read_signature,
    "verification": read_verification,
}
WITHOUT_PLAIN = {
    "points",
    "counsel",
    "handled",
    "attendees",
    "statements",
    "amendments",
    "exemption",
    "missing",
    "passkey",
}


def _plain(form: FormData, command: type[Command]) -> dict[str, Any]:
    names = set(command.model_fields) - WITHOUT_PLAIN
    return {name: value for name, value in form.items() if name in names and isinstance(value, str)}


def _row(form: FormData, prefix: str) -> dict[str, str]:
    return {
        name.removeprefix(prefix): value.strip()
        for name, value in form.items()
        if name.startswith(prefix) and isinstance(value, str)
    }


def _numbers(form: FormData, prefix: str) -> list[int]:
    found = {name.removeprefix(prefix).partition("_")[0] for name in form if name.startswith(prefix)}
    return sorted(int(number) for number in found if number.isdecimal())


def _member(row: Mapping[str, str]) -> dict[str, Any]:
    return {
        "person_id": row.get("person_id"),
        "capacity": "member",
        "present": bool(row.get("present")),
        "absent_reason": row.get("absent_reason", ""),
    }


def _attending(form: FormData) -> Iterable[dict[str, Any]]:
    for line in _lines(form, "attending"):
        unit, _, name = line.replace(":", "：").partition("：")
        yield {"capacity": "attending", "unit_name": unit.strip(), "name": (name or unit).strip()}


def _amendments(form: FormData) -> Iterable[dict[str, str]]:
    rows = (_row(form, f"amendment_{number}_") for number in _numbers(form, "amendment_"))
    return (row for row in rows if row.get("old") or row.get("new"))


def _lines(form: FormData, name: str) -> list[str]:
    value = form.get(name)
    return [line.strip() for line in value.splitlines() if line.strip()] if isinstance(value, str) else []


def instant(form: FormData, name: str, zone: ZoneInfo) -> object:
    """The instant written in a field, or what was written where it is none."""
    # A form knows no zone: what is written there is the office's time.
    value = form.get(name)
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        return datetime.fromisoformat(value.strip()).replace(tzinfo=zone)
    except ValueError:
        return value


def _order(written_order: str) -> int:
    return int(written_order) if written_order.isdecimal() else 1000
