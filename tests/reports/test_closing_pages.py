"""The pages of period close: what a unit sees and signs, what the office closes, what moved since."""

from datetime import date, timedelta
from html import unescape
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import ExportLog
from common.periods import Period, local_date
from enterprises.models import Workstream
from jobs.models import Job
from jobs.runner import JobContext, LeaseLostError, run_job
from ledger.calendar import working_calendar
from ledger.models import ActivityKind, ClosedPeriod, Correction, Notice
from ledger.selectors.due_work import days_of
from reports.closing.adjusting import recount_closed
from reports.closing.adjustments import moved_totals
from reports.closing.books import close_period, reopen_period, sign_part
from reports.closing.digests import part_digest
from reports.closing.jobs import request_close
from reports.closing.reconciliation import balance_lines, reconciliation
from reports.closing.reminding import signatures_due, waiting_signature
from reports.dashboard.first_screen import dashboard
from reports.figures import balance
from reports.figures.tallies import compute, store
from reports.models import FrozenFigure, PeriodClose, UnitSignoff
from reports.records.balance_entries import OPENED
from reports.tasks import run_close
from tests.factories import ActivityFactory, EntryFactory, UserFactory, move
from tests.factories.ledger import at
from tests.factories.reports import BriefingFactory
from tests.reports import settle

pytestmark = pytest.mark.django_db
H1 = Period.parse("2023H1")
DAY = date(2023, 5, 8)


def url(name: str, *more, code: str = "2023H1") -> str:
    return reverse(f"reports:{name}", args=[code, *more])


def text(answer) -> str:
    return unescape(answer.content.decode())


def count() -> None:
    now = timezone.now()
    store(H1, compute(H1, local_date(now)), now)


def taken_over() -> None:
    raise LeaseLostError


def close(admin) -> PeriodClose:
    return close_period(period=H1, actor=admin, now=timezone.now(), reason="样例")


def correct(unit, admin, reason: str, label: str = "记录") -> None:
    said = {"model": "ledger.recovery", "record": 1, "label": label, "words": "金额", "reason": reason}
    Correction.objects.create(period="2023H1", unit=unit, made_by=admin, made_by_name=admin.name, **said)


@pytest.fixture
def ledger(police, court, admin):
    """Entries that came, went, moved and came back between two units."""
    EntryFactory(unit=police, registered_on=date(2022, 12, 1), state="handling", moved_on=date(2022, 12, 2))
    EntryFactory(unit=police, registered_on=date(2023, 2, 1), state="closed", moved_on=date(2023, 3, 1))
    EntryFactory(unit=police, registered_on=date(2023, 2, 1), state="rejected", moved_on=date(2023, 2, 2))
    EntryFactory(unit=court, registered_on=date(2023, 2, 1), lead_unit=police, state="handling", moved_on=DAY)
    back = EntryFactory(unit=court, registered_on=date(2022, 11, 1), state="closed", moved_on=date(2022, 11, 9))
    move(back, "reopen", actor=admin, day=date(2023, 4, 1), note="对方违约")
    count()


