"""A survey form typed by hand: the same record as an imported one, its requests entries, itself found when it comes
again."""

import io
from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms.models import model_to_dict
from django.urls import reverse

from accounts.models import Draft
from common.idempotence import AlreadySavedError
from common.periods import SHANGHAI
from imports.models import ImportBatch
from jobs.runner import run_job
from ledger.models import ProblemCategory, ProblemEntry, SurveyForm
from ledger.services.errors import FieldsRefusedError, MoveRefusedError
from ledger.services.surveys import SameSurveyError, SurveyData, record_survey, update_survey
from ledger.services.surveys.typed import COLUMNS
from tests.factories import EnterpriseFactory, SurveyFormFactory, UserFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 30, 10, tzinfo=SHANGHAI)
DAY = date(2026, 11, 20)
TWO = "1、下游拖欠货款；2、厂区夜间电缆被盗"


@pytest.fixture
def firm(db):
    return EnterpriseFactory(name="津市样例物流有限公司")


@pytest.fixture
def category(db):
    return ProblemCategory.objects.get_or_create(name="合同纠纷")[0]


def data(firm, officer, requests=(), **columns):
    known = {**dict.fromkeys(COLUMNS, ""), "category": None, "amount": None, "industry": None, "workstream": None}
    given = {"enterprise": firm, "unit": officer.unit, "officer": officer, "visited_on": DAY}
    return SurveyData({**known, **given, **columns}, requests)


def typed(client, firm, category=None, **more):
    form = client.get(reverse("ledger:survey-create")).context["form"]
    return {
        "submission_key": form.initial["submission_key"], "enterprise": firm.pk, "visited_on": "2026-11-20",
        "unit": form.initial["unit"], "officer": form.initial["officer"], "category": category.pk if category else "",
        "satisfaction": "satisfied", **more,
    }  # fmt: skip


def post(client, given, url=None):
    return client.post(url or reverse("ledger:survey-create"), given, follow=True)


def test_one_page_makes_the_form_and_an_entry_of_each_request_sent_twice_once(client, officer, firm, category):
    client.force_login(officer)
    given = typed(client, firm, category, appeal=TWO, amount="1980000", suggestion="简化流程")
    for _ in range(2):
        page = post(client, given).content.decode()
    form = SurveyForm.objects.get()
    assert (form.enterprise, form.unit, form.officer_name, form.amount, form.created_by) == (
        firm, officer.unit, officer.name, Decimal(1980000), officer,
    )  # fmt: skip
    entries = list(ProblemEntry.objects.order_by("pk"))
    assert [(one.title, one.category, one.amount, one.source, one.registered_on) for one in entries] == [
        (title, category, None, "survey", DAY) for title in ("下游拖欠货款", "厂区夜间电缆被盗")
    ]
    assert all(one.number in page and one.number.startswith("JS-2026-") for one in entries)
    assert [one.events.get().note for one in entries] == ["由调查表登记"] * 2


def test_the_problems_to_be_made_are_shown_before_anything_is_saved(client, officer):
    client.force_login(officer)
    shown = client.post(reverse("ledger:survey-requests"), {"appeal": TWO}).content.decode()
    assert ("登入问题台账 2 个问题" in shown, "厂区夜间电缆被盗" in shown, "合成一条" in shown) == (True, True, True)
    assert "登入问题台账" not in client.post(reverse("ledger:survey-requests"), {"appeal": "暂无"}).content.decode()
    assert not ProblemEntry.objects.exists()


@pytest.mark.parametrize(
    ("parts", "titles", "notes"),
    [("items", 3, ""), ("whole", 1, ""), ("none", 0, "问题诉求：")],
)
def test_what_is_not_certain_is_asked_and_then_done_so(client, officer, firm, category, parts, titles, notes):
    text = "目前没有问题，希望加强巡逻" if parts == "none" else "1、用地；3、用工；4、融资"
    client.force_login(officer)
    given = typed(client, firm, category, appeal=text)
    asked = post(client, given)
    assert "请选怎样登记" in asked.content.decode()
    assert not SurveyForm.objects.exists()
    post(client, {**given, "parts": parts})
    form = SurveyForm.objects.get()
    assert (form.appeal, notes in form.notes) == ("" if notes else text, True)
    assert form.entries.count() == titles


def test_nothing_asked_for_is_no_entry(client, officer, firm):
    client.force_login(officer)
    post(client, typed(client, firm, appeal="无"))
    assert (SurveyForm.objects.get().appeal, ProblemEntry.objects.count()) == ("", 0)


