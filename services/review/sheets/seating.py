"""Joint signing as acts under a round: 会签, 加签, 减签, 撤回."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from services.kernel.contracts.refusals import Words
from services.kernel.procedure.rules import RuleBook
from services.kernel.runtime.auth import Actor
from services.kernel.runtime.db import Connection
from services.review.actions import seats
from services.review.domain.seats import AddSeat, CallSeats, EndSeat, WithdrawSeat
from services.review.sheets.collecting import Act, Collected


async def call_seats(tx: Connection, actor: Actor, round_id: UUID, command: CallSeats, book: RuleBook) -> Collected:
    """Have the round decided by several: all, any or the rule book's share of the seats must agree."""
    return Collected(id=(await seats.call(tx, actor, round_id, command, book=book)).round_id)


async def add_seat(tx: Connection, actor: Actor, round_id: UUID, command: AddSeat, _book: RuleBook) -> Collected:
    """加签: one more seat, beside the others or before or after one of them."""
    return Collected(id=(await seats.add(tx, actor, round_id, command)).seats[-1].id)


async def remove_seat(tx: Connection, actor: Actor, round_id: UUID, command: EndSeat, _book: RuleBook) -> Collected:
    """减签: take a seat away that has not signed, with a reason."""
    await seats.remove(tx, actor, round_id, command)
    return Collected(id=command.seat_id)


async def withdraw_seat(
    tx: Connection, actor: Actor, round_id: UUID, command: WithdrawSeat, _book: RuleBook
) -> Collected:
    """撤回 a seat that one has added, before it has signed."""
    await seats.withdraw(tx, actor, round_id, command.seat_id)
    return Collected(id=command.seat_id)


LABELS: Mapping[str, Words] = {
    "rule": Words("会签规则", "Rule"),
    "seats": Words("会签人员", "Seats"),
    "seat": Words("加签人员", "Who is added"),
    "person_id": Words("加签人员", "Who is added"),
    "place": Words("签署次序", "Order"),
    "of": Words("排在谁的前后", "Before or after whom"),
    "reason": Words("减签的理由", "Why the seat is taken away"),
}
ACTS = (
    Act("seats", CallSeats, call_seats, LABELS),
    Act("seats-added", AddSeat, add_seat, LABELS),
    Act("seats-removed", EndSeat, remove_seat, LABELS),
    Act("seats-withdrawn", WithdrawSeat, withdraw_seat, LABELS),
)
