"""Records an author picks as examples: resolved problems, activities, cases and typical cases, and how each is told."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from accounts.models import User
from cases.models import CaseResult, LegalCase, TypicalCase
from common.money import in_wan
from common.sent.numbers import whole_number
from common.sent.seeking import with_words
from ledger.models import ActionPlan, ActivityKind, ProblemEntry, ServiceActivity
from ledger.states import EntryState
from reports.briefing.text.scopes import Scope
from reports.figures.registry.dates import within

Pick = dict[str, Any]  # {"kind": "entry", "id": 7}, as it is stored
OFFERED = 20
LOOKED_AT = 200


def entry_words(row: ProblemEntry) -> str:
    money = f"（涉及金额{in_wan(row.amount)}）" if row.amount else ""
    return f"“{row.title}”{money}"


def activity_words(row: ServiceActivity) -> str:
    who = row.led_by or str(row.unit)
    what = f"，{row.summary.strip().rstrip('。；，')}" if row.summary.strip() else f"开展{row.get_kind_display()}"
    return f"{row.happened_on.month}月{row.happened_on.day}日，{who}到{row.target or '现场'}{what}"


def case_words(row: LegalCase) -> str:
    result = f"，已{row.get_result_display()}" if row.result not in (CaseResult.NONE, CaseResult.OTHER) else ""
    return f"办理{row.title or row.get_kind_display()}一案{result}"


def typical_words(row: TypicalCase) -> str:
    return f"《{row.title}》（{row.channel}）"


@dataclass(frozen=True)
class Kind:
    """One kind of record: its rows of a period, how it is told, what parts examples of it."""

    label: str
    model: Any
    rows: Callable[[Scope], Q]
    words: Callable[[Any], str]
    related: tuple[str, ...]
    order: tuple[Any, ...]
    unit: str = "unit"
    stop: str = "；"
    search: tuple[str, ...] = ()

    def of(self, scope: Scope, user: User | None) -> QuerySet[Any]:
        """What this person may pick for a briefing; without a person, all of its scope."""
        rows = self.model.objects.all() if user is None else self.model.objects.visible_to(user)
        rows = rows.filter(self.rows(scope))
        rows = scope.place.narrowed(rows, "workstream", self.unit)
        return rows.select_related(*self.related).order_by(*self.order)


KINDS: dict[str, Kind] = {
    "entry": Kind(
        "化解的问题",
        ProblemEntry,
        lambda scope: within("confirmed_on", scope.period) & Q(state__in=EntryState.RESOLVED),
        entry_words,
        (),
        (F("amount").desc(nulls_last=True), "pk"),
        unit="lead_unit",
        stop="、",
        search=("title", "number"),
    ),
    "activity": Kind(
        "服务活动",
        ServiceActivity,
        lambda scope: within("happened_on", scope.period) & ~Q(summary=""),
        activity_words,
        ("enterprise", "project", "unit"),
        ("-happened_on", "-pk"),
        search=("summary", "enterprise__name_key", "project__name_key", "led_by"),
    ),
    "case": Kind(
        "涉企案件",
        LegalCase,
        lambda scope: within("closed_on", scope.period),
        case_words,
        (),
        ("-closed_on", "-pk"),
        search=("title", "number"),
    ),
    "typical": Kind(
        "典型案例",
        TypicalCase,
        lambda scope: within("published_on", scope.period),
        typical_words,
        (),
        ("published_on", "pk"),
        stop="、",
        search=("title", "channel"),
    ),
}


def value_of(pick: Pick) -> str:
    return f"{pick['kind']}:{pick['id']}"


def read(values: Iterable[str]) -> list[Pick]:
    """Picks as a form posts them; what is no pick is dropped."""
    picks = []
    for value in values:
        kind, _, pk = str(value).partition(":")
        number = whole_number(pk)
        if kind in KINDS and number is not None:
            picks.append({"kind": kind, "id": number})
    return picks


def find(picks: Iterable[Pick], allowed: Callable[[str], QuerySet[Any]] | None = None) -> dict[str, Any]:
    """The records picked, by `value_of`: a statement a kind. `allowed` narrows what may be found."""
    wanted = defaultdict(list)
    for pick in picks:
        wanted[pick["kind"]].append(pick["id"])
    found: dict[str, Any] = {}
    for kind, pks in wanted.items():
        rows = allowed(kind) if allowed else KINDS[kind].model.objects.select_related(*KINDS[kind].related)
        found |= {value_of({"kind": kind, "id": row.pk}): row for row in rows.filter(pk__in=pks)}
    return found


def told(picks: Iterable[Pick], found: dict[str, Any]) -> str | None:
    """The picked records in one breath; those that are gone are not told."""
    kept = [(KINDS[pick["kind"]], found[value_of(pick)]) for pick in picks if value_of(pick) in found]
    stop = "、" if all(kind.stop == "、" for kind, _ in kept) else "；"
    return stop.join(kind.words(row) for kind, row in kept) or None


def offers(scope: Scope, user: User, words: str = "") -> list[tuple[str, str]]:
    """What may be picked, as (value, text): the first of each kind, those that hold the words."""
    offered = []
    for name, kind in KINDS.items():
        rows = with_words(kind.of(scope, user), words, *kind.search)
        offered += [(f"{name}:{row.pk}", f"{kind.label}：{kind.words(row)}") for row in rows[:OFFERED]]
    return offered


def distinct(rows: Iterable[Any], key: Callable[[Any], Any], count: int) -> list[Any]:
    """The first few that do not say the same."""
    seen: dict[Any, Any] = {}
    for row in rows:
        seen.setdefault(key(row), row)
        if len(seen) == count:
            break
    return list(seen.values())


def leader_picks(scope: Scope, user: User | None) -> list[Pick]:
    rows = KINDS["activity"].of(scope, user).filter(kind=ActivityKind.LEADER_VISIT)[:LOOKED_AT]
    return [{"kind": "activity", "id": row.pk} for row in distinct(rows, lambda row: row.summary, 2)]


def matter_picks(scope: Scope, user: User | None, matter: int) -> list[Pick]:
    """What was done for a matter that has no figures of its own: one settled case, two different activities."""
    cases = KINDS["case"].of(scope, user).filter(workstream=matter, result__in=[CaseResult.SETTLED, CaseResult.SOLVED])
    activities = KINDS["activity"].of(scope, user).filter(workstream=matter).exclude(kind=ActivityKind.DUTY)
    done = distinct(activities[:LOOKED_AT], lambda row: row.summary, 2)
    return [{"kind": "activity", "id": row.pk} for row in done] + [
        {"kind": "case", "id": row.pk} for row in cases.exclude(title="")[:1]
    ]


def typical_picks(scope: Scope, user: User | None) -> list[Pick]:
    return [{"kind": "typical", "id": row.pk} for row in KINDS["typical"].of(scope, user)[:1]]


def concentrated_picks(scope: Scope, user: User | None) -> list[Pick]:
    """The two largest problems of the concentrated resolution."""
    plan = ActionPlan.objects.filter(year=scope.period.start.year).first()
    if plan is None or plan.concentrated_from is None:
        return []
    rows = KINDS["entry"].of(scope, user).filter(confirmed_on__gte=plan.concentrated_from)
    chosen = distinct(rows[:LOOKED_AT], lambda row: row.title, 2)
    return [{"kind": "entry", "id": row.pk} for row in chosen]
