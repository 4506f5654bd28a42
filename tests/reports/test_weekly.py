"""每周通报: what is counted, how units are ranked, who sees what, and that what was frozen stays."""

from collections import Counter
from datetime import date, datetime, timedelta
from io import BytesIO

import openpyxl
import pytest
import time_machine
from django.urls import reverse
from docx import Document

from common.periods import SHANGHAI
from common.rows.fixed import FixedRowError
from jobs.models import Job
from jobs.runner import LeaseLostError, run_job
from ledger.lights import red_q
from ledger.models import ProblemEntry, Robot, RobotMessage
from ledger.states import Action, EntryState
from reports.models import WeeklyLine, WeeklyTable
from reports.tasks import freeze_weekly
from reports.weekly.freezing import freeze, missing_weeks
from reports.weekly.lines import NUMBERS, WeekLine, overdue_by_unit, ranked, week_lines
from tests.factories import EntryFactory, UserFactory, move
from tests.reports import settle

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 16)
SUNDAY = date(2026, 11, 22)
NEXT = date(2026, 11, 23)


def moment(day, hour=9):
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


def tick(at):
    with time_machine.travel(at, tick=False):
        key = freeze_weekly()
        while run_job():
            pass
    return key


def entry(unit, state, on=date(2026, 11, 2)):
    return EntryFactory(unit=unit, state=state, registered_on=on)


@pytest.fixture
def two_units(police, court):
    """Police: one of two resolved, the other overdue since 16 November and given more time on the 17th; court: one
    handed back this week."""
    office = UserFactory(coordinator=True, city=True)
    entry(police, EntryState.CLOSED)
    entry(police, EntryState.HANDLING)
    more = entry(police, EntryState.HANDLING)
    move(more, Action.ASK_EXTENSION, actor=more.handler, day=date(2026, 11, 10), until=date(2026, 11, 27), note="待批")
    move(more, Action.EXTEND, actor=office, day=date(2026, 11, 17))
    back = entry(court, EntryState.HANDLING)
    move(back, Action.RETURN, actor=UserFactory(unit=court, coordinator=True), day=date(2026, 11, 18), note="不属本院")
    return police, court


def numbers(line):
    return {name: getattr(line, name) for name in NUMBERS if getattr(line, name)}


def test_week_counts_as_of_its_sunday(two_units):
    police, court = two_units
    lines, target = week_lines(MONDAY, SUNDAY)
    assert target == 85
    assert {line.name: numbers(line) for line in lines} == {
        police.name: {"counted": 3, "completed": 1, "resolved": 1, "overdue": 1, "extended_week": 1, "extended": 1},
        court.name: {"counted": 1, "overdue": 1, "returned_week": 1, "returned": 1},
    }
    earlier, _ = week_lines(MONDAY - timedelta(days=7), MONDAY - timedelta(days=1))
    assert {line.name: numbers(line) for line in earlier} == {
        police.name: {"counted": 3, "completed": 1, "resolved": 1},
        court.name: {"counted": 1},
    }


def test_overdue_of_a_day_is_what_is_red_that_day(police, court):
    for unit in (police, court):
        for state in EntryState:
            entry(unit, state)
    waiting = entry(police, EntryState.HANDLING)
    move(waiting, Action.PAUSE, actor=waiting.handler, day=date(2026, 11, 6), note="等企业答复")
    resumed = entry(court, EntryState.HANDLING)
    move(resumed, Action.PAUSE, actor=resumed.handler, day=date(2026, 11, 6), note="等企业答复")
    move(resumed, Action.RESUME, actor=resumed.handler, day=date(2026, 11, 10))
    for day in (date(2026, 11, 16), date(2026, 11, 17), date(2026, 11, 18), date(2026, 11, 19), date(2027, 6, 1)):
        red = Counter(row.responsible_unit_id for row in ProblemEntry.objects.filter(red_q(day)))
        assert overdue_by_unit(day) == red, day
    assert overdue_by_unit(date(2027, 6, 1)).total() > 4


def test_units_are_ranked_by_exact_rates_and_share_a_place():
    def line(name, counted, completed, resolved):
        return WeekLine(1, name, counted=counted, completed=completed, resolved=resolved)

    lines = [line("丁", 0, 0, 0), line("甲", 3, 2, 1), line("乙", 6, 4, 2), line("丙", 2, 1, 1), line("戊", 3, 3, 1)]
    assert [(one.name, one.rank) for one in ranked(lines)] == [
        ("丙", 1),
        ("戊", 2),
        ("甲", 3),
        ("乙", 3),
        ("丁", None),
    ]


