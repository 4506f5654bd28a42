import re
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.models import ExportLog
from accounts.signin.drafts import load_draft, save_draft
from ledger.models import ProblemCategory, ProblemEntry, SupportingUnit
from ledger.selectors.entries.queues import QUEUE_STATES, queue_q
from ledger.selectors.entries.queues import QUEUES as WAITING
from ledger.states import Action, EntryState
from tests.factories import (
    ActivityFactory,
    EnterpriseFactory,
    EntryFactory,
    PairingFactory,
    UnitFactory,
    UserFactory,
)
from tests.factories.accounts import PASSWORD
from tests.factories.enterprises import workstream
from tests.factories.ledger import evidence, move

pytestmark = pytest.mark.django_db
A, S = Action, EntryState
LIST, NEW, EXPORT = (reverse(f"ledger:entry-{name}") for name in ("list", "create", "export"))
PDF = b"%PDF-1.4 sample"


def text(answer) -> str:
    return answer.content.decode()


def numbers(answer) -> list[str]:
    return list(dict.fromkeys(re.findall(r"JS-\d{4}-\d{4,}", text(answer))))


def rows(answer) -> list[list]:
    return CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()


def category(name="其他") -> ProblemCategory:
    return ProblemCategory.objects.get(name=name)


# ---- list ----


def test_list_says_whose_and_how_many_and_leaves_other_units_out(client, officer, office, police, court):
    own, foreign = EntryFactory(unit=police), EntryFactory(unit=court)
    client.force_login(officer)
    page = client.get(LIST)
    assert "问题台账 · 本单位 · 1 条" in re.sub(r"\s+", " ", text(page))
    assert numbers(page) == [own.number]
    assert foreign.title not in text(page)
    client.force_login(office)
    assert "问题台账 · 全市 · 2 条" in re.sub(r"\s+", " ", text(client.get(LIST)))


def test_supporting_unit_and_handler_see_the_entry(client, police, court, officer, foreign_officer):
    supported, handled = EntryFactory(unit=police), EntryFactory(unit=police)
    EntryFactory(unit=police)
    SupportingUnit.objects.create(entry=supported, unit=court)
    ProblemEntry.objects.filter(pk=handled.pk).update(handler=foreign_officer)
    client.force_login(foreign_officer)
    assert set(numbers(client.get(LIST))) == {supported.number, handled.number}


FILTERS = [
    ("q=拖欠", {"wages"}),
    ("q=jsyh", {"wages"}),
    ("state=registered", {"wages"}),
    ("state=open", {"wages", "late", "soon"}),
    ("state=resolved", {"closed"}),
    ("overdue=1", {"late"}),
    ("overdue=soon", {"soon"}),
    ("source=hotline", {"wages"}),
    ("priority=urgent", {"wages"}),
    ("handler=干警8001", {"late", "soon", "closed"}),
    ("mine=registered", {"wages"}),
    ("queue=to_handle&overdue=1", {"late"}),
    ("registered_by=联络员", {"wages"}),
    ("answerable={police}", {"wages", "late", "soon", "closed"}),
    ("answerable={court}", set()),
    ("support={court}", {"soon"}),
    ("happened=acknowledge", {"late", "closed"}),
    ("rating=satisfied", {"closed"}),
    ("files=1", {"closed"}),
    ("files=0&state=open", {"wages", "late", "soon"}),
    ("reopened=1", set()),
    ("amount_from=1000000&amount_to=2000000.5", {"wages"}),
    ("amount_to=1000", set()),
    (f"amount_from={10**30}", {"wages", "late", "soon", "closed"}),  # nor could any amount
    ("amount_from=0.001", {"wages", "late", "soon", "closed"}),
    ("age_from=100000", {"wages", "late", "soon", "closed"}),  # more than anyone could mean: not understood
    ("age_from=30", {"wages", "late", "soon", "closed"}),
    ("age_to=30", set()),
    ("deadline_from=2023-05-01&deadline_to=2023-12-31", {"closed"}),
    ("completed_from=2023-05-01&completed_to=2023-05-31", {"closed"}),
    ("closed_from=2023-05-01", {"closed"}),
    ("closed_to=2023-05-01", set()),
    ("from=2023-06-01", {"wages"}),
    ("to=2023-05-31", {"late", "soon", "closed"}),
    ("state=nonsense", {"wages", "late", "soon", "closed"}),
    ("from=2023-99-99", {"wages", "late", "soon", "closed"}),
]


