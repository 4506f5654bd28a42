"""Search over everything a person may see: by words, pinyin initials, numbers and codes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, prefetch_related_objects
from django.urls import reverse

from accounts.models import User
from accounts.rights.scope import scoped
from cases.models import LegalCase
from common.text import clean, half_width
from enterprises.models import Enterprise, KeyProject
from ledger.models import ProblemEntry, ServiceActivity

SHOWN = 8


@dataclass(frozen=True)
class Hit:
    title: str
    facts: str
    url: str


@dataclass(frozen=True)
class Group:
    """One kind of record: the first hits, and where the rest are."""

    name: str
    icon: str
    hits: list[Hit]
    has_more: bool
    all_url: str


def enterprise_hit(row: Enterprise) -> Hit:
    facts = [row.get_kind_display(), "规模以上" if row.is_above_scale else "", row.uscc or "无统一社会信用代码"]
    names = "、".join(former.name for former in row.former_names.all())
    facts.append(f"曾用名 {names}" if names else "")
    return Hit(row.name, joined(facts), reverse("enterprises:enterprise-detail", args=[row.pk]))


def project_hit(row: KeyProject) -> Hit:
    facts = [row.number or "", row.workstream.name if row.workstream else "", row.builder]
    return Hit(row.name, joined(facts), reverse("enterprises:project-detail", args=[row.pk]))


def entry_hit(row: ProblemEntry) -> Hit:
    facts = [row.number, row.get_state_display(), str(row.enterprise or row.project or ""), str(row.unit)]
    return Hit(row.title, joined(facts), reverse("ledger:entry-detail", args=[row.pk]))


def case_hit(row: LegalCase) -> Hit:
    facts = [row.get_kind_display(), row.title, row.get_state_display(), str(row.unit)]
    return Hit(row.number, joined(facts), reverse("cases:case-detail", args=[row.pk]))


def activity_hit(row: ServiceActivity) -> Hit:
    day = f"{row.happened_on.year}年{row.happened_on.month}月{row.happened_on.day}日"
    facts = [day, str(row.officer or ""), str(row.unit), row.summary[:40]]
    title = f"{row.get_kind_display()}　{row.target}"
    return Hit(title, joined(facts), reverse("ledger:activity-detail", args=[row.pk]))


def joined(facts: list[str]) -> str:
    return " · ".join(fact for fact in facts if fact)


# What was named comes first, what happened there after it: the firm before its problems.
KINDS: list[tuple[str, str, str, type[Any], tuple[str, ...], Callable[[Any], Hit]]] = [
    ("企业", "building-factory-2", "enterprises:enterprise-list", Enterprise, (), enterprise_hit),
    ("重点项目", "crane", "enterprises:project-list", KeyProject, ("workstream",), project_hit),
    ("问题台账", "clipboard-list", "ledger:entry-list", ProblemEntry, ("enterprise", "project", "unit"), entry_hit),
    ("涉企案件", "gavel", "cases:case-list", LegalCase, ("unit",), case_hit),
    (
        "服务活动",
        "walk",
        "ledger:activity-list",
        ServiceActivity,
        ("enterprise", "project", "officer", "unit"),
        activity_hit,
    ),
]


def search_everything(user: User, words: str) -> list[Group]:
    """The first hits of every kind that has any; nothing for no words."""
    words = clean(words)
    if not words:
        return []
    groups = []
    for name, icon, list_view, model, related, hit in KINDS:
        rows = list(model.objects.visible_to(user).search(words).select_related(*related)[: SHOWN + 1])
        if rows:
            url = f"{reverse(list_view)}?{urlencode({'q': words})}"
            if model is Enterprise:
                prefetch_related_objects(rows, "former_names")
            groups.append(Group(name, icon, [hit(row) for row in rows[:SHOWN]], len(rows) > SHOWN, url))
    return groups


def exact_match(user: User, words: str) -> str | None:
    """The page of the one record whose whole number or code this is: 问题编号, 案号, 统一社会信用代码, 项目编号.

    Brackets of a 案号 may be typed full or half width.
    """
    code = half_width(clean(words)).upper()
    if len(code) < 3 or not any(letter.isdigit() for letter in code):
        return None
    bracketed = code.replace("(", "（").replace(")", "）")
    tries: list[tuple[type[Model], dict[str, Any], str]] = [
        (ProblemEntry, {"number": code}, "ledger:entry-detail"),
        (LegalCase, {"number__in": [clean(words), code, bracketed]}, "cases:case-detail"),
        (Enterprise, {"uscc": code}, "enterprises:enterprise-detail"),
        (Enterprise, {"former_names__uscc": code}, "enterprises:enterprise-detail"),
        (KeyProject, {"number": code}, "enterprises:project-detail"),
    ]
    for model, lookup, view in tries:
        row = scoped(model).visible_to(user).filter(**lookup).only("pk").first()
        if row:
            return reverse(view, args=[row.pk])
    return None
