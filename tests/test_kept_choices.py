"""Every edit form keeps what its record has, though it is on offer to nobody else any more.

People leave, groups, units and categories go out of use, cases belong to other units; whoever then mends a typo drops
none of them.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django import forms
from django.db.models import Model
from django.urls import reverse

from accounts.models import Unit, User, WorkGroup
from accounts.services import deactivate
from cases.models import Campaign, LegalCase
from enterprises.models import Enterprise, Industry, KeyProject, Workstream
from ledger.models import ProblemCategory
from tests.factories import (
    ActivityFactory,
    CampaignFactory,
    CaseFactory,
    EnterpriseFactory,
    KeyProjectFactory,
    RecommendationFactory,
    UnitFactory,
    UserFactory,
)
from tests.test_simultaneous_edits import FORMS, OURS

pytestmark = pytest.mark.django_db
OPTION = re.compile(r'<option value="([^"]*)"[^>]*\bselected')
CHECKED = re.compile(r'value="([^"]*)"[^>]*\bchecked')
# a row of each kind that forms choose among, made to be on offer to nobody as far as the kind allows
GONE: dict[type[Model], Callable[[], Model]] = {
    Unit: lambda: UnitFactory(is_active=False),
    User: lambda: UserFactory(is_active=False),
    WorkGroup: lambda: WorkGroup.objects.create(name="样例旧组", is_active=False),
    Enterprise: lambda: EnterpriseFactory(is_active=False),
    KeyProject: lambda: KeyProjectFactory(is_active=False),
    LegalCase: lambda: CaseFactory(state="closed", filed_on=date(2023, 3, 1), closed_on=date(2023, 5, 1)),
    Campaign: lambda: CampaignFactory(),
    ProblemCategory: lambda: ProblemCategory.objects.create(name="样例旧类", is_active=False),
    Workstream: lambda: Workstream.objects.first(),
    Industry: lambda: Industry.objects.first(),
}


def sendable(form: forms.BaseForm) -> dict[str, Any]:
    """What a browser posts of a form as it is rendered: a chosen value only where it is among those offered."""
    data: dict[str, Any] = {}
    for bound in form:
        html = str(bound)
        if "<select" in html:
            chosen = OPTION.findall(html)
            data[bound.html_name] = chosen if "multiple" in html else "".join(chosen[:1])
        elif 'type="checkbox"' in html or 'type="radio"' in html:
            data[bound.html_name] = CHECKED.findall(html) or (["on"] if "checked" in html else [])
        elif 'type="file"' not in html and bound.value() is not None:
            value = bound.value()
            data[bound.html_name] = value.isoformat() if isinstance(value, date) else str(value)
    return {name: value for name, value in data.items() if value not in ("", [])}


def fill(record: Model, form: forms.BaseForm) -> list[str]:
    """Sets every choice among rows to one that is gone; the names of the fields."""
    columns = {one.name: one for one in (*record._meta.concrete_fields, *record._meta.many_to_many)}
    names = [
        name for name, field in form.fields.items() if isinstance(field, forms.ModelChoiceField) and name in columns
    ]
    for name in names:
        row = GONE[columns[name].related_model]()
        if columns[name].many_to_many:
            getattr(record, name).set([row])
        else:
            type(record)._base_manager.filter(pk=record.pk).update(**{name: row})
    return names


def held(record: Model, names: list[str]) -> dict[str, Any]:
    fresh = type(record)._base_manager.get(pk=record.pk)
    many = {one.name for one in record._meta.many_to_many}
    return {name: list(getattr(fresh, name).all()) if name in many else getattr(fresh, name) for name in names}


@pytest.mark.parametrize("name", FORMS)
def test_what_is_no_longer_on_offer_stays(client, admin, name):
    make, words = FORMS[name]
    record: Model = make(admin)
    client.force_login(admin)
    address = reverse(name, args=[record.pk])
    names = fill(record, client.get(address).context["form"])
    before = held(record, names)
    page = client.get(address).context
    problems = sendable(page["problems"].management_form) if "problems" in page else {}
    answer = client.post(address, {**sendable(page["form"]), **problems, words: OURS})
    told = answer.context and answer.context["form"].errors
    assert (answer.status_code, told, held(record, names)) == (302, None, before)
    assert getattr(type(record)._base_manager.get(pk=record.pk), words) == OURS


def test_most_edit_forms_choose_among_rows(client, admin):
    """So that the test above is about something."""
    client.force_login(admin)
    chosen = set()
    for name, (make, _) in FORMS.items():
        record = make(admin)
        form = client.get(reverse(name, args=[record.pk])).context["form"]
        chosen |= {name for field in form.fields.values() if isinstance(field, forms.ModelChoiceField)}
    assert len(chosen) >= 10


def test_a_case_of_another_unit_stays_with_a_recommendation(client, police, court):
    case = CaseFactory(unit=court)
    one = RecommendationFactory(unit=police, case=case)
    client.force_login(UserFactory(unit=police, coordinator=True))
    address = reverse("cases:recommendation-edit", args=[one.pk])
    assert client.post(address, {**sendable(client.get(address).context["form"]), "subject": OURS}).status_code == 302
    one.refresh_from_db()
    assert (one.subject, one.case) == (OURS, case)
    other = RecommendationFactory(unit=police)  # to anybody else it still is not on offer
    address = reverse("cases:recommendation-edit", args=[other.pk])
    client.post(address, {**sendable(client.get(address).context["form"]), "case": case.pk})
    other.refresh_from_db()
    assert other.case is None


def test_who_went_along_and_left_since_stays_with_a_visit(client, admin, police):
    officer, gone = UserFactory(unit=police), UserFactory(unit=police)
    visit = ActivityFactory(unit=police, officer=officer, created_by=officer)
    visit.participants.set([gone])
    deactivate(user=gone, by=admin)
    client.force_login(officer)
    address = reverse("ledger:activity-edit", args=[visit.pk])
    page = client.get(address).context
    typed = {**sendable(page["form"]), **sendable(page["problems"].management_form), "summary": OURS}
    assert client.post(address, typed).status_code == 302
    visit.refresh_from_db()
    assert (visit.summary, list(visit.participants.all())) == (OURS, [gone])