def test_each_filter_finds_its_rows(client, coordinator, police, court):
    coordinator.name = "联络员8001"
    coordinator.save()
    handler = UserFactory(unit=police, name="干警8001")
    today = timezone.localdate()
    made = {
        "wages": EntryFactory(
            unit=police,
            title="拖欠工资",
            enterprise=EnterpriseFactory(name="津市盐化有限公司"),
            source="hotline",
            priority="urgent",
            registered_by=coordinator,
            registered_on=date(2023, 6, 5),
            amount=Decimal("1980000"),
        ),
        **{
            name: EntryFactory(unit=police, lead_unit=police, handler=handler, state=state)
            for name, state in (("late", S.HANDLING), ("soon", S.ASSIGNED), ("closed", S.CLOSED))
        },
    }
    for name, days in (("late", -10), ("soon", 1)):
        ProblemEntry.objects.filter(pk=made[name].pk).update(deadline=today + timedelta(days=days))
    SupportingUnit.objects.create(entry=made["soon"], unit=court)
    client.force_login(coordinator)
    pages = {query: client.get(f"{LIST}?{query.format(police=police.pk, court=court.pk)}") for query, _ in FILTERS}
    names = {made[name].number: name for name in made}
    assert {query: {names[number] for number in numbers(page)} for query, page in pages.items()} == dict(FILTERS)


def test_filters_narrow_what_one_may_see_never_widen_it(client, foreign_officer, police, court):
    EntryFactory(unit=police, lead_unit=police, state=S.ASSIGNED, title="拖欠工资")
    client.force_login(foreign_officer)
    for query in (f"unit={police.pk}", f"lead_unit={police.pk}", "q=拖欠", "state=open", "overdue=1"):
        assert numbers(client.get(f"{LIST}?{query}")) == []


def test_filter_shows_as_a_chip_and_an_empty_result_says_what_to_do(client, officer):
    client.force_login(officer)
    page = text(client.get(f"{LIST}?state=handling"))
    assert "状态：办理中" in page
    assert "没有符合条件的问题" in page
    assert "台账里还没有问题" in text(client.get(LIST))


def test_list_sorts_both_ways(client, officer, police):
    first, second = (EntryFactory(unit=police, registered_on=date(2023, 5, day)) for day in (1, 9))
    client.force_login(officer)
    assert numbers(client.get(LIST)) == [second.number, first.number]
    assert numbers(client.get(f"{LIST}?sort=registered")) == [first.number, second.number]
    assert numbers(client.get(f"{LIST}?sort=-number")) == [second.number, first.number]


@pytest.mark.parametrize("count", [1, 3])
def test_list_query_budget(client, officer, police, court, count, django_assert_num_queries):
    for _ in range(count):
        EntryFactory(unit=police, lead_unit=police, handler=officer, state=S.HANDLING, project=None)
    hidden = EntryFactory(unit=court)
    client.force_login(officer)
    client.get(LIST)  # the choices of the filters are kept for a minute
    with django_assert_num_queries(6):
        page = client.get(LIST)
    assert hidden.number not in text(page)


def many(entry: ProblemEntry, count: int) -> None:
    """So many copies of an entry, by one statement."""
    columns = [field.column for field in ProblemEntry._meta.concrete_fields if field.column not in {"id", "submission"}]
    taken = [f"'N' || ({entry.pk} + n.value)" if column == "number" else f"e.{column}" for column in columns]
    numbers = (
        f"(SELECT value FROM generate_series(1, {count}) AS value)"
        if connection.vendor == "postgresql"
        else f"(WITH RECURSIVE s(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM s WHERE value < {count}) "
        "SELECT value FROM s)"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO ledger_problementry ({', '.join(columns)}) SELECT {', '.join(taken)} "
            f"FROM ledger_problementry e CROSS JOIN {numbers} n WHERE e.id = {entry.pk}"
        )


