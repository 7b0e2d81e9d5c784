"""Refusals of joint signing: who has a seat, when it may sign, and when it may be added or taken away."""

from __future__ import annotations

from services.kernel.contracts.refusals import Conflict, Forbidden, Invalid, NotFound, Words

JOINT = "round.joint"


class NotJoint(Conflict):
    """The round is decided by one person of its office."""

    code = "seat.not_joint"
    rule = JOINT
    title = Words("这一轮没有发起会签", "This round is not signed jointly")
    remedy = Words("请先发起会签，再加签。", "Call for joint signing first.")


class AlreadyJoint(Conflict):
    """Joint signing is called once; further seats are added."""

    code = "seat.already_joint"
    rule = JOINT
    title = Words("这一轮已经发起会签", "Joint signing has been called for already")
    remedy = Words("需要增加人员的，请加签。", "Add a seat if somebody is missing.")


class NotInAMeeting(Conflict):
    """A meeting decides in session."""

    code = "seat.meeting"
    rule = "deliberation.meeting"
    title = Words("集体讨论不能以会签代替", "Joint signing does not replace the meeting")
    remedy = Words("请开会讨论后记录。", "Hold the meeting, then record it.")


class UnknownSeat(NotFound):
    """No such seat in this round."""

    code = "seat.unknown"
    title = Words("这一轮没有这个会签席位", "No such seat in this round")


class NoSeat(Forbidden):
    """In a joint round only those with a seat sign."""

    code = "seat.none"
    rule = JOINT
    title = Words("这一轮由会签人员办理，没有您的席位", "This round is signed jointly, and you have no seat in it")
    remedy = Words("需要参加的，请承办人加签。", "Ask whoever is in charge of the round to add you.")


class SeatWaits(Conflict):
    """Somebody signs before."""

    code = "seat.waits"
    rule = JOINT
    title = Words("还没有轮到您签署", "It is not your turn yet")
    remedy = Words("请等排在前面的人签署。", "Wait for those who sign before you.")


class SeatActed(Conflict):
    """A signature stays."""

    code = "seat.acted"
    rule = JOINT
    title = Words("这个席位已经签署，不能减签或者撤回", "This seat has signed and can no longer be taken away")
    remedy = Words("签署已经记入卷宗，以签署结果为准。", "The signature is on record and stands.")


class SeatGone(Conflict):
    """Removed or withdrawn before."""

    code = "seat.gone"
    rule = JOINT
    title = Words("这个席位已经减去或者撤回", "This seat has been taken away")


class SeatTwice(Conflict):
    """One seat for one person or office."""

    code = "seat.twice"
    rule = JOINT
    title = Words("已经有这个人或者这个单位的席位", "There is a seat for that person or office already")


class LastSeat(Conflict):
    """Somebody must be left who signs."""

    code = "seat.last"
    rule = JOINT
    title = Words("只剩这一个席位，不能减去", "This is the last seat and cannot be taken away")
    remedy = Words("请先加签，再减去这个席位。", "Add another seat first.")


class SeatReason(Invalid):
    """Whoever takes a seat away says why."""

    code = "seat.reason"
    rule = JOINT
    title = Words("没有写减签的理由", "The reason for taking the seat away is missing")
    remedy = Words("请写明理由，记入卷宗。", "Give the reason; it is recorded.")


class NobodyThere(Invalid):
    """The directory holds no such person or office."""

    code = "seat.nobody"
    title = Words("名录里没有这个人，或者这个单位没有人承担这一职责", "Nobody in the directory holds that seat")
    remedy = Words("请核对人员、单位和职责。", "Check person, unit and office.")


class TooFewSeats(Invalid):
    """One alone does not sign jointly."""

    code = "seat.too_few"
    rule = JOINT
    title = Words("会签至少要有两个席位", "Joint signing needs two seats or more")


class NotYourSeat(Forbidden):
    """Only who added a seat takes it back; others give a reason."""

    code = "seat.not_yours"
    rule = JOINT
    title = Words("这个席位不是您加的，不能撤回", "You did not add this seat and cannot withdraw it")
    remedy = Words("承办人可以写明理由减签。", "Whoever is in charge of the round may remove it with a reason.")


class SeatsDecide(Conflict):
    """One of several cannot declare the step away."""

    code = "seat.declaration"
    rule = JOINT
    title = Words("会签中的环节不能由一人声明不适用", "In a joint round one person cannot declare the step away")
    remedy = Words("请减去其他席位，或者由全体会签人签署结论。", "Let the seats sign a conclusion.")
