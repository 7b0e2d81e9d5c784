"""Who asks: by API key or by session, or a public route said to be public. Every route is one or the other."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, cast

import asyncpg
from fastapi import Depends, FastAPI, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from services.kernel.contracts.refusals import Forbidden, Unauthenticated, Words
from services.kernel.runtime import csrf
from services.kernel.runtime.db import Connection, Database
from services.kernel.runtime.directory import ROLE_WORDS
from services.kernel.runtime.settings import Settings

SESSION_LASTS = timedelta(hours=12)
TOUCH_AFTER = timedelta(minutes=1)


@dataclass(frozen=True)
class Principal:
    """Somebody who is away today, for whom the actor stands in. `whole`: in all that is theirs, not only some roles."""

    person_id: str
    person_name: str
    roles: frozenset[str]
    whole: bool
    until: date


@dataclass(frozen=True)
class Actor:
    """Somebody who acts: one person in one unit, with the roles held there, and those for whom they stand in."""

    person_id: str
    person_name: str
    unit_id: str
    unit_name: str
    roles: frozenset[str]
    scopes: frozenset[str]
    via: Literal["session", "key"]
    principals: tuple[Principal, ...] = ()
    signed_in_at: datetime | None = None  # of a session


class NotDeputy(Forbidden):
    """On behalf of somebody who did not ask for it."""

    code = "deputy.none"
    title = Words("您今天不代理这位同事办理这一事项", "You do not stand in for this colleague in this matter today")
    remedy = Words(
        "请核对代理的起止日期和范围，或者以本人名义办理。",
        "Check the days and scope of the delegation, or act in your own name.",
    )


class BadKey(Unauthenticated):
    """A key was sent that opens nothing."""

    code = "auth.key"
    title = Words("密钥无效", "This key does not work")
    remedy = Words("请核对密钥；可能已经过期或者被撤销。", "Check the key; it may have expired or been revoked.")


async def current_actor(request: Request) -> Actor:
    """The signed-in person or the key's holder. Raises Unauthenticated; checks a session's POST for forgery."""
    actor = await find_actor(request)
    if actor is None:
        raise Unauthenticated(
            remedy=Words("请登录；程序请用“Authorization: Bearer”附上密钥。", "Sign in; programs send a Bearer key.")
        )
    if actor.via == "session" and request.method not in csrf.SAFE:
        csrf.check_origin(request, settings_of(request).public_url)
        await csrf.check_token(request, request.state.csrf_token)
    return actor


# Who sends none of these is nobody in particular, and no browser on another site.
TELLING = frozenset((b"authorization", b"cookie", b"origin", b"sec-fetch-site"))


async def public(request: Request) -> Actor | None:
    """Marks a route that anybody may use. Gives the actor where there is one, for the navigation."""
    if TELLING.isdisjoint(name for name, _ in request.scope["headers"]):
        return None
    if request.method not in csrf.SAFE:
        csrf.check_origin(request, settings_of(request).public_url)
    return await find_actor(request)


def address_of(request: Request) -> str:
    """Where a request came from: behind a gateway what the server was told to believe, and nothing else."""
    return request.client.host if request.client else ""


Signed = Annotated[Actor, Depends(current_actor)]
Visitor = Annotated[Actor | None, Depends(public)]


async def find_actor(request: Request) -> Actor | None:
    """Who asks, or None for an anonymous visitor. A key that opens nothing is refused, not ignored."""
    state = request.state
    if not hasattr(state, "actor"):
        state.actor, state.csrf_token = await _look_up(request)
    return cast("Actor | None", state.actor)


async def _look_up(request: Request) -> tuple[Actor | None, str]:
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return await _by_key(database(request), credential.strip()), ""
    if "cookie" in request.headers and (cookie := request.cookies.get(cookie_name(settings_of(request)))):
        session = _digest(cookie)
        secret = settings_of(request).secret.get_secret_value()
        async with database(request).read() as conn:
            row = await conn.fetchrow(BY_SESSION, session)
        if row is not None:
            return _actor(row, "session"), csrf.token_for(secret, session)
    return None, ""


BY_SESSION = """
select p.id as person_id, p.name as person_name, u.id as unit_id, u.short_name as unit_name,
       array_agg(o.role order by o.role) as roles, '{}'::text[] as scopes,
       (select jsonb_agg(to_jsonb(d) order by d.person_id) from directory.deputies d
         where d.deputy_id = p.id and d.unit_id = u.id) as principals, max(s.created_at) as signed_in_at
  from directory.sessions s
  join directory.persons p on p.id = s.person_id
  join directory.units u on u.id = s.unit_id
  join directory.offices o on o.person_id = s.person_id and o.unit_id = s.unit_id
 where s.id = $1 and s.revoked_at is null and s.expires_at > now()
 group by p.id, u.id
