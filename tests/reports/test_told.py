"""How pages tell who changed what: the person and the record's unit apart, money with thousands."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from common.periods import Period, local_date
from ledger.services.money.recoveries import RecoveryData, update_recovery
from reports.closing.books import close_period, sign_part
from reports.closing.digests import part_digest
from reports.closing.state import period_state
from reports.figures.counting import recount
from tests.factories import ActivityFactory, EntryFactory, RecoveryFactory, UserFactory

pytestmark = pytest.mark.django_db
H1 = Period.parse("2023H1")


def test_a_correction_names_the_person_and_apart_from_it_the_records_unit(client, admin, police, city_leader):
    made = RecoveryFactory(case__unit=police, happened_on=date(2023, 4, 1), amount=Decimal("170000"), kind="recovered")
    recount(H1, timezone.now())
    close_period(period=H1, actor=admin, now=timezone.now(), reason="样例")
    data = RecoveryData(kind="recovered", amount=Decimal("170000.5"), basis=made.basis, happened_on=made.happened_on)
    update_recovery(recovery=made, actor=admin, at=timezone.now(), data=data, version=1, reason="金额记错")
    client.force_login(city_leader)
    page = " ".join(client.get(reverse("reports:period", args=["2023H1"])).content.decode().split())
    assert f"{admin.name}（" not in page
    assert f"更正 · 记录属于{police}" in page
    assert "挽回和避免损失“追回 170,000.50 元”" in page
    assert "金额（元）：170,000.00 → 170,000.50" in page


def test_a_unit_that_has_signed_waits_for_the_others_and_learns_nothing_of_them(
    client, coordinator, admin, police, court
):
    for unit in (police, court):
        ActivityFactory(unit=unit, happened_on=date(2023, 5, 8))
    recount(H1, timezone.now())
    seen = part_digest(H1, police.pk)
    sign_part(period=H1, unit=police, actor=coordinator, seen=seen, now=timezone.now())
    waiting = "本单位已签字，等其他单位"
    client.force_login(coordinator)
    for url in (reverse("reports:period-list"), reverse("reports:period", args=["2023H1"])):
        page = client.get(url).content.decode()
        assert (waiting in page, "可以结账" in page, court.name in page) == (True, False, False)
    today = local_date(timezone.now())
    assert period_state(H1, admin, today).words == "待签字"
    other = UserFactory(unit=court, coordinator=True)
    assert period_state(H1, other, today).words == "待签字"
    sign_part(period=H1, unit=court, actor=other, seen=part_digest(H1, court.pk), now=timezone.now())
    assert [period_state(H1, user, today).words for user in (coordinator, other, admin)] == ["可以结账"] * 3


def test_a_unit_with_nothing_but_what_was_carried_over_can_sign_it(client, coordinator, police):
    EntryFactory(unit=police, registered_on=date(2023, 2, 1), state="handling", moved_on=date(2023, 2, 2))
    later = Period.parse("2023H2")
    recount(later, timezone.now())
    client.force_login(coordinator)
    page = client.get(reverse("reports:period-sign", args=["2023H2"]))
    assert (page.context["page"].figures, "不用签字" in page.content.decode()) == ([], False)
    client.post(reverse("reports:period-sign", args=["2023H2"]), {"seen": page.context["page"].digest})
    assert period_state(later, coordinator, local_date(timezone.now())).lacking == []


def test_the_registry_is_exported_without_codes(client, admin):
    client.force_login(admin)
    answer = client.get(reverse("reports:indicators-export"), {"period": "2023H1"})
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[0] == ["类别", "指标", "口径", "计量单位", "取整", "版本", "沿革", "数值", "备注"]
