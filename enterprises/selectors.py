"""What a page needs: choices for forms, the facts beside a register entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When

from accounts.models import User
from accounts.rights.permissions import Role
from common.text import name_key
from enterprises.models import Enterprise, KeyProject, Pairing
from enterprises.querysets import SearchableQuerySet
from enterprises.timeline import LIMIT, MOST, Story, story

CHOICES = 20


def choices(*, user: Any, words: str, kinds: Sequence[str], today: date) -> list[dict[str, str]]:
    """The 20 best for Tom Select: one's own pairings first, then names that begin with the words.

    With two kinds the value says which it is: `enterprise:12`, `project:3`. `pinyin` carries whatever else the row was
    found by, because Tom Select filters once more in the browser.
    """
    found = []
    for kind in kinds:
        every: SearchableQuerySet = Enterprise.objects.all() if kind == "enterprise" else KeyProject.objects.all()
        rows = every.visible_to(user)
        found += [
            (row.rank, row.name, option(row, kind, len(kinds) > 1, words))
            for row in best(rows.search(words), kind, user, words, today)
        ]
    found.sort(key=lambda item: item[:2])
    return [choice for _, _, choice in found[:CHOICES]]


def best(rows: SearchableQuerySet, kind: str, user: Any, words: str, today: date) -> SearchableQuerySet:
    mine = Pairing.objects.visible_to(user).of(user).on(today).filter(**{kind: OuterRef("pk")})
    first = words.split()[0] if words.split() else ""
    begins = Q(name_key__startswith=name_key(first)) | Q(pinyin__startswith=name_key(first))
    rank = Case(
        When(Exists(mine), then=Value(0)),
        When(begins & Q(is_active=True), then=Value(1)),
        When(is_active=True, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    found = rows.annotate(rank=rank).order_by("rank", "name", "pk")
    return (found.prefetch_related("former_names") if kind == "enterprise" else found)[:CHOICES]


def option(row: Any, kind: str, marked: bool, words: str) -> dict[str, str]:
    code = (row.uscc if kind == "enterprise" else row.number) or ""
    text = row.name if row.is_active else f"{row.name}（{'已不在册' if kind == 'enterprise' else '已完工'}）"
    if kind == "enterprise" and (once := former_words(row, words)):
        text += f"（曾用名：{once}）"
    found_by = " ".join(filter(None, [row.pinyin, code, words]))
    if not marked:
        return {"value": str(row.pk), "text": text, "pinyin": found_by}
    label = "企业" if kind == "enterprise" else "项目"
    return {"value": f"{kind}:{row.pk}", "text": f"{label} · {text}", "pinyin": found_by}


def standing_firm(user: Any, pk: Any) -> Enterprise | None:
    """The firm of a key that a page, a draft or an address of before may name: what was merged is its survivor."""
    found = Enterprise.every.visible_to(user).select_related("merged_into").filter(pk=pk).first()
    return found and found.standing()


def former_words(row: Enterprise, words: str) -> str:
    """The names by which a firm was found that has another now."""
    keys = [name_key(word) for word in words.split()]
    if not keys or all(key in row.name_key or key in row.pinyin or key.upper() in (row.uscc or "") for key in keys):
        return ""
    held = (
        former
        for former in row.former_names.all()
        if any(key in former.name_key or key in former.pinyin for key in keys)
    )
    return "、".join(former.name for former in held)


@dataclass(frozen=True)
class RegisterPage:
    """Beside the facts of an enterprise or project: who serves it, and its story."""

    pairings: list[Pairing]
    past_pairings: list[Pairing]
    story: Story
    last_visit: date | None
    sees_phone: bool
    may_pair: bool
    target: str
    ending: frozenset[int]


def register_rows(model: type[Any], user: Any, today: date) -> Any:
    """Enterprises or projects as the lists and exports show them."""
    related = (
        ("industry", "workstream") if model is Enterprise else ("workstream", "lead_unit", "contact", "enterprise")
    )
    return model.objects.select_related(*related).with_last_visit(user).with_pairings(today)


def register_page(subject: Any, user: Any, today: date, query: Any) -> RegisterPage:
    kind = "enterprise" if isinstance(subject, Enterprise) else "project"
    pairings = list(Pairing.objects.visible_to(user).filter(**{kind: subject}).select_related("officer__unit"))
    now = [pairing for pairing in pairings if is_in_force(pairing, today)]
    told = story(subject, user, query.get("kind", ""), MOST if query.get("all") else LIMIT)
    visits = type(subject).objects.visible_to(user).with_last_visit(user).filter(pk=subject.pk)
    return RegisterPage(
        pairings=now,
        past_pairings=[pairing for pairing in pairings if pairing not in now],
        story=told,
        last_visit=visits.values_list("last_visit", flat=True).first(),
        sees_phone=user.sees_all
        or user.role == Role.COORDINATOR
        or any(pairing.officer_id == user.pk for pairing in now),
        may_pair=user.can("register.pair"),
        target=f"{kind}:{subject.pk}",
        ending=own_officers(user, now),
    )


def is_in_force(pairing: Pairing, day: date) -> bool:
    return pairing.starts_on <= day and (pairing.ends_on is None or pairing.ends_on >= day)


def own_officers(user: Any, pairings: Sequence[Pairing]) -> frozenset[int]:
    """Those of the pairings' officers whose pairings this person may end."""
    if not user.can("register.pair") or not pairings:
        return frozenset()
    rows = User.objects.visible_to(user).filter(pk__in=[pairing.officer_id for pairing in pairings])
    return frozenset(rows.values_list("pk", flat=True))
