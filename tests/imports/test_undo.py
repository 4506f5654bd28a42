"""Undoing a written import: everything back as it was, except what people have worked on since."""

import json
from datetime import date

import pytest
from auditlog.models import LogEntry
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from cases.models import LegalCase
from enterprises.models import Enterprise, Pairing
from imports.errors import ImportRefusedError
from imports.models import ImportBatch
from imports.writing.undo import ask_undo
from imports.writing.undo_plan import plan_undo
from jobs.models import Job
from jobs.runner import run_job
from ledger.models import ClosedPeriod, EntryEvent, NumberSequence, ProblemEntry, Recovery, ServiceActivity, SurveyForm
from ledger.services.entries.moving import advance_entry
from ledger.services.errors import LedgerError
from ledger.services.imported import remove_imported_entries
from ledger.states import Action
from tests.factories import EnterpriseFactory, EntryFactory, PairingFactory, UserFactory
from tests.factories.enterprises import uscc
from tests.imports.books import form_row, surveys, xlsx
from tests.imports.test_samples import FILES, FOLDER
from tests.imports.test_writing import ACTIVITIES, CASES, ENTERPRISES, ROSTER, case_row

pytestmark = pytest.mark.django_db
# Records of what was done, numbers given out, and versions, which only go on.
APART = {"auditlog.logentry", "ledger.numbersequence", "sessions.session", "accounts.exportlog"}


@pytest.fixture
def desk(client, admin):
    client.force_login(admin)
    return client


@pytest.fixture
def path(tmp_path):
    return tmp_path / "样例.xlsx"


def dump():
    """Every row of every table, by table."""
    told = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in ("imports", "jobs") and model._meta.label_lower not in APART:
            names = [field.attname for field in model._meta.concrete_fields if field.name != "version"]
            told[model._meta.label_lower] = sorted(map(repr, model._base_manager.values_list(*names)))
    return told


def work():
    while run_job():
        pass


def bring_in(desk, path, kind="surveys"):
    file = SimpleUploadedFile(path.name, path.read_bytes())
    desk.post(reverse("imports:upload"), {"kind": kind, "files": [file]})
    work()
    batch = ImportBatch.objects.latest("id")
    desk.post(reverse("imports:batch-confirm", args=[batch.pk]), {"rights": batch.summary["digest"]})
    work()
    batch.refresh_from_db()
    assert batch.state == "applied", batch.message
    return batch


def undo(desk, batch):
    shown = desk.post(reverse("imports:batch-undo", args=[batch.pk]), follow=True).content.decode()
    work()
    batch.refresh_from_db()
    return shown


def detail(desk, batch, what="detail"):
    return desk.get(reverse(f"imports:batch-{what}", args=[batch.pk])).content.decode()


def kept(batch):
    return [(item["kind"], item["reason"]) for item in batch.result["undone"]["kept"]]


@pytest.mark.parametrize("name", FILES)
def test_a_sample_undone_leaves_every_table_as_before(desk, name):
    before = dump()
    batch = bring_in(desk, FOLDER / name, FILES[name])
    assert dump() != before
    undo(desk, batch)
    assert (batch.state, batch.result["undone"]["kept"]) == ("undone", [])
    assert dump() == before


def test_new_and_changed_records_of_every_table_go_back(desk, path):
    EnterpriseFactory(name="津市样例企业0001有限公司", uscc=None, is_verified=False)
    EnterpriseFactory(name="津市样例甲厂", uscc=uscc(7), address="老地址", registered_capital=5)
    UserFactory(username="ZF1", name="干警0009", city_wide=True, role="leader")
    bring_in(
        desk,
        xlsx(path, {"案件": [CASES, case_row(结案日期="", 状态="在办", **{"挽回损失(元)": "", "检察建议(份)": ""})]}),
        "cases",
    )
    before = dump()
    people = [ROSTER, ["ZF1", "干警0001", "市司法局", "干警", "派驻干部", "津市港工作组", ""]]
    firms = [ENTERPRISES, ["津市样例甲厂", uscc(7), "50万", "", "新地址"]]
    visits = [ACTIVITIES, ["2023-05-01", "驻点坐班", "市公安局", "", "津市样例甲厂", 4, 9, ""]]
    batches = [
        bring_in(desk, surveys(path, [form_row(1, 问题诉求="1、甲事；2、乙事"), form_row(2)])),
        bring_in(desk, xlsx(path, {"名录": firms}), "enterprises"),
        bring_in(desk, xlsx(path, {"花名册": people}), "roster"),
        bring_in(desk, xlsx(path, {"案件": [CASES, case_row(涉案企业="津市样例甲厂")]}), "cases"),
        bring_in(desk, xlsx(path, {"台账": visits}), "activities"),
    ]
    for batch in reversed(batches):
        undo(desk, batch)
        assert (batch.state, batch.result["undone"]["kept"]) == ("undone", [])
    assert dump() == before


