"""Entries and their events in words."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from ledger.models import EntryEvent, ProblemEntry, Rating
from ledger.states import Action

RAISED = {1: "单位领导", 2: "市级领导"}
DAYS = frozenset({"办理期限", "原期限", "申请到", "复核日期"})


def told(event: EntryEvent) -> str:
    """What a move did, in the words shown after it: “JS-2026-0183 已交办市公安局，期限 12月6日”."""
    entry = event.entry
    unhappy = event.action == Action.SEND_BACK and entry.rating == Rating.UNSATISFIED
    raised = f"企业不满意，已提请{RAISED[entry.raised]}过问，" if unhappy else ""
    return f"{entry.number} {raised}{words_of(event)}"


def words_of(event: EntryEvent) -> str:
    entry, on = event.entry, event.happened_on
    handler = entry.handler.name if entry.handler else ""
    return {
        Action.REGISTER: "已登记",
        Action.ACCEPT: "已受理，请尽快交办",
        Action.REJECT: "已不予受理，理由已留档",
        Action.WITHDRAW: "已撤单，理由已留档",
        Action.MARK_DUPLICATE: f"已并入 {entry.duplicate_of and entry.duplicate_of.number}，材料和记录随之并入",
        Action.SPLIT: f"已拆分，拆出 {event.data.get('拆出')}，等待受理",
        Action.ASSIGN: f"已交办{entry.lead_unit}{handler}，期限 {short_day(entry.deadline, on)}",
        Action.ACKNOWLEDGE: f"已签收，经办人{handler}，期限 {short_day(entry.deadline, on)}",
        Action.TRANSFER: f"已转给{entry.lead_unit}牵头，期限仍是 {short_day(entry.deadline, on)}",
        Action.RETURN: "已退单，等待重新交办",
        Action.HAND_OVER: f"已交接给{event.data.get('经办人') or event.data.get('接手登记人的事')}",
        Action.ASK_EXTENSION: f"已申请延期到 {short_day(entry.asked_until, on)}，等待批准，批准前期限不变",
        Action.EXTEND: f"已同意延期，期限改为 {short_day(entry.deadline, on)}",
        Action.REFUSE_EXTENSION: f"未同意延期，期限仍是 {short_day(entry.deadline, on)}",
        Action.ASK_DEFERRAL: f"已申请挂账到 {short_day(entry.asked_until, on)}，等待批准",
        Action.DEFER: f"已挂账，{short_day(entry.deadline, on)}复核",
        Action.REFUSE_DEFERRAL: "未同意挂账，继续办理",
        Action.RESUME_HANDLING: f"已恢复办理，期限 {short_day(entry.deadline, on)}",
        Action.NAME_SUPPORTER: f"的{event.data.get('协办单位')}协办人已定为{event.data.get('协办人')}",
        Action.REPORT_PART: f"的协办情况已反馈（{event.data.get('协办结果')}）",
        Action.PROGRESS: "的进展已记入时间线",
        Action.PAUSE: "已停表，等待企业",
        Action.RESUME: f"继续办理，期限 {short_day(entry.deadline, on)}",
        Action.WARN: "已亮黄灯，责任单位会看到原因",
        Action.UNWARN: "已撤销黄灯",
        Action.RECOUNT: f"的期限已重算为 {short_day(entry.deadline, on)}",
        Action.COMPLETE: "已办结，等待回访企业",
        Action.CONFIRM: f"已回访确认，企业{entry.get_rating_display()}，可以销号",
        Action.SEND_BACK: f"已退回{entry.lead_unit}重新办理",
        Action.CLOSE_OUT: "已销号",
        Action.REOPEN: "已重新打开，退回办理",
        Action.UPHOLD: "质检属实，维持原状",
        Action.REINSTATE: "质检不属实，已恢复受理，等待重新交办",
    }[Action(event.action)]


def short_day(day: date | None, on: date | None = None) -> str:
    """“12月6日”; with the year where it is another than that of the day it is told on."""
    if day is None:
        return "未定"
    year = f"{day.year}年" if on and day.year != on.year else ""
    return f"{year}{day.month}月{day.day}日"


def fact_words(label: str, value: Any, on: date) -> str:
    if label in DAYS:
        return short_day(date.fromisoformat(value), on)
    if label == "回访时间":
        moment = timezone.localtime(datetime.fromisoformat(value))
        return f"{short_day(moment.date(), on)} {moment:%H:%M}"
    return str(value)


def choice_label(entry: ProblemEntry) -> str:
    return f"{entry.number} {entry.title}" + (f"（{entry.enterprise}）" if entry.enterprise else "")
