"""Which routes decide about a document or somebody's work, and why the others decide nothing.

A decision is refused to whoever stands on the other side of it, and to everybody who is one pair of eyes with them
(the deputy, and whoever is away with them as deputy): by the application, and by the database alone. The tests named
`test_own_decisions.py` drive every decision of their service; what is declared here and not driven there fails.
"""

from __future__ import annotations

ROUND = "/review/rounds/{round_id}/"
WINDOW = "/intake/windows/{window_id}/"
IN_FORCE = "/review/documents-in-force/{document_id}/"
SESSION = "/review/sessions/{session_id}/"
PLAN_TASK = "/tasks/plan-tasks/{task_id}/"
ITEM = "/tasks/items/{item_id}/"
INSPECTION = "/tasks/inspection-records/{inspection_id}/"

# Whose decision it must not be.
AUTHOR = "whoever drafted the document"
REPORTER = "whoever reported on the task or proposed its completion"
ASKER = "whoever asked for it"
INSPECTED = "whoever belongs to the inspected unit"

DECISIONS: dict[str, str] = {
    "/notify/numbers/{number_id}/void": AUTHOR,
    **dict.fromkeys(
        (
            ROUND + act
            for act in (
                "step", "not-applicable", "opinion", "supplement", "supplement-withdrawal", "materials", "acceptance",
                "meeting", "signature", "verification", "seats", "seats-added", "seats-removed", "findings/{finding}",
                "seal-use", "consultation-replies", "consultation-rulings", "report-reply",
            )
        ),
        AUTHOR,
    ),
    SESSION + "items/{item_id}/record": AUTHOR,
    IN_FORCE + "evaluations": AUTHOR,
    IN_FORCE + "evaluations/{evaluation_id}/result": AUTHOR,
    "/review/clean-ups/{cleanup_id}/outcomes": AUTHOR,
    PLAN_TASK + "acceptance": REPORTER,
    PLAN_TASK + "extension-decision": ASKER,
    INSPECTION + "approval": "whoever proposed the inspection",
    INSPECTION + "members": INSPECTED,
    INSPECTION + "findings": INSPECTED,
    INSPECTION + "conclusions": INSPECTED,
    INSPECTION + "reviews": "whoever inspected, or belongs to the inspected unit",
    INSPECTION + "checks": INSPECTED,
    INSPECTION + "measure-decisions": "whoever proposed the measure",
    WINDOW + "moderation": AUTHOR,
    WINDOW + "masks": AUTHOR,
    WINDOW + "agreement/words": "whoever sent the answers round",
}  # fmt: skip

OWN_WORK = "the drafting unit's own work; what is decided from it is a step, which four eyes guard"
ABOUT_A_MEETING = "arranges a meeting, decides nothing about a matter: its record is a decision of its own"
INBOX = "moves an inbox item, never what it is about: the act that it asks for is guarded where it is done"
OWN_SETTING = "about one's own inbox only"
ANSWERING = (
    "the drafting unit answers for its draft: 713号第十八条 asks it to; the text that follows is judged by others"
)
WINDOW_ACT = (
    "the drafting unit holds the consultation (713号第十四、十五条), within the statutory minimum and in public"
)
HOLDING = "keeps the consultation in order; no word of the public is lost or hidden by it"
DELIVERY = "delivers once more what was decided before"
FROM_THE_PUBLIC = "said by the public"
REGISTER = "keeps a register in which no document is judged"
HEAD_ALONE = (
    "713号第三十七条 gives it to the head alone, in urgency, and names nobody else; the decision itself stays as made"
)
OWN_REPORT = "reports one's own work, which somebody else accepts"
INSPECTED_SAYS = "said by the inspected unit for itself"