"""
BY_KEY = """
select k.id as key_id, k.hash, k.last_used_at is null or k.last_used_at < now() - $2::interval as stale,
       p.id as person_id, p.name as person_name, u.id as unit_id, u.short_name as unit_name,
       array_agg(o.role order by o.role) as roles, k.scopes,
       (select jsonb_agg(to_jsonb(d) order by d.person_id) from directory.deputies d
         where d.deputy_id = p.id and d.unit_id = u.id) as principals
  from directory.api_keys k
  join directory.persons p on p.id = k.person_id
  join directory.units u on u.id = k.unit_id
  join directory.offices o on o.person_id = k.person_id and o.unit_id = k.unit_id
 where k.prefix = $1 and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
 group by k.id, p.id, u.id
"""
TOUCH_KEY = "update directory.api_keys set last_used_at = now() where id = $1"


async def _by_key(db: Database, credential: str) -> Actor:
    parts = credential.split("_", 2)
    if len(parts) != 3 or parts[0] != "fwn":
        raise BadKey
    async with db.read() as conn:
        row = await conn.fetchrow(BY_KEY, parts[1], TOUCH_AFTER)
        if row is None or not hmac.compare_digest(row["hash"], _digest(parts[2])):
            raise BadKey
        if row["stale"]:
            await conn.execute(TOUCH_KEY, row["key_id"])
    return _actor(row, "key")


def _actor(row: asyncpg.Record, via: Literal["session", "key"]) -> Actor:
    return Actor(
        person_id=row["person_id"],
        person_name=row["person_name"],
        unit_id=row["unit_id"],
        unit_name=row["unit_name"],
        roles=frozenset(row["roles"]),
        scopes=frozenset(row["scopes"]),
        via=via,
        principals=tuple(_principal(each) for each in row["principals"] or ()),
        signed_in_at=row.get("signed_in_at"),
    )


def _principal(row: Mapping[str, Any]) -> Principal:
    return Principal(
        person_id=row["person_id"],
        person_name=row["person_name"],
        roles=frozenset(row["roles"]),
        whole=row["whole"],
        until=date.fromisoformat(row["until_on"]),
    )


def stands_in(
    actor: Actor, *, role: str, unit_id: str | None = None, on_behalf_of: str | None = None
) -> Principal | None:
    """In whose place the actor does what belongs to `role`: None in an office of their own.

    One's own office comes first, unless `on_behalf_of` names somebody. Raises Forbidden as `require` does, NotDeputy.
    """
    if on_behalf_of is None and _holds(actor, role):
        require(actor, role=role, unit_id=unit_id)
        return None
    usable = [each for each in actor.principals if role in each.roles and (not actor.scopes or role in actor.scopes)]
    principal = next((each for each in usable if on_behalf_of in (None, each.person_id)), None)
    if principal is None:
        if on_behalf_of is not None:
            raise NotDeputy(field="on_behalf_of")
        require(actor, role=role, unit_id=unit_id)
    if unit_id is not None:
        _require_unit(actor, unit_id)
    return principal


def may_act_as(actor: Actor, role: str) -> bool:
    """Whether the actor holds the role, or stands in for somebody who does."""
    return role in actor.roles or any(role in each.roles for each in actor.principals)


def _holds(actor: Actor, role: str) -> bool:
    return role in actor.roles and (not actor.scopes or role in actor.scopes)


def require(actor: Actor, *, role: str, unit_id: str | None = None) -> None:
    """Refuse unless the actor holds `role` (in `unit_id` where one is given). A key also needs the role as a scope
    when it was made with scopes."""
    words = ROLE_WORDS[role]
    if not _holds(actor, role):
        raise Forbidden(
            Words(
                f"这一事项由承担“{words.zh}”职责的人员办理。{actor.person_name}（{actor.unit_name}）没有这一职责。",
                f"This belongs to {words.en}. {actor.person_name} ({actor.unit_name}) does not hold that office.",
            ),
            remedy=Words(
                "请转给有这一职责的同事，或者请管理员核对名录。", "Pass it on, or ask for the directory to be checked."
            ),
        )
    if unit_id is not None:
        _require_unit(actor, unit_id)


def _require_unit(actor: Actor, unit_id: str) -> None:
    if unit_id != actor.unit_id:
        raise Forbidden(
            Words(
                f"这一事项属于别的单位，不属于{actor.unit_name}。",
                f"This belongs to another unit than {actor.unit_name}.",
            ),
            remedy=Words("请由该单位的人员办理。", "Somebody of that unit must do it."),
        )


ADD_SESSION = "insert into directory.sessions (id, person_id, unit_id, expires_at) values ($1, $2, $3, now() + $4)"
END_SESSION = "update directory.sessions set revoked_at = now() where id = $1 and revoked_at is null"


async def start_session(
    tx: Connection, response: Response, settings: Settings, *, person_id: str, unit_id: str
) -> None:
    """Sign somebody in: the cookie holds 256 random bits, the table only their hash."""
    token = secrets.token_urlsafe(32)
    await tx.execute(ADD_SESSION, _digest(token), person_id, unit_id, SESSION_LASTS)
    response.set_cookie(
        cookie_name(settings),
        token,
        max_age=int(SESSION_LASTS.total_seconds()),
        path="/",
        secure=settings.profile != "local",
        httponly=True,
        samesite="lax",
    )


async def end_session(tx: Connection, request: Request, response: Response) -> None:
    """Sign out: the session is revoked, not only forgotten by the browser."""
    settings = settings_of(request)
    if cookie := request.cookies.get(cookie_name(settings)):
        await tx.execute(END_SESSION, _digest(cookie))
    response.delete_cookie(
        cookie_name(settings), path="/", secure=settings.profile != "local", httponly=True, samesite="lax"
    )


def cookie_name(settings: Settings) -> str:
    """`__Host-` binds the cookie to this host over TLS; plain HTTP, in the local profile, cannot have it."""
    return "fawen" if settings.profile == "local" else "__Host-fawen"


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def database(request: Request) -> Database:
    """The service's database, which its lifespan put at `app.state.db`."""
    return cast(Database, request.app.state.db)


def settings_of(request: Request) -> Settings:
    """The settings the app was built with."""
    return cast(Settings, request.app.state.settings)


def routes(app: FastAPI) -> Iterator[tuple[str, str, Literal["signed", "public", "open"]]]:
    """Every route as (method, path, guard). "open" is neither authenticated nor said to be public: a fault."""
    for context in iter_route_contexts(app.routes):
        calls = set(_calls(context.dependant)) if getattr(context, "dependant", None) else set()
        guard: Literal["signed", "public", "open"]
        said = public in calls or getattr(getattr(context.route, "app", None), "said_public", False)
        guard = "signed" if current_actor in calls else "public" if said else "open"
        for method in sorted(context.methods or {"ANY"}):
            yield method, context.path or "", guard


def _calls(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for child in dependant.dependencies:
        yield from _calls(child)