class TestReconciliation:
    def test_says_where_every_open_entry_came_from_and_went(self, ledger, city_leader, coordinator):
        found = reconciliation(H1, city_leader)
        assert found.all.sentence == "期初未结 1 + 新增 3 + 转入 0 + 重新打开 1 − 转出 0 − 化解 1 − 剔除 1 = 期末未结 3"
        assert {one.name: one.sentence for one in found.units} == {
            "市公安局": "期初未结 1 + 新增 3 + 转入 0 + 重新打开 0 − 转出 0 − 化解 1 − 剔除 1 = 期末未结 2",
            "市人民法院": "期初未结 0 + 新增 0 + 转入 0 + 重新打开 1 − 转出 0 − 化解 0 − 剔除 0 = 期末未结 1",
        }
        assert all(line.adds_up for line in balance_lines(H1))
        assert [one.name for one in reconciliation(H1, coordinator).units] == ["市公安局"]

    @pytest.mark.parametrize("who", ["city_leader", "coordinator"])
    def test_every_number_opens_as_many_entries(self, client, request, ledger, who):
        user = request.getfixturevalue(who)
        client.force_login(user)
        found = reconciliation(H1, user)
        places = [(line, f"&unit={line.unit}") for line in found.units] + [(found.all, "")]
        for line, place in places:
            for code in OPENED:
                answer = client.get(f"{reverse('reports:records', args=[code])}?period=2023H1{place}")
                number = line.number(code)
                assert answer.context["shown"].heading.endswith(f"{number} 件"), (line.name, code)
                if code != balance.ADJUSTED:
                    assert answer.context["page"].paginator.count == number

    def test_is_exported_with_exactly_its_lines(self, client, ledger, coordinator):
        client.force_login(coordinator)
        answer = client.get(url("balance-export"))
        assert answer["X-Rows"] == str(len(reconciliation(H1, coordinator).lines))
        assert ExportLog.objects.get().what == "期间对账2023年上半年"
        [told] = [row for row in load_workbook(BytesIO(answer.content)).active.values if row[1] == "全部"]
        assert told[9] == "=C4+D4+E4+F4-G4-H4-I4"
        head = list(load_workbook(BytesIO(answer.content)).active.values)[2]
        signs = ["期初未结", "+新增", "+转入", "+重新打开", "−转出", "−化解", "−剔除", "=期末未结"]
        assert list(head) == ["类别", "范围", *signs]

    def test_tells_what_came_from_and_went_to_other_units_apart_from_what_was_reopened(
        self, client, ledger, city_leader, coordinator, police, court, admin
    ):
        handed = EntryFactory(unit=court, registered_on=date(2023, 3, 1), state="assigned", moved_on=date(2023, 3, 2))
        move(handed, "transfer", actor=admin, day=date(2023, 3, 3), lead_unit=police, note="归公安管")
        back = EntryFactory(unit=police, registered_on=date(2022, 11, 1), state="closed", moved_on=date(2022, 11, 9))
        move(back, "reopen", actor=admin, day=date(2023, 4, 2), note="对方违约")
        count()
        assert reconciliation(H1, coordinator).all.sentence == (
            "期初未结 1 + 新增 3 + 转入 1 + 重新打开 1 − 转出 0 − 化解 1 − 剔除 1 = 期末未结 4"
        )
        for user, name in ((city_leader, "period"), (coordinator, "period"), (coordinator, "period-sign")):
            client.force_login(user)
            page = client.get(url(name)).context["page"]
            assert page.headings == [
                "期初未结", "+ 新增", "+ 转入", "+ 重新打开", "− 转出", "− 化解", "− 剔除", "= 期末未结"
            ]  # fmt: skip
            for number in page.groups[0][1][0].numbers:
                assert bool(number.url) is (number.text != "0")
                if number.url:
                    opened = client.get(number.url).context
                    assert (opened["shown"].figure, opened["page"].paginator.count) == (
                        f"{number.text} 件",
                        int(number.text),
                    )


class TestSigning:
    def test_shows_the_unit_its_own_part_and_signs_what_was_shown(self, client, coordinator, police, court):
        ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=DAY, times=7)
        ActivityFactory(unit=court, kind=ActivityKind.LEADER_VISIT, happened_on=DAY, times=391)
        count()
        client.force_login(coordinator)
        page = client.get(url("period-sign"))
        assert "7次" in text(page)
        assert "391次" not in text(page)
        stale = client.post(url("period-sign"), {"seen": "0" * 64})
        assert "数字有变化" in text(stale)
        signed = client.post(url("period-sign"), {"seen": page.context["page"].digest}, follow=True)
        assert "市公安局已为2023年上半年签字" in text(signed)
        assert UnitSignoff.objects.get().unit == police
        ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=DAY)
        count()
        assert "签字后数字有变化，须重签" in text(client.get(url("period")))

    def test_waits_on_the_coordinators_first_page(self, client, coordinator, police):
        half = Period.half_of(local_date(timezone.now())).previous()
        ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=half.start)
        now = timezone.now()
        store(half, compute(half, local_date(now)), now)
        client.force_login(coordinator)
        assert reverse("reports:period-sign", args=[half.code]) in text(client.get(reverse("desk:home")))


