"""An amount far beyond the usual is asked about before it is saved, in every form that has one."""

import re
from decimal import Decimal
from importlib import import_module

import pytest
from auditlog.models import LogEntry
from django.apps import apps
from django.urls import reverse

from common.money import grouped, in_wan, spelt
from common.sent.amounts import doubt
from enterprises.models import Enterprise
from ledger.models import MoneyRule, ProblemCategory, ProblemEntry, Recovery, ServiceActivity
from ledger.services.money.rule import change_money_rule, current_money_rule
from tests.factories import (
    ActivityFactory,
    CaseFactory,
    EnterpriseFactory,
    EntryFactory,
    KeyProjectFactory,
    RecoveryFactory,
)
from tests.test_simultaneous_edits import sent

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("yuan", "aloud", "short"),
    [
        ("123456789012", "1,234亿5678.9012万元", "12,345,678.9万元"),
        ("100000000", "1亿元", "10,000万元"),
        ("1000000005", "10亿零5元", "100,000万元"),
        ("40560000", "4056万元", "4056万元"),
        ("4098000.01", "409.800001万元", "409.8万元"),
        ("9999.5", "9999.5元", "9999.5元"),
    ],
)
def test_an_amount_is_spelt_exactly_and_grouped(yuan, aloud, short):
    assert (spelt(Decimal(yuan)), in_wan(Decimal(yuan))) == (aloud, short)
    assert grouped(Decimal("-12348640.7")) == "-12,348,640.7"


@pytest.mark.parametrize(
    ("amount", "largest", "told"),
    [
        ("99999999.99", None, ""),
        ("100000000", None, "达到或超过 1亿元"),
        ("5000000", "500000", "是已登记最大一笔（500,000.00 元）的 10 倍以上"),
        ("4999999.99", "500000", ""),
        ("99999", "1", ""),  # small sums say little
    ],
)
def test_what_is_doubtful(amount, largest, told):
    assert doubt(Decimal(amount), largest=largest and Decimal(largest)) == told
    change_money_rule(version=1, ask_from=Decimal("20000000"))
    assert doubt(Decimal("20000000")) == "达到或超过 2000万元"


def test_an_admin_changes_from_which_amount_on_people_are_asked(client, admin, officer):
    """On its page, audited, with who changed it meanwhile shown beside; forms ask by it at once."""
    page, case = reverse("ledger:money-rule"), CaseFactory(unit=officer.unit)
    client.force_login(admin)
    assert "现在：达到 1亿元 先问" in client.get(page).content.decode()
    assert "至少 1 万元" in client.post(page, {"ask_from": "9999", "version": 1}).content.decode()
    told = client.post(page, {"ask_from": "500000", "version": 1}, follow=True).content.decode()
    assert "金额规则已改为：达到 50万元 先问" in told
    late = client.post(page, {"ask_from": "700000", "version": 1})
    assert late.status_code == 409
    assert all(words in late.content.decode() for words in ("500,000", "您填写的"))
    log = LogEntry.objects.get_for_object(MoneyRule.objects.get()).filter(action=LogEntry.Action.UPDATE).first()
    assert log.changes_dict["ask_from"] == ["100000000.00", "500000.00"]
    client.force_login(officer)
    address = f"{reverse('ledger:recovery-create')}?case={case.pk}"
    typed = {"kind": "saved", "amount": "600000", "happened_on": "2026-05-20", "basis": "减免决定"}
    assert "600,000.00 元，即 60万元，达到或超过 50万元" in client.post(address, typed).content.decode()
    assert client.get(page).status_code == 403


def test_an_amount_set_in_the_environment_of_before_becomes_the_rule(monkeypatch):
    """A data migration: whoever had set another limit keeps it."""
    keep = import_module("ledger.migrations.0032_money_rule_of_before").keep
    monkeypatch.setenv("MONEY_ASK_FROM", "")
    keep(apps, None)
    assert MoneyRule.objects.count() == 0
    monkeypatch.setenv("MONEY_ASK_FROM", "30000000")
    keep(apps, None)
    assert current_money_rule().ask_from == 30_000_000


