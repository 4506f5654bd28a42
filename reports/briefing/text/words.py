"""What sentences may name beside the indicators: dates, the plan, who led, and where the two rates stand."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import Count, Q

from cases.models import Campaign
from ledger.calendar import working_calendar
from ledger.models import ActionPlan, ActivityKind, ServiceActivity
from reports.briefing.text.bound import Bound, FigureBook
from reports.briefing.text.scopes import Scope
from reports.closing.signed import rates_of
from reports.days.forecast import Forecast, Outlook, pace_since
from reports.days.from_events import rates_on
from reports.days.populations import Population
from reports.days.rates import NO_RATE, Rates, RateTable
from reports.figures.indicators import CALM, INDICATORS

FEW = 6
OTHER_KIND = "其他"  # says nothing in a sentence


class Words:
    """Each word is looked up once, when a sentence first names it; None where there is nothing to say."""

    def __init__(self, scope: Scope, book: FigureBook) -> None:
        self.scope, self.book = scope, book
        self.known: dict[str, str | Bound | None] = {}
        self.moved: dict[str, int] = {}  # of a closed period, how far counts of `Rates` are to be taken from the signed

    def __getitem__(self, name: str) -> str | Bound | None:
        if name not in self.known:
            self.known[name] = (WORDS.get(name) or RATE_WORDS[name])[1](self)
        return self.known[name]

    @cached_property
    def plan(self) -> ActionPlan | None:
        year = self.scope.period.start.year
        return ActionPlan.objects.prefetch_related("goals", "phases").filter(year=year).first()

    @cached_property
    def tables(self) -> RateTable:
        """Of a closed period as it was signed: over both populations."""
        return rates_of(self.scope.period, self.scope.today, self.scope.viewer)

    @property
    def table(self) -> RateTable:
        """Of this year's ledger, which the target judges."""
        return self.tables.over(Population.YEAR)

    @property
    def rates(self) -> Rates:
        """The scope's counts of this year's ledger on the cut-off day; none where the period has no records."""
        if self.book.is_empty:
            return Rates(target=self.table.target)
        own = self.own(self.table)
        return replace(own, **{name: getattr(own, name) + delta for name, delta in self.moved.items()})

    @property
    def rates_of_all(self) -> Rates:
        """The same over all there ever were."""
        if self.book.is_empty:
            return Rates(target=self.table.target)
        return self.own(self.tables)

    def own(self, table: RateTable) -> Rates:
        """The scope's line of a table."""
        of_none = Rates(target=self.table.target)
        if self.scope.workstream:
            return table.by_workstream.get(self.scope.workstream.name, of_none)
        return table.all

    @cached_property
    def forecast(self) -> Forecast:
        """As of the cut-off day, as the dashboard has it of today."""
        day, calendar = self.scope.day, working_calendar()
        since = pace_since(day, calendar)
        outlook = Outlook(day, since, self.table.target_on, calendar)
        then = rates_on(since, self.scope.viewer).over(Population.YEAR)
        return Forecast(self.rates, self.own(then), outlook)

    def bound(self, name: str, value: int, exact: str, text: str, population: Population = Population.YEAR) -> Bound:
        scope = self.scope
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

    def phases(self, after: date | None = None) -> str | None:
        shown = [one for one in self.plan.phases.all() if after is None or one.ends_on > after] if self.plan else []
        return "、".join(f"{one.name}（{months(one.starts_on, one.ends_on)}）" for one in shown) or None

    def visits(self) -> list[ServiceActivity]:
        visits = ServiceActivity.objects.in_period(self.scope.period).filter(kind=ActivityKind.LEADER_VISIT)
        return self.scope.place.narrowed(visits, "workstream", "unit")


def long_date(day: date | None) -> str | None:
    return f"{day.year}年{day.month}月{day.day}日" if day else None


def short_date(day: date | None) -> str | None:
    return f"{day.month}月{day.day}日" if day else None


def months(first: date, last: date) -> str:
    return f"{first.month}月" if first.month == last.month else f"{first.month}月至{last.month}月"


def listed(names: Iterable[str]) -> str | None:
    """The first few of them, in the order given, each once."""
    return "、".join(list(dict.fromkeys(filter(None, names)))[:FEW]) or None


def often(rows: Iterable[tuple[str, int]]) -> str | None:
    return listed(name for name, _ in sorted(rows, key=lambda row: (-row[1], str(row[0]))))


def goals(words: Words) -> str | None:
    names = [one.name for one in words.plan.goals.all()] if words.plan else []
    return f"{'、'.join(names)}{len(names)}个目标" if names else None


def phases(words: Words) -> str | None:
    told = words.phases()
    return f"{told}{len(words.plan.phases.all())}个阶段" if told and words.plan else None


def leaders(words: Words) -> str | None:
    """As protocol has it: the city's own leaders, then the heads of the units in the units' order."""
    rows = words.visits().order_by().values_list("led_by").annotate(n=Count("pk"))

    def rank(name: str) -> int:
        heads = (at for at, unit in enumerate(words.scope.units, 1) if unit.name in name or unit.label in name)
        return next(heads, 0)

    return listed(name for name, _ in sorted(rows, key=lambda row: (rank(row[0]), -row[1], row[0])))


def leader_matters(words: Words) -> str | None:
    visits = words.visits().filter(workstream__isnull=False).values_list("workstream", flat=True)
    seen = set(visits.order_by())
    return listed(one.name for one in words.scope.matters if one.pk in seen)