def test_what_is_wanting_or_doubtful_is_said_and_kept(client, officer, firm, category):
    client.force_login(officer)
    given = typed(client, firm, appeal="货款被拖欠", visited_on="2999-01-01")
    page = post(client, given).content.decode()
    assert ("有诉求的请选择诉求类别" in page, "货款被拖欠" in page) == (True, True)
    given = typed(client, firm, category, appeal="货款被拖欠", amount="500000000")
    page = post(client, given).content.decode()
    assert "金额无误" in page
    assert not SurveyForm.objects.exists()
    post(client, {**given, "amount_sure": "50000000000"})
    assert SurveyForm.objects.get().amount == 500_000_000
    with pytest.raises(FieldsRefusedError):
        record_survey(actor=officer, at=AT, data=data(firm, officer, visited_on=date(2026, 12, 1)))


def test_another_form_of_the_firm_in_the_half_year_is_shown_and_may_be_changed_instead(client, officer, firm, category):
    stored = SurveyFormFactory(enterprise=firm, unit=officer.unit, officer=officer, visited_on=date(2026, 8, 1))
    SurveyFormFactory(enterprise=firm, unit=officer.unit, visited_on=date(2026, 6, 1))  # the half-year before
    client.force_login(officer)
    given = typed(client, firm, category, appeal="货款被拖欠")
    asked = post(client, given)
    assert [form.pk for form in asked.context["form"].same.forms] == [stored.pk]
    change = reverse("ledger:survey-edit", args=[stored.pk])
    assert change in asked.content.decode()
    compared = post(client, given, change)
    page = compared.content.decode()
    assert ("您填写的" in page, compared.status_code) == (True, 409)
    post(client, {**given, "version": compared.context["form"]["version"].value()}, change)
    stored.refresh_from_db()
    assert (stored.appeal, stored.visited_on, stored.entries.count()) == ("货款被拖欠", DAY, 1)
    another = typed(client, firm, category, appeal="电缆被盗", is_another="on")
    post(client, another)
    assert SurveyForm.objects.filter(appeal="电缆被盗").exists()


def test_the_very_same_form_is_never_another(client, officer, firm, category):
    record_survey(
        actor=officer, at=AT, data=data(firm, officer, ["货款被拖欠"], appeal="货款被拖欠", category=category)
    )
    client.force_login(officer)
    page = post(client, typed(client, firm, category, appeal="货款 被拖欠", is_another="on")).content.decode()
    assert "已经登记过，不能再登记一份" in page
    assert (SurveyForm.objects.count(), ProblemEntry.objects.count()) == (1, 1)


def test_a_form_of_another_unit_is_told_of_without_being_shown(officer, foreign_officer, firm, category):
    given = {"appeal": "货款被拖欠", "category": category}
    record_survey(actor=foreign_officer, at=AT, data=data(firm, foreign_officer, ["货款被拖欠"], **given))
    with pytest.raises(SameSurveyError) as told:
        record_survey(actor=officer, at=AT, data=data(firm, officer, ["货款被拖欠"], **given))
    assert (told.value.forms, told.value.is_sure) == ([], True)
    record_survey(actor=officer, at=AT, data=data(firm, officer))  # without a request: each unit its own


def test_the_key_of_a_page_with_something_else_is_asked_about(officer, firm):
    key = uuid4()
    first = record_survey(actor=officer, at=AT, data=data(firm, officer), submission=key)
    assert record_survey(actor=officer, at=AT, data=data(firm, officer), submission=key).form == first.form
    with pytest.raises(AlreadySavedError):
        record_survey(actor=officer, at=AT, data=data(firm, officer, suggestion="别的"), submission=key)


def test_two_at_once_make_one(officer, firm, monkeypatch):
    """The other's row comes between looking and writing: the index decides, and the person is told as always."""
    given = data(firm, officer)
    record_survey(actor=officer, at=AT, data=given)
    looked = iter([lambda *args, **kwargs: None])
    from ledger.services.surveys import recording  # noqa: PLC0415

    real = recording.refuse_same
    monkeypatch.setattr(recording, "refuse_same", lambda *args, **kwargs: next(looked, real)(*args, **kwargs))
    with pytest.raises(SameSurveyError):
        record_survey(actor=officer, at=AT, data=given)
    assert SurveyForm.objects.count() == 1


