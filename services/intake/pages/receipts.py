"""The receipt of a comment, by its code and without an account: what became of it, its proof, taking it back."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.intake.actions import own as acts
from services.intake.api.receipts import looked_up
from services.intake.domain.comments import ReceiptUnknown
from services.intake.domain.gate import TooManyWrong
from services.intake.pages.consultations import told
from services.intake.shown.clauses import clauses_of, label_of
from services.intake.shown.own import WITHDRAWAL, Own, answers_due, article_of, changed_clause
from services.intake.shown.proofs import receipt_file
from services.intake.shown.windows import receipt_out
from services.intake.store import comments
from services.intake.wiring import blobs_of, books_of, calendar_of, carried_out, holder_of
from services.kernel.contracts.refusals import Refused
from services.kernel.procedure.deadlines import OFFICE_ZONE
from services.kernel.runtime import language
from services.kernel.runtime.auth import Visitor, database
from services.kernel.runtime.db import Connection
from services.kernel.runtime.idempotency import Answer, BodyHash, Key
from services.kernel.runtime.pages import render

router = APIRouter(prefix="/intake/receipt", include_in_schema=False)
Code = Annotated[str, Query(max_length=100)]


@router.get("")
async def show_receipt(
    request: Request, visitor: Visitor, receipt: Code = "", new: str = "", erased: str = ""
) -> HTMLResponse:
    """The receipt of a comment and, once public, its answer; without a code, the field to enter one."""
    if not receipt:
        return render(request, "receipt_enter.html", receipt="", refused=None)
    return await _receipt(request, receipt, new=bool(new), erased=bool(erased))


@router.get("/withdraw")
async def show_withdrawal(request: Request, visitor: Visitor, receipt: Code = "") -> HTMLResponse:
    """What taking the comment back means, before it is done; the receipt itself where that is not possible any more."""
    try:
        found = await looked_up(request, receipt)
    except (ReceiptUnknown, TooManyWrong) as refused:
        return _unknown(request, receipt, refused)
    if not found.may_withdraw:
        return await _receipt(request, receipt)
    return render(request, "receipt_withdraw.html", found=found, article=article_of(books_of(request).own, WITHDRAWAL))


@router.post("/withdraw")
async def withdraw(request: Request, visitor: Visitor, key: Key, body_hash: BodyHash) -> Response:
    """Take the comment back, then show its receipt; or say why it stays."""
    given = (await request.form()).get("receipt")
    code = given[:100] if isinstance(given, str) else ""

    async def act(tx: Connection) -> Answer:
        await acts.take_back(tx, code)
        return Answer(303, None, {"Location": f"/intake/receipt?receipt={quote(code)}"})

    try:
        await looked_up(request, code)
        return await carried_out(request, who=holder_of(code), key=key, body_hash=body_hash, act=act)
    except (ReceiptUnknown, TooManyWrong) as refused:
        return _unknown(request, code, refused)
    except Refused as refused:
        return await _receipt(request, code, refused=refused)


def _unknown(request: Request, code: str, refused: Refused) -> HTMLResponse:
    return render(request, "receipt_enter.html", status=refused.status, receipt=code, refused=told(refused))


async def _receipt(
    request: Request, code: str, *, new: bool = False, erased: bool = False, refused: Refused | None = None
) -> HTMLResponse:
    try:
        found = await looked_up(request, code)
    except (ReceiptUnknown, TooManyWrong) as unknown:
        return _unknown(request, code, unknown)
    async with database(request).read() as conn:
        contact = await comments.has_contact(conn, found.comment.id)
    page = await _drawn(request, found, contact)
    return render(
        request,
        "receipt.html",
        status=refused.status if refused else 200,
        new=new,
        erased=erased and not contact,
        refused=told(refused),
        **page,
    )


async def _drawn(request: Request, found: Own, contact: bool) -> dict[str, Any]:
    """What the page shows, whatever led to it."""
    comment, window, blobs, book = found.comment, found.window, blobs_of(request), books_of(request).own
    clauses, term = await clauses_of(blobs, window.text_hash), answers_due(window, book, calendar_of(request))
    reader = language.current()
    return {
        "out": receipt_out(comment, window, hidden_because=found.hidden_because),
        "found": found,
        "comment": comment,
        "window": window,
        "instant": comment.received_at.astimezone(OFFICE_ZONE).isoformat(timespec="milliseconds"),
        "clause": label_of(clauses, comment.clause).of(reader),
        "changed": label_of(clauses, comment.answer_clause).of(reader) if comment.answer_clause else "",
        "change": await changed_clause(found, blobs),
        "term": term,
        "term_article": article_of(book, term.rule_id) if term else None,
        "kept": await receipt_file(comment, window, found.files, found.seal, blobs),
        "base": str(request.base_url).rstrip("/"),
        "contact": contact,
    }
