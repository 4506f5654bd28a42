from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from itertools import product

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import WorkGroup
from cases.models import LegalCase
from cases.services import edit_case
from common.clock import today
from common.periods import Period
from enterprises.models import Industry, Workstream
from ledger.models import ActivityKind, EntryEvent, NumberSequence, ProblemEntry, Recovery, ServiceActivity
from ledger.states import EntryState
from reports.closing.adjusting import recount_closed
from reports.closing.books import close_period
from reports.days.stored import keep_days
from reports.figures.counting import recount
from reports.figures.tallies import compute, store
from reports.models import FrozenFigure, LedgerDay, LedgerMonth, LedgerSteps, Sequel, Share, Tally
from tests.factories import ActivityFactory, EntryFactory, RecoveryFactory, move
from tests.reports.office import furnish

pytestmark = pytest.mark.django_db
H1 = Period.parse("2023H1")


@pytest.fixture
def office_records(police):
    """A little of everything that is checked, with its tally."""
    ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT)
    entry = EntryFactory(unit=police, state="closed")
    RecoveryFactory(unit=police, case__unit=police)
    store(H1, compute(H1, today()), timezone.now())
    return entry


@pytest.fixture
def told_apart(police, court):
    """Something of every dimension there is a stored number of, counted."""
    furnish([police, court])
    person = ServiceActivity.objects.filter(unit=police)[0].officer
    person.work_group = WorkGroup.objects.all()[0]
    person.save()
    industry = Industry.objects.all()[0]
    firm = ServiceActivity.objects.filter(unit=police, enterprise__isnull=False)[0].enterprise
    firm.industry = industry
    firm.save()
    recount(H1, timezone.now(), whole=True)
    recount(Period.parse("2023H2"), timezone.now(), whole=True)


def verify() -> list[str]:
    """The differences found, without their numbers; work that has nobody of its own is none."""
    out = StringIO()
    with suppress(CommandError):
        call_command("verify", stdout=out)
    lines = [line for line in out.getvalue().splitlines() if "项没有专人负责（不是差异）" not in line]
    if lines == ["核对无差异：统计数、台账事件、办理期限、金额归属、编号、附件均一致。"]:
        return []
    return [line.split(". ", 1)[1] for line in lines]


def test_finds_nothing_where_all_agrees(office_records):
    assert verify() == []


def test_names_a_stored_figure_that_the_records_do_not_give(office_records, police):
    Tally.objects.filter(indicator="leader_visits", unit=police).update(value=7)
    assert verify() == [
        "2023H1 领导调研督导（未注明大事、市公安局）：存 7，重新统计为 1",
        "2023H1 领导调研督导（市公安局）：存 7，重新统计为 1",
    ]


def test_names_a_share_of_somebody_that_the_records_do_not_give(office_records, police):
    quarter = Period.parse("2023Q2")
    recount(quarter, timezone.now())
    Share.objects.filter(indicator="losses_total", dimension="officer", whole=True).update(value=700)
    Tally.objects.filter(indicator="losses_total", level="all", period="2023Q2").update(value=0)
    assert verify() == [
        "2023Q2 挽回和避免经济损失（全部）：存 0.00元，重新统计为 10000.00元",
        "2023Q2 挽回和避免经济损失（干警未注明）：存 7.00元，重新统计为 10000.00元",
    ]


def test_names_what_was_changed_of_a_closed_period_and_what_no_adjustment_tells(office_records, police, admin):
    close_period(period=H1, actor=admin, now=timezone.now(), reason="样例")
    assert verify() == []
    Share.objects.filter(indicator="losses_total", dimension="kind", whole=True).update(value=700)
    keep_days(today(), timezone.now())
    LedgerDay.objects.filter(split="whole", month=date(2023, 7, 1), is_opening=True).update(resolved=0)
    ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, workstream=Workstream.objects.get(slug="park"))
    found = verify()
    assert found[:2] == [
        "2023H1 按工作组、干警、产业、月份、金额类型保存的数字与结账时的摘要不符",
        "2023H1 挽回和避免经济损失按金额类型合计 7.00元，冻结的数字为 10000.00元",
    ]
    assert "2023H1 领导调研督导（全部）：冻结的数字加调整比重新统计少 1" in found
    assert (
        "2023-07 月初 台账状况（全部，本年登记）：存 计入 1 办结 1 化解 0 不予受理 0 重复 0 挂账 0，"
        "重新统计为 计入 1 办结 1 化解 1 不予受理 0 重复 0 挂账 0"
    ) in found
    recount_closed(H1, timezone.now())
    assert not any("领导调研督导" in line for line in verify())