class TestReminding:
    @pytest.fixture
    def half(self, police, court):
        """The half-year just over, with something of the police in it."""
        half = Period.half_of(local_date(timezone.now())).previous()
        ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=half.start)
        now = timezone.now()
        store(half, compute(half, local_date(now)), now)
        return half

    def test_a_leader_finds_it_among_what_waits_and_in_the_days_e_mail_until_it_is_signed(
        self, client, half, unit_leader, city_leader, coordinator
    ):
        today = local_date(timezone.now())
        people = [unit_leader, city_leader, coordinator, UserFactory(unit=unit_leader.unit)]
        words = f"{half.label}已过完，请核对市公安局的数字并签字"
        assert list(signatures_due(people, today)) == [(unit_leader.pk, words), (coordinator.pk, words)]
        assert list(signatures_due(people, half.end)) == []
        client.force_login(unit_leader)
        page = text(client.get(reverse("desk:waiting")))
        assert (f"{half.label}等市公安局签字" in page, "待办 · 1 件" in page) == (True, True)
        assert "1" in text(client.get(reverse("desk:waiting-count")))
        day = days_of(people, timezone.now(), today, working_calendar())
        assert {pk: one.to_do for pk, one in day.items()} == {unit_leader.pk: [words], coordinator.pk: [words]}
        cells = part_digest(half, unit_leader.unit_id)
        sign_part(period=half, unit=unit_leader.unit, actor=unit_leader, seen=cells, now=timezone.now())
        assert list(signatures_due(people, today)) == []
        assert "等市公安局签字" not in text(client.get(reverse("desk:waiting")))

    def test_by_the_office_reaches_signers_of_the_unit_once_a_day(
        self, client, half, unit_leader, coordinator, city_leader, admin
    ):
        client.force_login(admin)
        address = reverse("reports:period-remind", args=[half.code])
        assert "提醒 1 个单位签字" in text(client.get(url("period", code=half.code)))
        done = client.post(address, follow=True)
        assert "已提醒 市公安局 的联络员和领导签字" in text(done)
        assert "没有签字的 1 个单位今天都已提醒" in text(done)
        assert "今天都提醒过了" in text(client.post(address, follow=True))
        assert set(Notice.objects.values_list("recipient", "link")) == {
            (one.pk, url("period-sign", code=half.code)) for one in (unit_leader, coordinator)
        }
        Notice.objects.update(made_at=timezone.now() - timedelta(days=1))
        client.post(address)
        assert Notice.objects.count() == 4

    def test_of_a_period_opened_again_waits_once_more(self, admin, unit_leader, police):
        ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=DAY)
        close(admin)
        today = local_date(timezone.now())
        assert waiting_signature(unit_leader, today) is None
        reopen_period(period=H1, actor=admin, now=timezone.now(), reason="补报")
        assert waiting_signature(unit_leader, today) == H1


