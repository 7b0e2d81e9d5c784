"""Hiding opinions from the public by form: one page of them at a time, chosen by boxes, by search, or by their group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from services.intake.actions import moderating
from services.intake.api.moderating import moderated_window
from services.intake.domain.answers import DISPOSITION_WORDS
from services.intake.domain.comments import CHANNEL_WORDS, Channel
from services.intake.domain.masking import shown_to_decide
from services.intake.domain.moderation import (
    LONGEST_WORDS,
    REASON_WORDS,
    REASONS,
    SEPARATE_ACTOR,
    Act,
    AnswersHidden,
    Moderation,
    NothingChosen,
    OwnDocument,
)
from services.intake.pages.consultations import told
from services.intake.shown.clauses import clauses_of, label_of
from services.intake.shown.moderation import decisions_of
from services.intake.shown.words import reason_words
from services.intake.store import masks, people
from services.intake.store import moderation as store
from services.intake.store.moderation import Filter
from services.intake.wiring import blobs_of, books_of, carried_out
from services.kernel.contracts.refusals import Refused, Words
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor, Signed, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key
from services.kernel.runtime.pages import render

router = APIRouter(prefix="/intake/consultation", include_in_schema=False)
# The button that hides and answers in one act.
ANSWERED = "answered"
PAGE = 30
STATES = {"shown": False, "hidden": True}


@dataclass(frozen=True)
class View:
    """What somebody wants to see: hidden ones or not, with these words, of a group, by a way in; from where on."""

    state: str = ""
    q: str = ""
    group: UUID | None = None
    channel: str = ""
    after: UUID | None = None

    @property
    def filter(self) -> Filter:
        """The same for the record."""
        return Filter(STATES.get(self.state), self.q, self.group, self.channel or None)

    def query(self, **more: str) -> str:
        """The address of this view without its place."""
        given = {"state": self.state, "q": self.q, "group": str(self.group or ""), "channel": self.channel, **more}
        return urlencode({name: value for name, value in given.items() if value})


def view_of(
    state: Annotated[str, Query(max_length=10)] = "",
    q: Annotated[str, Query(max_length=100)] = "",
    group: Annotated[str, Query(max_length=40)] = "",
    channel: Annotated[str, Query(max_length=10)] = "",
    after: Annotated[str, Query(max_length=40)] = "",
) -> View:
    """The view in an address; what cannot be is no wish."""
    return View(
        state if state in STATES else "",
        q.replace("\x00", "").strip(),
        uuid_of(group),
        channel if channel in set(Channel) else "",
        uuid_of(after),
    )


def uuid_of(written: str) -> UUID | None:
    """An id, or None for anything else."""
    try:
        return UUID(written)
    except ValueError:
        return None


Viewed = Annotated[View, Depends(view_of)]


@router.get("/{window_id}/moderation")
async def show_moderation(
    request: Request, actor: Signed, window_id: UUID, view: Viewed, done: Annotated[str, Query(max_length=6)] = ""
) -> HTMLResponse:
    """The opinions that pass the filter, each with a box, and the history of what was hidden."""
    return await _page(request, actor, window_id, view, done=done if done.isdigit() else "")


@router.post("/{window_id}/moderation")
async def moderate(
    request: Request, actor: Signed, window_id: UUID, key: Key, body_hash: BodyHash, view: Viewed
) -> Response:
    """Hide or show what was chosen, then back to the list."""
    form = await request.form()
    try:
        given = _given(form, view)

        async def act(tx: Connection) -> Answer:
            moderated = await moderating.moderate(tx, actor, window_id, given)
            query = view.query(done=str(moderated.changed))
            return Answer(303, None, {"Location": f"/intake/consultation/{window_id}/moderation?{query}"})

        return await carried_out(request, who=actor.person_id, key=key, body_hash=body_hash, act=act)
    except Refused as refused:
        return await _page(request, actor, window_id, view, refused=refused, form=form)


def _given(form: FormData, view: View) -> Moderation:
    """What the form asks for: the boxes, or everything that passes the search or belongs to the group."""
    chosen: dict[str, Any] = {"comments": [str(value) for value in form.getlist("comment")]}
    if form.get("all") == "yes":
        chosen = {"group": view.group} if view.group and not view.q else {"search": view.q}
    act = str(form.get("act") or "")
    words: dict[str, Any] = {"reason": str(form.get("reason") or ""), "words": str(form.get("words") or "")}
    if act == ANSWERED:
        act, words["answer"] = (
            Act.HIDDEN,
            {name: form.get(f"answer.{name}") or "" for name in ("disposition", "reason")},
        )
    try:
        return Moderation.model_validate({"act": act, **words, **chosen})
    except ValidationError as error:
        if any("answer" in fault["loc"] for fault in error.errors()):
            raise AnswersHidden(field="answer") from error
        raise NothingChosen(field="comments") from error


async def _page(
    request: Request,
    actor: Actor,
    window_id: UUID,
    view: View,
    *,
    done: str = "",
    refused: Refused | None = None,
    form: FormData | None = None,
) -> HTMLResponse:
    async with database(request).read() as conn:
        window = await moderated_window(conn, actor, window_id)
        found = await store.listed(conn, window_id, view.filter, after=view.after, limit=PAGE)
        page = found.found
        places = await masks.places_of(conn, [one.id for one in page])
        acts = await store.acts_of(conn, window_id)
        hidden = await store.hidden_counts(conn, window_id)
        names = await people.names_of(conn, [act.acted_by for act in acts])
        undecided = await masks.open_count(conn, window_id)
        own = await store.is_own(conn, window_id, actor.person_id)
    clauses = await clauses_of(blobs_of(request), window.text_hash)
    reader, book = language.current(), books_of(request).own
    rule = moderating.RULE
    return render(
        request,
        "moderation.html",
        status=refused.status if refused else 200,
        window=window,
        view=view,
        rows=[
            {
                "comment": one,
                "body": shown_to_decide(one.body, decisions_of(p for p in places if p.comment_id == one.id)),
                "about": label_of(clauses, one.clause).of(reader),
                "channel": CHANNEL_WORDS[Channel(one.channel)].of(reader),
                "reason": reason_words(one.hidden_reason) if one.hidden_reason else None,
            }
            for one in page
        ],
        more=str(found.further) if found.further else None,
        acts=[(act, reason_words(act.reason), names.get(act.acted_by, act.acted_by)) for act in acts],
        hidden=[(reason_words(reason), count) for reason, count in hidden.items()],
        reasons=[(reason.value, REASON_WORDS[reason].of(reader)) for reason in REASONS[Act.HIDDEN]],
        mistake=REASONS[Act.SHOWN][0].value,
        channels=[
            ("", Words("全部", "All").of(reader)),
            *((one.value, words.of(reader)) for one, words in CHANNEL_WORDS.items()),
        ],
        done=done,
        dispositions=[("", Words("请选择", "Choose").of(reader))]
        + [(one.value, words.of(reader)) for one, (words, _) in DISPOSITION_WORDS.items()],
        answers=not own
        and actor.unit_id == window.drafting_unit
        and window.summary_at is not None
        and window.answers_published_at is None,
        refused=told(refused),
        written={name: value for name, value in form.items() if isinstance(value, str)} if form else {},
        chosen=set(form.getlist("comment")) if form else set(),
        undecided=undecided,
        own=_told_own(book) if own else None,
        longest=LONGEST_WORDS,
        rule={"words": book.rule(rule).words.of(reader), "article": book.rule(rule).article.of(reader)}
        if rule in book.rules
        else None,
    )


def _told_own(book: RuleBook) -> dict[str, str | None] | None:
    """Why who drafted finds no button to hide, with the article."""
    refusal = OwnDocument()
    refusal.article = book.rule(SEPARATE_ACTOR).article.of(language.current())
    return told(refusal)
