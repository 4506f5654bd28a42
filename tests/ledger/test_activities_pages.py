"""The pages of service activities: logging, list, detail, export."""

from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import WorkGroup
from accounts.signin.drafts import load_draft, owner_token, save_draft
from ledger.models import (
    ActivityKind,
    Attachment,
    ClosedPeriod,
    Correction,
    ProblemCategory,
    ProblemEntry,
    ServiceActivity,
)
from tests.factories import (
    ActivityFactory,
    EnterpriseFactory,
    EntryFactory,
    KeyProjectFactory,
    PairingFactory,
    RecoveryFactory,
    UserFactory,
)
from tests.factories.accounts import PASSWORD
from tests.factories.enterprises import workstream

pytestmark = pytest.mark.django_db
CREATE = "ledger:activity-create"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 64


def typed(**changes):
    form = {
        "kind": "visit",
        "happened_on": timezone.localdate().isoformat(),
        "target_name": "样例门店",
        "times": "1",
        "summary": "了解用工情况",
        "problems-TOTAL_FORMS": "1",
        "problems-INITIAL_FORMS": "0",
        "submission_key": "7f1f0c5e-4a1c-4b0e-9e3c-2f6f1c8f0001",
    }
    return {**form, **changes}


def heard(index=0, **changes):
    block = {"title": "厂区门口道路破损", "category": str(ProblemCategory.objects.first().pk), **changes}
    return {f"problems-{index}-{name}": value for name, value in block.items()}


def post(client, **changes):
    return client.post(reverse(CREATE), typed(**changes))


def text(response):
    return response.content.decode()


def test_today_is_filled_in_and_my_enterprise_is_one_tap_away(client, officer):
    mine, project = EnterpriseFactory(), KeyProjectFactory()
    PairingFactory(officer=officer, enterprise=mine)
    PairingFactory(officer=officer, enterprise=None, project=project)
    client.force_login(officer)
    page = client.get(reverse(CREATE))
    form = page.context["form"]
    assert form["happened_on"].value() == timezone.localdate()
    assert form["target"].value() is None
    assert form.paired == [
        (f"enterprise:{mine.pk}", mine.name, "我的结对企业"),
        (f"project:{project.pk}", project.name, "我的结对项目"),
    ]


def test_only_a_visit_begun_from_a_firm_has_that_firm_filled_in(client, officer):
    PairingFactory(officer=officer)
    asked = EnterpriseFactory()
    client.force_login(officer)
    for kind, filled in (
        ("", ["visit", f"enterprise:{asked.pk}"]),
        ("duty", ["duty", None]),
        ("publicity", ["publicity", None]),
    ):
        form = client.get(reverse(CREATE), {"enterprise": asked.pk, "kind": kind}).context["form"]
        assert [form["kind"].value(), form["target"].value()] == filled


def test_a_duty_asks_at_which_headquarters_and_serves_no_firm(client, officer):
    harbour, park = workstream("津市港"), workstream("五好园区")
    officer.work_group = WorkGroup.objects.create(name="园区工作组")
    officer.save()
    park.work_group = officer.work_group
    park.save()
    firm = EnterpriseFactory(workstream=harbour, name="津市样例企业甲有限公司")
    client.force_login(officer)
    assert client.get(reverse(CREATE)).context["form"]["headquarters"].value() == park.pk
    duty = {"kind": "duty", "output_attendance": "3", "target_name": ""}
    asked = post(client, **duty, headquarters="").context["form"]
    assert asked.errors == {"headquarters": ["请选择在哪个指挥部坐班"]}
    left_over = {"target": f"enterprise:{firm.pk}", "led_by": "书记", "output_vehicles": "2"}
    said = client.post(reverse(CREATE), typed(**duty, **left_over, headquarters=harbour.pk), follow=True)
    stored = ServiceActivity.objects.get()
    assert (stored.workstream, stored.enterprise, stored.led_by) == (harbour, None, "")
    assert [str(output) for output in stored.outputs.all()] == ["坐班3人次"]
    told = "驻点坐班没有这些项目，没有存"
    assert (told in text(said), "带队领导 书记" in text(said), firm.name in text(said)) == (True, True, True)
    post(client, **duty, submission_key="")  # a page opened before it was asked: one's own group's
    assert ServiceActivity.objects.exclude(pk=stored.pk).get().workstream == park


