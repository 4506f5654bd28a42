"""What case pages read. Recoveries, problems and files hang on cases from above and are reached by relation name."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from accounts.models import User
from cases.models import Campaign, LegalCase, TypicalCase

MONEY_KINDS = ("recovered", "avoided", "saved")


def with_money(cases: QuerySet) -> QuerySet:
    """Cases with `money`: what was recovered, avoided and saved by each, in yuan (None where nothing is recorded)."""
    sums = LegalCase.objects.filter(pk=OuterRef("pk")).order_by().values("pk").annotate(total=Sum("recoveries__amount"))
    return cases.annotate(money=Subquery(sums.values("total")))


def with_money_by_kind(cases: QuerySet) -> QuerySet:
    """Cases with `recovered`, `avoided` and `saved`, in yuan: what the list and its export tell apart."""
    rows = LegalCase.objects.filter(pk=OuterRef("pk")).order_by().values("pk")
    sums = {
        kind: Subquery(rows.annotate(total=Sum("recoveries__amount", filter=Q(recoveries__kind=kind))).values("total"))
        for kind in MONEY_KINDS
    }
    return cases.annotate(**sums)


def case_rows(cases: QuerySet) -> QuerySet:
    """For the list and its export: five statements at most, however many rows."""
    summed = with_money_by_kind(with_money(cases))
    return summed.select_related("unit", "workstream", "campaign", "officer").prefetch_related("enterprises")


def money_of(cases: QuerySet) -> dict[str, Decimal]:
    """The sums over all these cases, in yuan: `total`, and of each kind."""
    rows = LegalCase.objects.filter(pk__in=cases.order_by().values("pk"))
    kinds = {kind: Sum("recoveries__amount", filter=Q(recoveries__kind=kind)) for kind in MONEY_KINDS}
    sums = rows.aggregate(total=Sum("recoveries__amount"), **kinds)
    return {name: value or Decimal("0.00") for name, value in sums.items()}


def case_facts(case: LegalCase, user: User) -> dict[str, Any]:
    """All that the page of one case shows."""
    recoveries = case.recoveries.visible_to(user).order_by("happened_on", "pk")
    return {
        "case": case,
        "enterprises": list(case.enterprises.visible_to(user)),
        "recommendations": list(case.recommendations.visible_to(user)),
        "recoveries": list(recoveries),
        "money": sum((recovery.amount for recovery in recoveries), Decimal("0.00")),
        "by_kind": sums_by_kind(recoveries),
        "entries": list(case.entries.visible_to(user).select_related("enterprise", "unit")),
        "typical_cases": list(case.typical_cases.visible_to(user)),
        "attachments": list(case.attachments.visible_to(user)),
    }


@dataclass(frozen=True)
class KindSum:
    """How much of one kind was recorded, in yuan, in how many rows."""

    label: str
    amount: Decimal
    count: int


def sums_by_kind(recoveries: Iterable[Any]) -> list[KindSum]:
    """追回, 避免, 减免 apart, those that there are, in the order of the rows."""
    found: dict[str, list[Decimal]] = {}
    for recovery in recoveries:
        found.setdefault(recovery.get_kind_display(), []).append(recovery.amount)
    return [KindSum(label, sum(amounts, Decimal("0.00")), len(amounts)) for label, amounts in found.items()]


def full_case(user: User) -> QuerySet:
    return LegalCase.objects.visible_to(user).select_related(
        "unit", "officer", "workstream", "campaign", "project", "created_by"
    )


def recommendation_rows(rows: QuerySet) -> QuerySet:
    return rows.select_related("case", "unit", "workstream")


def typical_rows(rows: QuerySet) -> QuerySet:
    return rows.select_related("unit", "workstream")


def typical_case(user: User) -> QuerySet:
    return typical_rows(TypicalCase.objects.visible_to(user))


def typical_facts(typical: TypicalCase, user: User) -> dict[str, Any]:
    """The published text, the case behind it if this person may see that, and whether they may edit it."""
    case = LegalCase.objects.visible_to(user).filter(pk=typical.case_id).first() if typical.case_id else None
    own = own_typical_cases(user).filter(pk=typical.pk).exists()
    return {"typical": typical, "case": case, "own": own and user.can("case.edit")}


def own_typical_cases(user: User) -> QuerySet:
    """Those a person may edit: of one's own unit and those under it; of all for the commission's office."""
    rows = TypicalCase.objects.visible_to(user)
    return rows if user.sees_all else rows.filter(unit__in=user.scope_units())


COLLECTED = Q(recoveries__kind="recovered")  # what was avoided or saved is not money that came in


def collected(cases: QuerySet) -> dict[int, Decimal]:
    """到位 money by campaign, in yuan."""
    sums = cases.order_by().values("campaign").annotate(total=Sum("recoveries__amount", filter=COLLECTED))
    return {row["campaign"]: row["total"] or Decimal("0.00") for row in sums}


def campaign_rows(user: User) -> list[Campaign]:
    """Every campaign with its cases, persons detained and money, of the rows this person may see."""
    campaigns = Campaign.objects.visible_to(user).select_related("lead_unit")
    seen = LegalCase.objects.visible_to(user).filter(campaign__isnull=False)
    by_campaign = {row["campaign"]: row for row in campaign_sums(seen)}
    money = collected(seen)
    rows = list(campaigns)
    for campaign in rows:
        sums = by_campaign.get(campaign.pk, {})
        campaign.cases_count = sums.get("cases", 0)
        campaign.closed_count = sums.get("closed", 0)
        campaign.detained = sums.get("detained", 0) or 0
        campaign.money = money.get(campaign.pk, Decimal("0.00"))
    return rows


def campaign_sums(cases: QuerySet) -> QuerySet:
    """Counts without the join to money, so that a case with two recoveries is one case and its detained are once."""
    return (
        cases.order_by("campaign")
        .values("campaign")
        .annotate(
            cases=Count("pk"), closed=Count("pk", filter=Q(closed_on__isnull=False)), detained=Sum("detained_persons")
        )
    )


def campaign_facts(campaign: Campaign, user: User) -> dict[str, Any]:
    cases = case_rows(LegalCase.objects.visible_to(user).filter(campaign=campaign))
    plain = LegalCase.objects.visible_to(user).filter(campaign=campaign)
    sums = campaign_sums(plain).first() or {"cases": 0, "closed": 0, "detained": 0}
    return {
        "campaign": campaign,
        "sums": sums,
        "money": collected(plain).get(campaign.pk, Decimal("0.00")),
        "cases": cases,
    }


def case_choices(user: User, words: str, limit: int = 20) -> list[dict[str, str]]:
    """For Tom Select's `data-url`: the newest cases found by number, cause, enterprise or its pinyin."""
    cases = LegalCase.objects.visible_to(user).search(words).order_by("-filed_on", "-pk")[:limit]
    return [
        {
            "value": str(case.pk),
            "text": f"{case.number}　{case.title or case.get_kind_display()}",
            "pinyin": words,
        }
        for case in cases
    ]
