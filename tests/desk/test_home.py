from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.models import Draft
from desk import staff
from desk.coordinator import unit_work
from desk.staff import my_work
from enterprises.models import Pairing
from ledger.states import Action, EntryState
from tests.factories import ActivityFactory, EnterpriseFactory, EntryFactory, KeyProjectFactory, PairingFactory
from tests.factories.ledger import move
from tests.reports import settle

pytestmark = pytest.mark.django_db
TODAY = date(2023, 5, 24)  # a Wednesday


def landing(client, user):
    client.force_login(user)
    return client.get(reverse("desk:home"))


def entry_for(officer, deadline, state=EntryState.HANDLING, **fields):
    entry = EntryFactory(unit=officer.unit, handler=officer, state=state, **fields)
    type(entry).objects.filter(pk=entry.pk).update(deadline=deadline)
    entry.refresh_from_db()
    return entry


@pytest.mark.parametrize(
    ("role", "heading"),
    [
        ("officer", "我的工作"),
        ("coordinator", "本单位待办"),
        ("office", "全市待办"),
        ("admin", "数据"),
        ("auditor", "审计"),
    ],
)
def test_each_role_lands_on_its_own_page(client, request, role, heading):
    page = landing(client, request.getfixturevalue(role))
    assert page.status_code == 200
    assert heading in page.content.decode()


def test_leader_lands_on_the_dashboard(client, unit_leader):
    answer = landing(client, unit_leader)
    assert (answer.status_code, answer.url) == (302, reverse("reports:dashboard"))


def test_officer_sees_what_to_handle_the_most_pressing_first(client, officer, foreign_officer):
    later = entry_for(officer, date(2023, 6, 20))
    overdue = entry_for(officer, date(2023, 5, 22))
    assigned = entry_for(officer, date(2023, 6, 1), EntryState.ASSIGNED)
    entry_for(officer, date(2023, 5, 1), EntryState.COMPLETED)
    entry_for(foreign_officer, date(2023, 5, 1))
    work = my_work(officer, TODAY)
    assert work.handling == [overdue, later]
    assert work.to_acknowledge == [assigned]
    assert (work.overdue, work.waiting) == (1, 3)
    assert "3 件要办" in landing(client, officer).content.decode()


def test_pairing_is_due_a_visit_after_thirty_days_or_in_a_new_half_year(officer, foreign_officer):
    fresh, stale, never, by_others = (
        PairingFactory(officer=officer, starts_on=date(2023, 1, 1)).enterprise for _ in range(4)
    )
    ActivityFactory(officer=officer, unit=officer.unit, enterprise=fresh, happened_on=date(2023, 4, 24))
    ActivityFactory(officer=officer, unit=officer.unit, enterprise=stale, happened_on=date(2023, 4, 23))
    ActivityFactory(officer=foreign_officer, unit=foreign_officer.unit, enterprise=by_others, happened_on=TODAY)
    due = {line.pairing.enterprise: (line.last_visit, line.is_due) for line in my_work(officer, TODAY).pairings}
    assert due == {
        fresh: (date(2023, 4, 24), False),
        stale: (date(2023, 4, 23), True),
        never: (None, True),
        by_others: (None, True),
    }
    assert my_work(officer, date(2023, 7, 1)).due_visits == 4


def test_visit_one_went_along_on_counts_for_the_pairing(officer):
    project = KeyProjectFactory()
    Pairing.objects.create(officer=officer, project=project, starts_on=date(2023, 1, 1))
    visit = ActivityFactory(enterprise=None, project=project, happened_on=TODAY)
    visit.participants.add(officer)
    [line] = my_work(officer, TODAY).pairings
    assert (line.last_visit, line.is_due) == (TODAY, False)


def test_ended_pairing_is_not_shown(officer):
    PairingFactory(officer=officer, starts_on=date(2023, 1, 1), ends_on=date(2023, 5, 23))
    assert my_work(officer, TODAY).pairings == []


def test_draft_says_what_it_is_and_where_to_go_on(officer, foreign_officer):
    page = reverse("ledger:entry-create") + "?source=visit"
    data = {"title": ["厂区门口道路积水"], "draft_page": [page]}
    Draft.objects.create(owner=officer, key="entry", data=data)
    Draft.objects.create(owner=foreign_officer, key="entry", data=data)
    [line] = my_work(officer, TODAY).drafts
    assert (line.what, line.words, line.page) == ("问题登记", "厂区门口道路积水", page)


@pytest.mark.parametrize("page", ["https://example.com/", "//example.com/ledger/", "/no/such/page/", ""])
def test_draft_never_leads_off_this_site(officer, page):
    Draft.objects.create(owner=officer, key="entry", data={"title": ["x"], "draft_page": [page]})
    assert my_work(officer, TODAY).drafts == []


def test_coordinator_sees_the_units_queues_and_no_one_elses(coordinator, court):
    steps = {
        EntryState.REGISTERED: "待受理",
        EntryState.ACCEPTED: "待交办",
        EntryState.ASSIGNED: "待签收",
        EntryState.COMPLETED: "待回访",
        EntryState.CONFIRMED: "待销号",
    }
    mine = {name: EntryFactory(unit=coordinator.unit, state=state) for state, name in steps.items()}
    EntryFactory(unit=coordinator.unit, state=EntryState.CLOSED)
    for state in steps:
        EntryFactory(unit=court, state=state)
    work = unit_work(coordinator, date(2023, 5, 11))
    shown = {queue.name: queue.rows for queue in work.queues}
    assert shown == {"逾期": [], **{name: [entry] for name, entry in mine.items()}}
    assert (work.waiting, work.overdue) == (5, 0)