class TestClosing:
    def test_asks_for_a_reason_where_units_have_not_signed_then_freezes(self, client, admin, police):
        ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=DAY)
        client.force_login(admin)
        client.get(url("period"))
        refused = client.post(url("period-close"))
        assert "还没有签字（或签字后数字有变化）：市公安局" in text(refused)
        waiting = client.post(url("period-close"), {"reason": "已电话核对"}, follow=True)
        assert ("正在结账" in text(waiting), "结账2023年上半年</button>" in text(waiting)) == (True, False)
        client.post(url("period-close"), {"reason": "再按一次"})
        job = run_job()
        assert (job.state, job.result, Job.objects.filter(kind="reports.close").count()) == (
            "done",
            {"period": "2023H1", "version": 1},
            1,
        )
        done = client.get(url("period"))
        assert f"{admin.name} " in text(done)
        assert "原因：已电话核对" in text(done)
        assert "结账以后数字没有变化" in text(done)
        opened = client.post(url("period-reopen"), {"reason": "补报"}, follow=True)
        assert "2023年上半年已重新打开" in text(opened)
        assert "补报" in text(opened)
        assert "领导调研督导" in text(client.get(url("period-version", 1)))

    def test_killed_on_its_way_leaves_nothing_and_is_taken_up_again(self, client, admin, police, monkeypatch):
        ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=DAY)
        job = request_close(period=H1, actor=admin, now=timezone.now(), reason="样例")
        with pytest.raises(LeaseLostError):
            close_period(period=H1, actor=admin, now=timezone.now(), reason="样例", guard=taken_over)
        assert (PeriodClose.objects.count(), FrozenFigure.objects.count(), ClosedPeriod.objects.count()) == (0, 0, 0)
        run_job(job.pk)
        assert run_close(JobContext(job)) == {"period": "2023H1", "version": 1}

    def test_takes_what_was_recorded_while_it_counted(self, admin, police):
        def tell(step, words):
            if step == 2:
                ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=DAY)

        made = close_period(period=H1, actor=admin, now=timezone.now(), reason="样例", tell=tell)
        assert made.figures.get(indicator="leader_visits", slot="all::").value == 1
        assert recount_closed(H1, timezone.now()) is None

    def test_that_was_refused_says_so_on_the_page(self, client, admin, police):
        job = request_close(period=H1, actor=admin, now=timezone.now())
        ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=DAY)
        run_job(job.pk)
        client.force_login(admin)
        page = text(client.get(url("period")))
        assert "的结账没有办成：还没有签字（或签字后数字有变化）：市公安局" in page

    def test_shows_what_moved_since_beside_the_frozen_figure_and_at_the_head_of_its_records(
        self, client, admin, city_leader, coordinator, police
    ):
        visit = ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=DAY)
        close(admin)
        Correction.objects.create(
            period="2023H1",
            model="ledger.serviceactivity",
            record=visit.pk,
            label="活动",
            words="次数：1 → 4",
            reason="次数记错",
            unit=police,
            made_by=admin,
            made_by_name=admin.name,
        )
        visit.times = 4
        visit.save()
        recount_closed(H1, timezone.now())
        for user in (city_leader, coordinator):
            assert moved_totals(H1, user)["leader_visits"] == "+3，因次数记错"
            client.force_login(user)
            tally = client.get(f"{reverse('reports:tally')}?period=2023H1")
            row = next(one for one in tally.context["table"].rows if one.figure.code == "leader_visits")
            assert (row.figure.value, row.moved) == (1, "+3，因次数记错")
            records = client.get(f"{reverse('reports:records', args=['leader_visits'])}?period=2023H1")
            assert "结账时为 1，此后 +3（因次数记错）；下面是现在的记录" in text(records)
            assert "+3，因次数记错" in text(client.get(url("period")))

    def test_a_unit_reads_no_correction_of_another(self, client, admin, coordinator, court):
        close(admin)
        correct(court, admin, "外单位的原因", label="外单位的记录")
        ActivityFactory(unit=court, kind=ActivityKind.LEADER_VISIT, happened_on=DAY)
        recount_closed(H1, timezone.now())
        client.force_login(coordinator)
        page = text(client.get(url("period")))
        assert ("外单位" in page, "市人民法院" in page) == (False, False)


def test_a_comparison_takes_frozen_values_and_says_the_change(client, admin, city_leader, police):
    ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=DAY, times=5)
    close(admin)
    ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=DAY, times=50)
    ActivityFactory(unit=police, kind=ActivityKind.LEADER_VISIT, happened_on=date(2024, 3, 1), times=2)
    client.force_login(city_leader)
    found = client.get(url("period-comparison", code="2024H1")).context["found"]
    row = next(one for one in found.rows if one.label == "领导调研督导")
    assert row.cells == ["2", "无数据", "—", "5", "−3"]
    assert [one.cells for one in found.rows if one.is_rate] == [["—", "无数据", "—", "—", "—"]] * 4
    answer = client.get(url("comparison-export", code="2024H1"))
    assert answer["X-Rows"] == str(len(found.rows))
    title, about, _, *rows = load_workbook(BytesIO(answer.content)).active.values
    assert (title[0], "金额以万元计" in about[0]) == ("2024年上半年与上期、上年同期比较", True)
    assert next(row[1] for row in rows if row[0] == "挽回和避免经济损失") == "万元"
    first = client.get(url("period-comparison")).context["found"]
    assert next(one for one in first.rows if one.label == "领导调研督导").cells == ["5", "无数据", "—", "无数据", "—"]


