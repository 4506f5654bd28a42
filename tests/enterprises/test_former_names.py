"""曾用名: kept by renames, imports and merges, and found wherever a firm is sought."""

from datetime import date, timedelta

import pytest
from auditlog.models import LogEntry
from django.urls import reverse

from cases.models import LegalCase
from common.clock import today
from desk.search import exact_match, search_everything
from enterprises.models import Enterprise, FormerName, Pairing
from enterprises.selectors import choices
from enterprises.services.register import update_enterprise
from imports.models import RowOutcome
from ledger.models import ProblemEntry, ServiceActivity, SurveyForm
from tests.enterprises.test_doubles import CODE, FAR
from tests.enterprises.test_merging import Two
from tests.factories import (
    ActivityFactory,
    CaseFactory,
    EnterpriseFactory,
    EntryFactory,
    PairingFactory,
    SurveyFormFactory,
    UserFactory,
)
from tests.imports.books import form_row, surveys, xlsx
from tests.imports.whole import make_plan, write_plan

pytestmark = pytest.mark.django_db


def rename(firm, name, day=None, by=None):
    firm.name = name
    update_enterprise(enterprise=firm, version=firm.version, today=day or today(), by=by)


def test_a_rename_keeps_the_name_with_its_days_and_who():
    firm, by = EnterpriseFactory(name="样例制盐厂"), UserFactory()
    rename(firm, "样例盐业公司", date(2024, 1, 5), by)
    rename(firm, "样例盐业（公司）", date(2024, 2, 1), by)  # the same name otherwise written
    rename(firm, "样例盐化公司", date(2025, 3, 1), by)
    kept = FormerName.objects.order_by("pk").values_list("name", "used_from", "used_until", "origin", "noted_by")
    assert list(kept) == [
        ("样例制盐厂", None, date(2024, 1, 5), "renamed", by.pk),
        ("样例盐业（公司）", date(2024, 1, 5), date(2025, 3, 1), "renamed", by.pk),
    ]


def test_a_name_that_a_rename_left_has_an_audit_row_of_its_own():
    firm, by = EnterpriseFactory(name="样例制盐厂"), UserFactory()
    rename(firm, "样例盐业公司", date(2024, 1, 5), by)
    told = LogEntry.objects.get_for_object(FormerName.objects.get())
    assert [(row.action, row.actor, row.changes["name"], row.changes["used_until"]) for row in told] == [
        (LogEntry.Action.CREATE, by, ["None", "样例制盐厂"], ["None", "2024-01-05"])
    ]


def test_a_name_of_before_is_added_and_taken_back_on_the_page(client, coordinator):
    firm = EnterpriseFactory(name="样例盐业公司")
    client.force_login(coordinator)
    address = reverse("enterprises:former-names", args=[firm.pk])
    refused = {
        "样例盐业（公司）": ("name", "这就是现在的名称"),
        "厂": ("name", "请填写完整的名称"),
    }
    for name, (field, words) in refused.items():
        assert client.post(address, {"name": name}).context["form"].errors[field] == [words]
    late = {"name": "样例制盐厂", "used_until": today() + timedelta(days=1)}
    assert "晚于今天" in client.post(address, late).context["form"].errors["used_until"][0]
    turned = {"name": "样例制盐厂", "used_from": "1995-01-01", "used_until": "1990-01-01"}
    assert client.post(address, turned).context["form"].errors["used_until"]
    assert client.post(address, {"name": "样例制盐厂", "used_from": "1985-01-01"}).status_code == 302
    assert client.post(address, {"name": "样例制盐厂"}).context["form"].errors["name"] == ["这个曾用名已经记过"]
    former = FormerName.objects.get()
    assert "样例制盐厂" in client.get(reverse("enterprises:enterprise-detail", args=[firm.pk])).content.decode()
    client.post(reverse("enterprises:former-name-drop", args=[former.pk]))
    assert not FormerName.objects.exists()
    kept = FormerName.objects.create(enterprise=firm, name="旧名", origin="renamed")
    client.post(reverse("enterprises:former-name-drop", args=[kept.pk]))
    assert FormerName.objects.get() == kept


