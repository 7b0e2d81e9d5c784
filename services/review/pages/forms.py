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
    return DeclareNotApplicable.model_validate(plain(form, DeclareNotApplicable))


def read_opinion(form: FormData, _zone: ZoneInfo) -> Command:
    """A legality opinion; rows of points without a word are left out."""
    rows = (row(form, f"point_{number}_") for number in numbers(form, "point_"))
    handled = [
        {"point_id": name.removeprefix("handled_"), "handling": value}
        for name, value in form.items()
        if name.startswith("handled_") and value
    ]
    points = [one for one in rows if one.get("text") or one.get("clause") or one.get("basis")]
    advisers = [row(form, f"counsel_{number}_") for number in numbers(form, "counsel_")]
    counsel = [one for one in advisers if one.get("name")]
    return GiveOpinion.model_validate(
        {**plain(form, GiveOpinion), "points": points, "handled": handled, "counsel": counsel}
    )


def read_meeting(form: FormData, zone: ZoneInfo) -> Command:
    """A meeting's record: a row for each member and each amendment, lines for those attending."""
    rows = [row(form, f"member_{number}_") for number in numbers(form, "member_")]
    present = [one for one in rows if one.get("present")]
    speakers = sorted((one for one in present if one.get("order")), key=lambda one: order(one["order"]))
    return RecordMeeting.model_validate(
        {
            **plain(form, RecordMeeting),
            "attendees": [*map(member, rows), *attending(form)],
            "statements": [statement(one) for one in speakers],
            "amendments": list(amendments(form)),
            "started_at": instant(form, "started_at", zone),
            "notice_at": instant(form, "notice_at", zone),
            "materials_at": instant(form, "materials_at", zone),
        }
    )


def read_signature(form: FormData, _zone: ZoneInfo) -> Command:
    """A signature."""
    return Sign.model_validate(plain(form, Sign))


def read_verification(form: FormData, _zone: ZoneInfo) -> Command:
    """A verification."""
    return Verify.model_validate(plain(form, Verify))


def read_request(form: FormData) -> RequestSupplement:
    """The papers ticked as missing, and those written on lines of their own."""
    ticked = [value for value in form.getlist("missing") if isinstance(value, str)]
    others = lines(form, "missing_other")
    return RequestSupplement.model_validate(
        {**plain(form, RequestSupplement), "missing": [value for value in (*ticked, *others) if value]}
    )


def read_answer(form: FormData) -> AnswerSupplement:
    """The drafting unit's answer."""
    return AnswerSupplement.model_validate(plain(form, AnswerSupplement))


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
            rows = [row(form, f"{name}_{number}_") for number in numbers(form, f"{name}_")]
            begun = {one: each.default for one, each in row_of.model_fields.items()}
            found[name] = [
                each for each in rows if any(value and value != begun.get(one) for one, value in each.items())
            ]
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


def plain(form: FormData, command: type[Command]) -> dict[str, Any]:
    """The texts of a form that are fields of the command."""
    names = set(command.model_fields) - WITHOUT_PLAIN
    return {name: value for name, value in form.items() if name in names and isinstance(value, str)}


def row(form: FormData, prefix: str) -> dict[str, str]:
    """The fields of one row, without its prefix."""
    return {
        name.removeprefix(prefix): value.strip()
        for name, value in form.items()
        if name.startswith(prefix) and isinstance(value, str)
    }


def numbers(form: FormData, prefix: str) -> list[int]:
    """The numbers of the rows that a form has."""
    found = {name.removeprefix(prefix).partition("_")[0] for name in form if name.startswith(prefix)}
    return sorted(int(number) for number in found if number.isdecimal())


def member(row: Mapping[str, str]) -> dict[str, Any]:
    """A member of the meeting, present or not."""
    return {
        "person_id": row.get("person_id"),
        "capacity": "member",
        "present": bool(row.get("present")),
        "absent_reason": row.get("absent_reason", ""),
    }


def statement(said: Mapping[str, str]) -> dict[str, Any]:
    """What one member said."""
    return {
        "person_id": said["person_id"],
        "stance": said.get("stance") or None,
        "opinion": said.get("opinion", ""),
    }


def attending(form: FormData) -> Iterable[dict[str, Any]]:
    """Who attends without a vote: a line for each, "unit: name"."""
    for line in lines(form, "attending"):
        unit, _, name = line.replace(":", "：").partition("：")
        yield {"capacity": "attending", "unit_name": unit.strip(), "name": (name or unit).strip()}


def amendments(form: FormData) -> Iterable[dict[str, str]]:
    """The rows in which something is amended."""
    rows = (row(form, f"amendment_{number}_") for number in numbers(form, "amendment_"))
    return (one for one in rows if one.get("old") or one.get("new"))


def lines(form: FormData, name: str) -> list[str]:
    """What was written into a field of several lines, without the empty ones."""
    value = form.get(name)
    return [line.strip() for line in value.splitlines() if line.strip()] if isinstance(value, str) else []


def instant(form: FormData, name: str, zone: ZoneInfo) -> object:
    """A moment of a form; as it was written where it is none."""
    # A form knows no zone: what is written there is the office's time.
    value = form.get(name)
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        return datetime.fromisoformat(value.strip()).replace(tzinfo=zone)
    except ValueError:
        return value


def order(written_order: str) -> int:
    """The place of a speaker; the last where none is given."""
    return int(written_order) if written_order.isdecimal() else 1000