def test_list_too_long_to_count_opens_with_the_same_queries(client, officer, police, django_assert_num_queries):
    many(EntryFactory(unit=police, lead_unit=police, handler=officer, state=S.HANDLING), 10_100)
    client.force_login(officer)
    client.get(LIST)
    with django_assert_num_queries(6):
        page = client.get(LIST)
    assert "10000+ 条" in text(page)
    with django_assert_num_queries(6):
        deep = client.get(f"{LIST}?before=end")
    shown = numbers_in_order(deep)
    assert (len(shown), shown[-1]) == (50, ProblemEntry.objects.order_by("registered_on", "pk")[0].number)
    assert "末页" not in text(deep)


def numbers_in_order(answer) -> list[str]:
    return list(dict.fromkeys(re.findall(r">(JS-\d+-\d+|N\d+)<", text(answer))))


# ---- export ----


def test_export_holds_exactly_the_filtered_rows_and_is_logged(client, officer, police, court):
    wanted = EntryFactory(unit=police, title="拖欠工资", amount=Decimal("1980000.50"), workstream=workstream())
    EntryFactory(unit=police, title="道路被占")
    EntryFactory(unit=court, title="拖欠货款")
    client.force_login(officer)
    answer = client.get(f"{EXPORT}?q=拖欠")
    head, row = rows(answer)[:2]
    told = dict(zip(head, row, strict=True))
    assert answer.headers["X-Rows"] == "1"
    assert (told["编号"], told["问题"], told["涉及金额（元）"]) == (wanted.number, "拖欠工资", 1980000.5)
    assert (told["状态"], told["所属大事"], told["登记单位"]) == ("已登记", "五好园区", "市公安局")
    log = ExportLog.objects.values_list("user", "what", "filtered", "rows")
    assert log.get() == (officer.pk, "问题台账", "搜索：拖欠", 1)
    assert "筛选条件：搜索：拖欠" in rows(answer)[-1][0]


@pytest.mark.parametrize("count", [1, 3])
def test_export_query_budget(client, officer, police, court, count, django_assert_num_queries):
    EntryFactory.create_batch(count, unit=police)
    EntryFactory(unit=court)
    client.force_login(officer)
    client.get(LIST)
    with django_assert_num_queries(6):
        assert client.get(EXPORT).headers["X-Rows"] == str(count)


# ---- detail ----


@pytest.mark.parametrize("steps", [1, 4])
def test_detail_query_budget(client, coordinator, police, steps, django_assert_num_queries):
    handler = UserFactory(unit=police)
    entry = EntryFactory(unit=police, lead_unit=police, handler=handler, state=S.HANDLING)
    for n in range(steps):
        move(entry, A.PROGRESS, actor=handler, note=f"进展{n}", files=[evidence()])
    client.force_login(coordinator)
    client.get(LIST)  # the session begins
    with django_assert_num_queries(13):
        page = client.get(reverse("ledger:entry-detail", args=[entry.pk]))
    assert text(page).count("记录进展</strong>") == steps


def test_detail_tells_the_story_with_people_words_and_files(client, coordinator, police):
    handler = UserFactory(unit=police, name="干警8002")
    entry = EntryFactory(unit=police, lead_unit=police, handler=handler, state=S.COMPLETED)
    client.force_login(coordinator)
    page = text(client.get(reverse("ledger:entry-detail", args=[entry.pk])))
    assert re.findall(r"<strong>(登记|受理|交办|签收|办结)</strong>", page) == ["登记", "受理", "交办", "签收", "办结"]
    for words in ("干警8002", "已协调解决", "回执.pdf", "2023年5月24日", "市公安局"):
        assert words in page


def test_foreign_entry_is_nowhere(client, foreign_officer, police):
    entry = EntryFactory(unit=police, title="甲厂门口道路")
    client.force_login(foreign_officer)
    for name, args in (
        ("entry-detail", [entry.pk]),
        ("entry-edit", [entry.pk]),
        ("entry-move", [entry.pk, "accept"]),
    ):
        assert client.get(reverse(f"ledger:{name}", args=args)).status_code == 404
    assert client.post(reverse("ledger:entry-move", args=[entry.pk, "accept"]), {"version": 1}).status_code == 404
    assert numbers(client.get(f"{LIST}?q=甲厂")) == []
    assert client.get(f"{EXPORT}?q=甲厂").headers["X-Rows"] == "0"
    assert client.get(reverse("ledger:entry-choices"), {"q": "甲厂"}).json() == {"results": []}
    assert ProblemEntry.objects.get().state == S.REGISTERED


