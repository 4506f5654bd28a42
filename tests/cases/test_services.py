"""Rules of cases: dates, states, whose unit, closed half-years, one form one case, nobody's edit lost."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from cases.models import CaseResult, CaseState, LegalCase
from cases.services import (
    CaseError,
    create_case,
    edit_case,
    save_campaign,
    save_recommendation,
    save_typical_case,
)
from common.forms.conflicts import StaleVersionError
from ledger.models import ClosedPeriod
from tests.factories import CampaignFactory, CaseFactory, EnterpriseFactory, RecommendationFactory, TypicalCaseFactory

pytestmark = pytest.mark.django_db
TODAY = date(2023, 8, 1)


def words(unit, **changes):
    return {
        "number": "(2023)湘0781民初1号",
        "kind": "sales_contract",
        "title": "买卖合同纠纷",
        "unit": unit,
        "workstream": None,
        "campaign": None,
        "enterprises": [],
        "party_names": "",
        "project": None,
        "filed_on": date(2023, 7, 3),
        "state": CaseState.OPEN,
        "closed_on": None,
        "result": "",
        "detained_persons": 0,
        "detained_on": None,
        "summary": "",
        **changes,
    }


def close_first_half(admin):
    ClosedPeriod.objects.create(
        code="2023H1",
        starts_on=date(2023, 1, 1),
        ends_on=date(2023, 6, 30),
        closed_at=timezone.now(),
        closed_by=admin.name,
    )


def test_a_case_is_registered_with_its_enterprises(officer):
    firm = EnterpriseFactory()
    case = create_case(by=officer, today=TODAY, data=words(officer.unit, enterprises=[firm]), submission=None)
    case.refresh_from_db()
    assert (case.number, case.created_by, list(case.enterprises.all())) == ("（2023）湘0781民初1号", officer, [firm])


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"filed_on": date(2023, 8, 2)}, "filed_on", "立案日期 2023-08-02 晚于今天，请改正"),
        ({"filed_on": date(1999, 12, 31)}, "filed_on", "立案日期 1999-12-31 早于 2000 年，请改正"),
        ({"state": "closed"}, "closed_on", "已结案件要填结案日期"),
        (
            {"state": "closed", "closed_on": date(2023, 7, 2)},
            "closed_on",
            "结案日期 2023-07-02 早于立案日期 2023-07-03，请改正",
        ),
        ({"state": "closed", "closed_on": date(2023, 8, 2)}, "closed_on", "结案日期 2023-08-02 晚于今天，请改正"),
        ({"closed_on": date(2023, 7, 9)}, "state", "填了结案日期，状态请选“已结”；还在办就把结案日期清空"),
        ({"result": "solved"}, "result", "在办案件还没有结果；已有结果请把状态选为“已结”并填结案日期"),
        ({"detained_persons": 2}, "detained_on", "拘留 2 名被执行人，请填拘留日期"),
        (
            {"detained_on": date(2023, 7, 9)},
            "detained_persons",
            "填了拘留日期，请填拘留人数；没有拘留就把日期清空",
        ),
        (
            {"detained_persons": 1, "detained_on": date(2023, 7, 1)},
            "detained_on",
            "拘留日期 2023-07-01 早于立案日期 2023-07-03，请改正",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(officer, changes, field, message):
    with pytest.raises(CaseError) as refused:
        create_case(by=officer, today=TODAY, data=words(officer.unit, **changes), submission=None)
    assert (refused.value.field, str(refused.value), LegalCase.objects.count()) == (field, message, 0)


def test_nobody_registers_for_another_unit(officer, court):
    with pytest.raises(CaseError) as refused:
        create_case(by=officer, today=TODAY, data=words(court), submission=None)
    assert (refused.value.field, str(refused.value)) == ("unit", "您不能替“市人民法院”登记，请选本单位")


def test_the_office_registers_for_any_unit(office, court):
    assert create_case(by=office, today=TODAY, data=words(court), submission=None).unit == court


@pytest.mark.parametrize("stored", ["（2023）湘0781民初1号", "(2023)湘0781民初1号"])
def test_a_number_is_taken_whatever_its_brackets(officer, stored):
    CaseFactory(number=stored)
    with pytest.raises(CaseError) as refused:
        create_case(by=officer, today=TODAY, data=words(officer.unit), submission=None)
    assert (refused.value.field, str(refused.value)) == ("number", "这个案号已经登记过，请搜索后打开")


def test_one_form_makes_one_case(officer):
    key = uuid4()
    first = create_case(by=officer, today=TODAY, data=words(officer.unit), submission=key)
    second = create_case(by=officer, today=TODAY, data=words(officer.unit), submission=key)
    assert (first.pk, LegalCase.objects.count()) == (second.pk, 1)


def test_a_closed_half_year_takes_no_new_case(officer, admin):
    close_first_half(admin)
    with pytest.raises(CaseError, match="2023年上半年已结账"):
        create_case(by=officer, today=TODAY, data=words(officer.unit, filed_on=date(2023, 6, 30)), submission=None)


def test_a_case_filed_in_a_closed_half_year_may_end_in_the_open_one(officer, admin):
    case = CaseFactory(unit=officer.unit, kind="sales_contract", filed_on=date(2023, 6, 30))
    close_first_half(admin)
    data = words(
        officer.unit,
        number=case.number,
        filed_on=case.filed_on,
        state=CaseState.CLOSED,
        closed_on=date(2023, 7, 1),
        result=CaseResult.JUDGED,
    )
    edit_case(case=case, by=officer, today=TODAY, data=data, version=1)
    case.refresh_from_db()
    assert (case.state, case.closed_on, case.result) == ("closed", date(2023, 7, 1), "judged")


@pytest.mark.parametrize("changes", [{"kind": "theft"}, {"filed_on": date(2023, 7, 1)}])
def test_what_a_closed_half_year_counted_is_fixed(officer, admin, changes):
    case = CaseFactory(unit=officer.unit, kind="sales_contract", filed_on=date(2023, 6, 30))
    close_first_half(admin)
    data = words(officer.unit, **{"number": case.number, "filed_on": case.filed_on, **changes})
    with pytest.raises(CaseError, match="2023年上半年已结账"):
        edit_case(case=case, by=officer, today=TODAY, data=data, version=1)
    case.refresh_from_db()
    assert (case.kind, case.filed_on) == ("sales_contract", date(2023, 6, 30))


def test_the_second_of_two_edits_is_told_and_writes_nothing(officer):
    case = CaseFactory(unit=officer.unit)
    data = words(officer.unit, number=case.number, filed_on=case.filed_on)
    edit_case(case=case, by=officer, today=TODAY, data={**data, "title": "先"}, version=1)
    with pytest.raises(StaleVersionError), transaction.atomic():
        edit_case(case=case, by=officer, today=TODAY, data={**data, "title": "后"}, version=1)
    case.refresh_from_db()
    assert (case.title, case.version) == ("先", 2)


def paper(unit, **changes):
    return {
        "number": "津检建〔2023〕1号",
        "case": None,
        "unit": unit,
        "workstream": None,
        "addressee": "样例单位",
        "subject": "样例事由",
        "issued_on": date(2023, 7, 3),
        "replied_on": None,
        "is_adopted": None,
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"issued_on": date(2023, 8, 2)}, "issued_on", "制发日期 2023-08-02 晚于今天，请改正"),
        ({"replied_on": date(2023, 7, 2)}, "replied_on", "回复日期 2023-07-02 早于制发日期 2023-07-03，请改正"),
        ({"is_adopted": True}, "replied_on", "填了是否采纳，请填回复日期"),
    ],
)
def test_a_recommendation_that_makes_no_sense_is_refused(officer, changes, field, message):
    with pytest.raises(CaseError) as refused:
        save_recommendation(pk=None, by=officer, today=TODAY, data=paper(officer.unit, **changes))
    assert (refused.value.field, str(refused.value)) == (field, message)


def test_a_reply_is_added_to_a_recommendation_of_a_closed_half_year(officer, admin):
    row = RecommendationFactory(unit=officer.unit, issued_on=date(2023, 5, 1))
    close_first_half(admin)
    data = paper(
        officer.unit,
        number=row.number,
        issued_on=row.issued_on,
        replied_on=date(2023, 7, 20),
        is_adopted=True,
    )
    save_recommendation(pk=row.pk, by=officer, today=TODAY, data=data, version=1)
    row.refresh_from_db()
    assert (row.replied_on, row.is_adopted, row.version) == (date(2023, 7, 20), True, 2)


def test_a_recommendation_number_is_given_once(officer):
    row = RecommendationFactory(unit=officer.unit)
    with pytest.raises(CaseError) as refused:
        save_recommendation(pk=None, by=officer, today=TODAY, data=paper(officer.unit, number=row.number))
    assert (refused.value.field, str(refused.value)) == ("number", "这个文号已经登记过，请搜索后打开")


def test_a_typical_case_of_another_unit_is_not_rewritten(officer, court):
    row = TypicalCaseFactory(unit=court)
    data = {"title": "改", "unit": officer.unit, "published_on": row.published_on, "channel": "x"}
    with pytest.raises(CaseError):
        save_typical_case(pk=row.pk, by=officer, today=TODAY, data=data, version=1)
    row.refresh_from_db()
    assert (row.title != "改", row.unit) == (True, court)


def test_a_campaign_ends_after_it_starts(db):
    row = CampaignFactory(starts_on=date(2023, 4, 1))
    with pytest.raises(CaseError) as refused:
        save_campaign(
            pk=row.pk,
            data={"name": row.name, "starts_on": date(2023, 4, 1), "ends_on": date(2023, 3, 31)},
            version=1,
        )
    assert str(refused.value) == "结束日期 2023-03-31 早于开始日期 2023-04-01，请改正"