def test_undoing_says_first_what_will_go_and_afterwards_what_went(desk, path, admin):
    batch = bring_in(desk, surveys(path, [form_row(1, 问题诉求="1、甲事；2、乙事")]))
    shown = " ".join(detail(desk, batch, "undo").split())
    assert "问题台账 <strong>2</strong>" in shown
    assert SurveyForm.objects.count() == 1
    undo(desk, batch)
    shown = " ".join(detail(desk, batch).split())
    assert "撤销结果" in shown
    assert f"由{admin.name}撤销" in shown
    assert (SurveyForm.objects.count(), EntryEvent.objects.count()) == (0, 0)
    gone = LogEntry.objects.filter(action=LogEntry.Action.DELETE, additional_data__撤销导入批次=batch.pk)
    assert sorted(gone.values_list("content_type__model", "actor")) == [
        ("enterprise", admin.pk), ("problementry", admin.pk), ("problementry", admin.pk), ("surveyform", admin.pk),
    ]  # fmt: skip
    assert LogEntry.objects.get_for_object(batch).filter(changes__state=["applied", "undone"]).count() == 1


def test_numbers_of_undone_entries_are_never_given_out_again(desk, path):
    undo(desk, bring_in(desk, surveys(path, [form_row(1), form_row(2)])))
    bring_in(desk, path)
    assert list(ProblemEntry.objects.order_by("id").values_list("number", flat=True)) == [
        "JS-2023-0003",
        "JS-2023-0004",
    ]
    assert NumberSequence.objects.get(series="JS", year=2023).last == 4


def test_an_entry_someone_handles_stays_with_its_form_and_enterprise_and_the_rest_goes(desk, path, admin):
    batch = bring_in(desk, surveys(path, [form_row(1, 问题诉求="1、甲事；2、乙事"), form_row(2)]))
    entry = ProblemEntry.objects.get(title="甲事")
    advance_entry(entry=entry, action=Action.ACCEPT, actor=admin, at=timezone.now())
    undo(desk, batch)
    assert kept(batch) == [
        ("企业", "与保留的问题台账相连"),
        ("征求意见调查表", "与保留的问题台账相连"),
        ("问题台账", f"导入之后{admin.name}修改过"),
        ("问题台账", "与保留的征求意见调查表相连"),
    ]
    assert set(ProblemEntry.objects.values_list("title", flat=True)) == {"甲事", "乙事"}
    assert (Enterprise.objects.get().uscc, SurveyForm.objects.count()) == (uscc(1), 1)
    assert "津市样例企业0001有限公司" in detail(desk, batch)


def test_an_enterprise_that_something_new_refers_to_stays_without_the_imported_form(desk, path):
    batch = bring_in(desk, surveys(path, [form_row(1), form_row(2)]))
    enterprise = Enterprise.objects.get(uscc=uscc(1))
    case = LegalCase.objects.create(
        number="另案", kind="theft", unit=SurveyForm.objects.first().unit, filed_on=date(2023, 6, 1)
    )
    case.enterprises.add(enterprise)
    undo(desk, batch)
    assert kept(batch) == [("企业", "已有“涉企案件”用到它")]
    assert (list(Enterprise.objects.all()), SurveyForm.objects.count()) == ([enterprise], 0)


def test_a_changed_record_that_was_changed_again_keeps_the_later_text(desk, path):
    first = EnterpriseFactory(name="津市样例甲厂", uscc=uscc(1), address="老一")
    second = EnterpriseFactory(name="津市样例乙厂", uscc=uscc(2), address="老二")
    rows = [["津市样例甲厂", uscc(1), "", "", "新一"], ["津市样例乙厂", uscc(2), "", "", "新二"]]
    batch = bring_in(desk, xlsx(path, {"名录": [ENTERPRISES, *rows]}), "enterprises")
    first.refresh_from_db()
    first.notes, first.version = "同事补记", first.version + 1
    first.save()
    undo(desk, batch)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.address, first.notes, second.address) == ("新一", "同事补记", "老二")
    assert [item["name"] for item in batch.result["undone"]["kept"]] == ["津市样例甲厂"]


def test_a_page_with_the_imported_text_still_open_is_out_of_date_after_the_undo(desk, path):
    stored = EnterpriseFactory(name="津市样例甲厂", uscc=uscc(1), address="老")
    batch = bring_in(desk, xlsx(path, {"名录": [ENTERPRISES, ["津市样例甲厂", uscc(1), "", "", "新"]]}), "enterprises")
    undo(desk, batch)
    stored.refresh_from_db()
    assert (stored.address, stored.version) == ("老", 3)