def test_overdue_entries_come_with_how_late_they_are(coordinator):
    late = EntryFactory(unit=coordinator.unit, state=EntryState.HANDLING)
    queue = unit_work(coordinator, late.deadline + timedelta(days=7)).queues[0]
    assert (queue.count, [(entry, entry.light.colour) for entry in queue.rows]) == (1, [(late, "red")])


def test_long_waits_for_enterprises_show_on_the_coordinators_page_but_count_as_no_step(coordinator, court):
    day = date(2023, 5, 11)
    stopped = {
        name: EntryFactory(unit=unit, state=EntryState.HANDLING, registered_on=day)
        for name, unit in {"mine": coordinator.unit, "foreign": court}.items()
    }
    for entry in stopped.values():
        move(entry, Action.PAUSE, actor=entry.handler, day=day, note="等企业补材料")
    assert "等待企业过久" not in [queue.name for queue in unit_work(coordinator, date(2023, 5, 25)).queues]
    work = unit_work(coordinator, date(2023, 5, 26))  # the eleventh working day
    shown = {queue.name: queue.rows for queue in work.queues}
    assert (shown["等待企业过久"], work.waiting, work.overdue) == ([stopped["mine"]], 0, 0)


@pytest.mark.parametrize("rows", [1, 3])
def test_officers_page_query_budget(client, officer, foreign_officer, rows, django_assert_num_queries):
    for _ in range(rows):
        enterprise = PairingFactory(officer=officer).enterprise
        entry_for(officer, date(2023, 6, 1))
        ActivityFactory(officer=officer, unit=officer.unit, enterprise=enterprise)
        Draft.objects.create(owner=officer, key=f"d{enterprise.pk}", data={"draft_page": ["/ledger/entries/new/"]})
    hidden = entry_for(foreign_officer, date(2023, 6, 1))
    settle(client, officer)
    with django_assert_num_queries(12):  # two of them for the roster
        page = client.get(reverse("desk:home")).content.decode()
    assert hidden.title not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_coordinators_page_query_budget(client, coordinator, rows, django_assert_num_queries):
    for state in EntryState:
        for _ in range(rows):
            EntryFactory(unit=coordinator.unit, state=state)
    hidden = EntryFactory()
    settle(client, coordinator)
    with django_assert_num_queries(23):  # three of them for the roster
        page = client.get(reverse("desk:home")).content.decode()
    assert hidden.title not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_admins_page_query_budget(client, admin, rows, django_assert_num_queries):
    EnterpriseFactory.create_batch(rows)
    PairingFactory.create_batch(rows)
    settle(client, admin)
    with django_assert_num_queries(18):
        client.get(reverse("desk:home"))


@pytest.mark.parametrize("rows", [1, 3])
def test_auditors_page_query_budget(client, auditor, rows, django_assert_num_queries):
    EnterpriseFactory.create_batch(rows)
    settle(client, auditor)
    with django_assert_num_queries(6):
        page = client.get(reverse("desk:home")).content.decode()
    assert "企业" in page


def test_admin_reads_what_the_register_lacks(client, admin):
    EnterpriseFactory(uscc=None, is_verified=False)
    PairingFactory()
    register = landing(client, admin).context["home"].register
    assert (register.enterprises, register.without_code, register.unverified, register.unpaired) == (2, 1, 1, 1)


@pytest.mark.parametrize("who", ["coordinator", "office"])
def test_every_number_of_the_desk_is_that_of_the_list_it_opens(client, request, who, police, court):
    user = request.getfixturevalue(who)
    for unit in (police, court):
        for state in EntryState:
            EntryFactory(unit=unit, state=state)
    for queue in landing(client, user).context["home"].queues:
        listed = client.get(f"{reverse('ledger:entry-list')}?{queue.query}")
        assert (queue.name, listed.context["page"].paginator.count) == (queue.name, queue.count)


def test_every_gap_of_the_register_opens_a_list_of_that_many(client, admin):
    EnterpriseFactory(uscc=None, is_verified=False)
    PairingFactory()
    KeyProjectFactory()
    page = landing(client, admin)
    register, html = page.context["home"].register, page.content.decode()
    for query, view, number in (
        ("verified=0", "enterprises:enterprise-list", register.unverified),
        ("paired=0", "enterprises:enterprise-list", register.unpaired),
        ("paired=0", "enterprises:project-list", register.projects_unpaired),
        ("state=off", "accounts:user-list", register.users_inactive),
    ):
        url = f"{reverse(view)}?{query}"
        assert url in html
        assert client.get(url).context["page"].paginator.count == number


def test_staff_home_stays_short_however_much_waits(client, officer, monkeypatch):
    monkeypatch.setattr(staff, "SHOWN", 2)
    entries = [entry_for(officer, date(2023, 6, day)) for day in (1, 2, 3)]
    page = landing(client, officer).content.decode()
    assert "2+ 件要办" in page
    assert [entry.number in page for entry in entries] == [True, True, False]
