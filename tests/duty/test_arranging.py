"""The roster by week: who may seat whom, one place a half-day, two at once, copying, what is shown to whom."""

from datetime import date, datetime, timedelta

import pytest
from auditlog.models import LogEntry
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Unit, WorkGroup
from common.periods import SHANGHAI
from duty.models import DutyShift
from duty.services.arranging import CellChangedError, Place, arrange
from duty.services.copying import copy_plan, copy_week
from duty.weeks import WEEK, asked_day, monday
from ledger.calendar import working_calendar
from ledger.models import Notice
from ledger.services.errors import LedgerError
from tests.factories import UserFactory
from tests.factories.duty import hq, leave, shift

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 30, 9, tzinfo=SHANGHAI)  # a Monday
MONDAY, TUESDAY = date(2026, 11, 30), date(2026, 12, 1)
NONE: frozenset = frozenset()


def seats(*rows):
    return frozenset((half, person.pk) for half, person in rows)


def put(actor, wanted, seen=NONE, day=TUESDAY, at=0):
    return arrange(actor=actor, place=Place(hq(at), day), wanted=wanted, seen=seen, at=AT)


def test_a_coordinator_seats_people_and_each_is_told_the_week_once(coordinator, officer):
    colleague = UserFactory(unit=officer.unit)
    put(coordinator, seats(("am", officer), ("pm", officer), ("am", colleague)))
    put(coordinator, seats(("pm", officer)), day=TUESDAY + timedelta(days=1))
    notice = Notice.objects.get(recipient=officer)
    assert (notice.kind, notice.link) == ("duty", f"{reverse('duty:mine')}?week=2026-11-30")
    assert notice.words.startswith("您11月30日至12月6日的值班：周二全天 ")
    assert "、周三下午 " in notice.words
    assert Notice.objects.filter(recipient=colleague).count() == 1
    put(coordinator, NONE, seen=seats(("am", officer), ("pm", officer), ("am", colleague)))
    assert Notice.objects.get(recipient=colleague).words.endswith("没有安排")
    changes = LogEntry.objects.get_for_model(DutyShift).values_list("action", flat=True)
    assert sorted(changes) == [LogEntry.Action.CREATE] * 4 + [LogEntry.Action.DELETE] * 3


def test_the_same_again_changes_nothing_and_another_arrangement_is_asked_about(coordinator, officer):
    other = UserFactory(unit=officer.unit)
    put(coordinator, seats(("am", officer)))
    again = put(coordinator, seats(("am", officer)))
    assert (again.added, again.removed) == ([], [])
    with pytest.raises(CellChangedError):
        put(coordinator, seats(("am", other)))
    assert DutyShift.objects.get().officer == officer


