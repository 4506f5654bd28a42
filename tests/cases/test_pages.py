"""Pages of cases, through HTTP: what is seen, counted, exported and kept."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import ExportLog
from accounts.signin.drafts import load_draft
from cases.models import Campaign, LegalCase, ProcuratorialRecommendation, TypicalCase
from tests.factories import (
    CampaignFactory,
    CaseFactory,
    EnterpriseFactory,
    EntryFactory,
    RecommendationFactory,
    RecoveryFactory,
    TypicalCaseFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
LISTS = [
    ("cases:case-list", CaseFactory, "number", 10),
    ("cases:case-export", CaseFactory, "number", 6),
    ("cases:recommendation-list", RecommendationFactory, "number", 7),
    ("cases:recommendation-export", RecommendationFactory, "number", 5),
]


def text(answer) -> str:
    if "spreadsheet" in answer.headers["Content-Type"]:
        rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
        return "\n".join(str(cell) for row in rows for cell in row)
    return answer.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("name", "factory", "shown", "budget"), LISTS)
def test_a_list_costs_the_same_for_one_row_and_three(
    client, officer, court, django_assert_num_queries, name, factory, shown, budget, rows
):
    own = factory.create_batch(rows, unit=officer.unit)
    foreign = factory(unit=court)
    for row in own if factory is CaseFactory else []:
        row.enterprises.add(EnterpriseFactory())
        RecoveryFactory(case=row)
    client.force_login(officer)
    client.get(reverse("accounts:profile"))
    with django_assert_num_queries(budget):
        page = text(client.get(reverse(name)))
    assert [getattr(row, shown) in page for row in own] == [True] * rows
    assert getattr(foreign, shown) not in page


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("name", "budget"), [("cases:typical-list", 7), ("cases:typical-export", 4)])
def test_published_cases_are_read_by_every_unit_at_one_price(
    client, officer, court, django_assert_num_queries, name, budget, rows
):
    published = TypicalCaseFactory.create_batch(rows, unit=court)
    client.force_login(officer)
    client.get(reverse("accounts:profile"))
    with django_assert_num_queries(budget):
        page = text(client.get(reverse(name)))
    assert [row.title in page for row in published] == [True] * rows


@pytest.mark.parametrize("rows", [1, 3])
def test_campaigns_sum_only_the_cases_one_may_see(client, officer, court, django_assert_num_queries, rows):
    campaigns = CampaignFactory.create_batch(rows)
    for campaign in campaigns:
        own = CaseFactory(unit=officer.unit, campaign=campaign, detained_persons=3, detained_on=date(2023, 4, 1))
        RecoveryFactory(case=own, amount=Decimal("120000"))
        RecoveryFactory(case=own, amount=Decimal("30000"))
        RecoveryFactory(case=own, amount=Decimal("5000"), kind="avoided")
        foreign = CaseFactory(unit=court, campaign=campaign, detained_persons=9, detained_on=date(2023, 4, 1))
        RecoveryFactory(case=foreign, amount=Decimal("7770000"))
    client.force_login(officer)
    client.get(reverse("accounts:profile"))
    with django_assert_num_queries(6):
        answer = client.get(reverse("cases:campaign-list"))
    sums = [(row.cases_count, row.detained, row.money) for row in answer.context["campaigns"]]
    assert sums == [(1, 3, Decimal("150000.00"))] * rows


def test_the_campaign_page_lists_its_cases(client, officer, court):
    campaign = CampaignFactory()
    own = CaseFactory(unit=officer.unit, campaign=campaign)
    foreign = CaseFactory(unit=court, campaign=campaign)
    client.force_login(officer)
    page = text(client.get(reverse("cases:campaign-detail", args=[campaign.pk])))
    assert (own.number in page, foreign.number in page) == (True, False)


def test_the_list_sums_each_recovery_once(client, officer, court):
    case = CaseFactory(unit=officer.unit)
    case.enterprises.add(EnterpriseFactory(), EnterpriseFactory())
    RecoveryFactory(case=case, amount=Decimal("100.50"))
    RecoveryFactory(case=case, amount=Decimal("200.00"))
    RecoveryFactory(case=CaseFactory(unit=court), amount=Decimal("999"))
    client.force_login(officer)
    answer = client.get(reverse("cases:case-list"))
    assert (answer.context["money"]["total"], [row.money for row in answer.context["page"]]) == (
        Decimal("300.50"),
        [Decimal("300.50")],
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "民初7001"}, ["A"]),
        ({"q": "(2023)湘0781民初7001"}, ["A"]),
        ({"q": "samplecq"}, []),
        ({"kind": "theft"}, ["B"]),
        ({"state": "closed"}, ["B"]),
        ({"closed_from": "2023-05-20", "closed_to": "2023-05-20"}, ["B"]),
        ({"closed_from": "2023-05-21"}, []),
        ({"filed_to": "2023-03-01"}, ["A", "B"]),
        ({"result": "solved"}, ["B"]),
    ],
)
def test_filters_find_what_they_name(client, officer, query, found):
    CaseFactory(unit=officer.unit, title="A", number="（2023）湘0781民初7001号")
    CaseFactory(unit=officer.unit, title="B", kind="theft", closed=True, result="solved")
    client.force_login(officer)
    page = client.get(reverse("cases:case-list"), query).context["page"]
    assert sorted(case.title for case in page) == found


def test_a_case_is_found_by_its_enterprise(client, officer):
    case = CaseFactory(unit=officer.unit)
    CaseFactory(unit=officer.unit)
    firm = EnterpriseFactory(name="津市样例盐业有限公司")
    case.enterprises.add(firm)
    client.force_login(officer)
    answers = [
        client.get(reverse("cases:case-list"), query)
        for query in ({"q": "样例盐业"}, {"q": "jsyly"}, {"enterprise": firm.pk})
    ]
    assert [[row.pk for row in answer.context["page"]] for answer in answers] == [[case.pk]] * 3


def test_an_export_holds_the_filtered_rows_and_is_logged(client, officer):
    CaseFactory(unit=officer.unit, kind="theft")
    other = CaseFactory(unit=officer.unit)
    client.force_login(officer)
    answer = client.get(reverse("cases:case-export"), {"kind": "theft"})
    log = ExportLog.objects.get()
    assert (answer.headers["X-Rows"], other.number in text(answer)) == ("1", False)
    assert (log.user, log.what, log.query, log.rows) == (officer, "涉企案件", "kind=theft", 1)


def test_the_page_of_a_case_tells_all_that_hangs_on_it(client, officer, django_assert_num_queries):
    case = CaseFactory(unit=officer.unit, party_names="津市样例摊位")
    firm = EnterpriseFactory()
    case.enterprises.add(firm)
    RecoveryFactory(case=case, amount=Decimal("1980000"), basis="调解书一")
    RecoveryFactory(case=case, amount=Decimal("20000"), basis="调解书二", kind="avoided")
    entry = EntryFactory(unit=officer.unit, case=case)
    paper = RecommendationFactory(unit=officer.unit, case=case)
    story = TypicalCaseFactory(unit=officer.unit, case=case)
    client.force_login(officer)
    client.get(reverse("accounts:profile"))
    with django_assert_num_queries(17):  # five of them for money that may have been recorded twice
        page = text(client.get(reverse("cases:case-detail", args=[case.pk])))
    parts = [
        firm.name,
        "津市样例摊位",
        "调解书一",
        "调解书二",
        "¥2,000,000.00",
        entry.number,
        paper.number,
        story.title,
    ]
    assert [part in page for part in parts] == [True] * len(parts)
    assert f"{reverse('ledger:recovery-create')}?case={case.pk}" in page


def test_problems_of_other_units_do_not_show_on_a_case(client, officer, court):
    case = CaseFactory(unit=officer.unit)
    foreign = EntryFactory(unit=court, case=case)
    client.force_login(officer)
    assert foreign.number not in text(client.get(reverse("cases:case-detail", args=[case.pk])))


def typed(officer, **changes):
    return {
        "number": "（2023）湘0781刑初9号",
        "kind": "theft",
        "title": "盗窃",
        "unit": officer.unit.pk,
        "filed_on": "2023-07-03",
        "state": "open",
        "detained_persons": "0",
        "draft_key": "case-new",
        **changes,
    }


def test_a_case_is_registered_from_the_page(client, officer):
    firm = EnterpriseFactory()
    client.force_login(officer)
    client.post(reverse("accounts:draft"), typed(officer))
    answer = client.post(reverse("cases:case-create"), typed(officer, enterprises=[firm.pk]), follow=True)
    case = LegalCase.objects.get()
    assert answer.redirect_chain == [(reverse("cases:case-detail", args=[case.pk]), 302)]
    assert "已登记 （2023）湘0781刑初9号" in text(answer)
    assert (case.unit, list(case.enterprises.all()), case.created_by) == (officer.unit, [firm], officer)
    assert load_draft(user=officer, key="case-new") is None


def test_a_refused_case_keeps_what_was_typed(client, officer):
    client.force_login(officer)
    firm = EnterpriseFactory()
    answer = client.post(
        reverse("cases:case-create"),
        typed(officer, filed_on="2033-05-01", summary="很长的情况", enterprises=[firm.pk]),
    )
    page = text(answer)
    assert ("立案日期 2033-05-01 晚于今天，请改正" in page, "很长的情况" in page, firm.name in page) == (True,) * 3
    assert LegalCase.objects.count() == 0


def test_sending_the_form_twice_makes_one_case(client, officer):
    client.force_login(officer)
    key = str(client.get(reverse("cases:case-create")).context["form"]["submission_key"].value())
    answers = [client.post(reverse("cases:case-create"), typed(officer, submission_key=key)) for _ in range(2)]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert LegalCase.objects.count() == 1


def test_the_form_offers_no_unit_but_ones_own(client, officer, court):
    client.force_login(officer)
    answer = client.post(reverse("cases:case-create"), typed(officer, unit=court.pk))
    assert (answer.status_code, LegalCase.objects.count()) == (200, 0)
    assert "unit" in answer.context["form"].errors


def test_the_second_editor_sees_both_texts(client, officer, coordinator):
    case = CaseFactory(unit=officer.unit, title="原文")
    client.force_login(officer)
    form = client.get(reverse("cases:case-edit", args=[case.pk])).context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in data.items() if value not in (None, [])}
    url = reverse("cases:case-edit", args=[case.pk])
    client.force_login(coordinator)
    client.post(url, {**data, "title": "联络员改的"})
    client.force_login(officer)
    answer = client.post(url, {**data, "title": "我改的"})
    found = [(row.label, row.stored, row.typed) for row in answer.context["form"].conflicts]
    assert (found, coordinator.name in text(answer)) == ([("案由", "联络员改的", "我改的")], True)
    again = answer.context["form"]
    client.post(url, {**data, "title": "我改的", "version": again["version"].value()})
    case.refresh_from_db()
    assert (case.title, case.version) == ("我改的", 3)


def test_a_draft_comes_back_into_the_form(client, officer):
    firm = EnterpriseFactory()
    client.force_login(officer)
    client.post(reverse("accounts:draft"), typed(officer, title="写了一半", enterprises=[firm.pk]))
    page = text(client.get(reverse("cases:case-create")))
    assert ("写了一半" in page, firm.name in page) == (True, True)


def test_a_recommendation_comes_from_its_case(client, officer):
    case = CaseFactory(unit=officer.unit, kind="public_interest")
    client.force_login(officer)
    start = client.get(reverse("cases:recommendation-create"), {"case": case.pk})
    assert case.number in text(start)
    data = {
        "number": "津检建〔2023〕1号",
        "case": case.pk,
        "unit": officer.unit.pk,
        "issued_on": "2023-05-04",
        "replied_on": "2023-06-01",
        "is_adopted": "True",
    }
    answer = client.post(reverse("cases:recommendation-create"), data)
    row = ProcuratorialRecommendation.objects.get()
    assert answer.headers["Location"] == reverse("cases:case-detail", args=[case.pk])
    assert (row.case, row.is_adopted, row.replied_on) == (case, True, date(2023, 6, 1))


def test_a_typical_case_is_registered_with_its_link(client, officer):
    client.force_login(officer)
    data = {
        "title": "样例案例",
        "unit": officer.unit.pk,
        "published_on": "2023-06-01",
        "channel": "样例日报",
        "url": "https://example.invalid/1",
    }
    answer = client.post(reverse("cases:typical-create"), data, follow=True)
    row = TypicalCase.objects.get()
    assert (row.title, row.url, row.unit) == ("样例案例", "https://example.invalid/1", officer.unit)
    assert "已登记典型案例“样例案例”" in text(answer)


def test_a_typical_case_keeps_the_case_behind_it_from_other_units(client, officer, court):
    case = CaseFactory(unit=court)
    row = TypicalCaseFactory(unit=court, case=case)
    client.force_login(officer)
    page = text(client.get(reverse("cases:typical-detail", args=[row.pk])))
    assert (row.title in page, case.number in page) == (True, False)


def test_the_admin_names_a_campaign(client, admin):
    client.force_login(admin)
    data = {"name": "湘执利剑2023", "starts_on": "2023-04-01", "ends_on": "2023-12-31"}
    answer = client.post(reverse("cases:campaign-create"), data)
    campaign = Campaign.objects.get()
    assert answer.headers["Location"] == reverse("cases:campaign-detail", args=[campaign.pk])
    assert (campaign.name, campaign.ends_on) == ("湘执利剑2023", date(2023, 12, 31))


def test_case_choices_are_ones_own(client, officer, court):
    own, foreign = CaseFactory(unit=officer.unit, title="合同"), CaseFactory(unit=court, title="合同")
    client.force_login(officer)
    results = client.get(reverse("cases:case-choices"), {"q": "合同"}).json()["results"]
    assert [row["value"] for row in results] == [str(own.pk)]
    assert foreign.number not in str(results)


def test_what_the_database_would_refuse_is_said_in_words(client, officer):
    client.force_login(officer)
    answers = [
        client.post(reverse("cases:case-create"), typed(officer, **changes)).content.decode()
        for changes in ({"state": "closed"}, {"detained_persons": "2"})
    ]
    words = ["已结案件要填结案日期", "拘留 2 名被执行人，请填拘留日期"]
    assert [text in page for text, page in zip(words, answers, strict=True)] == [True, True]
    assert "约束" not in "".join(answers)


def upload(client, case, *files):
    return client.post(reverse("ledger:case-files", args=[case.pk]), {"files": list(files)}, follow=True)


def test_a_file_is_kept_with_the_case_once(client, officer, court):
    case = CaseFactory(unit=officer.unit)
    client.force_login(officer)
    pages = [text(upload(client, case, SimpleUploadedFile("判决书.pdf", b"%PDF-1.4 sample"))) for _ in range(2)]
    kept = case.attachments.get()
    assert ("已上传 1 个附件" in pages[0], "这些附件此前已经上传过" in pages[1]) == (True, True)
    assert (kept.name, kept.uploaded_by, kept.content_type) == ("判决书.pdf", officer, "application/pdf")
    assert reverse("ledger:attachment", args=[kept.pk]) in pages[0]
    client.force_login(UserFactory(unit=court))
    assert client.get(reverse("ledger:attachment", args=[kept.pk])).status_code == 404


def test_a_disguised_program_is_not_kept(client, officer):
    case = CaseFactory(unit=officer.unit)
    client.force_login(officer)
    page = text(upload(client, case, SimpleUploadedFile("判决书.pdf", b"MZ\x90\x00 program")))
    assert ("内容与扩展名不符" in page, case.attachments.count()) == (True, 0)