def test_chooser_finds_originals_only(client, coordinator, police):
    original = EntryFactory(unit=police, title="道路被占")
    EntryFactory(unit=police, title="道路又被占", state=S.REJECTED)
    client.force_login(coordinator)
    answer = client.get(reverse("ledger:entry-choices"), {"q": "道路"}).json()
    assert [found["value"] for found in answer["results"]] == [str(original.pk)]
    answer = client.get(reverse("ledger:entry-choices"), {"q": "道路", "leave_out": original.pk}).json()
    assert answer == {"results": []}


# ---- moving ----


def move_url(entry, action) -> str:
    return reverse("ledger:entry-move", args=[entry.pk, action])


def test_htmx_gets_the_small_form_others_a_whole_page(client, coordinator, police):
    entry = EntryFactory(unit=police)
    client.force_login(coordinator)
    part = text(client.get(move_url(entry, "accept"), headers={"HX-Request": "true"}))
    whole = text(client.get(move_url(entry, "accept")))
    assert ("<html" in part, "<html" in whole) == (False, True)
    assert "受理后即可交办" in part
    assert "受理后即可交办" in whole


def test_assigning_prefills_the_deadline_and_the_page_names_what_was_done(client, office, police):
    entry = EntryFactory(unit=police, state=S.ACCEPTED, category=category("法律咨询"))
    handler = UserFactory(unit=police, name="干警8003")
    client.force_login(office)
    form = client.get(move_url(entry, "assign")).context["form"]
    assert form.initial["deadline"] > timezone.localdate()
    due = timezone.localdate() + timedelta(days=30)
    answer = client.post(
        move_url(entry, "assign"),
        {
            "version": entry.version,
            "lead_unit": police.pk,
            "handler": handler.pk,
            "deadline": due.isoformat(),
            "deadline_reason": "需要上级批复",
        },
        follow=True,
    )
    assert f"{entry.number} 已交办市公安局干警8003，期限 {due.month}月{due.day}日" in text(answer)
    entry.refresh_from_db()
    assert (entry.state, entry.handler, entry.deadline) == (S.ASSIGNED, handler, due)


def test_missing_needs_are_named_and_typed_text_is_kept(client, office, police):
    entry = EntryFactory(unit=police, lead_unit=police, state=S.COMPLETED)
    client.force_login(office)
    answer = client.post(move_url(entry, "confirm"), {"version": entry.version, "note": "对方说还可以"})
    assert answer.status_code == 422
    page = text(answer)
    for words in ("请选择企业评价", "请填写回访了谁", "对方说还可以"):
        assert words in page
    assert ProblemEntry.objects.get(pk=entry.pk).state == S.COMPLETED


def test_deadline_in_the_past_is_refused_beside_the_field(client, office, police):
    entry = EntryFactory(unit=police, state=S.ACCEPTED)
    client.force_login(office)
    given = {"version": entry.version, "lead_unit": police.pk, "deadline": "2020-01-01", "note": "请尽快"}
    answer = client.post(move_url(entry, "assign"), given)
    assert answer.context["form"].errors == {"deadline": ["办理期限 2020-01-01 早于今天，请改正"]}
    assert "请尽快" in text(answer)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("照片.jpg", b"MZ\x90\x00 not a picture", "“照片.jpg”的内容与扩展名不符"),
        ("工具.exe", b"MZ\x90\x00", "不能上传“工具.exe”这类文件"),
        ("大文件.pdf", PDF + b"0" * (20 * 1024 * 1024), "超过 20 MB，请压缩后再上传"),
        ("空.pdf", b"", "“空.pdf”是空文件"),
    ],
)
def test_bad_evidence_is_refused_in_words_and_the_typed_result_is_kept(client, police, name, content, words):
    handler = UserFactory(unit=police)
    entry = EntryFactory(unit=police, lead_unit=police, handler=handler, state=S.HANDLING)
    client.force_login(handler)
    given = {"version": entry.version, "note": "已协调，道路恢复通行", "files": SimpleUploadedFile(name, content)}
    answer = client.post(move_url(entry, "complete"), given)
    assert answer.status_code == 422
    assert words in text(answer)
    assert "已协调，道路恢复通行" in text(answer)
    assert ProblemEntry.objects.get(pk=entry.pk).state == S.HANDLING