def test_what_an_old_duty_has_had_stays_with_it(client, officer):
    firm = EnterpriseFactory()
    old = ActivityFactory(kind=ActivityKind.DUTY, enterprise=firm, officer=officer, unit=officer.unit)
    client.force_login(officer)
    address = reverse("ledger:activity-edit", args=[old.pk])
    shown = client.get(address).context["form"]
    form = {
        "target": shown["target"].value(),
        "headquarters": workstream().pk,
        "output_attendance": "1",
        "kind": "duty",
    }
    client.post(address, typed(**form, version=old.version))
    old.refresh_from_db()
    assert (old.enterprise, old.workstream) == (firm, workstream())


def test_an_enterprise_named_in_the_address_comes_before_my_own(client, officer):
    PairingFactory(officer=officer)
    asked = EnterpriseFactory()
    client.force_login(officer)
    form = client.get(reverse(CREATE), {"enterprise": asked.pk}).context["form"]
    assert form["target"].value() == f"enterprise:{asked.pk}"


def test_what_i_log_most_is_the_first_button(client, officer):
    today = timezone.localdate()
    ActivityFactory(officer=officer, unit=officer.unit, kind=ActivityKind.DUTY, happened_on=today)
    ActivityFactory(officer=officer, unit=officer.unit, kind=ActivityKind.VISIT, happened_on=today - timedelta(400))
    client.force_login(officer)
    kinds = client.get(reverse(CREATE)).context["form"].fields["kind"].choices
    assert [kind for kind, _ in kinds[:2]] == ["duty", "visit"]


def test_a_visit_with_a_problem_and_a_photo_is_named_after_saving(client, officer):
    enterprise = EnterpriseFactory(name="津市样例企业甲有限公司")
    client.force_login(officer)
    photo = SimpleUploadedFile("现场.jpg", JPEG, "image/jpeg")
    saved = post(client, target=f"enterprise:{enterprise.pk}", photos=photo, **heard(amount="120000"))
    activity, entry = ServiceActivity.objects.get(), ProblemEntry.objects.get()
    assert saved.url == reverse("ledger:activity-saved", args=[activity.pk])
    assert (entry.source_activity, entry.enterprise) == (activity, enterprise)
    page = text(client.get(saved.url))
    for words in ["走访企业 · 津市样例企业甲有限公司", entry.number, "照片 1 张", "记下一家", "登记问题"]:
        assert words in page


def test_several_problems_become_several_entries_and_empty_blocks_none(client, officer):
    client.force_login(officer)
    post(client, **{"problems-TOTAL_FORMS": "3"}, **heard(0), **heard(2, title="欠薪"))
    assert list(ProblemEntry.objects.order_by("pk").values_list("title", flat=True)) == ["厂区门口道路破损", "欠薪"]


