"""Whether the target will be met: what is needed each week, the pace of late, and the day it leads to.

The pace is what was resolved, net of what was reopened, in the last twenty working days (four weeks). What is still
to do grows with what keeps being registered: each new entry asks for the target's share of another one resolved.
All in integers until a figure is printed.
"""

from dataclasses import dataclass
from datetime import date

from ledger.calendar import WorkingCalendar
from reports.days.rates import Rates
from reports.days.standings import PACE_DAYS

WEEK_DAYS = 5
FARTHEST = 500  # working days, two years: beyond it a date says nothing


def pace_since(day: date, calendar: WorkingCalendar) -> date:
    """The day four weeks ago that a pace is told from; early in a year its first, since this year's ledger began
    then."""
    return max(calendar.before(day, PACE_DAYS), date(day.year, 1, 1))


@dataclass(frozen=True)
class Outlook:
    """Between which days a forecast is made, `since` as a rule twenty working days before `day`, fewer early in a year.
    `left`: working days to the target day; None without one or past it."""

    day: date
    since: date
    target_on: date | None
    calendar: WorkingCalendar

    @property
    def left(self) -> int | None:
        if self.target_on is None or self.target_on <= self.day:
            return None
        return self.calendar.between(self.day, self.target_on)

    @property
    def is_short(self) -> bool:
        """Whether the year is too young to tell a pace of four weeks."""
        return self.calendar.between(self.since, self.day) < PACE_DAYS


@dataclass(frozen=True)
class Forecast:
    """Of the whole, a unit or a workstream. `gained` and `added`: resolved and newly counted in the last four weeks."""

    now: Rates
    then: Rates
    outlook: Outlook

    @property
    def gained(self) -> int:
        return self.now.resolved - self.then.resolved

    @property
    def added(self) -> int:
        """Never less than nothing: what was handed on or rejected must not make the future look better."""
        return 0 if self.too_short else max(self.now.total - self.then.total, 0)

    @property
    def gap(self) -> int:
        """Still to be resolved to reach the target, in hundredths of an entry; 0 once it is reached."""
        return max(self.now.target * self.now.total - 100 * self.now.resolved, 0)

    @property
    def closing(self) -> int:
        """By how much the gap shrank in the last four weeks, in hundredths of an entry."""
        return 100 * self.gained - self.now.target * self.added

    @property
    def too_short(self) -> bool:
        """Nothing was counted four weeks ago, or the year began since: there is no pace yet."""
        return not self.then.total or self.outlook.is_short

    @property
    def days_needed(self) -> int | None:
        """Working days until the target is met at this pace; None where that is never or too far to say."""
        if not self.gap:
            return 0
        if self.too_short or self.closing <= 0:
            return None
        days = -(-self.gap * PACE_DAYS // self.closing)
        return days if days <= FARTHEST else None

    @property
    def met_on(self) -> date | None:
        days = self.days_needed
        return self.outlook.calendar.add(self.outlook.day, days) if days and self.now.total else None

    @property
    def in_time(self) -> bool | None:
        """Whether that is on the target day or before; None where it cannot be said."""
        if not self.now.total or (self.too_short and self.gap):
            return None
        if not self.gap:
            return True
        target_on = self.outlook.target_on
        if target_on is None:
            return None
        return self.met_on is not None and self.met_on <= target_on

    @property
    def needed_a_week(self) -> str:
        """Entries to be resolved each week from now to the target day, new ones counted in, rounded up to a tenth."""
        left = self.outlook.left
        if not left or not self.now.total:
            return "—"
        per_left = self.gap * WEEK_DAYS * PACE_DAYS + self.now.target * self.added * WEEK_DAYS * left * bool(self.gap)
        return tenths(-(-per_left * 10 // (100 * left * PACE_DAYS)))

    @property
    def pace_a_week(self) -> str:
        """Resolved each week in the last four, rounded down to a tenth."""
        return "—" if self.too_short else tenths(self.gained * 10 * WEEK_DAYS // PACE_DAYS)

    @property
    def added_a_week(self) -> str:
        return "—" if self.too_short else tenths(-(-self.added * 10 * WEEK_DAYS // PACE_DAYS))

    @property
    def words(self) -> str:
        """“按近四周进度，预计 12月8日 达标，比目标日晚 38 天”, or why no day can be named.

        Once met, a warning or nothing.
        """
        if not self.now.total:
            return "还没有登记问题"
        if not self.gap:
            return self.warning
        if self.too_short:
            return "登记不足四周，还看不出进度"
        if self.gained <= 0:
            return "近四周没有新的化解，按此达不到目标"
        if self.closing <= 0:
            return "近四周新登记的抵消了化解的，差距没有缩小"
        if self.met_on is None:
            return "按近四周进度，两年内达不到目标"
        return f"按近四周进度，{self.when}"

    @property
    def falls_on(self) -> date | None:
        """The first day below a target that is met now, if new entries go on outrunning those resolved; else None."""
        if self.gap or not self.now.total or self.too_short or self.closing >= 0:
            return None
        spare = 100 * self.now.resolved - self.now.target * self.now.total
        days = spare * PACE_DAYS // -self.closing + 1
        return self.outlook.calendar.add(self.outlook.day, days) if days <= FARTHEST else None

    @property
    def warning(self) -> str:
        """“近四周新登记多、化解少，照此 12月24日 起低于目标” of a target that is met; empty where it stays so."""
        falls = self.falls_on
        if falls is None:
            return ""
        return f"近四周新登记多、化解少，照此{self.spoken(falls)}起低于目标"

    def spoken(self, day: date) -> str:
        """“ 12月8日 ”, with the year where it is another, and 约 where that year's holidays are not announced yet."""
        year = f"{day.year}年" if day.year != self.outlook.day.year else ""
        about = "约" if self.outlook.calendar.is_provisional(day) else ""
        return f"{about} {year}{day.month}月{day.day}日 "

    @property
    def when(self) -> str:
        """“预计 12月8日 达标，晚 38 天”."""
        met, target_on = self.met_on, self.outlook.target_on
        if met is None:
            return ""
        days = (met - target_on).days if target_on else 0
        late = f"，比目标日晚 {days} 天" if days > 0 else f"，比目标日早 {-days} 天" if days < 0 else ""
        return f"预计{self.spoken(met)}达标{late}"

    @property
    def expected(self) -> int | None:
        """Resolved by the target day at this pace, of what is registered now; None once it is past or without one."""
        left = self.outlook.left
        if left is None or self.too_short:
            return None
        return min(self.now.resolved + max(self.gained, 0) * left // PACE_DAYS, self.now.total)


def tenths(number: int) -> str:
    """`45` → `4.5`, `40` → `4`, `-5` → `-0.5`."""
    whole, part = divmod(abs(number), 10)
    return f"{'-' if number < 0 else ''}{whole}{f'.{part}' if part else ''}"
