"""The dossier as it is shown and exported: every entry with its hash, and whether the chain holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.intake.domain.dossier import PARTS, TYPE_WORDS
from services.intake.store.dossier import Entry
from services.kernel.contracts import chain
from services.kernel.contracts.facts import SealFacts
from services.kernel.contracts.refusals import Words
from services.kernel.contracts.sign_offs import JOINT_RULES
from services.kernel.runtime import language


def dossier_out(entries: Sequence[Entry], *, whole: bool) -> dict[str, Any]:
    """The head of the chain and what verifying it found; with `whole`, the sealed entries as they were hashed."""
    sealed = [entry.sealed() for entry in entries]
    verdict = chain.verify(sealed)
    out: dict[str, Any] = {
        "count": len(entries),
        "head": entries[-1].entry_hash if entries else chain.GENESIS,
        "verified": verdict.whole,
        "broken": verdict.broken._asdict() if verdict.broken else None,
    }
    return {**out, "entries": sealed} if whole else out


def type_words(kind: str) -> str:
    """What an entry is about, in the reader's language."""
    return TYPE_WORDS.get(kind, Words(kind, kind)).of(language.current())


def part_words(part: int) -> str:
    """The part of the file, in the reader's language."""
    return PARTS[part].of(language.current())


def joint_words(entry: Entry, names: Mapping[str, str]) -> str:
    """How several decided, where they did: rule, count, and who signed, by seat; empty where one person decided."""
    joint = _joint(entry)
    if not joint:
        return ""
    rule, signed = JOINT_RULES[joint["rule"]], [names.get(one, one) for one in joint["signers"]]
    counts = f"{joint['agreed']}/{joint['seats']}"
    return Words(
        f"{rule.zh}，{counts}同意：{'、'.join(signed)}", f"{rule.en}, {counts} agreed: {', '.join(signed)}"
    ).of(language.current())


SEAL_FORMS = {"physical": Words("印章", "seal"), "electronic": Words("电子印章", "electronic seal")}


def seals_of(entry: Entry, units: Mapping[str, str]) -> list[dict[str, Any]]:
    """Whose seals were put on the text, in the order of its issuers: the unit, which form of seal, and when."""
    facts = SealFacts.model_validate(_facts(entry).get("seal") or {"issuers": 0})
    return [
        {
            "unit": units.get(one.unit_id, one.unit_id),
            "form": SEAL_FORMS[one.form].of(language.current()),
            "at": one.at,
        }
        for one in facts.seals
    ]


def signers_of(entry: Entry) -> Sequence[str]:
    """The ids of everybody who signed in a seat."""
    return list(_joint(entry).get("signers", ()))


def _joint(entry: Entry) -> dict[str, Any]:
    return _facts(entry).get("joint") or {}


def _facts(entry: Entry) -> dict[str, Any]:
    return (entry.detail or {}).get("facts") or {}
