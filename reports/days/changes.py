"""What every day added to and took from the ledger: from this, how it stood on any day is a sum."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db import connection

from common.rows.database import year_of
from ledger.models import EntryEvent, ProblemEntry
from ledger.moves.table import QUIET
from ledger.states import EntryState
from reports.days.populations import Cohort, at_new_year
from reports.days.rates import WATCHED


class Place(NamedTuple):
    """Whose entries, of what: the unit answerable, the matter, the category, the cohort of the day's year."""

    unit: int
    workstream: int | None
    category: int
    cohort: str


States = dict[Place, Counter[str]]  # how many entries are in each state
StepPlace = tuple[int, int | None, str]  # unit, workstream, action


@dataclass
class DayChanges:
    """What one day added to and took from each state of each place, and the watched steps made on it."""

    states: States = field(default_factory=lambda: defaultdict(Counter))
    steps: Counter[StepPlace] = field(default_factory=Counter)


Changes = dict[date, DayChanges]

# Each step of an entry's chain beside the unit before it, and the entry's cohort in the year of the step: of the first
# step of a year, the state it begins from says how the entry stood on New Year's Day. Steps that changed neither
# state nor unit and are not watched are left out, the quiet ones before the window. In SQL, since a window can't be
# grouped over in the ORM, and looking up the step before one by one takes eight times as long. Of one window, since a
# second one doubles its time: the greatest key so far is that of the first step of the latest year.
MOVES = """
    SELECT happened_on, move.unit_id, unit_before, workstream_id, category_id, told %% 4, from_state, to_state, watched,
        COUNT(*)
    FROM (
        SELECT entry_id, happened_on, unit_id, from_state, to_state,
            CASE WHEN action IN ({watched}) THEN action ELSE '' END AS watched,
            LAG(unit_id) OVER chain AS unit_before,
            MAX({year} * 4000000 - seq * 4
                + CASE WHEN from_state = '' THEN 0 WHEN from_state IN ({open}) THEN 1 ELSE 2 END) OVER chain AS told
        FROM {events}
        WHERE action NOT IN ({quiet})
        WINDOW chain AS (PARTITION BY entry_id ORDER BY seq)
    ) AS move
    JOIN {entries} AS entry ON entry.id = move.entry_id
    WHERE happened_on <= %s
        AND (from_state <> to_state OR unit_before IS NULL OR unit_before <> move.unit_id OR watched <> '')
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
"""
COHORTS = (Cohort.NEW, Cohort.CARRIED, Cohort.SETTLED)  # as the statement numbers them


def changes_by_day(last: date) -> Changes:
    """What each day up to the last added to and took from every place, in one statement.

    A watched step is counted where it was made: with the unit that was answerable before it.
    """
    quote = connection.ops.quote_name
    named = {"events": quote(EntryEvent._meta.db_table), "entries": quote(ProblemEntry._meta.db_table)}
    lists = {"watched": marks(WATCHED), "open": marks(EntryState.OPEN), "quiet": marks(QUIET)}
    statement = MOVES.format(**named, **lists, year=year_of("happened_on"))
    changes: Changes = defaultdict(DayChanges)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*sorted(WATCHED), *sorted(EntryState.OPEN), *sorted(QUIET), last])
        for on, unit, before, matter, category, cohort, source, target, watched, n in cursor.fetchall():
            day = changes[date.fromisoformat(on) if isinstance(on, str) else on]  # SQLite keeps days as text
            told = COHORTS[cohort]
            if watched:
                day.steps[before or unit, matter, watched] += n
            if source != target or unit != before:
                day.states[Place(unit, matter, category, told)][target] += n
                if source:
                    day.states[Place(before, matter, category, told)][source] -= n
    return changes


def marks(values: Iterable[str]) -> str:
    return ", ".join(["%s"] * len(set(values)))


def walk(changes: Changes, days: Iterable[date]) -> Iterator[tuple[date, States]]:
    """How many entries were in each state of each place at the end of each of the days, in their order.

    Cohorts are those of the day's own year. What is given is one and the same, changed from day to day.
    """
    states: States = defaultdict(Counter)
    ahead = sorted(changes, reverse=True)
    year = ahead[-1].year if ahead else 0
    for day in sorted(set(days)):
        while ahead and ahead[-1] <= day:
            on = ahead.pop()
            year = turn(states, year, on.year)
            for place, moved in changes[on].states.items():
                states[place].update(moved)
        year = turn(states, year, day.year)
        yield day, states


def turn(states: States, year: int, to: int) -> int:
    """Where a year has ended since, every entry goes into a cohort of the new one, by the state it is in."""
    if to <= year:
        return year
    before = dict(states)
    states.clear()
    for place, counts in before.items():
        for state, number in counts.items():
            if number:
                states[place._replace(cohort=at_new_year(state))][state] += number
    return to


def gathered(changes: Changes, last: date) -> States:
    """How many entries were in each state of each place at the end of a day."""
    return next(states for _, states in walk(changes, [last]))
