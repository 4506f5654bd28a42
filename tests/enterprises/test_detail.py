from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.factories import (
    ActivityFactory,
    CaseFactory,
    EnterpriseFactory,
    EntryFactory,
    KeyProjectFactory,
    PairingFactory,
    RecoveryFactory,
    SurveyFormFactory,
    UserFactory,
)
from tests.factories.enterprises import workstream

pytestmark = pytest.mark.django_db


def told(client, subject, name="enterprise", **query):
    page = client.get(reverse(f"enterprises:{name}-detail", args=[subject.pk]), query)
    return page.context["facts"].story


@pytest.fixture
def enterprise(officer):
    """One of each kind, all of the officer's unit."""
    found = EnterpriseFactory()
    mine = {"unit": officer.unit}
    ActivityFactory(enterprise=found, happened_on=date(2023, 5, 1), **mine)
    EntryFactory(enterprise=found, registered_on=date(2023, 5, 2), **mine)
    case = CaseFactory(filed_on=date(2023, 5, 3), **mine)
    case.enterprises.add(found)
    RecoveryFactory(case=case, happened_on=date(2023, 5, 4), amount=Decimal("4098000"), **mine)
    SurveyFormFactory(enterprise=found, visited_on=date(2023, 5, 5), **mine)
    return found


def test_the_story_tells_all_kinds_newest_first(client, officer, enterprise):
    client.force_login(officer)
    story = told(client, enterprise)
    assert [(event.on.day, event.kind) for event in story.events] == [
        (5, "surveys"),
        (4, "money"),
        (3, "cases"),
        (2, "problems"),
        (1, "visits"),
    ]
    assert [(chip.label, chip.count) for chip in story.chips] == [
        ("服务活动", "1"),
        ("问题", "1"),
        ("案件", "1"),
        ("挽回损失", "1"),
        ("调查表", "1"),
    ]
    assert story.events[1].title == "追回 409.8万元"


def test_a_chip_keeps_one_kind(client, officer, enterprise):
    client.force_login(officer)
    assert [event.kind for event in told(client, enterprise, kind="problems").events] == ["problems"]
    assert len(told(client, enterprise, kind="no-such-kind").events) == 5


def test_another_units_officer_sees_the_enterprise_but_not_its_story(client, foreign_officer, enterprise):
    client.force_login(foreign_officer)
    page = client.get(reverse("enterprises:enterprise-detail", args=[enterprise.pk]))
    assert enterprise.name in page.content.decode()
    assert "样例问题" not in page.content.decode()
    assert (page.context["facts"].story.events, page.context["facts"].last_visit) == ([], None)


def test_older_events_come_on_request(client, officer):
    enterprise = EnterpriseFactory()
    ActivityFactory.create_batch(52, enterprise=enterprise, unit=officer.unit)
    client.force_login(officer)
    few, all_of_them = told(client, enterprise), told(client, enterprise, all="1")
    assert (len(few.events), few.more, few.total) == (50, True, "50+")
    assert (len(all_of_them.events), all_of_them.more, all_of_them.total) == (52, False, "52")


def test_a_project_has_its_story_too(client, officer, foreign_officer):
    project = KeyProjectFactory()
    EntryFactory(project=project, enterprise=None, unit=officer.unit, title="工地道路不通")
    ActivityFactory(project=project, enterprise=None, unit=officer.unit)
    client.force_login(officer)
    assert {event.kind for event in told(client, project, "project").events} == {"problems", "visits"}
    client.force_login(foreign_officer)
    assert told(client, project, "project").events == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_enterprise_page_costs_the_same_for_one_and_three(client, officer, rows, django_assert_num_queries):
    enterprise = EnterpriseFactory()
    for _ in range(rows):
        PairingFactory(enterprise=enterprise)
        ActivityFactory(enterprise=enterprise, unit=officer.unit, officer=officer)
        EntryFactory(enterprise=enterprise, unit=officer.unit)
        case = CaseFactory(unit=officer.unit)
        case.enterprises.add(enterprise)
        RecoveryFactory(case=case)
    client.force_login(officer)
    client.get(reverse("enterprises:enterprise-detail", args=[enterprise.pk]))
    with django_assert_num_queries(13):
        client.get(reverse("enterprises:enterprise-detail", args=[enterprise.pk]))


