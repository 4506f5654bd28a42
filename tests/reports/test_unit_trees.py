"""A unit means its whole tree in briefings, commands, records and pages; 仅本级 is asked for, and said.

What is expected is counted again in plain Python over whole rows (`tests.reports.recount`), of the units meant.
"""

import html
import json
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse
from docx import Document

from common.periods import SHANGHAI, Period
from ledger.states import Action
from reports.briefing.drafts import Heading as BriefingHeading
from reports.briefing.drafts import create_briefing, usual_title
from reports.briefing.text.bound import FigureBook
from reports.briefing.text.scopes import Scope
from reports.briefing.word.annexes import annexes
from reports.closing.books import close_period
from reports.figures import balance
from reports.figures.counting import recount
from reports.figures.registry.indicators import CALM, INDICATORS
from reports.figures.values import figures, shown
from reports.models import Rounding
from reports.records.addresses import records_url
from tests.factories import ActivityFactory, EnterpriseFactory, EntryFactory, UnitFactory, UserFactory, move
from tests.reports.office import furnish
from tests.reports.recount import Recount, summed

pytestmark = pytest.mark.django_db
H1 = Period.parse("2023H1")
NOW = datetime(2023, 7, 20, 9, tzinfo=SHANGHAI)
COUNTED = {code: one for code, one in INDICATORS.items() if one is not CALM}


@pytest.fixture
def kid(police):
    return UnitFactory(name="样例派出所", parent=police, kind=police.kind)


@pytest.fixture
def office(police, kid, court):
    """Both police units and a third one with something behind every figure; one firm called on by both police units."""
    furnish([police, kid, court])
    both = EnterpriseFactory()
    for unit in (police, kid):
        ActivityFactory(unit=unit, enterprise=both, happened_on=date(2023, 3, 3))
    recount(H1, NOW)
    return Recount(H1.start, H1.next_start, NOW.date()).count().found


def expected(found, *units):
    """By code, of these units together: distinct things once."""
    keys = {unit.pk for unit in units}
    return {
        code: summed([(item, value) for _, unit, item, value, *_ in found[code] if unit in keys]) for code in COUNTED
    }


class TestABriefing:
    def test_tells_the_whole_tree_of_a_unit_and_only_itself_where_that_is_asked_for(self, office, police, kid, court):
        for unit, only, units in [
            (police, False, (police, kid)),
            (police, True, (police,)),
            (kid, False, (kid,)),
            (court, False, (court,)),
        ]:
            scope = Scope.about(H1, NOW.date(), unit, None, only=only)
            book = FigureBook(scope, Rounding.EXACT, NOW)
            told = {code: book.bound(f"{code}@all").value for code in COUNTED}
            assert (unit.name, only, told) == (unit.name, only, expected(office, *units))

    def test_of_the_office_tells_the_tree_of_a_unit_it_names_and_its_own_level_after_an_at(self, office, police, kid):
        book = FigureBook(Scope(H1, NOW.date()), Rounding.EXACT, NOW)
        told = [book.bound(f"enterprises_covered@市公安局{own}") for own in ("", "@own")]
        tree, own = expected(office, police, kid), expected(office, police)
        assert [one.value for one in told] == [tree["enterprises_covered"], own["enterprises_covered"]]
        assert told[1].url.endswith(f"unit={police.pk}&only=1")

    def test_opens_as_many_records_as_each_figure_counts(self, client, office, police, city_leader):
        client.force_login(city_leader)
        scope = Scope(H1, NOW.date(), police)
        book = FigureBook(scope, Rounding.EXACT, NOW)
        for code, one in COUNTED.items():
            bound = book.bound(f"{code}@all")
            opened = client.get(bound.url).context["shown"]
            assert (code, opened.number.value) == (code, shown(one, bound.value))
            assert police.name in opened.heading
            assert "本级" not in opened.heading

    def test_annexes_list_each_unit_alone_so_that_the_lines_add_up(self, office, police, kid):
        made = annexes(Scope(H1, NOW.date()), NOW)
        units = dict(made.shared_by)["单位"]
        assert {"样例派出所", f"{police.label}（本级）"} <= set(units)
        first = len(made.shared_by[0][1]) + 1
        labels = {
            f"{one.label}（{'万元' if one.is_money else one.unit_word}）" for one in COUNTED.values() if one.adds_up
        }
        for line in made.shares:
            if line.label in labels:
                whole, *cells = [Decimal(0) if cell == "—" else Decimal(cell) for cell in line.cells]
                assert (line.label, sum(cells[first - 1 :])) == (line.label, whole)
        of_unit = annexes(Scope(H1, NOW.date(), police), NOW)
        assert dict(of_unit.shared_by)["单位"] == [f"{police.label}（本级）", "样例派出所"]
        assert [one.adds_up for one in of_unit.books] == [True]

    def test_says_where_it_is_of_the_unit_alone_on_the_form_in_title_and_text(self, client, office, police, admin):
        client.force_login(admin)
        page = client.get(reverse("reports:briefing-create")).content.decode()
        assert "仅本级" in page
        sent = {"period": "2023H1", "about": f"unit:{police.pk}", "only": "on", "rounding": "exact", "title": ""}
        made = client.post(reverse("reports:briefing-create"), sent, follow=True).context["briefing"]
        assert made.unit_only
        assert made.title == "市公安局（仅本级）2023年上半年 派驻服务保障“六件大事”工作情况汇报"
        text = client.get(reverse("reports:briefing-detail", args=[made.pk])).content.decode()
        own = expected(office, police)["relief_services"]
        assert "市公安局（仅本级）紧扣" in text
        assert f"{own}次" in text

    def test_of_a_unit_nobody_belongs_to_is_not_told_to_be_without_them(self, court):
        scope = Scope.about(H1, NOW.date(), court, None, only=True)
        assert (scope.only, usual_title(scope)[:5]) == (False, "市人民法院")

    def test_is_written_by_command_of_the_tree_or_of_the_unit_alone(self, office, police, kid, tmp_path):
        for only, units in (([], (police, kid)), (["--only"], (police,))):
            path = tmp_path / "汇报.docx"
            out = StringIO()
            call_command("briefing", "2023H1", "--out", str(path), "--unit", "市公安局", "--exact", *only, stdout=out)
            text = "\n".join(one.text for one in Document(BytesIO(path.read_bytes())).paragraphs)
            assert f"为企纾困{expected(office, *units)['relief_services']}次" in text
            assert ("（仅本级）" in out.getvalue()) == bool(only)
        with pytest.raises(CommandError, match="--only 要和 --unit 一起写"):
            call_command("briefing", "2023H1", "--out", str(path), "--only")

    def test_in_a_closed_period_adds_up_what_the_units_signed(self, office, police, kid, admin):
        before = expected(office, police, kid)
        close_period(period=H1, actor=admin, now=NOW, reason="试用")
        ActivityFactory(unit=kid, enterprise=EnterpriseFactory(), happened_on=date(2023, 3, 4), times=7)
        book = FigureBook(Scope(H1, NOW.date(), police), Rounding.EXACT, NOW)
        assert book.bound("relief_services").value == before["relief_services"]

    def test_takes_over_another_only_with_the_same_level_told(self, office, police, admin):
        heading = BriefingHeading("", Rounding.EXACT)
        common = {"heading": heading, "actor": admin, "now": NOW, "submission": None}
        whole = create_briefing(scope=Scope(H1, NOW.date(), police), source=None, **common)
        own = create_briefing(scope=Scope.about(H1, NOW.date(), police, None, only=True), source=whole, **common)
        assert (whole.unit_only, own.unit_only) == (False, True)
        assert Scope.of(own, NOW.date()).name == "市公安局（仅本级）"