def test_what_is_entered_for_a_frozen_week_is_counted_in_the_next_and_told_beside(two_units, client, city_leader):
    police, court = two_units
    freeze(MONDAY, moment(NEXT), lambda: None)
    late = entry(court, EntryState.HANDLING)
    clerk = UserFactory(unit=court, coordinator=True)
    move(late, Action.RETURN, actor=clerk, day=date(2026, 11, 19), note="不属本院")  # of the week that is frozen
    other = entry(court, EntryState.HANDLING)
    move(other, Action.RETURN, actor=clerk, day=date(2026, 11, 24), note="不属本院")
    lines, _ = week_lines(NEXT, date(2026, 11, 29))
    told = {line.name: (line.returned_week, line.returned, line.returned_late) for line in lines}
    assert told == {police.name: (0, 0, 0), court.name: (2, 3, 1)}
    freeze(NEXT, moment(date(2026, 11, 30)), lambda: None)
    assert WeeklyLine.objects.get(table__monday=NEXT, unit=court).returned_late == 1
    after, _ = week_lines(date(2026, 11, 30), date(2026, 12, 6))
    assert {line.name: (line.returned_week, line.returned) for line in after}[court.name] == (0, 3)
    with time_machine.travel(moment(date(2026, 12, 1))):
        client.force_login(city_leader)
        page = client.get(reverse("reports:weekly"), {"week": "2026-11-23"}).content.decode()
        word = client.get(reverse("reports:weekly-word"), {"week": "2026-11-23"}).content
    assert page.count("含补记以前 1 次") == 2  # its line and the whole
    rows = [[cell.text for cell in row.cells] for row in Document(BytesIO(word)).tables[0].rows]
    assert next(row for row in rows if row[1] == court.name)[6] == "2/3（含补记1）"


def test_nothing_is_late_where_a_week_before_was_never_frozen(two_units):
    _, court = two_units
    freeze(date(2026, 11, 9), moment(MONDAY), lambda: None)
    lines, _ = week_lines(NEXT, date(2026, 11, 29))  # the week between stands in no table
    assert {line.name: (line.returned_week, line.returned_late) for line in lines}[court.name] == (0, 0)


class TestFreezing:
    def test_happens_once_on_monday_and_what_was_sent_stays(self, two_units, client, city_leader):
        police, _ = two_units
        assert tick(moment(SUNDAY, 23)) == "reports.weekly:2026-11-16"  # the week before, which nobody had frozen
        assert tick(moment(NEXT, 0)) == "reports.weekly:2026-11-23"
        assert (tick(moment(NEXT, 9)), tick(moment(date(2026, 11, 29)))) == ("", "")
        assert [table.monday for table in WeeklyTable.objects.all()] == [MONDAY, date(2026, 11, 9)]
        before = list(WeeklyLine.objects.filter(table__monday=MONDAY).values_list("name", *NUMBERS))
        entry(police, EntryState.CLOSED, on=date(2026, 11, 20))
        with time_machine.travel(moment(date(2026, 12, 1))):
            client.force_login(city_leader)
            page = client.get(reverse("reports:weekly"), {"week": "2026-11-18"}).context["page"]
        assert sorted((line.name, *numbers(line).values()) for line in page.lines) == sorted(
            (row[0], *(value for value in row[1:] if value)) for row in before
        )
        with pytest.raises(FixedRowError):
            WeeklyLine.objects.update(counted=0)

    def test_weeks_of_standstill_are_made_up_for(self, two_units):
        tick(moment(NEXT))
        with time_machine.travel(moment(date(2026, 12, 16))):
            assert missing_weeks(date(2026, 12, 16)) == [NEXT, date(2026, 11, 30), date(2026, 12, 7)]
        tick(moment(date(2026, 12, 16)))
        assert WeeklyTable.objects.count() == 4
        assert Job.objects.filter(kind="reports.weekly").count() == 2

    def test_killed_half_way_nothing_stands_and_the_next_run_writes_it_whole(self, two_units):
        def lost():
            raise LeaseLostError

        with pytest.raises(LeaseLostError):
            freeze(MONDAY, moment(NEXT), lost)
        assert not WeeklyTable.objects.exists()
        assert (freeze(MONDAY, moment(NEXT), lambda: None), freeze(MONDAY, moment(NEXT), lambda: None)) == (True, False)
        assert WeeklyLine.objects.count() == 2

    def test_groups_are_told_what_is_theirs(self, two_units):
        police, _ = two_units
        Robot.objects.create(name="公安群", url="https://x", unit=police, is_active=True, on_weekly=True)
        freeze(MONDAY, moment(NEXT), lambda: None)
        assert RobotMessage.objects.get().words == (
            f"【津市政法】11月16日至11月22日通报已定稿，1 个单位\n· {police.name} 化解率 33.3%，办结率 33.3%，逾期 1 件"
        )


