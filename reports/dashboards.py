"""驾驶舱: everything the leader's one screen shows, as of the chosen half-year, in ten statements at most."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Case, Count, Subquery, When, Window

from accounts.models import User
from common.money import from_cents, plain
from common.periods import Period, UnknownPeriodError
from enterprises.models import Workstream
from ledger.calendar import WorkingCalendar, working_calendar
from ledger.lights import Colour, last_yellow_day, light_q, red_q
from ledger.models import ActionPlan, EntryEvent, ProblemEntry, RecoveryKind
from reports.burnup import Burnup, burnup
from reports.due import with_lights
from reports.headlines import FIRST_WORDS, Card, card, has_before, headline_values, records_url
from reports.rates import DEFAULT_TARGET, Rates, scoped
from reports.trends import HEADLINES, hairline, monthly

LIGHTS_SHOWN = 5


@dataclass(frozen=True)
class Share:
    """Both rates of one unit or matter, and its records."""

    name: str
    rates: Rates
    url: str

    @property
    def resolved_percent(self) -> int:
        return self.rates.resolved * 100 // self.rates.total if self.rates.total else 0

    @property
    def completed_percent(self) -> int:
        return self.rates.completed * 100 // self.rates.total if self.rates.total else 0


@dataclass(frozen=True)
class MoneyLine:
    label: str
    amount: Decimal
    percent: int
    url: str


@dataclass(frozen=True)
class Dashboard:
    period: Period
    day: date
    is_current: bool
    computed_at: datetime | None
    cards: list[Card]
    rates: Rates
    rate_change: str
    rate_line: str
    rate_months: str
    burnup: Burnup
    matters: list[Share]
    units: list[Share]
    lights: list[ProblemEntry]
    overdue: int
    money: list[MoneyLine]
    target_on: date | None
    days_left: int | None
    working_days_left: int | None

    @property
    def sentence(self) -> str:
        """“截至11月22日，登记 312 件，化解 268 件，化解率 85.9%，已达到 85% 目标；还有 6 件逾期。”"""
        one = self.rates
        when = f"截至{self.day.month}月{self.day.day}日" if self.is_current else f"截至{self.period.label}末"
        if not one.total:
            return f"{when}，还没有登记问题。"
        standing = f"已达到 {one.target}% 目标" if one.reached else f"离 {one.target}% 目标还差 {one.missing} 件"
        late = f"；还有 {self.overdue} 件逾期" if self.is_current and self.overdue else ""
        counts = f"登记 {one.total} 件，化解 {one.resolved} 件，化解率 {one.resolution_text}"
        return f"{when}，{counts}，{standing}{late}。"


def chosen_period(code: str, today: date) -> Period:
    """The half-year the address names, or the current one."""
    current = Period.half_of(today)
    try:
        period = Period.parse(code) if code else current
    except UnknownPeriodError:
        return current
    return period if period.months == current.months and period <= current else current


def periods_to_choose(today: date) -> list[Period]:
    """The office's half-years, newest first."""
    periods = [Period.half_of(today)]
    while has_before(periods[-1]):
        periods.append(periods[-1].previous())
    return periods


def dashboard(user: User, period: Period, today: date, now: datetime) -> Dashboard:
    """What this person sees of a half-year: of all units, or of one's own."""
    day = min(period.end, today)
    names, target, target_on = matters_and_target(user, period.start.year)
    calendar = working_calendar()
    curve = burnup(user, period, day, target, target_on)
    matters, units = shares(user, period, day, target, names)
    lights, overdue = pressing(user, today, calendar)
    values, computed_at = headline_values(user, period, now)
    months = monthly(period, user)
    days_left = (target_on - day).days if target_on else None
    return Dashboard(
        period=period,
        day=day,
        is_current=today in period,
        computed_at=computed_at,
        cards=[card(code, values[code], months.by_code[code], period, day) for code in HEADLINES],
        rates=curve.rates,
        rate_change=rate_change(curve.rates, curve.before, period),
        rate_line=hairline([tenths(rates) for rates in curve.months]),
        rate_months="，".join(rates.resolution_text for rates in curve.months),
        burnup=curve,
        matters=matters,
        units=units,
        lights=lights,
        overdue=overdue,
        money=money_lines(months.money, period),
        target_on=target_on,
        days_left=days_left,
        working_days_left=calendar.between(day, target_on) if target_on and days_left and days_left > 0 else None,
    )