def leader_kinds(words: Words) -> str | None:
    rows = INDICATORS["leader_resolved"].rows(words.scope.period)
    kinds = words.scope.place.narrowed(rows, "entry__workstream", "unit")
    kinds = kinds.exclude(entry__category__name=OTHER_KIND).order_by().values_list("entry__category__name")
    return often(kinds.annotate(n=Count("pk")))


def campaigns(words: Words) -> str | None:
    period = words.scope.period
    running = Campaign.objects.filter(starts_on__lt=period.next_start).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=period.start)
    )
    return "、".join(f"“{name}”" for name in running.order_by("starts_on", "pk").values_list("name", flat=True)) or None


def rate(name: str, part: str) -> Callable[[Words], Bound | None]:
    def told(words: Words) -> Bound | None:
        rates = words.rates
        text = rates.resolution_text if part == "resolved" else rates.completion_text
        number = getattr(rates, part)
        if text == NO_RATE:
            return None
        return words.bound(name, number * 1000 // rates.total, f"{text}（{number}/{rates.total}件）", text)

    return told


def rate_of_all(name: str, part: str) -> Callable[[Words], Bound | None]:
    """Over all there ever were; nothing to say in the first year, when it is the same."""

    def told(words: Words) -> Bound | None:
        rates = words.rates_of_all
        if not rates.total or rates.registered == words.rates.registered:
            return None
        text = rates.resolution_text if part == "resolved" else rates.completion_text
        number = getattr(rates, part)
        exact = f"{text}（{number}/{rates.total}件）"
        return words.bound(name, number * 1000 // rates.total, exact, text, Population.ALL)

    return told


def counted(words: Words) -> Bound | None:
    total = words.rates.total
    return words.bound("entries_counted", total, f"{total}件", f"{total}件") if total else None


def gap(words: Words) -> Bound | None:
    missing = words.rates.missing
    return words.bound("gap", missing, f"{missing}件", f"{missing}件") if missing else None


def pace_needed(words: Words) -> Bound | None:
    """Entries a week to the target day, as the dashboard's forecast has it: new ones counted in, working weeks only."""
    if not words.rates.missing or words.forecast.needed_a_week == NO_RATE:
        return None
    needed = words.forecast.needed_a_week
    return words.bound("pace_needed", int(Decimal(needed) * 10), f"{needed}件", f"{needed}件")


def days_left(words: Words) -> str | None:
    days = words.table.days_left
    return f"{days}天" if days is not None and days > 0 and words.rates.missing else None


def opening_end(words: Words) -> str:
    """How the opening paragraph ends: “现将……汇报如下”, or that nothing was recorded."""
    period = words.scope.period.label
    return f"{period}暂无工作记录" if words.book.is_empty else f"现将{period}工作情况汇报如下"


def calm_how(words: Words) -> str:
    """Months without a case that do not follow one another are no calm that lasts."""
    period, today = words.scope.period, words.scope.today
    months = sum(month.end < today for month in period.split())
    return "持续" if words.book.bound(CALM.code).value == months else "累计"


def target_kept(words: Words) -> str | None:
    plan = words.plan
    return f"{short_date(plan.target_on)}前化解率达到{plan.target_percent}%的目标" if plan else None


def reached(words: Words) -> str | None:
    return f"化解率已达到{words.rates.target}%的目标" if words.rates.reached else None


def of_plan(attribute: str, form: Callable = str) -> Callable[[Words], str | None]:
    return lambda words: form(getattr(words.plan, attribute)) or None if words.plan else None


Told = tuple[str, Callable[[Words], str | Bound | None]]
WORDS: dict[str, Told] = {
    "period": ("统计期", lambda words: words.scope.period.label),
    "scope": ("单位或大事", lambda words: words.scope.name or None),
    "who": ("行文单位", lambda words: words.scope.name if words.scope.unit else "政法系统"),
    "day": ("截止日", lambda words: long_date(words.scope.day)),
    "matters": ("六件大事", lambda words: "、".join(one.name for one in words.scope.matters) or None),
    "leaders": ("带队领导", leaders),
    "leader_matters": ("领导到过的大事", leader_matters),
    "leader_kinds": ("领导化解的类别", leader_kinds),
    "campaigns": ("专项行动", campaigns),
    "plan": ("工作方案", of_plan("title")),
    "goals": ("方案的目标", goals),
    "phases": ("方案的阶段", phases),
    "next_phases": ("后面的阶段", lambda words: words.phases(words.scope.day)),
    "meeting": ("研究方案的会议", of_plan("discussed_at")),
    "met_on": ("研究方案的日期", of_plan("discussed_on", short_date)),
    "concentrated_from": ("集中化解起始日", of_plan("concentrated_from", short_date)),
    "target": ("化解率目标", of_plan("target_percent", lambda percent: f"{percent}%")),
    "target_on": ("目标日期", of_plan("target_on", short_date)),
    "days_left": ("距目标日期", days_left),
    "reached": ("已达到目标", reached),
    "target_told": ("目标的说法", target_kept),
    "opening_end": ("开头的末句", opening_end),
    "calm_how": ("持续或累计", calm_how),
}
RATE_WORDS: dict[str, Told] = {
    "resolution_rate": ("化解率", rate("resolution_rate", "resolved")),
    "completion_rate": ("办结率", rate("completion_rate", "completed")),
    "resolution_rate_all": ("累计化解率", rate_of_all("resolution_rate_all", "resolved")),
    "completion_rate_all": ("累计办结率", rate_of_all("completion_rate_all", "completed")),
    "entries_counted": ("计入两率的问题", counted),
    "gap": ("距目标还差", gap),
    "pace_needed": ("每周需化解", pace_needed),
}
PICKED = {"examples": "所选例子", "done": "所选工作"}