def test_records_of_a_closed_half_year_stay(desk, path, admin):
    batch = bring_in(desk, surveys(path, [form_row(1), form_row(2, 走访日期=date(2023, 8, 1))]))
    ClosedPeriod.objects.create(
        code="2023H1", starts_on=date(2023, 1, 1), ends_on=date(2023, 6, 30), closed_by=admin, closed_at=timezone.now()
    )
    undo(desk, batch)
    assert [reason for kind, reason in kept(batch) if kind != "企业"] == ["计着它的 2023年上半年已结账"] * 2
    assert list(SurveyForm.objects.values_list("visited_on", flat=True)) == [date(2023, 5, 12)]


def test_a_person_who_has_signed_in_stays(desk, path):
    rows = [[f"ZF{n}", f"干警000{n}", "市公安局", "干警", "派驻干部", "", ""] for n in (1, 2)]
    batch = bring_in(desk, xlsx(path, {"花名册": [ROSTER, *rows]}), "roster")
    User.objects.filter(username="ZF1").update(last_login=timezone.now())
    undo(desk, batch)
    assert list(User.objects.filter(username__startswith="ZF").values_list("username", flat=True)) == ["ZF1"]


def test_an_activity_and_a_case_someone_added_to_stay_whole(desk, path):
    row = ["2023-05-02", "普法宣传", "市公安局", "", "某厂", 2, 50, 7]
    first = bring_in(desk, xlsx(path, {"台账": [ACTIVITIES, row]}), "activities")
    second = bring_in(desk, xlsx(path, {"案件": [CASES, case_row()]}), "cases")
    ServiceActivity.objects.get().outputs.create(measure="participants", quantity=3)
    case = LegalCase.objects.get()
    Recovery.objects.create(case=case, kind="saved", amount=1, basis="协议", happened_on=case.filed_on, unit=case.unit)
    for batch in (first, second):
        before = dump()
        shown = undo(desk, batch)
        assert "没有可以撤销的内容" in shown
        assert (batch.state, dump()) == ("applied", before)


def test_nothing_is_undone_twice_or_before_it_is_written(desk, path):
    batch = bring_in(desk, surveys(path, [form_row(1)]))
    url = reverse("imports:batch-undo", args=[batch.pk])
    desk.post(url)
    desk.post(url)
    assert Job.objects.filter(kind="imports.undo").count() == 1
    assert "正在撤销" in detail(desk, batch)
    work()
    assert "只有已导入的批次可以撤销" in desk.post(url, follow=True).content.decode()
    assert "只有已导入的批次可以撤销" in desk.get(url, follow=True).content.decode()


def test_an_admin_who_lost_the_role_undoes_nothing(desk, path, admin):
    batch = bring_in(desk, surveys(path, [form_row(1)]))
    desk.post(reverse("imports:batch-undo", args=[batch.pk]))
    User.objects.filter(pk=admin.pk).update(role="staff")
    work()
    batch.refresh_from_db()
    assert (batch.state, SurveyForm.objects.count(), "不再是管理员" in batch.message) == ("applied", 1, True)


def test_the_same_file_can_be_imported_after_it_was_undone(desk, path):
    first = bring_in(desk, surveys(path, [form_row(1)]))
    undo(desk, first)
    again = bring_in(desk, path)
    assert (again.pk != first.pk, again.result["created"], SurveyForm.objects.count()) == (True, 1, 1)


def test_only_untouched_imported_entries_leave_the_ledger(desk, path, admin):
    bring_in(desk, surveys(path, [form_row(1), form_row(2)]))
    first, second = ProblemEntry.objects.order_by("id")
    advance_entry(entry=first, action=Action.ACCEPT, actor=admin, at=timezone.now())
    with pytest.raises(LedgerError, match=f"{first.number} 已有人办理或修改"):
        remove_imported_entries([second.pk, first.pk])
    assert (ProblemEntry.objects.count(), EntryEvent.objects.count()) == (2, 3)
    assert remove_imported_entries([second.pk]) == 1
    assert list(EntryEvent.objects.values_list("entry", flat=True)) == [first.pk] * 2


def test_an_imported_entry_with_money_recovered_does_not_leave_the_ledger(desk, path):
    bring_in(desk, surveys(path, [form_row(1)]))
    entry = ProblemEntry.objects.get()
    Recovery.objects.create(
        entry=entry, kind="saved", amount=1, basis="协议", happened_on=entry.registered_on, unit=entry.unit
    )
    with pytest.raises(LedgerError, match="挽回和避免损失"):
        remove_imported_entries([entry.pk])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_question_costs_the_same_however_many_rows(desk, path, rows, django_assert_num_queries):
    batch = bring_in(desk, surveys(path, [form_row(number) for number in range(1, rows + 1)]))
    Enterprise.objects.update(version=5)
    detail(desk, batch, "undo")
    with django_assert_num_queries(46):
        shown = detail(desk, batch, "undo")
    assert shown.count("导入之后有人修改过") == rows + 1


