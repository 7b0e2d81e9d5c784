"""The one way to every page: the four places of the bar, and below them the pages of the place where one is.

A reader is offered what they may open: the public its own four places, staff the pages of their roles.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.kernel.contracts.refusals import Words
from services.kernel.runtime import language
from services.kernel.runtime.auth import Actor, may_act_as
from services.kernel.runtime.directory import Role


@dataclass(frozen=True)
class Door:
    """A page that stands in the navigation. `roles`: whom it is for, everybody when there are none.

    `leads_to` are the addresses, or their beginnings, of the pages one comes to from it.
    """

    href: str
    words: Words
    roles: frozenset[Role] = frozenset()
    leads_to: tuple[str, ...] = ()

    def nearness(self, path: str) -> int:
        """How much of `path` lies behind this door; 0 when it does not."""
        behind = (at for at in (self.href, *self.leads_to) if path == at or path.startswith(at + "/"))
        return max(map(len, behind), default=0)


@dataclass(frozen=True)
class Section:
    """A place of the bar and its pages; the first of them is where the bar leads."""

    words: Words
    doors: tuple[Door, ...]

    def nearness(self, path: str) -> int:
        """How much of `path` lies behind the nearest door."""
        return max(door.nearness(path) for door in self.doors)


@dataclass(frozen=True)
class Place:
    """A link of the navigation as it is shown. `current`: what `aria-current` says, if anything."""

    href: str
    words: str
    current: str


OPERATOR = frozenset({Role.OPERATOR})
# As services.review.precedents has them: whoever reviews, decides, files, supervises or drafts.
SEARCHERS = frozenset(
    {
        Role.LEGALITY_REVIEWER,
        Role.FILING_CLERK,
        Role.MEETING_CLERK,
        Role.SUPERVISOR,
        Role.CHIEF,
        Role.MEMBER,
        Role.DRAFTER,
    }
)


def _parked(service: str) -> Door:
    return Door(f"/{service}/outbox/parked", Words("未送达", "Undelivered"), OPERATOR)


CONSULTATIONS = Door(
    "/intake/consultations", Words("公开征求意见", "Open for comment"), leads_to=("/intake/consultation",)
)
HEARINGS = Door("/review/hearings", Words("听证", "Hearings"), leads_to=("/review/hearing",))
GAZETTE = Door("/notify/gazette", Words("公报", "Gazette"))
IN_FORCE = Door("/review/in-force", Words("决策施行情况", "Decisions in force"))
CLEANUPS = Door("/review/cleanups", Words("文件清理", "Clean-ups"), leads_to=("/review/cleanup",))
CATALOGUE = Door("/review/catalogue", Words("决策目录", "Catalogue"))
REPORTS = Door("/notify/reports", Words("年度报告", "Reports"))
RECEIPT = Door("/intake/receipt", Words("我的意见", "My comment"))

PUBLIC = (
    Section(Words("征求意见", "Consultations"), (CONSULTATIONS, HEARINGS)),
    Section(Words("公报查询", "Gazette"), (GAZETTE, IN_FORCE, CATALOGUE, CLEANUPS)),
    Section(Words("年度报告", "Reports"), (REPORTS,)),
    Section(Words("我的意见", "My comment"), (RECEIPT,)),
)
STAFF = (
    Section(
        Words("文件报送", "Drafts"),
        (
            Door("/intake", Words("送审的文件", "Documents")),
            Door("/intake/submit", Words("报送草案", "Hand in a draft"), frozenset({Role.DRAFTER})),
            CONSULTATIONS,
            _parked("intake"),
        ),
    ),
    Section(
        Words("审查决定", "Review"),
        (
            Door("/review", Words("等人决定", "To be decided")),
            Door("/review/meetings", Words("会议", "Meetings"), leads_to=("/review/meeting",)),
            HEARINGS,
            Door("/review/expert-pool", Words("专家库", "Experts")),
            Door("/review/seals", Words("用印登记", "Seals")),
            Door("/review/precedent", Words("以往意见", "Precedents"), SEARCHERS),
            CATALOGUE,
            Door("/review/catalogue/manage", Words("编制目录", "Edit the catalogue"), frozenset({Role.REGISTRAR})),
            IN_FORCE,
            CLEANUPS,
            Door("/review/signing", Words("我的签名", "My signature")),
            _parked("review"),
        ),
    ),
    Section(
        Words("任务督办", "Tasks"),
        (
            Door("/tasks", Words("任务", "Tasks")),
            Door("/tasks/inbox", Words("待办", "To do")),
            Door("/tasks/inspections", Words("督查", "Inspections")),
            Door("/tasks/away", Words("离岗代理", "Away and deputies")),
            Door("/tasks/programs", Words("接口密钥", "API keys")),
            _parked("tasks"),
        ),
    ),
    Section(
        Words("公报查询", "Gazette"),
        (
            GAZETTE,
            Door("/notify/numbers", Words("文号登记簿", "Register of numbers")),
            REPORTS,
            Door("/notify/messages", Words("发出的消息", "Messages"), OPERATOR),
            _parked("notify"),
        ),
    ),
)


def places(path: str, actor: Actor | None) -> list[Place]:
    """The bar; the place where one is carries its mark."""
    sections = STAFF if actor else PUBLIC
    here = _here(sections, path)
    return [
        Place(each.doors[0].href, each.words.of(language.current()), "true" if each is here else "")
        for each in sections
    ]


def rooms(path: str, actor: Actor | None) -> list[Place]:
    """The pages of the place where one is, as far as they are for `actor`; nothing where there is no choice."""
    here = _here(STAFF if actor else PUBLIC, path)
    doors = [door for door in here.doors if _open_to(door, actor)] if here else []
    if len(doors) < 2:
        return []
    nearest = max(doors, key=lambda door: door.nearness(path))
    return [Place(door.href, door.words.of(language.current()), _mark(door, nearest, path)) for door in doors]


def _here(sections: tuple[Section, ...], path: str) -> Section | None:
    nearest = max(sections, key=lambda section: section.nearness(path))
    return nearest if nearest.nearness(path) else None


def _open_to(door: Door, actor: Actor | None) -> bool:
    return not door.roles or (actor is not None and any(may_act_as(actor, role) for role in door.roles))


def _mark(door: Door, nearest: Door, path: str) -> str:
    if door is not nearest:
        return ""
    return "page" if path == door.href else "true"
