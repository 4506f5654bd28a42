from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import cycle

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from common.periods import Period
from common.rows.keysets import keyset_page
from enterprises.models import Workstream
from ledger.models import ProblemEntry, ServiceActivity
from ledger.states import Action, EntryState
from reports.days.from_events import rates_on
from reports.days.populations import Population
from reports.figures.counting import recount
from reports.figures.registry.indicators import CALM, INDICATORS
from reports.figures.values import figures
from reports.models import Tally
from reports.records.balance_entries import OPENED
from reports.records.lists import RATES, Place, records
from reports.records.page import record_page
from reports.records.stored import UNSTATED
from tests.factories import ActivityFactory, EntryFactory, RecoveryFactory, UnitFactory, move
from tests.reports import settle
from tests.reports.office import furnish

pytestmark = pytest.mark.django_db
H1 = Period.parse("2023H1")
LATER = date(2026, 11, 22)


def url(code, **query):
    return reverse("reports:records", args=[code], query={"period": "2023H1", **query})


def amount_of(found, one):
    """The figure again, row by row, from what the page lists."""
    rows = list(found.rows)
    if one.amount and one.source.page in ("activities", "outputs", "recoveries", "cases"):
        return sum((getattr(row, one.amount) for row in rows), Decimal(0) if one.is_money else 0)
    return len(rows)


def printed(one, value):
    return records_words(value) if one.is_money else f"{value} {one.unit_word}"


def records_words(value):
    wan = value / 10_000
    text = f"{wan.quantize(Decimal('0.01')):f}".rstrip("0").rstrip(".")
    return f"{text}万元" if value >= 10_000 else f"{value.normalize():f}元"


@pytest.fixture
def office_at_work(police, court):
    furnish([police, court])


@pytest.mark.parametrize("who", ["admin", "unit_leader"])
def test_every_figure_is_the_sum_of_the_rows_it_opens(office_at_work, request, who):
    user = request.getfixturevalue(who)
    told = {one.code: one.value for one in figures(H1, user, now=timezone.now())}
    checked = 0
    for code, value in told.items():
        one = INDICATORS[code]
        if one is CALM:
            continue
        found = records(code, H1, user, Place(), LATER)
        assert (code, amount_of(found, one), record_page(found, {}).figure) == (code, value, printed(one, value))
        checked += bool(value)
    assert checked == len(INDICATORS) - 1


def test_unit_leaders_figures_are_of_the_unit_only(office_at_work, unit_leader, admin, police):
    all_of_it = {one.code: one.value for one in figures(H1, admin, now=timezone.now())}
    for one in figures(H1, unit_leader, now=timezone.now()):
        found = records(one.code, H1, admin, Place(unit=police.pk), LATER)
        assert amount_of(found, one.indicator) == one.value < all_of_it[one.code]


def test_matters_and_what_states_none_make_the_whole(office_at_work, admin):
    keys = [*Workstream.objects.values_list("pk", flat=True), UNSTATED]
    for code in ("relief_services", "losses_total", "problems_resolved", "hazards_found"):
        parts = [amount_of(records(code, H1, admin, Place(workstream=key), LATER), INDICATORS[code]) for key in keys]
        assert sum(parts) == amount_of(records(code, H1, admin, Place(), LATER), INDICATORS[code])


def test_heading_says_what_when_where_and_how_many(client, admin, police):
    park = Workstream.objects.get(name="五好园区")
    EntryFactory(unit=police, state=EntryState.CONFIRMED, workstream=park)
    EntryFactory(unit=police, state=EntryState.CONFIRMED)
    client.force_login(admin)
    page = client.get(url("problems_resolved", workstream=park.pk)).content.decode()
    assert "化解困难 · 2023年上半年 · 五好园区 · 1 个" in page


def test_money_shows_the_sum_and_each_amount(client, admin):
    RecoveryFactory(amount=Decimal("4098000.00"))
    client.force_login(admin)
    page = client.get(url("losses_total")).content.decode()
    assert "409.8万元" in page
    assert "¥4,098,000.00" in page
    assert "4,098,000.00</span>" in page