class TestTheRatesCommand:
    def test_tells_the_whole_tree_and_each_units_own_lines(self, police, kid, court):
        for unit, states in (
            (police, ("closed", "handling")),
            (kid, ("closed", "closed", "rejected")),
            (court, ("closed",)),
        ):
            for state in states:
                EntryFactory(unit=unit, state=state)
        told = rates("--unit", "市公安局")
        assert (told["scope"], told["all"]["registered"], told["all"]["total"], told["all"]["resolved"]) == (
            "市公安局",
            5,
            4,
            3,
        )
        assert {name: one["total"] for name, one in told["by_unit"].items()} == {"市公安局（本级）": 2, "样例派出所": 2}
        alone = rates("--unit", "市公安局", "--only")
        assert (alone["scope"], alone["all"]["total"], alone["all"]["resolved"]) == ("市公安局（仅本级）", 2, 1)
        assert rates("--unit", "样例派出所")["all"]["total"] == 2
        with pytest.raises(CommandError, match="--only 要和 --unit 一起写"):
            rates("--only")


class TestRecords:
    def test_of_a_unit_are_those_of_its_tree_or_of_itself_alone(self, client, office, police, kid, court, city_leader):
        client.force_login(city_leader)
        for unit, only, units in [(police, "", (police, kid)), (police, "1", (police,)), (kid, "", (kid,))]:
            for code, one in COUNTED.items():
                ask = {"period": "2023H1", "unit": unit.pk, "only": only}
                shown_page = client.get(reverse("reports:records", args=[code]), ask).context["shown"]
                want = shown(one, expected(office, *units)[code])
                assert (code, unit.name, only, shown_page.number.value) == (code, unit.name, only, want)
                assert ("市公安局（本级）" in shown_page.heading) == bool(only)

    def test_offer_the_units_own_level_where_other_units_belong_to_it(self, client, office, police, kid, city_leader):
        client.force_login(city_leader)
        for unit, offered in ((police, True), (kid, False)):
            url = reverse("reports:records", args=["relief_services"])
            page = client.get(url, {"period": "2023H1", "unit": unit.pk}).content.decode()
            assert (unit.name, ">仅本级</a>" in page) == (unit.name, offered)

    def test_of_a_third_unit_are_not_opened_by_asking_for_it(self, client, office, police, court, kid):
        client.force_login(UserFactory(unit=police, leader=True))
        ask = {"period": "2023H1", "unit": court.pk}
        for code in COUNTED:
            page = client.get(reverse("reports:records", args=[code]), ask).context["page"]
            assert (code, page.paginator.count) == (code, 0)

    def test_the_reconciliation_of_a_tree_adds_up_and_opens_what_it_counts(
        self, client, office, police, kid, court, admin
    ):
        moved = EntryFactory(unit=police, state="handling", registered_on=date(2023, 2, 1))
        move(
            moved,
            Action.TRANSFER,
            actor=admin,
            day=date(2023, 3, 1),
            lead_unit=kid,
            handler=UserFactory(unit=kid),
            note="属地办理",
        )
        recount(H1, NOW)
        client.force_login(UserFactory(unit=police, leader=True))
        page = client.get(reverse("reports:period", args=["2023H1"])).context["page"]
        assert [line.name for line in page.balance.units] == ["市公安局（本级）", "样例派出所"]
        for line in page.balance.lines:
            assert (line.name, line.adds_up) == (line.name, True)
        for code in (balance.OPENING, balance.REGISTERED, balance.RESOLVED, balance.CLOSING, balance.ADJUSTED):
            assert page.balance.all.number(code) == sum(line.number(code) for line in page.balance.units)
        for _, rows in page.groups:
            for row in rows:
                for number in row.numbers:
                    if number.url:
                        opened = client.get(number.url).context["shown"]
                        assert (row.line.name, number.label, opened.number.value) == (
                            row.line.name,
                            number.label,
                            int(number.text.replace("−", "-")),
                        )


