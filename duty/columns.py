"""The week as a table on paper and in Excel: a row a headquarters and half-day, a column a day."""

from collections.abc import Iterator
from dataclasses import dataclass

from common.books.sheets import Column
from duty.models import Half, hq_words
from duty.selectors.week import Cell, Day, Row, WeekPage


@dataclass(frozen=True)
class BookRow:
    hq: str
    half: str
    days: list[str]


def book_rows(page: WeekPage) -> list[BookRow]:
    return [book_row(row, half) for row in page.rows for half in Half]


def book_row(row: Row, half: Half) -> BookRow:
    return BookRow(hq_words(row.hq), half.label, [words_of(cell, half) for cell in row.cells])


def words_of(cell: Cell, half: Half) -> str:
    return "、".join(parts(cell, half))


def parts(cell: Cell, half: Half) -> Iterator[str]:
    for one in cell.sittings:
        if half in one.halves:
            yield f"{one.officer}（{one.gap}）" if one.gap else str(one.officer)
    if half in cell.empty:
        yield "没有人"
    if not cell.day.is_working and not cell.sittings:
        yield "休"


def columns(page: WeekPage) -> list[Column]:
    return [
        Column("指挥部", lambda row: row.hq, 18),
        Column("半天", lambda row: row.half, 8),
        *(day_column(at, day) for at, day in enumerate(page.days)),
    ]


def day_column(at: int, day: Day) -> Column:
    return Column(f"{day.name} {day.day.month}月{day.day.day}日", lambda row: row.days[at], 16)
