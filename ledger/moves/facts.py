"""What an event tells besides its words: facts by code, so that figures can be counted from them and labels reworded.

Events written before 2026-12 hold the labels themselves as keys; `facts_of` reads both.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone

from ledger.models import PartResult, Rating
from ledger.moves.data import MoveData


class Fact(TextChoices):
    """In the order in which the timeline tells them."""

    LEAD_UNIT = "lead_unit", "牵头单位"
    SUPPORTING_UNITS = "supporting_units", "协办单位"
    HANDLER = "handler", "经办人"
    REGISTRAR = "registrar", "接手登记人的事"
    WAS_LEAD_UNIT = "was_lead_unit", "原牵头单位"
    RETURNED_BY = "returned_by", "退单单位"
    WAS_HANDLER = "was_handler", "原经办人"
    WAS_REGISTRAR = "was_registrar", "原登记人"
    ASKER = "asker", "申请人"
    DEADLINE = "deadline", "办理期限"
    REVIEW_DAY = "review_day", "复核日期"
    ASKED_UNTIL = "until", "申请到"
    WAS_DEADLINE = "was_deadline", "原期限"
    DEADLINE_BASIS = "deadline_basis", "期限依据"
    DEADLINE_REASON = "deadline_reason", "期限理由"
    WAITED = "waited", "等待企业"
    MERGED_INTO = "duplicate_of", "并入"
    WAS_MERGED_INTO = "was_duplicate_of", "原并入"
    ABSORBED = "absorbed", "并入的问题"
    DIFFERS = "differs", "核对过的不同"
    RELEASED = "released", "退出的问题"
    CAME_BACK = "came_back", "随之退回"
    MONEY_MEANWHILE = "money_meanwhile", "并入期间登记在那一条的金额"
    COUNTED_AGAIN = "counted_again", "统计"
    SOURCE = "source", "来源"
    SPLIT_OFF = "split_off", "拆出"
    SPLIT_FROM = "split_from", "拆分自"
    WAS_TITLE = "was_title", "原来的问题"
    RATING = "rating", "企业评价"
    ANSWERED_BY = "answered_by", "答复方式"
    SPOKEN_WITH = "spoken_with", "回访对象"
    SPOKEN_AT = "spoken_at", "回访时间"
    CASE = "case", "据以化解的案件"
    SUPPORTER = "supporter", "协办人"
    RESULT = "result", "协办结果"
    SILENT_UNITS = "silent_units", "未反馈的协办单位"
    WITHOUT_PARTS = "without_parts", "不等协办反馈"
    DRAW = "draw", "抽查期"
    DRAWN_STEP = "drawn_step", "抽查的一步"
    ENDED_ORDERS = "ended_orders", "随之了结的督办单"
    FILES = "files", "材料"


Facts = dict[Fact, Any]
CODES = frozenset(Fact.values)
BY_LABEL = {fact.label: fact for fact in Fact}
DAYS = frozenset({Fact.DEADLINE, Fact.WAS_DEADLINE, Fact.ASKED_UNTIL, Fact.REVIEW_DAY})
DEADLINES = (Fact.DEADLINE, Fact.REVIEW_DAY)  # how a step tells the deadline it sets


def facts_of(data: Mapping[str, Any]) -> Facts:
    """The facts an event's `data` holds, in the order they are told."""
    found = {Fact(key) if key in CODES else BY_LABEL.get(key): value for key, value in data.items()}
    return {fact: found[fact] for fact in Fact if fact in found}


def deadline_set(data: Mapping[str, Any]) -> date | None:
    """The deadline, or the day of review, that a step has set."""
    return next((day for fact in DEADLINES if (day := day_told(data, fact))), None)


def day_told(data: Mapping[str, Any], fact: Fact) -> date | None:
    """A day among what an event tells."""
    told = facts_of(data).get(fact)
    return date.fromisoformat(told) if told else None


def given_facts(data: MoveData) -> Facts:
    """What the timeline tells of what came with a move, in words that stay true when people and units are renamed."""
    return kept(
        {
            Fact.LEAD_UNIT: data.lead_unit and data.lead_unit.name,
            Fact.SUPPORTING_UNITS: "、".join(unit.name for unit in data.supporting_units if unit != data.lead_unit),
            Fact.HANDLER: data.handler and data.handler.name,
            Fact.REGISTRAR: data.registrar and data.registrar.name,
            Fact.DEADLINE: iso(data.deadline),
            Fact.ASKED_UNTIL: iso(data.until),
            Fact.MERGED_INTO: data.duplicate_of and data.duplicate_of.number,
            Fact.RATING: data.rating and Rating(data.rating).label,
            Fact.ANSWERED_BY: "企业确认链接" if data.answered_by else "",
            Fact.SPOKEN_WITH: data.spoken_with,
            Fact.SPOKEN_AT: data.spoken_at and data.spoken_at.isoformat(),
            Fact.CASE: data.case and str(data.case),
            Fact.SUPPORTER: data.supporter and data.supporter.name,
            Fact.RESULT: data.result and PartResult(data.result).label,
            Fact.WITHOUT_PARTS: data.without_parts,
            Fact.FILES: [file.name for file in data.files],
        }
    )


def kept(facts: Mapping[Fact, Any]) -> Facts:
    """Those there is something to tell of."""
    return {fact: value for fact, value in facts.items() if value}


def iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def short_day(day: date | None, on: date | None = None) -> str:
    """“12月6日”; with the year where it is another than that of the day it is told on."""
    if day is None:
        return "未定"
    year = f"{day.year}年" if on and day.year != on.year else ""
    return f"{year}{day.month}月{day.day}日"


def told_facts(data: Mapping[str, Any], on: date) -> list[tuple[str, str]]:
    """Label and words of each fact, as the timeline of that day says it; files are shown as themselves."""
    facts = [(fact.label, fact_words(fact, value, on)) for fact, value in facts_of(data).items() if fact != Fact.FILES]
    return facts + [(key, str(value)) for key, value in data.items() if key not in CODES and key not in BY_LABEL]


def fact_words(fact: Fact, value: Any, on: date) -> str:
    """A fact as the timeline of that day says it."""
    if fact in DAYS:
        return short_day(date.fromisoformat(value), on)
    if fact == Fact.SPOKEN_AT:
        moment = timezone.localtime(datetime.fromisoformat(value))
        return f"{short_day(moment.date(), on)} {moment:%H:%M}"
    return str(value)