class TestSigning:
    def test_a_unit_signs_for_itself_alone_and_is_told_so(self, client, office, police, kid):
        client.force_login(UserFactory(unit=police, leader=True))
        with time_machine.travel(NOW, tick=False):
            response = client.get(reverse("reports:period-sign", args=["2023H1"]))
            page, own = response.context["page"], expected(office, police)
            assert page.whose == "市公安局（本级）"
            assert "下级单位各自签字" in response.content.decode()
            for one in page.figures:
                assert (one.code, one.value) == (one.code, shown(one.indicator, own[one.code]))
                opened = client.get(records_url(one.code, H1, unit=police.pk, only=1)).context["shown"]
                assert records_url(one.code, H1, unit=police.pk, only=1) in html.unescape(response.content.decode())
                assert (one.code, opened.number.value) == (one.code, one.value)
            for number in (number for _, rows in page.groups for row in rows for number in row.numbers if number.url):
                assert client.get(number.url).context["shown"].number.value == int(number.text.replace("−", "-"))


class TestWhereUnitsStandBesideOneAnother:
    @pytest.fixture(params=["leader", "city"])
    def reader(self, request, client, office, police):
        user = UserFactory(unit=police, leader=True, city_wide=request.param == "city")
        client.force_login(user)
        return client

    def test_each_column_of_the_tally_is_the_units_own_and_opens_just_that(self, reader):
        table = reader.get(reverse("reports:tally"), {"period": "2023H1", "by": "unit"}).context["table"]
        assert {"市公安局（本级）", "样例派出所"} <= set(table.columns)
        for share in (share for row in table.rows for share in row.shares if share):
            opened = reader.get(share.url).context["shown"]
            assert opened.figure.replace(" ", "") == f"{share.text}{share.unit}"

    def test_each_bar_of_the_dashboard_is_the_units_own_and_opens_just_that(self, reader, police):
        board = reader.get(reverse("reports:dashboard"), {"period": "2023H1"}).context["dashboard"]
        assert f"{police.label}（本级）" in [one.name for one in board.units]
        for one in board.units:
            opened = reader.get(one.url).context["shown"]
            assert (one.name, opened.number.exact) == (one.name, f"{one.rates.resolved} / {one.rates.total} 件")

    def test_each_line_of_the_rates_is_the_units_own_and_opens_just_that(self, reader):
        page = reader.get(reverse("reports:rates"), {"on": "2023-06-30"}).context["page"]
        lines = dict(page.groups)["责任单位"]
        assert "市公安局（本级）" in [line.name for line in lines]
        for number in (number for line in lines for number in line.counts if number.url):
            assert reader.get(number.url).context["page"].paginator.count == number.count

    def test_distinct_things_are_counted_over_the_tree(self, office, police, kid):
        told = {one.code: one for one in figures(H1, UserFactory(unit=police, leader=True), now=NOW)}
        want = expected(office, police, kid)
        assert {code: told[code].value for code in COUNTED} == {
            code: shown(one, want[code]) for code, one in COUNTED.items()
        }
        covered = told["enterprises_covered"]
        assert covered.value < sum(covered.by_unit.values())


def rates(*args):
    out = StringIO()
    call_command("rates", "--on", "2023-06-30", "--json", *args, stdout=out)
    return json.loads(out.getvalue())
