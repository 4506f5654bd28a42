"""Long lists whose rows each refer to somebody else."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Unit, User
from cases.models import LegalCase
from common.rows.keyed import KeyedRows
from enterprises.models import Enterprise, Pairing
from ledger.models import ActivityKind, ProblemCategory, ProblemEntry, Recovery, ServiceActivity, SurveyForm

pytestmark = pytest.mark.django_db
LISTS = [
    ("enterprises", "enterprise"), ("enterprises", "pairing"), ("accounts", "user"), ("cases", "case"),
    ("ledger", "activity"), ("ledger", "entry"), ("ledger", "survey"), ("ledger", "recovery"),
]  # fmt: skip
MANY = 1100  # more than SQLite takes of ORs in one statement


@pytest.fixture
def visits(police):
    """As many visits as units, enterprises and officers: none is met twice."""
    each = range(MANY)
    units = Unit.objects.bulk_create(
        Unit(name=f"津市样例{n}所", parent=police, path=f"{police.path}{n:04d}/") for n in each
    )
    firms = Enterprise.objects.bulk_create(
        Enterprise(name=f"津市样例{n:05d}厂", name_key=f"津市样例{n:05d}厂") for n in each
    )
    people = User.objects.bulk_create(
        User(username=f"YL{n:05d}", name=f"干警{n:04d}", unit=units[n], role="staff") for n in each
    )
    return ServiceActivity.objects.bulk_create(
        ServiceActivity(
            kind=ActivityKind.VISIT,
            happened_on=date(2026, 5, 1),
            summary="走访",
            unit=units[n],
            enterprise=firms[n],
            officer=people[n],
        )
        for n in each
    )


def test_more_firms_units_and_people_than_sqlite_takes_in_one_tree(visits):
    joined = ServiceActivity.objects.select_related("enterprise", "unit__parent", "officer__unit")
    told = [
        (row.enterprise.name, row.unit.name, row.unit.parent.name, row.officer.unit.name)
        for row in KeyedRows(joined.order_by("pk"))
    ]
    assert told == [(f"津市样例{n:05d}厂", f"津市样例{n}所", "市公安局", f"津市样例{n}所") for n in range(MANY)]


def test_every_long_list_can_be_looked_at_and_exported(client, admin, visits, police):
    day, units, people = date(2026, 5, 1), [row.unit_id for row in visits], [row.officer_id for row in visits]
    firms = [row.enterprise_id for row in visits]
    each = list(zip(range(MANY), firms, units, people, strict=True))
    Pairing.objects.bulk_create(Pairing(enterprise_id=f, officer_id=p, starts_on=day) for _, f, _, p in each)
    category = ProblemCategory.objects.first()
    forms = SurveyForm.objects.bulk_create(
        SurveyForm(enterprise_id=f, unit_id=u, officer_id=p, visited_on=day, fingerprint=str(n)) for n, f, u, p in each
    )
    ProblemEntry.objects.bulk_create(
        ProblemEntry(number=f"样例-{n}", title="诉求", unit_id=u, enterprise_id=f, source_form=forms[n],
                     category=category, registered_by_id=p, registered_on=day, handler_id=p, lead_unit_id=u,
                     source="survey")
        for n, f, u, p in each
    )  # fmt: skip
    cases = LegalCase.objects.bulk_create(
        LegalCase(number=f"（2026）样例{n}号", kind="sales_contract", unit_id=u, officer_id=p, filed_on=day)
        for n, f, u, p in each
    )
    through = LegalCase.enterprises.through
    through.objects.bulk_create(through(legalcase=case, enterprise_id=f) for case, f in zip(cases, firms, strict=True))
    Recovery.objects.bulk_create(
        Recovery(case=case, unit_id=u, amount=1, happened_on=day, kind="recovered")
        for case, u in zip(cases, units, strict=True)
    )
    client.force_login(admin)
    for app, what in LISTS:
        assert client.get(reverse(f"{app}:{what}-list")).status_code == 200, what
        answer = client.get(reverse(f"{app}:{what}-export"))
        assert (answer.status_code, int(answer["X-Rows"]) >= MANY) == (200, True), what