def test_second_mover_gets_409_with_who_did_what_and_keeps_the_text(client, coordinator, office, police):
    entry = EntryFactory(unit=police)
    seen = entry.version
    move(entry, A.ACCEPT, actor=office)
    client.force_login(coordinator)
    answer = client.post(
        move_url(entry, "reject"), {"version": seen, "note": "不属本单位职责"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 409
    assert f"{entry.number} 已由{office.name}受理" in text(answer)
    assert "不属本单位职责" in text(answer)
    assert ProblemEntry.objects.get(pk=entry.pk).state == S.ACCEPTED


def test_form_of_a_move_no_longer_open_is_409_and_of_anothers_move_403(client, officer, coordinator, police):
    entry = EntryFactory(unit=police)
    client.force_login(coordinator)
    assert client.get(move_url(entry, "complete")).status_code == 409
    client.force_login(officer)
    answer = client.get(move_url(entry, "accept"))
    assert answer.status_code == 403
    assert "受理由" in text(answer)
    assert client.get(move_url(entry, "fly")).status_code == 404


def test_double_click_on_a_move_makes_one_event_and_no_complaint(client, coordinator, police):
    entry = EntryFactory(unit=police)
    client.force_login(coordinator)
    answers = [client.post(move_url(entry, "accept"), {"version": 1}, follow=True) for _ in range(2)]
    assert ["已受理，请尽快交办" in text(answer) for answer in answers] == [True, True]
    assert entry.events.count() == 2


def test_htmx_move_sends_the_browser_to_the_entry(client, coordinator, police):
    entry = EntryFactory(unit=police)
    client.force_login(coordinator)
    answer = client.post(move_url(entry, "accept"), {"version": 1}, headers={"HX-Request": "true"})
    detail = reverse("ledger:entry-detail", args=[entry.pk])
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, detail)


def test_draft_of_a_move_comes_back_with_the_version_of_today(client, coordinator, police):
    entry = EntryFactory(unit=police)
    key = f"move-{entry.pk}-reject"
    save_draft(user=coordinator, key=key, data={"note": ["写了一半的理由"], "version": ["0"]})
    client.force_login(coordinator)
    page = client.get(move_url(entry, "reject"))
    assert "写了一半的理由" in text(page)
    assert page.context["form"].initial["version"] == 1
    client.post(move_url(entry, "reject"), {"version": 1, "note": "理由"})
    assert load_draft(user=coordinator, key=key) is None


def test_only_the_units_coordinator_names_a_handler_when_signing_for_it(client, coordinator, police):
    handler = UserFactory(unit=police)
    entry = EntryFactory(unit=police, lead_unit=police, handler=handler, state=S.ASSIGNED)
    for person, fields in ((handler, ["version", "note"]), (coordinator, ["version", "handler", "note"])):
        client.force_login(person)
        assert list(client.get(move_url(entry, "acknowledge")).context["form"].fields) == fields


# ---- registering and correcting ----


def filled(**more) -> dict:
    return {
        "title": "厂区门口道路被占",
        "content": "大货车进不来",
        "category": category().pk,
        "priority": "normal",
        "source": "visit",
        "submission_key": "7b0c2f0e-6a53-4f3f-9c1c-0a9d5d5e1a01",
        **more,
    }


def test_registering_names_the_number_and_keeps_the_photos(client, officer, police):
    enterprise = EnterpriseFactory(workstream=workstream("津市港"))
    client.force_login(officer)
    photos = [SimpleUploadedFile(f"现场{n}.pdf", PDF) for n in (1, 2)]
    answer = client.post(NEW, filled(enterprise=enterprise.pk, amount="1980000.50", files=photos), follow=True)
    entry = ProblemEntry.objects.get()
    assert f"已登记 {entry.number}，等待受理" in text(answer)
    assert (entry.unit, entry.registered_by, entry.enterprise) == (police, officer, enterprise)
    assert (entry.workstream.name, entry.amount) == ("津市港", Decimal("1980000.50"))
    assert [file.name for file in entry.attachments.all()] == ["现场1.pdf", "现场2.pdf"]


def test_double_click_on_register_makes_one_entry(client, officer):
    client.force_login(officer)
    answers = [client.post(NEW, filled()) for _ in range(2)]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert ProblemEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"title": ""}, "title", "请用一句话写明问题"),
        ({"category": ""}, "category", "请选择问题类别，办理时限按类别计算"),
        ({"amount": "-1"}, "amount", "金额不能小于 0"),
        ({"amount": "NaN"}, "amount", "请填写金额（元），只写数字，最多两位小数"),
        ({"contact_phone": "电话"}, "contact_phone", "电话只能有数字和短横，至少 7 位"),
        ({"enterprise": "999999"}, "enterprise", "没有这一条，或不在您的范围内，请重新选择"),
        (
            {"files": SimpleUploadedFile("图.png", b"MZ\x90")},
            "files",
            "“图.png”的内容与扩展名不符，可能已损坏或被改名，请换原文件",
        ),
    ],
)
def test_wrong_field_is_named_and_nothing_typed_is_lost(client, officer, changes, field, words):
    client.force_login(officer)
    answer = client.post(NEW, filled(**changes))
    assert answer.context["form"].errors == {field: [words]}
    assert "大货车进不来" in text(answer)
    assert ProblemEntry.objects.count() == 0