def tenths(rates: Rates) -> int:
    return rates.resolved * 1000 // rates.total if rates.total else 0


def rate_change(rates: Rates, before: Rates, period: Period) -> str:
    if not has_before(period):
        return FIRST_WORDS
    if not rates.total or not before.total:
        return f"{period.previous().label}末没有可比的数"
    points = Decimal(tenths(rates) - tenths(before)) / 10
    way = "高" if points > 0 else "低"
    return f"比{period.previous().label}末{way} {plain(abs(points))} 个百分点" if points else "与上期末持平"


def matters_and_target(user: User, year: int) -> tuple[dict[int, str], int, date | None]:
    """The six matters by name, and the 化解率 the year's plan wants by when, in one statement."""
    plan = ActionPlan.objects.visible_to(user).filter(year=year)
    matters = Workstream.objects.visible_to(user).annotate(
        target=Subquery(plan.values("target_percent")[:1]), target_on=Subquery(plan.values("target_on")[:1])
    )
    rows = list(matters.values_list("pk", "name", "target", "target_on"))
    target, target_on = rows[0][2:] if rows else (None, None)
    return {pk: name for pk, name, *_ in rows}, target or DEFAULT_TARGET, target_on


def shares(
    user: User, period: Period, day: date, target: int, names: dict[int, str]
) -> tuple[list[Share], list[Share]]:
    """Both rates of the six matters in their order, and of the units that answered for entries that day, best first."""
    last = scoped(EntryEvent.objects.latest_by(day), user).order_by()
    rows = last.values_list("unit", "unit__name", "unit__short_name", "entry__workstream", "to_state")
    of_matter: dict[int, dict[str, int]] = {}
    of_unit: dict[tuple[int, str], dict[str, int]] = {}
    for unit, name, short, matter, state, number in rows.annotate(n=Count("pk")):
        add(of_unit.setdefault((unit, short or name), {}), state, number)
        if matter:
            add(of_matter.setdefault(matter, {}), state, number)
    matters = [
        Share(name, tell(of_matter.get(pk, {}), target), records_url("resolution_rate", period, workstream=pk))
        for pk, name in names.items()
    ]
    units = [
        Share(name, tell(states, target), records_url("resolution_rate", period, unit=pk))
        for (pk, name), states in of_unit.items()
    ]
    ranked = sorted((one for one in units if one.rates.total), key=lambda one: (-tenths(one.rates), -one.rates.total))
    return matters, ranked


def add(states: dict[str, int], state: str, number: int) -> None:
    states[state] = states.get(state, 0) + number


def tell(states: dict[str, int], target: int) -> Rates:
    return Rates.of(Counter(states), target=target)


def pressing(user: User, today: date, calendar: WorkingCalendar) -> tuple[list[ProblemEntry], int]:
    """The most pressing entries today, overdue ones first, then the yellow ones; how many are late."""
    yellow_until = last_yellow_day(today, calendar)
    pressed = red_q(today) | light_q(Colour.YELLOW, today, yellow_until)
    rows = (
        ProblemEntry.objects.visible_to(user)
        .filter(pressed)
        .annotate(late=Window(Count(Case(When(deadline__lt=today, then="pk")))))
        .select_related("enterprise", "project", "lead_unit", "unit")
        .order_by("deadline", "pk")[:LIGHTS_SHOWN]
    )
    entries = list(rows)
    return with_lights(entries, today, calendar), entries[0].late if entries else 0


def money_lines(money: dict[str, int], period: Period) -> list[MoneyLine]:
    most = max(money.values(), default=0)
    return [
        MoneyLine(
            kind.label,
            from_cents(money.get(kind, 0)),
            money.get(kind, 0) * 100 // most if most else 0,
            records_url("losses_total", period, kind=kind.value),
        )
        for kind in RecoveryKind
    ]
