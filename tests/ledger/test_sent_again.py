"""One form sent again: the same is a repeat, more of the same is added, something else is asked about."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.signin.drafts import load_draft, save_draft
from cases.models import LegalCase, ProcuratorialRecommendation, TypicalCase
from cases.services import create_case, save_recommendation, save_typical_case
from common.idempotence import AlreadySavedError
from common.periods import SHANGHAI
from ledger.models import ProblemCategory, ProblemEntry, Recovery, ServiceActivity
from ledger.services.activities import delete_activity, update_activity
from ledger.services.entries.registering import correct_entry, create_entry
from ledger.services.errors import ChangedMeanwhileError
from ledger.services.money.recoveries import RecoveryData, delete_recovery, record_recovery, update_recovery
from tests.factories import ActivityFactory, CaseFactory, EnterpriseFactory, RecoveryFactory, UserFactory
from tests.factories.ledger import evidence
from tests.ledger.test_activities import data
from tests.ledger.test_activities_pages import CREATE, JPEG, heard, post, text, typed

pytestmark = pytest.mark.django_db
KEY = UUID("7f1f0c5e-4a1c-4b0e-9e3c-2f6f1c8f0077")
NOW = datetime(2026, 11, 22, 14, 32, tzinfo=SHANGHAI)
DAY = date(2026, 11, 20)
ANOTHER = "7f1f0c5e-4a1c-4b0e-9e3c-2f6f1c8f0078"


def photo(name="a.jpg"):
    return SimpleUploadedFile(name, JPEG + name.encode(), "image/jpeg")


# ---- activities ----


def test_a_form_sent_again_says_that_it_was_saved_before(client, officer):
    client.force_login(officer)
    said = [[str(one) for one in client.post(reverse(CREATE), typed(), follow=True).context["messages"]] for _ in "12"]
    assert said[0] == []
    assert said[1][0].startswith("已保存过：走访企业")
    assert ServiceActivity.objects.count() == 1


def test_what_a_form_brings_in_addition_goes_into_what_it_has_recorded(client, officer):
    client.force_login(officer)
    post(client, photos=photo("a.jpg"), **heard())
    more = typed(
        summary="了解用工情况；另有欠薪三人", **{"problems-TOTAL_FORMS": "2"}, **heard(), **heard(1, title="欠薪")
    )
    again = client.post(reverse(CREATE), {**more, "photos": [photo("a.jpg"), photo("b.jpg")]}, follow=True)
    stored = ServiceActivity.objects.get()
    assert (stored.summary, stored.version) == ("了解用工情况；另有欠薪三人", 2)
    assert sorted(stored.attachments.values_list("name", flat=True)) == ["a.jpg", "b.jpg"]
    assert list(stored.entries.order_by("pk").values_list("title", flat=True)) == ["厂区门口道路破损", "欠薪"]
    assert "这次补充的也存进去了" in text(again)


def test_another_content_is_shown_beside_what_was_saved_and_nothing_is_lost(client, officer):
    client.force_login(officer)
    post(client, **heard())
    stored = ServiceActivity.objects.get()
    page = text(post(client, summary="另一件事", output_leaflets="30", **heard()))
    for words in ["已保存过", "了解用工情况", "另一件事", "发放资料", "再记一条", "改已保存的那一条", "保留已保存的"]:
        assert words in page, words
    assert "厂区门口道路破损" not in page  # it is registered already, whatever is chosen
    assert (stored.summary, ServiceActivity.objects.count()) == ("了解用工情况", 1)
    assert "还没有保存" in text(post(client, summary="另一件事"))  # 保存 once more answers nothing


def test_of_two_contents_of_one_form_a_person_chooses(client, officer):
    client.force_login(officer)
    post(client)
    save_draft(user=officer, key="activity-new", data={"summary": ["另一件事"]})
    page = post(client, summary="另一件事", is_another="on", draft_key="activity-new")
    other = {**typed(summary="另一件事", draft_key="activity-new"), "version": page.context["form"]["version"].value()}
    for _ in "12":  # 再记一条, clicked twice
        client.post(reverse(CREATE), {**other, "is_another": "on", "another_key": ANOTHER})
    assert sorted(ServiceActivity.objects.values_list("summary", flat=True)) == ["了解用工情况", "另一件事"]
    save_draft(user=officer, key="activity-new", data={"summary": ["另一件事"]})
    first = ServiceActivity.objects.get(summary="了解用工情况")
    client.post(page.context["form"].saved.change, {**other, "summary": "改成这样"})
    first.refresh_from_db()
    assert (first.summary, load_draft(user=officer, key="activity-new")) == ("改成这样", None)


def test_what_is_kept_as_saved_drops_what_came_and_leads_to_the_record(client, officer):
    client.force_login(officer)
    save_draft(user=officer, key="activity-new", data={"summary": ["另一件事"]})
    see = "/activities/7/"
    drop = reverse("accounts:draft-drop")
    assert client.post(drop, {"draft_key": "activity-new", "next": see}).url == see
    assert load_draft(user=officer, key="activity-new") is None
    assert client.post(drop, {"next": "https://example.com/"}).url == reverse("desk:home")


def test_a_colleagues_form_on_a_shared_phone_makes_each_their_own(client, police):
    for person in (UserFactory(unit=police), UserFactory(unit=police)):
        client.force_login(person)
        assert post(client, summary=f"{person.name}的事").status_code == 302
    assert ServiceActivity.objects.count() == 2


def test_the_same_visit_of_one_day_is_asked_about_before_it_is_saved_twice(client, officer):
    firm = EnterpriseFactory(name="津市样例企业甲有限公司")
    client.force_login(officer)
    day = {"target": f"enterprise:{firm.pk}", "target_name": ""}
    post(client, **day)
    for other in ({"kind": "checkup"}, {"happened_on": "2023-05-01"}, {"target": "", "target_name": "样例门店"}):
        assert post(client, **day | {"submission_key": ""} | other).status_code == 302
    asked = post(client, **day, submission_key=ANOTHER, summary="下午又去")
    assert "津市样例企业甲有限公司。同一次不必再记" in asked.context["form"].errors["is_another"][0]
    assert ("下午又去" in text(asked), 'name="is_another"' in text(asked)) == (True, True)
    assert ServiceActivity.objects.count() == 4
    assert post(client, **day, submission_key=ANOTHER, summary="下午又去", is_another="on").status_code == 302
    client.force_login(UserFactory(unit=officer.unit))
    assert post(client, **day, submission_key=ANOTHER).status_code == 302  # a colleague's visit is another


# ---- entries, money, cases ----


def test_an_entry_form_sent_again_adds_changes_nothing_or_is_asked_about(client, officer, police):
    fields = {"unit": police, "category": ProblemCategory.objects.first(), "title": "路面破损", "content": "东门"}
    once = {"actor": officer, "at": NOW, "submission": KEY}
    first = create_entry(**once, **fields)
    assert create_entry(**once, **fields) == first
    more = create_entry(**once, **{**fields, "title": "路面破损；另有路灯不亮"}, files=[evidence()])
    assert (more.title, more.events.get().attachments.get().name) == ("路面破损；另有路灯不亮", "回执.pdf")
    with pytest.raises(AlreadySavedError):
        create_entry(**once, **{**fields, "title": "另一件事"})
    assert ProblemEntry.objects.get().title == "路面破损；另有路灯不亮"
    client.force_login(officer)
    form = {"title": "另一件事", "category": fields["category"].pk, "priority": "normal", "source": "visit"}
    page = client.post(reverse("ledger:entry-create"), {**form, "submission_key": str(KEY)})
    assert ("路面破损；另有路灯不亮" in text(page), "改已保存的那一条" in text(page)) == (True, True)
    changed = client.post(page.context["form"].saved.change, {**form, "version": more.version, "files": photo()})
    first.refresh_from_db()
    assert (changed.status_code, first.title, first.attachments.count()) == (302, "另一件事", 2)


def test_money_of_another_amount_from_the_same_form_is_asked_about(client, officer):
    case = CaseFactory(unit=officer.unit)
    money = {"basis": "调解书", "happened_on": DAY}
    once = {"actor": officer, "at": NOW, "subject": case, "submission": KEY}
    first = record_recovery(**once, data=RecoveryData("recovered", Decimal(5000), **money))
    assert record_recovery(**once, data=RecoveryData("recovered", Decimal("5000.00"), **money)) == first
    client.force_login(officer)
    form = {"kind": "recovered", "amount": "7000", "basis": "调解书", "happened_on": "2026-11-20"}
    answer = client.post(f"{reverse('ledger:recovery-create')}?case={case.pk}", {**form, "submission_key": str(KEY)})
    assert [(one.stored, one.typed) for one in answer.context["form"].saved.differences] == [("5,000.00", "7,000.00")]
    other = RecoveryData("recovered", Decimal(5000), **money)
    with pytest.raises(AlreadySavedError):
        record_recovery(**{**once, "subject": CaseFactory(unit=officer.unit)}, data=other)
    assert Recovery.objects.get().amount == 5000


def case_form(officer, **changes):
    words = {"number": "（2023）湘0781刑初9号", "kind": "theft", "title": "盗窃", "unit": officer.unit}
    return {**words, "filed_on": date(2023, 7, 3), "state": "open", "enterprises": [], **changes}


def test_documents_of_another_content_from_the_same_form_are_asked_about(client, officer, foreign_officer):
    day, firm = date(2023, 8, 1), EnterpriseFactory()
    issued = {"number": "津检建〔2023〕5号", "unit": officer.unit, "subject": "一", "issued_on": day}
    published = {"title": "一", "unit": officer.unit, "published_on": day, "channel": "网", "url": "", "summary": ""}
    forms = [
        (LegalCase, create_case, case_form(officer, enterprises=[firm]), {"enterprises": []}),
        (ProcuratorialRecommendation, save_recommendation, issued, {"subject": "另一件"}),
        (TypicalCase, save_typical_case, published, {"title": "另一篇"}),
    ]
    for model, save, given, other in forms:
        new = {} if save is create_case else {"pk": None}
        made = [save(by=officer, today=day, data=given, submission=KEY, **new) for _ in "12"]
        assert made[0] == made[1]
        with pytest.raises(AlreadySavedError):
            save(by=officer, today=day, data={**given, **other}, submission=KEY, **new)
        theirs = {**given, **other, "unit": foreign_officer.unit, **({"number": "9002号"} if "number" in given else {})}
        assert save(by=foreign_officer, today=day, data=theirs, submission=KEY, **new).unit == foreign_officer.unit
        assert model.objects.count() == 2
    client.force_login(officer)
    addresses = ["cases:case-create", "cases:recommendation-create", "cases:typical-create"]
    for address, (_, _, given, other) in zip(addresses, forms, strict=True):
        form = {name: getattr(value, "pk", value) for name, value in {**given, **other}.items()}
        form |= {"detained_persons": "0", "summary": "很长的情况", "addressee": "另一家", "submission_key": str(KEY)}
        answer = client.post(reverse(address), form)
        page, change = text(answer), answer.context["form"].saved.change
        assert ("再记一条" in page, "这张表单已保存过" in page) == (True, True)
        assert client.get(change).status_code == 200


# ---- deleting what somebody has just edited ----


def test_deleting_what_somebody_has_just_edited_says_so(client, police):
    clerk, officer = UserFactory(unit=police, coordinator=True), UserFactory(unit=police)
    activity = ActivityFactory(unit=police, officer=officer, created_by=officer, happened_on=DAY)
    money = RecoveryFactory(happened_on=DAY, created_by=officer, case__unit=police)
    seen = {type(one): type(one).objects.get(pk=one.pk) for one in (activity, money)}
    update_activity(activity=activity, actor=officer, at=NOW, version=1, data=data(summary="刚改的"))
    update_recovery(
        recovery=money, actor=officer, at=NOW, version=1, data=RecoveryData("recovered", Decimal(987654), "判决书", DAY)
    )
    with pytest.raises(ChangedMeanwhileError, match="刚改过"):
        delete_activity(activity=seen[ServiceActivity], actor=clerk)
    with pytest.raises(ChangedMeanwhileError, match="987,654"):
        delete_recovery(recovery=seen[Recovery], actor=clerk)
    client.force_login(clerk)
    for address, record in (("activity", activity), ("recovery", money)):
        gone = reverse(f"ledger:{address}-delete", args=[record.pk])
        assert "刚改过，现在是" in text(client.post(gone, {"version": "1"}, follow=True))
        client.post(gone, {"version": "2"})
    assert (ServiceActivity.objects.count(), Recovery.objects.count()) == (0, 0)


def test_a_correction_takes_more_files_along(officer, police):
    entry = create_entry(actor=officer, at=NOW, unit=police, category=ProblemCategory.objects.first(), title="路面破损")
    for _ in "12":
        correct_entry(entry=entry, actor=officer, at=NOW, version=entry.version, fields={}, files=[evidence()])
    assert entry.attachments.count() == 1
