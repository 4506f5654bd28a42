"""The demo office: its figures are the published ones, made once, and everything in it agrees with itself."""

import json
from datetime import date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from common.periods import SHANGHAI, Period
from duty.models import DutyShift, DutySwap, Gap, SwapState
from enterprises.models import Enterprise, FormerName, LikelyDouble
from jinshi_zf.demo import office
from jinshi_zf.demo.people import SIGN_INS
from jinshi_zf.verification import differences
from ledger.models import (
    ActivityKind,
    Attachment,
    EntryEvent,
    ProblemEntry,
    Recovery,
    ServiceActivity,
    SupervisionOrder,
)
from ledger.states import EntryState
from reports.days.from_events import rates_on
from reports.figures.tallies import compute
from tests.factories import EnterpriseFactory, UserFactory
from tests.reports.recount import Recount
from tests.reports.test_indicators import PUBLISHED

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 10, tzinfo=SHANGHAI)


def command(*args: str) -> str:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def outside(told: dict) -> dict:
    """Published figures whose value lies outside what was published."""
    have = {one["code"]: one for one in told["figures"]}
    values = {
        one["code"]: have[one["code"]]["by_workstream"].get(one["workstream"], 0)
        if "workstream" in one
        else have[one["code"]]["value"]
        for one in PUBLISHED
    }
    return {
        one["code"]: values[one["code"]] for one in PUBLISHED if not one["min"] <= values[one["code"]] <= one["max"]
    }


def has_something_for_every_screen() -> list[str]:
    """What an empty screen would be shown for, of those that need rows of a certain kind."""
    shifts = DutyShift.objects.with_gap()
    orders = SupervisionOrder.objects.all()
    have = {
        "a duty today or ahead": shifts.filter(day__gte=TODAY).exists(),
        "a duty that was logged": ServiceActivity.objects.filter(
            kind=ActivityKind.DUTY, happened_on__in=shifts.filter(day__lt=TODAY).values("day")
        ).exists(),
        "a gap by leave": shifts.filter(gap=Gap.LEAVE).exists(),
        "a swap to answer": DutySwap.objects.filter(state=SwapState.ASKED, asked_of__username="officer").exists(),
        "an overdue order": orders.filter(deadline__lt=TODAY, replied_on=None, ended_on=None).exists(),
        "an order sent back": orders.exclude(returned_on=None).exists(),
        "an answer that waits": orders.filter(accepted_on=None).exclude(replied_on=None).exists(),
        "two likely doubles": LikelyDouble.objects.count() >= 2,
        "a former name": FormerName.objects.exists(),
    }
    return [what for what, there in have.items() if not there]


def test_its_first_half_of_2023_comes_to_the_published_figures_as_counted_by_hand_and_a_second_run_changes_nothing():
    office.make(now=NOW, today=TODAY, password="Jinshi-demo-2026")
    told = json.loads(command("tally", "2023H1", "--json"))
    assert outside(told) == {}
    have = {one["code"]: one["text"] for one in told["figures"]}
    assert {one["code"]: have[one["code"]] for one in PUBLISHED} == {one["code"]: one["text"] for one in PUBLISHED}
    assert json.loads(command("tally", "2023H1", "--json")) == told

    for code in ("2023H1", "2023H2", "2026H2"):
        period = Period.parse(code)
        cells = {(one.indicator, one.level, one.workstream, one.unit): one.value for one in compute(period, TODAY)}
        by_hand = Recount(period.start, period.next_start, TODAY).count().cells()
        assert {key: value for key, value in cells.items() if value} == by_hand

    assert list(differences(TODAY)) == []
    assert rates_on(date(2023, 10, 31)).all.reached
    alive = set(ProblemEntry.objects.filter(registered_on__gte=date(2026, 7, 1)).values_list("state", flat=True))
    assert alive == set(EntryState)
    assert not User.objects.filter(is_demo=False).exists()

    assert has_something_for_every_screen() == []

    models = (User, Enterprise, DutyShift, DutySwap, SupervisionOrder, LikelyDouble, FormerName)
    models += (ServiceActivity, ProblemEntry, EntryEvent, Recovery, Attachment)
    before = [list(model.objects.order_by("pk").values()) for model in models]
    assert command("seed_demo") == "演示数据已在库中，未作改动。登录密码只在首次写入时显示。\n"
    assert [list(model.objects.order_by("pk").values()) for model in models] == before


def test_the_command_shows_passwords_that_open_and_its_scale_multiplies_the_mass_and_keeps_every_chain_whole(
    monkeypatch,
):
    monkeypatch.setenv("JINSHI_DEMO_PASSWORD", "Jinshi-demo-2026")
    said = command("seed_demo", "--scale", "2")
    assert said.count("Jinshi-demo-2026") == 7
    for username in [row[0] for row in SIGN_INS]:
        answer = Client().post(reverse("accounts:login"), {"username": username, "password": "Jinshi-demo-2026"})
        assert (username, answer.status_code) == (username, 302)
    today = timezone.localdate()
    cells = {(one.indicator, one.level): one.value for one in compute(Period.parse("2023H1"), today)}
    assert cells["relief_services", "all"] == 2 * 213
    assert cells["problems_resolved", "all"] == 2 * 113
    assert list(differences(today)) == []


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (EnterpriseFactory, "库中已有 1 条企业，不是空库"),
        (lambda: UserFactory(username="admin"), "库中已有账号 admin"),
    ],
)
def test_a_database_in_real_use_is_refused_and_left_as_it_was(make, words):
    make()
    people = User.objects.count()
    with pytest.raises(CommandError, match=words):
        command("seed_demo")
    assert User.objects.count() == people
    assert not User.objects.filter(is_demo=True).exists()


@pytest.mark.parametrize("today", [date(2027, 1, 1), date(2024, 2, 29)])
def test_it_can_be_made_on_any_day(today):
    office.make(now=datetime(today.year, today.month, today.day, 8, tzinfo=SHANGHAI), today=today, password="x")
    assert ServiceActivity.objects.filter(happened_on__gt=today).count() == 0
    assert EntryEvent.objects.filter(happened_on__gt=today).count() == 0
    assert list(differences(today)) == []
