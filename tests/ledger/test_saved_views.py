"""Views of the ledger: kept by name, shared as far as one may, shown with their filter, order and columns."""

from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from ledger.models import Audience, SavedView
from ledger.services.saved_views import audiences_for, change_view, save_view
from tests.factories import EntryFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST, EXPORT, VIEWS, NEW = (
    reverse(f"ledger:{name}") for name in ("entry-list", "entry-export", "view-list", "view-create")
)
OWN, UNIT, ALL = Audience.OWN, Audience.UNIT, Audience.ALL
KEY = "7b0c2f0e-6a53-4f3f-9c1c-0a9d5d5e1a02"


def kept(owner, name="逾期", audience=OWN, **more) -> SavedView:
    return save_view(actor=owner, name=name, audience=audience, **{"query": "", "columns": [], **more})


def test_each_role_may_share_so_far_and_no_further(officer, coordinator, office, unit_leader, admin):
    told = {user: audiences_for(user) for user in (officer, unit_leader, coordinator, office, admin)}
    assert list(told.values()) == [[OWN], [OWN], [OWN, UNIT], [OWN, UNIT, ALL], [OWN, ALL]]


def test_a_view_is_used_by_those_it_is_for(officer, coordinator, foreign_officer, office, admin, auditor):
    kept(coordinator, "我的"), kept(coordinator, "本单位的", UNIT), kept(admin, "大家的", ALL), kept(officer, "干警的")

    def used(user):
        return set(SavedView.objects.visible_to(user).values_list("name", flat=True))

    assert used(coordinator) == {"我的", "本单位的", "大家的"}
    assert used(officer) == {"本单位的", "大家的", "干警的"}
    assert used(foreign_officer) == used(office) == used(admin) == {"大家的"}
    assert used(auditor) == set()


def test_saved_from_the_list_it_brings_filter_order_and_columns_back(client, officer, police):
    shown = EntryFactory(unit=police, title="拖欠工资", amount=120000)
    EntryFactory(unit=police, title="道路被占")
    client.force_login(officer)
    page = client.get(NEW, {"q": "拖欠", "sort": "-deadline", "state": "", "after": "x~1", "nonsense": "1"})
    assert page.context["form"].initial["query"] == "q=%E6%8B%96%E6%AC%A0&sort=-deadline"
    assert "搜索：拖欠" in page.content.decode()
    given = {
        "name": "拖欠的",
        "audience": "own",
        "columns": ["编号", "问题", "涉及金额（元）"],
        "query": page.context["form"].initial["query"],
        "submission_key": KEY,
    }
    for _ in range(2):  # a double click keeps one
        answer = client.post(NEW, given, follow=True)
    view = SavedView.objects.get()
    assert f"{LIST}{view.address}" == answer.redirect_chain[0][0]
    assert "已保存视图“拖欠的”，只有我可用" in answer.content.decode()
    headings = [column.label for column in answer.context["columns"]]
    assert (headings, [cells[0] for _, cells in answer.context["rows"]]) == (given["columns"], [shown.number])
    assert "120,000.00" in answer.content.decode()
    sheet = CalamineWorkbook.from_filelike(BytesIO(client.get(f"{EXPORT}{view.address}").content))
    told = [row for row in sheet.get_sheet_by_index(0).to_python() if row[0]]
    assert given["columns"] in told
    assert [shown.number, "拖欠工资", 120000] in told
    assert "道路被占" not in str(told)


@pytest.mark.parametrize(("who", "audience"), [("officer", "unit"), ("officer", "all"), ("coordinator", "all")])
def test_sharing_wider_than_one_may_is_refused(client, request, who, audience):
    client.force_login(request.getfixturevalue(who))
    answer = client.post(NEW, {"name": "x", "audience": audience, "query": ""})
    assert answer.context["form"].errors["audience"]
    assert not SavedView.objects.exists()


def test_only_those_who_may_share_so_change_it(client, officer, coordinator, police, foreign_officer):
    own, shared = kept(officer), kept(coordinator, "本单位的", UNIT)
    successor = UserFactory(unit=police, coordinator=True)
    for user, view, status in (
        (officer, own, 200),
        (coordinator, own, 404),
        (officer, shared, 403),
        (successor, shared, 200),
        (foreign_officer, shared, 404),
    ):
        client.force_login(user)
        assert client.get(reverse("ledger:view-edit", args=[view.pk])).status_code == status
    client.force_login(successor)
    given = {"name": "本单位逾期", "audience": "unit", "query": "overdue=1", "version": shared.version}
    client.post(reverse("ledger:view-edit", args=[shared.pk]), given)
    shared.refresh_from_db()
    assert (shared.name, shared.query, shared.owner, shared.version) == ("本单位逾期", "overdue=1", coordinator, 2)
    late = client.post(reverse("ledger:view-edit", args=[shared.pk]), {**given, "name": "晚了一步"})
    assert (late.status_code, "晚了一步" in late.content.decode()) == (409, True)
    client.post(reverse("ledger:view-delete", args=[shared.pk]))
    assert list(SavedView.objects.all()) == [own]


def test_a_coordinator_who_moved_no_longer_changes_the_old_units_view(coordinator, court, police):
    shared = kept(coordinator, "本单位的", UNIT)
    coordinator.unit = court
    coordinator.save()
    with pytest.raises(Exception, match="您可以另存一个自己的"):
        change_view(view=shared, actor=coordinator, version=1, name="x", audience=UNIT, query="", columns=[])


@pytest.mark.parametrize("rows", [1, 3])
def test_menu_and_list_take_the_same_statements(client, officer, foreign_officer, rows, django_assert_num_queries):
    views = [kept(officer, f"视图{n}", columns=["编号", "问题"]) for n in range(rows)]
    kept(foreign_officer, "别人的")
    client.force_login(officer)
    client.get(LIST)
    with django_assert_num_queries(3):
        menu = client.get(VIEWS, headers={"HX-Request": "true"}).content.decode()
    assert ("别人的" in menu, "<html" in menu, menu.count("视图")) == (False, False, rows + 1)
    with django_assert_num_queries(7):
        client.get(f"{LIST}{views[0].address}")
