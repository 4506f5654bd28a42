"""Swaps: asked, answered once by the other or the coordinator, both told; never in two places; leaves and gaps."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services import deactivate
from common.idempotence import AlreadySavedError
from common.periods import SHANGHAI, local_date
from duty.models import DutyLeave, DutyShift, DutySwap
from duty.selectors.mine import home_duty
from duty.services.arranging import Place, arrange
from duty.services.gap_notices import tell_empty, tell_gaps
from duty.services.leaves import cancel_leave, register_leave
from duty.services.swaps import answer_swap, ask_swap, lapse_overtaken, withdraw_swap
from duty.tasks import request_gaps
from ledger.calendar import working_calendar
from ledger.models import Notice
from ledger.services.errors import ChangedMeanwhileError, FieldsRefusedError, MoveRefusedError
from tests.factories import ActivityFactory, UserFactory
from tests.factories.duty import hq, leave, shift

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 30, 9, tzinfo=SHANGHAI)  # a Monday
DAY = local_date(AT) + timedelta(days=1)
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def friend(police):
    return UserFactory(unit=police)


def ask(mine, person, other=None, **given):
    return ask_swap(actor=mine.officer, shift=mine, person=person, other=other, reason="", at=AT, **given)


def places():
    return {(row.officer_id, row.day, row.half, row.workstream_id) for row in DutyShift.objects.all()}


def words_to(person):
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("words", flat=True))


@pytest.mark.parametrize("same_half_day", [True, False])
def test_two_change_places_when_the_other_agrees_and_both_are_told(officer, friend, coordinator, same_half_day):
    mine, theirs = shift(officer, DAY, "am"), shift(friend, DAY if same_half_day else NEXT, "am", at=1)
    swap = ask(mine, friend, theirs)
    assert words_to(friend)[0].startswith(f"{officer}请您换班：{officer}的")
    before = places()
    for _ in range(2):
        answer_swap(actor=friend, swap=swap, agrees=True, at=AT)
    assert (
        places()
        == {
            (friend.pk, mine.day, "am", hq(0).pk),
            (officer.pk, theirs.day, "am", hq(1).pk),
        }
        != before
    )
    assert [len(words_to(person)) for person in (officer, friend, coordinator)] == [1, 1, 1]
    assert words_to(officer) == [f"{friend}同意换班：{swap.words}"]


def test_somebody_steps_in_and_the_coordinator_may_agree_for_them(officer, friend, coordinator, foreign_officer):
    swap = ask(shift(officer, DAY, "am"), friend)
    for nobody in (officer, foreign_officer):
        with pytest.raises(MoveRefusedError):
            answer_swap(actor=nobody, swap=swap, agrees=True, at=AT)
    answer_swap(actor=coordinator, swap=swap, agrees=True, at=AT)
    assert places() == {(friend.pk, DAY, "am", hq().pk)}
    assert words_to(friend)[-1] == f"{coordinator}同意换班：{swap.words}"


@pytest.mark.parametrize("agrees", [True, False])
def test_only_the_first_answer_counts(officer, friend, coordinator, agrees):
    swap = ask(shift(officer, DAY, "am"), friend)
    answer_swap(actor=friend, swap=swap, agrees=agrees, at=AT)
    with pytest.raises(ChangedMeanwhileError, match="您的答复没有保存"):
        answer_swap(actor=coordinator, swap=swap, agrees=not agrees, at=AT)
    with pytest.raises(ChangedMeanwhileError):
        withdraw_swap(actor=officer, swap=swap, at=AT)


def test_what_was_asked_can_be_taken_back_and_asked_of_another(officer, friend, police):
    mine = shift(officer, DAY, "am")
    swap = ask(mine, friend)
    with pytest.raises(MoveRefusedError):
        ask(mine, UserFactory(unit=police))
    withdraw_swap(actor=officer, swap=swap, at=AT)
    assert ask(mine, UserFactory(unit=police)).state == "asked"


@pytest.mark.parametrize("hindrance", ["busy", "away", "not theirs", "oneself"])
def test_what_cannot_be_is_refused_when_asked(officer, friend, hindrance):
    mine, other, person = shift(officer, DAY, "am"), None, friend
    if hindrance == "busy":
        shift(friend, DAY, "am", at=1)
    elif hindrance == "away":
        leave(friend, DAY, NEXT)
    elif hindrance == "not theirs":
        other = shift(UserFactory(unit=officer.unit), NEXT, "am")
    else:
        person = officer
    with pytest.raises(FieldsRefusedError):
        ask(mine, person, other)
    assert not DutySwap.objects.exists()


@pytest.mark.parametrize("meanwhile", ["busy", "away", "gone", "past", "account closed"])
def test_what_has_changed_since_is_looked_at_when_it_is_agreed(officer, friend, coordinator, meanwhile):
    mine = shift(officer, DAY, "am")
    swap, at, actor = ask(mine, friend), AT, friend
    if meanwhile == "busy":
        shift(friend, DAY, "am", at=1)
    elif meanwhile == "away":
        leave(friend, DAY, DAY)
    elif meanwhile == "gone":
        mine.delete()
    elif meanwhile == "past":
        at = AT + timedelta(days=5)
    else:
        friend.is_active, actor = False, coordinator
        friend.save()
    with pytest.raises(ChangedMeanwhileError):
        answer_swap(actor=actor, swap=swap, agrees=True, at=at)
    swap.refresh_from_db()
    assert swap.state == "asked"


def test_the_same_form_asks_once_and_with_other_words_is_asked_about(officer, friend):
    mine, key = shift(officer, DAY, "am"), uuid4()
    assert ask(mine, friend, submission=key) == ask(mine, friend, submission=key)
    with pytest.raises(AlreadySavedError):
        ask(mine, UserFactory(unit=officer.unit), submission=key)


def test_a_swap_lapses_with_its_shift_and_both_are_told(officer, friend, coordinator):
    swap = ask(shift(officer, DAY, "am"), friend)
    seen = frozenset({("am", officer.pk)})
    arrange(actor=coordinator, place=Place(hq(), DAY), wanted=frozenset(), seen=seen, at=AT)
    swap.refresh_from_db()
    assert (swap.state, swap.shift) == ("lapsed", None)
    assert [any("换班失效" in words for words in words_to(person)) for person in (officer, friend)] == [True, True]


def test_a_leave_makes_gaps_that_the_coordinator_hears_of_once(officer, coordinator):
    shift(officer, DAY, "am"), shift(officer, NEXT, "am"), shift(officer, NEXT + timedelta(days=1), "am")
    made, gaps = register_leave(actor=officer, officer=officer, starts_on=DAY, ends_on=NEXT, reason="", at=AT)
    assert (gaps, tell_gaps(at=AT)) == (2, 0)
    (words,) = words_to(coordinator)
    assert words.startswith("值班缺人 2 班：")
    assert (officer.name in words, "这天请假" in words) == (True, True)
    cancel_leave(actor=officer, leave=made, version=made.version, at=AT)
    assert not DutyShift.objects.not_coming().exists()
    register_leave(actor=coordinator, officer=officer, starts_on=DAY, ends_on=DAY, reason="", at=AT)
    assert tell_gaps(at=AT) == 0


@pytest.mark.parametrize("twice", ["same", "other", "overlapping"])
def test_a_leave_is_registered_once(officer, twice):
    key = uuid4()
    given = {"actor": officer, "officer": officer, "starts_on": DAY, "ends_on": NEXT, "reason": "", "at": AT}
    made, _ = register_leave(**given, submission=key)
    if twice == "same":
        assert register_leave(**given, submission=key) == (made, 0)
    elif twice == "other":
        with pytest.raises(AlreadySavedError):
            register_leave(**{**given, "ends_on": DAY}, submission=key)
    else:
        with pytest.raises(FieldsRefusedError):
            register_leave(**{**given, "starts_on": NEXT})
    assert DutyLeave.objects.count() == 1


def test_a_leave_is_ones_own_or_the_coordinators_to_register(officer, friend, coordinator, foreign_officer):
    for actor in (friend, foreign_officer):
        with pytest.raises(MoveRefusedError):
            register_leave(actor=actor, officer=officer, starts_on=DAY, ends_on=DAY, reason="", at=AT)
    for ends_on in (DAY - timedelta(days=1), DAY + timedelta(days=400)):
        with pytest.raises(FieldsRefusedError):
            register_leave(actor=officer, officer=officer, starts_on=DAY, ends_on=ends_on, reason="", at=AT)


@pytest.mark.parametrize("how", ["left", "moved", "auditor"])
def test_duties_of_who_left_or_moved_are_gaps_told_to_who_receives(
    client, officer, coordinator, admin, court, how, monkeypatch
):
    monkeypatch.setattr("duty.tasks.timezone.now", lambda: AT)
    shift(officer, DAY - timedelta(days=7), "am"), shift(officer, DAY, "am"), shift(officer, DAY, "pm")
    client.force_login(admin)
    monkeypatch.setattr("accounts.views.people.today", lambda: local_date(AT))
    assert "以后的值班 2 班" in client.get(reverse("accounts:user-edit", args=[officer.pk])).content.decode()
    if how == "left":
        deactivate(user=officer, by=admin)
    else:
        type(officer).objects.filter(pk=officer.pk).update(
            **({"unit": court} if how == "moved" else {"role": "auditor"})
        )
    for _ in range(2):
        request_gaps()
    (words,) = words_to(coordinator)
    assert words.startswith("值班缺人 2 班：")
    monkeypatch.setattr("duty.views.week.today", lambda: local_date(AT))
    client.force_login(coordinator)
    assert "2 班来不了" in client.get(reverse("duty:gap-list")).content.decode()


def test_the_office_hears_of_headquarters_without_anyone_and_of_a_week_not_arranged(office, officer):
    calendar, friday = working_calendar(), AT + timedelta(days=4)
    assert tell_empty(at=AT, calendar=calendar) == 0  # nobody uses the roster
    for day in (local_date(AT), DAY, NEXT):
        for half in ("am", "pm"):
            for at in range(6):
                shift(UserFactory(unit=officer.unit), day, half, at=at)
    assert tell_empty(at=AT, calendar=calendar) == 0
    DutyShift.objects.filter(day=DAY, half="pm", workstream=hq(2)).delete()
    assert tell_empty(at=AT, calendar=calendar) == 1
    assert words_to(office)[-1].startswith("值班空缺 1 个半天没有人：12月1日（周二）下午")
    tell_empty(at=friday, calendar=calendar)
    assert words_to(office)[-1] == "下周的值班还没有排，请安排"


def test_nothing_is_told_at_night(officer, coordinator, monkeypatch):
    monkeypatch.setattr("duty.tasks.timezone.now", lambda: AT.replace(hour=22))
    shift(officer, DAY, "am")
    leave(officer, DAY, DAY)
    assert request_gaps() == []
    assert words_to(coordinator) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_my_duties_cost_the_same_for_any_number_of_rows(client, django_assert_num_queries, officer, friend, rows):
    today = timezone.localdate()
    for n in range(rows):
        shift(officer, today - timedelta(days=n), "am")
        made = shift(officer, today + timedelta(days=n + 1), "am")
        ask_swap(actor=officer, shift=made, person=friend, other=None, reason="", at=timezone.now())
    stranger = UserFactory(name="别单位的人")
    shift(stranger, today, "am")
    client.force_login(officer)
    client.get(reverse("duty:mine"))
    with django_assert_num_queries(8):
        page = client.get(reverse("duty:mine")).content.decode()
    assert stranger.name not in page


def test_the_button_on_the_first_page_fills_in_the_duty_and_then_says_it_was_logged(client, officer, friend):
    today = timezone.localdate()
    shift(officer, today, "am"), shift(officer, today, "pm"), shift(friend, today, "am")
    client.force_login(officer)
    home = client.get(reverse("desk:home"))
    assert f"今天在岗：{hq().hq_name or hq().name + '指挥部'}（全天）" in home.content.decode()
    (line,) = home.context["home"].duty.today
    form = client.get(line.log_url).context["form"]
    assert {name: form.initial[name] for name in ("kind", "happened_on", "headquarters", "participants")} == {
        "kind": "duty", "happened_on": today, "headquarters": hq().pk, "participants": [friend.pk],
    }  # fmt: skip
    assert form.initial["output_attendance"] == 2
    done = ActivityFactory(kind="duty", happened_on=today, workstream=hq(), officer=friend, unit=friend.unit)
    assert client.get(reverse("desk:home")).context["home"].duty.today[0].log_url
    done.participants.add(officer)
    again = client.get(reverse("desk:home"))
    assert ("已记坐班" in again.content.decode(), again.context["home"].duty.today[0].log_url) == (True, "")


def test_a_duty_gone_by_without_a_log_is_said_as_a_fact(client, officer, coordinator):
    day = timezone.localdate() - timedelta(days=1)
    shift(officer, day, "am")
    client.force_login(officer)
    assert "没有坐班记录" in client.get(reverse("duty:mine")).content.decode()
    client.force_login(coordinator)
    assert "未记" in client.get(reverse("duty:week"), {"week": day.isoformat()}).content.decode()


def test_swaps_and_leaves_by_the_pages(client, officer, friend, coordinator):
    day = timezone.localdate() + timedelta(days=1)
    mine, theirs = shift(officer, day, "am"), shift(friend, day, "pm")
    client.force_login(officer)
    address = reverse("duty:swap-create", args=[mine.pk])
    key = client.get(address).context["form"].initial["submission_key"]
    given = {"submission_key": key, "person": friend.pk, "other": theirs.pk, "reason": "开会"}
    for _ in range(2):
        assert client.post(address, given).status_code == 302
    swap = DutySwap.objects.get()
    assert "这个班现在不能申请换班" in client.get(address).content.decode()
    client.force_login(friend)
    assert "1 人请您换班" in client.get(reverse("desk:home")).content.decode()
    client.post(reverse("duty:swap-answer", args=[swap.pk]), {"answer": "maybe"})
    client.post(reverse("duty:swap-answer", args=[swap.pk]), {"answer": "yes"})
    assert places() == {(officer.pk, day, "pm", hq().pk), (friend.pk, day, "am", hq().pk)}
    late = client.post(reverse("duty:swap-answer", args=[swap.pk]), {"answer": "no"}, follow=True)
    assert "您的答复没有保存" in late.content.decode()
    form = client.get(reverse("duty:leave-create")).context["form"]
    assert [person.pk for person in form.fields["officer"].queryset] == [friend.pk]
    dates = {"starts_on": day.isoformat(), "ends_on": day.isoformat()}
    given = {"submission_key": form.initial["submission_key"], "officer": friend.pk, **dates, "reason": ""}
    page = client.post(reverse("duty:leave-create"), given, follow=True).content.decode()
    assert "其间有 1 班成为空班" in page
    client.force_login(officer)
    assert client.post(reverse("duty:leave-cancel", args=[DutyLeave.objects.get().pk])).status_code == 302
    assert DutyLeave.objects.exists()  # a colleague's: seen in the unit, not theirs to take back
    client.force_login(friend)
    client.post(reverse("duty:leave-cancel", args=[DutyLeave.objects.get().pk]), {"version": 1})
    assert not DutyLeave.objects.exists()


def test_what_nobody_answered_in_time_waits_no_longer(officer, friend, police):
    """Its day has come and gone, or one of the two has left: it could only be refused, and stood on pages for ever."""
    by_day = ask(shift(officer, DAY, "am"), friend)
    returned = ask(shift(officer, NEXT + timedelta(days=9), "am"), friend, shift(friend, DAY, "pm"))
    third = UserFactory(unit=police)
    left = ask(shift(officer, NEXT + timedelta(days=9), "pm"), third)
    waits = ask(shift(friend, NEXT + timedelta(days=8), "pm"), officer)
    User.objects.filter(pk=third.pk).update(is_active=False)
    told = len(words_to(officer))
    later = AT + timedelta(days=2)
    assert [lapse_overtaken(at=when) for when in (AT, AT, later, later)] == [1, 0, 2, 0]
    states = DutySwap.objects.in_bulk([by_day.pk, returned.pk, left.pk, waits.pk])
    assert [states[one.pk].state for one in (by_day, returned, left, waits)] == ["lapsed"] * 3 + ["asked"]
    assert len(words_to(officer)) == told + 3
    assert words_to(officer)[-1].endswith(states[returned.pk].words)
    with pytest.raises(ChangedMeanwhileError, match="这个换班已失效"):
        answer_swap(actor=friend, swap=by_day, agrees=False, at=later)
    assert home_duty(friend, local_date(later)).asked == 0


def test_the_offices_clock_ends_swaps_that_were_overtaken(officer, friend):
    swap = ask(shift(officer, DAY, "am"), friend)
    with time_machine.travel(AT + timedelta(days=2), tick=False):
        request_gaps()
    swap.refresh_from_db()
    assert (swap.state, swap.answered_by) == ("lapsed", None)