def test_pairings_show_who_since_when_and_who_was(client, officer):
    enterprise = EnterpriseFactory()
    now = PairingFactory(enterprise=enterprise)
    past = PairingFactory(enterprise=enterprise, ends_on=date(2023, 6, 30), notes="岗位调整")
    client.force_login(officer)
    facts = client.get(reverse("enterprises:enterprise-detail", args=[enterprise.pk])).context["facts"]
    assert (facts.pairings, facts.past_pairings) == ([now], [past])


def test_a_matter_shows_its_people_and_what_the_reader_may_see(client, officer, foreign_officer):
    matter = workstream("津市港")
    member = UserFactory(work_group=matter.work_group)
    project = KeyProjectFactory(workstream=matter)
    ActivityFactory(workstream=matter, unit=officer.unit)
    EntryFactory(workstream=matter, unit=officer.unit)
    url = reverse("enterprises:workstream-detail", args=[matter.pk])
    for person, value in ((officer, ["1 条", "1 条"]), (foreign_officer, ["0 条", "0 条"])):
        client.force_login(person)
        page = client.get(url)
        figures = {figure.label: figure.value for figure in page.context["facts"].figures}
        assert [figures["服务活动"], figures["问题台账"]] == value
        assert member.name in page.content.decode()
        assert project.name in page.content.decode()


def test_the_matters_are_counted_without_multiplying(client, officer):
    matter = workstream("津市港")
    UserFactory.create_batch(2, work_group=matter.work_group)
    KeyProjectFactory.create_batch(3, workstream=matter)
    EnterpriseFactory.create_batch(2, workstream=matter)
    client.force_login(officer)
    rows = client.get(reverse("enterprises:workstream-list")).context["workstreams"]
    found = next(row for row in rows if row == matter)
    assert (found.project_count, found.enterprise_count, found.member_count) == (3, 2, 2)
    assert len(rows) == 6


@pytest.mark.parametrize("rows", [1, 3])
def test_the_project_page_costs_the_same_for_one_and_three(client, officer, rows, django_assert_num_queries):
    project = KeyProjectFactory()
    for _ in range(rows):
        PairingFactory(enterprise=None, project=project)
        ActivityFactory(project=project, enterprise=None, unit=officer.unit, officer=officer)
        EntryFactory(project=project, enterprise=None, unit=officer.unit)
        CaseFactory(project=project, unit=officer.unit)
    client.force_login(officer)
    client.get(reverse("enterprises:project-detail", args=[project.pk]))
    with django_assert_num_queries(11):
        client.get(reverse("enterprises:project-detail", args=[project.pk]))


@pytest.mark.parametrize("rows", [1, 3])
def test_a_matters_page_costs_the_same_for_one_and_three(
    client, officer, foreign_officer, rows, django_assert_num_queries
):
    matter = workstream("津市港")
    for _ in range(rows):
        UserFactory(work_group=matter.work_group)
        KeyProjectFactory(workstream=matter, lead_unit=officer.unit)
        EnterpriseFactory(workstream=matter)
        EntryFactory(workstream=matter, unit=officer.unit)
        ActivityFactory(workstream=matter, unit=foreign_officer.unit)
    client.force_login(officer)
    url = reverse("enterprises:workstream-detail", args=[matter.pk])
    client.get(url)
    with django_assert_num_queries(12):
        page = client.get(url)
    figures = {figure.label: figure.value for figure in page.context["facts"].figures}
    assert (figures["服务活动"], figures["问题台账"]) == ("0 条", f"{rows} 条")


def test_money_counts_once_however_many_parties_its_case_has(client, officer):
    first, second = EnterpriseFactory.create_batch(2)
    case = CaseFactory(unit=officer.unit)
    case.enterprises.set([first, second])
    RecoveryFactory(case=case)
    entry = EntryFactory(enterprise=first, unit=officer.unit)
    RecoveryFactory(case=None, entry=entry, unit=officer.unit)
    client.force_login(officer)
    assert len(told(client, first, kind="money").events) == 2
    assert len(told(client, second, kind="money").events) == 1