def test_names_money_in_yuan(office_records):
    Recovery.objects.update(amount=Decimal("10000.01"))
    assert "2023H1 追回企业经济损失（全部）：存 10000.00元，重新统计为 10000.01元" in verify()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"to_state": "closed"}, "JS-2023-0001 的事件 4 号不是从上一步到达的状态开始"),
        ({"seq": 9}, "JS-2023-0001 的事件序号不连续：第 7 个是 9 号"),
        ({"happened_on": date(2023, 5, 9)}, "JS-2023-0001 的事件 3 号的业务日期 2023-05-09 与时间不符"),
        ({"action": "progress"}, "JS-2023-0001 的事件 3 号“记录进展”不在流转表内（accepted→assigned）"),
    ],
)
def test_names_an_event_that_was_tampered_with(office_records, change, words):
    event = EntryEvent.objects.get(entry=office_records, seq=3)
    tamper("ledger_entryevent", event.pk, change)
    assert words in verify()


def test_names_an_event_before_its_predecessor(office_records):
    event = EntryEvent.objects.get(entry=office_records, seq=4)
    tamper("ledger_entryevent", event.pk, {"occurred_at": event.occurred_at - timedelta(hours=3)})
    assert verify() == ["JS-2023-0001 的事件 4 号的时间早于上一步"]


def test_names_an_entry_whose_state_no_event_gave_it(office_records):
    tamper("ledger_problementry", office_records.pk, {"state": "handling"})
    assert verify() == ["JS-2023-0001 现为“办理中”，但最后一个事件到“已销号”"]


def test_names_a_deadline_that_rule_and_calendar_do_not_give_and_a_clock_without_its_row(police, admin):
    entry = EntryFactory(unit=police, registered_on=date(2026, 11, 20), state=EntryState.HANDLING)
    assert verify() == []
    ProblemEntry.objects.filter(pk=entry.pk).update(deadline=date(2026, 12, 7), paused_on=date(2026, 11, 23))
    assert verify() == [
        f"{entry.number} 的期限为 2026-12-07，按事件应为 2026-12-04",
        f"{entry.number} 的期限为 2026-12-07，按规则和日历应为 2026-12-04",
        f"{entry.number} 的停表日期与等待企业的记录不一致",
    ]


def test_names_money_that_is_not_where_its_case_is(office_records):
    money = Recovery.objects.get()
    Recovery.objects.update(workstream=Workstream.objects.get(slug="park"))
    store(H1, compute(H1, today()), timezone.now())
    assert verify() == [f"挽回损失第 {money.pk} 条（追回 10,000.00 元）的单位或所属大事与“{money.case.number}”不一致"]


def test_money_goes_along_when_its_case_moves(office_records, police, court, admin):
    park = Workstream.objects.get(slug="park")
    money = Recovery.objects.get()
    for data in ({"workstream": park}, {"unit": court}, {"workstream": None}):
        case = LegalCase.objects.get()
        edit_case(case=case, by=admin, today=today(), data=data, version=case.version)
        store(H1, compute(H1, today()), timezone.now())
        assert verify() == []
    money.refresh_from_db()
    assert (money.unit, money.workstream) == (court, None)


def test_names_a_number_that_could_be_given_out_again(office_records):
    NumberSequence.objects.update(last=0)
    assert verify() == ["JS-2023-0001 超出已发放的编号"]


def test_names_evidence_that_is_gone_or_was_changed(office_records):
    proof = office_records.attachments.get()
    with proof.file.storage.open(proof.file.name, "wb") as stored:
        stored.write(b"%PDF-1.4 another")
    assert verify() == [f"附件“回执.pdf”（第 {proof.pk} 号）的内容与上传时不同"]
    proof.file.storage.delete(proof.file.name)
    assert verify() == [f"附件“回执.pdf”（第 {proof.pk} 号）的文件不在存储中"]


def tamper(table: str, pk: int, change: dict) -> None:
    """What no code of ours can do: straight into the table."""
    with connection.cursor() as cursor:
        for column, value in change.items():
            cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [value, pk])


def test_names_a_stale_figure_of_every_level(told_apart):
    rows = [
        Tally.objects.filter(period="2023H1", indicator="relief_services", level=level)[0]
        for level in Tally.Level.values
    ]
    for row in rows:
        Tally.objects.filter(pk=row.pk).update(value=row.value + 1)
    found = verify()
    assert len(found) == len(rows)
    assert all(line.startswith("2023H1 为企纾困（") for line in found)
    ends = [f"：存 {row.value + 1}，重新统计为 {row.value}" for row in rows]
    assert sorted(line[line.index("：存") :] for line in found) == sorted(ends)


