"""The words of the ledger's life: states, moves, parties and what an entry carries. Pure.

`ledger.states` says how they go together, and hands these names on: import them from there.
"""

from enum import StrEnum, nonmember

from django.db.models import TextChoices


class EntryState(TextChoices):
    REGISTERED = "registered", "已登记"
    ACCEPTED = "accepted", "已受理"
    ASSIGNED = "assigned", "已交办"
    HANDLING = "handling", "办理中"
    DEFERRED = "deferred", "挂账"
    COMPLETED = "completed", "已办结"
    CONFIRMED = "confirmed", "已确认"
    CLOSED = "closed", "已销号"
    REJECTED = "rejected", "不予受理"
    DUPLICATE = "duplicate", "重复"

    EXCLUDED = nonmember(frozenset({"rejected", "duplicate"}))  # not in the rates' denominator
    RESOLVED = nonmember(frozenset({"confirmed", "closed"}))  # 化解: the enterprise has said so
    DONE = nonmember(frozenset({"completed", "confirmed", "closed"}))  # 办结: the handler's claim or more
    OPEN = nonmember(frozenset({"registered", "accepted", "assigned", "handling", "deferred", "completed"}))
    # Assigned at least once: it has a lead unit and a deadline (a database constraint).
    LED = nonmember(("assigned", "handling", "deferred", "completed", "confirmed", "closed"))
    # A deadline runs; that of a deferred entry is the day it is reviewed.
    WORKING = nonmember(frozenset({"registered", "accepted", "assigned", "handling", "deferred"}))

    @property
    def colour(self) -> str:
        """Tabler's name of the badge colour; green, yellow and red are kept for the lights."""
        return COLOURS[self]


COLOURS = {
    EntryState.REGISTERED: "azure",
    EntryState.ACCEPTED: "blue",
    EntryState.ASSIGNED: "indigo",
    EntryState.HANDLING: "purple",
    EntryState.DEFERRED: "orange",
    EntryState.COMPLETED: "cyan",
    EntryState.CONFIRMED: "teal",
    EntryState.CLOSED: "secondary",
    EntryState.REJECTED: "secondary",
    EntryState.DUPLICATE: "secondary",
}


class Action(TextChoices):
    REGISTER = "register", "登记"
    ACCEPT = "accept", "受理"
    REJECT = "reject", "不予受理"
    WITHDRAW = "withdraw", "撤单"
    MARK_DUPLICATE = "mark_duplicate", "并入"
    ABSORB = "absorb", "接收并入"
    UNMERGE = "unmerge", "撤销并入"
    RELEASE = "release", "退出并入"
    SPLIT = "split", "拆分"
    ASSIGN = "assign", "交办"
    ACKNOWLEDGE = "acknowledge", "签收"
    TRANSFER = "transfer", "转办"
    RETURN = "return", "退单"
    HAND_OVER = "hand_over", "交接"
    ASK_EXTENSION = "ask_extension", "申请延期"
    EXTEND = "extend", "同意延期"
    REFUSE_EXTENSION = "refuse_extension", "不同意延期"
    ASK_DEFERRAL = "ask_deferral", "申请挂账"
    DEFER = "defer", "同意挂账"
    REFUSE_DEFERRAL = "refuse_deferral", "不同意挂账"
    RESUME_HANDLING = "resume_handling", "恢复办理"
    NAME_SUPPORTER = "name_supporter", "指定协办人"
    REPORT_PART = "report_part", "协办反馈"
    PROGRESS = "progress", "记录进展"
    PAUSE = "pause", "等待企业"
    RESUME = "resume", "继续办理"
    WARN = "warn", "亮黄灯"
    UNWARN = "unwarn", "撤销黄灯"
    COMPLETE = "complete", "办结"
    CONFIRM = "confirm", "回访确认"
    SEND_BACK = "send_back", "退回重办"
    CLOSE_OUT = "close_out", "销号"
    REOPEN = "reopen", "重新打开"
    UPHOLD = "uphold", "质检属实"
    REINSTATE = "reinstate", "质检不属实"
    RECOUNT = "recount", "期限重算"

    SYSTEM = nonmember(frozenset({"register", "recount", "absorb", "release"}))  # events that are nobody's move


class Asked(TextChoices):
    """What the handler has asked for and somebody else must decide."""

    EXTENSION = "extension", "延期"
    DEFERRAL = "deferral", "挂账"


class Party(StrEnum):
    """What a person is to an entry; a move names the parties who may make it."""

    ADMIN = "管理员"
    OFFICE = "政法委办公室"
    RECEIVING_COORDINATOR = "登记单位联络员"
    LEAD_COORDINATOR = "牵头单位联络员"
    LEADER = "领导"
    HANDLER = "经办人"
    REGISTRAR = "登记人"
    CLAIMANT = "提出办结的人"
    ASKER = "申请人"
    SUPPORTING_COORDINATOR = "协办单位联络员"
    PARTS_OFFICE = "有协办单位时的政法委办公室和管理员"
    SUPPORTER = "协办人"
    ENTERPRISE = "企业（确认链接）"
    RECHECKER = "复核人（政法委办公室，未经手的）"


class Mark(StrEnum):
    """What an entry carries beside its state; the words say why a move has to wait."""

    PAUSED = "正在等待企业"
    WARNED = "已亮黄灯"
    OVERDUE = "期限已过"
    EXTENSION_ASKED = "延期申请待批"
    DEFERRAL_ASKED = "挂账申请待批"
    DRAWN = "已抽中质检，由复核人判断"
