"""What sentences may name beside the indicators: dates, the plan, who led, and where the two rates stand."""

from collections.abc import Callable, Iterable

from django.db.models import Count, Q

from cases.models import Campaign
from reports.briefing.text.bound import Bound, FigureBook
from reports.briefing.text.facts import Facts, long_date, short_date
from reports.briefing.text.rate_words import RATE_WORDS, Told, days_left, reached, target_kept, target_verdict
from reports.briefing.text.scopes import Scope
from reports.figures.registry.indicators import CALM, INDICATORS

FEW = 6
OTHER_KIND = "其他"  # says nothing in a sentence


class Words(Facts):
    """Each word is looked up once, when a sentence first names it; None where there is nothing to say."""

    def __init__(self, scope: Scope, book: FigureBook) -> None:
        super().__init__(scope, book)
        self.known: dict[str, str | Bound | None] = {}

    def __getitem__(self, name: str) -> str | Bound | None:
        if name not in self.known:
            self.known[name] = (WORDS.get(name) or RATE_WORDS[name])[1](self)
        return self.known[name]


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


def opening_end(words: Words) -> str:
    """How the opening paragraph ends: “现将……汇报如下”, or that nothing was recorded."""
    period = words.scope.period.label
    return f"{period}暂无工作记录" if words.book.is_empty else f"现将{period}工作情况汇报如下"


def calm_how(words: Words) -> str:
    """Months without a case that do not follow one another are no calm that lasts."""
    period, today = words.scope.period, words.scope.today
    months = sum(month.end < today for month in period.split())
    return "持续" if words.book.bound(CALM.code).value == months else "累计"


def of_plan(attribute: str, form: Callable = str) -> Callable[[Words], str | None]:
    return lambda words: form(getattr(words.plan, attribute)) or None if words.plan else None


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
    "target_verdict": ("目标日是否达标", target_verdict),
    "opening_end": ("开头的末句", opening_end),
    "calm_how": ("持续或累计", calm_how),
}
PICKED = {"examples": "所选例子", "done": "所选工作"}
