"""What moved in a closed period since it was signed, of the figures a text tells, each in its own place."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ledger.models import Correction
from reports.briefing.text.bound import Bound, place_name
from reports.briefing.text.scopes import Scope
from reports.closing.adjustments import adds_up, tell
from reports.closing.books import current_close
from reports.figures import balance
from reports.figures.levels import level_of
from reports.models import Adjustment, PeriodClose, Recount

# What a rate is stored as.
STORED = {
    "resolution_rate": balance.RATED_RESOLVED,
    "completion_rate": balance.RATED_DONE,
    "entries_counted": balance.RATED,
}


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
    units = [None] if one.unit is None else sorted(scope.tree(one.unit, only=one.only))
    if len(units) == 1 or adds_up(code):
        for unit in units:
            yield code, level_of(one.workstream, unit), one.workstream, unit


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
