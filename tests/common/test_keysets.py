"""A list is read page by page without gap or repetition, in both directions, whatever it is sorted by."""

from datetime import date, timedelta

import pytest
from django.db.models import F

from common.rows.keysets import Counting, Order, keyset_page
from ledger.models import ProblemEntry
from tests.factories import EnterpriseFactory, EntryFactory

pytestmark = pytest.mark.django_db
ORDERS = ["registered_on", "deadline", "enterprise__name", "state", "number", "weight"]


@pytest.fixture
def entries(police):
    firms = [EnterpriseFactory(name=name) for name in ("津市甲厂", "津市乙厂", "a~b厂")]
    first = EntryFactory(unit=police, enterprise=None)
    common = {"category": first.category, "unit": police}
    ProblemEntry.objects.bulk_create(
        ProblemEntry(
            number=f"N{n:02d}", title="x", enterprise=[None, *firms][n % 4], registered_on=date(2023, 5, 1 + n % 3),
            deadline=date(2023, 6, 1) + timedelta(days=n % 2) if n % 5 else None, **common,
        )
        for n in range(10)
    )  # fmt: skip
    return ProblemEntry.objects.annotate(weight=F("pk") % 3)


def pages(rows, order, start: dict) -> list[list[int]]:
    """Every page from the first (or, backwards, the last) on, with the positions it claims checked."""
    read, place = [], start
    while place is not None:
        page = keyset_page(place, rows, order, size=4)
        read.append(page)
        back = "before" in start
        key = page.before if back else page.after
        place = {"before" if back else "after": key, "at": str(page.next_at or "")} if key else None
    return [list(page.object_list) for page in read]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("column", ORDERS)
def test_pages_follow_each_other_forwards_and_backwards(entries, column, descending):
    order = Order(column, descending)
    whole = [row.pk for row in order.sorted(entries)]
    assert len(set(whole)) == 11
    forwards, backwards = pages(entries, order, {}), pages(entries, order, {"before": "end"})
    assert forwards == [whole[0:4], whole[4:8], whole[8:]]
    assert backwards == [whole[7:], whole[3:7], whole[:3]]


def test_a_page_knows_its_place_and_counts_no_further_than_asked(entries, django_assert_num_queries):
    order = Order("registered_on", True)
    with django_assert_num_queries(1):
        first = keyset_page({}, entries, order, size=4, counting=Counting(limit=5))
    second = keyset_page({"after": first.after, "at": str(first.next_at)}, entries, order, size=4)
    last = keyset_page({"before": "end"}, entries, order, size=4)
    assert (first.first, first.last, first.count_text, first.before) == (1, 4, "5+", "")
    assert (second.first, second.last, second.count_text) == (5, 8, "11")
    assert (last.first, last.last, last.after) == (8, 11, "")
    assert keyset_page({"before": second.before}, entries, order, size=4).object_list == first.object_list


@pytest.mark.parametrize("place", ["nonsense", "2023-13-01~5", "2023-05-01~x", "~", "2000-01-01~1"])
def test_a_place_that_is_none_is_the_first_page(entries, place):
    order = Order("registered_on", True)
    assert keyset_page({"after": place}, entries, order, size=4).first == 1
