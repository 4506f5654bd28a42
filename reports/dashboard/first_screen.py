"""驾驶舱: everything the leader's one screen shows, as of the chosen period, in ten statements at most."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, IntegerField, QuerySet, Subquery, Value
from django.urls import reverse

from accounts.models import User
from common.money import from_cents, plain
from common.periods import AnyPeriod
from common.rows.keysets import leading
from ledger.answering import ANSWERS, SUPPORTS, only_supports_q
from ledger.calendar import WorkingCalendar
from ledger.lights import Colour, last_yellow_day, light_q, red_q, with_lights
from ledger.models import ProblemEntry, RecoveryKind, SupervisionOrder
from ledger.querysets import EntryQuerySet
from reports.closing.adjustments import moved_totals
from reports.dashboard.burnup import Burnup, burnup
from reports.dashboard.cards import Card, card, headlines, without_before
from reports.dashboard.months import HEADLINES, Hairline, hairline
from reports.dashboard.overview import Basis, Share, TargetMet, basis, matters, units
from reports.days.forecast import Forecast
from reports.days.populations import Population
from reports.days.rates import Rates, thousandths
from reports.figures import balance
from reports.figures.blank import blank_words
from reports.records.addresses import entries_url, records_url

LIGHTS_SHOWN = 5
RESOLVED_CODES = {Population.ALL: balance.RATED_RESOLVED, Population.YEAR: balance.YEAR_RESOLVED}


@dataclass(frozen=True)
class MoneyLine:
    label: str
    amount: Decimal
    percent: int
    url: str


@dataclass(frozen=True)
class Late:
    """How many entries are overdue today: those one's units answer for, and told apart those they only support."""

    overdue: int
    supported: int
    url: str
    supported_url: str


NOBODY_LATE = Late(0, 0, "", "")  # of a past period: today's red list is none of its


@dataclass(frozen=True)
class LateOrders:
    """How many of a unit's 督办单 are overdue unanswered today, and the list of exactly these."""

    unit: str
    count: int
    url: str


@dataclass(frozen=True)
class Dashboard:
    period: AnyPeriod
    population: Population
    day: date
    is_current: bool
    is_blank: bool
    computed_at: datetime | None
    cards: list[Card]
    rates: Rates
    beside: Rates
    met: TargetMet | None
    rate_change: str
    rate_moved: str
    rate_line: Hairline
    rate_months: str
    burnup: Burnup
    forecast: Forecast | None
    matters: list[Share]
    units: list[Share]
    lights: list[ProblemEntry]
    late: Late
    orders: list[LateOrders]
    money: list[MoneyLine]
    target_on: date | None
    days_left: int | None
    working_days_left: int | None

    @property
    def late_orders(self) -> int:
        return sum(one.count for one in self.orders)

    @property
    def overdue(self) -> int:
        return self.late.overdue

    @property
    def sentence(self) -> str:
        """“截至11月22日，登记 312 件，化解 268 件，化解率 85.9%，已达到 85% 目标；还有 6 件逾期。”"""
        one = self.rates
        one_day = f"{self.day.month}月{self.day.day}日"
        when = f"截至{one_day if self.is_current else self.period.label + '末'}"
        if not self.is_current and not self.period.is_half:
            when = f"截至{self.day.year}年{one_day}"
        late = f"；还有 {self.overdue} 件逾期" if self.is_current and self.overdue else ""
        if self.is_blank:
            return f"{blank_words(self.period, is_current=self.is_current)}{late}。"
        if not one.total:
            return f"{when}，还没有登记问题。"
        standing = f"已达到 {one.target}% 目标" if one.reached else f"离 {one.target}% 目标还差 {one.missing} 件"
        counts = f"{one.counted_words}，化解 {one.resolved} 件，化解率 {one.resolution_text}"
        return f"{when}，{one.population.label}{counts}，{standing}{late}。"


