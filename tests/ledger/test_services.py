from datetime import date, timedelta

import pytest
from auditlog.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Unit
from common.files import check_upload
from ledger.models import ClosedPeriod, HistoryIsFixedError, ProblemCategory, ProblemEntry
from ledger.moves.facts import short_day
from ledger.selectors.entries.wording import told
from ledger.services.entries.moving import MoveData, advance_entry
from ledger.services.entries.registering import correct_entry, create_entry
from ledger.services.errors import (
    ClockBehindError,
    EditConflictError,
    LedgerError,
    MissingNeedError,
    MoveConflictError,
    MoveRefusedError,
)
from ledger.services.files import remove
from ledger.services.periods import PeriodClosedError
from ledger.states import Action, EntryState
from tests.factories import CaseFactory, EnterpriseFactory, EntryFactory, UnitFactory, UserFactory
from tests.factories.ledger import at, evidence, move

pytestmark = pytest.mark.django_db
A, S = Action, EntryState
DAY = date(2023, 5, 10)


@pytest.fixture
def handler(police):
    return UserFactory(unit=police, name="干警7001")


@pytest.fixture
def entry_in(police, handler):
    return lambda state, **more: EntryFactory(unit=police, lead_unit=police, handler=handler, state=state, **more)


def refused(entry, action, actor, **data) -> dict[str, str]:
    with pytest.raises(MissingNeedError) as error:
        move(entry, action, actor=actor, **data)
    return error.value.every


@pytest.mark.parametrize(
    ("state", "action", "data", "words"),
    [
        (S.REGISTERED, A.REJECT, {}, {"note": "请写明不予受理的说明"}),
        (S.REGISTERED, A.REJECT, {"note": "  "}, {"note": "请写明不予受理的说明"}),
        (S.REGISTERED, A.MARK_DUPLICATE, {}, {"duplicate_of": "请选择与哪一条重复（不能是它自己）"}),
        (S.ACCEPTED, A.ASSIGN, {}, {"lead_unit": "请选择牵头单位", "deadline": "请填写办理期限"}),
        (S.COMPLETED, A.SEND_BACK, {}, {"note": "请写明退回重办的说明"}),
        (
            S.COMPLETED,
            A.CONFIRM,
            {},
            {
                "rating": "请选择满意或基本满意；企业不满意的，请用“退回重办”",
                "spoken_with": "请写明回访了谁、对方怎么说",
                "note": "请写明回访确认的说明",
            },
        ),
        (
            S.COMPLETED,
            A.CONFIRM,
            {"rating": "basically", "spoken_with": "厂长"},
            {"note": "请写明回访确认的说明"},
        ),
    ],
)
def test_move_names_everything_it_lacks(office, entry_in, state, action, data, words):
    entry = entry_in(state)
    assert refused(entry, action, office, **data) == words
    assert ProblemEntry.objects.get(pk=entry.pk).state == state


def test_claim_lacks_words_and_evidence(handler, entry_in):
    assert refused(entry_in(S.HANDLING), A.COMPLETE, handler) == {
        "note": "请写明办结的说明",
        "files": "请上传至少一份办结佐证材料（照片、文书、回执等）",
    }


def test_evidence_of_an_earlier_claim_does_not_serve_a_later_one(handler, office, entry_in):
    entry = move(entry_in(S.COMPLETED), A.SEND_BACK, actor=office, note="路面又坏了")
    assert (entry.completed_on, entry.claimed_by, entry.rating) == (None, None, "")
    assert "files" in refused(entry, A.COMPLETE, handler, note="已修好")
    move(entry, A.COMPLETE, actor=handler, note="已修好", files=[evidence("重修照片.pdf")])
    assert entry.state == S.COMPLETED


def test_reopening_counts_and_asks_for_a_new_claim_and_a_new_confirmation(handler, admin, office, entry_in):
    entry = move(entry_in(S.CLOSED), A.REOPEN, actor=admin, note="企业再次反映")
    assert (entry.state, entry.reopen_count, entry.confirmed_on, entry.closed_on) == (S.HANDLING, 1, None, None)
    assert "files" in refused(entry, A.COMPLETE, handler, note="已解决")
    move(entry, A.COMPLETE, actor=handler, note="已解决", files=[evidence()])
    with pytest.raises(MoveConflictError):
        move(entry, A.CLOSE_OUT, actor=office)
    move(entry, A.CONFIRM, actor=office, rating="satisfied", spoken_with="厂长", note="满意")
    assert move(entry, A.CLOSE_OUT, actor=office).state == S.CLOSED


