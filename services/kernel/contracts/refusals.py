"""Refusals: what the law or the record forbids, said so that a person can act on it.

Every refusal is a class beside the rule that it guards. It carries a stable code, an HTTP status,
the rule that it rests on, and words in both languages: what is wrong, and the remedy.
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple


class Words(NamedTuple):
    """One sentence in Chinese (first) and in English."""

    zh: str
    en: str

    def of(self, language: str) -> str:
        """The sentence in `language` ("zh" or "en"); anything else reads as Chinese."""
        return self.en if language == "en" else self.zh


class Refused(Exception):
    """A request that must not be carried out. Never retried: the answer would be the same.

    `field` names the input that is wrong (a dotted path as in the request), `rule` the id of the
    rule in the rule book, `article` its citation in words where it is known at the spot, `headers` what
    programs are told beside it, such as when to come again.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    rule: ClassVar[str | None] = None
    title: ClassVar[Words] = Words("不能办理", "Refused")
    remedy: ClassVar[Words] = Words("请核对后再办理。", "Check the request and try again.")

    def __init__(
        self,
        detail: Words | None = None,
        *,
        field: str | None = None,
        remedy: Words | None = None,
        rule: str | None = None,
        article: str | None = None,
    ) -> None:
        self.detail = detail or self.title
        self.field = field
        self.how = remedy or type(self).remedy
        self.rule_id = rule or type(self).rule
        self.article = article
        self.headers: dict[str, str] = {}
        super().__init__(f"{self.code}: {self.detail.en}")


class Invalid(Refused):
    """Input that cannot be read as what it should be."""

    code = "input.invalid"
    status = 422
    title = Words("填写有误", "Invalid input")


class NotFound(Refused):
    """Nothing stands under that name, or the reader may not know of it."""

    code = "not_found"
    status = 404
    title = Words("没有找到", "Not found")


class Unauthenticated(Refused):
    """No valid session and no valid key."""

    code = "auth.required"
    status = 401
    title = Words("请先登录", "Sign in first")


class Forbidden(Refused):
    """Signed in, but this act belongs to somebody else."""

    code = "auth.forbidden"
    status = 403
    title = Words("您没有办理这一事项的权限", "You may not do this")


class Conflict(Refused):
    """The record has moved on since the caller looked."""

    code = "conflict"
    title = Words("情况已经变化", "The record has changed")


class Unavailable(Exception):
    """Something we stand on does not answer now. Always worth another try; nothing was lost."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"{what} is not available at the moment")
