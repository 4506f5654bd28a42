from datetime import date

import pytest
from django.urls import reverse

from accounts.leaving import open_work
from accounts.models import Draft
from enterprises.models import Pairing
from ledger.models import SupportingUnit
from ledger.states import Action, EntryState
from tests.factories import CaseFactory, EntryFactory, PairingFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def leaving(police):
    return UserFactory(unit=police, name="干警9101")


@pytest.fixture
def successor(police):
    return UserFactory(unit=police, name="干警9102")


@pytest.fixture
def in_hand(leaving, police, court):
    """One of each kind in the leaving officer's name."""
    entry = EntryFactory(unit=police, lead_unit=police, handler=leaving, state=EntryState.HANDLING)
    claimed = EntryFactory(unit=police, lead_unit=court, registered_by=leaving, state=EntryState.COMPLETED)
    supported = EntryFactory(unit=court, lead_unit=court, state=EntryState.HANDLING)
    part = SupportingUnit.objects.create(entry=supported, unit=police, handler=leaving)
    pairing = PairingFactory(officer=leaving, starts_on=date(2023, 1, 1))
    case = CaseFactory(unit=police, officer=leaving, state="open", closed_on=None)
    draft = Draft.objects.create(owner=leaving, key="entry-new", data={"title": ["没写完"]})
    return {"entry": entry, "callback": claimed, "part": part, "pairing": pairing, "case": case, "draft": draft}


def page_of(person) -> str:
    return reverse("ledger:handover", args=[person.pk])


def picked(in_hand) -> list[str]:
    return [f"{kind}-{row.pk}" for kind, row in in_hand.items()]


def test_everything_in_a_name_is_on_one_page_and_blocks_closing_the_account(client, admin, leaving, in_hand):
    assert open_work(leaving) == {
        "经办的问题": "1 件",
        "登记后待回访的问题": "1 件",
        "未反馈的协办": "1 件",
        "结对": "1 个",
        "在办案件": "1 件",
        "没写完的表单": "1 份",
    }
    client.force_login(admin)
    page = client.get(page_of(leaving)).content.decode()
    assert all(f'value="{key}"' in page for key in picked(in_hand))
    assert "没写完</" not in page  # a draft's words are its owner's
    refused = client.post(reverse("accounts:user-deactivate", args=[leaving.pk]))
    assert (refused.status_code, page_of(leaving) in refused.content.decode()) == (409, True)


def test_all_of_it_goes_to_another_with_a_reason_and_the_account_can_be_closed(
    client, admin, leaving, successor, in_hand
):
    client.force_login(admin)
    given = {"picked": picked(in_hand), "to": successor.pk, "reason": "调离，由干警9102接手"}
    answer = client.post(page_of(leaving), given, follow=True)
    assert "已交接 6 项给干警9102" in answer.content.decode()
    for kind in ("entry", "callback", "part", "case"):
        in_hand[kind].refresh_from_db()
    assert in_hand["entry"].handler == in_hand["part"].handler == in_hand["case"].officer == successor
    assert in_hand["callback"].registered_by == successor
    assert list(Pairing.objects.filter(ends_on__isnull=True).values_list("officer", flat=True)) == [successor.pk]
    event = in_hand["entry"].events.get(action=Action.HAND_OVER)
    assert (event.note, event.data) == ("调离，由干警9102接手", {"handler": "干警9102", "was_handler": "干警9101"})
    assert open_work(leaving) == {}
    client.post(reverse("accounts:user-deactivate", args=[leaving.pk]))
    leaving.refresh_from_db()
    assert not leaving.is_active


def test_what_a_rule_refuses_is_named_and_stays_the_rest_goes(client, admin, leaving, in_hand, court):
    stranger = UserFactory(unit=court, name="干警9103")
    client.force_login(admin)
    given = {"picked": picked(in_hand), "to": stranger.pk, "reason": "调离"}
    answer = client.post(page_of(leaving), given)
    assert answer.status_code == 409
    assert "干警9103不是市公安局的在岗人员，请从牵头单位选经办人" in answer.content.decode()
    assert set(open_work(leaving)) == {"经办的问题", "登记后待回访的问题", "未反馈的协办", "在办案件"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"picked": [], "reason": "调离"}, "请勾选要交接的事项"),
        ({"picked": ["entry-1"], "reason": ""}, "请写明交接的原因"),
        ({"picked": ["entry-1"], "reason": "调离"}, "请选择由谁接手"),
    ],
)
def test_handing_over_says_what_is_missing(client, admin, leaving, in_hand, given, words):
    client.force_login(admin)
    assert words in client.post(page_of(leaving), given).content.decode()


def test_coordinator_hands_over_within_the_unit_only(client, coordinator, foreign_officer, leaving, in_hand, successor):
    EntryFactory(lead_unit=foreign_officer.unit, handler=foreign_officer, state=EntryState.HANDLING)
    client.force_login(coordinator)
    listed = client.get(reverse("ledger:handover-list")).content.decode()
    assert (leaving.name in listed, foreign_officer.name in listed) == (True, False)
    assert client.get(page_of(foreign_officer)).status_code == 404
    client.post(page_of(leaving), {"picked": picked(in_hand), "to": successor.pk, "reason": "调离"})
    assert open_work(leaving) == {}


@pytest.mark.parametrize("rows", [1, 3])
def test_list_query_budget(client, coordinator, police, court, rows, django_assert_num_queries):
    for _ in range(rows):
        PairingFactory(officer=UserFactory(unit=police))
    hidden = PairingFactory(officer=UserFactory(unit=court)).officer
    client.force_login(coordinator)
    client.get(reverse("ledger:handover-list"))
    with django_assert_num_queries(10):
        page = client.get(reverse("ledger:handover-list")).content.decode()
    assert hidden.name not in page
