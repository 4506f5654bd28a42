"""What sentences may name of the two rates, the target and its day; each is bound to what it tells."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.urls import reverse

from reports.briefing.text.bound import Bound
from reports.briefing.text.facts import Facts, short_date
from reports.days.populations import Population
from reports.days.rates import NO_RATE

Told = tuple[str, Callable[[Any], str | Bound | None]]  # of `words.Words`, which add to the facts


def rate(name: str, part: str) -> Callable[[Facts], Bound | None]:
    def told(words: Facts) -> Bound | None:
        rates = words.rates
        text = rates.resolution_text if part == "resolved" else rates.completion_text
        number = getattr(rates, part)
        if text == NO_RATE:
            return None
        return bound(words, name, number * 1000 // rates.total, f"{text}（{number}/{rates.total}件）", text)

    return told


def rate_of_all(name: str, part: str) -> Callable[[Facts], Bound | None]:
    """Over all there ever were; nothing to say in the first year, when it is the same."""

    def told(words: Facts) -> Bound | None:
        rates = words.rates_of_all
        if not rates.total or rates.registered == words.rates.registered:
            return None
        text = rates.resolution_text if part == "resolved" else rates.completion_text
        number = getattr(rates, part)
        exact = f"{text}（{number}/{rates.total}件）"
        return bound(words, name, number * 1000 // rates.total, exact, text, Population.ALL)

    return told


def counted(words: Facts) -> Bound | None:
    total = words.rates.total
    return bound(words, "entries_counted", total, f"{total}件", f"{total}件") if total else None


def gap(words: Facts) -> Bound | None:
    missing = words.rates.missing
    return bound(words, "gap", missing, f"{missing}件", f"{missing}件") if missing else None


def pace_needed(words: Facts) -> Bound | None:
    """Entries a week to the target day, as the dashboard's forecast has it: new ones counted in, working weeks only."""
    if not words.rates.missing or words.forecast.needed_a_week == NO_RATE:
        return None
    needed = words.forecast.needed_a_week
    return bound(words, "pace_needed", int(Decimal(needed) * 10), f"{needed}件", f"{needed}件")


def days_left(words: Facts) -> str | None:
    days = words.table.days_left
    return f"{days}天" if days is not None and days > 0 and words.rates.missing else None


def target_rate(words: Facts) -> Bound | None:
    """How the target day ended, as it was frozen, once that day is over."""
    met = words.met
    if met is None or not met.total:
        return None
    text = met.resolution_text
    value, exact = met.resolved * 1000 // met.total, f"{text}（{met.resolved}/{met.total}件）"
    told = bound(words, "target_rate", value, exact, text)
    return replace(told, link=reverse("reports:target", args=[words.scope.day.year]))


def target_verdict(words: Facts) -> str | None:
    met = words.met
    if met is None or not met.total:
        return None
    return f"已达到{met.target}%的目标" if met.reached else f"没有达到{met.target}%的目标，差{met.missing}件"


def target_kept(words: Facts) -> str | None:
    plan = words.plan if words.met is None else None
    return f"{short_date(plan.target_on)}前化解率达到{plan.target_percent}%的目标" if plan else None


def reached(words: Facts) -> str | None:
    if words.met is not None:
        return None
    return f"化解率已达到{words.rates.target}%的目标" if words.rates.reached else None


def bound(
    words: Facts, name: str, value: int, exact: str, text: str, population: Population = Population.YEAR
) -> Bound:
    scope = words.scope
    return Bound(
        name=name,
        code=name,
        label=RATE_WORDS[name][0],
        period=scope.period.code,
        workstream=scope.workstream.pk if scope.workstream else None,
        unit=scope.unit.pk if scope.unit else None,
        only=scope.only,
        value=value,
        exact=exact,
        text=text,
        page="completion_rate" if name.startswith("completion_rate") else "resolution_rate",
        population=population,
    )


RATE_WORDS: dict[str, Told] = {
    "resolution_rate": ("化解率", rate("resolution_rate", "resolved")),
    "completion_rate": ("办结率", rate("completion_rate", "completed")),
    "resolution_rate_all": ("累计化解率", rate_of_all("resolution_rate_all", "resolved")),
    "completion_rate_all": ("累计办结率", rate_of_all("completion_rate_all", "completed")),
    "target_rate": ("目标日化解率", target_rate),
    "entries_counted": ("计入两率的问题", counted),
    "gap": ("距目标还差", gap),
    "pace_needed": ("每周需化解", pace_needed),
}
