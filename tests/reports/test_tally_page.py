from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from common.periods import Period
from enterprises.models import Workstream
from jobs.models import Job
from reports.figures.registry.indicators import INDICATORS
from reports.figures.tallies import compute, store
from tests.factories import ActivityFactory, CaseFactory, RecoveryFactory, UserFactory
from tests.reports import settle

pytestmark = pytest.mark.django_db
H1 = Period.parse("2023H1")
URL = reverse("reports:tally") + "?period=2023H1"


def page_of(client, user, url=URL):
    client.force_login(user)
    return client.get(url)


def row_of(response, code):
    table = response.context["table"]
    row = next(row for row in table.rows if row.figure.code == code)
    shares = {name: share for name, share in zip(table.columns, row.shares, strict=True) if share}
    return row, shares


def test_every_indicator_is_a_row_with_its_definition(client, admin):
    ActivityFactory()
    response = page_of(client, admin)
    assert [row.figure.code for row in response.context["table"].rows] == list(INDICATORS)
    page = response.content.decode()
    assert all(one.definition in page for one in INDICATORS.values())


def test_shares_of_matters_open_their_records(client, admin):
    park = Workstream.objects.get(name="五好园区")
    ActivityFactory(workstream=park, times=3)
    ActivityFactory(workstream=None, times=2)
    row, shares = row_of(page_of(client, admin), "relief_services")
    assert (row.total.text, row.total.unit) == ("5", "次")
    assert {name: share.text for name, share in shares.items()} == {"五好园区": "3", "未注明": "2"}
    for share in shares.values():
        assert client.get(share.url).context["shown"].figure == f"{share.text} 次"


def test_shares_of_units_open_their_records(client, admin, police):
    ActivityFactory(unit=police, times=3)
    ActivityFactory(times=1)
    _, shares = row_of(page_of(client, admin, URL + "&by=unit"), "relief_services")
    assert shares[police.name].text == "3"
    assert client.get(shares[police.name].url).context["shown"].figure == "3 次"


def test_money_is_in_wan_with_the_exact_amount_beside(client, admin):
    RecoveryFactory(amount=Decimal("4098000.00"))
    row, _ = row_of(page_of(client, admin), "losses_total")
    assert (row.total.text, row.total.unit, row.total.exact) == ("409.8", "万元", "¥4,098,000.00")


def test_unit_leader_sees_the_units_figures(client, unit_leader, police, court):
    ActivityFactory(unit=police, times=3)
    ActivityFactory(unit=court, times=9)
    row, _ = row_of(page_of(client, unit_leader), "relief_services")
    assert row.total.text == "3"
    table = page_of(client, unit_leader, URL + "&by=unit").context["table"]
    assert table.columns == [police.name]


def test_admin_asks_for_a_new_count_once(client, admin):
    client.force_login(admin)
    for _ in range(2):
        answer = client.post(reverse("reports:tally-refresh"), {"period": "2023H1"})
    assert (answer.status_code, answer.url) == (302, URL)
    [job] = Job.objects.all()
    assert (job.kind, job.params, job.owner) == ("reports.tally", {"period": "2023H1", "whole": True}, admin)
    page = client.get(URL).content.decode()
    assert f'id="job-{job.pk}"' in page
    assert "排队中" in page
    assert "data-reload-when-done" in page


def test_without_a_running_count_nothing_is_shown_of_one(client, admin):
    assert "tally-job" not in page_of(client, admin).content.decode()


def test_only_admin_is_offered_a_new_count(client, admin, unit_leader):
    assert "重新统计" in page_of(client, admin).content.decode()
    assert "重新统计" not in page_of(client, unit_leader).content.decode()


def test_excel_has_every_indicator_on_a_sheet_a_way_of_splitting_it(client, admin, police):
    by = UserFactory(unit=police)
    ActivityFactory(unit=police, workstream=Workstream.objects.get(name="五好园区"), times=3, officer=by)
    case = CaseFactory(unit=police)
    RecoveryFactory(case=case, kind="avoided", amount=Decimal("98000.50"))
    client.force_login(admin)
    answer = client.get(reverse("reports:tally-export"), {"period": "2023H1"})
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    assert answer["X-Rows"] == str(len(INDICATORS))
    assert book.sheet_names == ["总表", "分单位", "分工作组", "分产业", "分月", "分金额类型", "分干警", "口径"]

    def told(sheet: str, name: str) -> dict:
        title, about, head, *rows = book.get_sheet_by_name(sheet).to_python()
        assert (title[0], "金额单位：元" in about[0]) == (f"2023年上半年派驻服务统计（{sheet}）", True)
        return dict(zip(head, next(row for row in rows if row[0] == name), strict=True))

    assert (told("总表", "为企纾困")["合计"], told("总表", "为企纾困")["五好园区"]) == (3, 3)
    assert told("分单位", "为企纾困")[police.name] == 3
    assert told("分月", "为企纾困")["2023年5月"] == 3
    assert told("分金额类型", "挽回和避免经济损失")["避免"] == 98000.5
    assert told("分干警", by.name)["为企纾困（次）"] == told("分干警", "合计")["为企纾困（次）"] == 3
    assert told("口径", "为企纾困")["口径版本"] == 1


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("who", "queries"), [("city_leader", 19), ("unit_leader", 20)])
def test_tally_query_budget(client, request, police, court, who, queries, rows, django_assert_num_queries):
    leader = request.getfixturevalue(who)
    ActivityFactory.create_batch(rows, unit=police)
    ActivityFactory.create_batch(rows, unit=court)
    store(H1, compute(H1, date(2023, 7, 1)), timezone.now())
    settle(client, leader)
    with django_assert_num_queries(queries):
        client.get(URL)


@pytest.mark.parametrize("rows", [1, 3])
def test_tally_export_query_budget(client, city_leader, police, rows, django_assert_num_queries):
    ActivityFactory.create_batch(rows, unit=police)
    store(H1, compute(H1, date(2023, 7, 1)), timezone.now())
    settle(client, city_leader)
    with django_assert_num_queries(22):
        client.get(reverse("reports:tally-export"), {"period": "2023H1"})