NO_DECISION: dict[str, str] = {
    **{f"/{service}/outbox/{{letter_id}}/retry": DELIVERY for service in ("intake", "tasks", "review", "notify")},
    # What the drafting unit does for its own document.
    "/intake/documents": OWN_WORK,
    "/intake/documents/{document_id}/versions": OWN_WORK,
    "/intake/documents/{document_id}/withdraw": "takes back one's own draft",
    "/intake/annual-reports": "begins a draft from figures; the text goes through its own procedure",
    **dict.fromkeys(
        (
            ROUND + act
            for act in (
                "assessment", "risk-report", "first-review", "hearing-notice", "hearing-participants", "hearing-materials",
                "hearing-record", "expert-draw", "expert-choice", "expert-declaration", "expert-opinion", "expert-answer",
                "consultation-asks", "consultation-withdrawals", "consultation-takings", "consultation-meetings",
                "consultation-disputes", "enterprises-heard", "group-heard", "catalogue-matter", "change-declared",
                "supplement-answer", "checklist", "urgency", "points/{point_id}/answer",
            )
        ),
        OWN_WORK,
    ),
    # Of a consultation with the public.
    **{WINDOW + act: WINDOW_ACT for act in ("extend", "suspend", "resume", "stop", "reopen")},
    **{
        WINDOW + act: ANSWERING
        for act in ("answers", "answer-sheets", "answer-sheets/{preview_id}", "agreement")
    },
    **{
        WINDOW + act: HOLDING
        for act in (
            "staff-comments", "entry-sheets", "entry-sheets/{preview_id}", "mailed-comments/{comment_id}/clause",
            "groups/{group_id}/split", "groups/{group_id}/move", "groups/{group_id}/merge", "groups/{group_id}/name",
        )
    },
    WINDOW + "mails/{mail_id}/retry": DELIVERY,
    WINDOW + "withdrawals": "enters that a commenter takes back their own, by the receipt that they alone hold",
    WINDOW + "comments": FROM_THE_PUBLIC,
    "/intake/receipts/{code}/contact-erasure": FROM_THE_PUBLIC,
    "/intake/receipts/{code}/withdraw": FROM_THE_PUBLIC,
    "/review/hearing-notices/{round_id}/applications": FROM_THE_PUBLIC,
    "/review/hearing-notices/{round_id}/withdrawals": FROM_THE_PUBLIC,
    "/review/hearing-notices/{round_id}/contacts": "reads on record whom to invite",
    # Around a decision.
    ROUND + "papers": "adds papers to a round; who decides it reads them",
    ROUND + "report-sent": "records that it was reported upward; the reply is the decision",
    ROUND + "seats-withdrawn": "takes back a seat that one has added oneself; whoever may not add has none",
    ROUND + "passkey-question": "asks a passkey about an act, which is tried whole and refused like the act itself",
    **{
        SESSION + act: ABOUT_A_MEETING
        for act in (
            "move", "cancel", "items", "items/{item_id}/off", "items/{item_id}/draft", "order", "notice", "attendance",
            "pack", "minutes",
        )
    },
    "/review/sessions": ABOUT_A_MEETING,
    IN_FORCE + "suspend": HEAD_ALONE,
    IN_FORCE + "resume": HEAD_ALONE,
    "/review/clean-ups": "lists what is in force on a day; each document's outcome is a decision of its own",
    "/review/clean-ups/{cleanup_id}/published": "adds up outcomes; the database counts them again",
    # Registers.
    "/review/catalogue-entries": REGISTER,
    "/review/catalogue-entries/published": REGISTER,
    "/review/catalogue-entries/{entry_id}/adjust": REGISTER,
    "/review/experts": REGISTER,
    "/review/seal-register": REGISTER,
    "/review/seal-register/{seal_id}/hand": REGISTER,
    "/review/keys/{person_id}/end": "about a person's key; what it has signed stays signed",
    "/review/passkeys": "about one's own passkey",
    "/review/passkeys/question": "about one's own passkey",
    "/review/passkeys/{passkey_id}/question": "about one's own passkey",
    "/review/passkeys/{passkey_id}/revoke": "about a passkey, with fresh proof; what it has confirmed stays confirmed",
    # The inbox.
    **{
        ITEM + act: INBOX
        for act in (
            "claim", "release", "reassign", "hand-over", "take-back", "ask", "answer", "withdraw", "copy", "read", "urge",
        )
    },
    "/tasks/items/hand-over": INBOX,
    **{f"/tasks/filters{act}": OWN_SETTING for act in ("", "/{filter_id}", "/{filter_id}/remove")},
    **{f"/tasks/absences{act}": "says who stands in; the two are one pair of eyes from then on"
       for act in ("", "/{absence_id}/end")},
    "/tasks/api-keys/{key_id}/revoke": "stops a program at once; nothing is decided about a document",
    # Tasks and inspections.
    **{PLAN_TASK + act: OWN_REPORT for act in ("progress", "completion", "extension")},
    "/tasks/inspection-records": "proposes; the head approves",
    INSPECTION + "recusals": "steps back, or has a member step back",
    INSPECTION + "measures": "proposes; the head approves",
    INSPECTION + "measure-issues": "issues what the head approved",
    **{INSPECTION + act: INSPECTED_SAYS for act in ("receipts", "objections")},
}  # fmt: skip