@pytest.mark.parametrize("code", ["2022H2", "2023Q1", "2099H1", "x"])
def test_only_half_years_of_the_office_have_a_page(client, admin, code):
    client.force_login(admin)
    assert client.get(url("period", code=code)).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("period", 26), ("period-sign", 15), ("period-comparison", 16)])
def test_a_page_takes_the_same_statements_however_many_rows(
    client, coordinator, admin, police, court, django_assert_num_queries, rows, name, queries
):
    for n in range(rows):
        EntryFactory(unit=police, registered_on=date(2023, 2, 1 + n))
    ActivityFactory(unit=court, kind=ActivityKind.LEADER_VISIT, happened_on=DAY)
    count()
    for half in ("2023H2", "2022H1"):
        period = Period.parse(half)
        store(period, compute(period, date(2024, 1, 1)), timezone.now())
    client.force_login(coordinator)
    client.get(url(name))
    with django_assert_num_queries(queries):
        assert "市人民法院" not in text(client.get(url(name)))


class TestShownElsewhere:
    """A leader's screen and the briefing keep the signed figures and rates, and say what moved."""

    @pytest.fixture
    def railway(self, db):
        return Workstream.objects.get(slug="railway")

    @pytest.fixture
    def moved(self, admin, police, court, railway):
        """One problem of each unit, that of the police resolved; after the close comes a resolved one of the court."""
        EntryFactory(unit=police, registered_on=date(2023, 2, 1), state="closed", moved_on=DAY)
        EntryFactory(unit=court, registered_on=date(2023, 2, 1), state="handling", moved_on=DAY)
        ActivityFactory(unit=police, happened_on=DAY, times=2, workstream=railway)
        close(admin)
        closed = ClosedPeriod.objects.get()
        closed.delete()  # so that the factory is not asked for a reason
        EntryFactory(unit=court, registered_on=date(2023, 2, 1), state="closed", moved_on=DAY)
        ActivityFactory(unit=police, happened_on=DAY, times=3, workstream=railway)
        closed.save()
        recount_closed(H1, timezone.now())

    def test_the_dashboard(self, client, city_leader, coordinator, moved):
        for user, rate, units in ((city_leader, "50.0%", 2), (coordinator, "100.0%", 1)):
            board = dashboard(user, H1, date(2023, 9, 1), timezone.now())
            assert (board.rates.resolution_text, len(board.units), board.burnup.table[0][1]) == (
                rate,
                units,
                board.rates,
            )
            assert (board.cards[0].value, board.cards[0].moved) == ("2", "+3，未说明原因")
            assert board.rate_moved == ("+1，未说明原因" if user == city_leader else "")
        client.force_login(city_leader)
        page = text(client.get(reverse("reports:dashboard"), {"period": "2023H1"}))
        assert "结账后 +3，未说明原因" in page

    def test_the_next_half_year_is_compared_with_what_was_signed(self, city_leader, coordinator, police, moved):
        EntryFactory(unit=police, registered_on=date(2023, 7, 3), state="closed", moved_on=date(2023, 8, 1))
        for user, change in ((city_leader, "比2023年上半年末高 25 个百分点"), (coordinator, "与上期末持平")):
            board = dashboard(user, Period.parse("2023H2"), date(2023, 9, 1), at(date(2023, 9, 1)))
            assert board.rate_change == change

    def test_the_rates_of_its_last_day_and_the_records_behind_each_number(
        self, client, city_leader, coordinator, court, moved
    ):
        client.force_login(city_leader)
        page = text(client.get(reverse("reports:rates"), {"on": "2023-06-30"}))
        assert "2023年上半年已结账：结账时化解率 50.0%（1 / 2 件），办结率 50.0%（1 / 2 件）" in page
        assert page.count("结账时 50.0%") == 4  # both rates, in all and of what states no matter
        assert "结账时" not in text(client.get(reverse("reports:rates"), {"on": "2023-06-29"}))
        rows = client.get(reverse("reports:rates-export"), {"on": "2023-06-30"})
        assert rows["X-Rows"] == "4"
        for user, code, query, told in (
            (
                city_leader,
                "resolution_rate",
                {},
                "结账时为 50.0%（1 / 2 件），"
                "此后已化解（本年度） +1（未说明原因），计入两率（本年度） +1（未说明原因）",
            ),
            (
                city_leader,
                "completion_rate",
                {"unit": court.pk},
                "结账时为 0.0%（0 / 1 件），此后已办结（本年度） +1（未说明原因）",
            ),
            (city_leader, "resolution_rate", {"category": 1}, "这样分的数字不签字"),
            (coordinator, "resolution_rate", {}, "与结账时的数字一致"),
            (city_leader, "relief_services", {}, "结账时为 2，此后 +3（未说明原因）"),
            (coordinator, "relief_services", {"industry": 0}, "结账时为 2，此后 +3；"),
            (
                city_leader,
                "problems_resolved",
                {"unit": court.pk, "workstream": 0},
                "结账时为 0，此后 +1（未说明原因）",
            ),
        ):
            client.force_login(user)
            listed = client.get(reverse("reports:records", args=[code]), {"period": "2023H1", **query})
            assert f"2023年上半年已结账：{told}" in text(listed)

    @pytest.mark.parametrize("rows", [1, 3])
    @pytest.mark.parametrize("who", ["city_leader", "unit_leader"])
    def test_the_dashboard_takes_as_many_statements_however_much_moved(
        self, client, request, admin, police, court, moved, who, rows, django_assert_num_queries
    ):
        ClosedPeriod.objects.all().delete()
        for unit in (police, court):
            ActivityFactory.create_batch(rows, unit=unit, happened_on=DAY)
            for n in range(rows):
                correct(unit, admin, f"漏登{n}")
        ClosedPeriod.objects.create(code="2023H1", starts_on=H1.start, ends_on=H1.end, closed_at=timezone.now())
        recount_closed(H1, timezone.now())
        leader = request.getfixturevalue(who)
        dashboard(leader, H1, local_date(timezone.now()), timezone.now())  # counts the year's days once
        settle(client, leader)
        with django_assert_num_queries(10):
            page = text(client.get(reverse("reports:dashboard"), {"period": "2023H1"}))
        said = "；".join(f"漏登{n}" for n in range(rows))
        assert f"结账后 +{3 + rows * (2 if leader.sees_all else 1)}，因{said}；未说明原因" in page

    def test_the_briefing(self, client, admin, police, court, moved, railway):
        client.force_login(admin)
        port = Workstream.objects.get(slug="port")
        for scope, rate, steps in (
            ({}, "50.0%", ["+3 全部"]),
            ({"unit": police}, "100.0%", ["+3 市公安局"]),
            ({"unit": court}, "0.0%", []),
            ({"workstream": railway}, "", ["+3 疏港铁路"]),
            ({"workstream": port}, "", []),
        ):
            draft = BriefingFactory(text="服务{relief_services}，化解率{resolution_rate}。", **scope)
            answer = client.get(reverse("reports:briefing-detail", args=[draft.pk]))
            assert (f">{rate}</a>" in text(answer)) is bool(rate)
            moved = [one for one in answer.context["reading"].moved if one.label == "为企纾困"]
            assert [f"{one.amount} {one.place}" for one in moved] == steps
            assert all(f"为企纾困</a> {one.amount}，未说明原因" in text(answer) for one in moved if not scope)
