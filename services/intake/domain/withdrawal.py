"""Taking one's own comment back: freely until the close, afterwards through the drafting office."""

from __future__ import annotations

from services.kernel.contracts.refusals import Conflict, Words


class WithdrawalClosed(Conflict):
    """The window has closed, and the comment is sealed and counted."""

    code = "comment.withdrawal_closed"
    rule = "comment.withdrawal"
    title = Words("不能自行撤回：征求意见已经截止", "You cannot take it back yourself: the window has closed")
    remedy = Words(
        "答复公布以前，可以凭回执号请起草单位代为撤回。",
        "Until the answers are published, the drafting unit can take it back for you: show it the receipt.",
    )

    def __init__(self, *, written_zh: str, closed: str) -> None:
        super().__init__(
            Words(f"截止时间是{written_zh}（北京时间），意见已经计入结果。", f"It closed at {closed} and is counted.")
        )