def test_activity_and_enterprise_in_the_address_are_filled_in(client, officer, police, court):
    enterprise = EnterpriseFactory(contact_name="李厂长", workstream=workstream("津市港"))
    activity = ActivityFactory(unit=police, enterprise=enterprise, kind="duty", met_with="王主任")
    client.force_login(officer)
    initial = client.get(f"{NEW}?activity={activity.pk}").context["form"].initial
    assert (initial["source_activity"], initial["enterprise"], initial["source"]) == (
        activity.pk,
        enterprise.pk,
        "duty",
    )
    assert (initial["contact_name"], initial["workstream"].name) == ("王主任", "津市港")
    client.post(NEW, filled(source_activity=activity.pk))
    assert ProblemEntry.objects.get().source_activity == activity
    initial = client.get(f"{NEW}?enterprise={enterprise.pk}").context["form"].initial
    assert (initial["enterprise"], initial["contact_name"]) == (enterprise.pk, "李厂长")
    assert client.get(f"{NEW}?activity={ActivityFactory(unit=court).pk}").status_code == 404


def test_foreign_activity_cannot_be_slipped_in_as_the_source(client, officer, court):
    client.force_login(officer)
    answer = client.post(NEW, filled(source_activity=ActivityFactory(unit=court).pk))
    assert "source_activity" in answer.context["form"].errors
    assert ProblemEntry.objects.count() == 0


def test_paired_enterprise_is_offered_without_typing(client, officer):
    pairing = PairingFactory(officer=officer)
    EnterpriseFactory(name="津市样例没有结对公司")
    client.force_login(officer)
    page = text(client.get(NEW))
    assert pairing.enterprise.name in page
    assert "津市样例没有结对公司" not in page


def test_draft_of_a_registration_comes_back_and_goes_with_it(client, officer):
    save_draft(user=officer, key="entry-new", data={"title": ["写了一半的问题"]})
    client.force_login(officer)
    assert "写了一半的问题" in text(client.get(NEW))
    client.post(NEW, filled())
    assert load_draft(user=officer, key="entry-new") is None


def test_text_that_looks_like_code_is_shown_as_it_was_typed(client, officer):
    client.force_login(officer)
    page = text(client.post(NEW, filled(title="<script>alert(1)</script>{{7*7}}"), follow=True))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page
    assert "<script>alert" not in page


def test_two_people_correct_one_text_and_the_second_sees_both(client, officer, coordinator, police):
    entry = EntryFactory(unit=police, registered_by=officer, title="原来的说法")
    url = reverse("ledger:entry-edit", args=[entry.pk])
    client.force_login(coordinator)
    assert client.post(url, filled(title="联络员的说法", version=1)).status_code == 302
    client.force_login(officer)
    answer = client.post(url, filled(title="我的说法", version=1))
    assert answer.status_code == 409
    assert coordinator.name in text(answer)
    assert ("联络员的说法" in text(answer), "我的说法" in text(answer)) == (True, True)
    again = client.post(url, filled(title="我的说法", version=2), follow=True)
    assert f"{entry.number} 的内容已更新" in text(again)
    entry.refresh_from_db()
    assert (entry.title, entry.version) == ("我的说法", 3)