def test_money_of_one_kind_only(client, admin):
    RecoveryFactory(amount=Decimal("30000"), kind="avoided")
    RecoveryFactory(amount=Decimal("50000"), kind="saved")
    client.force_login(admin)
    shown = client.get(url("losses_total", kind="avoided")).context["shown"]
    assert shown.heading == "挽回和避免经济损失 · 2023年上半年 · 避免 · 3万元"


def test_row_opens_its_own_page(client, admin):
    activity = ActivityFactory()
    client.force_login(admin)
    page = client.get(url("relief_services")).content.decode()
    assert reverse("ledger:activity-detail", args=[activity.pk]) in page


@pytest.mark.parametrize("who", ["admin", "unit_leader"])
@pytest.mark.parametrize("population", Population)
def test_rates_records_agree_with_the_rates(office_at_work, request, who, population):
    user = request.getfixturevalue(who)
    told = rates_on(H1.end, user).over(population).all
    resolution = records("resolution_rate", H1, user, Place(population=population), LATER)
    completion = records("completion_rate", H1, user, Place(population=population), LATER)
    assert (record_page(resolution, {}).figure, record_page(completion, {}).figure) == (
        told.resolution_text,
        told.completion_text,
    )
    assert resolution.rows.count() == told.total
    for part in ("resolved", "completed", "unresolved"):
        place = Place(part=part, population=population)
        assert records("resolution_rate", H1, user, place, LATER).rows.count() == getattr(told, part)


@pytest.mark.parametrize("others", [0, 2])
@pytest.mark.parametrize("code", ["problems_resolved", "resolution_rate", "newly_resolved"])
def test_what_another_unit_took_over_since_is_counted_and_said_but_not_listed(
    client, unit_leader, court, admin, code, others
):
    unit = unit_leader.unit
    moved = EntryFactory(unit=court, lead_unit=unit, state=EntryState.CLOSED)
    EntryFactory.create_batch(others, unit=unit, state=EntryState.CONFIRMED)
    client.force_login(unit_leader)
    was = client.get(url(code)).context["shown"].heading
    move(moved, Action.REOPEN, actor=admin, day=date(2023, 8, 1), note="对方再次违约")
    move(moved, Action.TRANSFER, actor=admin, day=date(2023, 8, 2), lead_unit=UnitFactory(), note="不归本单位管")
    answer = client.get(url(code))
    shown, page = answer.context["shown"], answer.content.decode()
    assert (shown.heading, shown.page.count, len(shown.lines)) == (was, others, others)
    assert "其中 1 条此后转给了其他单位，不在下面列出" in page
    assert moved.title not in page


def test_states_are_those_of_the_periods_end(client, admin):
    EntryFactory(registered_on=date(2023, 6, 20), state=EntryState.CLOSED, moved_on=date(2023, 7, 3))
    client.force_login(admin)
    [line] = client.get(url("resolution_rate")).context["shown"].lines
    assert [cell.text for cell in line.cells][-3:-1] == ["已登记", "否"]


@pytest.mark.parametrize(
    "path",
    [
        "/records/no_such_figure/",
        "/records/relief_services/?workstream=999999",
        "/records/relief_services/?unit=x",
        "/records/resolution_rate/?unit=²",
    ],
)
def test_address_that_names_nothing_is_not_found(client, admin, path):
    client.force_login(admin)
    assert client.get(path).status_code == 404


def test_figure_of_no_unit_is_not_there_for_a_unit(client, unit_leader, admin):
    client.force_login(unit_leader)
    assert client.get(url(CALM.code)).status_code == 404
    client.force_login(admin)
    assert client.get(url(CALM.code)).context["shown"].figure == "6 个月"


