"""撤单质检: what is drawn, by whom it is judged, what a verdict does, what the pages and the timetable show."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from auditlog.models import LogEntry
from django.db import IntegrityError, transaction
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Unit
from jobs.models import Job
from jobs.runner import run_job
from ledger.models import Notice, Recheck, RecheckDraw, RecheckRule
from ledger.sampling import SetAside, parse_span, sample, span_of
from ledger.selectors.rechecks import progress, waiting_for_q
from ledger.services.checking.rechecks import change_rule, draw, judge, may_judge, request_draws
from ledger.services.errors import FieldsRefusedError, LedgerError, MoveConflictError, MoveRefusedError
from ledger.states import Action, EntryState
from reports.days.from_events import rates_on
from tests.factories import EntryFactory, UserFactory
from tests.factories.ledger import at, move

pytestmark = pytest.mark.django_db
MAY = span_of(date(2023, 5, 10), weekly=False)
JUNE = at(date(2023, 6, 1))


def set_aside(unit, count=1, **fields):
    return [EntryFactory(unit=unit, state=EntryState.REJECTED, **fields) for _ in range(count)]


def drawn(unit, **fields) -> Recheck:
    entry = set_aside(unit, **fields)[0]
    draw(span=MAY, at=JUNE)
    return Recheck.objects.get(entry=entry)


def verdict(recheck, actor, said="overturned", words="已电话核实，企业仍要求解决", **given):
    given = {"seen": recheck.entry.version, "at": JUNE, **given}
    return judge(recheck=recheck, actor=actor, verdict=said, words=words, **given)


@pytest.mark.parametrize(
    ("counts", "percent", "wanted"),
    [
        ({1: 1, 2: 9, 3: 10, 4: 11, 5: 40}, 10, {1: 1, 2: 1, 3: 1, 4: 2, 5: 4}),
        ({1: 3, 2: 1}, 1, {1: 1, 2: 1}),
        ({1: 3, 2: 1}, 100, {1: 3, 2: 1}),
        ({}, 10, {}),
    ],
)
def test_sample_takes_its_share_of_every_unit_and_at_least_one(counts, percent, wanted):
    steps = [
        SetAside(unit * 100 + n, n, f"JS-2023-{unit}{n:03d}#2", unit) for unit in counts for n in range(counts[unit])
    ]
    chosen = sample(steps, percent, "2023M05")
    assert {unit: sum(step.unit == unit for step in chosen) for unit in counts} == wanted
    assert sample(reversed(steps), percent, "2023M05") == chosen


def test_another_period_draws_others():
    steps = [SetAside(n, n, f"JS-2023-{n:04d}#2", 1) for n in range(100)]
    assert sample(steps, 10, "2023M05") != sample(steps, 10, "2023M06")


@pytest.mark.parametrize(
    ("code", "first", "last", "label"),
    [
        ("2026M10", date(2026, 10, 1), date(2026, 10, 31), "2026年10月"),
        ("2026W43", date(2026, 10, 19), date(2026, 10, 25), "2026年第43周"),
        ("2026W53", date(2026, 12, 28), date(2027, 1, 3), "2026年第53周"),
    ],
)
def test_periods_are_months_or_iso_weeks(code, first, last, label):
    span = parse_span(code)
    assert (span.code, span.starts_on, span.ends_on, span.label) == (code, first, last, label)
    assert span.before().ends_on == first - timedelta(days=1)


@pytest.mark.parametrize("code", ["", "2026W54", "2025W53", "2026M13", "2026H1", "2026", "abc"])
def test_what_names_no_period_is_none(code):
    assert parse_span(code) is None


def test_draw_takes_withdrawn_rejected_and_merged_of_the_period_and_finds_the_same_again(police, court, admin):
    registrar = UserFactory(unit=police)
    withdrawn = move(
        EntryFactory(unit=police, registered_by=registrar), Action.WITHDRAW, actor=registrar, note="登记有误"
    )
    merged = EntryFactory(unit=court, state=EntryState.DUPLICATE)
    set_aside(police, 2, registered_on=date(2023, 6, 1))  # of another month
    EntryFactory(unit=police, state=EntryState.CLOSED)
    made, fresh = draw(span=MAY, at=JUNE, actor=admin)
    assert (fresh, made.period, made.percent, made.drawn_by) == (2, "2023M05", 10, admin)
    assert set(made.rechecks.values_list("entry", "unit")) == {(withdrawn.pk, police.pk), (merged.pk, court.pk)}
    change_rule(version=1, percent=100, every="month")
    assert draw(span=MAY, at=JUNE + timedelta(days=40)) == (made, 0)


def test_each_entry_drawn_has_a_row_of_its_own_in_the_trail(police):
    set_aside(police, 3)
    draw(span=MAY, at=JUNE)
    rows = [LogEntry.objects.get_for_object(one).count() for one in Recheck.objects.all()]
    assert rows == [1] * len(rows) != []


def test_older_records_that_come_later_are_drawn_too(police, court):
    set_aside(police)
    draw(span=MAY, at=JUNE)
    late = set_aside(court)[0]
    made, fresh = draw(span=MAY, at=JUNE)
    assert (fresh, made.rechecks.filter(entry=late).exists()) == (1, True)


def test_running_period_is_not_drawn_yet():
    with pytest.raises(LedgerError, match=r"^2023年5月还没有过完"):
        draw(span=MAY, at=at(date(2023, 5, 31), 23))


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("office", True),
        ("admin", True),
        ("mover", False),
        ("receiving", False),
        ("of the unit", False),
        ("leader", False),
        ("officer", False),
    ],
)
def test_only_the_office_judges_never_who_did_it_nor_the_unit(who, may, police, office, admin, city_leader, officer):
    recheck = drawn(police)
    people = {
        "office": office,
        "admin": admin,
        "mover": recheck.event.actor,
        "receiving": UserFactory(unit=police, coordinator=True),
        "of the unit": UserFactory(unit=police, admin=True),
        "leader": city_leader,
        "officer": officer,
    }
    person = people[who]
    assert may_judge(recheck, person) is may
    assert Recheck.objects.filter(waiting_for_q(person)).exists() is may
    if not may:
        with pytest.raises(MoveRefusedError, match="质检不属实由复核人"):
            verdict(recheck, person)


def test_what_the_commission_itself_set_aside_is_judged_by_somebody_there_who_had_no_hand_in_it(office, admin):
    commission = Unit.objects.get(name="市委政法委")
    recheck = drawn(commission, registered_by=admin)
    for person, may in ((office, True), (admin, False)):
        assert (may_judge(recheck, person), Recheck.objects.filter(waiting_for_q(person)).exists()) == (may, may)


def test_wrongly_set_aside_is_taken_up_again_counted_and_told(police, office, coordinator, officer):
    recheck = drawn(police, registered_by=officer)
    before = rates_on(date(2023, 6, 1)).all
    verdict(recheck, office)
    entry = recheck.entry
    entry.refresh_from_db()
    assert (entry.state, entry.reopen_count) == (EntryState.ACCEPTED, 1)
    event = entry.events.latest("seq")
    assert (event.action, event.note) == ("reinstate", "已电话核实，企业仍要求解决")
    assert event.data == {"draw": "2023年5月", "drawn_step": "不予受理"}
    kept = Recheck.objects.get()
    assert (kept.standing, kept.words, kept.judged_by, kept.judged_on) == (
        "不属实",
        "已电话核实，企业仍要求解决",
        office,
        date(2023, 6, 1),
    )
    assert set(Notice.objects.filter(kind="returned").values_list("recipient", flat=True)) == {
        coordinator.pk,
        officer.pk,
    }
    after = rates_on(date(2023, 6, 1)).all
    assert (before.total, before.rejected, before.reinstated) == (0, 1, 0)
    assert (after.total, after.rejected, after.reinstated) == (1, 0, 1)


def test_merged_entry_taken_up_again_stands_alone(police, office):
    entry = EntryFactory(unit=police, state=EntryState.DUPLICATE)
    original = entry.duplicate_of
    draw(span=MAY, at=JUNE)
    verdict(Recheck.objects.get(), office)
    entry.refresh_from_db()
    assert (entry.duplicate_of, entry.state) == (None, EntryState.ACCEPTED)
    assert entry.events.latest("seq").data["was_duplicate_of"] == original.number


def test_rightly_set_aside_stays_so_and_is_drawn_no_more(police, office):
    recheck = drawn(police)
    verdict(recheck, office, "upheld", "材料齐全，确不属受理范围")
    recheck.entry.refresh_from_db()
    assert (recheck.entry.state, recheck.entry.reopen_count) == (EntryState.REJECTED, 0)
    assert (recheck.entry.events.latest("seq").action, Recheck.objects.get().standing) == ("uphold", "属实")
    assert not may_judge(Recheck.objects.get(), office)
    assert draw(span=MAY, at=JUNE)[1] == 0


def test_second_judge_comes_too_late_and_the_same_twice_is_once(police, office, admin):
    recheck, seen = drawn(police), 2
    first = verdict(recheck, office, seen=seen)
    assert verdict(recheck, office, seen=seen) == first
    with pytest.raises(MoveConflictError, match="质检不属实"):
        verdict(recheck, admin, "upheld", seen=seen)
    assert Recheck.objects.get().judged_by == office


@pytest.mark.parametrize(("said", "words", "field"), [("", "查了", "verdict"), ("upheld", " ", "words")])
def test_verdict_needs_both_its_word_and_why(said, words, field, police, office):
    with pytest.raises(FieldsRefusedError) as refused:
        verdict(drawn(police), office, said, words)
    assert refused.value.faults.keys() == {field}


def test_half_a_verdict_cannot_be_stored(police):
    recheck = drawn(police)
    with pytest.raises(IntegrityError), transaction.atomic():
        Recheck.objects.filter(pk=recheck.pk).update(verdict="upheld")


def test_timetable_asks_for_each_period_once_and_catches_up(police):
    set_aside(police, 3)
    assert request_draws(date(2023, 6, 1)) == ["2023M05"]
    assert request_draws(date(2023, 6, 2)) == ["2023M05"]
    job = Job.objects.get(kind="ledger.recheck")
    run_job(job.pk)
    assert (Recheck.objects.count(), request_draws(date(2023, 6, 3))) == (1, [])
    assert request_draws(date(2023, 9, 1)) == ["2023M06", "2023M07", "2023M08"]
    change_rule(version=1, percent=20, every="week")
    assert request_draws(date(2023, 6, 7))[-1] == "2023W22"


def test_progress_counts_each_units_share(police, court, office, coordinator):
    set_aside(police, 11), set_aside(court)
    made, _ = draw(span=MAY, at=JUNE)
    verdict(made.rechecks.filter(unit=police)[0], office)
    lines = {line.unit: (line.set_aside, line.drawn, line.judged, line.overturned) for line in progress(made, office)}
    assert lines == {police: (11, 2, 1, 1), court: (1, 1, 0, 0)}
    assert [line.unit for line in progress(made, coordinator)] == [police]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_and_export_ask_the_same_however_long(client, rows, police, court, coordinator, django_assert_num_queries):
    change_rule(version=1, percent=100, every="month")
    own, foreign = set_aside(police, rows), set_aside(court)[0]
    draw(span=MAY, at=JUNE)
    client.force_login(coordinator)
    with django_assert_num_queries(14):
        page = client.get(reverse("ledger:recheck-list")).content.decode()
    assert all(entry.number in page for entry in own)
    assert foreign.number not in page
    assert f"&amp;unit={court.pk}" not in page
    with django_assert_num_queries(5):
        answer = client.get(reverse("ledger:recheck-export"))
    sheet = load_workbook(BytesIO(answer.content)).active
    told = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert {row[1] for row in told if row[1] and row[1].startswith("JS-")} == {entry.number for entry in own}


def test_office_finds_what_waits_for_it_and_judges_on_the_page(client, police, office):
    recheck = drawn(police)
    client.force_login(office)
    page = client.get(reverse("ledger:recheck-list"), {"standing": "mine"}).content.decode()
    address = reverse("ledger:recheck-detail", args=[recheck.pk])
    assert address in page
    shown = client.get(address).content.decode()
    assert ("不属受理范围" in shown, "提交结论" in shown) == (True, True)
    given = {"version": recheck.entry.version, "verdict": "overturned", "words": ""}
    wrong = client.post(address, given)
    assert (wrong.status_code, "请写明查了什么" in wrong.content.decode()) == (422, True)
    answer = client.post(address, {**given, "words": "企业仍要求解决"}, follow=True)
    assert f"{recheck.entry.number} 质检不属实，已恢复受理" in answer.content.decode()
    assert client.post(address, given).status_code == 403
    entry_page = client.get(reverse("ledger:entry-detail", args=[recheck.entry_id])).content.decode()
    assert ("质检不属实" in entry_page, "2023年5月" in entry_page) == (True, True)


def test_someone_judging_what_another_has_just_judged_is_told_who(client, police, office, admin, monkeypatch):
    recheck = drawn(police)
    seen = recheck.entry.version
    monkeypatch.setattr(
        "ledger.views.checking.rechecks.may_judge", lambda recheck, user: True
    )  # opened before the other saved
    verdict(recheck, office)
    client.force_login(admin)
    given = {"version": seen, "verdict": "upheld", "words": "材料齐全"}
    page = client.post(reverse("ledger:recheck-detail", args=[recheck.pk]), given).content.decode()
    assert (f"已由{office}质检不属实" in page, "材料齐全" in page) == (True, True)


def test_drawn_entry_says_so_on_its_page(client, police, officer):
    recheck = drawn(police)
    client.force_login(officer)
    page = client.get(reverse("ledger:entry-detail", args=[recheck.entry_id])).content.decode()
    assert "已抽入2023年5月撤单质检" in page


def test_admin_draws_and_sets_the_rule_and_the_second_to_change_it_sees_both(client, admin):
    client.force_login(admin)
    page = client.post(reverse("ledger:recheck-draw"), {"period": "2023M05"}, follow=True).content.decode()
    assert "2023年5月没有撤出的问题可抽" in page
    assert RecheckDraw.objects.get().drawn_by == admin
    address, given = reverse("ledger:recheck-rule"), {"version": 1, "percent": 30, "every": "week"}
    assert "质检规则改为每周抽查 30%" in client.post(address, given, follow=True).content.decode()
    answer = client.post(address, {**given, "percent": 50})
    assert (answer.status_code, "您填写的" in answer.content.decode()) == (409, True)
    assert RecheckRule.objects.get().percent == 30
    wrong = client.post(address, {"version": 2, "percent": 0, "every": "week"}).content.decode()
    assert "抽查比例至少 1%" in wrong
