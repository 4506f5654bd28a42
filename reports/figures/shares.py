"""Each figure by work group, officer, industry, month and kind: one more GROUP BY a source, stored beside the tally.

Values are integers as in `reports.figures.tallies`: counts, or 分 for money.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from django.db.models import F

from accounts.models import User, WorkGroup
from common.money import to_cents
from common.periods import AnyPeriod
from enterprises.models import Industry
from ledger.models import RecoveryKind
from reports.figures.registry.indicators import INDICATORS, Indicator
from reports.figures.values import UNSTATED, shown
from reports.models import Share

Dimension = Share.Dimension
OTHERS = "其他单位人员"  # people this person is not shown
RULES: dict[str, str] = {  # the dimensions a table can be split by; months and kinds are drawn
    Dimension.GROUP: "按经办干警现在所在的派驻工作组",
    Dimension.OFFICER: "按经办干警；挽回损失按所挂案件、问题或活动的经办人，检察建议和典型案例按所涉案件的承办人",
    Dimension.INDUSTRY: "按企业所属产业；调查表按表上所填，案件涉及几家的按第一家，重点项目按在册的建设单位",
}


@dataclass(frozen=True, order=True)
class ShareCell:
    """One stored share; `unit` is None with `whole`, or where the record states none."""

    indicator: str
    dimension: str
    key: int | None
    unit: int | None
    whole: bool
    value: int

    @property
    def slot(self) -> str:
        return f"{self.dimension}:{self.key or ''}:{'*' if self.whole else self.unit or ''}"


FIELDS = ("indicator", "dimension", "key", "unit", "whole", "value")


def can_split(one: Indicator) -> bool:
    """Whether the records of a figure state an officer and an industry at all."""
    return bool(one.source.splits)


def compute_shares(
    period: AnyPeriod, *, units: Iterable[int] | None = None, sources: Collection[str] | None = None
) -> list[ShareCell]:
    """Counts every share from the records, of all units or of some taken together; of all sources or of some."""
    groups = dict(User.objects.values_list("pk", "work_group"))
    chosen = None if units is None else sorted(units)
    counted = sorted((one for one in INDICATORS.values() if can_split(one)), key=lambda one: one.source.key)
    cells: list[ShareCell] = []
    for key, group in groupby(counted, key=lambda one: one.source.key):
        indicators = list(group)
        if (sources is None or key in sources) and indicators[0].source.applies(period):
            cells.extend(count_shares(indicators, period, groups, chosen))
    return cells


def count_shares(
    indicators: list[Indicator], period: AnyPeriod, groups: dict[int, int | None], units: list[int] | None
) -> Iterator[ShareCell]:
    """All the indicators of one source in one statement."""
    source = indicators[0].source
    rows = source.rows(period).order_by()
    if units is not None:
        rows = rows.filter(**{f"{source.unit}__in": units})
    keys = {"of_unit": F(source.unit), **{f"of_{name}": where for name, where in source.splits.items()}}
    if source.item:
        keys["of_item"] = F(source.item)
    grouped = list(rows.values(**keys).annotate(**{one.code: one.aggregate(period) for one in indicators}))
    for one in indicators:
        found: dict[tuple[str, int | None, int | None, bool], list[int]] = defaultdict(list)
        for row in grouped:
            if value := row[one.code]:
                what = row["of_item"] if source.item else to_cents(value) if one.is_money else value
                parts = [(name, row[f"of_{name}"]) for name in source.splits]
                for dimension, key in [*parts, (Dimension.GROUP, groups.get(row["of_officer"]))]:
                    found[dimension, key, row["of_unit"], False].append(what)
                    found[dimension, key, None, True].append(what)
        for (dimension, key, unit, whole), values in found.items():
            value = len(set(values)) if source.item else sum(values)
            yield ShareCell(one.code, dimension, key, unit, whole, value)


def store_shares(
    period: AnyPeriod, cells: Iterable[ShareCell], now: datetime, codes: Collection[str] | None = None
) -> None:
    """Replaces the shares of the period, or of some indicators; the caller holds the transaction."""
    rows = [
        Share(
            period=period.code,
            indicator=cell.indicator,
            dimension=cell.dimension,
            key=cell.key,
            unit_id=cell.unit,
            whole=cell.whole,
            slot=cell.slot,
            value=cell.value,
            computed_at=now,
        )
        for cell in sorted(cells, key=lambda cell: (cell.indicator, cell.slot))
    ]
    Share.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["period", "indicator", "slot"],
        update_fields=["dimension", "key", "unit", "whole", "value", "computed_at"],
    )
    older = Share.objects.of(period.code).exclude(computed_at=now)
    (older if codes is None else older.filter(indicator__in=codes)).delete()
    older.update(computed_at=now)


@dataclass(frozen=True)
class Shares:
    """One dimension of a period as a person may see it: names in their order with their keys, values by name."""

    names: dict[str, int]
    values: dict[str, dict[str, int | Decimal]]  # indicator → name → value


def shares(period: AnyPeriod, user: User, dimension: str) -> Shares:
    """The stored shares of a dimension: the whole office's, or those of the person's units."""
    rows = Share.objects.of(period.code).visible_to(user).filter(dimension=dimension, whole=user.sees_all)
    cells = [ShareCell(*row) for row in rows.order_by().values_list(*FIELDS)]
    if not user.sees_all and cells:
        units = list(user.scope_units().values_list("pk", flat=True))
        if len(units) > 1:  # what is counted once does not add up over units
            cells = [one for one in compute_shares(period, units=units) if one.whole and one.dimension == dimension]
    names = named_keys(dimension, user, {cell.key for cell in cells if cell.key is not None})
    values: dict[str, dict[str, int | Decimal]] = defaultdict(lambda: defaultdict(int))
    for cell in cells:
        if one := INDICATORS.get(cell.indicator):
            name = UNSTATED if cell.key is None else names.get(cell.key, OTHERS)
            values[cell.indicator][name] += shown(one, cell.value)
    present = {name for of_one in values.values() for name in of_one}
    ordered = {name: key for key, name in names.items() if name in present}
    return Shares(
        ordered | {name: 0 for name in (OTHERS, UNSTATED) if name in present},
        {code: dict(of_one) for code, of_one in values.items()},
    )


def named_keys(dimension: str, user: User, keys: Collection[int] = ()) -> dict[int, str]:
    """Names of what this person may see of a dimension; two people of one name are told apart by their number.

    Months have those of the `keys` there are.
    """
    if dimension == Dimension.MONTH:
        return {key: f"{key // 100}年{key % 100}月" for key in sorted(keys)}
    if dimension == Dimension.KIND:
        return dict(enumerate(map(str, RecoveryKind.labels)))
    if dimension == Dimension.OFFICER:
        people = list(
            User.objects.visible_to(user)
            .order_by("unit__order", "unit_id", "username")
            .values_list("pk", "name", "username")
        )
        names = [name for _, name, _ in people]
        return {pk: name if names.count(name) == 1 else f"{name}（{number}）" for pk, name, number in people}
    model = WorkGroup if dimension == Dimension.GROUP else Industry
    return dict(model.objects.visible_to(user).values_list("pk", "name"))
