"""Groups of opinions for the office: the largest first, and one group with its opinions, to split, merge and name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData

from services.intake.actions import groups as acts
from services.intake.api.groups import readable
from services.intake.domain.comments import CHANNEL_WORDS, Channel
from services.intake.domain.groups import GroupUnknown, MergesNothing
from services.intake.pages.consultations import told
from services.intake.shown.charts import Bar, columns
from services.intake.shown.clauses import clauses_of, label_of
from services.intake.shown.groups import ACT_WORDS, after, group_out, member_out, place_of, quoted
from services.intake.store import attachments, comments, groups, people
from services.intake.store.groups import Group
from services.intake.store.windows import Window
from services.intake.wiring import blobs_of, campaign_of, carried_out, context_of
from services.kernel.contracts.refusals import Refused, Words
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor, Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key
from services.kernel.runtime.pages import render

router = APIRouter(prefix="/intake/consultation", include_in_schema=False)
PAGE, MEMBERS, ACTS = 30, 50, 20
Acting = Callable[[Connection, FormData], Awaitable[Group]]


@router.get("/{window_id}/groups")
async def show_groups(
    request: Request,
    actor: Signed,
    window_id: UUID,
    after_place: Annotated[str, Query(alias="after", max_length=100)] = "",
) -> HTMLResponse:
    """The groups, the largest first, a page at a time."""
    async with database(request).read() as conn:
        window = await readable(conn, actor, window_id)
        found = await groups.groups_of(conn, window_id, after=after(after_place), limit=PAGE + 1)
        counts = await comments.stored_counts_of(conn, window_id)
        kinds = await groups.kinds_of(conn, window_id)
    clauses, rule = await clauses_of(blobs_of(request), window.text_hash), campaign_of(context_of(request).settings)
    reader = language.current()
    return render(
        request,
        "groups.html",
        window=window,
        counts=counts,
        kinds=kinds,
        rule=rule,
        rows=[
            {**group_out(group, rule), "about": label_of(clauses, group.clause).of(reader)} for group in found[:PAGE]
        ],
        next=place_of(found[PAGE - 1]) if len(found) > PAGE else None,
        ours=actor.unit_id == window.drafting_unit,
    )


@router.get("/{window_id}/groups/{group_id}")
async def show_group(
    request: Request,
    actor: Signed,
    window_id: UUID,
    group_id: UUID,
    after_id: Annotated[UUID | None, Query(alias="after")] = None,
    done: str = "",
) -> HTMLResponse:
    """One group with its opinions, how like the first they are, and what was done with it."""
    return await _group(request, actor, window_id, group_id, after_id=after_id, done=bool(done))


@router.post("/{window_id}/groups/{group_id}/split")
async def split(
    request: Request, actor: Signed, window_id: UUID, group_id: UUID, key: Key, body_hash: BodyHash
) -> Response:
    """Take the chosen opinions into a new group, or into the one that is named."""

    async def act(tx: Connection, form: FormData) -> Group:
        chosen = [found for value in form.getlist("comment") if (found := _id(value)) is not None]
        return await acts.split(
            tx, actor, window_id, group_id, comment_ids=chosen, name=_text(form, "name"), revision=_revision(form)
        )

    return await _act(request, actor, window_id, group_id, key, body_hash, act)


@router.post("/{window_id}/groups/{group_id}/merge")
async def merge(
    request: Request, actor: Signed, window_id: UUID, group_id: UUID, key: Key, body_hash: BodyHash
) -> Response:
    """Put this group's neighbour, named by its number, into this one."""

    async def act(tx: Connection, form: FormData) -> Group:
        other = _id(_text(form, "other").strip().rsplit("/", 1)[-1])
        if other is None:
            raise MergesNothing(field="other")
        seen = await groups.get(tx, window_id, other)
        return await acts.merge(tx, actor, window_id, group_id, others={other: seen.revision}, revision=_revision(form))

    return await _act(request, actor, window_id, group_id, key, body_hash, act)


@router.post("/{window_id}/groups/{group_id}/name")
async def name(
    request: Request, actor: Signed, window_id: UUID, group_id: UUID, key: Key, body_hash: BodyHash
) -> Response:
    """Give the group its name."""

    async def act(tx: Connection, form: FormData) -> Group:
        return await acts.name_group(tx, actor, window_id, group_id, name=_text(form, "name"), revision=_revision(form))

    return await _act(request, actor, window_id, group_id, key, body_hash, act)


async def _act(
    request: Request, actor: Actor, window_id: UUID, group_id: UUID, key: str | None, body_hash: str, act: Acting
) -> Response:
    form = await request.form()

    async def acted(tx: Connection) -> Answer:
        found = await act(tx, form)
        return Answer(303, None, {"Location": f"/intake/consultation/{window_id}/groups/{found.id}?done=1"})

    try:
        return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=acted)
    except GroupUnknown:
        raise
    except Refused as refused:
        return await _group(request, actor, window_id, group_id, refused=refused)


async def _group(
    request: Request,
    actor: Actor,
    window_id: UUID,
    group_id: UUID,
    *,
    after_id: UUID | None = None,
    done: bool = False,
    refused: Refused | None = None,
) -> HTMLResponse:
    async with database(request).read() as conn:
        window = await readable(conn, actor, window_id)
        group = await groups.get(conn, window_id, group_id)
        found = await groups.members_of(conn, window_id, group_id, after=after_id, limit=MEMBERS + 1)
        files = await attachments.of_comments(conn, [one.id for one in found if not one.hidden_reason])
        history = await groups.acts_of(conn, window_id, group_id=group_id, limit=ACTS)
        names = await people.names_of(conn, {act.acted_by for act in history if act.acted_by})
    clauses, reader = await clauses_of(blobs_of(request), window.text_hash), language.current()
    rule = campaign_of(context_of(request).settings)
    return render(
        request,
        "group.html",
        status=refused.status if refused else 200,
        window=window,
        group=group_out(group, rule),
        body=quoted(group),
        about=label_of(clauses, group.clause).of(reader),
        picture=_profile(group) if len(group.profile) > 1 else None,
        members=[
            {**member_out(one, group), "about": label_of(clauses, one.clause).of(reader), "at": one.received_at,
             "way": CHANNEL_WORDS[Channel(one.channel)].of(reader), "files": files.get(one.id)}
            for one in found[:MEMBERS]
        ],
        next=found[MEMBERS - 1].id if len(found) > MEMBERS else None,
        history=[
            {"words": ACT_WORDS[act.act].of(reader), "by": names.get(act.acted_by or "", act.acted_by), "at": act.acted_at}
            for act in history
        ],
        may_act=_may_act(actor, window),
        refused=told(refused),
        done=done,
    )  # fmt: skip


def _may_act(actor: Actor, window: Window) -> bool:
    return actor.unit_id == window.drafting_unit and window.answers_published_at is None


def _profile(group: Group) -> Any:
    title = Words(
        f"这一组每日收到的条数，一小时内最多{group.busiest_hour}条",
        f"This group by day; at most {group.busiest_hour} within one hour",
    ).of(language.current())
    return columns("p-days", title, [Bar(day[5:], count, str(count), "hold") for day, count in group.profile])


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _revision(form: FormData) -> int:
    value = _text(form, "revision")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def _id(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