def test_dissatisfied_enterprise_sends_the_entry_back(office, entry_in):
    entry = entry_in(S.COMPLETED)
    data = MoveData(rating="unsatisfied", spoken_with="厂长", note="钱还没到账")
    event = advance_entry(entry=entry, action=A.CONFIRM, actor=office, at=timezone.now(), data=data)
    assert (event.action, entry.state, entry.rating) == (A.SEND_BACK, S.HANDLING, "unsatisfied")
    assert event.data | {"rating": "不满意", "spoken_with": "厂长"} == event.data
    due = short_day(entry.deadline, event.happened_on)
    assert told(event) == f"{entry.number} 企业不满意，已提请单位领导过问，已退回市公安局重新办理，期限 {due}"


def test_call_back_is_neither_in_the_future_nor_before_the_claim(office, entry_in):
    entry, when = entry_in(S.COMPLETED), at(date(2023, 5, 12))
    answer = {"rating": "satisfied", "spoken_with": "厂长", "note": "满意"}

    def words(spoken_at):
        with pytest.raises(MissingNeedError) as error:
            advance_entry(
                entry=entry, action=A.CONFIRM, actor=office, at=when, data=MoveData(spoken_at=spoken_at, **answer)
            )
        return error.value.every

    assert words(at(date(2033, 5, 1))) == {"spoken_at": "回访时间 2033-05-01 晚于现在，请改正"}
    assert words(at(date(2023, 5, 9))) == {"spoken_at": "回访时间 2023-05-09 早于办结日期 2023-05-10，请改正"}


def test_deadline_is_not_in_the_past(office, police, entry_in):
    words = refused(entry_in(S.ACCEPTED), A.ASSIGN, office, lead_unit=police, deadline=date(2023, 5, 9))
    assert words == {"deadline": "办理期限 2023-05-09 早于今天，请改正"}


def test_handler_works_in_the_lead_unit_or_below(office, police, court, entry_in):
    entry, given = entry_in(S.ACCEPTED), {"lead_unit": police, "deadline": date(2023, 5, 20)}
    stranger, gone = UserFactory(unit=court, name="干警7002"), UserFactory(unit=police, is_active=False)
    below = UserFactory(unit=Unit.objects.create(name="样例派出所", parent=police))
    assert refused(entry, A.ASSIGN, office, handler=stranger, **given) == {
        "handler": "干警7002不是市公安局的在岗人员，请从牵头单位选经办人"
    }
    assert "handler" in refused(entry, A.ASSIGN, office, handler=gone, **given)
    move(entry, A.ASSIGN, actor=office, handler=below, **given)
    assert ProblemEntry.objects.visible_to(below).get() == entry


def test_assigning_names_the_supporting_units_once_and_never_the_lead(office, police, court, entry_in):
    third = UnitFactory()
    entry, given = entry_in(S.ACCEPTED), {"lead_unit": police, "deadline": date(2023, 5, 20)}
    move(entry, A.ASSIGN, actor=office, supporting_units=[court, police], **given)
    assert list(entry.supporting_units.all()) == [court]
    move(entry, A.ASSIGN, actor=office, supporting_units=[third], **given)
    assert list(entry.supporting_units.all()) == [third]
    assert [event.data.get("supporting_units") for event in entry.events.order_by("seq")][2:] == [
        "市人民法院",
        third.name,
    ]


def test_duplicate_points_at_an_original_not_at_another_duplicate(office, entry_in):
    original, copy, third = entry_in(S.REGISTERED), entry_in(S.REGISTERED), entry_in(S.REGISTERED)
    assert refused(copy, A.MARK_DUPLICATE, office, duplicate_of=copy) == {
        "duplicate_of": "请选择与哪一条重复（不能是它自己）"
    }
    move(copy, A.MARK_DUPLICATE, actor=office, duplicate_of=original)
    assert refused(third, A.MARK_DUPLICATE, office, duplicate_of=copy) == {
        "duplicate_of": f"{copy.number} 本身已并入另一条，请选它所并入的那一条"
    }