SIGNING_IN = "says who is there"
# Pages whose forms do not lie under the address of the act that they carry out: which acts, or why none.
PAGES: dict[str, tuple[str, ...] | str] = {
    "/sign-in": SIGNING_IN,
    "/sign-out": SIGNING_IN,
    "/notify/numbers/{number_id}/voiding": ("/notify/numbers/{number_id}/void",),
    "/intake/submit": ("/intake/documents",),
    "/intake/document/{document_id}/revise": ("/intake/documents/{document_id}/versions",),
    "/intake/document/{document_id}/withdraw": ("/intake/documents/{document_id}/withdraw",),
    "/intake/consultation/{window_id}": (WINDOW + "comments",),
    "/intake/consultation/{window_id}/acts": tuple(
        WINDOW + act for act in ("extend", "suspend", "resume", "stop", "reopen")
    ),
    "/intake/consultation/{window_id}/enter": (WINDOW + "staff-comments",),
    "/intake/consultation/{window_id}/entries": (WINDOW + "entry-sheets",),
    "/intake/consultation/{window_id}/entries/{preview_id}": (WINDOW + "entry-sheets/{preview_id}",),
    "/intake/consultation/{window_id}/mail/clause/{comment_id}": (WINDOW + "mailed-comments/{comment_id}/clause",),
    "/intake/consultation/{window_id}/mail/retry/{mail_id}": (WINDOW + "mails/{mail_id}/retry",),
    "/intake/consultation/{window_id}/reasons": ANSWERING,
    "/intake/consultation/{window_id}/workbook": (WINDOW + "answer-sheets",),
    "/intake/consultation/{window_id}/workbook/{preview_id}": (WINDOW + "answer-sheets/{preview_id}",),
    "/intake/receipt/contact": ("/intake/receipts/{code}/contact-erasure",),
    "/intake/receipt/withdraw": ("/intake/receipts/{code}/withdraw",),
    "/review/catalogue/enter": ("/review/catalogue-entries",),
    "/review/catalogue/entry/{entry_id}/adjust": ("/review/catalogue-entries/{entry_id}/adjust",),
    "/review/catalogue/publish": ("/review/catalogue-entries/published",),
    "/review/cleanup/{cleanup_id}/outcome": ("/review/clean-ups/{cleanup_id}/outcomes",),
    "/review/cleanup/{cleanup_id}/publish": ("/review/clean-ups/{cleanup_id}/published",),
    "/review/cleanups/open": ("/review/clean-ups",),
    "/review/expert-pool": ("/review/experts",),
    "/review/hearing/{round_id}": ("/review/hearing-notices/{round_id}/applications",),
    "/review/hearing/{round_id}/withdraw": ("/review/hearing-notices/{round_id}/withdrawals",),
    "/review/in-force/{document_id}/evaluate": (IN_FORCE + "evaluations",),
    "/review/in-force/{document_id}/evaluation/{evaluation_id}/result": (
        IN_FORCE + "evaluations/{evaluation_id}/result",
    ),
    "/review/in-force/{document_id}/resume": (IN_FORCE + "resume",),
    "/review/in-force/{document_id}/suspend": (IN_FORCE + "suspend",),
    "/review/meeting/{session_id}/act/{act}": tuple(
        SESSION + act for act in ("move", "cancel", "order", "notice", "attendance", "pack", "minutes")
    ),
    "/review/meeting/{session_id}/item/{item_id}": (SESSION + "items/{item_id}/draft",),
    "/review/meeting/{session_id}/item/{item_id}/off": (SESSION + "items/{item_id}/off",),
    "/review/meeting/{session_id}/item/{item_id}/record": (SESSION + "items/{item_id}/record",),
    "/review/meeting/{session_id}/item/{item_id}/up": (SESSION + "order",),
    "/review/meetings/plan": ("/review/sessions",),
    "/review/round/{round_id}/confirm": tuple(
        ROUND + act for act in ("step", "not-applicable", "opinion", "meeting", "signature", "verification")
    ),
    "/review/round/{round_id}/decide": tuple(
        ROUND + act for act in ("step", "not-applicable", "opinion", "meeting", "signature", "verification")
    ),
    "/review/round/{round_id}/finding": (ROUND + "findings/{finding}",),
    "/review/round/{round_id}/hearing-contacts": ("/review/hearing-notices/{round_id}/contacts",),
    "/review/round/{round_id}/materials": (ROUND + "materials", ROUND + "acceptance"),
    "/review/seals/enter": ("/review/seal-register",),
    "/review/seals/{seal_id}/hand": ("/review/seal-register/{seal_id}/hand",),
    "/review/signing/key": ("/review/keys/{person_id}/end",),
    "/review/signing/passkeys": ("/review/passkeys",),
    "/review/signing/passkeys/{passkey_id}/revoke": ("/review/passkeys/{passkey_id}/revoke",),
    "/tasks/away": ("/tasks/absences",),
    "/tasks/away/{absence_id}/end": ("/tasks/absences/{absence_id}/end",),
    "/tasks/programs/{key_id}/revoke": ("/tasks/api-keys/{key_id}/revoke",),
    "/tasks/inbox/filters": ("/tasks/filters",),
    "/tasks/inbox/filters/{filter_id}/change": ("/tasks/filters/{filter_id}",),
    "/tasks/inbox/filters/{filter_id}/remove": ("/tasks/filters/{filter_id}/remove",),
    "/tasks/inbox/hand-over": ("/tasks/items/hand-over",),
    "/tasks/inbox/{item_id}/pass/{verb}": tuple(ITEM + act for act in ("reassign", "hand-over", "ask", "copy")),
    "/tasks/inspections": ("/tasks/inspection-records",),
}
# Where the form of an act lies under the act's own last words.
SAME_WORDS = {
    "/review/round/{round_id}/": ROUND,
    "/intake/consultation/{window_id}/": WINDOW,
    "/tasks/inbox/{item_id}/": ITEM,
    "/tasks/task/{task_id}/": PLAN_TASK,
    "/tasks/inspections/{inspection_id}/": INSPECTION,
}


def acts_behind(page: str) -> tuple[str, ...] | str | None:
    """The routes whose acts a page's form carries out, or why it carries out none; None for an unknown page."""
    if page in PAGES:
        return PAGES[page]
    for prefix, routes in SAME_WORDS.items():
        if page.startswith(prefix):
            return (routes + page.removeprefix(prefix),)
    return None


def decisions_of(service: str) -> set[str]:
    """The routes of one service that decide."""
    return {path for path in DECISIONS if path.startswith(f"/{service}/")}
