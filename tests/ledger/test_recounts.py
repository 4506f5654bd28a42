"""Changing the calendar and the rules: what the preview says, what moves, and that nothing moves twice."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from auditlog.models import LogEntry
from django.urls import reverse

from jobs.models import Job
from jobs.runner import run_job
from ledger.calendar import working_calendar
from ledger.deadlines import RuleBook, current_terms, rule_book
from ledger.models import CalendarDay, CalendarVersion, CalendarYear, DeadlineShift, Priority, ProblemCategory
from ledger.notices import NoticeError, as_list, packaged, read_notice
from ledger.services.deadlines.calendars import (
    CalendarChange,
    CalendarConflictError,
    DayPlan,
    Notice,
    change_calendar,
    preview,
    recount_behind,
)
from ledger.services.deadlines.recount_jobs import job_of
from ledger.services.deadlines.rules import RulesConflictError, change_rules, preview_rules
from ledger.services.errors import LedgerError
from ledger.states import Action, EntryState
from tests.factories import EntryFactory, UnitFactory, UserFactory
from tests.factories.ledger import move

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 25, 2, tzinfo=UTC)
TODAY = date(2026, 12, 25)
ASSIGNED = date(2026, 12, 21)
NOTICE = """一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（农历除夕、周五）至11日（农历正月初六、周四）放假调休，共7天。1月30日（周六）、2月20日（周六）上班。"""
NEW_YEAR = {
    date(2027, 1, 1): DayPlan(False, "元旦"),
    date(2027, 1, 2): DayPlan(False, "元旦"),
    date(2027, 1, 9): DayPlan(True, "元旦调休上班"),
}
ANNOUNCED = CalendarChange(
    "公布 2027 年放假安排", "国办发明电〔2026〕9号", NEW_YEAR, Notice(2027, "国办发明电〔2026〕9号", TODAY)
)


def assigned(unit, deadline=None, **fields):
    """Assigned on 21 December 2026: ten working days run to 4 January, so far as anyone knows."""
    entry = EntryFactory(unit=unit, registered_on=ASSIGNED, state=EntryState.ACCEPTED, **fields)
    due = deadline or current_terms().term(entry, ASSIGNED).deadline
    office = UserFactory(coordinator=True, city=True)
    handler = UserFactory(unit=unit)
    return move(
        entry, Action.ASSIGN, actor=office, lead_unit=unit, handler=handler, deadline=due, deadline_reason="等待批复"
    )


@pytest.fixture
def entries(police):
    return {
        "rule": assigned(police),
        "hand": assigned(police, date(2027, 1, 5)),
        "early": assigned(police, category=ProblemCategory.objects.get(name="治安环境")),
    }


def deadlines(entries):
    for entry in entries.values():
        entry.refresh_from_db()
    return {name: entry.deadline for name, entry in entries.items()}


def test_announcing_a_year_moves_the_deadlines_counted_by_rule_and_says_which(entries, admin):
    assert deadlines(entries) == {"rule": date(2027, 1, 4), "hand": date(2027, 1, 5), "early": date(2026, 12, 28)}
    shown = preview(ANNOUNCED, TODAY)
    assert (len(shown.changes), shown.outlook.by_rule, shown.outlook.by_hand) == (2, 2, 1)
    assert [(shift.entry, shift.was, shift.now) for shift in shown.outlook.shifts] == [
        (entries["rule"], date(2027, 1, 4), date(2027, 1, 5))
    ]
    assert CalendarVersion.objects.count() == 1

    version = change_calendar(change=ANNOUNCED, seen=1, actor=admin, at=NOW)
    assert deadlines(entries) == {"rule": date(2027, 1, 5), "hand": date(2027, 1, 5), "early": date(2026, 12, 28)}
    assert [entry.calendar_version_id for entry in entries.values()] == [2, 1, 2]
    shift = DeadlineShift.objects.get()
    assert (shift.entry, shift.was, shift.now, shift.version, shift.unit) == (
        entries["rule"],
        date(2027, 1, 4),
        date(2027, 1, 5),
        version,
        entries["rule"].lead_unit,
    )
    event = entries["rule"].events.last()
    assert (event.action, event.from_state, event.to_state, event.actor, event.note, event.data) == (
        Action.RECOUNT,
        EntryState.ASSIGNED,
        EntryState.ASSIGNED,
        admin,
        "第 2 版 公布 2027 年放假安排",
        {"was_deadline": "2027-01-04", "deadline": "2027-01-05"},
    )
    audit = LogEntry.objects.get_for_object(entries["rule"]).order_by("-pk")[0]
    assert (audit.actor, audit.changes) == (admin, {"deadline": ["2027-01-04", "2027-01-05"]})
    assert version.changes == [
        ["2027-01-01", "工作日", "放假 元旦"],
        ["2027-01-09", "周末", "上班 元旦调休上班"],
    ]
    assert not working_calendar().is_provisional(date(2027, 1, 4))


def test_recounting_again_changes_nothing(entries, admin):
    change_calendar(change=ANNOUNCED, seen=1, actor=admin, at=NOW)
    assert Job.objects.filter(kind="ledger.recount").count() == 1
    assert (recount_behind(NOW), DeadlineShift.objects.count()) == (0, 1)
    with pytest.raises(LedgerError, match=r"^与现在的日历相同，没有要改的$"):
        change_calendar(change=ANNOUNCED, seen=2, actor=admin, at=NOW)
    assert CalendarVersion.objects.count() == 2


def test_what_was_assigned_by_the_old_calendar_meanwhile_is_caught_up(entries, admin, police):
    change_calendar(change=ANNOUNCED, seen=1, actor=admin, at=NOW)
    late = assigned(police)
    type(late).objects.filter(pk=late.pk).update(deadline=date(2027, 1, 4), calendar_version=1)
    assert recount_behind(NOW) == 1
    late.refresh_from_db()
    assert (late.deadline, late.calendar_version_id, late.events.last().actor_name) == (date(2027, 1, 5), 2, "系统")


def test_waiting_counts_anew_by_the_new_calendar_and_done_entries_stay(police, admin):
    entry, done = assigned(police), assigned(police)
    for one in (entry, done):
        move(one, Action.ACKNOWLEDGE, actor=one.handler)
    move(entry, Action.PAUSE, actor=entry.handler, day=date(2026, 12, 30), note="等企业答复")
    move(entry, Action.RESUME, actor=entry.handler, day=date(2027, 1, 4))
    assert (entry.paused_days, entry.deadline) == (3, date(2027, 1, 7))
    type(done).objects.filter(pk=done.pk).update(state=EntryState.CLOSED)
    change_calendar(change=ANNOUNCED, seen=1, actor=admin, at=datetime(2027, 1, 5, tzinfo=UTC))
    entry.refresh_from_db()
    done.refresh_from_db()
    assert (entry.paused_days, entry.deadline, done.deadline) == (2, date(2027, 1, 7), date(2027, 1, 4))


class TestManyDeadlines:
    """More than fit into the confirming request are counted by a job."""

    @pytest.fixture(autouse=True)
    def few_at_once(self, settings, monkeypatch):
        settings.RECOUNT_AT_ONCE = 1
        monkeypatch.setattr("ledger.services.deadlines.recount_jobs.PART", 1)

    def test_request_only_asks_and_the_job_moves_them_in_the_name_of_the_admin(self, entries, admin):
        version = change_calendar(change=ANNOUNCED, seen=1, actor=admin, at=NOW)
        assert (DeadlineShift.objects.count(), entries["rule"].deadline) == (0, date(2027, 1, 4))
        job = job_of(version)
        with time_machine.travel(NOW):
            run_job(job.pk)
        job.refresh_from_db()
        assert (job.result, job.done, job.total, job.owner) == ({"counted": 2, "moved": 1}, 2, 2, admin)
        assert deadlines(entries) == {"rule": date(2027, 1, 5), "hand": date(2027, 1, 5), "early": date(2026, 12, 28)}
        assert [(shift.version, shift.event.actor) for shift in DeadlineShift.objects.all()] == [(version, admin)]
        assert {entry.calendar_version_id for entry in entries.values()} == {1, 2}
        assert Job.objects.filter(kind="ledger.recount").count() == 1

    def test_killed_half_way_it_goes_on_behind_the_last_part(self, entries, admin, police):
        more = assigned(police)
        job = job_of(change_calendar(change=ANNOUNCED, seen=1, actor=admin, at=NOW))
        done = {"after": entries["rule"].pk, "counted": 1, "moved": 1}
        Job.objects.filter(pk=job.pk).update(cursor=done, attempts=1, cancel_requested=True)
        run_job(job.pk)
        job.refresh_from_db()
        assert job.result == {"counted": 3, "moved": 2}
        assert [shift.entry for shift in DeadlineShift.objects.all()] == [more]

    def test_rules_follow_in_the_same_way(self, entries, admin):
        change = change_rules(book=RuleBook({(None, ""): 12}), seen=rule_book(), actor=admin, at=NOW)
        with time_machine.travel(NOW):
            run_job(job_of(change).pk)
        assert (change.shifts.count(), deadlines(entries)["rule"]) == (2, date(2027, 1, 6))

    def test_page_of_what_moved_shows_how_far_it_is(self, client, admin, coordinator, entries):
        version = change_calendar(change=ANNOUNCED, seen=1, actor=admin, at=NOW)
        address = f"{reverse('ledger:shift-list')}?version={version.pk}"
        status = reverse("jobs:job-status", args=[job_of(version).pk])
        shown = {}
        for person in (admin, coordinator):
            client.force_login(person)
            shown[person.role] = status in client.get(address).content.decode()
        assert shown == {"admin": True, "coordinator": False}


def test_second_of_two_admins_is_told_to_look_again(entries, admin):
    change_calendar(change=ANNOUNCED, seen=1, actor=admin, at=NOW)
    other = CalendarChange("修改", "通知", {date(2026, 12, 28): DayPlan(False, "停工")})
    with pytest.raises(CalendarConflictError, match=f"^日历刚由{admin.name}改过"):
        change_calendar(change=other, seen=1, actor=admin, at=NOW)
    assert not CalendarDay.objects.filter(day=date(2026, 12, 28)).exists()


def test_rules_preview_counts_earlier_later_and_overdue_and_leaves_dates_chosen_by_hand(entries, admin):
    kind = ProblemCategory.objects.get(name="治安环境").pk
    book = RuleBook({**rule_book().days, (None, ""): 12, (kind, ""): 2})
    shown = preview_rules(book, TODAY)
    assert shown.changes == [
        ("全部类别 · 不分缓急", "10 个工作日", "12 个工作日"),
        ("治安环境 · 不分缓急", "5 个工作日", "2 个工作日"),
    ]
    outlook = shown.outlook
    assert (outlook.later, outlook.earlier, outlook.unmoved, outlook.by_hand) == (1, 1, 0, 1)
    assert [shift.entry for shift in outlook.newly_overdue] == [entries["early"]]
    change = change_rules(book=book, seen=rule_book(), actor=admin, at=NOW)
    assert deadlines(entries) == {"rule": date(2027, 1, 6), "hand": date(2027, 1, 5), "early": date(2026, 12, 23)}
    assert (change.shifts.count(), entries["rule"].counted_days) == (2, 12)
    with pytest.raises(RulesConflictError):
        change_rules(book=book, seen=RuleBook({}), actor=admin, at=NOW)


def test_rule_for_everything_cannot_be_dropped(admin):
    with pytest.raises(LedgerError, match="通用规则"):
        preview_rules(RuleBook({(None, Priority.HARD): 25}), TODAY)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "没有找到放假或上班的日期"),
        ("一、元旦：1月1日至3日", "看不懂“1月1日至3日”是放假还是上班"),
        ("一、元旦：1月1日至3日放假，共4天。", "写的是 4 天，读出来是 3 天"),
        ("一、元旦：2月30日放假。", "没有这一天"),
        ("2026-01-01 放假 元旦", "2026-01-01 不在 2027 年"),
        ("2027-01-01 放假\n2027-01-01 上班", "既写了放假又写了上班"),
    ],
)
def test_notice_that_cannot_be_right_is_refused_with_the_place(text, words):
    with pytest.raises(NoticeError, match=words):
        read_notice(text, 2027)


def test_notice_is_read_as_published_and_lists_read_back():
    days = read_notice(NOTICE, 2027)
    assert ([one.day.isoformat() for one in days if one.is_working], len(days)) == (["2027-01-30", "2027-02-20"], 12)
    assert read_notice(as_list(days), 2027) == days
    span = read_notice("一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。", 2023)
    assert [one.day for one in span] == [date(2022, 12, 31), date(2023, 1, 1), date(2023, 1, 2)]
    assert (len(packaged(2026)), packaged(2027)) == (39, [])


def given(client, name):
    """The form of a page as its preview sends it on."""
    form = client.get(reverse(name)).context["form"]
    return {bound.html_name: bound.value() for bound in form if bound.value() is not None}


def test_admin_announces_a_year_by_pasting_the_notice(client, admin, entries):
    client.force_login(admin)
    url = reverse("ledger:calendar-announce")
    typed = {
        "year": 2027,
        "number": "国办发明电〔2026〕9号",
        "issued_on": "2026-11-03",
        "text": NOTICE,
        "step": "confirm",
    }
    page = client.post(url, typed)
    assert (page.status_code, CalendarYear.objects.filter(year=2027).exists()) == (200, False)
    assert [shift.now for shift in page.context["shown"].outlook.shifts] == [date(2027, 1, 5)]
    shown = page.context["form"]
    confirmed = {**typed, "looked_at": shown["looked_at"].value(), "seen": shown["seen"].value()}
    changed = client.post(url, {**confirmed, "text": NOTICE.replace("2月20日", "2月27日")})
    assert CalendarVersion.objects.count() == 1, "what was typed after the preview is looked at first"
    assert changed.context["shown"] is not None
    done = client.post(url, confirmed, follow=True)
    assert done.redirect_chain == [(f"{reverse('ledger:shift-list')}?version=2", 302)]
    assert "日历已是第 2 版，1 件未办结问题的期限随之变动" in done.content.decode()
    again = client.post(url, confirmed)
    assert (again.status_code, CalendarVersion.objects.count()) == (422, 2)
    year = client.get(reverse("ledger:calendar"), {"year": 2027}).content.decode()
    assert "国办发明电〔2026〕9号" in year
    assert "暂按周末推算" not in year


def test_admin_puts_a_day_right_with_its_source(client, admin):
    client.force_login(admin)
    url = reverse("ledger:calendar-days")
    typed = {"day": "2026-12-28", "kind": "off", "name": "雪灾停工", "source": "市政府通知"}
    shown = client.post(url, typed).context["form"]
    client.post(
        url, {**typed, "step": "confirm", "looked_at": shown["looked_at"].value(), "seen": shown["seen"].value()}
    )
    day = CalendarDay.objects.get(day=date(2026, 12, 28))
    assert (day.is_working, day.name, day.source) == (False, "雪灾停工", "市政府通知")
    page = client.post(url, {**typed, "source": ""})
    assert "请写明依据哪份通知" in page.content.decode()
    assert "与现在的日历相同" in client.post(url, typed).content.decode()


def test_admin_changes_the_rules_after_a_look(client, admin, entries):
    client.force_login(admin)
    url = reverse("ledger:calendar-rules")
    typed = {**given(client, "ledger:calendar-rules"), "days_0_any": 12}
    page = client.post(url, typed)
    assert page.context["shown"].changes == [("全部类别 · 不分缓急", "10 个工作日", "12 个工作日")]
    confirmed = {**typed, "step": "confirm", "looked_at": page.context["form"]["looked_at"].value()}
    done = client.post(url, confirmed, follow=True)
    assert "时限规则已修改，1 件未办结问题的期限随之变动" in done.content.decode()
    assert "规则刚被别人改过" in client.post(url, confirmed).content.decode()
    assert rule_book().allowed(None, "normal") == 12


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("view", ["ledger:shift-list", "ledger:shift-export"])
def test_shifts_are_listed_for_those_who_see_the_entry(
    client, admin, coordinator, police, rows, view, django_assert_num_queries
):
    mine = [assigned(police) for _ in range(rows)]
    foreign = assigned(UnitFactory())
    change_calendar(change=ANNOUNCED, seen=1, actor=admin, at=NOW)
    client.force_login(coordinator)
    with django_assert_num_queries(8):
        page = client.get(reverse(view), {"version": 2})
    if view == "ledger:shift-list":
        text = page.content.decode()
        assert all(entry.number in text for entry in mine)
        assert foreign.number not in text


@pytest.mark.parametrize("year", [2026, 2027])
def test_year_page_costs_the_same_for_any_year(client, officer, year, django_assert_num_queries):
    client.force_login(officer)
    with django_assert_num_queries(10):
        page = client.get(reverse("ledger:calendar"), {"year": year})
    assert ("暂按周末推算" in page.content.decode()) == (year == 2027)
    assert reverse("ledger:calendar-announce") not in page.content.decode()