def dashboard(
    user: User, period: AnyPeriod, today: date, now: datetime, population: Population = Population.YEAR
) -> Dashboard:
    """What this person sees of a period: of all units, or of one's own."""
    told = headlines(user, period, now)
    ground = basis(user, period, today, now, population)
    curve = burnup(ground)
    lights, late, orders = told_today(user, today, ground.calendar) if ground.is_current else ([], NOBODY_LATE, [])
    day, target_on = ground.day, ground.target_on
    moved = moved_totals(period, user) if ground.is_signed else {}
    days_left = (target_on - day).days if target_on else None
    return Dashboard(
        period=period,
        population=population,
        day=day,
        is_current=ground.is_current,
        computed_at=ground.counted_at(told.computed_at),
        is_blank=ground.is_blank,
        cards=[card(code, told, ground, moved.get(code, "")) for code in HEADLINES],
        rates=ground.rates,
        beside=ground.beside,
        met=ground.met,
        rate_change=rate_change(ground, curve.before),
        rate_moved=moved.get(RESOLVED_CODES[population], ""),
        rate_line=rate_line(curve.months),
        rate_months="，".join(rates.resolution_text for rates in curve.months),
        burnup=curve,
        forecast=ground.forecast,
        matters=matters(ground),
        units=units(ground),
        lights=lights,
        late=late,
        orders=orders,
        money=[] if ground.is_blank else money_lines(told.months.money, period),
        target_on=target_on,
        days_left=days_left,
        working_days_left=ground.calendar.between(day, target_on)
        if target_on and days_left and days_left > 0
        else None,
    )


def rate_line(months: list[Rates]) -> Hairline:
    """化解率 at the months' ends, from nought to the whole."""
    return hairline([thousandths(one.resolved, one.total) if one.total else None for one in months], 1000, "100%")


def rate_change(ground: Basis, before: Rates) -> str:
    rates, period = ground.rates, ground.period
    if alone := without_before(ground):
        return alone
    if not rates.total or not before.total:
        return f"{period.previous().label}末没有可比的数"
    gained = thousandths(rates.resolved, rates.total) - thousandths(before.resolved, before.total)
    points = Decimal(gained) / 10
    way = "高" if points > 0 else "低"
    return f"比{period.previous().label}末{way} {plain(abs(points))} 个百分点" if points else "与上期末持平"


def told_today(user: User, today: date, calendar: WorkingCalendar) -> tuple[list[ProblemEntry], Late, list[LateOrders]]:
    """What presses today; the line of the orders takes the place of one entry, for the screen is full."""
    lights, late = pressing(user, today, calendar)
    orders = late_orders(user, today)
    return lights[: LIGHTS_SHOWN - 1] if orders else lights, late, orders


def pressing(user: User, today: date, calendar: WorkingCalendar) -> tuple[list[ProblemEntry], Late]:
    """The most pressing entries today that one's units answer for, overdue ones first, then the yellow ones; how many
    are late, and how many of those others answer for and one's units support."""
    mine, beside = whose(user)
    counts = {"late": counted(mine.overdue(today)), "supported": counted(beside.overdue(today))}
    pressed = red_q(today) | light_q(Colour.YELLOW, today, last_yellow_day(today, calendar))
    rows = leading(mine.filter(pressed), LIGHTS_SHOWN, "deadline", "pk").annotate(**counts)
    entries = list(rows.select_related("enterprise", "project", "lead_unit", "unit"))
    # The counts ride on the entries; where nothing presses, only what one's units support can be late.
    late, supported = (entries[0].late, entries[0].supported) if entries else (0, beside.overdue(today).count())
    asked = {} if user.sees_all else {"ours": ANSWERS}
    told = Late(late or 0, supported or 0, entries_url(overdue=1, **asked), entries_url(overdue=1, ours=SUPPORTS))
    return with_lights(entries, today, calendar), told


def late_orders(user: User, today: date) -> list[LateOrders]:
    """Units with 督办单 not answered in time, the most first; of what the person may see."""
    rows = SupervisionOrder.objects.visible_to(user).late(today).order_by()
    found = rows.values_list("unit", "unit__name").annotate(count=Count("pk")).order_by("-count", "unit__order", "unit")
    base = reverse("ledger:order-list")
    return [LateOrders(name, count, f"{base}?late=1&unit={pk}&only=1") for pk, name, count in found]


def whose(user: User) -> tuple[EntryQuerySet, EntryQuerySet]:
    """Those one's units answer for, and those they only support; the units read first, which every part asks for."""
    entries = ProblemEntry.objects.all()
    if user.sees_all:
        return entries, entries.none()
    units = list(user.scope_units().values_list("pk", flat=True))
    return entries.answered_by(units), entries.filter(only_supports_q(units))


def counted(rows: QuerySet[ProblemEntry]) -> Subquery:
    number = rows.order_by().values(one=Value(1)).annotate(n=Count("pk")).values("n")
    return Subquery(number, output_field=IntegerField())


def money_lines(money: dict[str, int], period: AnyPeriod) -> list[MoneyLine]:
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
