"""Refusals of sessions: when a meeting cannot be planned, moved, put together or written down."""

from __future__ import annotations

from services.kernel.contracts.refusals import Conflict, Forbidden, Invalid, NotFound, Words


class UnknownSession(NotFound):
    """No meeting under that id."""

    code = "session.unknown"
    title = Words("没有这次会议", "No such meeting")


class UnknownItem(NotFound):
    """Not an item of this meeting's agenda."""

    code = "session.unknown_item"
    title = Words("议程上没有这项议题", "No such item on the agenda")


class OtherAuthority(Forbidden):
    """The clerk of one authority does not convene another."""

    code = "session.other_authority"
    rule = "deliberation.meeting"
    title = Words("您不在这个机关承担这项职责", "You do not hold this office in that authority")
    remedy = Words("请由该机关承担这项职责的人员办理。", "Somebody who holds it there does this.")


class NameTaken(Conflict):
    """A meeting has one name and number of session."""

    code = "session.name"
    title = Words("这个会议名称和届次已经有了", "A meeting of that name exists")
    remedy = Words("请核对是第几次会议。", "Check the number of the meeting.")


class InThePast(Invalid):
    """A meeting is planned before it is held."""

    code = "session.past"
    rule = "deliberation.meeting"
    title = Words("开会时间已经过去", "The time of the meeting has passed")
    remedy = Words("请填写今后的时间；已经开过的会，从议题页面补记。", "Give a time to come.")


class ItemTooEarly(Conflict):
    """An item may not be discussed before the time that is kept for its reviewer."""

    code = "session.too_early"
    rule = "legality.required"
    title = Words("开会时间早于议题最早可以上会的时间", "The meeting is before the earliest lawful time of an item")
    remedy = Words(
        "请把会议改到这个时间以后，或者把议题列入下一次会议。", "Meet later, or put the item before another meeting."
    )


class NotWaiting(Conflict):
    """Only what waits for deliberation by this authority comes on its agenda."""

    code = "session.item"
    rule = "deliberation.required"
    title = Words("这件事项没有在等这个机关集体讨论", "This matter does not wait for this authority to deliberate")


class OnAnAgenda(Conflict):
    """One matter, one agenda."""

    code = "session.item_taken"
    rule = "deliberation.required"
    title = Words("这件事项已经列入一次会议的议程", "This matter stands on an agenda already")
    remedy = Words(
        "请在那次会议里记录，或者先从那次会议的议程上撤下。", "Record it there, or take it off that agenda first."
    )


class ReasonNeeded(Invalid):
    """Who changes what was announced says why."""

    code = "session.reason"
    rule = "deliberation.meeting"
    title = Words("没有写理由", "The reason is missing")
    remedy = Words("请写明理由，记入会议的经过。", "Give the reason; it is kept with the meeting.")


class Cancelled(Conflict):
    """A meeting that was called off stays so."""

    code = "session.cancelled"
    title = Words("这次会议已经取消", "This meeting was called off")
    remedy = Words("请另行安排会议。", "Plan another.")


class AlreadyHeld(Conflict):
    """What has been decided at a meeting fixes it."""

    code = "session.held"
    rule = "deliberation.required"
    title = Words("会上已经有议题作出决定，不能再改", "An item has been decided at this meeting: it stands")


class OrderIncomplete(Invalid):
    """An order names each item once."""

    code = "session.order"
    title = Words("议题顺序不完整", "The order does not name each item once")


class AttendanceMissing(Conflict):
    """Nobody decides before it is known who is there."""

    code = "session.attendance"
    rule = "deliberation.required"
    title = Words("还没有登记出席", "Attendance has not been taken")
    remedy = Words("请先登记出席，再记录议题。", "Take attendance first.")


class DraftMoved(Conflict):
    """Somebody saved in between."""

    code = "session.draft"
    title = Words("没有保存：另有人保存过更新的草稿", "Not saved: a newer draft was saved meanwhile")
    remedy = Words("请打开最新的草稿，把您写的补进去。", "Open the newest draft and add what you wrote.")


class ItemsOpen(Conflict):
    """Minutes are about a meeting whose items are all settled."""

    code = "session.items_open"
    rule = "deliberation.required"
    title = Words("还有议题没有记录，不能形成会议纪要", "Items are not recorded yet: no minutes can be made")
    remedy = Words("请记录每一项议题，或者写明理由后撤下。", "Record each item, or take it off with a reason.")


class MinutesMade(Conflict):
    """Minutes are made once."""

    code = "session.minutes"
    title = Words("会议纪要已经形成", "The minutes have been made")


class AgendaEmpty(Conflict):
    """There is nothing to send."""

    code = "session.empty"
    title = Words("议程上还没有议题", "The agenda is empty")
    remedy = Words("请先把议题列入议程。", "Put items on the agenda first.")


class InviteeUnknown(Invalid):
    """Who is invited is in the directory, and it is clear who."""

    code = "session.invitee"
    title = Words("名录里找不到这个人", "Nobody like that is in the directory")
    remedy = Words(
        "请按名录写姓名；同名的写“单位：姓名”。", "Give the name of the directory; where two have it, unit: name."
    )

    def __init__(self, line: str, *, several: bool) -> None:
        zh, en = ("有几个人叫", "several are called") if several else ("名录里没有", "the directory has no")
        super().__init__(Words(f"{zh}“{line}”", f"{en} “{line}”"), field="invited")