def test_a_form_sent_twice_makes_one_record_and_one_answer(client, officer):
    client.force_login(officer)
    first, second = post(client, **heard()), post(client, **heard())
    assert (first.status_code, first.url) == (302, second.url)
    assert (ServiceActivity.objects.count(), ProblemEntry.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"kind": ""}, "kind", "请选择做了什么，例如走访企业"),
        ({"happened_on": "2033-05-01"}, "happened_on", "走访日期 2033-05-01 晚于今天，请改正"),
        ({"happened_on": "昨天"}, "happened_on", "日期看不懂，请写成 2026-11-22 这样"),
        ({"target_name": ""}, "target", "请选择走访企业的企业或项目；不在册的，写下名称"),
        ({"target": "enterprise:999999"}, "target", "没有找到这家企业或项目，请重新选择"),
        ({"output_leaflets": "-3"}, "output_leaflets", "发放资料不能小于 0"),
        ({"output_leaflets": "NaN"}, "output_leaflets", "发放资料要填整数，例如 3"),
        ({"output_leaflets": "1e9"}, "output_leaflets", "发放资料要填整数，例如 3"),
        ({"kind": "duty", "output_attendance": ""}, "output_attendance", "请填写坐班多少人次，没有就填 0"),
        ({"times": ""}, "times", "请填写次数，至少是 1"),
    ],
)
def test_a_fault_is_told_beside_its_field_and_at_the_top_and_the_text_stays(client, officer, changes, field, words):
    client.force_login(officer)
    answer = post(client, **{"summary": "写了很久的内容", **changes}, **heard(content="听到的细节"))
    page = text(answer)
    assert answer.context["form"].errors == {field: [words]}
    assert page.count(words) == 2
    for kept in ["写了很久的内容", "厂区门口道路破损", "听到的细节"]:
        assert kept in page
    assert ServiceActivity.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"category": ""}, "请选择问题类别"),
        ({"title": "", "content": "只写了细节"}, "请用一句话写明问题，例如：厂区门口道路破损"),
        ({"amount": "-5"}, "金额不能小于 0"),
        ({"amount": "NaN"}, "金额要填数字，例如 12000"),
    ],
)
def test_a_faulty_problem_keeps_the_whole_screen(client, officer, changes, words):
    client.force_login(officer)
    page = text(post(client, **heard(**changes)))
    assert page.count(words) == 2
    assert "了解用工情况" in page
    assert (ServiceActivity.objects.count(), ProblemEntry.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        ("", "页面没有传完整，请刷新后重新填写"),
        ("1000000", "一次最多登记 20 个问题"),
        ("21", "一次最多登记 20 个问题，其余的请另记一笔"),
    ],
)
def test_too_many_problems_or_half_a_page_are_told_at_the_top(client, officer, blocks, words):
    client.force_login(officer)
    problems = {name: value for n in range(21) for name, value in heard(n).items()}
    page = text(post(client, **{"problems-TOTAL_FORMS": blocks}, **problems))
    assert words in page
    assert "了解用工情况" in page
    assert (ServiceActivity.objects.count(), ProblemEntry.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("安装.exe", b"MZ" + b"\x00" * 64, "不能上传“安装.exe”这类文件"),
        ("照片.jpg", b"MZ" + b"\x00" * 64, "“照片.jpg”的内容与扩展名不符"),
        ("大图.jpg", JPEG + b"\x00" * (20 * 1024 * 1024), "“大图.jpg”有 20.0 MB，超过 20 MB"),
    ],
)
def test_a_file_that_may_not_be_kept_is_named(client, officer, name, content, words):
    client.force_login(officer)
    page = text(post(client, files=SimpleUploadedFile(name, content)))
    assert page.count(words) == 2
    assert (ServiceActivity.objects.count(), Attachment.objects.count()) == (0, 0)


def test_a_draft_comes_back_with_its_problems_and_goes_with_saving(client, officer):
    typed_before = {
        "summary": ["写到一半"],
        "kind": ["duty"],
        "problems-TOTAL_FORMS": ["2"],
        "problems-1-title": ["欠薪"],
        "participants": [str(UserFactory(unit=officer.unit).pk)],
    }
    save_draft(user=officer, key="activity-new", data=typed_before)
    client.force_login(officer)
    page = client.get(reverse(CREATE))
    assert page.context["form"]["summary"].value() == "写到一半"
    assert [form["title"].value() for form in page.context["problems"]] == ["欠薪"]
    assert "没有保存的内容" in text(page)
    post(client)
    assert load_draft(user=officer, key="activity-new") is None


def test_what_was_typed_when_the_session_ended_is_there_after_signing_in(client, officer):
    kept = {"draft_owner": owner_token(officer), "draft_key": "activity-new", "summary": "会话过期前写的"}
    sent_away = post(client, **kept, **heard(title="欠薪"))
    assert sent_away.url.startswith(reverse("accounts:login"))
    client.post(reverse("accounts:login"), {"username": officer.username, "password": PASSWORD})
    page = client.get(reverse(CREATE))
    assert page.context["form"]["summary"].value() == "会话过期前写的"
    assert [form["title"].value() for form in page.context["problems"]] == ["欠薪"]
    assert ServiceActivity.objects.count() == 0


