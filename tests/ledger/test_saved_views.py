"""Views of the ledger: kept by name, shared as far as one may, shown with their filter, order and columns."""

from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import Unit
from ledger.models import Audience, SavedView
from ledger.services.saved_views import audiences_for, change_view, save_view
from ledger.states import EntryState
from tests.factories import EntryFactory, UnitFactory, UserFactory

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


def test_another_view_from_the_same_form_is_shown_beside_what_was_kept(client, officer, foreign_officer):
    client.force_login(officer)
    given = {"name": "逾期", "audience": "own", "query": "overdue=1", "submission_key": KEY}
    client.post(NEW, given)
    late = client.post(NEW, {**given, "name": "逾期的", "columns": ["编号"], "query": "overdue=soon"})
    page = late.content.decode()
    assert (late.status_code, SavedView.objects.count()) == (409, 1)
    assert [(one.label, one.stored, one.typed) for one in late.context["form"].saved.differences] == [
        ("名称", "逾期", "逾期的"), ("显示哪些列", "（空）", "编号"),
        ("筛选", "时限：已逾期", "时限：3 个工作日内到期"),
    ]  # fmt: skip
    assert reverse("ledger:view-edit", args=[SavedView.objects.get().pk]) in page
    client.force_login(foreign_officer)  # another person's form may have any key
    assert client.post(NEW, given).status_code == 302
    assert SavedView.objects.count() == 2


def test_the_second_to_change_a_view_sees_that_the_filter_is_another(client, admin):
    view = kept(admin, "大家的", ALL, query="overdue=1")
    client.force_login(admin)
    page = reverse("ledger:view-edit", args=[view.pk])
    given = {"name": "大家的", "audience": "all", "query": "state=open", "version": view.version}
    SavedView.objects.filter(pk=view.pk).update(version=2, query="overdue=soon")
    late = client.post(page, given)
    assert [one.label for one in late.context["form"].conflicts] == ["筛选"]


def test_a_view_of_what_is_gone_opens_with_words_and_with_the_rest(client, officer, police, admin):
    """Columns and filters that a later version no longer has, an order, a unit switched off, a choice that is gone."""
    gone = UnitFactory(name="样例大队", parent=police)
    shown = EntryFactory(unit=police, lead_unit=gone, state=EntryState.HANDLING)
    hidden = EntryFactory(unit=police)
    Unit.objects.filter(pk=gone.pk).update(is_active=False)
    query = f"lead_unit={gone.pk}&colour_of_old=red&sort=-weight&category=987654"
    view = kept(officer, "旧的", query=query, columns=["编号", "老列"])
    client.force_login(officer)
    answer = client.get(f"{LIST}{view.address}")
    page = answer.content.decode()
    told = "视图“旧的”里有的已经没有了：列“老列”、筛选条件“colour_of_old”、排序“weight”，其余照旧显示"
    for words in (
        told,
        "“类别”里选的已经没有了，没有按它筛选",
        "样例大队（已停用）",
        reverse("ledger:view-edit", args=[view.pk]),
    ):
        assert words in page, words
    assert [column.label for column in answer.context["columns"]] == ["编号"]
    assert (shown.number in page, hidden.number in page) == (True, False)
    edit = client.get(reverse("ledger:view-edit", args=[view.pk]))
    assert (edit.status_code, "样例大队（已停用）" in edit.content.decode()) == (200, True)
    bare = kept(admin, "全是老列", ALL, columns=["老列"])
    client.force_login(officer)
    page = client.get(f"{LIST}{bare.address}").content.decode()
    assert "请告诉保存它的" in page
    sheet = CalamineWorkbook.from_filelike(BytesIO(client.get(f"{EXPORT}{bare.address}").content))
    assert "编号" in sheet.get_sheet_by_index(0).to_python()[0]
    assert "已经没有了" not in client.get(f"{LIST}{kept(officer, '好的', query='overdue=1').address}").content.decode()
