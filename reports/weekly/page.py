"""What the page, the workbook and the Word file of 每周通报 show to one person: units see their own lines."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.models import User
from common.books.documents import OfficialDocument
from common.books.sheets import Column, Sheet
from common.periods import local_date
from ledger.services.supervising.papers import SIGNED
from reports.days.populations import Population
from reports.models import WeeklyLine, WeeklyTable
from reports.pages.choosing import mondays_to_choose
from reports.pages.rates import rate_column
from reports.weekly.lines import NUMBERS, WEEK, WeekLine, added, monday_of, ranked, week_lines

SHOWN = 26  # weeks to choose from
WIDTHS = (13, 37, 16, 20, 20, 15, 17, 18)  # millimetres
HEADINGS = ("名次", "单位", "计入", "化解率", "办结率", "逾期", "退单", "延期")


@dataclass(frozen=True)
class WeekPage:
    """A week as this person is shown it; `frozen_at` is empty while it is counted from the records as they are."""

    monday: date
    last: date  # the day it is as of
    target: int
    frozen_at: datetime | None
    population: Population
    lines: list[WeekLine]
    total: WeekLine
    shows_ranks: bool
    weeks: list[date]

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def is_running(self) -> bool:
        return self.last < self.sunday

    @property
    def span(self) -> str:
        return f"{words(self.monday)}—{words(self.sunday)}"

    @property
    def reached(self) -> bool:
        return bool(self.total.counted) and self.total.resolved * 100 >= self.target * self.total.counted


def words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def week_page(user: User, asked: date | None, today: date) -> WeekPage:
    """The week of a day that has come, the last one that is over if none is asked for."""
    monday = monday_of(asked) if asked else monday_of(today) - WEEK
    last = min(monday + timedelta(days=6), today)
    table = WeeklyTable.objects.visible_to(user).filter(monday=monday).first()
    if table:
        rows = WeeklyLine.objects.visible_to(user).filter(table=table).order_by("pk")
        lines = [from_row(row) for row in rows]
        target, frozen_at, population = table.target, table.frozen_at, Population(table.population)
    else:
        lines, target = week_lines(monday, last, user)
        frozen_at, population = None, Population.YEAR
    shown = ranked(lines) if user.sees_all else lines
    return WeekPage(
        monday=monday,
        last=last,
        target=target,
        frozen_at=frozen_at,
        population=population,
        lines=shown,
        total=added(lines, "全市" if user.sees_all else "本单位合计"),
        shows_ranks=user.sees_all,
        weeks=sorted({*mondays_to_choose(today, SHOWN), monday}, reverse=True),
    )


def from_row(row: WeeklyLine) -> WeekLine:
    return WeekLine(row.unit_id, row.name, *(getattr(row, number) for number in NUMBERS))


def week_sheet(page: WeekPage) -> Sheet:
    """The Excel: the units' lines, and what they come to as formulas."""
    ranks = [Column("名次", lambda line: line.rank, 8)] if page.shows_ranks else []
    columns = [
        *ranks,
        Column("单位", lambda line: line.name, 24),
        Column("计入", lambda line: line.counted, 10, total=True),
        Column("化解", lambda line: line.resolved, 10, total=True),
        rate_column("化解率", lambda line: (line.resolved, line.counted), "{化解}", "{计入}"),
        Column("办结", lambda line: line.completed, 10, total=True),
        rate_column("办结率", lambda line: (line.completed, line.counted), "{办结}", "{计入}"),
        Column("逾期", lambda line: line.overdue, 10, total=True),
        Column("本周退单（次）", lambda line: line.returned_week, 14, total=True),
        Column("累计退单（次）", lambda line: line.returned, 14, total=True),
        Column("本周延期（次）", lambda line: line.extended_week, 14, total=True),
        Column("累计延期（次）", lambda line: line.extended, 14, total=True),
        Column("本周退单中补记以前的（次）", lambda line: line.returned_late, 18, total=True),
        Column("本周延期中补记以前的（次）", lambda line: line.extended_late, 18, total=True),
    ]
    state = "" if page.frozen_at else "（未定稿）"
    about = f"{page.span}{state}　截至{words(page.last)}　{page.population.label}　化解率目标 {page.target}%　单位：件"
    return Sheet("每周通报", columns, page.lines, "涉企问题化解情况通报", about, last=page.total)


def sheet_rows(page: WeekPage) -> list[WeekLine]:
    return [*page.lines, page.total]


def week_document(page: WeekPage, today: date) -> bytes:
    """The table as a Word file in official form; says so where it is not final."""
    document = OfficialDocument(
        "涉企问题化解情况通报", number=page.span if page.frozen_at else f"{page.span}（未定稿）"
    )
    total = page.total
    document.body(
        f"截至{words(page.last)}，{total.name}{page.population.label}计入问题 {total.counted} 件，化解 "
        f"{total.resolved} 件，化解率 {total.resolution_text}（目标 {page.target}%）；办结 {total.completed} 件，"
        f"办结率 {total.completion_text}；"
        f"逾期未办结 {total.overdue} 件。本周退单 {total.returned_week} 次、延期 {total.extended_week} 次。"
    )
    document.body("各单位情况如下（退单、延期为“本周/累计”次数）：")
    cells = [cells_of(line) for line in sheet_rows(page)]
    skip = 0 if page.shows_ranks else 1
    document.table([HEADINGS[skip:], *(row[skip:] for row in cells)], WIDTHS[skip:])
    document.signature(SIGNED, local_date(page.frozen_at) if page.frozen_at else today)
    return document.to_bytes()


def late_words(times: int) -> str:
    """“（含补记2）”: what was entered for weeks whose table was frozen without it."""
    return f"（含补记{times}）" if times else ""


def cells_of(line: WeekLine) -> tuple[object, ...]:
    return (
        line.rank or "—",
        line.name,
        line.counted,
        line.resolution_text,
        line.completion_text,
        line.overdue,
        f"{line.returned_week}/{line.returned}{late_words(line.returned_late)}",
        f"{line.extended_week}/{line.extended}{late_words(line.extended_late)}",
    )