def test_a_closed_period_asks_for_the_reason_and_keeps_what_was_typed(client, officer):
    ClosedPeriod.objects.create(
        code="样例期", starts_on=date(2023, 1, 1), ends_on=date(2023, 6, 30), closed_at=timezone.now(), closed_by="甲"
    )
    client.force_login(officer)
    answer = post(client, happened_on="2023-05-01")
    assert list(answer.context["form"].errors) == ["correction_reason"]
    assert "已结账" in text(answer)
    assert 'name="correction_reason"' in text(answer)
    assert answer.context["form"]["happened_on"].value() == "2023-05-01"
    post(client, happened_on="2023-05-01", correction_reason="台账漏记")
    made = ServiceActivity.objects.get()
    assert list(Correction.objects.values_list("period", "record", "reason")) == [("样例期", made.pk, "台账漏记")]


def test_a_closed_period_asks_for_the_reason_before_an_activity_is_deleted(client, officer):
    activity = ActivityFactory(unit=officer.unit, officer=officer, happened_on=date(2023, 5, 1))
    ClosedPeriod.objects.create(
        code="2023H1", starts_on=date(2023, 1, 1), ends_on=date(2023, 6, 30), closed_at=timezone.now(), closed_by="甲"
    )
    client.force_login(officer)
    url = reverse("ledger:activity-delete", args=[activity.pk])
    assert "写明更正原因" in text(client.post(url))
    assert ServiceActivity.objects.count() == 1
    client.post(url, {"correction_reason": "重复登记"})
    assert (ServiceActivity.objects.count(), Correction.objects.get().reason) == (0, "重复登记")


def test_an_open_period_is_never_asked_for_a_reason(client, officer):
    client.force_login(officer)
    assert "correction_reason" not in text(client.get(reverse(CREATE)))


def edit_form(activity, **changes):
    return typed(target_name="样例门店", version=str(activity.version), **changes)


def test_an_edit_is_saved_and_named(client, officer):
    activity = ActivityFactory(unit=officer.unit, officer=officer, enterprise=None, target_name="样例门店")
    client.force_login(officer)
    url = reverse("ledger:activity-edit", args=[activity.pk])
    assert client.get(url).context["form"]["target_name"].value() == "样例门店"
    answer = client.post(url, edit_form(activity, summary="改过"), follow=True)
    activity.refresh_from_db()
    assert (activity.summary, activity.version) == ("改过", 2)
    assert "已保存修改：走访企业" in text(answer)


def test_the_second_editor_sees_both_texts(client, officer):
    activity = ActivityFactory(unit=officer.unit, officer=officer, enterprise=None, target_name="样例门店")
    client.force_login(officer)
    url = reverse("ledger:activity-edit", args=[activity.pk])
    client.post(url, edit_form(activity, summary="先存的"))
    page = text(client.post(url, edit_form(activity, summary="后写的")))
    assert "先存的" in page
    assert "后写的" in page
    assert ServiceActivity.objects.get().summary == "先存的"


def test_a_colleague_may_read_but_not_edit(client, officer):
    activity = ActivityFactory(unit=officer.unit, officer=officer)
    client.force_login(UserFactory(unit=officer.unit))
    detail = text(client.get(reverse("ledger:activity-detail", args=[activity.pk])))
    assert reverse("ledger:activity-edit", args=[activity.pk]) not in detail
    assert client.get(reverse("ledger:activity-edit", args=[activity.pk])).status_code == 403


def test_deleting_names_what_went_and_refuses_with_words(client, officer):
    gone, kept = (ActivityFactory(unit=officer.unit, officer=officer) for _ in range(2))
    entry = EntryFactory(unit=officer.unit, source_activity=kept)
    client.force_login(officer)
    assert f"已删除：{gone}" in text(client.post(reverse("ledger:activity-delete", args=[gone.pk]), follow=True))
    refused = text(client.post(reverse("ledger:activity-delete", args=[kept.pk]), follow=True))
    assert f"从这次活动登记了问题 {entry.number}，不能删除" in refused
    assert ServiceActivity.objects.get() == kept


def test_the_detail_shows_what_hangs_on_it(client, officer):
    activity = ActivityFactory(unit=officer.unit, officer=officer, summary="宣讲惠企政策")
    entry = EntryFactory(unit=officer.unit, source_activity=activity)
    RecoveryFactory(case=None, activity=activity, unit=officer.unit, amount="30000")
    client.force_login(officer)
    page = text(client.get(reverse("ledger:activity-detail", args=[activity.pk])))
    for words in ["宣讲惠企政策", entry.number, "¥30,000.00", "登记问题", "登记挽回损失"]:
        assert words in page


