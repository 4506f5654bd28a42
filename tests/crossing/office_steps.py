"""What happens around the entries: days pass, people come and go, rules change, tables are imported, books closed."""

from datetime import timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import Unit, User
from accounts.posts import AccountError
from accounts.rights.permissions import Role
from accounts.services import deactivate, edit_user, save_unit
from common.forms.conflicts import StaleVersionError
from common.periods import Period
from duty.services.gap_notices import tell_gaps
from duty.services.swaps import lapse_overtaken
from imports.models import ImportBatch
from jobs.runner import run_job
from ledger.calendar import working_calendar
from ledger.deadlines import RuleBook, rule_book
from ledger.sampling import span_of
from ledger.services.checking.rechecks import draw
from ledger.services.deadlines.calendars import CalendarChange, DayPlan, change_calendar, recount_behind
from ledger.services.deadlines.rules import change_rules
from ledger.services.handover import KINDS
from ledger.services.supervising.ladder import climb
from reports.closing.books import close_period
from reports.models import PeriodClose
from tests.crossing.entry_steps import said, served, went
from tests.crossing.forms import filled, words
from tests.crossing.steps import Done, step
from tests.crossing.world import NO_SUCH, NothingToDoError, World, one_of
from tests.factories import UserFactory
from tests.imports.books import form_row, surveys


@step(14)
def time_passes(world: World, rng: Random) -> Done:
    """Hours or days; each morning the ladder climbs, as the clock of the office has it."""
    if rng.random() < 0.4:
        world.tick(minutes=rng.randrange(5, 300))
        return Done(f"到 {world.now:%m-%d %H:%M}")
    days = rng.choice([1, 1, 2, 4, 9, 16])
    for _ in range(rng.choice([1, days])):
        world.tick(days=1)
        climb(at=world.now)
        recount_behind(world.now)
        lapse_overtaken(at=world.now)
        tell_gaps(at=world.now)
    world.tick(days=rng.randrange(2))
    return Done(f"到 {world.now:%Y-%m-%d}，逾期已告知")


@step(3)
def climb_again(world: World, rng: Random) -> Done:
    """The same morning twice tells nobody twice."""
    told = [climb(at=world.now), climb(at=world.now)]
    assert told[1]["entries"] == 0, f"同一天又告知了 {told[1]['entries']} 件"
    return Done("逾期告知跑两遍")


@step(2)
def change_days(world: World, rng: Random) -> Done:
    """A working day becomes a holiday or back, past or to come."""
    day = world.today + timedelta(days=rng.randrange(-20, 30))
    plan = rng.choice([None, DayPlan(day.weekday() >= 5, "样例调休")])
    change = CalendarChange("样例更正", "样例通知", {day: plan})
    seen = working_calendar().version
    return served(
        f"日历 {day} {'改' if plan else '复原'}",
        lambda: change_calendar(change=change, seen=seen, actor=world.admins[0], at=world.now),
    )


@step(2)
def change_terms(world: World, rng: Random) -> Done:
    book = rule_book()
    key = rng.choice([(None, ""), (None, "urgent"), (world.category(rng).pk, "")])
    days = {**book.days, key: rng.randrange(1, 20)}
    new = RuleBook(days)
    return served(
        f"时限规则 {key} 改为 {days[key]}",
        lambda: change_rules(book=new, seen=book, actor=world.admins[0], at=world.now),
    )


# ---- people and units ----


def leavers(world: World) -> list[User]:
    kept = {one.pk for one in (*world.office, *world.admins)}
    return [one for one in world.staff() if one.pk not in kept]


@step(4)
def hand_over(world: World, rng: Random) -> Done:
    """Everything a person has goes to another, by the page."""
    person = one_of(rng, leavers(world))
    picked = [f"{key}-{row.pk}" for key, kind in KINDS.items() for row in kind.rows().filter(**{kind.owner: person})]
    actor = one_of(rng, world.admins + world.office)
    shown = world.get(actor, "ledger:handover", person.pk)
    if not picked or shown.status_code in NO_SUCH:
        raise NothingToDoError
    here = [one.pk for one in world.staff() if one.unit_id == person.unit_id and one.pk != person.pk]
    to = rng.choice(here or [one.pk for one in world.office])
    answer = world.post(actor, "ledger:handover", person.pk, data={"picked": picked, "to": to, "reason": "岗位调整"})
    return Done(f"{person}的 {len(picked)} 项交接 {said(answer)}")


@step(4)
def leave(world: World, rng: Random) -> Done:
    person = one_of(rng, leavers(world))
    actor = one_of(rng, world.admins)
    done = served(f"停用 {person}", lambda: deactivate(user=person, by=actor), AccountError)
    if not done.refused:
        UserFactory(unit=person.unit, role=person.role, city_wide=person.city_wide)
    return done


@step(4)
def change_post(world: World, rng: Random) -> Done:
    """To another unit, another role, or the auditors."""
    person, actor = one_of(rng, leavers(world)), one_of(rng, world.admins)
    data: dict[str, Any] = rng.choice([
        {"unit": one_of(rng, world.units)},
        {"role": Role.AUDITOR, "city_wide": False},
        {"role": rng.choice([Role.STAFF, Role.COORDINATOR, Role.LEADER]), "city_wide": False},
    ])  # fmt: skip
    asked = {"pk": person.pk, "data": data, "version": person.version, "by": actor}
    told = "、".join(str(value) for value in data.values())
    return served(f"{person}改为 {told}", lambda: edit_user(**asked), AccountError, StaleVersionError)


