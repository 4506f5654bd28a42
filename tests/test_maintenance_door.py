"""Django admin: every changelist opens for a superuser, and for nobody else."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from ledger.states import EntryState
from tests.factories import (
    ActivityFactory,
    CaseFactory,
    EntryFactory,
    KeyProjectFactory,
    PairingFactory,
    RecoveryFactory,
    SurveyFormFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
OURS = ["accounts", "jobs", "enterprises", "cases", "ledger", "imports", "reports", "duty"]
INSIDE = {
    "draft",
    "draftfile",
    "notice",
    "digest",
    "activityoutput",
    "plangoal",
    "planphase",
    "supportingunit",
    "briefingparagraph",
    "orderreply",
}  # a parent's page has them; drafts, notices and digests: owner only
FIXED = [
    "ledger_entryevent",
    "ledger_correction",
    "reports_periodclose",
    "reports_frozenfigure",
    "reports_adjustment",
    "reports_unitsignoff",
    "reports_tally",
    "reports_ledgerday",
    "reports_targetresult",
    "reports_targetentry",
    "reports_screen",
    "reports_issuedbriefing",
    "jobs_job",
    "imports_importbatch",
    "ledger_closedperiod",
]


def pages():
    return sorted(f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry)


def test_only_our_own_models_are_there():
    """Not the audit trail, which is the auditor's alone, nor what libraries keep in English."""
    assert {page.split("_")[0] for page in pages()} == set(OURS)


@pytest.fixture
def superuser(db):
    return UserFactory(admin=True, is_superuser=True, is_staff=True)


def test_every_model_of_ours_has_its_place():
    models = {model for app in OURS for model in apps.get_app_config(app).get_models()}
    missing = {model._meta.model_name for model in models if model not in admin.site._registry}
    assert missing - INSIDE == set()


@pytest.mark.parametrize("page", pages())
def test_every_changelist_opens_and_searches(client, superuser, page):
    EntryFactory(state=EntryState.ASSIGNED)
    RecoveryFactory(case=CaseFactory())
    ActivityFactory(), SurveyFormFactory(), KeyProjectFactory(), PairingFactory()
    client.force_login(superuser)
    answer = client.get(reverse(f"admin:{page}_changelist"), {"q": "样例"})
    assert answer.status_code == 200
    assert "维护入口" in answer.content.decode()


@pytest.mark.parametrize("page", FIXED)
def test_what_is_history_or_computed_cannot_be_added(client, superuser, page):
    client.force_login(superuser)
    assert client.get(reverse(f"admin:{page}_add")).status_code == 403


def test_an_event_can_be_read_but_not_changed_or_removed(client, superuser):
    event = EntryFactory().events.get()
    client.force_login(superuser)
    assert client.get(reverse("admin:ledger_entryevent_change", args=[event.pk])).status_code == 200
    assert client.post(reverse("admin:ledger_entryevent_change", args=[event.pk]), {"note": "改"}).status_code == 403
    assert client.post(reverse("admin:ledger_entryevent_delete", args=[event.pk]), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("who", ["officer", "coordinator", "city_leader", "admin", "auditor"])
def test_nobody_else_comes_in(client, request, who):
    person = request.getfixturevalue(who)
    person.is_staff = True
    person.save()
    client.force_login(person)
    answer = client.get(reverse("admin:index"), follow=True)
    assert answer.status_code == 403
    assert "维护入口只供系统维护人员使用" in answer.content.decode()


def test_a_stranger_is_sent_to_the_offices_own_sign_in(client):
    answer = client.get(reverse("admin:index"), follow=True)
    assert answer.request["PATH_INFO"] == reverse("accounts:login")


@pytest.mark.parametrize(
    "page", ["accounts_user", "enterprises_enterprise", "ledger_serviceactivity", "cases_legalcase"]
)
def test_the_forms_for_adding_open(client, superuser, page):
    client.force_login(superuser)
    assert client.get(reverse(f"admin:{page}_add")).status_code == 200
