"""The four procedures. Each reads like its statute: order is code, numbers are data."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Literal

from workflows.life import Ended, Life
from workflows.returns import send_back
from workflows.rounds import VOIDED, Decision

DEFERRED = "deferred"


def procedure_of(kind: str) -> Callable[[Life], Coroutine[Any, Any, None]]:
    """The procedure of a kind of document. Raises KeyError for a kind that has none."""
    return {
        "NORMATIVE": normative_document,
        "MAJOR_DECISION": major_decision,
        "WORK_PLAN": work_plan,
        "ANNUAL_REPORT": annual_report,
    }[kind]


async def normative_document(life: Life) -> None:
    """行政规范性文件: 地方组织法 art. 75 and the rules on normative documents."""
    await life.fix_procedure()
    await life.step("initiation")
    await life.step("assessment")
    await asyncio.gather(
        life.hear_the_public(),
        life.steps(
            "consultation",
            "enterprise_consultation",
            "fair_competition_review",
            "expert_argument",
            "risk_assessment",
            "hearing",
        ),
    )
    await life.step("internal_legal_review")
    await decide_and_sign(life, on_this_text=("fair_competition_review", "risk_assessment"))
    await life.seal()
    await life.publish()
    await asyncio.gather(life.steps("commencement", "filing", early=False), life.make_tasks())


async def major_decision(life: Life) -> None:
    """重大行政决策: State Council order 713."""
    await life.fix_procedure()
    await life.step("annual_catalogue")
    await life.step("initiation")
    await life.step("consultation")
    await asyncio.gather(
        life.hear_the_public(),
        life.steps("group_consultation", "hearing", "expert_argument", "risk_assessment", "fair_competition_review"),
    )
    await decide_and_sign(life, on_this_text=("risk_assessment", "fair_competition_review"))
    await life.seal()
    await life.publish()
    await asyncio.gather(life.step("archiving", early=False), life.make_tasks())


async def work_plan(life: Life) -> None:
    """实施方案、工作要点: rules on official documents, and practice."""
    await life.fix_procedure()
    await life.steps("consultation", "fair_competition_review")
    await life.hear_the_public()
    await decide_and_sign(life, on_this_text=("fair_competition_review",))
    await life.seal()
    await life.publish()
    await life.make_tasks()


async def annual_report(life: Life) -> None:
    """法治政府建设年度报告: rules on supervision of rule-of-law government."""
    await life.fix_procedure()
    await life.step("collection")
    await life.record("statistics_freeze", "closed", outcome="frozen")
    await life.step("secrecy_review")
    await decide_and_sign(life, on_this_text=("secrecy_review",))
    await life.step("dispatch", early=False)
    await life.publish()
    await life.step("archiving", early=False)


async def decide_and_sign(life: Life, *, on_this_text: tuple[str, ...]) -> None:
    """The decision, its signature, its number. What the signer returns is reviewed and decided again.

    So is a text that was handed in after the decision and before the signature.
    """
    while True:
        await decide(life, on_this_text)
        if not await report_upward(life):
            continue
        ended = await sign_and_number(life)
        if ended == "numbered":
            return
        if ended == "returned":
            await send_back(life, "signing", life.decisions["signing"])


async def decide(life: Life, on_this_text: tuple[str, ...]) -> None:
    """Legality review, then the collective decision; back to the review whenever the text must change or has changed."""
    while True:
        await review_legality(life, on_this_text)
        await life.step("submission")
        decision = await decide_collectively(life, ("legality_review", *on_this_text))
        match decision.outcome:
            case "passed":
                return
            case "passed_as_amended":
                await life.amended(decision)
                return
            case "rediscuss":
                await life.revise("collective_deliberation", decision.outcome)
            case "voided":
                continue
            case _:
                raise Ended(decision.outcome, "collective_deliberation")


async def review_legality(life: Life, on_this_text: tuple[str, ...]) -> None:
    """合法性审查, round after round, until the text is lawful. An unlawful text ends the life.

    An exploratory reform goes on with its risk stated (713号 art. 25, para. 2).
    """
    while True:
        await life.on_this_text(*on_this_text)
        await life.gate("legality_review")
        opinion = await life.step("legality_review")
        if opinion is None or opinion.outcome in ("lawful", "exploratory", "not_applicable"):
            return
        if opinion.outcome == "unlawful":
            raise Ended("unlawful", "legality_review")
        await send_back(life, "legality_review", opinion)


async def decide_collectively(life: Life, reviews: tuple[str, ...]) -> Decision:
    """集体讨论决定: one meeting after another while the matter is deferred.

    `voided` when the text is another than the one that `reviews` were about.
    """
    while True:
        await life.hear_the_public_again()
        if not await life.gate("collective_deliberation", about=reviews):
            return life.voided()
        decision = await life.step("collective_deliberation", early=False, once=True)
        if decision is None:
            raise ValueError(f"{life.document.kind} has no collective decision")
        if decision.outcome != DEFERRED:
            return decision


async def report_upward(life: Life) -> bool:
    """向同级党委请示报告，向人大常委会报告. False when another text was handed in meanwhile."""
    for stage in ("party_report", "npc_report"):
        reported = await life.step(stage, early=False, once=True)
        if reported is not None and reported.outcome == VOIDED:
            return False
    return True


async def sign_and_number(life: Life) -> Literal["numbered", "returned", "other_text"]:
    """签发、复核、登记编号.

    A change of substance found by 复核, and a text handed in after the signature, go back to the signer
    (公文条例 art. 25), not to the meeting; a text handed in before it was never decided.
    """
    if not await life.gate("signing", about=("collective_deliberation",)):
        return "other_text"
    came_back = False
    while True:
        signed = await life.step("signing", early=False, once=True)
        if signed is not None and signed.outcome == "returned":
            return "returned"
        if signed is not None and signed.outcome == VOIDED and not came_back:
            return "other_text"
        came_back = True
        if await verified_and_numbered(life):
            return "numbered"


async def verified_and_numbered(life: Life) -> bool:
    """复核 and number of the signed text; False when it goes back to the signer."""
    if not life.stands("signing"):
        return False
    verified = await life.step("verification", early=False, once=True)
    if verified is not None and verified.outcome == VOIDED:
        return False
    if verified is not None and verified.outcome != "ok":
        await life.revise("verification", verified.outcome)
        return False
    if not await life.gate("registration_numbering", about=("signing", "verification")):
        return False
    if await life.number():
        return True
    await life.revise("registration_numbering", "returned")
    return False
