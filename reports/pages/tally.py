"""统计: every figure as a row, by matter, unit, group, officer or industry, each number with its records' address."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from accounts.models import Unit, User
from common.money import plain, to_cents
from common.periods import AnyPeriod
from enterprises.models import Workstream
from jobs.models import ACTIVE, Job
from reports.closing.adjustments import moved_totals
from reports.closing.signed import rates_of
from reports.days.rates import RateTable
from reports.figures.blank import blank_words, is_blank, no_rates
from reports.figures.requests import KIND, look_at
from reports.figures.sequels import BESIDE, sequels
from reports.figures.shares import OTHERS, RULES, Dimension, shares
from reports.figures.values import UNSTATED as UNSTATED_WORD
from reports.figures.values import Figure, figures
from reports.figures.words import NOT_COUNTED, UNKNOWN, value_and_unit
from reports.models import Tally
from reports.records.addresses import records_url, sequel_links
from reports.records.stored import UNSTATED

WAYS = {
    "workstream": "分六件大事",
    "unit": "分单位",
    Dimension.GROUP.value: "分工作组",
    Dimension.INDUSTRY.value: "分产业",
    Dimension.OFFICER.value: "分干警",
}


@dataclass(frozen=True)
class Number:
    """A value in words and its unit, the same to the 分 where that differs, and its records."""

    text: str
    unit: str
    exact: str
    url: str


@dataclass(frozen=True)
class TallyRow:
    figure: Figure
    total: Number
    shares: list[Number | None]
    moved: str = ""  # since a closed period was signed: “+3，因…”
    sequels: list[tuple[str, str]] = field(default_factory=list)  # what became of what is counted, and its records


@dataclass(frozen=True)
class TallyTable:
    period: AnyPeriod
    by: str
    columns: list[str]
    rows: list[TallyRow]
    rates: RateTable
    computed_at: datetime | None
    job: Job | None
    people: "PeopleTable | None" = None
    blank: str = ""  # that nothing was recorded in the period, in words
    rule: str = ""


@dataclass(frozen=True)
class PeopleTable:
    """Officers as rows, since there are many of them: the figures any of them has as columns."""

    columns: list[Figure]
    lines: list[tuple[str, list[Number | None]]]


def tally_table(user: User, period: AnyPeriod, by: str, today: date, now: datetime) -> TallyTable:
    """The figures this person may see, shared `by` "workstream", "unit" or a dimension of `reports.figures.shares`.

    A half-year that never was counted is counted first; any other period by a job, for which the page waits.
    """
    job = look_at(period, user, now) if not period.is_half else None
    found = figures(period, user, now=now) if period.is_half or Tally.objects.of(period.code).exists() else []
    blank = bool(found) and is_blank(period, user, now=now)
    found = [] if blank else found
    table = rates_of(period, today, user)
    columns, shared, keys = split(user, period, by, found)
    people = by == Dimension.OFFICER
    moved = moved_totals(period, user) if period.is_half else {}
    after = sequel_links(sequels(period, user), period) if found else []
    return TallyTable(
        period=period,
        by=by,
        columns=[] if people else columns,
        rows=[
            replace(
                row(one, period, by, [] if people else columns, keys, shared[one.code]),
                moved=moved.get(one.code, ""),
                sequels=after if one.code == BESIDE.code else [],
            )
            for one in found
        ],
        rates=no_rates(table) if blank else table,
        blank=blank_words(period, is_current=today in period) if blank else "",
        computed_at=max((one.computed_at for one in found if one.computed_at), default=None),
        job=job or Job.objects.visible_to(user).filter(kind=KIND, state__in=ACTIVE, params__period=period.code).first(),
        people=people_table(found, columns, shared, keys, period) if people and found else None,
        rule=RULES.get(by, ""),
    )


def split(
    user: User, period: AnyPeriod, by: str, found: list[Figure]
) -> tuple[list[str], dict[str, dict[str, int | Decimal]], dict[str, int]]:
    """The names shares go by, each figure's shares by name, and what stands for a name in an address."""
    if by in RULES:
        part = shares(period, user, by)
        return list(part.names), {one.code: part.values.get(one.code, {}) for one in found}, part.names
    keys = share_keys(user, by)
    shared = {one.code: shares_of(one, by) for one in found}
    present = {name for values in shared.values() for name in values}
    columns = [name for name in keys if name in present or (by == "workstream" and name != UNSTATED_WORD)]
    return columns, shared, keys


def people_table(
    found: list[Figure],
    names: list[str],
    shared: dict[str, dict[str, int | Decimal]],
    keys: dict[str, int],
    period: AnyPeriod,
) -> PeopleTable:
    columns = [one for one in found if shared[one.code]]
    rows = {one.code: row(one, period, Dimension.OFFICER, names, keys, shared[one.code]).shares for one in columns}
    lines = [(name, [rows[one.code][at] for one in columns]) for at, name in enumerate(names)]
    return PeopleTable(columns, lines)


def share_keys(user: User, by: str) -> dict[str, int]:
    """The names shares go by, in their order, with what stands for each in an address."""
    if by == "unit":
        names = {name: pk for pk, name in Unit.objects.visible_to(user).own_names().items()}
    else:
        names = dict(Workstream.objects.visible_to(user).values_list("name", "pk"))
    return {**names, UNSTATED_WORD: UNSTATED}


def shares_of(one: Figure, by: str) -> dict[str, int | Decimal]:
    return one.by_unit if by == "unit" else one.by_workstream


def row(
    one: Figure,
    period: AnyPeriod,
    by: str,
    columns: list[str],
    keys: dict[str, int],
    shared: dict[str, int | Decimal],
) -> TallyRow:
    def share(name: str) -> Number | None:
        if not shared.get(name):
            return None
        return number(one, shared[name], "" if name == OTHERS else share_url(one.code, period, by, keys[name]))

    return TallyRow(
        figure=one,
        total=number(one, one.value, records_url(one.code, period)),
        shares=[share(name) for name in columns],
    )


def share_url(code: str, period: AnyPeriod, by: str, key: int) -> str:
    """The records of one share; a unit's is the unit's own, so that the shares add up."""
    return records_url(code, period, **{by: key}, only=1 if by == "unit" and key != UNSTATED else None)


def number(one: Figure, value: int | Decimal | None, url: str) -> Number:
    if value is None:
        return Number(NOT_COUNTED, "", UNKNOWN, url)
    if one.indicator.is_money:
        text, unit = value_and_unit(True, to_cents(value), "")
        return Number(text, unit, f"¥{value:,.2f}", url)
    return Number(plain(Decimal(value)), one.indicator.unit_word, "", url)