def test_a_form_without_requests_is_changed_whole_and_one_with_them_in_the_rest(officer, firm, category, coordinator):
    made = record_survey(actor=officer, at=AT, data=data(firm, officer)).form
    other = EnterpriseFactory()
    asked = data(other, officer, ["货款被拖欠"], appeal="货款被拖欠", category=category, visited_on=date(2026, 11, 21))
    changed = update_survey(form=made, actor=coordinator, at=AT, data=asked, version=1)
    assert (changed.form.enterprise, changed.form.version, len(changed.entries)) == (other, 2, 1)
    for name, value in (("appeal", "别的"), ("amount", Decimal(1)), ("enterprise", firm)):
        more = SurveyData({**asked.columns, name: value}, asked.requests)
        with pytest.raises(FieldsRefusedError):
            update_survey(form=made, actor=officer, at=AT, data=more, version=2)
    kept = SurveyData({**asked.columns, "satisfaction": "satisfied"}, ())
    assert update_survey(form=made, actor=officer, at=AT, data=kept, version=2).form.satisfaction == "satisfied"
    with pytest.raises(MoveRefusedError):
        update_survey(form=made, actor=UserFactory(unit=officer.unit), at=AT, data=kept, version=3)


def test_an_edit_page_keeps_what_the_entries_have_and_says_what_it_left_out(client, officer, firm, category):
    made = record_survey(
        actor=officer, at=AT, data=data(firm, officer, ["货款被拖欠"], appeal="货款被拖欠", category=category)
    ).form
    client.force_login(officer)
    url = reverse("ledger:survey-edit", args=[made.pk])
    page = client.get(url)
    assert "诉求已登入台账" in page.content.decode()
    given = typed(client, firm, category, appeal="另写的诉求", suggestion="新的建议", version="1")
    said = post(client, given, url).content.decode()
    made.refresh_from_db()
    assert (made.appeal, made.suggestion, "没有改：问题诉求 另写的诉求" in said) == ("货款被拖欠", "新的建议", True)


def test_a_draft_is_kept_for_each_firm(client, officer, firm):
    client.force_login(officer)
    Draft.objects.create(owner=officer, key=f"survey-new-{firm.pk}", data={"suggestion": ["写了一半"]})
    page = client.get(reverse("ledger:survey-create"), {"enterprise": firm.pk})
    form = page.context["form"]
    assert (form.initial["suggestion"], form.initial["enterprise"]) == ("写了一半", firm.pk)
    post(client, typed(client, firm), f"{reverse('ledger:survey-create')}?enterprise={firm.pk}")
    assert not Draft.objects.exists()


def bring_in(client, admin, content):
    client.force_login(admin)
    file = SimpleUploadedFile("调查表.xlsx", content)
    client.post(reverse("imports:upload"), {"kind": "surveys", "files": [file]})
    while run_job():
        pass
    return [row.outcome for row in ImportBatch.objects.latest("id").rows.all()]


def test_exported_forms_typed_by_hand_change_nothing_when_imported_with_or_without_their_number(
    client, officer, firm, category, admin
):
    asked = data(
        firm, officer, ["下游拖欠货款", "厂区夜间电缆被盗"], appeal=TWO, category=category, amount=Decimal("1980000"),
        satisfaction="basically", suggestion="简化流程", contact_name="厂长", contact_phone="0736-4210000",
    )  # fmt: skip
    record_survey(actor=officer, at=AT, data=asked)
    record_survey(actor=officer, at=AT, data=data(EnterpriseFactory(), officer))
    before = [model_to_dict(form) for form in SurveyForm.objects.order_by("pk")]
    client.force_login(admin)
    content = client.get(reverse("ledger:survey-export")).content
    assert bring_in(client, admin, content) == ["unchanged"] * 2
    book = openpyxl.load_workbook(io.BytesIO(content))
    heads = [cell.value for cell in book.active[1]]
    book.active.delete_cols(heads.index("系统编号") + 1)
    buffer = io.BytesIO()
    book.save(buffer)
    assert set(bring_in(client, admin, buffer.getvalue())) == {"duplicate"}
    assert [model_to_dict(form) for form in SurveyForm.objects.order_by("pk")] == before


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_rows(
    client, officer, foreign_officer, rows, django_assert_num_queries
):
    for _ in range(rows):
        UserFactory(unit=officer.unit)
    EnterpriseFactory.create_batch(rows)
    client.force_login(officer)
    client.get(reverse("ledger:survey-create"))
    with django_assert_num_queries(10):
        page = client.get(reverse("ledger:survey-create")).content.decode()
    assert foreign_officer.name not in page
