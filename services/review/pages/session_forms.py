"""The forms of a session, read into commands. An item's form is kept as a draft field by field."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData

from services.review.domain.session_commands import (
    CancelSession,
    MoveSession,
    NoteAttendance,
    PlanSession,
    PutItem,
    RecordItem,
    SendNotice,
    TakeOff,
)
from services.review.domain.sessions import Item
from services.review.pages import forms

# What the form carries for the round trip, and what is no part of a draft.
CARRIED = (*forms.HIDDEN, "do", "revision")


def read_plan(form: FormData, zone: ZoneInfo) -> PlanSession:
    """A plan."""
    return PlanSession.model_validate(
        {**forms.plain(form, PlanSession), "starts_at": forms.instant(form, "starts_at", zone)}
    )


def read_move(form: FormData, zone: ZoneInfo) -> MoveSession:
    """Another time or place."""
    return MoveSession.model_validate(
        {**forms.plain(form, MoveSession), "starts_at": forms.instant(form, "starts_at", zone)}
    )


def read_cancel(form: FormData, _zone: ZoneInfo) -> CancelSession:
    """The meeting is called off."""
    return CancelSession.model_validate(forms.plain(form, CancelSession))


def read_put(form: FormData, _zone: ZoneInfo) -> PutItem:
    """A matter for the agenda."""
    return PutItem.model_validate(forms.plain(form, PutItem))


def read_off(form: FormData, _zone: ZoneInfo) -> TakeOff:
    """Why an item leaves the agenda."""
    return TakeOff.model_validate(forms.plain(form, TakeOff))


def read_notice(form: FormData, _zone: ZoneInfo) -> SendNotice:
    """How the members were told, and who else is asked to come: a line for each."""
    return SendNotice.model_validate({**forms.plain(form, SendNotice), "invited": forms.lines(form, "invited")})


def read_attendance(form: FormData, zone: ZoneInfo) -> NoteAttendance:
    """Who is there: a row for each member, lines for those attending."""
    rows = [forms.row(form, f"member_{number}_") for number in forms.numbers(form, "member_")]
    return NoteAttendance.model_validate(
        {
            **forms.plain(form, NoteAttendance),
            "started_at": forms.instant(form, "started_at", zone),
            "attendees": [*map(forms.member, rows), *forms.attending(form)],
        }
    )


def read_item(fields: Mapping[str, str], item: Item) -> RecordItem:
    """The record of an item out of its draft: the rows of those who took part, in the order in which they spoke."""
    form = FormData(list(fields.items()))
    rows = [forms.row(form, f"member_{number}_") for number in forms.numbers(form, "member_")]
    away = [row for row in rows if row.get("recused")]
    speakers = sorted(
        (row for row in rows if not row.get("recused")), key=lambda row: forms.order(row.get("order", ""))
    )
    return RecordItem.model_validate(
        {
            "text_hash": item.text_hash,
            "materials_hash": item.materials_hash,
            "statements": [forms.statement(row) for row in speakers],
            "recusals": [{"person_id": row["person_id"], "reason": row.get("reason", "")} for row in away],
            "outcome": fields.get("outcome", ""),
            "reasons": fields.get("reasons", ""),
            "amendments": list(forms.amendments(form)),
        }
    )


def drafted(form: FormData) -> dict[str, str]:
    """What of a form is kept as a draft."""
    return {name: value for name, value in form.items() if isinstance(value, str) and name not in CARRIED}


def moved_up(items: list[Item], item_id: UUID) -> tuple[UUID, ...]:
    """The agenda with that item one place earlier."""
    ids = [item.id for item in items]
    place = ids.index(item_id) if item_id in ids else 0
    if place > 0:
        ids[place - 1], ids[place] = ids[place], ids[place - 1]
    return tuple(ids)