def test_a_firm_and_all_its_records_are_found_by_a_name_it_had(admin):
    firm = EnterpriseFactory(name="样例盐化公司")
    FormerName.objects.create(enterprise=firm, name="湘北制盐厂", uscc=CODE, origin="merged")
    case = CaseFactory()
    case.enterprises.add(firm)
    rows = {
        Enterprise: firm,
        ServiceActivity: ActivityFactory(enterprise=firm),
        ProblemEntry: EntryFactory(enterprise=firm),
        SurveyForm: SurveyFormFactory(enterprise=firm),
        Pairing: PairingFactory(enterprise=firm),
        LegalCase: case,
    }
    for make in (ActivityFactory, EntryFactory, SurveyFormFactory, PairingFactory, CaseFactory):
        make()
    for words in ("湘北制盐", "xbzy", "湘北 制盐厂"):
        found = {model: list(model.objects.visible_to(admin).search(words)) for model in rows}
        assert found == {model: [row] for model, row in rows.items()}, words
    offered = choices(user=admin, words="湘北制盐", kinds=["enterprise"], today=today())
    assert [one["text"] for one in offered] == ["样例盐化公司（曾用名：湘北制盐厂）"]
    assert exact_match(admin, CODE) == reverse("enterprises:enterprise-detail", args=[firm.pk])
    hits = {group.name: group.hits for group in search_everything(admin, "湘北制盐")}
    assert "曾用名 湘北制盐厂" in hits["企业"][0].facts


def merged():
    two = Two()
    Enterprise.objects.filter(pk=two.gone.pk).update(uscc=FAR)
    two.merge()
    return Enterprise.objects.get()


def test_an_import_by_the_merged_firms_code_or_name_finds_the_survivor_and_gives_nothing_back(tmp_path):
    firm = merged()
    name, code = firm.name, firm.uscc
    heads = ["企业名称", "统一社会信用代码", "联系人"]
    for row in (["样例盐业公司", FAR, "干事甲"], ["样例盐业公司", "", "干事乙"], ["样例盐业公司", code, "干事丙"]):
        plan = make_plan(
            xlsx(tmp_path / "样例.xlsx", {"名录": [heads, row]}), "样例.xlsx", "enterprises", today=today()
        )
        (told,) = plan.rows
        assert f"“样例盐业公司”是“{name}”以前的名称或信用代码，按“{name}”关联" in told.notes
        write_plan(plan)
        stored = Enterprise.objects.get()
        assert (stored.pk, stored.name, stored.uscc, stored.contact_name) == (firm.pk, name, code, row[2])
    assert list(FormerName.objects.filter(origin="imported")) == []


def test_survey_forms_of_the_merged_firm_are_the_survivors_and_are_not_taken_twice(tmp_path):
    two = Two()
    Enterprise.objects.filter(pk=two.gone.pk).update(uscc=FAR)
    row = form_row(1, 企业名称="样例盐业公司", 统一社会信用代码=FAR, 走访干警="")
    path = surveys(tmp_path / "样例.xlsx", [row])
    write_plan(make_plan(path, path.name, "surveys", today=today()))
    form = SurveyForm.objects.get(enterprise=two.gone, visited_on=date(2023, 5, 12))
    two.merge()
    (again,) = make_plan(path, path.name, "surveys", today=today()).rows
    assert (again.outcome, SurveyForm.objects.get(pk=form.pk).enterprise) == (RowOutcome.DUPLICATE, two.kept)
    named = form_row(1, 企业名称="样例盐业公司", 统一社会信用代码="", 走访干警="", 走访日期=date(2023, 6, 1))
    later = surveys(tmp_path / "又.xlsx", [named])
    write_plan(make_plan(later, later.name, "surveys", today=today()))
    assert SurveyForm.objects.get(visited_on=date(2023, 6, 1)).enterprise == two.kept


def test_a_rename_by_import_keeps_the_old_name(tmp_path):
    firm = EnterpriseFactory(name="样例制盐厂", uscc=CODE)
    heads = ["企业名称", "统一社会信用代码"]
    path = xlsx(tmp_path / "样例.xlsx", {"名录": [heads, ["样例盐化公司", CODE]]})
    write_plan(make_plan(path, path.name, "enterprises", today=today()))
    assert Enterprise.objects.get().name == "样例盐化公司"
    assert list(FormerName.objects.values_list("enterprise", "name", "origin")) == [(firm.pk, "样例制盐厂", "imported")]


def test_addresses_and_forms_of_before_lead_to_the_survivor(client, admin):
    two = Two()
    two.merge()
    client.force_login(admin)
    gone = two.gone.pk
    for view in ("ledger:entry-list", "ledger:activity-list", "ledger:survey-list", "cases:case-list"):
        page = client.get(reverse(view), {"enterprise": gone})
        assert not page.context["filter"].form.errors
        assert page.context["filter"].form.cleaned_data["enterprise"] == two.kept, view
    page = client.get(reverse("ledger:entry-create"), {"enterprise": gone})
    assert page.context["form"]["enterprise"].value() == two.kept.pk
    page = client.get(reverse("ledger:activity-create"), {"enterprise": gone})
    assert page.context["form"]["target"].value() == f"enterprise:{two.kept.pk}"