class TestPage:
    def shown(self, client, user, view="weekly", week="2026-11-16"):
        with time_machine.travel(moment(date(2026, 11, 24))):
            client.force_login(user)
            return client.get(reverse(f"reports:{view}"), {"week": week})

    def test_city_sees_the_ranking_and_a_unit_only_its_own_line(self, two_units, client, city_leader, unit_leader):
        police, court = two_units
        whole = self.shown(client, city_leader).context["page"]
        assert [(line.rank, line.name) for line in whole.lines] == [(1, police.name), (2, court.name)]
        assert numbers(whole.total) == {
            "counted": 4, "completed": 1, "resolved": 1, "overdue": 2, "returned_week": 1, "returned": 1,
            "extended_week": 1, "extended": 1,
        }  # fmt: skip
        self.sees_only(client, unit_leader, police, court)
        freeze(MONDAY, moment(NEXT), lambda: None)
        self.sees_only(client, unit_leader, police, court)

    def sees_only(self, client, user, own, foreign):
        answer = self.shown(client, user)
        assert [line.name for line in answer.context["page"].lines] == [own.name]
        text = answer.content.decode()
        assert [word in text for word in (own.name, foreign.name, "名次")] == [True, False, False]

    @pytest.mark.parametrize(
        ("week", "words"),
        [
            ("2026-11-16", "未定稿：按现在的记录推算到 11月22日"),
            ("2026-11-25", "截至 11月24日，本周还没有结束"),
            ("", "未定稿：按现在的记录推算到 11月22日"),
            ("2026-10-01", "这一周还没有列入台账的问题"),
        ],
    )
    def test_says_what_kind_of_week_it_is(self, two_units, client, city_leader, week, words):
        assert words in self.shown(client, city_leader, week=week).content.decode()

    def test_workbook_and_word_file_hold_the_same_lines(self, two_units, client, city_leader, unit_leader):
        police, court = two_units
        freeze(MONDAY, moment(NEXT), lambda: None)
        content = self.shown(client, city_leader, "weekly-export").content
        sheet = openpyxl.load_workbook(BytesIO(content), data_only=True).active
        rows = [[cell.value for cell in row[:7]] for row in sheet.iter_rows(min_row=3, max_row=6)]
        assert rows == [
            ["名次", "单位", "计入", "化解", "化解率", "办结", "办结率"],
            [1, police.name, 3, 1, 0.333, 1, 0.333],
            [2, court.name, 1, 0, 0, 0, 0],
            ["", "全市", 4, 1, 0.25, 1, 0.25],
        ]
        formulas = [cell.value for cell in openpyxl.load_workbook(BytesIO(content)).active[6]]
        assert formulas[2:5] == ["=SUM(C4:C5)", "=SUM(D4:D5)", '=IF(C6=0,"—",ROUNDDOWN(D6/C6,3))']
        document = Document(BytesIO(self.shown(client, city_leader, "weekly-word").content))
        cells = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
        assert cells[1:] == [
            ["1", police.name, "3", "33.3%", "33.3%", "1", "0/0", "1/1"],
            ["2", court.name, "1", "0.0%", "0.0%", "1", "1/1", "0/0"],
            ["—", "全市", "4", "25.0%", "25.0%", "2", "1/1", "1/1"],
        ]
        text = "\n".join(paragraph.text for paragraph in document.paragraphs)
        assert "截至2026年11月22日，全市本年度台账计入问题 4 件，化解 1 件，化解率 25.0%（目标 85%）" in text
        assert "2026年11月23日" in text
        own = Document(BytesIO(self.shown(client, unit_leader, "weekly-word").content))
        assert [row.cells[0].text for row in own.tables[0].rows] == ["单位", police.name, "本单位合计"]

    @pytest.mark.parametrize("rows", [1, 3])
    @pytest.mark.parametrize(("frozen", "queries"), [(True, 5), (False, 18)])
    def test_costs_the_same_for_any_number_of_entries(
        self, client, police, court, unit_leader, rows, frozen, queries, django_assert_num_queries
    ):
        for _ in range(rows):
            entry(police, EntryState.HANDLING)
            entry(court, EntryState.HANDLING)
        if frozen:
            freeze(MONDAY, moment(NEXT), lambda: None)
        with time_machine.travel(moment(date(2026, 11, 24))):
            settle(client, unit_leader)
            with django_assert_num_queries(queries):
                page = client.get(reverse("reports:weekly"), {"week": "2026-11-16"}).content.decode()
        assert court.name not in page