def test_names_a_stale_share_of_every_dimension_whole_and_of_units(told_apart):
    wanted = {
        "group": "为企纾困（派驻工作组疏",
        "officer": "为企纾困（干警干警",
        "industry": "为企纾困（产业",
        "month": "为企纾困（月份2023年1月",
        "kind": "挽回和避免经济损失（金额类型追回",
    }
    for dimension, whole in product(wanted, (True, False)):
        code = "losses_total" if dimension == "kind" else "relief_services"
        rows = Share.objects.filter(
            period="2023H1", indicator=code, dimension=dimension, whole=whole, key__isnull=False
        )
        row = rows.order_by("key", "pk")[0]
        Share.objects.filter(pk=row.pk).update(value=row.value + 100)
    found = verify()
    told = [
        (dimension, "、市" not in line)
        for line in found
        for dimension, begins in wanted.items()
        if line.startswith(f"2023H1 {begins}")
    ]
    assert (len(found), sorted(told)) == (10, sorted(product(wanted, (True, False))))


@pytest.mark.parametrize("level", Tally.Level.values)
def test_names_a_stale_number_of_what_became_of_resolved_problems(police, admin, level):
    entry = EntryFactory(unit=police, state="closed", moved_on=date(2023, 5, 20))
    move(entry, "reopen", actor=admin, day=date(2023, 7, 20), note="对方再次违约")
    recount(H1, timezone.now())
    Sequel.objects.filter(kind="open_again", level=level).update(value=4)
    [line] = verify()
    assert line.startswith("2023H1 其后又重新打开（")
    assert line.endswith("：存 4，重新统计为 1")


def test_names_a_stale_day_of_the_ledger_however_it_is_divided(told_apart):
    expected = []
    for split, is_opening in product(LedgerDay.Split.values, (True, False)):
        row = LedgerDay.objects.filter(split=split, is_opening=is_opening, total__gt=0).order_by("day", "pk")[0]
        LedgerDay.objects.filter(pk=row.pk).update(total=row.total + 1)
        expected.append(f"{row.day:%Y-%m} 月初 台账状况" if is_opening else f"{row.day} 台账状况")
    assert sorted(line.split("（")[0] for line in verify()) == sorted(expected)


def test_names_a_stale_count_of_watched_steps_and_a_month_that_is_missing(told_apart, police):
    LedgerSteps.objects.create(
        month=date(2023, 5, 1), day=date(2023, 5, 9), unit=police, workstream=None, action="extend", count=2
    )
    assert verify() == ["2023-05-09 台账动作（市公安局，延期）：存 2，重新统计为 0"]
    LedgerSteps.objects.filter(action="extend", count=2).delete()
    LedgerMonth.objects.filter(month=date(2023, 6, 1)).delete()
    assert "2023-06 台账状况：没有存" in verify()


def test_names_a_frozen_figure_a_page_would_not_read_and_an_adjustment_nobody_made(told_apart, admin):
    close_period(period=H1, actor=admin, now=timezone.now(), reason="样例")
    assert verify() == []
    tamper("reports_frozenfigure", FrozenFigure.objects.get(indicator="leader_visits", level="all").pk, {"value": 99})
    shares = ("派驻工作组", "干警", "产业", "月份")
    assert verify() == [
        "2023H1 冻结的数字与结账时的摘要不符",
        "2023H1 页面读取的数字与冻结的数字不同",
        *(f"2023H1 领导调研督导按{name}合计 8，冻结的数字为 99" for name in shares),
        "2023H1 领导调研督导（全部）：冻结的数字加调整比重新统计多 91",
    ]


@pytest.mark.parametrize(
    ("field", "words"), [("extension_count", "延期"), ("return_count", "退"), ("reopen_count", "重开")]
)
def test_names_a_count_on_an_entry_that_its_events_do_not_give(office_records, field, words):
    ProblemEntry.objects.filter(pk=office_records.pk).update(**{field: 7})
    [line] = verify()
    assert words in line
    assert line.endswith("记为 7，事件里是 0")


def test_goes_on_where_a_check_breaks_off_and_says_so(office_records, police):
    """A period nobody can read, left in a table by hand: its own checks break off, the others are carried out."""
    Tally.objects.filter(period="2023H1", indicator="leader_visits", level="all").update(value=9)
    Tally.objects.create(
        period="上半年", indicator="leader_visits", level="all", slot="all::", value=1, computed_at=timezone.now()
    )
    NumberSequence.objects.update(last=0)
    found = verify()
    broken = "没有核对完：中途出错，原因记在系统日志里，请告诉维护人员"
    assert [line for line in found if broken in line] == [f"“上半年 {name}”{broken}" for name in ("期间对账", "统计数")]
    assert "2023H1 领导调研督导（全部）：存 9，重新统计为 1" in found
    assert found[-1] == "JS-2023-0001 超出已发放的编号"
