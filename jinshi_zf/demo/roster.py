"""值班表: who sat and who will sit at the headquarters, with a day nobody comes, somebody on leave, and one who asks to
swap."""

from datetime import date, timedelta

from auditlog.context import set_actor

from accounts.models import User
from duty.models import DutyLeave, DutyShift, Half
from duty.services.swaps import ask_swap
from duty.weeks import WEEK, days_of, monday
from enterprises.models import Workstream
from jinshi_zf.demo.world import World, at
from ledger.models import ActivityKind, ServiceActivity


def add_roster(world: World) -> None:
    """Last week and this one until yesterday from the duties that were logged; then to the end of next week."""
    week = monday(world.today)
    days = [*days_of(week - WEEK), *days_of(week), *days_of(week + WEEK)]
    rows = sat(world, [day for day in days if day < world.today])
    rows += arranged(world, [day for day in days if day >= world.today])
    DutyShift.objects.bulk_create(rows, batch_size=300)
    away(world)
    swap(world)


def shifts(world: World, hq: Workstream, day: date, person: User, halves: list[Half]) -> list[DutyShift]:
    made_by = world.coordinators[person.unit_id]
    return [
        DutyShift(
            workstream=hq, day=day, half=half, officer=person, unit=person.unit,
            made_by=made_by, made_at=at(monday(day) - timedelta(days=3)),
        )
        for half in halves
    ]  # fmt: skip


def sat(world: World, days: list[date]) -> list[DutyShift]:
    logged = ServiceActivity.objects.filter(kind=ActivityKind.DUTY, happened_on__in=days, workstream__isnull=False)
    firsts: dict[tuple[User, date], ServiceActivity] = {}
    for one in logged.select_related("workstream", "officer__unit").order_by("pk"):
        if one.officer and one.officer.unit_id in world.coordinators:
            firsts.setdefault((one.officer, one.happened_on), one)
    return [
        row
        for (officer, day), one in firsts.items()
        if one.workstream
        for row in shifts(world, one.workstream, day, officer, list(Half))
    ]


def arranged(world: World, days: list[date]) -> list[DutyShift]:
    """One the whole day or two by halves; officers take turns, and one place stays empty on the last working day."""
    working = [day for day in days if world.calendar.is_working(day)]
    streams = list(world.workstreams.values())
    rows: list[DutyShift] = []
    for turn, day in enumerate(working):
        for place, hq in enumerate(streams):
            first = world.officers[(turn * 2 * len(streams) + place * 2) % len(world.officers)]
            second = world.officers[(turn * 2 * len(streams) + place * 2 + 1) % len(world.officers)]
            if day == working[-1] and place == len(streams) - 1:
                continue
            if (turn + place) % 3:
                rows += shifts(world, hq, day, first, list(Half))
            else:
                rows += shifts(world, hq, day, first, [Half.MORNING])
                rows += shifts(world, hq, day, second, [Half.AFTERNOON])
    return rows


def ahead(world: World) -> list[DutyShift]:
    rows = DutyShift.objects.filter(day__gt=world.today).select_related("officer__unit", "workstream")
    return list(rows.order_by("day", "half", "pk"))


def away(world: World) -> None:
    """A colleague of the officer's is on leave on a day of theirs: the place is a gap until it is arranged anew."""
    officer = world.people["officer"]
    row = next((one for one in ahead(world) if one.unit_id == officer.unit_id and one.officer_id != officer.pk), None)
    if row:
        clerk = world.people["coordinator"]
        with set_actor(clerk):
            DutyLeave.objects.create(
                officer=row.officer, starts_on=row.day, ends_on=row.day, reason="参加培训", made_by=clerk,
                made_at=at(world.today),
            )  # fmt: skip


def swap(world: World) -> None:
    """A colleague who is not on leave asks the officer to take a shift."""
    officer, leaves = world.people["officer"], set(DutyLeave.objects.values_list("officer", flat=True))
    busy = {(one.day, one.half) for one in ahead(world) if one.officer_id == officer.pk}
    for row in ahead(world):
        free = row.officer_id != officer.pk and row.officer_id not in leaves and (row.day, row.half) not in busy
        if free and row.unit_id == officer.unit_id:
            with set_actor(row.officer):
                ask_swap(
                    actor=row.officer, shift=row, person=officer, other=None, reason="当天到法院开庭",
                    at=at(world.today),
                )  # fmt: skip
            return