@step(2)
def change_unit(world: World, rng: Random) -> Done:
    """Switched off and on."""
    unit = Unit.objects.get(pk=one_of(rng, world.units).pk)
    return saved(world, unit, {"is_active": not unit.is_active})


@step(2)
def move_unit(world: World, rng: Random) -> Done:
    """Hung elsewhere in the tree with all below it, or back."""
    unit = Unit.objects.get(pk=one_of(rng, world.units).pk)
    return saved(world, unit, {"parent": rng.choice([None, *world.units])})


def saved(world: World, unit: Unit, data: dict[str, Any]) -> Done:
    asked = {"pk": unit.pk, "data": data, "version": unit.version}
    done = served(f"单位 {unit} {data}", lambda: save_unit(**asked), AccountError, StaleVersionError)
    world.units = list(Unit.objects.filter(pk__in=[one.pk for one in world.units]).order_by("pk"))
    return done


# ---- many at once, and what others look at ----


@step(3)
def bulk(world: World, rng: Random) -> Done:
    """Many taken a step on or reminded at once by the page, as they were looked at, the same confirmation twice."""
    person = one_of(rng, [one for one in world.staff() if one.can("ledger.bulk")])
    operation, state = rng.choice(
        [
            ("accept", ["registered"]),
            ("assign", ["accepted", "assigned"]),
            ("close_out", ["confirmed"]),
            ("remind", ["assigned", "handling"]),
        ]
    )
    chosen = [f"{entry.pk}:{entry.version}" for entry in world.entries(state__in=state)[-6:]]
    shown = world.get(person, "ledger:bulk", operation, entry=chosen)
    if shown.status_code in NO_SUCH or not chosen:
        raise NothingToDoError
    data = {**filled(shown.context["form"], rng, world.today), "entry": chosen}
    look = world.post(person, "ledger:bulk", operation, data=data)
    data |= {"confirm": "1", "looked": look.context["looked"] if look.context else ""}
    answer = world.post(person, "ledger:bulk", operation, data=data)
    if went(answer):
        world.post(person, "ledger:bulk", operation, data=data)
    return Done(f"{person}批量 {operation} {len(chosen)} 件 {said(answer)}", refused=not went(answer))


@step(4)
def press(world: World, rng: Random) -> Done:
    """A leader issues an order."""
    person = one_of(rng, [one for one in world.staff() if one.role == Role.LEADER])
    entry = world.seen(person, rng)
    shown = world.get(person, "ledger:order-create", entry.pk)
    if shown.status_code in NO_SUCH:
        raise NothingToDoError
    data = filled(shown.context["form"], rng, world.today)
    answer = world.post(person, "ledger:order-create", entry.pk, data=data)
    return Done(f"{person}督办 {entry.number} {said(answer)}", refused=not went(answer))


@step(3)
def draw_rechecks(world: World, rng: Random) -> Done:
    span = span_of(world.today, weekly=rng.random() < 0.7).before()
    made, fresh = draw(span=span, at=world.now)
    return Done(f"抽取 {made.period}：{fresh} 件")


def work() -> None:
    while run_job():
        pass


@step(1)
def bring_in(world: World, rng: Random) -> Done:
    """A table of surveys becomes entries."""
    row = form_row(rng.randrange(1, 400), 走访日期=world.today, 问题诉求=words(rng), 走访干警="")
    with TemporaryDirectory() as folder:
        path = surveys(Path(folder) / "样例.xlsx", [row])
        file = SimpleUploadedFile(path.name, path.read_bytes())
    world.post(world.admins[0], "imports:upload", data={"kind": "surveys", "files": [file]})
    work()
    batch = ImportBatch.objects.latest("id")
    world.post(world.admins[0], "imports:batch-confirm", batch.pk, data={"rights": batch.summary.get("digest", "")})
    work()
    batch.refresh_from_db()
    if batch.state == "applied":
        world.imports.append(batch.pk)
    return Done(f"导入 {batch.pk}：{batch.state}{batch.message}")


@step(1)
def take_back(world: World, rng: Random) -> Done:
    """An import is undone, as far as nobody has worked on what it brought."""
    pk = one_of(rng, world.imports)
    world.imports.remove(pk)
    world.client.force_login(world.admins[0])
    world.client.post(reverse("imports:batch-undo", args=[pk]))
    work()
    return Done(f"撤销导入 {pk}：{ImportBatch.objects.get(pk=pk).state}")


@step(2)
def close_books(world: World, rng: Random) -> Done:
    """The half-year before, once."""
    half = Period.parse(f"{world.today.year}H1" if world.today.month > 6 else f"{world.today.year - 1}H2")
    if half.code in world.frozen or half.code < "2025H1":
        raise NothingToDoError
    close_period(period=half, actor=world.admins[0], now=world.now, reason="样例")
    world.frozen[half.code] = frozen_bytes(half.code)
    return Done(f"{half.code} 结账")


def frozen_bytes(code: str) -> str:
    close = PeriodClose.objects.get(book__code=code, reopening=None)
    return repr([list(close.figures.order_by("pk").values_list()), close.digest])
