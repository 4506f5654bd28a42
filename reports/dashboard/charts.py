"""更多图表: the forecast of every unit and matter, what is nearest to done, categories, visits and coverage."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Value

from accounts.models import User
from common.periods import AnyPeriod
from enterprises.models import Enterprise, EnterpriseKind, KeyProject
from ledger.models import Attachment, ConfirmationLink, ProblemEntry, SupportingUnit
from ledger.states import EntryState
from reports.dashboard.overview import Basis, Share, TargetMet, basis, matters, units
from reports.days.forecast import Forecast
from reports.days.populations import Population
from reports.days.rates import Rates
from reports.figures.registry.indicators import INDICATORS
from reports.figures.values import figures
from reports.figures.words import NOT_COUNTED, remark
from reports.models import Tally
from reports.records.addresses import records_url

NEAREST = 8
VISITS = ("leader_visits", "duty_attendance", "department_services", "outreach_events", "survey_forms")
COVERED = {
    "enterprises_covered": EnterpriseKind.ENTERPRISE,
    "projects_covered": "project",
    "associations_covered": EnterpriseKind.ASSOCIATION,
    "self_employed_covered": EnterpriseKind.SELF_EMPLOYED,
}


@dataclass(frozen=True)
class Near:
    """An entry close to being confirmed: how long it has waited, in working days, and what is still missing."""

    entry: ProblemEntry
    waited: int
    missing: str

    @property
    def waited_words(self) -> str:
        word = "已等" if self.entry.state == EntryState.COMPLETED else "已办"
        return f"{word} {self.waited} 个工作日"


@dataclass(frozen=True)
class Visited:
    """How many were called on, of how many in the register; `whole` empty for figures that have no such number."""

    label: str
    number: int | None  # None: not counted then
    unit: str
    url: str
    whole: int | None = None

    @property
    def words(self) -> str:
        return NOT_COUNTED if self.number is None else str(self.number)

    @property
    def remark(self) -> str:
        return remark(self.number, None)

    @property
    def percent(self) -> int:
        return min(self.number * 100 // self.whole, 100) if self.whole and self.number else 0


@dataclass(frozen=True)
class More:
    period: AnyPeriod
    population: Population
    day: date
    is_current: bool
    is_blank: bool
    computed_at: datetime | None
    rates: Rates
    target_on: date | None
    working_days_left: int | None
    forecast: Forecast | None  # none once the target day is over
    met: TargetMet | None
    url: str
    matters: list[Share]
    units: list[Share]
    near: list[Near]
    waiting_url: str
    categories: list[Share]
    category_chart: dict[str, Any]
    visits: list[Visited]
    coverage: list[Visited]

    @property
    def waiting(self) -> int:
        """Completed, but not yet confirmed by the enterprise."""
        return self.rates.completed - self.rates.resolved


def more(user: User, period: AnyPeriod, today: date, now: datetime, population: Population = Population.YEAR) -> More:
    """What this person sees of a period beyond the first screen, in ten statements at most."""
    numbers, moment = counted(user, period, now)
    ground = basis(user, period, today, now, population)
    kinds = categories(ground)
    return More(
        period=period,
        population=population,
        day=ground.day,
        is_current=ground.is_current,
        is_blank=ground.is_blank,
        computed_at=ground.counted_at(moment),
        rates=ground.rates,
        target_on=ground.target_on,
        working_days_left=ground.outlook.left if ground.outlook else None,
        forecast=ground.forecast,
        met=ground.met,
        url=records_url("resolution_rate", period, of=population),
        matters=matters(ground),
        units=units(ground),
        near=nearest(ground) if ground.is_current else [],
        waiting_url=records_url("resolution_rate", period, part="waiting", of=population),
        categories=kinds,
        category_chart=category_chart(kinds),
        visits=[] if ground.is_blank else [visited(code, numbers, period) for code in VISITS],
        coverage=[] if ground.is_blank else coverage(user, numbers, period),
    )


def counted(user: User, period: AnyPeriod, now: datetime) -> tuple[dict[str, int | None], datetime | None]:
    """The figures of visits and coverage from the stored tally.

    What is counted once does not add up over units: for someone with several it is counted anew.
    """
    codes = (*VISITS, *COVERED)
    level = Tally.Level.ALL if user.sees_all else Tally.Level.UNIT
    wanted = Tally.objects.of(period.code).filter(indicator__in=codes)
    rows = wanted.filter(level=Tally.Level.ALL) | (wanted.filter(level=level) & Tally.objects.visible_to(user))
    kept = list(rows.order_by().values_list("indicator", "level", "unit", "value", "computed_at"))
    mine = [row for row in kept if row[1] == level]
    if not kept or len({unit for _, _, unit, _, _ in mine}) > 1:
        told = {one.code: one for one in figures(period, user, now=now)}
        values = {code: told[code].value for code in codes}
        return {code: None if value is None else int(value) for code, value in values.items()}, told[
            codes[0]
        ].computed_at
    known = {code for code, of_level, *_ in kept if of_level == Tally.Level.ALL}
    found = {code: value for code, _, _, value, _ in mine}
    return {code: found.get(code, 0) if code in known else None for code in codes}, kept[0][-1]


def visited(code: str, numbers: dict[str, int | None], period: AnyPeriod, whole: int | None = None) -> Visited:
    one = INDICATORS[code]
    return Visited(one.label, numbers[code], one.unit_word, records_url(code, period), whole)


def coverage(user: User, numbers: dict[str, int | None], period: AnyPeriod) -> list[Visited]:
    """Those called on beside all in the register, which everyone may read."""
    enterprises = Enterprise.objects.visible_to(user).filter(is_active=True).order_by().values_list("kind")
    projects = KeyProject.objects.visible_to(user).filter(is_active=True).order_by()
    project = projects.annotate(of=Value("project", CharField())).values_list("of").annotate(n=Count("pk"))
    whole = dict(enterprises.annotate(n=Count("pk")).union(project, all=True))
    return [visited(code, numbers, period, whole.get(kind, 0)) for code, kind in COVERED.items()]


def categories(ground: Basis) -> list[Share]:
    """Both rates by kind of problem, those there were that day, the most frequent first."""
    found = ground.standings.by("category")
    shares = [
        Share(name, found[pk], records_url("resolution_rate", ground.period, category=pk, of=ground.population))
        for pk, name in ground.names["category"].items()
        if pk in found and found[pk].total
    ]
    return sorted(shares, key=lambda one: (-one.rates.total, one.name))


def category_chart(kinds: list[Share]) -> dict[str, Any]:
    """What static/js/charts/stacked.js draws: resolved, waiting for the enterprise, not yet completed."""

    def part(name: str, key: str, values: list[int]) -> dict[str, Any]:
        return {"name": name, "values": values, "urls": [f"{one.url}&part={key}" for one in kinds]}

    return {
        "names": [one.name for one in kinds],
        "parts": [
            part("已化解", "resolved", [one.rates.resolved for one in kinds]),
            part("待企业确认", "waiting", [one.rates.completed - one.rates.resolved for one in kinds]),
            part("办理中", "open", [one.rates.total - one.rates.completed for one in kinds]),
        ],
    }


def nearest(ground: Basis) -> list[Near]:
    """Those claimed as done, the longest waiting first, then those being handled; of one's own units as the rates are.

    “completed” sorts before “handling”, so that one run along the index of state and deadline finds them.
    """
    user = ground.user
    asked = ConfirmationLink.objects.live().filter(entry=OuterRef("pk"))
    evidence = Attachment.objects.filter(entry=OuterRef("pk"))
    parts = SupportingUnit.objects.filter(entry=OuterRef("pk"), result="")
    rows = ProblemEntry.objects.answered_for(user).filter(state__in=[EntryState.COMPLETED, EntryState.HANDLING])
    found = list(
        rows.select_related("enterprise", "project", "lead_unit", "unit")
        .annotate(is_asked=Exists(asked), has_evidence=Exists(evidence), waits_for_parts=Exists(parts))
        .order_by("state", "deadline", "pk")[:NEAREST]
    )
    found.sort(key=lambda entry: (entry.state, entry.completed_on or ground.today))
    return [near(entry, ground) for entry in found]


def near(entry: ProblemEntry, ground: Basis) -> Near:
    since = entry.completed_on or entry.paused_on or entry.counted_from or entry.registered_on
    return Near(entry, max(ground.calendar.between(since, ground.today), 0), missing(entry))


def missing(entry: Any) -> str:
    if entry.state == EntryState.COMPLETED:
        return "已发确认链接，等企业答复" if entry.is_asked else "还没有请企业确认，可回访或发确认链接"
    if entry.paused_on:
        return "等企业补材料"
    if entry.waits_for_parts:
        return "等协办单位反馈"
    return "材料已有，等提出办结" if entry.has_evidence else "还缺办结佐证材料"
