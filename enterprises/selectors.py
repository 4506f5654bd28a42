"""What a page needs: choices for forms, the facts beside a register entry."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When

from enterprises.models import Enterprise, KeyProject, Pairing
from enterprises.querysets import SearchableQuerySet

CHOICES = 20


def choices(*, user: Any, words: str, kinds: Sequence[str], today: date) -> list[dict[str, str]]:
    """The 20 best for Tom Select: one's own pairings first, then names that begin with the words.

    With two kinds the value says which it is: `enterprise:12`, `project:3`. `pinyin` carries whatever else the row was
    found by, because Tom Select filters once more in the browser.
    """
    found = []
    for kind in kinds:
        rows: SearchableQuerySet = {"enterprise": Enterprise, "project": KeyProject}[kind].objects.visible_to(user)
        found += [
            (row.rank, row.name, option(row, kind, len(kinds) > 1))
            for row in best(rows.search(words), kind, user, words, today)
        ]
    found.sort(key=lambda item: item[:2])
    return [choice for _, _, choice in found[:CHOICES]]


def best(rows: SearchableQuerySet, kind: str, user: Any, words: str, today: date) -> SearchableQuerySet:
    mine = Pairing.objects.visible_to(user).of(user).on(today).filter(**{kind: OuterRef("pk")})
    first = words.split()[0] if words.split() else ""
    begins = Q(name__istartswith=first) | Q(pinyin__startswith=first.casefold())
    rank = Case(
        When(Exists(mine), then=Value(0)),
        When(begins & Q(is_active=True), then=Value(1)),
        When(is_active=True, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return rows.annotate(rank=rank).order_by("rank", "name", "pk")[:CHOICES]


def option(row: Any, kind: str, marked: bool) -> dict[str, str]:
    code = (row.uscc if kind == "enterprise" else row.number) or ""
    text = row.name if row.is_active else f"{row.name}（{'已不在册' if kind == 'enterprise' else '已完工'}）"
    if not marked:
        return {"value": str(row.pk), "text": text, "pinyin": f"{row.pinyin} {code}".strip()}
    label = "企业" if kind == "enterprise" else "项目"
    return {"value": f"{kind}:{row.pk}", "text": f"{label} · {text}", "pinyin": f"{row.pinyin} {code}".strip()}
