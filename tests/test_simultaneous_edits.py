"""Two people edit one record: on every edit form the second sees both texts, keeps their own, and chooses."""

from datetime import date
from typing import Any

import pytest
from django.db.models import F, Model
from django.forms import FileField
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from ledger.models import ActionPlan, KeyTask, PlanGoal, Robot, SavedView
from tests.access import entries
from tests.factories import (
    ActivityFactory,
    CampaignFactory,
    CaseFactory,
    EnterpriseFactory,
    EntryFactory,
    KeyProjectFactory,
    RecommendationFactory,
    RecoveryFactory,
    SurveyFormFactory,
    TypicalCaseFactory,
    UnitFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
# Ticks that answer a question of the page and belong to no record.
ASKS = {"confirmed", "is_other_money", "is_another", "parts"}
THEIRS, OURS = "另一位同事写的话", "我写的话"


def task(admin) -> KeyTask:
    june, october = date(2023, 6, 1), date(2023, 10, 31)
    plan = ActionPlan.objects.create(year=2023, title="样例方案", target_on=october, concentrated_from=june)
    goal = PlanGoal.objects.create(plan=plan, order=1, name="目标")
    days = {"starts_on": date(2023, 4, 1), "ends_on": date(2023, 12, 1)}
    return KeyTask.objects.create(plan=plan, goal=goal, number=1, name="法治体检", **days)


def view(admin) -> SavedView:
    return SavedView.objects.create(name="本月逾期", owner=admin, audience="all")


# the address of a form → what it edits, and one of its fields with words
FORMS: dict[str, tuple[Any, str]] = {
    "ledger:entry-edit": (lambda admin: EntryFactory(), "content"),
    "ledger:activity-edit": (lambda admin: ActivityFactory(created_by=admin), "summary"),
    "ledger:survey-edit": (lambda admin: SurveyFormFactory(created_by=admin), "suggestion"),
    "ledger:recovery-edit": (lambda admin: RecoveryFactory(created_by=admin), "basis"),
    "ledger:task-edit": (task, "progress_note"),
    "ledger:view-edit": (view, "name"),
    "ledger:robot-edit": (lambda admin: Robot.objects.get(**entries.robot(admin.unit)), "name"),
    "cases:case-edit": (lambda admin: CaseFactory(), "title"),
    "cases:recommendation-edit": (lambda admin: RecommendationFactory(), "subject"),
    "cases:typical-edit": (lambda admin: TypicalCaseFactory(), "title"),
    "cases:campaign-edit": (lambda admin: CampaignFactory(), "name"),
    "enterprises:enterprise-edit": (lambda admin: EnterpriseFactory(), "address"),
    "enterprises:project-edit": (lambda admin: KeyProjectFactory(), "name"),
    "accounts:user-edit": (lambda admin: UserFactory(unit=admin.unit), "name"),
    "accounts:unit-edit": (lambda admin: UnitFactory(), "name"),
}


def sent(page: Any) -> dict[str, Any]:
    """What a browser would send of the form, and of the rows below it, as they were shown."""
    forms = [page["form"], *([page["problems"].management_form] if "problems" in page else [])]
    values = {bound.html_name: bound.value() for form in forms for bound in form}
    told = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
    return {name: value for name, value in told.items() if value is not False and value not in (None, "", [])}


@pytest.mark.parametrize("name", FORMS)
def test_the_second_to_save_sees_both_texts_and_chooses(client, admin, name):
    make, field = FORMS[name]
    record: Model = make(admin)
    client.force_login(admin)
    address = reverse(name, args=[record.pk])
    typed = {**sent(client.get(address).context), field: OURS}
    type(record).objects.filter(pk=record.pk).update(**{field: THEIRS, "version": F("version") + 1})
    late = client.post(address, typed)
    page = late.content.decode()
    assert (THEIRS in page, OURS in page, "您填写的" in page) == (True, True, True)
    record.refresh_from_db()
    assert getattr(record, field) == THEIRS
    chosen = client.post(address, {**typed, "version": late.context["form"]["version"].value()})
    record.refresh_from_db()
    assert (chosen.status_code, getattr(record, field)) == (302, OURS)


@pytest.mark.parametrize("name", FORMS)
def test_every_field_of_an_edit_form_is_in_its_comparison(client, admin, name):
    """Nothing differs where nothing was changed, and whatever field is typed anew shows."""
    record: Model = FORMS[name][0](admin)
    client.force_login(admin)
    address = reverse(name, args=[record.pk])
    late = client.post(address, {**sent(client.get(address).context), "version": record.version + 7})
    form = late.context["form"]
    assert (form.conflicts, form.conflict_by != "") == ([], True)
    for field in {bound.name for bound in form.visible_fields()} - ASKS - form.uncompared:
        if not isinstance(form.fields[field], FileField):
            form.cleaned_data[field] = "别的值"
            assert form.difference(field, record) is not None, field
    assert form.uncompared <= ASKS | {"correction_reason"}


APPS = {"accounts", "enterprises", "cases", "ledger"}
ELSEWHERE = {"ledger:ladder-step"}  # numbers only: tests/ledger/test_ladder.py


def test_every_edit_form_is_in_the_table():
    def names(patterns: Any, space: str = "") -> list[str]:
        found: list[str] = []
        for pattern in patterns:
            if isinstance(pattern, URLResolver) and pattern.namespace != "admin":
                found += names(pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space)
            elif isinstance(pattern, URLPattern) and pattern.name and pattern.name.endswith(("-edit", "-step")):
                found.append(f"{space}{pattern.name}")
        return found

    ours = {name for name in names(get_resolver().url_patterns) if name.split(":")[0] in APPS}
    assert ours == FORMS.keys() | ELSEWHERE