def test_who_signs_for_it_handles_it_unless_named(police, office):
    clerk = UserFactory(unit=police, coordinator=True)
    entry = move(
        EntryFactory(unit=police, state=S.ACCEPTED),
        A.ASSIGN,
        actor=office,
        lead_unit=police,
        deadline=date(2023, 5, 20),
    )
    assert move(entry, A.ACKNOWLEDGE, actor=clerk).handler == clerk


def test_claim_keeps_the_case_that_resolved_it(handler, entry_in):
    case = CaseFactory()
    entry = move(entry_in(S.HANDLING), A.COMPLETE, actor=handler, note="已判决", files=[evidence()], case=case)
    assert (entry.case, entry.events.latest("seq").data) == (
        case,
        {"case": case.number, "files": ["回执.pdf"]},
    )


def test_second_comer_is_told_who_did_what_and_nothing_is_written(office, coordinator, entry_in):
    entry = entry_in(S.REGISTERED)
    seen = ProblemEntry.objects.get(pk=entry.pk)
    move(entry, A.REJECT, actor=office, note="不属受理范围")
    with pytest.raises(MoveConflictError) as conflict:
        advance_entry(entry=seen, action=A.ACCEPT, actor=coordinator, at=timezone.now())
    assert str(conflict.value) == (
        f"{entry.number} 已由{office.name}不予受理（现为“不予受理”），您的操作没有执行，请核对后再办"
    )
    assert entry.events.count() == 2


def test_same_move_posted_twice_is_one_move(office, entry_in):
    entry, twice = entry_in(S.REGISTERED), []
    for _ in range(2):
        fresh = ProblemEntry.objects.get(pk=entry.pk)
        twice.append(
            advance_entry(
                entry=fresh, action=A.REJECT, actor=office, at=timezone.now(), data=MoveData(note="无关"), seen=1
            )
        )
    assert twice[0] == twice[1]
    assert entry.events.count() == 2


def test_moves_and_registrations_of_a_closed_period_are_refused(office, entry_in):
    entry = entry_in(S.REGISTERED)
    ClosedPeriod.objects.create(
        code="2023H1", starts_on=date(2023, 1, 1), ends_on=date(2023, 6, 30), closed_at=timezone.now()
    )
    with pytest.raises(PeriodClosedError, match="2023-05-10 所在的 2023年上半年已结账"):
        move(entry, A.ACCEPT, actor=office)
    with pytest.raises(PeriodClosedError):
        EntryFactory()


def test_move_cannot_be_dated_before_the_last_one(office, entry_in):
    with pytest.raises(ClockBehindError, match="服务器时钟不准"):
        advance_entry(entry=entry_in(S.REGISTERED), action=A.ACCEPT, actor=office, at=at(date(2023, 5, 9)))


def test_events_are_neither_edited_nor_deleted(entry_in):
    event = entry_in(S.ACCEPTED).events.latest("seq")
    with pytest.raises(HistoryIsFixedError):
        event.save()
    with pytest.raises(HistoryIsFixedError):
        event.delete()
    with pytest.raises(TypeError):
        type(event).objects.filter(pk=event.pk).update(note="改")
    with pytest.raises(TypeError):
        type(event).objects.filter(pk=event.pk).delete()


def test_move_leaves_old_and_new_state_in_the_audit_trail(office, entry_in):
    entry = move(entry_in(S.REGISTERED), A.ACCEPT, actor=office)
    row = LogEntry.objects.get_for_object(entry).latest("pk")
    assert (row.actor, row.changes) == (office, {"state": ["registered", "accepted"]})


# ---- registering and correcting ----


def fields(police, **more):
    category = ProblemCategory.objects.get(name="其他")
    return {"title": "道路被占", "unit": police, "category": category, "enterprise": EnterpriseFactory(), **more}


def test_one_form_registers_one_entry_with_its_files_on_the_first_event(officer, police):
    key, given = "5f0f7c1e-7c33-4f0e-9d55-0d3b8e0c2b11", fields(police, files=[evidence("函件.pdf")])
    made = [create_entry(actor=officer, at=at(DAY), submission=key, **given) for _ in range(2)]
    assert made[0] == made[1]
    assert ProblemEntry.objects.count() == 1
    assert [file.name for file in made[0].events.get().attachments.all()] == ["函件.pdf"]


