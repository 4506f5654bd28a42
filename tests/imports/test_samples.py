"""Workbooks as units send them (made up, but as messy): expected.json's figures must come out of the database."""

import json
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import Sum

from accounts.models import User
from cases.models import LegalCase, ProcuratorialRecommendation
from common.periods import Period
from enterprises.models import Enterprise, KeyProject
from imports.plans.summary import problems, summarise
from ledger.models import EntryEvent, Measure, ProblemEntry, Recovery, ServiceActivity, SurveyForm
from tests.imports.whole import make_plan, write_plan

FOLDER = Path(settings.BASE_DIR) / "tests/samples"
pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
FILES = {
    "企业名录.xlsx": "enterprises",
    "重点项目清单.xlsx": "projects",
    "干警花名册.xlsx": "roster",
    "调查表汇总.xlsx": "surveys",
    "调查表汇总-各单位报送.xlsx": "surveys",
    "调查表-单表.zip": "surveys",
    "服务活动台账.xlsx": "activities",
    "涉企案件台账.xlsx": "cases",
}


def expected(name):
    listed = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
    return next(item for item in listed if item["file"] == name)


def bring_in(name):
    plan = make_plan(FOLDER / name, name, FILES[name], today=TODAY)
    write_plan(plan)
    return plan


@pytest.mark.parametrize("name", FILES)
def test_figures_of_the_plan_are_those_expected(name):
    want = expected(name)
    told = summarise(make_plan(FOLDER / name, name, FILES[name], today=TODAY))
    same = [key for key in told if key in want and key not in ("totals", "closed_totals")]
    assert {key: told[key] for key in same} == {key: want[key] for key in same}
    assert told["wrong"] == len(want["errors"])


@pytest.mark.parametrize("name", FILES)
def test_the_same_file_again_creates_and_updates_nothing(name):
    bring_in(name)
    again = summarise(bring_in(name))
    assert (again["created"], again["updated"]) == (0, 0)


def test_capital_of_the_enterprises_is_decimal_where_it_can_be_read():
    bring_in("企业名录.xlsx")
    with_text = Enterprise.objects.exclude(capital_text="")
    assert (Enterprise.objects.count(), with_text.count(), with_text.filter(registered_capital=None).count()) == (
        300,
        205,
        0,
    )
    assert Enterprise.objects.get(name="津市样例名录001有限公司").registered_capital == Decimal("99800000.00")


def test_projects_add_up_to_the_expected_investment():
    bring_in("重点项目清单.xlsx")
    total = KeyProject.objects.aggregate(total=Sum("investment"))["total"]
    assert total == Decimal(expected("重点项目清单.xlsx")["investment_wan"]) * 10_000


def test_people_of_the_roster_stand_in_their_units_and_wait_for_invitation():
    bring_in("干警花名册.xlsx")
    people = User.objects.filter(username__startswith="ZF")
    assert dict(Counter(people.values_list("unit__name", flat=True))) == expected("干警花名册.xlsx")["by_unit"]
    assert (people.filter(is_active=True).count(), people.filter(role="admin").count()) == (0, 2)
    assert not any(person.has_usable_password() for person in people)


@pytest.mark.parametrize("name", ["调查表汇总.xlsx", "调查表汇总-各单位报送.xlsx", "调查表-单表.zip"])
def test_stored_forms_give_the_expected_figures(name):
    bring_in(name)
    want = expected(name)
    forms = SurveyForm.objects.all()
    stored = {
        "accepted": forms.count(),
        "enterprises": forms.values("enterprise").distinct().count(),
        "problem_entries": ProblemEntry.objects.filter(source="survey", source_form__in=forms).count(),
        "by_satisfaction": dict(Counter(form.get_satisfaction_display() for form in forms)),
    }
    if "by_unit" in want:
        stored["by_unit"] = dict(Counter(ProblemEntry.objects.values_list("unit__name", flat=True)))
        stored["forms_with_problems"] = forms.filter(entries__isnull=False).distinct().count()
        stored["amount_yuan"] = forms.aggregate(total=Sum("amount"))["total"]
    assert stored == {key: want[key] for key in stored}
    assert EntryEvent.objects.filter(seq=1, action="register").count() == want["problem_entries"]


def test_wrong_rows_of_the_messy_workbook_are_named_with_their_reasons():
    name = "调查表汇总-各单位报送.xlsx"
    plan = make_plan(FOLDER / name, name, "surveys", today=TODAY)
    wrong = [(row.source.serial, row.problems[0].column) for row in plan.rows if row.problems]
    assert [int(serial) for serial, _ in wrong] == [item["row_no"] for item in expected(name)["errors"]]
    assert [column for _, column in wrong] == ["统一社会信用代码", "走访日期", "涉及金额", "企业名称", "走访日期"]
    assert len(problems(plan)) == 5


def test_activities_give_the_expected_totals_by_half_year():
    bring_in("服务活动台账.xlsx")
    totals = {}
    for activity in ServiceActivity.objects.prefetch_related("outputs"):
        half = totals.setdefault(Period.half_of(activity.happened_on).code, Counter())
        measures = {output.measure: output.quantity for output in activity.outputs.all()}
        half["发放资料"] += measures.pop(Measure.LEAFLETS, 0)
        half["咨询人次"] += measures.pop(Measure.ADVICE, 0)
        half[activity.get_kind_display()] += sum(measures.values()) if measures else activity.times
    assert {code: dict(half) for code, half in totals.items()} == expected("服务活动台账.xlsx")["totals"]


def test_closed_cases_give_the_expected_totals_by_half_year():
    bring_in("涉企案件台账.xlsx")
    totals = {}
    for case in LegalCase.objects.filter(state="closed"):
        half = totals.setdefault(Period.half_of(case.closed_on).code, Counter())
        half[case.get_kind_display()] += 1
        half["检察建议"] += ProcuratorialRecommendation.objects.filter(case=case).count()
        for recovery in Recovery.objects.filter(case=case):
            half[{"recovered": "挽回损失", "avoided": "避免损失"}[recovery.kind]] += recovery.amount
    assert {code: dict(half) for code, half in totals.items()} == expected("涉企案件台账.xlsx")["closed_totals"]


def test_an_entry_begins_on_the_day_of_its_form():
    bring_in("调查表-单表.zip")
    event = EntryEvent.objects.select_related("entry__source_form").first()
    assert (event.happened_on, event.entry.registered_on) == (event.entry.source_form.visited_on,) * 2
    assert isinstance(event.occurred_at, datetime)
