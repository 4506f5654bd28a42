"""A person's own duties: today, the next, those of late and what was logged of them; swaps and leaves around them."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from accounts.models import User
from duty.models import DutyLeave, DutyShift, DutySwap, SwapState
from duty.selectors.sittings import Sitting, log_address, shifts_shown, sittings
from duty.services.swaps import may_answer, may_withdraw

OF_LATE, AHEAD, ANSWERED = timedelta(days=14), timedelta(days=60), timedelta(days=14)
MANY = 50


@dataclass(frozen=True)
class MyLine:
    """A duty of one's own, with where it is logged when its day has come and nobody has."""

    sitting: Sitting
    log_url: str
    asked: bool  # somebody is asked to take one of its half-days


@dataclass(frozen=True)
class SwapLine:
    swap: DutySwap
    may_answer: bool
    may_withdraw: bool


@dataclass(frozen=True)
class MyDuty:
    today: list[MyLine]
    ahead: list[MyLine]
    late: list[MyLine]
    swaps: list[SwapLine]
    leaves: list[DutyLeave]

    @property
    def next(self) -> MyLine | None:
        return self.ahead[0] if self.ahead else None


def my_duty(user: User, today: date) -> MyDuty:
    lines = my_lines(user, today - OF_LATE, today + AHEAD, today, {swap.shift_id for swap in open_swaps(user)})
    return MyDuty(
        today=[line for line in lines if line.sitting.day == today],
        ahead=[line for line in lines if line.sitting.day > today],
        late=[line for line in reversed(lines) if line.sitting.day < today],
        swaps=swap_lines(user, today),
        leaves=list(
            DutyLeave.objects.visible_to(user).filter(officer=user, ends_on__gte=today).order_by("starts_on", "pk")
        ),
    )


def open_swaps(user: User) -> list[DutySwap]:
    """Those the person asked for or is asked about."""
    mine = Q(asked_by=user) | Q(asked_of=user)
    return list(DutySwap.objects.visible_to(user).filter(mine, state=SwapState.ASKED))


def my_lines(user: User, first: date, last: date, today: date, asked: set[int | None]) -> list[MyLine]:
    rows = DutyShift.objects.visible_to(user).of_days(first, last)
    own = sittings(shifts_shown(rows.filter(officer=user)))
    beside: list[Sitting] = []
    if due := [one for one in own if one.day <= today and not one.logged]:
        places = Q(pk__in=[])
        for one in due:
            places |= Q(day=one.day, workstream=one.hq)
        beside = sittings(shifts_shown(rows.filter(places)))
    return [
        MyLine(
            one,
            log_address(one, [two for two in beside if (two.hq, two.day) == (one.hq, one.day)]) if one in due else "",
            any(shift.pk in asked for shift in one.shifts),
        )
        for one in own
    ]


def swap_lines(user: User, today: date) -> list[SwapLine]:
    """What waits for an answer, and what was answered of late; a coordinator's people among it."""
    waiting = Q(state=SwapState.ASKED) | Q(answered_at__date__gte=today - ANSWERED)
    rows = DutySwap.objects.visible_to(user).filter(waiting)
    if not user.can("duty.edit"):
        rows = rows.filter(Q(asked_by=user) | Q(asked_of=user))
    found = list(rows.for_list()[:MANY])
    found.sort(key=lambda swap: swap.state != SwapState.ASKED)
    return [
        SwapLine(swap, swap.state == SwapState.ASKED and may_answer(swap, user),
                 swap.state == SwapState.ASKED and may_withdraw(swap, user))
        for swap in found
    ]  # fmt: skip


@dataclass(frozen=True)
class HomeDuty:
    """What the first page says: whether one sits somewhere today, when the next time is, who waits for an answer."""

    today: list[MyLine]
    next: MyLine | None
    asked: int

    @property
    def is_told(self) -> bool:
        return bool(self.today or self.next or self.asked)


def home_duty(user: User, today: date) -> HomeDuty:
    swaps = open_swaps(user)
    lines = my_lines(user, today, today + AHEAD, today, {swap.shift_id for swap in swaps})
    ahead = [line for line in lines if line.sitting.day > today]
    asked = sum(swap.asked_of_id == user.pk for swap in swaps)
    return HomeDuty([line for line in lines if line.sitting.day == today], ahead[0] if ahead else None, asked)
