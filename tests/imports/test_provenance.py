"""Every record says which import, sheet and row it came from; every import lists the records it made."""

import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import LegalCase
from enterprises.models import Enterprise
from imports.pages.selectors import record_page
from imports.writing.at_once import import_file
from ledger.models import ProblemEntry, ServiceActivity, SurveyForm
from tests.factories import EnterpriseFactory
from tests.imports.books import form_row, surveys, xlsx
from tests.imports.test_writing import ACTIVITIES, CASES, TODAY, case_row

pytestmark = pytest.mark.django_db


def bring_in(path, kind):
    return import_file(kind, path, actor=None, at=timezone.now(), today=TODAY).batch


@pytest.fixture
def batch(tmp_path):
    return bring_in(surveys(tmp_path / "样例.xlsx", [form_row(1, 问题诉求="1、甲事；2、乙事")]), "surveys")


def test_an_admin_gets_from_the_record_to_its_import_and_others_read_it(client, admin, officer, batch):
    form, link = SurveyForm.objects.get(), reverse("imports:batch-detail", args=[batch.pk])
    for record in (form, form.enterprise, ProblemEntry.objects.first()):
        client.force_login(admin)
        page = " ".join(client.get(record_page(record)).content.decode().split())
        assert f'由<a href="{link}">导入批次 #{batch.pk}</a> “样例.xlsx” 汇总 第 2 行导入' in page
    client.force_login(officer)
    page = " ".join(client.get(record_page(form.enterprise)).content.decode().split())
    assert (f"由导入批次 #{batch.pk} “样例.xlsx” 汇总 第 2 行导入" in page, link in page) == (True, False)


def test_records_of_every_kind_know_their_row(client, admin, tmp_path):
    batches = [
        bring_in(xlsx(tmp_path / "案件.xlsx", {"案件": [CASES, case_row()]}), "cases"),
        bring_in(
            xlsx(
                tmp_path / "活动.xlsx", {"台账": [ACTIVITIES, ["2023-05-01", "驻点坐班", "市公安局", "", "", 4, 9, ""]]}
            ),
            "activities",
        ),
    ]
    client.force_login(admin)
    for batch, model in zip(batches, (LegalCase, ServiceActivity), strict=True):
        assert f"#{batch.pk}</a>" in client.get(record_page(model.objects.get())).content.decode()


def test_what_a_person_registered_names_no_import(client, admin):
    client.force_login(admin)
    assert "导入批次" not in client.get(record_page(EnterpriseFactory())).content.decode()


def test_an_import_lists_and_exports_the_records_it_made_with_their_entries(client, admin, batch):
    client.force_login(admin)
    page = client.get(reverse("imports:batch-records", args=[batch.pk])).content.decode()
    made = [Enterprise.objects.get(), SurveyForm.objects.get(), *ProblemEntry.objects.all()]
    assert [record_page(record) in page for record in made] == [True] * 4
    content = client.get(reverse("imports:batch-records-export", args=[batch.pk])).content
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(min_row=2, max_row=5, values_only=True))
    assert [row[0] for row in rows] == ["企业", "征求意见调查表", "问题台账", "问题台账"]
    assert {row[2:4] for row in rows} == {("汇总", 2)}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("name", "budget"), [("batch-records", 6), ("batch-records-export", 5)])
def test_the_list_of_records_costs_the_same(client, admin, tmp_path, django_assert_num_queries, name, budget, rows):
    batch = bring_in(surveys(tmp_path / "样例.xlsx", [form_row(at) for at in range(rows)]), "surveys")
    client.force_login(admin)
    client.get(reverse("accounts:profile"))
    with django_assert_num_queries(budget):
        client.get(reverse(f"imports:{name}", args=[batch.pk]))