def test_what_an_import_changed_is_kept_so_that_it_reads_the_same_again(desk, path):
    stored = EnterpriseFactory(name="津市样例甲厂", uscc=uscc(1), registered_capital=None)
    bring_in(
        desk, xlsx(path, {"名录": [ENTERPRISES, ["津市样例甲厂", uscc(1), "50万", "现代物流", ""]]}), "enterprises"
    )
    told = ImportBatch.objects.get().rows.get().values["before"]
    stored.refresh_from_db()
    assert json.loads(json.dumps(told)) == [{
        "model": "enterprises.enterprise", "pk": stored.pk, "version": 2,
        "fields": {
            "industry": [None, stored.industry_id], "registered_capital": [None, "500000.00"],
            "capital_text": ["", "50万"],
        },
    }]  # fmt: skip


def test_an_undo_leaves_an_admin(desk, path, admin):
    other = UserFactory(unit=admin.unit, name="干警0002")
    head = ["工号", "姓名", "单位", "角色"]
    batch = bring_in(desk, xlsx(path, {"花名册": [head, [other.username, other.name, "", "管理员"]]}), "roster")
    User.objects.filter(pk=admin.pk).update(is_active=False)
    other.refresh_from_db()
    with pytest.raises(ImportRefusedError, match="没有可以撤销的内容"):
        ask_undo(batch, actor=other)
    assert plan_undo(batch).kept == {(User, other.pk): "撤销后会没有在用的管理员"}
    User.objects.filter(pk=admin.pk).update(is_active=True)
    undo(desk, batch)
    other.refresh_from_db()
    assert (batch.state, other.role) == ("undone", "staff")


def test_an_enterprise_whose_name_was_registered_again_without_a_code_keeps_the_code(desk, path):
    firm = EnterpriseFactory(name="津市样例甲厂", uscc=None, is_verified=False)
    batch = bring_in(
        desk, xlsx(path, {"名录": [["企业名称", "统一社会信用代码"], ["津市样例甲厂", uscc(7)]]}), "enterprises"
    )
    EnterpriseFactory(name="津市样例甲厂", uscc=None, is_verified=False)
    assert plan_undo(batch).kept == {(Enterprise, firm.pk): "又登记了一家同名、同样没有信用代码的企业"}


def test_a_pairing_ended_and_begun_anew_by_one_file_goes_back_unless_there_is_another_since(desk, path, police):
    pairing = PairingFactory(officer=UserFactory(name="干警0001", unit=police), starts_on=date(2023, 4, 1))
    head = ["结对干警", "企业或项目", "开始日期", "结束日期", "备注"]
    ended = ["干警0001", pairing.enterprise.name, "2023-04-01", "2023-08-01", "岗位调整"]
    begun = ["干警0001", pairing.enterprise.name, "2023-08-02", "", ""]
    before = dump()
    undo(desk, bring_in(desk, xlsx(path, {"结对": [head, ended, begun]}), "pairings"))
    assert dump() == before
    batch = bring_in(desk, xlsx(path, {"结对": [head, ended]}), "pairings")
    PairingFactory(officer=pairing.officer, enterprise=pairing.enterprise, starts_on=date(2023, 9, 1))
    assert plan_undo(batch).kept == {(Pairing, pairing.pk): "两者之后又结了对"}


def test_a_person_with_work_in_the_new_unit_stays_there(desk, path, police, court):
    """As on the page, nobody goes back while work would be left behind."""
    busy, idle = (UserFactory(unit=police) for _ in range(2))
    rows = [[one.username, one.name, court.name, "派驻干部"] for one in (busy, idle)]
    batch = bring_in(desk, xlsx(path, {"花名册": [["工号", "姓名", "单位", "角色"], *rows]}), "roster")
    EntryFactory(unit=court, handler=User.objects.get(pk=busy.pk), lead_unit=court, state="handling")
    undo(desk, batch)
    assert kept(batch) == [("人员", f"{busy.name} 名下还有经办的问题 1 件，请先交接再调到{police}")]
    assert [User.objects.get(pk=one.pk).unit for one in (busy, idle)] == [court, police]


def test_what_an_import_changed_before_forms_had_versions_can_still_be_undone(desk, path):
    bring_in(desk, surveys(path, [form_row(1)]))
    batch = bring_in(desk, surveys(path, [form_row(1, 满意度="基本满意")]))
    row = batch.rows.get(values__has_key="before")
    for told in row.values["before"]:
        told["version"] = None
    row.save()
    assert "导入之后有人修改过" not in detail(desk, batch, "undo")