def test_nobody_sits_in_two_places_on_one_half_day(coordinator, officer):
    put(coordinator, seats(("am", officer)))
    with pytest.raises(LedgerError, match="上午已排在"):
        put(coordinator, seats(("am", officer)), at=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        shift(officer, TUESDAY, "am", at=1)


@pytest.mark.parametrize(
    ("who", "words"),
    [("leaver", "已停用"), ("auditor", "已停用"), ("foreign_officer", "不在您的范围内"), ("away", "请假")],
)
def test_who_cannot_come_is_not_seated(request, coordinator, officer, who, words):
    if who == "leaver":
        person = UserFactory(unit=officer.unit, is_active=False)
    elif who == "away":
        person = officer
        leave(officer, TUESDAY, TUESDAY)
    else:
        person = request.getfixturevalue(who)
    with pytest.raises(LedgerError, match=words):
        put(coordinator, seats(("am", person)))
    assert not DutyShift.objects.exists()


def test_days_gone_by_stay(coordinator, officer):
    with pytest.raises(LedgerError, match="已经过去"):
        put(coordinator, seats(("am", officer)), day=MONDAY - timedelta(days=1))


def test_a_unit_arranges_its_own_people_and_leaves_the_others(coordinator, officer, foreign_officer, office):
    shift(foreign_officer, TUESDAY, "am")
    put(coordinator, seats(("am", officer)))
    put(coordinator, NONE, seen=seats(("am", officer)))
    assert DutyShift.objects.get().officer == foreign_officer
    put(office, seats(("am", officer)), seen=seats(("am", foreign_officer)))
    assert DutyShift.objects.get().officer == officer


def test_a_coordinator_above_arranges_those_below(coordinator, police):
    below = UserFactory(unit=Unit.objects.create(name="城东派出所", parent=police))
    put(coordinator, seats(("am", below)))
    assert DutyShift.objects.get().unit == below.unit


def test_who_moved_and_is_kept_is_sent_from_the_new_unit(office, officer, court):
    put(office, seats(("am", officer)))
    officer.unit = court
    officer.save()
    assert DutyShift.objects.with_gap().get().gap == "moved"
    put(office, seats(("am", officer)), seen=seats(("am", officer)))
    assert (DutyShift.objects.with_gap().get().gap, DutyShift.objects.get().version) == ("", 2)


def test_copying_a_week_skips_what_cannot_be_and_says_why(coordinator, officer, police):
    """From the week of 21 September to that of 28 September: 1 October and after are holidays."""
    week, at = date(2026, 9, 28), datetime(2026, 9, 29, 9, tzinfo=SHANGHAI)
    away, gone, busy = (UserFactory(unit=police) for _ in range(3))
    leave(away, date(2026, 9, 30), date(2026, 9, 30))
    for person, day in [(officer, 21), (officer, 22), (officer, 24), (away, 23), (gone, 23), (busy, 23)]:
        shift(person, date(2026, 9, day), "am")
    shift(busy, date(2026, 9, 30), "am", at=1)
    shift(UserFactory(), date(2026, 9, 23), "am")  # of another unit
    gone.is_active = False
    gone.save()
    calendar = working_calendar()
    plan = copy_plan(coordinator, week, at.date(), calendar)
    assert [(line.shift.officer, line.why_not) for line in plan if line.why_not] == [
        (officer, "这一天已经过去"),
        (away, "这个人请假"),
        (gone, "这个人已停用或不在您的范围内"),
        (busy, "这个人这半天已另有安排"),
        (officer, "这一天放假"),
    ]
    for _ in range(2):
        copy_week(actor=coordinator, week=week, at=at, calendar=calendar)
    made = DutyShift.objects.filter(day__gte=week, workstream=hq())
    assert [(row.officer, row.day) for row in made] == [(officer, date(2026, 9, 29))]
    assert Notice.objects.filter(recipient=officer).count() == 1


def test_the_second_to_save_a_day_sees_both_and_chooses(client, coordinator, officer):
    theirs, ours = UserFactory(unit=officer.unit, name="张先来"), UserFactory(unit=officer.unit, name="李后到")
    day = timezone.localdate()
    address = reverse("duty:cell", args=[hq().pk, day.isoformat()])
    client.force_login(coordinator)
    seen = client.get(address).context["form"]["seen"].value()
    shift(theirs, day, "am")
    late = client.post(address, {"seen": seen, "whole": [ours.pk]})
    page = late.content.decode()
    assert (late.status_code, "张先来" in page, "您填写的" in page) == (409, True, True)
    chosen = client.post(address, {"seen": late.context["form"]["seen"].value(), "whole": [ours.pk]})
    assert chosen.status_code == 302
    assert [(row.officer, row.half) for row in DutyShift.objects.all()] == [(ours, "am"), (ours, "pm")]


def test_the_page_says_what_was_chosen_twice(client, coordinator, officer):
    client.force_login(coordinator)
    address = reverse("duty:cell", args=[hq().pk, timezone.localdate().isoformat()])
    page = client.post(address, {"seen": "", "whole": [officer.pk], "morning": [officer.pk]}).content.decode()
    assert "既选了全天又选了半天" in page
    page = client.post(address, {"seen": "", "afternoon": [officer.pk], "morning": [officer.pk]}).content.decode()
    assert "请改到“全天”" in page


def test_others_are_only_counted_but_colleagues_of_the_work_group_are_known(client, coordinator, officer, court):
    day = timezone.localdate()
    stranger = UserFactory(unit=court, name="法院某人")
    shift(stranger, day, "am"), shift(officer, day, "pm")
    client.force_login(coordinator)
    page = client.get(reverse("duty:week")).content.decode()
    assert ("法院某人" in page, "其他单位 1 人" in page, officer.name in page) == (False, True, True)
    group = WorkGroup.objects.create(name="样例工作组")
    matter = hq()
    matter.work_group = group
    matter.save()
    coordinator.work_group = group
    coordinator.save()
    assert "法院某人" in client.get(reverse("duty:week")).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_week_and_its_export_cost_the_same_for_any_number_of_rows(
    client, django_assert_num_queries, coordinator, police, court, rows
):
    day = timezone.localdate()
    for at in range(rows):
        shift(UserFactory(unit=police), day, "am", at=at)
    foreign = shift(UserFactory(unit=court, name="外单位的人"), day, "am")
    client.force_login(coordinator)
    client.get(reverse("duty:week"))
    with django_assert_num_queries(10):
        page = client.get(reverse("duty:week")).content.decode()
    assert foreign.officer.name not in page
    with django_assert_num_queries(11):
        book = client.get(reverse("duty:week-export"))
    assert book["X-Rows"] == str(2 * 6)


@pytest.mark.parametrize("words", ["2026-13-01", "x", "0001-01-01", "9999-12-31", "20261130", "2026-11-30T00"])
def test_a_week_that_is_none_is_not_found(client, coordinator, words):
    client.force_login(coordinator)
    assert client.get(reverse("duty:week"), {"week": words}).status_code == 404
    assert client.get(reverse("duty:cell", args=[hq().pk, words])).status_code == 404
    assert asked_day("2026-12-02") == date(2026, 12, 2)
    assert (monday(date(2026, 12, 6)), monday(MONDAY)) == (MONDAY, MONDAY)


def test_a_holiday_and_an_empty_working_day_look_different(client, coordinator, officer):
    week = monday(timezone.localdate()) + 2 * WEEK
    shift(officer, week, "am")
    client.force_login(coordinator)
    page = client.get(reverse("duty:week"), {"week": week.isoformat()}).context["page"]
    cells = page.rows[0].cells
    working = working_calendar()
    assert [bool(cell.empty) for cell in cells] == [
        True, *(working.is_working(week + timedelta(days=n)) for n in range(1, 7)),
    ]  # fmt: skip
    assert cells[0].empty_words == "下午没有人"


def test_a_week_gone_by_is_never_said_to_be_fully_staffed(client, coordinator):
    client.force_login(coordinator)
    week = monday(timezone.localdate()) - WEEK
    page = client.get(reverse("duty:week"), {"week": week.isoformat()}).content.decode()
    assert ("这一周已经过去" in page, "都有人" in page, "还没有排班" in page) == (True, False, False)