def log_rows(officer, rows):
    for n in range(rows):
        activity = ActivityFactory(officer=officer, unit=officer.unit, times=2)
        activity.outputs.create(measure="leaflets", quantity=n + 1)
    return ActivityFactory(enterprise__name="外单位服务的企业", times=7)


@pytest.mark.parametrize("rows", [1, 3])
def test_list_query_budget(client, officer, rows, django_assert_num_queries):
    hidden = log_rows(officer, rows)
    client.force_login(officer)
    with django_assert_num_queries(13):
        page = text(client.get(reverse("ledger:activity-list")))
    assert f"本单位 · {rows} 条" in page
    assert f"合计 {rows * 2} 次" in page
    assert hidden.target not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_detail_query_budget(client, officer, rows, django_assert_num_queries):
    activity = ActivityFactory(officer=officer, unit=officer.unit)
    for n in range(rows):
        EntryFactory(unit=officer.unit, source_activity=activity)
        RecoveryFactory(case=None, activity=activity, unit=officer.unit, amount=n + 1)
        activity.participants.add(UserFactory(unit=officer.unit))
    client.force_login(officer)
    with django_assert_num_queries(19):  # five of them for money that may have been recorded twice
        client.get(reverse("ledger:activity-detail", args=[activity.pk]))


@pytest.mark.parametrize("rows", [1, 3])
def test_form_query_budget(client, officer, rows, django_assert_num_queries):
    for _ in range(rows):
        PairingFactory(officer=officer)
        UserFactory(unit=officer.unit)
    client.force_login(officer)
    with django_assert_num_queries(15):
        client.get(reverse(CREATE))


@pytest.mark.parametrize("rows", [1, 3])
def test_export_holds_exactly_the_filtered_rows(client, officer, rows, django_assert_num_queries):
    hidden = log_rows(officer, rows)
    ActivityFactory(officer=officer, unit=officer.unit, kind=ActivityKind.DUTY)
    client.force_login(officer)
    with django_assert_num_queries(9):
        answer = client.get(reverse("ledger:activity-export"), {"kind": "visit"})
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=rows + 1)]
    assert answer["X-Rows"] == str(rows)
    assert {row[1] for row in cells} == {"走访企业"}
    assert hidden.target not in str(cells)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"甲", "乙", "丙"}),
        ({"kind": "duty"}, {"乙"}),
        ({"workstream": "五好园区"}, {"甲"}),
        ({"from": "2023-05-11"}, {"丙"}),
        ({"to": "2023-05-09"}, {"乙"}),
        ({"mine": "1"}, {"甲"}),
        ({"q": "bing"}, {"丙"}),
        ({"enterprise": "丙"}, {"丙"}),
    ],
)
def test_filters_live_in_the_address(client, officer, query, found):
    park = workstream("五好园区")
    rows = {
        "甲": ActivityFactory(officer=officer, unit=officer.unit, workstream=park, enterprise__name="甲"),
        "乙": ActivityFactory(
            unit=officer.unit, kind=ActivityKind.DUTY, happened_on=date(2023, 5, 9), enterprise__name="乙"
        ),
        "丙": ActivityFactory(unit=officer.unit, happened_on=date(2023, 5, 11), enterprise__name="丙"),
    }
    query = query | ({"workstream": park.pk} if "workstream" in query else {})
    query |= {"enterprise": rows["丙"].enterprise_id} if "enterprise" in query else {}
    client.force_login(officer)
    page = client.get(reverse("ledger:activity-list"), query).context["page"]
    assert {activity.target for activity in page} == found


def test_another_units_activity_is_not_there(client, foreign_officer):
    activity = ActivityFactory()
    client.force_login(foreign_officer)
    for name in ["detail", "saved", "edit"]:
        assert client.get(reverse(f"ledger:activity-{name}", args=[activity.pk])).status_code == 404
    assert client.post(reverse("ledger:activity-delete", args=[activity.pk])).status_code == 404
    assert ServiceActivity.objects.get() == activity
