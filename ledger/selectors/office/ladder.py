"""What the ladder's page shows: each step, and on which days an entry would reach it."""

from dataclasses import dataclass
from datetime import date

from common.books.sheets import Column
from ledger.calendar import WorkingCalendar, working_calendar
from ledger.models import LadderStep
from ledger.states import EntryState

COLUMNS = [
    Column("日期", lambda row: row.day, 12),
    Column("问题编号", lambda row: row.entry.number, 16),
    Column("问题", lambda row: row.entry.title, 40),
    Column("责任单位", lambda row: row.unit.name, 18),
    Column("当时的期限", lambda row: row.deadline, 12),
    Column("哪一级", lambda row: row.title, 20),
    Column("结果", lambda row: row.words, 40),
    Column("督办单", lambda row: row.order and row.order.number, 18),
    Column("现在的状态", lambda row: EntryState(row.entry.state).label, 12),
]


@dataclass(frozen=True)
class Rung:
    step: LadderStep
    day: date  # on which an entry due today would reach it


@dataclass(frozen=True)
class LadderPage:
    due: date
    rungs: list[Rung]
    out_of_use: list[LadderStep]


def ladder_page(today: date) -> LadderPage:
    """The steps in order, with an example: what is due on the last working day by now."""
    calendar, steps = working_calendar(), list(LadderStep.objects.all())
    due = today if calendar.is_working(today) else calendar.before(today, 1)
    return LadderPage(
        due,
        [Rung(step, reached_on(step, due, calendar)) for step in steps if step.is_active],
        [step for step in steps if not step.is_active],
    )


def reached_on(step: LadderStep, deadline: date, calendar: WorkingCalendar) -> date:
    """The working day on which an entry of this deadline reaches the step."""
    return calendar.add(deadline, step.after_days + 1)