def test_excel_has_exactly_the_rows(client, unit_leader, police, court):
    mine = EntryFactory(unit=police, state=EntryState.CONFIRMED)
    EntryFactory(unit=court, state=EntryState.CONFIRMED)
    client.force_login(unit_leader)
    answer = client.get(reverse("reports:records-export", args=["problems_resolved"], query={"period": "2023H1"}))
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:2]] == [mine.title]
    assert answer["X-Rows"] == "1"


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("code", ["problems_resolved", "resolution_rate"])
def test_records_query_budget(client, unit_leader, court, rows, code, django_assert_num_queries):
    EntryFactory.create_batch(rows, unit=unit_leader.unit, state=EntryState.CONFIRMED)
    hidden = EntryFactory(unit=court, state=EntryState.CONFIRMED)
    settle(client, unit_leader)
    with django_assert_num_queries(6):  # signed in: 3; what is told, the keys, the rows
        page = client.get(url(code)).content.decode()
    assert hidden.title not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_records_export_query_budget(client, unit_leader, rows, django_assert_num_queries):
    EntryFactory.create_batch(rows, unit=unit_leader.unit, state=EntryState.CONFIRMED)
    settle(client, unit_leader)
    with django_assert_num_queries(6):
        client.get(reverse("reports:records-export", args=["problems_resolved"], query={"period": "2023H1"}))


@pytest.mark.parametrize("rows", [1, 3])
def test_records_of_a_stored_place_query_budget(client, unit_leader, settings, rows, django_assert_num_queries):
    park = Workstream.objects.get(name="五好园区")
    EntryFactory.create_batch(rows, unit=unit_leader.unit, state=EntryState.CONFIRMED, workstream=park)
    recount(H1, timezone.now())
    settings.LIST_COUNT_LIMIT = 0
    settle(client, unit_leader)
    for code in ("problems_resolved", "resolution_rate"):
        with django_assert_num_queries(6):
            shown = client.get(url(code, workstream=park.pk, unit=unit_leader.unit_id)).context["shown"]
        assert shown.kept


def places(user, unit):
    """Every kind of place whose values are stored, and one that has none stored."""
    park = Workstream.objects.order_by("pk").first()
    officer = ServiceActivity.objects.filter(unit=unit, officer__isnull=False).first().officer
    stored = [Place(), Place(workstream=park.pk), Place(workstream=UNSTATED), Place(unit=unit.pk)]
    stored += [Place(workstream=park.pk, unit=unit.pk), Place(officer=officer.pk), Place(officer=UNSTATED)]
    stored += [Place(kind="recovered"), Place(kind="saved", unit=unit.pk), Place(group=UNSTATED)]
    category = ProblemEntry.objects.first().category_id
    return [*stored, Place(category=category), Place(part="waiting"), Place(workstream=park.pk, officer=officer.pk)]


@pytest.mark.parametrize("who", ["admin", "unit_leader"])
def test_number_of_a_long_list_is_stored_and_the_same(office_at_work, request, settings, police, who):
    user, now, today = request.getfixturevalue(who), timezone.now(), timezone.localdate()
    recount(H1, now)
    codes = [*one_a_source(), *RATES, *sorted(OPENED)]
    asked = [(code, Place()) for code in codes] + list(zip(codes, cycle(places(user, police)), strict=False))

    def told(of):
        return [record_page(records(code, H1, user, place, today), {}) for code, place in of]

    few = told(asked)
    settings.LIST_COUNT_LIMIT = 0
    many = told(asked)
    assert {one.kept for one in few} == {""}
    assert [(one.heading, one.number) for one in many] == [(one.heading, one.number) for one in few]
    assert sum(bool(one.kept) for one in many) > 20
    Tally.objects.update(computed_at=now - timedelta(days=2))  # nobody has counted since
    for at in range(0, len(codes), 5):
        [late] = told(asked[at : at + 1])
        assert (late.kept, late.number) == ("", few[at].number)


def one_a_source():
    """A figure of each kind of list."""
    return {one.source.key: code for code, one in INDICATORS.items() if one is not CALM}.values()


def test_every_page_follows_the_one_before(office_at_work, admin):
    for code in (*one_a_source(), *RATES, *OPENED):
        found = records(code, H1, admin, Place(), LATER)
        whole, place = [row.pk for row in found.in_order], {}
        for start in range(0, len(whole), 9):
            page = keyset_page(place, found.rows, found.order, size=9)
            assert (code, page.object_list) == (code, whole[start : start + 9])
            place = {"after": page.after}
        assert place.get("after", "") == ""
