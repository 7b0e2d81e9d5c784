"""What is submitted in the demonstration: the built-in draft, or a document of the user's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fawen.client import Submission
from fawen.demo.texts import text
from services.kernel.procedure.rules import DocumentKind, RuleBook
from services.kernel.text.normal import normalise
from services.kernel.text.structure import Structure, structure

CONTACT = {"unit": "区城市管理局政策法规科", "phone": "0000-5550121", "email": "fagui@yunxi.example"}
YES = {"touches_market_entities": "第五条、第六条、第八条涉及餐饮经营者的生产经营活动。"}
BY_KIND = {
    "行政规范性文件": DocumentKind.NORMATIVE,
    "年度报告": DocumentKind.ANNUAL_REPORT,
}


def built_in() -> Submission:
    """The measures on street restaurants: a normative document that touches businesses."""
    return Submission(
        kind=DocumentKind.NORMATIVE.value,
        issuer_unit="yunxi",
        agency_code="云政规",
        title="云溪区街面餐饮油烟管理办法（试行）",
        text=text("draft_1.txt"),
        note=text("note.txt"),
        predicates=answers(DocumentKind.NORMATIVE, YES),
        comment={"contact": CONTACT, "channels": ["web", "email", "letter"]},
    )


def read(path: Path) -> Structure:
    """What the machine reads in a file; an empty structure for what only the service can open."""
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return structure(normalise(data.decode(encoding)))
        except UnicodeDecodeError:
            continue
    return structure("")


def of_file(found: Structure) -> Submission:
    """A document of the user's: its kind and what is asked about it, as far as the text itself shows them."""
    kind = BY_KIND.get(str(found.kind), DocumentKind.WORK_PLAN)
    return Submission(
        kind=kind.value,
        issuer_unit="yunxi",
        agency_code="云政规" if kind is DocumentKind.NORMATIVE else "云政发",
        note=text("note.txt"),
        predicates=answers(kind, _shown_by(found)),
        comment={"contact": CONTACT, "channels": ["web", "email", "letter"]},
    )


def _shown_by(found: Structure) -> dict[str, str]:
    shown = {}
    if found.comment_window is not None:
        shown["published_for_comment"] = "文件本身公告了征求意见的期限和方式。"
    if found.tasks:
        shown["others_duties_touched"] = f"文件给有关单位分派了{len(found.tasks)}项任务。"
    return shown


def answers(kind: DocumentKind, yes: dict[str, str]) -> dict[str, dict[str, Any]]:
    """An answer with its reason to every question of a kind."""
    asked = RuleBook.load(("demo",)).kind(kind).predicates
    return {
        question.id: {
            "answer": question.id in yes,
            "reason": yes.get(question.id, "经逐条核对，本文件不涉及这一情形。"),
        }
        for question in asked
    }