def test_key_of_another_persons_form_is_as_good_as_unused(officer, foreign_officer, police):
    key, given = "5f0f7c1e-7c33-4f0e-9d55-0d3b8e0c2b11", fields(police)
    people = [officer, foreign_officer, foreign_officer]
    made = [create_entry(actor=person, at=at(DAY), submission=key, **given) for person in people]
    assert (made[0] == made[1], made[1] == made[2]) == (False, True)
    assert [entry.registered_by for entry in made] == people


def test_failed_registration_leaves_no_number_spent(officer, police):
    with pytest.raises(TypeError):
        create_entry(actor=officer, at=at(DAY), nonsense=1, **fields(police))
    assert create_entry(actor=officer, at=at(DAY), **fields(police)).number == "JS-2023-0001"


def test_registrar_corrects_the_text_until_it_is_assigned(officer, office, police):
    entry = EntryFactory(unit=police, registered_by=officer)
    correct_entry(entry=entry, actor=officer, at=at(DAY), version=1, fields={"title": "新的说法"})
    assert (entry.title, entry.version, entry.events.count()) == ("新的说法", 2, 1)
    walked = EntryFactory(unit=police, registered_by=officer, state=S.ASSIGNED)
    with pytest.raises(MoveRefusedError, match="交办后不能再改登记内容"):
        correct_entry(entry=walked, actor=officer, at=at(DAY), version=walked.version, fields={"title": "迟了"})
    with pytest.raises(MoveRefusedError, match="只有登记人"):
        correct_entry(entry=entry, actor=UserFactory(unit=police), at=at(DAY), version=2, fields={"title": "不是我的"})


def test_second_correction_of_one_version_is_not_saved_over_the_first(officer, coordinator, police):
    entry = EntryFactory(unit=police, registered_by=officer)
    correct_entry(entry=entry, actor=coordinator, at=at(DAY), version=1, fields={"title": "联络员的说法"})
    with pytest.raises(EditConflictError) as conflict:
        correct_entry(entry=entry, actor=officer, at=at(DAY), version=1, fields={"title": "我的说法"})
    assert str(conflict.value) == (f"{entry.number} 的内容刚由{coordinator.name}修改，您的修改没有保存，请对照后再存")
    assert (conflict.value.theirs.title, ProblemEntry.objects.get().title) == ("联络员的说法", "联络员的说法")


def test_move_on_a_text_that_changed_meanwhile_is_refused_with_the_editors_name(officer, office, police):
    entry = EntryFactory(unit=police, registered_by=officer)
    seen = entry.version
    correct_entry(entry=entry, actor=officer, at=at(DAY), version=seen, fields={"title": "新的说法"})
    with pytest.raises(MoveConflictError, match=f"的内容刚由{officer.name}修改"):
        advance_entry(entry=entry, action=A.ACCEPT, actor=office, at=timezone.now(), seen=seen)


# ---- files ----


def test_file_of_an_event_is_never_removed_a_loose_one_is(officer, entry_in):
    event = entry_in(S.COMPLETED).events.get(action=A.COMPLETE)
    kept = event.attachments.get()
    with pytest.raises(LedgerError, match=r"“回执\.pdf”是台账事件的材料，已留档，不能删除"):
        remove(kept)
    assert kept.file.storage.exists(kept.file.name)


def test_disguised_and_oversized_files_are_named_in_the_refusal(settings):
    settings.MAX_UPLOAD_BYTES = 1024
    for name, content, words in [
        ("木马.pdf", b"MZ\x90\x00", "内容与扩展名不符"),
        ("木马.exe", b"MZ\x90\x00", "不能上传“木马.exe”这类文件"),
        ("大.pdf", b"%PDF-1.4" + b"0" * 2048, "请压缩后再上传"),
        ("空.pdf", b"", "是空文件"),
    ]:
        with pytest.raises(Exception, match=words):
            check_upload(SimpleUploadedFile(name, content))


def test_overdue_and_as_of_are_read_from_deadline_and_events(entry_in, office):
    entry = entry_in(S.HANDLING)
    due = entry.deadline
    assert not ProblemEntry.objects.overdue(due).exists()
    assert ProblemEntry.objects.overdue(due + timedelta(days=1)).get() == entry
    assert ProblemEntry.objects.as_of(DAY).get().state_then == S.HANDLING
    assert not ProblemEntry.objects.as_of(DAY - timedelta(days=1)).exists()
