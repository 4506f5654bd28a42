"""Survey forms: list, detail, export."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from ledger.models import ProblemCategory
from tests.factories import EntryFactory, SurveyFormFactory, UserFactory

pytestmark = pytest.mark.django_db
PHONE = "13800001234"


def text(response):
    return response.content.decode()


def filled(unit, rows):
    for n in range(rows):
        SurveyFormFactory(unit=unit, officer=UserFactory(unit=unit), appeal=f"诉求{n}", contact_phone=PHONE)
    return SurveyFormFactory(enterprise__name="外单位走访的企业")


@pytest.mark.parametrize("rows", [1, 3])
def test_list_query_budget(client, officer, rows, django_assert_num_queries):
    hidden = filled(officer.unit, rows)
    client.force_login(officer)
    with django_assert_num_queries(11):
        page = text(client.get(reverse("ledger:survey-list")))
    assert f"本单位 · {rows} 份" in page
    assert hidden.enterprise.name not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_detail_query_budget(client, officer, rows, django_assert_num_queries):
    form = SurveyFormFactory(unit=officer.unit)
    entries = [EntryFactory(unit=officer.unit, source_form=form) for _ in range(rows)]
    client.force_login(officer)
    with django_assert_num_queries(9):
        page = text(client.get(reverse("ledger:survey-detail", args=[form.pk])))
    assert all(entry.number in page for entry in entries)


@pytest.mark.parametrize("rows", [1, 3])
def test_export_holds_exactly_the_filtered_rows(client, officer, rows, django_assert_num_queries):
    hidden = filled(officer.unit, rows)
    SurveyFormFactory(unit=officer.unit, appeal="")
    client.force_login(officer)
    with django_assert_num_queries(8):
        answer = client.get(reverse("ledger:survey-export"), {"appeal": "1"})
    cells = [[cell.value for cell in row] for row in openpyxl.load_workbook(BytesIO(answer.content)).active.iter_rows()]
    assert answer["X-Rows"] == str(rows)
    assert sorted(row[11] for row in cells[1 : rows + 1]) == [f"诉求{n}" for n in range(rows)]
    assert hidden.enterprise.name not in str(cells)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"satisfaction": "unsatisfied"}, {"甲"}),
        ({"appeal": "1"}, {"甲"}),
        ({"appeal": "0"}, {"乙"}),
        ({"category": "1"}, {"甲"}),
        ({"from": "2023-05-16"}, {"乙"}),
        ({"to": "2023-05-15"}, {"甲"}),
        ({"q": "道路"}, {"甲"}),
    ],
)
def test_filters_live_in_the_address(client, officer, query, found):
    category = ProblemCategory.objects.first()
    SurveyFormFactory(
        unit=officer.unit, enterprise__name="甲", satisfaction="unsatisfied", appeal="道路破损", category=category
    )
    SurveyFormFactory(unit=officer.unit, enterprise__name="乙", satisfaction="satisfied", visited_on=date(2023, 5, 16))
    query = query | ({"category": category.pk} if "category" in query else {})
    client.force_login(officer)
    page = client.get(reverse("ledger:survey-list"), query).context["page"]
    assert {form.enterprise.name for form in page} == found


@pytest.mark.parametrize("who", ["officer", "coordinator", "unit_leader", "office", "city_leader", "admin"])
def test_the_unit_and_those_over_all_units_read_the_phone_number(client, police, who, request):
    form = SurveyFormFactory(unit=police, contact_phone=PHONE)
    client.force_login(request.getfixturevalue(who))
    assert PHONE in text(client.get(reverse("ledger:survey-detail", args=[form.pk])))


def test_a_visitor_from_another_unit_reads_it_masked_on_the_page_and_in_the_export(client, police, foreign_officer):
    form = SurveyFormFactory(unit=police, officer=foreign_officer, contact_phone=PHONE)
    client.force_login(foreign_officer)
    page = text(client.get(reverse("ledger:survey-detail", args=[form.pk])))
    sheet = openpyxl.load_workbook(BytesIO(client.get(reverse("ledger:survey-export")).content)).active
    assert (PHONE in page, "138****1234" in page) == (False, True)
    assert sheet["I2"].value == "138****1234"


def test_another_units_form_is_not_there(client, foreign_officer):
    form = SurveyFormFactory()
    client.force_login(foreign_officer)
    assert client.get(reverse("ledger:survey-detail", args=[form.pk])).status_code == 404


def test_an_empty_list_says_where_they_come_from(client, officer, unit_leader, admin):
    client.force_login(officer)
    assert text(client.get(reverse("ledger:survey-list"))).count("填调查表") == 2
    client.force_login(unit_leader)
    page = text(client.get(reverse("ledger:survey-list")))
    assert ("政法委办公室导入的" in page, "填调查表" in page) == (True, False)
    client.force_login(admin)
    assert "去数据导入" in text(client.get(reverse("ledger:survey-list")))
