"""Changing the rules of how long problems may take; deadlines set by rule follow in the same transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from ledger.calendar import working_calendar
from ledger.deadlines import Key, RuleBook, Terms, rule_book
from ledger.models import DeadlineRule, Priority, ProblemCategory, RuleChange
from ledger.services.deadlines.recount_jobs import follow
from ledger.services.deadlines.recounts import Outlook, outlook
from ledger.services.errors import LedgerError


class RulesConflictError(LedgerError):
    """Somebody else changed the rules since they were looked at."""


LEAST_WORDS = "退回重办、重新打开、恢复受理、退单后重新交办，至少"


@dataclass(frozen=True)
class RulesPreview:
    """What other rules would do."""

    changes: list[tuple[str, str, str]]
    outlook: Outlook


def ensure_sane(book: RuleBook) -> None:
    if (None, "") not in book.days:
        raise LedgerError("通用规则（全部类别、不分缓急）不能为空")


def key_words(key: Key, names: Mapping[int, str]) -> str:
    category, priority = key
    kind = names.get(category, "") if category else "全部类别"
    return f"{kind} · {Priority(priority).label if priority else '不分缓急'}"


def told(old: RuleBook, new: RuleBook) -> list[tuple[str, str, str]]:
    """Rule by rule, what was and what becomes of it."""
    names = dict(ProblemCategory.objects.values_list("pk", "name"))
    order = list(names)
    keys = sorted(
        old.days.keys() | new.days.keys(), key=lambda key: (order.index(key[0]) if key[0] in names else -1, key[1])
    )
    least = [] if old.least == new.least else [(LEAST_WORDS, days_words(old.least), days_words(new.least))]
    return least + [
        (key_words(key, names), days_words(old.days.get(key)), days_words(new.days.get(key)))
        for key in keys
        if old.days.get(key) != new.days.get(key)
    ]


def days_words(days: int | None) -> str:
    return f"{days} 个工作日" if days else "未单独规定"


def preview_rules(book: RuleBook, today: date) -> RulesPreview:
    """What these rules would do; writes nothing.

    Raises:
        LedgerError: they are the rules as they are, or the one for everything is missing.
    """
    ensure_sane(book)
    changes = told(rule_book(), book)
    if not changes:
        raise LedgerError("与现在的规则相同，没有要改的")
    return RulesPreview(changes, outlook(Terms(working_calendar(), book), today))


@transaction.atomic
def change_rules(*, book: RuleBook, seen: RuleBook, actor: User, at: datetime) -> RuleChange:
    """Puts these rules in place of those that were looked at, and recounts the deadlines set by rule.

    Raises:
        RulesConflictError: the rules are others by now.
        LedgerError: nothing changes, or the rule for everything is missing.
    """
    ensure_sane(book)
    list(DeadlineRule.objects.select_for_update().order_by("pk"))  # the second of two waits here, then sees the first's
    now = rule_book()
    if now != seen:
        raise RulesConflictError("规则刚被别人改过，请对照后重新预览")
    changes = told(now, book)
    if not changes:
        raise LedgerError("与现在的规则相同，没有要改的")
    write_rules(now, book)
    change = RuleChange.objects.create(changes=[list(one) for one in changes], made_at=at, made_by=actor)
    follow(Terms(working_calendar(), book), at, actor, change)
    return change


def write_rules(old: RuleBook, new: RuleBook) -> None:
    for key in old.days.keys() - new.days.keys():
        for rule in DeadlineRule.objects.filter(category=key[0], priority=key[1]):
            rule.delete()
    for key, days in new.days.items():
        if old.days.get(key) != days:
            DeadlineRule.objects.update_or_create(category_id=key[0], priority=key[1], defaults={"working_days": days})
    if old.least != new.least:
        general = DeadlineRule.objects.get(category=None, priority="")
        general.least_days = new.least
        general.save(update_fields=["least_days"])
