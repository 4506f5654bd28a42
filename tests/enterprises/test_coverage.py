from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from common.clock import today
from common.periods import Period
from enterprises.filters import half_years
from enterprises.models import Enterprise, EnterpriseKind
from tests.factories import (
    ActivityFactory,
    EnterpriseFactory,
    KeyProjectFactory,
    PairingFactory,
    UnitFactory,
    UserFactory,
)
from tests.factories.enterprises import workstream

pytestmark = pytest.mark.django_db
HALF = Period.parse("2023H1")


def look(client, **query):
    return client.get(reverse("enterprises:coverage"), {"period": "2023H1", **query})


def listed(client, **query):
    return [row.name for row in look(client, **query).context["page"]]


@pytest.fixture
def register(officer):
    """Two enterprises, an association and two projects; one of each of the pairs was visited in the half-year."""
    visited = EnterpriseFactory(name="甲公司")
    EnterpriseFactory(name="乙公司")
    EnterpriseFactory(name="丙协会", kind=EnterpriseKind.ASSOCIATION)
    EnterpriseFactory(name="注销公司", is_active=False)
    project = KeyProjectFactory(name="丁项目")
    KeyProjectFactory(name="戊项目")
    ActivityFactory(enterprise=visited, unit=officer.unit, happened_on=date(2023, 6, 30))
    ActivityFactory(enterprise=None, project=project, unit=officer.unit, happened_on=date(2023, 1, 1))


def test_each_group_is_counted_and_the_unvisited_listed(client, officer, register):
    client.force_login(officer)
    groups = look(client).context["coverage"].groups
    assert [(found.label, found.covered, found.total, found.percent) for found in groups] == [
        ("企业", 1, 2, 50),
        ("协会", 0, 1, 0),
        ("个体工商户", 0, 0, None),
        ("重点项目", 1, 2, 50),
    ]
    assert listed(client) == ["乙公司"]
    assert listed(client, shown="visited") == ["甲公司"]
    assert listed(client, shown="all") == ["乙公司", "甲公司"]
    assert listed(client, group="project") == ["戊项目"]
    assert listed(client, group="association") == ["丙协会"]


@pytest.mark.parametrize(
    ("day", "visited"), [((2023, 1, 1), 1), ((2023, 6, 30), 1), ((2022, 12, 31), 0), ((2023, 7, 1), 0)]
)
def test_a_visit_counts_in_its_half_year_only(day, visited):
    ActivityFactory(happened_on=date(*day))
    assert Enterprise.objects.visited_in(HALF).count() == visited
    assert Enterprise.objects.not_visited_in(HALF).count() == 1 - visited


def test_another_units_visits_do_not_show(client, officer, foreign_officer, register):
    client.force_login(foreign_officer)
    assert [found.covered for found in look(client).context["coverage"].groups] == [0, 0, 0, 0]
    assert listed(client) == ["乙公司", "甲公司"]


def test_filters_narrow_figures_and_list_alike(client, officer):
    unit = UnitFactory()
    paired = EnterpriseFactory(name="甲公司", workstream=workstream("津市港"))
    PairingFactory(enterprise=paired, officer=UserFactory(unit=unit))
    EnterpriseFactory(name="乙公司")
    client.force_login(officer)
    for query in ({"unit": unit.pk}, {"workstream": workstream("津市港").pk}, {"q": "jgs"}):
        assert listed(client, **query) == ["甲公司"]
        assert look(client, **query).context["coverage"].groups[0].total == 1


def test_the_export_is_the_list(client, officer, register):
    client.force_login(officer)
    answer = client.get(reverse("enterprises:coverage-export"), {"period": "2023H1", "shown": "all"})
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1 : 1 + int(answer["X-Rows"])]] == listed(client, shown="all")


def test_without_a_period_the_current_half_year_is_looked_at(client, officer, register):
    client.force_login(officer)
    page = client.get(reverse("enterprises:coverage"), {"period": "no-such-period"})
    assert page.context["coverage"].period == Period.half_of(today())


def test_half_years_are_offered_back_to_the_first():
    assert [code for code, _ in half_years(date(2024, 2, 1))] == ["2024H1", "2023H2", "2023H1"]
