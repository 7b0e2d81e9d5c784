"""API keys of offices: who may revoke one, and each refusal with its remedy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from services.kernel.contracts.refusals import Conflict, Forbidden, NotFound, Words
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.directory import Role
from services.tasks.domain.items import roles_of
from services.tasks.domain.verbs import Command

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=300)]


class RevokeKey(Command):
    """Why a key must open nothing any more."""

    reason: Annotated[Reason, Field(description="撤销的理由")]


class KeyUnknown(NotFound):
    """No such key, or none that the reader may know of."""

    code = "key.not_found"
    title = Words("没有这个密钥", "No such key")


class NotYourKey(Forbidden):
    """A key is revoked by whom it acts for, by the head of the unit, or by an operator."""

    code = "key.not_yours"
    title = Words("只能撤销以本人名义办理的密钥", "You may revoke only keys that act in your name")
    remedy = Words(
        "请告诉本人、本单位负责人或者系统运行人员，由他们撤销。",
        "Tell that person, the head of the unit or an operator; they can revoke it.",
    )


class KeyRevoked(Conflict):
    """A key is revoked once and for good."""

    code = "key.revoked"
    title = Words("这个密钥已经撤销", "This key has been revoked already")
    remedy = Words(
        "不需要再办；需要接着用的，请系统运行人员另发新的密钥。",
        "Nothing is left to do; ask for a new key if one is needed.",
    )


@dataclass(frozen=True)
class ApiKey:
    """A key with the names at hand; never its secret, nor the hash of it. `stands`: it opens something now."""

    id: UUID
    prefix: str
    label: str
    person_id: str
    person_name: str
    unit_id: str
    unit_name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    revoked_by_name: str | None
    revoked_why: str | None
    stands: bool


def sees_all(actor: Actor) -> bool:
    """Whether the actor looks after the keys of every unit."""
    return Role.OPERATOR in roles_of(actor)


def may_revoke(key: ApiKey, actor: Actor) -> bool:
    """Whose key it is, the head of the unit, an operator; leaving out whether it still stands."""
    head = Role.UNIT_HEAD in roles_of(actor) and key.unit_id == actor.unit_id
    return key.person_id == actor.person_id or head or sees_all(actor)


def refuse_revoking(key: ApiKey, actor: Actor) -> None:
    """Raises NotYourKey, KeyRevoked. A key that has expired may be revoked too: that says why it must not come back."""
    if not may_revoke(key, actor):
        raise NotYourKey
    if key.revoked_at is not None:
        raise KeyRevoked
