"""What moved in a closed period since it was signed, of the figures a text tells, each in its own place."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from common.periods import Period
from ledger.models import Correction
from reports.briefing.text.bound import Bound, place_name
from reports.briefing.text.scopes import Place, Scope
from reports.closing.adjustments import adds_up, tell
from reports.closing.books import current_close
from reports.figures import balance
from reports.figures.levels import level_of
from reports.models import Adjustment, PeriodClose, Recount

# What a rate is stored as.
STORED = {
    "resolution_rate": balance.YEAR_RESOLVED,
    "completion_rate": balance.YEAR_DONE,
    "entries_counted": balance.YEAR,
    "resolution_rate_all": balance.RATED_RESOLVED,
    "completion_rate_all": balance.RATED_DONE,
}
# And everything it rests on.
RATE_PARTS = {
    "resolution_rate": (balance.YEAR_RESOLVED, balance.YEAR),
    "completion_rate": (balance.YEAR_DONE, balance.YEAR),
    "entries_counted": (balance.YEAR,),
    "gap": (balance.YEAR_RESOLVED, balance.YEAR),
    "pace_needed": (balance.YEAR_RESOLVED, balance.YEAR),
    "resolution_rate_all": (balance.RATED_RESOLVED, balance.RATED),
    "completion_rate_all": (balance.RATED_DONE, balance.RATED),
}
Spot = tuple[str, str, str, int | None, int | None]  # period, code, level, workstream, unit


@dataclass(frozen=True)
class MovedLine:
    """One step of a figure: by how much, and why."""

    label: str
    place: str
    amount: str
    reason: str
    url: str


def moved_lines(scope: Scope, told: Iterable[Bound]) -> list[MovedLine]:
    """The adjustments of the text's figures: of all, of a unit, of a matter, wherever each is told; newest first."""
    close = current_close(scope.period) if scope.today > scope.period.end else None
    if close is None:
        return []
    figures = {key: one for one in told if one.period == scope.period.code for key in stored_at(one, scope)}
    rows = Adjustment.objects.filter(recount__close=close, indicator__in={code for code, *_ in figures})
    rows = rows.select_related("recount", "unit").order_by("-recount__number", "pk")
    stated = corrections(close, scope)
    explained = set(Recount.corrections.through.objects.filter(recount__close=close).values_list("recount", flat=True))
    found = []
    for row in rows:
        figure = figures.get((row.indicator, row.level, row.workstream_id, row.unit_id))
        if figure:
            step = tell(row, stated[row.recount_id], row.recount_id in explained)
            place = place_name(figure, scope) or scope.name or "全部"
            found.append(MovedLine(step.label, place, step.amount, step.reason, figure.url))
    return found


def stored_at(one: Bound, scope: Scope) -> Iterator[tuple[str, str, int | None, int | None]]:
    """Where the values that make a figure are stored; none where what several units have does not add up."""
    code = STORED.get(one.code, one.code)
    if one.unit is None or adds_up(code) or len(scope.tree(one.unit, only=one.only)) == 1:
        yield from ((code, *spot) for spot in spots_of(one.at, scope))


def spots_of(at: Place, scope: Scope) -> Iterator[tuple[str, int | None, int | None]]:
    """Level, matter and unit of every stored value of a place: of a unit, those of its whole tree."""
    for unit in [None] if at.unit is None else sorted(scope.tree(at.unit, only=at.only)):
        yield level_of(at.workstream, unit), at.workstream, unit


@dataclass(frozen=True)
class Since:
    """How far stored values of closed periods have moved since a moment, by period, code and place, and why."""

    scope: Scope
    deltas: dict[Spot, int]
    reasons: dict[Spot, list[str]]

    def delta(self, period: str, code: str, at: Place) -> int:
        return sum(self.deltas.get((period, code, *spot), 0) for spot in spots_of(at, self.scope))

    def why(self, one: Bound) -> str:
        """The reasons of a figure: “因漏登一次；未说明原因”."""
        codes = RATE_PARTS.get(one.code, (one.code,))
        spots = [(one.period, code, *spot) for code in codes for spot in spots_of(one.at, self.scope)]
        return "；".join(dict.fromkeys(why for spot in spots for why in self.reasons.get(spot, [])))


def moved_since(scope: Scope, told: Iterable[Bound], since: datetime) -> Since:
    """What recounts of closed periods found since then: a text that was issued tells the values before them."""
    found = Since(scope, defaultdict(int), defaultdict(list))
    for period in {one.period for one in told}:
        close = current_close(Period.parse(period))
        if close is None:
            continue
        stated = corrections(close, scope)
        explained = set(
            Recount.corrections.through.objects.filter(recount__close=close).values_list("recount", flat=True)
        )
        rows = Adjustment.objects.filter(recount__close=close, recount__counted_at__gt=since)
        for row in rows.select_related("recount", "unit").order_by("recount__number", "pk"):
            spot = (period, row.indicator, row.level, row.workstream_id, row.unit_id)
            step = tell(row, stated[row.recount_id], row.recount_id in explained)
            found.deltas[spot] += row.delta
            found.reasons[spot].append(f"因{step.reason}" if step.corrections else step.reason)
    return found


def corrections(close: PeriodClose, scope: Scope) -> dict[int, list[Correction]]:
    """By recount; a unit's briefing gives that unit's own reasons, whoever writes it."""
    links = Recount.corrections.through.objects.filter(recount__close=close).select_related("correction__unit")
    found: dict[int, list[Correction]] = defaultdict(list)
    within = {unit.pk for unit in scope.units_within}
    for link in links.order_by("correction"):
        told = link.correction
        if scope.unit is None or within & {told.unit_id, told.other_unit_id}:
            found[link.recount_id].append(told)
    return found