# address → what is edited, the field, the amount that is asked about
FORMS = {
    "ledger:recovery-edit": (lambda admin: RecoveryFactory(created_by=admin), "amount", "123456789012.00"),
    "ledger:entry-edit": (lambda admin: EntryFactory(), "amount", "123456789012.00"),
    "enterprises:enterprise-edit": (lambda admin: EnterpriseFactory(), "registered_capital", "12345678901.00"),
    "enterprises:project-edit": (lambda admin: KeyProjectFactory(), "investment", "123456789012.00"),
}


def tick(page: str) -> dict[str, str]:
    (box,) = re.findall(r"<input[^>]*amount_sure[^>]*>", page)
    name, value = (re.search(rf'{part}="([^"]+)"', box)[1] for part in ("name", "value"))
    assert "checked" not in box
    return {name: value}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_asks_once_and_keeps_what_was_typed(client, admin, name):
    make, field, amount = FORMS[name]
    record = make(admin)
    client.force_login(admin)
    address = reverse(name, args=[record.pk])
    typed = {**sent(client.get(address).context), field: amount}
    asked = client.post(address, typed).content.decode()
    record.refresh_from_db()
    assert getattr(record, field) != Decimal(amount)
    assert f"即 {spelt(Decimal(amount))}，达到或超过" in asked
    assert amount in asked
    more = {**typed, field: str(Decimal(amount) + 1)}
    assert "amount_sure" in client.post(address, {**more, **tick(asked)}).content.decode()  # another amount
    assert client.post(address, {**typed, **tick(asked)}).status_code == 302
    record.refresh_from_db()
    assert getattr(record, field) == Decimal(amount)
    again = {**sent(client.get(address).context)}
    assert client.post(address, again).status_code == 302  # nobody is asked about what is saved


def test_ten_times_the_largest_that_one_sees_is_asked_about(client, officer):
    RecoveryFactory(amount=Decimal("90000000"))  # elsewhere, not theirs to see
    RecoveryFactory(amount=Decimal("80000"), case__unit=officer.unit, unit=officer.unit)
    activity = ActivityFactory(unit=officer.unit)
    client.force_login(officer)
    address = f"{reverse('ledger:recovery-create')}?activity={activity.pk}"
    typed = {"kind": "saved", "amount": "800000", "happened_on": "2026-05-20", "basis": "减免决定"}
    asked = client.post(address, typed).content.decode()
    assert "800,000.00 元，即 80万元，是已登记最大一笔（80,000.00 元）的 10 倍以上" in asked
    assert "90,000,000" not in asked
    assert client.post(address, {**typed, **tick(asked)}).status_code == 302
    assert Recovery.objects.filter(activity=activity, amount=800000).count() == 1


def test_problems_on_the_screen_of_an_activity_are_asked_about_one_by_one(client, officer):
    client.force_login(officer)
    address = reverse("ledger:activity-create")
    firm: Enterprise = EnterpriseFactory()
    page = client.get(address)
    blocks = {
        f"problems-0-{name}": value
        for name, value in (("title", "拖欠货款"), ("category", ProblemCategory.objects.first().pk))
    }
    shown = {**sent(page.context), **blocks, "kind": "visit", "target": f"enterprise:{firm.pk}", "times": "1"}
    typed = {**shown, "happened_on": "2026-05-20", "problems-0-amount": "300000000"}
    asked = client.post(address, typed).content.decode()
    assert "300,000,000.00 元，即 3亿元，达到或超过 1亿元" in asked
    assert ServiceActivity.objects.count() == ProblemEntry.objects.count() == 0
    assert "problems-0-amount_sure" in tick(asked)
    assert client.post(address, {**typed, **tick(asked)}).status_code == 302
    assert ProblemEntry.objects.get().amount == Decimal("300000000")
