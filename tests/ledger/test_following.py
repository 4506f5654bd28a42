"""What goes along with a move: files, origins, story, money, supporting units, deadlines."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from auditlog.models import LogEntry
from django.urls import reverse

from accounts.models import Unit
from ledger.models import Attachment, ProblemEntry, SupportingUnit
from ledger.moves.data import Piece
from ledger.services.errors import LedgerError, MissingNeedError
from ledger.services.files import remove
from ledger.states import Action, EntryState
from tests.factories import EntryFactory, RecoveryFactory, SurveyFormFactory, UserFactory
from tests.factories.ledger import attached, evidence, move

pytestmark = pytest.mark.django_db
A, S = Action, EntryState


@pytest.fixture
def justice(db):
    return Unit.objects.get(name="市司法局")


@pytest.fixture
def handled(police, court):
    return lambda **more: EntryFactory(
        unit=police, lead_unit=court, handler=UserFactory(unit=court), state=S.HANDLING, **more
    )


def lead(entry) -> object:
    return UserFactory(unit=entry.lead_unit, coordinator=True)


# ---- merging ----


def test_merged_entry_brings_its_files_story_origin_and_money(client, office, police):
    form = SurveyFormFactory(unit=police)
    first = EntryFactory(unit=police, title="道路被占")
    second = EntryFactory(unit=police, title="路又被占", content="货车进不来", source="survey", source_form=form)
    attached(second, "照片.pdf")
    RecoveryFactory(case=None, entry=second, unit=police, amount=Decimal("500.00"))
    move(second, A.ACCEPT, actor=office, note="先核实")
    move(second, A.MARK_DUPLICATE, actor=office, duplicate_of=first, note="同一路段")
    event = first.events.get(action=A.ABSORB)
    assert event.data == {"absorbed": f"{second.number} 路又被占", "source": "调查表"}
    assert event.note.splitlines() == ["货车进不来", f"2023-05-10 {office.name}受理：先核实", "同一路段"]
    assert [file.name for file in event.attachments.all()] == ["照片.pdf"]
    client.force_login(UserFactory(unit=police))
    page = client.get(reverse("ledger:entry-detail", args=[first.pk])).content.decode()
    for words in (second.number, "照片.pdf", f"随 {second.number} 并入", "路又被占"):
        assert words in page


def test_what_was_merged_before_goes_on_to_the_surviving_entry(office, police):
    first, second, third = (EntryFactory(unit=police) for _ in range(3))
    attached(third, "函件.pdf")
    move(third, A.MARK_DUPLICATE, actor=office, duplicate_of=second)
    second.refresh_from_db()
    move(second, A.MARK_DUPLICATE, actor=office, duplicate_of=first)
    assert set(ProblemEntry.objects.filter(duplicate_of=first)) == {second, third}
    assert first.attachments.get().name == "函件.pdf"


def test_entry_is_not_merged_into_one_that_was_turned_away(office, police):
    gone, entry = EntryFactory(unit=police, state=S.REJECTED), EntryFactory(unit=police)
    with pytest.raises(MissingNeedError, match="未予受理，不能并入"):
        move(entry, A.MARK_DUPLICATE, actor=office, duplicate_of=gone)


def test_shared_bytes_stay_until_nobody_points_at_them(office, police, django_capture_on_commit_callbacks):
    entry = EntryFactory(unit=police, state=S.ACCEPTED)
    loose = attached(entry)
    move(entry, A.SPLIT, actor=office, kept=Piece("货款"), pieces=[Piece("道路")])
    storage, name = loose.file.storage, loose.file.name
    with django_capture_on_commit_callbacks(execute=True):
        remove(loose)
    assert storage.exists(name)
    with pytest.raises(LedgerError):
        remove(Attachment.objects.get())


# ---- splitting ----


def test_split_registers_the_rest_today_with_origin_and_files_and_keeps_the_first_part(office, police, officer):
    entry = EntryFactory(unit=police, registered_by=officer, source="hotline", led_by="样例领导", amount=Decimal(9))
    attached(entry, "函件.pdf")
    pieces = [Piece("道路", "路灯不亮"), Piece("用电")]
    move(entry, A.SPLIT, actor=office, day=date(2023, 6, 1), kept=Piece("货款", "拖欠三个月"), pieces=pieces)
    entry.refresh_from_db()
    new = list(entry.splits.order_by("pk"))
    assert (entry.title, entry.content, entry.state, entry.amount) == ("货款", "拖欠三个月", S.REGISTERED, 9)
    assert [(one.title, one.content, one.state, one.registered_on) for one in new] == [
        ("道路", "路灯不亮", S.REGISTERED, date(2023, 6, 1)),
        ("用电", "", S.REGISTERED, date(2023, 6, 1)),
    ]
    assert {(one.source, one.led_by, one.registered_by, one.amount) for one in new} == {
        ("hotline", "样例领导", officer, None)
    }
    assert all(one.events.get().attachments.get().name == "函件.pdf" for one in new)
    assert new[0].events.get().data == {"split_from": entry.number}
    assert entry.events.latest("seq").data["split_off"] == f"{new[0].number}、{new[1].number}"


def test_split_form_makes_entries_of_the_pieces_that_are_filled_in(client, office, police):
    entry = EntryFactory(unit=police, state=S.ACCEPTED)
    client.force_login(office)
    url = reverse("ledger:entry-move", args=[entry.pk, "split"])
    lacking = client.post(url, {"version": entry.version, "kept_title": "货款"})
    assert "请至少写明一个拆出的问题" in lacking.content.decode()
    client.post(url, {"version": entry.version, "kept_title": "货款", "piece_2_title": "道路"})
    assert entry.splits.get().title == "道路"


# ---- handing on, returning, deferring ----


def test_handed_on_entry_begins_anew_at_the_other_unit_with_the_same_deadline(handled, justice):
    entry = handled()
    due = entry.deadline
    move(entry, A.TRANSFER, actor=lead(entry), lead_unit=justice, note="属法律服务")
    assert (entry.state, entry.lead_unit, entry.handler, entry.deadline) == (S.ASSIGNED, justice, None, due)
    assert entry.events.latest("seq").data["was_lead_unit"] == "市人民法院"


def test_returned_entry_is_counted_and_its_deadline_runs_on(handled):
    entry = handled()
    due = entry.deadline
    move(entry, A.RETURN, actor=lead(entry), note="不属我院职责")
    assert (entry.state, entry.lead_unit, entry.return_count, entry.deadline) == (S.ACCEPTED, None, 1, due)


def test_extension_is_granted_by_another_and_counted(handled, office):
    entry = handled()
    due, later = entry.deadline, date(2023, 7, 3)
    move(entry, A.ASK_EXTENSION, actor=entry.handler, until=later, note="对方在外地")
    assert (entry.asked, entry.asked_until, entry.deadline) == ("extension", later, due)
    move(entry, A.EXTEND, actor=office, note="同意")
    assert (entry.asked, entry.deadline, entry.extension_count) == ("", later, 1)
    assert entry.events.latest("seq").data["was_deadline"] == due.isoformat()


def test_refused_extension_leaves_the_deadline_and_may_be_asked_again(handled, office):
    entry = handled()
    due = entry.deadline
    for _ in range(2):
        move(entry, A.ASK_EXTENSION, actor=entry.handler, until=date(2023, 7, 3), note="对方在外地")
        move(entry, A.REFUSE_EXTENSION, actor=office, note="抓紧办理")
    assert (entry.asked, entry.deadline, entry.extension_count) == ("", due, 0)


def test_claim_settles_a_request_that_waits(handled):
    entry = handled()
    move(entry, A.ASK_EXTENSION, actor=entry.handler, until=date(2023, 7, 3), note="对方在外地")
    move(entry, A.COMPLETE, actor=entry.handler, note="已付清", files=[evidence()])
    assert (entry.asked, entry.asked_by, entry.asked_until) == ("", None, None)


def test_request_for_a_day_gone_by_is_not_granted(handled, office):
    entry = handled()
    move(entry, A.ASK_DEFERRAL, actor=entry.handler, until=date(2023, 6, 1), note="政策未定")
    with pytest.raises(MissingNeedError, match="申请的日期 2023-06-01 已过"):
        move(entry, A.DEFER, actor=office, day=date(2023, 6, 2))


def test_deferred_entry_counts_as_unresolved_until_it_is_taken_up_again(handled, office):
    entry = handled()
    move(entry, A.ASK_DEFERRAL, actor=entry.handler, until=date(2023, 9, 1), note="政策未定")
    move(entry, A.DEFER, actor=office)
    assert ProblemEntry.objects.working().get() == entry
    assert (entry.state, entry.deadline) == (S.DEFERRED, date(2023, 9, 1))
    late = {"deadline": date(2023, 9, 29), "deadline_reason": "等省里的办法"}
    move(entry, A.RESUME_HANDLING, actor=office, note="政策已明确", **late)
    assert (entry.state, entry.deadline) == (S.HANDLING, date(2023, 9, 29))


# ---- supporting units ----


@pytest.fixture
def supported(handled, police):
    entry = handled()
    SupportingUnit.objects.create(entry=entry, unit=police)
    return entry


def test_lead_completes_only_when_all_have_reported_or_says_why_not(supported, police):
    claim = {"note": "已付清", "files": [evidence()]}
    with pytest.raises(MissingNeedError, match=r"^市公安局还没有反馈，请等反馈，或写明为什么不等$"):
        move(supported, A.COMPLETE, actor=supported.handler, **claim)
    helper = UserFactory(unit=police, coordinator=True)
    move(supported, A.REPORT_PART, actor=helper, result="impossible", note="对方不在辖区")
    part = supported.support.get()
    assert (part.result, part.words) == ("impossible", "对方不在辖区")
    move(supported, A.COMPLETE, actor=supported.handler, note="已付清", files=[evidence()])
    assert supported.state == S.COMPLETED


def test_reason_for_not_waiting_is_kept_with_the_claim(supported):
    claim = {"note": "已付清", "files": [evidence()], "without_parts": "企业已与对方和解"}
    move(supported, A.COMPLETE, actor=supported.handler, **claim)
    told = supported.events.latest("seq").data
    assert (told["without_parts"], told["silent_units"]) == ("企业已与对方和解", "市公安局")


def test_named_supporter_works_in_the_unit_and_sees_the_entry(supported, police, justice):
    clerk, helper = UserFactory(unit=police, coordinator=True), UserFactory(unit=police)
    with pytest.raises(MissingNeedError, match="不是市公安局的在岗人员"):
        move(supported, A.NAME_SUPPORTER, actor=clerk, supporter=UserFactory(unit=justice))
    supported.refresh_from_db()
    move(supported, A.NAME_SUPPORTER, actor=clerk, supporter=helper)
    assert supported.support.get().handler == helper
    SupportingUnit.objects.update(unit=justice)
    assert ProblemEntry.objects.visible_to(helper).filter(pk=supported.pk).exists()


def test_assigning_again_keeps_the_reports_of_units_that_stay(police, court, justice, office):
    entry = EntryFactory(unit=police, lead_unit=court, state=S.ASSIGNED)
    SupportingUnit.objects.create(entry=entry, unit=police, result="done", words="已配合")
    given = {"lead_unit": court, "handler": None, "deadline": entry.deadline}
    move(entry, A.ASSIGN, actor=office, supporting_units=[police, justice], **given)
    kept = {part.unit.name: part.result for part in entry.support.select_related("unit")}
    assert kept == {"市公安局": "done", "市司法局": ""}


def audited(record):
    return LogEntry.objects.get_for_object(record).count()


def test_what_changes_beside_a_move_has_its_own_audit_row(police, court, office):
    """Re-pointed duplicates, supporting units named and taken off."""
    first, middle, last = (EntryFactory(unit=police) for _ in range(3))
    move(first, Action.MARK_DUPLICATE, actor=office, duplicate_of=middle)
    middle.refresh_from_db()
    before, version = audited(first), ProblemEntry.objects.get(pk=first.pk).version
    move(middle, Action.MARK_DUPLICATE, actor=office, duplicate_of=last)
    first.refresh_from_db()
    assert (first.duplicate_of, first.version) == (last, version + 1)
    changes = LogEntry.objects.get_for_object(first).order_by("-pk")[0]
    assert audited(first) == before + 1
    assert (changes.actor, changes.changes) == (office, {"duplicate_of": [str(middle), str(last)]})

    entry = EntryFactory(unit=police, state=EntryState.ACCEPTED)
    due = {"deadline": entry.registered_on + timedelta(days=30), "deadline_reason": "样例"}
    for units in ([court], []):
        move(entry, Action.ASSIGN, actor=office, lead_unit=police, supporting_units=units, **due)
        entry.refresh_from_db()
    kinds = LogEntry.objects.filter(content_type__model="supportingunit").order_by("pk")
    assert list(kinds.values_list("action", flat=True)) == [LogEntry.Action.CREATE, LogEntry.Action.DELETE]