def test_text_is_no_longer_corrected_once_assigned(client, officer, police):
    entry = EntryFactory(unit=police, registered_by=officer, state=S.ASSIGNED, title="原来的说法")
    url = reverse("ledger:entry-edit", args=[entry.pk])
    client.force_login(officer)
    assert client.get(url).status_code == 403
    assert client.post(url, filled(title="新的说法", version=entry.version)).status_code == 403
    assert ProblemEntry.objects.get().title == "原来的说法"


def test_text_typed_into_an_expired_session_is_back_after_signing_in(client, officer):
    client.force_login(officer)
    owner = re.search(r'name="draft_owner" value="([^"]+)"', text(client.get(NEW)))[1]
    client.logout()
    kept = {"draft_key": "entry-new", "draft_owner": owner, "draft_page": NEW}
    answer = client.post(NEW, filled(title="打了两千字的问题", **kept))
    assert answer.headers["Location"] == f"{reverse('accounts:login')}?next={quote(NEW, safe='')}"
    client.post(answer.headers["Location"], {"username": officer.username, "password": PASSWORD})
    assert "打了两千字的问题" in text(client.get(NEW))
    assert ProblemEntry.objects.count() == 0


QUEUES = {
    "receiving": {"to_accept", "to_assign", "returned", "to_decide", "to_review", "to_confirm", "to_close"},
    "leading": {"to_acknowledge", "to_handle", "to_review", "to_confirm", "to_close"},
    "handler": {"to_acknowledge", "to_handle"},
    "registrar": {"to_confirm"},
    "leader": {"to_decide", "to_review"},
    "supporting": {"to_support"},
    "supporter": {"to_support"},
    "office": set(WAITING) - {"to_support"},
}


def test_each_queue_holds_what_waits_for_that_person(client, police, court, office):
    helping = UnitFactory()
    people = {
        "receiving": UserFactory(unit=police, coordinator=True),
        "leading": UserFactory(unit=court, coordinator=True),
        "handler": UserFactory(unit=court),
        "registrar": UserFactory(unit=police),
        "leader": UserFactory(unit=court, leader=True),
        "supporting": UserFactory(unit=helping, coordinator=True),
        "supporter": UserFactory(unit=helping),
        "office": office,
    }
    given = {"unit": police, "registered_by": people["registrar"], "lead_unit": court, "handler": people["handler"]}
    waiting = {
        queue: EntryFactory(state=state, **given) for queue, state in QUEUE_STATES.items() if queue != "returned"
    }
    waiting["returned"] = move(
        EntryFactory(state=S.ASSIGNED, **given), A.RETURN, actor=people["leading"], note="不属我院职责"
    )
    waiting["to_decide"] = waiting["to_handle"]
    asked = {"until": date(2023, 6, 30), "note": "对方在外地"}
    move(waiting["to_handle"], A.ASK_EXTENSION, actor=people["handler"], **asked)
    waiting["to_support"] = EntryFactory(state=S.HANDLING, **given)
    SupportingUnit.objects.create(entry=waiting["to_support"], unit=helping, handler=people["supporter"])
    for name, person in people.items():
        seen, today = ProblemEntry.objects.visible_to(person), timezone.localdate()
        found = {queue: set(seen.filter(queue_q(queue, person, today))) for queue in WAITING}
        assert {queue for queue, entries in found.items() if entries} == QUEUES[name], name
        assert all(waiting[queue] in entries for queue, entries in found.items() if entries), name
    client.force_login(people["supporter"])
    assert numbers(client.get(f"{LIST}?queue=to_support")) == [waiting["to_support"].number]


def test_rarer_filters_come_when_opened_and_ride_along_until_then(client, officer):
    client.force_login(officer)
    asked = {"state": "open", "amount_from": "1000", "happened": "send_back"}
    page = client.get(LIST, asked)
    assert page.context["filter"].more_in_force == [("happened", "send_back"), ("amount_from", "1000")]
    assert '<input type="hidden" name="amount_from" value="1000">' in text(page)
    assert "协办单位" not in text(page)
    for opened in (client.get(reverse("ledger:entry-filters"), asked), client.get(LIST, {**asked, "more": "1"})):
        assert "协办单位" in text(opened)
        assert '<input type="hidden" name="amount_from"' not in text(opened)
    assert "金额不少于（元）：1000" in text(page)
